//! The edits of a split: what the runtime stage says, and what the build stage no longer says.

use std::collections::{BTreeMap, BTreeSet};

use dfopt_semantic::model::{Model, Stage, Step};
use dfopt_syntax::ast::{AstNode, CommandForm, Instruction};
use dfopt_syntax::{Edit, Edits, TextRange, TextSize};

use super::files::{COMMON_DIRECTORIES, Files};
use super::ladder::Candidate;
use super::render::{Style, json};
use super::route::Routed;
use super::{packages, users};
use crate::evidence::{BaseEvidence, Evidence, FileKind, ImageFile, Repair};
use crate::plan::{Carried, Dropped, Item, Outcome, Refusal};
use crate::recipes::Trim;
use crate::tree::{Group, Leaf, Tolerance, groups};

/// Everything that the edits follow from.
pub(crate) struct Writer<'w> {
    pub model: &'w Model<'w>,
    pub stage: &'w Stage,
    pub evidence: &'w Evidence,
    pub base: Option<&'w BaseEvidence>,
    pub candidate: &'w Candidate,
    pub files: &'w Files<'w>,
    pub routed: &'w [Routed<'w>],
    pub cut: usize,
    /// What removes from the build stage what only building needs.
    pub trims: &'w [Trim],
    pub has_engine_facts: bool,
}

/// The edits with their reasons.
pub(crate) struct Written {
    pub edits: Edits,
    /// `None` where one stage is enough.
    pub build_stage: Option<String>,
    pub carried: Vec<Carried>,
    pub dropped: Vec<Dropped>,
    /// Paths that come along with a directory although nothing asks for them.
    pub along: BTreeSet<String>,
    pub assumptions: Vec<String>,
}

/// More COPY instructions than this are not for people.
const MOST_COPIES: usize = 24;

/// Engines stop at some 125 layers, those of the base included.
const MOST_LAYERS: usize = 80;

/// What may come along so that there are fewer, the strictest first.
const TOLERANCES: &[Tolerance] =
    &[Tolerance { extra: 1, wanted: 10 }, Tolerance { extra: 1, wanted: 3 }, Tolerance { extra: 1, wanted: 1 }];

/// Variables of toolchain images that only builds read.
const TOOLCHAIN_VARIABLES: &[&str] = &[
    "GOPATH",
    "GOTOOLCHAIN",
    "GOROOT",
    "GOPROXY",
    "GOFLAGS",
    "GOCACHE",
    "RUSTUP_HOME",
    "CARGO_HOME",
    "MAVEN_HOME",
    "MAVEN_CONFIG",
    "GRADLE_HOME",
    "GPG_KEY",
    "GPG_KEYS",
    "PHPIZE_DEPS",
    "PHP_CFLAGS",
    "PHP_CPPFLAGS",
    "PHP_LDFLAGS",
    "PHP_URL",
    "PHP_ASC_URL",
    "PHP_SHA256",
    "YARN_VERSION",
    "PYTHON_GET_PIP_URL",
    "DOTNET_SDK_VERSION",
    "HOSTNAME",
    "HOME",
    "TERM",
];

/// One COPY of the runtime stage, and what must be made ready for it.
#[derive(Default)]
struct Copies {
    directories: Vec<String>,
    lines: Vec<String>,
    links: Vec<String>,
    has_local_libraries: bool,
    owners: BTreeSet<(u32, u32)>,
}

