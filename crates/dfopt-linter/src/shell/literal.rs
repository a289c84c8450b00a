//! The text of a literal word and where each of its bytes stands.

use dfopt_syntax::ast::AstNode;
use dfopt_syntax::shell::ast::ShWord;
use dfopt_syntax::{SyntaxElement, SyntaxKind, SyntaxNode, TextSize};

/// `None` for a word with an expansion, or with quotes whose escapes change more than one character each.
pub(super) fn read(word: &ShWord) -> Option<(String, Vec<TextSize>)> {
    let (mut text, mut places) = (Vec::new(), Vec::new());
    parts(word.syntax(), &mut text, &mut places)?;
    let text = String::from_utf8(text).ok()?;
    (!text.trim().is_empty()).then_some((text, places))
}

fn parts(node: &SyntaxNode, text: &mut Vec<u8>, places: &mut Vec<TextSize>) -> Option<()> {
    for element in node.children_with_tokens() {
        match element {
            SyntaxElement::Token(token) => match token.kind() {
                SyntaxKind::TEXT | SyntaxKind::SH_TILDE => push(token.text_range().start(), token.text(), text, places),
                SyntaxKind::ESCAPED => {
                    let rest = token.text().strip_prefix('\\')?;
                    push(token.text_range().start() + TextSize::of('\\'), rest, text, places);
                }
                SyntaxKind::QUOTE => {}
                kind if kind.is_trivia() => {}
                _ => return None,
            },
            SyntaxElement::Node(node) => match node.kind() {
                SyntaxKind::SH_SINGLE_QUOTED | SyntaxKind::SH_DOUBLE_QUOTED => parts(&node, text, places)?,
                _ => return None,
            },
        }
    }
    Some(())
}

fn push(start: TextSize, part: &str, text: &mut Vec<u8>, places: &mut Vec<TextSize>) {
    for (at, byte) in part.bytes().enumerate() {
        text.push(byte);
        places.push(start + TextSize::new(u32::try_from(at).unwrap_or(u32::MAX)));
    }
}
