//! Candidates made worse by machine: from a Dockerfile whose image is known to be right, many that lose or change one thing.
//!
//! The judge must refute each, or it must be harmless; which it is, this module does not say.

use dfopt_semantic::model::{Model, Options, Step};
use dfopt_syntax::ast::{AstNode as _, Instruction, Source};
use dfopt_syntax::{Edit, Edits, TextRange};
use dfopt_verify::image::{CAPABILITY, Image, Kind, file_name};
use dfopt_verify::packages::is_manager_state;

/// A Dockerfile with one thing lost or changed.
#[derive(Debug, Clone)]
pub struct Broken {
    /// What kind of loss it is, for counts.
    pub kind: &'static str,
    /// What was lost or changed.
    pub what: String,
    /// The Dockerfile.
    pub text: String,
}

/// Bases that stand in for others: another C library, no shell, another user. A fuller one of the same release loses nothing.
const OTHER_BASES: &[&str] = &[
    "alpine:3.22",
    "busybox",
    "debian:trixie-slim",
    "gcr.io/distroless/static-debian13",
    "gcr.io/distroless/static-debian13:nonroot",
    "gcr.io/distroless/base-debian13",
    "gcr.io/distroless/cc-debian13",
    "golang:1.24-alpine",
    "scratch",
];

struct Maker<'a> {
    text: &'a str,
    model: &'a Model<'a>,
    image: &'a Image,
    found: Vec<Broken>,
}

/// All that can be lost of a Dockerfile whose image is this one.
///
/// # Panics
/// When the Dockerfile has no stage.
#[must_use]
pub fn breakages(text: &str, image: &Image) -> Vec<Broken> {
    let parsed = dfopt_syntax::parse(text);
    let model = Model::new(text, &parsed, Options::default());
    let stage = model.target().expect("a stage");
    let mut maker = Maker { text, model: &model, image, found: Vec::new() };
    for step in model.stage_steps(stage) {
        maker.of_step(step);
    }
    maker.of_files(model.stage_steps(stage));
    let mut found = maker.found;
    found.retain(|broken| broken.text != text);
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|broken| seen.insert(broken.text.clone()));
    found
}

/// The paths that the image's own layers brought, those of packages and of their installation left out.
#[must_use]
pub fn carried(image: &Image) -> Vec<String> {
    let installs: Vec<bool> = image
        .layers
        .iter()
        .map(|layer| layer.index.written().any(|(path, _)| is_manager_state(path) && !path.starts_with("/var/cache")))
        .collect();
    let is_account = |path: &str| {
        ["/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow"].iter().any(|file| path.starts_with(file))
    };
    image
        .root
        .iter()
        .filter(|(path, node)| !image.is_from_base(node) && !installs[node.layer] && *path != "/")
        .filter(|(path, _)| !is_manager_state(path) && !is_account(path) && !path.starts_with("/etc/sub"))
        .filter(|(path, _)| {
            !["/var/log/", "/etc/ld.so.cache", "/etc/.pwd.lock"].iter().any(|noise| path.starts_with(noise))
        })
        .filter(|(path, node)| {
            // A folder that a copy went through is nobody's own, unless it is empty or of its own mode or owner.
            let plain = node.entry.mode == 0o755 && (node.entry.uid, node.entry.gid) == (0, 0);
            !node.entry.is_folder() || !plain || image.root.children(path).next().is_none()
        })
        .map(|(path, _)| path.to_owned())
        .collect()
}

