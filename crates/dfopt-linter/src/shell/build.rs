//! Finds the shell texts of a file and who reads each.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use dfopt_semantic::base;
use dfopt_semantic::model::{Base, Model, ScriptSource, Step, is_proxy_arg};
use dfopt_syntax::ast::{AstNode, CommandForm, Instruction};
use dfopt_syntax::shell::parse_script;
use dfopt_syntax::{LogicalText, SyntaxError, SyntaxKind, SyntaxNode, TextRange, TextSize};

use super::{Cmd, Given, Shell, Tree, literal};
use crate::{Dialect, suppress};

/// Deepest text in a text that is read.
const MAX_DEPTH: usize = 3;

pub(super) fn trees(model: &Model<'_>, dialect: Dialect) -> Vec<Tree> {
    let mut builder = Builder { model, dialect, pragmas: suppress::shells(model), found: Vec::new() };
    for step in model.steps() {
        builder.step(step);
    }
    builder.found
}

struct Builder<'m, 'a> {
    model: &'m Model<'a>,
    dialect: Dialect,
    /// Shells that comments name.
    pragmas: Vec<(TextSize, String)>,
    found: Vec<Tree>,
}

/// What the texts of an instruction have in common.
struct Around {
    step: usize,
    given: Rc<BTreeMap<String, Given>>,
}

impl Builder<'_, '_> {
    fn step(&mut self, step: &Step) {
        let ast = match &step.ast {
            Instruction::Onbuild(onbuild) => match onbuild.trigger() {
                Some(trigger) => trigger,
                None => return,
            },
            other => other.clone(),
        };
        let is_run = matches!(ast, Instruction::Run(_));
        let is_peer = self.dialect == Dialect::Hadolint;
        if is_peer && !is_run {
            return;
        }
        let Some(form) = ast.command() else { return };
        let model = self.model;
        let script = model.script(step);
        match form {
            CommandForm::Exec(json) => {
                let Some(script) = script.filter(|_| !is_peer) else { return };
                let Some((_, inner)) = script.inner.first() else { return };
                let strings: Vec<_> = json.strings().collect();
                let Some(string) = strings.iter().rev().find(|string| string.value().contains([' ', ';', '\n'])) else {
                    return;
                };
                let (text, place) = string.value_with_places();
                let places = (0..text.len()).map(|at| u32::from(place(at))).collect();
                let Some(shell) = of_semantic(inner.script.dialect) else { return };
                let around = Around { step: step.index, given: self.given(step) };
                self.text(&around, &text, places, shell, inner.script.options.errexit, 1);
            }
            CommandForm::Shell(node) => {
                let is_heredoc = script.is_some_and(|script| script.source == ScriptSource::Heredoc);
                let errexit = script.is_some_and(|script| script.script.options.errexit);
                let declared = self.declared(step);
                let mut heredocs = ast.heredocs();
                if is_heredoc {
                    let Some(heredoc) = heredocs.next() else { return };
                    let text = heredoc.text();
                    let shebang = text.strip_prefix("#!").map(|line| line.lines().next().unwrap_or_default());
                    let named = shebang.map(|line| self.of_shebang(line, step));
                    let shell = match named {
                        // hadolint puts a first line of its own before the script.
                        Some(named) if is_peer => named.and(declared),
                        Some(named) => named,
                        None => declared,
                    };
                    let (Some(shell), Some(body)) = (shell, heredoc.shell_text()) else { return };
                    let around = Around { step: step.index, given: self.given(step) };
                    self.node(&around, body, shell, errexit && shebang.is_none(), true, None, Vec::new(), 0);
                    return;
                }
                let Some(shell) = declared else { return };
                if !is_peer && is_for_another_reader(self.model, &node) {
                    return;
                }
                let around = Around { step: step.index, given: self.given(step) };
                if node.kind() != SyntaxKind::SH_SCRIPT {
                    // ShellCheck gets the text of Windows shells too, unless SHELL names one.
                    if is_peer {
                        let text = LogicalText::of(&node);
                        let places = (0..text.as_str().len()).map(|at| text.file_offset(at).into()).collect();
                        self.text(&around, text.as_str(), places, shell, errexit, 0);
                    }
                    return;
                }
                self.node(&around, node, shell, errexit, true, None, Vec::new(), 0);
                let last = self.found.last().filter(|_| !is_peer);
                let reader = last.and_then(|tree| {
                    let reads = |cmd: &&Cmd| cmd.ast.redirects().any(|redirect| redirect.is_here_document());
                    tree.commands.iter().rev().find(reads).map(|cmd| cmd.name().to_owned())
                });
                if let (Some(heredoc), Some(reader)) = (heredocs.next(), reader)
                    && let Some(shell) = of_name(&reader, || self.real_sh(step))
                    && let Some(body) = heredoc.shell_text()
                {
                    self.node(&around, body, shell, false, false, None, Vec::new(), 1);
                }
            }
        }
    }

