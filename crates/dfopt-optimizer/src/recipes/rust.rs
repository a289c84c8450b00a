//! Rust: programs by name below `target`, installed ones in the home of Cargo, and what Cargo leaves beside them.

use dfopt_semantic::command::Understood;
use dfopt_semantic::command::ecosystems::Ecosystem;
use dfopt_semantic::model::{Model, Stage};

use super::{Judgement, Made, Recipe, builds_with, in_trees, products, runs, starts_from};
use crate::evidence::ImageFile;
use crate::split::projects::{self, Reads};

struct Rust {
    reads: Reads,
}

/// The recipe, if the stage builds with Cargo.
pub(super) fn recipe(model: &Model<'_>, stage: &Stage) -> Option<Box<dyn Recipe>> {
    let is_rust =
        starts_from(model, stage, &["rust", "muslrust", "rust-musl-builder", "rust-musl-cross", "cargo-chef"])
            || builds_with(model, stage, Ecosystem::Rust);
    is_rust.then(|| Box::new(Rust { reads: projects::reads(model, stage) }) as Box<dyn Recipe>)
}

impl Recipe for Rust {
    fn name(&self) -> &'static str {
        "rust"
    }

    fn judge(&self, path: &str, file: &ImageFile) -> Option<Judgement> {
        let leave = |reason: &str| Some(Judgement::Leave(reason.into()));
        let name = path.rsplit('/').next().unwrap_or(path);
        if in_trees(path, self.toolchain()) {
            return leave("the Rust toolchain, whose place programs name only in messages");
        }
        if of_cargo_home(path, name) {
            return leave("Cargo and its records");
        }
        file.step?;
        if of_target(path, name) {
            return leave("made by Cargo on the way");
        }
        if matches!(name, "rust-toolchain" | "rust-toolchain.toml" | "rustfmt.toml" | "clippy.toml" | "deny.toml") {
            return leave("directs the build");
        }
        projects::judge(path, file, self.reads)
    }

    fn made(&self, model: &Model<'_>, stage: &Stage) -> Option<Vec<Made>> {
        products(model, stage, Some(Ecosystem::Rust))
    }

    fn toolchain(&self) -> &'static [&'static str] {
        &[
            "/usr/local/rustup",
            "/usr/local/cargo/registry",
            "/usr/local/cargo/git",
            "/root/.cargo/registry",
            "/root/.cargo/git",
        ]
    }

    fn is_static(&self, model: &Model<'_>, stage: &Stage) -> Option<bool> {
        // The programs for musl are linked statically unless a flag says otherwise.
        let for_musl = |understood: &Understood<'_>| {
            matches!(understood, Understood::Cargo(cargo) if cargo.produces()
                && cargo.target.as_ref().and_then(|target| target.text()).is_some_and(|target| target.contains("musl")))
        };
        let other = |understood: &Understood<'_>| {
            matches!(understood, Understood::Cargo(cargo) if cargo.produces()) && !for_musl(understood)
        };
        (runs(model, stage, &for_musl) && !runs(model, stage, &other)).then_some(true)
    }
}

/// What Cargo keeps in its home besides the programs that it was told to install.
fn of_cargo_home(path: &str, name: &str) -> bool {
    let below = ["/usr/local/cargo/", "/root/.cargo/"].iter().find_map(|home| path.strip_prefix(home));
    let Some(below) = below else { return false };
    match below.strip_prefix("bin/") {
        Some(_) => matches!(
            name,
            "cargo"
                | "cargo-clippy"
                | "cargo-fmt"
                | "cargo-miri"
                | "clippy-driver"
                | "rls"
                | "rust-analyzer"
                | "rust-gdb"
                | "rust-gdbgui"
                | "rust-lldb"
                | "rustc"
                | "rustdoc"
                | "rustfmt"
                | "rustup"
                | "cargo-chef"
                | "sccache"
        ),
        None => true,
    }
}

/// What Cargo leaves below `target` besides the programs.
fn of_target(path: &str, name: &str) -> bool {
    let mut parts = path.split('/').skip_while(|part| *part != "target").skip(1);
    let below = parts.next().map(|part| if part.contains('-') { parts.next().unwrap_or_default() } else { part });
    let in_profile = matches!(below, Some("release" | "debug"));
    let on_the_way =
        in_profile && matches!(parts.next(), Some("deps" | "build" | "examples" | "incremental" | ".fingerprint"));
    on_the_way
        || matches!(
            name,
            "CACHEDIR.TAG" | ".rustc_info.json" | ".cargo-lock" | ".cargo-build-lock" | ".cargo-artifact-lock"
        )
        || name.ends_with(".rlib")
        || name.ends_with(".rmeta")
        || (in_profile && name.ends_with(".d"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_leaves_is_told_from_its_programs() {
        let of = |path: &str| of_target(path, path.rsplit('/').next().unwrap_or(path));
        assert!(
            of("/app/target/release/deps/app-0123")
                && of("/app/target/x86_64-unknown-linux-musl/release/build/x/output")
        );
        assert!(of("/app/target/CACHEDIR.TAG") && of("/app/target/release/libapp.rlib"));
        assert!(!of("/app/target/release/app") && !of("/app/deps/x") && !of("/app/target/app.jar"));
        let of = |path: &str| of_cargo_home(path, path.rsplit('/').next().unwrap_or(path));
        assert!(of("/usr/local/cargo/.global-cache") && of("/usr/local/cargo/bin/rustc"));
        assert!(!of("/usr/local/cargo/bin/mine") && !of("/app/cargo/x"));
    }
}
