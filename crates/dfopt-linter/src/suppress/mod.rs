//! Comments that ask for silence: `# dfopt ignore=`, `# hadolint ignore=`, `# check=skip=`, `# shellcheck disable=`. A pass
//! after the rules, and what the rules about such comments ask for.

mod comments;
mod dfopt;
mod hadolint;
mod known;
mod reader;
mod shellcheck;
mod skip;
mod unused;

use std::cell::Cell;

use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::{TextRange, TextSize};

pub(crate) use known::unknown;
pub(crate) use unused::unused;

use crate::{Date, Diagnostic, Dialect, Group, Rule, Settings, Suppressed, SuppressionForm, Suppressions};

/// Checks that the builder makes before it looks at single instructions with the comments above them.
const CHECKS_OF_FILE: [&str; 6] = [
    "NoEmptyContinuation",
    "ReservedStageName",
    "DuplicateStageName",
    "ConsistentInstructionCasing",
    "InvalidDefaultArgInFrom",
    "InvalidBaseImagePlatform",
];

/// A comment that asks for silence.
#[derive(Debug)]
pub(crate) struct Suppression {
    pub form: SuppressionForm,
    /// Where the comment stands.
    pub range: TextRange,
    pub origin: Origin,
    reach: Reach,
    pub names: Names,
    pub reason: Option<String>,
    /// The last day that it works on, and where that stands.
    pub until: Option<(Date, TextRange)>,
}

/// What a suppression is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Origin {
    Comment,
    /// The directives at the top of the file.
    Directive,
    /// A build argument, so that it has no place in the file.
    Argument,
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

/// Which rules are meant, with the places of the words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Names {
    All(TextRange),
    /// Every rule that BuildKit has too.
    AllOfBuildkit(TextRange),
    /// Every rule that ShellCheck has too.
    AllOfShellcheck(TextRange),
    These(Vec<Name>),
}

/// A word of a comment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Name {
    pub text: String,
    pub range: TextRange,
}

/// Why a comment that looks like a suppression is not obeyed, by this or by the tool that it is meant for.
#[derive(Clone, Debug)]
pub(crate) struct Flaw {
    pub range: TextRange,
    pub message: String,
    pub repair: Option<Repair>,
}

/// What makes a comment right.
#[derive(Clone, Debug)]
pub(crate) struct Repair {
    pub title: String,
    pub edits: Vec<(TextRange, String)>,
}

/// All comments of a file that ask for silence.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub suppressions: Vec<Suppression>,
    pub flaws: Vec<Flaw>,
}

impl Found {
    /// `None` when the text has no such comment.
    pub fn of(model: &Model<'_>, settings: &Settings) -> Option<Self> {
        if !is_likely(model) {
            return None;
        }
        let comments = comments::of_file(model);
        let mut found = Found::default();
        dfopt::collect(model, &comments, &mut found);
        if settings.suppressions() != Suppressions::ObeyedButHadolint {
            hadolint::collect(model, &comments, settings.dialect(), &mut found);
        }
        skip::collect(model, &comments, &mut found);
        shellcheck::collect(&comments, &mut found);
        found.flaws.sort_by_key(|flaw| flaw.range.start());
        Some(found)
    }
}

/// The shells that `# hadolint shell=NAME` names, with the places of the comments.
pub(crate) fn shells(model: &Model<'_>) -> Vec<(TextSize, String)> {
    if !model.text().contains("hadolint") {
        return Vec::new();
    }
    hadolint::shells(&comments::of_file(model)).collect()
}

/// Whether some comment looks like a suppression, misspelt ones included; most files have none.
fn is_likely(model: &Model<'_>) -> bool {
    let is_marked = |line: &str| {
        let line = line.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        line.starts_with('#') && (line.contains('=') || line.contains("ignore"))
    };
    let is_given = model.options().build_args.is_some_and(|args| args.contains_key("BUILDKIT_DOCKERFILE_CHECK"));
    is_given || model.text().split('\n').any(is_marked)
}

/// The suppressions of a file, and which of them hid something.
#[derive(Debug)]
pub(crate) struct Suppressing {
    pub found: Vec<Suppression>,
    /// For each suppression, whether each of its names hid something; one for all of them when it names none.
    used: Vec<Vec<Cell<bool>>>,
}

impl Suppressing {
    /// `None` when there is nothing to obey.
    pub fn of(model: &Model<'_>, settings: &Settings) -> Option<Self> {
        let found = Found::of(model, settings)?.suppressions;
        let count = |suppression: &Suppression| match &suppression.names {
            Names::These(names) => names.len(),
            _ => 1,
        };
        let used = found.iter().map(|suppression| vec![Cell::new(false); count(suppression)]).collect();
        (!found.is_empty()).then_some(Suppressing { found, used })
    }

