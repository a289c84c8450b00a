//! What a container of a stage starts: ENTRYPOINT and CMD together, as far as the file and the table of base images tell.

use dfopt_syntax::ast::{CommandForm, Instruction};

use super::{CommandLine, Model, Stage, Step};
use crate::command::{Command, Connector, Invocation, Understood, Word, understand};
use crate::effects::normalize;

/// What a container starts.
#[derive(Clone, Debug, Default)]
pub struct RunCommand {
    /// The instructions that say so, ENTRYPOINT first; none when the base image does.
    pub steps: Vec<usize>,
    /// Every command known to run, a command before the script in it.
    pub invocations: Vec<Invocation>,
    /// The directory it starts in.
    pub workdir: Option<String>,
    /// A program in it is a script that cannot be read, so it may run anything.
    pub is_opaque: bool,
}

impl RunCommand {
    /// The instruction that a reader would look at: CMD, or ENTRYPOINT without it.
    #[must_use]
    pub fn step(&self) -> Option<usize> {
        self.steps.last().copied()
    }

    /// Whether it starts a shell or an interpreter that waits for input: the image is a place to work in.
    #[must_use]
    pub fn is_interactive(&self) -> bool {
        let [only] = self.invocations.as_slice() else { return self.invocations.is_empty() };
        let Some(command) = Command::of(only) else { return true };
        // Images that others are built in by source-to-image only say so when they are run.
        if command.name_word().is_some_and(|word| word.raw.ends_with("/usage")) {
            return true;
        }
        let has_script = command
            .args()
            .iter()
            .any(|word| !word.static_prefix().starts_with('-') || word.is_any(&["-c", "-e", "-m"]));
        command.name().is_some_and(|name| {
            let is_prompt = is_shell(name)
                || matches!(
                    name,
                    "python"
                        | "python3"
                        | "pypy"
                        | "pypy3"
                        | "node"
                        | "irb"
                        | "iex"
                        | "ghci"
                        | "julia"
                        | "R"
                        | "jshell"
                        | "lua"
                        | "php"
                        | "perl"
                        | "swift"
                        | "deno"
                        | "bun"
                        | "erl"
                        | "ipython"
                );
            let is_idle = matches!((name, command.args()), ("sleep", _))
                || (name == "tail" && command.args().iter().any(|word| word.is_any(&["/dev/null"])));
            (is_prompt && !has_script) || is_idle
        })
    }

    /// Whether it works on sources: it builds, tests, lints or serves them for development.
    #[must_use]
    pub fn needs_toolchain(&self) -> bool {
        self.invocations.iter().filter_map(Command::of).any(|command| understand(&command).needs_toolchain())
    }

    /// Whether some word of it names `text`, as a program, a path's part or an argument.
    #[must_use]
    pub fn names(&self, text: &str) -> bool {
        self.invocations.iter().flat_map(|invocation| &invocation.words).any(|word| names_word(&word.raw, text))
    }

    /// An absolute path for a word that is one, as it is where the container starts.
    #[must_use]
    pub fn path(&self, word: &str) -> Option<String> {
        if word.starts_with('/') {
            return Some(normalize(word, "/"));
        }
        Some(normalize(word, self.workdir.as_deref()?))
    }
}

