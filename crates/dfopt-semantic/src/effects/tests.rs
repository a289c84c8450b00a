//! The laws of effects as properties, and the effects of single commands as a table.

use proptest::prelude::*;

use super::*;
use crate::command::testing::script;

fn path_pattern() -> impl Strategy<Value = PathPattern> {
    let part = prop_oneof![
        Just("a".to_owned()),
        Just("b".to_owned()),
        Just("a.b".to_owned()),
        Just("*".to_owned()),
        Just("a*".to_owned()),
        Just("*.b".to_owned()),
        Just("?".to_owned()),
        Just("[ab]".to_owned()),
        Just(".h".to_owned()),
    ];
    (prop::collection::vec(part, 0..4), any::<bool>()).prop_map(|(parts, tree)| {
        let pattern = PathPattern::parse(&format!("/{}", parts.join("/")));
        if tree { pattern.with_everything_below() } else { pattern }
    })
}

fn resource() -> impl Strategy<Value = Resource> {
    let name = prop_oneof![Just("A"), Just("AB"), Just("A*"), Just("*"), Just("B")];
    prop_oneof![
        4 => path_pattern().prop_map(Resource::Path),
        2 => name.clone().prop_map(|n| Resource::Variable(n.into())),
        1 => name.prop_map(|n| Resource::User(n.into())),
        1 => Just(Resource::Network),
        1 => Just(Resource::Time),
    ]
}

fn footprint() -> impl Strategy<Value = Footprint> {
    let access = prop_oneof![
        6 => Just(Access::Exactly),
        6 => Just(Access::AtMost),
        1 => Just(Access::Unknown),
    ];
    prop::collection::vec((resource(), access), 0..6).prop_map(|parts| {
        let mut footprint = Footprint::nothing();
        for (resource, access) in parts {
            footprint.insert(resource, access);
        }
        footprint
    })
}

fn effects() -> impl Strategy<Value = Effects> {
    (footprint(), footprint()).prop_map(|(reads, writes)| Effects { reads, writes })
}

proptest! {
    #[test]
    fn join_is_a_semilattice(a in effects(), b in effects(), c in effects()) {
        prop_assert_eq!(a.join(&b), b.join(&a));
        prop_assert_eq!(a.join(&b).join(&c), a.join(&b.join(&c)));
        prop_assert_eq!(a.join(&a), a.clone());
        prop_assert_eq!(a.join(&Effects::none()), a.clone());
        prop_assert!(a.is_within(&a.join(&b)));
        prop_assert!(b.is_within(&a.join(&b)));
        prop_assert!(a.is_within(&Effects::unknown()));
        prop_assert!(Effects::none().is_within(&a));
    }

    #[test]
    fn a_sequence_is_associative_and_within_the_join(a in effects(), b in effects(), c in effects()) {
        prop_assert_eq!(a.then(&b).then(&c), a.then(&b.then(&c)));
        prop_assert!(a.then(&b).is_within(&a.join(&b)));
        prop_assert_eq!(a.then(&b).writes, a.join(&b).writes);
        prop_assert_eq!(a.then(&a), a.clone());
        prop_assert_eq!(a.then(&Effects::none()), a.clone());
        prop_assert_eq!(Effects::none().then(&a), a.clone());
    }

    #[test]
    fn a_sequence_grows_with_its_parts(a in effects(), b in effects(), more in effects()) {
        // A weaker first part can only let more reads through.
        prop_assert!(a.then(&b).is_within(&a.possibly().then(&b)));
        prop_assert!(a.then(&b).is_within(&a.then(&b.join(&more))));
    }

    #[test]
    fn within_is_an_order(a in effects(), b in effects(), c in effects()) {
        prop_assert!(a.is_within(&a));
        if a.is_within(&b) && b.is_within(&c) {
            prop_assert!(a.is_within(&c));
        }
        prop_assert!(a.possibly().is_within(&a));
        prop_assert!(a.is_within(&a.possibly()));
    }

    #[test]
    fn conflicts_are_symmetric_and_grow(a in effects(), b in effects(), more in effects()) {
        prop_assert_eq!(a.conflicts_with(&b), b.conflicts_with(&a));
        if a.conflicts_with(&b) {
            prop_assert!(a.join(&more).conflicts_with(&b));
        }
        prop_assert!(!a.conflicts_with(&Effects::none()));
    }

    #[test]
    fn covering_and_overlapping_agree(a in path_pattern(), b in path_pattern(), c in path_pattern()) {
        prop_assert!(a.covers(&a));
        prop_assert!(a.overlaps(&a));
        prop_assert_eq!(a.overlaps(&b), b.overlaps(&a));
        prop_assert!(PathPattern::any().covers(&a));
        if a.covers(&b) {
            prop_assert!(a.overlaps(&b), "{} covers but does not meet {}", a, b);
            if b.overlaps(&c) {
                prop_assert!(a.overlaps(&c), "{} covers {} but misses {}", a, b, c);
            }
        }
        if a.covers(&b) && b.covers(&c) {
            prop_assert!(a.covers(&c), "{} {} {}", a, b, c);
        }
    }

    #[test]
    fn membership_is_covering(pattern in path_pattern(), other in path_pattern(), path in "(/[ab](\\.b)?){0,4}") {
        let path = if path.is_empty() { "/".to_owned() } else { path };
        if pattern.contains(&path) && other.contains(&path) {
            prop_assert!(pattern.overlaps(&other));
        }
        if pattern.covers(&other) && other.contains(&path) {
            prop_assert!(pattern.contains(&path));
        }
        prop_assert_eq!(PathPattern::parse(&PathPattern::literal(&path).to_string()), PathPattern::literal(&path));
    }

    #[test]
    fn nothing_panics(pattern in "\\PC{0,20}", path in "\\PC{0,20}") {
        let pattern = PathPattern::parse(&pattern);
        let _ = (pattern.contains(&path), pattern.overlaps(&PathPattern::parse(&path)), pattern.to_string());
    }
}

