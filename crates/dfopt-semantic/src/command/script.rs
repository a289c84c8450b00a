//! The commands of one `RUN` as a flat list in reading order: the data that everything about shell commands is said of.

use std::collections::BTreeSet;
use std::ops::Range;

use super::word::{Word, is_name};

/// What a redirection does to its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedirectOp {
    /// `<`
    Read,
    /// `>` or `>|`
    Write,
    /// `>>`
    Append,
    /// `<>`
    ReadWrite,
    /// `&>`
    WriteBoth,
    /// `&>>`
    AppendBoth,
    /// `<&` or `>&`: a copy of another descriptor
    Duplicate,
    /// `<<` or `<<-`: the text follows
    HereDocument,
    /// `<<<`
    HereString,
}

/// A redirection of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// What it does.
    pub op: RedirectOp,
    /// The descriptor written before it, if any.
    pub fd: Option<u32>,
    /// The file, the descriptor, or the text of a here-document.
    pub target: Word,
}

/// What joins a command to the one before it in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Connector {
    /// The first command of the script.
    Start,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `;`, and the separators inside compound commands
    Semi,
    /// `|` or `|&`
    Pipe,
    /// `&` after the command before
    Background,
    /// A line end
    Newline,
}

/// Where in the structure of a script a command stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nesting {
    /// In the main list, or in `{ … }` there.
    Always,
    /// In a part of `if` or `case`, or after `!`: it may not run, or its failure does not count.
    Conditional,
    /// In a loop: it runs any number of times.
    Loop,
    /// In the body of a function.
    Function,
    /// In a command substitution `$(…)`.
    Substitution,
}

/// One simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The assignments before the command, or alone.
    pub assignments: Vec<(Box<str>, Word)>,
    /// The command name and its arguments.
    pub words: Vec<Word>,
    /// The redirections, those of enclosing groups included.
    pub redirects: Vec<Redirect>,
    /// What joins it to the command before.
    pub connector_before: Connector,
    /// The innermost structure that makes it run seldom or often.
    pub nesting: Nesting,
    /// The subshells around it, outermost first, each with a number of its own; directory and variables do not leave them.
    pub subshells: Vec<u32>,
}

impl Invocation {
    /// A command of the main list made of words.
    #[must_use]
    pub fn simple(words: Vec<Word>, connector_before: Connector) -> Self {
        Self {
            assignments: Vec::new(),
            words,
            redirects: Vec::new(),
            connector_before,
            nesting: Nesting::Always,
            subshells: Vec::new(),
        }
    }

    /// The place in the file from the first to the last part; empty when there is no part.
    #[must_use]
    pub fn range(&self) -> Range<u32> {
        let ranges = self
            .assignments
            .iter()
            .map(|(_, word)| &word.range)
            .chain(self.words.iter().map(|word| &word.range))
            .chain(self.redirects.iter().map(|r| &r.target.range));
        let mut whole: Option<Range<u32>> = None;
        for range in ranges {
            whole = Some(match whole {
                None => range.clone(),
                Some(w) => w.start.min(range.start)..w.end.max(range.end),
            });
        }
        whole.unwrap_or(0..0)
    }
}

/// The shell that reads a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// `sh`, not known which.
    #[default]
    Posix,
    /// Debian's `sh`.
    Dash,
    /// BusyBox.
    Ash,
    /// `bash`
    Bash,
    /// `zsh`
    Zsh,
    /// `ksh`, `mksh`
    Ksh,
    /// `powershell`, `pwsh`
    PowerShell,
    /// `cmd`
    Cmd,
    /// Not a shell we read.
    Opaque,
}

impl Dialect {
    /// True for the shells whose commands are understood.
    #[must_use]
    pub fn is_posix_like(self) -> bool {
        !matches!(self, Self::PowerShell | Self::Cmd | Self::Opaque)
    }

    /// The dialect by the name of a program, without directory and `.exe`.
    #[must_use]
    pub fn of_program(name: &str) -> Option<Self> {
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let lower = name.to_ascii_lowercase();
        Some(match lower.strip_suffix(".exe").unwrap_or(&lower) {
            "sh" => Self::Posix,
            "dash" => Self::Dash,
            "ash" => Self::Ash,
            "bash" => Self::Bash,
            "zsh" => Self::Zsh,
            "ksh" | "mksh" => Self::Ksh,
            "pwsh" | "powershell" => Self::PowerShell,
            "cmd" => Self::Cmd,
            _ => return None,
        })
    }
}

/// Options of a shell that decide whether a failure stops a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ShellOptions {
    /// `-e`
    pub errexit: bool,
    /// `-o pipefail`
    pub pipefail: bool,
}

