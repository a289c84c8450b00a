//! Options of rules: declared beside the rule, set by name, read with their type.
//!
//! A rule's file holds a `static` per option (`Texts::new("registries", &[], "…")`), lists it in its declaration, and reads it
//! with `REGISTRIES.of(ctx)`. What the settings say is checked against the declaration before any file is read.

use crate::{Context, Rule, rules, settings};

/// What a rule can be told.
#[derive(Debug, PartialEq, Eq)]
pub struct RuleOption {
    /// Its name, in kebab-case.
    pub name: &'static str,
    /// The name it is set under when several rules share it, such as `labels`; else that of the rule.
    pub shared: Option<&'static str>,
    /// What it takes, and what holds when it is not set.
    pub kind: OptionKind,
    /// What it does, in one sentence.
    pub summary: &'static str,
}

/// What an option takes, and what holds when it is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(u64),
    /// A text.
    Text(&'static str),
    /// One of a few words.
    Choice {
        /// The words.
        of: &'static [&'static str],
        /// The one that holds when none is set.
        default: &'static str,
    },
    /// A list of texts.
    Texts(&'static [&'static str]),
    /// A list of whole numbers.
    Numbers(&'static [u64]),
    /// A table from names to words; empty when not set.
    Table {
        /// The words.
        of: &'static [&'static str],
    },
    /// A list of tables; empty when not set.
    Rows {
        /// The keys that each table has, with texts.
        columns: &'static [&'static str],
    },
}

/// What an option is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionValue {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(u64),
    /// A text.
    Text(String),
    /// A list of texts; every list that is empty.
    Texts(Vec<String>),
    /// A list of whole numbers.
    Numbers(Vec<u64>),
    /// Names and what they stand for, in the order given.
    Table(Vec<(String, String)>),
    /// Tables of texts.
    Rows(Vec<Vec<(String, String)>>),
}

impl RuleOption {
    /// What it takes, in words.
    #[must_use]
    pub fn takes(&self) -> String {
        match self.kind {
            OptionKind::Flag(_) => "true or false".to_owned(),
            OptionKind::Number(_) => "a whole number".to_owned(),
            OptionKind::Text(_) => "a text".to_owned(),
            OptionKind::Choice { of, .. } => format!("one of {}", quoted(of)),
            OptionKind::Texts(_) => "a list of texts".to_owned(),
            OptionKind::Numbers(_) => "a list of whole numbers".to_owned(),
            OptionKind::Table { of } => format!("a table of names, each with one of {}", quoted(of)),
            OptionKind::Rows { columns } => format!("a list of tables with {}", quoted(columns)),
        }
    }

    /// What holds when it is not set, as TOML.
    #[must_use]
    pub fn default_text(&self) -> String {
        match self.kind {
            OptionKind::Flag(default) => default.to_string(),
            OptionKind::Number(default) => default.to_string(),
            OptionKind::Text(default) | OptionKind::Choice { default, .. } => format!("{default:?}"),
            OptionKind::Texts(default) => format!("{default:?}"),
            OptionKind::Numbers(default) => format!("{default:?}"),
            OptionKind::Table { .. } => "{}".to_owned(),
            OptionKind::Rows { .. } => "[]".to_owned(),
        }
    }

