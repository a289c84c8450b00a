//! Walks over shell trees: all simple commands with what decides whether they run, here-documents, variables.

use std::collections::VecDeque;

use rowan::WalkEvent;

use super::ast::{Command, HereDocument, Param, Redirect};
use crate::{SyntaxElement, SyntaxKind, SyntaxNode, ast::AstNode};

/// Whether the commands inside `$(…)`, `` `…` `` and `<(…)` are visited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Substitutions {
    /// They are left out.
    Skip,
    /// They come right before the command whose word they stand in.
    Enter,
}

/// What stands between a command and the one before it in the same list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Connector {
    /// Nothing: it is the first of its list.
    #[default]
    Start,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `;`
    Semi,
    /// A newline.
    Newline,
    /// `|`
    Pipe,
    /// `&`
    Background,
}

/// The construct around a command that is nearest to it. Groups do not count, since they change nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Enclosing {
    /// None.
    #[default]
    Script,
    /// A branch of `if`, or an item of `case`.
    Branch,
    /// The body or the condition of a loop.
    Loop,
    /// A function, whose body runs when it is called.
    Function,
    /// `( … )`
    Subshell,
    /// `$(…)`, `` `…` `` or `<(…)`
    Substitution,
}

/// Where a simple command stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CommandContext {
    /// What connects it, or the construct it begins, with what comes before.
    pub connector: Connector,
    /// The construct around it.
    pub enclosing: Enclosing,
    /// Whether it may be left out, whatever the status of the commands before: it stands in a branch, a loop's body, a
    /// function, or somewhere behind `||`.
    pub conditional: bool,
    /// Whether it stands in the condition of `if`, `while` or `until`.
    pub in_condition: bool,
    /// Whether `!` turns its status around.
    pub negated: bool,
    /// Whether a failure is looked at, so that `set -e` does not end the script: in a condition, before `&&` or `||`, or
    /// behind `!`.
    pub status_tested: bool,
    /// Whether it runs in a process of its own, so that `cd`, variables and functions are gone behind it: in a subshell or
    /// substitution, in the background, or in a pipeline of several commands.
    pub in_child: bool,
    /// Its place in the pipeline, from 0.
    pub pipeline_index: usize,
    /// How many commands the pipeline has.
    pub pipeline_len: usize,
}

/// Every simple command below `node` in reading order.
pub(super) fn commands(node: &SyntaxNode, substitutions: Substitutions) -> Vec<(Command, CommandContext)> {
    let mut walk = Walk { substitutions, found: Vec::new() };
    let context = CommandContext { pipeline_len: 1, ..CommandContext::default() };
    match node.kind() {
        SyntaxKind::SH_LIST => walk.list(node, &context),
        _ => walk.children(node, &context),
    }
    walk.found
}

struct Walk {
    substitutions: Substitutions,
    found: Vec<(Command, CommandContext)>,
}

impl Walk {
    /// `a; b & c`
    fn list(&mut self, list: &SyntaxNode, around: &CommandContext) {
        let mut connector = around.connector;
        let elements: Vec<SyntaxElement> = list.children_with_tokens().collect();
        for (i, element) in elements.iter().enumerate() {
            match element {
                SyntaxElement::Node(node) => {
                    let behind = elements.iter().skip(i + 1).find(|element| is_separator(element.kind()));
                    let background = behind.is_some_and(|element| element.kind() == SyntaxKind::SH_AMP);
                    let context =
                        CommandContext { connector, in_child: around.in_child || background, ..around.clone() };
                    self.statement(node, &context);
                }
                SyntaxElement::Token(token) => match token.kind() {
                    SyntaxKind::SH_SEMI => connector = Connector::Semi,
                    SyntaxKind::SH_AMP => connector = Connector::Background,
                    SyntaxKind::SH_NEWLINE if !is_first(&elements, i) => connector = Connector::Newline,
                    _ => {}
                },
            }
        }
    }

    fn statement(&mut self, node: &SyntaxNode, context: &CommandContext) {
        match node.kind() {
            SyntaxKind::SH_AND_OR => self.and_or(node, context),
            SyntaxKind::SH_PIPELINE => self.pipeline(node, context),
            SyntaxKind::SH_COMMAND => self.command(node, context),
            _ => self.compound(node, context),
        }
    }

