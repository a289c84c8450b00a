//! Values of `--chmod`: octal, or symbolic as of frontend 1.14.

use std::ops::Range;

/// A parsed `--chmod` value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chmod {
    /// The mode itself.
    Octal(u32),
    /// Changes to the mode that the source has.
    Symbolic(Vec<Clause>),
}

/// The part between two commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Mode bits it may touch.
    who: u32,
    actions: Vec<(Action, Vec<Permission>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Add,
    Remove,
    Assign,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Permission {
    Bits(u32),
    /// `X`: execute, for directories and what is executable already.
    Search,
    Sticky,
    /// `s`
    SetId,
    /// The bits of another class, by how far they are shifted.
    Copy(u32),
}

/// Whether a mode belongs to a directory, which decides what `X` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModeOf {
    /// A directory.
    Directory,
    /// Anything else.
    File,
}

/// Why a `--chmod` value is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChmodError {
    /// Begins like a number, but is not octal.
    NotOctal {
        /// The whole value.
        range: Range<usize>,
    },
    /// An octal number above 7777.
    TooLarge {
        /// The whole value.
        range: Range<usize>,
    },
    /// A symbolic mode with something else where `+`, `-` or `=` must stand.
    MissingOperator {
        /// What stands there; empty at the end.
        range: Range<usize>,
    },
}

impl ChmodError {
    /// The smallest range to mark.
    pub fn range(&self) -> &Range<usize> {
        match self {
            ChmodError::NotOctal { range } | ChmodError::TooLarge { range } | ChmodError::MissingOperator { range } => {
                range
            }
        }
    }
}

const USER: u32 = 0o4700;
const GROUP: u32 = 0o2070;
const OTHER: u32 = 0o0007;
const STICKY: u32 = 0o1000;
const SET_ID: u32 = 0o6000;
const EXECUTE: u32 = 0o111;

/// Reads a `--chmod` value that is not empty; an empty one counts as absent.
pub fn parse_chmod(text: &str) -> Result<Chmod, ChmodError> {
    let whole = 0..text.len();
    if !text.is_empty() && text.bytes().all(|b| matches!(b, b'0'..=b'7')) {
        return match u32::from_str_radix(text, 8) {
            Ok(mode) if mode <= 0o7777 => Ok(Chmod::Octal(mode)),
            _ => Err(ChmodError::TooLarge { range: whole }),
        };
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(ChmodError::NotOctal { range: whole });
    }
    let mut clauses = Vec::new();
    let mut at = 0;
    for part in text.split(',') {
        clauses.push(clause(part, at)?);
        at += part.len() + 1;
    }
    Ok(Chmod::Symbolic(clauses))
}

fn clause(text: &str, offset: usize) -> Result<Clause, ChmodError> {
    let mut who = 0;
    let mut actions: Vec<(Action, Vec<Permission>)> = Vec::new();
    for (at, c) in text.char_indices() {
        let action = match c {
            '+' => Some(Action::Add),
            '-' => Some(Action::Remove),
            '=' => Some(Action::Assign),
            _ => None,
        };
        if let Some(action) = action {
            actions.push((action, Vec::new()));
            continue;
        }
        let Some((_, permissions)) = actions.last_mut() else {
            who |= match c {
                'u' => USER,
                'g' => GROUP,
                'o' => OTHER,
                'a' => USER | GROUP | OTHER,
                _ => return Err(missing_operator(offset + at, c.len_utf8())),
            };
            continue;
        };
        permissions.push(match c {
            'r' => Permission::Bits(0o444),
            'w' => Permission::Bits(0o222),
            'x' => Permission::Bits(EXECUTE),
            'X' => Permission::Search,
            's' => Permission::SetId,
            't' => Permission::Sticky,
            'u' => Permission::Copy(6),
            'g' => Permission::Copy(3),
            'o' => Permission::Copy(0),
            _ => return Err(missing_operator(offset + at, c.len_utf8())),
        });
    }
    if actions.is_empty() {
        return Err(missing_operator(offset + text.len(), 0));
    }
    Ok(Clause { who, actions })
}

fn missing_operator(at: usize, length: usize) -> ChmodError {
    ChmodError::MissingOperator { range: at..at + length }
}

impl Chmod {
    /// The mode that something of mode `mode` gets.
    pub fn apply(&self, mode: u32, of: ModeOf) -> u32 {
        match self {
            Chmod::Octal(mode) => *mode,
            Chmod::Symbolic(clauses) => clauses.iter().fold(mode, |new, clause| clause.apply(new, mode, of)),
        }
    }
}

