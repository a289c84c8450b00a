//! Typed views of the tree. Accessors give `Option` wherever a broken file may lack the part.

mod instruction;
mod word;

pub use instruction::{
    Add, Arg, Cmd, CommandForm, Copy, Entrypoint, Env, ErrorLines, Expose, Flag, From, Healthcheck, Heredoc,
    HeredocOpener, Instruction, JsonArray, JsonString, KeyValue, Label, Maintainer, MountField, Onbuild, Run, Shell,
    Source, Stopsignal, User, Volume, Workdir,
};
pub use word::{Quoted, Variable, Word};

use rowan::TextRange;

use crate::{SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken};

/// A typed view of a node.
pub trait AstNode: Sized {
    /// The view, if the node is of the kind.
    fn cast(node: SyntaxNode) -> Option<Self>;

    /// The node.
    fn syntax(&self) -> &SyntaxNode;

    /// Where it stands in the file, without trivia at its ends.
    fn range(&self) -> TextRange {
        trimmed_range(self.syntax())
    }
}

/// Makes a typed view of one kind of node.
macro_rules! ast_node {
    ($(#[$doc:meta])* $name:ident, $kind:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub struct $name(pub(crate) crate::SyntaxNode);

        impl crate::ast::AstNode for $name {
            fn cast(node: crate::SyntaxNode) -> Option<Self> {
                (node.kind() == crate::SyntaxKind::$kind).then(|| $name(node))
            }

            fn syntax(&self) -> &crate::SyntaxNode {
                &self.0
            }
        }
    };
}
pub(crate) use ast_node;

/// The range of a node without the trivia at its ends, heredoc bodies included.
pub(crate) fn trimmed_range(node: &SyntaxNode) -> TextRange {
    let tokens = || node.descendants_with_tokens().filter_map(SyntaxElement::into_token);
    let first = tokens().find(|token| !token.kind().is_trivia());
    // A last child without tokens, such as an empty value, hides those before it from `last_token`.
    let mut last = node.last_token().or_else(|| tokens().last());
    while let Some(token) = last.clone().filter(|token| token.kind().is_trivia()) {
        last = token.prev_token().filter(|token| node.text_range().contains_range(token.text_range()));
    }
    match (first, last) {
        (Some(first), Some(last)) => first.text_range().cover(last.text_range()),
        _ => TextRange::empty(node.text_range().start()),
    }
}

/// The children of a kind.
pub(crate) fn children<N: AstNode>(node: &SyntaxNode) -> impl Iterator<Item = N> + use<N> {
    node.children().filter_map(N::cast)
}

/// The tokens of a kind directly in the node.
pub(crate) fn tokens(node: &SyntaxNode, kind: SyntaxKind) -> impl Iterator<Item = SyntaxToken> + use<> {
    node.children_with_tokens().filter_map(SyntaxElement::into_token).filter(move |token| token.kind() == kind)
}

/// A Dockerfile.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct File(SyntaxNode);

impl AstNode for File {
    fn cast(node: SyntaxNode) -> Option<Self> {
        (node.kind() == SyntaxKind::FILE).then_some(File(node))
    }

    fn syntax(&self) -> &SyntaxNode {
        &self.0
    }
}

impl File {
    /// The view of a root that the parser made.
    pub(crate) fn of_root(node: SyntaxNode) -> Self {
        File(node)
    }

    /// The directives at the top.
    pub fn directives(&self) -> impl Iterator<Item = Directive> + use<> {
        children(&self.0)
    }

    /// All instructions in order, those before the first FROM included.
    pub fn instructions(&self) -> impl Iterator<Item = Instruction> + use<> {
        children(&self.0)
    }

    /// Lines that are no instruction.
    pub fn error_lines(&self) -> impl Iterator<Item = ErrorLines> + use<> {
        children(&self.0)
    }

    /// The comments on lines of their own, outside instructions, directives excepted.
    pub fn comments(&self) -> impl Iterator<Item = SyntaxToken> + use<> {
        tokens(&self.0, SyntaxKind::COMMENT)
    }

    /// The escape character in force.
    #[must_use]
    pub fn escape(&self) -> char {
        let named =
            |directive: &Directive| directive.name().is_some_and(|name| name.text().eq_ignore_ascii_case("escape"));
        let value = self.directives().find(named).and_then(|directive| directive.value());
        if value.is_some_and(|value| value.text() == "`") { '`' } else { '\\' }
    }
}

ast_node! {
    /// `# name=value` at the top of the file.
    Directive, DIRECTIVE
}

impl Directive {
    /// `escape`, `syntax` or `check`, as written.
    #[must_use]
    pub fn name(&self) -> Option<SyntaxToken> {
        tokens(&self.0, SyntaxKind::DIRECTIVE_NAME).next()
    }

    /// The text behind `=`.
    #[must_use]
    pub fn value(&self) -> Option<SyntaxToken> {
        tokens(&self.0, SyntaxKind::DIRECTIVE_VALUE).next()
    }
}
