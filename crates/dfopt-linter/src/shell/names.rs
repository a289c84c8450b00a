//! Which variables a script assigns and uses, in reading order.

use std::collections::BTreeSet;

use dfopt_syntax::shell::ast::{self as sh, AstNode};
use dfopt_syntax::{SyntaxElement, SyntaxKind, SyntaxNode, TextRange};

use super::{Cmd, Tree};

/// What a variable gets.
#[derive(Clone, Debug)]
pub(crate) enum Got {
    /// A word, or nothing.
    Word(Option<sh::ShWord>),
    /// The words of a loop.
    Each(Vec<sh::ShWord>),
    /// A number.
    Number,
    /// What is not known.
    Unknown,
}

/// An assignment.
#[derive(Clone, Debug)]
pub(crate) struct Assigned {
    pub name: String,
    /// The place of the name.
    pub range: TextRange,
    /// From where on it holds.
    pub from: u32,
    pub got: Got,
    /// The construct that makes it.
    pub node: SyntaxNode,
    /// Whether other programs see it, so that it is used wherever it goes.
    pub is_exported: bool,
    /// The command that alone gets it, in `name=value command`.
    pub only_for: Option<TextRange>,
}

/// How a name is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum How {
    /// As it is.
    Plain,
    /// With a default, or in a test, so that it may well be unset.
    Guarded,
    /// In arithmetic, where nothing counts as 0.
    Number,
}

/// A use.
#[derive(Clone, Debug)]
pub(crate) struct Used {
    pub name: String,
    pub range: TextRange,
    pub how: How,
}

/// Assignments and uses.
#[derive(Default)]
pub(crate) struct Names {
    pub assigned: Vec<Assigned>,
    pub used: Vec<Used>,
    /// Whether a file is read, or a string carried out, that may assign anything.
    pub reads_files: bool,
}

impl Names {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut names = Names::default();
        for node in tree.nodes() {
            match node.kind() {
                SyntaxKind::SH_PARAM => names.param(node),
                SyntaxKind::SH_FOR => names.loop_variable(node),
                SyntaxKind::SH_ARITH | SyntaxKind::SH_ARITH_SUBST => names.arithmetic(node),
                _ => {}
            }
        }
        for cmd in &tree.commands {
            names.command(cmd);
        }
        names.assigned.sort_by_key(|one| one.from);
        names.used.sort_by_key(|one| one.range.start());
        names
    }

    /// Whether the name is assigned anywhere.
    pub fn assigns(&self, name: &str) -> bool {
        self.assigned.iter().any(|one| one.name == name)
    }

    fn param(&mut self, node: &SyntaxNode) {
        let Some(param) = sh::Param::cast(node.clone()) else { return };
        let Some(name) = param.name() else { return };
        let operator = param.operator().unwrap_or_default();
        if matches!(operator.as_str(), ":=" | "=") {
            self.assign(&name, node, node.text_range(), Got::Unknown);
        }
        let is_guarded = matches!(operator.as_str(), ":-" | "-" | ":=" | "=" | ":?" | "?" | ":+" | "+");
        let how = if is_guarded { How::Guarded } else { How::Plain };
        self.used.push(Used { name, range: node.text_range(), how });
    }

    fn loop_variable(&mut self, node: &SyntaxNode) {
        let Some(found) = sh::For::cast(node.clone()) else { return };
        let Some(name) = found.name() else { return };
        let got = if found.has_in() { Got::Each(found.words().collect()) } else { Got::Unknown };
        let token = node.children_with_tokens().find(|element| element.kind() == SyntaxKind::SH_NAME);
        let range = token.map_or(node.text_range(), |token| token.text_range());
        self.assign(&name, node, range, got);
    }

    fn arithmetic(&mut self, node: &SyntaxNode) {
        let tokens: Vec<_> = node
            .children_with_tokens()
            .filter_map(SyntaxElement::into_token)
            .filter(|token| token.kind() == SyntaxKind::SH_ARITH_TEXT)
            .collect();
        for (at, token) in tokens.iter().enumerate() {
            if !token.text().starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) {
                continue;
            }
            let behind = tokens.get(at + 1).map_or("", |next| next.text());
            let before = at.checked_sub(1).and_then(|at| tokens.get(at)).map_or("", |token| token.text());
            let is_changed = behind.starts_with("++") || behind.starts_with("--") || before.ends_with("++");
            let is_set = is_changed || (behind.contains('=') && !behind.starts_with("==") && !behind.contains("!="));
            let range = token.text_range();
            if is_set {
                self.assign(token.text(), node, range, Got::Number);
            }
            self.used.push(Used { name: token.text().to_owned(), range, how: How::Number });
        }
    }

    fn assign(&mut self, name: &str, node: &SyntaxNode, range: TextRange, got: Got) {
        self.assigned.push(Assigned {
            name: name.to_owned(),
            range,
            from: range.end().into(),
            got,
            node: node.clone(),
            is_exported: false,
            only_for: None,
        });
    }

    fn command(&mut self, cmd: &Cmd) {
        let only_for = (!cmd.words.is_empty()).then(|| cmd.node().text_range());
        for assignment in cmd.ast.assignments() {
            let Some(name) = assignment.name() else { continue };
            let is_plain = !assignment.is_append() && !assignment.has_subscript() && assignment.array().is_none();
            let got = if is_plain { Got::Word(assignment.value()) } else { Got::Unknown };
            let range = assignment.range();
            let name_range = TextRange::at(range.start(), dfopt_syntax::TextSize::of(name.as_str()));
            self.assign(&name, cmd.node(), name_range, got);
            if let Some(last) = self.assigned.last_mut() {
                last.only_for = only_for;
                last.from = range.end().into();
            }
            if assignment.is_append() {
                self.used.push(Used { name, range: name_range, how: How::Guarded });
            }
        }
        match cmd.name() {
            "export" | "readonly" | "declare" | "typeset" | "local" => self.declaration(cmd),
            "read" | "mapfile" | "readarray" | "getopts" | "let" => {
                for arg in cmd.operands() {
                    let Some(value) = &arg.value else { continue };
                    let name = value.split(['=', '+', '-', '[']).next().unwrap_or_default();
                    if is_name(name) {
                        self.assign(name, cmd.node(), arg.range(), Got::Unknown);
                    }
                }
            }
            "printf" => {
                let target = cmd.args().windows(2).find(|pair| pair[0].is("-v"));
                if let Some(name) = target.and_then(|pair| pair[1].value.clone()) {
                    self.assign(&name, cmd.node(), cmd.args()[1].range(), Got::Unknown);
                }
            }
            "." | "source" | "eval" => self.reads_files = true,
            _ => {}
        }
    }

    /// `export a=1 b`
    fn declaration(&mut self, cmd: &Cmd) {
        let is_exported = cmd.name() == "export" || cmd.has_letter('x');
        for arg in cmd.operands() {
            let text = arg.text();
            let (name, has_value) = match text.split_once('=') {
                Some((name, _)) => (name.trim_end_matches('+'), true),
                None => (text.as_str(), false),
            };
            if !is_name(name) {
                continue;
            }
            let range = TextRange::at(arg.range().start(), dfopt_syntax::TextSize::of(name));
            if has_value || !is_exported {
                let value = arg.value.as_deref().and_then(|value| value.split_once('=')).map(|(_, value)| value);
                let is_word = value.is_some_and(|value| !value.contains([' ', '\t', '\n', '*', '?', '[']));
                let got = if is_word && !value.unwrap_or_default().is_empty() { Got::Number } else { Got::Unknown };
                self.assign(name, cmd.node(), range, got);
                if let Some(last) = self.assigned.last_mut() {
                    last.from = arg.range().end().into();
                    last.is_exported = is_exported;
                }
            } else {
                self.used.push(Used { name: name.to_owned(), range, how: How::Guarded });
            }
        }
    }
}

