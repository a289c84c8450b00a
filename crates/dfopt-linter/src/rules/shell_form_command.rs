//! `shell-form-command`

use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::ast::{AstNode, CommandForm, Instruction};
use dfopt_syntax::{ErrorKind, parse};

use crate::exec_form::exec_form;
use crate::rule::declare_rule;
use crate::site::{carriers, sites};
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// `CMD` or `ENTRYPOINT` is given as shell text.
    ///
    /// ## Why
    ///
    /// The shell becomes the main process. It does not pass signals on, so that `docker stop` waits and then kills, and the words
    /// of `docker run` are not appended.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM nginx:1.29
    /// CMD nginx -g daemon
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM nginx:1.29
    /// CMD ["nginx", "-g", "daemon"]
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The program then runs without a shell: it gets signals, has process number 1, and nothing is expanded.
    "shell-form-command" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3025", "JSONArgsRecommended", "S7019", "S6589", "DF018", "DF025"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let dialect = ctx.dialect();
    for site in sites(model) {
        let step = site.step;
        let is_main = matches!(site.ast, Instruction::Cmd(_) | Instruction::Entrypoint(_));
        let is_check = matches!(site.ast, Instruction::Healthcheck(_));
        let is_shell = match site.ast.command() {
            Some(CommandForm::Shell(_)) => {
                dialect != Dialect::Hadolint || !is_array_for_hadolint(site.ast.arguments().as_str())
            }
            Some(CommandForm::Exec(json)) => dialect == Dialect::Hadolint && json.others().next().is_some(),
            // BuildKit makes an empty text of it.
            None => dialect == Dialect::Buildkit && is_main,
        };
        if site.is_trigger() {
            if is_shell && is_main && dialect == Dialect::Buildkit {
                for from in carriers(model, step).into_iter().filter(|from| from.shell.set_by.is_none()) {
                    let what = format!("`{}` behind `ONBUILD` of the base starts a shell", site.ast.name());
                    ctx.report(from.keyword_range(), what);
                }
            }
            continue;
        }
        if !is_shell || !(is_main || (is_check && dialect == Dialect::Hadolint)) || step.stage.is_none() {
            continue;
        }
        let has_shell = step.shell.set_by.is_some();
        let wanted = match dialect {
            Dialect::Hadolint => true,
            Dialect::Buildkit => !has_shell,
            Dialect::Recommended => !has_shell && is_recommended(model, step),
        };
        if wanted {
            report(ctx, step);
        }
    }
}

/// Whether a text is a JSON array once backslashes that mean nothing in JSON stand for themselves.
fn is_array_for_hadolint(text: &str) -> bool {
    // The type of HEALTHCHECK stands in front.
    let Some(start) = text.find('[').filter(|_| text.contains('\\')) else { return false };
    let mut array = String::with_capacity(text.len() + 8);
    let mut chars = text[start..].chars().peekable();
    while let Some(c) = chars.next() {
        array.push(c);
        if c == '\\' {
            match chars.peek() {
                Some(&next) if matches!(next, '"' | '\\' | '/') => {
                    array.push(next);
                    chars.next();
                }
                _ => array.push('\\'),
            }
        }
    }
    let command = format!("FROM scratch\nCMD {array}\n");
    let last = parse(&command).file().instructions().last();
    let before = text[..start].trim();
    (before.is_empty() || before.eq_ignore_ascii_case("cmd"))
        && last.and_then(|cmd| cmd.json()).is_some_and(|json| json.others().next().is_none())
}

/// Whether the command starts what somebody runs, and the shell stays.
fn is_recommended(model: &Model<'_>, step: &Step) -> bool {
    let is_target = model.stage_of(step).is_some_and(|stage| model.is_built(stage));
    // What was meant as JSON is reported as that.
    let range = step.ast.syntax().text_range();
    let looks_like_json = model
        .parse()
        .errors()
        .iter()
        .any(|error| matches!(error.kind, ErrorKind::JsonLookAlike { .. }) && range.contains_range(error.range));
    let text = step.ast.arguments();
    let replaces_shell = text.as_str().strip_prefix("exec").is_some_and(|rest| rest.starts_with([' ', '\t']));
    is_target && !looks_like_json && !replaces_shell
}

fn report(ctx: &mut Context<'_>, step: &Step) {
    let model = ctx.model();
    let arguments = step.ast.arguments();
    let text = arguments.as_str();
    let first = text.find(char::is_whitespace).unwrap_or(text.len());
    let what = format!("`{}` starts a shell around the program", step.ast.name());
    let exec = exec_form(model, step);
    let place = if text.is_empty() { step.keyword_range() } else { arguments.file_range(0..first) };
    let mut report = ctx.report(place, what);
    if model.is_windows(step) {
        report = report.severity(Severity::Info);
    }
    match exec {
        Some(exec) => {
            let place = arguments.file_range(0..text.len());
            report
                .help("name the program and its arguments in a JSON array")
                .fix("Write it as a JSON array", |fix| fix.replace(place, exec));
        }
        None => {
            report.help(
                "where the shell is needed, `[\"sh\", \"-c\", \"exec …\"]` or a script lets the program take its place",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_first_word_is_marked() {
        check(
            &RULE,
            "
FROM a
ENTRYPOINT /app --port=1
           ^^^^ `ENTRYPOINT` starts a shell around the program [fix]
CMD a && b
    ^ `CMD` starts a shell around the program
",
        );
    }

    #[test]
    fn where_the_shell_is_meant_or_not_run() {
        check_ok(&RULE, "FROM a\nCMD a\nFROM b\nCMD exec a\nENTRYPOINT [\"a\"]\nHEALTHCHECK CMD a\nRUN a\n");
        check_ok(&RULE, "FROM a\nSHELL [\"bash\", \"-c\"]\nCMD a\n");
        check_ok(&RULE, "FROM a\nCMD ['a']\nCMD\n");
    }

    #[test]
    fn an_array_takes_its_place() {
        check_fix(
            &RULE,
            "FROM a\nCMD app 'x y' \"z\\\"\" \\\n  -v\n",
            "FROM a\nCMD [\"app\", \"x y\", \"z\\\"\", \"-v\"]\n",
        );
    }

    #[test]
    fn peers() {
        let options = dfopt_semantic::model::Options::default();
        let hadolint = Settings::of_preset(Preset::Hadolint);
        check_with(
            &RULE,
            &hadolint,
            options,
            "FROM a\nSHELL [\"b\"]\nENTRYPOINT [\"c:\\users\", \"\\q\"]\nHEALTHCHECK CMD x y\n            ^^^ `HEALTHCHECK` starts a shell around the program\nCMD [\"a\", 1]\n    ^^^^^ `CMD` starts a shell around the program\n",
        );
        let buildkit = Settings::of_preset(Preset::Buildkit);
        check_with(
            &RULE,
            &buildkit,
            options,
            "FROM a\nCMD exec x | y\n    ^^^^ `CMD` starts a shell around the program\nFROM b\n",
        );
    }
}
