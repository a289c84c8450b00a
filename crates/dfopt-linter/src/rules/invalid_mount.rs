//! `invalid-mount`

use dfopt_semantic::model::{FlagText, Model};
use dfopt_semantic::mount::{Expected, Mount, MountError, MountKind, parse_device, parse_mount};
use dfopt_syntax::ast::{Flag, Instruction};

use crate::rule::declare_rule;
use crate::site::{Site, sites};
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A `--mount` or `--device` of `RUN` is one that the builder refuses.
    ///
    /// ## Why
    ///
    /// The value is a list of `key=value` separated by commas, without blanks. Each type of mount has keys of its own, and
    /// those that show something at a path need a target below `/`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.25
    /// RUN --mount=type=cache,targe=/root/.cache go build ./...
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM golang:1.25
    /// RUN --mount=type=cache,target=/root/.cache go build ./...
    /// ```
    "invalid-mount" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| matches!(site.ast, Instruction::Run(_))) {
        for flag in site.ast.flags().filter(Flag::has_value) {
            let text = FlagText::of(&flag, model.escape());
            match flag.name().as_deref() {
                Some("mount") => {
                    let mount = mount(model, &site, &text);
                    let is_alone = mount.errors.len() == 1;
                    for error in &mount.errors {
                        // What stands for the id may be what is faulty.
                        if is_alone || !matches!(error, MountError::SecretWithoutName { .. }) {
                            report(ctx, &site, &text, error);
                        }
                    }
                    if mount.errors.is_empty() {
                        target(ctx, &site, &text, &mount);
                    }
                }
                Some("device") => {
                    for error in &parse_device(&text.value).errors {
                        report(ctx, &site, &text, error);
                    }
                }
                _ => {}
            }
        }
    }
}

fn mount(model: &Model<'_>, site: &Site<'_>, text: &FlagText) -> Mount {
    let scope = model.scope(site.step);
    parse_mount(&text.value, &|value| {
        let expansion = scope.expand(value, model.escape());
        expansion.text.into_known().filter(|_| expansion.errors.is_empty())
    })
}

/// A mount over the whole image.
fn target(ctx: &mut Context<'_>, site: &Site<'_>, text: &FlagText, mount: &Mount) {
    let covers = matches!(mount.effective_kind(), Some(MountKind::Bind | MountKind::Cache | MountKind::Tmpfs));
    let is_absolute =
        mount.target.as_ref().and_then(|target| target.value.as_deref()).is_some_and(|target| target.starts_with('/'));
    let workdir =
        if is_absolute { Some("/") } else { site.step.workdir.known().filter(|workdir| workdir.starts_with('/')) };
    let Some(workdir) = workdir.filter(|_| covers) else { return };
    if site.is_trigger() || mount.mounted_at(workdir).as_deref() != Some("/") {
        return;
    }
    match &mount.target {
        Some(target) if !target.range.is_empty() => {
            ctx.report(text.range(target.range.clone()), "a mount cannot cover `/`");
        }
        _ => {
            ctx.report(text.range(0..text.value.len()), "this mount has no target")
                .note("without one it covers the working directory, which is `/` here");
        }
    }
}

fn report(ctx: &mut Context<'_>, site: &Site<'_>, text: &FlagText, error: &MountError) {
    let mut suggestion = None;
    let message = match error {
        // Reported as what it is in `--from` too.
        MountError::VariableInFrom { .. } => return,
        MountError::Empty { .. } => "empty value".to_owned(),
        MountError::BareQuote { .. } => "a quote may stand around a whole field only".to_owned(),
        MountError::UnclosedQuote { .. } => "this quote is never closed".to_owned(),
        MountError::MissingValue { suggestion: near, .. } => {
            suggestion = *near;
            "expected `key=value`".to_owned()
        }
        MountError::UnknownKey { range, suggestion: near } => {
            suggestion = *near;
            format!("unknown key `{}`", text.value.get(range.clone()).unwrap_or_default())
        }
        MountError::UnknownType { suggestion: near, .. } => {
            suggestion = *near;
            "unknown type of mount".to_owned()
        }
        MountError::UnknownSharing { suggestion: near, .. } => {
            suggestion = *near;
            "expected `shared`, `private` or `locked`".to_owned()
        }
        MountError::BadValue { expected, .. } => match expected {
            Expected::Boolean => "expected `true` or `false`".to_owned(),
            Expected::Size => "expected a size, as in `64m`".to_owned(),
            Expected::Octal => "expected an octal mode, as in `0755`".to_owned(),
            Expected::Decimal => "expected a number".to_owned(),
        },
        MountError::KeyNotAllowed { kind, .. } => format!("a mount of type `{}` does not take this", kind.name()),
        MountError::KeyBeforeType { .. } => "this must stand behind the `type` that takes it".to_owned(),
        MountError::SecretWithoutName { .. } => "a secret needs an `id`".to_owned(),
        MountError::IdAndSource { .. } => "`id` and `source` mean the same here; one is enough".to_owned(),
        MountError::SecondName { .. } => "a second name".to_owned(),
    };
    let mut range = error.range().clone();
    if range.is_empty() {
        // Show at least the comma, or the whole of an empty value's flag.
        range.start = range.start.saturating_sub(1);
    }
    let report = ctx.report(text.range(range), message).at(site);
    if let Some(near) = suggestion {
        report.help(format!("did you mean `{near}`?"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_smallest_cause_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN --mount=type=cahce,target=/c x
                 ^^^^^ unknown type of mount
RUN --mount=type=cache,target=/c,sharing=lock x
                                         ^^^^ expected `shared`, `private` or `locked`
RUN --mount=type=secret,target x
                        ^^^^^^ expected `key=value`
RUN --mount=target=/a,required x
                      ^^^^^^^^ this must stand behind the `type` that takes it
RUN --mount=type=bind,target=/a,size=1 x
                                ^^^^^^ a mount of type `bind` does not take this
RUN --mount=type=tmpfs,target=/ x
                              ^ a mount cannot cover `/`
RUN --device=name=a,b x
                    ^ expected `key=value`
",
        );
    }

    #[test]
    fn a_missing_target_covers_the_working_directory() {
        check(&RULE, "FROM scratch\nRUN --mount=type=cache x\n            ^^^^^^^^^^ this mount has no target\n");
        check_ok(&RULE, "FROM scratch\nWORKDIR /a\nRUN --mount=type=cache x\n");
    }

    #[test]
    fn good_mounts() {
        check_ok(
            &RULE,
            "FROM a\nRUN --mount=type=secret,id=x,env=Y --mount=type=ssh --mount=type=$T,target=/a --mount=TYPE=bind,dst=b,rw true\nRUN --device=vendor/class=0,required true\n",
        );
    }
}
