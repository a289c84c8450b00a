//! `pip-cache-in-layer`

use dfopt_semantic::command::{Command, Invocation, Understood, understand};
use dfopt_semantic::effects::caches::Cache;
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::ast::Instruction;
use dfopt_syntax::{TextRange, TextSize};

use crate::peer;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// What `pip` downloads stays in the image a second time.
    ///
    /// ## Why
    ///
    /// Besides installing packages, `pip` keeps the archives in a cache for the next time. In an image there is no next time.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM python:3.12-slim
    /// COPY requirements.txt .
    /// RUN pip install -r requirements.txt
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM python:3.12-slim
    /// COPY requirements.txt .
    /// RUN pip install --no-cache-dir -r requirements.txt
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The same packages are installed; only the cache is missing.
    "pip-cache-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: Some(Applicability::Safe),
        aliases: &["DL3042", "DF030"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        check_as_hadolint(ctx, model);
        return;
    }
    for step in model.steps() {
        let is_shipped = model.stage_of(step).is_some_and(|stage| stage.is_shipped());
        if !matches!(step.ast, Instruction::Run(_)) || !is_shipped || model.has_error(step) {
            continue;
        }
        let uses = model.cache_uses(step);
        for left in uses.iter().filter(|found| matches!(found.cache, Cache::Pip | Cache::Uv) && !found.clean_at_end) {
            model.walk(step, &mut |at| {
                let Some(command) = Command::of(at.invocation) else { return };
                let Understood::Pip(pip) = understand(&command) else { return };
                if left.filled.contains(&command.range()) {
                    let switch = if left.cache == Cache::Uv { " --no-cache" } else { " --no-cache-dir" };
                    let start = command.range().start;
                    report(
                        ctx,
                        TextRange::new(start.into(), pip.word.range.end.max(start).into()),
                        pip.word.text(),
                        switch,
                    );
                }
            });
        }
    }
}

fn report(ctx: &mut Context<'_>, place: TextRange, verb: Option<&str>, switch: &str) {
    let model = ctx.model();
    let tool = if switch == " --no-cache" { "uv" } else { "pip" };
    // Inside a quoted script the place may be known roughly only.
    let is_exact = verb.is_some_and(|verb| model.text_at(place).ends_with(verb));
    let report = ctx.report(place, format!("the cache of `{tool}` stays in the image"));
    if is_exact {
        report.fix(format!("Add `{}`", switch.trim_start()), |fix| {
            fix.safe();
            fix.insert(place.end(), switch);
        });
    }
}

/// hadolint's verdict, stage by stage: a variable set once is set for good.
fn check_as_hadolint(ctx: &mut Context<'_>, model: &Model<'_>) {
    let mut quiet: Vec<String> = Vec::new();
    let mut is_quiet_when_triggered = false;
    for stage in model.stages() {
        let image = peer::image_name(model, stage).unwrap_or_default();
        let key = stage.name.as_ref().map_or_else(|| image.clone(), |name| model.text_at(name.range).to_owned());
        if quiet.contains(&image) {
            quiet.push(key.clone());
        }
        for step in model.stage_steps(stage) {
            let is_trigger = matches!(step.ast, Instruction::Onbuild(_));
            if turns_off(step) {
                match is_trigger {
                    true => is_quiet_when_triggered = true,
                    false => quiet.push(key.clone()),
                }
            }
            let is_off = if is_trigger { is_quiet_when_triggered } else { quiet.contains(&key) };
            if is_off || is_assigned(model, step) || peer::is_mounted(model, step, ".cache/pip") {
                continue;
            }
            let installs = |one: &Invocation| {
                peer::packages::is_pip_install(one)
                    && !peer::name(one).is_some_and(|(name, _)| name.starts_with("pipx"))
                    && !peer::has_arg(one, &["--no-cache-dir"])
            };
            let found = peer::first(model, step, installs);
            let verb = found.and_then(|found| {
                found.words.iter().find(|word| word.text() == Some("install")).zip(found.words.first())
            });
            if let Some((verb, name)) = verb {
                report(
                    ctx,
                    TextRange::new(name.range.start.into(), TextSize::new(verb.range.end)),
                    Some("install"),
                    " --no-cache-dir",
                );
            }
        }
    }
}

