//! Effects of compilers, build tools and package managers of languages.

use super::super::builder::Builder;
use super::super::path::{PathPattern, escape, normalize};
use super::super::resource::Resource;
use crate::command::go::{Go, GoVerb};
use crate::command::native::{Compile, CompileMode, DefaultOutput};
use crate::command::node::{Node, NodeTool, NodeVerb};
use crate::command::python::{Pip, PipVerb};
use crate::command::rust::{Cargo, CargoVerb};
use crate::command::tools::{Action, Tool, ToolRun};
use crate::command::{Command, Value};

/// Anything may happen: the command runs a program that only the project knows.
fn anything(b: &mut Builder<'_, '_>) {
    b.effects.reads.add_everything();
    b.effects.writes.add_everything();
}

/// A file that a tool looks for in its directory and in every one above.
fn searched_upwards(b: &mut Builder<'_, '_>, from: Option<&str>, names: &[&str]) {
    let Some(mut directory) = from.map(str::to_owned) else {
        b.effects.reads.add_at_most(Resource::any_path());
        return;
    };
    loop {
        for name in names {
            b.may_read_pattern(PathPattern::parse(&format!("{directory}/{name}")));
        }
        match directory.rsplit_once('/') {
            Some((parent, name)) if !name.is_empty() => {
                directory = if parent.is_empty() { "/".to_owned() } else { parent.to_owned() };
            }
            _ => return,
        }
    }
}

/// A tree that a variable names, or its usual places.
fn moved_by(b: &mut Builder<'_, '_>, variable: &str, usual: &[&str], home: &[&str]) {
    b.variables(&[variable]);
    match b.state.lookup(variable) {
        Some(place) if place.starts_with('/') => b.may_change_pattern(PathPattern::tree(&place)),
        _ => {
            b.may_change(usual);
            b.home(home);
        }
    }
}

fn compiler_environment(b: &mut Builder<'_, '_>) {
    b.variables(&[
        "CC",
        "CXX",
        "AR",
        "LD",
        "FC",
        "CFLAGS",
        "CXXFLAGS",
        "CPPFLAGS",
        "LDFLAGS",
        "CPATH",
        "C_INCLUDE_PATH",
        "CPLUS_INCLUDE_PATH",
        "LIBRARY_PATH",
        "PKG_CONFIG*",
        "GCC_*",
        "COMPILER_PATH",
        "TMPDIR",
        "HOME",
        "SOURCE_DATE_EPOCH",
    ]);
    b.may_change(&["/tmp/**"]);
}

pub(super) fn go(b: &mut Builder<'_, '_>, go: &Go<'_>, command: &Command<'_>) {
    let runs_others = command.args().iter().any(|w| w.static_prefix().trim_start_matches('-').starts_with("toolexec"));
    if go.open || runs_others || matches!(go.verb, GoVerb::Run | GoVerb::Test | GoVerb::Generate | GoVerb::Tool) {
        anything(b);
        return;
    }
    b.variables(&["GO*", "CGO_*", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "GIT_*", "NETRC"]);
    compiler_environment(b);
    let here = b.directory(go.directory);
    let base = b.base(go.directory);
    let fetches = go.module_mode != Some("vendor");
    match go.verb {
        GoVerb::Query => {}
        GoVerb::EnvWrite => b.home(&[".config/go"]),
        GoVerb::Clean => {
            if go.cleans.build {
                moved_by(b, "GOCACHE", &[], &[".cache/go-build"]);
            }
            if go.cleans.modules {
                modules(b);
            }
            if !go.cleans.build && !go.cleans.modules {
                b.may_write_pattern(here.clone());
            }
        }
        _ => {
            moved_by(b, "GOCACHE", &[], &[".cache/go-build", ".config/go"]);
            modules(b);
            b.may_read_pattern(here.clone());
            searched_upwards(b, base.as_deref(), &["go.mod", "go.sum", "go.work", "go.work.sum"]);
            if matches!(go.verb, GoVerb::Build | GoVerb::Install) {
                // The revision is stamped into the program.
                searched_upwards(b, base.as_deref(), &[".git/**"]);
            }
            for package in &go.packages {
                let prefix = package.static_prefix();
                if prefix.starts_with(['.', '/']) || prefix.ends_with(".go") {
                    b.read_tree(Value::whole(package));
                }
            }
            if let Some(file) = go.module_file {
                b.read(file);
            }
            if fetches {
                b.network();
            }
        }
    }
    match go.verb {
        GoVerb::Build => match go.output {
            Some(output) => {
                let pattern = output_in(b, output, go.directory);
                if pattern.as_literal().is_some() {
                    b.effects.writes.add(Resource::Path(pattern.clone()));
                }
                b.may_write_pattern(pattern.with_everything_below());
            }
            None => b.may_write_pattern(children(base.as_deref())),
        },
        GoVerb::Install => {
            b.variables(&["GOBIN", "GOPATH"]);
            match (b.state.lookup("GOBIN"), b.state.lookup("GOPATH")) {
                (Some(bin), _) if bin.starts_with('/') => {
                    b.may_write_pattern(PathPattern::tree(&bin));
                }
                (_, Some(path)) => {
                    for one in path.split(':').filter(|p| p.starts_with('/')) {
                        b.may_write_pattern(PathPattern::tree(&normalize("bin", one)));
                    }
                }
                _ => {
                    b.may_write(&["/go/bin/**"]);
                    b.home(&["go/bin"]);
                }
            }
        }
        GoVerb::ModTidy | GoVerb::ModOther | GoVerb::Get => {
            b.may_write_pattern(here.clone());
            for name in ["go.mod", "go.sum", "go.work", "go.work.sum"] {
                let mut above = base.clone();
                while let Some(directory) = above {
                    b.may_write_pattern(PathPattern::literal(&normalize(name, &directory)));
                    above = directory
                        .rsplit_once('/')
                        .filter(|(_, n)| !n.is_empty())
                        .map(|(p, _)| if p.is_empty() { "/".to_owned() } else { p.to_owned() });
                }
            }
        }
        GoVerb::ModVendor => b.may_write_pattern(here.clone()),
        _ => {}
    }
}

