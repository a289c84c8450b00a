//! What a rule sees and how it reports.

use std::borrow::Cow;
use std::cell::OnceCell;

use dfopt_semantic::model::Model;
use dfopt_syntax::{Edit, Edits, TextRange, TextSize};

use crate::shell::{self, Tree};
use crate::{
    Applicability, ByDefault, Date, Diagnostic, Dialect, Fix, OptionValue, Place, Preset, Related, Rule, RuleOption,
    Settings, Severity, Tag, Weight,
};

/// Facts that several rules ask for, each found out once for a file.
#[derive(Default)]
pub(crate) struct Shared {
    shells: OnceCell<Vec<Tree>>,
}

/// One rule at work on one file.
pub struct Context<'m> {
    model: &'m Model<'m>,
    settings: &'m Settings,
    rule: &'static Rule,
    severity: Severity,
    shared: &'m Shared,
    diagnostics: Vec<Diagnostic>,
}

impl<'m> Context<'m> {
    /// A rule that is on with this severity.
    pub(crate) fn new(
        model: &'m Model<'m>,
        settings: &'m Settings,
        rule: &'static Rule,
        severity: Severity,
        shared: &'m Shared,
    ) -> Self {
        Context { model, settings, rule, severity, shared, diagnostics: Vec::new() }
    }

    /// The meaning of the file.
    #[must_use]
    pub fn model(&self) -> &'m Model<'m> {
        self.model
    }

    /// Whose verdict is asked for.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.settings.dialect()
    }

    /// The shell texts of the file, as the tool reads them whose verdict is asked for.
    pub(crate) fn shells(&self) -> &'m [Tree] {
        self.shared.shells.get_or_init(|| shell::trees(self.model, self.dialect()))
    }

    /// The shell texts that rules about shell scripts judge: hadolint says nothing of one that does not parse.
    pub(crate) fn scripts(&self) -> impl Iterator<Item = &'m Tree> + use<'m> {
        let is_peer = self.dialect() == Dialect::Hadolint;
        self.shells().iter().filter(move |tree| !is_peer || tree.errors.is_empty())
    }

    /// Reports `message` at a place in a shell text, as one of the rule's codes.
    pub(crate) fn report_in(
        &mut self,
        tree: &Tree,
        range: TextRange,
        code: &'static str,
        message: impl Into<String>,
    ) -> Report<'_> {
        self.report(tree.place(range), message).code(code)
    }

    /// Which rules are on, and how.
    #[must_use]
    pub fn settings(&self) -> &'m Settings {
        self.settings
    }

    /// Whether this is wanted although the recommended preset leaves it out: by the preset or by name.
    #[must_use]
    pub fn is_pedantic(&self) -> bool {
        self.settings.preset() == Preset::All
            || self.settings.is_selected(self.rule)
            || self.rule.by_default == ByDefault::Off
    }

    /// What an option of the rule is set to, if it is; an option's own `of` reads it with its type and default.
    pub(crate) fn option(&self, option: &RuleOption) -> Option<&'m OptionValue> {
        debug_assert!(self.rule.options.contains(&option), "{}: `{}` is not declared", self.rule.name, option.name);
        self.settings.option(crate::option::owner(self.rule, option), option.name)
    }

    /// The day that the check is made, where it is known.
    #[must_use]
    pub fn today(&self) -> Option<Date> {
        self.settings.today()
    }

    /// Reports `message` at `place`.
    pub fn report(&mut self, place: impl Place, message: impl Into<String>) -> Report<'_> {
        let text = self.model.text();
        let dialect = self.dialect();
        let is_given = self.settings.is_severity_set(self.rule);
        let index = self.diagnostics.len();
        self.diagnostics.push(Diagnostic {
            rule: self.rule,
            code: None,
            message: message.into(),
            range: place.place(),
            severity: self.severity,
            fails_build: self.rule.fails_build,
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
            tag: None,
            weight: None,
            suppressed: None,
            fingerprint: 0,
        });
        Report { diagnostic: &mut self.diagnostics[index], text, is_given, dialect }
    }

    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}

/// A diagnostic in the making.
pub struct Report<'c> {
    diagnostic: &'c mut Diagnostic,
    text: &'c str,
    /// Whether the settings say how bad it is.
    is_given: bool,
    dialect: Dialect,
}

