//! Opinions about Dockerfiles: rules, their fixes, suppressions and presets.
//!
//! Text and settings in, diagnostics out. Nothing here reads files, the environment or the clock.

mod cache_mount;
mod check;
mod context;
mod curl;
mod diagnostic;
mod exec_form;
mod external;
mod fix;
mod labels;
mod leftover;
pub mod option;
mod overrides;
mod pairs;
mod peer;
mod place;
mod question;
mod rule;
mod rules;
mod runs;
mod secret_files;
mod settings;
mod shell;
mod site;
mod suppress;
mod unpinned;

#[cfg(test)]
mod page_tests;
#[cfg(test)]
mod testing;

pub use check::{check, check_with};
pub use context::{Context, FixBuilder, Report};
pub use dfopt_semantic::base::Date;
pub use diagnostic::{Diagnostic, Fix, Related, Suppressed, SuppressionForm, Tag, Weight};
pub use external::{Answers, Change, Comment, Script, scripts, wants_shellcheck};
pub use fix::{Applied, FixOptions, FixOutcome, Left, WhyLeft, fix};
pub use option::{OptionKind, OptionValue, RuleOption, options, options_of};
pub use place::Place;
pub use rule::{Applicability, ByDefault, Category, Dialect, Earlier, Group, Preset, Rule, Severity};
pub use rules::all as rules;
pub use settings::{Level, Selection, SetOption, Settings, SettingsError, Suppressions, find, named};
