//! `host-files-unignored`

use dfopt_semantic::context::{BuildContext, Entry, join_clean};
use dfopt_semantic::model::{Brought, ContextSource, Model, Step};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// Files of the developer are copied into the image.
    ///
    /// ## Why
    ///
    /// Version history, installed dependencies, caches and settings of editors are of no use in an image, and each change of them makes the
    /// builder copy everything again. A `.dockerignore` beside the Dockerfile leaves them out.
    ///
    /// ## Example
    ///
    /// ```text
    /// FROM node:24
    /// COPY . /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24
    /// COPY package.json server.js /app/
    /// ```
    "host-files-unignored" {
        category: Category::Size,
        severity: Severity::Info,
        fix: None,
        aliases: &["DF033", "DF007"],
        since: "0.1.0",
        check: check,
    }
}

/// Directories that tools of a developer make.
const DIRECTORIES: &[&str] = &[
    ".git",
    "node_modules",
    "target",
    ".venv",
    "venv",
    "env",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".tox",
    ".next",
    ".nuxt",
    ".gradle",
    ".terraform",
    ".idea",
    ".vscode",
    "coverage",
    ".ruff_cache",
    ".nyc_output",
];

const LARGE: u64 = 50 * 1024 * 1024;

/// Something that should not be copied.
struct Brings {
    path: String,
    size: u64,
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let Some(context) = model.context() else { return };
    for step in model.steps() {
        if !matches!(step.ast, Instruction::Copy(_) | Instruction::Add(_)) {
            continue;
        }
        for source in model.context_sources(step).iter().filter(|source| source.kind == Brought::Directory) {
            let mut found = brought(context, source);
            if uses_history(model, step) {
                found.retain(|one| !one.path.ends_with(".git"));
            }
            let Some(first) = found.first() else { continue };
            let size: u64 = found.iter().map(|one| one.size).sum();
            let is_bad = size > LARGE || found.iter().any(|one| one.path.ends_with(".git"));
            let names: Vec<String> = found.iter().take(4).map(|one| format!("`{}`", one.path)).collect();
            let others = found.len().saturating_sub(names.len());
            let more = if others > 0 { format!(" and {others} more") } else { String::new() };
            let message = format!("this brings {}{more}", names.join(", "));
            let help = format!("name them in `.dockerignore`, beginning with `{}`", first.path);
            let report = ctx.report(&source.word, message).help(help).note(format!("{} in all", in_words(size)));
            if is_bad {
                report.severity(Severity::Warning);
            }
        }
    }
}

/// What a directory of the context holds of such things.
fn brought(context: &dyn BuildContext, source: &ContextSource) -> Vec<Brings> {
    let root = if source.path == "." { String::new() } else { source.path.clone() };
    let mut found: Vec<Brings> = Vec::new();
    for entry in context.below(&root) {
        if let Some(last) = found.last_mut()
            && entry.path.strip_prefix(&last.path).is_some_and(|rest| rest.starts_with('/'))
        {
            last.size += entry.size;
            continue;
        }
        if is_of_a_developer(context, entry) {
            found.push(Brings { path: entry.path.clone(), size: entry.size });
        }
    }
    found
}

fn is_of_a_developer(context: &dyn BuildContext, entry: &Entry) -> bool {
    let (parent, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
    let beside = |file: &str| context.entry(join_clean(parent, file).trim_start_matches('/')).is_some();
    if !entry.is_directory() {
        return name.ends_with(".log");
    }
    match name {
        // The names are common; what stands beside or in them tells.
        "target" => beside("Cargo.toml") || beside("pom.xml"),
        "venv" | "env" => context.entry(&format!("{}/pyvenv.cfg", entry.path)).is_some(),
        "coverage" => beside("package.json"),
        _ => DIRECTORIES.contains(&name),
    }
}

/// Whether a command of the stage asks the version history.
fn uses_history(model: &Model<'_>, step: &Step) -> bool {
    let Some(stage) = model.stage_of(step).filter(|stage| !stage.is_shipped()) else { return false };
    let runs = model.stage_steps(stage).iter().filter(|other| matches!(other.ast, Instruction::Run(_)));
    runs.into_iter().any(|run| {
        let text = model.text_at(run.range());
        text.contains("git ") || text.contains("make") || text.contains("go build") || text.contains("setuptools_scm")
    })
}

fn in_words(size: u64) -> String {
    match size / (1024 * 1024) {
        0 => format!("{} KB", size.div_ceil(1024)),
        megabytes => format!("{megabytes} MB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use crate::testing::{check_ok, check_with};
    use dfopt_semantic::context::MemoryContext;
    use dfopt_semantic::model::Options;

    fn check_in(files: &[(&str, &str)], marked: &str) {
        let context = MemoryContext::from_files(files.iter().copied());
        check_with(&RULE, &Settings::only(&RULE), Options { context: Some(&context), ..Options::default() }, marked);
    }

    #[test]
    fn what_a_directory_brings() {
        let files = [
            (".git/HEAD", "x"),
            ("app/node_modules/a/b.js", "x"),
            ("app/env/x", "x"),
            ("target/x", "x"),
            ("Cargo.toml", "x"),
            ("a.log", "x"),
            ("src/a.rs", "x"),
        ];
        check_in(
            &files,
            "
FROM a
COPY . /x
     ^ this brings `.git`, `a.log`, `app/node_modules`, `target`
COPY src /x
COPY app/ /x
     ^^^^ this brings `app/node_modules`
",
        );
        check_in(&files[..1], "FROM a AS b\nCOPY . /x\nRUN git describe\nFROM c\nCOPY --from=b /y /y\n");
    }

    #[test]
    fn without_a_context_nothing_is_known() {
        check_ok(&RULE, "FROM a\nCOPY . /x\n");
    }
}