/// Commands whose effects depend on the variables, the directory and the user.
const COMMANDS: &[&str] = &[
    "go build -o $OUT ./cmd/$NAME",
    "go install ./...",
    "rm -rf /tmp/$NAME",
    "cp $NAME /usr/local/bin/",
    "mkdir -p $OUT/$NAME",
    "curl -o $OUT https://x/$NAME",
    "tar xf a.tar -C $OUT",
    "cd $OUT",
    "cat $NAME",
    "pip install -r $NAME",
    "apt-get install -y $NAME",
    "make",
    "echo $NAME",
    "X=$NAME",
    "cp a b",
    "touch $X/f",
    "./run",
    "npm ci --ignore-scripts",
    "gcc -o $OUT main.c",
    "echo a > $OUT",
    "git clone https://x/$NAME $OUT",
    "useradd $NAME",
    "chown $NAME /data",
    "cargo build --target-dir $OUT",
    "mvn package",
    "true",
    "(cd $OUT && touch f)",
    "ls $OUT | xargs rm -rf",
];

fn environments() -> impl Strategy<Value = (Env<'static>, Env<'static>)> {
    let value = prop_oneof![Just("x"), Just("/out"), Just("a/b"), Just("/work/app")];
    let vars = prop::collection::btree_map(prop_oneof![Just("OUT"), Just("NAME")], (value, any::<bool>()), 0..3);
    (vars, any::<bool>(), any::<bool>()).prop_map(|(vars, workdir, user)| {
        let mut less = Env::default();
        let mut more = Env { workdir: Some("/work".into()), user: Some("root".into()), ..Env::default() };
        if workdir {
            less.workdir.clone_from(&more.workdir);
        }
        if user {
            less.user.clone_from(&more.user);
        }
        for (name, (value, both)) in vars {
            more.variables.insert(name.into(), value.into());
            if both {
                less.variables.insert(name.into(), value.into());
            }
        }
        (less, more)
    })
}