/// `-o` is taken relative to the directory of `-C`.
fn output_in(b: &Builder<'_, '_>, output: Value<'_>, directory: Option<Value<'_>>) -> PathPattern {
    let Some(directory) = directory else {
        return b.state.pattern(output);
    };
    match (b.state.path(directory), output.resolve(&|n: &str| b.state.lookup(n))) {
        (Some(base), Some(path)) => PathPattern::literal(&normalize(&path, &base)),
        _ => PathPattern::any(),
    }
}

/// The files directly in a directory.
fn children(directory: Option<&str>) -> PathPattern {
    match directory {
        Some(path) => PathPattern::parse(&format!("{}/*", escape(path))),
        None => PathPattern::any(),
    }
}

fn modules(b: &mut Builder<'_, '_>) {
    b.variables(&["GOMODCACHE", "GOPATH"]);
    match (b.state.lookup("GOMODCACHE"), b.state.lookup("GOPATH")) {
        (Some(cache), _) if cache.starts_with('/') => b.may_change_pattern(PathPattern::tree(&cache)),
        (_, Some(path)) if path.starts_with('/') => {
            for one in path.split(':') {
                b.may_change_pattern(PathPattern::tree(&normalize("pkg", one)));
            }
        }
        _ => {
            b.may_change(&["/go/pkg/**"]);
            b.home(&["go/pkg"]);
        }
    }
}

pub(super) fn cargo(b: &mut Builder<'_, '_>, cargo: &Cargo<'_>) {
    if matches!(cargo.verb, CargoVerb::Run | CargoVerb::Test) {
        anything(b);
        return;
    }
    compiler_environment(b);
    let here = b.directory(cargo.path);
    if cargo.verb == CargoVerb::Query {
        b.may_read_pattern(here);
        return;
    }
    b.network();
    // Build scripts and macros see the whole environment and may read any file.
    b.variables(&["*"]);
    b.effects.reads.add_at_most(Resource::any_path());
    moved_by(b, "CARGO_HOME", &["/usr/local/cargo/**"], &[".cargo"]);
    moved_by(b, "RUSTUP_HOME", &["/usr/local/rustup/**"], &[".rustup"]);
    let work = b.directory(None);
    b.may_write_pattern(work);
    b.may_write_pattern(here);
    for place in [cargo.target_directory, cargo.root].into_iter().flatten() {
        b.write_tree(place);
    }
    if let Some(manifest) = cargo.manifest {
        let pattern = super::parent_of(&b.state.pattern(manifest));
        b.may_write_pattern(pattern.with_everything_below());
        b.read(manifest);
        if let Some(path) = b.state.path(manifest)
            && let Some((directory, _)) = path.rsplit_once('/')
        {
            b.may_write_pattern(PathPattern::tree(directory));
        }
    }
    if let Some(target) = b.state.lookup("CARGO_TARGET_DIR") {
        let base = b.state.cwd.clone().unwrap_or_else(|| "/".to_owned());
        b.may_write_pattern(PathPattern::tree(&normalize(&target, &base)));
    }
}

