//! `uncatchable-stopsignal`

use dfopt_semantic::signal::{Signal, parse_signal};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// `STOPSIGNAL` is a signal that no program can handle.
    ///
    /// ## Why
    ///
    /// The program is killed at once, with no time to finish what it does or to close its files.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM nginx:1.29
    /// STOPSIGNAL SIGKILL
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM nginx:1.29
    /// STOPSIGNAL SIGTERM
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The program gets another signal, and may do something else on it.
    "uncatchable-stopsignal" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["tally/no-ungraceful-stopsignal"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| matches!(site.ast, Instruction::Stopsignal(_))) {
        if model.is_windows(site.step) {
            continue;
        }
        for text in model.expanded_texts(site.step, &site.ast) {
            let signal = text.known().and_then(|known| parse_signal(known).ok());
            if matches!(signal, Some(Signal::Name("KILL" | "STOP") | Signal::Number(9 | 19))) {
                ctx.report(text.whole(), "no program can handle this signal")
                    .fix("Change to `SIGTERM`", |fix| fix.replace(text.whole(), "SIGTERM"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_signal_is_marked() {
        check(
            &RULE,
            "
FROM scratch
ENV S=9
STOPSIGNAL $S
           ^^ no program can handle this signal [fix]
STOPSIGNAL stop
           ^^^^ no program can handle this signal [fix]
",
        );
        check_ok(&RULE, "FROM a\nSTOPSIGNAL SIGQUIT\nSTOPSIGNAL 15\nSTOPSIGNAL $X\n");
    }

    #[test]
    fn another_takes_its_place() {
        check_fix(&RULE, "FROM a\nSTOPSIGNAL SIGKILL\n", "FROM a\nSTOPSIGNAL SIGTERM\n");
    }
}