    /// Whether it takes `value`.
    ///
    /// # Errors
    /// Says what it takes instead.
    pub fn accept(&self, value: &OptionValue) -> Result<(), String> {
        let fits = match (self.kind, value) {
            (OptionKind::Flag(_), OptionValue::Flag(_))
            | (OptionKind::Number(_), OptionValue::Number(_))
            | (OptionKind::Text(_), OptionValue::Text(_))
            | (OptionKind::Texts(_), OptionValue::Texts(_))
            | (OptionKind::Numbers(_), OptionValue::Numbers(_)) => true,
            (OptionKind::Numbers(_) | OptionKind::Rows { .. }, OptionValue::Texts(list)) => list.is_empty(),
            (OptionKind::Choice { of, .. }, OptionValue::Text(word)) => of.contains(&&**word),
            (OptionKind::Table { of }, OptionValue::Table(pairs)) => {
                pairs.iter().all(|(_, word)| of.contains(&&**word))
            }
            (OptionKind::Rows { columns }, OptionValue::Rows(rows)) => rows.iter().all(|row| {
                row.len() == columns.len() && columns.iter().all(|column| row.iter().any(|(name, _)| name == column))
            }),
            _ => false,
        };
        if fits { Ok(()) } else { Err(format!("`{}` takes {}", self.name, self.takes())) }
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Every option once, with the name it is set under.
pub fn options() -> impl Iterator<Item = (&'static str, &'static RuleOption)> {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    let all =
        rules().iter().flat_map(|rule| rule.options.iter().map(|option| (option.shared.unwrap_or(rule.name), *option)));
    all.filter(move |(owner, option)| {
        let key = (*owner, option.name);
        let is_new = !seen.contains(&key);
        seen.push(key);
        is_new
    })
}

/// The options that are set under a name: of a rule, an alias of one, or what several rules share; in any case.
#[must_use]
pub fn options_of(owner: &str) -> Vec<(&'static str, &'static RuleOption)> {
    let shared: Vec<_> = options().filter(|(name, _)| name.eq_ignore_ascii_case(owner)).collect();
    if !shared.is_empty() {
        return shared;
    }
    let named = settings::named(owner).unwrap_or_default();
    options().filter(|(name, option)| option.shared.is_none() && named.iter().any(|rule| rule.name == *name)).collect()
}

/// Makes a kind of option that is read as `$read`.
macro_rules! typed {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name(RuleOption);

        impl $name {
            /// The declaration.
            #[must_use]
            pub const fn option(&'static self) -> &'static RuleOption {
                &self.0
            }

            /// The same, shared by several rules under a name of its own.
            #[must_use]
            pub const fn shared(self, name: &'static str) -> Self {
                $name(RuleOption { shared: Some(name), ..self.0 })
            }
        }
    };
}

typed! {
    /// An option that is on or off.
    Flag
}
typed! {
    /// An option that is a whole number.
    Number
}
typed! {
    /// An option that is a text.
    Text
}
typed! {
    /// An option that is one of a few words.
    Choice
}
typed! {
    /// An option that is a list of texts.
    Texts
}
typed! {
    /// An option that is a list of whole numbers.
    Numbers
}
typed! {
    /// An option that is a table from names to words.
    Table
}
typed! {
    /// An option that is a list of tables.
    Rows
}

const fn declared(name: &'static str, kind: OptionKind, summary: &'static str) -> RuleOption {
    RuleOption { name, shared: None, kind, summary }
}

impl Flag {
    /// Declares one.
    #[must_use]
    pub const fn new(name: &'static str, default: bool, summary: &'static str) -> Self {
        Flag(declared(name, OptionKind::Flag(default), summary))
    }

    /// Whether it is on.
    #[must_use]
    pub fn of(&self, ctx: &Context<'_>) -> bool {
        match (ctx.option(&self.0), self.0.kind) {
            (Some(OptionValue::Flag(flag)), _) => *flag,
            (_, kind) => kind == OptionKind::Flag(true),
        }
    }
}

impl Number {
    /// Declares one.
    #[must_use]
    pub const fn new(name: &'static str, default: u64, summary: &'static str) -> Self {
        Number(declared(name, OptionKind::Number(default), summary))
    }

    /// The number.
    #[must_use]
    pub fn of(&self, ctx: &Context<'_>) -> u64 {
        match (ctx.option(&self.0), self.0.kind) {
            (Some(OptionValue::Number(number)), _) => *number,
            (_, OptionKind::Number(default)) => default,
            _ => 0,
        }
    }
}

impl Text {
    /// Declares one.
    #[must_use]
    pub const fn new(name: &'static str, default: &'static str, summary: &'static str) -> Self {
        Text(declared(name, OptionKind::Text(default), summary))
    }

    /// The text.
    #[must_use]
    pub fn of<'m>(&self, ctx: &Context<'m>) -> &'m str {
        match (ctx.option(&self.0), self.0.kind) {
            (Some(OptionValue::Text(text)), _) => text,
            (_, OptionKind::Text(default)) => default,
            _ => "",
        }
    }
}

impl Choice {
    /// Declares one.
    #[must_use]
    pub const fn new(
        name: &'static str,
        of: &'static [&'static str],
        default: &'static str,
        summary: &'static str,
    ) -> Self {
        Choice(declared(name, OptionKind::Choice { of, default }, summary))
    }

    /// The word.
    #[must_use]
    pub fn of<'m>(&self, ctx: &Context<'m>) -> &'m str {
        match (ctx.option(&self.0), self.0.kind) {
            (Some(OptionValue::Text(word)), _) => word,
            (_, OptionKind::Choice { default, .. }) => default,
            _ => "",
        }
    }
}