pub(super) fn node(b: &mut Builder<'_, '_>, node: &Node<'_>) {
    if node.open || matches!(node.verb, NodeVerb::Run | NodeVerb::Exec | NodeVerb::Other) {
        anything(b);
        return;
    }
    b.variables(&["NODE_*", "npm_*", "NPM_*", "YARN_*", "PNPM_*", "BUN_*", "HOME", "COREPACK_*", "CI", "XDG_*"]);
    let here = b.directory(node.directory);
    let base = b.base(node.directory);
    searched_upwards(
        b,
        base.as_deref(),
        &[
            "package.json",
            "package-lock.json",
            "npm-shrinkwrap.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "pnpm-workspace.yaml",
            "bun.lock*",
            ".npmrc",
            ".yarnrc*",
            ".pnp.*",
            ".yarn/**",
            ".pnpmfile.cjs",
            "bunfig.toml",
            ".node-version",
            ".nvmrc",
        ],
    );
    node_caches(b, node.tool);
    match node.verb {
        NodeVerb::Query => {}
        NodeVerb::CacheClean => {}
        NodeVerb::Configure => {
            b.network();
            b.may_change(&["/usr/local/**", "/usr/lib/node_modules/**", "/usr/bin/**", "/usr/etc/**"]);
            b.may_write_pattern(here);
        }
        NodeVerb::AddGlobal => {
            b.network();
            b.variables(&["*"]);
            b.may_change(&["/usr/local/**", "/usr/lib/**", "/usr/bin/**", "/opt/**"]);
            b.home(&[".npm-global", ".local", ".yarn", ".config", ".bun"]);
            if let Some(prefix) = b.state.lookup("NPM_CONFIG_PREFIX").or_else(|| b.state.lookup("npm_config_prefix")) {
                b.may_change_pattern(PathPattern::tree(&prefix));
            }
        }
        NodeVerb::Prune => b.may_change_pattern(here),
        _ => {
            b.network();
            if node.ignores_scripts && node.verb != NodeVerb::Bundle && node.verb != NodeVerb::Deploy {
                if let Some(directory) = &base {
                    for name in [
                        "node_modules/**",
                        "*/node_modules/**",
                        "*/*/node_modules/**",
                        "package*.json",
                        "yarn.lock",
                        "pnpm-lock.yaml",
                        "bun.lock*",
                        ".yarn/**",
                        ".pnp.*",
                        "patches/**",
                    ] {
                        b.may_change(&[&format!("{}/{name}", directory.trim_end_matches('/'))]);
                    }
                    b.may_read(&[
                        &format!("{}/*/package.json", directory.trim_end_matches('/')),
                        &format!("{}/*/*/package.json", directory.trim_end_matches('/')),
                    ]);
                } else {
                    b.may_change_pattern(here);
                }
            } else {
                // Life-cycle scripts of the project and of its dependencies run.
                b.variables(&["*"]);
                b.may_change_pattern(here);
                b.home(&[".cache", ".node-gyp", ".config"]);
            }
            if let Some(output) = node.output {
                b.write_tree(output);
            }
            for package in &node.packages {
                if package.static_prefix().starts_with(['.', '/']) {
                    b.read_tree(Value::whole(package));
                    if node.verb == NodeVerb::Deploy {
                        b.write_tree(Value::whole(package));
                    }
                }
            }
        }
    }
    b.may_change(&["/tmp/**"]);
}

fn node_caches(b: &mut Builder<'_, '_>, tool: NodeTool) {
    match tool {
        NodeTool::Npm => moved_by(b, "npm_config_cache", &[], &[".npm", ".npmrc", ".cache/node"]),
        NodeTool::Yarn => moved_by(
            b,
            "YARN_CACHE_FOLDER",
            &["/usr/local/share/.cache/**", "/usr/local/share/.config/**"],
            &[".yarn", ".yarnrc", ".yarnrc.yml", ".cache/yarn", ".cache/node", ".config/yarn"],
        ),
        NodeTool::Pnpm => moved_by(
            b,
            "PNPM_HOME",
            &["/pnpm/**", "/.pnpm-store/**"],
            &[".local/share/pnpm", ".local/state/pnpm", ".cache/pnpm", ".cache/node", ".config/pnpm"],
        ),
        NodeTool::Bun => b.home(&[".bun"]),
    }
}

