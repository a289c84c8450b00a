//! One Dockerfile linted: from the bytes to the diagnostics, with what is known of its build.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use dfopt_linter::{Answers, Diagnostic, Script, check_with};
use dfopt_semantic::context::BuildContext;
use dfopt_semantic::model::{Model, Options};

use crate::args::BuildArgs;
use crate::exit::Failure;
use crate::fs_context::FsContext;
use crate::settings::Resolved;
use crate::source::{ReadError, Source};

/// What is known of the build of every file of a run.
#[derive(Debug, Default)]
pub struct BuildFacts {
    args: BTreeMap<String, String>,
    target: Option<String>,
    context: Option<FsContext>,
}

impl BuildFacts {
    /// What the command line says.
    ///
    /// # Errors
    /// When the build context cannot be read.
    pub fn of(args: &BuildArgs) -> Result<BuildFacts, Failure> {
        let open = |root: &std::path::PathBuf| {
            FsContext::open(root)
                .map_err(|error| Failure::new(format!("the build context {} cannot be read: {error}", root.display())))
        };
        Ok(BuildFacts {
            args: args.known_args(),
            target: args.target.clone(),
            context: args.context.as_ref().map(open).transpose()?,
        })
    }

    /// Calls `work` with the facts as the model of this Dockerfile wants them.
    ///
    /// `targets` are further stages that somebody builds by name.
    pub fn with_options<T>(&self, source: &Source, targets: &[String], work: impl FnOnce(Options<'_>) -> T) -> T {
        let dockerfile: Option<&Path> = source.path.as_deref();
        let ignore = self.context.as_ref().and_then(|context| context.ignore_file(dockerfile));
        let sent = self.context.as_ref().map(|context| context.sent(dockerfile));
        let context = sent.as_ref().map(|sent| sent as &dyn BuildContext);
        work(Options {
            build_args: Some(&self.args),
            target: self.target.as_deref(),
            other_targets: targets,
            context,
            ignore: ignore.as_ref().map(|found| &found.file),
            damage: Some(&source.decoded.damage),
            ..Options::default()
        })
    }
}

/// The diagnostics of a Dockerfile.
///
/// # Errors
/// When the linter fails on it, which is a mistake in dfopt.
pub fn lint(
    source: &Source,
    resolved: &Resolved,
    facts: &BuildFacts,
    shellcheck: Option<&Answers>,
) -> Result<Vec<Diagnostic>, ReadError> {
    let settings = &resolved.settings;
    guarded(|| {
        facts.with_options(source, &resolved.targets, |options| {
            let parse = dfopt_syntax::parse(source.text());
            let mut found = check_with(&Model::new(source.text(), &parse, options), settings, shellcheck);
            if !source.is_whole() {
                // An edit of the copy is none of the file.
                found.iter_mut().for_each(|diagnostic| diagnostic.fix = None);
            }
            found
        })
    })
}

/// The shell scripts of a Dockerfile, as ShellCheck is to get them; none when the linter fails on it, which `lint` tells.
pub fn scripts(source: &Source, resolved: &Resolved, facts: &BuildFacts) -> Vec<Script> {
    let settings = &resolved.settings;
    let found = guarded(|| {
        facts.with_options(source, &resolved.targets, |options| {
            let parse = dfopt_syntax::parse(source.text());
            dfopt_linter::scripts(&Model::new(source.text(), &parse, options), settings)
        })
    });
    found.unwrap_or_default()
}

/// Keeps a mistake in dfopt that one file brings to light from ending the run.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, ReadError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let said = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let said = said.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
        let message = format!("a mistake in dfopt, please report it with this file: {said}");
        ReadError { kind: "internal", message }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn rules_of(bytes: &[u8]) -> Vec<&'static str> {
        let source = Source::of("Dockerfile".to_owned(), None, bytes.to_vec());
        let found = lint(&source, &Resolved::default(), &BuildFacts::default(), None).unwrap();
        found.iter().map(|diagnostic| diagnostic.rule.name).collect()
    }

    #[test]
    fn diagnostics_of_a_text() {
        assert_eq!(rules_of(b"FROM alpine:3.22\nWORKDIR app\n"), ["relative-workdir"]);
        assert_eq!(rules_of(b"FROM alpine:3.22\nWORKDIR /app\n"), [""; 0]);
    }

    #[test]
    fn a_panic_is_the_trouble_of_one_file() {
        let error = guarded(|| -> () { panic!("here") }).unwrap_err();
        assert_eq!(error.kind, "internal");
        assert!(error.message.contains("here"));
    }
}
