//! Simple commands with their words.

use dfopt_syntax::shell::ast::{self as sh, AstNode, Substitutions};
use dfopt_syntax::{SyntaxNode, TextRange};

/// A simple command.
pub(crate) struct Cmd {
    pub ast: sh::Command,
    pub context: sh::CommandContext,
    pub words: Vec<Arg>,
    /// Which word names the program, behind `command`, `sudo`, `env A=1` and the like.
    at: usize,
}

/// A word of a command.
pub(crate) struct Arg {
    pub word: sh::ShWord,
    /// Its text, when it has no expansion, glob or brace.
    pub value: Option<String>,
}

impl Arg {
    /// Whether it is exactly `text`.
    pub fn is(&self, text: &str) -> bool {
        self.value.as_deref() == Some(text)
    }

    /// Where it stands in its text.
    pub fn range(&self) -> TextRange {
        self.word.range()
    }

    /// As written, without the trivia of the Dockerfile.
    pub fn text(&self) -> String {
        self.word.text()
    }
}

impl Cmd {
    pub fn node(&self) -> &SyntaxNode {
        self.ast.syntax()
    }

    /// The last part of the program's path; empty when it is not literal.
    pub fn name(&self) -> &str {
        let value = self.words.get(self.at).and_then(|word| word.value.as_deref()).unwrap_or_default();
        value.rsplit('/').next().unwrap_or(value)
    }

    /// The word that names the program.
    pub fn name_word(&self) -> Option<&Arg> {
        self.words.get(self.at)
    }

    /// Whether the program is called by its name without a wrapper before it.
    pub fn is_bare(&self) -> bool {
        self.at == 0
    }

    /// The words behind the program.
    pub fn args(&self) -> &[Arg] {
        self.words.get(self.at + 1..).unwrap_or_default()
    }

    /// Whether an argument is exactly `text`.
    pub fn has(&self, text: &str) -> bool {
        self.args().iter().any(|arg| arg.is(text))
    }

    /// Whether a short option `letter` is among the arguments, alone or with others.
    pub fn has_letter(&self, letter: char) -> bool {
        self.options().any(|option| !option.starts_with("--") && option.contains(letter))
    }

    /// The arguments that begin with `-`, up to `--`.
    pub fn options(&self) -> impl Iterator<Item = &str> {
        let texts = self.args().iter().map(|arg| arg.value.as_deref().unwrap_or_default());
        texts.take_while(|text| *text != "--").filter(|text| text.len() > 1 && text.starts_with('-'))
    }

    /// The arguments that do not begin with `-`.
    pub fn operands(&self) -> impl Iterator<Item = &Arg> {
        self.args().iter().filter(|arg| arg.is("-") || !arg.word.prefix().starts_with('-'))
    }

    /// Whether it is `set -e` or `set -o errexit`.
    pub fn sets_errexit(&self) -> bool {
        self.name() == "set"
            && (self.has_letter('e') || self.args().windows(2).any(|pair| pair[0].is("-o") && pair[1].is("errexit")))
    }
}

/// The commands of a text in reading order, those in a substitution before the command it stands in.
pub(super) fn of(root: &SyntaxNode) -> Vec<Cmd> {
    let Some(script) = sh::Script::cast(root.clone()) else { return Vec::new() };
    let commands = script.commands(Substitutions::Enter).map(|(ast, context)| {
        let words: Vec<Arg> =
            ast.words().map(|word| Arg { value: word.value().map(|value| value.into_owned()), word }).collect();
        let at = behind_wrappers(&words);
        Cmd { ast, context, words, at }
    });
    commands.collect()
}

/// The index of the word that names the program.
fn behind_wrappers(words: &[Arg]) -> usize {
    let text = |at: usize| words.get(at).and_then(|word| word.value.as_deref()).unwrap_or_default();
    let mut at = 0;
    loop {
        let name = text(at).rsplit('/').next().unwrap_or_default();
        let mut next = at + 1;
        match name {
            "command" | "builtin" | "exec" | "busybox" | "nohup" | "sudo" | "doas" | "eatmydata" | "setarch" => {}
            "env" | "nice" | "stdbuf" | "timeout" => {}
            _ => return at,
        }
        // `command -v x` asks, it does not run.
        if name == "command" && matches!(text(next), "-v" | "-V") {
            return at;
        }
        while text(next).starts_with('-') || (name == "env" && text(next).contains('=')) {
            next += 1 + usize::from(matches!((name, text(next)), ("sudo" | "doas" | "env", "-u") | ("nice", "-n")));
        }
        if name == "timeout" && text(next).starts_with(|c: char| c.is_ascii_digit()) {
            next += 1;
        }
        if next >= words.len() {
            return at;
        }
        at = next;
    }
}
