//! Typed views of shell nodes. Accessors give `Option` wherever broken text may lack the part.

mod word;

use std::borrow::Cow;

pub use self::word::{ArithSubst, CommandSubst, DoubleQuoted, Param, ProcessSubst, ShWord, SingleQuoted, WordPart};
pub use super::walk::{CommandContext, Connector, Enclosing, Substitutions};
use super::{cook, walk};
pub use crate::ast::AstNode;
use crate::{
    SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken,
    ast::{ast_node, children, tokens},
};

ast_node! {
    /// A whole shell text.
    Script, SH_SCRIPT
}
ast_node! {
    /// Commands with separators: `a; b & c`.
    List, SH_LIST
}
ast_node! {
    /// `a && b || c`
    AndOr, SH_AND_OR
}
ast_node! {
    /// `! a | b`
    Pipeline, SH_PIPELINE
}
ast_node! {
    /// `name=value program word >file`
    Command, SH_COMMAND
}
ast_node! {
    /// `name=value`
    Assignment, SH_ASSIGNMENT
}
ast_node! {
    /// `(a b)` of `name=(a b)`.
    Array, SH_ARRAY
}
ast_node! {
    /// `2>file`
    Redirect, SH_REDIRECT
}
ast_node! {
    /// The body of a here-document, with its delimiter.
    HereDocument, SH_HEREDOC
}
ast_node! {
    /// `( list )`
    Subshell, SH_SUBSHELL
}
ast_node! {
    /// `{ list; }`
    Group, SH_GROUP
}
ast_node! {
    /// `if list; then list; fi`
    If, SH_IF
}
ast_node! {
    /// `then list`, `else list` or `do list`.
    Branch, SH_BRANCH
}
ast_node! {
    /// `for name in words; do list; done`, or `select`.
    For, SH_FOR
}
ast_node! {
    /// `while list; do list; done`, or `until`.
    While, SH_WHILE
}
ast_node! {
    /// `case word in … esac`
    Case, SH_CASE
}
ast_node! {
    /// `pattern) list ;;`
    CaseItem, SH_CASE_ITEM
}
ast_node! {
    /// `[[ condition ]]`
    Cond, SH_COND
}
ast_node! {
    /// `(( expression ))`
    Arith, SH_ARITH
}
ast_node! {
    /// `name() { list; }`
    Function, SH_FUNCTION
}

/// What a list, a pipeline or a chain of `&&` is made of.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum Statement {
    AndOr(AndOr),
    Pipeline(Pipeline),
    Command(Command),
    Subshell(Subshell),
    Group(Group),
    If(If),
    For(For),
    While(While),
    Case(Case),
    Cond(Cond),
    Arith(Arith),
    Function(Function),
}

impl AstNode for Statement {
    fn cast(node: SyntaxNode) -> Option<Self> {
        Some(match node.kind() {
            SyntaxKind::SH_AND_OR => Statement::AndOr(AndOr(node)),
            SyntaxKind::SH_PIPELINE => Statement::Pipeline(Pipeline(node)),
            SyntaxKind::SH_COMMAND => Statement::Command(Command(node)),
            SyntaxKind::SH_SUBSHELL => Statement::Subshell(Subshell(node)),
            SyntaxKind::SH_GROUP => Statement::Group(Group(node)),
            SyntaxKind::SH_IF => Statement::If(If(node)),
            SyntaxKind::SH_FOR => Statement::For(For(node)),
            SyntaxKind::SH_WHILE => Statement::While(While(node)),
            SyntaxKind::SH_CASE => Statement::Case(Case(node)),
            SyntaxKind::SH_COND => Statement::Cond(Cond(node)),
            SyntaxKind::SH_ARITH => Statement::Arith(Arith(node)),
            SyntaxKind::SH_FUNCTION => Statement::Function(Function(node)),
            _ => return None,
        })
    }