impl Writer<'_> {
    pub fn write(&self) -> Result<Written, Box<Outcome>> {
        let style = Style::of(self.model);
        let build_stage = self.build_stage();
        let mut carried = Vec::new();
        let mut dropped = Vec::new();

        let stays = |step: usize| self.routed[self.cut..].iter().any(|routed| routed.step.index == step);
        let copied = self.files.copied(&stays);
        let grouped = self.group(&copied)?;
        let along = self.along(&grouped);
        self.files.reasons(&grouped, &along, &mut dropped, &mut carried);
        let copies = self.copies(&grouped, &style, &build_stage)?;
        if copied.is_empty() {
            let reason = "nothing is known that the build makes for the image to run";
            return Err(refused(
                None,
                reason,
                "build with an engine, so that it can be seen, or name the output in the build command",
            ));
        }

        let mut left_packages = BTreeMap::new();
        let wanted = packages::needed(self.files, self.routed, self.cut, self.evidence, self.base, &mut left_packages);
        carried.extend(
            wanted.iter().map(|(name, why)| Carried { item: Item::Package(name.clone()), reason: why.clone() }),
        );
        dropped.extend(
            left_packages.iter().map(|(name, why)| Dropped { item: Item::Package(name.clone()), reason: why.clone() }),
        );

        let mut block = String::new();
        block.push_str(style.newline());
        block.push_str(&self.runtime_from(&style));
        if !wanted.is_empty() {
            let names: Vec<&str> = wanted.keys().map(String::as_str).collect();
            let manager = self.manager();
            let text = manager.as_deref().and_then(|manager| packages::install(&style, manager, &names));
            block.push_str(&text.ok_or_else(|| self.no_packages(&names))?);
        }
        let mut moved = Vec::new();
        let mut edits = Vec::new();
        self.settings(&style, &mut block, &mut moved, &mut edits, &mut carried);
        self.inherited(&style, &mut block, &mut carried);
        match users::users(self.model, self.routed, self.cut, self.evidence, self.base, &copies.owners) {
            users::Users::Present => {}
            users::Users::Commands(commands) => {
                carried.extend(commands.iter().map(|text| Carried {
                    item: Item::User(text.split_whitespace().last().unwrap_or_default().to_owned()),
                    reason: format!("`{text}`"),
                }));
                block.push_str(&style.line("RUN", &commands.join(" && ")));
            }
            users::Users::Copied => {
                let sources = ["/etc/passwd".to_owned(), "/etc/group".to_owned()];
                carried.push(Carried {
                    item: Item::Path("/etc/passwd".into()),
                    reason: "the users that the image names".into(),
                });
                block.push_str(&style.copy(&build_stage, &[], &sources, "/etc/"));
            }
        }
        if !copies.directories.is_empty() {
            block.push_str(&style.line("RUN", &copies.directories.join(" && ")));
        }
        for line in &copies.lines {
            block.push_str(line);
        }
        let mut afterwards = copies.links.clone();
        afterwards.extend(self.metadata());
        if copies.has_local_libraries {
            afterwards.push("ldconfig".into());
        }
        if !afterwards.is_empty() {
            if self.base.is_some_and(|base| !base.has_shell) {
                let reason = format!("{} has no shell for `{}`", self.candidate.image, afterwards.join(" && "));
                return Err(refused(None, &reason, "a base with a shell"));
            }
            block.push_str(&style.line("RUN", &afterwards.join(" && ")));
        }
        for text in &moved {
            block.push_str(text);
        }
        if let Some(user) = self.last_user() {
            block.push_str(&style.line("USER", &user));
        }

        edits.extend(self.name_edits(&style, &build_stage));
        let trims: String = self.trims.iter().map(|trim| style.line("RUN", &self.trim_command(trim))).collect();
        edits.push(self.insertion(&style, trims + &block));
        let edits = Edits::new(self.model.text(), edits).map_err(|error| {
            refused(None, &format!("the edits do not fit together: {error}"), "please report this file")
        })?;
        let assumptions = self.assumptions();
        Ok(Written { edits, build_stage: Some(build_stage), carried, dropped, along, assumptions })
    }

    pub(super) fn assumptions(&self) -> Vec<String> {
        let without = "planned without a build: what the program needs at run time was not looked at";
        if self.has_engine_facts { Vec::new() } else { vec![without.to_owned()] }
    }

    /// A name for the build stage that is not the one somebody may build by.
    fn build_stage(&self) -> String {
        let taken = self.stage.name.as_ref().map(|name| name.name.as_str());
        let free = ["build", "builder", "compile"].into_iter().find(|name| Some(*name) != taken);
        free.unwrap_or("build-stage").to_owned()
    }

    pub(super) fn runtime_from(&self, style: &Style) -> String {
        let from = self.model.stage_steps(self.stage).first();
        let platform = from.and_then(|step| step.ast.flag("platform")).map(|flag| flag.raw_value().as_str().to_owned());
        let mut words = String::new();
        if let Some(platform) = platform.filter(|platform| !platform.contains("BUILDPLATFORM")) {
            words.push_str(&format!("--platform={platform} "));
        }
        words.push_str(&self.candidate.image);
        if let Some(name) = &self.stage.name {
            words.push_str(&format!(" {} {}", style.keyword("AS"), self.model.text_at(name.range)));
        }
        style.line("FROM", &words)
    }

    /// The package manager of the runtime base.
    pub(super) fn manager(&self) -> Option<String> {
        match self.base {
            Some(base) => base.package_manager.clone(),
            None => self.candidate.package_manager.clone(),
        }
    }

    pub(super) fn no_packages(&self, names: &[&str]) -> Box<Outcome> {
        let reason = format!("{} cannot install packages, and {} is needed", self.candidate.image, names.join(", "));
        refused(None, &reason, "a base with a package manager")
    }

    /// The sources of the COPY instructions: as few as can be without anything that is not wanted, and fewer than that where it would
    /// be too many.
    fn group(&self, copied: &[(&str, &ImageFile, &str)]) -> Result<Vec<Group>, Box<Outcome>> {
        let wanted: BTreeSet<&str> = copied.iter().map(|(path, _, _)| *path).collect();
        let directories: BTreeSet<&str> = self
            .evidence
            .files
            .iter()
            .filter(|(_, file)| file.kind == FileKind::Directory)
            .map(|(path, _)| path.as_str())
            .collect();
        let leaves = || {
            let files = self.evidence.files.iter().filter(|(path, _)| !self.files.is_trimmed(path));
            files.map(|(path, file)| {
                let is_wanted = wanted.contains(path.as_str());
                let size = if file.kind == FileKind::File { file.size } else { 0 };
                (path.as_str(), Leaf { size, is_wanted })
            })
        };
        let closed = |is_closed: &dyn Fn(&str, &ImageFile) -> bool| -> BTreeSet<&str> {
            let files = self.evidence.files.iter().filter(|(_, file)| file.kind == FileKind::Directory);
            files
                .filter(|(path, file)| COMMON_DIRECTORIES.contains(&path.as_str()) || is_closed(path, file))
                .map(|(path, _)| path.as_str())
                .collect()
        };
        // What the base has of its own would be covered by a whole directory.
        let strictly =
            closed(&|path, file| file.step.is_none() && self.base.is_none_or(|base| base.present.contains(path)));
        let found = groups(leaves(), &directories, &strictly, Tolerance::NONE);
        if found.len() <= MOST_COPIES {
            return Ok(found);
        }
        // A link among the parents could not be copied over.
        let widely = closed(&|path, file| {
            file.step.is_none() && self.base.is_none_or(|base| base.linked_directories.contains_key(path))
        });
        let mut found = found;
        for tolerance in TOLERANCES {
            let fewer = groups(leaves(), &directories, &widely, *tolerance);
            if fewer.len() < found.len() {
                found = fewer;
            }
            if found.len() <= MOST_COPIES {
                return Ok(found);
            }
        }
        if found.len() <= MOST_LAYERS {
            return Ok(found);
        }
        let reason = format!("what the image runs lies in {} places between what it does not need", found.len());
        Err(refused(None, &reason, "install the program into a directory of its own, and start it from there"))
    }

    /// Paths that come along with a directory although nothing asks for them.
    fn along(&self, grouped: &[Group]) -> BTreeSet<String> {
        let folders = grouped.iter().filter_map(|group| match group {
            Group::Directory(path) => Some(path),
            Group::Files { .. } => None,
        });
        folders
            .flat_map(|folder| self.below(folder))
            .filter(|(path, _)| !self.files.is_trimmed(path) && self.files.is_left(path))
            .map(|(path, _)| path.clone())
            .collect()
    }

    fn copies(&self, grouped: &[Group], style: &Style, build_stage: &str) -> Result<Copies, Box<Outcome>> {
        let mut copies = Copies::default();
        let mut ready: BTreeSet<String> = BTreeSet::new();
        for group in grouped {
            match group {
                Group::Directory(path) => {
                    self.owners_below(path, &mut copies.owners);
                    copies.has_local_libraries |= self.has_library_below(path);
                    self.parents(path, &mut ready, &mut copies)?;
                    let mut flags = Vec::new();
                    if let Some(odd) = self.odd_directory(path) {
                        match self.uniform_owner(path).filter(|_| odd.mode & 0o7777 == 0o755) {
                            Some((uid, gid)) => flags.push(format!("--chown={}", self.owner(uid, gid))),
                            None => self.make_directory(path, odd, &mut ready, &mut copies)?,
                        }
                    }
                    copies.lines.push(style.copy(build_stage, &flags, std::slice::from_ref(path), path));
                }
                Group::Files { parent, names } => {
                    self.parents(&format!("{parent}/x"), &mut ready, &mut copies)?;
                    let mut sources = Vec::new();
                    for name in names {
                        let path = format!("{parent}/{name}");
                        let Some(file) = self.evidence.files.get(&path) else { continue };
                        copies.owners.insert((file.uid, file.gid));
                        copies.has_local_libraries |= is_local_library(&path);
                        match &file.link {
                            Some(link) if self.base.is_none_or(|base| base.has_shell) => {
                                copies.links.push(format!("ln -s {} {}", quoted(link), quoted(&path)));
                            }
                            _ => sources.push(path),
                        }
                    }
                    match sources.as_slice() {
                        [] => {}
                        [one] => copies.lines.push(style.copy(build_stage, &[], std::slice::from_ref(one), one)),
                        _ => copies.lines.push(style.copy(build_stage, &[], &sources, &format!("{parent}/"))),
                    }
                }
            }
        }
        Ok(copies)
    }

    /// A directory that COPY would make with another owner or mode, unless the base has it.
    fn odd_directory(&self, path: &str) -> Option<&ImageFile> {
        let file = self.evidence.files.get(path)?;
        file.step?;
        let plain = file.mode & 0o7777 == 0o755 && file.uid == 0 && file.gid == 0;
        let there = self.base.is_some_and(|base| base.same.contains(path));
        (!plain && !there).then_some(file)
    }

    /// Makes odd directories above a path.
    fn parents(&self, path: &str, ready: &mut BTreeSet<String>, copies: &mut Copies) -> Result<(), Box<Outcome>> {
        let ends = path.char_indices().skip(1).filter(|(_, c)| *c == '/').map(|(at, _)| at);
        for end in ends {
            if let Some(odd) = self.odd_directory(&path[..end]) {
                self.make_directory(&path[..end], odd, ready, copies)?;
            }
        }
        Ok(())
    }

    fn make_directory(
        &self,
        path: &str,
        odd: &ImageFile,
        ready: &mut BTreeSet<String>,
        copies: &mut Copies,
    ) -> Result<(), Box<Outcome>> {
        if !ready.insert(path.to_owned()) {
            return Ok(());
        }
        if self.base.is_some_and(|base| !base.has_shell) {
            let reason = format!("{} has no shell to give {path} its owner and mode", self.candidate.image);
            return Err(refused(None, &reason, "a base with a shell"));
        }
        copies.owners.insert((odd.uid, odd.gid));
        copies.directories.push(format!(
            "install -d -m {:04o} -o {} -g {} {}",
            odd.mode & 0o7777,
            odd.uid,
            odd.gid,
            quoted(path)
        ));
        Ok(())
    }

    fn below<'s>(&'s self, path: &str) -> impl Iterator<Item = (&'s String, &'s ImageFile)> + use<'s> {
        let prefix = format!("{path}/");
        let start = std::ops::Bound::Included(prefix.clone());
        self.evidence
            .files
            .range((start, std::ops::Bound::Unbounded))
            .take_while(move |(path, _)| path.starts_with(&prefix))
    }

    fn owners_below(&self, path: &str, owners: &mut BTreeSet<(u32, u32)>) {
        owners.extend(self.evidence.files.get(path).map(|file| (file.uid, file.gid)));
        owners.extend(self.below(path).map(|(_, file)| (file.uid, file.gid)));
    }

    /// The owner of everything below a directory and of itself, if it is one.
    fn uniform_owner(&self, path: &str) -> Option<(u32, u32)> {
        let first = self.evidence.files.get(path).map(|file| (file.uid, file.gid))?;
        self.below(path).all(|(_, file)| (file.uid, file.gid) == first).then_some(first)
    }

    fn has_library_below(&self, path: &str) -> bool {
        self.below(path).any(|(path, _)| is_local_library(path))
    }

    fn owner(&self, uid: u32, gid: u32) -> String {
        format!("{uid}:{gid}")
    }

    /// What gives single paths their owner and mode back.
    fn metadata(&self) -> Vec<String> {
        let mut commands = Vec::new();
        for repair in &self.evidence.repairs {
            if let Repair::Metadata { path } = repair
                && let Some(file) = self.evidence.files.get(path)
            {
                let path = quoted(path);
                commands.push(format!(
                    "chown {}:{} {path} && chmod {:04o} {path}",
                    file.uid,
                    file.gid,
                    file.mode & 0o7777
                ));
            }
        }
        commands
    }

    /// ENV, ARG, SHELL and WORKDIR again; LABEL, EXPOSE and their like moved over.
    fn settings(
        &self,
        style: &Style,
        block: &mut String,
        moved: &mut Vec<String>,
        edits: &mut Vec<Edit>,
        carried: &mut Vec<Carried>,
    ) {
        let build = &self.routed[..self.cut];
        let used = self.used_arguments();
        let last_workdir = build.iter().rposition(|routed| matches!(routed.step.ast, Instruction::Workdir(_)));
        let last_shell = build.iter().rposition(|routed| matches!(routed.step.ast, Instruction::Shell(_)));
        for (at, routed) in build.iter().enumerate() {
            let step = routed.step;
            let again = match &step.ast {
                Instruction::Env(_) => Some("the running program may read it"),
                Instruction::Arg(_) if step.variables.iter().any(|variable| used.contains(&variable.name)) => {
                    Some("an instruction of the runtime stage uses it")
                }
                Instruction::Shell(_) if Some(at) == last_shell && self.has_shell_form() => {
                    Some("a command of the runtime stage is in shell form")
                }
                Instruction::Workdir(_) if Some(at) == last_workdir => Some("the program starts there"),
                _ => None,
            };
            if let Some(reason) = again {
                carried.push(carried_instruction(step, reason));
                let text = match &step.ast {
                    Instruction::Workdir(_) => {
                        self.workdir(step).map_or_else(|| self.text(step), |path| style.line("WORKDIR", &path))
                    }
                    _ => self.text(step),
                };
                block.push_str(text.trim_end_matches(['\r', '\n']));
                block.push_str(style.newline());
                continue;
            }
            let describes = matches!(
                step.ast,
                Instruction::Label(_)
                    | Instruction::Expose(_)
                    | Instruction::Volume(_)
                    | Instruction::Stopsignal(_)
                    | Instruction::Healthcheck(_)
                    | Instruction::Entrypoint(_)
                    | Instruction::Cmd(_)
                    | Instruction::Maintainer(_)
            );
            if describes {
                carried.push(carried_instruction(step, "describes the running container"));
                let range = self.with_comments(step);
                let mut text = self.model.text_at(range).to_owned();
                if !text.ends_with('\n') {
                    text.push_str(style.newline());
                }
                moved.push(text);
                edits.push(Edit::delete(self.with_blank_line(range)));
            }
        }
    }

    /// The absolute path of a WORKDIR that builds on another one; `None` when its text can stay.
    fn workdir(&self, step: &Step) -> Option<String> {
        let word = step.ast.words().next()?.raw();
        if word.starts_with('/') || word.starts_with('$') {
            return None;
        }
        let current = step.workdir.known()?;
        let to = step.argument(self.model)?.into_known()?;
        Some(if current == "/" { format!("/{to}") } else { format!("{current}/{to}") })
    }

    /// What the original takes from its base and the runtime base does not bring.
    pub(super) fn inherited(&self, style: &Style, block: &mut String, carried: &mut Vec<Carried>) {
        let Some(base) = self.base else { return };
        let original = &self.evidence.config;
        let sets = |kind: fn(&Instruction) -> bool| self.routed.iter().any(|routed| kind(&routed.step.ast));
        let scope = self.model.scope_after(self.stage);
        let mut variables: Vec<(&String, &String)> = Vec::new();
        for (name, value) in &original.env {
            let made_here = scope
                .variable(name)
                .is_some_and(|(variable, _)| variable.kind == dfopt_semantic::model::VariableKind::Env);
            if made_here || base.config.env.get(name) == Some(value) {
                continue;
            }
            let of_toolchain =
                TOOLCHAIN_VARIABLES.contains(&name.as_str()) || name.ends_with("_VERSION") || name.contains("SHA256");
            let asked = self
                .evidence
                .repairs
                .iter()
                .any(|repair| matches!(repair, Repair::Variable { name: asked, .. } if asked == name));
            let is_path = name == "PATH" && !self.path_is_needed(value, base);
            if asked || !(of_toolchain || is_path) {
                variables.push((name, value));
            }
        }
        for (name, value) in variables {
            carried.push(Carried { item: Item::Variable(name.clone()), reason: "set by the original base".into() });
            block.push_str(&style.line("ENV", &format!("{name}={}", env_value(value, self.model.escape()))));
        }
        if !sets(|ast| matches!(ast, Instruction::Workdir(_)))
            && normal(&original.workdir) != normal(&base.config.workdir)
        {
            block.push_str(&style.line("WORKDIR", normal(&original.workdir)));
        }
        if !sets(|ast| matches!(ast, Instruction::Entrypoint(_))) && original.entrypoint != base.config.entrypoint {
            let words: Vec<String> = original.entrypoint.iter().map(|word| json(word)).collect();
            block.push_str(&style.line("ENTRYPOINT", &format!("[{}]", words.join(", "))));
        }
        let starts = sets(|ast| matches!(ast, Instruction::Cmd(_) | Instruction::Entrypoint(_)));
        if !starts && original.cmd != base.config.cmd {
            let words: Vec<String> = original.cmd.iter().map(|word| json(word)).collect();
            block.push_str(&style.line("CMD", &format!("[{}]", words.join(", "))));
        }
        if !sets(|ast| matches!(ast, Instruction::Stopsignal(_)))
            && original.stop_signal != base.config.stop_signal
            && let Some(signal) = &original.stop_signal
        {
            block.push_str(&style.line("STOPSIGNAL", signal));
        }
        if !sets(|ast| matches!(ast, Instruction::Expose(_))) {
            for port in original.ports.difference(&base.config.ports) {
                block.push_str(&style.line("EXPOSE", port));
            }
        }
        if !sets(|ast| matches!(ast, Instruction::Volume(_))) {
            for volume in original.volumes.difference(&base.config.volumes) {
                block.push_str(&style.line("VOLUME", &format!("[{}]", json(volume))));
            }
        }
    }

    /// Whether a program of the plan is found through a part of PATH that the base lacks.
    fn path_is_needed(&self, value: &str, base: &BaseEvidence) -> bool {
        let has: Vec<&str> = base.config.env.get("PATH").map(|path| path.split(':').collect()).unwrap_or_default();
        let stays = |_: usize| false;
        let copied = self.files.copied(&stays);
        value.split(':').filter(|part| !has.contains(part)).any(|part| {
            copied.iter().any(|(path, file, _)| {
                file.mode & 0o111 != 0
                    && path.strip_prefix(part).is_some_and(|rest| rest.starts_with('/') && !rest[1..].contains('/'))
            })
        })
    }

    /// The user in force at the cut, if the file set it.
    fn last_user(&self) -> Option<String> {
        let step =
            self.routed[..self.cut].iter().rev().find(|routed| matches!(routed.step.ast, Instruction::User(_)))?;
        let word = step.step.ast.words().next()?;
        let runtime_user = self.base.map(|base| base.config.user.as_str()).unwrap_or_default();
        let text = word.raw();
        (!(text == "root" && runtime_user.is_empty())).then_some(text)
    }

    /// The names of arguments that instructions of the runtime stage name.
    fn used_arguments(&self) -> BTreeSet<String> {
        let mut used = BTreeSet::new();
        let mut note = |step: &Step| {
            for variable in step.ast.syntax().descendants().filter_map(dfopt_syntax::ast::Variable::cast) {
                used.extend(variable.name().map(|name| name.text().to_owned()));
            }
            if let Some(script) = self.model.script(step)
                && matches!(step.ast, Instruction::Run(_))
            {
                for invocation in script.invocations() {
                    used.extend(invocation.words.iter().flat_map(|word| word.variables()));
                }
            }
        };
        for routed in &self.routed[self.cut..] {
            note(routed.step);
        }
        for routed in &self.routed[..self.cut] {
            if !matches!(
                routed.step.ast,
                Instruction::Run(_) | Instruction::Copy(_) | Instruction::Add(_) | Instruction::Arg(_)
            ) {
                note(routed.step);
            }
        }
        // Arguments that the defaults of used ones name.
        loop {
            let more: Vec<String> = self.routed[..self.cut]
                .iter()
                .filter(|routed| routed.step.variables.iter().any(|variable| used.contains(&variable.name)))
                .flat_map(|routed| {
                    routed
                        .step
                        .ast
                        .syntax()
                        .descendants()
                        .filter_map(dfopt_syntax::ast::Variable::cast)
                        .collect::<Vec<_>>()
                })
                .filter_map(|variable| variable.name().map(|name| name.text().to_owned()))
                .filter(|name| !used.contains(name))
                .collect();
            if more.is_empty() {
                return used;
            }
            used.extend(more);
        }
    }

    /// Whether something in the runtime stage is for a shell.
    fn has_shell_form(&self) -> bool {
        self.routed.iter().enumerate().any(|(at, routed)| {
            let shell_form = matches!(routed.step.ast.command(), Some(CommandForm::Shell(_)));
            shell_form && (at >= self.cut || !matches!(routed.step.ast, Instruction::Run(_)))
        })
    }

    fn text(&self, step: &Step) -> String {
        self.model.text_at(step.ast.head_range()).to_owned()
    }

    /// An instruction's lines with the comments right above it.
    pub(super) fn with_comments(&self, step: &Step) -> TextRange {
        let full = step.ast.full_range();
        let text = self.model.text();
        let mut start = usize::from(full.start());
        while let Some(line_start) =
            text[..start].strip_suffix('\n').map(|above| above.rfind('\n').map_or(0, |at| at + 1))
        {
            let line = &text[line_start..start];
            let in_stage =
                self.routed.first().is_none_or(|first| line_start >= usize::from(first.step.ast.full_range().start()));
            if !line.trim_start().starts_with('#') || !in_stage {
                break;
            }
            start = line_start;
        }
        TextRange::new(TextSize::new(u32::try_from(start).unwrap_or(u32::MAX)), full.end())
    }

    fn name_edits(&self, style: &Style, build_stage: &str) -> Vec<Edit> {
        if let Some(name) = &self.stage.name {
            return vec![Edit::replace(name.range, build_stage)];
        }
        let from = self.model.stage_steps(self.stage).first();
        let image = from.and_then(|step| match &step.ast {
            Instruction::From(from) => from.image(),
            _ => None,
        });
        image
            .map(|image| Edit::insert(image.range().end(), format!(" {} {build_stage}", style.keyword("AS"))))
            .into_iter()
            .collect()
    }

    /// The command of a trim, from where the build stage stands.
    fn trim_command(&self, trim: &Trim) -> String {
        let here = self.routed[..self.cut].last().and_then(|routed| routed.step.workdir.known()).unwrap_or("/");
        if here == trim.directory {
            trim.command.clone()
        } else {
            format!("cd {} && {}", quoted(&trim.directory), trim.command)
        }
    }

    fn insertion(&self, style: &Style, mut block: String) -> Edit {
        let last = match self.cut {
            0 => self.model.stage_steps(self.stage).first(),
            cut => self.routed.get(cut - 1).map(|routed| routed.step),
        };
        let at = last.map_or_else(|| TextSize::of(self.model.text()), |step| step.ast.full_range().end());
        let before = &self.model.text()[..usize::from(at)];
        if !before.ends_with('\n') {
            block.insert_str(0, style.newline());
            if block.ends_with(style.newline()) {
                block.truncate(block.len() - style.newline().len());
            }
        }
        Edit::insert(at, block)
    }
}

