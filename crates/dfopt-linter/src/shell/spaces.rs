//! Whether the value of a variable can fall apart into several words, or match files.

use dfopt_syntax::SyntaxKind;
use dfopt_syntax::shell::ast::{ShWord, WordPart};

use super::names::{Assigned, Got};
use super::{Given, Tree};

/// How long a chain of assignments is followed.
const MAX_DEPTH: usize = 8;

impl Tree {
    /// Whether `name`, expanded at `at` without quotes, is one word for certain.
    pub fn is_one_word(&self, name: &str, at: u32) -> bool {
        is_number_parameter(name) || self.is_one(name, at, 0)
    }

    fn is_one(&self, name: &str, at: u32, depth: usize) -> bool {
        if depth > MAX_DEPTH || name.starts_with(|c: char| !(c == '_' || c.is_ascii_alphabetic())) {
            return false;
        }
        if matches!(name, "RANDOM" | "SECONDS" | "LINENO" | "UID" | "EUID" | "PPID" | "SHLVL" | "OPTIND") {
            return true;
        }
        let assigned: Vec<&Assigned> = self.names().assigned.iter().filter(|one| one.name == name).collect();
        // In a loop, what is assigned further down holds in the next round.
        let reaches =
            |one: &&&Assigned| one.only_for.is_none() && (one.from <= at || self.is_in_same_loop(one.from, at));
        let mut before: Vec<&Assigned> = assigned.iter().filter(reaches).copied().collect();
        let first = before.iter().rposition(|one| one.is_certain && one.from <= at);
        if let Some(first) = first {
            before.drain(..first);
        } else {
            match self.given.get(name) {
                Some(Given::Word) => {}
                Some(Given::Split) => return false,
                None => return false,
            }
        }
        // Nothing at all is no word, unless another branch gives one.
        let is_empty = |one: &Assigned| matches!(&one.got, Got::Word(word) if word.as_ref().is_none_or(is_empty_word));
        if before.iter().all(|one| is_empty(one)) && !before.is_empty() {
            return false;
        }
        before.iter().all(|one| match &one.got {
            Got::Number => true,
            Got::Unknown => false,
            Got::Word(None) => true,
            Got::Word(Some(word)) => is_empty_word(word) || self.is_one_value(word, one.range.start().into(), depth),
            Got::Each(words) => words.iter().all(|word| self.is_one_value(word, one.range.start().into(), depth)),
        })
    }

    /// Whether the value of a word is one word when it is expanded again.
    fn is_one_value(&self, word: &ShWord, at: u32, depth: usize) -> bool {
        word.parts().all(|part| self.is_one_part(&part, at, depth))
    }

    fn is_one_part(&self, part: &WordPart, at: u32, depth: usize) -> bool {
        let is_one = |text: &str| !text.contains(|c: char| c.is_whitespace() || matches!(c, '*' | '?' | '['));
        match part {
            WordPart::Literal(token) | WordPart::Escaped(token) | WordPart::Tilde(token) => is_one(token.text()),
            WordPart::Brace(_) => true,
            WordPart::SingleQuoted(quoted) => is_one(&quoted.value()),
            WordPart::DoubleQuoted(quoted) => quoted.parts().all(|part| self.is_one_part(&part, at, depth)),
            WordPart::ArithSubst(_) => true,
            WordPart::Param(param) => {
                let name = param.name().unwrap_or_default();
                let counts = param.prefix().is_some_and(|prefix| prefix.text() == "#");
                let is_changed = param.operator().is_some_and(|operator| !operator.starts_with(['#', '%']));
                counts || is_number_parameter(&name) || (!is_changed && self.is_one(&name, at, depth + 1))
            }
            WordPart::Glob(_) | WordPart::CommandSubst(_) | WordPart::ProcessSubst(_) | WordPart::Array(_) => false,
        }
    }

    fn is_in_same_loop(&self, one: u32, other: u32) -> bool {
        let loops = self.nodes().iter().filter(|node| matches!(node.kind(), SyntaxKind::SH_FOR | SyntaxKind::SH_WHILE));
        loops.into_iter().any(|node| {
            let range = node.text_range();
            range.contains(one.into()) && range.contains(other.into())
        })
    }
}

fn is_empty_word(word: &ShWord) -> bool {
    word.value().is_some_and(|value| value.is_empty())
}

fn is_number_parameter(name: &str) -> bool {
    matches!(name, "#" | "?" | "$" | "!" | "-")
}
