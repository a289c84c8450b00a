//! The command line as data: what may be given, and what it means. Nothing is done here.

mod build;
mod refactor;
mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use dfopt_linter::Severity;

pub(crate) use build::known_args;
pub use build::{BuildArg, BuildArgs, EngineArgs, EngineName, NetworkOfRuns};
pub use refactor::{PlanFormat, RefactorArgs, RuntimeChoice, Stray, VerifyArgs};
pub use values::{PresetVersion, SeverityOf};

/// Lints Dockerfiles, and turns them into smaller ones that are proved to do the same.
#[derive(Parser, Debug)]
#[command(name = "dfopt", version, max_term_width = 100, arg_required_else_help = true, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// When to use colour; `auto` looks at the terminal and at NO_COLOR.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Lint Dockerfiles
    Check(Box<CheckArgs>),
    /// Apply fixes, or refactor a Dockerfile and prove the result
    Fix(Box<FixArgs>),
    /// Build two Dockerfiles and prove or refute that the second can replace the first
    Verify(Box<VerifyArgs>),
    /// Show the stages of a Dockerfile and what reaches the final image
    Graph(GraphArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Show the page of a rule
    Explain(ExplainArgs),
    /// Show the settings of a Dockerfile, and where each comes from
    Config(ConfigArgs),
    /// Serve an editor: the language server on standard input and output
    Lsp(LspArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
}

/// When to use colour.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Which files.
#[derive(Args, Debug, Clone, Default)]
pub struct PathArgs {
    /// Files, folders to search for Dockerfiles, or `-` for standard input; the current folder if none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Read further paths from FILE, one per line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,
    /// The name to show for standard input
    #[arg(long, value_name = "NAME")]
    pub stdin_filename: Option<PathBuf>,
    /// How many files to work on at once
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<std::num::NonZeroUsize>,
}

/// Which rules, and how bad they are.
#[derive(Args, Debug, Clone, Default)]
pub struct RuleArgs {
    /// The set of rules to start from: recommended, hadolint, buildkit or all; `recommended@1` for a version of it
    #[arg(long, value_name = "NAME", help_heading = "Rules")]
    pub preset: Option<PresetVersion>,
    /// Only these rules: names, aliases, categories
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
    pub select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
    pub ignore: Vec<String>,
    /// These rules too
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
    pub extend_select: Vec<String>,
    /// Set the severity of a rule: error, warning, info, style or off
    #[arg(long, value_name = "RULE=LEVEL", value_delimiter = ',', help_heading = "Rules")]
    pub severity: Vec<SeverityOf>,
    /// Read settings from this file only: a dfopt.toml, or hadolint's .hadolint.yaml
    #[arg(long, value_name = "FILE", help_heading = "Rules", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Read no settings
    #[arg(long, help_heading = "Rules")]
    pub no_config: bool,
}

/// `dfopt check`
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Which files.
    #[command(flatten)]
    pub paths: PathArgs,
    /// Which rules.
    #[command(flatten)]
    pub rules: RuleArgs,
    /// What is known of the build.
    #[command(flatten)]
    pub build: BuildArgs,
    /// Whether scripts are given to ShellCheck too: `auto` where it is installed
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub shellcheck: UseShellcheck,
    /// How to print what was found; `human` on a terminal, else `short`
    #[arg(long, short, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Write to FILE, not to standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The least severity that makes the exit status 1; `info` with the preset hadolint, else `warning`
    #[arg(long, value_name = "LEVEL")]
    pub fail_on: Option<FailOn>,
    /// Count diagnostics by rule
    #[arg(long)]
    pub statistics: bool,
    /// Print diagnostics and nothing else
    #[arg(long, short)]
    pub quiet: bool,
}

/// Whether scripts are given to ShellCheck.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum UseShellcheck {
    /// Where it is installed.
    #[default]
    Auto,
    /// They are; without it the run fails.
    Always,
    /// They are not.
    Never,
}

/// How diagnostics are printed.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// With the lines they are about.
    Human,
    /// One line each.
    Short,
    /// One JSON document.
    Json,
    /// One JSON document per line and diagnostic.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// Code quality report of GitLab.
    Gitlab,
    /// XML of Checkstyle.
    Checkstyle,
    /// XML of JUnit.
    Junit,
    /// Generic issues of SonarQube.
    Sonarqube,
    /// Tables in Markdown.
    Markdown,
}

/// From which severity on the exit status is 1.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailOn {
    /// Errors.
    Error,
    /// Warnings and errors.
    Warning,
    /// All but matters of taste.
    Info,
    /// Anything.
    Style,
    /// Nothing.
    Never,
}

impl FailOn {
    /// The severity, `None` for never.
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        Some(match self {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
            FailOn::Info => Severity::Info,
            FailOn::Style => Severity::Style,
            FailOn::Never => return None,
        })
    }
}

