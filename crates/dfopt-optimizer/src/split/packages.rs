//! Packages of the distribution that the runtime stage installs.

use std::collections::{BTreeMap, BTreeSet};

use super::files::Files;
use super::render::Style;
use super::route::{Routed, is_build_only};
use crate::evidence::{BaseEvidence, Evidence, Repair};

/// The packages to install, by name, with reasons.
pub(crate) fn needed(
    files: &Files<'_>,
    routed: &[Routed<'_>],
    cut: usize,
    evidence: &Evidence,
    base: Option<&BaseEvidence>,
    dropped: &mut BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut wanted: BTreeMap<String, String> = BTreeMap::new();
    for routed in &routed[..cut] {
        let Some(run) = &routed.run else { continue };
        for name in &run.packages {
            if is_build_only(name) {
                dropped.insert(name.clone(), "serves building only".into());
            } else if !evidence.packages.is_empty() && !evidence.packages.contains_key(name) {
                dropped.insert(name.clone(), "no longer there at the end of the build".into());
            } else {
                wanted.entry(name.clone()).or_insert_with(|| "installed by the file, and not for building only".into());
            }
        }
    }
    for (name, reason) in files.packages() {
        wanted.insert(name.to_owned(), reason);
        dropped.remove(name);
    }
    for repair in &evidence.repairs {
        if let Repair::Package { name, why } = repair {
            wanted.insert(name.clone(), why.clone());
            dropped.remove(name);
        }
    }
    // What the instructions that stay install is installed by them.
    for routed in &routed[cut..] {
        for name in routed.run.iter().flat_map(|run| &run.packages) {
            wanted.remove(name);
        }
    }
    wanted.retain(|name, _| !base.is_some_and(|base| base.packages.contains(name)));
    let covered: BTreeSet<String> = wanted
        .keys()
        .filter(|name| {
            wanted
                .keys()
                .any(|other| other != *name && depends(evidence, other, name) && !depends(evidence, name, other))
        })
        .cloned()
        .collect();
    wanted.retain(|name, _| !covered.contains(name));
    wanted
}

/// Whether installing `from` brings `to`.
fn depends(evidence: &Evidence, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut stack = vec![from];
    while let Some(name) = stack.pop() {
        let Some(package) = evidence.packages.get(name) else { continue };
        for next in &package.depends {
            if next == to {
                return true;
            }
            if seen.insert(next.as_str()) {
                stack.push(next);
            }
        }
    }
    false
}

/// The instruction that installs them.
pub(crate) fn install(style: &Style, manager: &str, names: &[&str]) -> Option<String> {
    let mut lines = Vec::new();
    match manager {
        "apt" => {
            lines.push("apt-get update && apt-get install -y --no-install-recommends".to_owned());
            lines.extend(names.iter().map(|name| (*name).to_owned()));
            lines.push("&& rm -rf /var/lib/apt/lists/*".to_owned());
        }
        "apk" => lines.push(format!("apk add --no-cache {}", names.join(" "))),
        _ => return None,
    }
    Some(style.lines("RUN", &lines))
}
