//! What each understood command reads and writes.

mod builds;
mod system;

use super::Effects;
use super::builder::Builder;
use super::path::PathPattern;
use super::resource::Resource;
use super::state::State;
use crate::command::files::{Depth, FileAction, FileOp};
use crate::command::understood::{LooksAt, Pure};
use crate::command::{Command, Understood, Value, Word};

/// Directories that packages of a distribution own. `/usr/local`, `/srv`, `/home` are not among them by policy.
pub(super) const PACKAGED: &[&str] = &[
    "/bin/**",
    "/sbin/**",
    "/lib/**",
    "/lib32/**",
    "/lib64/**",
    "/libx32/**",
    "/etc/**",
    "/opt/**",
    "/usr/bin/**",
    "/usr/sbin/**",
    "/usr/lib/**",
    "/usr/lib32/**",
    "/usr/lib64/**",
    "/usr/libexec/**",
    "/usr/share/**",
    "/usr/include/**",
    "/usr/src/**",
    "/usr/games/**",
    "/usr/local/share/**",
    "/var/**",
    "/run/**",
    "/boot/**",
    "/usr/x86_64-linux-gnu/**",
    "/usr/aarch64-linux-gnu/**",
    "/usr/arm-linux-gnueabihf/**",
];

/// What any program may load when it starts.
const SYSTEM: &[&str] = &["/bin/**", "/sbin/**", "/lib/**", "/lib32/**", "/lib64/**", "/usr/**", "/etc/**", "/opt/**"];

pub(super) fn of(understood: &Understood<'_>, command: &Command<'_>, state: &State<'_>) -> Effects {
    let mut builder = Builder::new(state);
    let b = &mut builder;
    if !is_builtin(understood, command) {
        program(b, command);
    }
    match understood {
        Understood::PackageInstall(install) => system::install(b, install),
        Understood::PackageRemove(remove) => system::remove(b, remove),
        Understood::PackageMaintenance(maintenance) => system::maintenance(b, maintenance),
        Understood::Account(account) => system::account(b, account),
        Understood::State(change) => system::state(b, change),
        Understood::Pip(pip) => builds::pip(b, pip, command),
        Understood::Node(node) => builds::node(b, node),
        Understood::Go(go) => builds::go(b, go, command),
        Understood::Cargo(cargo) => builds::cargo(b, cargo),
        Understood::Compile(compile) => builds::compile(b, compile, command),
        Understood::Tool(run) => builds::tool(b, run),
        Understood::Download(download) => system::download(b, download),
        Understood::Git(git) => system::git(b, git),
        Understood::Extract(extract) => system::extract(b, extract),
        Understood::Pack(pack) => system::pack(b, pack),
        Understood::File(op) => files(b, op),
        Understood::EditInPlace(edit) => {
            for file in &edit.files {
                b.change(Value::whole(file));
                if edit.backup {
                    let pattern = b.state.pattern(Value::whole(file));
                    // The name of the backup depends on the suffix; it stands in the same directory.
                    b.may_write_pattern(parent_of(&pattern));
                }
            }
        }
        Understood::Tee { files, append } => {
            for file in files {
                if *append {
                    b.change(Value::whole(file));
                } else {
                    b.write(Value::whole(file));
                }
            }
        }
        Understood::Test(words) => {
            for word in words {
                if may_be_path(word) {
                    let pattern = b.state.pattern(Value::whole(word));
                    b.may_read_pattern(pattern);
                }
            }
        }
        Understood::Pure(pure) => looks(b, pure),
        Understood::Print(_)
        | Understood::SetOption { .. }
        | Understood::Cd(_)
        | Understood::Export(_)
        | Understood::Unset(_) => {}
        Understood::Make(_) | Understood::Source(_) | Understood::Script(_) | Understood::Unknown => {
            return Effects::unknown();
        }
    }
    builder.effects
}

fn is_builtin(understood: &Understood<'_>, command: &Command<'_>) -> bool {
    command.wrappers().is_empty()
        && command.path() == command.name()
        && match understood {
            Understood::Print(_)
            | Understood::Test(_)
            | Understood::SetOption { .. }
            | Understood::Cd(_)
            | Understood::Export(_)
            | Understood::Unset(_) => true,
            Understood::Pure(pure) => pure.looks_at == LooksAt::Nothing && pure.reads.is_empty(),
            _ => false,
        }
}

/// The program itself, what it loads, and how it is found.
fn program(b: &mut Builder<'_, '_>, command: &Command<'_>) {
    b.may_read(SYSTEM);
    match command.name_word() {
        Some(word) if word.text().is_some_and(|t| t.contains('/')) => b.read(Value::whole(word)),
        _ => {
            b.variables(&["PATH"]);
            let path = b.state.lookup("PATH").unwrap_or_default();
            for directory in path.split(':').filter(|d| d.starts_with('/')) {
                b.may_read_pattern(PathPattern::tree(directory));
            }
        }
    }
    b.variables(&["LD_LIBRARY_PATH", "LD_PRELOAD", "LANG", "LANGUAGE", "LC_*", "TZ"]);
}

