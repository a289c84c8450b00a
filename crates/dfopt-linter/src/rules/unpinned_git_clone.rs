//! `unpinned-git-clone`

use dfopt_semantic::command::downloads::GitVerb;
use dfopt_semantic::command::{Understood, Word};

use crate::rule::declare_rule;
use crate::runs::{steps, visit};
use crate::{ByDefault, Category, Context, Severity};

declare_rule! {
    /// A repository is cloned at whatever its branch holds.
    ///
    /// ## Why
    ///
    /// Each build takes the newest commit of that day, and a layer from the cache an older one, so the same file makes different images.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN git clone https://example.com/app.git /src
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN git clone --branch v1.2.0 https://example.com/app.git /src
    /// ```
    "unpinned-git-clone" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in steps(model) {
        let mut clones: Vec<Word> = Vec::new();
        visit(model, step, &mut |command, understood, _| {
            let Understood::Git(git) = understood else { return };
            match git.verb {
                GitVerb::Clone if git.tool == "git" && !git.pinned => {
                    clones.extend(git.url.filter(|url| is_url(url)).cloned())
                }
                // A commit or a tag is checked out of the last clone.
                GitVerb::Update if git.word.is_any(&["checkout", "reset", "switch"]) => {
                    let to_branch =
                        command.args().iter().any(|word| word.is_any(&["master", "main", "HEAD", "develop"]));
                    if !to_branch && command.args().len() > 1 {
                        clones.pop();
                    }
                }
                _ => {}
            }
        });
        for url in clones {
            ctx.report(&url, "this clones whatever the branch holds").help("name a tag with `--branch`");
        }
    }
}

/// Whether the address is written down.
fn is_url(word: &Word) -> bool {
    word.text().is_some_and(|text| text.contains("://") || text.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_address_is_marked() {
        check(
            &RULE,
            "
FROM debian
RUN git clone --depth 1 https://x/y z && cd z && git checkout main
                        ^^^^^^^^^^^ this clones whatever the branch holds
",
        );
    }

    #[test]
    fn pinned_or_unknown() {
        check_ok(
            &RULE,
            "
FROM debian
RUN git clone -b v1 https://x/y && git clone https://x/z && cd z && git checkout 0123456
RUN git clone $URL && git pull && git clone /local/x
",
        );
    }
}
