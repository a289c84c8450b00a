//! What the commands of an instruction do, in the terms that planning asks in.

use dfopt_semantic::command::files::{FileAction, FileOp};
use dfopt_semantic::command::packages::{Maintenance, PackageKind};
use dfopt_semantic::command::{AccountAction, Command, Invocation, Understood, understand};
use dfopt_semantic::context::join_clean;
use dfopt_semantic::model::{Model, Step};

/// The part of a RUN that planning cares about.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunFacts {
    /// Commands on users and groups: tool and text, in order.
    pub accounts: Vec<(String, String)>,
    /// Packages installed by name.
    pub packages: Vec<String>,
    /// Whether every command was understood.
    pub understood: bool,
    /// Whether it installs or maintains packages and does nothing else that lasts.
    pub only_packages: bool,
    /// Whether it makes users and groups and does nothing else that lasts.
    pub only_accounts: bool,
    /// Whether it does nothing that lasts at all.
    pub does_nothing: bool,
    /// Whether it makes something out of sources.
    pub builds: bool,
}

/// What a RUN does.
pub(crate) fn of_run(model: &Model<'_>, step: &Step) -> RunFacts {
    let mut facts = RunFacts { understood: true, ..RunFacts::default() };
    let Some(script) = model.script(step) else {
        facts.understood = false;
        return facts;
    };
    facts.understood = script.script.complete;
    let (mut packages, mut accounts, mut others) = (false, false, false);
    for invocation in &script.script.invocations {
        let Some(command) = Command::of(invocation) else {
            others |= !invocation.redirects.is_empty();
            continue;
        };
        let writes = invocation.redirects.iter().any(|redirect| {
            use dfopt_semantic::command::RedirectOp as Op;
            matches!(redirect.op, Op::Write | Op::Append | Op::ReadWrite | Op::WriteBoth | Op::AppendBoth)
                && redirect.target.text() != Some("/dev/null")
        });
        let understood = understand(&command);
        facts.builds |= understood.produces();
        match &understood {
            _ if writes => others = true,
            Understood::PackageInstall(install) => {
                packages = true;
                facts.understood &= install.complete && install.root.is_none();
                let named = install.packages.iter().filter(|package| package.kind == PackageKind::Name);
                facts.packages.extend(named.map(|package| package.name.to_string()));
            }
            Understood::PackageRemove(_) => packages = true,
            Understood::PackageMaintenance(maintenance) => match maintenance.action {
                Maintenance::Query => {}
                _ => packages = true,
            },
            Understood::Account(account) => {
                accounts = true;
                if account.action != AccountAction::Password {
                    facts.accounts.push((account.tool.to_owned(), text_of(invocation)));
                }
            }
            Understood::File(file) if only_cleans_up(file) => packages = true,
            Understood::Cd(_)
            | Understood::SetOption { .. }
            | Understood::Pure(_)
            | Understood::Test(_)
            | Understood::Print(_)
            | Understood::Export(_) => {}
            Understood::Unknown => {
                facts.understood = false;
                others = true;
            }
            _ => others = true,
        }
    }
    facts.only_packages = packages && !accounts && !others && facts.understood;
    facts.only_accounts = accounts && !packages && !others && facts.understood;
    facts.does_nothing = !accounts && !packages && !others && facts.understood;
    facts
}

/// The files that a RUN starts by path, or gives to a shell.
pub(crate) fn scripts(model: &Model<'_>, step: &Step) -> Vec<String> {
    let Some(script) = model.script(step) else { return Vec::new() };
    let mut directory = step.workdir.known().map(str::to_owned);
    let mut found = Vec::new();
    for command in script.invocations().into_iter().filter_map(Command::of) {
        if let Understood::Cd(word) = understand(&command) {
            let to = word.and_then(|word| word.text());
            directory = directory.zip(to).map(|(from, to)| join_clean(&from, to));
            continue;
        }
        let started = command.name_word().and_then(|word| word.text()).filter(|name| name.contains('/'));
        let given = || {
            let is_shell = command.name().is_some_and(|name| matches!(name, "sh" | "bash" | "dash" | "ash"));
            command
                .args()
                .first()
                .filter(|_| is_shell)
                .and_then(|word| word.text())
                .filter(|word| !word.starts_with('-'))
        };
        if let (Some(directory), Some(path)) = (&directory, started.or_else(given)) {
            found.push(join_clean(directory, path));
        }
    }
    found
}

/// Whether a command only removes what package managers leave behind.
fn only_cleans_up(file: &FileOp<'_>) -> bool {
    const LEFTOVERS: &[&str] =
        &["/var/lib/apt/lists", "/var/cache/", "/tmp/", "/var/tmp/", "/var/log/", "/root/.cache"];
    file.action == FileAction::Remove
        && file.targets.iter().all(|target| {
            target.word.static_prefix().starts_with('/')
                && LEFTOVERS.iter().any(|place| target.word.static_prefix().starts_with(place))
        })
}

/// A command on one line, as it is written.
fn text_of(invocation: &Invocation) -> String {
    let words: Vec<&str> = invocation.words.iter().map(|word| &*word.raw).collect();
    words.join(" ")
}
