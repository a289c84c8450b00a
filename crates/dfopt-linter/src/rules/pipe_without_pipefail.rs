//! `pipe-without-pipefail`

use dfopt_semantic::base::Shell;
use dfopt_semantic::command::downloads::GitVerb;
use dfopt_semantic::command::{
    Command, Connector, Dialect as ShellDialect, Invocation, Script, Understood, understand,
};
use dfopt_semantic::model::{Model, ScriptSource, Step};
use dfopt_syntax::TextSize;
use dfopt_syntax::ast::Instruction;
use dfopt_syntax::shell::parse_script;

use crate::rule::declare_rule;
use crate::runs::steps;
use crate::{Applicability, Category, Context, Dialect, Place, Severity};

declare_rule! {
    /// A command fails in a pipe and nobody notices.
    ///
    /// ## Why
    ///
    /// The status of a pipe is that of its last command. When a download before it fails, the last one gets nothing, is content with it, and
    /// the build goes on with a file that is empty or cut short.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN wget -qO- https://example.com/list | sort > /list
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// SHELL ["/bin/ash", "-o", "pipefail", "-c"]
    /// RUN wget -qO- https://example.com/list | sort > /list
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A build that went on in spite of a failure now stops. So does one in which a command before the last is ended by the one behind it,
    /// as in `yes | head -1`.
    "pipe-without-pipefail" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL4006", "DF057"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        return check_as_hadolint(ctx);
    }
    for step in steps(model) {
        let Some(script) = model.script(step) else { continue };
        for part in script.all() {
            check_script(ctx, step, part, std::ptr::eq(part, &script.script) && script.source == ScriptSource::Text);
        }
    }
}

/// Each pipeline of a script in which a failure gets lost.
fn check_script(ctx: &mut Context<'_>, step: &Step, script: &Script, is_text: bool) {
    if script.options.pipefail || !script.dialect.is_posix_like() || !script.complete {
        return;
    }
    let commands = &script.invocations;
    let mut at = 0;
    while at < commands.len() {
        let end = (at + 1..commands.len()).find(|&next| commands[next].connector_before != Connector::Pipe);
        let pipeline = &commands[at..end.unwrap_or(commands.len())];
        let is_set = commands[at].words.len() > 1 && sets_pipefail(&commands[at]);
        if is_set {
            return;
        }
        at += pipeline.len();
        let Some((last, parts)) = pipeline.split_last().filter(|(_, parts)| !parts.is_empty()) else { continue };
        let culprit = parts.iter().find(|part| may_fail(part));
        if let (Some(culprit), true) = (culprit, is_content(last)) {
            report(ctx, step, culprit, last, is_text);
        }
    }
}

fn sets_pipefail(invocation: &Invocation) -> bool {
    let command = Command::of(invocation);
    command.is_some_and(|command| matches!(understand(&command), Understood::SetOption { on, .. } if on.pipefail))
}

/// Whether the command fetches, builds or unpacks, so that it fails for reasons outside the script.
fn may_fail(invocation: &Invocation) -> bool {
    let Some(command) = Command::of(invocation) else { return false };
    let name = command.name().unwrap_or_default();
    matches!(name, "aws" | "gsutil" | "gcloud" | "gpg" | "ssh" | "scp" | "kubectl" | "helm")
        || match understand(&command) {
            Understood::Download(_) | Understood::PackageInstall(_) | Understood::Extract(_) => true,
            Understood::Git(git) => git.verb == GitVerb::Clone || git.word.is_any(&["fetch", "pull", "archive"]),
            understood => understood.produces() || understood.fetches_dependencies(),
        }
}

/// Whether the command is content with no input.
fn is_content(invocation: &Invocation) -> bool {
    const CONTENT: &[&str] = &[
        "sh", "bash", "ash", "dash", "zsh", "tee", "cat", "sort", "uniq", "sed", "awk", "gawk", "mawk", "head", "tail",
        "wc", "xargs", "install", "tr", "cut", "python", "python3", "perl", "node", "ruby", "php", "dd",
    ];
    // What `xargs` or a wrapper runs decides.
    let Some(first) = invocation.words.first().and_then(|word| word.text()) else { return false };
    let name = first.rsplit('/').next().unwrap_or(first);
    let inner = Command::of(invocation);
    let inner = inner.as_ref().and_then(|command| command.name()).unwrap_or(name);
    CONTENT.contains(&inner) || name == "xargs"
}

fn report(ctx: &mut Context<'_>, step: &Step, culprit: &Invocation, last: &Invocation, is_text: bool) {
    let model = ctx.model();
    let place = |invocation: &Invocation| {
        let range = Command::of(invocation).and_then(|command| command.name_word().map(|word| word.range.clone()));
        let range = range.unwrap_or_else(|| invocation.range());
        range.place()
    };
    let (from, to) = (place(culprit), place(last));
    let message = format!("a failure of `{}` is lost in the pipe", model.text_at(from));
    let fix = if is_text && matches!(step.ast, Instruction::Run(_)) { setting(model, step) } else { None };
    let report = ctx.report(from, message).related(to, "this one is content with no input");
    match fix {
        Some(Setting::Option(at)) => {
            report.fix("Begin with `set -o pipefail`", |fix| fix.insert(at, "set -o pipefail; "));
        }
        Some(Setting::Shell(shell)) => {
            let line_end = if model.text().contains("\r\n") { "\r\n" } else { "\n" };
            let instruction = format!("SHELL [\"{shell}\", \"-o\", \"pipefail\", \"-c\"]");
            let at = step.range().start();
            report.fix(format!("Put `{instruction}` before"), |fix| fix.insert(at, instruction + line_end));
        }
        None => {
            report.help("download into a file first, or use a shell with `-o pipefail`");
        }
    }
}

