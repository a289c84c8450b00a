//! A command as it is meant: the wrappers before it taken off, its name without directory, its arguments as words.

use std::ops::Range;

use super::options::{Parsed, Spec, Style, parse};
use super::script::{Dialect, Invocation, ShellOptions, split_assignment};
use super::word::{Value, Word, is_name};

/// A program that runs the program named in its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapper<'a> {
    /// The name without directory, such as `sudo`.
    pub name: &'a str,
    /// The words of the wrapper and its options within the invocation.
    pub words: Range<usize>,
    /// Their place in the file.
    pub range: Range<u32>,
    /// The user it switches to, as given; `None` if it switches to none or to its default.
    pub user: Option<Value<'a>>,
}

/// An invocation seen through its wrappers.
#[derive(Clone, Debug)]
pub struct Command<'a> {
    invocation: &'a Invocation,
    wrappers: Vec<Wrapper<'a>>,
    assignments: Vec<(Box<str>, Value<'a>)>,
    name_at: usize,
    resolved: bool,
    directory: Option<Value<'a>>,
}

/// A script inside a word: `sh -c '…'`, `su -c '…'`, `eval '…'`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InlineScript<'a> {
    /// The word that holds the script; it can be read when it is static.
    pub word: &'a Word,
    /// The shell that reads it; `None` when it is the shell in force.
    pub dialect: Option<Dialect>,
    /// The options given to the shell.
    pub options: ShellOptions,
}

struct WrapperSpec {
    names: &'static [&'static str],
    spec: Spec,
    /// Operands between the options and the command.
    operands: usize,
    assignments: Assignments,
    user: User,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Assignments {
    Taken,
    NotTaken,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum User {
    Kept,
    Option(&'static [&'static str]),
    FirstOperand,
}

const fn wrapper(names: &'static [&'static str], short: &'static str, long: &'static [&'static str]) -> WrapperSpec {
    WrapperSpec {
        names,
        spec: Spec { style: Style::GnuUntilOperand, short, attached: "", long },
        operands: 0,
        assignments: Assignments::NotTaken,
        user: User::Kept,
    }
}

const fn with_operands(mut spec: WrapperSpec, operands: usize) -> WrapperSpec {
    spec.operands = operands;
    spec
}

const fn with_assignments(mut spec: WrapperSpec) -> WrapperSpec {
    spec.assignments = Assignments::Taken;
    spec
}

const fn with_user(mut spec: WrapperSpec, user: User) -> WrapperSpec {
    spec.user = user;
    spec
}

static WRAPPERS: &[WrapperSpec] = &[
    with_user(
        with_assignments(wrapper(
            &["sudo"],
            "ugpChrtTUDR",
            &[
                "user",
                "group",
                "prompt",
                "close-from",
                "host",
                "role",
                "type",
                "chdir",
                "chroot",
                "other-user",
                "command-timeout",
            ],
        )),
        User::Option(&["-u", "--user"]),
    ),
    with_user(wrapper(&["doas"], "uCa", &[]), User::Option(&["-u"])),
    with_assignments(wrapper(&["env"], "uCS", &["unset", "chdir", "split-string"])),
    wrapper(&["command", "builtin"], "", &[]),
    wrapper(&["exec"], "a", &[]),
    wrapper(&["nice"], "n", &["adjustment"]),
    wrapper(&["ionice"], "cnpPu", &["class", "classdata"]),
    wrapper(
        &[
            "nohup",
            "eatmydata",
            "setsid",
            "torify",
            "torsocks",
            "unbuffer",
            "ccache",
            "sccache",
            "fakeroot",
            "catchsegv",
        ],
        "",
        &[],
    ),
    wrapper(&["time"], "fo", &["format", "output"]),
    with_operands(wrapper(&["timeout"], "ks", &["kill-after", "signal"]), 1),
    wrapper(&["stdbuf"], "ioe", &["input", "output", "error"]),
    wrapper(
        &["xargs"],
        "nLIPdasE",
        &["max-args", "max-lines", "replace", "max-procs", "delimiter", "arg-file", "max-chars", "eof"],
    ),
    wrapper(&["busybox", "toybox"], "", &[]),
    with_user(
        with_operands(wrapper(&["gosu", "su-exec", "s6-setuidgid", "setuidgid"], "", &[]), 1),
        User::FirstOperand,
    ),
    with_user(
        wrapper(
            &["setpriv"],
            "",
            &["reuid", "regid", "groups", "inh-caps", "ambient-caps", "bounding-set", "securebits", "selinux-label"],
        ),
        User::Option(&["--reuid"]),
    ),
    with_operands(wrapper(&["chroot"], "", &["groups", "userspec"]), 1),
    wrapper(&["proxychains", "proxychains4"], "f", &[]),
    wrapper(&["tini", "catatonit"], "pe", &[]),
    wrapper(&["dumb-init"], "r", &["rewrite"]),
    with_operands(wrapper(&["flock"], "wE", &["wait", "timeout", "conflict-exit-code"]), 1),
    with_operands(wrapper(&["setarch"], "", &[]), 1),
    wrapper(&["linux32", "linux64"], "", &[]),
];

