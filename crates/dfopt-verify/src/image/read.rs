//! Reading an image archive in one pass.
//!
//! Blobs come in any order and before the documents that name them, so each is indexed as what it looks like and put
//! into its place at the end.

use std::collections::HashMap;
use std::io::{self, BufReader, Read};
use std::sync::{Arc, Mutex};

use oci_spec::image::{ImageIndex, ImageManifest};
use serde::Deserialize;
use tar::EntryType;

use super::archive::Archive;
use super::content::Depth;
use super::layer::LayerIndex;
use super::path::{join, member_path, parent, text};
use super::{Image, ImageConfig, ImageError};

/// How an image is read.
#[derive(Debug, Clone, Default)]
pub struct ReadConfig {
    /// Digests of the uncompressed layers of the base image, lowest first; empty when not known.
    ///
    /// Files of these layers are not searched for names, and they count as brought by the base.
    pub base_diff_ids: Vec<String>,
    /// Layer indexes shared between images.
    pub cache: Option<Arc<LayerCache>>,
    /// Bounds.
    pub limits: Limits,
}

/// Bounds of one image archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Archive members over all layers.
    pub members: u64,
    /// Bytes over all layers, uncompressed.
    pub bytes: u64,
    /// Bytes of one document.
    pub document: u64,
    /// Number of layers and other blobs.
    pub blobs: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { members: 4_000_000, bytes: 256 << 30, document: 16 << 20, blobs: 4096 }
    }
}

/// Indexes of layers that were read, by digest.
#[derive(Debug, Default)]
pub struct LayerCache {
    indexes: Mutex<HashMap<(String, Depth), Arc<LayerIndex>>>,
}

impl LayerCache {
    fn get(&self, digest: &str, depth: Depth) -> Option<Arc<LayerIndex>> {
        let indexes = self.indexes.lock().ok()?;
        indexes.get(&(digest.to_owned(), depth)).cloned()
    }

    fn put(&self, digest: &str, depth: Depth, index: &Arc<LayerIndex>) {
        if let Ok(mut indexes) = self.indexes.lock() {
            indexes.insert((digest.to_owned(), depth), Arc::clone(index));
        }
    }
}

/// Counts what was read against the bounds.
pub(super) struct Budget {
    limits: Limits,
    members: u64,
    bytes: u64,
}

impl Budget {
    pub(super) fn member(&mut self, size: u64) -> Result<(), ImageError> {
        self.members += 1;
        self.bytes = self.bytes.saturating_add(size);
        if self.members > self.limits.members {
            return Err(ImageError::Limit(format!("more than {} files", self.limits.members)));
        }
        if self.bytes > self.limits.bytes {
            return Err(ImageError::Limit(format!("more than {} bytes", self.limits.bytes)));
        }
        Ok(())
    }
}

/// A bound that was passed inside a decoder.
#[derive(Debug)]
pub(super) struct LimitPassed(u64);

impl std::fmt::Display for LimitPassed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a layer unpacks to more than {} bytes", self.0)
    }
}

impl std::error::Error for LimitPassed {}

/// Stops a stream that grows beyond its bound.
struct Capped<R> {
    inner: R,
    left: u64,
    limit: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other(LimitPassed(self.limit))),
        }
        Ok(read)
    }
}

#[derive(Deserialize)]
struct SavedImage {
    #[serde(rename = "Config")]
    config: String,
    #[serde(rename = "Layers", default)]
    layers: Option<Vec<String>>,
}

#[derive(Default)]
struct Blobs {
    documents: HashMap<String, Vec<u8>>,
    layers: HashMap<String, Arc<LayerIndex>>,
    links: HashMap<String, String>,
}

