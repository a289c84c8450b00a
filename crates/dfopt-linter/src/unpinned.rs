//! What rules about packages without a version share.

use dfopt_semantic::command::packages::{Package, PackageInstall, PackageKind};
use dfopt_semantic::command::{Invocation, Understood, Word};
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::ast::AstNode;

use crate::runs::visit;
use crate::{Context, peer};

/// Reports the first of several words without a version and relates the others.
pub(crate) fn report(ctx: &mut Context<'_>, words: &[&Word]) {
    let Some((first, others)) = words.split_first() else { return };
    let shown = |word: &Word| word.raw.trim_matches(['"', '\'']).to_owned();
    let message = match others.len() {
        0 => format!("`{}` has no version", shown(first)),
        1 => format!("`{}` and another package have no version", shown(first)),
        more => format!("`{}` and {more} other packages have no version", shown(first)),
    };
    let mut report = ctx.report(first, message);
    for other in others {
        report = report.related(other, "nor has this one");
    }
}

/// hadolint's verdict: the first package of an instruction that is not pinned.
pub(crate) fn check_as_hadolint(
    ctx: &mut Context<'_>,
    packages: impl for<'i> Fn(&'i Invocation) -> Vec<&'i Word>,
    is_pinned: impl Fn(&str) -> bool,
) {
    let model = ctx.model();
    for step in model.steps() {
        let words = peer::commands(model, step, peer::Triggers::Read).iter().flat_map(&packages);
        if let Some(word) = words.into_iter().find(|word| !is_pinned(peer::text(word))) {
            report(ctx, &[word]);
        }
    }
}

/// Visits the install commands of system package managers.
pub(crate) fn visit_installs(model: &Model<'_>, step: &Step, found: &mut dyn FnMut(&PackageInstall<'_>)) {
    visit(model, step, &mut |_, understood, _| {
        if let Understood::PackageInstall(install) = understood {
            found(install);
        }
    });
}

/// Reports the names that a repository resolves to any version.
pub(crate) fn report_open(
    ctx: &mut Context<'_>,
    install: &PackageInstall<'_>,
    is_pinned: impl Fn(&Package<'_>) -> bool,
) {
    let open = install.packages.iter().filter(|package| {
        package.kind == PackageKind::Name
            && package.version.is_none()
            && !package.name.is_empty()
            && !is_pinned(package)
    });
    report(ctx, &open.map(|package| package.word).collect::<Vec<_>>());
}

/// Whether packages come from an archive of one day, as the instruction or one before it in the chain says.
pub(crate) fn comes_from_snapshot(model: &Model<'_>, step: &Step) -> bool {
    let Some(stage) = model.stage_of(step) else { return false };
    let layers = model.layers(stage);
    layers.iter().filter(|other| other.index <= step.index).any(|other| {
        let text = model.text_at(other.ast.syntax().text_range());
        text.contains("snapshot.debian.org") || text.contains("snapshot.ubuntu.com") || text.contains("snapshot=yes")
    })
}
