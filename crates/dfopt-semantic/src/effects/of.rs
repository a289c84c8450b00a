//! The effects of a script: every command in its directory, with the variables known there, joined in order.

use super::builder::Builder;
use super::resource::Resource;
use super::state::{Env, Meant, State, Step, walk_state};
use super::{Effects, Footprint, tool_effects};
use crate::command::script::persistent_assignments;
use crate::command::{Invocation, RedirectOp, Script, Understood, Word};

/// What a script reads and writes, seen from outside: variables it sets for itself are gone when it ends.
///
/// It is the effect of a run in which the commands of the main list succeed.
#[must_use]
pub fn effects_of(script: &Script, env: &Env<'_>) -> Effects {
    let mut state = State::start(script, env);
    run(script, &mut state)
}

/// What one command of a script reads and writes when it runs alone in `env`.
#[must_use]
pub fn effects_of_command(invocation: &Invocation, env: &Env<'_>) -> Effects {
    let script = Script { invocations: vec![invocation.clone()], complete: true, ..Script::default() };
    effects_of(&script, env)
}

fn run<'a>(script: &'a Script, state: &mut State<'a>) -> Effects {
    if !script.complete || !script.dialect.is_posix_like() {
        return Effects::unknown();
    }
    let mut total = Effects::none();
    walk_state(script, state, &mut |step| {
        let effects = of_step(step);
        total = total.then(&if step.certain { effects } else { effects.possibly() });
    });
    total.writes.retain(|resource| !matches!(resource, Resource::Variable(_)));
    total
}

fn of_step(step: &Step<'_, '_>) -> Effects {
    let mut builder = Builder::new(step.state);
    for word in words_of(step.invocation) {
        builder.expands(word);
    }
    for redirect in &step.expanded.redirects {
        builder.redirect(redirect.op, &redirect.target);
    }
    let mut effects = builder.effects;
    match step.meant {
        None => {
            for (name, _) in persistent_assignments(step.expanded) {
                effects.writes.add(Resource::variable(name));
            }
        }
        Some(meant) => effects = effects.join(&of_command(meant, step.state)),
    }
    effects
}

fn of_command(meant: Meant<'_>, state: &State<'_>) -> Effects {
    let Meant { command, understood } = meant;
    if command.is_wrapped_in("chroot") {
        return Effects::unknown();
    }
    if let Some(name) = command.name()
        && state.script.functions.contains(name)
        && command.path() == Some(name)
    {
        // The commands of the body stand in the list themselves.
        return Effects::none();
    }
    match understood {
        Understood::Export(variables) => {
            let mut effects = Effects::none();
            for (name, value) in variables {
                if value.is_some() {
                    effects.writes.add(Resource::variable(name));
                }
            }
            return effects;
        }
        Understood::Unset(names) => {
            let mut effects = Effects::none();
            for name in names.iter().filter_map(|w| w.text()) {
                effects.writes.add(Resource::variable(name));
            }
            return effects;
        }
        _ => {}
    }
    // What `env`, `sudo` and assignments before the command change holds for it alone.
    let inner = state.for_command(command);
    let effects = match understood {
        Understood::Script(inline) => match inner.read_inline(inline) {
            Some(script) => run(&script, &mut inner.inside(&script)),
            None => Effects::unknown(),
        },
        other => tool_effects::of(other, command, &inner),
    };
    if command.is_wrapped_in("xargs") {
        return effects.join(&of_unseen_operands(understood));
    }
    effects
}

/// What a command may do to operands that `xargs` reads from its input.
fn of_unseen_operands(understood: &Understood<'_>) -> Effects {
    let mut any = Footprint::nothing();
    any.add_at_most(Resource::any_path());
    let only_reads = matches!(understood, Understood::Pure(_) | Understood::Print(_) | Understood::Test(_));
    Effects { writes: if only_reads { Footprint::nothing() } else { any.clone() }, reads: any }
}

fn words_of(invocation: &Invocation) -> impl Iterator<Item = &Word> {
    invocation
        .words
        .iter()
        .chain(invocation.assignments.iter().map(|(_, word)| word))
        .chain(invocation.redirects.iter().filter(|r| r.op != RedirectOp::HereDocument).map(|r| &r.target))
}
