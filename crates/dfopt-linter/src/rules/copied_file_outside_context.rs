//! `copied-file-outside-context`

use dfopt_semantic::context::{SourceKind, clean, has_wildcards, source_kind};
use dfopt_semantic::model::CopiedSource;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// A source of `COPY` climbs above the build context.
    ///
    /// ## Why
    ///
    /// Nothing above the context is sent to the builder. It reads `../x` as `x`, and copies another file than meant or none.
    /// Older builders refuse it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY ../config /etc/app/
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY config /etc/app/
    /// ```
    "copied-file-outside-context" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let steps = model.steps().iter().filter(|step| matches!(step.ast, Instruction::Copy(_) | Instruction::Add(_)));
    for step in steps {
        let Some(copied) = step.copied(model).filter(|copied| copied.from.is_none()) else { continue };
        for source in copied.sources.iter().filter(|source| !source.is_heredoc) {
            let Some(path) = climbing(source) else { continue };
            let inside = clean(&format!("/{path}"))[1..].to_owned();
            let is_missing = model.context().is_some_and(|context| {
                !inside.is_empty() && !has_wildcards(&inside) && context.entry(&inside).is_none()
            });
            let read = if inside.is_empty() { "the context itself".to_owned() } else { format!("`{inside}`") };
            let report = ctx
                .report(source, format!("nothing above the build context can be copied; this reads {read}"))
                .help("build with a context that holds it, or give it a context of its own with `--build-context`");
            if is_missing {
                report.severity(Severity::Error);
            }
        }
    }
}

/// The path, if it leads out of the context.
fn climbing(source: &CopiedSource) -> Option<String> {
    let text = source.text.known().filter(|text| source_kind(text) == SourceKind::Path)?;
    let path = clean(text.trim_start_matches('/'));
    (path == ".." || path.starts_with("../")).then_some(path)
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::context::MemoryContext;
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::Settings;
    use crate::testing::{check, check_ok, diagnostics};

    #[test]
    fn the_source_is_marked() {
        check(
            &RULE,
            "
FROM x
COPY ../a b/../../c /d/
     ^^^^ nothing above the build context can be copied; this reads `a`
          ^^^^^^^^^ nothing above the build context can be copied; this reads `c`
ADD .. /e
    ^^ nothing above the build context can be copied; this reads the context itself
",
        );
        check_ok(&RULE, "FROM x\nCOPY a/../b /c\nCOPY --from=y ../a /b\nCOPY ..a /b\nCOPY $X/../../a /b\n");
    }

    #[test]
    fn what_the_context_lacks_fails() {
        let context = MemoryContext::new().file("a", "");
        let options = Options { context: Some(&context), ..Options::default() };
        let found = diagnostics(&RULE, &Settings::only(&RULE), options, "FROM x\nCOPY ../a ../b /c/\n");
        assert_eq!(found.iter().map(|one| one.severity).collect::<Vec<_>>(), [Severity::Warning, Severity::Error]);
    }
}
