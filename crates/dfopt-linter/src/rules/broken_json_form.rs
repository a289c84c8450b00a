//! `broken-json-form`

use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{ErrorKind, JsonProblem, parse};

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A command or a list of paths looks like JSON, but is none.
    ///
    /// ## Why
    ///
    /// When the text in brackets is not valid JSON the builder takes it for shell text or plain words, without a warning:
    /// `CMD ['app']` starts a shell that looks for a program called `[app]`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// CMD ['sleep', '60']
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// CMD ["sleep", "60"]
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix makes valid JSON of the text, and the command then runs without a shell.
    "broken-json-form" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["JSON_IN_SINGLE_QUOTES", "tally/invalid-json-form"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model) {
        if matches!(site.ast, Instruction::Shell(_) | Instruction::Onbuild(_)) {
            continue;
        }
        let range = site.ast.syntax().text_range();
        for error in model.parse().errors().iter().filter(|error| range.contains_range(error.range)) {
            let ErrorKind::JsonLookAlike { problem } = error.kind else { continue };
            if is_type_name(site.ast.arguments().as_str()) {
                continue;
            }
            let what = match problem {
                JsonProblem::SingleQuotes => "JSON needs double quotes",
                JsonProblem::Unclosed => "this `[` is never closed",
                JsonProblem::TextBehind => "text behind the closing `]`",
                JsonProblem::TrailingComma => "JSON allows no comma before `]`",
                JsonProblem::BadEscape => "JSON does not know this escape; a backslash is written `\\\\`",
                JsonProblem::CurlyQuotes => "JSON needs plain double quotes",
                JsonProblem::Other => "this is not JSON",
            };
            let reads = match site.ast {
                Instruction::Copy(_) | Instruction::Add(_) | Instruction::Volume(_) => {
                    "the words are taken as they stand, brackets included"
                }
                _ => "the text is handed to the shell, brackets included",
            };
            let report = ctx.report(error.range, what).note(reads);
            let arguments = site.ast.arguments();
            let text = arguments.as_str();
            let place = arguments.file_range(0..text.len());
            // A command behind HEALTHCHECK's type is only part of the arguments.
            let start = text.find('[').unwrap_or(0);
            let Some(repaired) = repair(&text[start..], problem) else { continue };
            if model.text_at(place) == text {
                let place = arguments.file_range(start..text.len());
                report.fix("Write valid JSON", |fix| fix.replace(place, repaired));
            }
        }
    }
}

/// `[Net.ServicePointManager]::…`: PowerShell names types in brackets.
fn is_type_name(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    inner.is_some_and(|(name, behind)| {
        !name.is_empty()
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_'))
            && behind.starts_with("::")
    })
}

/// The array that was meant, if there is only one way to write it.
fn repair(text: &str, problem: JsonProblem) -> Option<String> {
    let repaired = match problem {
        JsonProblem::SingleQuotes if !text.contains(['"', '\\']) => text.replace('\'', "\""),
        JsonProblem::CurlyQuotes => text.replace(['“', '”', '„'], "\""),
        JsonProblem::TrailingComma => {
            let bracket = text.rfind(']')?;
            let comma = text[..bracket].rfind(',')?;
            format!("{}{}", &text[..comma], &text[comma + 1..])
        }
        JsonProblem::Unclosed => format!("{text}]"),
        JsonProblem::BadEscape => text.replace('\\', "\\\\"),
        _ => return None,
    };
    let line = format!("FROM scratch\nCMD {repaired}\n");
    let is_valid = parse(&line)
        .file()
        .instructions()
        .last()
        .and_then(|cmd| cmd.json())
        .is_some_and(|json| json.others().next().is_none());
    is_valid.then_some(repaired)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_problem_is_marked() {
        check(
            &RULE,
            "
FROM a
CMD ['a', 'b']
     ^ JSON needs double quotes [fix]
ENTRYPOINT [\"a\", \"b\"
           ^ this `[` is never closed [fix]
COPY [\"a\", \"/b\",]
               ^ JSON allows no comma before `]` [fix]
RUN [\"a\"] && b
          ^ text behind the closing `]`
HEALTHCHECK CMD [a]
                 ^ this is not JSON
",
        );
    }

    #[test]
    fn shell_tests_and_json() {
        check_ok(
            &RULE,
            "FROM a\nRUN [ -f x ] && y\nRUN [[ -f x ]]\nRUN [Net.Point]::Set = 1\nCMD [\"a\"]\nSHELL ['x']\nENV a=[b\n",
        );
    }

    #[test]
    fn valid_json_takes_its_place() {
        check_fix(
            &RULE,
            "FROM a\nCMD ['a', 'b c']\nENTRYPOINT [\"a\", \"b\"\nCMD [\"c:\\dir\"]\nHEALTHCHECK CMD ['x']\n",
            "FROM a\nCMD [\"a\", \"b c\"]\nENTRYPOINT [\"a\", \"b\"]\nCMD [\"c:\\\\dir\"]\nHEALTHCHECK CMD [\"x\"]\n",
        );
    }
}
