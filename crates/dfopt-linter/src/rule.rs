//! What a rule is, and the declaration that each rule file begins with.

use crate::suppress::Suppressing;
use crate::{Context, RuleOption};

/// What a rule is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Category {
    /// The build fails, or does something else than meant.
    Correctness,
    /// Secrets, privileges, unverified downloads.
    Security,
    /// The image is larger than it need be.
    Size,
    /// Builds are slower than they need be.
    Cache,
    /// Two builds of the same file may differ.
    Reproducibility,
    /// The file is harder to keep than it need be.
    Maintainability,
    /// How the file is laid out.
    Layout,
    /// What an organisation may ask for.
    Policy,
    /// Shell scripts in instructions.
    Shell,
}

impl Category {
    /// All categories.
    pub const ALL: [Category; 9] = [
        Category::Correctness,
        Category::Security,
        Category::Size,
        Category::Cache,
        Category::Reproducibility,
        Category::Maintainability,
        Category::Layout,
        Category::Policy,
        Category::Shell,
    ];

    /// As it is written in settings and output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Category::Correctness => "correctness",
            Category::Security => "security",
            Category::Size => "size",
            Category::Cache => "cache",
            Category::Reproducibility => "reproducibility",
            Category::Maintainability => "maintainability",
            Category::Layout => "layout",
            Category::Policy => "policy",
            Category::Shell => "shell",
        }
    }
}

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// A matter of taste.
    Style,
    /// A gain that someone may rightly forgo.
    Info,
    /// The result is wrong, unsafe, or clearly larger or slower than meant.
    Warning,
    /// The build or the container fails for certain.
    Error,
}

impl Severity {
    /// As it is written in settings and output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Style => "style",
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Whether a fix may be applied without a look at it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Applicability {
    /// Somebody should look at the result.
    Unsafe,
    /// The image stays the same, and so do the comments.
    Safe,
}

impl Applicability {
    /// As it is written in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Applicability::Unsafe => "unsafe",
            Applicability::Safe => "safe",
        }
    }
}

/// A named set of rules with severities.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Preset {
    /// High signal only.
    #[default]
    Recommended,
    /// Exactly what hadolint reports.
    Hadolint,
    /// Exactly what `docker build --check` reports, and syntax errors.
    Buildkit,
    /// Every rule.
    All,
}

impl Preset {
    /// All presets.
    pub const ALL: [Preset; 4] = [Preset::Recommended, Preset::Hadolint, Preset::Buildkit, Preset::All];

    /// Its newest version. A version never changes once it is released: what is added to a preset, taken out of it or given
    /// another severity makes a new one.
    #[must_use]
    pub fn version(self) -> u16 {
        match self {
            Preset::Recommended | Preset::Hadolint | Preset::Buildkit | Preset::All => 1,
        }
    }

    /// As it is written in settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Preset::Recommended => "recommended",
            Preset::Hadolint => "hadolint",
            Preset::Buildkit => "buildkit",
            Preset::All => "all",
        }
    }
}

/// Whose verdict a rule gives where the tools disagree.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Dialect {
    /// This project's own.
    #[default]
    Recommended,
    /// hadolint's.
    Hadolint,
    /// BuildKit's.
    Buildkit,
}

/// Rules that are switched together besides their category.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Group {
    /// What the builder refuses.
    Syntax,
    /// Rules that may still change much.
    Preview,
}

impl Group {
    /// As it is written in settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Group::Syntax => "syntax",
            Group::Preview => "preview",
        }
    }
}

/// Whether a rule is part of the recommended preset.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ByDefault {
    /// It is.
    On,
    /// Only when it is selected.
    Off,
}

/// What a rule was in earlier versions of a preset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Earlier {
    /// The preset.
    pub preset: Preset,
    /// The last version that this holds for.
    pub up_to: u16,
    /// The severity it had there; `None` when it was not part of it.
    pub severity: Option<Severity>,
}

/// Which line of an instruction other tools print for a diagnostic of the rule.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PrintedLine {
    /// The first.
    First,
    /// The last, heredocs left out.
    Last,
}

