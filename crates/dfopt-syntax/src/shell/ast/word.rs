//! Words and what they are made of.

use std::borrow::Cow;

use super::{Array, List, child, has_token, joined};
use crate::{
    SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken,
    ast::{ast_node, tokens},
    shell::{cook, walk},
};

ast_node! {
    /// A word.
    ShWord, SH_WORD
}
ast_node! {
    /// `'…'` or `$'…'`
    SingleQuoted, SH_SINGLE_QUOTED
}
ast_node! {
    /// `"…"` or `$"…"`
    DoubleQuoted, SH_DOUBLE_QUOTED
}
ast_node! {
    /// `$v` or `${v…}`
    Param, SH_PARAM
}
ast_node! {
    /// `$(…)` or `` `…` ``
    CommandSubst, SH_COMMAND_SUBST
}
ast_node! {
    /// `$((…))` or `$[…]`
    ArithSubst, SH_ARITH_SUBST
}
ast_node! {
    /// `<(…)` or `>(…)`
    ProcessSubst, SH_PROCESS_SUBST
}

/// A part of a word.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum WordPart {
    /// Bare characters, or those between quotes.
    Literal(SyntaxToken),
    /// `\x`
    Escaped(SyntaxToken),
    /// `'…'`
    SingleQuoted(SingleQuoted),
    /// `"…"`
    DoubleQuoted(DoubleQuoted),
    /// `$v`
    Param(Param),
    /// `$(…)`
    CommandSubst(CommandSubst),
    /// `$((…))`
    ArithSubst(ArithSubst),
    /// `<(…)`
    ProcessSubst(ProcessSubst),
    /// `*`, `?`, `[a-z]`, `@(`
    Glob(SyntaxToken),
    /// `{a,b}`, or one of its marks
    Brace(SyntaxToken),
    /// `~user`
    Tilde(SyntaxToken),
    /// `(a b)` in `export v=(a b)`
    Array(Array),
}

fn word_parts(node: &SyntaxNode) -> impl Iterator<Item = WordPart> + use<> {
    node.children_with_tokens().filter_map(|element| {
        Some(match element {
            SyntaxElement::Token(token) => match token.kind() {
                SyntaxKind::TEXT => WordPart::Literal(token),
                SyntaxKind::ESCAPED => WordPart::Escaped(token),
                SyntaxKind::SH_GLOB => WordPart::Glob(token),
                SyntaxKind::SH_BRACE_EXPANSION => WordPart::Brace(token),
                SyntaxKind::SH_TILDE => WordPart::Tilde(token),
                _ => return None,
            },
            SyntaxElement::Node(node) => match node.kind() {
                SyntaxKind::SH_SINGLE_QUOTED => WordPart::SingleQuoted(SingleQuoted(node)),
                SyntaxKind::SH_DOUBLE_QUOTED => WordPart::DoubleQuoted(DoubleQuoted(node)),
                SyntaxKind::SH_PARAM => WordPart::Param(Param(node)),
                SyntaxKind::SH_COMMAND_SUBST => WordPart::CommandSubst(CommandSubst(node)),
                SyntaxKind::SH_ARITH_SUBST => WordPart::ArithSubst(ArithSubst(node)),
                SyntaxKind::SH_PROCESS_SUBST => WordPart::ProcessSubst(ProcessSubst(node)),
                SyntaxKind::SH_ARRAY => WordPart::Array(Array(node)),
                _ => return None,
            },
        })
    })
}

impl ShWord {
    /// The text as written, quotes included, without Dockerfile continuations and comments.
    #[must_use]
    pub fn text(&self) -> String {
        cook::text(&self.0)
    }

    /// The value without its quotes, if the word has no expansion, glob or brace. A tilde stays as it is.
    #[must_use]
    pub fn value(&self) -> Option<Cow<'_, str>> {
        cook::value(&self.0)
    }

    /// The static beginning of the value: `/opt/` of `/opt/$v/bin`.
    #[must_use]
    pub fn prefix(&self) -> String {
        cook::prefix(&self.0)
    }

    /// Its parts.
    pub fn parts(&self) -> impl Iterator<Item = WordPart> + use<> {
        word_parts(&self.0)
    }

    /// Whether any of it is quoted or escaped.
    #[must_use]
    pub fn is_quoted(&self) -> bool {
        self.parts()
            .any(|part| matches!(part, WordPart::SingleQuoted(_) | WordPart::DoubleQuoted(_) | WordPart::Escaped(_)))
    }

    /// The variables in it, at any depth but not those in the commands of a substitution.
    #[must_use]
    pub fn params(&self) -> Vec<Param> {
        walk::params(&self.0)
    }

    /// The command substitutions in it that stand in no other one.
    #[must_use]
    pub fn command_substs(&self) -> Vec<CommandSubst> {
        walk::outermost(&self.0)
    }
}

