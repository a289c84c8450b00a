//! Walking through a script: where each command stands, what is known of variables and directory there.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::path::{PathPattern, escape, normalize};
use crate::command::script::persistent_assignments;
use crate::command::word::Piece;
use crate::command::{
    Command, Connector, InlineScript, Invocation, Nesting, Script, ShellOptions, Understood, Value, understand,
};

/// Reads a script held in a word; `None` if it cannot be read.
pub type InlineReader<'a> = &'a dyn Fn(&InlineScript<'_>) -> Option<Script>;

/// What is known where a script starts.
///
/// Variables that move the files of a tool (`GOPATH`, `CARGO_HOME`, `npm_config_cache` …) are taken to have their usual
/// values unless they are listed; any other variable that is not listed may have any value.
#[derive(Clone, Default)]
pub struct Env<'a> {
    /// The working directory; `None` if it is not known.
    pub workdir: Option<Box<str>>,
    /// The user, by name or number; `None` if it is not known.
    pub user: Option<Box<str>>,
    /// Variables whose value is known.
    pub variables: BTreeMap<Box<str>, Box<str>>,
    /// How scripts inside words are read; without it they may do anything.
    pub inline: Option<InlineReader<'a>>,
}

impl std::fmt::Debug for Env<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Env")
            .field("workdir", &self.workdir)
            .field("user", &self.user)
            .field("variables", &self.variables)
            .finish_non_exhaustive()
    }
}

/// Where a command stands: its directory and the variables of the shell.
#[derive(Clone)]
pub struct State<'a> {
    pub(super) env: &'a Env<'a>,
    pub(super) script: &'a Script,
    pub(super) cwd: Option<String>,
    pub(super) user: Option<String>,
    variables: BTreeMap<Box<str>, Option<String>>,
    /// True once the shell may have set any variable to anything.
    forgotten: bool,
    depth: usize,
}

/// A command met on the way through a script.
pub struct Step<'s, 'a> {
    /// Its place in [`Script::invocations`].
    pub index: usize,
    /// The command as written.
    pub invocation: &'s Invocation,
    /// The command with the variables known here put in; words keep their places.
    pub expanded: &'s Invocation,
    /// What it does; `None` if it only sets variables.
    pub meant: Option<Meant<'s>>,
    /// What is known before it runs.
    pub state: &'s State<'a>,
    /// True if it surely runs to its end when the script succeeds.
    pub certain: bool,
    /// How many scripts inside words it stands in.
    pub depth: usize,
}

/// A command seen through its wrappers, and what it does.
#[derive(Clone, Copy)]
pub struct Meant<'s> {
    /// The command.
    pub command: &'s Command<'s>,
    /// What it does.
    pub understood: &'s Understood<'s>,
}

/// Visits every command in order, those of scripts inside words too where they can be read.
pub fn walk(script: &Script, env: &Env<'_>, visit: &mut dyn FnMut(&Step<'_, '_>)) {
    let mut state = State::start(script, env);
    walk_state(script, &mut state, &mut |step| {
        visit(step);
        nested(step, visit);
    });
}

fn nested(step: &Step<'_, '_>, visit: &mut dyn FnMut(&Step<'_, '_>)) {
    let Some(Meant { command, understood: Understood::Script(inline) }) = step.meant else {
        return;
    };
    let Some(script) = step.state.read_inline(inline) else {
        return;
    };
    let outer = step.state.for_command(command);
    let mut inner = outer.inside(&script);
    walk_state(&script, &mut inner, &mut |step| {
        visit(step);
        nested(step, visit);
    });
}

/// Visits the commands of one script, without those of scripts inside words.
pub(super) fn walk_state<'a>(script: &Script, state: &mut State<'a>, visit: &mut dyn FnMut(&Step<'_, 'a>)) {
    let certain = certainties(script);
    // Directory and variables of the enclosing shells, to go back to when a subshell ends.
    let mut outer: Vec<(u32, State<'a>)> = Vec::new();
    for (index, invocation) in script.invocations.iter().enumerate() {
        enter(&mut outer, state, &invocation.subshells);
        let expanded = state.expanded(invocation);
        let command = Command::of(&expanded);
        let understood = command.as_ref().map(understand);
        let meant = command.as_ref().zip(understood.as_ref());
        let meant = meant.map(|(command, understood)| Meant { command, understood });
        visit(&Step {
            index,
            invocation,
            expanded: &expanded,
            meant,
            state,
            certain: certain.get(index).copied().unwrap_or(false),
            depth: state.depth,
        });
        let in_pipe = invocation.connector_before == Connector::Pipe
            || script.invocations.get(index + 1).is_some_and(|next| next.connector_before == Connector::Pipe);
        if !in_pipe {
            state.advance(&expanded, meant);
        }
    }
}

/// Leaves the subshells that have ended and enters those that begin.
fn enter<'a>(outer: &mut Vec<(u32, State<'a>)>, state: &mut State<'a>, subshells: &[u32]) {
    let common = outer.iter().zip(subshells).take_while(|((open, _), wanted)| open == *wanted).count();
    let mut ended = outer.split_off(common).into_iter();
    if let Some((_, saved)) = ended.next() {
        *state = saved;
    }
    for id in subshells.iter().skip(common) {
        outer.push((*id, state.clone()));
    }
}

