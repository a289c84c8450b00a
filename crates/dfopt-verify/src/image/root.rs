//! The merged root of an image, and path resolution that never leaves it.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::layer::LayerIndex;
use super::path::{join, parent};
use super::{Entry, Kind};

const MAX_HOPS: usize = 40;

/// All paths of an image as a container sees them.
#[derive(Debug, Clone, Default)]
pub struct Root {
    nodes: BTreeMap<Arc<str>, Node>,
}

/// A path's entry and the layer that wrote it last.
#[derive(Debug, Clone)]
pub struct Node {
    /// Position of the layer, lowest is 0.
    pub layer: usize,
    /// What is there.
    pub entry: Arc<Entry>,
}

/// A path followed through all symbolic links.
#[derive(Debug, Clone)]
pub struct Resolution<'a> {
    /// Where it ends, without any link in it.
    pub path: String,
    /// The links that were followed, in order, each by its own path.
    pub hops: Vec<String>,
    /// What is there.
    pub node: &'a Node,
}

/// Why a path leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolveError {
    /// Nothing is there; the path names the first missing component.
    Missing {
        /// The first missing component.
        at: String,
        /// The links that were followed until there.
        hops: Vec<String>,
    },
    /// A component that should be a folder is not.
    NotAFolder {
        /// That component.
        at: String,
    },
    /// Too many links.
    Loop,
}