impl SingleQuoted {
    /// The text between the quotes, escapes of `$'…'` resolved.
    #[must_use]
    pub fn value(&self) -> String {
        let mut value = String::new();
        cook::push_single_quoted(&self.0, &mut value);
        value
    }

    /// Whether it is `$'…'`.
    #[must_use]
    pub fn is_ansi(&self) -> bool {
        has_token(&self.0, SyntaxKind::DOLLAR)
    }
}

impl DoubleQuoted {
    /// Its parts.
    pub fn parts(&self) -> impl Iterator<Item = WordPart> + use<> {
        word_parts(&self.0)
    }
}

impl Param {
    /// The name: a variable, digits, or one of `@ * # ? - $ !`.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        joined(&self.0, SyntaxKind::VAR_NAME)
    }

    /// Whether it is `${…}`.
    #[must_use]
    pub fn is_braced(&self) -> bool {
        has_token(&self.0, SyntaxKind::L_BRACE)
    }

    /// `#` of `${#v}` or `!` of `${!v}`.
    #[must_use]
    pub fn prefix(&self) -> Option<SyntaxToken> {
        let name = tokens(&self.0, SyntaxKind::VAR_NAME).next()?;
        self.operator_tokens().find(|token| token.text_range().end() <= name.text_range().start())
    }

    /// The operator behind the name: `:-`, `##`, `/`, `@Q` ….
    #[must_use]
    pub fn operator(&self) -> Option<String> {
        let name = tokens(&self.0, SyntaxKind::VAR_NAME).last()?;
        let mut operator = String::new();
        let mut end = None;
        for token in self.operator_tokens().filter(|token| token.text_range().start() >= name.text_range().end()) {
            // `/` and `:` between two operands are no part of it.
            let operand = self.0.children().find(|node| node.kind() == SyntaxKind::VAR_OPERAND);
            end = end.or(operand.map(|operand| operand.text_range().start()));
            if end.is_some_and(|end| token.text_range().start() >= end) {
                break;
            }
            operator.push_str(token.text());
        }
        (!operator.is_empty()).then_some(operator)
    }

    /// What stands behind the operator, as written: two for `${v/pattern/text}` and `${v:offset:length}`.
    pub fn operands(&self) -> impl Iterator<Item = String> + use<> {
        let nodes = self.0.children().filter(|node| node.kind() == SyntaxKind::VAR_OPERAND);
        nodes.map(|node| cook::text(&node))
    }

    /// The first operand, as written.
    #[must_use]
    pub fn operand(&self) -> Option<String> {
        self.operands().next()
    }

    /// Whether a subscript follows the name.
    #[must_use]
    pub fn has_subscript(&self) -> bool {
        has_token(&self.0, SyntaxKind::L_BRACK)
    }

    fn operator_tokens(&self) -> impl Iterator<Item = SyntaxToken> + use<> {
        tokens(&self.0, SyntaxKind::VAR_OP)
    }
}

impl CommandSubst {
    /// The commands; `None` for a `` `…` `` with escapes that hide them.
    #[must_use]
    pub fn list(&self) -> Option<List> {
        child(&self.0)
    }

    /// Whether it is written with backticks.
    #[must_use]
    pub fn is_backtick(&self) -> bool {
        tokens(&self.0, SyntaxKind::SH_SUBST_DELIM).next().is_some_and(|token| token.text() == "`")
    }
}

impl ProcessSubst {
    /// The commands.
    #[must_use]
    pub fn list(&self) -> Option<List> {
        child(&self.0)
    }

    /// Whether it is `>(…)`, which gets what the command writes.
    #[must_use]
    pub fn is_output(&self) -> bool {
        tokens(&self.0, SyntaxKind::SH_SUBST_DELIM).next().is_some_and(|token| token.text().starts_with('>'))
    }
}

impl ArithSubst {
    /// The variables in it that are written without `$`.
    pub fn names(&self) -> impl Iterator<Item = SyntaxToken> + use<> {
        arith_names(&self.0)
    }
}

pub(super) fn arith_names(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> + use<> {
    tokens(node, SyntaxKind::SH_ARITH_TEXT)
        .filter(|token| token.text().starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()))
}
