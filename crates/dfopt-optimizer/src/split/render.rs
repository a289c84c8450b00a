//! Instructions as text, in the habits of the file at hand.

use dfopt_semantic::model::Model;
use dfopt_syntax::ast::Instruction;

/// How the file is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    newline: &'static str,
    lower_case: bool,
    escape: char,
}

impl Style {
    /// The habits that most of the file follows.
    pub fn of(model: &Model<'_>) -> Self {
        let text = model.text();
        let crlf = text.matches("\r\n").count();
        let lower = model.steps().iter().filter(|step| starts_lower(&step.ast)).count();
        Style {
            newline: if 2 * crlf > text.matches('\n').count() { "\r\n" } else { "\n" },
            lower_case: 2 * lower > model.steps().len(),
            escape: model.escape(),
        }
    }

    /// The line end.
    pub fn newline(&self) -> &'static str {
        self.newline
    }

    /// A keyword in the file's case.
    pub fn keyword(&self, keyword: &str) -> String {
        if self.lower_case { keyword.to_lowercase() } else { keyword.to_owned() }
    }

    /// One instruction on a line.
    pub fn line(&self, keyword: &str, arguments: &str) -> String {
        format!("{} {arguments}{}", self.keyword(keyword), self.newline)
    }

    /// One instruction whose arguments take a line each.
    pub fn lines(&self, keyword: &str, arguments: &[String]) -> String {
        let joint = format!(" {}{}    ", self.escape, self.newline);
        format!("{} {}{}", self.keyword(keyword), arguments.join(&joint), self.newline)
    }

    /// `COPY --from=stage … sources destination`.
    pub fn copy(&self, stage: &str, flags: &[String], sources: &[String], destination: &str) -> String {
        let mut words = vec![format!("--from={stage}")];
        words.extend(flags.iter().cloned());
        let plain = sources.iter().map(String::as_str).chain([destination]).all(is_plain);
        if plain {
            words.extend(sources.iter().map(|source| escaped(source, true, self.escape)));
            words.push(escaped(destination, false, self.escape));
        } else {
            let sources = sources.iter().map(|source| json(&escaped(source, true, self.escape)));
            let all: Vec<String> = sources.chain([json(&escaped(destination, false, self.escape))]).collect();
            words.push(format!("[{}]", all.join(", ")));
        }
        self.line("COPY", &words.join(" "))
    }
}

fn starts_lower(ast: &Instruction) -> bool {
    ast.keyword_tokens().next().is_some_and(|token| token.text().starts_with(|c: char| c.is_ascii_lowercase()))
}

/// Whether a path can be one word of COPY.
fn is_plain(path: &str) -> bool {
    !path.chars().any(char::is_whitespace) && !path.contains(['"', '\'']) && !path.starts_with('[')
}

/// A path as COPY reads it back: variables, and in sources patterns, protected.
fn escaped(path: &str, is_source: bool, escape: char) -> String {
    let mut text = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '$' => text.extend([escape, '$']),
            c if c == escape => text.extend([escape, escape]),
            '*' | '?' | '[' if is_source => text.extend(['[', c, ']']),
            c => text.push(c),
        }
    }
    text
}

/// A JSON string.
pub(crate) fn json(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => literal.extend(['\\', c]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if u32::from(c) < 0x20 => literal.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_paths_survive_expansion_and_patterns() {
        let style = Style { newline: "\n", lower_case: false, escape: '\\' };
        let copy = |path: &str| style.copy("build", &[], &[path.to_owned()], path);
        assert_eq!(copy("/a/b"), "COPY --from=build /a/b /a/b\n");
        assert_eq!(copy("/a [x]/$y"), "COPY --from=build [\"/a [[]x]/\\\\$y\", \"/a [x]/\\\\$y\"]\n");
    }
}
