//! `not-utf8`

use dfopt_semantic::encoding::Wide;
use dfopt_semantic::model::Model;
use dfopt_syntax::ast::{AstNode, CommandForm, Instruction};
use dfopt_syntax::{SyntaxKind, TextRange, TextSize};

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// The file is not UTF-8.
    ///
    /// ## Why
    ///
    /// A byte that is not UTF-8 makes the build fail in the text that a `RUN` hands to its shell, without a line in the message.
    /// Elsewhere it becomes a replacement character. Files in UTF-16 or UTF-32 cannot be read at all.
    ///
    /// ## Example
    ///
    /// ```text
    /// RUN echo caf\xe9    (in Latin-1)
    /// ```
    ///
    /// Use instead:
    ///
    /// ```text
    /// RUN echo café    (in UTF-8)
    /// ```
    "not-utf8" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let Some(damage) = model.options().damage else { return };
    if let Some(encoding) = damage.encoding {
        let name = match encoding {
            Wide::Utf16 => "UTF-16",
            Wide::Utf32 => "UTF-32",
        };
        let first = model.text().chars().next().map_or(0, char::len_utf8);
        let place = TextRange::up_to(TextSize::new(u32::try_from(first).unwrap_or(0)));
        ctx.report(place, format!("this file is {name}, and the builder reads UTF-8"));
        return;
    }
    let places = || damage.places.iter().map(|&at| TextSize::new(at));
    if let Some(at) = places().find(|&at| is_shell_text(model, at)) {
        ctx.report(character(at), "not UTF-8, and the shell's text must be")
            .note("the build fails without naming the line");
    } else if let Some(at) = places().find(|&at| model.step_at(at).is_some() && !is_comment(model, at)) {
        ctx.report(character(at), "not UTF-8; the builder puts a replacement character here").builds_anyway();
    }
}

/// The replacement character at a place.
fn character(at: TextSize) -> TextRange {
    TextRange::at(at, TextSize::of(char::REPLACEMENT_CHARACTER))
}

fn is_comment(model: &Model<'_>, at: TextSize) -> bool {
    let token = model.parse().syntax().token_at_offset(at).right_biased();
    token.is_some_and(|token| token.kind() == SyntaxKind::COMMENT)
}

/// Whether the place is in what the shell of a RUN gets.
fn is_shell_text(model: &Model<'_>, at: TextSize) -> bool {
    if is_comment(model, at) {
        return false;
    }
    let runs = sites(model).filter(|site| matches!(site.ast, Instruction::Run(_)));
    runs.into_iter().any(|site| {
        let in_text = match site.ast.command() {
            Some(CommandForm::Shell(node)) => node.text_range().contains(at),
            _ => false,
        };
        let in_heredoc = site.step.ast.heredocs().any(|heredoc| heredoc.syntax().text_range().contains(at));
        let is_file = site.step.ast.heredocs().any(|heredoc| heredoc.text().starts_with("#!"));
        in_text || (in_heredoc && !is_file)
    })
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::encoding::decode;
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::Settings;
    use crate::testing::{check_ok, diagnostics};

    fn found(bytes: &[u8]) -> Vec<(String, bool)> {
        let decoded = decode(bytes);
        let options = Options { damage: Some(&decoded.damage), ..Options::default() };
        let found = diagnostics(&RULE, &Settings::only(&RULE), options, &decoded.text);
        found.iter().map(|one| (decoded.text[..usize::from(one.range.start())].to_owned(), one.fails_build)).collect()
    }

    #[test]
    fn the_first_byte_that_fails_is_marked() {
        assert_eq!(
            found(b"FROM a\n# \xff\nLABEL x=\xff\nRUN echo \xff\n"),
            [("FROM a\n# \u{fffd}\nLABEL x=\u{fffd}\nRUN echo ".to_owned(), true)]
        );
        assert_eq!(found(b"FROM a\nLABEL x=\xff\n"), [("FROM a\nLABEL x=".to_owned(), false)]);
        assert_eq!(found(b"FROM a\n# \xff\n"), []);
        assert_eq!(found(b"FROM a\nRUN <<E\n\xff\nE\n"), [("FROM a\nRUN <<E\n".to_owned(), true)]);
        assert_eq!(
            found(b"FROM a\nRUN <<E\n#!/bin/sh\n\xff\nE\n"),
            [("FROM a\nRUN <<E\n#!/bin/sh\n".to_owned(), false)]
        );
        assert_eq!(found(b"\xff\xfeF\0"), [(String::new(), true)]);
    }

    #[test]
    fn a_replacement_character_may_be_meant() {
        check_ok(&RULE, "FROM a\nRUN echo \u{fffd}\n");
    }
}
