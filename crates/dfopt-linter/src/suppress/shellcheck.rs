//! `# shellcheck disable=SC2086[,SC2046…]` in the script of a heredoc: for the next command, or for the script when it is first.

use dfopt_syntax::ast::AstNode;
use dfopt_syntax::shell::ast::Script;
use dfopt_syntax::{SyntaxElement, SyntaxKind, SyntaxToken, TextRange};

use super::comments::{Comment, Position};
use super::reader::Reader;
use super::{Found, Name, Names, Origin, Reach, Suppression};
use crate::SuppressionForm;

pub(super) fn collect(comments: &[Comment], found: &mut Found) {
    for comment in comments {
        let Position::Script { token, .. } = &comment.position else { continue };
        let (codes, reason) = parse(comment);
        let Some(reach) = reach(token).filter(|_| !codes.is_empty()) else { continue };
        let all = codes.iter().find(|code| code.text == "all").map(|code| code.range);
        found.suppressions.push(Suppression {
            form: SuppressionForm::Shellcheck,
            range: comment.range,
            origin: Origin::Comment,
            reach: Reach::Places(vec![reach]),
            names: all.map_or(Names::These(codes), Names::AllOfShellcheck),
            reason,
            until: None,
        });
    }
}

/// The codes behind `disable=`, and the text behind a second `#`.
fn parse(comment: &Comment) -> (Vec<Name>, Option<String>) {
    let mut reader = Reader::new(comment);
    let mut codes = Vec::new();
    if !reader.take("shellcheck") {
        return (codes, None);
    }
    while reader.blanks() && !reader.rest().starts_with('#') {
        let is_disable = reader.take("disable=");
        loop {
            let code = reader.word(|c| !c.is_whitespace() && c != ',');
            codes.extend(Some(code).filter(|code| is_disable && !code.text.is_empty()));
            if !reader.take(",") {
                break;
            }
        }
    }
    let reason = reader.rest().strip_prefix('#').map(str::trim).filter(|reason| !reason.is_empty());
    (codes, reason.map(str::to_owned))
}

/// The next command, or the script.
fn reach(token: &SyntaxToken) -> Option<TextRange> {
    let script = token.parent_ancestors().find_map(Script::cast)?;
    let list = token.parent()?;
    let before =
        list.children_with_tokens().take_while(|element| element.text_range().start() < token.text_range().start());
    let is_first = !before.into_iter().any(|element| matches!(element, SyntaxElement::Node(_)));
    if is_first && list.parent().as_ref() == Some(script.syntax()) {
        return Some(script.syntax().text_range());
    }
    let behind = std::iter::successors(token.next_sibling_or_token(), SyntaxElement::next_sibling_or_token);
    behind
        .filter_map(SyntaxElement::into_node)
        .find(|node| node.kind() != SyntaxKind::SH_HEREDOC)
        .map(|node| node.text_range())
}

/// Whether `name`, a code, a bare number or a range of codes, stands for `code`.
pub(super) fn is_code(name: &str, code: &str) -> bool {
    let number = |text: &str| text.strip_prefix("SC").unwrap_or(text).parse::<u32>().ok();
    let Some(code) = code.strip_prefix("SC").and_then(number) else { return false };
    match name.split_once('-') {
        Some((first, last)) => number(first) <= Some(code) && number(last) >= Some(code) && number(first).is_some(),
        None => number(name) == Some(code),
    }
}
