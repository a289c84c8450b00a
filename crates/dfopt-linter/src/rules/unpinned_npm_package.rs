//! `unpinned-npm-package`

use dfopt_semantic::command::node::NodeVerb;
use dfopt_semantic::command::{Understood, Word};

use crate::peer::packages;
use crate::rule::declare_rule;
use crate::runs::{steps, visit};
use crate::unpinned::{check_as_hadolint, report};
use crate::{Category, Context, Dialect, Severity};

declare_rule! {
    /// A JavaScript package is installed without a version.
    ///
    /// ## Why
    ///
    /// Each build takes the newest version of that day, so the same file makes different images, and a version that breaks something
    /// arrives unannounced. What the program itself needs is better pinned by a lock file and `npm ci`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:24-slim
    /// RUN npm install --global pm2
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24-slim
    /// RUN npm install --global pm2@6.0.5
    /// ```
    "unpinned-npm-package" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3016"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        return check_as_hadolint(ctx, packages::npm_packages, is_pinned_as_hadolint);
    }
    let model = ctx.model();
    for step in steps(model) {
        visit(model, step, &mut |_, understood, _| {
            let Understood::Node(node) = understood else { return };
            if matches!(node.verb, NodeVerb::Add | NodeVerb::AddGlobal) {
                let open: Vec<&Word> = node.packages.iter().copied().filter(|word| is_open(word)).collect();
                report(ctx, &open);
            }
        });
    }
}

/// Whether the word names a package and says nothing of its version.
fn is_open(word: &Word) -> bool {
    let Some(text) = word.text() else { return false };
    let is_file =
        text.starts_with(['.', '/', '~']) || [".tgz", ".tar.gz", ".tar"].iter().any(|end| text.ends_with(end));
    if is_file || text.is_empty() || text.starts_with("file:") {
        return false;
    }
    let has_host = text.contains("://") || text.starts_with("git@");
    if has_host || (text.contains('/') && !text.starts_with('@')) {
        // `user/repository#tag`
        return !text.contains('#') && (!has_host || text.starts_with("git"));
    }
    match text.get(1..).and_then(|rest| rest.split_once('@')) {
        Some((_, version)) => matches!(version, "" | "latest" | "next"),
        None => true,
    }
}

/// hadolint's verdict.
fn is_pinned_as_hadolint(package: &str) -> bool {
    const REPOSITORIES: &[&str] = &["git://", "git+ssh://", "git+http://", "git+https://"];
    if REPOSITORIES.iter().any(|scheme| package.starts_with(scheme)) {
        return package.contains('#');
    }
    let is_file = [".tar", ".tar.gz", ".tgz"].iter().any(|end| package.ends_with(end))
        || ["/", "./", "../", "~/"].iter().any(|start| package.starts_with(start));
    // A scope ends at the first character up to the slash.
    let name = match package.strip_prefix('@') {
        Some(scoped) => scoped.trim_start_matches(|c: char| c > '/'),
        None => package,
    };
    is_file || name.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn names_without_a_version() {
        check(
            &RULE,
            "
FROM node
RUN npm i -g --registry x a@1 b @c/d @e/f@2
                              ^ `b` and another package have no version
RUN npm install -g npm@latest
                   ^^^^^^^^^^ `npm@latest` has no version
RUN yarn global add a && pnpm add b@1 && npm install me/repository
                    ^ `a` has no version
                                                     ^^^^^^^^^^^^^ `me/repository` has no version
",
        );
    }

    #[test]
    fn pinned_or_no_names() {
        check_ok(
            &RULE,
            "
FROM node
RUN npm install && npm ci && npm i . ./a b.tgz https://x/c.tgz me/d#v1 e@^1 $P && npm uninstall f
",
        );
    }

    #[test]
    fn hadolint_knows_no_values() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM node
RUN npm install a@1 @b/c@2 ./d e.tgz git+https://x/y#1 f@latest
RUN npm install @b/c
                ^^^^ `@b/c` has no version
RUN npm i a && npm install && npm --prefix x install y && yarn add z
RUN npm --loglevel x install .
                             ^ `.` has no version
RUN npm install -g --prefix x y@1
                            ^ `x` has no version
",
        );
    }
}
