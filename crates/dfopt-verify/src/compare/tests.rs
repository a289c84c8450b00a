//! Each check, both ways, on small images.

use super::*;
use crate::expectations::Expected;
use crate::run::{Captured, Ending, HealthOutcome, ListeningSocket, Look, StopReaction};
use crate::testing::{ElfBuilder, ImageBuilder, LayerBuilder};

const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:n:/:/usr/sbin/nologin\n";

fn libc(version: &str) -> Vec<u8> {
    ElfBuilder::library("libc.so.6").provides("GLIBC_2.17").provides(version).bytes()
}

fn status(names: &[(&str, &str)]) -> String {
    names
        .iter()
        .map(|(name, depends)| {
            format!(
                "Package: {name}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nDepends: {depends}\n\n"
            )
        })
        .collect()
}

/// What both bases have.
fn common(layer: LayerBuilder) -> LayerBuilder {
    layer
        .folder("/tmp")
        .mode(0o1777)
        .folder("/root")
        .mode(0o700)
        .file("/etc/passwd", PASSWD)
        .file("/etc/group", "root:x:0:\nnogroup:x:65534:\n")
        .program("/lib64/ld-linux-x86-64.so.2", ElfBuilder::library("ld-linux-x86-64.so.2").bytes())
        .program("/usr/bin/sh", ElfBuilder::program().needs("libc.so.6").bytes())
        .symlink("/bin", "usr/bin")
}

/// A base with all tools.
pub(super) fn full() -> LayerBuilder {
    common(LayerBuilder::new())
        .file("/usr/lib/x86_64-linux-gnu/libc.so.6", libc("GLIBC_2.38"))
        .file(
            "/var/lib/dpkg/status",
            status(&[("libc6", ""), ("git", "libc6"), ("libpq5", "libc6"), ("tzdata", ""), ("ca-certificates", "")]),
        )
        .file("/var/lib/dpkg/info/libc6.list", "/usr/lib/x86_64-linux-gnu/libc.so.6\n")
        .file("/var/lib/dpkg/info/git.list", "/usr/bin/git\n")
        .file("/var/lib/dpkg/info/libpq5.list", "/usr/lib/x86_64-linux-gnu/libpq.so.5\n")
        .file("/usr/lib/x86_64-linux-gnu/libpq.so.5", ElfBuilder::library("libpq.so.5").bytes())
        .program("/usr/bin/git", ElfBuilder::program().needs("libc.so.6").bytes())
        .file("/etc/ssl/certs/ca-certificates.crt", "pem")
        .file("/etc/os-release", "ID=debian\nVERSION_ID=13\n")
}

/// A base with the least.
pub(super) fn slim() -> LayerBuilder {
    slim_with(|layer| layer, &[])
}

fn slim_with(more: impl Fn(LayerBuilder) -> LayerBuilder, packages: &[(&str, &str)]) -> LayerBuilder {
    let all = [&[("libc6", "")], packages].concat();
    more(
        common(LayerBuilder::new())
            .file("/usr/lib/x86_64-linux-gnu/libc.so.6", libc("GLIBC_2.38"))
            .file("/var/lib/dpkg/status", status(&all))
            .file("/var/lib/dpkg/info/libc6.list", "/usr/lib/x86_64-linux-gnu/libc.so.6\n")
            .file("/etc/os-release", "ID=debian\nVERSION_ID=13\n"),
    )
}

pub(super) fn app() -> ElfBuilder {
    ElfBuilder::program().needs("libc.so.6").needs_version("libc.so.6", "GLIBC_2.38")
}

pub(super) fn original(layer: LayerBuilder) -> ImageBuilder {
    ImageBuilder::new().layer(full()).base_ends_here().layer(layer).command(&["app"])
}

pub(super) fn candidate(base: LayerBuilder, layer: LayerBuilder) -> ImageBuilder {
    ImageBuilder::new().layer(base).base_ends_here().layer(layer).command(&["app"])
}

pub(super) fn with_app(app: &ElfBuilder) -> LayerBuilder {
    LayerBuilder::new().program("/usr/local/bin/app", app.bytes())
}

pub(super) fn record() -> RunRecord {
    RunRecord {
        command: vec!["app".into()],
        ending: Ending::Exited { code: 0 },
        stdout: Captured { bytes: b"ready\n".to_vec(), total: 6 },
        stderr: Captured::default(),
        look: Look::TooShort,
        listening: Vec::new(),
        processes: Vec::new(),
        mapped: Vec::new(),
        earlier_mapped: Default::default(),
        earlier_processes: Default::default(),
        health: None,
        http: Vec::new(),
        seconds: 0.1,
    }
}

