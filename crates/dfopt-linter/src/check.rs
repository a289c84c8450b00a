//! Runs the rules on a file, then the passes over what they found.

use dfopt_semantic::model::Model;
use dfopt_syntax::TextRange;

use crate::context::Shared;
use crate::external::{self, Answers};
use crate::rule::PrintedLine;
use crate::suppress::Suppressing;
use crate::{Context, Diagnostic, Dialect, Group, Preset, Related, Rule, Settings, Severity, Suppressions, rules};

/// The diagnostics of a file, by position and name of the rule.
#[must_use]
pub fn check(model: &Model<'_>, settings: &Settings) -> Vec<Diagnostic> {
    check_with(model, settings, None)
}

/// `check` with what ShellCheck said, where it was asked.
#[must_use]
pub fn check_with(model: &Model<'_>, settings: &Settings, shellcheck: Option<&Answers>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    // What another frontend refuses is not known.
    let knows_language = model.frontend().is_docker();
    let shared = Shared::default();
    for rule in rules() {
        if rule.group == Some(Group::Syntax) && !knows_language {
            continue;
        }
        // There ShellCheck decides alone, as it does in hadolint.
        if shellcheck.is_some() && settings.dialect() == Dialect::Hadolint && external::is_native(rule) {
            continue;
        }
        let severity = settings.severity(rule).or_else(|| experimental(model, settings, rule));
        if let Some(severity) = severity {
            let mut context = Context::new(model, settings, rule, severity, &shared);
            (rule.check)(&mut context);
            diagnostics.extend(context.into_diagnostics());
        }
    }
    if let Some(answers) = shellcheck {
        diagnostics.extend(external::diagnostics(model, settings, answers));
    }
    if settings.dialect() == Dialect::Hadolint {
        keep_last_of_shellcheck(model, &mut diagnostics);
    }
    if settings.dialect() != Dialect::Recommended {
        move_to_first_lines(model, &mut diagnostics);
    }
    diagnostics.sort_by(|a, b| order(a).cmp(&order(b)));
    if settings.dialect() == Dialect::Hadolint {
        keep_one_per_instruction(model, &mut diagnostics);
    }
    raise_to_errors(model, settings, &mut diagnostics);
    suppress(model, settings, &mut diagnostics);
    number(model, &mut diagnostics);
    if settings.suppressions() != Suppressions::Shown {
        diagnostics.retain(|diagnostic| diagnostic.suppressed.is_none());
    }
    diagnostics
}

/// `# check=experimental=NAME` switches on what BuildKit leaves out of its own checks.
fn experimental(model: &Model<'_>, settings: &Settings, rule: &Rule) -> Option<Severity> {
    let is_left_out = rule.when_selected.iter().any(|(preset, _)| *preset == Preset::Buildkit);
    if !is_left_out || settings.preset() != Preset::Buildkit || settings.is_ignored(rule) {
        return None;
    }
    let (check, name) = (model.check_directive()?, rule.buildkit_name()?);
    let is_asked_for = check.experimental.iter().any(|asked| asked == "all" || asked == name);
    is_asked_for.then(|| rule.severity_when_selected(Preset::Buildkit))
}

/// Marks what is suppressed, then asks the rules that judge the suppressions by it.
fn suppress(model: &Model<'_>, settings: &Settings, diagnostics: &mut Vec<Diagnostic>) {
    let Some(mut suppressing) = Suppressing::of(model, settings) else { return };
    suppressing.mark(model, settings, diagnostics);
    let shared = Shared::default();
    let mut more = Vec::new();
    for rule in rules() {
        if let Some(afterwards) = rule.afterwards
            && let Some(severity) = settings.severity(rule)
        {
            let mut context = Context::new(model, settings, rule, severity, &shared);
            afterwards(&mut context, &suppressing);
            more.extend(context.into_diagnostics());
        }
    }
    suppressing.mark(model, settings, &mut more);
    diagnostics.extend(more);
    diagnostics.sort_by(|a, b| order(a).cmp(&order(b)));
}

fn order(diagnostic: &Diagnostic) -> (u32, &'static str, u32) {
    (diagnostic.range.start().into(), diagnostic.rule.name, diagnostic.range.end().into())
}

/// The other tools print the line that an instruction starts on.
fn move_to_first_lines(model: &Model<'_>, diagnostics: &mut [Diagnostic]) {
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.rule.printed == PrintedLine::First) {
        let Some(step) = model.step_at(diagnostic.range.start()) else { continue };
        let keyword = step.keyword_range();
        if model.line_of(keyword.start().into()) < model.line_of(diagnostic.range.start().into()) {
            let exact = Related { range: diagnostic.range, message: diagnostic.message.clone() };
            diagnostic.related.insert(0, exact);
            diagnostic.range = keyword;
        }
    }
}

