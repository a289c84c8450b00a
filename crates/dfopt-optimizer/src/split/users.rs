//! Users and groups that the runtime stage must have.

use std::collections::BTreeSet;

use dfopt_semantic::model::Model;
use dfopt_syntax::ast::Instruction;

use super::route::Routed;
use crate::evidence::{BaseEvidence, Evidence, Repair, UserEntry};

/// How the users get into the runtime stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Users {
    /// Nobody is missing.
    Present,
    /// Commands, to be joined in one RUN.
    Commands(Vec<String>),
    /// The database is copied, for bases without the programs.
    Copied,
}

/// The names of users and groups that the image refers to: USER, and `--chown` of what stays.
fn named(model: &Model<'_>, routed: &[Routed<'_>]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut add = |text: &str| {
        for part in text.split(':').filter(|part| !part.is_empty() && !part.bytes().all(|b| b.is_ascii_digit())) {
            if part != "root" {
                names.insert(part.to_owned());
            }
        }
    };
    for routed in routed {
        match &routed.step.ast {
            Instruction::User(_) => {
                if let Some(text) = routed.step.argument(model) {
                    add(text.known().unwrap_or_default());
                }
            }
            Instruction::Copy(_) | Instruction::Add(_) => {
                if let Some(text) = routed.step.flag_text(model, "chown") {
                    add(text.known().unwrap_or_default());
                }
            }
            _ => {}
        }
    }
    names
}

/// What has to be done so that every user is there.
pub(crate) fn users(
    model: &Model<'_>,
    routed: &[Routed<'_>],
    cut: usize,
    evidence: &Evidence,
    base: Option<&BaseEvidence>,
    owners: &BTreeSet<(u32, u32)>,
) -> Users {
    let asked = evidence.repairs.iter().filter_map(|repair| match repair {
        Repair::User { name } => Some(name.clone()),
        _ => None,
    });
    let mut names = named(model, routed);
    names.extend(asked);
    names.extend(
        evidence.users.iter().filter(|user| owners.contains(&(user.uid, user.gid))).map(|user| user.name.clone()),
    );
    let commands: Vec<&(String, String)> =
        routed[..cut].iter().filter_map(|routed| routed.run.as_ref()).flat_map(|run| &run.accounts).collect();
    // What instructions behind the cut make themselves is there already.
    let later: Vec<&(String, String)> =
        routed[cut..].iter().filter_map(|routed| routed.run.as_ref()).flat_map(|run| &run.accounts).collect();
    names.retain(|name| !later.iter().any(|(_, text)| text.split_whitespace().any(|word| word == name)));
    let missing: Vec<&String> =
        names.iter().filter(|name| !base.is_some_and(|base| base.users.contains(*name))).collect();
    if commands.is_empty() && missing.is_empty() {
        return Users::Present;
    }
    let Some(base) = base else {
        return Users::Commands(commands.iter().map(|(_, text)| text.clone()).collect());
    };
    if !base.has_shell {
        return if missing.is_empty() { Users::Present } else { Users::Copied };
    }
    let has = |tool: &str| {
        ["/usr/sbin", "/sbin", "/usr/bin", "/bin"].iter().any(|place| base.present.contains(&format!("{place}/{tool}")))
    };
    if !commands.is_empty() && commands.iter().all(|(tool, _)| has(tool)) {
        return Users::Commands(commands.iter().map(|(_, text)| text.clone()).collect());
    }
    let entries: Vec<&UserEntry> = evidence.users.iter().filter(|user| missing.contains(&&user.name)).collect();
    if entries.is_empty() {
        return Users::Present;
    }
    if has("useradd") {
        Users::Commands(entries.iter().flat_map(|user| made_by_useradd(user)).collect())
    } else {
        Users::Copied
    }
}

/// The commands that make a user as it was.
fn made_by_useradd(user: &UserEntry) -> Vec<String> {
    let mut commands = Vec::new();
    let group = match &user.group {
        Some(group) => {
            commands.push(format!("groupadd --gid {} {group}", user.gid));
            group.clone()
        }
        None => user.gid.to_string(),
    };
    commands.push(format!(
        "useradd --uid {} --gid {group} --home-dir {} --no-create-home --shell {} {}",
        user.uid, user.home, user.shell, user.name
    ));
    commands
}