/// The simple commands of one script in reading order.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Script {
    /// The commands.
    pub invocations: Vec<Invocation>,
    /// The shell.
    pub dialect: Dialect,
    /// The options in force at the start, from `SHELL` or `sh -ec`.
    pub options: ShellOptions,
    /// The functions the script defines.
    pub functions: BTreeSet<Box<str>>,
    /// Variables set in ways a list of commands does not show: `for`, `select`, `read`, `$((x=1))`.
    pub opaque_variables: BTreeSet<Box<str>>,
    /// False when some text could not be read as commands; then anything may happen.
    pub complete: bool,
}

impl Script {
    /// The script with every unquoted `$list` argument replaced by the words of the one assignment of `list` before it.
    ///
    /// The new words keep the place of their text in the assignment. Lists assigned more than once, under a condition or in a subshell stay as they are.
    #[must_use]
    pub fn with_lists_expanded(&self) -> Self {
        let mut script = self.clone();
        for at in 0..script.invocations.len() {
            let Some(invocation) = script.invocations.get(at) else {
                continue;
            };
            if !invocation.words.iter().any(|w| w.lone_variable().is_some()) {
                continue;
            }
            let mut words = Vec::with_capacity(invocation.words.len());
            for word in &invocation.words {
                match word.lone_variable().and_then(|name| self.list_assigned_before(name, at)) {
                    Some(list) => words.extend(list),
                    None => words.push(word.clone()),
                }
            }
            if let Some(invocation) = script.invocations.get_mut(at) {
                invocation.words = words;
            }
        }
        script
    }

    fn list_assigned_before(&self, name: &str, at: usize) -> Option<Vec<Word>> {
        if self.opaque_variables.contains(name) {
            return None;
        }
        let mut assigned: Option<&Word> = None;
        for (index, invocation) in self.invocations.iter().enumerate() {
            let values = persistent_assignments(invocation);
            for value in values.into_iter().filter(|(n, _)| *n == name) {
                if assigned.is_some()
                    || index >= at
                    || invocation.nesting != Nesting::Always
                    || !invocation.subshells.is_empty()
                {
                    return None;
                }
                assigned = Some(value.1);
            }
        }
        let word = assigned?;
        pieces_of_list(word)
    }
}

/// The assignments that outlive the command: those without a command, and those of `export`, `readonly`, `declare`.
pub(crate) fn persistent_assignments(invocation: &Invocation) -> Vec<(&str, &Word)> {
    if invocation.words.is_empty() {
        return invocation.assignments.iter().map(|(name, word)| (&**name, word)).collect();
    }
    Vec::new()
}

/// Splits the static value of `word` at blanks; each part keeps the place it has in the file.
fn pieces_of_list(word: &Word) -> Option<Vec<Word>> {
    let value = word.text()?;
    if value.contains(['*', '?', '[']) {
        return None;
    }
    let mut from = 0usize;
    let mut parts = Vec::new();
    for part in value.split_whitespace() {
        // Where quoting changed the text, the part is marked at the whole assigned word.
        let range = match word.raw.get(from..).and_then(|rest| rest.find(part)) {
            Some(found) => {
                let start = from + found;
                from = start + part.len();
                let base = word.range.start;
                let whole = usize::try_from(word.range.end - base).unwrap_or(0) == word.raw.len();
                if whole {
                    let offset = u32::try_from(start).unwrap_or(0);
                    let length = u32::try_from(part.len()).unwrap_or(0);
                    base + offset..base + offset + length
                } else {
                    word.range.clone()
                }
            }
            None => word.range.clone(),
        };
        parts.push(Word { value: Some(part.into()), raw: part.into(), range });
    }
    Some(parts)
}

/// Splits `name=value` as `export`, `env` and similar commands take it.
#[must_use]
pub fn split_assignment(word: &Word) -> Option<(String, usize)> {
    let prefix = word.static_prefix();
    let at = prefix.find('=')?;
    let name = prefix.get(..at)?;
    is_name(name).then(|| (name.to_owned(), at + 1))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::testing::script;

    #[test]
    fn lists_are_put_in_where_assigned_once() {
        let text = "deps='gcc make' && apk add $deps curl";
        let expanded = script(text).with_lists_expanded();
        let words: Vec<_> = expanded.invocations[1].words.iter().map(|w| w.text().unwrap().to_owned()).collect();
        assert_eq!(words, ["apk", "add", "gcc", "make", "curl"]);
        let gcc = &expanded.invocations[1].words[2];
        assert_eq!(&text[gcc.range.start as usize..gcc.range.end as usize], "gcc");
        for open in ["d=a; d=b; apk add $d", "apk add $d; d=a", "apk add $d", "d=$(x) && apk add $d"] {
            let expanded = script(open).with_lists_expanded();
            let last = expanded.invocations.iter().flat_map(|i| &i.words).find(|w| &*w.raw == "$d");
            assert!(last.is_some(), "{open}");
        }
    }
}