fn looks(b: &mut Builder<'_, '_>, pure: &Pure<'_>) {
    for word in &pure.reads {
        match pure.looks_at {
            LooksAt::Trees => b.read_tree(Value::whole(word)),
            _ => {
                let pattern = b.state.pattern(Value::whole(word));
                b.may_read_pattern(pattern);
            }
        }
    }
    match pure.looks_at {
        LooksAt::Trees if pure.reads.is_empty() => {
            let here = b.directory(None);
            b.may_read_pattern(here);
        }
        LooksAt::Clock => b.effects.reads.add(Resource::Time),
        LooksAt::System => {
            for resource in [Resource::User("*".into()), Resource::Group("*".into()), Resource::variable("*")] {
                b.effects.reads.add_at_most(resource);
            }
            b.may_read(&["/var/**", "/proc/**", "/sys/**"]);
        }
        LooksAt::Nothing | LooksAt::Trees => {}
    }
}

fn may_be_path(word: &Word) -> bool {
    !word.static_prefix().starts_with('-')
        && !word.is_any(&["]", "]]", "=", "==", "!=", "!", "(", ")", "=~", "&&", "||", "", "<", ">"])
}

/// Every file of the directory a path stands in.
fn parent_of(pattern: &PathPattern) -> PathPattern {
    match pattern.as_literal() {
        Some(path) => {
            let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
            PathPattern::parse(&format!("{}/*", super::path::escape(directory)))
        }
        None => pattern.clone().with_everything_below(),
    }
}

fn files(b: &mut Builder<'_, '_>, op: &FileOp<'_>) {
    let whole_trees = op.depth == Depth::Trees;
    if op.open {
        b.effects.reads.add_at_most(Resource::any_path());
        b.effects.writes.add_at_most(Resource::any_path());
    }
    if op.owner.is_some_and(|o| o.text().is_none()) {
        for resource in [Resource::User("*".into()), Resource::Group("*".into())] {
            b.effects.reads.add_at_most(resource);
        }
        b.may_read(&["/etc/passwd", "/etc/group"]);
    }
    if let Some(owner) = op.owner.and_then(|o| o.text()) {
        let (user, group) = owner.split_once([':', '.']).unwrap_or((owner, ""));
        for (name, resource) in [(user, Resource::User(user.into())), (group, Resource::Group(group.into()))] {
            if !name.is_empty() && !name.chars().all(|c| c.is_ascii_digit()) {
                b.effects.reads.add(resource);
            }
        }
        b.may_read(&["/etc/passwd", "/etc/group"]);
    }
    match op.action {
        FileAction::Copy | FileAction::Move => {
            for source in &op.sources {
                let value = Value::whole(source);
                if whole_trees {
                    b.read_tree(value);
                } else {
                    b.read(value);
                }
                if op.action == FileAction::Move {
                    b.write_tree(value);
                }
            }
            placed(b, op, whole_trees);
        }
        FileAction::Link => {
            if !op.symbolic {
                for source in &op.sources {
                    b.read(Value::whole(source));
                }
            }
            if op.targets.is_empty() {
                let here = b.directory(None);
                b.may_write_pattern(here);
            }
            placed(b, op, false);
        }
        FileAction::Remove => {
            for target in &op.targets {
                if whole_trees {
                    b.write(*target);
                    b.write_tree(*target);
                } else {
                    b.write(*target);
                }
            }
        }
        FileAction::MakeDirectory => {
            for target in &op.targets {
                b.change(*target);
                parents(b, *target);
            }
        }
        FileAction::Mode | FileAction::Owner | FileAction::Rewrite => {
            for target in &op.targets {
                if whole_trees {
                    b.change_tree(*target);
                } else {
                    b.change(*target);
                }
            }
        }
        FileAction::Touch => {
            for target in &op.targets {
                b.change(*target);
            }
        }
    }
}

/// `mkdir -p /a/b/c` may make `/a` and `/a/b` too.
fn parents(b: &mut Builder<'_, '_>, target: Value<'_>) {
    let Some(path) = b.state.path(target) else {
        return;
    };
    let mut rest = path.as_str();
    while let Some((parent, _)) = rest.rsplit_once('/') {
        if parent.is_empty() {
            break;
        }
        b.may_write_pattern(PathPattern::literal(parent));
        rest = parent;
    }
}

/// The targets of a copy, a move or a link: below the target when it is a directory, else the target itself.
fn placed(b: &mut Builder<'_, '_>, op: &FileOp<'_>, whole_trees: bool) {
    for target in &op.targets {
        let pattern = b.state.pattern(*target);
        let Some(directory) = pattern.as_literal() else {
            b.may_write_pattern(pattern.with_everything_below());
            continue;
        };
        if !op.into_directory {
            let itself = PathPattern::literal(&directory);
            b.may_write_pattern(if whole_trees { itself.with_everything_below() } else { itself });
        }
        for source in &op.sources {
            let name = b
                .state
                .pattern(Value::whole(source))
                .as_literal()
                .and_then(|path| path.rsplit_once('/').map(|(_, name)| name.to_owned()))
                .filter(|name| !name.is_empty());
            let contents = source.raw.trim_end_matches(['"', '\'']);
            // `cp -r dir/. target` and `rsync dir/ target` put the contents there.
            let contents = contents.ends_with("/.") || contents == "." || (whole_trees && contents.ends_with('/'));
            match name {
                Some(name) if !contents => {
                    let below = PathPattern::literal(&format!("{directory}/{name}"));
                    if whole_trees {
                        b.may_write_pattern(below.with_everything_below());
                    } else if op.into_directory {
                        b.effects.writes.add(Resource::Path(below));
                    } else {
                        b.may_write_pattern(below);
                    }
                }
                _ => b.may_write_pattern(PathPattern::tree(&directory)),
            }
        }
    }
}
