//! What reads shell text, as far as the file itself says so: SHELL instructions, pragmas, shebangs.

use std::collections::HashMap;

use crate::{SyntaxKind, parser::json};

/// How a shell's text is parsed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ShellKind {
    /// With the grammar that covers the POSIX shells.
    #[default]
    Posix,
    /// As words: cmd and PowerShell.
    Words,
    /// As one piece.
    Opaque,
}

/// What a program reads, if it is a shell.
pub(crate) fn of_program(program: &str) -> Option<ShellKind> {
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program).to_ascii_lowercase();
    match name.strip_suffix(".exe").unwrap_or(&name) {
        "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "mksh" | "rbash" => Some(ShellKind::Posix),
        "cmd" | "pwsh" | "powershell" => Some(ShellKind::Words),
        "fish" | "csh" | "tcsh" | "nu" | "elvish" | "xonsh" => Some(ShellKind::Opaque),
        _ => None,
    }
}

/// What reads a script whose first line is `#!line`.
pub(crate) fn of_shebang(line: &str) -> ShellKind {
    let mut words = line.split_ascii_whitespace();
    let first = words.next().unwrap_or_default();
    let name = first.rsplit('/').next().unwrap_or(first);
    let program = match name {
        "env" | "busybox" => words.find(|word| !word.starts_with('-') && !word.contains('=')).unwrap_or_default(),
        _ => name,
    };
    of_program(program).unwrap_or(ShellKind::Opaque)
}

/// Follows the shell in force down the file.
#[derive(Default)]
pub(crate) struct Shells {
    current: Option<ShellKind>,
    /// From a pragma above the first FROM.
    default: Option<ShellKind>,
    stage: Option<String>,
    /// Shells of the stages above, by name in lower case.
    stages: HashMap<String, Option<ShellKind>>,
}

impl Shells {
    /// What reads text here. With a backtick as escape and nothing said, the text is probably Windows'.
    pub fn current(&self, escape: char) -> ShellKind {
        self.current.or(self.default).unwrap_or(if escape == '`' { ShellKind::Words } else { ShellKind::Posix })
    }

    /// Notes a comment, which may name a shell.
    pub fn pragma(&mut self, comment: &str) {
        let words = comment.trim_start_matches('#').trim_start();
        let Some(value) = words.strip_prefix("hadolint").and_then(|rest| rest.trim_start().strip_prefix("shell"))
        else {
            return;
        };
        let Some(value) = value.trim_start().strip_prefix('=') else { return };
        let program = value.split_ascii_whitespace().next().unwrap_or_default();
        let kind = Some(of_program(program).unwrap_or(ShellKind::Opaque));
        match self.stage {
            Some(_) => self.current = kind,
            None => self.default = kind,
        }
    }

    /// Notes an instruction before its arguments are parsed.
    pub fn before(&mut self, kind: SyntaxKind, args: &str) {
        if kind != SyntaxKind::FROM {
            return;
        }
        if let Some(stage) = self.stage.take() {
            self.stages.insert(stage, self.current);
        }
        let words: Vec<&str> = args.split_ascii_whitespace().filter(|word| !word.starts_with("--")).collect();
        self.current = words.first().and_then(|base| self.stages.get(*base).copied()).flatten();
        let name = if words.len() == 3 { words[2].to_ascii_lowercase() } else { String::new() };
        self.stage = Some(name);
    }

    /// Notes a SHELL instruction.
    pub fn set(&mut self, args: &str) {
        let Ok(elements) = json::array(args) else { return };
        let Some(first) = elements.first().filter(|first| first.is_string) else { return };
        let (program, _) = json::decode_json_string(&args[first.start..first.end]);
        self.current = Some(of_program(&program).unwrap_or(ShellKind::Opaque));
    }
}
