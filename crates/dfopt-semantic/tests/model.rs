//! The model of whole files: stages, references, scopes, state, commands and effects.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use dfopt_semantic::command::Command;
use dfopt_semantic::effects::Resource;
use dfopt_semantic::expand::{Environment, Lookup};
use dfopt_semantic::model::{Base, Model, Options, ReferenceTarget, Role, Step};
use dfopt_syntax::parse;

fn with<T>(text: &str, work: impl FnOnce(&Model<'_>) -> T) -> T {
    let parsed = parse(text);
    work(&Model::new(text, &parsed, Options::default()))
}

fn last<'m>(model: &'m Model<'_>) -> &'m Step {
    model.steps().last().unwrap()
}

#[test]
fn roles_follow_bases_copies_and_mounts() {
    let text = "FROM a AS base\nFROM base AS build\nRUN x\nFROM b AS tool\nFROM c AS unused\nFROM base\nCOPY --from=BUILD /x /x\nRUN --mount=type=bind,from=tool,target=/t y\n";
    with(text, |model| {
        let roles: Vec<Role> = model.stages().iter().map(|stage| stage.role).collect();
        assert_eq!(roles, [Role::Shipped, Role::Feeder, Role::Feeder, Role::Unreachable, Role::Shipped]);
        assert_eq!(model.stages()[1].base, Base::Stage(0));
        let targets: Vec<_> = model.references().iter().map(|reference| reference.target.clone()).collect();
        assert_eq!(targets[5], ReferenceTarget::Stage(1));
        assert_eq!(targets[6], ReferenceTarget::Stage(2));
    });
}

#[test]
fn names_and_numbers_resolve_as_the_builder_does() {
    let text = "FROM a AS one\nFROM b AS One\nFROM c AS two\nCOPY --from=0 /x /x\nCOPY --from=one /x /x\nCOPY --from=two /x /x\nCOPY --from=3 /x /x\nRUN --mount=from=0,target=/m x\nCOPY --from=later /x /x\nFROM d AS later\n";
    with(text, |model| {
        let of_copies: Vec<_> = model.references().iter().skip(3).map(|reference| reference.target.clone()).collect();
        assert_eq!(of_copies[0], ReferenceTarget::Stage(0));
        assert_eq!(of_copies[1], ReferenceTarget::Stage(1), "the last of equal names counts");
        assert_eq!(of_copies[2], ReferenceTarget::Itself);
        assert_eq!(of_copies[3], ReferenceTarget::Later(3));
        assert!(matches!(of_copies[4], ReferenceTarget::Image(_)), "a number in a mount is an image");
        assert_eq!(of_copies[5], ReferenceTarget::Later(3));
    });
}

#[test]
fn variables_have_three_states() {
    let text =
        "ARG G=1\nARG TAG=$G-x\nFROM alpine:$TAG\nARG G\nARG NONE\nENV A=$G B=$A\nENV C=$A$UNSET\nARG A=late\nRUN x\n";
    with(text, |model| {
        assert_eq!(model.stages()[0].base_text.as_deref(), Some("alpine:1-x"));
        let scope = model.scope(last(model));
        let value = |name: &str| scope.lookup(name);
        assert_eq!(value("G"), Lookup::Set("1".into()));
        assert_eq!(value("A"), Lookup::Set("late".into()), "a later ARG hides ENV");
        assert_eq!(value("B"), Lookup::Unknown, "ENV sees what was before it, and the base may set A");
        assert_eq!(value("C"), Lookup::Unknown, "the base may set UNSET");
        assert_eq!(value("TAG"), Lookup::Unknown, "a global argument is not visible, the base may set it");
    });
    with("FROM scratch\nENV A=1\nCOPY $B /\n", |model| {
        assert_eq!(model.scope(last(model)).lookup("B"), Lookup::Unset, "nothing sets it in an empty image");
    });
}

#[test]
fn state_flows_down_a_chain_of_stages() {
    let text =
        "FROM a AS base\nWORKDIR /srv\nUSER app\nSHELL [\"/bin/bash\", \"-ec\"]\nFROM base\nWORKDIR sub/../x\nRUN y\n";
    with(text, |model| {
        let run = last(model);
        assert_eq!(run.workdir.known(), Some("/srv/x"));
        assert_eq!(run.user.as_ref().and_then(|user| user.known()), Some("app"));
        assert_eq!(run.shell.argv, ["/bin/bash", "-ec"]);
        assert!(model.script(run).unwrap().script.options.errexit);
    });
}

#[test]
fn commands_keep_their_places_through_continuations_heredocs_and_strings() {
    let text = "FROM a\nRUN apt-get update \\\n  # a comment\n && sh -c 'make install' \\\n && cd /x\nRUN <<E\nfirst\nsecond | third\nE\nCMD [\"sh\", \"-c\", \"exec \\u0061pp\"]\n";
    with(text, |model| {
        let names = |step: &Step| -> Vec<String> {
            let script = model.script(step).unwrap();
            let commands = script.invocations().into_iter().filter_map(Command::of);
            commands.map(|command| command.name().unwrap_or("?").to_owned()).collect()
        };
        let steps = model.steps();
        assert_eq!(names(&steps[1]), ["apt-get", "sh", "make", "cd"]);
        assert_eq!(names(&steps[2]), ["first", "second", "third"]);
        assert_eq!(names(&steps[3]), ["sh", "app"]);
        for step in &steps[1..3] {
            for invocation in model.script(step).unwrap().invocations() {
                for word in &invocation.words {
                    let text = &text[word.range.start as usize..word.range.end as usize];
                    assert_eq!(text, &*word.raw);
                }
            }
        }
    });
}

#[test]
fn effects_of_instructions() {
    let text = "FROM golang:1.24\nWORKDIR /src\nCOPY go.mod ./\nRUN go build -o /bin/app .\nRUN unknown-program\nENV A=$B\nCMD [\"/bin/app\"]\n";
    with(text, |model| {
        let effects: Vec<_> = model.steps().iter().map(|step| model.effects(step)).collect();
        assert!(effects[0].writes.is_everything());
        assert!(effects[1].writes.access(&Resource::path("/src")).is_some());
        assert!(effects[2].writes.access(&Resource::path("/src/go.mod")).is_some());
        assert!(effects[3].writes.access(&Resource::path("/bin/app")).is_some());
        assert!(effects[2].feeds(&effects[3]), "the build reads what was copied");
        assert!(effects[4].reads.is_everything() && effects[4].writes.is_everything());
        assert!(effects[5].reads.access(&Resource::variable("B")).is_some());
        assert!(effects[6].writes.access(&Resource::ImageSetting("Cmd".into())).is_some());
    });
}

#[test]
fn broken_files_have_a_model_too() {
    for text in [
        "",
        "RUN x",
        "FROM",
        "FROM a b c d",
        "FROM ${",
        "COPY",
        "FROM a\nCOPY --from= x /\nONBUILD ONBUILD\nRUN <<E\n",
        "FROM a AS 1\nFROM 1",
    ] {
        with(text, |model| {
            for step in model.steps() {
                let _ = (model.effects(step), model.script(step), step.copied(model));
            }
        });
    }
}
