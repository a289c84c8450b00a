//! Removes images, containers and temporary folders by the owner that their label names.

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Engine;
use super::command::Patience;
use super::owner::{Owner, RUN_LABEL};
use crate::cancel::CancelToken;
use crate::error::EngineError;

/// How much was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// Containers, with their anonymous volumes.
    pub containers: usize,
    /// Images.
    pub images: usize,
    /// Temporary folders.
    pub folders: usize,
}

/// An engine that does not even list is not waited for: this is what runs after Ctrl-C.
const LIST: Duration = Duration::from_secs(15);
const REMOVE: Duration = Duration::from_secs(120);
const FOLDER_PREFIX: &str = "dfopt-";
/// Ids in one command.
const AT_ONCE: usize = 50;

/// Removes containers and images whose owner the test accepts. What bears no label that reads as one is never touched.
pub(super) fn remove(
    engine: &Engine,
    accepts: &dyn Fn(&Owner) -> bool,
    cancel: Option<&CancelToken>,
) -> Result<Swept, EngineError> {
    let filter = format!("label={RUN_LABEL}");
    let ask = |doing: &str, arguments: &[&str], limit: Duration| {
        engine.client.ask(doing, arguments, Patience { limit, cancel })
    };
    let accepted = |text: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        lines
            .filter(|(_, label)| Owner::parse(label.trim()).is_some_and(|owner| accepts(&owner)))
            .map(|(id, _)| id.to_owned())
            .collect()
    };

    let doing = "listing containers";
    let format = format!("{{{{.ID}}}} {{{{.Label \"{RUN_LABEL}\"}}}}");
    let answer = ask(doing, &["ps", "--all", "--no-trunc", "--filter", &filter, "--format", &format], LIST)?;
    if !answer.succeeded() {
        return Err(super::failure::refused(doing, &answer.stderr_text()));
    }
    let containers = accepted(&answer.stdout_text());
    for ids in containers.chunks(AT_ONCE) {
        let mut arguments = vec!["rm", "--force", "--volumes"];
        arguments.extend(ids.iter().map(String::as_str));
        ask("removing containers", &arguments, REMOVE)?;
    }

    let doing = "listing images";
    let answer = ask(doing, &["images", "--all", "--quiet", "--no-trunc", "--filter", &filter], LIST)?;
    if !answer.succeeded() {
        return Err(super::failure::refused(doing, &answer.stderr_text()));
    }
    let text = answer.stdout_text();
    let mut labelled: Vec<&str> = text.lines().collect();
    labelled.sort_unstable();
    labelled.dedup();
    let mut images = 0;
    for ids in labelled.chunks(AT_ONCE) {
        let format = format!("{{{{.Id}}}} {{{{index .Config.Labels \"{RUN_LABEL}\"}}}}");
        let mut arguments = vec!["image", "inspect", "--format", &format];
        arguments.extend(ids);
        // One that was removed meanwhile makes this fail, and the others are told all the same.
        let owned = accepted(&ask(doing, &arguments, LIST)?.stdout_text());
        if owned.is_empty() {
            continue;
        }
        images += owned.len();
        let mut arguments = vec!["image", "rm", "--force"];
        arguments.extend(owned.iter().map(String::as_str));
        ask("removing images", &arguments, REMOVE)?;
    }
    Ok(Swept { containers: containers.len(), images, folders: 0 })
}

pub(super) fn folder_name(owner: &Owner) -> String {
    format!("{FOLDER_PREFIX}{owner}")
}

/// Removes temporary folders whose owner the test accepts.
pub(super) fn remove_folders(root: &Path, accepts: &dyn Fn(&Owner) -> bool) -> usize {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    entries
        .filter(|entry| {
            let name = entry.file_name();
            let owner = name.to_str().and_then(|name| name.strip_prefix(FOLDER_PREFIX)).and_then(Owner::parse);
            // A link of that name was not made here.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            is_folder && owner.is_some_and(|owner| accepts(&owner)) && std::fs::remove_dir_all(entry.path()).is_ok()
        })
        .count()
}
