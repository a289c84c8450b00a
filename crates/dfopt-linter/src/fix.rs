//! Applies fixes round by round until nothing changes. Knows no rule by name.

use dfopt_semantic::model::{Model, Options};
use dfopt_syntax::{Edits, parse};

use crate::{Applicability, Diagnostic, Fix, Group, Rule, Settings, Severity, check, rules};

/// More rounds than any real file needs; two rules that undo each other would go on for ever.
const MOST_ROUNDS: usize = 50;

/// Which fixes are applied.
#[derive(Clone, Debug)]
pub struct FixOptions {
    /// The least that a fix must be.
    pub at_least: Applicability,
    /// Only fixes of these rules, when given.
    pub only: Option<Vec<&'static Rule>>,
}

impl Default for FixOptions {
    fn default() -> Self {
        FixOptions { at_least: Applicability::Safe, only: None }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct FixOutcome {
    /// The text afterwards.
    pub text: String,
    /// How many times it was changed.
    pub rounds: usize,
    /// Whether nothing was left to do; otherwise the rules undo each other and the last text is as good as the one before.
    pub is_stable: bool,
    /// What was done, in order.
    pub applied: Vec<Applied>,
    /// What was not, places in the text afterwards.
    pub left: Vec<Left>,
}

/// A fix that was applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Applied {
    /// The rule.
    pub rule: &'static Rule,
    /// The fix's title.
    pub title: String,
    /// The round, from 1.
    pub round: usize,
}

/// A fix that was not applied.
#[derive(Clone, Debug)]
pub struct Left {
    /// The diagnostic with the fix.
    pub diagnostic: Diagnostic,
    /// The reason.
    pub why: WhyLeft,
}

/// Why a fix was not applied.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WhyLeft {
    /// It is unsafe, and only safe ones were wanted.
    Unsafe,
    /// The file would no longer build.
    Breaks,
    /// The rounds were used up.
    Unsettled,
}

/// Applies the fixes of `text` that `options` let through.
#[must_use]
pub fn fix(text: &str, settings: &Settings, options: &FixOptions, model_options: Options<'_>) -> FixOutcome {
    let mut outcome =
        FixOutcome { text: text.to_owned(), rounds: 0, is_stable: true, applied: Vec::new(), left: Vec::new() };
    let editable = model_options.damage.is_none_or(|damage| damage.is_none());
    loop {
        let tree = parse(&outcome.text);
        let model = Model::new(&outcome.text, &tree, model_options);
        let found = check(&model, settings).into_iter().filter(|diagnostic| diagnostic.suppressed.is_none());
        let wanted: Vec<Diagnostic> =
            found.filter(|diagnostic| diagnostic.fix.is_some() && options.wants(diagnostic.rule)).collect();
        if !editable {
            return outcome;
        }
        let (offered, unsafe_ones): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|diagnostic| options.lets_through(diagnostic));
        outcome.left = unsafe_ones.into_iter().map(|diagnostic| Left { diagnostic, why: WhyLeft::Unsafe }).collect();
        if outcome.rounds == MOST_ROUNDS {
            outcome.is_stable = offered.is_empty();
            outcome.left.extend(offered.into_iter().map(|diagnostic| Left { diagnostic, why: WhyLeft::Unsettled }));
            return outcome;
        }
        let round = Round::of(&model, &offered, model_options);
        let broken = offered.iter().zip(&round.broken).filter(|(_, broken)| **broken);
        outcome
            .left
            .extend(broken.map(|(diagnostic, _)| Left { diagnostic: diagnostic.clone(), why: WhyLeft::Breaks }));
        let Some(changed) = round.text else { return outcome };
        outcome.rounds += 1;
        let applied =
            offered.iter().zip(&round.applied).filter(|(_, applied)| **applied).map(|(diagnostic, _)| diagnostic);
        outcome.applied.extend(applied.filter_map(|diagnostic| {
            let title = diagnostic.fix.as_ref()?.title.clone();
            Some(Applied { rule: diagnostic.rule, title, round: outcome.rounds })
        }));
        outcome.text = changed;
    }
}

impl FixOptions {
    fn wants(&self, rule: &Rule) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&rule))
    }

    fn lets_through(&self, diagnostic: &Diagnostic) -> bool {
        diagnostic.fix.as_ref().is_some_and(|fix| fix.applicability >= self.at_least)
    }
}

/// One round: which of the offered fixes go together.
struct Round {
    text: Option<String>,
    applied: Vec<bool>,
    broken: Vec<bool>,
}

