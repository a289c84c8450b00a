//! `named-owner-on-link`

use dfopt_semantic::model::{Frontend, TextRole};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Flag, Instruction};

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Applicability, Category, Context, Rule, Severity};

declare_rule! {
    /// `COPY --link` or `ADD --link` has an owner given by name.
    ///
    /// ## Why
    ///
    /// With `--link` the files go onto an empty layer of their own, where no name can be looked up. Frontends from 1.28 on refuse
    /// the file, with `--chmod` too; older ones looked the name up in nothing and took root.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM nginx:1.29
    /// COPY --link --chown=nginx site /srv/site
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM nginx:1.29
    /// COPY --link --chown=101:101 site /srv/site
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix drops `--link`: the copy then depends on the layers below, and follows links at its destination.
    "named-owner-on-link" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let is_old = matches!(model.frontend(), Frontend::Docker { version: Some(version), .. } if version < (1, 28));
    if is_old {
        return;
    }
    for site in sites(model) {
        if !matches!(site.ast, Instruction::Copy(_) | Instruction::Add(_)) {
            continue;
        }
        let Some(link) = site.ast.flag("link").filter(|link| is_on(link, model.escape())) else { continue };
        for text in
            model.expanded_texts(site.step, &site.ast).iter().filter(|text| text.role == TextRole::Flag("chown".into()))
        {
            let Some(owner) = text.known() else { continue };
            let is_name = |part: &str| !part.is_empty() && part != "root" && part.parse::<u32>().is_err();
            if !owner.splitn(2, ':').any(is_name) {
                continue;
            }
            // The blank behind goes with the flag.
            let behind = u32::from(link.range().end());
            let blank = u32::from(model.text_at(TextRange::new(behind.into(), (behind + 1).into())) == " ");
            let with_blank = TextRange::new(link.range().start(), (behind + blank).into());
            ctx.report(text.whole(), "owner names cannot be looked up with `--link`")
                .related(link.range(), "because of this")
                .note("frontends before 1.28 take root instead")
                .help("give numbers")
                .fix("Drop `--link`", |fix| fix.delete(with_blank))
                .at(&site);
        }
    }
}

fn is_on(link: &Flag, escape: char) -> bool {
    !link.has_value() || link.value(escape).eq_ignore_ascii_case("true")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_owner_is_marked() {
        check(
            &RULE,
            "
FROM a
COPY --link --chown=app b c
                    ^^^ owner names cannot be looked up with `--link` [fix]
ADD --chown=0:www --link=TRUE --chmod=755 b c
            ^^^^^ owner names cannot be looked up with `--link` [fix]
",
        );
        check_ok(
            &RULE,
            "FROM a\nCOPY --link --chown=1:root b c\nCOPY --chown=app b c\nCOPY --link=false --chown=app b c\n",
        );
        check_ok(&RULE, "# syntax=docker/dockerfile:1.27\nFROM a\nCOPY --link --chown=app b c\n");
    }

    #[test]
    fn the_flag_is_dropped() {
        check_fix(&RULE, "FROM a\nCOPY --link --chown=app b c\n", "FROM a\nCOPY --chown=app b c\n");
    }
}