proptest! {
    #[test]
    fn knowing_more_never_adds_an_effect(
        picks in prop::collection::vec((0..COMMANDS.len(), 0..5usize), 1..6),
        (less, more) in environments(),
        unknown in 0..6usize,
    ) {
        let text = joined(&picks);
        let parsed = script(&text);
        let known = effects_of(&parsed, &more);
        let vague = effects_of(&parsed, &less);
        prop_assert!(known.is_within(&vague), "{text}\n{known:#?}\n{vague:#?}");
        // A command that is not understood stands for any command in its place.
        let mut veiled = parsed.clone();
        if let Some(invocation) = veiled.invocations.get_mut(unknown)
            && let Some(first) = invocation.words.first_mut()
            // What a changed directory or variable means for later commands is not an effect of the command itself.
            && !matches!(first.text(), Some("cd"))
        {
            *first = crate::command::Word::from_raw("$UNKNOWN", 0);
            prop_assert!(known.is_within(&effects_of(&veiled, &more)));
        }
    }

    #[test]
    fn a_script_is_within_the_join_of_its_commands(picks in prop::collection::vec((0..COMMANDS.len(), 0..3usize), 1..6)) {
        let moves = |at: usize| COMMANDS[at].contains("cd $OUT") || COMMANDS[at].contains("X=");
        let picks: Vec<_> = picks.into_iter().filter(|(at, _)| !moves(*at)).collect();
        let env = Env { workdir: Some("/work".into()), user: Some("root".into()), ..Env::default() };
        let text = joined(&picks);
        // Commands that move the others would have to be followed to be taken alone.
        let parsed = script(&text);
        let whole = effects_of(&parsed, &env);
        let parts = parsed.invocations.iter().fold(Effects::none(), |sum, i| sum.join(&effects_of_command(i, &env)));
        prop_assert!(whole.is_within(&parts), "{text}");
    }
}

fn joined(picks: &[(usize, usize)]) -> String {
    let mut text = String::new();
    for (command, connector) in picks {
        if !text.is_empty() {
            text.push_str([" && ", "; ", " || ", " | ", " & "][*connector]);
        }
        text.push_str(COMMANDS[*command]);
    }
    text
}

fn env() -> Env<'static> {
    let mut env = Env { workdir: Some("/app".into()), user: Some("root".into()), ..Env::default() };
    env.variables.insert("GOPATH".into(), "/go".into());
    env.variables.insert("V".into(), "1.2".into());
    env
}

