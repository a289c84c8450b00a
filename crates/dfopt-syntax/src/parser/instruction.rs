//! The arguments of one instruction, after its keyword.

use crate::{
    ErrorKind, ShellKind, SyntaxKind,
    parser::{
        flags, heredoc, json, keyword,
        words::{self, Inside},
    },
    shell,
    sink::Cursor,
};

/// What the arguments are parsed with.
pub(crate) struct Scope<'o> {
    /// The escape character in force.
    pub escape: char,
    /// What reads shell-form text.
    pub shell: ShellKind,
    /// The heredocs that the builder sees on the line.
    pub openers: &'o [heredoc::Opener],
}

/// Deepest ONBUILD in ONBUILD (in ONBUILD …) that is parsed as such.
const MAX_TRIGGERS: usize = 8;

/// Parses keyword, flags and arguments; the cursor is at the keyword, whose node is open.
pub(crate) fn instruction(cursor: &mut Cursor<'_, '_>, kind: SyntaxKind, keyword_len: usize, scope: &Scope<'_>) {
    nested(cursor, kind, keyword_len, scope, 0);
}

fn nested(cursor: &mut Cursor<'_, '_>, kind: SyntaxKind, keyword_len: usize, scope: &Scope<'_>, depth: usize) {
    cursor.token(SyntaxKind::KEYWORD, keyword_len);
    flags::flags(cursor, scope.escape);
    match kind {
        SyntaxKind::ONBUILD => trigger(cursor, scope, depth),
        SyntaxKind::RUN | SyntaxKind::CMD | SyntaxKind::ENTRYPOINT => command(cursor, scope),
        SyntaxKind::SHELL => {
            if !array(cursor) {
                words::word(cursor, cursor.text().len(), Inside::Plain);
            }
        }
        SyntaxKind::HEALTHCHECK => healthcheck(cursor, scope),
        SyntaxKind::COPY | SyntaxKind::ADD | SyntaxKind::VOLUME => {
            if !array(cursor) {
                split(cursor, scope);
            }
        }
        SyntaxKind::FROM | SyntaxKind::EXPOSE => split(cursor, scope),
        SyntaxKind::ENV | SyntaxKind::LABEL => pairs(cursor, scope.escape),
        SyntaxKind::ARG => arguments(cursor, scope.escape),
        SyntaxKind::MAINTAINER => words::word(cursor, cursor.text().len(), Inside::Plain),
        _ => words::word(cursor, cursor.text().len(), Inside::Expanded(scope.escape)),
    }
}

/// The instruction behind ONBUILD.
fn trigger(cursor: &mut Cursor<'_, '_>, scope: &Scope<'_>, depth: usize) {
    if cursor.is_done() {
        return;
    }
    let len = keyword_len(cursor.rest());
    let word = &cursor.rest()[..len];
    let kind = match keyword::head(word, cursor.rest()[len..].trim()) {
        keyword::Head::Keyword(kind) if depth < MAX_TRIGGERS => kind,
        head => {
            let suggestion = match head {
                keyword::Head::Misspelt(_, keyword) | keyword::Head::Glued(_, keyword, _) => Some(keyword),
                keyword::Head::Unknown(near) => near,
                keyword::Head::Keyword(_) => None,
            };
            let kind = ErrorKind::UnknownInstruction { word: word.into(), suggestion, read_as_suggestion: false };
            cursor.error(kind, cursor.pos(), cursor.pos() + len);
            return cursor.token(SyntaxKind::ERROR_TEXT, cursor.rest().len());
        }
    };
    cursor.start(kind);
    nested(cursor, kind, len, scope, depth + 1);
    cursor.finish();
}

/// Length of the first word of a logical text.
pub(crate) fn keyword_len(text: &str) -> usize {
    text.find(words::is_blank).unwrap_or(text.len())
}

/// A JSON array, if the rest of the text is one; remembers what only looks like one.
fn array(cursor: &mut Cursor<'_, '_>) -> bool {
    let rest = cursor.rest();
    if !rest.starts_with('[') {
        return false;
    }
    match json::array(rest) {
        Ok(elements) => {
            json::parse(cursor, &elements);
            true
        }
        Err((problem, at)) => {
            if !json::is_shell_test(rest) {
                let at = cursor.pos() + at.min(rest.len() - 1);
                let at = (0..=at).rev().find(|&at| cursor.text().is_char_boundary(at)).unwrap_or(0);
                let len = cursor.text()[at..].chars().next().map_or(1, char::len_utf8);
                let (start, end) = if problem == crate::JsonProblem::Unclosed {
                    (cursor.pos(), cursor.pos() + 1)
                } else {
                    (at, at + len)
                };
                cursor.error(ErrorKind::JsonLookAlike { problem }, start, end);
            }
            false
        }
    }
}

