//! Products of the other tools: places by their conventions, names where a manifest tells them.

use super::super::path::normalize;
use super::{Certainty, Maker};
use crate::command::native::{Compile, DefaultOutput, Make};
use crate::command::node::{Node, NodeVerb};
use crate::command::rust::{Cargo, CargoVerb};
use crate::command::tools::{Action, Tool, ToolRun};
use crate::command::{Understood, Value, Word};
use Certainty::{Possibly, Surely};

pub(super) fn artifacts(maker: &mut Maker<'_>, understood: &Understood<'_>) {
    match understood {
        Understood::Cargo(cargo) => self::cargo(maker, cargo),
        Understood::Compile(compile) => self::compile(maker, compile),
        Understood::Make(make) => self::make(maker, make),
        Understood::Node(node) => self::node(maker, node),
        Understood::Tool(run) => tool(maker, run),
        _ => {}
    }
}

fn here(maker: &Maker<'_>) -> Option<String> {
    maker.state.directory().map(str::to_owned)
}

fn at(maker: &Maker<'_>, told: Option<Value<'_>>) -> Option<String> {
    match told {
        Some(value) => maker.state.path(value),
        None => here(maker),
    }
}

fn cargo(maker: &mut Maker<'_>, cargo: &Cargo<'_>) {
    let word = cargo.word.range.clone();
    let project = match (cargo.manifest, cargo.path) {
        (Some(manifest), _) => maker.state.path(manifest).and_then(|p| p.rsplit_once('/').map(|(d, _)| d.to_owned())),
        (None, path) => at(maker, path),
    };
    let names = binaries(maker, cargo, project.as_deref());
    if cargo.verb == CargoVerb::Install {
        let (root, certainty) =
            match (cargo.root, maker.state.lookup("CARGO_INSTALL_ROOT"), maker.state.lookup("CARGO_HOME")) {
                (Some(root), _, _) => (maker.state.path(root), Surely),
                (None, Some(root), _) | (None, None, Some(root)) => (Some(root), Surely),
                _ => (Some("/usr/local/cargo".to_owned()), Possibly),
            };
        let crates = cargo.crates.iter().filter_map(|w| w.text());
        let names: Vec<String> = if cargo.path.is_some() {
            names
        } else {
            crates.map(|c| c.split('@').next().unwrap_or(c).to_owned()).collect()
        };
        if names.is_empty() {
            maker.add_in(root.as_deref(), "bin/*", Possibly, word);
            return;
        }
        for name in names {
            maker.add_in(root.as_deref(), &format!("bin/{name}"), certainty, word.clone());
        }
        return;
    }
    let base = here(maker);
    let target = match (cargo.target_directory, maker.state.lookup("CARGO_TARGET_DIR")) {
        (Some(value), _) => maker.state.path(value),
        (None, Some(told)) => base.as_deref().map(|b| normalize(&told, b)),
        (None, None) => project.as_deref().map(|p| normalize("target", p)),
    };
    let triple = cargo
        .target
        .map(|t| t.resolve(&|n: &str| maker.state.lookup(n)))
        .or_else(|| maker.state.lookup("CARGO_BUILD_TARGET").map(Some));
    let profile = match cargo.profile {
        Some("dev" | "test") => "debug",
        Some("release" | "bench") => "release",
        Some(other) => other,
        None => "*",
    };
    let middle = match triple {
        Some(Some(triple)) => format!("{triple}/{profile}"),
        Some(None) => format!("*/{profile}"),
        None => profile.to_owned(),
    };
    let examples = cargo.examples.iter().filter_map(Value::text);
    for example in examples {
        maker.add_in(target.as_deref(), &format!("{middle}/examples/{example}"), Surely, word.clone());
    }
    let certainty = if middle.contains('*') { Possibly } else { Surely };
    for name in &names {
        maker.add_in(target.as_deref(), &format!("{middle}/{name}"), certainty, word.clone());
    }
    if names.is_empty() && cargo.examples.is_empty() {
        maker.add_in(target.as_deref(), &format!("{middle}/*"), Possibly, word);
    }
}