    fn and_or(&mut self, node: &SyntaxNode, context: &CommandContext) {
        let mut connector = context.connector;
        let mut conditional = context.conditional;
        let mut left = node.children().count();
        for element in node.children_with_tokens() {
            match element {
                SyntaxElement::Node(node) => {
                    left -= 1;
                    let status_tested = context.status_tested || left > 0;
                    self.statement(&node, &CommandContext { connector, conditional, status_tested, ..context.clone() });
                }
                SyntaxElement::Token(token) if token.kind() == SyntaxKind::SH_AND_IF => connector = Connector::And,
                SyntaxElement::Token(token) if token.kind() == SyntaxKind::SH_OR_IF => {
                    connector = Connector::Or;
                    conditional = true;
                }
                SyntaxElement::Token(_) => {}
            }
        }
    }

    fn pipeline(&mut self, node: &SyntaxNode, context: &CommandContext) {
        let negated = super::ast::Pipeline::cast(node.clone()).is_some_and(|pipeline| pipeline.is_negated());
        let parts: Vec<SyntaxNode> = node.children().filter(|node| node.kind() != SyntaxKind::SH_WORD).collect();
        for (index, part) in parts.iter().enumerate() {
            let context = CommandContext {
                connector: if index == 0 { context.connector } else { Connector::Pipe },
                negated: context.negated != negated,
                status_tested: context.status_tested || negated,
                in_child: context.in_child || parts.len() > 1,
                pipeline_index: index,
                pipeline_len: parts.len(),
                ..context.clone()
            };
            self.statement(part, &context);
        }
    }

    fn command(&mut self, node: &SyntaxNode, context: &CommandContext) {
        self.words(node, context);
        if let Some(command) = Command::cast(node.clone()) {
            self.found.push((command, context.clone()));
        }
    }

    /// Anything with lists in it.
    fn compound(&mut self, node: &SyntaxNode, around: &CommandContext) {
        let kind = node.kind();
        let inner = CommandContext { pipeline_index: 0, pipeline_len: 1, ..around.clone() };
        for (i, child) in node.children().enumerate() {
            let connector = if i == 0 { around.connector } else { Connector::Start };
            let start = CommandContext { connector, ..inner.clone() };
            match (kind, child.kind()) {
                (SyntaxKind::SH_IF, SyntaxKind::SH_LIST) => {
                    let conditional = around.conditional || i > 0;
                    let context = CommandContext { in_condition: true, status_tested: true, conditional, ..start };
                    self.list(&child, &context);
                }
                (SyntaxKind::SH_WHILE, SyntaxKind::SH_LIST) => {
                    let context =
                        CommandContext { in_condition: true, status_tested: true, enclosing: Enclosing::Loop, ..start };
                    self.list(&child, &context);
                }
                (SyntaxKind::SH_IF, SyntaxKind::SH_BRANCH) | (SyntaxKind::SH_CASE, SyntaxKind::SH_CASE_ITEM) => {
                    let context = CommandContext { enclosing: Enclosing::Branch, conditional: true, ..start };
                    self.children(&child, &CommandContext { connector: Connector::Start, ..context });
                }
                (SyntaxKind::SH_WHILE | SyntaxKind::SH_FOR, SyntaxKind::SH_BRANCH) => {
                    let context = CommandContext { enclosing: Enclosing::Loop, conditional: true, ..start };
                    self.children(&child, &CommandContext { connector: Connector::Start, ..context });
                }
                (SyntaxKind::SH_SUBSHELL, SyntaxKind::SH_LIST) => {
                    self.list(&child, &CommandContext { enclosing: Enclosing::Subshell, in_child: true, ..start });
                }
                (SyntaxKind::SH_FUNCTION, _) => {
                    let context = CommandContext {
                        enclosing: Enclosing::Function,
                        conditional: true,
                        connector: Connector::Start,
                        in_condition: false,
                        negated: false,
                        status_tested: false,
                        in_child: false,
                        ..inner.clone()
                    };
                    self.statement(&child, &context);
                }
                (_, SyntaxKind::SH_LIST) => self.list(&child, &start),
                _ => self.words(&child, around),
            }
        }
    }

    /// The lists of a branch, and the words beside them.
    fn children(&mut self, node: &SyntaxNode, context: &CommandContext) {
        for child in node.children() {
            match child.kind() {
                SyntaxKind::SH_LIST => self.list(&child, context),
                _ => self.words(&child, context),
            }
        }
    }