/// A rule: one pattern that is found in Dockerfiles.
#[derive(Debug)]
pub struct Rule {
    /// Its name: the pattern found, in kebab-case.
    pub name: &'static str,
    /// The doc comment of the declaration, each line with the blank behind its slashes.
    pub(crate) raw_page: &'static str,
    /// What it is about.
    pub category: Category,
    /// The severity in the presets recommended and all.
    pub severity: Severity,
    /// Whether the recommended preset has it.
    pub by_default: ByDefault,
    /// The severity in the preset hadolint; `None` when it is not part of it.
    pub hadolint: Option<Severity>,
    /// The severity in the preset buildkit; `None` when it is not part of it.
    pub buildkit: Option<Severity>,
    /// The severities in presets that it is not part of, for when it is selected there; the one above in others.
    pub when_selected: &'static [(Preset, Severity)],
    /// What it was in earlier versions of presets.
    pub earlier: &'static [Earlier],
    /// Names it had in earlier releases.
    pub former_names: &'static [&'static str],
    /// The most that a fix of this rule may be; `None` when it has none.
    pub fix: Option<Applicability>,
    /// Names that other tools have for it, as declared.
    pub(crate) own_aliases: &'static [&'static str],
    /// The release that brought it.
    pub since: &'static str,
    /// The rules it is switched with.
    pub group: Option<Group>,
    /// Whether the builder refuses a file that has this; a report may say otherwise.
    pub fails_build: bool,
    /// What it can be told; those it shares with others too.
    pub options: &'static [&'static RuleOption],
    /// The line that other tools print.
    pub(crate) printed: PrintedLine,
    pub(crate) check: fn(&mut Context<'_>),
    /// What it says of what all rules have reported and which of it is suppressed; `None` for rules that look at the file alone.
    pub(crate) afterwards: Option<fn(&mut Context<'_>, &Suppressing)>,
}

impl Rule {
    /// What a declaration leaves out.
    pub(crate) const TEMPLATE: Rule = Rule {
        name: "",
        raw_page: "",
        category: Category::Correctness,
        severity: Severity::Warning,
        by_default: ByDefault::On,
        hadolint: None,
        buildkit: None,
        when_selected: &[],
        earlier: &[],
        former_names: &[],
        fix: None,
        own_aliases: &[],
        since: "",
        group: None,
        fails_build: false,
        options: &[],
        printed: PrintedLine::First,
        check: |_| {},
        afterwards: None,
    };

    /// What a declaration of a rule about syntax leaves out: an error everywhere but in the preset hadolint.
    pub(crate) const SYNTAX: Rule =
        Rule { buildkit: Some(Severity::Error), group: Some(Group::Syntax), fails_build: true, ..Rule::TEMPLATE };

    /// The names that other tools have for it, and those it had in earlier releases.
    pub fn aliases(&self) -> impl Iterator<Item = &'static str> + use<> {
        let unparsed =
            self.group == Some(Group::Syntax) && !self.own_aliases.iter().any(|alias| alias.starts_with("DL"));
        self.own_aliases.iter().chain(self.former_names).copied().chain(unparsed.then_some("DL1000"))
    }

    /// The name that BuildKit's own checks have for it.
    #[must_use]
    pub fn buildkit_name(&self) -> Option<&'static str> {
        let camel = |alias: &str| {
            alias.starts_with(|c: char| c.is_ascii_uppercase())
                && alias.contains(|c: char| c.is_ascii_lowercase())
                && alias.chars().all(|c| c.is_ascii_alphabetic())
        };
        self.own_aliases.iter().copied().find(|alias| camel(alias))
    }

    /// The severity in a preset, `None` when the rule is not part of it.
    #[must_use]
    pub fn severity_in(&self, preset: Preset) -> Option<Severity> {
        match preset {
            _ if self.group == Some(Group::Preview) => None,
            Preset::Recommended => (self.by_default == ByDefault::On).then_some(self.severity),
            Preset::Hadolint => self.hadolint,
            Preset::Buildkit => self.buildkit,
            Preset::All => Some(self.severity),
        }
    }

    /// The severity in a version of a preset, `None` when the rule is not part of it.
    #[must_use]
    pub fn severity_in_version(&self, preset: Preset, version: u16) -> Option<Severity> {
        let of_preset = self.earlier.iter().filter(|earlier| earlier.preset == preset && earlier.up_to >= version);
        match of_preset.min_by_key(|earlier| earlier.up_to) {
            Some(earlier) => earlier.severity,
            None => self.severity_in(preset),
        }
    }

    /// The severity in a preset when it is selected there.
    #[must_use]
    pub fn severity_when_selected(&self, preset: Preset) -> Severity {
        let given = self.when_selected.iter().find(|(of, _)| *of == preset).map(|(_, severity)| *severity);
        self.severity_in(preset).or(given).unwrap_or(self.severity)
    }

    /// The first line of its page.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        self.raw_page.lines().next().unwrap_or_default().trim()
    }

    /// Its page, as Markdown without a title.
    #[must_use]
    pub fn page(&self) -> String {
        let mut page = String::with_capacity(self.raw_page.len());
        for line in self.raw_page.lines() {
            page.push_str(line.strip_prefix(' ').unwrap_or(line).trim_end());
            page.push('\n');
        }
        page
    }

    /// Its page with a title, and what the declaration says besides.
    #[must_use]
    pub fn document(&self) -> String {
        let mut text = format!("# {}\n\n{}\n## Settings\n\n", self.name, self.page());
        let mut row = |name: &str, value: &str| {
            text.push_str(&format!("- {name}: {value}\n"));
        };
        row("category", self.category.name());
        let presets = Preset::ALL
            .map(|preset| format!("{} {}", preset.name(), self.severity_in(preset).map_or("off", Severity::name)));
        row("presets", &presets.join(", "));
        row("fix", self.fix.map_or("none", Applicability::name));
        if self.fails_build {
            row("fails the build", "yes");
        }
        let aliases: Vec<String> = self.aliases().map(|alias| format!("`{alias}`")).collect();
        if !aliases.is_empty() {
            row("aliases", &aliases.join(", "));
        }
        row("since", self.since);
        for option in self.options {
            let owner = crate::option::owner(self, option);
            let (takes, default) = (option.takes(), option.default_text());
            let name = format!("option `{owner}.{}`", option.name);
            row(&name, &format!("{} Takes {takes}; `{default}` when not set.", option.summary));
        }
        text
    }

    /// Where its page is published.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://github.com/dfopt/dfopt/blob/main/docs/rules/{}.md", self.name)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Rule {}

