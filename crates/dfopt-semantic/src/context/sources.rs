//! What COPY and ADD take from a context, and where it goes.

use super::glob::{Glob, has_wildcards};
use super::matcher::{ParentMatch, PatternSet};
use super::path::{inside, join_clean};
use super::{BuildContext, Entry, EntryKind};

/// More links in one path are taken for a ring.
const MOST_LINKS: usize = 255;

/// What a source of ADD is; COPY takes paths only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// A path in the context.
    Path,
    /// `http://` or `https://`, in lower case.
    Http,
    /// A git repository.
    Git,
}

/// Tells paths, URLs and repositories apart.
pub fn source_kind(source: &str) -> SourceKind {
    let is_scheme = |scheme: &&str| !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric());
    if let Some((scheme, rest)) = source.split_once("://")
        && is_scheme(&scheme)
    {
        // Git takes schemes in any case, a plain download only in lower case.
        return match scheme.to_ascii_lowercase().as_str() {
            "git" | "ssh" => SourceKind::Git,
            "http" | "https" if names_repository(rest) => SourceKind::Git,
            "http" | "https" if matches!(scheme, "http" | "https") => SourceKind::Http,
            _ => SourceKind::Path,
        };
    }
    // user@host:path
    let scp = source.split_once('@').is_some_and(|(user, rest)| {
        let host = rest.split_once(':').map_or("", |(host, _)| host);
        let is_name = |text: &str, extra: [char; 2]| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(&c))
        };
        is_name(user, ['-', '_']) && is_name(host, ['-', '.'])
    });
    if scp { SourceKind::Git } else { SourceKind::Path }
}

/// Whether the path behind the host ends in `.git`.
fn names_repository(rest: &str) -> bool {
    let end = rest.find(['#', '?']).unwrap_or(rest.len());
    rest[..end].split_once('/').is_some_and(|(_, path)| path.ends_with(".git"))
}

/// How directories of the source appear at the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// A directory's contents only, files under their own names.
    #[default]
    Contents,
    /// The path is kept from the root or from `/./` on: `--parents`.
    Parents,
}

/// What is at the destination before the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DestinationState {
    /// A directory.
    Directory,
    /// A file, or nothing.
    NoDirectory,
    /// It cannot be told.
    #[default]
    Unknown,
}

/// A COPY or ADD after expansion, as far as it takes paths from one tree.
#[derive(Debug, Clone, Copy, Default)]
pub struct CopySpec<'a> {
    /// The sources.
    pub sources: &'a [&'a str],
    /// The destination as written.
    pub destination: &'a str,
    /// The working directory, absolute.
    pub workdir: &'a str,
    /// Values of `--exclude`.
    pub exclude: &'a [&'a str],
    /// Whether `--parents` is given.
    pub layout: Layout,
    /// What is at the destination.
    pub state: DestinationState,
}

/// Where an entry goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyTarget {
    /// To this path.
    Exact(String),
    /// To the path itself if no directory is there, else under its own name inside.
    FileOrInside {
        /// If no directory is there.
        file: String,
        /// If one is.
        inside: String,
    },
}

/// One entry that is copied, directories and links included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedEntry {
    /// The index of the source that selects it.
    pub source: usize,
    /// Its path in the context.
    pub path: String,
    /// Where it goes.
    pub target: CopyTarget,
    /// What it is; a link that is itself the source is what it points to.
    pub kind: EntryKind,
    /// Its size in bytes.
    pub size: u64,
    /// Its mode in the context.
    pub mode: u32,
}

/// What is the matter with a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceProblem {
    /// The index of the source, or of the `--exclude`.
    pub index: usize,
    /// What it is.
    pub kind: SourceProblemKind,
}

/// The kinds of problem a source can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceProblemKind {
    /// It does not exist; an error.
    NotFound,
    /// The pattern matches nothing; no error, nothing is copied.
    MatchesNothing,
    /// Malformed pattern syntax: matches nothing.
    BadPattern,
    /// An `--exclude` with malformed syntax; an error.
    BadExclude,
    /// Several files with one name as destination: each overwrites the one before.
    Overwrites,
}

/// What a copy does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CopyOutcome {
    /// The entries, in the order they are written; later ones overwrite earlier ones.
    pub entries: Vec<CopiedEntry>,
    /// What is wrong or odd.
    pub problems: Vec<SourceProblem>,
}

impl CopyOutcome {
    /// The problems that fail the build.
    pub fn failures(&self) -> impl Iterator<Item = &SourceProblem> {
        let fails = |problem: &&SourceProblem| {
            matches!(problem.kind, SourceProblemKind::NotFound | SourceProblemKind::BadExclude)
        };
        self.problems.iter().filter(fails)
    }
}

