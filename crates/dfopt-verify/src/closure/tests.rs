//! Closures of small images.

use super::*;
use crate::testing::{ElfBuilder, ImageBuilder, LOADER, LayerBuilder};

fn base() -> LayerBuilder {
    LayerBuilder::new()
        .folder("/tmp")
        .symlink("/lib64", "usr/lib64")
        .symlink("/bin", "usr/bin")
        .program("/usr/lib64/ld-linux-x86-64.so.2", ElfBuilder::library("ld-linux-x86-64.so.2").bytes())
        .file("/usr/lib/x86_64-linux-gnu/libc.so.6", ElfBuilder::library("libc.so.6").provides("GLIBC_2.34").bytes())
        .file("/usr/lib/x86_64-linux-gnu/libpq.so.5.17", ElfBuilder::library("libpq.so.5").needs("libc.so.6").bytes())
        .symlink("/usr/lib/x86_64-linux-gnu/libpq.so.5", "libpq.so.5.17")
        .program("/usr/bin/dash", ElfBuilder::program().needs("libc.so.6").bytes())
        .symlink("/usr/bin/sh", "dash")
        .program("/usr/bin/git", ElfBuilder::program().needs("libc.so.6").bytes())
        .program("/usr/bin/file", ElfBuilder::program().needs("libc.so.6").bytes())
        .program("/usr/bin/env", ElfBuilder::program().needs("libc.so.6").bytes())
        .program("/usr/bin/python3", ElfBuilder::program().needs("libc.so.6").bytes())
        .file("/etc/ssl/certs/ca-certificates.crt", "pem")
        .file("/etc/services", "x")
}

fn image(layer: LayerBuilder, command: &[&str]) -> Image {
    ImageBuilder::new().layer(base()).base_ends_here().layer(layer).command(command).build()
}

fn certainty(closure: &Closure, path: &str) -> Option<Certainty> {
    closure.get(path).map(|need| need.certainty)
}

#[test]
fn loaders_libraries_and_the_links_to_them() {
    let app = ElfBuilder::program().needs("libpq.so.5").needs("libgone.so.1").bytes();
    let image = image(LayerBuilder::new().program("/usr/local/bin/app", app), &["app"]);
    let closure = closure(&image, &Start::default());
    for path in [
        "/usr/local/bin/app",
        "/lib64",
        "/usr/lib64/ld-linux-x86-64.so.2",
        "/usr/lib/x86_64-linux-gnu/libpq.so.5",
        "/usr/lib/x86_64-linux-gnu/libpq.so.5.17",
        "/usr/lib/x86_64-linux-gnu/libc.so.6",
    ] {
        assert_eq!(certainty(&closure, path), Some(Certainty::Certain), "{path}");
    }
    let chain: Vec<&str> =
        closure.chain("/usr/lib/x86_64-linux-gnu/libc.so.6").iter().map(|need| need.path.as_str()).collect();
    assert_eq!(
        chain,
        [
            "/usr/local/bin/app",
            "/usr/lib/x86_64-linux-gnu/libpq.so.5",
            "/usr/lib/x86_64-linux-gnu/libpq.so.5.17",
            "/usr/lib/x86_64-linux-gnu/libc.so.6"
        ]
    );
    assert_eq!(
        closure.unresolved,
        [Unresolved {
            needed_by: Some("/usr/local/bin/app".into()),
            missing: Missing::Library { soname: "libgone.so.1".into() }
        }]
    );
    assert!(closure.get("/usr/bin/git").is_none());
}

#[test]
fn names_count_by_what_the_program_can_do() {
    let app = |symbol: &str| {
        ElfBuilder::program()
            .needs("libc.so.6")
            .imports(symbol)
            .says("libpq.so.5")
            .says("git --version")
            .says("file")
            .says("/etc/ssl/certs/ca-certificates.crt")
            .says("/etc/services")
            .says("data/rows.csv")
            .says("DATABASE_URL")
            .bytes()
    };
    let with = |symbol: &str| {
        let layer = LayerBuilder::new().program("/srv/app", app(symbol)).file("/srv/data/rows.csv", "1");
        let image = ImageBuilder::new()
            .layer(base())
            .base_ends_here()
            .layer(layer)
            .set("WorkingDir", serde_json::json!("/srv"))
            .command(&["./app"])
            .build();
        closure(&image, &Start::default())
    };
    let loads = with("dlopen");
    assert_eq!(certainty(&loads, "/usr/lib/x86_64-linux-gnu/libpq.so.5.17"), Some(Certainty::Likely));
    assert_eq!(certainty(&loads, "/usr/bin/git"), None);
    assert_eq!(certainty(&loads, "/etc/ssl/certs/ca-certificates.crt"), Some(Certainty::Likely));
    assert_eq!(certainty(&loads, "/etc/services"), Some(Certainty::Likely), "only Go has it built in");
    assert_eq!(certainty(&loads, "/srv/data/rows.csv"), Some(Certainty::Likely));
    assert_eq!(loads.variables["DATABASE_URL"], "/srv/app");
    let shells = with("popen");
    assert_eq!(certainty(&shells, "/usr/lib/x86_64-linux-gnu/libpq.so.5.17"), Some(Certainty::Possible));
    assert_eq!(certainty(&shells, "/usr/bin/git"), Some(Certainty::Likely));
    assert_eq!(certainty(&shells, "/usr/bin/file"), Some(Certainty::Possible));
}

