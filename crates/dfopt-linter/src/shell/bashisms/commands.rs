//! Builtins, and options of builtins, that `sh` may lack.

use dfopt_syntax::{TextRange, TextSize};

use super::Bashism;
use crate::shell::{Arg, Cmd};

pub(super) fn judge(cmd: &Cmd, found: &mut Vec<Bashism>) {
    if matches!(cmd.name(), "[" | "test") {
        return test(cmd, found);
    }
    if cmd.words.first().is_some_and(|word| word.is("exec")) {
        exec(cmd, found);
    }
    if cmd.name() == "echo" {
        return echo(cmd, found);
    }
    if !cmd.is_bare() || cmd.name_word().is_some_and(|word| word.text().contains('/')) {
        return;
    }
    let Some(name) = cmd.name_word() else { return };
    let whole = name.range();
    match cmd.name() {
        "let" => found.push(Bashism::new("SC3039", whole, "`let`")),
        "set" => set(cmd, found),
        "local" => found.push(Bashism::new("SC3043", whole, "`local`")),
        "declare" | "typeset" | "pushd" | "popd" | "dirs" | "shopt" | "disown" | "enable" | "mapfile" | "readarray"
        | "complete" | "caller" | "suspend" | "compgen" => {
            found.push(Bashism::new("SC3044", whole, format!("`{}`", cmd.name())));
        }
        "source" => found.push(source(cmd, whole)),
        "trap" => trap(cmd, found),
        "printf" => printf(cmd, found),
        "read" => read(cmd, whole, found),
        "export" => option(cmd, "fn", found),
        "type" => option(cmd, "afPpt", found),
        "wait" => option(cmd, "fnp", found),
        "ulimit" => {
            option(cmd, "abcdefiklmnpqrstuvxPRT", found);
            for bashism in found.iter_mut().filter(|one| one.code == "SC3045" && one.what.contains("ulimit")) {
                bashism.has = super::Has {
                    dash: true,
                    dash_pipefail: true,
                    ash: true,
                    peer_posix: false,
                    peer_dash: true,
                    peer_ash: true,
                    is_told_by_peer_only: false,
                };
            }
        }
        "readonly" => option(cmd, "aAf", found),
        "unset" => option(cmd, "n", found),
        "jobs" => option(cmd, "nrsx", found),
        "hash" => option(cmd, "dlpt", found),
        _ => {}
    }
}

/// The options with one of these letters.
fn option(cmd: &Cmd, letters: &str, found: &mut Vec<Bashism>) {
    for arg in cmd.args() {
        let Some(text) = arg.value.as_deref().filter(|text| text.len() > 1 && text.starts_with('-') && *text != "--")
        else {
            break;
        };
        if let Some(letter) = text[1..].chars().find(|letter| letters.contains(*letter)) {
            let bashism = Bashism::new("SC3045", arg.range(), format!("`{} -{letter}`", cmd.name()));
            found.push(bashism.with(|has| {
                let in_ash = matches!((cmd.name(), letter), ("wait", 'n') | ("type", 'p'));
                (has.ash, has.peer_ash) = (in_ash, (cmd.name(), letter) == ("type", 'p'));
            }));
        }
    }
}

fn test(cmd: &Cmd, found: &mut Vec<Bashism>) {
    let args = cmd.args();
    for (at, arg) in args.iter().enumerate() {
        let Some(text) = arg.value.as_deref() else { continue };
        let is_first = at == 0
            || args.get(at - 1).is_some_and(|before| matches!(before.value.as_deref(), Some("!" | "(" | "-a" | "-o")));
        let has_right = args.get(at + 1).is_some_and(|next| !next.is("]"));
        let code = match text {
            "==" if !is_first => {
                let bashism = Bashism::new("SC3014", arg.range(), "`==` in a test").rewrite(arg.range(), "=");
                let peer_range = (cmd.name() == "test").then(|| cmd.node().text_range());
                found.push(Bashism { peer_range, ..bashism });
                continue;
            }
            "<" | ">" if !is_first && has_right => "SC3012",
            "-nt" | "-ot" | "-ef" if !is_first => "SC3013",
            "-v" if is_first && has_right => "SC3016",
            "-a" if at == 0 && has_right && !arg.word.is_quoted() => "SC3017",
            "-o" if at == 0 && has_right && !arg.word.is_quoted() => "SC3062",
            "-R" if is_first && has_right => "SC3063",
            _ => continue,
        };
        found.push(Bashism::new(code, arg.range(), format!("`{text}` in a test")));
    }
}

fn exec(cmd: &Cmd, found: &mut Vec<Bashism>) {
    for arg in cmd.words.iter().skip(1) {
        let letter = match arg.value.as_deref() {
            Some("-a") => 'a',
            Some("-c") => 'c',
            Some("-l") => 'l',
            _ => return,
        };
        found
            .push(Bashism::new("SC3038", arg.range(), format!("`exec -{letter}`")).with(|has| has.ash = letter == 'a'));
    }
}

fn echo(cmd: &Cmd, found: &mut Vec<Bashism>) {
    let Some(first) = cmd.args().first() else { return };
    let letters = first.value.as_deref().and_then(|text| text.strip_prefix('-')).unwrap_or_default();
    if letters.is_empty() || !letters.chars().all(|letter| matches!(letter, 'n' | 'e' | 'E')) {
        return;
    }
    let is_n = letters.chars().all(|letter| letter == 'n');
    let bashism = Bashism::new("SC3037", first.range(), format!("`echo -{letters}`"));
    found.push(bashism.with(|has| {
        (has.dash, has.dash_pipefail, has.ash) = (is_n, is_n, true);
        (has.peer_dash, has.peer_ash) = (is_n, !letters.contains('E'));
    }));
}