/// The programs of a crate: those asked for, else those its manifest names.
fn binaries(maker: &Maker<'_>, cargo: &Cargo<'_>, project: Option<&str>) -> Vec<String> {
    let asked: Vec<String> = cargo.binaries.iter().filter_map(|v| v.text().map(str::to_owned)).collect();
    if !asked.is_empty() || !cargo.examples.is_empty() {
        return asked;
    }
    let packages: Vec<String> = cargo.packages.iter().filter_map(|v| v.text().map(str::to_owned)).collect();
    if !packages.is_empty() {
        return packages;
    }
    let text = project.and_then(|p| maker.files.text(&normalize("Cargo.toml", p)));
    text.map(|t| cargo_names(&t)).unwrap_or_default()
}

/// The name of the package and of each `[[bin]]`, read line by line.
fn cargo_names(text: &str) -> Vec<String> {
    let mut section = "";
    let mut package = None;
    let mut binaries = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let value = value.split('#').next().unwrap_or("").trim().trim_matches(['"', '\'']);
        if key.trim() == "name" {
            match section.trim() {
                "package" => package = Some(value.to_owned()),
                "bin" => binaries.push(value.to_owned()),
                _ => {}
            }
        }
    }
    if binaries.is_empty() {
        binaries.extend(package);
    }
    binaries
}

fn compile(maker: &mut Maker<'_>, compile: &Compile<'_>) {
    if let Some(output) = compile.output {
        maker.add_value(output, Surely);
        return;
    }
    let directory = here(maker);
    let word = compile.inputs.first().map_or(0..0, |w| w.range.clone());
    match compile.default_output {
        DefaultOutput::AOut => maker.add_in(directory.as_deref(), "a.out", Surely, word),
        DefaultOutput::Stem => {
            let stem = compile.inputs.first().and_then(|w| stem_of(w));
            match stem {
                Some(stem) => maker.add_in(directory.as_deref(), &stem, Possibly, word),
                None => maker.add_in(directory.as_deref(), "*", Possibly, word),
            }
        }
    }
}

fn stem_of(word: &Word) -> Option<String> {
    let text = word.text()?;
    let name = text.rsplit('/').next()?;
    let (stem, _) = name.rsplit_once('.')?;
    (!stem.is_empty()).then(|| stem.to_owned())
}

fn make(maker: &mut Maker<'_>, make: &Make<'_>) {
    if !make.installs() {
        return;
    }
    let word = make.targets.first().map_or(0..0, |w| w.range.clone());
    let variable = |names: &[&str]| make.variables.iter().rev().find(|(n, _)| names.contains(&&**n)).map(|(_, v)| *v);
    let prefix = variable(&["PREFIX", "prefix"]);
    let root = variable(&["DESTDIR", "INSTALL_ROOT", "D"]);
    match (root, prefix) {
        (Some(root), _) => maker.add_tree(root, Possibly),
        (None, Some(prefix)) => maker.add_tree(prefix, Possibly),
        (None, None) => maker.add_in(Some("/usr/local"), "**", Possibly, word),
    }
}