    /// A text in a string.
    fn text(&mut self, around: &Around, text: &str, places: Vec<u32>, shell: Shell, errexit: bool, depth: usize) {
        let parsed = parse_script(text);
        self.node(around, parsed.root, shell, errexit, false, Some(places), parsed.errors, depth);
    }

    #[allow(clippy::too_many_arguments)]
    fn node(
        &mut self,
        around: &Around,
        root: SyntaxNode,
        shell: Shell,
        errexit: bool,
        is_outer: bool,
        places: Option<Vec<u32>>,
        errors: Vec<SyntaxError>,
        depth: usize,
    ) {
        let range = root.text_range();
        let in_file =
            self.model.parse().errors().iter().filter(|error| places.is_none() && range.contains_range(error.range));
        let errors: Vec<SyntaxError> = in_file.cloned().chain(errors).collect();
        // What stands behind an error is guesswork.
        let sound = errors.iter().map(|error| error.range.start()).min().unwrap_or(range.end());
        let is_sound = |node: &SyntaxNode| node.text_range().start() < sound || errors.is_empty();
        let nodes: Vec<SyntaxNode> = root.descendants().filter(|node| is_sound(node)).collect();
        let mut commands = super::commands::of(&root);
        commands.retain(|cmd| is_sound(cmd.node()));
        let mut tree = Tree {
            step: around.step,
            commands,
            shell,
            is_peer: self.dialect == Dialect::Hadolint,
            errexit,
            is_outer,
            errors: Vec::new(),
            given: Rc::clone(&around.given),
            places,
            nodes,
            names: OnceCell::new(),
        };
        tree.errors = errors.into_iter().map(|error| (tree.place(error.range), error)).collect();
        let mut inner = Vec::new();
        if depth < MAX_DEPTH && self.dialect != Dialect::Hadolint {
            for cmd in &tree.commands {
                inner.extend(self.called(&tree, cmd));
            }
        }
        self.found.push(tree);
        for (text, places, shell, errexit) in inner {
            self.text(around, &text, places, shell, errexit, depth + 1);
        }
    }

    /// The text that a command hands to a shell in a literal word.
    fn called(&self, tree: &Tree, cmd: &Cmd) -> Option<(String, Vec<u32>, Shell, bool)> {
        let step = self.model.steps().get(tree.step)?;
        let shell = of_name(cmd.name(), || self.real_sh(step))?;
        let at = cmd.args().iter().position(|arg| {
            let text = arg.value.as_deref().unwrap_or_default();
            text.starts_with('-') && !text.starts_with("--") && text.ends_with('c')
        })?;
        let errexit = cmd.args()[at].value.as_deref().is_some_and(|letters| letters.contains('e'));
        let (text, offsets) = literal::read(&cmd.args().get(at + 1)?.word)?;
        let places = offsets.into_iter().map(|offset| tree.place(TextRange::empty(offset)).start().into()).collect();
        Some((text, places, shell, errexit))
    }