fn show(footprint: &Footprint, noise: &[&str]) -> String {
    if footprint.is_everything() {
        return "everything".into();
    }
    let noise: Vec<Resource> = noise.iter().map(|n| Resource::path(n)).collect();
    footprint
        .at_most()
        .filter(|r| !matches!(r, Resource::Variable(_)) && !noise.contains(r))
        .map(|r| if footprint.surely().any(|s| s == r) { format!("{r}!") } else { r.to_string() })
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn what_commands_write() {
    for (text, want) in [
        (
            "go build -o bin/app ./cmd/app",
            "/app/bin/app! /app/bin/app/** /go/pkg/** /root/.cache/go-build/** /root/.config/go/** /tmp/**",
        ),
        ("go build", "/app/* /go/pkg/** /root/.cache/go-build/** /root/.config/go/** /tmp/**"),
        (
            "go build -C src -o app",
            "/app/src/app! /app/src/app/** /go/pkg/** /root/.cache/go-build/** /root/.config/go/** /tmp/**",
        ),
        ("go install ./...", "/go/bin/** /go/pkg/** /root/.cache/go-build/** /root/.config/go/** /tmp/**"),
        ("go mod download", "/go/pkg/** /root/.cache/go-build/** /root/.config/go/** /tmp/**"),
        ("go generate ./...", "everything"),
        ("make", "everything"),
        ("./build.sh", "everything"),
        ("$CC x.c", "everything"),
        ("gcc -O2 -o /usr/bin/app main.c", "/tmp/** /usr/bin/app!"),
        ("gcc main.c", "/app/a.out! /tmp/**"),
        ("gcc -c main.c", "/app/* /tmp/**"),
        ("mkdir -p /srv/data/x", "/srv /srv/data /srv/data/x!"),
        ("rm -rf /tmp/x 'a b'", "/app/a b! /app/a b/** /tmp/x! /tmp/x/**"),
        ("rm -f *.tmp", "/app/*.tmp"),
        ("cp app /usr/local/bin/", "/usr/local/bin/app!"),
        ("cp app /usr/local/bin/tool", "/usr/local/bin/tool /usr/local/bin/tool/app"),
        ("cp -r src/. /out", "/out/**"),
        ("cp a b /out", "/out/a! /out/b!"),
        ("mv /x/app .", "/app/app/** /x/app/**"),
        ("ln -s /opt/a /usr/bin/a", "/usr/bin/a /usr/bin/a/a"),
        ("echo x > conf", "/app/conf!"),
        ("echo x >> /etc/conf 2> /dev/null", "/etc/conf!"),
        ("echo x | tee /etc/conf > /dev/null", "/etc/conf!"),
        ("sed -i s/a/b/ /etc/x.conf", "/etc/x.conf!"),
        ("touch $UNKNOWN", "/**"),
        ("touch /a/$UNKNOWN/b", "/a/**"),
        ("touch /a/$V/b", "/a/1.2/b!"),
        ("touch ~/x", "/root/x!"),
        ("cd /srv && touch x", "/srv/x!"),
        ("(cd /srv && touch x); touch y", "/app/y! /srv/x"),
        ("cd sub; cd ../other; touch x", "/app/other/x!"),
        ("true | cd /srv; touch x", "/app/x!"),
        ("D=/srv; touch $D/x", "/srv/x!"),
        ("touch a || touch b", "/app/a /app/b"),
        ("touch a; touch b", "/app/a /app/b!"),
        ("set -e; touch a; touch b", "/app/a! /app/b!"),
        ("touch a | touch b", "/app/a /app/b!"),
        ("curl -fsSLo /tmp/x.tgz https://h/x.tgz", "/tmp/x.tgz!"),
        ("curl -O https://h/x.tgz", "/app/x.tgz! /app/x.tgz.*"),
        ("curl https://h/x.tgz | tar xz -C /opt", "/opt/**"),
        ("wget -P /opt https://h/x.tgz", "/opt/x.tgz! /opt/x.tgz.*"),
        ("git clone --depth 1 https://h/o/repo.git", "/app/repo/**"),
        ("git clone https://h/o/repo.git /src", "/src/**"),
        ("env -C /srv touch x", "/srv/x!"),
        ("chmod +x run.sh", "/app/run.sh!"),
        ("chown -R app:app /srv", "/srv/**"),
        ("find /srv -name x -delete", "/srv! /srv/**"),
        ("find . -name x", ""),
        ("cat x | grep y", ""),
        ("test -f x && [ -d y ]", ""),
        ("sh -c 'touch x'", "everything"),
        ("FOO=1", ""),
        ("export FOO=1", ""),
        ("python3 -m venv /venv", "/venv/**"),
        ("/venv/bin/pip install x", "/root/.cache/pip/** /root/.cache/uv/** /tmp/** /venv/**"),
        ("pip install --target /deps x", "/deps/** /root/.cache/pip/** /root/.cache/uv/** /tmp/**"),
        ("ls | xargs rm", "/**"),
    ] {
        let effects = effects_of(&script(text), &env());
        assert_eq!(show(&effects.writes, &[]), want, "{text}");
    }
}

#[test]
fn what_commands_read() {
    let noise = ["/bin/**", "/sbin/**", "/lib/**", "/lib32/**", "/lib64/**", "/usr/**", "/etc/**", "/opt/**"];
    for (text, want) in [
        ("cat a /b", "/app/a /b"),
        ("cp a /b/", "/app/a!"),
        ("echo x > a; cat a", "/app/a"),
        ("set -e; echo x > a; cat a", ""),
        ("echo x > a && cat a", ""),
        ("echo x >> a && cat a", "/app/a"),
        ("cat < in", "/app/in!"),
        ("date", "time!"),
        ("chown app /x", "/x /etc/group /etc/passwd user app!"),
        ("ls", "/app/**"),
        ("tar xf /a.tar", "/a.tar!"),
    ] {
        let effects = effects_of(&script(text), &env());
        let mut got: Vec<_> = show(&effects.reads, &noise).split(' ').map(str::to_owned).collect();
        let mut want: Vec<_> = want.split(' ').map(str::to_owned).collect();
        got.sort();
        want.sort();
        assert_eq!(got, want, "{text}");
    }
    let variables = effects_of(&script("A=1 && echo $A $B \"${C:-x}\" '$D'"), &env());
    let names: Vec<_> = variables.reads.at_most().map(ToString::to_string).collect();
    assert_eq!(names, ["$B", "$C"]);
}

#[test]
fn packages_feed_programs() {
    let install = effects_of(&script("apt-get update && apt-get install -y gcc"), &env());
    let package = Resource::Package { manager: crate::command::packages::Manager::Apt, name: "gcc".into() };
    assert_eq!(install.writes.access(&package), Some(Access::Exactly));
    assert_eq!(install.writes.access(&Resource::path("/app/x")), None);
    assert_eq!(install.reads.access(&Resource::path("/app/**")), None);
    assert_eq!(install.reads.access(&Resource::Network), Some(Access::AtMost));
    let build = effects_of(&script("gcc -o app main.c"), &env());
    assert!(install.feeds(&build));
    assert!(!build.feeds(&install));
    assert!(Effects::unknown().feeds(&install));
    let user = effects_of(&script("useradd -r app"), &env());
    assert!(user.feeds(&effects_of(&script("chown app /x"), &env())));
}

#[test]
fn scripts_in_words_are_followed() {
    let read = |inline: &crate::command::InlineScript<'_>| inline.word.text().map(script);
    let env = Env { inline: Some(&read), ..env() };
    let effects = effects_of(&script("cd /srv && sh -ec 'touch x; touch y'"), &env);
    assert_eq!(show(&effects.writes, &[]), "/srv/x! /srv/y!");
}

const TRICKY: &[&str] = &[
    "apt-get",
    "install",
    "apk",
    "add",
    "-t",
    "--virtual",
    "=",
    "-",
    "--",
    "''",
    "\"\"",
    "$",
    "${",
    "$(",
    "`",
    "[",
    "{a,b}",
    "~",
    "~/x",
    "*",
    "?",
    "a=b",
    "sudo",
    "-u",
    "env",
    "sh",
    "-c",
    "-ec",
    "'x y'",
    "xargs",
    "find",
    "-exec",
    "{}",
    "+",
    "-delete",
    "tar",
    "xzf",
    "-C",
    "cp",
    "mv",
    "rm",
    "-rf",
    "ln",
    "chmod",
    "-x",
    "chown",
    "a:b",
    ":",
    "useradd",
    "go",
    "build",
    "-o",
    "./...",
    ".",
    "..",
    "/",
    "//",
    "cargo",
    "npm",
    "run",
    "pip",
    "-r",
    "-e",
    ".[x]",
    "[x",
    "gcc",
    "make",
    "-j",
    "git",
    "clone",
    "http://",
    "://x",
    "curl",
    "-O",
    "x?y",
    "mvn",
    "gradle",
    ":a:b",
    "mix",
    "java",
    "python",
    "-m",
    "dd",
    "of=",
    "sed",
    "-i",
    "cd",
    "export",
    "export X=$X",
    "set",
    "-o",
    "eval",
    "corepack",
    "yarn",
    "ä",
    "\u{200b}",
    "\\",
    "v2",
    "@",
    "x@y",
    "@x",
    "cmake",
    "--build",
    "-B",
    "dotnet",
    "publish",
    "patch",
    "echo",
    ">",
    ">>",
    "<",
    "/dev/null",
    "2>&1",
    "&&",
    "||",
    ";",
    "|",
    "&",
    "(",
    ")",
    "\n",
];

proptest! {
    #[test]
    fn no_command_line_makes_anything_panic(words in prop::collection::vec(0..TRICKY.len(), 0..12), noise in "\\PC{0,8}", glue in any::<bool>()) {
        let mut text = words.iter().map(|w| TRICKY[*w]).collect::<Vec<_>>().join(if glue { "" } else { " " });
        text.push_str(&noise);
        let parsed = script(&text).with_lists_expanded();
        let read = |inline: &crate::command::InlineScript<'_>| inline.word.text().map(script);
        let env = Env { inline: Some(&read), ..env() };
        let effects = effects_of(&parsed, &env);
        prop_assert!(effects.is_within(&Effects::unknown()));
        let files = |_: &str| Some("module x\nname = \"y\"\n\"scripts\": {\"a\": \"b".to_owned());
        let made = artifacts::artifacts_of(&parsed, &env, &files);
        let _ = (caches::cache_uses(&parsed, &env), crate::command::packages::installed_by(&parsed), crate::command::purpose::of_script(&parsed));
        // Every place lies within the text.
        for artifact in &made.found {
            prop_assert!(artifact.word.end as usize <= text.len());
        }
    }
}
