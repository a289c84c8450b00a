//! `world-readable-secret`

use dfopt_semantic::model::FlagText;
use dfopt_semantic::mount::{MountKind, parse_mount};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A mounted secret can be read by others than its owner.
    ///
    /// ## Why
    ///
    /// While the command runs, every program of any user in the build can read it. Secrets are mounted for their owner alone unless a mode says
    /// otherwise; `uid` gives them to the user who needs them.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN --mount=type=secret,id=token,mode=0444 ./fetch
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN --mount=type=secret,id=token,mode=0400 ./fetch
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A command that runs as another user than the owner of the mount can read the secret no longer.
    "world-readable-secret" {
        category: Category::Security,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["S6469"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| matches!(site.ast, Instruction::Run(_))) {
        for flag in site.ast.flags().filter(|flag| flag.name().as_deref() == Some("mount")) {
            let text = FlagText::of(&flag, model.escape());
            let known = |value: &str| (!value.contains('$')).then(|| value.to_owned());
            let mount = parse_mount(&text.value, &known);
            let is_secret = matches!(mount.effective_kind(), Some(MountKind::Secret | MountKind::Ssh));
            let Some(mode) = mount.mode.filter(|mode| is_secret && mode.value.is_some_and(|bits| bits & 0o077 != 0))
            else {
                continue;
            };
            let place = text.range(mode.range.clone());
            let written = text.value.get(mode.range).unwrap_or_default().to_owned();
            ctx.report(place, "others can read the secret").fix("Let the owner alone read it", |fix| {
                if model.text_at(place) == written {
                    fix.replace(place, "0400");
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_mode_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN --mount=type=secret,id=x,mode=0640 --mount=type=ssh,mode=666 b
                                  ^^^^ others can read the secret [fix]
                                                             ^^^ others can read the secret [fix]
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN --mount=type=secret,id=x,mode=0400 b\nRUN --mount=type=cache,target=/c,mode=0777 d\nRUN --mount=type=secret,id=x e\n",
        );
    }

    #[test]
    fn the_owner_alone_may_read() {
        check_fix(
            &RULE,
            "FROM a\nRUN --mount=type=secret,id=x,mode=444,uid=5 b\n",
            "FROM a\nRUN --mount=type=secret,id=x,mode=0400,uid=5 b\n",
        );
    }
}
