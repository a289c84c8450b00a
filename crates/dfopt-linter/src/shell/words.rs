//! Where a part of a word stands.

use dfopt_syntax::{SyntaxElement, SyntaxKind, SyntaxNode};

/// What the word is that an expansion stands in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Spot {
    /// The first word of a command.
    CommandWord,
    /// A later one; the node is the command.
    Argument(SyntaxNode),
    /// The file of a redirection.
    Redirect,
    /// What stands behind `name=`.
    Assignment,
    /// `for name in` these.
    ForWord,
    /// The word or a pattern of `case`.
    Case,
    /// `[[ … ]]`
    Cond,
    /// Elements of an array.
    Array,
    /// Arithmetic, here-documents, operands inside another expansion.
    Other,
}

/// What the word is that `node` stands in, substitutions being borders.
pub(crate) fn spot(node: &SyntaxNode) -> Spot {
    let mut below = node.clone();
    for ancestor in node.ancestors().skip(1) {
        match ancestor.kind() {
            SyntaxKind::SH_WORD | SyntaxKind::SH_DOUBLE_QUOTED => {}
            SyntaxKind::SH_COMMAND => {
                let first = ancestor.children().find(|child| child.kind() == SyntaxKind::SH_WORD);
                return if first.as_ref() == Some(&below) { Spot::CommandWord } else { Spot::Argument(ancestor) };
            }
            SyntaxKind::SH_REDIRECT => return Spot::Redirect,
            SyntaxKind::SH_ASSIGNMENT => return Spot::Assignment,
            SyntaxKind::SH_FOR => return Spot::ForWord,
            SyntaxKind::SH_CASE | SyntaxKind::SH_CASE_ITEM => return Spot::Case,
            SyntaxKind::SH_COND => return Spot::Cond,
            SyntaxKind::SH_ARRAY => return Spot::Array,
            _ => return Spot::Other,
        }
        below = ancestor;
    }
    Spot::Other
}

/// Whether double quotes stand around a part of a word.
pub(crate) fn is_quoted(node: &SyntaxNode) -> bool {
    let around = node.ancestors().skip(1).take_while(|ancestor| {
        matches!(ancestor.kind(), SyntaxKind::SH_DOUBLE_QUOTED | SyntaxKind::SH_PARAM | SyntaxKind::VAR_OPERAND)
    });
    around.into_iter().any(|ancestor| ancestor.kind() == SyntaxKind::SH_DOUBLE_QUOTED)
}

/// The text of a node without continuations and comments of the Dockerfile.
pub(crate) fn without_trivia(node: &SyntaxNode) -> String {
    let tokens = node.descendants_with_tokens().filter_map(SyntaxElement::into_token);
    let mut text = String::new();
    for token in tokens.filter(|token| !token.kind().is_trivia()) {
        text.push_str(token.text());
    }
    text
}