    fn syntax(&self) -> &SyntaxNode {
        match self {
            Statement::AndOr(AndOr(node))
            | Statement::Pipeline(Pipeline(node))
            | Statement::Command(Command(node))
            | Statement::Subshell(Subshell(node))
            | Statement::Group(Group(node))
            | Statement::If(If(node))
            | Statement::For(For(node))
            | Statement::While(While(node))
            | Statement::Case(Case(node))
            | Statement::Cond(Cond(node))
            | Statement::Arith(Arith(node))
            | Statement::Function(Function(node)) => node,
        }
    }
}

impl Statement {
    /// The redirections of a compound command or a simple one.
    pub fn redirects(&self) -> impl Iterator<Item = Redirect> + use<> {
        children(self.syntax())
    }
}

fn child<N: AstNode>(node: &SyntaxNode) -> Option<N> {
    node.children().find_map(N::cast)
}

fn has_token(node: &SyntaxNode, kind: SyntaxKind) -> bool {
    tokens(node, kind).next().is_some()
}

/// The text of the tokens of a kind directly in the node, `None` if there are none. Continuations may cut a token in two.
fn joined(node: &SyntaxNode, kind: SyntaxKind) -> Option<String> {
    let text: String = tokens(node, kind).map(|token| token.text().to_owned()).collect();
    (!text.is_empty()).then_some(text)
}

/// The reserved words directly in the node.
fn first_reserved(node: &SyntaxNode) -> Option<String> {
    tokens(node, SyntaxKind::SH_RESERVED).next().map(|token| token.text().to_owned())
}

impl Script {
    /// Its commands.
    #[must_use]
    pub fn list(&self) -> Option<List> {
        child(&self.0)
    }

    /// Every simple command in reading order, with where it stands.
    pub fn commands(&self, substitutions: Substitutions) -> impl Iterator<Item = (Command, CommandContext)> + use<> {
        walk::commands(&self.0, substitutions).into_iter()
    }

    /// The redirections that begin a here-document, each with its body where the text holds it.
    #[must_use]
    pub fn here_documents(&self) -> Vec<(Redirect, Option<HereDocument>)> {
        walk::here_documents(&self.0)
    }

    /// The shell's comments.
    pub fn comments(&self) -> impl Iterator<Item = SyntaxToken> + use<> {
        let elements = self.0.descendants_with_tokens().filter_map(SyntaxElement::into_token);
        elements.filter(|token| token.kind() == SyntaxKind::SH_COMMENT)
    }
}

impl List {
    /// What it is made of, without the separators.
    pub fn statements(&self) -> impl Iterator<Item = Statement> + use<> {
        children(&self.0)
    }

    /// Every simple command in reading order, with where it stands.
    pub fn commands(&self, substitutions: Substitutions) -> impl Iterator<Item = (Command, CommandContext)> + use<> {
        walk::commands(&self.0, substitutions).into_iter()
    }
}

impl AndOr {
    /// What stands between the operators.
    pub fn operands(&self) -> impl Iterator<Item = Statement> + use<> {
        children(&self.0)
    }

    /// Its `&&` and `||`.
    pub fn operators(&self) -> impl Iterator<Item = SyntaxToken> + use<> {
        let elements = self.0.children_with_tokens().filter_map(SyntaxElement::into_token);
        elements.filter(|token| matches!(token.kind(), SyntaxKind::SH_AND_IF | SyntaxKind::SH_OR_IF))
    }
}

impl Pipeline {
    /// What stands between the bars.
    pub fn operands(&self) -> impl Iterator<Item = Statement> + use<> {
        children(&self.0)
    }

    /// Its `|` and `|&`.
    pub fn operators(&self) -> impl Iterator<Item = SyntaxToken> + use<> {
        tokens(&self.0, SyntaxKind::SH_PIPE)
    }

    /// Whether an odd number of `!` stands before it.
    #[must_use]
    pub fn is_negated(&self) -> bool {
        tokens(&self.0, SyntaxKind::SH_BANG).count() % 2 == 1
    }

    /// Whether `time` stands before it.
    #[must_use]
    pub fn is_timed(&self) -> bool {
        tokens(&self.0, SyntaxKind::SH_RESERVED).any(|token| token.text() == "time")
    }
}