/// Declares the rule of a file as `RULE`; its doc comment is the rule's page.
///
/// The first fields are the same for every rule. Behind `check` may follow: `by_default`, `hadolint`, `buildkit` (the
/// severities in those presets), `group`, `options`, `when_selected`, `earlier`, `former_names`, and `..Rule::SYNTAX` for what the builder refuses.
macro_rules! declare_rule {
    (
        $(#[doc = $page:literal])+
        $name:literal {
            category: $category:expr,
            severity: $severity:expr,
            fix: $fix:expr,
            aliases: $aliases:expr,
            since: $since:literal,
            check: $check:expr,
            $($field:ident: $value:expr,)*
            $(..$rest:expr)?
        }
    ) => {
        pub(crate) static RULE: $crate::rule::Rule = $crate::rule::Rule {
            name: $name,
            raw_page: concat!($($page, "\n"),+),
            category: $category,
            severity: $severity,
            fix: $fix,
            own_aliases: $aliases,
            since: $since,
            check: $check,
            $($field: $value,)*
            ..$crate::rule::rest!($($rest)?)
        };
    };
}
pub(crate) use declare_rule;

/// What fills the fields that a declaration leaves out.
macro_rules! rest {
    () => {
        $crate::rule::Rule::TEMPLATE
    };
    ($rest:expr) => {
        $rest
    };
}
pub(crate) use rest;

#[cfg(test)]
mod tests {
    use super::*;

    static RULE: Rule = Rule {
        name: "x",
        earlier: &[
            Earlier { preset: Preset::Recommended, up_to: 1, severity: None },
            Earlier { preset: Preset::Recommended, up_to: 2, severity: Some(Severity::Info) },
        ],
        ..Rule::TEMPLATE
    };

    #[test]
    fn a_version_of_a_preset_stays_what_it_was() {
        let versions = [1, 2, 3].map(|version| RULE.severity_in_version(Preset::Recommended, version));
        assert_eq!(versions, [None, Some(Severity::Info), Some(Severity::Warning)]);
        assert_eq!(RULE.severity_in_version(Preset::All, 1), Some(Severity::Warning));
    }

    #[test]
    fn previews_are_in_no_preset() {
        let preview = Rule { group: Some(Group::Preview), hadolint: Some(Severity::Error), ..Rule::TEMPLATE };
        assert!(Preset::ALL.iter().all(|preset| preview.severity_in(*preset).is_none()));
        assert_eq!(preview.severity_when_selected(Preset::Recommended), Severity::Warning);
    }
}