pub(super) fn set(records: &[RunRecord]) -> Vec<RunSet> {
    vec![RunSet { name: "the command".into(), records: records.to_vec(), traces: Vec::new() }]
}

fn base_config(env: &[&str]) -> ImageConfig {
    let mut config = ImageConfig::default();
    config.config.env = env.iter().map(|setting| (*setting).to_owned()).collect();
    config
}

/// Compares with runs that agree.
pub(super) fn judge(before: &ImageBuilder, after: &ImageBuilder, expectations: &Expectations) -> Verdict {
    judge_runs(before, after, expectations, &[record(), record()], &[record()])
}

fn judge_runs(
    before: &ImageBuilder,
    after: &ImageBuilder,
    expectations: &Expectations,
    old: &[RunRecord],
    new: &[RunRecord],
) -> Verdict {
    judge_sets(before, after, expectations, &set(old), &set(new))
}

pub(super) fn judge_sets(
    before: &ImageBuilder,
    after: &ImageBuilder,
    expectations: &Expectations,
    old: &[RunSet],
    new: &[RunSet],
) -> Verdict {
    let (before, after) = (before.build(), after.build());
    let base = base_config(&["PATH=/usr/local/bin:/usr/bin:/bin"]);
    compare(
        &Subject { image: &before, base: Some(&base), runs: old },
        &Subject { image: &after, base: Some(&base), runs: new },
        expectations,
    )
}

#[track_caller]
pub(super) fn refuted(verdict: &Verdict, check: CheckName, cause: impl Fn(&Counterexample) -> bool) {
    assert_eq!(verdict.outcome, Outcome::Refuted, "{:#?}", verdict.checks);
    assert_eq!(verdict.check(check).unwrap().status, Status::Difference, "{:#?}", verdict.checks);
    assert!(verdict.counterexamples.iter().any(cause), "{:#?}", verdict.counterexamples);
}

#[track_caller]
pub(super) fn proved(verdict: &Verdict) {
    assert_eq!(verdict.outcome, Outcome::Proved, "{:#?}", verdict.checks);
}

fn plain() -> Expectations {
    Expectations::default()
}

#[test]
fn a_right_split_is_proved_and_the_verdict_survives_json() {
    let verdict = judge(&original(with_app(&app())), &candidate(slim(), with_app(&app())), &plain());
    proved(&verdict);
    let names: Vec<CheckName> = verdict.checks.iter().map(|check| check.name).collect();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(names, sorted);
    let json = serde_json::to_string(&verdict).unwrap();
    assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), verdict);
    assert!(verdict.sizes.after < verdict.sizes.before);
}