/// For each command whether it surely runs to its end when the script succeeds.
fn certainties(script: &Script) -> Vec<bool> {
    let mut certain = vec![false; script.invocations.len()];
    let mut options = script.options;
    let mut start = 0;
    while start < script.invocations.len() {
        let list = script.invocations.get(start..).unwrap_or(&[]);
        let length = 1 + list
            .iter()
            .skip(1)
            .take_while(|i| matches!(i.connector_before, Connector::And | Connector::Or | Connector::Pipe))
            .count();
        let list = list.get(..length).unwrap_or(&[]);
        let last_list = start + length == script.invocations.len();
        let has_or = list.iter().any(|i| i.connector_before == Connector::Or);
        let has_and = list.iter().any(|i| i.connector_before == Connector::And);
        let background =
            script.invocations.get(start + length).is_some_and(|next| next.connector_before == Connector::Background);
        let checked = (last_list || (options.errexit && !has_and)) && !has_or && !background;
        for (offset, invocation) in list.iter().enumerate() {
            let feeds_pipe = list.get(offset + 1).is_some_and(|next| next.connector_before == Connector::Pipe);
            if let Some(slot) = certain.get_mut(start + offset) {
                *slot = checked && invocation.nesting == Nesting::Always && (!feeds_pipe || options.pipefail);
            }
            if invocation.nesting == Nesting::Always && invocation.subshells.is_empty() {
                apply_options(invocation, &mut options);
            }
        }
        // `set -ex && a && b` only switches the option on for what comes after the list.
        start += length;
    }
    certain
}

fn apply_options(invocation: &Invocation, options: &mut ShellOptions) {
    if !invocation.words.iter().any(|word| word.text() == Some("set")) {
        return;
    }
    let Some(command) = Command::of(invocation) else {
        return;
    };
    if command.name() != Some("set") {
        return;
    }
    if let Understood::SetOption { on, off } = understand(&command) {
        options.errexit = (options.errexit || on.errexit) && !off.errexit;
        options.pipefail = (options.pipefail || on.pipefail) && !off.pipefail;
    }
}

impl<'a> State<'a> {
    pub(super) fn start(script: &'a Script, env: &'a Env<'a>) -> Self {
        Self {
            env,
            script,
            cwd: env.workdir.as_deref().map(|d| normalize(d, "/")),
            user: env.user.as_deref().map(str::to_owned),
            variables: BTreeMap::new(),
            forgotten: false,
            depth: 0,
        }
    }

    /// The script that a command holds in a word; its depth is bounded because a reader may be handed text that contains itself.
    pub(super) fn read_inline(&self, inline: &InlineScript<'_>) -> Option<Script> {
        let read = self.env.inline.filter(|_| self.depth < 4)?;
        let mut script = read(inline)?;
        script.options.errexit |= inline.options.errexit;
        script.options.pipefail |= inline.options.pipefail;
        Some(script)
    }

