//! What changes seldom before what changes often: manifests, then the fetch of what they ask for, then the sources; packages of the
//! distribution before any of them.

use dfopt_semantic::command::ecosystems::{self, Ecosystem};
use dfopt_semantic::model::{Brought, DependencyInstall, EarlyCopy, Model, Stage, Step};
use dfopt_syntax::ast::Instruction;
use dfopt_syntax::{Edit, Edits, TextRange};

use crate::plan::{Change, Refusal, Rewrite, Rewritten};
use crate::prune::with_comments_above;
use crate::split::commands;
use crate::split::render::Style;

/// Plans the order of copies for every stage that is built.
#[must_use]
pub fn order_copies(model: &Model<'_>) -> Rewritten {
    if let Some(error) = model.parse().errors().first() {
        return refuse(Some(error.range), "the file has syntax errors", "repair them (`dfopt check` shows each)");
    }
    let mut refusal = None;
    for stage in model.stages() {
        for copy in model.early_copies(stage) {
            match (Ordering { model, stage, copy }).plan() {
                Ok(rewrite) => return rewrite,
                Err(found) => refusal = refusal.or(Some(found)),
            }
        }
    }
    match refusal {
        Some(refusal) => Rewritten::Refused(refusal),
        None => Rewritten::Nothing { reason: "nothing is copied before what does not need it".into() },
    }
}

/// One copy of sources and what comes behind it.
struct Ordering<'o> {
    model: &'o Model<'o>,
    stage: &'o Stage,
    copy: &'o EarlyCopy,
}

/// Directories that a fetch fills and that a copy from the host would cover.
const FETCHED: &[&str] = &["node_modules", "vendor", "deps", "_build", ".venv", "venv"];

