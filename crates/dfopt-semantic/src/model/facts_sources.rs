//! What COPY and ADD bring from the build context: manifests, or the sources themselves.

use super::{CopiedSource, Model, Step};
use crate::command::ecosystems::{self, ECOSYSTEMS};
use crate::context::{EntryKind, Glob, SourceKind, clean, has_wildcards, source_kind};
use crate::effects::{PathPattern, normalize};

/// What a source of COPY or ADD is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Brought {
    /// Files that say which dependencies to fetch, and no others.
    Manifests,
    /// A directory, or files that may be anything.
    Directory,
    /// One file that is no manifest.
    File,
}

/// A source of COPY or ADD that is in the build context.
#[derive(Clone, Debug)]
pub struct ContextSource {
    /// The path in the context, cleaned; `.` is the whole.
    pub path: String,
    /// The word.
    pub word: CopiedSource,
    /// What it is.
    pub kind: Brought,
    /// Where it goes.
    pub destination: PathPattern,
}

impl Model<'_> {
    /// What an instruction copies from the build context; sources whose name is not known are left out.
    #[must_use]
    pub fn context_sources(&self, step: &Step) -> &[ContextSource] {
        self.facts.context_sources.get(step.index, || self.find_context_sources(step))
    }

    fn find_context_sources(&self, step: &Step) -> Vec<ContextSource> {
        let Some(copied) = step.copied(self).filter(|copied| copied.from.is_none()) else { return Vec::new() };
        let several = copied.sources.len() > 1;
        let destination = copied.destination.as_ref().and_then(|word| word.text.known());
        copied
            .sources
            .iter()
            .filter(|source| !source.is_heredoc)
            .filter_map(|source| {
                let text = source.text.known().filter(|text| source_kind(text) == SourceKind::Path)?;
                let path = match clean(text.trim_start_matches('/')) {
                    path if path.is_empty() => ".".to_owned(),
                    path => path,
                };
                let kind = self.kind_of(&path, text);
                let destination =
                    destination.zip(step.workdir.known()).map(|(to, workdir)| (normalize(to, workdir), to));
                let destination = match destination {
                    None => PathPattern::any(),
                    Some((whole, to)) if kind != Brought::Directory && (several || to.ends_with(['/', '.'])) => {
                        let name = path.rsplit('/').next().unwrap_or(&path);
                        PathPattern::parse(&normalize(name, &whole))
                    }
                    Some((whole, _)) => PathPattern::tree(&whole),
                };
                Some(ContextSource { path, word: source.clone(), kind, destination })
            })
            .collect()
    }

    fn kind_of(&self, path: &str, text: &str) -> Brought {
        let name = path.rsplit('/').next().unwrap_or(path);
        if path == "." {
            return Brought::Directory;
        }
        if let Some(entry) = self.context().and_then(|context| context.entry(path)) {
            return match entry.kind {
                EntryKind::Directory => self.kind_of_directory(path),
                _ if ecosystems::is_any_manifest(path) => Brought::Manifests,
                _ => Brought::File,
            };
        }
        if has_wildcards(name) {
            return if name.len() > 2 && names_manifests(name) { Brought::Manifests } else { Brought::Directory };
        }
        if ecosystems::is_any_manifest(path) && !text.ends_with('/') {
            return Brought::Manifests;
        }
        // Without the context only the name tells: `.mvn`, `gradle` and `.yarn` hold nothing but what directs the build.
        let is_directing = matches!(
            name,
            ".mvn" | "gradle" | ".yarn" | ".cargo" | "patches" | "requirements" | "project" | "prisma" | "buildSrc"
        );
        if is_directing || ecosystems::is_any_manifest(&format!("{path}/x")) {
            return Brought::Manifests;
        }
        let has_ending = name.trim_start_matches('.').contains('.')
            || matches!(name, "Makefile" | "LICENSE" | "Procfile" | "gradlew" | "mvnw");
        if has_ending && !text.ends_with('/') { Brought::File } else { Brought::Directory }
    }

    /// A directory that holds nothing but manifests is as good as they are.
    fn kind_of_directory(&self, path: &str) -> Brought {
        let Some(context) = self.context() else { return Brought::Directory };
        let mut files = context.below(path).iter().filter(|entry| entry.kind != EntryKind::Directory).peekable();
        let all = files.peek().is_some() && files.all(|entry| ecosystems::is_any_manifest(&entry.path));
        if all { Brought::Manifests } else { Brought::Directory }
    }
}

/// Whether a pattern for names is meant for manifests: it matches one, and it is not a pattern for everything.
fn names_manifests(pattern: &str) -> bool {
    let Ok(glob) = Glob::parse(pattern) else { return false };
    // `*.py` would match `setup.py` among others.
    let is_open = pattern.starts_with('*')
        && ![".json", ".lock", ".toml", ".yaml", ".yml", ".txt"].iter().any(|ending| pattern.ends_with(ending));
    let names = ECOSYSTEMS.iter().flat_map(|facts| facts.manifests.iter().chain(facts.locks));
    // `*.csproj` stands in the table as it does in the file.
    names.into_iter().any(|name| {
        *name == pattern || (!is_open && !has_wildcards(name) && glob.matches(name.rsplit('/').next().unwrap_or(name)))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::Options;

    #[test]
    fn manifests_are_told_from_sources() {
        for (source, want) in [
            (".", Brought::Directory),
            ("./", Brought::Directory),
            ("src", Brought::Directory),
            ("src/", Brought::Directory),
            ("*", Brought::Directory),
            ("package.json", Brought::Manifests),
            ("package*.json", Brought::Manifests),
            ("./go.*", Brought::Manifests),
            ("*.csproj", Brought::Manifests),
            ("requirements/base.txt", Brought::Manifests),
            ("gradle", Brought::Manifests),
            ("app.py", Brought::File),
            ("entrypoint.sh", Brought::File),
            ("*.py", Brought::Directory),
        ] {
            let text = format!("FROM x\nWORKDIR /app\nCOPY {source} /app/\n");
            let parse = dfopt_syntax::parse(&text);
            let model = Model::new(&text, &parse, Options::default());
            let found = model.context_sources(model.steps().last().unwrap());
            assert_eq!(found[0].kind, want, "{source}");
        }
    }
}
