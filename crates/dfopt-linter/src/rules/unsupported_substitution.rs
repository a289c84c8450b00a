//! `unsupported-substitution`

use dfopt_semantic::expand::ExpandError;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A `${…}` uses what shells know and the builder does not.
    ///
    /// ## Why
    ///
    /// The builder expands variables itself, and knows only `-`, `+`, `?` (each also behind a colon), `#`, `##`, `%`, `%%`, `/`
    /// and `//`. It refuses the rest, and a `${` that is not closed.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// ARG NAME=app
    /// ENV UPPER=${NAME^^}
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// ARG NAME=app
    /// ARG UPPER=APP
    /// ENV UPPER=${UPPER}
    /// ```
    "unsupported-substitution" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["UNSUPPORTED_MODIFIER"],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model) {
        for text in model.expanded_texts(site.step, &site.ast) {
            for error in &text.expansion.errors {
                let message = match error {
                    ExpandError::UnclosedBrace { .. } => "this `${` is never closed".to_owned(),
                    ExpandError::MissingSlash { .. } => "a replacement needs a second `/`".to_owned(),
                    ExpandError::BadSubstitution { .. } => "there is no variable here".to_owned(),
                    ExpandError::UnsupportedModifier { modifier, .. } => {
                        format!("the builder does not know `{modifier}`")
                    }
                    ExpandError::BadPatternEscape { escaped: Some(c), .. } => {
                        format!("`{c}` needs no escape in a pattern, and gets none")
                    }
                    ExpandError::BadPatternEscape { .. } => "the pattern ends in an escape".to_owned(),
                    _ => continue,
                };
                let range = error.range();
                let start = text.raw.get(..range.end).and_then(|before| before.rfind("${")).unwrap_or(range.start);
                ctx.report(text.range(start..range.end.max(start + 1)), message).at(&site);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn from_the_dollar_on() {
        check(
            &RULE,
            "
FROM a
ENV x=${a^^} y=${b z=${}
      ^^^^ the builder does not know `^`
               ^^ this `${` is never closed
                     ^^^ there is no variable here
WORKDIR /${a/b}
         ^^^^ a replacement needs a second `/`
",
        );
    }

    #[test]
    fn shell_text_is_the_shells() {
        check_ok(&RULE, "FROM a\nRUN echo ${a^^}\nENV x=${a:-${b#c}} y='${z^^}'\n");
    }
}