impl Ordering<'_> {
    fn plan(&self) -> Result<Rewritten, Refusal> {
        let copying = self.step(self.copy.step)?;
        let fetch = self.copy.dependencies.first();
        let packages = self.copy.packages.first().and_then(|command| self.step_at(command.start));
        let mut edits = Vec::new();
        let mut changes = Vec::new();
        // What is moved behind, and what before.
        if let Some(step) = packages.filter(|step| commands::of_run(self.model, step).only_packages) {
            let range = self.lines(step);
            changes.push(Change { range, reason: "packages of the distribution do not depend on the sources".into() });
            edits.push(Edit::delete(range));
            edits.push(Edit::insert(self.lines(copying).start(), self.text(range)));
        }
        if let Some(fetch) = fetch {
            let step = self.step(fetch.step)?;
            self.is_sound(copying, step, fetch)?;
            let manifests = self.manifests(fetch)?;
            let range = self.lines(copying);
            changes.push(Change { range, reason: "only the manifests decide what is fetched".into() });
            edits.push(Edit::replace(range, self.copies(copying, &manifests)));
            edits.push(Edit::insert(self.lines(step).end(), self.behind(step, range)));
        }
        if edits.is_empty() {
            let reason = "the instruction that installs packages does more than that";
            return Err(self.refused(copying, reason, "give the packages an instruction of their own"));
        }
        let edits = Edits::new(self.model.text(), edits).map_err(|error| {
            self.refused(copying, &format!("the edits do not fit together: {error}"), "please report this file")
        })?;
        Ok(Rewritten::Done(Rewrite { edits, changes }))
    }

    /// The conditions under which the fetch brings the same without the sources.
    fn is_sound(&self, copying: &Step, step: &Step, fetch: &DependencyInstall) -> Result<(), Refusal> {
        if !fetch.only_fetches {
            let remedy = "fetch in an instruction of its own, before the one that builds";
            return Err(self.refused(step, "the command fetches and builds at once", remedy));
        }
        if self.model.dependency_installs(step).len() != commands_in(self.model, step) {
            let remedy = "give the fetch an instruction of its own";
            return Err(self.refused(
                step,
                "the instruction does more than fetch, and that may read the sources",
                remedy,
            ));
        }
        let between = self.model.stage_steps(self.stage).iter().filter(|other| {
            other.index > copying.index && other.index < step.index && Some(other.index) != self.packages_step()
        });
        for other in between {
            let harmless = match &other.ast {
                Instruction::Run(_) => {
                    let run = commands::of_run(self.model, other);
                    run.only_packages || run.only_accounts || run.does_nothing
                }
                Instruction::Workdir(_) | Instruction::User(_) | Instruction::Copy(_) | Instruction::Add(_) => false,
                _ => true,
            };
            if !harmless {
                let reason = "an instruction between the copy and the fetch may depend on the order";
                return Err(self.refused(other, reason, "move it before the copy or behind the fetch"));
            }
        }
        let Some(context) = self.model.context() else {
            return Err(self.refused(copying, "the build context is not known", "give its folder with `--context`"));
        };
        let root = self.root();
        let covered =
            FETCHED.iter().find(|name| context.entry(&joined(root, name)).is_some_and(|entry| entry.is_directory()));
        if let Some(name) = covered {
            let reason = format!("`{name}` is in the build context, and the copy of it would cover what was fetched");
            return Err(self.refused(copying, &reason, &format!("add `{name}` to .dockerignore")));
        }
        Ok(())
    }

    /// The manifests of the ecosystem in the build context, relative to the folder that is copied.
    fn manifests(&self, fetch: &DependencyInstall) -> Result<Vec<String>, Refusal> {
        let copying = self.step(self.copy.step)?;
        let Some(context) = self.model.context() else { return Ok(Vec::new()) };
        let root = self.root();
        let inside = |path: &str| -> Option<String> {
            if root.is_empty() {
                Some(path.to_owned())
            } else {
                path.strip_prefix(root)?.strip_prefix('/').map(str::to_owned)
            }
        };
        let found: Vec<String> = context
            .entries()
            .iter()
            .filter(|entry| !entry.is_directory())
            .filter_map(|entry| inside(&entry.path))
            .filter(|path| {
                ecosystems::is_manifest(fetch.ecosystem, path) && !path.split('/').any(|part| FETCHED.contains(&part))
            })
            .collect();
        if found.is_empty() {
            let reason = "no manifest that the fetch could read is in the build context";
            return Err(self.refused(copying, reason, "see whether .dockerignore hides it"));
        }
        for name in &fetch.named {
            let base = name.rsplit('/').next().unwrap_or(name);
            if !found.iter().any(|path| path.rsplit('/').next() == Some(base)) {
                let reason = format!("`{base}`, which the fetch reads, is no manifest in the build context");
                return Err(self.refused(copying, &reason, "copy it in an instruction of its own before the fetch"));
            }
        }
        for path in &found {
            let text = context.read(&joined(root, path)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            if let Some(why) = text.and_then(|text| needs_sources(fetch.ecosystem, path, &text)) {
                let reason = format!("`{path}` {why}, so the fetch needs the sources");
                return Err(self.refused(copying, &reason, "none while it does"));
            }
        }
        Ok(found)
    }

    /// The copies of the manifests, those of one folder in one instruction, with the flags of the copy of all.
    fn copies(&self, copying: &Step, manifests: &[String]) -> String {
        let style = Style::of(self.model);
        let flags: String =
            copying.ast.flags().map(|flag| format!("{} ", self.model.text_at(flag_range(&flag)))).collect();
        let copied = copying.copied(self.model);
        let to = copied
            .and_then(|copied| copied.destination)
            .and_then(|to| to.text.into_known())
            .unwrap_or_else(|| ".".into());
        let to = to.trim_end_matches('/');
        let mut folders: Vec<&str> =
            manifests.iter().map(|path| path.rsplit_once('/').map_or("", |(folder, _)| folder)).collect();
        folders.sort_unstable();
        folders.dedup();
        let mut text = String::new();
        for folder in folders {
            let of_it =
                manifests.iter().filter(|path| path.rsplit_once('/').map_or("", |(folder, _)| folder) == folder);
            let sources: Vec<String> = of_it.map(|path| joined(self.root(), path)).collect();
            let to = if folder.is_empty() { format!("{to}/") } else { format!("{to}/{folder}/") };
            text.push_str(&style.line("COPY", &format!("{flags}{} {to}", sources.join(" "))));
        }
        text
    }

    /// Moved lines behind an instruction, which may lack its line end.
    fn behind(&self, step: &Step, range: TextRange) -> String {
        let text = self.text(range);
        if self.model.text_at(step.ast.full_range()).ends_with('\n') {
            text
        } else {
            format!("\n{}", text.trim_end_matches('\n'))
        }
    }

    /// The folder of the context that is copied; empty for all of it.
    fn root(&self) -> &str {
        if self.copy.source.kind == Brought::Directory && self.copy.source.path != "." {
            &self.copy.source.path
        } else {
            ""
        }
    }

    fn packages_step(&self) -> Option<usize> {
        self.copy.packages.first().and_then(|command| self.step_at(command.start)).map(|step| step.index)
    }

    fn step(&self, index: usize) -> Result<&Step, Refusal> {
        let found = self.model.steps().iter().find(|step| step.index == index);
        found.ok_or_else(|| Refusal {
            range: None,
            reason: "an instruction is gone".into(),
            remedy: "please report this file".into(),
        })
    }

    fn step_at(&self, offset: u32) -> Option<&Step> {
        let holds = |step: &&Step| step.ast.full_range().contains(offset.into());
        self.model.stage_steps(self.stage).iter().find(holds)
    }

    /// An instruction's lines with the comments right above.
    fn lines(&self, step: &Step) -> TextRange {
        let full = step.ast.full_range();
        TextRange::new(with_comments_above(self.model, full.start()), full.end())
    }

    fn text(&self, range: TextRange) -> String {
        let text = self.model.text_at(range);
        if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
    }

    fn refused(&self, step: &Step, reason: &str, remedy: &str) -> Refusal {
        Refusal { range: Some(step.ast.head_range()), reason: reason.into(), remedy: remedy.into() }
    }
}