pub(super) fn read(from: impl Read, config: &ReadConfig) -> Result<Image, ImageError> {
    let mut archive = Archive::new(BufReader::with_capacity(1 << 18, from));
    let mut budget = Budget { limits: config.limits.clone(), members: 0, bytes: 0 };
    let mut blobs = Blobs::default();
    while let Some(member) = archive.next()? {
        let name = member_path(&member.path)?;
        match member.kind {
            EntryType::Regular | EntryType::Continuous => {}
            EntryType::Symlink => {
                let target = join(parent(&name), &text(&member.link));
                blobs.links.insert(name, target);
                continue;
            }
            EntryType::Link => {
                let target = member_path(&member.link)?;
                blobs.links.insert(name, target);
                continue;
            }
            _ => continue,
        }
        if blobs.documents.len() + blobs.layers.len() >= config.limits.blobs {
            return Err(ImageError::Limit(format!("more than {} blobs", config.limits.blobs)));
        }
        let mut start = [0_u8; 512];
        let mut data = archive.data();
        let mut filled = 0;
        while filled < start.len() {
            match data.read(&mut start[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ImageError::archive(&name, &error)),
            }
        }
        let start = &start[..filled];
        let whole = start.chain(data);
        match kind_of(&name, start) {
            BlobKind::Document => {
                if member.size > config.limits.document {
                    return Err(ImageError::Limit(format!("`{name}` is longer than {} bytes", config.limits.document)));
                }
                let mut bytes = Vec::new();
                whole
                    .take(config.limits.document)
                    .read_to_end(&mut bytes)
                    .map_err(|error| ImageError::archive(&name, &error))?;
                blobs.documents.insert(name, bytes);
            }
            BlobKind::Layer(packing) => {
                let digest = digest_of(&name);
                let depth = match &digest {
                    Some(digest) if config.base_diff_ids.contains(digest) => Depth::Base,
                    _ => Depth::Full,
                };
                let known =
                    digest.as_deref().zip(config.cache.as_deref()).and_then(|(digest, cache)| cache.get(digest, depth));
                let index = match known {
                    Some(index) => index,
                    None => {
                        let index = Arc::new(read_layer(whole, packing, depth, &mut budget)?);
                        if let (Some(digest), Some(cache)) = (&digest, &config.cache) {
                            cache.put(digest, depth, &index);
                        }
                        index
                    }
                };
                blobs.layers.insert(name, index);
            }
            BlobKind::Other => {}
        }
    }
    assemble(&blobs, config)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Zstd,
}

enum BlobKind {
    Document,
    Layer(Packing),
    Other,
}

fn kind_of(name: &str, start: &[u8]) -> BlobKind {
    if start.starts_with(&[0x1f, 0x8b]) {
        return BlobKind::Layer(Packing::Gzip);
    }
    if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return BlobKind::Layer(Packing::Zstd);
    }
    let is_tar = start.len() == 512 && (start[257..262] == *b"ustar" || start.iter().all(|byte| *byte == 0));
    if is_tar || name.ends_with("/layer.tar") {
        return BlobKind::Layer(Packing::Plain);
    }
    match start.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => BlobKind::Document,
        _ => BlobKind::Other,
    }
}

/// The digest a blob is filed under in an OCI layout.
fn digest_of(name: &str) -> Option<String> {
    let digest = name.strip_prefix("/blobs/sha256/")?;
    (digest.len() == 64).then(|| format!("sha256:{digest}"))
}

fn read_layer(from: impl Read, packing: Packing, depth: Depth, budget: &mut Budget) -> Result<LayerIndex, ImageError> {
    let left = budget.limits.bytes.saturating_sub(budget.bytes);
    let plain: Box<dyn Read + '_> = match packing {
        Packing::Plain => Box::new(from),
        Packing::Gzip => Box::new(flate2::read::MultiGzDecoder::new(from)),
        Packing::Zstd => {
            let mut decoder =
                zstd::stream::read::Decoder::new(from).map_err(|error| ImageError::archive("a zstd layer", &error))?;
            // A larger window would be memory that the archive's author decides on.
            decoder.window_log_max(27).map_err(|error| ImageError::archive("a zstd layer", &error))?;
            Box::new(decoder)
        }
    };
    let reader = Capped {
        inner: plain,
        // Headers and padding count too, so that a layer of empty members ends as well.
        left: left.saturating_add(budget.limits.members.saturating_mul(2048)),
        limit: left,
    };
    LayerIndex::read(BufReader::with_capacity(1 << 17, reader), depth, budget)
}

