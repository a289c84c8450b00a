//! Cutting the arguments of a command into options, their values and operands, by a table per tool.

use super::word::{Value, Word};

/// How a tool writes its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Style {
    /// `-abc` is a group, `--name=value`; options may follow operands.
    #[default]
    Gnu,
    /// As `Gnu`, but the first operand ends the options.
    GnuUntilOperand,
    /// `-name value` and `-name=value` with one dash or two, as in Go programs and `find`.
    OneDash,
    /// As `OneDash`, but the first operand ends the options.
    OneDashUntilOperand,
}

/// Which options of a tool take a value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spec {
    /// How options are written.
    pub style: Style,
    /// One-letter options whose value follows, attached or as the next word.
    pub short: &'static str,
    /// One-letter options whose value can only be attached.
    pub attached: &'static str,
    /// Long options (without dashes) whose value may be the next word.
    pub long: &'static [&'static str],
}

/// An option that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opt<'a> {
    /// The name with its dashes and without its value; `-ab` gives `-a` and `-b`.
    pub name: Box<str>,
    /// The value, if there is one.
    pub value: Option<Value<'a>>,
    /// The word that holds the name.
    pub word: &'a Word,
    /// The position of that word among the arguments.
    pub position: usize,
}

/// The arguments of a command, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed<'a> {
    /// The options in order.
    pub options: Vec<Opt<'a>>,
    /// The operands in order, `--` left out.
    pub operands: Vec<&'a Word>,
    /// Arguments after the end of the options, for styles that stop at the first operand: the operands again, as a slice.
    pub rest: &'a [Word],
    /// True if some word is not static at its start, so that it may be an option, an operand, several, or none.
    pub open: bool,
}

impl<'a> Parsed<'a> {
    /// True if one of the names was given.
    #[must_use]
    pub fn has(&self, names: &[&str]) -> bool {
        self.option(names).is_some()
    }

    /// The last option with one of the names.
    #[must_use]
    pub fn option(&self, names: &[&str]) -> Option<&Opt<'a>> {
        self.options.iter().rev().find(|o| names.contains(&&*o.name))
    }

    /// The value of the last option with one of the names.
    #[must_use]
    pub fn value(&self, names: &[&str]) -> Option<Value<'a>> {
        self.option(names).and_then(|o| o.value)
    }

    /// The static value of the last option with one of the names.
    #[must_use]
    pub fn text(&self, names: &[&str]) -> Option<&'a str> {
        self.value(names).and_then(|v| v.text())
    }

    /// All values given to one of the names.
    pub fn values<'s>(&'s self, names: &'s [&str]) -> impl Iterator<Item = Value<'a>> + 's {
        self.options.iter().filter(|o| names.contains(&&*o.name)).filter_map(|o| o.value)
    }

    /// The static text of operand `index`.
    #[must_use]
    pub fn operand(&self, index: usize) -> Option<&'a str> {
        self.operands.get(index).and_then(|w| w.text())
    }
}

/// Sorts the arguments of a command by the table of its tool.
#[must_use]
pub fn parse<'a>(args: &'a [Word], spec: &Spec) -> Parsed<'a> {
    let mut parsed = Parsed::default();
    let stops = matches!(spec.style, Style::GnuUntilOperand | Style::OneDashUntilOperand);
    let mut at = 0;
    while let Some(word) = args.get(at) {
        let prefix = word.static_prefix();
        if prefix.is_empty() && word.value.is_none() && !word.begins_with_glob() {
            parsed.open = true;
        }
        if prefix == "--" && word.value.is_some() {
            at += 1;
            parsed.rest = args.get(at..).unwrap_or(&[]);
            parsed.operands.extend(parsed.rest);
            return parsed;
        }
        if !prefix.starts_with('-') || prefix == "-" {
            if stops {
                parsed.rest = args.get(at..).unwrap_or(&[]);
                parsed.operands.extend(parsed.rest);
                return parsed;
            }
            parsed.operands.push(word);
            at += 1;
            continue;
        }
        let next = args.get(at + 1);
        let used = match spec.style {
            Style::Gnu | Style::GnuUntilOperand if prefix.starts_with("--") => {
                long(&mut parsed, spec, word, &prefix, next, at)
            }
            Style::Gnu | Style::GnuUntilOperand => short(&mut parsed, spec, word, &prefix, next, at),
            Style::OneDash | Style::OneDashUntilOperand => long(&mut parsed, spec, word, &prefix, next, at),
        };
        at += used;
    }
    parsed
}

