//! Which rules are on, how bad each is, and how suppressions are treated. Names are resolved once, before any file is read.

use dfopt_semantic::base::Date;
use dfopt_semantic::suggest;

use crate::{Category, Dialect, Group, OptionValue, Preset, Rule, Severity, options, options_of, rules};

/// What somebody asks for, by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Selection {
    /// Where to start from.
    pub preset: Preset,
    /// The version of it; the newest when `None`.
    pub preset_version: Option<u16>,
    /// Whose verdict counts; the preset's own when `None`.
    pub dialect: Option<Dialect>,
    /// Only these, when there are any.
    pub select: Vec<String>,
    /// These too.
    pub extend_select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
    /// How bad some are.
    pub severities: Vec<(String, Level)>,
    /// What options are set to; a later one stands.
    pub options: Vec<SetOption>,
    /// What suppressions do.
    pub suppressions: Suppressions,
    /// The day that dates in suppressions are compared with; they all hold when `None`.
    pub today: Option<Date>,
}

/// An option of a rule that is set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetOption {
    /// The rule, by its name or an alias, or what several rules share, such as `labels`.
    pub owner: String,
    /// The option.
    pub name: String,
    /// What it is set to.
    pub value: OptionValue,
}

/// A severity, or silence.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Level {
    /// The rule is off.
    Off,
    /// The rule has this severity, if it is on.
    At(Severity),
}

impl Level {
    /// Reads `off`, `style`, `info`, `warning` or `error`, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "off" | "ignore" | "none" => Level::Off,
            "style" => Level::At(Severity::Style),
            "info" => Level::At(Severity::Info),
            "warning" | "warn" => Level::At(Severity::Warning),
            "error" => Level::At(Severity::Error),
            _ => return None,
        })
    }
}

/// What suppressions do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Suppressions {
    /// They hide diagnostics.
    #[default]
    Obeyed,
    /// As `Obeyed`, but those in hadolint's form have no effect.
    ObeyedButHadolint,
    /// They mark diagnostics and hide none.
    Shown,
}