impl<'a> Command<'a> {
    /// The command that an invocation runs; `None` when it consists of assignments or redirections only.
    #[must_use]
    pub fn of(invocation: &'a Invocation) -> Option<Self> {
        if invocation.words.is_empty() {
            return None;
        }
        let mut command = Self {
            invocation,
            wrappers: Vec::new(),
            assignments: invocation.assignments.iter().map(|(name, word)| (name.clone(), Value::whole(word))).collect(),
            name_at: 0,
            resolved: true,
            directory: None,
        };
        while command.unwrap_one() {}
        Some(command)
    }

    fn unwrap_one(&mut self) -> bool {
        let words: &'a [Word] = &self.invocation.words;
        let Some(name) = words.get(self.name_at).and_then(program_name) else {
            return false;
        };
        let Some(found) = WRAPPERS.iter().find(|w| w.names.contains(&name)) else {
            return false;
        };
        let args = words.get(self.name_at + 1..).unwrap_or(&[]);
        let parsed = parse(args, &found.spec);
        if is_query(name, &parsed) {
            return false;
        }
        let mut skipped = args.len() - parsed.rest.len();
        let mut rest = parsed.rest;
        let mut user = match found.user {
            User::Option(names) => parsed.value(names),
            User::Kept | User::FirstOperand => None,
        };
        if found.user == User::FirstOperand {
            user = rest.first().map(Value::whole);
        }
        if rest.len() <= found.operands {
            // A wrapper without a command (`exec 2>&1`, `sudo -v`, `env`) is the command itself.
            return false;
        }
        rest = rest.get(found.operands..).unwrap_or(&[]);
        skipped += found.operands;
        let mut assignments = Vec::new();
        if found.assignments == Assignments::Taken {
            while let Some((name, skip, word)) = rest.first().and_then(|w| split_assignment(w).map(|(n, s)| (n, s, w)))
            {
                assignments.push((name.into_boxed_str(), Value::after(word, skip)));
                rest = rest.get(1..).unwrap_or(&[]);
                skipped += 1;
            }
        }
        if rest.is_empty() {
            return false;
        }
        if name == "env" {
            self.directory = parsed.value(&["-C", "--chdir"]).or(self.directory);
            if parsed.has(&["-S", "--split-string"]) {
                self.resolved = false;
                return false;
            }
        }
        if parsed.options.iter().any(|o| o.word.static_prefix().is_empty()) {
            self.resolved = false;
        }
        let end = self.name_at + 1 + skipped;
        let from = words.get(self.name_at).map_or(0, |w| w.range.start);
        let to = words.get(end - 1).map_or(from, |w| w.range.end);
        self.wrappers.push(Wrapper { name, words: self.name_at..end, range: from..to, user });
        self.assignments.extend(assignments);
        self.name_at = end;
        true
    }