#[test]
fn settings_the_user_wrote_must_be_equal() {
    type Change = (&'static str, serde_json::Value);
    let changes: &[Change] = &[
        ("User", serde_json::json!("nobody")),
        ("WorkingDir", serde_json::json!("/tmp")),
        ("Entrypoint", serde_json::json!(["sh"])),
        ("Cmd", serde_json::json!(["app", "x"])),
        ("StopSignal", serde_json::json!("SIGINT")),
        ("ExposedPorts", serde_json::json!({"80/tcp": {}})),
        ("Volumes", serde_json::json!({"/data": {}})),
        ("Labels", serde_json::json!({"a": "b"})),
        ("OnBuild", serde_json::json!(["RUN x"])),
        ("Healthcheck", serde_json::json!({"Test": ["CMD", "app"], "Retries": 2})),
        ("Env", serde_json::json!(["PATH=/usr/local/bin:/usr/bin:/bin", "MODE=x"])),
    ];
    for (key, value) in changes {
        let before = original(with_app(&app()));
        let after = candidate(slim(), with_app(&app())).set(key, value.clone());
        refuted(&judge(&before, &after, &plain()), CheckName::Config, |_| true);
        let before = original(with_app(&app())).set(key, value.clone());
        let after = candidate(slim(), with_app(&app()));
        let verdict = judge(&before, &after, &plain());
        assert_eq!(verdict.check(CheckName::Config).unwrap().status, Status::Difference, "{key}");
    }
    // Only Windows looks at it.
    proved(&judge(
        &original(with_app(&app())).set("ArgsEscaped", serde_json::json!(true)),
        &candidate(slim(), with_app(&app())),
        &plain(),
    ));
    let label = |value: &str| serde_json::json!({"io.buildah.version": value});
    proved(&judge(
        &original(with_app(&app())).set("Labels", label("1")),
        &candidate(slim(), with_app(&app())).set("Labels", label("2")),
        &plain(),
    ));
}

#[test]
fn variables_of_the_base_only_matter_when_something_asks_for_them() {
    let env = |list: &[&str]| serde_json::json!(list);
    let compare_with = |program: &ElfBuilder, setting: &str, expectations: &Expectations| {
        let path = "PATH=/usr/local/bin:/usr/bin:/bin";
        let before = original(with_app(program)).set("Env", env(&[path, setting])).build();
        let after = candidate(slim(), with_app(program)).build();
        let (old_base, new_base) = (base_config(&[path, setting]), base_config(&[path]));
        let runs = (set(&[record(), record()]), set(&[record()]));
        let subject = |image, base, runs| Subject { image, base: Some(base), runs };
        compare(&subject(&before, &old_base, &runs.0), &subject(&after, &new_base, &runs.1), expectations)
    };
    proved(&compare_with(&app(), "TOOL_VERSION=1", &plain()));
    let asks = app().says("TOOL_VERSION");
    let missing =
        |found: &Counterexample| matches!(found, Counterexample::MissingEnv { name, .. } if name == "TOOL_VERSION");
    refuted(&compare_with(&asks, "TOOL_VERSION=1", &plain()), CheckName::Config, missing);
    refuted(&compare_with(&app(), "LANG=de_DE.UTF-8", &plain()), CheckName::Config, |_| true);
    let expected = Expectations { variables: vec![Expected::new("LANG", "the program has no messages")], ..plain() };
    let verdict = compare_with(&app(), "LANG=C.UTF-8", &expected);
    assert_eq!(verdict.check(CheckName::Config).unwrap().status, Status::Expected);
}

#[test]
fn the_entry_point_must_be_there_and_start() {
    let gone =
        |found: &Counterexample| matches!(found, Counterexample::MissingProgram { program, .. } if program == "app");
    let verdict = judge(
        &original(with_app(&app())),
        &candidate(slim(), LayerBuilder::new().program("/opt/app", app().bytes())),
        &plain(),
    );
    refuted(&verdict, CheckName::EntryPoint, gone);
    let script = || LayerBuilder::new().program("/usr/local/bin/app", "#!/usr/bin/git\n");
    let verdict = judge(&original(script()), &candidate(slim(), script()), &plain());
    refuted(
        &verdict,
        CheckName::EntryPoint,
        |found| matches!(found, Counterexample::MissingProgram { program, .. } if program == "/usr/bin/git"),
    );
    let as_nobody = |builder: ImageBuilder| builder.set("User", serde_json::json!("nobody"));
    let private = || LayerBuilder::new().program("/usr/local/bin/app", app().bytes()).mode(0o700);
    let verdict = judge(&as_nobody(original(with_app(&app()))), &as_nobody(candidate(slim(), private())), &plain());
    refuted(
        &verdict,
        CheckName::EntryPoint,
        |found| matches!(found, Counterexample::NotExecutable { path } if path == "/usr/local/bin/app"),
    );
    let shell =
        |builder: ImageBuilder| builder.set("Healthcheck", serde_json::json!({"Test": ["CMD-SHELL", "git status"]}));
    let verdict = judge(&shell(original(with_app(&app()))), &shell(candidate(slim(), with_app(&app()))), &plain());
    assert_eq!(verdict.outcome, Outcome::Refuted);
    assert!(
        verdict.counterexamples.iter().any(|found| found.to_string().contains("/usr/bin/git")),
        "{:#?}",
        verdict.counterexamples
    );
}

#[test]
fn libraries_and_versions_must_be_there() {
    let linked = app().needs("libpq.so.5");
    let verdict = judge(&original(with_app(&linked)), &candidate(slim(), with_app(&linked)), &plain());
    refuted(
        &verdict,
        CheckName::Libraries,
        |found| matches!(found, Counterexample::MissingLibrary { soname, provider_package: Some(package), .. } if soname == "libpq.so.5" && package == "libpq5"),
    );
    let with_library = slim_with(
        |layer| {
            layer
                .file("/usr/lib/x86_64-linux-gnu/libpq.so.5", ElfBuilder::library("libpq.so.5").bytes())
                .file("/var/lib/dpkg/info/libpq5.list", "/usr/lib/x86_64-linux-gnu/libpq.so.5\n")
                .file("/etc/ssl/certs/ca-certificates.crt", "pem")
        },
        &[("libpq5", "libc6")],
    );
    proved(&judge(&original(with_app(&linked)), &candidate(with_library, with_app(&linked)), &plain()));
    let old = common(LayerBuilder::new())
        .file("/usr/lib/x86_64-linux-gnu/libc.so.6", libc("GLIBC_2.36"))
        .file("/etc/os-release", "ID=debian\nVERSION_ID=12\n");
    let verdict = judge(&original(with_app(&app())), &candidate(old, with_app(&app())), &plain());
    refuted(
        &verdict,
        CheckName::Libraries,
        |found| matches!(found, Counterexample::GlibcTooOld { need, have, .. } if need == "GLIBC_2.38" && have == "GLIBC_2.36"),
    );
    // What the original could not resolve either is no difference.
    let broken = app().needs("libnone.so.1");
    let verdict = judge(&original(with_app(&broken)), &candidate(slim(), with_app(&broken)), &plain());
    assert_eq!(verdict.check(CheckName::Libraries).unwrap().status, Status::Same);
    let foreign = app().machine(183);
    let verdict = judge(&original(with_app(&app())), &candidate(slim(), with_app(&foreign)), &plain());
    refuted(&verdict, CheckName::Libraries, |_| true);
}

#[test]
fn files_the_original_added_must_be_there_or_explained() {
    let added = || {
        with_app(&app())
            .file("/srv/page.html", "<p>")
            .file("/srv/main.go", "package main")
            .file("/srv/deep/er/a.txt", "a")
            .file("/srv/deep/er/b.txt", "b")
    };
    let gone = |path: &'static str| move |found: &Counterexample| matches!(found, Counterexample::MissingFile { path: missing, .. } if missing == path);
    let verdict = judge(&original(added()), &candidate(slim(), with_app(&app()).folder("/srv")), &plain());
    refuted(&verdict, CheckName::Files, gone("/srv/page.html"));
    refuted(
        &verdict,
        CheckName::Files,
        |found| matches!(found, Counterexample::MissingFile { path, count: 2, .. } if path == "/srv/deep"),
    );
    assert!(!verdict.counterexamples.iter().any(gone("/srv/main.go")));
    let expectations = Expectations { dropped: vec![Expected::new("/srv/", "written at build time only")], ..plain() };
    proved(&judge(&original(added()), &candidate(slim(), with_app(&app()).folder("/srv")), &expectations));
    // An explanation does not help against a program that names the file.
    let reads = app().says("/srv/page.html");
    let verdict = judge(
        &original(with_app(&reads).file("/srv/page.html", "<p>")),
        &candidate(slim(), with_app(&reads).folder("/srv")),
        &expectations,
    );
    refuted(&verdict, CheckName::Names, gone("/srv/page.html"));
    let verdict = judge(
        &original(with_app(&app()).file("/srv/a.txt", "1")),
        &candidate(slim(), with_app(&app()).file("/srv/a.txt", "2")),
        &plain(),
    );
    refuted(
        &verdict,
        CheckName::Files,
        |found| matches!(found, Counterexample::ChangedFile { path, .. } if path == "/srv/a.txt"),
    );
    proved(&judge(
        &original(with_app(&app()).file("/srv/a.jar", "1")),
        &candidate(slim(), with_app(&app()).file("/srv/a.jar", "2")),
        &plain(),
    ));
}

#[test]
fn what_looks_like_a_packages_work_counts_when_no_package_was_installed() {
    let gone = |path: &'static str| move |found: &Counterexample| matches!(found, Counterexample::MissingFile { path: missing, .. } if missing == path);
    for path in ["/usr/share/fonts/own.ttf", "/etc/localtime", "/etc/nsswitch.conf", "/etc/ssl/certs/own.pem"] {
        let verdict =
            judge(&original(with_app(&app()).file(path, "x")), &candidate(slim(), with_app(&app())), &plain());
        assert_eq!(verdict.check(CheckName::Files).unwrap().status, Status::Difference, "{path}");
    }
    let records = || with_app(&app()).folder("/var/log/app").owned_by(9, 9).symlink("/var/log/app/log", "/dev/stdout");
    let verdict = judge(&original(records()), &candidate(slim(), with_app(&app()).folder("/var/log")), &plain());
    refuted(&verdict, CheckName::Files, gone("/var/log/app"));
    let verdict = judge(
        &original(with_app(&app()).folder("/srv/up").file("/srv/up/.gitkeep", "")),
        &candidate(slim(), with_app(&app()).folder("/srv")),
        &plain(),
    );
    refuted(&verdict, CheckName::Files, gone("/srv/up"));
}

#[test]
fn what_the_original_deleted_or_never_had_must_not_be_there() {
    let other = |layer: LayerBuilder| layer.file("/etc/app.d/default", "on");
    let before = ImageBuilder::new()
        .layer(other(full()))
        .base_ends_here()
        .layer(with_app(&app()).whiteout("/etc/app.d/default").whiteout("/var/log/x"))
        .command(&["app"]);
    let changed = |path: &'static str| move |found: &Counterexample| matches!(found, Counterexample::ChangedFile { path: other, .. } if other == path);
    let verdict = judge(&before, &candidate(slim_with(other, &[]), with_app(&app())), &plain());
    refuted(&verdict, CheckName::Files, changed("/etc/app.d/default"));
    proved(&judge(&before, &candidate(slim(), with_app(&app())), &plain()));
    let more = with_app(&app()).file("/usr/local/bin/src/app", "x");
    let verdict = judge(&original(with_app(&app())), &candidate(slim(), more), &plain());
    refuted(&verdict, CheckName::Files, changed("/usr/local/bin/src/app"));
}

#[test]
fn own_certificates_must_be_in_the_bundle() {
    let own = |bundle: &str| {
        with_app(&app())
            .file("/usr/local/share/ca-certificates/own.crt", "own")
            .file(
                "/var/lib/dpkg/status",
                status(&[("libc6", ""), ("git", ""), ("libpq5", ""), ("tzdata", ""), ("ca-certificates", "")]),
            )
            .file("/etc/ssl/certs/ca-certificates.crt", bundle)
    };
    proved(&judge(&original(own("pem own")), &candidate(slim(), own("pem own")), &plain()));
    let verdict = judge(&original(own("pem own")), &candidate(slim(), own("pem")), &plain());
    refuted(
        &verdict,
        CheckName::System,
        |found| matches!(found, Counterexample::ChangedFile { path, .. } if path.ends_with("ca-certificates.crt")),
    );
}

#[test]
fn program_texts_are_source_only_when_nothing_interprets_them() {
    let interpreted = |layer: LayerBuilder| {
        layer
            .program("/usr/bin/python3", app().bytes())
            .file("/srv/main.py", "import util")
            .file("/srv/util.py", "x = 1")
    };
    let builder = |layer: LayerBuilder, base: LayerBuilder, command: &[&str]| {
        ImageBuilder::new().layer(base).base_ends_here().layer(layer).command(command)
    };
    let verdict = judge(
        &builder(interpreted(with_app(&app())), full(), &["python3", "/srv/main.py"]),
        &builder(
            with_app(&app()).program("/usr/bin/python3", app().bytes()).file("/srv/main.py", "import util"),
            slim(),
            &["python3", "/srv/main.py"],
        ),
        &plain(),
    );
    refuted(
        &verdict,
        CheckName::Files,
        |found| matches!(found, Counterexample::MissingFile { path, .. } if path == "/srv/util.py"),
    );
    proved(&judge(
        &builder(with_app(&app()).file("/srv/util.py", "x = 1"), full(), &["app"]),
        &builder(with_app(&app()).folder("/srv"), slim(), &["app"]),
        &plain(),
    ));
}

#[test]
fn packages_that_were_asked_for_must_be_there_or_explained() {
    let installs = || {
        with_app(&app())
            .file(
                "/var/lib/dpkg/status",
                status(&[
                    ("libc6", ""),
                    ("git", ""),
                    ("libpq5", ""),
                    ("tzdata", ""),
                    ("ca-certificates", ""),
                    ("ffmpeg", "libav"),
                ]) + &status(&[("libav", "")]),
            )
            .file("/var/lib/dpkg/info/ffmpeg.list", "/usr/bin/ffmpeg\n")
            .program("/usr/bin/ffmpeg", app().bytes())
    };
    let verdict = judge(&original(installs()), &candidate(slim(), with_app(&app())), &plain());
    refuted(
        &verdict,
        CheckName::Files,
        |found| matches!(found, Counterexample::MissingPackage { package } if package == "ffmpeg"),
    );
    assert!(
        !verdict
            .counterexamples
            .iter()
            .any(|found| matches!(found, Counterexample::MissingPackage { package } if package == "libav"))
    );
    let expectations = Expectations { packages: vec![Expected::new("ffmpeg", "only used by the build")], ..plain() };
    proved(&judge(&original(installs()), &candidate(slim(), with_app(&app())), &expectations));
}

#[test]
fn what_strings_name_must_be_there() {
    let loads = app().imports("dlopen").says("libpq.so.5");
    let verdict = judge(&original(with_app(&loads)), &candidate(slim(), with_app(&loads)), &plain());
    refuted(
        &verdict,
        CheckName::Names,
        |found| matches!(found, Counterexample::MissingLibrary { soname, provider_package: Some(package), .. } if soname == "libpq.so.5" && package == "libpq5"),
    );
    let runs = app().imports("popen").says("git --version");
    let verdict = judge(&original(with_app(&runs)), &candidate(slim(), with_app(&runs)), &plain());
    refuted(
        &verdict,
        CheckName::Names,
        |found| matches!(found, Counterexample::MissingProgram { program, owner: Some(owner), .. } if program == "git" && owner == "git"),
    );
    let reads = app().says("/etc/ssl/certs/ca-certificates.crt");
    let verdict = judge(&original(with_app(&reads)), &candidate(slim(), with_app(&reads)), &plain());
    refuted(
        &verdict,
        CheckName::Names,
        |found| matches!(found, Counterexample::MissingFile { path, .. } if path.starts_with("/etc/ssl")),
    );
    // The same words in a program that cannot act on them prove nothing.
    let speaks = app().says("libpq.so.5").says("git --version");
    let verdict = judge(&original(with_app(&speaks)), &candidate(slim(), with_app(&speaks)), &plain());
    proved(&verdict);
    assert!(verdict.not_exercised.iter().any(|line| line.contains("libpq.so.5")), "{:?}", verdict.not_exercised);
}

#[test]
fn modes_owners_capabilities_and_folders_must_be_kept() {
    let dressed = || {
        with_app(&app())
            .file("/srv/key", "k")
            .mode(0o600)
            .owned_by(5, 6)
            .file("/srv/ping", "p")
            .xattr(crate::image::CAPABILITY, b"cap")
            .folder("/srv/empty")
            .symlink("/srv/link", "key")
    };
    proved(&judge(&original(dressed()), &candidate(slim(), dressed()), &plain()));
    type Cause = fn(&Counterexample) -> bool;
    let changed: [(LayerBuilder, Cause); 3] = [
        (
            with_app(&app())
                .file("/srv/key", "k")
                .owned_by(5, 6)
                .file("/srv/ping", "p")
                .xattr(crate::image::CAPABILITY, b"cap")
                .folder("/srv/empty")
                .symlink("/srv/link", "key"),
            |found| matches!(found, Counterexample::WrongMode { want: 0o600, have: 0o644, .. }),
        ),
        (
            with_app(&app())
                .file("/srv/key", "k")
                .mode(0o600)
                .file("/srv/ping", "p")
                .xattr(crate::image::CAPABILITY, b"cap")
                .folder("/srv/empty")
                .symlink("/srv/link", "key"),
            |found| matches!(found, Counterexample::WrongOwner { want: (5, 6), have: (0, 0), .. }),
        ),
        (
            with_app(&app())
                .file("/srv/key", "k")
                .mode(0o600)
                .owned_by(5, 6)
                .file("/srv/ping", "p")
                .folder("/srv/empty")
                .symlink("/srv/link", "key"),
            |found| matches!(found, Counterexample::MissingCapability { path, .. } if path == "/srv/ping"),
        ),
    ];
    for (layer, cause) in changed {
        refuted(&judge(&original(dressed()), &candidate(slim(), layer), &plain()), CheckName::Owners, cause);
    }
    let fewer = with_app(&app())
        .file("/srv/key", "k")
        .mode(0o600)
        .owned_by(5, 6)
        .file("/srv/ping", "p")
        .xattr(crate::image::CAPABILITY, b"cap");
    let verdict = judge(&original(dressed()), &candidate(slim(), fewer), &plain());
    for path in ["/srv/empty", "/srv/link"] {
        refuted(
            &verdict,
            CheckName::Files,
            |found| matches!(found, Counterexample::MissingFile { path: missing, .. } if missing == path),
        );
    }
}

#[test]
fn only_of_root_do_other_groups_not_matter() {
    let groups = |layer: LayerBuilder, members: &str| {
        layer.file("/etc/group", format!("root:x:0:\nnogroup:x:65534:\ndisk:x:6:{members}\n"))
    };
    let pair = |user: &str, members: &str| {
        let user = |builder: ImageBuilder| builder.set("User", serde_json::json!(user));
        let after = candidate(slim_with(|layer| groups(layer, members), &[]), with_app(&app()));
        judge(&user(original(with_app(&app()))), &user(after), &plain())
    };
    proved(&pair("", "root"));
    proved(&pair("0", "root"));
    refuted(&pair("nobody", "nobody"), CheckName::Owners, |found| matches!(found, Counterexample::MissingUser { .. }));
    // A group given by number is the same in both, whatever the files say.
    proved(&pair("0:6", "root"));
}

#[test]
fn a_reason_does_not_make_another_search_path_right() {
    let reasons = Expectations { variables: vec![Expected::new("PATH", "of the base")], ..Expectations::default() };
    let pair = |path: &str| {
        let after = candidate(slim(), with_app(&app())).set("Env", serde_json::json!([format!("PATH={path}")]));
        judge(
            &original(with_app(&app())).set("Env", serde_json::json!(["PATH=/usr/local/bin:/usr/bin:/bin"])),
            &after,
            &reasons,
        )
    };
    proved(&pair("/usr/local/bin:/usr/bin:/bin"));
    for other in ["/usr/local/bin:/usr/bin:/bin:x", "/usr/bin:/usr/local/bin:/bin", "/nowhere"] {
        refuted(&pair(other), CheckName::Config, |found| matches!(found, Counterexample::MissingEnv { .. }));
    }
}

#[test]
fn the_group_of_the_user_keeps_a_name() {
    let pair = |groups: &str| {
        let user = |builder: ImageBuilder| builder.set("User", serde_json::json!("nobody"));
        let after = candidate(slim_with(|layer| layer.file("/etc/group", groups), &[]), with_app(&app()));
        judge(&user(original(with_app(&app()))), &user(after), &plain())
    };
    proved(&pair("root:x:0:\nnogroup:x:65534:\n"));
    proved(&pair("root:x:0:\nnobody:x:65534:\n"));
    refuted(
        &pair("root:x:0:\n"),
        CheckName::Owners,
        |found| matches!(found, Counterexample::WrongSetting { setting, .. } if setting.contains("65534")),
    );
}

#[test]
fn the_user_must_exist_with_the_same_ids() {
    let user = |builder: ImageBuilder| builder.set("User", serde_json::json!("app"));
    let passwd = |uid: u32| format!("{PASSWD}app:x:{uid}:0:a:/tmp:/bin/sh\n");
    let with = |uid: u32| with_app(&app()).file("/etc/passwd", passwd(uid));
    proved(&judge(&user(original(with(900))), &user(candidate(slim(), with(900))), &plain()));
    let missing =
        |found: &Counterexample| matches!(found, Counterexample::MissingUser { user, uid: 900, .. } if user == "app");
    refuted(
        &judge(&user(original(with(900))), &user(candidate(slim(), with_app(&app()))), &plain()),
        CheckName::Owners,
        missing,
    );
    refuted(
        &judge(&user(original(with(900))), &user(candidate(slim(), with(901))), &plain()),
        CheckName::Owners,
        missing,
    );
    let numeric = |builder: ImageBuilder| builder.set("User", serde_json::json!("1234"));
    proved(&judge(&numeric(original(with_app(&app()))), &numeric(candidate(slim(), with_app(&app()))), &plain()));
}

#[test]
fn the_c_library_family_and_the_certificates_must_stay() {
    let tls = app().needs("libpq.so.5");
    let with_library = slim_with(
        |layer| layer.file("/usr/lib/x86_64-linux-gnu/libpq.so.5", ElfBuilder::library("libpq.so.5").bytes()),
        &[("libpq5", "")],
    );
    let verdict = judge(&original(with_app(&tls)), &candidate(with_library, with_app(&tls)), &plain());
    refuted(
        &verdict,
        CheckName::System,
        |found| matches!(found, Counterexample::MissingFile { path, owner: Some(owner), .. } if path.ends_with("ca-certificates.crt") && owner == "ca-certificates"),
    );
    let musl = common(LayerBuilder::new())
        .program("/lib/ld-musl-x86_64.so.1", ElfBuilder::library("libc.musl-x86_64.so.1").bytes());
    let verdict = judge(&original(with_app(&app())), &candidate(musl, with_app(&app())), &plain());
    refuted(
        &verdict,
        CheckName::System,
        |found| matches!(found, Counterexample::WrongSetting { setting, .. } if setting == "C library"),
    );
}

fn runs(old: [RunRecord; 2], new: RunRecord) -> Verdict {
    judge_runs(&original(with_app(&app())), &candidate(slim(), with_app(&app())), &plain(), &old, &[new])
}

pub(super) fn changed(change: impl Fn(&mut RunRecord)) -> RunRecord {
    let mut record = record();
    change(&mut record);
    record
}

#[test]
fn runs_must_agree() {
    let differs = |what: &'static str| move |found: &Counterexample| matches!(found, Counterexample::RunDiffers { what: found, .. } if found.starts_with(what));
    type Change = fn(&mut RunRecord);
    let cases: [(&'static str, Change); 4] = [
        ("ending", |record| record.ending = Ending::Exited { code: 1 }),
        ("standard output", |record| record.stdout.bytes = b"reads\n".to_vec()),
        ("health", |record| {
            record.health = Some(HealthOutcome { status: "unhealthy".into(), exit: Some(1), output: String::new() });
        }),
        ("listening", |record| {
            record.listening = vec![ListeningSocket { protocol: "tcp".into(), address: "0.0.0.0".into(), port: 80 }];
        }),
    ];
    for (what, change) in cases {
        let looked = |change: fn(&mut RunRecord)| {
            changed(|record| {
                record.look = Look::Done { snapshots: 1, unreadable: 0 };
                change(record);
            })
        };
        let same: fn(&mut RunRecord) = |_| {};
        refuted(&runs([looked(same), looked(same)], looked(change)), CheckName::Runs, differs(what));
    }
    let stamped = |text: &str| {
        changed(|record| {
            record.stdout.bytes = text.as_bytes().to_vec();
            record.stdout.total = text.len() as u64;
        })
    };
    proved(&runs(
        [stamped("2026-01-01 10:00:00 up"), stamped("2026-01-01 10:00:09 up")],
        stamped("2026-02-02 11:00:00 up"),
    ));
}

#[test]
fn what_was_not_seen_is_not_proved() {
    let none = judge_runs(&original(with_app(&app())), &candidate(slim(), with_app(&app())), &plain(), &[], &[]);
    assert_eq!((none.outcome, none.check(CheckName::Runs).unwrap().status), (Outcome::Inconclusive, Status::NotRun));
    let once = judge_runs(
        &original(with_app(&app())),
        &candidate(slim(), with_app(&app())),
        &plain(),
        &[record()],
        &[record()],
    );
    assert_eq!(once.outcome, Outcome::Inconclusive);
    let failing = |record: &mut RunRecord| record.ending = Ending::Exited { code: 3 };
    assert_eq!(runs([changed(failing), changed(failing)], changed(failing)).outcome, Outcome::Inconclusive);
    let serving = |record: &mut RunRecord| {
        record.ending = Ending::Stopped { code: 143, reaction: StopReaction::Ended };
    };
    proved(&runs([changed(serving), changed(serving)], changed(serving)));
    assert_eq!(runs([changed(serving), record()], changed(serving)).outcome, Outcome::Inconclusive);
}

#[test]
fn identity_allows_nothing_but_times() {
    let identity = Expectations { mode: Mode::Identity, ..plain() };
    let layer = || with_app(&app()).file("/a", "1").file("/var/log/x.log", "1");
    let same = || original(layer());
    proved(&judge(&same(), &same(), &identity));
    proved(&judge(&same(), &original(with_app(&app()).file("/a", "1").file("/var/log/x.log", "2")), &identity));
    for other in [
        original(with_app(&app()).file("/a", "2").file("/var/log/x.log", "1")),
        original(with_app(&app()).file("/var/log/x.log", "1")),
        original(layer().file("/b", "")),
        original(with_app(&app()).file("/a", "1").mode(0o600).file("/var/log/x.log", "1")),
        original(layer()).set("User", serde_json::json!("1")),
    ] {
        refuted(&judge(&same(), &other, &identity), CheckName::Identity, |_| true);
    }
}