impl Texts {
    /// Declares one.
    #[must_use]
    pub const fn new(name: &'static str, default: &'static [&'static str], summary: &'static str) -> Self {
        Texts(declared(name, OptionKind::Texts(default), summary))
    }

    /// The texts.
    #[must_use]
    pub fn of<'m>(&self, ctx: &Context<'m>) -> Vec<&'m str> {
        match (ctx.option(&self.0), self.0.kind) {
            (Some(OptionValue::Texts(texts)), _) => texts.iter().map(String::as_str).collect(),
            (_, OptionKind::Texts(default)) => default.to_vec(),
            _ => Vec::new(),
        }
    }
}

impl Numbers {
    /// Declares one.
    #[must_use]
    pub const fn new(name: &'static str, default: &'static [u64], summary: &'static str) -> Self {
        Numbers(declared(name, OptionKind::Numbers(default), summary))
    }

    /// The numbers.
    #[must_use]
    pub fn of(&self, ctx: &Context<'_>) -> Vec<u64> {
        match (ctx.option(&self.0), self.0.kind) {
            (Some(OptionValue::Numbers(numbers)), _) => numbers.clone(),
            (Some(OptionValue::Texts(_)), _) => Vec::new(),
            (_, OptionKind::Numbers(default)) => default.to_vec(),
            _ => Vec::new(),
        }
    }
}

impl Table {
    /// Declares one.
    #[must_use]
    pub const fn new(name: &'static str, of: &'static [&'static str], summary: &'static str) -> Self {
        Table(declared(name, OptionKind::Table { of }, summary))
    }

    /// The names, and the word of each.
    #[must_use]
    pub fn of<'m>(&self, ctx: &Context<'m>) -> &'m [(String, String)] {
        match ctx.option(&self.0) {
            Some(OptionValue::Table(pairs)) => pairs,
            _ => &[],
        }
    }
}

impl Rows {
    /// Declares one.
    #[must_use]
    pub const fn new(name: &'static str, columns: &'static [&'static str], summary: &'static str) -> Self {
        Rows(declared(name, OptionKind::Rows { columns }, summary))
    }

    /// The rows.
    #[must_use]
    pub fn of<'m>(&self, ctx: &Context<'m>) -> &'m [Vec<(String, String)>] {
        match ctx.option(&self.0) {
            Some(OptionValue::Rows(rows)) => rows,
            _ => &[],
        }
    }
}

/// The name that an option of a rule is set under.
pub(crate) fn owner(rule: &Rule, option: &RuleOption) -> &'static str {
    option.shared.unwrap_or(rule.name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case_and_each_stands_for_one_option() {
        let all: Vec<_> = options().collect();
        assert!(!all.is_empty());
        for (owner, option) in &all {
            let kebab = option.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            assert!(kebab && option.summary.ends_with('.'), "{owner}.{}", option.name);
            let same = all.iter().filter(|(other, two)| other == owner && two.name == option.name);
            assert_eq!(same.count(), 1, "{owner}.{} is declared in two ways", option.name);
            let is_rule = rules().iter().any(|rule| rule.name == *owner);
            assert_eq!(is_rule, option.shared.is_none(), "{owner}.{}", option.name);
        }
    }

    #[test]
    fn values_are_held_against_the_declaration() {
        let texts = |list: &[&str]| OptionValue::Texts(list.iter().map(|&text| text.to_owned()).collect());
        static ROWS: Rows = Rows::new("rows", &["a", "b"], "x.");
        static TABLE: Table = Table::new("table", &["url"], "x.").shared("both");
        static NUMBERS: Numbers = Numbers::new("numbers", &[1, 2], "x.");
        let row = |names: &[&str]| names.iter().map(|&name| (name.to_owned(), String::new())).collect::<Vec<_>>();
        assert!(ROWS.option().accept(&OptionValue::Rows(vec![row(&["b", "a"])])).is_ok());
        assert!(ROWS.option().accept(&OptionValue::Rows(vec![row(&["a", "a"])])).is_err());
        assert!(ROWS.option().accept(&texts(&[])).is_ok());
        assert!(TABLE.option().accept(&OptionValue::Table(vec![("k".into(), "url".into())])).is_ok());
        let error = TABLE.option().accept(&OptionValue::Table(vec![("k".into(), "uri".into())])).unwrap_err();
        assert_eq!(error, "`table` takes a table of names, each with one of `url`");
        assert_eq!(TABLE.option().shared, Some("both"));
        assert!(NUMBERS.option().accept(&texts(&["1"])).is_err());
        assert_eq!(NUMBERS.option().default_text(), "[1, 2]");
        assert_eq!(Flag::new("f", true, "x.").0.default_text(), "true");
    }
}