impl Maker<'_> {
    fn push(&mut self, kind: &'static str, what: impl Into<String>, edits: Vec<Edit>) {
        let edits = Edits::new(self.text, edits).expect("edits of this text");
        let text = edits.apply(self.text).expect("edits of this text");
        self.found.push(Broken { kind, what: what.into(), text });
    }

    fn replace(&mut self, kind: &'static str, range: TextRange, with: &str) {
        let what = format!("`{}` → `{with}`", self.model.text_at(range));
        self.push(kind, what, vec![Edit::replace(range, with)]);
    }

    /// One word of several less.
    fn drop_word(&mut self, kind: &'static str, range: TextRange) {
        let what = format!("`{}`", self.model.text_at(range));
        self.push(kind, what, vec![Edit::delete(range)]);
    }

    fn of_step(&mut self, step: &Step) {
        let instruction = &step.ast;
        let kind = match instruction {
            Instruction::From(_) => return self.of_base(step),
            Instruction::Copy(_) | Instruction::Add(_) => {
                self.of_copy(step);
                "COPY dropped"
            }
            Instruction::Run(_) => {
                self.of_run(step);
                "RUN dropped"
            }
            Instruction::Env(_) | Instruction::Label(_) => {
                self.of_pairs(step);
                if matches!(instruction, Instruction::Env(_)) { "ENV dropped" } else { "LABEL dropped" }
            }
            Instruction::User(_) => {
                self.of_words(step, "USER altered", &["root", "65533", "nobody"]);
                "USER dropped"
            }
            Instruction::Workdir(_) => {
                self.of_words(step, "WORKDIR altered", &["/", "/tmp", "/elsewhere"]);
                "WORKDIR dropped"
            }
            Instruction::Expose(_) => {
                self.of_words(step, "EXPOSE altered", &["1", "8081/tcp", "8080/udp", "80-90"]);
                "EXPOSE dropped"
            }
            Instruction::Volume(_) => {
                self.of_words(step, "VOLUME altered", &["/elsewhere", "/var/lib"]);
                "VOLUME dropped"
            }
            Instruction::Stopsignal(_) => {
                self.of_words(step, "STOPSIGNAL altered", &["SIGKILL", "9", "SIGTERM"]);
                "STOPSIGNAL dropped"
            }
            Instruction::Healthcheck(_) => {
                self.of_health_check(step);
                "HEALTHCHECK dropped"
            }
            Instruction::Entrypoint(_) | Instruction::Cmd(_) => {
                self.of_command(step);
                if matches!(instruction, Instruction::Cmd(_)) { "CMD dropped" } else { "ENTRYPOINT dropped" }
            }
            _ => return,
        };
        let line = self.model.text_at(step.range()).lines().next().unwrap_or_default().to_owned();
        self.push(kind, line, vec![Edit::delete(instruction.full_range())]);
    }

    fn of_base(&mut self, step: &Step) {
        let Instruction::From(from) = &step.ast else { return };
        let Some(image) = from.image() else { return };
        for other in OTHER_BASES {
            self.replace("base swapped", image.range(), other);
        }
    }

    fn of_copy(&mut self, step: &Step) {
        let Some((sources, Some(destination))) = step.ast.copied() else { return };
        let into = destination.raw();
        if sources.len() > 1 {
            for source in &sources {
                self.drop_word("COPY narrowed", source.range());
            }
        }
        // Elsewhere, beside, and under the name of a folder.
        self.replace("COPY destination renamed", destination.range(), "/elsewhere/");
        let beside = format!("{}x", into.trim_end_matches('/'));
        let beside = if sources.len() > 1 || into.ends_with('/') { format!("{beside}/") } else { beside };
        self.replace("COPY destination renamed", destination.range(), &beside);
        let deeper = format!("{}/deeper/", into.trim_end_matches('/'));
        self.replace("COPY destination renamed", destination.range(), &deeper);
        let at = step.keyword_range().end();
        for (kind, flag) in
            [("owner lost", " --chown=4321:4321"), ("mode lost", " --chmod=0600"), ("mode lost", " --chmod=4755")]
        {
            self.push(kind, format!("{}{flag}", self.model.text_at(step.range())), vec![Edit::insert(at, flag)]);
        }
        for source in &sources {
            self.narrow(step, source, &sources, &into);
        }
    }

    /// A folder of which only one file is copied.
    fn narrow(&mut self, step: &Step, source: &Source, sources: &[Source], into: &str) {
        let from = source.raw();
        let folder = if into.starts_with('/') { "" } else { step.workdir.known().unwrap_or_default() };
        let place = format!("{folder}/{}", into.trim_start_matches("./").trim_matches('/'));
        let is_folder = |path: &str| self.image.root.get(path).is_some_and(|node| node.entry.is_folder());
        if sources.len() != 1 || into.contains('$') || !is_folder(&place) || file_name(&place) != file_name(&from) {
            return;
        }
        let below: Vec<String> = self
            .image
            .root
            .below(&place)
            .filter(|(_, node)| !node.entry.is_folder())
            .map(|(path, _)| path[place.len() + 1..].to_owned())
            .collect();
        let to = step.ast.copied().and_then(|(_, destination)| destination).map(|destination| destination.range());
        let Some(to) = to else { return };
        if below.len() > 1 {
            for file in below.iter().take(3) {
                let edits = vec![
                    Edit::replace(source.range(), format!("{}/{file}", from.trim_end_matches('/'))),
                    Edit::replace(to, format!("{}/{file}", into.trim_end_matches('/'))),
                ];
                self.push("COPY narrowed", format!("only {file} of {from}"), edits);
            }
        }
    }

    fn of_run(&mut self, step: &Step) {
        for installation in self.model.installations(step) {
            for package in &installation.packages {
                let range = TextRange::new(package.range.start.into(), package.range.end.into());
                if installation.packages.len() > 1 {
                    self.drop_word("package dropped", range);
                }
                // Something small that is no substitute.
                self.replace("package swapped", range, "hostname");
            }
        }
    }

    fn of_pairs(&mut self, step: &Step) {
        let is_env = matches!(step.ast, Instruction::Env(_));
        let pairs: Vec<_> = step.ast.pairs().collect();
        for pair in &pairs {
            let (Some(name), Some(value)) = (pair.name(), pair.value()) else { continue };
            if pairs.len() > 1 {
                // On one line: a continuation would take in the next instruction.
                let others = pairs.iter().filter(|other| *other != pair).map(|other| self.model.text_at(other.range()));
                let text = format!("{} {}", step.ast.name(), others.collect::<Vec<_>>().join(" "));
                let kind = if is_env { "ENV dropped" } else { "LABEL dropped" };
                let what = self.model.text_at(pair.range()).to_owned();
                self.push(kind, what, vec![Edit::replace(step.range(), text)]);
            }
            self.replace(if is_env { "ENV altered" } else { "LABEL altered" }, value.range(), "other");
            self.replace(if is_env { "ENV altered" } else { "LABEL altered" }, name.range(), "OTHER_NAME");
        }
    }

    fn of_words(&mut self, step: &Step, kind: &'static str, others: &[&str]) {
        let words: Vec<TextRange> = match step.ast.json() {
            Some(json) => json.strings().map(|string| string.range()).collect(),
            None => step.ast.words().map(|word| word.range()).collect(),
        };
        let is_json = step.ast.json().is_some();
        for range in words {
            for other in others {
                let other = if is_json { format!("\"{other}\"") } else { (*other).to_owned() };
                self.replace(kind, range, &other);
            }
        }
    }

    fn of_health_check(&mut self, step: &Step) {
        self.push("HEALTHCHECK altered", "NONE", vec![Edit::replace(step.range(), "HEALTHCHECK NONE")]);
        for flag in step.ast.flags() {
            self.drop_word("HEALTHCHECK altered", flag.range());
            let name = flag.name().unwrap_or_default();
            self.replace("HEALTHCHECK altered", flag.range(), &format!("--{name}=9"));
        }
        self.of_command(step);
    }

    fn of_command(&mut self, step: &Step) {
        let kind = match step.ast {
            Instruction::Healthcheck(_) => "HEALTHCHECK altered",
            Instruction::Entrypoint(_) => "ENTRYPOINT altered",
            _ => "CMD altered",
        };
        let Some(json) = step.ast.json() else { return };
        let words: Vec<_> = json.strings().collect();
        let quoted = |words: &[String]| {
            let words: Vec<String> = words.iter().map(|word| serde_json::to_string(word).unwrap()).collect();
            format!("[{}]", words.join(", "))
        };
        let values: Vec<String> = words.iter().map(|word| word.value()).collect();
        let other = |edit: &dyn Fn(&mut Vec<String>)| {
            let mut values = values.clone();
            edit(&mut values);
            quoted(&values)
        };
        let range = json.range();
        for at in 0..values.len() {
            if values.len() > 1 {
                self.replace(kind, range, &other(&|values| drop(values.remove(at))));
            }
            self.replace(kind, range, &other(&|values| values[at].push('x')));
        }
        self.replace(kind, range, &other(&|values| values.push("more".to_owned())));
        self.replace(kind, range, &other(&|values| values.insert(0, "env".to_owned())));
        // The same words for a shell.
        self.replace(kind, range, &values.join(" "));
    }

    /// Losses that a further RUN brings about; only where the image has a shell for it.
    fn of_files(&mut self, steps: &[Step]) {
        if !self.image.root.exists("/bin/sh") || !self.image.root.exists("/bin/chmod") {
            return;
        }
        let last = steps
            .iter()
            .rfind(|step| matches!(step.ast, Instruction::Copy(_) | Instruction::Add(_) | Instruction::Run(_)))
            .or(steps.first());
        let Some(last) = last else { return };
        let at = last.ast.full_range().end();
        let missing = if self.text[..at.into()].ends_with('\n') { "" } else { "\n" };
        let mut losses: Vec<(&'static str, String)> = Vec::new();
        for path in carried(self.image) {
            let Some(node) = self.image.root.get(&path) else { continue };
            let word = format!("'{path}'");
            match &node.entry.kind {
                Kind::Symlink { .. } => {
                    losses.push(("symlink lost", format!("rm {word}")));
                    losses.push(("symlink lost", format!("ln -sfn /nowhere {word}")));
                }
                Kind::Folder => {
                    losses.push(("mode lost", format!("chmod 0711 {word}")));
                    losses.push(("owner lost", format!("chown 4321:4321 {word}")));
                    if self.image.root.children(&path).next().is_none() {
                        losses.push(("empty directory lost", format!("rmdir {word}")));
                    }
                }
                Kind::File { .. } => {
                    losses.push(("file lost", format!("rm {word}")));
                    losses.push(("file lost", format!("mv {word} {word}.old")));
                    losses.push(("content changed", format!("echo >>{word}")));
                    losses.push(("content changed", format!("rm {word} && mkdir {word}")));
                    let other = if node.entry.mode & 0o111 == 0 { "0640" } else { "a-x" };
                    losses.push(("mode lost", format!("chmod {other} {word}")));
                    losses.push(("owner lost", format!("chown 0:4321 {word}")));
                    if node.entry.xattrs.contains_key(CAPABILITY) {
                        losses.push(("capability lost", format!("cp -p {word} /x && rm {word} && mv /x {word}")));
                    }
                    for soname in node.entry.elf().map(|elf| elf.needed.clone()).unwrap_or_default() {
                        if let Some((place, _)) = self.image.root.iter().find(|(path, _)| file_name(path) == soname) {
                            // Renaming libc leaves no program to rename anything else with; the loader stays.
                            losses.push(("library renamed", format!("mv '{place}' '{place}.old'")));
                        }
                    }
                }
                _ => {}
            }
        }
        let user = self.image.config.config.user.split(':').next().unwrap_or_default();
        if !user.is_empty() && user.parse::<u32>().is_err() {
            losses.push(("user lost", format!("sed -i '/^{user}:/d' /etc/passwd")));
            losses.push(("user lost", format!("sed -i -E 's/^({user}:[^:]*):[0-9]+:/\\1:4321:/' /etc/passwd")));
        }
        losses.push(("mode lost", "chmod 0755 /tmp".to_owned()));
        if matches!(user, "" | "0" | "root") {
            losses.push(("mode lost", "chmod 0755 /root".to_owned()));
        }
        let user = last.user.as_ref().and_then(|user| user.known()).map(str::to_owned);
        for (kind, loss) in losses {
            let text = match &user {
                Some(user) => format!("{missing}USER 0\nRUN {loss}\nUSER {user}\n"),
                None => format!("{missing}RUN {loss}\n"),
            };
            self.push(kind, loss, vec![Edit::insert(at, text)]);
        }
    }
}
