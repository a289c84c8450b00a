//! `echo-escape-sequence`

use crate::rule::declare_rule;
use crate::shell::{Arg, Shell};
use crate::{Category, Context, Dialect, Severity};
use dfopt_syntax::shell::ast::WordPart;

declare_rule! {
    /// `echo` is given an escape sequence that not every shell expands.
    ///
    /// ## Why
    ///
    /// bash and most programs called `echo` print `\n` as two characters unless `-e` is given; dash and ksh expand it.
    /// `printf` does the same everywhere.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM rockylinux:9
    /// RUN echo "a\nb" > /etc/list
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM rockylinux:9
    /// RUN printf 'a\nb\n' > /etc/list
    /// ```
    "echo-escape-sequence" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &["SC2028"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        if !is_peer && matches!(tree.shell, Shell::Dash | Shell::DashPipefail | Shell::Ksh) {
            continue;
        }
        for cmd in tree.commands.iter().filter(|cmd| cmd.name() == "echo") {
            if cmd.options().any(|option| !option.starts_with("--") && option.contains('e')) {
                continue;
            }
            for arg in cmd.args().iter().filter(|arg| has_escape(arg)) {
                ctx.report_in(tree, arg.range(), "SC2028", "some shells print the escape sequence as it is")
                    .help("use `printf`");
            }
        }
    }
}

/// Whether a quoted part has `\n` or the like.
fn has_escape(arg: &Arg) -> bool {
    let is_escape = |text: &str| {
        text.match_indices('\\').any(|(at, _)| {
            matches!(
                text.as_bytes().get(at + 1),
                Some(b'a' | b'b' | b'e' | b'f' | b'n' | b'r' | b't' | b'v' | b'0'..=b'7' | b'x')
            )
        })
    };
    arg.word.parts().any(|part| match part {
        WordPart::SingleQuoted(quoted) => !quoted.is_ansi() && is_escape(&quoted.value()),
        WordPart::DoubleQuoted(quoted) => quoted.parts().any(|part| match part {
            WordPart::Literal(token) => is_escape(token.text()),
            // `"\\\\n"` gives `echo` the same as `"\\n"`.
            WordPart::Escaped(token) if token.text() == "\\\\" => {
                let next = token.next_token().map(|next| next.text().to_owned()).unwrap_or_default();
                is_escape(&format!("\\{next}"))
            }
            _ => false,
        }),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_argument_is_marked() {
        check(
            &RULE,
            "
FROM rockylinux:9
RUN echo -n \"a\\nb\" '\\t' c
            ^^^^^^ some shells print the escape sequence as it is
                   ^^^^ some shells print the escape sequence as it is
",
        );
        check_ok(&RULE, "FROM rockylinux:9\nRUN echo -e 'a\\nb' && printf 'a\\n' && echo 'a\\.b'\n");
        check_ok(&RULE, "FROM debian:12\nRUN echo 'a\\nb'\n");
    }
}
