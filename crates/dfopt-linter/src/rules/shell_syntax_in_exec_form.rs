//! `shell-syntax-in-exec-form`

use dfopt_syntax::ast::{CommandForm, JsonString};

use crate::rule::declare_rule;
use crate::site::carried_out;
use crate::{Category, Context, Severity};

declare_rule! {
    /// A JSON command holds signs or commands of a shell.
    ///
    /// ## Why
    ///
    /// No shell reads a JSON command. `&&` and `>` are handed to the program as arguments, and `cd` is no program.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN ["touch", "/a", "&&", "touch", "/b"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN touch /a && touch /b
    /// ```
    "shell-syntax-in-exec-form" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

/// Signs that mean something to a shell when they stand alone.
const SIGNS: [&str; 9] = ["&&", "||", ";", "|", ">", ">>", "2>&1", "&", "<"];

/// Commands that only a shell has.
const BUILTINS: [&str; 6] = ["cd", "source", "export", ".", "alias", "set"];

/// Options whose value is a sign.
const DELIMITED: [&str; 6] = ["-d", "-F", "-t", "-s", "--delimiter", "--separator"];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| step.stage.is_some()) {
        let Some(CommandForm::Exec(json)) = carried_out(step).and_then(|ast| ast.command()) else { continue };
        let strings: Vec<(JsonString, String)> =
            json.strings().map(|string| (string.clone(), string.value())).collect();
        let has_shell = strings.iter().any(|(_, text)| {
            let name = text.rsplit(['/', '\\']).next().unwrap_or(text).to_ascii_lowercase();
            matches!(
                name.trim_end_matches(".exe"),
                "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh" | "cmd" | "powershell" | "pwsh"
            )
        });
        if has_shell {
            continue;
        }
        if let Some((string, name)) = strings.first().filter(|(_, name)| BUILTINS.contains(&name.as_str())) {
            ctx.report(string, format!("`{name}` is a command of a shell, and there is none"));
            continue;
        }
        let runs_others = strings.iter().any(|(_, text)| matches!(text.as_str(), "-exec" | "-execdir" | "-ok"));
        let sign = strings.iter().enumerate().skip(1).find(|(at, (_, text))| {
            let is_value = DELIMITED.contains(&strings[at - 1].1.as_str());
            SIGNS.contains(&text.as_str()) && !is_value && !(text == ";" && runs_others)
        });
        if let Some((_, (string, text))) = sign {
            ctx.report(string, format!("`{text}` is an argument like any other, as no shell reads it"))
                .help("write the command as shell text, or start a shell: `[\"sh\", \"-c\", \"…\"]`");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_sign_is_marked() {
        check(
            &RULE,
            "
FROM x
CMD [\"a\", \"&&\", \"b\"]
          ^^^^ `&&` is an argument like any other, as no shell reads it
RUN [\"cd\", \"/a\"]
     ^^^^ `cd` is a command of a shell, and there is none
",
        );
        check_ok(
            &RULE,
            "FROM x\nCMD [\"sh\", \"-c\", \"a\", \"&&\"]\nRUN [\"find\", \"-exec\", \"x\", \";\"]\nRUN [\"cut\", \"-d\", \"|\"]\nCMD [\"a && b\", \"c\"]\nRUN cd a && b\n",
        );
    }
}