fn flag_range(flag: &dfopt_syntax::ast::Flag) -> TextRange {
    use dfopt_syntax::ast::AstNode;
    flag.range()
}

fn joined(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

/// How many commands of a RUN have an effect of their own.
fn commands_in(model: &Model<'_>, step: &Step) -> usize {
    use dfopt_semantic::command::{Command, Understood, understand};
    let Some(script) = model.script(step) else { return usize::MAX };
    let commands = script.invocations().into_iter().filter_map(Command::of);
    commands
        .filter(|command| {
            !matches!(
                understand(command),
                Understood::Cd(_) | Understood::SetOption { .. } | Understood::Pure(_) | Understood::Print(_)
            )
        })
        .count()
}

/// What in a manifest asks for the sources.
fn needs_sources(ecosystem: Ecosystem, path: &str, text: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    match ecosystem {
        Ecosystem::Node if name == "package.json" => {
            let scripts = ["\"preinstall\"", "\"install\"", "\"postinstall\"", "\"prepare\""];
            let local = ["\"file:", "\"link:", "\"portal:"];
            if scripts.iter().any(|script| text.contains(script)) {
                return Some("has a script that runs on installation");
            }
            local.iter().any(|start| text.contains(start)).then_some("names a package by its path")
        }
        Ecosystem::Python if name.ends_with(".txt") || name.ends_with(".in") => {
            let local = |line: &str| {
                let line = line.trim();
                line.starts_with("-e")
                    || line.starts_with("--editable")
                    || line.starts_with('.')
                    || line.contains("file:")
            };
            text.lines().any(local).then_some("names a package by its path")
        }
        _ => None,
    }
}

fn refuse(range: Option<TextRange>, reason: &str, remedy: &str) -> Rewritten {
    Rewritten::Refused(Refusal { range, reason: reason.into(), remedy: remedy.into() })
}