/// What cannot be done as asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SettingsError {
    /// A name that stands for no rule.
    UnknownRule {
        /// The name as given.
        name: String,
        /// The rule or alias that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// A name that stands for no option of the rule.
    UnknownOption {
        /// The rule, or what shares options, as given.
        owner: String,
        /// The name as given.
        name: String,
        /// The option that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// A value that the option does not take.
    WrongValue {
        /// The rule, or what shares options, as given.
        owner: String,
        /// What the option takes, in words.
        message: String,
    },
}

impl std::fmt::Display for SettingsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let suggestion = match self {
            SettingsError::UnknownRule { name, suggestion } => {
                write!(f, "unknown rule `{name}`")?;
                suggestion
            }
            SettingsError::UnknownOption { owner, name, suggestion } => {
                write!(f, "`{owner}` has no option `{name}`")?;
                suggestion
            }
            SettingsError::WrongValue { owner, message } => return write!(f, "`{owner}`: {message}"),
        };
        match suggestion {
            Some(suggestion) => write!(f, ", did you mean `{suggestion}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SettingsError {}

/// Which rules are on, and how suppressions are treated.
#[derive(Clone, Debug)]
pub struct Settings {
    preset: Preset,
    dialect: Dialect,
    /// One per rule, in the order of the table.
    states: Vec<State>,
    /// Those that are set, each with the name it is set under.
    options: Vec<(&'static str, &'static str, OptionValue)>,
    suppressions: Suppressions,
    today: Option<Date>,
    notices: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// `None` when off.
    severity: Option<Severity>,
    /// Whether it was named in a selection.
    is_selected: bool,
    /// Whether the severity was given.
    is_set: bool,
    /// Whether it was switched off by name.
    is_ignored: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings::of_preset(Preset::Recommended)
    }
}

impl Settings {
    /// A preset as it is.
    #[must_use]
    pub fn of_preset(preset: Preset) -> Self {
        let states =
            rules().iter().map(|rule| State { severity: rule.severity_in(preset), ..State::default() }).collect();
        let (dialect, suppressions) = (dialect_of(preset), Suppressions::Obeyed);
        Settings { preset, dialect, states, options: Vec::new(), suppressions, today: None, notices: Vec::new() }
    }

    /// One rule alone, with suppressions obeyed; a rule about what others report has those of the recommended preset with it.
    #[must_use]
    pub fn only(rule: &Rule) -> Self {
        if rule.afterwards.is_some() {
            return Settings::of_preset(Preset::Recommended);
        }
        let mut settings = Settings::of_preset(Preset::All);
        for (state, other) in settings.states.iter_mut().zip(rules()) {
            if *other != rule {
                *state = State::default();
            }
        }
        settings
    }

    /// What the names in a selection stand for.
    ///
    /// # Errors
    /// For every name that stands for nothing, and every value that an option does not take.
    pub fn resolve(selection: &Selection) -> Result<Self, Vec<SettingsError>> {
        let mut settings = Settings::of_preset(selection.preset);
        if let Some(version) = selection.preset_version {
            for (state, rule) in settings.states.iter_mut().zip(rules()) {
                state.severity = rule.severity_in_version(selection.preset, version);
            }
        }
        settings.dialect = selection.dialect.unwrap_or(settings.dialect);
        settings.suppressions = selection.suppressions;
        settings.today = selection.today;
        let mut errors = Vec::new();
        if !selection.select.is_empty() {
            for state in &mut settings.states {
                state.severity = None;
            }
        }
        for name in selection.select.iter().chain(&selection.extend_select) {
            settings.each(name, &mut errors, |rule, state| {
                state.is_selected = true;
                state.severity.get_or_insert(rule.severity_when_selected(selection.preset));
            });
        }
        for name in &selection.ignore {
            settings.each(name, &mut errors, |_, state| (state.severity, state.is_ignored) = (None, true));
        }
        for (name, level) in &selection.severities {
            settings.each(name, &mut errors, |_, state| match level {
                Level::Off => (state.severity, state.is_ignored) = (None, true),
                Level::At(severity) => {
                    state.severity = state.severity.map(|_| *severity);
                    state.is_set = true;
                }
            });
        }
        for option in &selection.options {
            if let Err(error) = settings.set(option) {
                errors.push(error);
            }
        }
        if errors.is_empty() { Ok(settings) } else { Err(errors) }
    }

    fn set(&mut self, set: &SetOption) -> Result<(), SettingsError> {
        let SetOption { owner, name, value } = set;
        let known = options_of(owner);
        if known.is_empty() && named(owner).is_none_or(|rules| rules.is_empty()) {
            let owners = names().chain(options().map(|(owner, _)| owner));
            let suggestion = suggest::nearest(owner, owners);
            return Err(SettingsError::UnknownRule { name: owner.clone(), suggestion });
        }
        let mut named = known.iter().filter(|(_, option)| option.name == name).peekable();
        if named.peek().is_none() {
            let suggestion = suggest::nearest(name, known.iter().map(|(_, option)| option.name));
            return Err(SettingsError::UnknownOption { owner: owner.clone(), name: name.clone(), suggestion });
        }
        for (of, option) in named {
            let wrong = |message| SettingsError::WrongValue { owner: owner.clone(), message };
            option.accept(value).map_err(wrong)?;
            self.options.retain(|(other, name, _)| (other, name) != (of, &option.name));
            self.options.push((of, option.name, value.clone()));
        }
        Ok(())
    }

    #[cfg(test)]
    pub(crate) fn with_option(mut self, owner: &'static str, name: &'static str, value: OptionValue) -> Self {
        self.options.push((owner, name, value));
        self
    }

    /// What somebody should know about the names that were used.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// What an option is set to, if it is.
    #[must_use]
    pub fn option(&self, owner: &str, name: &str) -> Option<&OptionValue> {
        self.options.iter().find(|(of, option, _)| *of == owner && *option == name).map(|(_, _, value)| value)
    }

    fn each(&mut self, name: &str, errors: &mut Vec<SettingsError>, mut change: impl FnMut(&'static Rule, &mut State)) {
        let named = match find(name) {
            Ok(named) => named,
            Err(error) => return errors.push(error),
        };
        if let Some(notice) = notice(name, rules(), REMOVED).filter(|notice| !self.notices.contains(notice)) {
            self.notices.push(notice);
        }
        for rule in named {
            if let Some(state) = index_of(rule).and_then(|index| self.states.get_mut(index)) {
                change(rule, state);
            }
        }
    }

    /// The preset that was started from.
    #[must_use]
    pub fn preset(&self) -> Preset {
        self.preset
    }

    /// Whose verdict counts.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What suppressions do.
    #[must_use]
    pub fn suppressions(&self) -> Suppressions {
        self.suppressions
    }

    /// The same with suppressions treated otherwise.
    #[must_use]
    pub fn with_suppressions(self, suppressions: Suppressions) -> Self {
        Settings { suppressions, ..self }
    }

    /// The same with the verdicts of another tool.
    #[must_use]
    pub fn with_dialect(self, dialect: Dialect) -> Self {
        Settings { dialect, ..self }
    }

    /// The day that dates in suppressions are compared with.
    #[must_use]
    pub fn today(&self) -> Option<Date> {
        self.today
    }

    /// The severity of a rule, `None` when it is off.
    #[must_use]
    pub fn severity(&self, rule: &Rule) -> Option<Severity> {
        self.state(rule).severity
    }

    pub(crate) fn is_selected(&self, rule: &Rule) -> bool {
        self.state(rule).is_selected
    }

    pub(crate) fn is_ignored(&self, rule: &Rule) -> bool {
        self.state(rule).is_ignored
    }

    pub(crate) fn is_severity_set(&self, rule: &Rule) -> bool {
        self.state(rule).is_set
    }

    fn state(&self, rule: &Rule) -> State {
        index_of(rule).and_then(|index| self.states.get(index)).copied().unwrap_or_default()
    }
}

impl SetOption {
    /// Whether there is such an option and it takes the value.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check(&self) -> Result<(), SettingsError> {
        Settings::of_preset(Preset::Recommended).set(self)
    }
}

/// Rules of earlier releases that are gone, each with what to know about it. Their names stand for no rule.
const REMOVED: &[(&str, &str)] = &[];

/// What to say to somebody who uses the former name of a rule.
fn notice(name: &str, rules: &[&Rule], removed: &[(&str, &str)]) -> Option<String> {
    let is = |other: &str| other.eq_ignore_ascii_case(name);
    if let Some((_, why)) = removed.iter().find(|(gone, _)| is(gone)) {
        return Some(format!("the rule `{name}` is gone: {why}"));
    }
    let renamed = rules.iter().find(|rule| rule.former_names.iter().any(|former| is(former)))?;
    Some(format!("the rule `{name}` is called `{}` now", renamed.name))
}

fn dialect_of(preset: Preset) -> Dialect {
    match preset {
        Preset::Recommended | Preset::All => Dialect::Recommended,
        Preset::Hadolint => Dialect::Hadolint,
        Preset::Buildkit => Dialect::Buildkit,
    }
}

fn index_of(rule: &Rule) -> Option<usize> {
    rules().binary_search_by(|other| other.name.cmp(rule.name)).ok()
}

/// As `named`, with an error for a name that stands for nothing.
///
/// # Errors
/// Names the rule that was probably meant.
pub fn find(name: &str) -> Result<Vec<&'static Rule>, SettingsError> {
    named(name).ok_or_else(|| SettingsError::UnknownRule {
        name: name.to_owned(),
        suggestion: suggest::nearest(name, names()),
    })
}

/// Every name that stands for a rule.
fn names() -> impl Iterator<Item = &'static str> {
    rules().iter().flat_map(|rule| std::iter::once(rule.name).chain(rule.aliases()))
}

