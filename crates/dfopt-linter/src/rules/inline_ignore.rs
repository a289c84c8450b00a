//! `inline-ignore`

use dfopt_syntax::{SyntaxElement, SyntaxKind};

use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Dialect, Preset, Severity};

declare_rule! {
    /// A comment in the file silences a rule.
    ///
    /// ## Why
    ///
    /// Where rules are agreed upon, exceptions belong into the settings, which others than the author of the file look at.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// # hadolint ignore=DL3006
    /// FROM registry.example.com/base
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM registry.example.com/base:2
    /// ```
    "inline-ignore" {
        category: Category::Policy,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL1001"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        when_selected: &[(Preset::Hadolint, Severity::Warning)],
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        for comment in model.file().comments().filter(|comment| is_plain_pragma(comment.text().trim_end())) {
            ctx.report(&comment, MESSAGE);
        }
        return;
    }
    if let Some(check) = model.check_directive().filter(|check| check.skips_all || !check.skip.is_empty()) {
        ctx.report(check.range, MESSAGE);
    }
    let tokens = model.parse().syntax().descendants_with_tokens().filter_map(SyntaxElement::into_token);
    for token in tokens.filter(|token| matches!(token.kind(), SyntaxKind::COMMENT | SyntaxKind::SH_COMMENT)) {
        if is_suppression(token.text()) {
            ctx.report(&token, MESSAGE);
        }
    }
}

const MESSAGE: &str = "an exception in the file";

/// `# hadolint ignore=CODE, CODE # why`: the form for one instruction, as hadolint takes it.
fn is_plain_pragma(text: &str) -> bool {
    let blanks = |text: &'_ str| text.starts_with([' ', '\t']);
    let Some(rest) = text.strip_prefix('#').map(str::trim_start).and_then(|rest| rest.strip_prefix("hadolint")) else {
        return false;
    };
    let list = rest.trim_start().strip_prefix("ignore").map(str::trim_start).and_then(|rest| rest.strip_prefix('='));
    let Some(list) = list.filter(|_| blanks(rest)) else { return false };
    let codes = list.split('#').next().unwrap_or_default();
    let is_code = |code: &str| !code.is_empty() && code.chars().all(|c| matches!(c, 'D' | 'L' | 'S' | 'C' | '0'..='9'));
    codes.split(',').all(|code| is_code(code.trim()))
}

/// Whether a comment asks for silence, in any of the forms.
fn is_suppression(text: &str) -> bool {
    let text = text.trim_start_matches('#').trim_start();
    if text.starts_with("check=skip=") {
        return true;
    }
    let tool = ["hadolint", "dfopt"].into_iter().find_map(|tool| text.strip_prefix(tool));
    let Some(rest) = tool.filter(|rest| rest.starts_with([' ', '\t'])).map(str::trim_start) else { return false };
    let scope = ["stage", "global"].into_iter().find_map(|scope| rest.strip_prefix(scope));
    let rest = scope.map_or(rest, str::trim_start);
    rest.strip_prefix("ignore").is_some_and(|rest| rest.trim_start().starts_with('='))
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::Settings;
    use crate::testing::{check_with, diagnostics};

    #[test]
    fn every_form_is_marked() {
        let settings = Settings::only(&RULE).with_suppressions(crate::Suppressions::Shown);
        let text = "
# check=skip=JSONArgsRecommended
        ^^^^^^^^^^^^^^^^^^^^^^^^ an exception in the file
# dfopt global ignore=DL3006; reason=x
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ an exception in the file
FROM a
# hadolint ignore=DL3006
^^^^^^^^^^^^^^^^^^^^^^^^ an exception in the file
RUN a \\
  # dfopt ignore=cd-in-run
  ^^^^^^^^^^^^^^^^^^^^^^^^ an exception in the file
  && b
# hadolint shell=bash
# to ignore=it
";
        check_with(&RULE, &settings, Options::default(), text);
    }

    #[test]
    fn hadolint_means_those_of_one_instruction() {
        let settings = Settings::only(&RULE).with_dialect(Dialect::Hadolint);
        for (comment, count) in [
            ("# hadolint ignore=DL3006", 1),
            ("  #hadolint ignore = DL3006 , SC1 # why", 1),
            ("# hadolint global ignore=DL3006", 0),
            ("# hadolint ignore=DL3006 because", 0),
            ("# hadolint ignore=DL3006,", 0),
            ("# hadolintignore=DL3006", 0),
            ("# dfopt ignore=DL3006", 0),
        ] {
            let text = format!("FROM a\n{comment}\nRUN b\n");
            assert_eq!(diagnostics(&RULE, &settings, Options::default(), &text).len(), count, "{comment}");
        }
    }
}
