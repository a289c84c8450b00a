//! Constructs of the grammar: words, expansions, redirections, compound commands.

use dfopt_syntax::shell::ast::{self as sh, AstNode};
use dfopt_syntax::{SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken, TextRange, TextSize};

use super::Bashism;
use crate::shell::{Tree, without_trivia};

pub(super) fn judge(tree: &Tree, node: &SyntaxNode, found: &mut Vec<Bashism>) {
    let range = node.text_range();
    match node.kind() {
        SyntaxKind::SH_PROCESS_SUBST => found.push(Bashism::new("SC3001", range, "process substitution")),
        SyntaxKind::SH_SINGLE_QUOTED if token(node, SyntaxKind::DOLLAR).is_some() => {
            found.push(Bashism::new("SC3003", range, "`$'…'`"));
        }
        SyntaxKind::SH_DOUBLE_QUOTED if token(node, SyntaxKind::DOLLAR).is_some() => {
            found.push(Bashism::new("SC3004", range, "`$\"…\"`"));
        }
        SyntaxKind::SH_FOR => loops(node, found),
        SyntaxKind::SH_ARITH => {
            if node.parent().is_none_or(|parent| parent.kind() != SyntaxKind::SH_FOR) {
                found.push(Bashism::new("SC3006", range, "`((…))`"));
            }
            arithmetic(node, found);
        }
        SyntaxKind::SH_ARITH_SUBST => {
            old_arithmetic(node, found);
            arithmetic(node, found);
        }
        SyntaxKind::SH_WORD => word(node, found),
        SyntaxKind::SH_COND => {
            let opener = token(node, SyntaxKind::SH_RESERVED).map_or(range, |token| token.text_range());
            found.push(Bashism::new("SC3010", opener, "`[[ … ]]`"));
            let operators = tokens(node).filter(|token| token.kind() == SyntaxKind::SH_COND_OP && token.text() == "=~");
            found.extend(operators.map(|token| Bashism::new("SC3015", token.text_range(), "`=~`")));
            // It goes with the brackets; ShellCheck tells it apart.
            let equal = tokens(node).filter(|token| token.kind() == SyntaxKind::SH_COND_OP && token.text() == "==");
            found.extend(equal.map(|token| {
                let bashism = Bashism::new("SC3014", token.text_range(), "`==` in a test");
                bashism.with(|has| (has.is_told_by_peer_only, has.dash) = (true, true))
            }));
        }
        SyntaxKind::SH_REDIRECT => redirect(node, found),
        SyntaxKind::SH_ASSIGNMENT => append(node, found),
        SyntaxKind::SH_ARRAY => found.push(Bashism::new("SC3030", range, "an array")),
        SyntaxKind::SH_PARAM => param(tree, node, found),
        SyntaxKind::SH_PIPELINE => {
            for token in tokens(node) {
                match (token.kind(), token.text()) {
                    (SyntaxKind::SH_PIPE, "|&") => {
                        found.push(
                            Bashism::new("SC3029", token.text_range(), "`|&`").rewrite(token.text_range(), "2>&1 |"),
                        );
                    }
                    (SyntaxKind::SH_RESERVED, "coproc") => {
                        found.push(Bashism::new("SC3032", token.text_range(), "`coproc`"));
                    }
                    _ => {}
                }
            }
        }
        SyntaxKind::SH_FUNCTION => function(node, found),
        SyntaxKind::SH_COMMAND_SUBST => read_file(node, found),
        _ => {}
    }
}

