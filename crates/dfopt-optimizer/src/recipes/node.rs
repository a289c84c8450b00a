//! Node: `node_modules` is carried whole, what only development needs is pruned at the end of the build stage where the lock file
//! tells what that is, and bundles that hold everything are carried alone.

use std::collections::BTreeSet;

use dfopt_semantic::command::ecosystems::{self, Ecosystem};
use dfopt_semantic::command::node::{NodeTool, NodeVerb};
use dfopt_semantic::command::{Command, Understood};
use dfopt_semantic::context::join_clean;
use dfopt_semantic::model::{Model, Stage};
use dfopt_syntax::ast::Instruction;

use super::{Judgement, Made, Recipe, Trim, in_trees, products, runs, starts_from};
use crate::evidence::{Evidence, FileKind, ImageFile};
use crate::split::projects::{self, Reads};

struct Node {
    /// Whether sources of TypeScript have become something else that is started.
    is_compiled: bool,
    /// A directory that holds all of the program that is started, and the project's around it.
    bundle: Option<(String, String)>,
    /// Whether npm installs the packages.
    has_npm: bool,
}

/// The recipe, if the stage is of Node or installs packages for it.
pub(super) fn recipe(model: &Model<'_>, stage: &Stage) -> Option<Box<dyn Recipe>> {
    let works = |understood: &Understood<'_>| ecosystems::of(understood) == Some(Ecosystem::Node);
    let is_node = starts_from(model, stage, &["node", "nodejs", "alpine-node", "bun"]) || runs(model, stage, &works);
    if !is_node {
        return None;
    }
    let started = started(model, stage);
    let compiles = runs(model, stage, &|understood| works(understood) && understood.produces());
    let npm = |understood: &Understood<'_>| {
        matches!(understood, Understood::Node(node) if node.tool == NodeTool::Npm
            && matches!(node.verb, NodeVerb::Install | NodeVerb::CleanInstall))
    };
    let prunes =
        |understood: &Understood<'_>| matches!(understood, Understood::Node(node) if node.verb == NodeVerb::Prune);
    Some(Box::new(Node {
        is_compiled: compiles && started.iter().any(|(program, _)| program == "node"),
        bundle: started.iter().find_map(|(_, words)| words.iter().find_map(|word| bundle(word))),
        has_npm: runs(model, stage, &npm) && !runs(model, stage, &prunes),
    }))
}

/// The programs that the image starts, each with its words as absolute paths.
fn started(model: &Model<'_>, stage: &Stage) -> Vec<(String, Vec<String>)> {
    let starts = |ast: &Instruction| matches!(ast, Instruction::Cmd(_) | Instruction::Entrypoint(_));
    let mut found = Vec::new();
    for step in model.stage_steps(stage).iter().filter(|step| starts(&step.ast)) {
        let directory = step.workdir.known().unwrap_or("/");
        let Some(script) = model.script(step) else { continue };
        for command in script.invocations().into_iter().filter_map(Command::of) {
            let words = command.args().iter().filter_map(|word| word.text()).map(|word| join_clean(directory, word));
            found.push((command.name().unwrap_or_default().to_owned(), words.collect()));
        }
    }
    found
}

/// Where a build tool gathers a server with all that it needs: the directory, and the project's.
fn bundle(path: &str) -> Option<(String, String)> {
    [".next/standalone", ".output"].iter().find_map(|name| {
        let at = path.find(&format!("/{name}/"))?;
        Some((format!("{}/{name}", &path[..at]), path[..at].to_owned()))
    })
}

/// npm's record of what it installed.
const LOCK_OF_TREE: &str = "/node_modules/.package-lock.json";

/// Directories of caches and of checks, wherever they are.
const ON_THE_WAY: &[(&str, &str)] = &[
    ("/.next/cache/", "a cache of Next"),
    ("/node_modules/.cache/", "a cache of build tools"),
    ("/node_modules/.vite/", "a cache of Vite"),
    ("/.turbo/", "a cache of Turborepo"),
    ("/.parcel-cache/", "a cache of Parcel"),
    ("/.angular/cache/", "a cache of Angular"),
    ("/coverage/lcov-report/", "made by tests"),
    ("/.nyc_output/", "made by tests"),
];