    /// Marks what is suppressed.
    pub fn mark(&mut self, model: &Model<'_>, settings: &Settings, diagnostics: &mut [Diagnostic]) {
        for diagnostic in diagnostics.iter_mut().filter(|diagnostic| can_be_suppressed(diagnostic.rule)) {
            for (suppression, used) in self.found.iter().zip(&self.used) {
                let named = suppression.named(settings.dialect(), diagnostic);
                if named.is_empty()
                    || suppression.is_expired(settings)
                    || !suppression.reaches(model, settings.dialect(), diagnostic)
                {
                    continue;
                }
                for at in named {
                    if let Some(used) = used.get(at) {
                        used.set(true);
                    }
                }
                diagnostic.suppressed.get_or_insert_with(|| Suppressed {
                    form: suppression.form,
                    range: suppression.range,
                    reason: suppression.reason.clone(),
                });
            }
        }
    }
}

/// What the builder refuses stays, but for what another frontend might know.
fn can_be_suppressed(rule: &Rule) -> bool {
    rule.group != Some(Group::Syntax) || matches!(rule.name, "unknown-instruction" | "unknown-flag")
}

/// Whether a rule is about suppressions, so that one of everything does not silence it.
fn is_about_suppressions(rule: &Rule) -> bool {
    rule.own_aliases.contains(&"DF072") || rule.own_aliases.contains(&"tally/require-reason")
}

impl Suppression {
    /// Whether its last day is over.
    pub fn is_expired(&self, settings: &Settings) -> bool {
        self.until.is_some_and(|(until, _)| settings.today().is_some_and(|today| today > until))
    }

    /// Whether something reported stands where it reaches.
    fn reaches(&self, model: &Model<'_>, dialect: Dialect, diagnostic: &Diagnostic) -> bool {
        if self.form == SuppressionForm::Check && self.origin == Origin::Comment {
            return self.reaches_check(model, dialect, diagnostic);
        }
        let mut at = diagnostic.range.start();
        if dialect != Dialect::Recommended
            && self.form != SuppressionForm::Shellcheck
            && let Some(step) = model.step_at(at)
        {
            at = step.keyword_range().start();
        }
        self.covers(model, at)
    }

    /// As the builder has it, which asks the comments above an instruction while it carries that one out.
    fn reaches_check(&self, model: &Model<'_>, dialect: Dialect, diagnostic: &Diagnostic) -> bool {
        let name = diagnostic.rule.buildkit_name().unwrap_or_default();
        let is_builders = dialect == Dialect::Buildkit;
        if is_builders && CHECKS_OF_FILE.contains(&name) {
            return false;
        }
        let at = diagnostic.range.start();
        if name != "MultipleInstructionsDisallowed" {
            return self.covers(model, at);
        }
        // It is said of the earlier instruction when the later one is met.
        let is_same = |step: &Step, other: &Step| {
            step.stage == other.stage && std::mem::discriminant(&step.ast) == std::mem::discriminant(&other.ast)
        };
        let step = model.step_at(at);
        let later = step.and_then(|step| model.steps().iter().skip(step.index + 1).find(|other| is_same(step, other)));
        let is_later = later.is_some_and(|later| self.covers(model, later.keyword_range().start()));
        is_later || (!is_builders && self.covers(model, at))
    }

    /// Whether it reaches a place.
    fn covers(&self, model: &Model<'_>, at: TextSize) -> bool {
        match &self.reach {
            Reach::File => true,
            Reach::Line(line) => model.line_of(at.into()) == *line,
            Reach::Places(places) => {
                places.iter().any(|place| place.contains(at) || (place.end() == at && at == TextSize::of(model.text())))
            }
        }
    }

    /// Which of its names stand for what is reported.
    fn named(&self, dialect: Dialect, diagnostic: &Diagnostic) -> Vec<usize> {
        let is_all = match &self.names {
            Names::All(_) => !is_about_suppressions(diagnostic.rule),
            Names::AllOfBuildkit(_) => diagnostic.rule.buildkit_name().is_some(),
            Names::AllOfShellcheck(_) => diagnostic.aliases().any(|alias| alias.starts_with("SC")),
            Names::These(names) => {
                let is_named = |name: &Name| self.is_called(&name.text, dialect, diagnostic);
                return names.iter().enumerate().filter(|(_, name)| is_named(name)).map(|(at, _)| at).collect();
            }
        };
        if is_all { vec![0] } else { Vec::new() }
    }

    fn is_called(&self, name: &str, dialect: Dialect, diagnostic: &Diagnostic) -> bool {
        match self.form {
            SuppressionForm::Check => diagnostic.rule.buildkit_name() == Some(name),
            // Retired in favour of a number for each construct, it still stands for them all.
            SuppressionForm::Hadolint if name == "SC2039" => {
                dialect != Dialect::Hadolint && diagnostic.rule.own_aliases.contains(&name)
            }
            SuppressionForm::Hadolint => diagnostic.aliases().any(|alias| alias == name),
            SuppressionForm::Shellcheck => diagnostic.aliases().any(|alias| shellcheck::is_code(name, alias)),
            SuppressionForm::Dfopt => {
                diagnostic.is_called(name)
                    || (name.eq_ignore_ascii_case("SC2039") && diagnostic.rule.own_aliases.contains(&"SC2039"))
            }
        }
    }
}

#[cfg(test)]
mod tests;
