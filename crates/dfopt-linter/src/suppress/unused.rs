//! Which suppressions hid nothing.

use dfopt_semantic::model::Model;
use dfopt_syntax::{TextRange, TextSize};

use crate::context::Shared;

use super::{Name, Names, Origin, Suppressing, Suppression, is_about_suppressions};
use crate::{Context, Diagnostic, Dialect, Preset, Rule, Settings, SuppressionForm, named, rules};

/// A code that hid nothing.
pub(crate) struct Unused {
    pub range: TextRange,
    /// The code as written.
    pub name: String,
    /// What to take away, so that the rest of the comment still says what it said.
    pub deletion: Option<TextRange>,
}

/// The codes that hid nothing, although every rule that they stand for was on.
pub(crate) fn unused(model: &Model<'_>, settings: &Settings, suppressing: &Suppressing) -> Vec<Unused> {
    let mut found = Vec::new();
    for (suppression, used) in suppressing.found.iter().zip(&suppressing.used) {
        if suppression.is_expired(settings) || suppression.origin == Origin::Argument {
            continue;
        }
        let all = |range| Name { text: model.text_at(range).to_owned(), range };
        let (names, is_all) = match &suppression.names {
            Names::These(names) => (names.clone(), false),
            Names::All(range) | Names::AllOfBuildkit(range) | Names::AllOfShellcheck(range) => {
                (vec![all(*range)], true)
            }
        };
        for (at, name) in names.iter().enumerate() {
            if used.get(at).is_some_and(std::cell::Cell::get) {
                continue;
            }
            let judged = if is_all { rules().to_vec() } else { rules_of(suppression, &name.text) };
            let is_on = |rule: &Rule| settings.severity(rule).is_some() && !is_about_suppressions(rule);
            if !judged.iter().any(|rule| is_on(rule)) || (!is_all && !judged.iter().all(|rule| is_on(rule))) {
                continue;
            }
            if hides_for_peer(model, suppression, &judged) {
                continue;
            }
            let deletion = deletion(model, suppression, &names, at);
            found.push(Unused { range: name.range, name: name.text.clone(), deletion });
        }
    }
    found
}

fn rules_of(suppression: &Suppression, name: &str) -> Vec<&'static Rule> {
    match suppression.form {
        SuppressionForm::Shellcheck => {
            let is_meant = |rule: &&&'static Rule| rule.aliases().any(|alias| super::shellcheck::is_code(name, alias));
            rules().iter().filter(is_meant).copied().collect()
        }
        SuppressionForm::Check => rules().iter().filter(|rule| rule.buildkit_name() == Some(name)).copied().collect(),
        SuppressionForm::Hadolint | SuppressionForm::Dfopt => named(name).unwrap_or_default(),
    }
}

/// Whether the comment hides something from the tool that it is written for, which may judge more strictly.
fn hides_for_peer(model: &Model<'_>, suppression: &Suppression, rules: &[&'static Rule]) -> bool {
    let (preset, dialect) = match suppression.form {
        SuppressionForm::Hadolint | SuppressionForm::Shellcheck => (Preset::Hadolint, Dialect::Hadolint),
        SuppressionForm::Check => (Preset::Buildkit, Dialect::Buildkit),
        SuppressionForm::Dfopt => return false,
    };
    let settings = Settings::of_preset(preset);
    let shared = Shared::default();
    let reports = |rule: &&&'static Rule| {
        let Some(severity) = settings.severity(rule) else { return false };
        let mut context = Context::new(model, &settings, rule, severity, &shared);
        (rule.check)(&mut context);
        let hides = |diagnostic: &Diagnostic| {
            suppression.reaches(model, dialect, diagnostic) && !suppression.named(dialect, diagnostic).is_empty()
        };
        context.into_diagnostics().iter().any(hides)
    };
    rules.iter().find(reports).is_some()
}

/// What to delete of a comment to be rid of one of its names.
fn deletion(model: &Model<'_>, suppression: &Suppression, names: &[Name], at: usize) -> Option<TextRange> {
    if let Some(name) = names.get(at).filter(|_| names.len() > 1) {
        return Some(match (at.checked_sub(1).and_then(|before| names.get(before)), names.get(at + 1)) {
            (_, Some(next)) => TextRange::new(name.range.start(), next.range.start()),
            (Some(before), None) => TextRange::new(before.range.end(), name.range.end()),
            (None, None) => name.range,
        });
    }
    let text = model.text();
    let (start, end) = (usize::from(suppression.range.start()), usize::from(suppression.range.end()));
    let line_start = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let line_end = text.get(end..)?.find('\n').map_or(text.len(), |len| end + len + 1);
    let line = text.get(line_start..line_end)?;
    // What else the comment says stays.
    let has_more = match suppression.form {
        SuppressionForm::Check => line.contains(';'),
        SuppressionForm::Shellcheck => line.matches('=').count() > 1,
        _ => false,
    };
    if has_more || line.starts_with('\u{feff}') {
        return None;
    }
    let size = |n: usize| TextSize::new(u32::try_from(n).unwrap_or(u32::MAX));
    Some(TextRange::new(size(line_start), size(line_end)))
}
