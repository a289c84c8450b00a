//! What an image needs to run what it runs: every file, why, how sure that is, and through which chain.
//!
//! The planner asks this of the original to know what to carry; the comparison asks it to know what may not be missing.

mod linker;
mod names;
mod roots;
mod shell;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

pub use linker::Linker;
pub(crate) use names::{does_without, is_noise as is_everywhere};
pub use roots::resolve_program;
pub use shell::{SimpleCommand, commands};

use crate::image::{Image, Node, ResolveError, file_name, parent};

/// What a closure starts from, beside the entry point and the health check.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Paths that are kept for their own sake, with how sure it is that they are used.
    pub paths: Vec<(String, Certainty)>,
    /// Commands that are also run, such as a smoke test.
    pub commands: Vec<Vec<String>>,
}

/// How sure it is that a file is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// A string could stand for it.
    Possible,
    /// A string names it, and the program has the means to use it.
    Likely,
    /// The kernel, the loader or the engine asks for it.
    Certain,
}

/// The needs of an image.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Closure {
    /// Needed files, folders and links, by path.
    pub needs: BTreeMap<String, Need>,
    /// What could not be found even in this image.
    pub unresolved: Vec<Unresolved>,
    /// Environment variables that needed files name, each with one such file.
    pub variables: BTreeMap<String, String>,
    /// Needed files whose strings could not all be looked at.
    pub opaque: BTreeSet<String>,
}

/// One needed path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// The path, without links in its folders.
    pub path: String,
    /// How sure that is.
    pub certainty: Certainty,
    /// Why.
    pub reason: Reason,
    /// The path that needs it; `None` for what the image's configuration names.
    pub because: Option<String>,
    /// Whether all that is below the folder is meant.
    pub tree: bool,
    /// The package that owns it.
    pub owner: Option<String>,
    /// Position of the layer that wrote it last.
    pub layer: usize,
    /// Whether that layer belongs to the base image.
    pub from_base: bool,
}

/// Why a path is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Reason {
    /// The entry point or command names it.
    EntryPoint {
        /// The word that does.
        word: String,
    },
    /// The health check names it.
    HealthCheck {
        /// The word that does.
        word: String,
    },
    /// A command that is also run names it.
    Command {
        /// The word that does.
        word: String,
    },
    /// The shell form needs it.
    Shell,
    /// It was asked for by its path.
    Asked,
    /// A symbolic link points to it, or it is such a link on the way.
    Link,
    /// It loads an ELF file.
    Loader,
    /// An ELF file is linked with it.
    Linked {
        /// The library's name.
        soname: String,
    },
    /// It is preloaded.
    Preloaded {
        /// The library's name.
        soname: String,
    },
    /// A script's first line names it.
    Interpreter {
        /// That line's word.
        word: String,
    },
    /// A string names this library.
    Loads {
        /// The library's name.
        soname: String,
    },
    /// A string names this path.
    Names {
        /// The string.
        text: String,
    },
    /// A string or script names this program.
    Executes {
        /// The program as named.
        program: String,
    },
    /// It belongs to a language runtime.
    Runtime,
}

/// Something needed that is not in the image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unresolved {
    /// The path that needs it; `None` for the image's configuration.
    pub needed_by: Option<String>,
    /// What is missing.
    pub missing: Missing,
}

/// What is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Missing {
    /// A program that the configuration names.
    Program {
        /// As named.
        name: String,
    },
    /// The loader of an ELF file.
    Loader {
        /// Its path.
        path: String,
    },
    /// A linked library.
    Library {
        /// Its name.
        soname: String,
    },
    /// The interpreter of a script.
    Interpreter {
        /// Its name or path.
        name: String,
    },
    /// The target of a link.
    Target {
        /// Its path.
        path: String,
    },
}

/// Computes what an image needs.
#[must_use]
pub fn closure(image: &Image, start: &Start) -> Closure {
    let mut walk = Walk {
        image,
        linker: Linker::new(image),
        programs: roots::programs(image),
        closure: Closure::default(),
        queues: Default::default(),
        executables: BTreeMap::new(),
    };
    roots::add(&mut walk, start);
    walk.run();
    walk.closure.unresolved.sort();
    walk.closure.unresolved.dedup();
    walk.closure
}

