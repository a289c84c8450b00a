//! Finds the heredocs that BuildKit sees on a logical line. The shell may see others.
//!
//! BuildKit: `dockerfile/parser/parser.go`, `heredocsFromLine` and `ParseHeredoc`, which lex with `shell.Lex`.

use crate::parser::lexer::{self, Chars, Keep};

/// `<<E` as BuildKit reads it; offsets are logical.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Opener {
    /// Where the word starts.
    pub start: usize,
    /// Where the delimiter starts.
    pub delim: usize,
    /// Where the word ends.
    pub end: usize,
    /// The delimiter with quotes and backslashes removed.
    pub name: String,
    /// Whether the delimiter holds a quote.
    pub quoted: bool,
    /// Whether leading tabs are dropped.
    pub strips_tabs: bool,
}

/// The heredocs of a line, or the place where the lexer gives up, in which case there are none.
pub(crate) fn find(text: &str) -> Result<Vec<Opener>, usize> {
    if !text.contains("<<") {
        return Ok(Vec::new());
    }
    let chars: Chars = text.char_indices().map(|(at, c)| (c, at)).collect();
    let mut found = Vec::new();
    for word in lexer::words(&chars, Keep::All)? {
        found.extend(opener(&word)?);
    }
    Ok(found)
}

/// Length of the variable name at the start of `text`; 0 if there is none.
pub(crate) fn name_len(text: &str) -> usize {
    let Some(first) = text.chars().next() else { return 0 };
    if first.is_ascii_digit() {
        return text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    }
    if first.is_alphabetic() || first == '_' {
        return text.len()
            - text.trim_start_matches(|c: char| c.is_alphabetic() || c.is_ascii_digit() || c == '_').len();
    }
    usize::from(matches!(first, '@' | '*' | '#' | '?' | '-' | '$' | '!'))
}

/// The heredoc that the word is, if it is one.
fn opener(word: &[(char, usize)]) -> Result<Option<Opener>, usize> {
    let digits = word.iter().take_while(|(c, _)| c.is_ascii_digit()).count();
    let [('<', _), ('<', _), behind @ ..] = &word[digits..] else { return Ok(None) };
    let (strips_tabs, behind) = match behind {
        [('-', _), behind @ ..] => (true, behind),
        _ => (false, behind),
    };
    let blanks = behind.iter().take_while(|(c, _)| matches!(c, '\t' | '\n' | '\u{c}' | '\r' | ' ')).count();
    let delim = &behind[blanks..];
    if delim.iter().any(|&(c, _)| c == '<') {
        return Ok(None);
    }
    let (Some(&(_, start)), Some(&(_, delim_start)), Some(&(last, last_start))) =
        (word.first(), delim.first(), delim.last())
    else {
        return Ok(None);
    };
    let bare = lexer::words(delim, Keep::Nothing)?;
    let [name] = bare.as_slice() else { return Ok(None) };
    let raw = lexer::words(delim, Keep::Quotes)?;
    let [raw] = raw.as_slice() else { return Err(delim_start) };
    let quotes = |word: &[(char, usize)]| word.iter().filter(|(c, _)| matches!(c, '\'' | '"')).count();
    Ok(Some(Opener {
        start,
        delim: delim_start,
        end: last_start + last.len_utf8(),
        name: name.iter().map(|&(c, _)| c).collect(),
        quoted: quotes(name) != quotes(raw),
        strips_tabs,
    }))
}

/// The delimiter of a heredoc that someone meant, on a line that the lexer rejects.
pub(crate) fn intended(text: &str) -> Option<Opener> {
    for (at, _) in text.match_indices("<<") {
        let before = text[..at].trim_end_matches(|c: char| c.is_ascii_digit());
        if !(before.is_empty() || before.ends_with(char::is_whitespace)) {
            continue;
        }
        let behind = &text[at + 2..];
        let (strips_tabs, behind) = behind.strip_prefix('-').map_or((false, behind), |rest| (true, rest));
        let unquoted = behind.trim_start_matches(['\'', '"']);
        let len = unquoted.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(unquoted.len());
        if len == 0 {
            continue;
        }
        let delim = text.len() - behind.len();
        let quotes = behind.len() - unquoted.len();
        let name = unquoted[..len].to_owned();
        let end = delim + quotes + len + usize::from(quotes > 0 && unquoted[len..].starts_with(['\'', '"']));
        return Some(Opener { start: before.len(), delim, end, name, quoted: quotes > 0, strips_tabs });
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        find(text).unwrap_or_default().into_iter().map(|opener| opener.name).collect()
    }

    #[test]
    fn which_words_open_a_heredoc() {
        for (text, name) in [
            ("RUN <<E", "E"),
            ("RUN << E", "E"),
            ("RUN 3<<E", "E"),
            ("RUN <<-E", "E"),
            ("RUN <<\"E\"", "E"),
            ("RUN <<'E F'", "E F"),
            ("RUN <<\\E", "E"),
            ("RUN <<$E", "$E"),
            ("RUN << -E", "-E"),
            ("RUN (cat <<E)", "E)"),
            ("RUN cat <<E|sh", "E|sh"),
            ("RUN echo $((1 << 2))", "2))"),
        ] {
            assert_eq!(names(text), [name], "{text}");
        }
        for text in [
            "RUN <<- E",
            "RUN cat<<E",
            "RUN x=1<<E",
            "RUN \"<<E\"",
            "RUN \\<<E",
            "RUN <<<w",
            "RUN <<E<<F",
            "RUN <<\"\"",
            "RUN <<",
            "RUN $((1<<2))",
        ] {
            assert_eq!(names(text), [""; 0], "{text}");
        }
        assert_eq!(names("COPY <<A <<B /d"), ["A", "B"]);
    }

    #[test]
    fn what_makes_the_lexer_give_up() {
        for text in
            ["RUN cat <<E # don't", "RUN cat <<E ${#v}", "RUN cat <<E ${v^^}", "RUN cat <<E ${!v}", "RUN cat <<E ${}"]
        {
            assert!(find(text).is_err(), "{text}");
        }
        assert_eq!(names("RUN cat <<E ${v:1:2} ${v:=w}"), ["E"]);
        assert_eq!(find("RUN <<E it's").unwrap_err(), 11 - 1);
    }

    #[test]
    fn quoted_means_a_quote() {
        let quoted = |text| find(text).unwrap()[0].quoted;
        assert!(quoted("RUN <<'E'") && quoted("RUN <<E\"\"") && !quoted("RUN <<\\E") && !quoted("RUN <<E"));
    }
}
