//! `build-directory-copied`

use dfopt_semantic::effects::normalize;
use dfopt_semantic::model::{Brought, Model, Product, ReferenceKind, ReferenceTarget, RunCommand, Stage, Step};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Place, Severity};

declare_rule! {
    /// A whole build directory is copied where only the program in it is needed.
    ///
    /// ## Why
    ///
    /// Sources and everything that the build left between them and the program go into the image, often many times the size of the program.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS build
    /// WORKDIR /src
    /// COPY . .
    /// RUN go build -o bin/app .
    /// FROM debian:13-slim
    /// COPY --from=build /src /src
    /// CMD ["/src/bin/app"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS build
    /// WORKDIR /src
    /// COPY . .
    /// RUN go build -o bin/app .
    /// FROM debian:13-slim
    /// COPY --from=build /src/bin/app /src/bin/app
    /// CMD ["/src/bin/app"]
    /// ```
    "build-directory-copied" {
        category: Category::Size,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for shipment in model.shipments() {
        for step in model.layers(shipment.stage) {
            if !matches!(step.ast, Instruction::Copy(_)) || step.stage != Some(shipment.stage.index) {
                continue;
            }
            let Some(feeder) = feeder(model, step) else { continue };
            let Some(copied) = step.copied(model) else { continue };
            let to = copied.destination.as_ref().and_then(|to| step.absolute(to.text.known()?));
            let Some(to) = to else { continue };
            let products = model.products(feeder);
            for source in &copied.sources {
                let Some(from) = source.text.known().map(|from| normalize(from, "/")) else { continue };
                if from == "/" || !holds_sources(model, feeder, &from) {
                    continue;
                }
                if let Some((product, word)) = used(products, shipment.run, &from, &to) {
                    let command = product.command.place();
                    ctx.report(source, format!("the sources are copied too, and only `{word}` is used"))
                        .related(command, "this builds it")
                        .help("copy the program alone");
                }
            }
        }
    }
}

fn feeder<'m>(model: &'m Model<'_>, step: &Step) -> Option<&'m Stage> {
    let mut references = model.references().iter();
    let found = references.find(|one| one.kind == ReferenceKind::Copy && one.step == step.index)?;
    match found.target {
        ReferenceTarget::Stage(index) => model.stages().get(index),
        _ => None,
    }
}

/// Whether sources were copied into the directory from the context.
fn holds_sources(model: &Model<'_>, feeder: &Stage, directory: &str) -> bool {
    model.layers(feeder).into_iter().flat_map(|step| model.context_sources(step)).any(|source| {
        source.kind == Brought::Directory
            && source.destination.directory().is_some_and(|to| to.trim_end_matches('/') == directory)
    })
}

/// The product below the copied directory that the container starts, with the word that names it.
fn used<'p>(products: &'p [Product], run: &RunCommand, from: &str, to: &str) -> Option<(&'p Product, String)> {
    if run.is_opaque {
        return None;
    }
    let first = run.invocations.last()?.words.first()?;
    let path = run.path(first.text()?)?;
    let rest = path.strip_prefix(to.trim_end_matches('/')).filter(|rest| rest.starts_with('/'))?;
    let original = format!("{}{rest}", from.trim_end_matches('/'));
    let product = products.iter().find(|product| !product.is_unplaced() && product.may_be(&original))?;
    // Another file of the directory that the program is given may be of the sources.
    let others = run.invocations.iter().flat_map(|one| &one.words).filter(|word| word.text() != first.text());
    let names_others =
        others.filter_map(|word| word.text()).any(|text| text.contains('/') && !text.starts_with("http"));
    (!names_others).then(|| (product, path.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_directory_is_marked() {
        check(
            &RULE,
            "
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o bin/app .
FROM debian:13
COPY --from=build /src /app
                  ^^^^ the sources are copied too, and only `/app/bin/app` is used
WORKDIR /app
CMD [\"./bin/app\"]
",
        );
    }

    #[test]
    fn programs_alone_or_more_of_it() {
        check_ok(
            &RULE,
            "
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o bin/app .
FROM debian:13 AS a
COPY --from=build /src/bin /app
CMD [\"/app/app\"]
FROM debian:13
COPY --from=build /src /app
CMD [\"/app/bin/app\", \"/app/config.yml\"]
",
        );
    }
}
