//! Archives of every kind, read and merged.

use std::io::Write;

use super::*;
use crate::testing::{ImageBuilder, LayerBuilder, archive};

fn paths(image: &Image) -> Vec<&str> {
    image.root.iter().map(|(path, _)| path).filter(|path| *path != "/").collect()
}

#[test]
fn layers_are_merged_with_whiteouts_opaque_folders_and_links() {
    let image = ImageBuilder::new()
        .layer(
            LayerBuilder::new()
                .folder("/usr/bin")
                .symlink("/bin", "usr/bin")
                .file("/etc/old", "1")
                .folder("/data")
                .file("/data/a", "a")
                .file("/data/sub/b", "b")
                .file("/f", "one"),
        )
        .layer(
            LayerBuilder::new()
                .whiteout("/etc/old")
                .opaque("/data")
                .file("/data/c", "c")
                .program("/bin/tool", "x")
                .hard_link("/bin/same", "/bin/tool")
                .hard_link("/elsewhere", "/f")
                .file("/f", "two"),
        )
        .build();
    assert_eq!(
        paths(&image),
        ["/bin", "/data", "/data/c", "/elsewhere", "/etc", "/f", "/usr", "/usr/bin", "/usr/bin/same", "/usr/bin/tool"]
    );
    let node = |path: &str| image.root.get(path).unwrap();
    assert_eq!(node("/usr/bin/same").entry, node("/usr/bin/tool").entry);
    assert_eq!((node("/f").layer, node("/bin").layer), (1, 0));
    assert!(image.layers[1].index.deletes("/etc/old"));
    assert_eq!(image.root.resolve("/bin/tool").unwrap().path, "/usr/bin/tool");
    assert_eq!(image.root.resolve("/bin/tool").unwrap().hops, ["/bin"]);
    assert_eq!(image.layers[1].created_by.as_deref(), Some("RUN x"));
}

#[test]
fn resolution_stays_inside_and_ends() {
    let image = ImageBuilder::new()
        .layer(
            LayerBuilder::new()
                .symlink("/up", "../../../../etc/x")
                .file("/etc/x", "")
                .symlink("/loop", "/pool")
                .symlink("/pool", "loop")
                .symlink("/gone", "/nowhere/at/all"),
        )
        .build();
    assert_eq!(image.root.resolve("/up").unwrap().path, "/etc/x");
    assert_eq!(image.root.resolve("/loop").unwrap_err(), ResolveError::Loop);
    assert!(matches!(image.root.resolve("/gone"), Err(ResolveError::Missing { at, .. }) if at == "/nowhere"));
    assert!(matches!(image.root.resolve("/etc/x/y"), Err(ResolveError::NotAFolder { at }) if at == "/etc/x"));
}

#[test]
fn attributes_owners_and_modes_are_kept() {
    let image = ImageBuilder::new()
        .layer(
            LayerBuilder::new()
                .program("/ping", "x")
                .mode(0o4750)
                .owned_by(7, 8)
                .xattr(CAPABILITY, &[1, 0, 0, 2, 10, 32]),
        )
        .build();
    let entry = &image.root.get("/ping").unwrap().entry;
    assert_eq!((entry.mode, entry.uid, entry.gid), (0o4750, 7, 8));
    assert_eq!(entry.xattrs[CAPABILITY], "010000020a20");
    assert!(entry.is_executable_by(7, &[]) && entry.is_executable_by(1, &[8]) && !entry.is_executable_by(1, &[1]));
}

