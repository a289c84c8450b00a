//! `missing-from`

use dfopt_syntax::ast::Instruction;
use dfopt_syntax::{ErrorKind, TextRange};

use crate::rule::declare_rule;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A file has no `FROM`.
    ///
    /// ## Why
    ///
    /// A build starts from an image. Without a `FROM` there is nothing to build, and the builder refuses the file.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// ARG VERSION=1
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// ARG VERSION=1
    /// FROM alpine:$VERSION
    /// ```
    "missing-from" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["NO_SOURCE_IMAGE"],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    // What stands before the first FROM, or was meant to be one, is reported as that.
    let only_args = model.steps().iter().all(|step| matches!(step.ast, Instruction::Arg(_)));
    let explained = model.parse().errors().iter().any(|error| {
        matches!(
            error.kind,
            ErrorKind::UnknownInstruction { suggestion: Some("FROM"), .. }
                | ErrorKind::MissingBlank { keyword: "FROM" }
                | ErrorKind::NotADockerfile
        )
    });
    if !only_args || explained {
        return;
    }
    let text = model.text();
    let start = text.find(|c: char| !c.is_whitespace() && c != '\u{feff}').unwrap_or(0);
    let end = text[start..].find(['\r', '\n']).map_or(text.len(), |len| start + len);
    let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).into();
    ctx.report(TextRange::new(size(start), size(end)), "no `FROM` in this file")
        .help("begin with `FROM` and the image to build on, or `FROM scratch`");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn nothing_or_only_args() {
        check(&RULE, "# remark\n^^^^^^^^ no `FROM` in this file\n\n");
        check(&RULE, "ARG v=1\n^^^^^^^ no `FROM` in this file\nARG w\n");
    }

    #[test]
    fn what_is_explained_otherwise() {
        check_ok(&RULE, "FROM a\n");
        check_ok(&RULE, "FORM a\n");
        check_ok(&RULE, "RUN x\n");
        check_ok(&RULE, "{ \"a\": 1 }\n");
    }
}
