//! `masked-exit-in-declaration`

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};
use dfopt_syntax::{TextRange, TextSize};

declare_rule! {
    /// `export` hides that the command inside it failed.
    ///
    /// ## Why
    ///
    /// The status of `export V=$(command)` is that of `export`, which succeeds. The build goes on with an empty value.
    /// Assigned on its own, the failure counts.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN export V=$(cat /etc/version) && echo "$V"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN V=$(cat /etc/version) && export V && echo "$V"
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix assigns first and exports then. It is unsafe because a failure that was hidden stops the build.
    "masked-exit-in-declaration" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["SC2155"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    for tree in ctx.scripts() {
        for cmd in &tree.commands {
            if !matches!(cmd.name(), "export" | "readonly" | "local" | "declare" | "typeset")
                || cmd.options().any(|one| one.contains('r'))
            {
                continue;
            }
            let operands: Vec<_> = cmd.operands().collect();
            for arg in &operands {
                let text = arg.text();
                let Some((name, _)) = text.split_once('=') else { continue };
                let is_name = name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
                if !is_name || arg.word.command_substs().is_empty() {
                    continue;
                }
                let range = TextRange::at(arg.range().start(), TextSize::of(name));
                let message = format!("`{}` hides the status of the command", cmd.name());
                let report = ctx.report_in(tree, range, "SC2155", message);
                let whole = cmd.node().text_range();
                let is_plain = cmd.name() == "export"
                    && operands.len() == 1
                    && cmd.args().len() == 1
                    && cmd.context.pipeline_len == 1;
                if is_plain && tree.is_in_place() {
                    let lead = TextRange::new(whole.start(), arg.range().start());
                    report.fix("Assign first", |fix| {
                        fix.delete(lead);
                        fix.insert(whole.end(), format!(" && export {name}"));
                    });
                }
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
FROM a
RUN export V=$(x) W=1 && readonly X=\"a $(y)\"
           ^ `export` hides the status of the command
                                  ^ `readonly` hides the status of the command
",
        );
        check_ok(&RULE, "FROM a\nRUN V=$(x) && export V && export W=a$V && X=$(y) z\n");
        check_fix(&RULE, "FROM a\nRUN export V=\"$(x)\" && y\n", "FROM a\nRUN V=\"$(x)\" && export V && y\n");
    }
}