/// Directories that builders of JavaScript write, by what their command line or script names.
static NODE_OUTPUTS: &[(&str, &[&str])] = &[
    ("next", &[".next/**", "out/**"]),
    ("nuxt", &[".output/**", ".nuxt/**", "dist/**"]),
    ("react-scripts", &["build/**"]),
    ("craco", &["build/**"]),
    ("vite", &["dist/**", "build/**"]),
    ("vue-cli-service", &["dist/**"]),
    ("nest", &["dist/**"]),
    ("ng", &["dist/**"]),
    ("gatsby", &["public/**"]),
    ("astro", &["dist/**"]),
    ("remix", &["build/**", "public/build/**"]),
    ("react-router", &["build/**"]),
    ("svelte-kit", &["build/**"]),
    ("ember", &["dist/**"]),
    ("docusaurus", &["build/**"]),
    ("vuepress", &["dist/**", ".vitepress/dist/**", ".vuepress/dist/**"]),
    ("vitepress", &[".vitepress/dist/**"]),
    ("eleventy", &["_site/**"]),
    ("tsc", &["dist/**", "build/**", "lib/**"]),
    ("tsup", &["dist/**"]),
    ("webpack", &["dist/**", "build/**"]),
    ("rollup", &["dist/**"]),
    ("esbuild", &["dist/**"]),
    ("parcel", &["dist/**"]),
    ("rsbuild", &["dist/**"]),
    ("ncc", &["dist/**"]),
    ("quasar", &["dist/**"]),
    ("expo", &["dist/**", "web-build/**"]),
    ("strapi", &["build/**", "dist/**"]),
    ("umi", &["dist/**"]),
    ("prisma", &["node_modules/.prisma/**"]),
];

const ANY_NODE_OUTPUT: &[&str] = &["dist/**", "build/**", ".next/**", "out/**", "public/**", ".output/**", "lib/**"];

fn node_outputs(program: &str) -> Option<&'static [&'static str]> {
    NODE_OUTPUTS.iter().find(|(name, _)| *name == program).map(|(_, outputs)| *outputs)
}

fn node(maker: &mut Maker<'_>, node: &Node<'_>) {
    let word = node.word.range.clone();
    if let Some(output) = node.output {
        maker.add_tree(output, Possibly);
        return;
    }
    let directory = at(maker, node.directory);
    let mut outputs: Vec<&str> = Vec::new();
    match node.verb {
        NodeVerb::Deploy => {
            if let Some(target) = node.packages.last() {
                maker.add_tree(Value::whole(target), Surely);
            }
            return;
        }
        NodeVerb::Run => {
            let script = directory
                .as_deref()
                .and_then(|d| maker.files.text(&normalize("package.json", d)))
                .zip(node.script)
                .and_then(|(text, name)| package_script(&text, name));
            if let Some(script) = script {
                for part in script.split([' ', '&', ';', '|']) {
                    outputs.extend(node_outputs(part).unwrap_or_default());
                }
            }
        }
        NodeVerb::Exec => outputs.extend(node.script.and_then(node_outputs).unwrap_or_default()),
        _ => {}
    }
    if outputs.is_empty() {
        outputs.extend(ANY_NODE_OUTPUT);
    }
    outputs.sort_unstable();
    outputs.dedup();
    for output in outputs {
        maker.add_in(directory.as_deref(), output, Possibly, word.clone());
    }
}

