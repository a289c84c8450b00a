//! Go: one program a build command, usually linked statically, its toolchain in a tree of its own.

use dfopt_semantic::command::go::{Go, GoVerb};
use dfopt_semantic::command::{Command, Understood, understand};
use dfopt_semantic::context::join_clean;
use dfopt_semantic::expand::{Environment, Lookup};
use dfopt_semantic::model::{Base, Model, Stage, Step};
use dfopt_syntax::ast::Instruction;

use super::{Judgement, Made, Recipe};
use crate::evidence::ImageFile;

struct GoRecipe;

/// The recipe, if the stage builds with Go.
pub(super) fn recipe(model: &Model<'_>, stage: &Stage) -> Option<Box<dyn Recipe>> {
    let named = matches!(&stage.base, Base::Image(image) if matches!(image.name(), "golang" | "go" | "go-toolset"));
    let builds =
        || commands(model, stage).any(|found| matches!(found, Verb { verb: GoVerb::Build | GoVerb::Install, .. }));
    (named || builds()).then(|| Box::new(GoRecipe) as Box<dyn Recipe>)
}

/// A `go` command of the stage, by verb.
struct Verb {
    verb: GoVerb,
}

fn runs<'m>(model: &'m Model<'_>, stage: &'m Stage) -> impl Iterator<Item = &'m Step> {
    model.stage_steps(stage).iter().filter(|step| matches!(step.ast, Instruction::Run(_)))
}

fn commands<'m>(model: &'m Model<'_>, stage: &'m Stage) -> impl Iterator<Item = Verb> {
    runs(model, stage).filter_map(|step| model.script(step)).flat_map(|script| {
        let found: Vec<Verb> = script
            .invocations()
            .into_iter()
            .filter_map(Command::of)
            .filter_map(|command| match understand(&command) {
                Understood::Go(go) => Some(Verb { verb: go.verb }),
                _ => None,
            })
            .collect();
        found
    })
}

impl Recipe for GoRecipe {
    fn name(&self) -> &'static str {
        "go"
    }

    fn judge(&self, path: &str, file: &ImageFile) -> Option<Judgement> {
        let leave = |reason: &str| Some(Judgement::Leave(reason.into()));
        if self
            .toolchain()
            .iter()
            .any(|tree| path.strip_prefix(tree).is_some_and(|rest| rest.starts_with('/') || rest.is_empty()))
        {
            return leave("the Go toolchain, whose place programs name only in messages");
        }
        file.step?;
        let name = path.rsplit('/').next().unwrap_or(path);
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        if matches!(ending, "go" | "s" | "c" | "h" | "cc" | "cpp" | "hpp" | "syso" | "proto") {
            return leave("source that the compiler has read");
        }
        if matches!(
            name,
            "go.mod"
                | "go.sum"
                | "go.work"
                | "go.work.sum"
                | "Makefile"
                | ".golangci.yml"
                | ".golangci.yaml"
                | ".goreleaser.yml"
                | ".goreleaser.yaml"
        ) {
            return leave("directs the build");
        }
        if path.split('/').any(|part| part == "vendor" || part == "testdata") {
            return leave("source that the compiler has read");
        }
        if path.contains("/.cache/go-build") || path.starts_with("/root/.config/go") {
            return leave("the compiler's cache");
        }
        None
    }

    fn made(&self, model: &Model<'_>, stage: &Stage) -> Option<Vec<Made>> {
        let mut found = Vec::new();
        for step in runs(model, stage) {
            let Some(script) = model.script(step) else { continue };
            let mut directory = step.workdir.known()?.to_owned();
            for invocation in script.invocations() {
                let Some(command) = Command::of(invocation) else { continue };
                match understand(&command) {
                    Understood::Cd(Some(word)) => directory = join_clean(&directory, word.text()?),
                    Understood::Go(go) if matches!(go.verb, GoVerb::Build | GoVerb::Install) => {
                        let assigned =
                            |name: &str| command.assigned(name).and_then(|value| value.text().map(str::to_owned));
                        let lookup = |name: &str| assigned(name).or_else(|| value(model, step, name));
                        for path in outputs(model, &go, &directory, &lookup)? {
                            found.push(Made { path, step: step.index });
                        }
                    }
                    _ => {}
                }
            }
        }
        Some(found)
    }

    fn toolchain(&self) -> &'static [&'static str] {
        &["/usr/local/go", "/usr/lib/go", "/go/pkg", "/go/src", "/root/go/pkg", "/root/sdk"]
    }

    fn is_static(&self, model: &Model<'_>, stage: &Stage) -> Option<bool> {
        let mut known = None;
        for step in runs(model, stage) {
            let Some(script) = model.script(step) else { continue };
            for invocation in script.invocations() {
                let Some(command) = Command::of(invocation) else { continue };
                let Understood::Go(go) = understand(&command) else { continue };
                if !matches!(go.verb, GoVerb::Build | GoVerb::Install) {
                    continue;
                }
                let cgo = command.assigned("CGO_ENABLED").and_then(|value| value.text().map(str::to_owned));
                let cgo = cgo.or_else(|| value(model, step, "CGO_ENABLED"));
                known = (cgo.as_deref() == Some("0") && known != Some(false)).then_some(true);
            }
        }
        known
    }
}