pub(super) fn pip(b: &mut Builder<'_, '_>, pip: &Pip<'_>, command: &Command<'_>) {
    b.variables(&["PIP_*", "UV_*", "PYTHON*", "VIRTUAL_ENV", "HOME", "XDG_*"]);
    b.home_reads(&[".config/pip", ".pip", ".netrc", ".pypirc"]);
    moved_by(b, "PIP_CACHE_DIR", &[], &[".cache/pip", ".cache/uv"]);
    b.may_change(&["/tmp/**"]);
    if !matches!(pip.verb, PipVerb::Query) {
        for file in pip.requirements.iter().chain(&pip.constraints) {
            b.read(*file);
            // Requirement files name others beside them.
            if file.text().is_none_or(|t| !t.contains("://")) {
                let beside = super::parent_of(&b.state.pattern(*file));
                b.may_read_pattern(beside);
            }
        }
        for links in &pip.find_links {
            b.read_tree(*links);
        }
        if !pip.no_index {
            b.network();
        }
        if pip.verb == PipVerb::Install {
            b.variables(&["*"]);
            compiler_environment(b);
        }
    }
    let projects = pip
        .packages
        .iter()
        .filter(|w| w.static_prefix().starts_with(['.', '/']))
        .map(|w| Value::whole(w))
        .chain(pip.editable.iter().copied());
    for project in projects {
        match project.text().and_then(|t| t.split_once('[')) {
            // `.[dev]` is the directory with extras.
            Some((path, _)) => {
                let base = b.state.cwd.clone();
                match base {
                    Some(base) => {
                        let tree = PathPattern::tree(&normalize(path, &base));
                        b.may_change_pattern(tree);
                    }
                    None => b.may_change_pattern(PathPattern::any()),
                }
            }
            None => b.change_tree(project),
        }
    }
    if pip.open {
        b.effects.reads.add_at_most(Resource::any_path());
    }
    match pip.verb {
        PipVerb::Install | PipVerb::Uninstall => interpreter_trees(b, pip, command),
        PipVerb::Wheel | PipVerb::Download => {
            let place = b.directory(pip.directory);
            b.may_write_pattern(place);
        }
        PipVerb::Configure => {
            b.home(&[".config/pip", ".pip"]);
            b.may_write(&["/etc/pip.conf", "/usr/local/pip.conf", "/opt/**"]);
        }
        PipVerb::CachePurge | PipVerb::Query => {}
    }
}