#[test]
fn scripts_shebangs_and_arguments() {
    let layer = LayerBuilder::new()
        .program("/usr/local/bin/start", "#!/bin/sh\nset -e\n[ -n \"$X\" ] && git pull\nexec /srv/run \"$@\"\n")
        .program("/srv/run", "#!/usr/bin/env python3\nprint(1)\n")
        .file("/srv/main.py", "import os");
    let image = ImageBuilder::new()
        .layer(base())
        .base_ends_here()
        .layer(layer)
        .set("Entrypoint", serde_json::json!(["start"]))
        .set("WorkingDir", serde_json::json!("/srv"))
        .set("Healthcheck", serde_json::json!({"Test": ["CMD-SHELL", "file -b x || exit 1"]}))
        .command(&["main.py"])
        .build();
    let closure = closure(&image, &Start::default());
    for path in [
        "/usr/bin/dash",
        "/usr/bin/git",
        "/srv/run",
        "/usr/bin/env",
        "/usr/bin/python3",
        "/srv/main.py",
        "/usr/bin/file",
    ] {
        assert!(certainty(&closure, path) >= Some(Certainty::Likely), "{path}");
    }
    assert!(matches!(closure.get("/usr/bin/file").unwrap().reason, Reason::HealthCheck { .. }));
    assert!(closure.unresolved.is_empty(), "{:?}", closure.unresolved);
}

#[test]
fn search_paths_of_the_file_the_environment_and_the_cache() {
    let library = || ElfBuilder::library("libown.so").bytes();
    let found = |layer: LayerBuilder, env: &str, app: ElfBuilder| {
        let image = ImageBuilder::new()
            .layer(base())
            .layer(layer.program("/opt/app/bin/app", app.needs("libown.so").bytes()))
            .set("Env", serde_json::json!([env]))
            .command(&["/opt/app/bin/app"])
            .build();
        let closure = closure(&image, &Start::default());
        closure.needs.keys().find(|path| path.ends_with("libown.so")).cloned()
    };
    let origin = ElfBuilder::program().runpath("$ORIGIN/../lib");
    assert_eq!(
        found(LayerBuilder::new().file("/opt/app/lib/libown.so", library()), "A=1", origin).as_deref(),
        Some("/opt/app/lib/libown.so")
    );
    let layer = || LayerBuilder::new().file("/opt/x/libown.so", library());
    assert_eq!(found(layer(), "LD_LIBRARY_PATH=/opt/x", ElfBuilder::program()).as_deref(), Some("/opt/x/libown.so"));
    assert_eq!(found(layer(), "A=1", ElfBuilder::program()), None);
    let local =
        || LayerBuilder::new().file("/usr/local/lib/libown.so", library()).file("/etc/ld.so.conf", "/usr/local/lib\n");
    // The loader reads its cache, not its settings.
    assert_eq!(found(local(), "A=1", ElfBuilder::program()), None);
    let cached = local().file("/etc/ld.so.cache", cache("libown.so", "/usr/local/lib/libown.so"));
    assert_eq!(found(cached, "A=1", ElfBuilder::program()).as_deref(), Some("/usr/local/lib/libown.so"));
    let wrong = LayerBuilder::new().file("/lib/libown.so", ElfBuilder::library("libown.so").machine(183).bytes());
    assert_eq!(found(wrong, "A=1", ElfBuilder::program()), None);
    assert!(LOADER.starts_with("/lib64/"));
}

fn cache(name: &str, path: &str) -> Vec<u8> {
    let mut bytes = b"glibc-ld.so.cache1.1".to_vec();
    let strings = 48 + 24;
    bytes.extend(
        [1_u32, (name.len() + path.len() + 2) as u32, 0, 0, 0, 0, 0].iter().flat_map(|word| word.to_le_bytes()),
    );
    bytes.extend([0_u32, strings, strings + name.len() as u32 + 1, 0, 0, 0].iter().flat_map(|word| word.to_le_bytes()));
    bytes.extend(format!("{name}\0{path}\0").as_bytes());
    bytes
}
