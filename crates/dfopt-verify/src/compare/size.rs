//! Sizes by layer and by owner; they inform and decide nothing.

use std::collections::BTreeMap;

use super::kept::{is_cache, is_noise};
use crate::image::{Image, Node};
use crate::packages::is_manager_state;
use crate::verdict::{LayerSize, OwnerSize, Sizes};

pub(super) fn sizes(before: &Image, after: &Image) -> Sizes {
    let mut owners: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for (path, node) in before.root.iter().filter(|(_, node)| node.entry.is_file()) {
        owners.entry(owner(before, path, node)).or_default().0 += node.entry.size();
    }
    for (path, node) in after.root.iter().filter(|(_, node)| node.entry.is_file()) {
        owners.entry(owner(after, path, node)).or_default().1 += node.entry.size();
    }
    let mut owners: Vec<OwnerSize> = owners
        .into_iter()
        .filter(|(_, (before, after))| before + after > 0)
        .map(|(owner, (before, after))| OwnerSize { owner, before, after })
        .collect();
    owners.sort_by(|a, b| (b.before.max(b.after)).cmp(&a.before.max(a.after)).then_with(|| a.owner.cmp(&b.owner)));
    Sizes {
        before: before.size(),
        after: after.size(),
        owners,
        layers_before: layers(before),
        layers_after: layers(after),
        wasted_before: wasted(before),
        wasted_after: wasted(after),
    }
}

fn owner(image: &Image, path: &str, node: &Node) -> String {
    if let Some(package) = image.packages().owner(path) {
        return format!("package {}", package.name);
    }
    if is_manager_state(path) {
        return "package manager".to_owned();
    }
    if is_cache(path) || is_noise(path) {
        return "cache".to_owned();
    }
    if image.is_from_base(node) { "base" } else { "application" }.to_owned()
}

fn layers(image: &Image) -> Vec<LayerSize> {
    image
        .layers
        .iter()
        .enumerate()
        .map(|(at, layer)| LayerSize {
            created_by: layer.created_by.clone().unwrap_or_default(),
            bytes: layer.index.written().map(|(_, entry)| entry.size()).sum(),
            from_base: at < image.base_layers,
        })
        .collect()
}

/// Bytes that layers hold and a container does not see.
fn wasted(image: &Image) -> u64 {
    let all: u64 = layers(image).iter().map(|layer| layer.bytes).sum();
    all.saturating_sub(image.size())
}
