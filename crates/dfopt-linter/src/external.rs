//! What an external ShellCheck gets, and what becomes of what it says: the scripts of a file as it reads them, with the way
//! back to the file, and its results as diagnostics. Nobody is called here.

use dfopt_semantic::model::Model;
use dfopt_syntax::{Edit, Edits, LogicalText, TextRange, TextSize};

use crate::context::Shared;
use crate::shell::{self, Shell, Tree};
use crate::{Applicability, Context, Diagnostic, Dialect, Fix, Rule, Settings, Severity, rules};

/// A shell script of a Dockerfile, made ready for ShellCheck.
#[derive(Clone, Debug)]
pub struct Script {
    /// The text, with lines before it that name the shell and the variables that are set.
    pub text: String,
    /// How many lines stand before the script.
    lead: usize,
    /// Where the bytes of the script stand in the file.
    places: Vec<u32>,
    /// Whether the script stands in the file as it is, so that it can be edited there.
    is_in_place: bool,
}

/// What ShellCheck says of a script; lines and columns from 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comment {
    /// The number behind `SC`.
    pub code: u32,
    /// How bad it is.
    pub level: Severity,
    /// What it says.
    pub message: String,
    /// Where it starts.
    pub start: (usize, usize),
    /// Where it ends.
    pub end: (usize, usize),
    /// The change that it offers.
    pub fix: Vec<Change>,
}

/// A part of a change that ShellCheck offers; lines and columns from 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Where the old text starts.
    pub start: (usize, usize),
    /// Where it ends.
    pub end: (usize, usize),
    /// The new text.
    pub text: String,
}

/// What ShellCheck said of the scripts of a file, each with the comments on it.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// The scripts with their comments.
    pub scripts: Vec<(Script, Vec<Comment>)>,
}

/// The scripts of a file that ShellCheck can judge.
#[must_use]
pub fn scripts(model: &Model<'_>, settings: &Settings) -> Vec<Script> {
    shell::trees(model, settings.dialect()).iter().filter_map(Script::of).collect()
}

impl Script {
    fn of(tree: &Tree) -> Option<Self> {
        let logical = LogicalText::of(tree.nodes().first()?);
        let body = logical.as_str();
        if body.trim().is_empty() {
            return None;
        }
        let places =
            (0..=body.len()).map(|at| tree.place(TextRange::empty(logical.file_offset(at))).start().into()).collect();
        let mut text = format!("# shellcheck shell={}\n", dialect(tree.shell));
        let mut lead = 1;
        let is_name = |name: &str| {
            name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
                && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
        };
        let names: Vec<&str> = tree.given.keys().map(String::as_str).filter(|name| is_name(name)).collect();
        if !names.is_empty() {
            text.push_str("export");
            for name in names {
                text.push_str(&format!(" {name}=1"));
            }
            text.push('\n');
            lead += 1;
        }
        // A first line that names a shell is one only at the very start.
        text.push_str(&body.replacen("#!", "# ", usize::from(body.starts_with("#!"))));
        text.push('\n');
        Some(Script { text, lead, places, is_in_place: tree.is_in_place() })
    }

    /// The place in the file; `None` in front of the script.
    fn offset(&self, (line, column): (usize, usize)) -> Option<TextSize> {
        let body_line = line.checked_sub(self.lead + 1)?;
        let lead: usize = self.text.split_inclusive('\n').take(self.lead).map(str::len).sum();
        let body = self.text.get(lead..)?;
        let start: usize = body.split_inclusive('\n').take(body_line).map(str::len).sum();
        let within =
            body.get(start..)?.char_indices().nth(column.saturating_sub(1)).map_or(body.len() - start, |(at, _)| at);
        let at = (start + within).min(self.places.len().saturating_sub(1));
        self.places.get(at).map(|&at| at.into())
    }

    fn range(&self, start: (usize, usize), end: (usize, usize)) -> Option<TextRange> {
        let start_at = self.offset(start)?;
        // The end is behind the last character, which is where its place is asked for.
        let end_at = match end {
            (line, column) if column > 1 && (line, column) > start => {
                self.offset((line, column - 1)).map(|last| last + TextSize::new(1))
            }
            _ => Some(start_at),
        };
        Some(TextRange::new(start_at, end_at.unwrap_or(start_at).max(start_at)))
    }

    fn edits(&self, text: &str, comment: &Comment) -> Option<Edits> {
        if !self.is_in_place || comment.fix.is_empty() {
            return None;
        }
        let edit = |change: &Change| {
            let range = match change.start == change.end {
                true => TextRange::empty(self.offset(change.start)?),
                false => self.range(change.start, change.end)?,
            };
            Some(Edit::replace(range, change.text.clone()))
        };
        let edits: Vec<Edit> = comment.fix.iter().map(edit).collect::<Option<_>>()?;
        Edits::new(text, edits).ok()
    }
}

fn dialect(shell: Shell) -> &'static str {
    match shell {
        Shell::Posix => "sh",
        // Versions that know BusyBox are not yet everywhere.
        Shell::Dash | Shell::DashPipefail | Shell::Ash => "dash",
        Shell::Bash => "bash",
        Shell::Ksh => "ksh",
    }
}

