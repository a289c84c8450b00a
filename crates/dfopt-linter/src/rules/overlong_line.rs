//! `overlong-line`

use dfopt_syntax::{TextRange, TextSize};

use crate::rule::declare_rule;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A line is longer than the builder reads.
    ///
    /// ## Why
    ///
    /// A line may have 65,535 bytes, in a heredoc too; the builder refuses longer ones. A continued instruction has no such limit.
    ///
    /// ## Example
    ///
    /// ```text
    /// RUN echo …    (on one line of more than 65,535 bytes)
    /// ```
    ///
    /// Use instead:
    ///
    /// ```text
    /// RUN echo … \
    ///     …
    /// ```
    "overlong-line" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

/// Bytes that a line may have, its line end aside.
const LONGEST: usize = 65_535;

fn check(ctx: &mut Context<'_>) {
    let mut at = 0;
    for line in ctx.model().text().split('\n') {
        if line.len() > LONGEST {
            let size = |n: usize| TextSize::new(u32::try_from(n).unwrap_or(u32::MAX));
            let first = line.chars().next().map_or(0, char::len_utf8);
            ctx.report(
                TextRange::at(size(at), size(first)),
                format!("this line has {} bytes, and {LONGEST} are allowed", line.len()),
            );
        }
        at += line.len() + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_start_of_the_line_is_marked() {
        let filler = "x".repeat(LONGEST - 4);
        check(&RULE, &format!("FROM a\nRUN y{filler}\n^ this line has 65536 bytes, and 65535 are allowed\n"));
        check_ok(&RULE, &format!("FROM a\nRUN {filler}\nRUN x \\\n{filler} \\\n{filler}\n"));
    }
}