/// The text of one script of a `package.json`, found without reading the whole of JSON.
fn package_script(text: &str, name: &str) -> Option<String> {
    let scripts = text.split_once("\"scripts\"")?.1;
    let scripts = scripts.get(..scripts.find('}')?)?;
    let after = scripts.split_once(&format!("\"{name}\""))?.1;
    let value = after.split_once(':')?.1.trim_start().strip_prefix('"')?;
    let mut out = String::new();
    let mut escaped = false;
    for c in value.chars() {
        match c {
            _ if escaped => {
                out.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Some(out),
            _ => out.push(c),
        }
    }
    None
}

/// Where a tool puts its products in the directory it works in.
fn usual_outputs(tool: Tool) -> &'static [&'static str] {
    match tool {
        Tool::Maven => &[
            "target/*.jar",
            "target/*.war",
            "target/quarkus-app/**",
            "*/target/*.jar",
            "*/target/*.war",
            "target/*-runner",
        ],
        Tool::Gradle => &[
            "build/libs/*.jar",
            "build/libs/*.war",
            "build/install/**",
            "build/native/nativeCompile/*",
            "build/distributions/*",
            "*/build/libs/*.jar",
            "*/build/install/**",
            "build/quarkus-app/**",
        ],
        Tool::Sbt => &["target/**", "*/target/**"],
        Tool::Ant => &["dist/**", "build/**"],
        Tool::Leiningen | Tool::Clojure => &["target/*.jar", "target/uberjar/*.jar"],
        Tool::Dotnet => &["bin/**", "*/bin/**", "*/*/bin/**", "out/**"],
        Tool::Rebar => &["_build/*/rel/**"],
        Tool::Gleam => &["build/erlang-shipment/**", "build/**"],
        Tool::Composer => &["vendor/**"],
        Tool::Rake | Tool::Bundler => &["public/assets/**", "public/packs/**", "tmp/cache/**", "public/vite/**"],
        Tool::Hugo => &["public/**"],
        Tool::Jekyll => &["_site/**"],
        Tool::Mkdocs => &["site/**"],
        Tool::Sphinx => &["_build/**", "build/html/**"],
        Tool::PyInstaller | Tool::PythonBuild => &["dist/**"],
        Tool::SetupPy => &["dist/**", "build/**"],
        Tool::Swift => &[".build/**"],
        Tool::Stack => &[".stack-work/**"],
        Tool::Cabal => &["dist-newstyle/**"],
        Tool::Zig => &["zig-out/**"],
        Tool::Shards => &["bin/*"],
        Tool::Flutter => &["build/web/**", "build/**"],
        Tool::Dune => &["_build/**"],
        Tool::Scons => &["build/**", "bazel-bin/**"],
        Tool::PythonWeb => &["static/**", "staticfiles/**", "*/locale/**"],
        _ => &[],
    }
}

fn tool(maker: &mut Maker<'_>, run: &ToolRun<'_>) {
    let word = run.word.range.clone();
    let directory = at(maker, run.directory);
    match run.tool {
        Tool::Mix => return mix(maker, run, directory.as_deref()),
        Tool::Javac if run.output.is_none() => {
            for input in &run.operands {
                let path = maker.state.path(Value::whole(input));
                let below = path.as_deref().and_then(|p| p.rsplit_once('/')).map(|(d, _)| d.to_owned());
                maker.add_in(below.as_deref().or(directory.as_deref()), "*.class", Possibly, word.clone());
            }
            return;
        }
        Tool::Jar => {
            if let Some(output) = run.output {
                maker.add_tree(output, Possibly);
            } else if let Some(archive) =
                run.operands.iter().find(|w| w.text().is_some_and(|t| t.ends_with(".jar") || t.ends_with(".war")))
            {
                maker.add_value(Value::whole(archive), Surely);
            }
            return;
        }
        Tool::Crystal | Tool::Dart | Tool::Nim | Tool::Deno | Tool::NativeImage if run.output.is_none() => {
            return named_by_input(maker, run, directory.as_deref());
        }
        Tool::Cmake => return cmake(maker, run, directory.as_deref()),
        Tool::Meson => {
            match (run.action, run.output) {
                (Action::Install, Some(root)) => maker.add_tree(root, Possibly),
                (Action::Install, None) => maker.add_in(Some("/usr/local"), "**", Possibly, word),
                _ => match run.operands.first() {
                    Some(build) => maker.add_tree(Value::whole(build), Possibly),
                    None => maker.add_in(directory.as_deref(), "**", Possibly, word),
                },
            }
            return;
        }
        Tool::Autotools | Tool::Protoc | Tool::PythonBytecode => return,
        Tool::Sphinx => {
            // `sphinx-build SOURCE OUTPUT`
            if let Some(output) = run.operands.get(1) {
                maker.add_tree(Value::whole(output), Surely);
                return;
            }
        }
        Tool::JsBuild if run.output.is_none() => {
            let outputs = node_outputs(run.program).unwrap_or(ANY_NODE_OUTPUT);
            for output in outputs {
                maker.add_in(directory.as_deref(), output, Possibly, word.clone());
            }
            return;
        }
        _ => {}
    }
    if let Some(output) = run.output {
        match run.tool {
            // These name a file.
            Tool::Crystal | Tool::Dart | Tool::Nim | Tool::Deno | Tool::NativeImage => maker.add_value(output, Surely),
            _ => maker.add_tree(output, Surely),
        }
        return;
    }
    match run.tool {
        Tool::Stack if run.action == Action::Install => {
            let home = maker.state.home();
            maker.add_in(home.as_deref(), ".local/bin/*", Possibly, word);
        }
        Tool::Cabal if run.action == Action::Install => {
            let home = maker.state.home();
            maker.add_in(home.as_deref(), ".cabal/bin/*", Possibly, word.clone());
            maker.add_in(home.as_deref(), ".local/bin/*", Possibly, word);
        }
        Tool::SetupPy if run.action == Action::Install => {
            maker.add_in(Some("/usr/local"), "**", Possibly, word);
        }
        _ => {
            for output in usual_outputs(run.tool) {
                maker.add_in(directory.as_deref(), output, Possibly, word.clone());
            }
        }
    }
}

