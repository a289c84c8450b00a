//! `ignored-copy-source`

use dfopt_semantic::context::{Glob, IgnoreFile, SourceKind, clean, has_wildcards, source_kind};
use dfopt_semantic::model::{CopiedSource, Model};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity};

declare_rule! {
    /// A source of `COPY` is left out of the build context by the ignore file.
    ///
    /// ## Why
    ///
    /// The builder never gets the file, so that the build fails, or a pattern copies less than it says.
    ///
    /// ## Example
    ///
    /// With a `.dockerignore` that holds `dist`:
    ///
    /// ```text
    /// FROM nginx:1.29
    /// COPY dist /usr/share/nginx/html
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM nginx:1.29
    /// COPY public /usr/share/nginx/html
    /// ```
    "ignored-copy-source" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &["CopyIgnoredFile"],
        since: "0.1.0",
        check: check,
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let Some(ignore) = model.options().ignore else { return };
    let is_buildkit = ctx.dialect() == Dialect::Buildkit;
    if ignore.patterns().is_empty() || (is_buildkit && ignore.patterns().takes_back()) {
        return;
    }
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Copy(_) | Instruction::Add(_))) {
        let Some(copied) = step.copied(model).filter(|copied| copied.from.is_none() && step.stage.is_some()) else {
            continue;
        };
        for source in copied.sources.iter().filter(|source| !source.is_heredoc) {
            let Some(path) = path_of(source) else { continue };
            let is_ignored = if is_buildkit { is_ignored_for_buildkit(ignore, path) } else { is_left_out(model, path) };
            if is_ignored {
                ctx.report(source, format!("the ignore file leaves `{}` out", clean(path)));
            }
        }
    }
}

fn path_of(source: &CopiedSource) -> Option<&str> {
    source.text.known().filter(|text| source_kind(text) == SourceKind::Path)
}

/// Whether a pattern matches the path as it stands.
fn is_ignored_for_buildkit(ignore: &IgnoreFile, path: &str) -> bool {
    match clean(path).as_str() {
        "." | "/" => ignore.lines().iter().any(|line| matches!(line.pattern.as_str(), "*" | "**" | "**/*")),
        path => ignore.patterns().matches_alone(path),
    }
}

/// Whether nothing that the source names is in the context because of the ignore file.
fn is_left_out(model: &Model<'_>, path: &str) -> bool {
    let Some(ignore) = model.options().ignore else { return false };
    let path = clean(&format!("/{path}"))[1..].to_owned();
    if path.is_empty() {
        return false;
    }
    // What a pattern takes back can only be told with the context at hand.
    let is_sent = match model.context() {
        Some(context) if has_wildcards(&path) => match Glob::parse(&path) {
            Ok(glob) => context.entries().iter().any(|entry| glob.matches(&entry.path)),
            Err(_) => true,
        },
        Some(context) => context.entry(&path).is_some(),
        None => ignore.patterns().takes_back(),
    };
    let ignored = |path: &str| !path.is_empty() && ignore.patterns().matches(path);
    let is_ignored = if has_wildcards(&path) {
        let literal = path.split('/').take_while(|part| !has_wildcards(part)).collect::<Vec<_>>().join("/");
        ignored(&literal) || ignore.lines().iter().any(|line| line.pattern == path)
    } else {
        ignored(&path)
    };
    is_ignored && !is_sent
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::context::{FilteredContext, MemoryContext};
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::testing::{check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn ignored_sources_are_marked() {
        let ignore = IgnoreFile::parse("dist\n*.log\ndocs\n!docs/a\n");
        let all = MemoryContext::new().file("dist/x", "").file("a.log", "").file("docs/a", "").file("docs/b", "");
        let context = FilteredContext::new(&all, &ignore);
        let options = Options { context: Some(&context), ignore: Some(&ignore), ..Options::default() };
        check_with(
            &RULE,
            &Settings::only(&RULE),
            options,
            "
FROM a
COPY dist/x /a
     ^^^^^^ the ignore file leaves `dist/x` out
COPY ./dist/ docs b* /a/
     ^^^^^^^ the ignore file leaves `dist` out
COPY [\"docs/b\", \"/a\"]
      ^^^^^^^^ the ignore file leaves `docs/b` out
ADD *.log https://example.com/dist <<E /a/
    ^^^^^ the ignore file leaves `*.log` out
E
COPY --from=b dist /a
COPY . $x /a/
",
        );
        check_ok(&RULE, "FROM a\nCOPY dist /a\n");
    }

    #[test]
    fn buildkit_gives_up_where_a_pattern_takes_back() {
        let settings = Settings::of_preset(Preset::Buildkit);
        let ignore = IgnoreFile::parse("dist\n!x\n");
        let options = Options { ignore: Some(&ignore), ..Options::default() };
        check_with(&RULE, &settings, options, "FROM a\nCOPY dist /a\n");
        let ignore = IgnoreFile::parse("*\n");
        let options = Options { ignore: Some(&ignore), ..Options::default() };
        check_with(
            &RULE,
            &settings,
            options,
            "FROM a\nCOPY . /a\n     ^ the ignore file leaves `.` out\nCOPY ../x /b\n     ^^^^ the ignore file leaves `../x` out\n",
        );
    }
}
