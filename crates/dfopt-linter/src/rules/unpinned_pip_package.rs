//! `unpinned-pip-package`

use dfopt_semantic::command::python::Pip;
use dfopt_semantic::command::{Command, Understood, Word};

use crate::peer::packages;
use crate::rule::declare_rule;
use crate::runs::{steps, visit};
use crate::unpinned::{check_as_hadolint, report};
use crate::{Category, Context, Dialect, Severity};

declare_rule! {
    /// A Python package is installed without a version.
    ///
    /// ## Why
    ///
    /// Each build takes the newest version of that day, so the same file makes different images, and a version that breaks something
    /// arrives unannounced. A file of requirements with versions, or a lock file, pins what those packages need as well.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM python:3.13-slim
    /// RUN pip install --no-cache-dir flask
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM python:3.13-slim
    /// RUN pip install --no-cache-dir flask==3.1.0
    /// ```
    "unpinned-pip-package" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3013", "DF051"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        return check_as_hadolint(ctx, packages::pip_packages, is_pinned_as_hadolint);
    }
    let model = ctx.model();
    for step in steps(model) {
        visit(model, step, &mut |command, understood, _| {
            let Understood::Pip(pip) = understood else { return };
            let is_pinned_elsewhere = !pip.constraints.is_empty() || pip.require_hashes || pip.no_index;
            if !pip.installs() || is_pinned_elsewhere || upgrades_itself(command, pip) {
                return;
            }
            let open: Vec<&Word> = pip.packages.iter().copied().filter(|word| is_open(word)).collect();
            report(ctx, &open);
        });
    }
}

/// Whether the word names a package and says nothing of its version.
fn is_open(word: &Word) -> bool {
    // The brackets of `name[extra]` make a pattern of a word without quotes.
    let Some(text) = word.text().or(Some(&*word.raw)).filter(|text| !text.contains(['$', '`', '*'])) else {
        return false;
    };
    if ["git+", "hg+", "svn+", "bzr+"].iter().any(|scheme| text.starts_with(scheme)) {
        return !text.rsplit('/').next().is_some_and(|last| last.contains('@'));
    }
    const FILES: &[&str] = &[".whl", ".tar.gz", ".tgz", ".tar.bz2", ".zip"];
    let is_path = text.contains('/') || text.starts_with('.') || FILES.iter().any(|end| text.ends_with(end));
    !is_path && !text.contains(['=', '<', '>', '~', '!', '@']) && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// `pip install --upgrade pip` brings the installer itself up to date.
fn upgrades_itself(command: &Command<'_>, pip: &Pip<'_>) -> bool {
    command.args().iter().any(|word| word.is_any(&["--upgrade", "-U"]))
        && pip.packages.iter().all(|word| word.is_any(&["pip", "setuptools", "wheel", "uv"]))
}

/// hadolint's verdict.
fn is_pinned_as_hadolint(package: &str) -> bool {
    const REPOSITORIES: &[&str] = &["git", "hg+", "svn", "bzr+"];
    let is_repository = REPOSITORIES.iter().any(|start| package.starts_with(start));
    let has_version =
        package.contains("==") || package.contains(['>', '<']) || package.contains("!=") || package.contains("~=");
    has_version
        || (is_repository && package.contains('@'))
        || package.ends_with(".whl")
        || package.ends_with(".tar.gz")
        || (!is_repository && package.contains('/'))
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
FROM python
RUN pip install --timeout 100 a 'b>=1' c==2 d[x]
                              ^ `a` and another package have no version
RUN python3 -m pip install -r x.txt git+https://me@x/y git+https://x/y@v1
                                    ^^^^^^^^^^^^^^^^^^ `git+https://me@x/y` has no version
RUN uv pip install --system a
                            ^ `a` has no version
",
        );
    }

    #[test]
    fn pinned_or_no_names() {
        check_ok(
            &RULE,
            "
FROM python
RUN pip install -U pip setuptools && pip install . ./x -e y a.whl 'b @ https://x/b.zip' c==$V $P
RUN pip install -c c.txt a && pip install --require-hashes b && pip uninstall c && pip --version
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
FROM python
RUN pip install a==1 'b>2' git+https://x/y@v1 ./c d.whl --index-url e
RUN pip install --timeout 100 a==1
                          ^^^ `100` has no version
RUN pip install -U pip
                   ^^^ `pip` has no version
RUN pip3 install -r a.txt b && pip install . && pip install -c x y
RUN python3 -m pip install $P
                           ^^ `$P` has no version
RUN pipenv install a && pipx install b && python -mpip install c
                                     ^ `b` has no version
",
        );
    }
}