/// Names that are used in a tree and set nowhere.
pub(crate) struct NeverAssigned<'t> {
    pub used: &'t Used,
    /// An assigned or given name that differs little.
    pub near: Option<String>,
}

impl Tree {
    /// Whether a test looks at whether the variable has a value: `[ -n "$v" ]`.
    fn is_tested(&self, name: &str) -> bool {
        self.commands.iter().filter(|cmd| cmd.name() == "[").any(|cmd| {
            cmd.args().windows(2).any(|pair| {
                (pair[0].is("-n") || pair[0].is("-z"))
                    && pair[1].word.params().iter().any(|param| param.name().as_deref() == Some(name))
            })
        })
    }

    /// Uses of names that neither the script nor anything known before it sets, the first of each name.
    pub fn never_assigned(&self) -> Vec<NeverAssigned<'_>> {
        let names = self.names();
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for used in names.used.iter().filter(|used| is_name(&used.name)) {
            let is_assigned = names.assigned.iter().any(|one| one.name == used.name && one.only_for.is_none());
            let is_known = is_assigned
                || used.how == How::Guarded
                || (used.how == How::Number && !self.is_peer)
                || self.is_tested(&used.name)
                || self.given.contains_key(&used.name)
                || is_set_by_shells(&used.name);
            if is_known || !seen.insert(used.name.as_str()) {
                continue;
            }
            let known = names.assigned.iter().map(|one| one.name.as_str()).chain(self.given.keys().map(String::as_str));
            let near = known
                .filter(|known| known.len() > 4 && used.name.len() > 4 && *known != used.name)
                .find(|known| dfopt_semantic::suggest::is_close(known, &used.name))
                .map(str::to_owned);
            found.push(NeverAssigned { used, near });
        }
        found
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

/// Variables that shells, login programs or the kernel set.
pub(crate) fn is_set_by_shells(name: &str) -> bool {
    const NAMES: [&str; 44] = [
        "_",
        "CDPATH",
        "COLUMNS",
        "COMP_WORDS",
        "DEBUG",
        "DIRSTACK",
        "EDITOR",
        "ENV",
        "EUID",
        "FUNCNAME",
        "GROUPS",
        "HISTFILE",
        "HISTSIZE",
        "HOME",
        "HOSTNAME",
        "HOSTTYPE",
        "IFS",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "LINENO",
        "LINES",
        "LOGNAME",
        "MACHTYPE",
        "MAIL",
        "OLDPWD",
        "OPTARG",
        "OPTIND",
        "OSTYPE",
        "PATH",
        "PIPESTATUS",
        "POSIXLY_CORRECT",
        "PPID",
        "PS1",
        "PS2",
        "PS4",
        "PWD",
        "RANDOM",
        "REPLY",
        "SECONDS",
        "SHELL",
        "SHELLOPTS",
        "SHLVL",
        "TERM",
    ];
    const MORE: [&str; 6] = ["TMPDIR", "UID", "USER", "DEBIAN_FRONTEND", "TZ", "LANGUAGE"];
    NAMES.contains(&name) || MORE.contains(&name) || name.starts_with("BASH") || name.starts_with("LC_")
}
