//! `deprecated-package-source`

use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// Something is fetched from a host that is shut or was replaced.
    ///
    /// ## Why
    ///
    /// The build fails today, or on the day when the last mirror goes.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN gpg --keyserver pool.sks-keyservers.net --recv-keys 0123456789ABCDEF
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN gpg --keyserver keys.openpgp.org --recv-keys 0123456789ABCDEF
    /// ```
    "deprecated-package-source" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

/// Places that are no more, and what took their place.
const SOURCES: &[(&str, &str)] = &[
    ("keys.gnupg.net", "this key server is shut; use `keys.openpgp.org`"),
    ("pgp.mit.edu", "this key server is out of use; use `keys.openpgp.org`"),
    ("sks-keyservers.net", "this pool of key servers is shut; use `keys.openpgp.org`"),
    ("dl.bintray.com", "Bintray is shut"),
    ("jcenter.bintray.com", "JCenter is shut; use Maven Central"),
    ("apt.kubernetes.io", "this repository is shut; use `pkgs.k8s.io`"),
    ("yum.kubernetes.io", "this repository is shut; use `pkgs.k8s.io`"),
    ("packages.cloud.google.com/apt/ kubernetes-", "this repository is shut; use `pkgs.k8s.io`"),
    ("packages.cloud.google.com/apt kubernetes-", "this repository is shut; use `pkgs.k8s.io`"),
    ("git://github.com", "GitHub does not speak this protocol any more; use `https://github.com`"),
    ("apt.dockerproject.org", "this repository is shut; use `download.docker.com`"),
];

/// The last lines of Node.js for which its packages were made that have ended.
const ENDED_NODE: &[&str] =
    &["4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "21"];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps() {
        if !matches!(step.ast, Instruction::Run(_) | Instruction::Add(_) | Instruction::Onbuild(_)) {
            continue;
        }
        let range = step.ast.syntax().text_range();
        let text = model.text_at(range);
        let mut report = |at: usize, len: usize, message: String| {
            let part = text.get(at..at + len).unwrap_or_default();
            let is_comment = text[..at].rsplit('\n').next().is_some_and(|line| line.trim_start().starts_with('#'));
            if let (false, Ok(at), Ok(len)) = (is_comment, u32::try_from(at), u32::try_from(part.len())) {
                ctx.report(TextRange::at(range.start() + dfopt_syntax::TextSize::new(at), len.into()), message);
            }
        };
        for (source, message) in SOURCES {
            if let Some(at) = text.find(source) {
                report(at, source.len(), (*message).to_owned());
            }
        }
        const NODE: &str = "deb.nodesource.com/setup_";
        if let Some(at) = text.find(NODE) {
            let line: String = text[at + NODE.len()..].chars().take_while(char::is_ascii_digit).collect();
            if ENDED_NODE.contains(&line.as_str()) {
                report(
                    at,
                    NODE.len() + line.len(),
                    format!("Node.js {line} has ended; choose a line that is maintained"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_host_is_marked() {
        check(
            &RULE,
            "
FROM debian
RUN gpg --keyserver hkp://ha.pool.sks-keyservers.net --recv-keys x
                                  ^^^^^^^^^^^^^^^^^^ this pool of key servers is shut; use `keys.openpgp.org`
RUN curl -fsSL https://deb.nodesource.com/setup_12.x | bash -
                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^ Node.js 12 has ended; choose a line that is maintained
ADD git://github.com/x/y.git /z
    ^^^^^^^^^^^^^^^^ GitHub does not speak this protocol any more; use `https://github.com`
",
        );
    }

    #[test]
    fn hosts_that_live() {
        check_ok(
            &RULE,
            "
FROM debian
RUN curl -fsSL https://deb.nodesource.com/setup_22.x | bash - && gpg --keyserver keys.openpgp.org --recv-keys x
COPY keys.gnupg.net /x
RUN a \\
 # keys.gnupg.net is shut
 && b
",
        );
    }
}
