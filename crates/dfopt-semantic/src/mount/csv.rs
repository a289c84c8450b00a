//! One CSV record, cut into `key=value` fields.

use std::ops::Range;

use super::MountError;

/// A field of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The whole field, CSV quotes included.
    pub range: Range<usize>,
    /// What precedes the first `=`, or all of it.
    pub key: FieldText,
    /// What follows the first `=`.
    pub value: Option<FieldText>,
}

/// Part of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldText {
    /// The text, doubled quotes made single.
    pub text: String,
    /// Its place, CSV quotes excluded. Longer than the text where that holds quotes.
    pub range: Range<usize>,
}

/// Cuts a flag value into fields. After an error in the quotes, the rest is one field less.
pub fn parse_fields(text: &str) -> (Vec<Field>, Vec<MountError>) {
    let (mut fields, mut errors) = (Vec::new(), Vec::new());
    // A line end behind the record is not part of it.
    let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if text.is_empty() {
        errors.push(MountError::Empty { range: 0..0 });
        return (fields, errors);
    }
    let mut at = 0;
    loop {
        let end = if text[at..].starts_with('"') {
            match quoted_end(text, at) {
                Ok(end) => {
                    fields.push(quoted_field(text, at..end));
                    end
                }
                Err(()) => {
                    errors.push(MountError::UnclosedQuote { range: at..at + 1 });
                    break;
                }
            }
        } else {
            let end = text[at..].find(',').map_or(text.len(), |comma| at + comma);
            match text[at..end].find('"') {
                Some(quote) => errors.push(MountError::BareQuote { range: at + quote..at + quote + 1 }),
                None => fields.push(plain_field(text, at..end)),
            }
            end
        };
        if end == text.len() {
            break;
        }
        at = end + 1;
    }
    (fields, errors)
}

/// The end of a quoted field, closing quote included, which a comma or the end must follow.
fn quoted_end(text: &str, start: usize) -> Result<usize, ()> {
    let mut at = start + 1;
    loop {
        at += text[at..].find('"').ok_or(())? + 1;
        match text[at..].chars().next() {
            Some('"') => at += 1,
            Some(',') | None => return Ok(at),
            Some(_) => return Err(()),
        }
    }
}

fn plain_field(text: &str, range: Range<usize>) -> Field {
    let part = |range: Range<usize>| FieldText { text: text[range.clone()].to_owned(), range };
    let (key, value) = match text[range.clone()].find('=') {
        Some(equals) => {
            let equals = range.start + equals;
            (part(range.start..equals), Some(part(equals + 1..range.end)))
        }
        None => (part(range.clone()), None),
    };
    Field { range, key, value }
}

fn quoted_field(text: &str, range: Range<usize>) -> Field {
    let inner = range.start + 1..range.end - 1;
    let part = |range: Range<usize>| FieldText { text: text[range.clone()].replace("\"\"", "\""), range };
    let (key, value) = match text[inner.clone()].find('=') {
        Some(equals) => {
            let equals = inner.start + equals;
            (part(inner.start..equals), Some(part(equals + 1..inner.end)))
        }
        None => (part(inner), None),
    };
    Field { range, key, value }
}
