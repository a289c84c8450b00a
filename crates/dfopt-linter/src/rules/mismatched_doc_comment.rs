//! `mismatched-doc-comment`

use dfopt_semantic::model::Step;
use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{SyntaxElement, SyntaxKind, SyntaxToken, TextRange};

use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Preset, Severity};

declare_rule! {
    /// The comment above a stage or an argument does not begin with its name.
    ///
    /// ## Why
    ///
    /// `docker build --call=outline` and `--call=targets` show such a comment as the description of the argument or stage, if
    /// its first word is the name. A remark that is meant for the reader of the file stays out of it behind a line with a bare `#`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// # where packages come from
    /// ARG MIRROR=https://deb.debian.org
    /// FROM debian:13
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// # MIRROR is where packages come from
    /// ARG MIRROR=https://deb.debian.org
    /// FROM debian:13
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix adds a line with a bare `#`, so the comment is kept and is no description.
    "mismatched-doc-comment" {
        category: Category::Layout,
        severity: Severity::Info,
        fix: Some(Applicability::Safe),
        aliases: &["InvalidDefinitionDescription"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        when_selected: &[(Preset::Buildkit, Severity::Warning)],
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps() {
        let names = names(step);
        let Some((first, place)) = names.first() else { continue };
        let Some(comment) = last_comment(step) else { continue };
        // Of an indented comment the builder keeps the `#`, so it begins with no name.
        let before = &model.text()[..usize::from(comment.text_range().start())];
        let is_indented = before.ends_with([' ', '\t']);
        let text = comment.text().strip_prefix('#').filter(|_| !is_indented).unwrap_or(comment.text()).trim();
        let word = text.split(' ').next().unwrap_or_default();
        if names.iter().any(|(name, _)| name == word) {
            continue;
        }
        let line = step.keyword_range().start();
        ctx.report(*place, "the comment above does not begin with this name")
            .related(&comment, "the comment")
            .help(format!("begin it with `{first}`, or end it with a bare `#`"))
            .fix("Set the comment apart with a bare `#`", |fix| {
                fix.insert(line, "#\n");
                fix.safe();
            });
    }
}

/// The names that an instruction gives, and where they stand.
fn names(step: &Step) -> Vec<(String, TextRange)> {
    match &step.ast {
        Instruction::From(from) => {
            from.stage_name().map(|name| (name.raw().to_lowercase(), name.range())).into_iter().collect()
        }
        Instruction::Arg(_) => {
            let names = step.ast.pairs().filter_map(|pair| pair.name());
            names.map(|name| (name.raw(), name.range())).collect()
        }
        _ => Vec::new(),
    }
}

/// The last of the comments that belong to an instruction; a bare `#` sends those above it away.
fn last_comment(step: &Step) -> Option<SyntaxToken> {
    let before = std::iter::successors(step.ast.syntax().prev_sibling_or_token(), SyntaxElement::prev_sibling_or_token);
    let mut tokens = before.map_while(SyntaxElement::into_token);
    let comment = tokens.find(|token| token.kind() == SyntaxKind::COMMENT)?;
    (!comment.text().trim_start_matches('#').trim().is_empty()).then_some(comment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use crate::testing::{check, check_fix, check_ok, check_with};

    #[test]
    fn the_name_is_marked() {
        check(
            &RULE,
            "
# syntax=docker/dockerfile:1
# mirror to use

ARG MIRROR
    ^^^^^^ the comment above does not begin with this name [safe fix]
# build compiles
FROM a AS Build
# Build is wrong
ARG A=1 B=2
    ^ the comment above does not begin with this name [safe fix]
",
        );
        check(
            &RULE,
            "FROM a AS b\n  # c is indented\nFROM b AS c\n          ^ the comment above does not begin with this name [safe fix]\n",
        );
        check_ok(&RULE, "# x\nFROM a\n# B\nARG A B\n# remark\n#\nARG C\n# y\nRUN z\nARG D\n");
    }

    #[test]
    fn a_bare_line_sets_it_apart() {
        check_fix(&RULE, "# one\n# two\nARG A\nFROM b\n", "# one\n# two\n#\nARG A\nFROM b\n");
    }

    #[test]
    fn the_builder_reports_it_when_the_file_asks_for_it() {
        let settings = Settings::of_preset(Preset::Buildkit);
        let options = dfopt_semantic::model::Options::default();
        check_with(&RULE, &settings, options, "# remark\nFROM a AS b\n");
        for which in ["all", "InvalidDefinitionDescription"] {
            let text = format!(
                "# check=experimental={which}\n# remark\nFROM a AS b\n          ^ the comment above does not begin with this name [safe fix]\n"
            );
            check_with(&RULE, &settings, options, &text);
        }
    }
}