/// Whether `name` stands in `text` as a word of its own.
pub(super) fn names_word(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

fn is_shell(name: &str) -> bool {
    matches!(name, "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh" | "fish" | "pwsh" | "cmd" | "powershell")
}

impl Model<'_> {
    /// What a container of the stage starts; `None` when neither the file nor the table of base images says.
    #[must_use]
    pub fn run_command(&self, stage: &Stage) -> Option<&RunCommand> {
        self.facts.run_commands.get(stage.index, || self.find_run_command(stage)).as_ref()
    }

    fn find_run_command(&self, stage: &Stage) -> Option<RunCommand> {
        let (mut entrypoint, mut cmd): (Option<&Step>, Option<&Step>) = (None, None);
        let mut stages: Vec<&Stage> = self.chain(stage).take(self.stages().len()).collect();
        stages.reverse();
        for stage in stages {
            // ENTRYPOINT forgets a CMD that the image below had, not one of its own stage.
            let mut is_own = false;
            for step in self.stage_steps(stage) {
                match &step.ast {
                    Instruction::Cmd(_) => (cmd, is_own) = (Some(step), true),
                    Instruction::Entrypoint(_) => {
                        entrypoint = Some(step);
                        if !is_own {
                            cmd = None;
                        }
                    }
                    _ => {}
                }
            }
        }
        let facts = self.base_facts(stage);
        let of_base = |argv: Option<&'static [&'static str]>| argv.filter(|argv| !argv.is_empty());
        let base_entrypoint =
            of_base(facts.as_ref().and_then(|facts| facts.entrypoint)).filter(|_| entrypoint.is_none());
        let base_cmd =
            of_base(facts.as_ref().and_then(|facts| facts.cmd)).filter(|_| entrypoint.is_none() && cmd.is_none());
        let mut run = RunCommand { workdir: self.final_workdir(stage), ..RunCommand::default() };
        let mut argv: Vec<Word> = Vec::new();
        argv.extend(base_entrypoint.unwrap_or_default().iter().map(|text| Word::literal(text, 0)));
        argv.extend(base_cmd.unwrap_or_default().iter().map(|text| Word::literal(text, 0)));
        for step in entrypoint.into_iter().chain(cmd) {
            let is_ignored = matches!(step.ast, Instruction::Cmd(_))
                && entrypoint.is_some_and(|entrypoint| matches!(entrypoint.ast.command(), Some(CommandForm::Shell(_))));
            if is_ignored {
                continue;
            }
            run.steps.push(step.index);
            let Some(script) = self.script(step) else { continue };
            let all = script.invocations();
            match step.command_line() {
                Some(CommandLine::Exec(_)) => {
                    argv.extend(
                        script.script.invocations.iter().flat_map(|invocation| invocation.words.iter().cloned()),
                    );
                    run.invocations.extend(all.into_iter().skip(1).cloned());
                }
                _ => run.invocations.extend(all.into_iter().cloned()),
            }
        }
        if !argv.is_empty() {
            let whole = Invocation::simple(argv, Connector::Start);
            self.look_through(&mut run, stage, &whole, cmd);
            run.invocations.insert(0, whole);
        }
        (!run.invocations.is_empty()).then_some(run)
    }

    /// Sees what a start script hands over to, and what a script of the build context runs.
    fn look_through(&self, run: &mut RunCommand, stage: &Stage, whole: &Invocation, cmd: Option<&Step>) {
        let Some(command) = Command::of(whole) else { return };
        if let Understood::Node(node) = understand(&command)
            && let Some(script) = node.script.and_then(|name| self.manifest_script(run, stage, name))
        {
            run.invocations.extend(super::script::read(&script));
            return;
        }
        let Some(path) = command.path() else { return };
        // `sh start.sh` runs the script that it is given.
        let script = match command.name() {
            Some(name) if is_shell(name) => {
                command.args().iter().find(|word| !word.static_prefix().starts_with('-')).and_then(Word::text)
            }
            _ => Some(path),
        };
        let Some(script) = script.filter(|script| is_script_name(script)) else { return };
        match run.path(script).and_then(|path| self.copied_script(stage, &path)) {
            Some(text) => run.invocations.extend(super::script::read(&text)),
            None => run.is_opaque = true,
        }
        // `docker-entrypoint.sh` ends with `exec "$@"` as good as always.
        if cmd.is_some() || !command.args().is_empty() {
            let handed: Vec<Word> = command.args().to_vec();
            if !handed.is_empty() && path == script {
                run.invocations.push(Invocation::simple(handed, Connector::Start));
            }
        }
    }

    /// The command that `package.json` has for a name, where the build context can be read.
    fn manifest_script(&self, run: &RunCommand, stage: &Stage, name: &str) -> Option<String> {
        let manifest = self.copied_script(stage, &run.path("package.json")?)?;
        let (_, scripts) = manifest.split_once("\"scripts\"")?;
        let (_, rest) = scripts.split_once(&format!("\"{name}\""))?;
        let mut chars = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?.chars();
        let mut command = String::new();
        loop {
            match chars.next()? {
                '"' => return Some(command),
                '\\' => command.push(chars.next()?),
                c => command.push(c),
            }
        }
    }

    /// The directory that a container of the stage starts in.
    #[must_use]
    pub fn final_workdir(&self, stage: &Stage) -> Option<String> {
        let last = self.stage_steps(stage).last()?;
        if let Instruction::Workdir(_) = last.ast {
            let text = last.argument(self)?.into_known()?;
            return Some(normalize(&text, last.workdir.known()?));
        }
        last.workdir.known().map(str::to_owned)
    }

    /// The text of a script of the build context that the stage has at `path`.
    #[must_use]
    pub fn copied_script(&self, stage: &Stage, path: &str) -> Option<String> {
        let context = self.context()?;
        let name = path.rsplit('/').next()?;
        let copies = self.chain(stage).flat_map(|stage| self.stage_steps(stage));
        copies.filter_map(|step| Some((step, step.copied(self)?))).filter(|(_, copied)| copied.from.is_none()).find_map(
            |(step, copied)| {
                let destination = copied.destination.as_ref()?.text.known()?;
                let destination = normalize(destination, step.workdir.known().unwrap_or("/"));
                copied.sources.iter().find_map(|source| {
                    let source = source.text.known()?.trim_start_matches("./").trim_matches('/');
                    let below =
                        path.strip_prefix(destination.trim_end_matches('/')).map(|rest| rest.trim_start_matches('/'));
                    let inside = below.map(|below| {
                        if matches!(source, "" | ".") { below.to_owned() } else { format!("{source}/{below}") }
                    });
                    let is_file = source.rsplit('/').next() == Some(name) || destination == path;
                    let file = is_file.then(|| source.to_owned());
                    let found = [file, inside].into_iter().flatten().find_map(|path| context.read(&path))?;
                    String::from_utf8(found.into_owned()).ok()
                })
            },
        )
    }
}

