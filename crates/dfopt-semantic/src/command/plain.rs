//! Shell builtins and the many small programs that only look at things.

use super::options::{Spec, Style};
use super::script::{ShellOptions, split_assignment};
use super::understood::{LooksAt, Pure, Understood};
use super::view::Command;
use super::word::{Value, Word};

static FILTER: Spec = Spec { style: Style::Gnu, short: "efFtTkdcnsWAmBCvwp", attached: "", long: &[] };

/// The meaning of a builtin or of a program without lasting effect.
#[must_use]
pub fn understand<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    let name = command.name()?;
    Some(match name {
        "cd" | "pushd" => Understood::Cd(command.args().iter().find(|w| !w.is_any(&["-P", "-L", "--"]))),
        "export" | "readonly" | "declare" | "typeset" | "local" => export(command),
        "unset" => Understood::Unset(command.args().iter().filter(|w| !w.static_prefix().starts_with('-')).collect()),
        "set" => set(command),
        "." | "source" => Understood::Source(command.args().first()?),
        "test" | "[" | "[[" => Understood::Test(command.args().iter().collect()),
        "tee" => tee(command),
        "true" | "false" | ":" | "exit" | "return" | "break" | "continue" | "shift" | "wait" | "sleep" | "trap"
        | "umask" | "ulimit" | "shopt" | "alias" | "unalias" | "let" | "expr" | "seq" | "basename" | "dirname"
        | "popd" | "dirs" | "times" | "getopts" | "read" | "hash" | "bc" | "exec" | "tput" | "clear" | "yes"
        | "kill" | "sync" | "pwd" | "tr" | "jobs" | "fg" | "bg" | "disown" => pure(Vec::new(), LooksAt::Nothing),
        "command" | "type" | "which" | "whereis" | "id" | "whoami" | "uname" | "arch" | "nproc" | "getconf"
        | "hostname" | "env" | "printenv" | "groups" | "getent" | "free" | "df" | "ps" | "lscpu" | "tty" | "locale"
        | "pkg-config" | "pkgconf" | "xx-info" | "xx-verify" | "lsb_release" | "nvidia-smi" | "ldd" | "scanelf"
        | "php-config" | "python-config" | "php-m" | "pg_config" | "mount" | "lsof" | "uptime" | "logname"
        | "llvm-config" | "java_home" => pure(command.args().iter().collect(), LooksAt::System),
        "date" => pure(Vec::new(), LooksAt::Clock),
        "ls" | "du" | "tree" | "stat" => pure(operands(command), LooksAt::Trees),
        "grep" | "egrep" | "fgrep" | "rg" | "zgrep" => {
            let recursive = command.options(&FILTER).has(&["-r", "-R"]);
            let looks_at = if recursive { LooksAt::Trees } else { LooksAt::Nothing };
            pure(operands(command), looks_at)
        }
        "cat" | "head" | "tail" | "cut" | "sort" | "uniq" | "wc" | "paste" | "join" | "comm" | "fold" | "fmt"
        | "nl" | "od" | "xxd" | "hexdump" | "strings" | "file" | "readlink" | "realpath" | "md5sum" | "sha1sum"
        | "sha224sum" | "sha256sum" | "sha384sum" | "sha512sum" | "b2sum" | "cksum" | "shasum" | "diff" | "cmp"
        | "nm" | "objdump" | "readelf" | "size" | "jq" | "base64" | "rev" | "tac" | "column" | "envsubst" | "zcat"
        | "bzcat" | "xzcat" | "more" | "less" | "expand" | "unexpand" | "numfmt" | "xmllint" | "iconv" => {
            // `sort -o` and `shuf -o` write; they are rare enough to be left unknown.
            if name == "sort" && command.options(&SORT).has(&["-o", "--output"]) {
                return None;
            }
            pure(operands(command), LooksAt::Nothing)
        }
        "awk" | "gawk" | "mawk" => {
            // A program that redirects or calls others writes what only its text tells.
            let program = command.args().iter().find(|w| !w.static_prefix().starts_with('-'))?;
            let text = &program.raw;
            if text.contains('>') && text.contains("print") && text.contains("> \"") || text.contains("system(") {
                return None;
            }
            if command.args().iter().any(|w| w.is_any(&["-i", "inplace"])) {
                return None;
            }
            pure(operands(command), LooksAt::Nothing)
        }
        _ => return None,
    })
}

static SORT: Spec = Spec { style: Style::Gnu, short: "okStT", attached: "", long: &["output", "key"] };

fn pure<'a>(reads: Vec<&'a Word>, looks_at: LooksAt) -> Understood<'a> {
    Understood::Pure(Pure { reads, looks_at })
}

/// Every word that may name a file: of a filter even the pattern, since reading more is no harm.
fn operands<'a>(command: &Command<'a>) -> Vec<&'a Word> {
    command
        .args()
        .iter()
        .filter(|w| {
            let prefix = w.static_prefix();
            !prefix.starts_with('-') && !prefix.contains(['\n', ' ', '|', '^', '('])
        })
        .collect()
}

fn tee<'a>(command: &Command<'a>) -> Understood<'a> {
    let parsed = command.options(&Spec::default());
    Understood::Tee { append: parsed.has(&["-a", "--append"]), files: parsed.operands }
}

fn export<'a>(command: &Command<'a>) -> Understood<'a> {
    let mut variables = Vec::new();
    for word in command.args() {
        let prefix = word.static_prefix();
        if prefix.starts_with(['-', '+']) {
            continue;
        }
        match split_assignment(word) {
            Some((name, skip)) => {
                variables.push((name.into_boxed_str(), Some(Value::after(word, skip))));
            }
            None => {
                let name = prefix.split('+').next().unwrap_or("").to_owned();
                if super::word::is_name(&name) {
                    variables.push((name.into_boxed_str(), None));
                }
            }
        }
    }
    Understood::Export(variables)
}

fn set<'a>(command: &Command<'a>) -> Understood<'a> {
    let mut on = ShellOptions::default();
    let mut off = ShellOptions::default();
    let args = command.args();
    let mut at = 0;
    while let Some(text) = args.get(at).and_then(Word::text) {
        at += 1;
        let target = match text.chars().next() {
            Some('-') if text.len() > 1 && text != "--" => &mut on,
            Some('+') => &mut off,
            _ => break,
        };
        for letter in text.chars().skip(1) {
            match letter {
                'e' => target.errexit = true,
                'o' => {
                    match args.get(at).and_then(Word::text) {
                        Some("pipefail") => target.pipefail = true,
                        Some("errexit") => target.errexit = true,
                        _ => {}
                    }
                    at += 1;
                }
                _ => {}
            }
        }
    }
    Understood::SetOption { on, off }
}
