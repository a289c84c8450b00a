//! `extra-argument`

use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::site::{Site, sites};
use crate::{Applicability, Category, Context, Rule, Severity};

declare_rule! {
    /// An instruction has more words than it takes.
    ///
    /// ## Why
    ///
    /// `HEALTHCHECK NONE` stands alone and `STOPSIGNAL` takes one signal; the builder refuses the file. There are no
    /// comments behind an instruction: a `#` there is one more word.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// STOPSIGNAL SIGINT # as Ctrl-C
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// # as Ctrl-C
    /// STOPSIGNAL SIGINT
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix drops the extra words, which may have been meant for something else.
    "extra-argument" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: Some(Applicability::Unsafe),
        aliases: &["ARGUMENT_EXTRA", "ARGUMENT_UNNECESSARY"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for site in sites(ctx.model()) {
        let Some((range, with_blanks)) = extra(&site) else { continue };
        let what = if matches!(site.ast, Instruction::Stopsignal(_)) {
            "`STOPSIGNAL` takes one signal"
        } else {
            "`HEALTHCHECK NONE` takes no arguments"
        };
        ctx.report(range, what).fix("Drop the extra words", |fix| fix.delete(with_blanks)).at(&site);
    }
}

/// Where the extra words stand, without and with the blanks before them.
fn extra(site: &Site<'_>) -> Option<(TextRange, TextRange)> {
    match &site.ast {
        Instruction::Healthcheck(healthcheck) if healthcheck.is_none() => {
            let words = site.ast.words().map(|word| word.range()).reduce(TextRange::cover)?;
            let end = healthcheck.kind_token()?.text_range().end();
            Some((words, TextRange::new(end, words.end())))
        }
        Instruction::Stopsignal(_) => {
            let word = site.ast.words().next()?;
            let logical = word.logical();
            let text = logical.as_str();
            // Quotes and variables may hold a blank; then the whole is no signal.
            if text.contains(['\'', '"', '$', '\\']) {
                return None;
            }
            let blank = text.find(char::is_whitespace)?;
            let second = blank + text[blank..].find(|c: char| !c.is_whitespace())?;
            Some((logical.file_range(second..text.len()), logical.file_range(blank..text.len())))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_extra_words_are_marked() {
        check(
            &RULE,
            "
FROM a
HEALTHCHECK NONE please now
                 ^^^^^^^^^^ `HEALTHCHECK NONE` takes no arguments [fix]
STOPSIGNAL SIGINT SIGTERM
                  ^^^^^^^ `STOPSIGNAL` takes one signal [fix]
",
        );
        check_ok(&RULE, "FROM a\nUSER a b\nWORKDIR /a b\nHEALTHCHECK NONE\nSTOPSIGNAL 9\n");
    }

    #[test]
    fn they_are_dropped() {
        check_fix(
            &RULE,
            "FROM a\nHEALTHCHECK NONE # off\nSTOPSIGNAL 9 9\n",
            "FROM a\nHEALTHCHECK NONE\nSTOPSIGNAL 9\n",
        );
    }
}