/// How the option is set.
enum Setting {
    /// In the script.
    Option(TextSize),
    /// By an instruction before, for the shell.
    Shell(&'static str),
}

/// How the shell in force can be told, if it is known to have the option.
fn setting(model: &Model<'_>, step: &Step) -> Option<Setting> {
    let start = model.script(step)?.script.invocations.iter().map(|one| one.range().start).min()?;
    if step.shell.set_by.is_some() {
        let dialect = step.shell.argv.first().and_then(|program| ShellDialect::of_program(program));
        let knows =
            matches!(dialect, Some(ShellDialect::Bash | ShellDialect::Zsh | ShellDialect::Ash | ShellDialect::Ksh));
        return knows.then(|| Setting::Option(start.into()));
    }
    let facts = model.base_facts(model.stage_of(step)?)?;
    match facts.shell? {
        Shell::Ash => Some(Setting::Shell("/bin/ash")),
        Shell::Bash => Some(Setting::Shell("/bin/bash")),
        shell if shell.has_pipefail() => Some(Setting::Option(start.into())),
        // Debian's and Ubuntu's images have bash besides.
        Shell::Dash if facts.cleans_apt() => Some(Setting::Shell("/bin/bash")),
        _ => None,
    }
}

/// hadolint's verdict: a pipe while no SHELL of the stage has set the option or is one of Windows.
fn check_as_hadolint(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let mut is_quiet = false;
    for step in model.steps() {
        match &step.ast {
            Instruction::From(_) => is_quiet = false,
            Instruction::Shell(_) => {
                let words: Option<Vec<String>> =
                    step.ast.json().map(|json| json.strings().map(|string| string.value()).collect());
                let text = words.map_or_else(|| step.ast.arguments().as_str().to_owned(), |words| words.join(" "));
                is_quiet = is_foreign(&text) || has_pipefail(&text);
            }
            Instruction::Run(_) if !is_quiet => {
                let script = model.flat_script(step).filter(|script| script.has_pipe);
                if script.is_some() {
                    ctx.report(step.keyword_range(), "a failure before the last command of a pipe is lost");
                }
            }
            _ => {}
        }
    }
}

fn is_foreign(shell: &str) -> bool {
    ["pwsh", "powershell", "cmd"].iter().any(|name| shell.starts_with(name))
}

/// Whether a command of the text is a shell with `-o pipefail`.
fn has_pipefail(shell: &str) -> bool {
    let parsed = parse_script(shell);
    let commands = parsed.script().into_iter().flat_map(|script| {
        script.commands(dfopt_syntax::shell::ast::Substitutions::Enter).map(|(command, _)| command).collect::<Vec<_>>()
    });
    commands.into_iter().any(|command| {
        let words: Vec<String> = command.words().map(|word| word.value().unwrap_or_default().into_owned()).collect();
        let name = words.first().map_or("", |name| name.rsplit('/').next().unwrap_or(name));
        let has_letter =
            words.iter().skip(1).any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('o'));
        matches!(name, "bash" | "zsh" | "ash") && has_letter && words.iter().skip(1).any(|word| word == "pipefail")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_command_that_may_fail_is_marked() {
        check(
            &RULE,
            "
FROM debian:12
RUN curl -fsS x | sudo bash -
    ^^^^ a failure of `curl` is lost in the pipe [fix]
RUN apt-get install -y a | tee /log && echo b | cat
    ^^^^^^^ a failure of `apt-get` is lost in the pipe [fix]
RUN sh -c 'wget -qO- x | sort > y'
           ^^^^ a failure of `wget` is lost in the pipe
FROM unknown/base
RUN make | cat
    ^^^^ a failure of `make` is lost in the pipe
",
        );
    }

    #[test]
    fn nothing_is_lost() {
        check_ok(
            &RULE,
            "
FROM debian:12
RUN curl x | tar -xz && curl y | gpg --dearmor && echo a | tee b && curl z || true
RUN git log | sort
RUN set -euo pipefail; curl x | sh
RUN bash -o pipefail -c 'curl x | sh'
SHELL [\"/bin/bash\", \"-eo\", \"pipefail\", \"-c\"]
RUN curl x | sh
",
        );
    }

    #[test]
    fn bash_takes_over_where_sh_cannot() {
        check_fix(
            &RULE,
            "FROM debian:12\nRUN curl -fsS x | sh\n",
            "FROM debian:12\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN curl -fsS x | sh\n",
        );
    }

    #[test]
    fn the_option_is_set_where_the_shell_knows_it() {
        check_fix(
            &RULE,
            "FROM x\nSHELL [\"/bin/bash\", \"-c\"]\nRUN curl -fsS x | sh\n",
            "FROM x\nSHELL [\"/bin/bash\", \"-c\"]\nRUN set -o pipefail; curl -fsS x | sh\n",
        );
    }

    #[test]
    fn hadolint_looks_at_shell_alone() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM debian
RUN set -o pipefail; a | b
^^^ a failure before the last command of a pipe is lost
RUN [\"sh\", \"-c\", \"a | b\"]
^^^ a failure before the last command of a pipe is lost
ONBUILD RUN a | b
SHELL [\"/bin/bash\", \"-eo\", \"pipefail\", \"-c\"]
RUN a | b
SHELL [\"pwsh\", \"-c\"]
RUN a | b
SHELL [\"/bin/ksh\", \"-o\", \"pipefail\", \"-c\"]
RUN echo $(a | b)
^^^ a failure before the last command of a pipe is lost
FROM alpine
RUN a | b
^^^ a failure before the last command of a pipe is lost
",
        );
    }
}