    /// The shell of the text of an instruction, `None` when it is none that is understood.
    fn declared(&self, step: &Step) -> Option<Shell> {
        if self.dialect == Dialect::Hadolint {
            let name = self.peer_shell(step.stage?, step.index, 0);
            return of_name(&name, || Shell::Posix);
        }
        let start = step.ast.syntax().text_range().start();
        let first_from = self.model.stages().first().map(|stage| self.model.stage_steps(stage));
        let first_from = first_from.and_then(|steps| steps.first()).map(|from| from.ast.syntax().text_range().start());
        let stage_start = self.model.stage_of(step).map(|stage| self.model.stage_steps(stage));
        let stage_start =
            stage_start.and_then(|steps| steps.first()).map(|from| from.ast.syntax().text_range().start());
        let set_at =
            step.shell.set_by.and_then(|by| self.model.steps().get(by)).map(|by| by.ast.syntax().text_range().start());
        let in_stage = self.pragmas.iter().rev().find(|(at, _)| {
            *at < start && stage_start.is_some_and(|from| *at > from) && set_at.is_none_or(|set_at| *at > set_at)
        });
        let before_all = self.pragmas.iter().rev().find(|(at, _)| first_from.is_some_and(|from| *at < from));
        let pragma = in_stage.or(before_all.filter(|_| set_at.is_none()));
        if let Some((_, name)) = pragma {
            return of_name(name.rsplit('/').next().unwrap_or(name), || self.real_sh(step));
        }
        let argv = &step.shell.argv;
        if self.model.is_windows(step) {
            return None;
        }
        let program = argv.first()?;
        of_name(program.rsplit('/').next().unwrap_or(program), || self.real_sh(step))
    }

    /// The program that hadolint takes for the shell before the instruction at `end`: it forgets SHELL at the next ARG or ENV.
    fn peer_shell(&self, stage: usize, end: usize, depth: usize) -> String {
        let Some(stage) = self.model.stages().get(stage).filter(|_| depth <= self.model.stages().len()) else {
            return "sh".into();
        };
        let steps = self.model.stage_steps(stage);
        let starts = |step: &Step| step.ast.syntax().text_range().start();
        let file_start =
            self.model.stages().first().and_then(|first| self.model.stage_steps(first).first()).map(starts);
        let mut events: Vec<(TextSize, Option<String>)> = Vec::new();
        for step in steps.iter().take_while(|step| step.index < end) {
            match &step.ast {
                Instruction::Shell(_) => {
                    let argv =
                        self.model.steps().get(step.index + 1).filter(|next| next.shell.set_by == Some(step.index));
                    let argv = argv.map(|next| next.shell.argv.clone()).unwrap_or_default();
                    events.push((starts(step), Some(peer_name(&argv))));
                }
                Instruction::Arg(_) | Instruction::Env(_) => events.push((starts(step), None)),
                _ => {}
            }
        }
        let from = steps.first().map(starts).unwrap_or_default();
        let until = self.model.steps().get(end).map_or(TextSize::of(self.model.text()), starts);
        let named = self.pragmas.iter().filter(|(at, _)| *at > from && *at < until);
        events.extend(named.map(|(at, name)| (*at, Some(peer_name(std::slice::from_ref(name))))));
        events.sort_by_key(|(at, _)| *at);
        match events.pop() {
            Some((_, Some(name))) => name,
            Some((_, None)) => "sh".into(),
            None => match stage.base {
                Base::Stage(parent) if parent < stage.index => self.peer_shell(parent, usize::MAX, depth + 1),
                _ => {
                    let before_all =
                        self.pragmas.iter().rev().find(|(at, _)| file_start.is_some_and(|from| *at < from));
                    before_all.map_or("sh".into(), |(_, name)| peer_name(std::slice::from_ref(name)))
                }
            },
        }
    }

    fn of_shebang(&self, line: &str, step: &Step) -> Option<Shell> {
        let mut words = line.split_ascii_whitespace();
        let first = words.next().unwrap_or_default();
        let program = match first.rsplit('/').next() {
            Some("env" | "busybox") => words.find(|word| !word.starts_with('-') && !word.contains('='))?,
            _ => first,
        };
        of_name(program.rsplit('/').next().unwrap_or(program), || self.real_sh(step))
    }

