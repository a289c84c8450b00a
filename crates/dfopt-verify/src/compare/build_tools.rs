//! Packages that the original installed to build with: what shows that their absence is no loss.

use std::collections::BTreeSet;

use super::Pair;
use super::kept::is_cache;
use super::leftovers::is_for_compiling;
use crate::closure::{commands, resolve_program};
use crate::image::{Image, file_name, parent};

/// The packages that a command of the build used, or that only compilers read.
pub(super) struct BuildTools {
    /// Packages one of whose programs a `RUN` executes.
    executed: BTreeSet<String>,
    /// Whether the image is there for people to type any command in.
    interactive: bool,
}

impl BuildTools {
    pub(super) fn of(image: &Image) -> Self {
        let mut executed = BTreeSet::new();
        for layer in image.layers.iter().skip(image.base_layers) {
            let Some(text) = layer.created_by.as_deref().and_then(shell_text) else { continue };
            for command in commands(text) {
                for program in command.programs() {
                    let Some(path) = resolve_program(image, program) else { continue };
                    let Ok(found) = image.root.resolve(&path) else { continue };
                    for path in found.hops.iter().chain([&found.path]) {
                        executed.extend(image.packages().owner(path).map(|package| package.name.clone()));
                    }
                }
            }
        }
        let words = image.config.config.command();
        let shell = words
            .first()
            .is_none_or(|word| matches!(file_name(word), "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "fish"));
        Self { executed, interactive: shell && words.iter().skip(1).all(|word| word.starts_with('-')) }
    }

    /// Why a package that was asked for by name may be missing, with those of `lost` that only it brought.
    pub(super) fn reason(&self, pair: &Pair<'_>, name: &str, lost: &BTreeSet<&str>) -> Option<&'static str> {
        let packages = pair.original().packages();
        let brought: BTreeSet<&str> = packages.closure([name]).intersection(lost).copied().collect();
        let needed = |need: &crate::closure::Need| {
            need.owner.as_deref().is_some_and(|owner| brought.contains(owner)) && pair.is_wanted(need)
        };
        if self.interactive || pair.needs.needs.values().any(needed) {
            return None;
        }
        let own: Vec<Kind> = kinds(pair.original(), name).collect();
        let executed = match own.is_empty() {
            // It only brings others along.
            true => brought.iter().any(|package| self.executed.contains(*package)),
            false => self.executed.contains(name),
        };
        if executed {
            return Some("a command of the build runs it, and nothing kept names or needs a file of it");
        }
        // What only runs does not depend on headers.
        let is_compiler = own.iter().all(|kind| *kind != Kind::Other)
            && brought.iter().any(|name| is_for_compilers(pair.original(), name));
        (is_for_compilers(pair.original(), name) || is_compiler)
            .then_some("it is for compiling, and nothing kept names or needs a file of it")
    }
}

/// Whether a package consists of headers, archives and the like, but for the odd file about them.
fn is_for_compilers(image: &Image, package: &str) -> bool {
    let (mut all, mut mine) = (0, 0);
    for kind in kinds(image, package) {
        all += 1;
        mine += usize::from(kind == Kind::ForCompiling);
    }
    mine > 0 && mine * 10 >= all * 9
}

/// What a file of a package is, by who uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    ForCompiling,
    Program,
    Other,
}

/// The kinds of a package's files, without documentation.
fn kinds<'a>(image: &'a Image, package: &'a str) -> impl Iterator<Item = Kind> + 'a {
    let files = image.packages().files(package).filter_map(|path| Some((path, image.root.get(path)?)));
    files.filter(|(path, node)| !node.entry.is_folder() && !is_cache(path)).map(|(path, node)| {
        // Without a version it is a link, or a text for the linker.
        let is_for_linking = path.ends_with(".so") && node.entry.elf().is_none();
        if is_for_compiling(path) || is_for_linking {
            Kind::ForCompiling
        } else if matches!(file_name(parent(path)), "bin" | "sbin") {
            Kind::Program
        } else {
            Kind::Other
        }
    })
}

/// The shell text in the engine's record of a `RUN`.
fn shell_text(created_by: &str) -> Option<&str> {
    let text = created_by.strip_prefix("RUN ").unwrap_or(created_by);
    let (_, text) = text.split_once(" -c ")?;
    (!text.trim_start().starts_with("#(nop)")).then_some(text)
}
