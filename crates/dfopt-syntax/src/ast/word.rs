//! Words of instructions.

use rowan::TextRange;

use super::{AstNode, ast_node, children, tokens};
use crate::{LogicalText, SyntaxElement, SyntaxKind, SyntaxToken};

ast_node! {
    /// One word of an instruction, as it is written.
    Word, WORD
}

ast_node! {
    /// `'…'` or `"…"` inside a word.
    Quoted, QUOTED
}

ast_node! {
    /// `$name` or `${name…}` that the builder expands.
    Variable, VARIABLE
}

impl Word {
    /// The text with quotes and escapes, without continuations.
    #[must_use]
    pub fn raw(&self) -> String {
        LogicalText::of(&self.0).as_str().to_owned()
    }

    /// The text with the way back to the file.
    #[must_use]
    pub fn logical(&self) -> LogicalText {
        LogicalText::of(&self.0)
    }

    /// The value, when the word holds no variable: quotes and escapes removed.
    #[must_use]
    pub fn literal(&self) -> Option<String> {
        let mut value = String::new();
        for element in self.0.descendants_with_tokens() {
            match element {
                SyntaxElement::Node(node) if node.kind() == SyntaxKind::VARIABLE => return None,
                SyntaxElement::Token(token) => match token.kind() {
                    SyntaxKind::TEXT => value.push_str(token.text()),
                    SyntaxKind::ESCAPED => {
                        let quoted = token.parent().is_some_and(|parent| parent.kind() == SyntaxKind::QUOTED);
                        let mut chars = token.text().chars();
                        let escape = chars.next();
                        if quoted || !chars.as_str().is_empty() {
                            value.push_str(chars.as_str());
                        } else if let Some(escape) = escape.filter(|_| quoted) {
                            value.push(escape);
                        }
                    }
                    _ => {}
                },
                SyntaxElement::Node(_) => {}
            }
        }
        Some(value)
    }

    /// The variables in it, inner ones of operands after their outer.
    pub fn variables(&self) -> impl Iterator<Item = Variable> + use<> {
        self.0.descendants().filter_map(Variable::cast)
    }

    /// The quoted parts.
    pub fn quoted(&self) -> impl Iterator<Item = Quoted> + use<> {
        children(&self.0)
    }
}

impl Variable {
    /// The name; empty parts of a broken expansion have none.
    #[must_use]
    pub fn name(&self) -> Option<SyntaxToken> {
        tokens(&self.0, SyntaxKind::VAR_NAME).next()
    }

    /// The operator behind the name.
    #[must_use]
    pub fn operator(&self) -> Option<SyntaxToken> {
        tokens(&self.0, SyntaxKind::VAR_OP).next()
    }

    /// Where the first operand stands.
    #[must_use]
    pub fn operand(&self) -> Option<TextRange> {
        self.0.children().find(|node| node.kind() == SyntaxKind::VAR_OPERAND).map(|node| node.text_range())
    }

    /// Whether it is written with braces.
    #[must_use]
    pub fn is_braced(&self) -> bool {
        tokens(&self.0, SyntaxKind::L_BRACE).next().is_some()
    }
}
