//! `unused-arg`

use dfopt_semantic::model::{Model, Step, is_proxy_arg};
use dfopt_syntax::ErrorKind;
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction, KeyValue};

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity, Tag};

declare_rule! {
    /// An `ARG` is declared and never used.
    ///
    /// ## Why
    ///
    /// Whoever passes the argument expects it to have an effect. A change of its value also makes later `RUN`s run again.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// ARG VERSION=3.22
    /// FROM alpine:3.22
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// ARG VERSION=3.22
    /// FROM alpine:$VERSION
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix deletes the declaration. Before the first `FROM` that is safe; in a stage a program may read the variable.
    "unused-arg" {
        category: Category::Maintainability,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

/// Beginnings of names that tools read by themselves.
const READ_BY_TOOLS: [&str; 15] = [
    "DEBIAN_FRONTEND",
    "GOPROXY",
    "GOPRIVATE",
    "CGO_",
    "CARGO_",
    "RUSTFLAGS",
    "NPM_CONFIG_",
    "PIP_",
    "UV_",
    "POETRY_",
    "MAVEN_",
    "GRADLE_",
    "NODE_",
    "BUILDKIT_",
    "LC_",
];

/// Whole names that tools read by themselves.
const READ_WHOLE: [&str; 9] =
    ["TZ", "LANG", "CI", "SOURCE_DATE_EPOCH", "MAKEFLAGS", "CFLAGS", "CXXFLAGS", "LDFLAGS", "GOFLAGS"];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    // Lines that could not be read may use any name.
    let has_gaps = model.parse().errors().iter().any(|error| {
        matches!(
            error.kind,
            ErrorKind::UnknownInstruction { .. }
                | ErrorKind::MissingContinuation
                | ErrorKind::TemplateLine
                | ErrorKind::NotADockerfile
        )
    });
    if has_gaps || model.stages().is_empty() {
        return;
    }
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Arg(_))) {
        let pairs: Vec<KeyValue> = step.ast.pairs().collect();
        for pair in &pairs {
            let Some(name) = pair.name().map(|name| name.raw()).filter(|name| !is_for_builder(name)) else { continue };
            if pairs.iter().any(|other| other != pair && mentions(&other.syntax().to_string(), &name)) {
                continue;
            }
            match step.stage {
                None => global(ctx, step, pair, &name),
                Some(_) => local(ctx, step, pair, &name),
            }
        }
    }
}

/// An argument before the first FROM.
fn global(ctx: &mut Context<'_>, step: &Step, pair: &KeyValue, name: &str) {
    let model = ctx.model();
    let is_used = model.steps().iter().filter(|other| other.index > step.index).any(|other| match &other.ast {
        Instruction::From(_) => mentions(other.ast.logical().as_str(), name),
        // A stage takes it over, or another argument is made of it.
        Instruction::Arg(_) => mentions(other.ast.logical().as_str(), name),
        Instruction::Onbuild(onbuild) => onbuild.trigger().is_some_and(|trigger| {
            matches!(trigger, Instruction::Arg(_)) && mentions(trigger.logical().as_str(), name)
        }),
        _ => false,
    });
    if is_used {
        return;
    }
    let deleted = deletion(step, pair);
    ctx.report(pair, format!("`{name}` is not used in any `FROM` or taken over by any stage"))
        .tag(Tag::Unnecessary)
        .fix("Delete it", |fix| {
            if let Some(deleted) = deleted {
                fix.delete(deleted);
                fix.safe();
            }
        });
}

