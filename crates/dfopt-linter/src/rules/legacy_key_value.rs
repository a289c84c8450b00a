//! `legacy-key-value`

use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::site::{carriers, sites};
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// `ENV` or `LABEL` is written `name value`, without `=`.
    ///
    /// ## Why
    ///
    /// The old form takes one name, and everything behind it as the value: `ENV a=1` and `ENV a 1 b=2` mean very different
    /// things. Builders may drop it one day.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV GREETING hello world
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV GREETING="hello world"
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The value stays the same. Where quotes or escapes in it would be read differently there is no fix.
    "legacy-key-value" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: Some(Applicability::Safe),
        aliases: &["LegacyKeyValueFormat"],
        since: "0.1.0",
        check: check,
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| matches!(site.ast, Instruction::Env(_) | Instruction::Label(_))) {
        for pair in site.ast.pairs().filter(|pair| pair.is_legacy()) {
            if site.is_trigger() && ctx.dialect() == Dialect::Buildkit {
                for from in carriers(model, site.step) {
                    ctx.report(
                        from.keyword_range(),
                        format!("`{}` without `=` behind `ONBUILD` of the base", site.ast.name()),
                    );
                }
                continue;
            }
            let (Some(name), Some(value)) = (pair.name(), pair.value()) else { continue };
            let place = pair.range();
            let report = ctx.report(place, format!("`{}` without `=`", site.ast.name()));
            let text = value.raw();
            let reads_otherwise = text.contains(['"', '\'', '\\', model.escape()])
                || text.contains("<<")
                || name.raw().contains(['"', '\'', '\\']);
            // Lines that are continued may hold comments.
            let is_one_piece = model.text_at(value.range()) == text && !model.text_at(place).contains('\n');
            if is_one_piece && !reads_otherwise {
                report.fix("Write `=`", |fix| {
                    fix.replace(place, format!("{}=\"{text}\"", name.raw()));
                    fix.safe();
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn name_and_value_are_marked() {
        check(
            &RULE,
            "
FROM a
ENV k  v w
    ^^^^^^ `ENV` without `=` [safe fix]
LABEL k \"v\"
      ^^^^^ `LABEL` without `=`
ENV a b=c
    ^^^^^ `ENV` without `=` [safe fix]
ENV a b \\
    ^^^^^ `ENV` without `=`
  c
"
            .replace("    ^^^^^ `ENV` without `=`\n  c", "    ^^^^^^^ `ENV` without `=`\n  c")
            .as_str(),
        );
        check_ok(&RULE, "FROM a\nENV k=v\nARG k\nLABEL k=\"v w\"\n");
    }

    #[test]
    fn the_value_is_quoted() {
        check_fix(&RULE, "FROM a\nENV PATH /x:$PATH y\n", "FROM a\nENV PATH=\"/x:$PATH y\"\n");
    }
}