impl Closure {
    /// The need for exactly this path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Need> {
        self.needs.get(path)
    }

    /// The chain of needs that leads to a path, from the configuration to the path itself.
    #[must_use]
    pub fn chain(&self, path: &str) -> Vec<&Need> {
        let mut chain = Vec::new();
        let mut at = Some(path);
        while let Some(need) = at.and_then(|path| self.needs.get(path)) {
            if chain.len() > 64 {
                break;
            }
            chain.push(need);
            at = need.because.as_deref();
        }
        chain.reverse();
        chain
    }

    /// The needs of at least this certainty, by path.
    pub fn at_least(&self, certainty: Certainty) -> impl Iterator<Item = &Need> {
        self.needs.values().filter(move |need| need.certainty >= certainty)
    }

    /// The packages that own needs of at least this certainty, each with its paths.
    #[must_use]
    pub fn packages(&self, certainty: Certainty) -> BTreeMap<&str, Vec<&str>> {
        let mut packages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for need in self.at_least(certainty) {
            if let Some(owner) = &need.owner {
                packages.entry(owner).or_default().push(&need.path);
            }
        }
        packages
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::EntryPoint { word } => write!(f, "the entry point names `{word}`"),
            Self::HealthCheck { word } => write!(f, "the health check names `{word}`"),
            Self::Command { word } => write!(f, "the command names `{word}`"),
            Self::Shell => f.write_str("the shell form needs it"),
            Self::Asked => f.write_str("it is kept"),
            Self::Link => f.write_str("a link leads to it"),
            Self::Loader => f.write_str("it loads the program"),
            Self::Linked { soname } => write!(f, "linked as `{soname}`"),
            Self::Preloaded { soname } => write!(f, "preloaded as `{soname}`"),
            Self::Interpreter { word } => write!(f, "the first line names `{word}`"),
            Self::Loads { soname } => write!(f, "a string names the library `{soname}`"),
            Self::Names { text } => write!(f, "a string names `{text}`"),
            Self::Executes { program } => write!(f, "it runs `{program}`"),
            Self::Runtime => f.write_str("it belongs to the language runtime"),
        }
    }
}

/// The state of a closure while it is computed.
struct Walk<'a> {
    image: &'a Image,
    linker: Linker<'a>,
    programs: BTreeMap<&'a str, String>,
    closure: Closure,
    /// Paths to look into, by certainty: surer ones first, so that each path is reached by its surest chain.
    queues: [VecDeque<String>; 3],
    /// For a library, the executable whose process it was first loaded into.
    executables: BTreeMap<String, String>,
}

/// Where a need comes from.
#[derive(Clone, Copy)]
struct From<'b> {
    path: Option<&'b str>,
    certainty: Certainty,
}

impl<'a> Walk<'a> {
    fn run(&mut self) {
        while let Some((path, certainty)) = self.next() {
            let Some(node) = self.image.root.get(&path) else { continue };
            let from = From { path: Some(&path), certainty };
            self.follow_link(&path, node, from);
            self.follow_elf(&path, node, from);
            self.follow_script(&path, node, from);
            if certainty > Certainty::Possible {
                // What a package's files name is what the package depends on.
                if self.image.packages().owner(&path).is_none() {
                    names::follow(self, &path, node, from);
                }
                self.follow_runtime(&path, from);
            }
        }
    }

    fn next(&mut self) -> Option<(String, Certainty)> {
        for (queue, certainty) in [(2, Certainty::Certain), (1, Certainty::Likely), (0, Certainty::Possible)] {
            while let Some(path) = self.queues[queue].pop_front() {
                // It may have been reached by a surer chain since.
                if self.closure.needs.get(&path).is_some_and(|need| need.certainty == certainty) {
                    return Some((path, certainty));
                }
            }
        }
        None
    }

    /// Adds the path and the links on the way to it; says where it ends.
    fn need(&mut self, path: &str, edge: Certainty, reason: Reason, from: From<'_>) -> Option<String> {
        self.need_with(path, edge, reason, from, false)
    }

    fn need_with(&mut self, path: &str, edge: Certainty, reason: Reason, from: From<'_>, tree: bool) -> Option<String> {
        let image = self.image;
        let resolution = image.root.resolve(path).ok()?;
        let certainty = edge.min(from.certainty);
        for hop in &resolution.hops {
            if let Some(node) = image.root.get(hop) {
                self.record(hop, node, certainty, reason.clone(), from, false);
            }
        }
        // A link's target is reached through the link.
        let through = resolution.hops.last().filter(|hop| Some(hop.as_str()) != from.path).cloned();
        let (reason, because) = match &through {
            Some(hop) => (Reason::Link, Some(hop.as_str())),
            None => (reason, from.path),
        };
        let origin = From { path: because, certainty };
        self.record(&resolution.path, resolution.node, certainty, reason, origin, tree);
        Some(resolution.path)
    }

    fn record(&mut self, path: &str, node: &Node, certainty: Certainty, reason: Reason, from: From<'_>, tree: bool) {
        if let Some(known) = self.closure.needs.get_mut(path) {
            known.tree |= tree;
            if known.certainty >= certainty {
                return;
            }
        }
        if from.path == Some(path) {
            return;
        }
        let tree = tree || self.closure.needs.get(path).is_some_and(|known| known.tree);
        let need = Need {
            path: path.to_owned(),
            certainty,
            reason,
            because: from.path.map(str::to_owned),
            tree,
            owner: self.image.packages().owner(path).map(|package| package.name.clone()),
            layer: node.layer,
            from_base: self.image.is_from_base(node),
        };
        self.closure.needs.insert(path.to_owned(), need);
        let queue = match certainty {
            Certainty::Possible => 0,
            Certainty::Likely => 1,
            Certainty::Certain => 2,
        };
        self.queues[queue].push_back(path.to_owned());
    }

