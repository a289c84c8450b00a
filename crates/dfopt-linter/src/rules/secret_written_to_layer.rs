//! `secret-written-to-layer`

use dfopt_semantic::command::files::FileAction;
use dfopt_semantic::command::{Command, Invocation, RedirectOp, Understood, Word, understand};
use dfopt_semantic::mount::{MountKind, Spanned};
use dfopt_syntax::ast::Instruction;

use crate::peer;
use crate::rule::declare_rule;
use crate::runs::{self, Run};
use crate::{Category, Context, Severity};

declare_rule! {
    /// A mounted secret is written to a file that stays.
    ///
    /// ## Why
    ///
    /// The mount keeps the secret out of the image. A copy of it in another file is in the layer, unless the same `RUN` removes it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:24
    /// RUN --mount=type=secret,id=npmrc cp /run/secrets/npmrc /root/.npmrc && npm ci
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24
    /// RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
    /// ```
    "secret-written-to-layer" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

/// Where the secrets of a RUN are.
#[derive(Default)]
struct Secrets {
    files: Vec<String>,
    variables: Vec<String>,
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for run in runs::of_file(model).filter(|run| matches!(run.step.ast, Instruction::Run(_))) {
        let mut secrets = Secrets::default();
        for mount in model.mounts(run.step) {
            if mount.effective_kind() != Some(MountKind::Secret) {
                continue;
            }
            let known = |field: &Option<Spanned<String>>| field.as_ref()?.value.clone();
            let id = known(&mount.id).or_else(|| known(&mount.source));
            let (target, variable) = (known(&mount.target), known(&mount.env));
            match (target, variable, id) {
                (Some(target), variable, _) => {
                    secrets.files.push(target);
                    secrets.variables.extend(variable);
                }
                (None, Some(variable), _) => secrets.variables.push(variable),
                (None, None, Some(id)) => secrets.files.push(format!("/run/secrets/{id}")),
                (None, None, None) => {}
            }
        }
        if secrets.files.is_empty() && secrets.variables.is_empty() {
            continue;
        }
        for (at, invocation) in run.invocations.iter().enumerate() {
            let Some(written) = written(invocation, &secrets) else { continue };
            let is_gone = match &written.file {
                Some(file) => is_removed(&run, at, file),
                None => is_unset(&run, at),
            };
            if !is_gone {
                ctx.report(&written.word.range, "the secret stays in the layer")
                    .help("mount it where it is looked for (`target=`), or hand it over as a variable (`env=`)");
            }
        }
    }
}

/// A place where a secret ends up.
struct Written<'m> {
    word: &'m Word,
    /// The file; `None` for settings of a tool.
    file: Option<String>,
}

fn written<'m>(invocation: &'m Invocation, secrets: &Secrets) -> Option<Written<'m>> {
    let command = Command::of(invocation)?;
    let name = command.name()?;
    let is_secret_file = |word: &Word| secrets.files.iter().any(|file| peer::text(word) == file);
    let holds_secret = |word: &Word| {
        let variables = word.variables();
        secrets.variables.iter().any(|secret| variables.contains(secret))
            || secrets.files.iter().any(|file| reads_file(&word.raw, file))
    };
    if let Understood::File(op) = understand(&command)
        && matches!(op.action, FileAction::Copy | FileAction::Move)
        && op.sources.iter().any(|word| is_secret_file(word))
    {
        let target = op.targets.first()?;
        return Some(Written { word: target.word, file: target.text().map(str::to_owned) });
    }
    let output = invocation.redirects.iter().find(|redirect| {
        matches!(redirect.op, RedirectOp::Write | RedirectOp::Append) && redirect.fd.is_none_or(|fd| fd == 1)
    });
    let prints = match name {
        "cat" | "base64" => command.args().iter().any(is_secret_file),
        "echo" | "printf" => command.args().iter().any(holds_secret),
        _ => false,
    };
    if let Some(output) = output.filter(|_| prints) {
        let file = peer::text(&output.target);
        let stays = !matches!(file, "/dev/null" | "/dev/stderr" | "/dev/stdout") && !file.starts_with("/tmp/");
        return stays.then(|| Written { word: &output.target, file: Some(file.to_owned()) });
    }
    let is_setting = match name {
        "npm" | "yarn" | "pnpm" | "pip" | "pip3" | "composer" | "bundle" | "poetry" => {
            command.args().iter().any(|word| word.is_any(&["config", "set"]))
        }
        "git" => command.args().first().is_some_and(|word| word.is_any(&["config"])),
        _ => false,
    };
    let word = command.args().iter().find(|word| is_setting && holds_secret(word))?;
    Some(Written { word, file: None })
}

/// `$(cat /run/secrets/x)` in a word.
fn reads_file(raw: &str, file: &str) -> bool {
    (raw.contains("$(") || raw.contains('`')) && raw.contains(file)
}

/// Whether a later command of the same RUN removes the file.
fn is_removed(run: &Run<'_>, at: usize, file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    run.invocations[at + 1..].iter().filter_map(|invocation| Command::of(invocation)).any(|command| {
        let Understood::File(op) = understand(&command) else { return false };
        let is_it = |path: &str| {
            path == file
                || path.rsplit('/').next() == Some(name)
                || file.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
        };
        op.action == FileAction::Remove && op.targets.iter().any(|target| is_it(peer::text(target.word)))
    })
}

/// Whether a later command takes a setting back.
fn is_unset(run: &Run<'_>, at: usize) -> bool {
    run.invocations[at + 1..].iter().any(|invocation| {
        let words: Vec<&str> = invocation.words.iter().map(peer::text).collect();
        let takes_back = words.iter().any(|word| {
            matches!(*word, "delete" | "unset" | "--unset" | "--unset-all" | "--remove-section" | "logout")
        });
        let removes = words.first() == Some(&"rm")
            && words.iter().any(|word| {
                word.ends_with(".npmrc")
                    || word.ends_with(".gitconfig")
                    || word.ends_with("auth.json")
                    || word.ends_with("pip.conf")
            });
        takes_back || removes
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn copies_are_marked() {
        check(
            &RULE,
            "
FROM a
RUN --mount=type=secret,id=x cp /run/secrets/x /root/.x && y
                                               ^^^^^^^^ the secret stays in the layer
RUN --mount=type=secret,id=x,target=/s cat /s > ~/.netrc
                                                ^^^^^^^^ the secret stays in the layer
RUN --mount=type=secret,id=t,env=TOKEN echo \"//r/:_authToken=$TOKEN\" >> .npmrc
                                                                        ^^^^^^ the secret stays in the layer
RUN --mount=type=secret,id=t,env=TOKEN npm config set //r/:_authToken $TOKEN
                                                                      ^^^^^^ the secret stays in the layer
",
        );
    }

    #[test]
    fn what_is_removed_or_only_read_is_fine() {
        check_ok(
            &RULE,
            "FROM a\nRUN --mount=type=secret,id=x cp /run/secrets/x /root/.x && y && rm -f /root/.x\nRUN --mount=type=secret,id=x export T=$(cat /run/secrets/x) && y\nRUN --mount=type=secret,id=t,env=T curl -H \"x: $T\" y > z\nRUN --mount=type=secret,id=t,env=T npm config set a $T && npm ci && npm config delete a\nRUN cp /run/secrets/x /y\n",
        );
    }
}
