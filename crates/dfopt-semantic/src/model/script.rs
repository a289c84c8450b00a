//! From trees of shell text to the flat list of commands that everything about commands is said of.

use std::collections::BTreeSet;

use dfopt_syntax::ast::{AstNode, CommandForm, Heredoc, Instruction, JsonArray};
use dfopt_syntax::shell::ast as sh;
use dfopt_syntax::shell::parse_script;
use dfopt_syntax::{LogicalText, SyntaxKind, SyntaxNode};

use super::{Shell, Step};
use crate::command::{
    Command, Connector, Dialect, Invocation, Nesting, Redirect, RedirectOp, Script, ShellOptions, Word,
};

/// Deepest script in a script that is read.
const MAX_DEPTH: usize = 4;

/// Where a script's text stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScriptSource {
    /// Shell form.
    Text,
    /// The body of a heredoc that is the whole of a RUN.
    Heredoc,
    /// A JSON array: one command, its words as they are.
    Exec,
    /// A string that another command hands to a shell, or a heredoc that a shell reads.
    Inner,
}

/// The commands of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellScript {
    /// The commands, in reading order.
    pub script: Script,
    /// Where the text stands.
    pub source: ScriptSource,
    /// Scripts inside commands of this one (`sh -c '…'`, `bash <<E`), with the number of the command.
    pub inner: Vec<(usize, ShellScript)>,
}

impl ShellScript {
    /// This script and those inside, outer first.
    pub fn all(&self) -> impl Iterator<Item = &Script> + '_ {
        let mut stack = vec![self];
        std::iter::from_fn(move || {
            let next = stack.pop()?;
            stack.extend(next.inner.iter().rev().map(|(_, script)| script));
            Some(&next.script)
        })
    }

    /// Every command of this script and those inside, a command before the script in it.
    #[must_use]
    pub fn invocations(&self) -> Vec<&Invocation> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect<'s>(&'s self, found: &mut Vec<&'s Invocation>) {
        for (at, invocation) in self.script.invocations.iter().enumerate() {
            found.push(invocation);
            for (_, inner) in self.inner.iter().filter(|(outer, _)| *outer == at) {
                inner.collect(found);
            }
        }
    }
}

/// The commands of an instruction, if it has any that can be read.
pub(super) fn of_step(step: &Step) -> Option<ShellScript> {
    of_instruction(&step.ast, &step.shell)
}

fn of_instruction(ast: &Instruction, shell: &Shell) -> Option<ShellScript> {
    if let Instruction::Onbuild(onbuild) = ast {
        return of_instruction(&onbuild.trigger()?, shell);
    }
    match ast.command()? {
        CommandForm::Exec(json) => Some(of_exec(&json)),
        CommandForm::Shell(node) => {
            let (dialect, options) = of_shell(shell);
            let heredocs: Vec<Heredoc> = ast.heredocs().collect();
            if let [heredoc] = heredocs.as_slice()
                && is_only_heredoc(&node)
            {
                let body = heredoc.text();
                let dialect =
                    body.strip_prefix("#!").map_or(dialect, |line| of_shebang(line.lines().next().unwrap_or_default()));
                let node = heredoc.shell_text()?;
                return Some(of_node(&node, dialect, options, ScriptSource::Heredoc, &identity, 0));
            }
            let mut script = of_node(&node, dialect, options, ScriptSource::Text, &identity, 0);
            if let [heredoc] = heredocs.as_slice()
                && let Some(body) = heredoc.shell_text()
                && let Some(reader) = script.script.invocations.iter().rposition(reads_heredoc)
            {
                let dialect =
                    script.script.invocations[reader].words.first().and_then(Word::text).and_then(Dialect::of_program);
                let dialect = dialect.unwrap_or_default();
                let inner = of_node(&body, dialect, ShellOptions::default(), ScriptSource::Inner, &identity, 1);
                script.inner.push((reader, inner));
            }
            Some(script)
        }
    }
}

