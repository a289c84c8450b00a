//! What the formats in XML share.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};

use crate::terminal::Out;

/// A document with its declaration written.
pub(super) fn document(out: &mut Out) -> io::Result<Writer<&mut Out>> {
    let mut writer = Writer::new_with_indent(out, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    Ok(writer)
}

/// Text with U+FFFD for what XML 1.0 cannot hold, escaped or not.
pub(super) fn legal(text: &str) -> String {
    let is_legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().map(|c| if is_legal(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(legal("a\u{1b}[1m\tb\u{0}\u{ffff}é\u{1f600}"), "a\u{fffd}[1m\tb\u{fffd}\u{fffd}é\u{1f600}");
    }
}