impl Recipe for Node {
    fn name(&self) -> &'static str {
        "node"
    }

    fn judge(&self, path: &str, file: &ImageFile) -> Option<Judgement> {
        file.step?;
        let leave = |reason: &str| Some(Judgement::Leave(reason.into()));
        if let Some((_, reason)) = ON_THE_WAY.iter().find(|(part, _)| path.contains(part)) {
            return leave(reason);
        }
        if let Some((bundle, project)) = &self.bundle {
            if in_trees(path, &[bundle]) {
                return Some(Judgement::Keep("gathered by the build for running alone".into()));
            }
            if in_trees(path, &[project]) {
                return leave("the build gathered all that runs elsewhere");
            }
        }
        if path.split('/').any(|part| part == "node_modules") {
            return Some(Judgement::Keep("an installed package".into()));
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let checks =
            [".eslint", "eslint.config.", ".prettier", "jest.config.", "vitest.config.", ".stylelint", ".mocharc"];
        if checks.iter().any(|start| name.starts_with(start)) {
            return leave("for checks and tests");
        }
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        if self.is_compiled && matches!(ending, "ts" | "tsx" | "mts" | "cts") && !name.ends_with(".d.ts") {
            return leave("source that the build has compiled");
        }
        if matches!(name, "package.json" | "package-lock.json" | "yarn.lock" | "pnpm-lock.yaml") {
            return Some(Judgement::Keep("describes the program to `node` and its package manager".into()));
        }
        projects::judge(path, file, Reads::Sources)
    }

    fn made(&self, model: &Model<'_>, stage: &Stage) -> Option<Vec<Made>> {
        products(model, stage, Some(Ecosystem::Node))
    }

    fn toolchain(&self) -> &'static [&'static str] {
        &["/root/.npm", "/root/.node-gyp", "/usr/local/share/.cache"]
    }

    fn trims(&self, model: &Model<'_>, stage: &Stage, evidence: &Evidence) -> Vec<Trim> {
        if !self.has_npm {
            return Vec::new();
        }
        let projects = evidence.files.keys().filter_map(|path| path.strip_suffix(LOCK_OF_TREE));
        projects
            .filter_map(|project| {
                let lock = model.copied_script(stage, &format!("{project}/package-lock.json"))?;
                self.trim(project, &lock, evidence)
            })
            .collect()
    }
}

impl Node {
    fn trim(&self, project: &str, lock: &str, evidence: &Evidence) -> Option<Trim> {
        let manifest = format!("{project}/package.json");
        let lock_path = format!("{project}{LOCK_OF_TREE}");
        let of_bundle = self.bundle.as_ref().is_some_and(|(_, root)| in_trees(project, &[root]));
        if of_bundle || !evidence.files.contains_key(&manifest) || evidence.files.get(&lock_path)?.step.is_none() {
            return None;
        }
        let packages: Vec<String> =
            of_development(lock).into_iter().map(|package| format!("{project}/{package}")).collect();
        let mut removes: BTreeSet<&str> = BTreeSet::new();
        for package in &packages {
            let below = format!("{package}/");
            let inside = evidence.files.range(below.clone()..).take_while(|(path, _)| path.starts_with(&below));
            removes.extend(inside.map(|(path, _)| path.as_str()));
            removes.extend(evidence.files.get_key_value(package).map(|(path, _)| path.as_str()));
        }
        let size: u64 = removes
            .iter()
            .filter_map(|path| evidence.files.get(*path))
            .filter(|file| file.kind == FileKind::File)
            .map(|file| file.size)
            .sum();
        if size < WORTH_A_LAYER {
            return None;
        }
        let tree = format!("{project}/node_modules/");
        let links = evidence.files.range(tree.clone()..).take_while(|(path, _)| path.starts_with(&tree));
        let of_removed = |path: &str, link: &str| {
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            removes.contains(join_clean(parent, link).as_str())
        };
        let commands: Vec<&str> = links
            .filter(|(path, file)| {
                path.contains("/.bin/") && file.link.as_ref().is_some_and(|link| of_removed(path, link))
            })
            .map(|(path, _)| path.as_str())
            .collect();
        removes.extend(commands);
        let scopes = emptied(&removes, &tree, evidence);
        let mut removes: Vec<String> = removes.into_iter().map(str::to_owned).collect();
        removes.extend(scopes);
        Some(Trim {
            directory: if project.is_empty() { "/".into() } else { project.to_owned() },
            command: "npm prune --omit=dev".into(),
            removes,
            reason: "only development needs the package, says the lock file".into(),
        })
    }
}

