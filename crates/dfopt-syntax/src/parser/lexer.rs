//! Cuts a line into words the way BuildKit does when it looks for heredocs: with its expander, which knows no variable and
//! leaves quotes and escapes where they are. Its oddities decide which lines are a heredoc's body, so they are kept.
//!
//! BuildKit: `dockerfile/shell/lex.go`, with `RawQuotes`, `RawEscapes` and `SkipUnsetEnv`.

/// Characters with their places in the text.
pub(crate) type Chars = Vec<(char, usize)>;

/// Deepest `${…}` in `${…}` that is followed.
const MAX_DEPTH: usize = 100;

/// What becomes of quotes and escapes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Both stay.
    All,
    /// Quotes stay, escapes are removed.
    Quotes,
    /// Both are removed.
    Nothing,
}

/// The words of a text, or the place of what cannot be read.
pub(crate) fn words(text: &[(char, usize)], keep: Keep) -> Result<Vec<Chars>, usize> {
    let text = match text.first() {
        Some(('\u{feff}', _)) => &text[1..],
        _ => text,
    };
    let mut lexer = Lexer {
        text,
        at: 0,
        keeps_quotes: keep != Keep::Nothing,
        keeps_escapes: keep == Keep::All,
        buffer: Chars::new(),
        depth: 0,
    };
    let outer = Level { stop: None, keeps_escapes: keep == Keep::All, is_pattern: false, origin: 0 };
    lexer.level(&outer).map(|(_, words)| words)
}

struct Lexer<'t> {
    text: &'t [(char, usize)],
    at: usize,
    keeps_quotes: bool,
    keeps_escapes: bool,
    /// The word that is being read. All levels share it: an operand in braces loses the part before the `$`.
    buffer: Chars,
    depth: usize,
}

/// A text up to a character: the whole, or an operand in braces.
struct Level {
    stop: Option<char>,
    keeps_escapes: bool,
    is_pattern: bool,
    /// The `$` that opened it.
    origin: usize,
}

/// Collects the words of a level.
#[derive(Default)]
struct Words {
    words: Vec<Chars>,
    in_word: bool,
}

impl Words {
    fn add(&mut self, buffer: &mut Chars, c: (char, usize)) {
        if !c.0.is_whitespace() {
            self.add_raw(buffer, c);
        } else if self.in_word && !buffer.is_empty() {
            self.words.push(std::mem::take(buffer));
            self.in_word = false;
        }
    }

    fn add_raw(&mut self, buffer: &mut Chars, c: (char, usize)) {
        buffer.push(c);
        self.in_word = true;
    }