impl Report<'_> {
    /// Says which of the rule's aliases it is.
    #[allow(clippy::return_self_not_must_use)]
    pub fn code(self, code: impl Into<Cow<'static, str>>) -> Self {
        self.diagnostic.code = Some(code.into());
        self
    }

    /// Says why it is wrong.
    #[allow(clippy::return_self_not_must_use)]
    pub fn note(self, note: impl Into<String>) -> Self {
        self.diagnostic.notes.push(note.into());
        self
    }

    /// Says what to do.
    #[allow(clippy::return_self_not_must_use)]
    pub fn help(self, help: impl Into<String>) -> Self {
        self.diagnostic.help = Some(help.into());
        self
    }

    /// Points at another place that belongs to it.
    #[allow(clippy::return_self_not_must_use)]
    pub fn related(self, place: impl Place, message: impl Into<String>) -> Self {
        self.diagnostic.related.push(Related { range: place.place(), message: message.into() });
        self
    }

    /// Is of another severity than the rule's, unless settings or preset say which.
    #[allow(clippy::return_self_not_must_use)]
    pub fn severity(self, severity: Severity) -> Self {
        self.severity_in(Dialect::Recommended, severity)
    }

    /// Is of another severity than the rule's in one dialect, unless the settings say which.
    #[allow(clippy::return_self_not_must_use)]
    pub fn severity_in(self, dialect: Dialect, severity: Severity) -> Self {
        if !self.is_given && self.dialect == dialect {
            self.diagnostic.severity = severity;
        }
        self
    }

    /// Says that the builder takes the file all the same.
    #[allow(clippy::return_self_not_must_use)]
    pub fn builds_anyway(self) -> Self {
        self.diagnostic.fails_build = false;
        self.severity(Severity::Warning)
    }

    /// How an editor may show the text.
    #[allow(clippy::return_self_not_must_use)]
    pub fn tag(self, tag: Tag) -> Self {
        self.diagnostic.tag = Some(tag);
        self
    }

    /// What it adds to the image, in bytes, from a dated table.
    #[allow(clippy::return_self_not_must_use)]
    pub fn weighs(self, estimated: u64) -> Self {
        self.diagnostic.weight = Some(Weight { estimated, measured: None });
        self
    }

    /// Offers a change, unsafe unless it says otherwise; edits that overlap, or none, make no fix.
    #[allow(clippy::return_self_not_must_use)]
    pub fn fix(self, title: impl Into<String>, edit: impl FnOnce(&mut FixBuilder)) -> Self {
        let mut builder = FixBuilder { edits: Vec::new(), applicability: Applicability::Unsafe };
        edit(&mut builder);
        debug_assert!(
            self.diagnostic.rule.fix >= Some(builder.applicability),
            "{}: a fix beyond the declaration",
            self.diagnostic.rule.name
        );
        if let Ok(edits) = Edits::new(self.text, builder.edits)
            && !edits.is_empty()
        {
            self.diagnostic.fix = Some(Fix { title: title.into(), applicability: builder.applicability, edits });
        }
        self
    }
}

/// Collects the edits of a fix.
pub struct FixBuilder {
    edits: Vec<Edit>,
    applicability: Applicability,
}

impl FixBuilder {
    /// Puts `text` in place of what stands at `place`.
    pub fn replace(&mut self, place: impl Place, text: impl Into<String>) {
        self.edits.push(Edit::replace(place.place(), text));
    }

    /// Puts `text` at `at`.
    pub fn insert(&mut self, at: TextSize, text: impl Into<String>) {
        self.edits.push(Edit::insert(at, text));
    }

    /// Takes away what stands at `place`.
    pub fn delete(&mut self, place: impl Place) {
        self.edits.push(Edit::delete(place.place()));
    }

    /// Takes several places away.
    pub fn delete_all(&mut self, places: impl IntoIterator<Item = TextRange>) {
        self.edits.extend(places.into_iter().map(Edit::delete));
    }

    /// Says that the image stays the same, and so do the comments.
    pub fn safe(&mut self) {
        self.applicability = Applicability::Safe;
    }
}
