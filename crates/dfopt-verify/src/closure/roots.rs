//! Where a closure starts: what the configuration runs, and what commands and scripts name.

use std::collections::BTreeMap;

use super::shell::commands;
use super::{Certainty, From, Missing, Reason, Start, Walk};
use crate::image::{Command, Image, file_name, join};

/// Which command names a path.
#[derive(Clone, Copy)]
enum Origin {
    EntryPoint,
    HealthCheck,
    Command,
}

impl Origin {
    fn reason(self, word: &str) -> Reason {
        let word = word.to_owned();
        match self {
            Self::EntryPoint => Reason::EntryPoint { word },
            Self::HealthCheck => Reason::HealthCheck { word },
            Self::Command => Reason::Command { word },
        }
    }
}

const NOWHERE: From<'static> = From { path: None, certainty: Certainty::Certain };

/// The path of a program, found as the engine finds it: through `PATH`, or from the working folder when it has a slash.
#[must_use]
pub fn resolve_program(image: &Image, name: &str) -> Option<String> {
    if name.is_empty() {
        return None;
    }
    let config = &image.config.config;
    let is_program = |path: &String| {
        image.root.resolve(path).is_ok_and(|found| found.node.entry.is_file() && found.node.entry.mode & 0o111 != 0)
    };
    if name.contains('/') {
        return Some(join(config.workdir(), name)).filter(is_program);
    }
    config.search_path().into_iter().map(|folder| join(config.workdir(), &format!("{folder}/{name}"))).find(is_program)
}

/// All programs that can be called by name, with the path each is found at.
pub(super) fn programs(image: &Image) -> BTreeMap<&str, String> {
    let mut programs = BTreeMap::new();
    for folder in image.config.config.search_path().into_iter().rev() {
        let Ok(resolution) = image.root.resolve(folder) else { continue };
        for (path, node) in image.root.children(&resolution.path) {
            let runs = node.entry.is_file() && node.entry.mode & 0o111 != 0;
            if runs || node.entry.link_target().is_some() {
                programs.insert(file_name(path), format!("{}/{}", folder.trim_end_matches('/'), file_name(path)));
            }
        }
    }
    programs
}

pub(super) fn add(walk: &mut Walk<'_>, start: &Start) {
    let image = walk.image;
    let config = &image.config.config;
    let entry = config.entrypoint.as_deref().unwrap_or(&[]);
    let words: Vec<String> = config.command();
    command(walk, &words, entry.len(), Origin::EntryPoint);
    match config.health_command() {
        Some(Command::Words(words)) => command(walk, words, words.len(), Origin::HealthCheck),
        Some(Command::Shell(text)) => {
            let shell = config.shell.clone().unwrap_or_else(|| vec!["/bin/sh".to_owned(), "-c".to_owned()]);
            if let Some(shell) = shell.first()
                && walk.need(shell, Certainty::Certain, Reason::Shell, NOWHERE).is_none()
            {
                walk.unresolved(NOWHERE, Missing::Program { name: shell.clone() });
            }
            shell_text(walk, text, config.workdir(), NOWHERE, Origin::HealthCheck, Certainty::Certain);
        }
        None => {}
    }
    for words in &start.commands {
        command(walk, words, words.len(), Origin::Command);
    }
    for (path, certainty) in &start.paths {
        walk.need(path, *certainty, Reason::Asked, NOWHERE);
    }
    for soname in config.env_value("LD_PRELOAD").unwrap_or("").split([':', ' ']).filter(|name| !name.is_empty()) {
        preload(walk, soname);
    }
    for soname in image.root.text("/etc/ld.so.preload").unwrap_or("").split_whitespace() {
        preload(walk, soname);
    }
}

fn preload(walk: &mut Walk<'_>, soname: &str) {
    let Some(elf) = any_program(walk.image) else { return };
    let Some(found) = walk.linker.find("/", &elf, soname, None) else { return };
    walk.need(&found, Certainty::Certain, Reason::Preloaded { soname: soname.to_owned() }, NOWHERE);
}

/// Facts of some program of the image, for lookups that no program in particular asks for.
pub(super) fn any_program(image: &Image) -> Option<crate::elf::ElfFacts> {
    let word = image.config.config.command().into_iter().next()?;
    let named = resolve_program(image, &word).and_then(|path| image.root.resolve(&path).ok());
    let elf = named.and_then(|found| found.node.entry.elf().cloned()).or_else(|| {
        image.root.iter().find_map(|(_, node)| node.entry.elf().filter(|elf| elf.interpreter.is_some()).cloned())
    })?;
    Some(crate::elf::ElfFacts { rpath: Vec::new(), runpath: Vec::new(), ..elf })
}