fn tokens(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> + use<> {
    node.children_with_tokens().filter_map(SyntaxElement::into_token)
}

fn token(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxToken> {
    tokens(node).find(|token| token.kind() == kind)
}

/// `for ((…))`, `select`
fn loops(node: &SyntaxNode, found: &mut Vec<Bashism>) {
    let Some(keyword) = token(node, SyntaxKind::SH_RESERVED) else { return };
    if keyword.text() == "select" {
        found.push(Bashism::new("SC3008", keyword.text_range(), "`select`"));
    } else if node.children().any(|child| child.kind() == SyntaxKind::SH_ARITH) {
        found.push(Bashism::new("SC3005", keyword.text_range(), "`for ((…))`"));
    }
}

/// `++`, `--`, `**`
fn arithmetic(node: &SyntaxNode, found: &mut Vec<Bashism>) {
    for token in tokens(node).filter(|token| token.kind() == SyntaxKind::SH_ARITH_TEXT) {
        let range = token.text_range();
        match token.text() {
            "++" | "--" => found.push(Bashism::new("SC3018", range, format!("`{}`", token.text()))),
            "**" => found.push(Bashism::new("SC3019", range, "`**`")),
            _ => {}
        }
    }
}

/// `$[…]`
fn old_arithmetic(node: &SyntaxNode, found: &mut Vec<Bashism>) {
    let mut delimiters = tokens(node).filter(|token| token.kind() == SyntaxKind::SH_SUBST_DELIM);
    if let (Some(open), Some(close)) = (delimiters.next(), delimiters.next())
        && open.text() == "$["
    {
        let bashism = Bashism::new("SC3007", node.text_range(), "`$[…]`");
        found.push(bashism.rewrite(open.text_range(), "$((").rewrite(close.text_range(), "))"));
    }
}

/// `{a,b}`, `[^a]`
fn word(node: &SyntaxNode, found: &mut Vec<Bashism>) {
    let mut depth = 0usize;
    for token in tokens(node) {
        let range = token.text_range();
        match token.kind() {
            SyntaxKind::SH_BRACE_EXPANSION => {
                let text = token.text();
                if text.len() > 1 || (text == "{" && depth == 0) {
                    let bashism = Bashism::new("SC3009", range, "brace expansion");
                    let whole = (text.len() > 1 && node.text_range() == range).then(|| written_out(text)).flatten();
                    found.push(match whole {
                        Some(words) => bashism.rewrite(range, words),
                        None => bashism,
                    });
                }
                match text {
                    "{" => depth += 1,
                    "}" => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            SyntaxKind::SH_GLOB if token.text().starts_with("[^") => {
                let caret = TextRange::at(range.start() + TextSize::of('['), TextSize::of('^'));
                found.push(Bashism::new("SC3026", range, "`[^…]`").rewrite(caret, "!"));
            }
            _ => {}
        }
    }
}

/// The words of `{a,b}` or `{1..9}`, up to twenty.
fn written_out(text: &str) -> Option<String> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    if inner.contains(['{', '}']) {
        return None;
    }
    let words: Vec<String> = match inner.split_once("..") {
        Some((first, last)) => {
            let (first, last): (i32, i32) = (first.parse().ok()?, last.parse().ok()?);
            if text.contains("{0") || (last - first).unsigned_abs() >= 20 {
                return None;
            }
            if first <= last {
                (first..=last).map(|n| n.to_string()).collect()
            } else {
                (last..=first).rev().map(|n| n.to_string()).collect()
            }
        }
        None => inner.split(',').map(str::to_owned).collect(),
    };
    (words.len() <= 20 && words.iter().all(|word| !word.is_empty())).then(|| words.join(" "))
}

fn redirect(node: &SyntaxNode, found: &mut Vec<Bashism>) {
    let Some(redirect) = sh::Redirect::cast(node.clone()) else { return };
    let Some(operator) = redirect.operator() else { return };
    let mark = token(node, SyntaxKind::SH_REDIRECT_OP).map_or(node.text_range(), |token| token.text_range());
    let target = redirect.target();
    let text = target.as_ref().map(|target| target.text()).unwrap_or_default();
    let is_fd = text == "-" || text.trim_end_matches('-').chars().all(|c| c.is_ascii_digit()) || text.starts_with('$');
    let whole = node.text_range();
    match operator.as_str() {
        "<<<" => found.push(Bashism::new("SC3011", mark, "`<<<`")),
        "&>" => found.push(Bashism::new("SC3020", mark, "`&>`").rewrite(whole, format!("> {text} 2>&1"))),
        "&>>" => {
            // ShellCheck does not mind it.
            let bashism = Bashism::new("SC3020", mark, "`&>>`").rewrite(whole, format!(">> {text} 2>&1"));
            found.push(bashism.with(|has| (has.peer_posix, has.peer_dash, has.peer_ash) = (true, true, true)));
        }
        ">&" if !is_fd => {
            found.push(Bashism::new("SC3021", mark, "`>&` with a file").rewrite(whole, format!("> {text} 2>&1")));
        }
        _ => {}
    }
    let number = redirect.fd().unwrap_or_default();
    if number.starts_with('{') {
        found.push(Bashism::new("SC3022", node.text_range(), "a named file descriptor"));
    } else if number.len() > 1 {
        found.push(Bashism::new("SC3023", node.text_range(), "a file descriptor above 9"));
    }
    if text.starts_with("/dev/tcp/") || text.starts_with("/dev/udp/") {
        let range = target.as_ref().map_or(whole, |target| target.range());
        found.push(Bashism::new("SC3025", range, "`/dev/tcp`"));
    }
    let has_glob = target.is_some_and(|target| target.parts().any(|part| matches!(part, sh::WordPart::Glob(_))));
    if has_glob && operator.contains('>') {
        found.push(Bashism::new("SC3031", node.text_range(), "output to a pattern"));
    }
}

/// `v+=x`
fn append(node: &SyntaxNode, found: &mut Vec<Bashism>) {
    let Some(assignment) = sh::Assignment::cast(node.clone()).filter(sh::Assignment::is_append) else { return };
    let Some(name) = assignment.name() else { return };
    let range = TextRange::at(node.text_range().start(), TextSize::of(name.as_str()));
    let operator = assignment.operator().map_or(range, |operator| operator.text_range());
    let bashism = Bashism::new("SC3024", range, "`+=`");
    let is_word = assignment.array().is_none() && !assignment.has_subscript();
    found.push(if is_word { bashism.rewrite(operator, format!("=\"${{{name}}}\"")) } else { bashism });
}

fn param(tree: &Tree, node: &SyntaxNode, found: &mut Vec<Bashism>) {
    let Some(param) = sh::Param::cast(node.clone()) else { return };
    let Some(name) = param.name() else { return };
    let range = node.text_range();
    let operator = param.operator().unwrap_or_default();
    let is_indirect = param.prefix().is_some_and(|prefix| prefix.text() == "!");
    if is_indirect {
        let code = if param.has_subscript() {
            "SC3055"
        } else if matches!(operator.as_str(), "*" | "@") {
            "SC3056"
        } else {
            "SC3053"
        };
        found.push(Bashism::new(code, range, "`${!…}`"));
        return;
    }
    if param.has_subscript() {
        found.push(Bashism::new("SC3054", range, "an element of an array"));
    }
    let is_list = matches!(name.as_str(), "@" | "*");
    match operator.as_str() {
        ":" if is_list => found.push(Bashism::new("SC3058", range, "`${@:…}`")),
        ":" => found.push(Bashism::new("SC3057", range, "`${v:…}`")),
        "^" | "^^" | "," | ",," => found.push(Bashism::new("SC3059", range, "a change of case")),
        "/" | "//" | "/#" | "/%" => found.push(Bashism::new("SC3060", range, "`${v/…}`")),
        _ => {}
    }
    const OWN: [&str; 16] = [
        "RANDOM",
        "UID",
        "EUID",
        "SECONDS",
        "PIPESTATUS",
        "FUNCNAME",
        "OSTYPE",
        "HOSTNAME",
        "DIRSTACK",
        "HOSTTYPE",
        "MACHTYPE",
        "GROUPS",
        "SHLVL",
        "BASHPID",
        "SHELLOPTS",
        "EPOCHSECONDS",
    ];
    let is_own = OWN.contains(&name.as_str()) || name.starts_with("BASH_") && name != "BASH_VERSION";
    if is_own && !tree.names().assigns(&name) && !tree.given.contains_key(&name) {
        let has = matches!(name.as_str(), "RANDOM" | "HOSTNAME");
        found.push(Bashism::new("SC3028", range, format!("`{name}`")).with(|shells| shells.ash = has));
    }
}

fn function(node: &SyntaxNode, found: &mut Vec<Bashism>) {
    let Some(function) = sh::Function::cast(node.clone()) else { return };
    let Some(name) = token(node, SyntaxKind::SH_NAME) else { return };
    if let Some(keyword) = token(node, SyntaxKind::SH_RESERVED).filter(|_| function.has_keyword()) {
        let has_parens = token(node, SyntaxKind::SH_L_PAREN).is_some();
        let lead = TextRange::new(keyword.text_range().start(), name.text_range().start());
        let bashism = Bashism::new(if has_parens { "SC2112" } else { "SC2113" }, keyword.text_range(), "`function`");
        let bashism = bashism.rewrite(lead, "");
        let behind = TextRange::empty(name.text_range().end());
        found.push(if has_parens { bashism } else { bashism.rewrite(behind, "()") });
    }
    let is_plain = name.text().chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
    if !is_plain {
        found.push(Bashism::new("SC3033", name.text_range(), "a function name with other characters than letters"));
    }
}

/// `$(<file)`
fn read_file(node: &SyntaxNode, found: &mut Vec<Bashism>) {
    let Some(subst) = sh::CommandSubst::cast(node.clone()) else { return };
    let Some(list) = subst.list() else { return };
    let children: Vec<SyntaxNode> = list.syntax().children().collect();
    let [only] = children.as_slice() else { return };
    let Some(command) = sh::Command::cast(only.clone()) else { return };
    let redirects: Vec<sh::Redirect> = command.redirects().collect();
    let [redirect] = redirects.as_slice() else { return };
    let is_read = redirect.operator().as_deref() == Some("<") && redirect.fd().is_none();
    if !is_read || command.words().next().is_some() || command.assignments().next().is_some() {
        return;
    }
    let code = if subst.is_backtick() { "SC3035" } else { "SC3034" };
    let bashism = Bashism::new(code, node.text_range(), "`$(<file)`");
    let target = redirect.target().map(|target| target.text()).unwrap_or_default();
    debug_assert!(!without_trivia(node).is_empty());
    found.push(bashism.rewrite(redirect.syntax().text_range(), format!("cat {target}")));
}
