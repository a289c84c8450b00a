//! `shell-not-json`

use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// `SHELL` is not given as a JSON array.
    ///
    /// ## Why
    ///
    /// The builder refuses the file: the shell and its options must be an array of strings with at least one element.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian
    /// SHELL /bin/bash -c
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian
    /// SHELL ["/bin/bash", "-c"]
    /// ```
    "shell-not-json" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["SHELL_JSON_FORM", "SHELL_REQUIRES_ONE"],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for site in sites(ctx.model()).filter(|site| matches!(site.ast, Instruction::Shell(_))) {
        let arguments = site.ast.arguments();
        let text = arguments.as_str();
        let whole = arguments.file_range(0..text.len());
        match site.ast.json() {
            None if !text.is_empty() => {
                ctx.report(whole, "`SHELL` takes a JSON array").help("write it as `[\"/bin/sh\", \"-c\"]`").at(&site);
            }
            Some(json) if json.strings().next().is_none() && json.others().next().is_none() => {
                ctx.report(whole, "`SHELL` without a shell").at(&site);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_argument_is_marked() {
        check(
            &RULE,
            "
FROM a
SHELL bash -c
      ^^^^^^^ `SHELL` takes a JSON array
SHELL ['bash']
      ^^^^^^^^ `SHELL` takes a JSON array
SHELL []
      ^^ `SHELL` without a shell
",
        );
        check_ok(&RULE, "FROM a\nSHELL [\"bash\", \"-c\"]\n");
    }
}