impl Root {
    /// Puts layers on top of each other, lowest first.
    pub(super) fn merge<'a>(layers: impl Iterator<Item = &'a LayerIndex>) -> Self {
        let mut root = Self::default();
        root.nodes.insert(Arc::from("/"), implied_folder(0));
        for (layer, index) in layers.enumerate() {
            for folder in &index.emptied {
                root.remove_below(folder);
            }
            for path in &index.deleted {
                root.remove(path);
            }
            // Sorted order puts a folder before what is in it.
            let mut real_parent = (String::new(), String::new());
            for (path, entry) in &index.entries {
                let place = root.place(path, &mut real_parent, layer);
                root.insert(place.unwrap_or_else(|| Arc::clone(path)), Arc::clone(entry), layer);
            }
            for (path, target) in &index.outside_links {
                if let Some(entry) = root.get(target).map(|node| Arc::clone(&node.entry)) {
                    let place = root.place(path, &mut real_parent, layer);
                    root.insert(place.unwrap_or_else(|| Arc::clone(path)), entry, layer);
                }
            }
        }
        root
    }

    /// The root that some layers make, lowest first.
    #[must_use]
    pub fn of_layers<'a>(layers: impl Iterator<Item = &'a LayerIndex>) -> Self {
        Self::merge(layers)
    }

    /// Where a path lands when its folder is reached through a link; `None` when it lands where it says.
    fn place(&mut self, path: &Arc<str>, cache: &mut (String, String), layer: usize) -> Option<Arc<str>> {
        let folder = parent(path);
        if cache.0 != folder {
            *cache = (folder.to_owned(), self.make_folder(folder, layer));
        }
        let name = super::file_name(path);
        (cache.1 != folder && &**path != "/").then(|| Arc::from(join(&cache.1, name)))
    }

    /// Makes a folder and those above it where they are missing, and says where it really is.
    fn make_folder(&mut self, folder: &str, layer: usize) -> String {
        if let Ok(resolution) = self.resolve(folder) {
            return resolution.path;
        }
        let mut at = String::from("/");
        for part in folder.split('/').filter(|part| !part.is_empty()) {
            let next = join(&at, part);
            at = match self.resolve(&next) {
                Ok(resolution) => resolution.path,
                Err(_) => {
                    self.nodes.insert(Arc::from(next.as_str()), implied_folder(layer));
                    next
                }
            };
        }
        at
    }

    fn insert(&mut self, path: Arc<str>, entry: Arc<Entry>, layer: usize) {
        if !entry.is_folder() {
            self.remove_below(&path);
        }
        self.nodes.insert(path, Node { layer, entry });
    }

    fn remove(&mut self, path: &str) {
        self.remove_below(path);
        self.nodes.remove(path);
    }

    fn remove_below(&mut self, folder: &str) {
        let gone: Vec<Arc<str>> = self.below_keys(folder).cloned().collect();
        for path in gone {
            self.nodes.remove(&path);
        }
    }

    fn below_keys(&self, folder: &str) -> impl Iterator<Item = &Arc<str>> {
        let prefix = if folder == "/" { "/".to_owned() } else { format!("{folder}/") };
        self.nodes
            .range::<str, _>((Bound::Excluded(prefix.as_str()), Bound::Unbounded))
            .map(|(path, _)| path)
            .take_while(move |path| path.starts_with(&prefix))
    }

    /// What is at exactly this path, without following links.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Node> {
        self.nodes.get(path)
    }

    /// All paths, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.nodes.iter().map(|(path, node)| (&**path, node))
    }

    /// Number of paths.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.len() <= 1
    }

    /// All paths below a folder (given without links in it), sorted, without the folder itself.
    pub fn below(&self, folder: &str) -> impl Iterator<Item = (&str, &Node)> {
        let prefix = if folder == "/" { "/".to_owned() } else { format!("{folder}/") };
        self.nodes
            .range::<str, _>((Bound::Excluded(prefix.as_str()), Bound::Unbounded))
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .map(|(path, node)| (&**path, node))
    }

    /// The paths directly in a folder (given without links in it).
    pub fn children(&self, folder: &str) -> impl Iterator<Item = (&str, &Node)> {
        let skip = if folder == "/" { 1 } else { folder.len() + 1 };
        self.below(folder).filter(move |(path, _)| !path[skip..].contains('/'))
    }

    /// Follows a path from the root through all links; `..` at the root stays at the root.
    ///
    /// # Errors
    ///
    /// Nothing is there, a component is not a folder, or links lead in a circle.
    pub fn resolve(&self, path: &str) -> Result<Resolution<'_>, ResolveError> {
        let mut todo: Vec<String> = path.rsplit('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let mut at = String::from("/");
        let mut hops = Vec::new();
        while let Some(part) = todo.pop() {
            match part.as_str() {
                "." => continue,
                ".." => {
                    at = parent(&at).to_owned();
                    continue;
                }
                _ => {}
            }
            let next = if at == "/" { format!("/{part}") } else { format!("{at}/{part}") };
            let Some(node) = self.nodes.get(next.as_str()) else {
                return Err(ResolveError::Missing { at: next, hops });
            };
            match &node.entry.kind {
                Kind::Symlink { target } => {
                    if hops.len() >= MAX_HOPS || todo.len() > 4096 {
                        return Err(ResolveError::Loop);
                    }
                    hops.push(next);
                    if target.starts_with('/') {
                        at = String::from("/");
                    }
                    todo.extend(target.rsplit('/').filter(|part| !part.is_empty()).map(str::to_owned));
                }
                Kind::Folder => at = next,
                _ if todo.is_empty() => at = next,
                _ => return Err(ResolveError::NotAFolder { at: next }),
            }
        }
        match self.nodes.get(at.as_str()) {
            Some(node) => Ok(Resolution { path: at, hops, node }),
            None => Err(ResolveError::Missing { at, hops }),
        }
    }

    /// Whether the path leads to something.
    #[must_use]
    pub fn exists(&self, path: &str) -> bool {
        self.resolve(path).is_ok()
    }

    /// The kept text of the file a path leads to.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.resolve(path).ok()?.node.entry.text()
    }
}

fn implied_folder(layer: usize) -> Node {
    Node {
        layer,
        entry: Arc::new(Entry {
            kind: Kind::Folder,
            mode: 0o755,
            uid: 0,
            gid: 0,
            xattrs: BTreeMap::new(),
            content: None,
        }),
    }
}