impl Clause {
    /// Follows BSD's `setmode` where that is odd: `t` without a class narrows the rest of the action to the sticky bit,
    /// and `=` with a class to copy from leaves set-id bits alone.
    fn apply(&self, mode: u32, original: u32, of: ModeOf) -> u32 {
        let mut state = State { mode, who: self.who };
        let searchable = of == ModeOf::Directory || original & EXECUTE != 0;
        for (action, permissions) in &self.actions {
            state.who = self.who;
            let (mut bits, mut search, mut assigned) = (0, false, false);
            for permission in permissions {
                let special = state.who == 0 || state.who & !OTHER != 0;
                match permission {
                    Permission::Bits(more) => bits |= more,
                    Permission::SetId if special => bits |= SET_ID,
                    Permission::Sticky if special => {
                        state.who |= STICKY;
                        bits |= STICKY;
                    }
                    Permission::SetId | Permission::Sticky => {}
                    Permission::Search if *action == Action::Remove => bits |= EXECUTE,
                    Permission::Search => search = true,
                    Permission::Copy(shift) => {
                        if bits != 0 {
                            state.change(*action, bits);
                        }
                        if search && searchable {
                            state.change(Action::Add, EXECUTE);
                        }
                        state.copy(*action, *shift);
                        (bits, search, assigned) = (0, false, true);
                    }
                }
            }
            if bits != 0 || (*action == Action::Assign && !assigned) {
                state.change(*action, bits);
            }
            if search && searchable {
                state.change(Action::Add, EXECUTE);
            }
        }
        state.mode
    }
}

struct State {
    mode: u32,
    who: u32,
}

impl State {
    fn change(&mut self, action: Action, bits: u32) {
        let bits = if self.who == 0 { bits } else { bits & self.who };
        match action {
            Action::Add => self.mode |= bits,
            Action::Remove => self.mode &= !bits,
            Action::Assign => {
                self.mode &= !if self.who == 0 { USER | GROUP | OTHER } else { self.who };
                self.mode |= bits;
            }
        }
    }

    fn copy(&mut self, action: Action, shift: u32) {
        let value = (self.mode >> shift) & 0o7;
        for class in [6, 3, 0] {
            if self.who != 0 && self.who & (0o4 << class) == 0 {
                continue;
            }
            match action {
                Action::Add => self.mode |= value << class,
                Action::Remove => self.mode &= !(value << class),
                Action::Assign => self.mode = (self.mode & !(0o7 << class)) | (value << class),
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn applied(text: &str, mode: u32, of: ModeOf) -> u32 {
        parse_chmod(text).unwrap().apply(mode, of)
    }

    #[test]
    fn octal_replaces_and_symbolic_changes() {
        assert_eq!(applied("755", 0o600, ModeOf::File), 0o755);
        assert_eq!(applied("7777", 0, ModeOf::File), 0o7777);
        assert_eq!(applied("u=rwX,go=rX", 0o600, ModeOf::File), 0o644);
        assert_eq!(applied("u=rwX,go=rX", 0o700, ModeOf::File), 0o755);
        assert_eq!(applied("a+X", 0o600, ModeOf::Directory), 0o711);
        assert_eq!(applied("-x", 0o755, ModeOf::File), 0o644);
        assert_eq!(applied("=", 0o755, ModeOf::File), 0);
        assert_eq!(applied("go=u-w", 0o700, ModeOf::File), 0o755);
        assert_eq!(applied("u+s,+t", 0o755, ModeOf::File), 0o5755);
        assert_eq!(applied("=t", 0o4166, ModeOf::File), 0o5166);
        assert_eq!(applied("=u", 0o4764, ModeOf::File), 0o4777);
        assert_eq!(applied("g=o", 0o704, ModeOf::File), 0o744);
    }

    #[test]
    fn errors_mark_their_cause() {
        for (text, marked) in [
            ("888", "888"),
            ("10000", "10000"),
            ("7x", "7x"),
            ("u", ""),
            ("X", "X"),
            ("u=4", "4"),
            ("u+x,", ""),
            ("", ""),
        ] {
            let error = parse_chmod(text).unwrap_err();
            assert_eq!(&text[error.range().clone()], marked, "{text}");
        }
    }
}