fn mix(maker: &mut Maker<'_>, run: &ToolRun<'_>, directory: Option<&str>) {
    let word = run.word.range.clone();
    if let Some(path) = run.output {
        maker.add_tree(path, Surely);
        return;
    }
    let environment = maker.state.lookup("MIX_ENV").unwrap_or_else(|| "*".to_owned());
    let verb = run.word.text().unwrap_or("");
    let certainty = if environment == "*" { Possibly } else { Surely };
    if verb.starts_with("release") || verb == "distillery.release" {
        let name = run.operands.iter().find_map(|w| w.text()).filter(|n| !n.starts_with('-'));
        match name {
            Some(name) => maker.add_in(directory, &format!("_build/{environment}/rel/{name}/**"), certainty, word),
            None => maker.add_in(directory, &format!("_build/{environment}/rel/**"), certainty, word),
        }
    } else if verb == "escript.build" {
        maker.add_in(directory, "*", Possibly, word);
    } else if verb.starts_with("phx.digest") || verb.starts_with("assets.") {
        maker.add_in(directory, "priv/static/**", Possibly, word);
    } else if verb == "do" {
        maker.add_in(directory, &format!("_build/{environment}/**"), Possibly, word.clone());
        maker.add_in(directory, "priv/static/**", Possibly, word);
    } else {
        maker.add_in(directory, &format!("_build/{environment}/**"), Possibly, word);
    }
}

/// Compilers that name the program after the source file.
fn named_by_input(maker: &mut Maker<'_>, run: &ToolRun<'_>, directory: Option<&str>) {
    let word = run.word.range.clone();
    let stem = run.operands.iter().find_map(|w| stem_of(w));
    match (stem, run.tool) {
        (Some(stem), Tool::Dart) => {
            let input = run.operands.iter().find(|w| stem_of(w).is_some());
            let place = input
                .and_then(|w| maker.state.path(Value::whole(w)))
                .and_then(|p| p.rsplit_once('/').map(|(d, _)| d.to_owned()));
            maker.add_in(place.as_deref().or(directory), &format!("{stem}.exe"), Possibly, word);
        }
        (Some(stem), _) => maker.add_in(directory, &stem, Possibly, word),
        (None, _) => maker.add_in(directory, "*", Possibly, word),
    }
}

fn cmake(maker: &mut Maker<'_>, run: &ToolRun<'_>, directory: Option<&str>) {
    let word = run.word.range.clone();
    let option = |name: &str| run.option(name);
    if run.action == Action::Install {
        match option("--prefix") {
            Some(prefix) => maker.add_tree(prefix, Possibly),
            None => maker.add_in(Some("/usr/local"), "**", Possibly, word),
        }
    } else if let Some(build) = option("--build") {
        let installs = run.option("--target").and_then(|v| v.text()) == Some("install");
        if installs {
            maker.add_in(Some("/usr/local"), "**", Possibly, word);
        }
        maker.add_tree(build, Possibly);
    } else if let Some(build) = option("-B") {
        maker.add_tree(build, Possibly);
    } else {
        maker.add_in(directory, "**", Possibly, word);
    }
}
