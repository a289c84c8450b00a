//! Keywords: what they are, which node they open, and what a word that is none may have been meant to be.

use crate::SyntaxKind;

/// Every keyword with the node it opens, sorted.
const KEYWORDS: [(&str, SyntaxKind); 18] = [
    ("ADD", SyntaxKind::ADD),
    ("ARG", SyntaxKind::ARG),
    ("CMD", SyntaxKind::CMD),
    ("COPY", SyntaxKind::COPY),
    ("ENTRYPOINT", SyntaxKind::ENTRYPOINT),
    ("ENV", SyntaxKind::ENV),
    ("EXPOSE", SyntaxKind::EXPOSE),
    ("FROM", SyntaxKind::FROM),
    ("HEALTHCHECK", SyntaxKind::HEALTHCHECK),
    ("LABEL", SyntaxKind::LABEL),
    ("MAINTAINER", SyntaxKind::MAINTAINER),
    ("ONBUILD", SyntaxKind::ONBUILD),
    ("RUN", SyntaxKind::RUN),
    ("SHELL", SyntaxKind::SHELL),
    ("STOPSIGNAL", SyntaxKind::STOPSIGNAL),
    ("USER", SyntaxKind::USER),
    ("VOLUME", SyntaxKind::VOLUME),
    ("WORKDIR", SyntaxKind::WORKDIR),
];

/// How the first word of a logical line is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Head {
    /// A keyword.
    Keyword(SyntaxKind),
    /// A misspelt keyword whose arguments fit the one that was meant.
    Misspelt(SyntaxKind, &'static str),
    /// A keyword with no blank behind it; its length in bytes.
    Glued(SyntaxKind, &'static str, usize),
    /// None; perhaps one is near.
    Unknown(Option<&'static str>),
}

/// The node that a keyword opens, in any case.
pub(crate) fn node_of(word: &str) -> Option<SyntaxKind> {
    KEYWORDS.iter().find(|(keyword, _)| keyword.eq_ignore_ascii_case(word)).map(|&(_, kind)| kind)
}

/// The keyword that opens a node, in upper case.
#[must_use]
pub fn keyword_of(kind: SyntaxKind) -> Option<&'static str> {
    KEYWORDS.iter().find(|&&(_, node)| node == kind).map(|&(keyword, _)| keyword)
}

/// Reads the first word of a logical line, whose remaining text is `args`.
pub(crate) fn head(word: &str, args: &str) -> Head {
    if let Some(kind) = node_of(word) {
        return Head::Keyword(kind);
    }
    let upper = !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase());
    if upper {
        let mut near = KEYWORDS.iter().filter(|(keyword, _)| distance(word, keyword) == 1);
        if let (Some(&(keyword, kind)), None) = (near.next(), near.next())
            && fits(kind, args)
        {
            return Head::Misspelt(kind, keyword);
        }
    }
    for (keyword, kind) in KEYWORDS {
        if let Some(behind) = word.strip_prefix(keyword)
            && behind.starts_with(['[', '"', '\'', '$', '{', '/', '.', '='])
        {
            return Head::Glued(kind, keyword, keyword.len());
        }
    }
    let shouted = word.to_ascii_uppercase();
    let nearest = KEYWORDS
        .iter()
        .map(|&(keyword, _)| (distance(&shouted, keyword), keyword))
        .filter(|&(far, keyword)| far < 3 && far < keyword.len() - 1)
        .min();
    Head::Unknown(nearest.map(|(_, keyword)| keyword))
}

/// Whether `args` has the shape that the instruction's arguments have.
fn fits(kind: SyntaxKind, args: &str) -> bool {
    let words: Vec<&str> = args.split_ascii_whitespace().filter(|word| !word.starts_with("--")).collect();
    match kind {
        SyntaxKind::FROM => words.len() == 1 || (words.len() == 3 && words[1].eq_ignore_ascii_case("as")),
        SyntaxKind::COPY | SyntaxKind::ADD => words.len() >= 2,
        SyntaxKind::ENV | SyntaxKind::LABEL => words.first().is_some_and(|word| word.contains('=')) || words.len() == 2,
        SyntaxKind::EXPOSE => {
            !words.is_empty() && words.iter().all(|word| word.starts_with(|c: char| c.is_ascii_digit() || c == '$'))
        }
        SyntaxKind::USER | SyntaxKind::STOPSIGNAL => words.len() == 1,
        SyntaxKind::SHELL => args.starts_with('['),
        SyntaxKind::HEALTHCHECK => {
            words.first().is_some_and(|word| word.eq_ignore_ascii_case("cmd") || word.eq_ignore_ascii_case("none"))
        }
        SyntaxKind::ONBUILD => words.first().is_some_and(|word| node_of(word).is_some()),
        _ => !words.is_empty(),
    }
}

/// Damerau's distance with neighbours swapped as one edit; anything above 3 counts as far.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(24).collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 3 {
        return 4;
    }
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replace.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        assert_eq!(head("FORM", "alpine"), Head::Misspelt(SyntaxKind::FROM, "FROM"));
        assert_eq!(head("FORM", "a b"), Head::Unknown(Some("FROM")));
        assert_eq!(head("run", "x"), Head::Keyword(SyntaxKind::RUN));
        assert_eq!(head("CMD[\"a\"]", ""), Head::Glued(SyntaxKind::CMD, "CMD", 3));
        assert_eq!(head("COPY./a", "/b"), Head::Glued(SyntaxKind::COPY, "COPY", 4));
        assert_eq!(head("RUNx", "y"), Head::Unknown(Some("RUN")));
        assert_eq!(head("addgroup", "x"), Head::Unknown(None));
        assert_eq!(head("&&", "apt-get"), Head::Unknown(None));
    }
}