    pub(super) fn inside<'b>(&self, script: &'b Script) -> State<'b>
    where
        'a: 'b,
    {
        State {
            env: self.env,
            script,
            cwd: self.cwd.clone(),
            user: self.user.clone(),
            variables: self.variables.clone(),
            forgotten: self.forgotten,
            depth: self.depth + 1,
        }
    }

    /// The state as the command sees it: with the variables, the user and the directory set for it alone.
    #[must_use]
    pub fn for_command(&self, command: &Command<'_>) -> Cow<'_, Self> {
        if command.assignments().is_empty() && command.wrappers().is_empty() && command.directory().is_none() {
            return Cow::Borrowed(self);
        }
        let mut inner = self.clone();
        for (name, value) in command.assignments() {
            let text = value.resolve(&|n: &str| self.lookup(n));
            inner.variables.insert(name.clone(), text);
        }
        for wrapper in command.wrappers() {
            match (wrapper.name, wrapper.user) {
                (_, Some(user)) => {
                    inner.user =
                        user.resolve(&|n: &str| self.lookup(n)).map(|u| u.split(':').next().unwrap_or("").to_owned());
                    inner.variables.remove("HOME");
                }
                ("sudo" | "doas", None) => inner.user = Some("root".to_owned()),
                _ => {}
            }
        }
        if let Some(directory) = command.directory() {
            inner.cwd = inner.path(directory);
        }
        Cow::Owned(inner)
    }

    /// The command with the variables known here put in.
    fn expanded<'i>(&self, invocation: &'i Invocation) -> Cow<'i, Invocation> {
        if invocation.words.iter().all(|word| word.value.is_some()) {
            return Cow::Borrowed(invocation);
        }
        let lookup = |name: &str| self.lookup(name);
        let mut expanded = invocation.clone();
        expanded.words = invocation.words.iter().flat_map(|word| word.expanded(&lookup)).collect();
        Cow::Owned(expanded)
    }

    /// What the command changes for those after it.
    fn advance(&mut self, invocation: &Invocation, meant: Option<Meant<'_>>) {
        let Some(Meant { command, understood }) = meant else {
            for (name, word) in persistent_assignments(invocation) {
                self.assign(invocation, name, Some(Value::whole(word)));
            }
            return;
        };
        match understood {
            Understood::Cd(target) => {
                let to = match target {
                    None => self.home(),
                    Some(word) => self.path(Value::whole(word)),
                };
                let steady = invocation.nesting == Nesting::Always && invocation.connector_before != Connector::Or;
                self.cwd = if steady { to } else { None };
            }
            Understood::Export(variables) => {
                for (name, value) in variables {
                    if value.is_some() {
                        self.assign(invocation, name, *value);
                    }
                }
            }
            Understood::Unset(names) => {
                for name in names.iter().filter_map(|w| w.text()) {
                    self.variables.insert(name.into(), None);
                }
            }
            // A script read into this shell may set anything.
            Understood::Source(_) => self.forget(),
            _ if command.name() == Some("eval") => self.forget(),
            _ if command.name() == Some("popd") => self.cwd = None,
            _ => {}
        }
    }

    fn forget(&mut self) {
        self.cwd = None;
        self.variables.clear();
        self.forgotten = true;
    }

    /// The directory, if it is known.
    #[must_use]
    pub fn directory(&self) -> Option<&str> {
        self.cwd.as_deref()
    }

    /// The user, if it is known.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    fn assign(&mut self, invocation: &Invocation, name: &str, value: Option<Value<'_>>) {
        let steady = invocation.nesting == Nesting::Always && invocation.connector_before != Connector::Or;
        let text = value.filter(|_| steady).and_then(|v| v.resolve(&|n: &str| self.lookup(n)));
        self.variables.insert(name.into(), text);
    }

    /// The value of a variable, if it is known here.
    #[must_use]
    pub fn lookup(&self, name: &str) -> Option<String> {
        if self.script.opaque_variables.contains(name) {
            return None;
        }
        match self.variables.get(name) {
            Some(known) => known.clone(),
            None if self.forgotten => None,
            None => match self.env.variables.get(name) {
                Some(value) => Some(value.to_string()),
                None if name == "HOME" => self.home(),
                None if name == "PWD" => self.cwd.clone(),
                None => None,
            },
        }
    }

    /// The home directory: `HOME`, or that of root.
    #[must_use]
    pub fn home(&self) -> Option<String> {
        if let Some(known) = self.variables.get("HOME") {
            return known.clone();
        }
        if self.forgotten {
            return None;
        }
        let switched = self.user.as_deref() != self.env.user.as_deref();
        match self.env.variables.get("HOME") {
            Some(home) if !switched => Some(home.to_string()),
            _ => matches!(self.user.as_deref(), Some("root" | "0")).then(|| "/root".to_owned()),
        }
    }

    /// The absolute path a value names, if it is one and known.
    #[must_use]
    pub fn path(&self, value: Value<'_>) -> Option<String> {
        self.pattern(value).as_literal()
    }

    /// The set of paths a value may name.
    #[must_use]
    pub fn pattern(&self, value: Value<'_>) -> PathPattern {
        let mut text = String::new();
        for piece in value.pieces(&|name: &str| self.lookup(name)) {
            match piece {
                Piece::Text(part) => text.push_str(&escape(&part)),
                Piece::Glob(glob) => text.push_str(&glob),
                Piece::Home => match self.home() {
                    Some(home) => text.push_str(&escape(&home)),
                    None => return PathPattern::any(),
                },
                // An unknown part is taken not to climb: the path stays in the directory named before it.
                Piece::Variable(_) | Piece::Opaque => {
                    let Some(slash) = text.rfind('/') else {
                        return match &self.cwd {
                            Some(cwd) if !text.is_empty() => PathPattern::tree(cwd),
                            _ => PathPattern::any(),
                        };
                    };
                    text.truncate(slash + 1);
                    return self.absolute(&text).with_everything_below();
                }
            }
        }
        self.absolute(&text)
    }

    fn absolute(&self, pattern: &str) -> PathPattern {
        if pattern.starts_with('/') {
            return PathPattern::parse(pattern);
        }
        match &self.cwd {
            Some(cwd) => PathPattern::parse(&format!("{}/{pattern}", escape(cwd))),
            None => PathPattern::any(),
        }
    }
}