#[test]
fn compressed_layers_and_oci_layouts_are_read() {
    let layer = LayerBuilder::new().file("/hello", "world").bytes();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&layer).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::stream::encode_all(&layer[..], 1).unwrap();
    let name = |digit: char| digit.to_string().repeat(64);
    let config = serde_json::json!({"architecture": "arm64", "os": "linux", "config": {},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:x", "sha256:y"]}});
    let descriptor = |digit: char, kind: &str| serde_json::json!({"mediaType": kind, "size": 1, "digest": format!("sha256:{}", name(digit))});
    let manifest = serde_json::json!({"schemaVersion": 2,
        "config": descriptor('1', "application/vnd.oci.image.config.v1+json"),
        "layers": [descriptor('2', "application/vnd.oci.image.layer.v1.tar+gzip"), descriptor('3', "application/vnd.oci.image.layer.v1.tar+zstd")]});
    let mut attestation = descriptor('5', "application/vnd.oci.image.manifest.v1+json");
    attestation["annotations"] = serde_json::json!({"vnd.docker.reference.type": "attestation-manifest"});
    let index = serde_json::json!({"schemaVersion": 2, "manifests": [descriptor('4', "application/vnd.oci.image.manifest.v1+json"), attestation]});
    let blob = |digit: char, bytes: Vec<u8>| (format!("blobs/sha256/{}", name(digit)), bytes);
    let bytes = archive(&[
        blob('2', gzip),
        blob('3', zstd),
        blob('4', manifest.to_string().into_bytes()),
        blob('5', b"{}".to_vec()),
        blob('1', config.to_string().into_bytes()),
        ("index.json".into(), index.to_string().into_bytes()),
    ]);
    let image = Image::read(&bytes[..], &ReadConfig::default()).unwrap();
    assert_eq!((image.layers.len(), image.config.architecture.as_str()), (2, "arm64"));
    assert_eq!(image.root.get("/hello").unwrap().layer, 1);
}

#[test]
fn archives_of_older_engines_are_read() {
    let layer = LayerBuilder::new().file("/a", "1").bytes();
    let config = serde_json::json!({"rootfs": {"diff_ids": ["x", "y"]}});
    let manifest = serde_json::json!([{"Config": "c.json", "Layers": ["one/layer.tar", "two/layer.tar"]}]);
    let mut builder = tar::Builder::new(archive(&[
        ("one/layer.tar".into(), layer),
        ("c.json".into(), config.to_string().into_bytes()),
        ("manifest.json".into(), manifest.to_string().into_bytes()),
    ]));
    let bytes = {
        // The closing blocks are cut off so that one more member fits.
        let inner = builder.get_mut();
        inner.truncate(inner.len() - 1024);
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        builder.append_link(&mut header, "two/layer.tar", "../one/layer.tar").unwrap();
        builder.into_inner().unwrap()
    };
    let image = Image::read(&bytes[..], &ReadConfig::default()).unwrap();
    assert_eq!(image.layers.len(), 2);
    assert!(std::sync::Arc::ptr_eq(&image.layers[0].index, &image.layers[1].index));
}

#[test]
fn broken_and_hostile_archives_are_refused() {
    let read = |bytes: &[u8], limits: Limits| {
        let config = ReadConfig { limits, ..ReadConfig::default() };
        Image::read(bytes, &config).map(|_| ()).unwrap_err()
    };
    let good = ImageBuilder::new().layer(LayerBuilder::new().file("/a", vec![7; 5000])).archive();
    for cut in (0..good.len() - 1024 - 512).step_by(511) {
        let result = Image::read(&good[..cut], &ReadConfig::default());
        assert!(result.is_err(), "{cut} of {}", good.len());
    }
    let tight = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        limits
    };
    assert!(matches!(read(&good, tight(|limits| limits.members = 0)), ImageError::Limit(_)));
    assert!(matches!(read(&good, tight(|limits| limits.bytes = 4000)), ImageError::Limit(_)));
    assert!(matches!(read(&good, tight(|limits| limits.document = 10)), ImageError::Limit(_)));
    assert!(matches!(read(&good, tight(|limits| limits.blobs = 1)), ImageError::Limit(_)));
    let escape = ImageBuilder::new().layer(LayerBuilder::new().file("/../../etc/passwd", "x")).archive();
    assert!(matches!(read(&escape, Limits::default()), ImageError::Archive(_)));
    let two =
        archive(&[("manifest.json".into(), br#"[{"Config":"a","Layers":[]},{"Config":"b","Layers":[]}]"#.to_vec())]);
    assert!(matches!(read(&two, Limits::default()), ImageError::Count(2)));
    assert!(matches!(read(&archive(&[]), Limits::default()), ImageError::Archive(_)));
}

#[test]
fn a_layer_that_unpacks_without_end_is_refused() {
    // A megabyte of zeros after the end marks, packed small: draining must be bounded as well.
    let mut layer = LayerBuilder::new().file("/a", "x").bytes();
    layer.extend(vec![0; 8 << 20]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&layer).unwrap();
    let bytes = archive(&[("layer".into(), gzip.finish().unwrap())]);
    let config =
        ReadConfig { limits: Limits { members: 10, bytes: 1 << 20, ..Limits::default() }, ..ReadConfig::default() };
    assert!(matches!(Image::read(&bytes[..], &config), Err(ImageError::Limit(_))));
}

#[test]
fn files_of_the_base_have_no_names_and_a_wrong_base_is_refused() {
    let builder = ImageBuilder::new()
        .layer(LayerBuilder::new().file("/base.py", "open('/srv/x')"))
        .base_ends_here()
        .layer(LayerBuilder::new().file("/own.py", "open('/srv/x')"));
    let image = builder.build();
    let names =
        |path: &str| image.root.get(path).unwrap().entry.content.as_ref().and_then(|content| content.names.clone());
    assert!(names("/base.py").is_none() && names("/own.py").is_some());
    assert!(image.is_from_base(image.root.get("/base.py").unwrap()));
    let config = ReadConfig { base_diff_ids: vec!["sha256:other".into()], ..ReadConfig::default() };
    assert!(matches!(Image::read(&builder.archive()[..], &config), Err(ImageError::Base)));
}

#[test]
fn equal_layers_are_shared_through_the_cache() {
    let cache = std::sync::Arc::new(LayerCache::default());
    let config = ReadConfig { cache: Some(std::sync::Arc::clone(&cache)), ..ReadConfig::default() };
    let bytes = ImageBuilder::new().layer(LayerBuilder::new().file("/a", "x")).archive();
    let first = Image::read(&bytes[..], &config).unwrap();
    let second = Image::read(&bytes[..], &config).unwrap();
    assert!(std::sync::Arc::ptr_eq(&first.layers[0].index, &second.layers[0].index));
}
