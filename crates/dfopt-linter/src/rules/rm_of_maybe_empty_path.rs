//! `rm-of-maybe-empty-path`

use crate::rule::declare_rule;
use crate::shell::{Arg, Got, Tree};
use crate::{Applicability, Category, Context, Dialect, Severity};
use dfopt_syntax::shell::ast::{self as sh, AstNode, WordPart};

declare_rule! {
    /// A recursive `rm` deletes a system directory when a variable is empty.
    ///
    /// ## Why
    ///
    /// `rm -rf "$dir/"` is `rm -rf /` when `dir` is empty, and `rm -rf /usr/$dir` is `rm -rf /usr/`. `${dir:?}` stops the
    /// script instead.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN dir=$(cat /etc/app-dir) && rm -rf "$dir/"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN dir=$(cat /etc/app-dir) && rm -rf "${dir:?}/"
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix writes `${name:?}`. It is unsafe because a build that deleted the wrong directory stops instead.
    "rm-of-maybe-empty-path" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["SC2115"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        for cmd in tree.commands.iter().filter(|cmd| cmd.name() == "rm") {
            let is_recursive = cmd
                .options()
                .any(|option| option == "--recursive" || (!option.starts_with("--") && option.contains(['r', 'R'])));
            if !is_recursive {
                continue;
            }
            for arg in cmd.args() {
                if let Some(params) = risky(arg)
                    && (is_peer || params.iter().any(|param| !is_filled(tree, param)))
                {
                    let text = arg.text();
                    let report = ctx.report_in(
                        tree,
                        arg.range(),
                        "SC2115",
                        format!("`{text}` is a system directory when a variable is empty"),
                    );
                    let plain = params.iter().all(|param| param.operator().is_none() && param.prefix().is_none());
                    if plain && tree.is_in_place() {
                        report.fix("Stop when it is empty", |fix| {
                            for param in &params {
                                let name = param.name().unwrap_or_default();
                                fix.replace(param.syntax().text_range(), format!("${{{name}:?}}"));
                            }
                        });
                    }
                }
            }
        }
    }
}

/// The variables of a path that is a system directory without them.
fn risky(arg: &Arg) -> Option<Vec<sh::Param>> {
    const SYSTEM: [&str; 15] =
        ["", "bin", "boot", "dev", "etc", "home", "lib", "lib64", "mnt", "opt", "root", "sbin", "srv", "usr", "var"];
    let mut skeleton = String::new();
    let mut params = Vec::new();
    flatten(arg.word.parts(), &mut skeleton, &mut params)?;
    if params.is_empty() {
        return None;
    }
    let path = skeleton.strip_suffix('*').unwrap_or(&skeleton);
    let inner = path.strip_prefix('/')?;
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    SYSTEM.contains(&inner).then_some(params)
}

/// The text without its variables; `None` when something else is expanded, or a variable cannot be empty.
fn flatten(parts: impl Iterator<Item = WordPart>, skeleton: &mut String, params: &mut Vec<sh::Param>) -> Option<()> {
    for part in parts {
        match part {
            WordPart::Literal(token) => skeleton.push_str(token.text()),
            WordPart::Glob(token) if token.text() == "*" => skeleton.push('*'),
            WordPart::SingleQuoted(quoted) => skeleton.push_str(&quoted.value()),
            WordPart::DoubleQuoted(quoted) => flatten(quoted.parts(), skeleton, params)?,
            WordPart::Param(param) => {
                let is_never_empty = param.operator().is_some_and(|operator| operator.contains(['?', '-', '=']));
                if is_never_empty || param.prefix().is_some() {
                    return None;
                }
                params.push(param);
            }
            _ => return None,
        }
    }
    Some(())
}

/// Whether the variable is known to have a value: by ARG, ENV, the base image or a literal of the script.
fn is_filled(tree: &Tree, param: &sh::Param) -> bool {
    let name = param.name().unwrap_or_default();
    let names = tree.names();
    let assigned = names.assigned.iter().filter(|one| one.name == name);
    let is_literal = |got: &Got| match got {
        Got::Word(Some(word)) => !word.prefix().is_empty(),
        Got::Each(_) | Got::Number => true,
        _ => false,
    };
    let mut any = false;
    for one in assigned {
        any = true;
        if !is_literal(&one.got) {
            return false;
        }
    }
    any || tree.given.contains_key(&name) || matches!(name.as_str(), "HOME" | "PWD")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn what_is_left_without_the_variable() {
        check(
            &RULE,
            "
FROM a
RUN rm -rf \"$x/\" /usr/$x \"$x\"/lib && rm -r $a/$b
           ^^^^^ `\"$x/\"` is a system directory when a variable is empty [fix]
                 ^^^^^^^ `/usr/$x` is a system directory when a variable is empty [fix]
                         ^^^^^^^^ `\"$x\"/lib` is a system directory when a variable is empty [fix]
                                           ^^^^^ `$a/$b` is a system directory when a variable is empty [fix]
",
        );
        check_ok(
            &RULE,
            "FROM a\nARG d=/x\nRUN rm -rf \"$d/\" \"${y:?}/\" \"$z\" \"$z/lib/foo\" /var/lib/$z && rm $z/* && t=/tmp/a && rm -rf $t/\n",
        );
        check_fix(&RULE, "FROM a\nRUN rm -rf \"$x/\"\n", "FROM a\nRUN rm -rf \"${x:?}/\"\n");
    }
}
