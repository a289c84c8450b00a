//! `misplaced-directive`

use dfopt_semantic::model::Model;
use dfopt_syntax::SyntaxToken;
use dfopt_syntax::TextRange;
use dfopt_syntax::TextSize;

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A directive stands where it is only a comment.
    ///
    /// ## Why
    ///
    /// Directives are read at the start of the file, up to the first line that is none. Below that they have no effect.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// # syntax=docker/dockerfile:1
    /// COPY a /b
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// # syntax=docker/dockerfile:1
    /// FROM alpine:3.22
    /// COPY a /b
    /// ```
    ///
    /// ## Fix safety
    ///
    /// Moved to the top the directive has an effect, which may change how the file is read.
    "misplaced-directive" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let file = model.file();
    let used: Vec<String> = file.directives().filter_map(|one| Some(one.name()?.text().to_ascii_lowercase())).collect();
    let last = file.instructions().last().map(|ast| ast.full_range());
    for comment in file.comments() {
        let Some((name, value)) = directive(comment.text()) else { continue };
        let range = comment.text_range();
        let is_lost = match name.as_str() {
            "syntax" => is_frontend(value),
            "escape" => matches!(value, "\\" | "`"),
            "check" => {
                let is_setting = ["skip=", "error=", "experimental="].iter().any(|start| value.starts_with(start));
                // Above an instruction it holds for that one.
                is_setting && last.is_none_or(|last| range.start() >= last.start())
            }
            _ => false,
        };
        if !is_lost {
            continue;
        }
        let report = ctx.report(range, format!("`{name}` has no effect here"));
        if !used.contains(&name) {
            let line = line_of(model, &comment);
            report.fix("Move it to the top", |fix| {
                fix.insert(TextSize::new(0), format!("# {name}={value}\n"));
                fix.delete(line);
            });
        }
    }
}

/// Name and value, if a comment is written like a directive.
fn directive(comment: &str) -> Option<(String, &str)> {
    let (name, value) = comment.strip_prefix('#')?.split_once('=')?;
    let name = name.trim().to_ascii_lowercase();
    matches!(name.as_str(), "syntax" | "escape" | "check").then_some((name, value.trim()))
}

/// Whether a text looks like the image of a frontend.
fn is_frontend(value: &str) -> bool {
    value.contains('/') && !value.contains(char::is_whitespace)
}

/// The whole line of a comment.
fn line_of(model: &Model<'_>, comment: &SyntaxToken) -> TextRange {
    let text = model.text();
    let (start, end) = (usize::from(comment.text_range().start()), usize::from(comment.text_range().end()));
    let start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
    let size = |at: usize| TextSize::new(u32::try_from(at).unwrap_or(u32::MAX));
    TextRange::new(size(start), size(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_comment_is_marked() {
        check(
            &RULE,
            "
# remark
# syntax=docker/dockerfile:1
^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `syntax` has no effect here [fix]
FROM a
# Escape = `
^^^^^^^^^^^^ `escape` has no effect here [fix]
RUN x
# check=skip=all
^^^^^^^^^^^^^^^^ `check` has no effect here [fix]
",
        );
        check_ok(
            &RULE,
            "# syntax=docker/dockerfile:1\n# escape=`\nFROM a\n# check=skip=JSONArgsRecommended\nCMD x\n# syntax = see below\n# escape=the value\n# check=this\n",
        );
    }

    #[test]
    fn it_is_moved() {
        check_fix(&RULE, "\n# syntax=docker/dockerfile:1\nFROM a\n", "# syntax=docker/dockerfile:1\n\nFROM a\n");
    }
}
