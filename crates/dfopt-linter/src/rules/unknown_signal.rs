//! `unknown-signal`

use dfopt_semantic::signal::parse_signal;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// `STOPSIGNAL` names a signal that Linux does not have.
    ///
    /// ## Why
    ///
    /// The builder refuses the file. A signal is a name with or without `SIG`, in any case, or a number.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// STOPSIGNAL SIGQIUT
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// STOPSIGNAL SIGQUIT
    /// ```
    "unknown-signal" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["INVALID_SIGNAL"],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| matches!(site.ast, Instruction::Stopsignal(_))) {
        for text in model.expanded_texts(site.step, &site.ast) {
            let Some(known) = text.known() else { continue };
            // Two bare words are too many words.
            let is_two = known == text.raw && known.contains(char::is_whitespace);
            let Err(unknown) = parse_signal(known) else { continue };
            if is_two {
                continue;
            }
            let report = ctx.report(text.whole(), "unknown signal").at(&site);
            if let Some(near) = unknown.suggestion {
                report.help(format!("did you mean `SIG{near}`?"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_word_is_marked() {
        check(
            &RULE,
            "
FROM scratch
STOPSIGNAL SIGFOO
           ^^^^^^ unknown signal
STOPSIGNAL 0
           ^ unknown signal
STOPSIGNAL $unset
           ^^^^^^ unknown signal
",
        );
        check_ok(&RULE, "FROM a\nSTOPSIGNAL term\nSTOPSIGNAL RTMIN+3\nSTOPSIGNAL 99\nSTOPSIGNAL $S\n");
    }
}