fn identity(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn reads_heredoc(invocation: &Invocation) -> bool {
    invocation.redirects.iter().any(|redirect| redirect.op == RedirectOp::HereDocument)
}

/// Whether a command text is nothing but one heredoc.
fn is_only_heredoc(node: &SyntaxNode) -> bool {
    let Some(script) = sh::Script::cast(node.clone()) else { return false };
    let commands: Vec<_> = script.commands(sh::Substitutions::Skip).collect();
    let [(command, _)] = commands.as_slice() else { return false };
    let mut redirects = command.redirects();
    let heredoc = redirects.next().is_some_and(|redirect| redirect.is_here_document());
    heredoc
        && redirects.next().is_none()
        && command.words().next().is_none()
        && command.assignments().next().is_none()
        && script.comments().next().is_none()
}

/// The dialect and the options of a shell's arguments.
fn of_shell(shell: &Shell) -> (Dialect, ShellOptions) {
    let dialect = shell.argv.first().and_then(|program| Dialect::of_program(program)).unwrap_or(Dialect::Opaque);
    let mut options = ShellOptions::default();
    let mut args = shell.argv.iter().skip(1);
    while let Some(arg) = args.next() {
        let Some(letters) = arg.strip_prefix('-') else { continue };
        options.errexit |= letters.contains('e') && !letters.starts_with('-');
        if letters.ends_with('o') {
            match args.next().map(String::as_str) {
                Some("pipefail") => options.pipefail = true,
                Some("errexit") => options.errexit = true,
                _ => {}
            }
        }
    }
    (dialect, options)
}

fn of_shebang(line: &str) -> Dialect {
    let mut words = line.split_ascii_whitespace();
    let first = words.next().unwrap_or_default();
    let program = match first.rsplit('/').next() {
        Some("env" | "busybox") => words.find(|word| !word.starts_with('-') && !word.contains('=')).unwrap_or_default(),
        _ => first,
    };
    Dialect::of_program(program).unwrap_or(Dialect::Opaque)
}

/// One command whose words are strings.
fn of_exec(json: &JsonArray) -> ShellScript {
    let strings: Vec<_> = json.strings().collect();
    let words: Vec<Word> = strings
        .iter()
        .map(|string| {
            let range = string.range();
            Word {
                value: Some(string.value().into()),
                raw: string.value().into(),
                range: range.start().into()..range.end().into(),
            }
        })
        .collect();
    let invocation = Invocation::simple(words, Connector::Start);
    let mut inner = Vec::new();
    if let Some(command) = Command::of(&invocation)
        && let Some(called) = command.inline_script()
        && let Some(at) = invocation.words.iter().position(|word| std::ptr::eq(word, called.word))
        && let Some(string) = strings.get(at)
    {
        let (text, place) = string.value_with_places();
        let place = move |at: usize| u32::from(place(at));
        let dialect = called.dialect.unwrap_or_default();
        inner.push((0, of_text(&text, dialect, called.options, &place, 1)));
    }
    let script =
        Script { invocations: vec![invocation], complete: json.others().next().is_none(), ..Script::default() };
    ShellScript { script, source: ScriptSource::Exec, inner }
}

/// The commands of a file's text, whose places are not in the Dockerfile.
pub(super) fn read(text: &str) -> Vec<Invocation> {
    let script = of_text(text, Dialect::default(), ShellOptions::default(), &|_| 0, 1);
    script.invocations().into_iter().cloned().collect()
}

/// A script in a string whose bytes stand at `place`.
fn of_text(
    text: &str,
    dialect: Dialect,
    options: ShellOptions,
    place: &dyn Fn(usize) -> u32,
    depth: usize,
) -> ShellScript {
    let parsed = parse_script(text);
    let mut script = of_node(&parsed.root, dialect, options, ScriptSource::Inner, place, depth);
    script.script.complete &= parsed.errors.is_empty();
    script
}

fn of_node(
    node: &SyntaxNode,
    dialect: Dialect,
    options: ShellOptions,
    source: ScriptSource,
    place: &dyn Fn(usize) -> u32,
    depth: usize,
) -> ShellScript {
    let mut script = Script { dialect, options, complete: dialect.is_posix_like(), ..Script::default() };
    let mut inner = Vec::new();
    if let Some(tree) = sh::Script::cast(node.clone()) {
        for (command, context) in tree.commands(sh::Substitutions::Enter) {
            script.invocations.push(invocation(&command, &context, place));
        }
        script.complete &= !node.descendants().any(|node| node.kind() == SyntaxKind::SH_ERROR);
        names(node, &mut script);
    } else {
        script.complete = false;
    }
    if depth < MAX_DEPTH {
        for (at, invocation) in script.invocations.iter().enumerate() {
            inner.extend(inline(invocation, node, place, depth).map(|found| (at, found)));
        }
    }
    ShellScript { script, source, inner }
}

/// The script that a command hands to a shell in a static word.
fn inline(
    invocation: &Invocation,
    node: &SyntaxNode,
    outer: &dyn Fn(usize) -> u32,
    depth: usize,
) -> Option<ShellScript> {
    let command = Command::of(invocation)?;
    let called = command.inline_script()?;
    let text = called.word.text()?;
    // The word is one quoted string, or bare: its text stands in the file byte for byte but for continuations and comments, or the
    // places are only roughly known.
    let raw = &*called.word.raw;
    let lead = usize::from(raw.starts_with(['\'', '"']));
    let (start, end) = (called.word.range.start, called.word.range.end);
    let is_verbatim = raw.get(lead..raw.len() - lead) == Some(text);
    let is_cut = called.word.range.len() != raw.len();
    let logical = (is_verbatim && is_cut)
        .then(|| {
            node.descendants().filter_map(sh::ShWord::cast).find(|word| outer(word.range().start().into()) == start)
        })
        .flatten()
        .map(|word| LogicalText::of(word.syntax()))
        .filter(|logical| logical.as_str() == raw);
    let place = move |at: usize| match &logical {
        Some(logical) => outer(logical.file_offset(lead + at).into()),
        None if is_verbatim && !is_cut => start.saturating_add(identity(lead + at)),
        None => start.saturating_add(identity(lead + at)).min(end),
    };
    Some(of_text(text, called.dialect.unwrap_or_default(), called.options, &place, depth + 1))
}

fn invocation(command: &sh::Command, context: &sh::CommandContext, place: &dyn Fn(usize) -> u32) -> Invocation {
    let node = command.syntax();
    let mut redirects: Vec<Redirect> = command.redirects().filter_map(|found| redirect(&found, place)).collect();
    let mut subshells = Vec::new();
    for ancestor in node.ancestors().skip(1) {
        redirects
            .extend(ancestor.children().filter_map(sh::Redirect::cast).filter_map(|found| redirect(&found, place)));
        let is_process = match ancestor.kind() {
            SyntaxKind::SH_SUBSHELL | SyntaxKind::SH_COMMAND_SUBST | SyntaxKind::SH_PROCESS_SUBST => true,
            _ => {
                ancestor.parent().is_some_and(|parent| parent.kind() == SyntaxKind::SH_PIPELINE && has_several(&parent))
            }
        };
        if is_process {
            subshells.push(place(ancestor.text_range().start().into()));
        }
    }
    if node.parent().is_some_and(|parent| parent.kind() == SyntaxKind::SH_PIPELINE && has_several(&parent)) {
        subshells.insert(0, place(node.text_range().start().into()));
    }
    subshells.reverse();
    Invocation {
        assignments: command.assignments().filter_map(|assignment| assigned(&assignment, place)).collect(),
        words: command.words().map(|found| word(&found, place)).collect(),
        redirects,
        connector_before: match context.connector {
            sh::Connector::Start => Connector::Start,
            sh::Connector::And => Connector::And,
            sh::Connector::Or => Connector::Or,
            sh::Connector::Semi => Connector::Semi,
            sh::Connector::Newline => Connector::Newline,
            sh::Connector::Pipe => Connector::Pipe,
            sh::Connector::Background => Connector::Background,
        },
        nesting: match context.enclosing {
            sh::Enclosing::Branch => Nesting::Conditional,
            sh::Enclosing::Loop => Nesting::Loop,
            sh::Enclosing::Function => Nesting::Function,
            sh::Enclosing::Substitution => Nesting::Substitution,
            sh::Enclosing::Script | sh::Enclosing::Subshell if context.conditional || context.negated => {
                Nesting::Conditional
            }
            sh::Enclosing::Script | sh::Enclosing::Subshell => Nesting::Always,
        },
        subshells,
    }
}

fn has_several(pipeline: &SyntaxNode) -> bool {
    sh::Pipeline::cast(pipeline.clone()).is_some_and(|pipeline| pipeline.operands().nth(1).is_some())
}

fn word(found: &sh::ShWord, place: &dyn Fn(usize) -> u32) -> Word {
    let range = found.range();
    let (start, end) = (usize::from(range.start()), usize::from(range.end()));
    let end = if end > start { place(end - 1).saturating_add(1) } else { place(start) };
    Word {
        value: found.value().map(|value| value.into()),
        raw: found.text().into(),
        range: place(start)..end.max(place(start)),
    }
}

fn node_word(node: &SyntaxNode, place: &dyn Fn(usize) -> u32) -> Word {
    let range = node.text_range();
    let raw = dfopt_syntax::LogicalText::of(node).as_str().into();
    Word { value: None, raw, range: place(range.start().into())..place(range.end().into()) }
}

fn assigned(assignment: &sh::Assignment, place: &dyn Fn(usize) -> u32) -> Option<(Box<str>, Word)> {
    let name = assignment.name()?;
    let value = match (assignment.value(), assignment.array()) {
        (Some(value), _) => word(&value, place),
        (None, Some(array)) => node_word(array.syntax(), place),
        (None, None) => {
            let end = place(assignment.range().end().into());
            Word { value: Some("".into()), raw: "".into(), range: end..end }
        }
    };
    let value =
        if assignment.is_append() || assignment.has_subscript() { Word { value: None, ..value } } else { value };
    Some((name.into(), value))
}

fn redirect(found: &sh::Redirect, place: &dyn Fn(usize) -> u32) -> Option<Redirect> {
    let op = match found.operator()?.as_str() {
        "<" => RedirectOp::Read,
        ">" | ">|" => RedirectOp::Write,
        ">>" => RedirectOp::Append,
        "<>" => RedirectOp::ReadWrite,
        "&>" => RedirectOp::WriteBoth,
        "&>>" => RedirectOp::AppendBoth,
        "<&" | ">&" => RedirectOp::Duplicate,
        "<<<" => RedirectOp::HereString,
        _ => RedirectOp::HereDocument,
    };
    let fd = found.fd().and_then(|fd| fd.parse().ok());
    let target = found.target().map_or_else(|| node_word(found.syntax(), place), |target| word(&target, place));
    Some(Redirect { op, fd, target })
}

/// Functions that the text defines, and variables that it sets by other means than assignments.
fn names(node: &SyntaxNode, script: &mut Script) {
    let mut opaque: BTreeSet<Box<str>> = BTreeSet::new();
    for node in node.descendants() {
        match node.kind() {
            SyntaxKind::SH_FUNCTION => {
                script.functions.extend(sh::Function::cast(node).and_then(|function| function.name()).map(Box::from));
            }
            SyntaxKind::SH_FOR => opaque.extend(sh::For::cast(node).and_then(|found| found.name()).map(Box::from)),
            SyntaxKind::SH_ARITH | SyntaxKind::SH_ARITH_SUBST => {
                let text = node.text().to_string();
                let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
                opaque.extend(words.filter(|word| !word.starts_with(|c: char| c.is_ascii_digit())).map(Box::from));
            }
            _ => {}
        }
    }
    for invocation in &script.invocations {
        if invocation.words.first().is_some_and(|word| word.is_any(&["read", "mapfile", "readarray", "getopts"])) {
            opaque.extend(invocation.words.iter().skip(1).filter_map(Word::text).map(Box::from));
        }
    }
    script.opaque_variables = opaque;
}
