//! `prefix-assignment-not-seen`

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};
use dfopt_syntax::shell::ast::AstNode;
use dfopt_syntax::{TextRange, TextSize};

declare_rule! {
    /// A variable set before a command is expanded in the same command.
    ///
    /// ## Why
    ///
    /// The shell expands the words of `A=x command $A` before it sets `A` for the command, so `$A` is the old value, mostly
    /// nothing.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN VERSION=3 echo "$VERSION"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN VERSION=3; echo "$VERSION"
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix makes two commands of it. It is unsafe because the command no longer gets the variable in its environment.
    "prefix-assignment-not-seen" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["SC2097", "SC2098"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        for cmd in tree.commands.iter().filter(|cmd| !cmd.words.is_empty()) {
            let assignments: Vec<_> = cmd.ast.assignments().collect();
            for (at, assignment) in assignments.iter().enumerate() {
                let Some(name) = assignment.name() else { continue };
                let is_set_before = !is_peer
                    && tree.names().assigned.iter().any(|one| {
                        one.name == name && one.only_for.is_none() && one.range.start() < assignment.range().start()
                    });
                let later = assignments.iter().skip(at + 1).filter_map(|other| other.value());
                let words = later.chain(cmd.words.iter().map(|word| word.word.clone())).flat_map(|word| word.params());
                let used = words.into_iter().find(|param| param.name().as_deref() == Some(&name));
                let Some(used) = used.filter(|_| !is_set_before && (is_peer || !tree.given.contains_key(&name))) else {
                    continue;
                };
                let value = assignment.value().map(|value| value.params()).unwrap_or_default();
                if !is_peer && value.iter().any(|param| param.name().as_deref() == Some(&name)) {
                    continue;
                }
                let range = TextRange::at(assignment.range().start(), TextSize::of(name.as_str()));
                let place = tree.place(range);
                let end = assignment.range().end();
                let is_last = at + 1 == assignments.len() && assignments.len() == 1;
                let report = ctx
                    .report_in(tree, used.syntax().text_range(), "SC2098", format!("`{name}` is not set here yet"))
                    .related(place, "sets it for the command only");
                if is_last && tree.is_in_place() && cmd.context.pipeline_len == 1 {
                    report.fix("Assign first", |fix| fix.insert(end, ";"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_use_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN A=x echo \"$A\" && B=1 C=2 sh -c 'echo $B' $C
              ^^ `A` is not set here yet [fix]
                                             ^^ `C` is not set here yet
",
        );
        check_ok(&RULE, "FROM a\nARG D\nRUN D=$D/x cmd $D; A=1; A=1 cmd $A; B=2 cmd\n");
        check_fix(&RULE, "FROM a\nRUN A=x echo \"$A\"\n", "FROM a\nRUN A=x; echo \"$A\"\n");
    }
}
