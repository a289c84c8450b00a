//! `unknown-flag`

use dfopt_semantic::flags::{drops_flags, flag_of, flags_of};
use dfopt_semantic::suggest;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Applicability, Category, Context, Rule, Severity};

declare_rule! {
    /// An instruction has a flag that it does not know.
    ///
    /// ## Why
    ///
    /// Words that begin with `--` are flags as long as no other word stands before them, and each instruction has flags of
    /// its own. The builder refuses others; `ARG`, `STOPSIGNAL` and `HEALTHCHECK NONE` drop theirs silently.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY --form=build /app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY --from=build /app /app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix takes the nearest flag, and is unsafe because another one may be meant.
    "unknown-flag" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: Some(Applicability::Unsafe),
        aliases: &["UNKNOWN_ADD_FLAG", "UNKNOWN_COPY_FLAG", "UNKNOWN_FROM_FLAG", "UNKNOWN_HEALTHCHECK_FLAG"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for site in sites(ctx.model()) {
        let is_dropped = drops_flags(&site.ast);
        for flag in site.ast.flags() {
            let name = flag.name().unwrap_or_default();
            if flag_of(&site.ast, &name).is_some() && !is_dropped {
                continue;
            }
            let range = flag.name_range().unwrap_or_else(|| flag.range());
            let keyword = site.ast.name();
            let message = if is_dropped {
                format!("`{keyword}` ignores its flags here")
            } else {
                format!("`{keyword}` has no flag `--{name}`")
            };
            let near =
                suggest::nearest(&name, flags_of(&site.ast).iter().map(|spec| spec.name)).filter(|_| !is_dropped);
            let mut report = ctx.report(range, message);
            if let Some(near) = near {
                report = report
                    .help(format!("did you mean `--{near}`?"))
                    .fix(format!("Change to `--{near}`"), |fix| fix.replace(range, near));
            } else if matches!(site.ast, Instruction::Cmd(_) | Instruction::Entrypoint(_) | Instruction::Env(_)) {
                report = report.help("a lone `--` before it makes it an argument");
            }
            if is_dropped {
                report.builds_anyway();
            } else {
                report.at(&site);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_name_is_marked() {
        check(
            &RULE,
            "
FROM --plattform=x a
       ^^^^^^^^^ `FROM` has no flag `--plattform` [fix]
COPY --Link a /x
       ^^^^ `COPY` has no flag `--Link` [fix]
CMD --help
      ^^^^ `CMD` has no flag `--help`
ENV --= a=1
    ^^^ `ENV` has no flag `--`
ARG --x a
      ^ `ARG` ignores its flags here
ONBUILD ADD --from=x a /b
              ^^^^ `ADD` has no flag `--from`
",
        );
    }

    #[test]
    fn known_flags_and_words() {
        check_ok(
            &RULE,
            "FROM a\nRUN --mount=type=cache,target=/c --network=none --security=sandbox --device=x y --z\nCOPY -- --a /b\nCMD -- --help\nHEALTHCHECK --interval=1s --start-interval=1s --retries=2 CMD x\n",
        );
    }

    #[test]
    fn the_nearest_is_taken() {
        check_fix(&RULE, "FROM a\nCOPY --form=b /x /x\n", "FROM a\nCOPY --from=b /x /x\n");
    }
}