/// Whether a program's name is one that people give to start scripts.
fn is_script_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(ending, "sh" | "bash")
        || name.contains("entrypoint")
        || matches!(name, "entry" | "start" | "run" | "init" | "bootstrap")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::context::MemoryContext;
    use crate::model::Options;

    fn run(text: &str) -> Option<RunCommand> {
        let parse = dfopt_syntax::parse(text);
        let model = Model::new(text, &parse, Options::default());
        model.run_command(model.target()?).cloned()
    }

    fn texts(run: &RunCommand) -> Vec<String> {
        run.invocations
            .iter()
            .map(|one| one.words.iter().map(|word| &*word.raw).collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn entrypoint_and_cmd_join() {
        let found = run("FROM x\nENTRYPOINT [\"/tini\", \"--\"]\nCMD [\"app\", \"-v\"]\n").unwrap();
        assert_eq!(texts(&found), ["/tini -- app -v"]);
        let found = run("FROM x AS a\nCMD b\nFROM a\nENTRYPOINT [\"c\"]\n").unwrap();
        assert_eq!(texts(&found), ["c"]);
        let found = run("FROM x\nENTRYPOINT c d\nCMD e\n").unwrap();
        assert_eq!(texts(&found), ["c d"]);
        assert!(run("FROM x\n").is_none());
        let found = run("FROM x\nENTRYPOINT [\"docker-entrypoint.sh\"]\nCMD [\"serve\"]\n").unwrap();
        assert_eq!(texts(&found), ["docker-entrypoint.sh serve", "serve"]);
        assert!(found.is_opaque);
    }

    #[test]
    fn shells_wait_for_input() {
        for (text, want) in [
            ("FROM debian\n", true),
            ("FROM x\nCMD [\"bash\"]\n", true),
            ("FROM x\nCMD [\"bash\", \"start.sh\"]\n", false),
            ("FROM x\nCMD [\"bash\", \"-c\", \"a\"]\n", false),
            ("FROM x\nCMD sleep infinity\n", true),
            ("FROM x\nCMD $SCRIPTS/usage\n", true),
            ("FROM python:3.12\n", true),
            ("FROM x\nCMD python app.py\n", false),
        ] {
            assert_eq!(run(text).unwrap().is_interactive(), want, "{text}");
        }
    }

    #[test]
    fn scripts_of_a_manifest_are_read() {
        let context = MemoryContext::new()
            .file("package.json", "{\"scripts\": {\"x\": \"y\", \"start\" : \"node \\\"dist/a.js\\\"\"}}");
        let text = "FROM x\nWORKDIR /app\nCOPY . .\nCMD [\"npm\", \"start\"]\n";
        let parse = dfopt_syntax::parse(text);
        let model = Model::new(text, &parse, Options { context: Some(&context), ..Options::default() });
        let found = model.run_command(model.target().unwrap()).unwrap();
        assert_eq!(texts(found), ["npm start", "node \"dist/a.js\""]);
    }

    #[test]
    fn scripts_of_the_context_are_read() {
        let context = MemoryContext::new().file("docker/start.sh", "#!/bin/sh\nexec go run .\n");
        let text = "FROM x\nWORKDIR /app\nCOPY docker /app\nCMD [\"./start.sh\"]\n";
        let parse = dfopt_syntax::parse(text);
        let model = Model::new(text, &parse, Options { context: Some(&context), ..Options::default() });
        let found = model.run_command(model.target().unwrap()).unwrap();
        assert!(found.needs_toolchain() && !found.is_opaque);
        assert!(found.names("go") && !found.names("g"));
    }
}