/// An argument of a stage.
fn local(ctx: &mut Context<'_>, step: &Step, pair: &KeyValue, name: &str) {
    let model = ctx.model();
    let behind = seen_by(model, step);
    if behind.iter().any(|other| mentions(&text_of(other), name) || matches!(other.ast, Instruction::Onbuild(_))) {
        return;
    }
    let may_be_read = behind.iter().any(|other| matches!(other.ast, Instruction::Run(_)));
    if may_be_read && (!ctx.is_pedantic() || is_read_by_tools(name)) {
        return;
    }
    let deleted = deletion(step, pair);
    let mut report = ctx.report(pair, format!("`{name}` is not used")).tag(Tag::Unnecessary);
    if may_be_read {
        report = report.severity(Severity::Info).note("a program of a later `RUN` may read it from the environment");
    }
    report.fix("Delete it", |fix| {
        if let Some(deleted) = deleted {
            fix.delete(deleted);
        }
    });
}

/// The instructions that see what this one makes: those behind it, and those of the stages built on its stage.
fn seen_by<'m>(model: &'m Model<'_>, step: &Step) -> Vec<&'m Step> {
    let Some(stage) = model.stage_of(step) else { return Vec::new() };
    let stages = model.stages().iter().filter(|other| model.chain(other).any(|link| link.index == stage.index));
    stages.flat_map(|other| model.stage_steps(other)).filter(|other| other.index > step.index).collect()
}

/// The text that may use a variable: the instruction with its heredocs, without comments.
fn text_of(step: &Step) -> String {
    let mut text = step.ast.logical().as_str().to_owned();
    for heredoc in step.ast.heredocs() {
        text.push('\n');
        text.push_str(&heredoc.text());
    }
    text
}

/// Whether the name stands in a text as a word of its own.
fn mentions(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part))
}

fn is_for_builder(name: &str) -> bool {
    is_proxy_arg(name) || name.starts_with("BUILDKIT_") || name == "SOURCE_DATE_EPOCH"
}

fn is_read_by_tools(name: &str) -> bool {
    READ_BY_TOOLS.iter().any(|start| name.starts_with(start)) || READ_WHOLE.contains(&name) || name.ends_with("_TOKEN")
}

/// What goes when the pair is deleted: the whole line, if it is the only one of its instruction.
fn deletion(step: &Step, pair: &KeyValue) -> Option<TextRange> {
    if step.ast.pairs().count() > 1 {
        // The blank before it goes too.
        let start = pair.range().start().checked_sub(1.into())?;
        return Some(TextRange::new(start, pair.range().end()));
    }
    (!step.ast.has_inner_comments()).then(|| step.ast.syntax().text_range())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};
    use crate::{Preset, Settings};

    #[test]
    fn before_the_first_from() {
        check(
            &RULE,
            "
ARG A=1 B
    ^^^ `A` is not used in any `FROM` or taken over by any stage [safe fix]
ARG C=$B
    ^^^^ `C` is not used in any `FROM` or taken over by any stage [safe fix]
FROM x
RUN echo $A
",
        );
        check_ok(&RULE, "ARG A\nARG B\nARG C=$B\nFROM x:$A\nARG C\nRUN echo $C\n");
    }

    #[test]
    fn in_a_stage() {
        check(&RULE, "FROM x\nRUN y\nARG A\n    ^ `A` is not used [fix]\nCMD z\n");
        check_ok(&RULE, "FROM x AS s\nARG A\nFROM s\nLABEL a=$A\n");
        check_ok(&RULE, "FROM x\nARG A\nRUN <<E\npython -c 'os.environ[\"A\"]'\nE\n");
        check_ok(&RULE, "FROM x\nARG HTTP_PROXY\nARG BUILDKIT_INLINE_CACHE=1\n");
    }

    #[test]
    fn a_program_may_read_it() {
        let text = "FROM x\nARG A\nRUN make\n";
        let in_preset = |preset| {
            let options = dfopt_semantic::model::Options::default();
            crate::testing::diagnostics(&RULE, &Settings::of_preset(preset), options, text).len()
        };
        assert_eq!([in_preset(Preset::Recommended), in_preset(Preset::All)], [0, 1]);
    }

    #[test]
    fn it_is_deleted() {
        check_fix(&RULE, "# remark\nARG A=1\nARG B C\nFROM x:$C\n", "# remark\nARG C\nFROM x:$C\n");
    }
}
