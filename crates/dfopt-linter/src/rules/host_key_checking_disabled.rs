//! `host-key-checking-disabled`

use dfopt_semantic::command::Word;

use crate::peer;
use crate::rule::declare_rule;
use crate::{Category, Context, Severity, runs};

declare_rule! {
    /// SSH takes any key for that of the host.
    ///
    /// ## Why
    ///
    /// Without a look at the host's key anyone on the way can stand in for it, and gets what is sent. A known key can be written to `known_hosts`,
    /// or handed over as a mount.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN --mount=type=ssh GIT_SSH_COMMAND="ssh -o StrictHostKeyChecking=no" git clone git@github.com:acme/app.git
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY known_hosts /root/.ssh/known_hosts
    /// RUN --mount=type=ssh git clone git@github.com:acme/app.git
    /// ```
    "host-key-checking-disabled" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: None,
        aliases: &["S6502"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for run in runs::of_file(model) {
        for invocation in &run.invocations {
            let mut words = runs::texts(invocation).peekable();
            while let Some(word) = words.next() {
                let text = peer::text(word);
                // `-o` and its value may be one word or two, `StrictHostKeyChecking` and `no` too.
                let next = words.peek().map(|next: &&Word| peer::text(next));
                if let Some(severity) = trust(text) {
                    report(ctx, word, severity);
                } else if text.eq_ignore_ascii_case("StrictHostKeyChecking") && next == Some("no") {
                    report(ctx, word, Severity::Warning);
                }
            }
            let scan = invocation.words.first().filter(|word| word.is_any(&["ssh-keyscan"]));
            if let Some(scan) = scan {
                ctx.report(&scan.range, "keys are taken from whoever answers during the build")
                    .severity(Severity::Info);
            }
        }
    }
    for step in model.steps() {
        for variable in step.variables.iter().filter(|variable| variable.name == "GIT_SSH_COMMAND") {
            if let Some(severity) = variable.value.known().and_then(trust) {
                ctx.report(variable.name_range, MESSAGE).severity(severity);
            }
        }
    }
}

const MESSAGE: &str = "the host's key is not checked";

fn report(ctx: &mut Context<'_>, word: &Word, severity: Severity) {
    ctx.report(&word.range, MESSAGE).severity(severity).help("write the host's key to `known_hosts`");
}

/// How much a text trusts hosts; `None` when it does not say.
fn trust(text: &str) -> Option<Severity> {
    let compact: String = text.to_ascii_lowercase().chars().map(|c| if c == '=' { ' ' } else { c }).collect();
    let compact = compact.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    if compact.contains("stricthostkeychecking no") || compact.contains("userknownhostsfile /dev/null") {
        return Some(Severity::Warning);
    }
    compact.contains("stricthostkeychecking accept-new").then_some(Severity::Info)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn texts_are_marked() {
        check(
            &RULE,
            "
FROM a
ENV GIT_SSH_COMMAND='ssh -o StrictHostKeyChecking=no'
    ^^^^^^^^^^^^^^^ the host's key is not checked
RUN ssh -o StrictHostKeyChecking=no x && scp -oUserKnownHostsFile=/dev/null y z
           ^^^^^^^^^^^^^^^^^^^^^^^^ the host's key is not checked
                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the host's key is not checked
RUN printf 'Host *\\n  StrictHostKeyChecking no\\n' >> ~/.ssh/config && ssh-keyscan github.com > x
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the host's key is not checked
                                                                      ^^^^^^^^^^^ keys are taken from whoever answers during the build
",
        );
        check_ok(&RULE, "FROM a\nRUN ssh -o StrictHostKeyChecking=yes x && git clone git@github.com:a/b\n");
    }
}