    /// The invocation.
    #[must_use]
    pub fn invocation(&self) -> &'a Invocation {
        self.invocation
    }

    /// The name without directory; `None` when it is not static.
    #[must_use]
    pub fn name(&self) -> Option<&'a str> {
        if !self.resolved {
            return None;
        }
        self.name_word().and_then(program_name)
    }

    /// The name as written, with its directory.
    #[must_use]
    pub fn path(&self) -> Option<&'a str> {
        self.name_word().and_then(Word::text)
    }

    /// The word of the name.
    #[must_use]
    pub fn name_word(&self) -> Option<&'a Word> {
        self.invocation.words.get(self.name_at)
    }

    /// The arguments.
    #[must_use]
    pub fn args(&self) -> &'a [Word] {
        self.invocation.words.get(self.name_at + 1..).unwrap_or(&[])
    }

    /// The arguments sorted by a table.
    #[must_use]
    pub fn options(&self, spec: &Spec) -> Parsed<'a> {
        parse(self.args(), spec)
    }

    /// The wrappers, outermost first.
    #[must_use]
    pub fn wrappers(&self) -> &[Wrapper<'a>] {
        &self.wrappers
    }

    /// True if a wrapper of this name is around the command.
    #[must_use]
    pub fn is_wrapped_in(&self, name: &str) -> bool {
        self.wrappers.iter().any(|w| w.name == name)
    }

    /// The variables set for this command alone, those given to `env` and `sudo` included.
    #[must_use]
    pub fn assignments(&self) -> &[(Box<str>, Value<'a>)] {
        &self.assignments
    }

    /// The value set for this command alone.
    #[must_use]
    pub fn assigned(&self, name: &str) -> Option<Value<'a>> {
        self.assignments.iter().rev().find(|(n, _)| &**n == name).map(|(_, value)| *value)
    }

    /// The directory `env -C` changes to.
    #[must_use]
    pub fn directory(&self) -> Option<Value<'a>> {
        self.directory
    }

    /// The place in the file from the name to the last argument.
    #[must_use]
    pub fn range(&self) -> Range<u32> {
        let from = self.name_word().map_or(0, |w| w.range.start);
        let to = self.invocation.words.last().map_or(from, |w| w.range.end);
        from..to
    }

    /// The script that the command holds in one word, as in `sh -ec 'make install'`.
    #[must_use]
    pub fn inline_script(&self) -> Option<InlineScript<'a>> {
        let name = self.name()?;
        match name {
            "eval" => {
                let [word] = self.args() else { return None };
                Some(InlineScript { word, dialect: None, options: ShellOptions::default() })
            }
            "su" | "runuser" => {
                let parsed = self.options(&SU);
                let value = parsed.value(&["-c", "--command"])?;
                Some(InlineScript { word: value.word, dialect: Some(Dialect::Posix), options: ShellOptions::default() })
            }
            _ => {
                let dialect = Dialect::of_program(name).filter(|d| d.is_posix_like())?;
                let (options, rest) = shell_options(self.args())?;
                Some(InlineScript { word: rest.first()?, dialect: Some(dialect), options })
            }
        }
    }
}

static SU: Spec = Spec {
    style: Style::Gnu,
    short: "cgGsuT",
    attached: "",
    long: &["command", "group", "supp-group", "shell", "user", "session-command", "whitelist-environment"],
};

/// The options of a shell call with `-c`, and the words after them; `None` without `-c`.
fn shell_options(args: &[Word]) -> Option<(ShellOptions, &[Word])> {
    let mut options = ShellOptions::default();
    let mut command = false;
    let mut at = 0;
    while let Some(text) = args.get(at).and_then(Word::text) {
        if text == "--" {
            at += 1;
            break;
        }
        if text.starts_with("--") {
            at += if matches!(text, "--rcfile" | "--init-file") { 2 } else { 1 };
            continue;
        }
        let Some(letters) = text.strip_prefix(['-', '+']).filter(|l| !l.is_empty()) else {
            break;
        };
        let on = text.starts_with('-');
        at += 1;
        for letter in letters.chars() {
            match letter {
                'c' if on => command = true,
                'e' => options.errexit = on,
                'o' | 'O' => {
                    if args.get(at).is_some_and(|w| w.is_any(&["pipefail"])) {
                        options.pipefail = on;
                    }
                    if args.get(at).is_some_and(|w| w.is_any(&["errexit"])) {
                        options.errexit = on;
                    }
                    at += 1;
                }
                _ => {}
            }
        }
    }
    command.then(|| (options, args.get(at..).unwrap_or(&[])))
}