/// Whether an ENV, behind ONBUILD too, turns the cache off.
fn turns_off(step: &Step) -> bool {
    let Instruction::Onbuild(onbuild) = &step.ast else {
        let is_it = |one: &dfopt_semantic::model::Variable| {
            one.name == "PIP_NO_CACHE_DIR" && one.value.known().is_some_and(is_on)
        };
        return matches!(step.ast, Instruction::Env(_)) && step.variables.iter().any(is_it);
    };
    let Some(trigger @ Instruction::Env(_)) = onbuild.trigger() else { return false };
    trigger.pairs().any(|pair| {
        let value = pair.value().map(|value| value.raw().trim_matches(['"', '\'']).to_owned());
        pair.name().is_some_and(|name| name.raw() == "PIP_NO_CACHE_DIR") && value.is_some_and(|value| is_on(&value))
    })
}

fn is_on(value: &str) -> bool {
    matches!(value, "1" | "true" | "True" | "TRUE" | "on" | "On" | "ON" | "yes" | "Yes" | "YES")
}

/// Whether the text of the RUN sets the variable, judged by what follows its first mention.
fn is_assigned(model: &Model<'_>, step: &Step) -> bool {
    let text = model.text_at(step.range());
    let value = text.split_once("PIP_NO_CACHE_DIR=").map(|(_, rest)| rest);
    const ON: &[&str] = &["1", "true", "True", "TRUE", "on", "On", "ON", "yes", "Yes", "YES"];
    value.is_some_and(|value| ON.iter().any(|on| value.starts_with(on)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn each_install_is_marked() {
        check(
            &RULE,
            "
FROM python:3.12
RUN pip install a && python3 -m pip install -r b.txt
    ^^^^^^^^^^^ the cache of `pip` stays in the image [safe fix]
                     ^^^^^^^^^^^^^^^^^^^^^^ the cache of `pip` stays in the image [safe fix]
RUN sudo -H pip3 install c
            ^^^^^^^^^^^^ the cache of `pip` stays in the image [safe fix]
RUN uv pip install d
    ^^^^^^^^^^^^^^ the cache of `uv` stays in the image [safe fix]
",
        );
    }

    #[test]
    fn off_cleaned_or_mounted() {
        check_ok(&RULE, "FROM python:3.12\nENV PIP_NO_CACHE_DIR=off\nRUN pip install a\n");
        check_ok(&RULE, "FROM python:3.12\nRUN export PIP_NO_CACHE_DIR=1 && pip install a\n");
        check_ok(
            &RULE,
            "FROM python:3.12\nRUN pip install a && pip cache purge\nRUN pip install a && rm -rf ~/.cache\n",
        );
        check_ok(&RULE, "FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache/pip pip install a\n");
        check_ok(&RULE, "FROM python:3.12 AS a\nRUN pip install a\nFROM python:3.12\nCOPY --from=a /x /x\n");
        check_ok(&RULE, "FROM python:3.12\nRUN pip install --no-cache-dir a\nRUN pip --version\nRUN pipx install b\n");
    }

    #[test]
    fn the_switch_is_added() {
        check_fix(
            &RULE,
            "FROM python:3.12\nRUN pip install a \\\n && sh -c 'pip3 install b'\n",
            "FROM python:3.12\nRUN pip install --no-cache-dir a \\\n && sh -c 'pip3 install --no-cache-dir b'\n",
        );
    }

    #[test]
    fn hadolint_looks_at_every_stage_and_remembers() {
        let settings = Settings::of_preset(Preset::Hadolint);
        check_with(
            &RULE,
            &settings,
            Options::default(),
            "
FROM python:3.12 AS a
ENV PIP_NO_CACHE_DIR=1
ENV PIP_NO_CACHE_DIR=0
RUN pip install a
ONBUILD RUN pip install a
            ^^^^^^^^^^^ the cache of `pip` stays in the image [safe fix]
FROM a
RUN pip install b
FROM python:3.12
RUN PIP_NO_CACHE_DIR=1 pip install b
RUN sudo pip install c
RUN pip install d && pip cache purge
    ^^^^^^^^^^^ the cache of `pip` stays in the image [safe fix]
FROM scratch
",
        );
    }
}