fn normal(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}

fn carried_instruction(step: &Step, reason: &str) -> Carried {
    let range = step.ast.head_range();
    let item = Item::Instruction { keyword: step.ast.name(), start: range.start().into(), end: range.end().into() };
    Carried { item, reason: reason.into() }
}

pub(super) fn refused(range: Option<TextRange>, reason: &str, remedy: &str) -> Box<Outcome> {
    Box::new(Outcome::Refused(Refusal { range, reason: reason.into(), remedy: remedy.into() }))
}

/// Whether the linker finds the library only through its cache.
fn is_local_library(path: &str) -> bool {
    path.starts_with("/etc/ld.so.conf.d/")
        || path.starts_with("/usr/local/lib") && path.rsplit('/').next().is_some_and(|name| name.contains(".so"))
}

/// A path as a word of a POSIX shell.
fn quoted(path: &str) -> String {
    let plain = path.bytes().all(|b| {
        b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'_' | b'-' | b'+' | b'@' | b':' | b',' | b'%')
    });
    if plain { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

/// A value as ENV reads it back.
fn env_value(value: &str, escape: char) -> String {
    let plain = value
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'_' | b'-' | b'+' | b':' | b',' | b'='));
    if plain && !value.is_empty() {
        return value.to_owned();
    }
    let mut text = String::from("\"");
    for c in value.chars() {
        if matches!(c, '"' | '$') || c == escape {
            text.push(escape);
        }
        text.push(c);
    }
    text.push('"');
    text
}
