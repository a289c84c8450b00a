//! `multiple-sources-without-slash`

use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::ast::{Instruction, Source};
use dfopt_syntax::{TextRange, TextSize};

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// Several sources go to a destination that does not end with `/`.
    ///
    /// ## Why
    ///
    /// Where no directory of that name is there yet, the files overwrite each other and the last one wins. Other builders refuse
    /// it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY main.conf users.conf /etc/app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY main.conf users.conf /etc/app/
    /// ```
    ///
    /// ## Fix safety
    ///
    /// `.` and `..` are directories, so that a `/` behind them changes nothing. Any other destination becomes a directory.
    "multiple-sources-without-slash" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["DL3021", "INVALID_DESTINATION", "DS-0011", "DF048"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let is_hadolint = ctx.dialect() == Dialect::Hadolint;
    for site in sites(model).filter(|site| !(is_hadolint && site.is_trigger())) {
        let step = site.step;
        let is_wanted = match site.ast {
            Instruction::Copy(_) => true,
            Instruction::Add(_) => !is_hadolint,
            _ => false,
        };
        let Some((sources, Some(to))) = site.ast.copied().filter(|_| is_wanted) else { continue };
        let has_slash = if is_hadolint { has_slash_as_written(model, &to) } else { has_slash(model, step, &to) };
        if sources.len() < 2 || has_slash || matches!(to, Source::Heredoc(_)) {
            continue;
        }
        // The builder makes these a directory before it copies; only others refuse them.
        let raw = to.raw();
        let is_directory = matches!(raw.trim_matches(['"', '\'']), "." | "..");
        let end = end_of_text(model, to.range());
        let mut report = ctx.report(to.range(), "several sources, and no `/` at the end");
        if is_directory {
            report = report.severity(Severity::Info);
        }
        report.fix("Append `/`", |fix| {
            fix.insert(end, "/");
            if is_directory {
                fix.safe();
            }
        });
    }
}

fn has_slash_as_written(model: &Model<'_>, to: &Source) -> bool {
    match to {
        Source::Json(string) => string.value().trim_matches(['"', '\'']).ends_with('/'),
        to => model.text_at(to.range()).trim_matches(['"', '\'']).ends_with('/'),
    }
}

fn has_slash(model: &Model<'_>, step: &Step, to: &Source) -> bool {
    let text = model.scope(step).expand(&to.raw(), model.escape()).text;
    let end = text.suffix();
    // What ends with something unknown may end with a slash.
    end.is_empty() || end.ends_with('/') || (end.ends_with('\\') && model.is_windows(step))
}

/// The end of a word, in front of a closing quote.
fn end_of_text(model: &Model<'_>, range: TextRange) -> TextSize {
    let is_quoted = model.text_at(range).ends_with(['"', '\'']);
    range.end() - TextSize::new(u32::from(is_quoted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_destination_is_marked() {
        check(
            &RULE,
            "
FROM a
COPY a b /c
         ^^ several sources, and no `/` at the end [fix]
ADD [\"a\", \"b\", \"c\"]
               ^^^ several sources, and no `/` at the end [fix]
COPY a b .
         ^ several sources, and no `/` at the end [safe fix]
",
        );
        check_ok(&RULE, "FROM a\nCOPY a /b\nCOPY a* /b\nCOPY a b /c/\nCOPY a b $X\nARG C=/c/\nCOPY a b $C\n");
    }

    #[test]
    fn a_slash_is_appended() {
        check_fix(
            &RULE,
            "FROM a\nCOPY a b .\nCOPY a b \"cd\"\nCOPY [\"a\", \"b\", \"c\"]\n",
            "FROM a\nCOPY a b ./\nCOPY a b \"cd/\"\nCOPY [\"a\", \"b\", \"c/\"]\n",
        );
    }

    #[test]
    fn hadolint_looks_at_copy_alone() {
        let settings = Settings::of_preset(Preset::Hadolint);
        let options = dfopt_semantic::model::Options::default();
        check_with(
            &RULE,
            &settings,
            options,
            "FROM a\nADD a b c\nCOPY a b '/c/'\nCOPY a b $c\n         ^^ several sources, and no `/` at the end [fix]\n",
        );
    }
}