fn long<'a>(
    parsed: &mut Parsed<'a>,
    spec: &Spec,
    word: &'a Word,
    prefix: &str,
    next: Option<&'a Word>,
    position: usize,
) -> usize {
    let (name, value) = match prefix.find('=') {
        Some(equals) => (prefix.get(..equals).unwrap_or(prefix), Some(Value::after(word, equals + 1))),
        None => (prefix, None),
    };
    let bare = name.trim_start_matches('-');
    let mut used = 1;
    let mut value = value;
    if value.is_none() && word.value.is_some() {
        let takes = spec.long.contains(&bare)
            || (matches!(spec.style, Style::OneDash | Style::OneDashUntilOperand)
                && bare.len() == 1
                && spec.short.contains(bare));
        if takes && let Some(next) = next {
            value = Some(Value::whole(next));
            used = 2;
        }
    }
    parsed.options.push(Opt { name: name.into(), value, word, position });
    used
}

fn short<'a>(
    parsed: &mut Parsed<'a>,
    spec: &Spec,
    word: &'a Word,
    prefix: &str,
    next: Option<&'a Word>,
    position: usize,
) -> usize {
    for (at, letter) in prefix.char_indices().skip(1) {
        let after = at + letter.len_utf8();
        let ends_here = after == prefix.len() && word.value.is_some();
        let name = format!("-{letter}").into_boxed_str();
        let mut push = |value| {
            parsed.options.push(Opt { name: name.clone(), value, word, position });
        };
        if spec.short.contains(letter) {
            if ends_here {
                push(next.map(Value::whole));
                return 2;
            }
            push(Some(Value::after(word, after)));
            return 1;
        }
        if spec.attached.contains(letter) {
            push((!ends_here).then(|| Value::after(word, after)));
            return 1;
        }
        push(None);
    }
    1
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::testing::script;
    use super::*;

    fn shown(text: &str, spec: &Spec) -> String {
        let script = script(text);
        let parsed = parse(&script.invocations[0].words[1..], spec);
        let mut out: Vec<String> = parsed
            .options
            .iter()
            .map(|o| match o.value {
                Some(v) => format!("{}={}", o.name, v.text().unwrap_or("?")),
                None => o.name.to_string(),
            })
            .collect();
        out.push("|".into());
        out.extend(parsed.operands.iter().map(|w| w.raw.to_string()));
        if parsed.open {
            out.push("open".into());
        }
        out.join(" ")
    }

    #[test]
    fn options_values_and_operands() {
        let gnu = Spec { short: "ot", attached: "i", long: &["out", "type"], ..Spec::default() };
        let go = Spec { style: Style::OneDash, short: "o", long: &["ldflags", "C"], ..Spec::default() };
        let stop = Spec { style: Style::GnuUntilOperand, short: "u", ..Spec::default() };
        for (text, spec, want) in [
            ("t -yo x a -q", &gnu, "-y -o=x -q | a"),
            ("t -ox --type=q --out r b", &gnu, "-o=x --type=q --out=r | b"),
            ("t -i.bak -i a -- -x", &gnu, "-i=.bak -i | a -x"),
            ("t --out=$X $Y", &gnu, "--out=? | $Y open"),
            ("t -o$X a", &gnu, "-o=? | a"),
            ("t -o bin/app -ldflags='-s -w' -trimpath .", &go, "-o=bin/app -ldflags=-s -w -trimpath | ."),
            ("t --ldflags x -C d p", &go, "--ldflags=x -C=d | p"),
            ("t -u me cmd -u x", &stop, "-u=me | cmd -u x"),
            ("t -", &gnu, "| -"),
            ("t -o", &gnu, "-o |"),
        ] {
            assert_eq!(shown(text, spec), want, "{text}");
        }
    }
}