impl Command {
    /// The assignments before the name.
    pub fn assignments(&self) -> impl Iterator<Item = Assignment> + use<> {
        children(&self.0)
    }

    /// The name and the arguments.
    pub fn words(&self) -> impl Iterator<Item = ShWord> + use<> {
        children(&self.0)
    }

    /// The first word; `None` for assignments or redirections alone.
    #[must_use]
    pub fn name_word(&self) -> Option<ShWord> {
        self.words().next()
    }

    /// The value of the first word, if it is static.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        self.name_word()?.value().map(Cow::into_owned)
    }

    /// The words behind the name.
    pub fn arguments(&self) -> impl Iterator<Item = ShWord> + use<> {
        self.words().skip(1)
    }

    /// The redirections.
    pub fn redirects(&self) -> impl Iterator<Item = Redirect> + use<> {
        children(&self.0)
    }
}

impl Assignment {
    /// The name; an element `[i]=value` of an array has none.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        joined(&self.0, SyntaxKind::SH_NAME)
    }

    /// `=` or `+=`
    #[must_use]
    pub fn operator(&self) -> Option<SyntaxToken> {
        tokens(&self.0, SyntaxKind::SH_ASSIGN_OP).next()
    }

    /// Whether it is `+=`.
    #[must_use]
    pub fn is_append(&self) -> bool {
        self.operator().is_some_and(|operator| operator.text().starts_with('+'))
    }

    /// The value; `None` if it is empty or an array.
    #[must_use]
    pub fn value(&self) -> Option<ShWord> {
        child(&self.0)
    }

    /// The array that is assigned.
    #[must_use]
    pub fn array(&self) -> Option<Array> {
        child(&self.0)
    }

    /// Whether one element of an array is assigned.
    #[must_use]
    pub fn has_subscript(&self) -> bool {
        has_token(&self.0, SyntaxKind::L_BRACK)
    }
}

impl Array {
    /// The elements without a subscript.
    pub fn words(&self) -> impl Iterator<Item = ShWord> + use<> {
        children(&self.0)
    }

    /// The elements with a subscript.
    pub fn assignments(&self) -> impl Iterator<Item = Assignment> + use<> {
        children(&self.0)
    }
}

impl Redirect {
    /// The number or `{name}` before the operator.
    #[must_use]
    pub fn fd(&self) -> Option<String> {
        joined(&self.0, SyntaxKind::SH_IO_NUMBER)
    }

    /// The operator.
    #[must_use]
    pub fn operator(&self) -> Option<String> {
        joined(&self.0, SyntaxKind::SH_REDIRECT_OP)
    }

    /// The word behind the operator: a file, a descriptor, or the delimiter of a here-document.
    #[must_use]
    pub fn target(&self) -> Option<ShWord> {
        child(&self.0)
    }

    /// Whether it begins a here-document.
    #[must_use]
    pub fn is_here_document(&self) -> bool {
        matches!(self.operator().as_deref(), Some("<<" | "<<-"))
    }

    /// Whether it writes to a file: `>`, `>>`, `>|`, `&>`, `&>>`, `<>`; `>&` only if no descriptor follows.
    #[must_use]
    pub fn writes_file(&self) -> bool {
        match self.operator().as_deref() {
            Some(">" | ">>" | ">|" | "&>" | "&>>" | "<>") => true,
            Some(">&") => self.target().is_some_and(|target| {
                let text = target.text();
                !text.trim_end_matches('-').bytes().all(|b| b.is_ascii_digit())
            }),
            _ => false,
        }
    }
}

impl HereDocument {
    /// The text between the lines, not expanded.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = cook::text(&self.0);
        if let Some(end) = self.terminator() {
            let tabs = tokens(&self.0, SyntaxKind::WHITESPACE).last().map_or(0, |token| token.text().len());
            text.truncate(text.len().saturating_sub(end.text().len() + tabs));
        }
        text
    }

    /// The line that ends it.
    #[must_use]
    pub fn terminator(&self) -> Option<SyntaxToken> {
        tokens(&self.0, SyntaxKind::HEREDOC_END).next()
    }
}