impl Round {
    fn of(model: &Model<'_>, offered: &[Diagnostic], options: Options<'_>) -> Self {
        let fixes: Vec<Option<&Fix>> = offered.iter().map(|diagnostic| diagnostic.fix.as_ref()).collect();
        let before = Errors::of(model);
        let mut round = Round { text: None, applied: vec![false; fixes.len()], broken: vec![false; fixes.len()] };
        let together = join(None, &fixes, &mut round.applied);
        let Some(together) = together else { return round };
        if let Some(text) = changed(model.text(), &together)
            && !Errors::of_text(&text, options).exceed(&before)
        {
            round.text = Some(text);
            return round;
        }
        // One of them breaks the file: try each by itself on top of those that do not.
        round.applied.fill(false);
        let mut good: Option<Edits> = None;
        for (at, fix) in fixes.iter().enumerate() {
            let Some(joined) = join(good.as_ref(), std::slice::from_ref(fix), &mut [false]) else { continue };
            if good.as_ref().is_some_and(|good| *good == joined) {
                continue;
            }
            match changed(model.text(), &joined) {
                Some(text) if !Errors::of_text(&text, options).exceed(&before) => {
                    round.applied[at] = true;
                    round.text = Some(text);
                    good = Some(joined);
                }
                _ => round.broken[at] = true,
            }
        }
        round
    }
}

/// `start` and whatever of `fixes` does not overlap; notes which.
fn join(start: Option<&Edits>, fixes: &[Option<&Fix>], applied: &mut [bool]) -> Option<Edits> {
    let mut joined: Option<Edits> = start.cloned();
    for (fix, applied) in fixes.iter().zip(applied) {
        let Some(fix) = fix else { continue };
        let next = match &joined {
            None => Some(fix.edits.clone()),
            Some(edits) => edits.join(&fix.edits).ok(),
        };
        if let Some(next) = next {
            joined = Some(next);
            *applied = true;
        }
    }
    joined
}

/// The text after the edits, if they change anything.
fn changed(text: &str, edits: &Edits) -> Option<String> {
    edits.apply(text).ok().filter(|after| after != text)
}

/// What is wrong with the syntax of a file, by kind.
struct Errors {
    parser: usize,
    rules: Vec<usize>,
}

impl Errors {
    fn of(model: &Model<'_>) -> Self {
        let settings = Settings::default();
        let found = check(model, &settings);
        let of_rule =
            |rule: &&Rule| found.iter().filter(|one| one.rule == *rule && one.severity == Severity::Error).count();
        let rules = rules().iter().filter(|rule| rule.group == Some(Group::Syntax)).map(of_rule).collect();
        Errors { parser: model.parse().errors().len(), rules }
    }

    fn of_text(text: &str, options: Options<'_>) -> Self {
        let tree = parse(text);
        Errors::of(&Model::new(text, &tree, options))
    }

    fn exceed(&self, before: &Errors) -> bool {
        self.parser > before.parser || self.rules.iter().zip(&before.rules).any(|(now, then)| now > then)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::named;

    fn fixed(text: &str, names: &[&str], at_least: Applicability) -> FixOutcome {
        let only = names.iter().map(|name| named(name).unwrap()[0]).collect();
        let settings = Settings::of_preset(crate::Preset::All);
        fix(text, &settings, &FixOptions { at_least, only: Some(only) }, Options::default())
    }

    #[test]
    fn safe_fixes_only_unless_asked() {
        let text = "FROM a:1\nENV k v\nMAINTAINER me\n";
        let outcome = fixed(text, &["legacy-key-value", "maintainer-instruction"], Applicability::Safe);
        assert_eq!(outcome.text, "FROM a:1\nENV k=\"v\"\nMAINTAINER me\n");
        assert!(outcome.is_stable);
        assert_eq!(outcome.left.len(), 1);
        assert_eq!(outcome.left[0].why, WhyLeft::Unsafe);
        assert_eq!(outcome.applied[0].rule.name, "legacy-key-value");
    }

    #[test]
    fn a_damaged_file_is_left_alone() {
        let damage = dfopt_semantic::encoding::decode(b"FROM a:1\nENV k \xff\n");
        let settings = Settings::of_preset(crate::Preset::All);
        let options = Options { damage: Some(&damage.damage), ..Options::default() };
        let outcome = fix(&damage.text, &settings, &FixOptions::default(), options);
        assert_eq!(outcome.text, damage.text);
        assert_eq!(outcome.rounds, 0);
    }
}
