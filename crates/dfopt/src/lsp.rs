//! `lsp`: the language server on standard input and output, and the world as it needs it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dfopt_linter::Settings;
use dfopt_lsp::End;
use dfopt_lsp::host::{Configured, Host, Prover, SettingsTrouble};
use dfopt_semantic::context::{BuildContext, Entry};
use dfopt_semantic::encoding::decode;

use crate::Session;
use crate::args::{PathArgs, RuleArgs};
use crate::discover::{Origin, discover};
use crate::exit::{Exit, Failure};
use crate::fs_context::FsContext;
use crate::lsp_prover::Itself;
use crate::settings::{NAMES, Resolver};
use crate::terminal::Terminal;

/// Serves until the client leaves.
///
/// # Errors
/// When the runtime cannot be started.
pub fn run(session: &Session) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| Failure::new(format!("the server cannot start: {error}")))?;
    let host = Arc::new(Machine { terminal: session.terminal });
    let end = runtime.block_on(dfopt_lsp::serve(tokio::io::stdin(), tokio::io::stdout(), host));
    // A thread may still wait for standard input, which nobody will write to.
    runtime.shutdown_background();
    Ok(match end {
        End::Orderly => Exit::Clean,
        End::Abrupt => Exit::Found,
    })
}

/// This machine.
struct Machine {
    terminal: Terminal,
}

impl Host for Machine {
    fn log(&self, line: &str) {
        // Standard error is for logs only; where it is closed, nobody reads them.
        let _ = writeln!(self.terminal.stderr(), "dfopt: {line}");
    }

    fn configured(&self, file: Option<&Path>) -> Configured {
        let resolved = Resolver::new(&RuleArgs::default(), &[]).and_then(|resolver| resolver.of(file));
        match resolved {
            Ok(resolved) => {
                Configured { settings: resolved.settings.clone(), file: resolved.files.last().cloned(), trouble: None }
            }
            Err(failure) => {
                let (named, trouble) = trouble(&failure.to_string());
                Configured { settings: Settings::default(), file: named, trouble: Some(trouble) }
            }
        }
    }

    fn is_settings_file(&self, file: &Path) -> bool {
        file.file_name().is_some_and(|name| NAMES.iter().any(|known| name == *known))
    }

    fn dockerfiles(&self, folder: &Path) -> Vec<PathBuf> {
        let args = PathArgs { paths: vec![folder.to_owned()], ..PathArgs::default() };
        let found = discover(&args).map(|found| found.origins).unwrap_or_default();
        found
            .into_iter()
            .filter_map(|origin| match origin {
                Origin::File(path) => Some(path),
                Origin::Stdin => None,
            })
            .collect()
    }

    fn read(&self, file: &Path) -> Option<String> {
        let data = fs::metadata(file).ok()?;
        if !data.is_file() || data.len() > MOST_BYTES {
            return None;
        }
        let decoded = decode(&fs::read(file).ok()?);
        decoded.damage.is_none().then_some(decoded.text)
    }

    fn context(&self, dockerfile: &Path) -> Option<Arc<dyn BuildContext + Send + Sync>> {
        let folder = dockerfile.parent()?;
        let context = FsContext::open(folder).ok()?;
        let entries = context.sent(Some(dockerfile)).entries().to_vec();
        Some(Arc::new(Folder { root: folder.to_owned(), entries }))
    }

    fn prover(&self) -> Option<Arc<dyn Prover>> {
        let prover: Arc<dyn Prover> = Arc::new(Itself::find()?);
        Some(prover)
    }
}

/// What is read for a question about the whole workspace at most.
const MOST_BYTES: u64 = 16 << 20;

/// Which settings file is wrong and what of it, from the line that the command line prints: `FILE:LINE:COLUMN: what`.
fn trouble(message: &str) -> (Option<PathBuf>, SettingsTrouble) {
    let whole = SettingsTrouble { line: None, message: message.to_owned() };
    let Some((place, what)) = message.split_once(": ") else { return (None, whole) };
    let mut path = place;
    let mut numbers: Vec<u32> = Vec::new();
    while let Some((rest, number)) = path.rsplit_once(':').and_then(|(rest, last)| Some((rest, last.parse().ok()?))) {
        numbers.push(number);
        path = rest;
    }
    match std::path::absolute(path) {
        Ok(file) if file.is_file() => {
            let line = numbers.last().map(|line| line.saturating_sub(1));
            (Some(file), SettingsTrouble { line, message: what.to_owned() })
        }
        _ => (None, whole),
    }
}

/// What a build sends of a folder.
struct Folder {
    root: PathBuf,
    entries: Vec<Entry>,
}

impl BuildContext for Folder {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, path: &str) -> Option<std::borrow::Cow<'_, [u8]>> {
        let is_file = self.entry(path).is_some_and(|entry| entry.kind == dfopt_semantic::context::EntryKind::File);
        if !is_file {
            return None;
        }
        fs::read(self.root.join(path)).ok().map(std::borrow::Cow::Owned)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_settings_file_counts_and_its_troubles_have_lines() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        fs::write(folder.path().join("dfopt.toml"), "ignore = [\"DL3006\"]\n").unwrap();
        let machine = Machine { terminal: Terminal::detect(crate::args::ColorChoice::Never) };
        let configured = machine.configured(Some(&inner.join("Dockerfile")));
        assert_eq!(configured.file.unwrap(), folder.path().join("dfopt.toml"));
        assert_eq!(configured.trouble, None);
        fs::write(inner.join(".dfopt.toml"), "# one\nignore = [\n").unwrap();
        let configured = machine.configured(Some(&inner.join("Dockerfile")));
        assert!(configured.trouble.unwrap().line.is_some());
        fs::write(inner.join(".dfopt.toml"), "ignore = [\"no-such-rule\"]\n").unwrap();
        let trouble = machine.configured(Some(&inner.join("Dockerfile"))).trouble.unwrap();
        assert!(trouble.message.contains("no-such-rule"), "{trouble:?}");
    }
}
