//! `variable-in-printf-format`

use crate::rule::declare_rule;
use crate::shell::Got;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// The format of `printf` holds a variable.
    ///
    /// ## Why
    ///
    /// A `%` or a backslash in the value is taken for an instruction of the format. `printf "%s" "$value"` prints it as it
    /// is.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ARG NAME
    /// RUN printf "hello $NAME\n" > /etc/greeting
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ARG NAME
    /// RUN printf "hello %s\n" "$NAME" > /etc/greeting
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix puts `'%s'` before a lone variable. It is unsafe because its value may have been meant as a format.
    "variable-in-printf-format" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["SC2059"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        for cmd in tree.commands.iter().filter(|cmd| cmd.name() == "printf") {
            let mut args = cmd.args().iter();
            let mut format = args.next();
            if format.is_some_and(|arg| arg.is("-v")) {
                format = args.nth(1);
            }
            if format.is_some_and(|arg| arg.is("--")) {
                format = args.next();
            }
            let Some(format) = format else { continue };
            let params = format.word.params();
            let has_substitution = !format.word.command_substs().is_empty();
            if params.is_empty() && !has_substitution {
                continue;
            }
            let is_constant = !has_substitution
                && params.iter().all(|param| {
                    let name = param.name().unwrap_or_default();
                    let mut assigned = tree.names().assigned.iter().filter(|one| one.name == name);
                    assigned.clone().next().is_some()
                        && assigned.all(|one| matches!(&one.got, Got::Word(Some(word)) if word.value().is_some()))
                });
            if !is_peer && is_constant {
                continue;
            }
            let report = ctx.report_in(tree, format.range(), "SC2059", "the value of a variable is read as a format");
            let is_lone = params.len() == 1 && !has_substitution && cmd.args().len() == 1;
            let text = format.text();
            let is_only = text.trim_matches('"').starts_with('$') && !text.contains(['\\', '%', ' ']);
            if is_lone && is_only && tree.is_in_place() {
                let at = format.range().start();
                report.fix("Print it with `%s`", |fix| fix.insert(at, "'%s' "));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_format_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN printf \"$x\"; printf \"a $x\\n\" b; printf -- $(y)
           ^^^^ the value of a variable is read as a format [fix]
                        ^^^^^^^^ the value of a variable is read as a format
                                              ^^^^ the value of a variable is read as a format
",
        );
        check_ok(&RULE, "FROM a\nRUN printf '%s' \"$x\"; f='%d'; printf \"$f\" 1\n");
        check_fix(&RULE, "FROM a\nRUN printf \"$x\"\n", "FROM a\nRUN printf '%s' \"$x\"\n");
    }
}