fn is_query(name: &str, parsed: &Parsed<'_>) -> bool {
    match name {
        "command" => parsed.has(&["-v", "-V"]),
        "sudo" => parsed.has(&["-l", "--list", "-v", "--validate", "-e", "--edit", "-s", "-i"]),
        "busybox" => parsed.has(&["--install", "--list", "--list-full"]),
        "env" | "exec" => false,
        _ => parsed.has(&["--help", "--version"]),
    }
}

/// The last part of a static program path; Windows' `.exe` is left off.
fn program_name(word: &Word) -> Option<&str> {
    let text = word.text()?;
    let name = text.rsplit('/').next().unwrap_or(text);
    let name = name.strip_suffix(".exe").unwrap_or(name);
    let is_assignment = name.split_once('=').is_some_and(|(n, _)| is_name(n));
    (!name.is_empty() && !is_assignment).then_some(name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::testing::script;
    use super::*;

    #[test]
    fn wrappers_are_looked_through() {
        for (text, wrappers, name, first) in [
            ("apt-get update", "", "apt-get", "update"),
            ("/usr/bin/apt-get update", "", "apt-get", "update"),
            ("sudo -E apt-get update", "sudo", "apt-get", "update"),
            ("sudo -u app A=b make x", "sudo", "make", "x"),
            ("env -u C A=b make x", "env", "make", "x"),
            ("time -p nice -n 5 make x", "time nice", "make", "x"),
            ("timeout -k 5 10m make x", "timeout", "make", "x"),
            ("xargs -0 -n 1 rm -rf", "xargs", "rm", "-rf"),
            ("gosu app:app java -jar", "gosu", "java", "-jar"),
            ("exec tini -- node x", "exec tini", "node", "x"),
            ("stdbuf -oL -e 0 make x", "stdbuf", "make", "x"),
            ("chroot /mnt apt-get update", "chroot", "apt-get", "update"),
            ("command -v gcc", "", "command", "-v"),
            ("busybox wget x", "busybox", "wget", "x"),
            ("sudo -- rm x", "sudo", "rm", "x"),
            ("ccache gcc x", "ccache", "gcc", "x"),
        ] {
            let script = script(text);
            let command = Command::of(&script.invocations[0]).unwrap();
            let found: Vec<_> = command.wrappers().iter().map(|w| w.name).collect();
            assert_eq!(found.join(" "), wrappers, "{text}");
            assert_eq!(command.name(), Some(name), "{text}");
            assert_eq!(command.args()[0].text(), Some(first), "{text}");
            if let Some(wrapper) = command.wrappers().first() {
                let range = wrapper.range.start as usize..wrapper.range.end as usize;
                assert!(text[range].starts_with(wrapper.name), "{text}");
            }
        }
    }

    #[test]
    fn what_wrappers_say() {
        let with_env = script("sudo -u app env A=b C=$d make");
        let command = Command::of(&with_env.invocations[0]).unwrap();
        assert_eq!(command.wrappers()[0].user.unwrap().text(), Some("app"));
        assert_eq!(command.assigned("A").unwrap().text(), Some("b"));
        assert_eq!(command.assigned("C").unwrap().text(), None);
        let unknown = script("$CC -o x");
        assert_eq!(Command::of(&unknown.invocations[0]).unwrap().name(), None);
        let none = script("A=b");
        assert!(Command::of(&none.invocations[0]).is_none());
    }

    #[test]
    fn scripts_in_words() {
        for (text, want, errexit, pipefail) in [
            ("sh -c 'make all'", Some("make all"), false, false),
            ("bash -eo pipefail -c 'a | b'", Some("a | b"), true, true),
            ("bash -euxc \"x\" arg", Some("x"), true, false),
            ("bash --login -c x", Some("x"), false, false),
            ("sudo sh -c 'y'", Some("y"), false, false),
            ("su - app -c 'id -u'", Some("id -u"), false, false),
            ("su -c 'id' app", Some("id"), false, false),
            ("eval 'a b'", Some("a b"), false, false),
            ("bash script.sh -c x", None, false, false),
            ("make -c x", None, false, false),
        ] {
            let script = script(text);
            let command = Command::of(&script.invocations[0]).unwrap();
            let inline = command.inline_script();
            assert_eq!(inline.and_then(|i| i.word.text()), want, "{text}");
            if let Some(inline) = inline {
                assert_eq!(inline.options, ShellOptions { errexit, pipefail }, "{text}");
            }
        }
    }
}