/// Exec form or shell text.
fn command(cursor: &mut Cursor<'_, '_>, scope: &Scope<'_>) {
    if cursor.is_done() || array(cursor) {
        return;
    }
    shell_text(cursor, scope.shell);
}

/// Shell text up to the end, as far as the shell is one whose language is known.
pub(crate) fn shell_text(cursor: &mut Cursor<'_, '_>, shell: ShellKind) {
    match shell {
        ShellKind::Posix => shell::script(cursor),
        ShellKind::Words => {
            cursor.start(SyntaxKind::SH_OPAQUE);
            while !cursor.is_done() {
                words::blanks(cursor, char::is_whitespace);
                let rest = cursor.rest();
                cursor.token(SyntaxKind::TEXT, rest.find(char::is_whitespace).unwrap_or(rest.len()));
            }
            cursor.finish();
        }
        ShellKind::Opaque => {
            cursor.start(SyntaxKind::SH_OPAQUE);
            cursor.token(SyntaxKind::TEXT, cursor.rest().len());
            cursor.finish();
        }
    }
}

/// Words at blanks, where a word may open a heredoc.
fn split(cursor: &mut Cursor<'_, '_>, scope: &Scope<'_>) {
    while !cursor.is_done() {
        let end = words::split_end(cursor.text(), cursor.pos());
        // One with a blank in it, `<< E`, is two words here: its body is read, and nobody gets it.
        let opener = scope.openers.iter().find(|opener| opener.start == cursor.pos() && opener.end == end);
        if let Some(opener) = opener {
            cursor.start(SyntaxKind::HEREDOC_OPENER);
            cursor.token_to(SyntaxKind::HEREDOC_OP, opener.delim);
            cursor.token_to(SyntaxKind::HEREDOC_DELIM, opener.end);
            cursor.finish();
        } else {
            words::word(cursor, end, Inside::Expanded(scope.escape));
        }
        words::blanks(cursor, words::is_blank);
    }
}

fn healthcheck(cursor: &mut Cursor<'_, '_>, scope: &Scope<'_>) {
    let rest = cursor.rest();
    let len = rest.find(words::is_blank).unwrap_or(rest.len());
    let word = &rest[..len];
    if word.eq_ignore_ascii_case("cmd") || word.eq_ignore_ascii_case("none") {
        let is_cmd = word.eq_ignore_ascii_case("cmd");
        cursor.start(SyntaxKind::HEALTHCHECK_TYPE);
        cursor.token(SyntaxKind::TEXT, len);
        cursor.finish();
        words::blanks(cursor, words::is_blank);
        if !is_cmd {
            return split(cursor, &Scope { openers: &[], ..*scope });
        }
    }
    command(cursor, scope);
}

/// ENV and LABEL.
fn pairs(cursor: &mut Cursor<'_, '_>, escape: char) {
    let text = cursor.text();
    let first = words::quoted_split_end(text, cursor.pos(), escape);
    if !text[cursor.pos()..first].contains('=') {
        if cursor.is_done() || lone_escape(cursor, escape) {
            return;
        }
        cursor.start(SyntaxKind::KEY_VALUE_LEGACY);
        let end = words::split_end(text, cursor.pos());
        words::word(cursor, end, Inside::Expanded(escape));
        words::blanks(cursor, words::is_blank);
        words::word(cursor, text.len(), Inside::Expanded(escape));
        return cursor.finish();
    }
    while !cursor.is_done() && !lone_escape(cursor, escape) {
        let end = words::quoted_split_end(text, cursor.pos(), escape);
        pair(cursor, end, Inside::Expanded(escape), escape);
        words::blanks(cursor, char::is_whitespace);
    }
}

fn arguments(cursor: &mut Cursor<'_, '_>, escape: char) {
    while !cursor.is_done() && !lone_escape(cursor, escape) {
        let end = words::quoted_split_end(cursor.text(), cursor.pos(), escape);
        pair(cursor, end, Inside::Plain, escape);
        words::blanks(cursor, char::is_whitespace);
    }
}

/// An escape with nothing behind it, which the builder drops.
fn lone_escape(cursor: &mut Cursor<'_, '_>, escape: char) -> bool {
    let is_lone = cursor.rest().strip_prefix(escape).is_some_and(str::is_empty);
    if is_lone {
        cursor.token(SyntaxKind::ESCAPED, escape.len_utf8());
    }
    is_lone
}

/// One word cut at its first `=`.
fn pair(cursor: &mut Cursor<'_, '_>, end: usize, name: Inside, escape: char) {
    cursor.start(SyntaxKind::KEY_VALUE);
    let eq = cursor.text()[cursor.pos()..end].find('=').map(|len| cursor.pos() + len);
    words::word(cursor, eq.unwrap_or(end), name);
    if eq.is_some() {
        cursor.token(SyntaxKind::EQ, 1);
        words::word(cursor, end, Inside::Expanded(escape));
    }
    cursor.finish();
}
