//! A reader for shell text that wants only the programs and words in it, and rather finds too many than too few.

/// One simple command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimpleCommand {
    /// Its words without quotes; `None` where a word has an expansion in it.
    pub words: Vec<Option<String>>,
}

const RESERVED: &[&str] = &[
    "if", "then", "else", "elif", "fi", "do", "done", "while", "until", "case", "esac", "in", "!", "{", "}", "time",
    "[[", "]]", "function", "coproc",
];
/// Commands that run the command after them.
const WRAPPERS: &[&str] = &[
    "exec",
    "command",
    "builtin",
    "sudo",
    "env",
    "nice",
    "ionice",
    "nohup",
    "setsid",
    "stdbuf",
    "timeout",
    "xargs",
    "time",
    "eval",
    "tini",
    "dumb-init",
    "gosu",
    "su-exec",
    "catchsegv",
    "setpriv",
    "chroot",
    "chpst",
    "unshare",
    "s6-setuidgid",
    "catatonit",
    "trap",
];

/// The simple commands of a shell text, in order, those inside substitutions too.
#[must_use]
pub fn commands(text: &str) -> Vec<SimpleCommand> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0, found: Vec::new() };
    reader.list(None, 0);
    reader.found
}

impl SimpleCommand {
    /// The programs it runs: the command itself, and what wrappers before it run.
    #[must_use]
    pub fn programs(&self) -> Vec<&str> {
        let mut programs = Vec::new();
        let mut words = self.words.iter().peekable();
        while let Some(word) = words.next() {
            let Some(word) = word.as_deref() else { break };
            if is_assignment(word) || RESERVED.contains(&word) {
                continue;
            }
            let name = crate::image::file_name(word);
            programs.push(word);
            if !WRAPPERS.contains(&name) {
                break;
            }
            // Options of the wrapper, and the user or number some take first, are skipped by trying every later word.
            while let Some(Some(next)) = words.peek() {
                let skip = next.starts_with('-')
                    || next.starts_with('+')
                    || is_assignment(next)
                    || next.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 's' | 'm'));
                if !skip {
                    break;
                }
                words.next();
            }
            if matches!(name, "gosu" | "su-exec" | "s6-setuidgid" | "chroot") {
                words.next();
            }
        }
        programs
    }

    /// The words after the program.
    pub fn arguments(&self) -> impl Iterator<Item = &str> {
        self.words.iter().skip(1).flatten().map(String::as_str)
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !name.as_bytes()[0].is_ascii_digit()
    })
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    found: Vec<SimpleCommand>,
}