impl Arith {
    /// The variables in it that are written without `$`.
    pub fn names(&self) -> impl Iterator<Item = SyntaxToken> + use<> {
        word::arith_names(&self.0)
    }
}

impl Subshell {
    /// Its commands.
    #[must_use]
    pub fn list(&self) -> Option<List> {
        child(&self.0)
    }
}

impl Group {
    /// Its commands.
    #[must_use]
    pub fn list(&self) -> Option<List> {
        child(&self.0)
    }
}

impl If {
    /// The conditions behind `if` and `elif`.
    pub fn conditions(&self) -> impl Iterator<Item = List> + use<> {
        children(&self.0)
    }

    /// The branches in order: one for each condition, then that of `else`.
    pub fn branches(&self) -> impl Iterator<Item = Branch> + use<> {
        children(&self.0)
    }

    /// The branch of `else`.
    #[must_use]
    pub fn else_branch(&self) -> Option<Branch> {
        self.branches().find(|branch| branch.keyword().as_deref() == Some("else"))
    }
}

impl Branch {
    /// `then`, `else` or `do`; `None` for braces and where the word is missing.
    #[must_use]
    pub fn keyword(&self) -> Option<String> {
        joined(&self.0, SyntaxKind::SH_RESERVED)
    }

    /// Its commands.
    #[must_use]
    pub fn list(&self) -> Option<List> {
        child(&self.0)
    }
}

impl For {
    /// The variable; `None` for `for ((…))`.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        joined(&self.0, SyntaxKind::SH_NAME)
    }

    /// The words behind `in`.
    pub fn words(&self) -> impl Iterator<Item = ShWord> + use<> {
        children(&self.0)
    }

    /// Whether it has `in`; without it the positional parameters are run through.
    #[must_use]
    pub fn has_in(&self) -> bool {
        tokens(&self.0, SyntaxKind::SH_RESERVED).any(|token| token.text() == "in")
    }

    /// The `((…))` behind `for`.
    #[must_use]
    pub fn arith(&self) -> Option<Arith> {
        child(&self.0)
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> Option<Branch> {
        child(&self.0)
    }

    /// Whether it is `select`.
    #[must_use]
    pub fn is_select(&self) -> bool {
        first_reserved(&self.0).is_some_and(|word| word.starts_with('s'))
    }
}

impl While {
    /// What stands before `do`.
    #[must_use]
    pub fn condition(&self) -> Option<List> {
        child(&self.0)
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> Option<Branch> {
        child(&self.0)
    }

    /// Whether it is `until`.
    #[must_use]
    pub fn is_until(&self) -> bool {
        first_reserved(&self.0).is_some_and(|word| word.starts_with('u'))
    }
}

impl Case {
    /// The word that is compared.
    #[must_use]
    pub fn word(&self) -> Option<ShWord> {
        child(&self.0)
    }

    /// The items.
    pub fn items(&self) -> impl Iterator<Item = CaseItem> + use<> {
        children(&self.0)
    }
}

impl CaseItem {
    /// The patterns before `)`.
    pub fn patterns(&self) -> impl Iterator<Item = ShWord> + use<> {
        children(&self.0)
    }

    /// Its commands.
    #[must_use]
    pub fn list(&self) -> Option<List> {
        child(&self.0)
    }
}

impl Cond {
    /// The words, operators left out.
    pub fn words(&self) -> impl Iterator<Item = ShWord> + use<> {
        children(&self.0)
    }

    /// The operators: `-f`, `==`, `=~` ….
    pub fn operators(&self) -> impl Iterator<Item = SyntaxToken> + use<> {
        tokens(&self.0, SyntaxKind::SH_COND_OP)
    }
}

impl Function {
    /// The name.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        joined(&self.0, SyntaxKind::SH_NAME)
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> Option<Statement> {
        child(&self.0)
    }

    /// Whether the word `function` is written.
    #[must_use]
    pub fn has_keyword(&self) -> bool {
        has_token(&self.0, SyntaxKind::SH_RESERVED)
    }
}
