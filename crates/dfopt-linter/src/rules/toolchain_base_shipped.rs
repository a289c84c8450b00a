//! `toolchain-base-shipped`

use dfopt_semantic::base::{Ecosystem, Kind};
use dfopt_semantic::model::{Base, Model, Shipment, Stage, Use, bytes, rough_size};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Category, Context, Place, Severity};

declare_rule! {
    /// The image that a program is built in is shipped with the program.
    ///
    /// ## Why
    ///
    /// A compiler, its libraries, the caches it filled and the sources are of no use to the finished program, but they are pulled
    /// and stored wherever it runs, and every flaw found in them is one of the shipped image. Usually they weigh a hundred times
    /// what the program does. Build in one stage, and copy the product to a second one that has what running takes.
    ///
    /// `dfopt fix --split-stages` does that, builds both images and compares them before it changes the file.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.24
    /// WORKDIR /src
    /// COPY . .
    /// RUN CGO_ENABLED=0 go build -o /bin/server .
    /// CMD ["/bin/server"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM golang:1.24 AS build
    /// WORKDIR /src
    /// COPY . .
    /// RUN CGO_ENABLED=0 go build -o /bin/server .
    ///
    /// FROM gcr.io/distroless/static-debian12
    /// COPY --from=build /bin/server /bin/server
    /// CMD ["/bin/server"]
    /// ```
    "toolchain-base-shipped" {
        category: Category::Size,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DF011", "tally/prefer-multi-stage-build", "tally/gpu/prefer-runtime-final-stage"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for shipment in model.shipments() {
        check_shipment(ctx, model, &shipment);
    }
}

fn check_shipment(ctx: &mut Context<'_>, model: &Model<'_>, shipment: &Shipment<'_>) {
    let Some(facts) = model.base_facts(shipment.stage) else { return };
    let Some((product, how)) = shipment.started(model) else { return };
    // What serves a built site may be written in the language of the image, but another server does as well.
    let is_site = facts.ecosystem == Some(Ecosystem::Node) && how == Use::Served;
    if facts.kind != Kind::Toolchain && !is_site {
        return;
    }
    let Some(root) = model.chain(shipment.stage).take(model.stages().len()).last() else { return };
    let (Some(place), Base::Image(image)) = (image_word(model, root), &root.base) else { return };
    let weight = facts.size.map(|size| size.unpacked_mb);
    let size = weight.map(|weight| format!(" ({})", rough_size(weight))).unwrap_or_default();
    let made = match how {
        Use::Served => "the site is built here",
        _ => "the program is built here",
    };
    let mut report = ctx
        .report(place, format!("`{}` is needed to build only, but ships with the product{size}", image.name()))
        .related(range(&product.command), made);
    if let Some(step) = shipment.run.step().and_then(|step| model.steps().get(step)) {
        report = report.related(step, "this runs the product, and nothing of the toolchain");
    }
    report = report
        .note("the image carries the toolchain, its caches and the sources along")
        .help("`dfopt fix --split-stages` builds in one stage, ships from another, and compares both images");
    if let Some(weight) = weight {
        report.weighs(bytes(weight));
    }
}

fn image_word(model: &Model<'_>, stage: &Stage) -> Option<TextRange> {
    match &model.stage_steps(stage).first()?.ast {
        Instruction::From(from) => from.image().map(|word| word.range()),
        _ => None,
    }
}

fn range(place: &std::ops::Range<u32>) -> TextRange {
    place.place()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use crate::testing::{check, check_ok, diagnostics};

    #[test]
    fn the_base_of_a_single_stage_is_marked() {
        check(
            &RULE,
            "
FROM golang:1.24
     ^^^^^^^^^^^ `golang` is needed to build only, but ships with the product (about 840 MB)
WORKDIR /app
COPY . .
RUN go mod download && go build -o app ./cmd/app
EXPOSE 8080
CMD [\"./app\"]
",
        );
        check(
            &RULE,
            "
FROM rust:1 AS base
     ^^^^^^ `rust` is needed to build only, but ships with the product (about 1.5 GB)
WORKDIR /app
FROM base
RUN cargo build --release
ENTRYPOINT [\"/app/target/release/server\"]
",
        );
        check(
            &RULE,
            "
FROM node:22
     ^^^^^^^ `node` is needed to build only, but ships with the product (about 1.1 GB)
WORKDIR /app
COPY . .
RUN npm ci && npm run build
CMD [\"npx\", \"serve\", \"-s\", \"dist\"]
",
        );
    }

    #[test]
    fn the_chain_of_evidence_is_related() {
        let text = "FROM golang:1.24\nWORKDIR /app\nRUN go build -o app .\nCMD [\"./app\"]\n";
        let found = diagnostics(&RULE, &Settings::only(&RULE), dfopt_semantic::model::Options::default(), text);
        let related: Vec<&str> = found[0].related.iter().map(|one| &text[one.range]).collect();
        assert_eq!(related, ["go build", "CMD [\"./app\"]"]);
        assert_eq!(found[0].weight.map(|weight| weight.estimated), Some(840_000_000));
    }

    #[test]
    fn images_for_building_may_have_a_toolchain() {
        let head = "FROM golang:1.24\nWORKDIR /app\nRUN go build -o app .\n";
        check_ok(&RULE, head);
        for run in [
            "CMD go run .",
            "CMD [\"bash\"]",
            "CMD [\"go\", \"test\", \"./...\"]",
            "ENTRYPOINT [\"make\"]",
            "CMD [\"nginx\"]",
        ] {
            check_ok(&RULE, &format!("{head}{run}\n"));
        }
        for name in ["dev", "builder", "app-test"] {
            check_ok(
                &RULE,
                &format!("FROM golang:1.24 AS {name}\nWORKDIR /app\nRUN go build -o app .\nCMD [\"./app\"]\n"),
            );
        }
    }

    #[test]
    fn stages_that_feed_others_and_interpreters_are_no_matter() {
        check_ok(
            &RULE,
            "FROM golang:1.24 AS a\nRUN go build -o /x .\nCMD [\"/x\"]\nFROM alpine:3\nCOPY --from=a /x /x\nCMD [\"/x\"]\n",
        );
        check_ok(
            &RULE,
            "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"dist/main.js\"]\n",
        );
        check_ok(&RULE, "FROM python:3.12\nRUN make\nCMD [\"python\", \"x.py\"]\n");
        check_ok(&RULE, "FROM eclipse-temurin:21\nCOPY app.jar /app.jar\nCMD [\"java\", \"-jar\", \"/app.jar\"]\n");
    }
}
