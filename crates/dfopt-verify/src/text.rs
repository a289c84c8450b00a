//! Text that came from builds, containers and other programs, made safe to show.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with control characters, direction marks and other invisible characters escaped, so that nothing that a build or
/// a container prints can move the cursor, recolour the terminal or hide words; newlines and tabs stay.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_unsafe(character) {
            // Writing to a String cannot fail.
            let _ = match u32::from(character) {
                code @ 0..=0xff => write!(safe, "\\x{code:02x}"),
                code => write!(safe, "\\u{{{code:x}}}"),
            };
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// As [`printable`] for text that must stay on one line: line breaks are escaped as well.
#[must_use]
pub fn printable_line(text: &str) -> String {
    printable(text.trim_end()).replace('\r', "\\r").replace('\n', "\\n")
}

fn is_unsafe(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => true,
        other => other.is_control(),
    }
}

/// Takes known secret values out of text.
#[derive(Clone, Default)]
pub struct Redactor {
    values: Vec<String>,
}

impl Redactor {
    /// Text that is never to be shown; values of less than four characters are too common to be taken out.
    pub fn add(&mut self, secret: &str) {
        for value in std::iter::once(secret.trim()).chain(secret.lines().map(str::trim)) {
            if value.chars().count() >= 4 && !self.values.iter().any(|known| known == value) {
                self.values.push(value.to_owned());
            }
        }
        // Longest first, so that a value inside another one leaves no remains of the longer.
        self.values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    }

    /// The text with every known value replaced by `***`.
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut clean = Cow::Borrowed(text);
        for value in &self.values {
            if clean.contains(value.as_str()) {
                clean = Cow::Owned(clean.replace(value.as_str(), "***"));
            }
        }
        clean
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Redactor({} values)", self.values.len())
    }
}

/// The words of a command given as one text: blanks separate, quotes and backslashes group, nothing is expanded.
///
/// `None` when a quote is not closed.
#[must_use]
pub fn split_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' => {
                let into = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '\'' => break,
                        other => into.push(other),
                    }
                }
            }
            '"' => {
                let into = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '"' => break,
                        '\\' => match characters.next()? {
                            escaped @ ('"' | '\\') => into.push(escaped),
                            other => into.extend(['\\', other]),
                        },
                        other => into.push(other),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(characters.next()?),
            blank if blank.is_whitespace() => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_plain_text_is_untouched() {
        assert!(matches!(printable("plain\ttext\n"), Cow::Borrowed(_)));
        assert_eq!(printable("\u{1b}[31mred\u{7}"), "\\x1b[31mred\\x07");
        assert_eq!(printable("a\u{202e}b\u{9b}c"), "a\\u{202e}b\\x9bc");
        assert_eq!(printable_line("one\ntwo\n"), "one\\ntwo");
    }

    #[test]
    fn secrets_are_taken_out_whole_and_by_line() {
        let mut redactor = Redactor::default();
        redactor.add("hunter22\nsecond-line\n");
        redactor.add("hunter22-longer");
        redactor.add("abc");
        assert_eq!(redactor.redact("a hunter22-longer b second-line abc"), "a *** b *** abc");
        assert!(!format!("{redactor:?}").contains("hunter"));
    }

    #[test]
    fn words_are_split_without_a_shell() {
        let split = |text: &str| split_words(text).unwrap();
        assert_eq!(
            split(r#"app --name "two words" 'it''s' a\ b "" "\d\"""#),
            ["app", "--name", "two words", "its", "a b", "", "\\d\""]
        );
        assert!(split("  ").is_empty());
        assert_eq!(split_words("app 'open"), None);
        assert_eq!(split_words("app \\"), None);
    }
}