/// hadolint shows the last by place of all that ShellCheck says of an instruction; at one place, the mildest.
fn keep_last_of_shellcheck(model: &Model<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let code = |diagnostic: &Diagnostic| diagnostic.code.clone().filter(|code| code.starts_with("SC"));
    let mut last: Vec<(usize, usize)> = Vec::new();
    let key =
        |diagnostic: &Diagnostic| (diagnostic.range.start(), std::cmp::Reverse(diagnostic.severity), code(diagnostic));
    for (at, diagnostic) in diagnostics.iter().enumerate().filter(|(_, diagnostic)| code(diagnostic).is_some()) {
        let Some(step) = model.step_at(diagnostic.range.start()) else { continue };
        match last.iter_mut().find(|(other, _)| *other == step.index) {
            Some((_, kept)) if key(&diagnostics[*kept]) >= key(diagnostic) => {}
            Some((_, kept)) => *kept = at,
            None => last.push((step.index, at)),
        }
    }
    let mut at = 0;
    diagnostics.retain(|diagnostic| {
        at += 1;
        code(diagnostic).is_none() || last.iter().any(|(_, kept)| *kept == at - 1)
    });
}

fn keep_one_per_instruction(model: &Model<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen = Vec::new();
    diagnostics.retain(|diagnostic| {
        let Some(step) = model.step_at(diagnostic.range.start()) else { return true };
        // Of those that look at labels of a schema, one for each label.
        let is_by_label = diagnostic.rule.options.iter().any(|option| option.shared == Some("labels"));
        let label = is_by_label.then(|| diagnostic.message.clone());
        let key = (diagnostic.rule.name, step.index, label);
        let is_new = !seen.contains(&key);
        seen.push(key);
        is_new
    });
}

/// `# check=error=true` makes errors of BuildKit's own checks.
fn raise_to_errors(model: &Model<'_>, settings: &Settings, diagnostics: &mut [Diagnostic]) {
    if settings.dialect() == Dialect::Buildkit && model.check_directive().is_some_and(|check| check.is_error) {
        for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.rule.buildkit_name().is_some()) {
            diagnostic.severity = Severity::Error;
        }
    }
}

/// Gives fingerprints: rule, stage, text without regard to blanks, and the how-many-eth of its kind.
fn number(model: &Model<'_>, diagnostics: &mut [Diagnostic]) {
    let mut seen: Vec<u64> = Vec::new();
    for diagnostic in diagnostics {
        let mut hash = Fnv::new();
        hash.add(diagnostic.rule.name);
        hash.add(&stage_name(model, diagnostic.range));
        for word in model.text_at(diagnostic.range).split_ascii_whitespace() {
            hash.add(word);
        }
        let kind = hash.0;
        hash.add(&seen.iter().filter(|&&other| other == kind).count().to_string());
        seen.push(kind);
        diagnostic.fingerprint = hash.0;
    }
}

fn stage_name(model: &Model<'_>, range: TextRange) -> String {
    let stage = model.step_at(range.start()).and_then(|step| model.stage_of(step));
    let Some(stage) = stage else { return String::new() };
    stage.name.as_ref().map(|name| name.name.clone()).or_else(|| stage.base_text.clone()).unwrap_or_default()
}

/// The hash by Fowler, Noll and Vo, which is the same everywhere and always.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::named;

    fn diagnostics(text: &str, settings: &Settings) -> Vec<Diagnostic> {
        let parse = dfopt_syntax::parse(text);
        check(&Model::new(text, &parse, Options::default()), settings)
    }

    #[test]
    fn fingerprints_survive_moved_lines_and_tell_twins_apart() {
        let settings = Settings::only(named("sudo-in-run").unwrap()[0]);
        let before = diagnostics("FROM a:1\nRUN sudo x\nRUN sudo x\n", &settings);
        let after = diagnostics("FROM a:1\n\n# remark\nRUN   sudo x\nRUN sudo x\n", &settings);
        let prints = |found: &[Diagnostic]| found.iter().map(|one| one.fingerprint).collect::<Vec<_>>();
        assert_eq!(prints(&before), prints(&after));
        assert_ne!(before[0].fingerprint, before[1].fingerprint);
    }

    #[test]
    fn another_frontend_silences_syntax_rules_only() {
        let settings = Settings::default();
        let found = diagnostics("# syntax=example.com/other\nFROM a\nCOPPY a /b\n", &settings);
        assert_eq!(found.iter().map(|one| one.rule.name).collect::<Vec<_>>(), ["untagged-base"]);
        let found = diagnostics("# syntax=docker/dockerfile:1\nFROM a:1\nCOPPY a /b\n", &settings);
        assert_eq!(found.iter().map(|one| one.rule.name).collect::<Vec<_>>(), ["unknown-instruction"]);
    }

    #[test]
    fn peers_get_the_first_line_and_the_token_as_related() {
        let settings = Settings::of_preset(Preset::Hadolint);
        let text = "FROM a:1\nRUN true \\\n  && sudo x \\\n  && sudo y\n";
        let found = diagnostics(text, &settings);
        assert_eq!(found.len(), 1);
        assert_eq!(&text[found[0].range], "RUN");
        assert_eq!(&text[found[0].related[0].range], "sudo");
    }

    #[test]
    fn check_error_raises_buildkits_own() {
        let settings = Settings::of_preset(Preset::Buildkit);
        let found = diagnostics("# check=error=true\nFROM a:1\nMAINTAINER me\n", &settings);
        assert_eq!(found[0].severity, Severity::Error);
    }
}