/// The rules that a name stands for, in any case: a rule, an alias, a category, a group, `all`. Codes of hadolint and
/// ShellCheck that no rule took over stand for none; `None` for anything else.
#[must_use]
pub fn named(name: &str) -> Option<Vec<&'static Rule>> {
    let is = |other: &str| other.eq_ignore_ascii_case(name);
    let all = || rules().iter().copied();
    if is("all") {
        return Some(all().collect());
    }
    if let Some(category) = Category::ALL.into_iter().find(|category| is(category.name())) {
        return Some(all().filter(|rule| rule.category == category).collect());
    }
    let of_group = |group| all().filter(|rule: &&Rule| rule.group == Some(group)).collect();
    if let Some(group) = [Group::Syntax, Group::Preview].into_iter().find(|group| is(group.name())) {
        return Some(of_group(group));
    }
    if is("DL1000") || is("DF071") {
        return Some(of_group(Group::Syntax));
    }
    let found: Vec<_> = all().filter(|rule| is(rule.name) || rule.aliases().any(is)).collect();
    let is_gone = REMOVED.iter().any(|(gone, _)| is(gone));
    (!found.is_empty() || is_foreign_code(name) || is_gone).then_some(found)
}

/// `DL3008`, `SC2086`
fn is_foreign_code(name: &str) -> bool {
    let code = name.get(..2).filter(|kind| kind.eq_ignore_ascii_case("DL") || kind.eq_ignore_ascii_case("SC"));
    code.is_some() && name.len() == 6 && name[2..].bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn rule(name: &str) -> &'static Rule {
        named(name).unwrap()[0]
    }

    #[test]
    fn names_and_aliases_resolve_in_any_case() {
        assert_eq!(rule("dl3000").name, "relative-workdir");
        assert_eq!(rule("WORKDIRRELATIVEPATH").name, "relative-workdir");
        assert!(named("syntax").unwrap().len() > 40);
        assert_eq!(named("DL1000").unwrap().len(), named("syntax").unwrap().len());
        assert_eq!(named("DL3005"), Some(Vec::new()));
        assert_eq!(named("no-such-rule"), None);
        assert_eq!(named("DL30é"), None);
    }

    #[test]
    fn a_selection_starts_from_the_preset() {
        let selection = Selection {
            extend_select: vec!["cd-in-run".into()],
            ignore: vec!["DL3006".into()],
            severities: vec![
                ("latest-tag".into(), Level::At(Severity::Error)),
                ("mismatched-as-case".into(), Level::At(Severity::Error)),
            ],
            ..Selection::default()
        };
        let settings = Settings::resolve(&selection).unwrap();
        assert_eq!(settings.severity(rule("cd-in-run")), Some(rule("cd-in-run").severity));
        assert_eq!(settings.severity(rule("untagged-base")), None);
        assert_eq!(settings.severity(rule("latest-tag")), Some(Severity::Error));
        assert_eq!(settings.severity(rule("mismatched-as-case")), None, "a severity alone selects nothing");
        let settings = Settings::resolve(&Selection { select: vec!["layout".into()], ..Selection::default() }).unwrap();
        assert_eq!(settings.severity(rule("latest-tag")), None);
        assert_eq!(settings.severity(rule("mismatched-as-case")), Some(Severity::Style));
    }

    #[test]
    fn unknown_names_are_errors_with_a_suggestion() {
        let selection = Selection { ignore: vec!["relativ-workdir".into(), "zzz".into()], ..Selection::default() };
        let errors = Settings::resolve(&selection).unwrap_err();
        assert_eq!(errors[0].to_string(), "unknown rule `relativ-workdir`, did you mean `relative-workdir`?");
        assert_eq!(errors[1].to_string(), "unknown rule `zzz`");
    }

    #[test]
    fn options_are_set_by_any_name_of_the_rule_and_a_later_one_stands() {
        let set =
            |owner: &str, name: &str, value: OptionValue| SetOption { owner: owner.into(), name: name.into(), value };
        let text = |text: &str| OptionValue::Text(text.into());
        let resolve = |options| Settings::resolve(&Selection { options, ..Selection::default() });
        let settings =
            resolve(vec![set("maintainer-instruction", "label", text("a")), set("dl4000", "label", text("b"))]);
        let settings = settings.unwrap();
        assert_eq!(settings.option("maintainer-instruction", "label"), Some(&text("b")));
        assert_eq!(settings.option("maintainer-instruction", "lable"), None);
        let errors = resolve(vec![
            set("maintainer-instruction", "lable", text("a")),
            set("maintainer-instructoin", "label", text("a")),
            set("maintainer-instruction", "label", OptionValue::Flag(true)),
        ]);
        let errors: Vec<String> = errors.unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(
            errors,
            [
                "`maintainer-instruction` has no option `lable`, did you mean `label`?",
                "unknown rule `maintainer-instructoin`, did you mean `maintainer-instruction`?",
                "`maintainer-instruction`: `label` takes a text",
            ]
        );
    }

    #[test]
    fn former_names_come_with_a_notice() {
        static RULE: Rule = Rule { name: "new-name", former_names: &["old-name"], ..Rule::TEMPLATE };
        let notice = |name| notice(name, &[&RULE], &[("gone", "it never fired")]);
        assert_eq!(RULE.aliases().collect::<Vec<_>>(), ["old-name"]);
        assert_eq!(notice("Old-Name").unwrap(), "the rule `Old-Name` is called `new-name` now");
        assert_eq!(notice("gone").unwrap(), "the rule `gone` is gone: it never fired");
        assert_eq!(notice("new-name"), None);
    }

    #[test]
    fn dates() {
        assert!(Date::parse("2026-11-24") < Date::parse("2027-01-01"));
        for bad in ["2026-13-01", "2026-1-01", "26-01-01", "2026-01-01-02", "", "x"] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
    }
}
