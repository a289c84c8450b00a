//! Which names a suppression may hold.

use dfopt_semantic::suggest;
use dfopt_syntax::TextRange;

use super::{Name, Names, Suppression};
use crate::{SuppressionForm, named, rules};

/// Codes that hadolint had once and that nothing reports any more.
const RETIRED: [&str; 4] = ["DL3005", "DL3017", "DL3031", "DL3039"];

/// A name that stands for no rule.
pub(crate) struct Unknown {
    pub range: TextRange,
    pub message: String,
    /// What was probably meant.
    pub meant: Option<&'static str>,
}

/// The names of a suppression that stand for no rule.
pub(crate) fn unknown(suppression: &Suppression) -> Vec<Unknown> {
    let Names::These(names) = &suppression.names else { return Vec::new() };
    names.iter().filter_map(|name| judge(suppression.form, name)).collect()
}

fn judge(form: SuppressionForm, name: &Name) -> Option<Unknown> {
    let text = name.text.as_str();
    let unknown = |message: String, meant| Some(Unknown { range: name.range, message, meant });
    let is_code = |kind: &str| text.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(kind)) && text.len() == 6;
    match form {
        SuppressionForm::Shellcheck => None,
        SuppressionForm::Check => {
            let known = || rules().iter().filter_map(|rule| rule.buildkit_name());
            if known().any(|known| known == text) {
                return None;
            }
            match known().find(|known| known.eq_ignore_ascii_case(text)) {
                Some(known) => unknown(format!("the check is written `{known}`"), Some(known)),
                None => unknown(format!("the builder has no check `{text}`"), suggest::nearest(text, known())),
            }
        }
        SuppressionForm::Hadolint | SuppressionForm::Dfopt => {
            if RETIRED.iter().any(|code| code.eq_ignore_ascii_case(text)) {
                return unknown(format!("hadolint has retired `{text}`, and nothing reports it"), None);
            }
            let is_known = match form {
                SuppressionForm::Dfopt => is_rule_or_alias(text),
                _ => rules().iter().any(|rule| rule.aliases().any(|alias| alias == text)),
            };
            // ShellCheck has more codes than are listed here, and gets new ones.
            if is_known || (is_code("SC") && text[2..].bytes().all(|b| b.is_ascii_digit())) {
                return None;
            }
            if form == SuppressionForm::Hadolint || is_code("DL") {
                return unknown(format!("hadolint has no code `{text}`"), None);
            }
            let known = rules().iter().flat_map(|rule| std::iter::once(rule.name).chain(rule.aliases()));
            let message = match named(text) {
                Some(_) => format!("`{text}` stands for several rules; a suppression names each, or `all`"),
                None => format!("no rule is called `{text}`"),
            };
            unknown(message, suggest::nearest(text, known))
        }
    }
}

fn is_rule_or_alias(text: &str) -> bool {
    let is = |name: &str| name.eq_ignore_ascii_case(text);
    rules().iter().any(|rule| is(rule.name) || rule.aliases().any(is))
}
