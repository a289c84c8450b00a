//! Whether the value of a variable can fall apart into several words, or match files.

use dfopt_syntax::shell::ast::{ShWord, WordPart};
use dfopt_syntax::{SyntaxKind, SyntaxNode};

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
        let mut before: Vec<&Assigned> = Vec::new();
        let mut is_set = false;
        for one in assigned.iter().rev() {
            if one.only_for.is_some() {
                continue;
            }
            if one.from > at {
                // In a loop, what is assigned further down holds in the next round.
                if self.is_in_same_loop(one.from, at) {
                    before.push(one);
                }
                continue;
            }
            match self.reach(one, at) {
                Reach::Never => {}
                Reach::Perhaps(construct) => {
                    before.push(one);
                    if let Some(construct) =
                        construct.filter(|construct| self.sets_in_each_branch(construct, &one.name))
                    {
                        let inside = |other: &&&Assigned| construct.text_range().contains(other.range.start());
                        before.extend(assigned.iter().filter(inside));
                        is_set = true;
                        break;
                    }
                }
                Reach::Surely => {
                    before.push(one);
                    is_set = true;
                    break;
                }
            }
        }
        if !is_set && self.given.get(name) != Some(&Given::Word) {
            return false;
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
            Got::Each(words) => words.iter().all(|word| {
                // What is split here may be anything.
                let splits = word.parts().any(|part| matches!(part, WordPart::Param(_)));
                !splits && self.is_one_value(word, one.range.start().into(), depth)
            }),
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

    /// Whether the value of an assignment is still there further down.
    fn reach(&self, one: &Assigned, at: u32) -> Reach {
        let mut below = one.node.clone();
        let mut is_certain = true;
        let mut construct = None;
        for ancestor in one.node.ancestors().skip(1) {
            let contains = ancestor.text_range().contains_inclusive(at.into());
            match ancestor.kind() {
                SyntaxKind::SH_IF | SyntaxKind::SH_CASE => {
                    let is_branch = matches!(below.kind(), SyntaxKind::SH_BRANCH | SyntaxKind::SH_CASE_ITEM);
                    if contains && is_branch && !below.text_range().contains_inclusive(at.into()) {
                        return Reach::Never;
                    }
                    if !contains && is_branch {
                        is_certain = false;
                        construct = Some(ancestor.clone());
                    }
                }
                SyntaxKind::SH_WHILE | SyntaxKind::SH_FOR | SyntaxKind::SH_FUNCTION if !contains => is_certain = false,
                SyntaxKind::SH_SUBSHELL | SyntaxKind::SH_COMMAND_SUBST | SyntaxKind::SH_PROCESS_SUBST if !contains => {
                    return Reach::Never;
                }
                SyntaxKind::SH_PIPELINE if !contains && has_several(&ancestor) => return Reach::Never,
                SyntaxKind::SH_AND_OR => {
                    let start = below.text_range().start();
                    let operators =
                        ancestor.children_with_tokens().take_while(|element| element.text_range().start() < start);
                    let counts = |kind| match kind {
                        SyntaxKind::SH_OR_IF => true,
                        // ShellCheck takes the right side of `&&` for left out now and then.
                        SyntaxKind::SH_AND_IF => self.is_peer,
                        _ => false,
                    };
                    if operators.into_iter().any(|element| counts(element.kind())) {
                        is_certain = false;
                        construct = None;
                    }
                }
                _ => {}
            }
            below = ancestor;
        }
        if is_certain { Reach::Surely } else { Reach::Perhaps(construct) }
    }

    /// Whether each branch of an `if` or `case` assigns the name or ends the script, and there is one for the rest.
    fn sets_in_each_branch(&self, construct: &SyntaxNode, name: &str) -> bool {
        let branches: Vec<SyntaxNode> = construct
            .children()
            .filter(|child| matches!(child.kind(), SyntaxKind::SH_BRANCH | SyntaxKind::SH_CASE_ITEM))
            .collect();
        let is_for_rest = |branch: &SyntaxNode| {
            let text = branch.children_with_tokens().next().map(|first| first.to_string()).unwrap_or_default();
            text == "else" || text == "*" || branch.kind() == SyntaxKind::SH_CASE_ITEM && text == "("
        };
        let settles = |branch: &SyntaxNode| {
            let range = branch.text_range();
            let assigns = self.names().assigned.iter().any(|one| one.name == name && range.contains(one.range.start()));
            assigns
                || self
                    .commands
                    .iter()
                    .any(|cmd| range.contains_range(cmd.node().text_range()) && matches!(cmd.name(), "exit" | "return"))
        };
        branches.iter().any(is_for_rest) && branches.iter().all(settles)
    }

    fn is_in_same_loop(&self, one: u32, other: u32) -> bool {
        let loops = self.nodes().iter().filter(|node| matches!(node.kind(), SyntaxKind::SH_FOR | SyntaxKind::SH_WHILE));
        loops.into_iter().any(|node| {
            let range = node.text_range();
            range.contains(one.into()) && range.contains(other.into())
        })
    }
}

/// Whether a value is still there further down.
enum Reach {
    /// It is not: another process, or another branch.
    Never,
    /// It may be; with the `if` or `case` that decides it.
    Perhaps(Option<SyntaxNode>),
    /// It is.
    Surely,
}

fn has_several(pipeline: &SyntaxNode) -> bool {
    pipeline.children_with_tokens().any(|element| element.kind() == SyntaxKind::SH_PIPE)
}

fn is_empty_word(word: &ShWord) -> bool {
    word.value().is_some_and(|value| value.is_empty())
}

fn is_number_parameter(name: &str) -> bool {
    matches!(name, "#" | "?" | "$" | "!" | "-")
}
