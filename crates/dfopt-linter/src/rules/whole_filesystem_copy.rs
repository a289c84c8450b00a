//! `whole-filesystem-copy`

use dfopt_semantic::base::Kind;
use dfopt_semantic::image_ref::ImageRef;
use dfopt_semantic::model::{Base, Model, Reference, ReferenceKind, ReferenceTarget, Step};
use dfopt_syntax::TextRange;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Dialect, Place, Severity};

declare_rule! {
    /// The whole file system of another stage or image is copied.
    ///
    /// ## Why
    ///
    /// Everything is taken along: package manager, caches, build tools, and files of the base that are there already. The copy is one
    /// layer as large as all layers of its source together, and none of it is shared with other images.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13 AS build
    /// RUN make -C /src install
    /// FROM debian:13-slim
    /// COPY --from=build / /
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13 AS build
    /// RUN make -C /src install
    /// FROM debian:13-slim
    /// COPY --from=build /usr/local/bin/app /usr/local/bin/
    /// ```
    "whole-filesystem-copy" {
        category: Category::Size,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3067"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let is_hadolint = ctx.dialect() == Dialect::Hadolint;
    for site in sites(model).filter(|site| !(is_hadolint && site.is_trigger())) {
        let from = site.ast.flag("from").filter(|_| site.ast.name() == "COPY");
        let Some((from, (sources, Some(destination)))) = from.zip(site.ast.copied()) else { continue };
        let is_root = |raw: &str| {
            let path = raw.trim_matches(['"', '\'']);
            path == "/" || (!is_hadolint && matches!(path, "/." | "/*" | "/./" | "./" | "."))
        };
        let to = destination.raw();
        let to_root = match to.trim_matches(['"', '\'']) {
            "/" => true,
            "/." | "./" | "." => !is_hadolint && (to.starts_with('/') || site.step.workdir.known() == Some("/")),
            _ => false,
        };
        let Some(source) = sources.iter().find(|source| is_root(&source.raw())).filter(|_| to_root) else { continue };
        let from_what = copied_from(model, site.step, from.place());
        if !is_hadolint && (!is_shipped(model, site.step) || from_what.is_some_and(|what| is_for_copying(model, what)))
        {
            continue;
        }
        let report = ctx.report(source.range(), "the whole file system is copied").related(&from, "from here");
        if from_what.is_some_and(|what| flattens(model, site.step, what)) {
            report.severity(Severity::Info);
        } else {
            report.help("copy only what the program needs");
        }
    }
}

fn is_shipped(model: &Model<'_>, step: &Step) -> bool {
    model.stage_of(step).is_some_and(|stage| stage.is_shipped())
}

fn copied_from<'m>(model: &'m Model<'_>, step: &Step, from: TextRange) -> Option<&'m ReferenceTarget> {
    let mut references = model.references().iter();
    let is_it =
        |one: &&Reference| one.kind == ReferenceKind::Copy && one.step == step.index && from.contains_range(one.range);
    references.find(is_it).map(|reference| &reference.target)
}

/// Whether the image holds nothing but a few scripts that are made to be copied as they are.
fn is_for_copying(model: &Model<'_>, what: &ReferenceTarget) -> bool {
    let is_it = |image: &ImageRef| image.repository().ends_with("/xx");
    match what {
        ReferenceTarget::Image(image) => is_it(image),
        ReferenceTarget::Stage(index) => {
            let stage = model.stages().get(*index);
            stage.is_some_and(|stage| matches!(model.root_base(stage), Some(Base::Image(image)) if is_it(image)))
        }
        _ => false,
    }
}

/// Whether the copy makes one layer of a root file system that was built for the purpose.
fn flattens(model: &Model<'_>, step: &Step, what: &ReferenceTarget) -> bool {
    let ReferenceTarget::Stage(index) = what else { return false };
    let Some((source, stage)) = model.stages().get(*index).zip(model.stage_of(step)) else { return false };
    let is_minimal = || model.base_facts(source).is_some_and(|facts| facts.kind == Kind::Minimal);
    model.root_base(source) == Some(&Base::Scratch) || (model.root_base(stage) == Some(&Base::Scratch) && is_minimal())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_source_is_marked() {
        check(
            &RULE,
            "
FROM debian AS a
FROM debian
COPY --from=a / /
              ^ the whole file system is copied
COPY --from=nginx /. /
                  ^^ the whole file system is copied
COPY --from=nginx /etc /*  /
                       ^^ the whole file system is copied
",
        );
    }

    #[test]
    fn parts_and_other_places() {
        check_ok(
            &RULE,
            "
FROM debian AS a
FROM debian AS b
COPY --from=a / /
FROM debian
COPY --from=a /etc /
COPY --from=a / /rootfs
COPY . /
COPY / /
COPY --from=tonistiigi/xx:1.6 / /
",
        );
    }

    #[test]
    fn hadolint_goes_by_the_letter() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM debian AS a
FROM scratch
COPY --from=a \"/\" /
              ^^^ the whole file system is copied
COPY --from=a /. /
COPY / /
ONBUILD COPY --from=a / /
",
        );
    }
}
