//! `source-tree-shipped`

use dfopt_semantic::base::{Ecosystem as BaseEcosystem, Kind};
use dfopt_semantic::command::ecosystems::{Ecosystem, facts};
use dfopt_semantic::model::{Brought, ContextSource, Model, Product, Shipment, Use};
use dfopt_syntax::TextRange;

use crate::rule::declare_rule;
use crate::{Category, Context, Place, Severity};

declare_rule! {
    /// Sources are shipped beside the product that is built from them.
    ///
    /// ## Why
    ///
    /// The container runs what was built. The sources, tests and intermediate files it was built from are in the image
    /// nevertheless, for everyone who gets it. Build in a stage of its own and copy the product.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update && apt-get install -y build-essential
    /// WORKDIR /src
    /// COPY . .
    /// RUN gcc -o /usr/local/bin/server main.c
    /// CMD ["server"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:12 AS build
    /// RUN apt-get update && apt-get install -y build-essential
    /// WORKDIR /src
    /// COPY . .
    /// RUN gcc -o /usr/local/bin/server main.c
    ///
    /// FROM debian:12
    /// COPY --from=build /usr/local/bin/server /usr/local/bin/server
    /// CMD ["server"]
    /// ```
    "source-tree-shipped" {
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
    let mut seen: Vec<TextRange> = Vec::new();
    for shipment in model.shipments() {
        let base = model.base_facts(shipment.stage);
        let Some((product, how)) = shipment.started(model) else { continue };
        let is_site_on_node =
            how == Use::Served && base.as_ref().is_some_and(|base| base.ecosystem == Some(BaseEcosystem::Node));
        // Those are told by the rule about the base.
        if is_site_on_node || base.is_some_and(|base| base.kind == Kind::Toolchain) || !leaves_sources(product, how) {
            continue;
        }
        let Some(source) = sources_of(model, &shipment, product) else { continue };
        if seen.contains(&source.word.range) {
            continue;
        }
        seen.push(source.word.range);
        let made = product.command.place();
        let mut report = ctx
            .report(&source.word, "these sources ship, though only what is built from them runs")
            .related(made, "the product is built here");
        if let Some(step) = shipment.run.step().and_then(|step| model.steps().get(step)) {
            report = report.related(step, "this runs the product");
        }
        report.help("`dfopt fix --split-stages` leaves them in a build stage");
    }
}

/// Whether the product works without what it was built from.
fn leaves_sources(product: &Product, how: Use) -> bool {
    match product.ecosystem {
        // Bundles and compiled scripts take nothing of the sources along.
        Some(Ecosystem::Node) => how != Use::Started,
        Some(ecosystem) => facts(ecosystem).is_some_and(|facts| facts.compiled),
        None => false,
    }
}

/// The directory copied from the context that the product was built in.
fn sources_of(model: &Model<'_>, shipment: &Shipment<'_>, product: &Product) -> Option<ContextSource> {
    let directory = product.directory.as_deref()?;
    let earlier = model.layers(shipment.stage).into_iter().filter(|step| step.index < product.step);
    let sources = earlier.flat_map(|step| model.context_sources(step));
    let holds = |source: &ContextSource| {
        let is_around = source.destination.contains(directory);
        let is_inside = source
            .destination
            .directory()
            .is_some_and(|at| at.starts_with(&format!("{}/", directory.trim_end_matches('/'))));
        source.kind == Brought::Directory && !source.destination.is_any() && (is_around || is_inside)
    };
    sources.into_iter().find(|source| holds(source)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_copied_directory_is_marked() {
        check(
            &RULE,
            "
FROM debian:12
RUN apt-get update && apt-get install -y build-essential
WORKDIR /src
COPY Makefile .
COPY src ./src
     ^^^ these sources ship, though only what is built from them runs
RUN make && make install
CMD [\"server\"]
",
        );
        check(
            &RULE,
            "
FROM node:22-slim
WORKDIR /app
COPY . .
     ^ these sources ship, though only what is built from them runs
RUN npm ci && npx tsc --outDir dist
CMD [\"node\", \"dist/main.js\"]
",
        );
    }

    #[test]
    fn programs_that_are_their_sources() {
        check_ok(&RULE, "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install .\nCMD [\"python\", \"app.py\"]\n");
        check_ok(&RULE, "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm run build\nCMD [\"node\", \"server.js\"]\n");
        check_ok(&RULE, "FROM golang:1.24\nWORKDIR /app\nCOPY . .\nRUN go build -o app .\nCMD [\"./app\"]\n");
        check_ok(&RULE, "FROM debian:12\nRUN git clone https://x/y /src && make -C /src install\nCMD [\"server\"]\n");
    }
}
