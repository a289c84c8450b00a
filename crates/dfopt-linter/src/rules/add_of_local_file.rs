//! `add-of-local-file`

use dfopt_semantic::context::{SourceKind, source_kind};
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// `ADD` is used for local files that `COPY` would copy.
    ///
    /// ## Why
    ///
    /// `ADD` also downloads and unpacks. For files of the build context `COPY` does the same and nothing more, so that nobody has
    /// to wonder.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ADD app.conf /etc/
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY app.conf /etc/
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A file that is an archive in spite of its name is unpacked by `ADD` and not by `COPY`.
    "add-of-local-file" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3020", "DS-0005", "CKV_DOCKER_4", "S7029", "DF006", "CIS-DI-0009"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
    }
}

/// Names of archives that ADD unpacks.
const UNPACKED: [&str; 9] = [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst"];

/// Names of archives in hadolint's list.
const ARCHIVES: [&str; 20] = [
    ".tar", ".Z", ".bz2", ".gz", ".lz", ".lzma", ".tZ", ".tb2", ".tbz", ".tbz2", ".tgz", ".tlz", ".tpz", ".txz", ".xz",
    ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.lz", ".tar.Z",
];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Add(_)) && step.stage.is_some()) {
        let found = match ctx.dialect() {
            Dialect::Hadolint => is_local_as_hadolint(step),
            _ => is_local(model, step),
        };
        if !found {
            continue;
        }
        let keyword = step.keyword_range();
        let is_plain = step.ast.keyword_tokens().count() == 1;
        let copy = if model.text_at(keyword).chars().all(char::is_lowercase) { "copy" } else { "COPY" };
        let report = ctx.report(keyword, "`COPY` does the same for local files");
        if is_plain && is_local(model, step) {
            report.fix(format!("Use `{copy}`"), |fix| fix.replace(keyword, copy));
        }
    }
}

/// Whether every source is a file of the context that stays as it is.
fn is_local(model: &Model<'_>, step: &Step) -> bool {
    if step.ast.flags().any(|flag| matches!(flag.name().as_deref(), Some("checksum" | "unpack" | "keep-git-dir"))) {
        return false;
    }
    let Some(copied) = step.copied(model) else { return false };
    let files: Vec<_> = copied.sources.iter().filter(|source| !source.is_heredoc).collect();
    copied.destination.is_some()
        && !files.is_empty()
        && files.iter().all(|source| {
            source.text.known().is_some_and(|path| {
                let lower = path.to_ascii_lowercase();
                let is_pattern_of_archives =
                    path.contains(['*', '?', '[']) && (lower.ends_with('*') || lower.contains(".tar"));
                source_kind(path) == SourceKind::Path
                    && !path.contains("://")
                    && !UNPACKED.iter().any(|suffix| lower.ends_with(suffix))
                    && !is_pattern_of_archives
            })
        })
}

fn is_local_as_hadolint(step: &Step) -> bool {
    let Some((sources, Some(_))) = step.ast.copied() else { return false };
    sources.iter().any(|source| {
        let raw = source.raw();
        let path = raw.trim_matches(['"', '\'']);
        let is_remote = path.starts_with("http://") || path.starts_with("https://");
        !is_remote && !ARCHIVES.iter().any(|suffix| path.ends_with(suffix))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_keyword_is_marked() {
        check(
            &RULE,
            "
FROM a
ADD b c /d/
^^^ `COPY` does the same for local files [fix]
ADD --chown=1 [\"b\", \"/d\"]
^^^ `COPY` does the same for local files [fix]
",
        );
    }

    #[test]
    fn what_only_add_does() {
        check_ok(
            &RULE,
            "FROM a\nADD b.tar.gz /c\nADD https://x/y /c\nADD git@h:o/r /c\nADD $B /c\nADD --unpack=false b /c\nADD <<E /c\nE\nADD b c.tgz /d/\nADD dist/*.tar* /d\nCOPY b c\n",
        );
    }

    #[test]
    fn copy_takes_its_place() {
        check_fix(&RULE, "FROM a\nadd --chown=1 b /c\n", "FROM a\ncopy --chown=1 b /c\n");
    }

    #[test]
    fn hadolint_goes_by_the_name() {
        let settings = Settings::of_preset(Preset::Hadolint);
        check_with(
            &RULE,
            &settings,
            dfopt_semantic::model::Options::default(),
            "FROM a\nADD $B /c\n^^^ `COPY` does the same for local files\nADD b.zip /c\n^^^ `COPY` does the same for local files [fix]\nADD b.gz /c\n",
        );
    }
}