/// The words of a command in exec form; the first `fixed` of them are not arguments of an entry point.
fn command(walk: &mut Walk<'_>, words: &[String], fixed: usize, origin: Origin) {
    let Some(first) = words.first() else { return };
    let image = walk.image;
    let mut program_path = None;
    match resolve_program(image, first) {
        Some(path) => program_path = walk.need(&path, Certainty::Certain, origin.reason(first), NOWHERE),
        None => walk.unresolved(NOWHERE, Missing::Program { name: first.clone() }),
    }
    if let Some(text) = shell_argument(words) {
        shell_text(walk, text, image.config.config.workdir(), NOWHERE, origin, Certainty::Certain);
    }
    let wraps = is_wrapper(first) || program_path.as_deref().is_some_and(|path| is_script(image, path));
    let mut wrapped = wraps;
    for (at, word) in words.iter().enumerate().skip(1) {
        if argument_path(walk, word, origin) {
            wrapped = false;
            continue;
        }
        // An entry point script or wrapper usually runs the words after it.
        let first_argument = at == fixed && fixed > 0;
        if (wrapped || first_argument)
            && !word.starts_with('-')
            && !word.contains('/')
            && let Some(path) = resolve_program(image, word)
        {
            let certainty = if wraps { Certainty::Certain } else { Certainty::Likely };
            walk.need(&path, certainty, origin.reason(word), NOWHERE);
            wrapped = is_wrapper(word);
            if let Some(text) = shell_argument(&words[at..]) {
                shell_text(walk, text, image.config.config.workdir(), NOWHERE, origin, Certainty::Certain);
            }
        }
    }
}

/// A word that is, or holds, a path that exists.
fn argument_path(walk: &mut Walk<'_>, word: &str, origin: Origin) -> bool {
    let image = walk.image;
    let workdir = image.config.config.workdir();
    let value = match word.split_once('=') {
        Some((_, value)) if word.starts_with('-') => value,
        _ => word,
    };
    if value.len() < 2 || value.starts_with('-') {
        return false;
    }
    let mut found = false;
    // `node server` means `server.js`; `app:create` means `app.py`; `-cp a.jar:b.jar` is a list.
    let module = value.split(':').next().unwrap_or(value);
    let spellings = [
        value.to_owned(),
        module.to_owned(),
        format!("{value}.js"),
        format!("{value}.mjs"),
        format!("{}.py", module.replace('.', "/")),
        module.replace('.', "/"),
    ];
    for spelling in spellings.iter().map(String::as_str).chain(value.split(':').skip(1)) {
        if spelling.is_empty() || spelling == "." || spelling == "/" {
            continue;
        }
        let path = join(workdir, spelling);
        if image.root.exists(&path) {
            walk.need(&path, Certainty::Certain, origin.reason(word), NOWHERE);
            found = true;
        }
    }
    found
}

fn is_wrapper(word: &str) -> bool {
    matches!(
        file_name(word),
        "tini"
            | "dumb-init"
            | "env"
            | "gosu"
            | "su-exec"
            | "nice"
            | "exec"
            | "time"
            | "timeout"
            | "nohup"
            | "setsid"
            | "catatonit"
            | "setpriv"
            | "stdbuf"
            | "doppler"
            | "catchsegv"
            | "xvfb-run"
    )
}

fn is_script(image: &Image, path: &str) -> bool {
    image.root.get(path).and_then(|node| node.entry.content.as_ref()).is_some_and(|content| content.shebang.is_some())
}

/// The text of `sh -c TEXT`.
fn shell_argument(words: &[String]) -> Option<&str> {
    let shell = file_name(words.first()?);
    if !matches!(shell, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh") {
        return None;
    }
    let at = words
        .iter()
        .skip(1)
        .position(|word| word.starts_with('-') && !word.starts_with("--") && word.ends_with('c'))?;
    words.get(at + 2).map(String::as_str)
}

/// What a shell text of the configuration runs.
fn shell_text(walk: &mut Walk<'_>, text: &str, folder: &str, from: From<'_>, origin: Origin, certainty: Certainty) {
    words_of(walk, text, folder, from, certainty, &|word| origin.reason(word));
}

/// What a shell script runs.
pub(super) fn script(walk: &mut Walk<'_>, text: &str, folder: &str, from: From<'_>) {
    words_of(walk, text, folder, from, Certainty::Likely, &|word| Reason::Executes { program: word.to_owned() });
}

fn words_of(
    walk: &mut Walk<'_>,
    text: &str,
    folder: &str,
    from: From<'_>,
    certainty: Certainty,
    reason: &dyn Fn(&str) -> Reason,
) {
    let image = walk.image;
    let workdir = image.config.config.workdir();
    for simple in commands(text) {
        for program in simple.programs() {
            if let Some(path) = resolve_program(image, program) {
                walk.need(&path, certainty, reason(program), from);
            }
        }
        for word in simple.words.iter().flatten() {
            let value = word.rsplit('=').next().unwrap_or(word);
            if value.len() < 2 || value.starts_with('-') {
                continue;
            }
            for base in [workdir, folder] {
                let path = join(base, value);
                let Ok(found) = image.root.resolve(&path) else { continue };
                let own = !image.is_from_base(found.node);
                let named = value.contains('/') || own;
                if named && path != "/" && !super::names::is_noise(&path) {
                    let edge = if own || found.node.entry.is_file() { certainty } else { Certainty::Possible };
                    walk.need(&path, edge.min(Certainty::Likely), Reason::Names { text: word.clone() }, from);
                }
            }
        }
        // A command line given to another shell.
        for pair in simple.words.windows(2) {
            if let [Some(flag), Some(inner)] = pair
                && flag.starts_with('-')
                && flag.ends_with('c')
                && inner.contains(' ')
                && inner.len() < text.len()
            {
                words_of(walk, inner, folder, from, certainty, reason);
            }
        }
    }
}