/// `dfopt fix`
#[derive(Args, Debug)]
pub struct FixArgs {
    /// Which files.
    #[command(flatten)]
    pub paths: PathArgs,
    /// Print the changes as a diff and write nothing
    #[arg(long, conflicts_with_all = ["check", "stdout"])]
    pub diff: bool,
    /// Only say whether files would change
    #[arg(long, conflicts_with = "stdout")]
    pub check: bool,
    /// Print the result and write nothing
    #[arg(long)]
    pub stdout: bool,
    /// Apply the fixes too that may change the image
    #[arg(long = "unsafe")]
    pub unsafe_fixes: bool,
    /// Only fixes of these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub rule: Vec<String>,
    /// Print errors and nothing else
    #[arg(long, short)]
    pub quiet: bool,
    /// Which refactors, and how.
    #[command(flatten)]
    pub refactor: RefactorArgs,
    /// What is known of the build.
    #[command(flatten)]
    pub build: BuildArgs,
    /// How to build and compare.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// Which rules.
    #[command(flatten)]
    pub rules: RuleArgs,
}

/// `dfopt graph`
#[derive(Args, Debug)]
pub struct GraphArgs {
    /// The Dockerfile, or `-` for standard input
    #[arg(value_name = "FILE", default_value = "Dockerfile")]
    pub file: PathBuf,
    /// How to draw it
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: GraphFormat,
    /// The stage that is built; the last one if not given
    #[arg(long, value_name = "STAGE")]
    pub target: Option<String>,
    /// Set a build argument
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub build_arg: Vec<BuildArg>,
    /// Write to FILE, not to standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// How a graph is drawn.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum GraphFormat {
    /// Lines of text.
    Text,
    /// Graphviz.
    Dot,
    /// Mermaid.
    Mermaid,
    /// A picture.
    Svg,
}

/// `dfopt rules`
#[derive(Args, Debug)]
pub struct RulesArgs {
    /// How to print them
    #[arg(long, short, value_name = "FORMAT", default_value = "human")]
    pub format: CatalogueFormat,
}

/// How the catalogue is printed.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum CatalogueFormat {
    /// A table.
    Human,
    /// JSON.
    Json,
}

/// `dfopt explain`
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// A rule, by its name or an alias such as `DL3008`
    #[arg(value_name = "RULE")]
    pub rule: String,
}

/// `dfopt config`
#[derive(Args, Debug)]
pub struct ConfigArgs {
    /// The Dockerfile, which need not be there; with `--migrate` hadolint's file or its folder
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// How to print them
    #[arg(long, short, value_name = "FORMAT", default_value = "toml")]
    pub format: ConfigFormat,
    /// Write a dfopt.toml that says what .hadolint.yaml says
    #[arg(long, conflicts_with = "schema")]
    pub migrate: bool,
    /// Print the JSON Schema of settings files
    #[arg(long)]
    pub schema: bool,
    /// Which rules.
    #[command(flatten)]
    pub rules: RuleArgs,
}

/// How settings are printed.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConfigFormat {
    /// As a settings file, with remarks.
    Toml,
    /// JSON.
    Json,
}

/// `dfopt lsp`
#[derive(Args, Debug)]
pub struct LspArgs {
    /// Taken and ignored: many editors add it
    #[arg(long, hide = true)]
    pub stdio: bool,
}

/// `dfopt completions`
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn fix(args: &[&str]) -> FixArgs {
        match Cli::try_parse_from(["dfopt", "fix"].iter().chain(args)).unwrap().command {
            Command::Fix(args) => *args,
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn definitions_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_rule_list_does_not_swallow_paths() {
        let args = fix(&["--rule", "a,b", "--rule", "c", "Dockerfile"]);
        assert_eq!(args.rule, ["a", "b", "c"]);
        assert_eq!(args.paths.paths, [PathBuf::from("Dockerfile")]);
    }

    #[test]
    fn refactor_flags_without_a_refactor_are_named() {
        assert_eq!(fix(&["--no-verify"]).refactor.stray(&fix(&["--no-verify"]).engine), Some(Stray("--no-verify")));
        let args = fix(&["--smoke", "app --version"]);
        assert_eq!(args.refactor.stray(&args.engine), Some(Stray("--smoke")));
        let args = fix(&["--split-stages", "--no-verify"]);
        assert_eq!(args.refactor.stray(&args.engine), None);
    }

    #[test]
    fn build_arguments_and_severities_are_read() {
        let args = fix(&["--build-arg", "A=b=c", "--build-arg", "HOME", "--severity", "x=off,y=error"]);
        assert_eq!(args.build.build_args(), [("A".to_owned(), Some("b=c".to_owned())), ("HOME".to_owned(), None)]);
        assert_eq!(args.rules.severity.len(), 2);
        assert!(Cli::try_parse_from(["dfopt", "check", "--severity", "x=loud"]).is_err());
        assert!(Cli::try_parse_from(["dfopt", "check", "--preset", "strict"]).is_err());
    }
}
