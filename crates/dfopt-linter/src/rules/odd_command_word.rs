//! `odd-command-word`

use crate::rule::declare_rule;
use crate::shell::{Cmd, Tree};
use crate::{Category, Context, Dialect, Severity};
use dfopt_syntax::shell::ast::{AstNode, WordPart};

declare_rule! {
    /// What stands where a program is named can hardly be one.
    ///
    /// ## Why
    ///
    /// The word ends in punctuation, is a pattern that matches files, or belongs to an assignment: `a = b` runs `a`, and
    /// `v=ls` stores the word `ls` instead of the output of the program.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN name = app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN name=app && echo "$name"
    /// ```
    "odd-command-word" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &["SC2288", "SC2211", "SC2283", "SC2209"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    for tree in ctx.scripts() {
        for cmd in &tree.commands {
            if cmd.words.is_empty() || ctx.dialect() == Dialect::Hadolint {
                assigned_program(ctx, tree, cmd);
            }
            let Some(word) = cmd.words.first() else { continue };
            let range = word.range();
            let text = word.text();
            let has_glob = word.word.parts().any(|part| matches!(part, WordPart::Glob(_)));
            let is_peer = ctx.dialect() == Dialect::Hadolint;
            let is_assignment = cmd.words.get(1).is_some_and(|next| {
                let text = next.value.as_deref().unwrap_or_default();
                let is_sign = text == "=" || (is_peer && text.starts_with('=') && !text.starts_with("=="));
                is_sign && !next.word.is_quoted()
            });
            let is_name = text
                .strip_prefix('$')
                .filter(|_| is_peer)
                .unwrap_or(&text)
                .chars()
                .all(|c| c == '_' || c.is_ascii_alphanumeric());
            if is_assignment && is_name && !text.is_empty() {
                ctx.report_in(tree, range, "SC2283", "runs a program; an assignment has no blanks around `=`")
                    .severity_in(Dialect::Hadolint, Severity::Error);
            } else if has_glob && !text.contains("$") && (is_peer || text.len() > 1) {
                ctx.report_in(tree, range, "SC2211", "runs whatever file matches the pattern");
            } else if word.value.as_deref().is_some_and(ends_oddly) && !word.word.is_quoted() {
                ctx.report_in(tree, range, "SC2288", format!("no program is called `{text}`"));
            }
        }
    }
}

/// Whether a word ends in punctuation that no program's name has.
fn ends_oddly(text: &str) -> bool {
    text.len() > 1 && text.ends_with(['%', ',', ';', '>', '<', '}', '.'])
}

/// `v=ls`
fn assigned_program(ctx: &mut Context<'_>, tree: &Tree, cmd: &Cmd) {
    const PROGRAMS: [&str; 18] = [
        "ls", "cat", "grep", "find", "awk", "sed", "date", "pwd", "whoami", "uname", "hostname", "nproc", "curl",
        "wget", "head", "tail", "echo", "cut",
    ];
    for assignment in cmd.ast.assignments() {
        let Some(value) = assignment.value().filter(|value| !value.is_quoted()) else { continue };
        if value.value().is_some_and(|value| PROGRAMS.contains(&&*value)) && !assignment.is_append() {
            ctx.report_in(tree, value.range(), "SC2209", "stores the name, not the output of the program")
                .help("write `$(…)` for the output, quotes for the name");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_word_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN a = b; /lib/ld-*.so x; done%; v=ls; w='ls'; x=foo; [ a = b ]
    ^ runs a program; an assignment has no blanks around `=`
           ^^^^^^^^^^^^ runs whatever file matches the pattern
                           ^^^^^ no program is called `done%`
                                    ^^ stores the name, not the output of the program
",
        );
        check_ok(&RULE, "FROM a\nRUN [ a = b ] && : && . x && $y = z && g++ -o a\n");
    }
}
