//! `missing-argument`

use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::site::{Site, keyword, sites};
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// An instruction lacks an argument that it cannot do without.
    ///
    /// ## Why
    ///
    /// The builder refuses the file. `RUN`, `CMD` and `ENTRYPOINT` without a command are accepted, but do nothing useful.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY app /app
    /// ```
    "missing-argument" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &[
            "ARGUMENT_MISSING",
            "ARGUMENT_REQUIRES_ONE",
            "ARGUMENT_REQUIRES_AT_LEAST_ONE",
            "ARGUMENT_REQUIRES_TWO",
            "ARGUMENT_REQUIRES_AT_LEAST_TWO",
            "HEALTHCHECK_CMD_ARGUMENT_MISSING",
        ],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model) {
        // An open quote in a flag takes the arguments in, which is reported as such.
        if !site.is_trigger() && model.parse().errors().iter().any(|error| is_open_flag(error, &site)) {
            continue;
        }
        for (range, message) in missing(ctx, &site) {
            let report = ctx.report(range, message);
            // The lexical level is checked where ONBUILD stands; the rest where the trigger runs.
            if site.ast.pairs().next().is_none() {
                report.at(&site);
            }
        }
    }
}

fn is_open_flag(error: &dfopt_syntax::SyntaxError, site: &Site<'_>) -> bool {
    error.kind == dfopt_syntax::ErrorKind::UnclosedQuoteInFlag
        && site.ast.syntax().text_range().contains_range(error.range)
}

/// What is missing, and where.
fn missing(ctx: &Context<'_>, site: &Site<'_>) -> Vec<(TextRange, String)> {
    let ast = &site.ast;
    let at_keyword = |what: &str| vec![(keyword(site), format!("`{}` without {what}", ast.name()))];
    let none = Vec::new();
    let is_empty = || ast.arguments().as_str().is_empty();
    match ast {
        Instruction::Copy(_) | Instruction::Add(_) => copied(site),
        Instruction::Env(_) | Instruction::Label(_) => match ast.pairs().next() {
            None => at_keyword("a name"),
            Some(pair) if pair.is_legacy() && pair.value().is_none() => {
                vec![(pair.range(), format!("`{}` without a value", ast.name()))]
            }
            Some(_) => none,
        },
        Instruction::Arg(_) if ast.pairs().next().is_none() => at_keyword("a name"),
        Instruction::Expose(_) if is_empty() => at_keyword("a port"),
        Instruction::Volume(_) => volumes(ctx, site),
        Instruction::Onbuild(_) if is_empty() => at_keyword("an instruction"),
        Instruction::Healthcheck(healthcheck) => match healthcheck.kind_token() {
            None if is_empty() => at_keyword("`CMD` or `NONE`"),
            Some(token) if !healthcheck.is_none() && has_no_command(ast) => {
                vec![(token.text_range(), "`HEALTHCHECK CMD` without a command".to_owned())]
            }
            _ => none,
        },
        Instruction::Shell(_) if is_empty() => at_keyword("a shell"),
        Instruction::User(_) if is_empty() => at_keyword("a user"),
        Instruction::Workdir(_) if is_empty() => at_keyword("a directory"),
        Instruction::Stopsignal(_) if is_empty() => at_keyword("a signal"),
        Instruction::Maintainer(_) if is_empty() => at_keyword("a name"),
        _ => none,
    }
}

fn copied(site: &Site<'_>) -> Vec<(TextRange, String)> {
    let ast = &site.ast;
    if ast.json().is_some_and(|json| json.others().next().is_some()) {
        return Vec::new();
    }
    let Some((sources, None)) = ast.copied() else { return Vec::new() };
    let what = if sources.is_empty() { "sources and a destination" } else { "a destination" };
    let last = sources.last().map(|source| source.range());
    vec![(last.unwrap_or_else(|| keyword(site)), format!("`{}` without {what}", ast.name()))]
}

fn volumes(ctx: &Context<'_>, site: &Site<'_>) -> Vec<(TextRange, String)> {
    let ast = &site.ast;
    if ast.json().is_some_and(|json| json.others().next().is_some()) {
        return Vec::new();
    }
    let texts = ctx.model().expanded_texts(site.step, ast);
    if texts.is_empty() {
        return vec![(keyword(site), "`VOLUME` without a path".to_owned())];
    }
    let empty = texts.iter().filter(|text| text.known().is_some_and(|path| path.trim().is_empty()));
    empty.map(|text| (text.whole(), "empty path".to_owned())).collect()
}

fn has_no_command(ast: &Instruction) -> bool {
    match ast.json() {
        Some(json) => json.strings().next().is_none() && json.others().next().is_none(),
        None => ast.shell_text().is_none_or(|text| text.to_string().trim().is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn each_instruction() {
        check(
            &RULE,
            "
FROM a
COPY x
     ^ `COPY` without a destination
ADD --chown=1
^^^ `ADD` without sources and a destination
COPY [\"x\"]
      ^^^ `COPY` without a destination
ENV
^^^ `ENV` without a name
LABEL k
      ^ `LABEL` without a value
ARG
^^^ `ARG` without a name
EXPOSE
^^^^^^ `EXPOSE` without a port
VOLUME []
^^^^^^ `VOLUME` without a path
VOLUME [\"\"]
        ^^ empty path
ONBUILD
^^^^^^^ `ONBUILD` without an instruction
HEALTHCHECK
^^^^^^^^^^^ `HEALTHCHECK` without `CMD` or `NONE`
HEALTHCHECK CMD
            ^^^ `HEALTHCHECK CMD` without a command
HEALTHCHECK CMD []
            ^^^ `HEALTHCHECK CMD` without a command
USER
^^^^ `USER` without a user
WORKDIR
^^^^^^^ `WORKDIR` without a directory
STOPSIGNAL
^^^^^^^^^^ `STOPSIGNAL` without a signal
",
        );
    }

    #[test]
    fn what_is_enough() {
        check_ok(
            &RULE,
            "FROM a\nRUN\nCMD\nENTRYPOINT\nCMD []\nCOPY <<E /x\nE\nENV a=\nARG a\nHEALTHCHECK NONE\nVOLUME $x\n",
        );
    }
}