/// Bytes below which pruning is not worth an instruction.
const WORTH_A_LAYER: u64 = 1 << 20;

/// Directories of scopes and links that hold nothing any more; npm removes them too.
fn emptied(removes: &BTreeSet<&str>, tree: &str, evidence: &Evidence) -> Vec<String> {
    let folders: BTreeSet<&str> =
        removes.iter().filter_map(|path| path.rsplit_once('/')).map(|(parent, _)| parent).collect();
    let is_emptied = |folder: &&str| {
        let below = format!("{folder}/");
        let mut inside = evidence.files.range(below.clone()..).take_while(|(path, _)| path.starts_with(&below));
        !removes.contains(*folder)
            && folder.starts_with(tree)
            && inside.all(|(path, _)| removes.contains(path.as_str()))
    };
    folders.iter().filter(|folder| is_emptied(folder)).map(|folder| (*folder).to_owned()).collect()
}

/// The packages, by place, that the lock file marks as for development only. npm writes one key a line; of another layout nothing is read.
fn of_development(lock: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut package = None;
    for line in lock.lines() {
        if let Some(key) = line.strip_prefix("    \"").and_then(|rest| rest.strip_suffix("\": {")) {
            package = key.starts_with("node_modules/").then_some(key);
        } else if line.trim_end_matches(',') == "      \"dev\": true" {
            found.extend(package);
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn file(kind: FileKind, size: u64, link: Option<&str>) -> ImageFile {
        let link = link.map(str::to_owned);
        ImageFile { kind, mode: 0o644, uid: 0, gid: 0, size, link, step: Some(1), package: None, is_elf: false }
    }

    #[test]
    fn what_npm_prunes_is_read_from_its_record() {
        let lock = "{\n  \"packages\": {\n    \"node_modules/@types/node\": {\n      \"version\": \"1\",\n      \"dev\": true\n    },\n    \"node_modules/tsc\": {\n      \"dev\": true,\n      \"bin\": {\n        \"dev\": true\n      }\n    },\n    \"node_modules/express\": {\n      \"version\": \"4\"\n    }\n  }\n}\n";
        assert_eq!(of_development(lock), ["node_modules/@types/node", "node_modules/tsc"]);
        let mut evidence = Evidence::default();
        for (path, kind, size, link) in [
            ("/app/package.json", FileKind::File, 10, None),
            ("/app/node_modules/.package-lock.json", FileKind::File, 10, None),
            ("/app/node_modules/@types", FileKind::Directory, 0, None),
            ("/app/node_modules/@types/node", FileKind::Directory, 0, None),
            ("/app/node_modules/@types/node/a.d.ts", FileKind::File, 10, None),
            ("/app/node_modules/tsc", FileKind::Directory, 0, None),
            ("/app/node_modules/tsc/tsc.js", FileKind::File, 2 << 20, None),
            ("/app/node_modules/.bin", FileKind::Directory, 0, None),
            ("/app/node_modules/.bin/tsc", FileKind::Symlink, 0, Some("../tsc/tsc.js")),
            ("/app/node_modules/.bin/run", FileKind::Symlink, 0, Some("../express/run.js")),
            ("/app/node_modules/express/run.js", FileKind::File, 10, None),
        ] {
            evidence.files.insert(path.into(), file(kind, size, link));
        }
        let recipe = Node { is_compiled: true, bundle: None, has_npm: true };
        let trim = recipe.trim("/app", lock, &evidence).unwrap();
        for path in ["/app/node_modules/@types", "/app/node_modules/.bin/tsc", "/app/node_modules/tsc/tsc.js"] {
            assert!(trim.removes.iter().any(|removed| removed == path), "{path}: {:?}", trim.removes);
        }
        assert!(
            !trim.removes.iter().any(|path| path.contains("express") || path.ends_with("/run")),
            "{:?}",
            trim.removes
        );
    }

    #[test]
    fn a_gathered_server_is_carried_alone() {
        assert_eq!(bundle("/app/.next/standalone/server.js").unwrap().0, "/app/.next/standalone");
        assert_eq!(bundle("/.output/server/index.mjs").unwrap(), ("/.output".into(), String::new()));
        assert_eq!(bundle("/app/dist/main.js"), None);
    }
}