fn set(cmd: &Cmd, found: &mut Vec<Bashism>) {
    let mut args = cmd.args().iter().peekable();
    while let Some(arg) = args.next() {
        let Some(text) = arg.value.as_deref() else { return };
        if text == "--" || text == "-" {
            return;
        }
        let Some(letters) = text.strip_prefix(['-', '+']) else { return };
        if text.starts_with("--") {
            found.push(Bashism::new("SC3042", arg.range(), format!("`set {text}`")));
            continue;
        }
        if let Some(letter) = letters.chars().find(|letter| !"abCefhmnouvxI".contains(*letter)) {
            let bashism = Bashism::new("SC3041", arg.range(), format!("`set -{letter}`"));
            found.push(bashism.with(|has| {
                let is_known = letter == 'E';
                (has.dash, has.dash_pipefail, has.ash) = (is_known, is_known, is_known);
            }));
        }
        if letters.ends_with('o')
            && let Some(option) = args.next()
        {
            pipefail(option, found);
        }
    }
}

fn pipefail(option: &Arg, found: &mut Vec<Bashism>) {
    const KNOWN: [&str; 18] = [
        "allexport",
        "errexit",
        "ignoreeof",
        "monitor",
        "noclobber",
        "noexec",
        "noglob",
        "nolog",
        "notify",
        "nounset",
        "verbose",
        "vi",
        "xtrace",
        "emacs",
        "stdin",
        "interactive",
        "debug",
        "nolog",
    ];
    let Some(name) = option.value.as_deref().filter(|name| !KNOWN.contains(name)) else { return };
    let bashism = Bashism::new("SC3040", option.range(), format!("`set -o {name}`"));
    found.push(bashism.with(|has| {
        if name != "pipefail" {
            (has.dash_pipefail, has.ash) = (false, false);
        }
    }));
}

fn source(cmd: &Cmd, name: TextRange) -> Bashism {
    let bashism = Bashism::new("SC3046", name, "`source`").rewrite(name, ".");
    match cmd.args() {
        // Without a slash, `.` looks for the file in PATH only.
        [file] if !file.text().contains(['/', '$', '~']) => {
            bashism.rewrite(TextRange::empty(file.range().start()), "./")
        }
        _ => bashism,
    }
}

fn trap(cmd: &Cmd, found: &mut Vec<Bashism>) {
    for arg in cmd.operands().skip(1) {
        let Some(text) = arg.value.as_deref() else { continue };
        let upper = text.to_ascii_uppercase();
        if matches!(upper.as_str(), "ERR" | "DEBUG" | "RETURN") {
            found.push(Bashism::new("SC3047", arg.range(), format!("`trap … {text}`")));
        } else if upper.len() > 3 && upper.starts_with("SIG") {
            let lead = TextRange::at(arg.range().start(), TextSize::of("SIG"));
            let bashism = Bashism::new("SC3048", arg.range(), "a signal name with `SIG`");
            found.push(if arg.word.is_quoted() { bashism } else { bashism.rewrite(lead, "") });
        } else if text != upper && text.chars().all(|c| c.is_ascii_alphabetic()) {
            found.push(
                Bashism::new("SC3049", arg.range(), "a signal name in lower case")
                    .with(|has| (has.dash, has.dash_pipefail) = (true, true)),
            );
        }
    }
}

fn printf(cmd: &Cmd, found: &mut Vec<Bashism>) {
    let Some(first) = cmd.args().first() else { return };
    if first.is("-v") {
        found.push(Bashism::new("SC3045", first.range(), "`printf -v`"));
    } else if first.value.as_deref().is_some_and(|format| format.contains("%q")) {
        found.push(Bashism::new("SC3050", first.range(), "`printf %q`"));
    }
}

fn read(cmd: &Cmd, name: TextRange, found: &mut Vec<Bashism>) {
    let mut is_option = false;
    let mut names = 0;
    for arg in cmd.args() {
        let text = arg.value.as_deref().unwrap_or_default();
        if is_option {
            is_option = false;
        } else if let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            is_option = letters.ends_with(['p', 'n', 'N', 't', 'd', 'u', 'i', 'a']);
            names += usize::from(letters.ends_with('a'));
            let Some(letter) = letters.chars().find(|letter| *letter != 'r') else { continue };
            let bashism = Bashism::new("SC3045", arg.range(), format!("`read -{letter}`"));
            found.push(bashism.with(|has| {
                let everywhere = letter == 'p';
                (has.dash, has.dash_pipefail) = (everywhere, everywhere);
                has.ash = matches!(letter, 'p' | 's' | 'n' | 't' | 'd');
                (has.peer_dash, has.peer_ash) = (everywhere, everywhere);
            }));
        } else {
            names += 1;
        }
    }
    if names == 0 {
        let range = cmd.words.last().map_or(name, |last| name.cover(last.range()));
        let end = TextRange::empty(range.end());
        let text = if cmd.has_letter('r') { " _" } else { " -r _" };
        found.push(Bashism::new("SC3061", name, "`read` without a name").rewrite(end, text));
    }
}