/// Selects what the sources name and says where each piece goes.
pub fn resolve_copy(context: &dyn BuildContext, spec: &CopySpec<'_>) -> CopyOutcome {
    let mut outcome = CopyOutcome::default();
    let mut exclude = PatternSet::default();
    for (index, pattern) in spec.exclude.iter().enumerate() {
        if exclude.push(pattern).is_err() {
            outcome.problems.push(SourceProblem { index, kind: SourceProblemKind::BadExclude });
        }
    }
    let mut copier = Copier {
        context,
        exclude,
        destination: join_clean(spec.workdir, spec.destination),
        state: state_of(spec),
        single_files: 0,
        outcome,
    };
    for (index, source) in spec.sources.iter().enumerate() {
        match spec.layout {
            Layout::Contents => copier.source(index, source),
            Layout::Parents => copier.parents(index, source),
        }
    }
    copier.outcome
}

fn state_of(spec: &CopySpec<'_>) -> DestinationState {
    let written = spec.destination;
    let directory = matches!(written, "" | ".") || written.ends_with('/') || written.ends_with("/.");
    if directory || join_clean(spec.workdir, written) == "/" { DestinationState::Directory } else { spec.state }
}

struct Copier<'a> {
    context: &'a dyn BuildContext,
    exclude: PatternSet,
    destination: String,
    state: DestinationState,
    /// Files that went to the destination's own name.
    single_files: usize,
    outcome: CopyOutcome,
}

impl Copier<'_> {
    fn problem(&mut self, index: usize, kind: SourceProblemKind) {
        self.outcome.problems.push(SourceProblem { index, kind });
    }

    fn source(&mut self, index: usize, source: &str) {
        let path = inside(source);
        if !has_wildcards(&path) {
            if self.copy(index, &path, None).is_none() {
                self.problem(index, SourceProblemKind::NotFound);
            }
            return;
        }
        match matches(self.context, &path) {
            Found::Paths(paths) if paths.is_empty() => self.problem(index, SourceProblemKind::MatchesNothing),
            Found::Paths(paths) => {
                for path in paths {
                    if self.copy(index, &path, None).is_none() {
                        self.problem(index, SourceProblemKind::NotFound);
                    }
                }
            }
            Found::NoBase => self.problem(index, SourceProblemKind::NotFound),
            Found::BadPattern => self.problem(index, SourceProblemKind::BadPattern),
        }
    }

    /// `--parents`: the part behind the pivot is a pattern below the part before it.
    fn parents(&mut self, index: usize, source: &str) {
        let (base, pattern) = source.split_once("/./").unwrap_or(("/", source));
        let (base, pattern) = (inside(base), inside(pattern));
        let literal = !has_wildcards(&base) && !has_wildcards(&pattern);
        let full = inside(&format!("{base}/{pattern}"));
        if literal && !full.is_empty() && follow(self.context, &full).is_none() {
            self.problem(index, SourceProblemKind::NotFound);
            return;
        }
        let Ok(include) = PatternSet::new([pattern.as_str()]) else {
            self.problem(index, SourceProblemKind::BadPattern);
            return;
        };
        let bases = match has_wildcards(&base) {
            false => vec![base],
            true => match matches(self.context, &base) {
                Found::Paths(paths) => paths,
                Found::NoBase | Found::BadPattern => Vec::new(),
            },
        };
        self.state = DestinationState::Directory;
        let before = self.outcome.entries.len();
        for base in bases {
            if self.copy(index, &base, Some(&include)).is_none() {
                self.problem(index, SourceProblemKind::NotFound);
                return;
            }
        }
        if self.outcome.entries.len() == before {
            self.problem(index, SourceProblemKind::MatchesNothing);
        }
    }

    /// Copies one path that is a source or that a source's pattern matched; `None` if it is not there.
    fn copy(&mut self, index: usize, path: &str, include: Option<&PatternSet>) -> Option<()> {
        let real = follow(self.context, path)?;
        let Some(entry) = self.context.entry(&real) else {
            // The root is no entry.
            self.directory(index, &real, include);
            return Some(());
        };
        if entry.is_directory() {
            self.directory(index, &real, include);
            return Some(());
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let within = join_clean(&self.destination, name);
        let target = match self.state {
            DestinationState::Directory => CopyTarget::Exact(within),
            DestinationState::NoDirectory => CopyTarget::Exact(self.destination.clone()),
            DestinationState::Unknown => CopyTarget::FileOrInside { file: self.destination.clone(), inside: within },
        };
        let entry = copied(index, entry, target);
        self.outcome.entries.push(entry);
        if self.state != DestinationState::Directory {
            self.single_files += 1;
            if self.single_files == 2 {
                self.problem(index, SourceProblemKind::Overwrites);
            }
        }
        Some(())
    }

    fn directory(&mut self, index: usize, directory: &str, include: Option<&PatternSet>) {
        self.state = DestinationState::Directory;
        let below = self.context.below(directory);
        let relative = |entry: &Entry| {
            if directory.is_empty() { entry.path.clone() } else { entry.path[directory.len() + 1..].to_owned() }
        };
        // Directories that are made only when something below them is copied.
        let mut parents: Vec<Above<'_>> = Vec::new();
        for entry in below {
            let path = relative(entry);
            let is_above = |above: &Above<'_>| path.strip_prefix(&above.path).is_some_and(|tail| tail.starts_with('/'));
            while parents.last().is_some_and(|above| !is_above(above)) {
                parents.pop();
            }
            let (included, include_match) = match include {
                Some(include) => include.matches_below(&path, parents.last().map(|above| &above.include)),
                None => (true, ParentMatch::default()),
            };
            let (excluded, exclude_match) =
                self.exclude.matches_below(&path, parents.last().map(|above| &above.exclude));
            let taken = included && !excluded;
            if taken {
                for above in parents.iter_mut().filter(|above| !above.copied) {
                    above.copied = true;
                    let target = CopyTarget::Exact(join_clean(&self.destination, &above.path));
                    self.outcome.entries.push(copied(index, above.entry, target));
                }
                let target = CopyTarget::Exact(join_clean(&self.destination, &path));
                self.outcome.entries.push(copied(index, entry, target));
            }
            if entry.is_directory() {
                let (include, exclude) = (include_match, exclude_match);
                parents.push(Above { entry, path, include, exclude, copied: taken });
            }
        }
    }
}

