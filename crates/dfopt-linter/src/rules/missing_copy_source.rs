//! `missing-copy-source`

use dfopt_semantic::context::{BuildContext, IgnoreFile, SourceKind, clean, has_wildcards, source_kind};
use dfopt_semantic::suggest;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// A source of `COPY` is not in the build context.
    ///
    /// ## Why
    ///
    /// The builder does not find the file, and the build fails.
    ///
    /// ## Example
    ///
    /// ```text
    /// FROM alpine:3.22
    /// COPY config.yml /etc/app/
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY config.yaml /etc/app/
    /// ```
    "missing-copy-source" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let Some(context) = model.context() else { return };
    let generated = generated(context);
    let steps = model.steps().iter().filter(|step| matches!(step.ast, Instruction::Copy(_) | Instruction::Add(_)));
    for step in steps.filter(|step| step.stage.is_some()) {
        let Some(copied) = step.copied(model).filter(|copied| copied.from.is_none()) else { continue };
        for source in copied.sources.iter().filter(|source| !source.is_heredoc) {
            let Some(text) = source.text.known().filter(|text| source_kind(text) == SourceKind::Path) else { continue };
            let path = clean(&format!("/{text}"))[1..].to_owned();
            if path.is_empty() || has_wildcards(&path) || context.entry(&path).is_some() {
                continue;
            }
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", &path));
            let has_parent = parent.is_empty() || context.entry(parent).is_some_and(|entry| entry.is_directory());
            let is_left_out = model.options().ignore.is_some_and(|ignore| ignore.patterns().matches(&path));
            // What version control leaves out is made before the build.
            if !has_parent || is_left_out || generated.patterns().matches(&path) {
                continue;
            }
            let depth = path.matches('/').count();
            let siblings = context.below(parent).iter().filter(|entry| entry.path.matches('/').count() == depth);
            let near =
                suggest::nearest(name, siblings.map(|entry| entry.path.rsplit('/').next().unwrap_or(&entry.path)));
            let report = ctx.report(source, format!("the build context has no `{path}`"));
            if let Some(near) = near {
                report.help(format!("did you mean `{near}`?"));
            }
        }
    }
}

/// What version control leaves out, as an ignore file for the context: there a name without `/` is meant at any depth.
fn generated(context: &dyn BuildContext) -> IgnoreFile {
    let text = context.read(".gitignore").map(|text| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default();
    let mut lines = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (mark, pattern) = line.strip_prefix('!').map_or(("", line), |pattern| ("!", pattern));
        let is_rooted = pattern.trim_end_matches('/').contains('/');
        lines.push_str(&if is_rooted { format!("{mark}{pattern}\n") } else { format!("{mark}**/{pattern}\n") });
    }
    IgnoreFile::parse(&lines)
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::context::MemoryContext;
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::Settings;
    use crate::testing::{check_ok, check_with, diagnostics};

    #[test]
    fn the_source_is_marked() {
        let context =
            MemoryContext::new().file("config.yaml", "").file("src/main.c", "").file(".gitignore", "dist/\n/out\n");
        let options = Options { context: Some(&context), ..Options::default() };
        let settings = Settings::only(&RULE);
        check_with(
            &RULE,
            &settings,
            options,
            "
FROM x
COPY config.yml /a
     ^^^^^^^^^^ the build context has no `config.yml`
COPY [\"./src/mian.c\", \"/a\"]
      ^^^^^^^^^^^^^^ the build context has no `src/mian.c`
COPY src config.yaml /a/
COPY *.txt dist src/dist out /a/
COPY other/x /a
COPY --from=y z /a
ADD https://example.com/x $X /a/
",
        );
        let found = diagnostics(&RULE, &settings, options, "FROM x\nCOPY config.yml /a\n");
        assert_eq!(
            found.iter().map(|one| one.help.as_deref()).collect::<Vec<_>>(),
            [Some("did you mean `config.yaml`?")]
        );
        check_ok(&RULE, "FROM x\nCOPY config.yml /a\n");
    }
}