/// Whether anything of what ShellCheck could say would be shown.
#[must_use]
pub fn wants_shellcheck(settings: &Settings) -> bool {
    let is_peer = settings.dialect() == Dialect::Hadolint;
    let is_shown = |rule: &&&'static Rule| ***rule == crate::rules::SHELLCHECK || (is_peer && is_native(rule));
    rules().iter().filter(is_shown).any(|rule| settings.severity(rule).is_some())
}

/// The rules that judge scripts by themselves, which ShellCheck stands in for in hadolint's preset.
pub(crate) fn is_native(rule: &Rule) -> bool {
    rule.own_aliases.iter().any(|alias| alias.starts_with("SC"))
}

/// Diagnostics from what ShellCheck said. A number that a rule of its own owns is that rule's: left out, or in hadolint's
/// dialect told in its name.
pub(crate) fn diagnostics(model: &Model<'_>, settings: &Settings, answers: &Answers) -> Vec<Diagnostic> {
    let shared = Shared::default();
    let is_peer = settings.dialect() == Dialect::Hadolint;
    let mut found = Vec::new();
    for (script, comments) in &answers.scripts {
        for comment in comments {
            let code = format!("SC{:04}", comment.code);
            let owner = rules().iter().copied().find(|rule| rule.own_aliases.contains(&code.as_str()));
            let rule = match owner {
                Some(_) if !is_peer => continue,
                Some(owner) => owner,
                None => &crate::rules::SHELLCHECK,
            };
            let Some(range) = script.range(comment.start, comment.end) else { continue };
            let Some(of_rule) = settings.severity(rule) else { continue };
            let mut context = Context::new(model, settings, rule, of_rule, &shared);
            let Some(severity) = severity(comment.level, is_peer) else { continue };
            context.report(range, comment.message.clone()).code(code).severity_in(settings.dialect(), severity);
            found.extend(context.into_diagnostics().into_iter().map(|diagnostic| Diagnostic {
                fix: script.edits(model.text(), comment).map(|edits| Fix {
                    title: "Change it as ShellCheck proposes".into(),
                    applicability: Applicability::Unsafe,
                    edits,
                }),
                ..diagnostic
            }));
        }
    }
    found
}

/// How bad it is here, `None` when it is a matter of taste.
fn severity(level: Severity, is_peer: bool) -> Option<Severity> {
    match level {
        _ if is_peer => Some(level),
        Severity::Error | Severity::Warning => Some(Severity::Warning),
        Severity::Info => Some(Severity::Info),
        Severity::Style => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::{Preset, check_with};

    const TEXT: &str = "FROM debian:12\nARG V\nRUN one é \\\n  # remark\n  two three\nRUN sh -c 'four five'\n";

    fn comment(code: u32, start: (usize, usize), end: (usize, usize)) -> Comment {
        Comment { code, level: Severity::Warning, message: "said".into(), start, end, fix: Vec::new() }
    }

    fn told(settings: &Settings, comments: &[Comment]) -> Vec<(String, String)> {
        let parse = dfopt_syntax::parse(TEXT);
        let model = Model::new(TEXT, &parse, Options::default());
        let scripts = scripts(&model, settings);
        let answers = Answers { scripts: scripts.into_iter().map(|script| (script, comments.to_vec())).collect() };
        let found = check_with(&model, settings, Some(&answers));
        let of_shellcheck = found.iter().filter(|one| one.code.is_some());
        of_shellcheck.map(|one| (one.rule.name.to_owned(), TEXT[one.range].to_owned())).collect()
    }

    #[test]
    fn scripts_name_shell_and_variables() {
        let parse = dfopt_syntax::parse(TEXT);
        let model = Model::new(TEXT, &parse, Options::default());
        let scripts = scripts(&model, &Settings::default());
        let texts: Vec<&str> = scripts.iter().map(|script| script.text.as_str()).collect();
        assert!(texts[0].starts_with("# shellcheck shell=dash\nexport "), "{}", texts[0]);
        assert!(texts[0].contains(" V=1 ") && texts[0].ends_with("\none é   two three\n"), "{}", texts[0]);
        assert!(texts[2].ends_with("\nfour five\n"));
    }

    #[test]
    fn places_are_found_across_continuations_and_in_strings() {
        let settings = Settings::default();
        assert_eq!(
            told(&settings, &[comment(2078, (3, 9), (3, 12))]),
            [
                ("shellcheck".to_owned(), "two".to_owned()),
                ("shellcheck".into(), "our".into()),
                ("shellcheck".into(), "e".into())
            ]
        );
    }

    #[test]
    fn numbers_of_native_rules_are_told_once() {
        let comments = [comment(2086, (3, 1), (3, 4))];
        assert_eq!(told(&Settings::default(), &comments), []);
        let told = told(&Settings::of_preset(Preset::Hadolint), &comments);
        assert_eq!(
            told,
            [("unquoted-variable".to_owned(), "one".to_owned()), ("unquoted-variable".into(), "sh ".into())]
        );
    }
}