struct Above<'a> {
    entry: &'a Entry,
    path: String,
    include: ParentMatch,
    exclude: ParentMatch,
    copied: bool,
}

fn copied(source: usize, entry: &Entry, target: CopyTarget) -> CopiedEntry {
    let (kind, size, mode) = (entry.kind.clone(), entry.size, entry.mode);
    CopiedEntry { source, path: entry.path.clone(), target, kind, size, mode }
}

enum Found {
    Paths(Vec<String>),
    /// The part before the first wildcard is not there.
    NoBase,
    BadPattern,
}

/// The paths that a source with wildcards matches. Nothing below a match is looked at.
fn matches(context: &dyn BuildContext, source: &str) -> Found {
    let parts: Vec<&str> = source.split('/').collect();
    let first = parts.iter().position(|part| has_wildcards(part)).unwrap_or(parts.len());
    let (base, pattern) = (parts[..first].join("/"), parts[first..].join("/"));
    let Some(base) = follow(context, &base) else { return Found::NoBase };
    let Ok(glob) = Glob::parse(&pattern) else { return Found::BadPattern };
    let mut found: Vec<String> = Vec::new();
    let skip = if base.is_empty() { 0 } else { base.len() + 1 };
    for entry in context.below(&base) {
        let inside_last =
            |last: &String| entry.path.strip_prefix(last.as_str()).is_some_and(|tail| tail.starts_with('/'));
        if !found.last().is_some_and(inside_last) && glob.matches(&entry.path[skip..]) {
            found.push(entry.path.clone());
        }
    }
    Found::Paths(found)
}

/// The path behind all symbolic links, which cannot leave the context; `None` if nothing is there.
fn follow(context: &dyn BuildContext, path: &str) -> Option<String> {
    let mut pending: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
    let mut real = String::new();
    let mut links = 0;
    while let Some(part) = pending.pop() {
        match part.as_str() {
            "" | "." => continue,
            ".." => {
                real.truncate(real.rfind('/').unwrap_or(0));
                continue;
            }
            _ => {}
        }
        let next = if real.is_empty() { part } else { format!("{real}/{part}") };
        match &context.entry(&next)?.kind {
            EntryKind::Symlink(target) => {
                links += 1;
                if links > MOST_LINKS {
                    return None;
                }
                if target.starts_with('/') {
                    real.clear();
                }
                pending.extend(target.split('/').rev().map(str::to_owned));
            }
            EntryKind::Directory => real = next,
            EntryKind::File | EntryKind::Other => {
                if pending.iter().any(|part| !matches!(part.as_str(), "" | ".")) {
                    return None;
                }
                real = next;
            }
        }
    }
    Some(real)
}
