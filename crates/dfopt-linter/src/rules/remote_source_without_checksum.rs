//! `remote-source-without-checksum`

use dfopt_semantic::context::{SourceKind, source_kind};
use dfopt_semantic::git_ref::GitRef;
use dfopt_semantic::model::CopiedSource;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// `ADD` fetches something without saying what it has to be.
    ///
    /// ## Why
    ///
    /// What stands behind an address can change, or be changed by somebody on the way. With a checksum, or the commit of a repository, the
    /// build gets what was meant or fails.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ADD https://example.com/app.tar.gz /opt/
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ADD --checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 https://example.com/app.tar.gz /opt/
    /// ```
    "remote-source-without-checksum" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &["S8431"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let adds = model.steps().iter().filter(|step| matches!(step.ast, Instruction::Add(_)) && !model.has_error(step));
    for step in adds {
        let has_checksum = step.ast.flag("checksum").is_some_and(|flag| !flag.value(model.escape()).is_empty());
        let Some(copied) = step.copied(model).filter(|_| !has_checksum) else { continue };
        for source in copied.sources.iter().filter(|source| !source.is_heredoc) {
            check_source(ctx, source);
        }
    }
}

fn check_source(ctx: &mut Context<'_>, source: &CopiedSource) {
    let Some(text) = source.text.known() else { return };
    match source_kind(text) {
        SourceKind::Path => {}
        SourceKind::Git => {
            let git = GitRef::parse(text);
            let is_fixed = git.commit.is_some() || git.reference.as_deref().is_some_and(is_digest);
            if !is_fixed {
                ctx.report(source, "the repository is fetched without a commit")
                    .help("add `?commit=` or `#` and a commit");
            }
        }
        SourceKind::Http => {
            // What says how things stand is meant to change.
            if text.starts_with("https://api.github.com/") {
                return;
            }
            if text.split(|c: char| !c.is_ascii_hexdigit()).any(is_digest) {
                return;
            }
            let report = ctx.report(source, "the file is fetched without a checksum").help("add `--checksum=sha256:…`");
            if text.starts_with("http://") {
                report.note("without TLS anybody on the way can change it").severity(Severity::Warning);
            }
        }
    }
}

/// 40 or 64 digits name one state of something.
fn is_digest(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn files_and_repositories() {
        check(
            &RULE,
            "
FROM a
ADD https://x/y /z
    ^^^^^^^^^^^ the file is fetched without a checksum
ADD https://x/y.git#main /z
    ^^^^^^^^^^^^^^^^^^^^ the repository is fetched without a commit
",
        );
    }

    #[test]
    fn fixed_or_local() {
        check_ok(
            &RULE,
            "
FROM a
ADD b $C https://api.github.com/repos/x/y/git/refs/heads/main /d/
ADD https://x/y.git#0000000000000000000000000000000000000000 /z
ADD https://x/0000000000000000000000000000000000000000/y /z
ADD --checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 https://x/y /z
",
        );
    }
}
