//! `variable-in-exec-form`

use dfopt_semantic::command::Command;
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;
use dfopt_syntax::TextSize;
use dfopt_syntax::ast::{CommandForm, Instruction, JsonString};

use crate::rule::declare_rule;
use crate::site::carried_out;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A JSON command holds a variable, which nothing expands.
    ///
    /// ## Why
    ///
    /// No shell reads a JSON command. The program gets the text `$NAME` itself.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV PORT=80
    /// CMD ["app", "--port=$PORT"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV PORT=80
    /// CMD ["sh", "-c", "exec app --port=$PORT"]
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A shell then starts the program, and expands all that it knows.
    "variable-in-exec-form" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

/// Programs that expand variables, or for which `$` means something else.
const READERS: [&str; 30] = [
    "sh",
    "bash",
    "ash",
    "dash",
    "zsh",
    "ksh",
    "fish",
    "env",
    "envsubst",
    "make",
    "nginx",
    "supervisord",
    "confd",
    "logstash",
    "java",
    "awk",
    "gawk",
    "mawk",
    "perl",
    "php",
    "ruby",
    "node",
    "jq",
    "psql",
    "mysql",
    "expect",
    "pwsh",
    "powershell",
    "cmd",
    "eval",
];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| step.stage.is_some() && !model.is_windows(step)) {
        let Some(ast) = carried_out(step) else { continue };
        let Some(CommandForm::Exec(json)) = ast.command() else { continue };
        if is_read_otherwise(model, step, &ast) {
            continue;
        }
        let strings: Vec<JsonString> = json.strings().collect();
        let mut is_first = true;
        for string in &strings {
            for (name, place) in variables(string) {
                let report = ctx
                    .report(place, format!("`{name}` is not expanded: no shell reads this"))
                    .help("where a shell is needed: `[\"sh\", \"-c\", \"exec …\"]`");
                let script = shell_command(&strings).filter(|_| is_first && has_fix(model, step, &ast));
                if let Some(script) = script {
                    report.fix("Start a shell", |fix| fix.replace(&json, script));
                }
                is_first = false;
            }
        }
    }
}

/// Whether the program, or the ENTRYPOINT that gets the words, is one that expands variables itself.
fn is_read_otherwise(model: &Model<'_>, step: &Step, ast: &Instruction) -> bool {
    let reads = |step: &Step| {
        let Some(script) = model.script(step) else { return true };
        let Some(command) = script.script.invocations.first().and_then(Command::of) else { return true };
        command.name().is_none_or(|name| {
            READERS.contains(&name) || name.ends_with(".sh") || name.contains("entrypoint") || name.contains('$')
        }) || command.wrappers().iter().any(|wrapper| wrapper.name == "env")
    };
    if !matches!(ast, Instruction::Cmd(_)) {
        return reads(step);
    }
    entrypoint(model, step).map_or_else(|| reads(step), |entrypoint| reads(entrypoint) || reads(step))
}

/// The ENTRYPOINT of the file that gets the words of a CMD.
fn entrypoint<'m>(model: &'m Model<'_>, step: &Step) -> Option<&'m Step> {
    let stage = model.stage_of(step)?;
    let mut stages = model.chain(stage).take(model.stages().len());
    stages.find_map(|stage| {
        model.stage_steps(stage).iter().rev().find(|step| matches!(step.ast, Instruction::Entrypoint(_)))
    })
}

fn has_fix(model: &Model<'_>, step: &Step, ast: &Instruction) -> bool {
    !matches!(ast, Instruction::Cmd(_)) || entrypoint(model, step).is_none()
}

/// The variables in a string, with their places.
fn variables(string: &JsonString) -> Vec<(String, TextRange)> {
    let (text, place) = string.value_with_places();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find('$').map(|at| from + at) {
        let rest = &text[at + 1..];
        from = at + 1;
        // `$$` is how some programs write the sign itself.
        if rest.starts_with('$') {
            from += 1;
            continue;
        }
        let inner = rest.strip_prefix('{').unwrap_or(rest);
        let len = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(inner.len());
        let name = &inner[..len];
        let is_braced = inner.len() < rest.len();
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let is_closed = !is_braced || inner[len..].starts_with(['}', ':', '-']);
        if is_name && is_closed {
            let end = at + 1 + usize::from(is_braced) + len + usize::from(is_braced && inner[len..].starts_with('}'));
            let range = TextRange::new(place(at), (place(end - 1) + TextSize::new(1)).max(place(at)));
            found.push((name.to_owned(), range));
        }
    }
    found
}

/// The same command in a shell, if its words are plain.
fn shell_command(strings: &[JsonString]) -> Option<String> {
    let mut words = Vec::new();
    for string in strings {
        let text = string.value();
        let is_plain =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | ':' | '=' | '@' | '+' | ',' | '-');
        if text.is_empty() || !text.chars().all(|c| is_plain(c) || matches!(c, '$' | '{' | '}')) {
            return None;
        }
        words.push(if text.chars().all(is_plain) { text } else { format!("\\\"{text}\\\"") });
    }
    Some(format!("[\"sh\", \"-c\", \"exec {}\"]", words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn variables_are_marked() {
        check(
            &RULE,
            "
FROM x
CMD [\"app\", \"$A-${B}\", \"$$C\", \"$1\"]
             ^^ `A` is not expanded: no shell reads this [fix]
                ^^^^ `B` is not expanded: no shell reads this
RUN [\"echo\", \"\\u0024D\"]
              ^^^^^^^ `D` is not expanded: no shell reads this [fix]
",
        );
    }

    #[test]
    fn who_expands_them() {
        check_ok(
            &RULE,
            "FROM x\nCMD [\"sh\", \"-c\", \"$A\"]\nRUN [\"/usr/bin/env\", \"$A\"]\nRUN [\"tini\", \"--\", \"bash\", \"$A\"]\nENTRYPOINT [\"nginx\", \"-g\", \"$A\"]\nHEALTHCHECK CMD curl $A\nFROM x\nENTRYPOINT [\"bash\", \"-c\"]\nCMD [\"a\", \"$B\"]\n",
        );
    }

    #[test]
    fn a_shell_is_started() {
        check_fix(
            &RULE,
            "FROM x\nCMD [\"app\", \"-p=$A\"]\n",
            "FROM x\nCMD [\"sh\", \"-c\", \"exec app \\\"-p=$A\\\"\"]\n",
        );
    }
}
