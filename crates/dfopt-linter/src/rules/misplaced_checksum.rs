//! `misplaced-checksum`

use dfopt_semantic::context::{SourceKind, source_kind};
use dfopt_semantic::git_ref::{GitRef, GitRefError};
use dfopt_semantic::model::{ExpandedText, TextRole};
use dfopt_syntax::ast::{AstNode, Flag, Instruction};

use crate::rule::declare_rule;
use crate::site::{Site, sites};
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// `ADD` has a checksum that does not go with its source, or a git source that contradicts itself.
    ///
    /// ## Why
    ///
    /// A checksum is for one source: the full digest of a download, or the commit of a git repository. Settings may be given as
    /// flags or in the source, but not both ways differently. The builder refuses the file otherwise.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// ADD --checksum=sha256:24454f83 https://example.com/app.tar.gz /srv/
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/app.tar.gz /srv/
    /// ```
    "misplaced-checksum" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| matches!(site.ast, Instruction::Add(_))) {
        let texts = model.expanded_texts(site.step, &site.ast);
        let sources: Vec<&ExpandedText> = texts.iter().filter(|text| text.role == TextRole::Source).collect();
        let checksum = texts.iter().find(|text| text.role == TextRole::Flag("checksum".into()));
        if let Some(checksum) = checksum {
            check_sum(ctx, &site, checksum, &sources);
        }
        for source in sources {
            let Some(text) = source.known().filter(|text| source_kind(text) == SourceKind::Git) else { continue };
            let git = GitRef::parse(text);
            if let Some(error) = git.errors.first() {
                let message = match error {
                    GitRefError::UnknownKey { .. } => "a git source has no such part",
                    GitRefError::MissingValue { .. } => "this part has no value",
                    GitRefError::BadValue { .. } => "this part does not take that value",
                    GitRefError::Conflict { .. } => "this contradicts another part",
                };
                ctx.report(source.range_after(error.range().clone()), message).at(&site);
            }
            let Some(flag) = site.ast.flag("keep-git-dir") else { continue };
            if git.keep_git_dir.is_some_and(|kept| Some(kept) != switch(&flag, model.escape())) {
                ctx.report(flag.range(), "the source says otherwise").related(source.whole(), "here").at(&site);
            }
        }
    }
}

fn switch(flag: &Flag, escape: char) -> Option<bool> {
    match flag.value(escape).to_ascii_lowercase().as_str() {
        "" | "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn check_sum(ctx: &mut Context<'_>, site: &Site<'_>, checksum: &ExpandedText, sources: &[&ExpandedText]) {
    // An unset variable leaves no checksum.
    let Some(known) = checksum.known() else { return };
    if known.is_empty() {
        return;
    }
    let message = match sources {
        [source] => match source.known() {
            None => return,
            Some(text) => match source_kind(text) {
                SourceKind::Path => "a checksum is for downloads and git repositories only",
                SourceKind::Http if is_digest(known) => return,
                SourceKind::Http => "not the full digest of a download",
                SourceKind::Git => {
                    let git = GitRef::parse(text);
                    match git.commit {
                        Some(commit) if commit != known => "the source names another commit",
                        _ => return,
                    }
                }
            },
        },
        _ => "a checksum is for exactly one source",
    };
    let flag = site.ast.flag("checksum").map_or_else(|| checksum.whole(), |flag| flag.range());
    ctx.report(flag, message).at(site);
}

/// The algorithm and all its hexadecimal digits.
fn is_digest(text: &str) -> bool {
    let Some((algorithm, digits)) = text.split_once(':') else { return false };
    let len = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return false,
    };
    digits.len() == len && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn flags_and_parts_are_marked() {
        check(
            &RULE,
            "
FROM a
ADD --checksum=sha256:00 http://x/y /z
    ^^^^^^^^^^^^^^^^^^^^ not the full digest of a download
ADD --checksum=abc y /z
    ^^^^^^^^^^^^^^ a checksum is for downloads and git repositories only
ADD --checksum=abc http://x/y http://x/z /z/
    ^^^^^^^^^^^^^^ a checksum is for exactly one source
ADD --checksum=abc https://g/r.git?commit=abd /z
    ^^^^^^^^^^^^^^ the source names another commit
ADD --keep-git-dir https://g/r.git?keep-git-dir=false /z
    ^^^^^^^^^^^^^^ the source says otherwise
ADD https://g/r.git?rev=1 /z
                    ^^^ a git source has no such part
",
        );
    }

    #[test]
    fn good_ones() {
        let digest = "0".repeat(64);
        check_ok(
            &RULE,
            &format!(
                "FROM a\nADD --checksum=sha256:{digest} http://x/y /z\nADD --checksum= y /z\nADD --checksum=abc https://g/r.git#main /z\nADD --checksum=$X http://x/y /z\n"
            ),
        );
    }
}
