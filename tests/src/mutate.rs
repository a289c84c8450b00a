//! Broken and odd Dockerfiles made from good ones, the same ones every time.

use crate::place::Inputs;

/// A generator of numbers: splitmix64.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The generator that a seed begins.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 if that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap()
    }

    /// One of the elements.
    pub fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// What can stand in a Dockerfile where nobody expects it.
const PIECES: &[&str] = &[
    "'",
    "\"",
    "\\",
    "`",
    "$",
    "${",
    "}",
    "{",
    "[",
    "]",
    "(",
    ")",
    ",",
    "=",
    "<<",
    "<<-",
    "<<E",
    "<<'E'",
    "<<\"E\"",
    "<< E",
    "3<<E",
    "<<<",
    "<",
    "E\n",
    "\tE\n",
    "\nE\n",
    " \\\n",
    "\\\n",
    "\\",
    "\\\\\n",
    "\\ \t\n",
    "`\n",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    " ",
    "  ",
    "\t",
    "#",
    "# c\n",
    "\n# c\n",
    "\n#\n",
    " # c",
    "--",
    "--x",
    "--x=y",
    "--from=a ",
    "--mount=type=cache,target=/c ",
    "--link ",
    "--\"x y\" ",
    "--chmod=",
    "'a b'",
    "\"a b\"",
    "[\"a\", \"b\"]",
    "[\"a\",]",
    "[\"a\", 1]",
    "['a']",
    "[]",
    "${a:-b}",
    "${a:-b c}",
    "${a#b}",
    "${a/b/c}",
    "${a^^}",
    "${#a}",
    "${a:}",
    "$a",
    "$$",
    "a=b",
    "a=",
    "=b",
    "a",
    "AS",
    "as b",
    "&&",
    "||",
    ";",
    "|",
    ">",
    "\u{a0}",
    "\u{85}",
    "\u{3000}",
    "\u{2028}",
    "\u{b}",
    "\u{c}",
    "\u{feff}",
    "\u{200b}",
    "é",
    "à",
    "😀",
    "\u{1f}",
    "%",
    "%%x%%\n",
    "{{ x }}\n",
    "\n<<<<<<< a\n",
    "\n=======\n",
    "\n>>>>>>> b\n",
    "FROM a\n",
    "\nFROM a AS b\n",
    "\nRUN ",
    "\nrun x\n",
    "\nCOPY a b\n",
    "\nCOPY <<E /x\na\nE\n",
    "\nRUN <<E\na\nE\n",
    "\nRUN <<-E\n\ta\n\tE\n",
    "\nENV a b\n",
    "\nENV a=b\n",
    "\nARG a\n",
    "\nLABEL a=b c='d e'\n",
    "\nONBUILD ",
    "ONBUILD ",
    "\nHEALTHCHECK CMD ",
    "\nHEALTHCHECK NONE\n",
    "\nCMD [\"a\"]\n",
    "\nCMD[\"a\"]\n",
    "\nEXPOSE 80\n",
    "\nUSER a\n",
    "\nSHELL [\"a\"]\n",
    "\nVOLUME a b\n",
    "\nSTOPSIGNAL 9\n",
    "\nMAINTAINER a\n",
    "\nWORKDIR /a b\n",
    "\nFORM a\n",
    "\nfoo bar\n",
    "\n# escape=`\n",
    "# escape=`\n",
];

const KEYWORDS: &[&str] = &[
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
    "run",
    "Copy",
    "RNU",
    "NOTHING",
];

const BLANKS: &[&str] = &[
    "\t", "  ", "\u{b}", "\u{c}", "\r", "\u{a0}", "\u{85}", "\u{3000}", "\u{2028}", "\u{feff}", "\u{200b}", "\n",
    " \\\n", "",
];

const TOPS: &[&str] = &[
    "\u{feff}",
    "# escape=`\n",
    "# escape=\\\n",
    "#escape = `\r\n",
    "# Escape=`\n",
    "# escape=x\n",
    "# escape= \n",
    "# syntax=docker/dockerfile:1\n",
    "# syntax=\n",
    "# syntax=docker/dockerfile:1\n# escape=`\n",
    "# escape=`\n# escape=`\n",
    "# check=skip=all\n",
    " # escape=`\n",
    "\n# escape=`\n",
    "#!/bin/sh\n# escape=`\n",
    "# foo=bar\n# escape=`\n",
    "#\n# escape=`\n",
    "# escape=` \t\n",
    "# escape\u{b}=`\n",
    "#\u{a0}escape=`\n",
    "ARG a\n",
    "# c\n",
    "\n",
    "\\\n",
];

const ENDS: &[&str] = &[
    "\r\n",
    "\r\r\n",
    " \\\n",
    "\\\n",
    " \\ \n",
    " \\\t\r\n",
    " \\\\\n",
    " \\\\\\\n",
    " \\\u{a0}\n",
    " `\n",
    "\n\n",
    "\n# c\n",
    "",
];

/// Beginnings of files: of each at most so many, of this project's own (whose names begin with `corpus/`) and of others.
#[must_use]
pub fn cuts(files: &[(String, String)], own: usize, others: usize) -> Inputs {
    let mut found = Inputs::new();
    for (name, text) in files {
        // Of long files a spread, other places in each.
        let step = (text.len() / if name.starts_with("corpus/") { own } else { others }).max(1);
        let cuts = (0..text.len()).filter(|at| (at + name.len()) % step == 0 && text.is_char_boundary(*at));
        found.extend(cuts.map(|at| (format!("{name}, first {at} bytes"), text[..at].to_owned())));
    }
    found
}