/// The value of a variable at an instruction, from ENV or ARG.
fn value(model: &Model<'_>, step: &Step, name: &str) -> Option<String> {
    match model.scope(step).lookup(name) {
        Lookup::Set(value) => Some(value.into_owned()),
        _ => None,
    }
}

/// The programs that a `go build` or `go install` writes; `None` when that cannot be told.
fn outputs(
    model: &Model<'_>,
    go: &Go<'_>,
    directory: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Option<Vec<String>> {
    if go.open || matches!(go.buildmode, Some("archive" | "c-archive")) {
        return None;
    }
    let directory = match &go.directory {
        Some(change) => join_clean(directory, change.text()?),
        None => directory.to_owned(),
    };
    let packages: Vec<&str> = go.packages.iter().map(|word| word.text()).collect::<Option<_>>()?;
    let several = packages.len() > 1 && !packages.iter().all(|name| name.ends_with(".go"))
        || packages.iter().any(|name| name.contains("..."));
    let ending = if lookup("GOOS").as_deref() == Some("windows") { ".exe" } else { "" };
    let name = || program_name(model, &packages, &directory).map(|name| format!("{name}{ending}"));
    if go.verb == GoVerb::Install {
        let cross = match (lookup("GOOS"), lookup("GOARCH")) {
            (None, None) => String::new(),
            _ => return None,
        };
        let place = lookup("GOBIN")
            .or_else(|| lookup("GOPATH").map(|path| format!("{path}/bin")))
            .unwrap_or_else(|| "/go/bin".into());
        let names = if packages.is_empty() {
            vec![name()?]
        } else {
            packages.iter().map(|package| base_name(package)).collect::<Option<_>>()?
        };
        return Some(names.into_iter().map(|name| join_clean(&place, &format!("{cross}{name}"))).collect());
    }
    match &go.output {
        Some(output) => {
            let text = output.resolve(&|name| lookup(name))?;
            if text == "/dev/null" {
                return Some(Vec::new());
            }
            let path = join_clean(&directory, &text);
            if several {
                let names: Option<Vec<String>> = packages.iter().map(|package| base_name(package)).collect();
                return Some(names?.into_iter().map(|name| format!("{path}/{name}")).collect());
            }
            Some(vec![if text.ends_with('/') || text == "." { join_clean(&path, &name()?) } else { path }])
        }
        // Several packages without -o are compiled and thrown away.
        None if several => Some(Vec::new()),
        None => Some(vec![join_clean(&directory, &name()?)]),
    }
}

/// The name that `go build` gives a program.
fn program_name(model: &Model<'_>, packages: &[&str], directory: &str) -> Option<String> {
    match packages.first() {
        Some(first) if first.ends_with(".go") => Some(first.rsplit('/').next()?.trim_end_matches(".go").to_owned()),
        None | Some(&("." | "./")) => module_name(model, directory).or_else(|| base_name(directory)),
        Some(package) => base_name(package),
    }
}

/// The last part of an import path or directory, a version part aside.
fn base_name(path: &str) -> Option<String> {
    let path = path.split('@').next()?.trim_end_matches('/');
    let mut parts = path.rsplit('/');
    let last = parts.next()?;
    let is_version =
        last.strip_prefix('v').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
    let name = if is_version { parts.next().unwrap_or(last) } else { last };
    (!name.is_empty() && name != "." && name != "..").then(|| name.to_owned())
}

/// The name from the module line of the go.mod that ends up in a directory, if the context shows it.
fn module_name(model: &Model<'_>, directory: &str) -> Option<String> {
    let context = model.context()?;
    // The whole context is nearly always copied to the directory of the build.
    let _ = directory;
    let text = context.read("go.mod")?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let line = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
    base_name(line.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_programs() {
        assert_eq!(base_name("example.org/tool/v2").as_deref(), Some("tool"));
        assert_eq!(base_name("./cmd/server").as_deref(), Some("server"));
        assert_eq!(base_name("golang.org/x/tools/gopls@latest").as_deref(), Some("gopls"));
        assert_eq!(base_name("/").as_deref(), None);
    }
}
