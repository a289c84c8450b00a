//! Comments that ask for silence: `# dfopt ignore=`, `# hadolint ignore=`, `# check=skip=`. A pass after the rules.

mod comments;
mod dfopt;
mod hadolint;
mod skip;

use dfopt_semantic::model::Model;
use dfopt_syntax::{TextRange, TextSize};

use crate::{Date, Diagnostic, Dialect, Group, Rule, Settings, Suppressed, SuppressionForm, Suppressions};

/// A comment that asks for silence.
#[derive(Debug)]
struct Suppression {
    form: SuppressionForm,
    /// Where the comment stands.
    range: TextRange,
    reach: Reach,
    names: Names,
    reason: Option<String>,
    until: Option<Date>,
}

/// What a suppression is about.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Reach {
    /// What starts in one of these places.
    Places(Vec<TextRange>),
    /// What starts on this line, from 0.
    Line(u32),
    /// Everything.
    File,
}

/// Which rules are meant.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Names {
    All,
    /// Every rule that BuildKit has too.
    AllOfBuildkit,
    These(Vec<String>),
}

/// Marks what is suppressed.
pub(crate) fn mark(model: &Model<'_>, settings: &Settings, diagnostics: &mut [Diagnostic]) {
    if diagnostics.is_empty() {
        return;
    }
    let found = collect(model, settings);
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| can_be_suppressed(diagnostic.rule)) {
        let suppression = found.iter().find(|suppression| suppression.covers(model, settings, diagnostic));
        diagnostic.suppressed = suppression.map(|suppression| Suppressed {
            form: suppression.form,
            range: suppression.range,
            reason: suppression.reason.clone(),
        });
    }
}

/// What the builder refuses stays, but for what another frontend might know.
fn can_be_suppressed(rule: &Rule) -> bool {
    rule.group != Some(Group::Syntax) || matches!(rule.name, "unknown-instruction" | "unknown-flag")
}

fn collect(model: &Model<'_>, settings: &Settings) -> Vec<Suppression> {
    let comments = comments::of_file(model);
    let mut found = dfopt::collect(model, &comments);
    if settings.suppressions() != Suppressions::ObeyedButHadolint {
        found.extend(hadolint::collect(model, &comments, settings.dialect()));
    }
    found.extend(skip::collect(model, &comments));
    found
}

impl Suppression {
    fn covers(&self, model: &Model<'_>, settings: &Settings, diagnostic: &Diagnostic) -> bool {
        if let (Some(until), Some(today)) = (self.until, settings.today())
            && today > until
        {
            return false;
        }
        if !self.names(diagnostic.rule) {
            return false;
        }
        let mut at = diagnostic.range.start();
        if settings.dialect() != Dialect::Recommended
            && let Some(step) = model.step_at(at)
        {
            at = step.keyword_range().start();
        }
        match &self.reach {
            Reach::File => true,
            Reach::Line(line) => model.line_of(at.into()) == *line,
            Reach::Places(places) => {
                places.iter().any(|place| place.contains(at) || (place.end() == at && at == TextSize::of(model.text())))
            }
        }
    }

    fn names(&self, rule: &Rule) -> bool {
        match &self.names {
            Names::All => true,
            Names::AllOfBuildkit => rule.buildkit_name().is_some(),
            Names::These(names) => match self.form {
                SuppressionForm::Check => names.iter().any(|name| rule.buildkit_name() == Some(name)),
                SuppressionForm::Hadolint => names.iter().any(|name| rule.aliases().any(|alias| alias == name)),
                SuppressionForm::Dfopt => names.iter().any(|name| {
                    name.eq_ignore_ascii_case(rule.name) || rule.aliases().any(|alias| alias.eq_ignore_ascii_case(name))
                }),
            },
        }
    }
}

#[cfg(test)]
mod tests;
