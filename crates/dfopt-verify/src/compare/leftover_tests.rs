//! What a build leaves behind: dropped without a word where the images show that nothing is lost, refused else.

use super::tests::{app, candidate, full, judge, proved, refuted, slim, with_app};
use super::*;
use crate::testing::{ElfBuilder, ImageBuilder, LayerBuilder, zip};

const CLASS: &[u8] = &[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 65, 1, 2, 3];

fn missing(path: &str) -> impl Fn(&Counterexample) -> bool + '_ {
    move |cause| matches!(cause, Counterexample::MissingFile { path: gone, .. } if gone == path)
}

fn missing_package(name: &str) -> impl Fn(&Counterexample) -> bool + '_ {
    move |cause| matches!(cause, Counterexample::MissingPackage { package } if package == name)
}

fn run(before: LayerBuilder, after: LayerBuilder, words: &[&str]) -> Verdict {
    let before = ImageBuilder::new().layer(full()).base_ends_here().layer(before).command(words);
    judge(&before, &candidate(slim(), after).command(words), &Expectations::default())
}

#[test]
fn a_class_may_go_when_the_archive_that_runs_has_it() {
    let archive = zip(&[("org/Clock.class", CLASS)]);
    let with = |archive: &[u8]| with_app(&app()).file("/srv/clock.jar", archive);
    let before = || with(&archive).file("/srv/org/Clock.class", CLASS).file("/srv/org/Clock.java", "class Clock {}");
    let words = ["app", "-jar", "/srv/clock.jar"];
    proved(&run(before(), with(&archive), &words));
    // An archive that nothing runs, or with another class in it, is no proof.
    refuted(&run(before(), with(&archive), &["app"]), CheckName::Files, missing("/srv/org"));
    let other = || with(&zip(&[("org/Clock.class", &[CLASS, b"4"].concat())]));
    let before = other().file("/srv/org/Clock.class", CLASS);
    refuted(&run(before, other(), &words), CheckName::Files, missing("/srv/org"));
}

#[test]
fn an_empty_folder_may_go_from_a_marked_cache_and_a_program_may_not() {
    const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n# by a tool\n";
    let before = |tag| {
        with_app(&app())
            .file("/src/target/CACHEDIR.TAG", tag)
            .folder("/src/target/release/examples")
            .folder("/src/data")
    };
    let after = || with_app(&app()).folder("/src/data");
    proved(&run(before(TAG), after(), &["app"]));
    refuted(&run(before("a note"), after(), &["app"]), CheckName::Files, missing("/src/target"));
    refuted(&run(before(TAG), with_app(&app()), &["app"]), CheckName::Files, missing("/src"));
    let second = before(TAG).program("/src/target/release/second", "#!/bin/sh\n");
    refuted(&run(second, after(), &["app"]), CheckName::Files, missing("/src/target"));
}

#[test]
fn hidden_state_may_go_with_the_folder_of_a_tool_that_is_gone() {
    let base = || full().folder("/usr/local/tool").program("/usr/local/tool/tool", "#!/bin/sh\n");
    let before = |path: &str| {
        let own = with_app(&app()).file(path, "1");
        ImageBuilder::new().layer(base()).base_ends_here().layer(own).command(&["app"])
    };
    let after = |base| candidate(base, with_app(&app()));
    let none = Expectations::default();
    proved(&judge(&before("/usr/local/tool/.state"), &after(slim()), &none));
    let path = "/usr/local/tool/state";
    refuted(&judge(&before(path), &after(slim()), &none), CheckName::Files, missing("/usr/local/tool"));
    let path = "/usr/local/tool/.state";
    refuted(&judge(&before(path), &after(base()), &none), CheckName::Files, missing(path));
    // The program knows of it.
    let knows = app().says(path);
    let own = with_app(&knows).file(path, "1");
    let before = ImageBuilder::new().layer(base()).base_ends_here().layer(own).command(&["app"]);
    let verdict = judge(&before, &candidate(slim(), with_app(&knows)), &none);
    assert_eq!(verdict.outcome, Outcome::Refuted, "{:#?}", verdict.checks);
}

