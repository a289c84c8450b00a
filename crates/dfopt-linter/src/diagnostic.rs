//! What a rule says about a place.

use std::borrow::Cow;

use dfopt_syntax::{Edits, TextRange};

use crate::{Applicability, Rule, Severity};

/// What a rule says about a place in a file.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The rule.
    pub rule: &'static Rule,
    /// The one of the rule's aliases that this is, where they tell cases apart.
    pub code: Option<Cow<'static, str>>,
    /// What is wrong.
    pub message: String,
    /// The smallest place that shows it.
    pub range: TextRange,
    /// How bad it is.
    pub severity: Severity,
    /// Whether the builder refuses the file for it.
    pub fails_build: bool,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// Why it is wrong.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// A change that does it.
    pub fix: Option<Fix>,
    /// How an editor may show the text.
    pub tag: Option<Tag>,
    /// What it adds to the image.
    pub weight: Option<Weight>,
    /// The comment that asks for silence about it.
    pub suppressed: Option<Suppressed>,
    /// Stays the same while the file changes elsewhere.
    pub fingerprint: u64,
}

impl Diagnostic {
    /// The names that other tools have for it.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        let is_case = |alias: &str| alias.starts_with("SC");
        let code = self.code.as_deref();
        let others = self.rule.aliases().filter(move |alias| code.is_none() || !is_case(alias));
        code.into_iter().chain(others.map(|alias| -> &str { alias }))
    }

    /// Whether `name` is the rule's or an alias of this, in any case.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case(self.rule.name) || self.aliases().any(|alias| alias.eq_ignore_ascii_case(name))
    }
}

/// Another place that belongs to a diagnostic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Related {
    /// The place.
    pub range: TextRange,
    /// What it has to do with it.
    pub message: String,
}

/// A change that takes the cause of a diagnostic away.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What it does, as an order.
    pub title: String,
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
    /// The change.
    pub edits: Edits,
}

/// How an editor may show the text of a diagnostic.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Tag {
    /// Faded.
    Unnecessary,
    /// Struck through.
    Deprecated,
}

/// What something adds to the image.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Weight {
    /// In bytes, from a dated table.
    pub estimated: u64,
    /// In bytes, from a build, where there was one.
    pub measured: Option<u64>,
}

/// Which kind of comment asks for silence.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SuppressionForm {
    /// `# dfopt ignore=`
    Dfopt,
    /// `# hadolint ignore=`
    Hadolint,
    /// `# check=skip=`
    Check,
    /// `# shellcheck disable=`
    Shellcheck,
}

/// The comment that asks for silence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suppressed {
    /// Its kind.
    pub form: SuppressionForm,
    /// Where it stands.
    pub range: TextRange,
    /// The reason it gives.
    pub reason: Option<String>,
}
