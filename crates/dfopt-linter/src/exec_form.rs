//! Shell text written as a JSON array, where both start the same program with the same words.

use dfopt_semantic::command::{Nesting, Word};
use dfopt_semantic::model::{Model, ScriptSource, Step};
use dfopt_syntax::ast::Instruction;

/// The JSON array for a single command of literal words.
pub(crate) fn exec_form(model: &Model<'_>, step: &Step) -> Option<String> {
    /// Commands that only a shell has.
    const BUILTINS: [&str; 14] =
        [".", ":", "source", "cd", "exec", "eval", "export", "set", "unset", "ulimit", "umask", "trap", "wait", "exit"];
    if !matches!(step.ast, Instruction::Cmd(_) | Instruction::Entrypoint(_))
        || step.ast.has_inner_comments()
        || model.is_windows(step)
    {
        return None;
    }
    let script = model
        .script(step)
        .filter(|script| script.source == ScriptSource::Text && script.script.complete && !model.has_error(step))?;
    let [command] = script.script.invocations.as_slice() else { return None };
    let is_simple = command.nesting == Nesting::Always
        && command.assignments.is_empty()
        && command.redirects.is_empty()
        && command.subshells.is_empty();
    let words: Vec<&str> = command.words.iter().map(Word::text).collect::<Option<_>>()?;
    let first = *words.first()?;
    // Signs that make more of the text than its words: `a &`, `! a`, a comment.
    let text = step.ast.arguments();
    let is_whole = !text.as_str().contains(['&', ';', '|', '!', '#', '\n', '(', ')', '{', '}']);
    if !is_simple || !is_whole || BUILTINS.contains(&first) {
        return None;
    }
    let quoted: Vec<String> = words.iter().map(|word| json_string(word)).collect();
    Some(format!("[{}]", quoted.join(", ")))
}

fn json_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
