//! `dfopt rules` and `dfopt explain`: the catalogue, and one page of it.

use std::io::{self, Write as _};

use dfopt_linter::{Preset, Rule, named, rules};
use dfopt_semantic::suggest;
use serde::Serialize;

use crate::Session;
use crate::args::{CatalogueFormat, ExplainArgs, RulesArgs};
use crate::exit::{Exit, Failure};
use crate::terminal::{Out, Paint};

#[derive(Serialize)]
struct Entry {
    rule: &'static str,
    aliases: Vec<&'static str>,
    category: &'static str,
    group: Option<&'static str>,
    severity: Severities,
    fix: Option<&'static str>,
    fails_build: bool,
    since: &'static str,
    summary: &'static str,
    url: String,
}

/// The severity in each preset, null where the rule is not part of it.
#[derive(Serialize)]
struct Severities {
    recommended: Option<&'static str>,
    hadolint: Option<&'static str>,
    buildkit: Option<&'static str>,
    all: Option<&'static str>,
}

#[derive(Serialize)]
struct Document {
    version: u32,
    rules: Vec<Entry>,
}

/// Lists the rules.
///
/// # Errors
/// When the list cannot be written.
pub fn list(args: &RulesArgs, session: &Session) -> Result<Exit, Failure> {
    let mut out = session.terminal.stdout();
    let written = match args.format {
        CatalogueFormat::Human => table(&mut out),
        CatalogueFormat::Json => {
            let document = Document { version: 1, rules: rules().iter().map(|rule| entry(rule)).collect() };
            serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from).and_then(|()| writeln!(out))
        }
    };
    written.and_then(|()| out.flush()).map_err(unwritable)?;
    Ok(Exit::Clean)
}

/// Prints the page of a rule.
///
/// # Errors
/// When there is no such rule.
pub fn explain(args: &ExplainArgs, session: &Session) -> Result<Exit, Failure> {
    let found = found(&args.rule)?;
    let mut out = session.terminal.stdout();
    for (number, rule) in found.iter().enumerate() {
        if number > 0 {
            writeln!(out).map_err(unwritable)?;
        }
        page(rule, &mut out).map_err(unwritable)?;
    }
    out.flush().map_err(unwritable)?;
    Ok(Exit::Clean)
}

fn unwritable(error: io::Error) -> Failure {
    Failure::new(format!("standard output cannot be written: {error}"))
}

fn found(name: &str) -> Result<Vec<&'static Rule>, Failure> {
    if let Some(rule) = rules().iter().find(|rule| rule.name.eq_ignore_ascii_case(name)) {
        return Ok(vec![rule]);
    }
    match named(name) {
        Some(found) if found.is_empty() => Err(Failure::new(format!("no rule of dfopt stands for `{name}`"))),
        Some(found) => Ok(found),
        None => {
            let names = rules().iter().flat_map(|rule| std::iter::once(rule.name).chain(rule.aliases()));
            let meant = suggest::nearest(name, names).map(|meant| format!(", did you mean `{meant}`?"));
            let meant = meant.unwrap_or_else(|| "; `dfopt rules` lists them all".to_owned());
            Err(Failure::new(format!("unknown rule `{name}`{meant}")))
        }
    }
}

fn table(out: &mut Out) -> io::Result<()> {
    let width = rules().iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    for rule in rules() {
        let level = rule.severity_in(Preset::Recommended).map_or("off", |severity| severity.name());
        let fix = rule.fix.map_or("-", |fix| fix.name());
        let name = out.paint(rule.name, Paint::Bold);
        let category = rule.category.name();
        writeln!(out, "{name:width$}  {level:7}  {category:15}  {fix:6}  {}", rule.summary())?;
    }
    Ok(())
}

fn page(rule: &Rule, out: &mut Out) -> io::Result<()> {
    writeln!(out, "{}\n", out.paint(&format!("# {}", rule.name), Paint::Bold))?;
    for line in rule.page().lines() {
        if line.starts_with('#') {
            writeln!(out, "{}", out.paint(line, Paint::Bold))?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    let severity = |preset| rule.severity_in(preset).map_or("off", |severity| severity.name());
    writeln!(out)?;
    writeln!(out, "- Category: {}", rule.category.name())?;
    let (recommended, hadolint, buildkit) =
        (severity(Preset::Recommended), severity(Preset::Hadolint), severity(Preset::Buildkit));
    writeln!(out, "- Severity: {recommended} (preset hadolint: {hadolint}, buildkit: {buildkit})")?;
    let aliases: Vec<&str> = rule.aliases().collect();
    if !aliases.is_empty() {
        writeln!(out, "- Aliases: {}", aliases.join(", "))?;
    }
    writeln!(out, "- Fix: {}", rule.fix.map_or("none", |fix| fix.name()))?;
    writeln!(out, "- Since: {}", rule.since)?;
    writeln!(out, "- {}", rule.url())
}

fn entry(rule: &'static Rule) -> Entry {
    let severity = |preset| rule.severity_in(preset).map(|severity| severity.name());
    Entry {
        rule: rule.name,
        aliases: rule.aliases().collect(),
        category: rule.category.name(),
        group: rule.group.map(|group| group.name()),
        severity: Severities {
            recommended: severity(Preset::Recommended),
            hadolint: severity(Preset::Hadolint),
            buildkit: severity(Preset::Buildkit),
            all: severity(Preset::All),
        },
        fix: rule.fix.map(|fix| fix.name()),
        fails_build: rule.fails_build,
        since: rule.since,
        summary: rule.summary(),
        url: rule.url(),
    }
}