/// Where the interpreter that runs keeps its packages.
fn interpreter_trees(b: &mut Builder<'_, '_>, pip: &Pip<'_>, command: &Command<'_>) {
    let mut told = false;
    for place in [pip.target, pip.prefix].into_iter().flatten() {
        b.write_tree(place);
        told = true;
    }
    if told {
        return;
    }
    if pip.user {
        b.home(&[".local"]);
        return;
    }
    if let Some((directory, _)) = command.path().and_then(|p| p.rsplit_once('/'))
        && let Some((environment, "bin")) = directory.rsplit_once('/')
    {
        let base = b.state.cwd.clone().unwrap_or_else(|| "/".to_owned());
        b.may_change_pattern(PathPattern::tree(&normalize(environment, &base)));
        return;
    }
    b.may_change(&["/usr/**", "/opt/**"]);
    b.home(&[".local"]);
    let places = b
        .state
        .lookup("VIRTUAL_ENV")
        .into_iter()
        .chain(b.state.lookup("PATH").iter().flat_map(|path| {
            path.split(':')
                .filter_map(|d| d.strip_suffix("/bin"))
                .filter(|d| d.len() > 1 && !d.starts_with("/usr"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        }))
        .collect::<Vec<_>>();
    for place in places {
        b.may_change_pattern(PathPattern::tree(&place));
    }
}

pub(super) fn compile(b: &mut Builder<'_, '_>, compile: &Compile<'_>, command: &Command<'_>) {
    compiler_environment(b);
    if compile.mode == CompileMode::Query {
        return;
    }
    let here = b.directory(None);
    b.may_read_pattern(here.clone());
    if compile.open {
        b.effects.reads.add_at_most(Resource::any_path());
    }
    for input in &compile.inputs {
        b.read(Value::whole(input));
        let beside = super::parent_of(&b.state.pattern(Value::whole(input)));
        b.may_read_pattern(beside.with_everything_below());
    }
    let args = command.args();
    for (at, word) in args.iter().enumerate() {
        let prefix = word.static_prefix();
        for option in ["-I", "-L", "-isystem", "-iquote", "-include", "-T", "--sysroot=", "-B"] {
            if prefix == option {
                if let Some(next) = args.get(at + 1) {
                    b.read_tree(Value::whole(next));
                }
            } else if prefix.starts_with(option) {
                b.read_tree(Value::after(word, option.len()));
            }
        }
    }
    match (compile.output, compile.mode, compile.default_output) {
        (Some(output), _, default) => {
            b.write(output);
            if default == DefaultOutput::Stem {
                b.may_write_pattern(here);
            }
        }
        (None, CompileMode::Link, DefaultOutput::AOut) => match &b.state.cwd {
            Some(cwd) => {
                let path = PathPattern::literal(&normalize("a.out", cwd));
                b.effects.writes.add(Resource::Path(path));
            }
            None => b.may_write_pattern(PathPattern::any()),
        },
        (None, CompileMode::Text, _) => {
            let children = children(b.state.cwd.as_deref());
            b.may_write_pattern(children);
        }
        (None, _, DefaultOutput::Stem) => {
            // Interface and object files stand beside the sources.
            b.may_write_pattern(here);
            for input in &compile.inputs {
                let beside = super::parent_of(&b.state.pattern(Value::whole(input)));
                b.may_write_pattern(beside);
            }
        }
        (None, _, _) => {
            let children = children(b.state.cwd.as_deref());
            b.may_write_pattern(children);
        }
    }
}

/// Directories outside the project and the home that a tool keeps.
fn own_places(tool: Tool) -> &'static [&'static str] {
    match tool {
        Tool::Gem | Tool::Bundler | Tool::Rake => &[
            "/usr/local/bundle/**",
            "/usr/local/lib/ruby/**",
            "/usr/local/bin/**",
            "/var/lib/gems/**",
            "/usr/lib/ruby/**",
        ],
        Tool::PhpExtension | Tool::Pecl => &["/usr/**", "/etc/**", "/tmp/**", "/var/**"],
        Tool::Composer => &["/usr/local/bin/**", "/tmp/**"],
        Tool::Conda => &["/opt/**", "/usr/local/**", "/etc/**"],
        Tool::Cpan | Tool::R | Tool::Luarocks | Tool::Nim | Tool::Opam | Tool::SetupPy => {
            &["/usr/local/**", "/usr/lib/**", "/usr/share/**", "/opt/**", "/usr/bin/**"]
        }
        Tool::Poetry | Tool::Pipenv | Tool::Pdm | Tool::Uv | Tool::Pipx => {
            &["/usr/local/**", "/opt/**", "/usr/lib/**", "/usr/bin/**", "/venv/**", "/.venv/**"]
        }
        Tool::Rustup => &["/usr/local/rustup/**", "/usr/local/cargo/**"],
        Tool::Dotnet => &["/usr/share/dotnet/**", "/usr/lib/dotnet/**", "/usr/local/share/**"],
        Tool::Gradle => &["/home/gradle/**"],
        Tool::Deno => &["/deno-dir/**", "/usr/local/bin/**"],
        Tool::Flutter | Tool::Dart => &["/sdks/**", "/opt/**", "/usr/local/flutter/**"],
        Tool::Swift => &["/root/.cache/**"],
        _ => &[],
    }
}

pub(super) fn tool(b: &mut Builder<'_, '_>, run: &ToolRun<'_>) {
    let here = b.directory(run.directory);
    let work = b.directory(None);
    match run.action {
        Action::Run | Action::Test | Action::Start | Action::Other => {
            anything(b);
            return;
        }
        Action::Query => {
            b.may_read_pattern(here);
            b.variables(&["*"]);
            return;
        }
        Action::Configure if run.tool == Tool::Virtualenv => {
            for directory in &run.operands {
                b.write_tree(Value::whole(directory));
            }
            return;
        }
        _ => {}
    }
    // Build files are programs: they see the whole environment and may read any file.
    b.variables(&["*"]);
    if matches!(run.action, Action::Fetch) {
        b.may_read_pattern(here.clone());
        b.may_read_pattern(work.clone());
    } else {
        b.effects.reads.add_at_most(Resource::any_path());
    }
    if run.open {
        b.effects.reads.add_at_most(Resource::any_path());
        b.effects.writes.add_at_most(Resource::any_path());
    }
    b.network();
    b.may_change(&["/tmp/**"]);
    b.may_change(own_places(run.tool));
    b.home(&["."]);
    b.may_change_pattern(here);
    b.may_change_pattern(work);
    if let Some(output) = run.output {
        b.write_tree(output);
    }
    if run.action == Action::Install {
        // Where a product is installed to is a matter of its build files.
        b.effects.writes.add_at_most(Resource::any_path());
    }
}