fn document<'a, T: Deserialize<'a>>(name: &str, bytes: &'a [u8]) -> Result<T, ImageError> {
    serde_json::from_slice(bytes)
        .map_err(|error| ImageError::Document { name: name.to_owned(), reason: error.to_string() })
}

fn assemble(blobs: &Blobs, config: &ReadConfig) -> Result<Image, ImageError> {
    let (config_name, layer_names) = match blobs.documents.get("/manifest.json") {
        Some(bytes) => saved(bytes)?,
        None => oci(blobs)?,
    };
    let config_bytes = blobs.documents.get(&blobs.follow(&config_name)).ok_or_else(|| missing(&config_name))?;
    let image: ImageConfig = document(&config_name, config_bytes)?;
    let mut layers = Vec::with_capacity(layer_names.len());
    for name in &layer_names {
        layers.push(Arc::clone(blobs.layers.get(&blobs.follow(name)).ok_or_else(|| missing(name))?));
    }
    if image.rootfs.diff_ids.len() != layers.len() {
        return Err(ImageError::Document {
            name: config_name,
            reason: format!("{} layers where the archive has {}", image.rootfs.diff_ids.len(), layers.len()),
        });
    }
    let shared = image.rootfs.diff_ids.iter().zip(&config.base_diff_ids).take_while(|(own, base)| own == base).count();
    // Layers of a wrong base were not searched for names; going on would be blind in one eye.
    if shared != config.base_diff_ids.len() {
        return Err(ImageError::Base);
    }
    Ok(Image::assemble(image, layers, shared))
}

/// `manifest.json` of `docker save`.
fn saved(bytes: &[u8]) -> Result<(String, Vec<String>), ImageError> {
    let mut images: Vec<SavedImage> = document("manifest.json", bytes)?;
    match (images.pop(), images.len()) {
        (Some(image), 0) => Ok((
            join("/", &image.config),
            image.layers.unwrap_or_default().iter().map(|layer| join("/", layer)).collect(),
        )),
        (None, _) => Err(ImageError::Count(0)),
        (Some(_), others) => Err(ImageError::Count(others + 1)),
    }
}

/// `index.json` of an OCI layout.
fn oci(blobs: &Blobs) -> Result<(String, Vec<String>), ImageError> {
    let mut name = "/index.json".to_owned();
    let mut bytes = blobs
        .documents
        .get(&name)
        .ok_or_else(|| ImageError::Archive("neither manifest.json nor index.json is in it".into()))?;
    // An index may name another one; the depth is bounded since each step must be found.
    for _ in 0..4 {
        let value: serde_json::Value = document(&name, bytes)?;
        if value.get("layers").is_some() {
            let manifest: ImageManifest = document(&name, bytes)?;
            return Ok((
                blob(manifest.config().digest().as_ref()),
                manifest.layers().iter().map(|layer| blob(layer.digest().as_ref())).collect(),
            ));
        }
        let index: ImageIndex = document(&name, bytes)?;
        // Builders add attestations beside the image.
        let images: Vec<String> = index
            .manifests()
            .iter()
            .filter(|entry| {
                entry.annotations().as_ref().is_none_or(|notes| !notes.contains_key("vnd.docker.reference.type"))
            })
            .map(|entry| blob(entry.digest().as_ref()))
            .filter(|name| blobs.documents.contains_key(name))
            .collect();
        let [only] = &images[..] else {
            return Err(ImageError::Count(images.len()));
        };
        name.clone_from(only);
        bytes = blobs.documents.get(&name).ok_or_else(|| missing(&name))?;
    }
    Err(ImageError::Archive("indexes are nested too deep".into()))
}

fn blob(digest: &str) -> String {
    format!("/blobs/{}", digest.replacen(':', "/", 1))
}

fn missing(name: &str) -> ImageError {
    ImageError::Archive(format!("`{}` is named but not in it", name.trim_start_matches('/')))
}

impl Blobs {
    /// Old archives store a layer that occurs twice as a link.
    fn follow(&self, name: &str) -> String {
        let mut name = name;
        for _ in 0..8 {
            match self.links.get(name) {
                Some(target) => name = target,
                None => break,
            }
        }
        name.to_owned()
    }
}