/// An application with one package to run and one to develop, which has a dependency of its own.
fn node(start: &str, main: &str) -> LayerBuilder {
    let manifest = format!(
        r#"{{"dependencies": {{"units": "1"}}, "devDependencies": {{"launch": "1"}}, "scripts": {{"start": "{start}"}}}}"#
    );
    with_app(&app())
        .file("/srv/package.json", manifest)
        .file("/srv/main.js", main)
        .file("/srv/node_modules/units/package.json", r#"{"name": "units", "peerDependencies": {"shared": "1"}}"#)
        .file("/srv/node_modules/shared/package.json", r#"{"name": "shared"}"#)
}

fn developed(layer: LayerBuilder) -> LayerBuilder {
    layer
        .file(
            "/srv/node_modules/launch/package.json",
            r#"{"name": "launch", "bin": "l.js", "dependencies": {"deep": "1"}}"#,
        )
        .file("/srv/node_modules/launch/l.js", "#!/usr/bin/env node\nrequire('deep');\n")
        .file("/srv/node_modules/deep/package.json", r#"{"name": "deep"}"#)
        .symlink("/srv/node_modules/.bin/launch", "../launch/l.js")
}

#[test]
fn packages_for_development_may_go_unless_something_names_them() {
    let words = ["app", "start"];
    let plain = || node("app main.js", "require('units');");
    proved(&run(developed(plain()), plain(), &words));
    let script = || node("launch main.js", "require('units');");
    refuted(&run(developed(script()), script(), &words), CheckName::Files, missing("/srv/node_modules/deep"));
    let lazily = || node("app main.js", "if (later) require('launch/l');");
    refuted(&run(developed(lazily()), lazily(), &words), CheckName::Files, missing("/srv/node_modules/launch"));
    // What a package needs to run is no package for development, whoever else works with it.
    let both =
        plain().file("/srv/node_modules/units/package.json", r#"{"name": "units", "dependencies": {"deep": "1"}}"#);
    let after =
        plain().file("/srv/node_modules/units/package.json", r#"{"name": "units", "dependencies": {"deep": "1"}}"#);
    refuted(&run(developed(both), after, &words), CheckName::Files, missing("/srv/node_modules/deep"));
    // Nor is one that no manifest names.
    let stray = developed(plain()).file("/srv/node_modules/stray/package.json", r#"{"name": "stray"}"#);
    refuted(&run(stray, plain(), &words), CheckName::Files, missing("/srv/node_modules/stray"));
}

/// An original that installed `tool` by a command that may also have used it.
fn installed(command: &str, app: &ElfBuilder, more: &[(&str, &str)]) -> ImageBuilder {
    let mut layer = with_app(app);
    let mut names = vec!["libc6", "git", "libpq5", "tzdata", "ca-certificates", "tool"];
    for (name, file) in more {
        layer = layer.file(file, "x").file(&format!("/var/lib/dpkg/info/{name}.list"), format!("{file}\n"));
        names.push(name);
    }
    let status: String = names
        .iter()
        .map(|name| format!("Package: {name}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"))
        .collect();
    let layer = layer
        .program("/usr/bin/tool", ElfBuilder::program().needs("libc.so.6").bytes())
        .file("/var/lib/dpkg/info/tool.list", "/usr/bin/tool\n")
        .file("/var/lib/dpkg/status", status);
    ImageBuilder::new().layer(full()).base_ends_here().layer(layer).made_by(command).command(&["app"])
}

#[test]
fn a_package_may_go_when_the_build_ran_it_and_nothing_names_it() {
    let none = Expectations::default();
    let after = |app: &ElfBuilder| candidate(slim(), with_app(app));
    let used = "RUN /bin/sh -c install tool && tool /src >/out # buildkit";
    proved(&judge(&installed(used, &app(), &[]), &after(&app()), &none));
    let unused = "RUN /bin/sh -c install tool # buildkit";
    refuted(&judge(&installed(unused, &app(), &[]), &after(&app()), &none), CheckName::Files, missing_package("tool"));
    let runs = app().imports("execvp").says("tool");
    refuted(&judge(&installed(used, &runs, &[]), &after(&runs), &none), CheckName::Files, missing_package("tool"));
    // Another package of the same installation is not excused by it.
    let plugin = [("plugin", "/usr/lib/x86_64-linux-gnu/plugins/one.data")];
    let verdict = judge(&installed(used, &app(), &plugin), &after(&app()), &none);
    refuted(&verdict, CheckName::Files, missing_package("plugin"));
    let headers = [("libx-dev", "/usr/include/x.h")];
    proved(&judge(&installed(used, &app(), &headers), &after(&app()), &none));
    // Where people type commands, any tool may be one of them.
    let shell = installed(used, &app(), &[]).command(&["sh"]);
    let verdict = judge(&shell, &after(&app()).command(&["sh"]), &none);
    refuted(&verdict, CheckName::Files, missing_package("tool"));
}