    /// What `/bin/sh` is where an instruction is carried out.
    fn real_sh(&self, step: &Step) -> Shell {
        if self.dialect == Dialect::Hadolint {
            return Shell::Posix;
        }
        let facts = self.model.stage_of(step).and_then(|stage| self.model.base_facts(stage));
        match facts.and_then(|facts| facts.shell) {
            Some(base::Shell::Dash) => Shell::Dash,
            Some(base::Shell::DashPipefail) => Shell::DashPipefail,
            Some(base::Shell::Ash) => Shell::Ash,
            Some(base::Shell::Bash) => Shell::Bash,
            _ => Shell::Posix,
        }
    }

    /// The variables that an instruction starts with.
    fn given(&self, step: &Step) -> Rc<BTreeMap<String, Given>> {
        let mut given: BTreeMap<String, Given> = BTreeMap::new();
        for (variable, _) in self.model.scope(step).variables() {
            given.entry(variable.name.clone()).or_insert_with(|| {
                let splits = |value: &str| value.contains(|c: char| c.is_whitespace() || matches!(c, '*' | '?' | '['));
                match variable.value.known() {
                    Some(value) if self.dialect != Dialect::Hadolint && splits(value) => Given::Split,
                    _ => Given::Word,
                }
            });
        }
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"] {
            debug_assert!(is_proxy_arg(name));
            given.entry(name.into()).or_insert(Given::Word);
            given.entry(name.to_ascii_lowercase()).or_insert(Given::Word);
        }
        if self.dialect != Dialect::Hadolint {
            let facts = self.model.stage_of(step).and_then(|stage| self.model.base_facts(stage));
            for fact in facts.iter().flat_map(|facts| facts.env) {
                given.entry(fact.name.into()).or_insert(Given::Word);
            }
            let mounts = step.ast.flags().filter(|flag| flag.name().as_deref() == Some("mount"));
            for field in mounts.flat_map(|mount| mount.fields().collect::<Vec<_>>()) {
                if field.key().as_deref() == Some("env") {
                    given.extend(field.value(self.model.escape()).map(|name| (name, Given::Word)));
                }
            }
        }
        Rc::new(given)
    }
}

/// Whether a text is for a shell of Windows, whatever the base image is called, or a JSON array gone wrong.
fn is_for_another_reader(model: &Model<'_>, node: &SyntaxNode) -> bool {
    let text = model.text_at(node.text_range());
    let is_windows = ["C:\\", "c:\\", "$env:", "$Env:", "%PATH%"].iter().any(|mark| text.contains(mark));
    model.escape() == '`' || is_windows || text.starts_with("[\"")
}

/// The base name of the program, empty where hadolint does not ask ShellCheck. It takes ash for dash.
fn peer_name(argv: &[String]) -> String {
    let whole = argv.join(" ").to_ascii_lowercase();
    if ["pwsh", "powershell", "cmd"].iter().any(|name| whole.contains(name)) {
        return String::new();
    }
    let program = argv.first().and_then(|program| program.split_whitespace().next()).unwrap_or_default();
    match program.rsplit('/').next().unwrap_or(program) {
        "ash" => "dash".into(),
        name => name.into(),
    }
}

fn of_name(name: &str, sh: impl Fn() -> Shell) -> Option<Shell> {
    Some(match name {
        "sh" => sh(),
        "dash" => match sh() {
            Shell::DashPipefail => Shell::DashPipefail,
            _ => Shell::Dash,
        },
        "ash" => Shell::Ash,
        "bash" => Shell::Bash,
        "ksh" | "mksh" => Shell::Ksh,
        _ => return None,
    })
}

fn of_semantic(dialect: dfopt_semantic::command::Dialect) -> Option<Shell> {
    use dfopt_semantic::command::Dialect as Read;
    Some(match dialect {
        Read::Posix => Shell::Posix,
        Read::Dash => Shell::Dash,
        Read::Ash => Shell::Ash,
        Read::Bash => Shell::Bash,
        Read::Ksh => Shell::Ksh,
        _ => return None,
    })
}