    fn done(mut self, buffer: &mut Chars) -> Vec<Chars> {
        if !buffer.is_empty() {
            self.words.push(std::mem::take(buffer));
        }
        self.words
    }
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).map(|&(c, _)| c)
    }

    fn next(&mut self) -> Option<(char, usize)> {
        let c = self.text.get(self.at).copied();
        self.at += usize::from(c.is_some());
        c
    }

    fn level(&mut self, level: &Level) -> Result<(Chars, Vec<Chars>), usize> {
        let outside = std::mem::replace(&mut self.keeps_escapes, level.keeps_escapes);
        let read = self.read(level);
        self.keeps_escapes = outside;
        read
    }

    fn read(&mut self, level: &Level) -> Result<(Chars, Vec<Chars>), usize> {
        let mut result = Chars::new();
        self.buffer.clear();
        let mut words = Words::default();
        while let Some(c) = self.peek() {
            if level.stop == Some(c) {
                self.at += 1;
                return Ok((result, words.done(&mut self.buffer)));
            }
            let part = match c {
                '$' => {
                    let part = self.dollar()?;
                    for &c in &part {
                        words.add(&mut self.buffer, c);
                    }
                    result.extend(part);
                    continue;
                }
                '\'' => self.single_quoted(level.is_pattern)?,
                '"' => self.double_quoted(level.is_pattern)?,
                '<' => self.less(),
                _ => {
                    self.plain(&mut words, &mut result);
                    continue;
                }
            };
            words.in_word = true;
            self.buffer.extend(&part);
            result.extend(part);
        }
        if level.stop.is_some() {
            return Err(level.origin);
        }
        Ok((result, words.done(&mut self.buffer)))
    }

    fn plain(&mut self, words: &mut Words, result: &mut Chars) {
        let Some(c) = self.next() else { return };
        if c.0 != '\\' {
            words.add(&mut self.buffer, c);
            return result.push(c);
        }
        if self.keeps_escapes {
            words.add_raw(&mut self.buffer, c);
            result.push(c);
        }
        if let Some(c) = self.next() {
            words.add_raw(&mut self.buffer, c);
            result.push(c);
        }
    }

    /// `<`, or `<<` with the blanks behind it, which do not end the word.
    fn less(&mut self) -> Chars {
        let mut part: Chars = self.next().into_iter().collect();
        if self.peek() == Some('<') {
            part.extend(self.next());
            while matches!(self.peek(), Some('\t' | '\r' | ' ')) {
                part.extend(self.next());
            }
        }
        part
    }

    fn single_quoted(&mut self, is_pattern: bool) -> Result<Chars, usize> {
        let mut part = Chars::new();
        let open = self.next();
        part.extend(open.filter(|_| self.keeps_quotes));
        loop {
            let c = self.next().ok_or_else(|| place(open))?;
            if c.0 == '\'' {
                part.extend(Some(c).filter(|_| self.keeps_quotes));
                return Ok(part);
            }
            if is_pattern && c.0 == '\\' {
                part.push(c);
            }
            part.push(c);
        }
    }

    fn double_quoted(&mut self, is_pattern: bool) -> Result<Chars, usize> {
        let mut part = Chars::new();
        let open = self.next();
        part.extend(open.filter(|_| self.keeps_quotes));
        loop {
            if self.peek() == Some('$') {
                part.extend(self.dollar()?);
                continue;
            }
            let c = self.next().ok_or_else(|| place(open))?;
            match (c.0, self.peek()) {
                ('"', _) => {
                    part.extend(Some(c).filter(|_| self.keeps_quotes));
                    return Ok(part);
                }
                ('\\', None) => {}
                ('\\', Some('"' | '$' | '\\')) => {
                    part.extend(Some(c).filter(|_| self.keeps_escapes));
                    part.extend(self.next());
                }
                ('\\', Some(_)) if self.keeps_escapes && (!self.keeps_quotes || is_pattern) => part.extend([c, c]),
                _ => part.push(c),
            }
        }
    }

    /// `$name` or `${…}`: it stays as it is, or nearly so.
    fn dollar(&mut self) -> Result<Chars, usize> {
        let dollar = self.next();
        let origin = place(dollar);
        let mut part: Chars = dollar.into_iter().collect();
        if self.peek() != Some('{') {
            part.extend(self.name());
            return Ok(part);
        }
        part.extend(self.next());
        if self.depth >= MAX_DEPTH || matches!(self.peek(), None | Some('{' | '}' | ':')) {
            return Err(origin);
        }
        self.depth += 1;
        part.extend(self.name());
        let mut modifier = self.next().ok_or(origin)?;
        part.push(modifier);
        let has_colon = modifier.0 == ':';
        if has_colon {
            modifier = self.next().ok_or(origin)?;
            part.push(modifier);
        }
        let pattern = Level { stop: Some('}'), keeps_escapes: true, is_pattern: true, origin };
        let word = Level { stop: Some('}'), keeps_escapes: false, is_pattern: false, origin };
        match modifier.0 {
            '#' | '%' if has_colon => return Err(origin),
            '}' if !has_colon => {
                self.depth -= 1;
                return Ok(part);
            }
            '#' | '%' => part.extend(self.level(&pattern)?.0),
            '/' if !has_colon => {
                if self.peek() == Some('/') {
                    self.at += 1;
                }
                part.extend(self.level(&Level { stop: Some('/'), ..pattern })?.0);
                part.push(('/', self.last_place()));
                part.extend(self.level(&Level { stop: Some('}'), keeps_escapes: true, is_pattern: false, origin })?.0);
            }
            // Behind a colon it accepts whatever comes while the variable is not set.
            _ if has_colon => part.extend(self.level(&word)?.0),
            '+' | '-' | '?' => part.extend(self.level(&word)?.0),
            _ => return Err(origin),
        }
        part.push(('}', self.last_place()));
        self.depth -= 1;
        Ok(part)
    }

    fn name(&mut self) -> Chars {
        let mut name = Chars::new();
        let is_number = self.peek().is_some_and(|c| c.is_ascii_digit());
        while let Some(c) = self.peek() {
            let special = matches!(c, '@' | '*' | '#' | '?' | '-' | '$' | '!');
            if name.is_empty() && special {
                name.extend(self.next());
                break;
            }
            let goes_on =
                if is_number { c.is_ascii_digit() } else { c.is_alphabetic() || c.is_ascii_digit() || c == '_' };
            if !goes_on {
                break;
            }
            name.extend(self.next());
        }
        name
    }

    /// Where the character before this place stands.
    fn last_place(&self) -> usize {
        place(self.at.checked_sub(1).and_then(|at| self.text.get(at)).copied())
    }
}

fn place(c: Option<(char, usize)>) -> usize {
    c.map_or(0, |(_, place)| place)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn cut(text: &str, keep: Keep) -> Result<Vec<String>, usize> {
        let chars: Chars = text.char_indices().map(|(at, c)| (c, at)).collect();
        let words = words(&chars, keep)?;
        Ok(words.into_iter().map(|word| word.into_iter().map(|(c, _)| c).collect()).collect())
    }

    #[test]
    fn quotes_group_and_stay() {
        assert_eq!(cut("a 'b c' \"d e\"f g\\ h", Keep::All).unwrap(), ["a", "'b c'", "\"d e\"f", "g\\ h"]);
        assert_eq!(cut("a 'b c' \"d e\"f g\\ h", Keep::Nothing).unwrap(), ["a", "b c", "d ef", "g h"]);
    }

    #[test]
    fn blanks_behind_two_less_signs_stay_in_the_word() {
        assert_eq!(cut("cat<< E <<< w", Keep::All).unwrap(), ["cat<< E", "<<<", "w"]);
        assert_eq!(cut("a<< <<E", Keep::All).unwrap(), ["a<< <<E"]);
    }

    #[test]
    fn an_operand_is_cut_at_blanks_and_loses_what_stands_before_it() {
        assert_eq!(cut("a${b:-c <<E}", Keep::All).unwrap(), ["${b:-c", "<<E}"]);
        assert_eq!(cut("${b:-\\<<E}", Keep::All).unwrap(), ["${b:-<<E}"]);
    }

    #[test]
    fn what_cannot_be_read_has_a_place() {
        for (text, at) in
            [("a 'b", 2), ("a \"b\\\"", 2), ("a ${", 2), ("${#v}", 0), ("${a:#b}", 0), ("${a:}", 0), ("${a b}", 0)]
        {
            assert_eq!(cut(text, Keep::All), Err(at), "{text}");
        }
        for text in ["${a:}}", "${+x}", "${a/b/c}", "${a//b/c}", "${#}", "$", "$$", "${a:=b}"] {
            assert!(cut(text, Keep::All).is_ok(), "{text}");
        }
    }
}