/// A mutant for each seed.
#[must_use]
pub fn mutants(files: &[String], seeds: std::ops::Range<usize>) -> Inputs {
    seeds.map(|seed| (format!("mutation {seed}"), mutant(files, &mut Random::new(seed as u64)))).collect()
}

/// A Dockerfile of a few changes to a part of one of `files`.
#[must_use]
pub fn mutant(files: &[String], random: &mut Random) -> String {
    let file = &files[random.below(files.len())];
    let mut text = part(file, random);
    for _ in 0..[1, 1, 1, 1, 2, 2, 3, 5][random.below(8)] {
        change(&mut text, random);
    }
    text
}

/// The whole of a small file; some lines of another one, most often below a FROM.
fn part(file: &str, random: &mut Random) -> String {
    if file.len() < 600 {
        return file.to_owned();
    }
    let lines: Vec<&str> = file.split_inclusive('\n').collect();
    let from = random.below(lines.len());
    let mut text = if random.below(8) == 0 { String::new() } else { "FROM a\n".to_owned() };
    for line in lines.iter().skip(from).take(1 + random.below(14)).filter(|line| line.len() < 400) {
        text.push_str(line);
    }
    text
}

fn change(text: &mut String, random: &mut Random) {
    let bounds = bounds(text);
    let at = bounds[random.below(bounds.len())];
    let next = bounds.iter().copied().find(|&next| next > at).unwrap_or(at);
    match random.below(16) {
        0..=3 => text.insert_str(at, random.of(PIECES)),
        4 => text.replace_range(at..next, ""),
        5 => {
            let piece = text[at..next].to_owned();
            text.insert_str(at, &piece);
        }
        6 => text.replace_range(at..next, random.of(PIECES)),
        7 => {
            let other = bounds[random.below(bounds.len())];
            let piece = text[at..next].to_owned();
            text.insert_str(other, &piece);
        }
        8 => {
            let place = anywhere(text, random);
            text.insert_str(place, random.of(PIECES));
        }
        9 => {
            let (a, b) = (anywhere(text, random), anywhere(text, random));
            if a.abs_diff(b) < 30 {
                text.replace_range(a.min(b)..a.max(b), "");
            }
        }
        10 => lines(text, random),
        11 => blank(text, random),
        12 => line_end(text, random),
        13 => keyword(text, random),
        14 => text.insert_str(0, random.of(TOPS)),
        _ => {
            if random.below(4) == 0 {
                text.truncate(at);
            } else if let Some(end) = text[at..].find('\n') {
                text.truncate(at + end);
            }
        }
    }
}

/// Where tokens begin and end: words, runs of blanks, single other characters.
fn bounds(text: &str) -> Vec<usize> {
    let class = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' => 0,
        ' ' | '\t' => 1,
        _ => 2,
    };
    let mut found = vec![0];
    let mut last = None;
    for (at, c) in text.char_indices() {
        let this = class(c);
        if last.is_some_and(|last| last != this || this == 2) {
            found.push(at);
        }
        last = Some(this);
    }
    found.push(text.len());
    found
}

fn anywhere(text: &str, random: &mut Random) -> usize {
    let at = random.below(text.len() + 1);
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap()
}

/// Deletes, doubles, swaps or joins lines.
fn lines(text: &mut String, random: &mut Random) {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    if lines.len() < 2 {
        return;
    }
    let (a, b) = (random.below(lines.len()), random.below(lines.len()));
    match random.below(4) {
        0 => drop(lines.remove(a)),
        1 => lines.insert(b, lines[a]),
        2 => lines.swap(a, b),
        _ => lines[a] = lines[a].trim_end_matches(['\r', '\n']),
    }
    *text = lines.concat();
}

/// Makes another blank, or none, of a blank.
fn blank(text: &mut String, random: &mut Random) {
    let blanks: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).collect();
    if blanks.is_empty() {
        return;
    }
    let at = blanks[random.below(blanks.len())];
    text.replace_range(at..=at, random.of(BLANKS));
}

fn line_end(text: &mut String, random: &mut Random) {
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    if ends.is_empty() {
        return;
    }
    let at = ends[random.below(ends.len())];
    let from = text[..at].trim_end_matches(['\r', ' ', '\\']).len();
    let from = if random.below(2) == 0 { at } else { from };
    text.replace_range(from..=at, random.of(ENDS));
}

/// Puts another keyword before a line's arguments.
fn keyword(text: &mut String, random: &mut Random) {
    let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let at = starts[random.below(starts.len())];
    let len = text[at..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len() - at);
    text.replace_range(at..at + len, random.of(KEYWORDS));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_files_and_each_is_another() {
        let files = ["FROM a\nRUN b c\n".to_owned(), "FROM d\nCOPY e f\n".to_owned()];
        let some = |seed| (0..50).scan(Random::new(seed), |random, _| Some(mutant(&files, random))).collect::<Vec<_>>();
        assert_eq!(some(1), some(1));
        assert_ne!(some(1), some(2));
        let mut different = some(1);
        different.sort();
        different.dedup();
        assert!(different.len() > 40, "{different:#?}");
    }
}
