//! What the file and the context say of the image, where no build has shown it.

use std::collections::BTreeMap;

use dfopt_semantic::context::{self, EntryKind};
use dfopt_semantic::model::{Model, Stage, Step};
use dfopt_syntax::ast::Instruction;

use super::commands;
use super::files::COMMON_DIRECTORIES;
use crate::evidence::{Evidence, FileKind, ImageFile, Need, Strength};
use crate::plan::Refusal;
use crate::recipes::Recipe;

/// Evidence as far as it can be had without a build, and what it takes for granted.
pub(crate) fn evidence(
    model: &Model<'_>,
    stage: &Stage,
    recipe: &dyn Recipe,
) -> Result<(Evidence, Vec<String>), Refusal> {
    let mut files: BTreeMap<String, ImageFile> = BTreeMap::new();
    let mut notes = Vec::new();
    if model.context().is_none() {
        notes.push("the build context was not looked at".to_owned());
    }
    for step in model.stage_steps(stage) {
        copied(model, step, &mut files);
    }
    let made = recipe.made(model, stage).filter(|made| !made.is_empty());
    let Some(made) = made.or_else(|| builds_nothing(model, stage).then(Vec::new)) else {
        return Err(Refusal {
            range: last_run(model, stage),
            reason: "the file does not tell what its build makes, and where".into(),
            remedy: "plan with an engine, which shows it".into(),
        });
    };
    let mut needs = Vec::new();
    for made in made {
        needs.push(Need { path: made.path.clone(), strength: Strength::Certain, why: "what the build makes".into() });
        files.insert(made.path, file(FileKind::File, 0o755, made.step));
    }
    let parents: Vec<(String, Option<usize>)> = files
        .iter()
        .flat_map(|(path, file)| parents_of(path).map(|parent| (parent, file.step)).collect::<Vec<_>>())
        .collect();
    for (parent, step) in parents {
        let step = step.filter(|_| !COMMON_DIRECTORIES.contains(&parent.as_str()));
        files.entry(parent).or_insert_with(|| ImageFile { step, ..file(FileKind::Directory, 0o755, 0) });
    }
    let evidence = Evidence { files, needs, is_static: recipe.is_static(model, stage), ..Evidence::default() };
    Ok((evidence, notes))
}

fn file(kind: FileKind, mode: u32, step: usize) -> ImageFile {
    ImageFile { kind, mode, uid: 0, gid: 0, size: 0, link: None, step: Some(step), package: None, is_elf: false }
}

fn parents_of(path: &str) -> impl Iterator<Item = String> + '_ {
    path.char_indices().skip(1).filter(|(_, c)| *c == '/').map(|(at, _)| path[..at].to_owned())
}

/// Whether no instruction makes anything that would have to be carried.
fn builds_nothing(model: &Model<'_>, stage: &Stage) -> bool {
    let mut runs = model.stage_steps(stage).iter().filter(|step| matches!(step.ast, Instruction::Run(_)));
    runs.all(|step| {
        let run = commands::of_run(model, step);
        run.only_packages || run.only_accounts || run.does_nothing
    })
}

fn last_run(model: &Model<'_>, stage: &Stage) -> Option<dfopt_syntax::TextRange> {
    let mut runs = model.stage_steps(stage).iter().filter(|step| matches!(step.ast, Instruction::Run(_)));
    runs.next_back().map(|step| step.ast.head_range())
}

/// The files that COPY or ADD takes from the context.
fn copied(model: &Model<'_>, step: &Step, files: &mut BTreeMap<String, ImageFile>) {
    let (Some(build_context), Some(copied)) = (model.context(), step.copied(model)) else { return };
    if copied.from.is_some() {
        return;
    }
    let Some(destination) = copied.destination.as_ref().and_then(|destination| destination.text.known()) else {
        return;
    };
    let workdir = step.workdir.known().unwrap_or("/");
    let target = context::join_clean(workdir, destination);
    let into = destination.ends_with('/') || destination == "." || copied.sources.len() > 1;
    for source in copied.sources.iter().filter(|source| !source.is_heredoc) {
        let Some(pattern) = source.text.known() else { continue };
        let pattern = context::clean(pattern);
        let pattern = pattern.trim_start_matches('/');
        let glob = context::Glob::parse(pattern).ok();
        for entry in build_context.entries() {
            let is_match = entry.path == pattern
                || (context::has_wildcards(pattern) && glob.as_ref().is_some_and(|glob| glob.matches(&entry.path)));
            let inside = pattern.is_empty() || pattern == ".";
            if !(is_match || inside) {
                continue;
            }
            if inside {
                insert(files, step, &format!("{}/{}", target.trim_end_matches('/'), entry.path), entry);
            } else if entry.is_directory() {
                for below in build_context.below(&entry.path) {
                    let tail = below.path.strip_prefix(&entry.path).unwrap_or_default();
                    insert(files, step, &format!("{}{tail}", target.trim_end_matches('/')), below);
                }
            } else {
                let name = entry.path.rsplit('/').next().unwrap_or(&entry.path);
                let path = if into { format!("{}/{name}", target.trim_end_matches('/')) } else { target.clone() };
                insert(files, step, &path, entry);
            }
        }
    }
}

fn insert(files: &mut BTreeMap<String, ImageFile>, step: &Step, path: &str, entry: &context::Entry) {
    let kind = match &entry.kind {
        EntryKind::File => FileKind::File,
        EntryKind::Directory => FileKind::Directory,
        EntryKind::Symlink(_) => FileKind::Symlink,
        EntryKind::Other => FileKind::Other,
    };
    let link = match &entry.kind {
        EntryKind::Symlink(target) => Some(target.clone()),
        _ => None,
    };
    files.insert(path.to_owned(), ImageFile { link, size: entry.size, ..file(kind, entry.mode, step.index) });
}