    fn unresolved(&mut self, from: From<'_>, missing: Missing) {
        self.closure.unresolved.push(Unresolved { needed_by: from.path.map(str::to_owned), missing });
    }

    fn follow_link(&mut self, path: &str, node: &Node, from: From<'_>) {
        if node.entry.link_target().is_none() {
            return;
        }
        if self.need(path, Certainty::Certain, Reason::Link, from).is_none()
            && let Err(ResolveError::Missing { at, .. }) = self.image.root.resolve(path)
        {
            self.unresolved(from, Missing::Target { path: at });
        }
    }

    fn follow_elf(&mut self, path: &str, node: &Node, from: From<'_>) {
        let Some(elf) = node.entry.elf().filter(|elf| elf.linked) else { return };
        let executable = self.executables.get(path).cloned().unwrap_or_else(|| path.to_owned());
        if let Some(loader) = &elf.interpreter
            && self.need(loader, Certainty::Certain, Reason::Loader, from).is_none()
        {
            self.unresolved(from, Missing::Loader { path: loader.clone() });
        }
        for soname in &elf.needed {
            match self.linker.find(path, elf, soname, Some(&executable)) {
                Some(found) => {
                    let reason = Reason::Linked { soname: soname.clone() };
                    if let Some(end) = self.need(&found, Certainty::Certain, reason, from) {
                        self.executables.entry(end).or_insert_with(|| executable.clone());
                    }
                }
                None => self.unresolved(from, Missing::Library { soname: soname.clone() }),
            }
        }
        for note in &elf.dlopen {
            for soname in &note.sonames {
                if let Some(found) = self.linker.find(path, elf, soname, Some(&executable)) {
                    let certainty = match note.priority.as_deref() {
                        Some("suggested") => Certainty::Possible,
                        _ => Certainty::Likely,
                    };
                    self.need(&found, certainty, Reason::Loads { soname: soname.clone() }, from);
                    break;
                }
            }
        }
    }

    fn follow_script(&mut self, path: &str, node: &Node, from: From<'_>) {
        let Some(content) = &node.entry.content else { return };
        if let Some(line) = &content.shebang {
            let reason = |word: &str| Reason::Interpreter { word: word.to_owned() };
            if self.need(&line.interpreter, Certainty::Certain, reason(&line.interpreter), from).is_none() {
                self.unresolved(from, Missing::Interpreter { name: line.interpreter.clone() });
            }
            if file_name(&line.interpreter) == "env"
                && let Some(program) = env_program(line.argument.as_deref().unwrap_or(""))
            {
                match resolve_program(self.image, program) {
                    Some(found) => {
                        self.need(&found, Certainty::Certain, reason(program), from);
                    }
                    None => self.unresolved(from, Missing::Interpreter { name: program.to_owned() }),
                }
            }
        }
        if content.language == Some(crate::image::Language::Shell)
            && let Some(text) = &content.text
        {
            let folder = parent(path).to_owned();
            roots::script(self, text, &folder, from);
        }
    }

    /// A language runtime that lies outside the package database brings its library folder along.
    fn follow_runtime(&mut self, path: &str, from: From<'_>) {
        for folder in runtime_folders(path) {
            let Ok(found) = self.image.root.resolve(&folder) else { continue };
            if found.node.entry.is_folder() && self.image.packages().owner(path).is_none() {
                self.need_with(&folder, Certainty::Likely, Reason::Runtime, from, true);
            }
        }
    }
}

/// The program an `env` line runs: options and assignments come first.
fn env_program(argument: &str) -> Option<&str> {
    argument.split_whitespace().find(|word| !word.starts_with('-') && !word.contains('='))
}

/// The folders that a language runtime reads beside its program.
fn runtime_folders(path: &str) -> Vec<String> {
    let folder = parent(path);
    let Some(prefix) = folder.strip_suffix("/bin") else {
        return Vec::new();
    };
    let name = file_name(path);
    let versionless = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    match versionless {
        "python" | "pypy" if name.contains('.') => vec![format!("{prefix}/lib/{name}")],
        "ruby" => vec![format!("{prefix}/lib/ruby")],
        "perl" => vec![format!("{prefix}/lib/perl")],
        "php" | "php-fpm" => vec![format!("{prefix}/lib/php"), format!("{prefix}/etc/php")],
        "java" => vec![format!("{prefix}/lib"), format!("{prefix}/conf")],
        "erl" | "elixir" => vec![format!("{prefix}/lib/erlang"), format!("{prefix}/lib/elixir")],
        "dotnet" => vec![format!("{folder}/shared")],
        _ => Vec::new(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
