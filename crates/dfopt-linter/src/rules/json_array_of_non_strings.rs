//! `json-array-of-non-strings`

use dfopt_syntax::{SyntaxKind, SyntaxToken};

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A JSON array holds something other than strings.
    ///
    /// ## Why
    ///
    /// The builder refuses the file: every element must be a string in double quotes.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// CMD ["sleep", 60]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// CMD ["sleep", "60"]
    /// ```
    "json-array-of-non-strings" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for site in sites(ctx.model()) {
        let Some(json) = site.ast.json() else { continue };
        let mut last: Option<SyntaxToken> = None;
        for token in json.others() {
            // An element cut by a continuation has several tokens.
            let goes_on = last.is_some_and(|last| between_is_trivia(&last, &token));
            if !goes_on {
                ctx.report(&token, "JSON arrays must hold strings");
            }
            last = Some(token);
        }
    }
}

fn between_is_trivia(first: &SyntaxToken, second: &SyntaxToken) -> bool {
    let mut between =
        std::iter::successors(first.next_token(), SyntaxToken::next_token).take_while(|token| token != second);
    between.all(|token| token.kind().is_trivia() && token.kind() != SyntaxKind::NEWLINE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_elements_are_marked() {
        check(
            &RULE,
            "
FROM a
CMD [\"a\", 1, null]
          ^ JSON arrays must hold strings
             ^^^^ JSON arrays must hold strings
COPY [{\"a\": []}, \"/b\"]
      ^^^^^^^^^ JSON arrays must hold strings
ONBUILD RUN [[\"a\"]]
             ^^^^^ JSON arrays must hold strings
",
        );
        check_ok(&RULE, "FROM a\nCMD [\"a\"]\nCMD [a, 1]\nENV a=[1]\n");
    }
}