const MAX_DEPTH: usize = 24;

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// Reads commands until the closing character.
    fn list(&mut self, until: Option<char>, depth: usize) {
        let mut command = SimpleCommand::default();
        while let Some(c) = self.peek(0) {
            if Some(c) == until {
                self.at += 1;
                break;
            }
            match c {
                ' ' | '\t' | '\r' => self.at += 1,
                '\\' if self.peek(1) == Some('\n') => self.at += 2,
                '#' => {
                    while self.peek(0).is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                '<' | '>' => {
                    // What follows is a file, not a program; it stays a word.
                    while self.peek(0).is_some_and(|c| matches!(c, '<' | '>' | '&' | '-')) {
                        self.at += 1;
                    }
                    if self.peek(0) == Some('(') {
                        continue;
                    }
                    while self.peek(0).is_some_and(|c| c == ' ') {
                        self.at += 1;
                    }
                }
                '\n' | ';' | '|' | '&' | '(' | ')' => {
                    self.at += 1;
                    self.end(&mut command);
                }
                _ => {
                    let word = self.word(until, depth);
                    // A reserved word starts a new command.
                    if let Some(text) = word.as_deref()
                        && RESERVED.contains(&text)
                    {
                        self.end(&mut command);
                        continue;
                    }
                    command.words.push(word);
                }
            }
        }
        self.end(&mut command);
    }

    fn end(&mut self, command: &mut SimpleCommand) {
        let command = std::mem::take(command);
        if !command.words.is_empty() {
            self.found.push(command);
        }
    }

    /// One word; `None` when it holds an expansion.
    fn word(&mut self, until: Option<char>, depth: usize) -> Option<String> {
        let start = self.at;
        let mut text = String::new();
        let mut expanded = false;
        while let Some(c) = self.peek(0) {
            match c {
                ' ' | '\t' | '\r' | '\n' | ';' | '|' | '&' | '(' | ')' | '<' | '>' => break,
                _ if Some(c) == until => break,
                '\'' => {
                    self.at += 1;
                    while let Some(c) = self.peek(0) {
                        self.at += 1;
                        if c == '\'' {
                            break;
                        }
                        text.push(c);
                    }
                }
                '"' => {
                    self.at += 1;
                    while let Some(c) = self.peek(0) {
                        match c {
                            '"' => {
                                self.at += 1;
                                break;
                            }
                            '\\' => {
                                self.at += 1;
                                if let Some(next) = self.peek(0) {
                                    self.at += 1;
                                    if next != '\n' {
                                        text.push(next);
                                    }
                                }
                            }
                            '$' | '`' => expanded |= self.expansion(&mut text, depth),
                            _ => {
                                self.at += 1;
                                text.push(c);
                            }
                        }
                    }
                }
                '\\' => {
                    self.at += 1;
                    if let Some(next) = self.peek(0) {
                        self.at += 1;
                        if next != '\n' {
                            text.push(next);
                        }
                    }
                }
                '$' | '`' => expanded |= self.expansion(&mut text, depth),
                _ => {
                    self.at += 1;
                    text.push(c);
                }
            }
        }
        if self.at == start {
            self.at += 1;
        }
        (!expanded).then_some(text)
    }

    /// An expansion; commands inside it are read. Says whether it was one.
    fn expansion(&mut self, text: &mut String, depth: usize) -> bool {
        if self.peek(0) == Some('`') {
            self.at += 1;
            if depth < MAX_DEPTH {
                self.list(Some('`'), depth + 1);
            }
            return true;
        }
        self.at += 1;
        match self.peek(0) {
            Some('(') => {
                self.at += 1;
                if depth < MAX_DEPTH {
                    self.list(Some(')'), depth + 1);
                }
                true
            }
            Some('{') => {
                while let Some(c) = self.peek(0) {
                    self.at += 1;
                    if c == '}' {
                        break;
                    }
                }
                true
            }
            Some(c) if c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '*' | '#' | '?' | '$' | '!' | '-') => {
                self.at += 1;
                if c.is_ascii_alphabetic() || c == '_' {
                    while self.peek(0).is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
                        self.at += 1;
                    }
                }
                true
            }
            _ => {
                text.push('$');
                false
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn programs(text: &str) -> Vec<String> {
        commands(text)
            .iter()
            .flat_map(|command| command.programs().into_iter().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }

    #[test]
    fn programs_are_found_wherever_they_stand() {
        assert_eq!(
            programs("cd /x && ./run --flag | tee log; echo \"$(date -u)\""),
            ["cd", "./run", "tee", "date", "echo"]
        );
        assert_eq!(programs("if ! curl -f x; then exit 1; fi"), ["curl", "exit"]);
        assert_eq!(programs("# comment\nA=1 B=2 exec gosu app server \\\n --port 80"), ["exec", "gosu", "server"]);
        assert_eq!(programs("case $1 in start) nginx -g 'daemon off;' ;; esac"), ["start", "nginx"]);
        assert_eq!(programs("x=`git rev-parse HEAD`"), ["git"]);
        assert_eq!(programs("exec \"$@\""), ["exec"]);
    }

    #[test]
    fn any_text_is_read_to_its_end() {
        for text in ["'", "\"$(", "`", "${", "((((", "a\\", "$", "$(`$(`", "<<<", ")"] {
            assert!(commands(text).len() < 9, "{text}");
        }
    }
}
