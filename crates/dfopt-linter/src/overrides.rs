//! What the rules about CMD, ENTRYPOINT and HEALTHCHECK given twice have in common.

use dfopt_syntax::SyntaxKind;

use crate::{Context, Dialect};

/// Reports the instructions of a kind that do not count, or in hadolint's dialect those that make others not count.
pub(crate) fn report(ctx: &mut Context<'_>, kind: SyntaxKind) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        for stage in model.stages() {
            let all = model.stage_steps(stage).iter().filter(|step| step.ast.kind() == kind);
            for step in all.skip(1) {
                ctx.report(step.keyword_range(), format!("it takes the place of an earlier `{}`", step.ast.name()));
            }
        }
        return;
    }
    for found in model.overridden(kind) {
        let name = found.last.ast.name();
        let last = found.last.keyword_range();
        if found.is_triggered {
            ctx.report(found.earlier.keyword_range(), format!("the base brings a `{name}` that does not count"))
                .related(last, "this one does");
            continue;
        }
        let has_comments = found.earlier.ast.has_inner_comments();
        let report = ctx
            .report(found.earlier.keyword_range(), format!("a later `{name}` takes its place"))
            .related(last, "this one counts");
        if !has_comments {
            let whole = found.earlier.ast.full_range();
            report.fix(format!("Remove this `{name}`"), |fix| {
                fix.delete(whole);
                fix.safe();
            });
        }
    }
}