    /// The substitutions in words, at any depth.
    fn words(&mut self, node: &SyntaxNode, around: &CommandContext) {
        if self.substitutions == Substitutions::Skip {
            return;
        }
        match node.kind() {
            SyntaxKind::SH_COMMAND_SUBST | SyntaxKind::SH_PROCESS_SUBST => {
                let context = CommandContext {
                    connector: Connector::Start,
                    enclosing: Enclosing::Substitution,
                    conditional: around.conditional,
                    in_child: true,
                    pipeline_len: 1,
                    ..CommandContext::default()
                };
                self.children(node, &context);
            }
            SyntaxKind::SH_LIST => self.list(node, around),
            _ => {
                for child in node.children() {
                    self.words(&child, around);
                }
            }
        }
    }
}

fn is_separator(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::SH_SEMI | SyntaxKind::SH_AMP | SyntaxKind::SH_NEWLINE)
}

/// Whether no statement stands before the element, or a separator stands between it and the last one.
fn is_first(elements: &[SyntaxElement], i: usize) -> bool {
    let before = elements.iter().take(i).rev();
    let last = before.into_iter().find(|element| match element {
        SyntaxElement::Node(node) => node.kind() != SyntaxKind::SH_HEREDOC,
        SyntaxElement::Token(token) => matches!(token.kind(), SyntaxKind::SH_SEMI | SyntaxKind::SH_AMP),
    });
    !matches!(last, Some(SyntaxElement::Node(_)))
}

/// Here-documents with their bodies, which come in the order of the operators. A substitution and a body have an order of
/// their own; what a substitution leaves open comes behind its line.
pub(super) fn here_documents(node: &SyntaxNode) -> Vec<(Redirect, Option<HereDocument>)> {
    let mut found: Vec<(Redirect, Option<HereDocument>)> = Vec::new();
    let mut waiting = vec![VecDeque::new()];
    for event in node.preorder() {
        match event {
            WalkEvent::Enter(node) => match node.kind() {
                SyntaxKind::SH_REDIRECT => {
                    let Some(redirect) = Redirect::cast(node).filter(Redirect::is_here_document) else { continue };
                    if let Some(queue) = waiting.last_mut().filter(|_| redirect.target().is_some()) {
                        queue.push_back(found.len());
                        found.push((redirect, None));
                    }
                }
                SyntaxKind::SH_HEREDOC => {
                    let next = waiting.last_mut().and_then(VecDeque::pop_front);
                    if let Some((_, body)) = next.and_then(|i| found.get_mut(i)) {
                        *body = HereDocument::cast(node);
                    }
                    waiting.push(VecDeque::new());
                }
                SyntaxKind::SH_COMMAND_SUBST | SyntaxKind::SH_PROCESS_SUBST => waiting.push(VecDeque::new()),
                _ => {}
            },
            WalkEvent::Leave(node) => match node.kind() {
                SyntaxKind::SH_HEREDOC => {
                    waiting.pop();
                }
                SyntaxKind::SH_COMMAND_SUBST | SyntaxKind::SH_PROCESS_SUBST => {
                    let left = waiting.pop().unwrap_or_default();
                    if let Some(queue) = waiting.last_mut() {
                        queue.extend(left);
                    }
                }
                _ => {}
            },
        }
    }
    found
}

/// The variables below `node`, but not those in the commands of a substitution.
pub(super) fn params(node: &SyntaxNode) -> Vec<Param> {
    let mut found = Vec::new();
    collect_params(node, &mut found);
    found
}

fn collect_params(node: &SyntaxNode, found: &mut Vec<Param>) {
    for child in node.children() {
        if let Some(param) = Param::cast(child.clone()) {
            found.push(param);
        }
        if !matches!(child.kind(), SyntaxKind::SH_COMMAND_SUBST | SyntaxKind::SH_PROCESS_SUBST) {
            collect_params(&child, found);
        }
    }
}

/// The nodes of a type below `node` that stand in no other one of it.
pub(super) fn outermost<N: AstNode>(node: &SyntaxNode) -> Vec<N> {
    let mut found = Vec::new();
    collect_outermost(node, &mut found);
    found
}

fn collect_outermost<N: AstNode>(node: &SyntaxNode, found: &mut Vec<N>) {
    for child in node.children() {
        match N::cast(child.clone()) {
            Some(view) => found.push(view),
            None => collect_outermost(&child, found),
        }
    }
}
