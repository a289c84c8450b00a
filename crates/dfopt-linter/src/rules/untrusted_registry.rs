//! `untrusted-registry`

use dfopt_semantic::image_ref::ImageRef;
use dfopt_semantic::model::{ReferenceKind, ReferenceTarget};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::option::Texts;
use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity, peer};

static REGISTRIES: Texts = Texts::new(
    "registries",
    &[],
    "The registries that images may come from, with a path if only some of them; `*` at the start or the end stands for any text.",
);

declare_rule! {
    /// An image comes from a registry that is not on the list.
    ///
    /// ## Why
    ///
    /// Whoever runs a registry decides what its images hold. A list of those that are trusted keeps a misspelt or forgotten name from
    /// bringing in another one.
    ///
    /// ## Example
    ///
    /// With these settings:
    ///
    /// ```toml
    /// [untrusted-registry]
    /// registries = ["docker.io", "ghcr.io/acme"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM quay.io/acme/base:1
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM ghcr.io/acme/base:1
    /// ```
    "untrusted-registry" {
        category: Category::Policy,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3026", "DF065", "DF073", "CIS-DI-0005"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        options: &[REGISTRIES.option()],
    }
}

fn check(ctx: &mut Context<'_>) {
    let allowed = REGISTRIES.of(ctx);
    if allowed.is_empty() {
        return;
    }
    if ctx.dialect() == Dialect::Hadolint {
        return check_as_hadolint(ctx, &allowed);
    }
    let model = ctx.model();
    for reference in model.references() {
        let is_mount = reference.kind == ReferenceKind::Mount;
        let Some(step) = model.steps().get(reference.step) else { continue };
        if is_mount && !mounts_files(&step.ast, reference.range) {
            continue;
        }
        match &reference.target {
            ReferenceTarget::Image(image) if !allowed.iter().any(|entry| allows(entry, image)) => {
                ctx.report(reference.range, format!("`{}` is not on the list of registries", image.domain))
                    .help(format!("trusted are {}", allowed.join(", ")));
            }
            ReferenceTarget::Unknown => {
                ctx.report(reference.range, "the registry is not known");
            }
            _ => {}
        }
    }
}

/// Whether an entry of the list allows an image.
fn allows(entry: &str, image: &ImageRef) -> bool {
    match entry.split_once('/') {
        Some((registry, path)) => {
            let below = image.path.strip_prefix(path.trim_end_matches('/'));
            matches(registry, &image.domain) && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
        None => matches(entry, &image.domain) || (image.domain == "docker.io" && entry == "hub.docker.com"),
    }
}

/// `name`, `*`, `*end`, `start*`
fn matches(pattern: &str, registry: &str) -> bool {
    if let Some(end) = pattern.strip_prefix('*') {
        return registry.ends_with(end);
    }
    pattern.strip_suffix('*').map_or(pattern == registry, |start| registry.starts_with(start))
}

/// Whether the mount with a field at `place` brings files of an image.
fn mounts_files(ast: &Instruction, place: TextRange) -> bool {
    let flag = ast.flags().find(|flag| flag.range().contains_range(place));
    flag.is_some_and(|flag| {
        let kind = flag.fields().find(|field| field.key().is_some_and(|key| key.eq_ignore_ascii_case("type")));
        let kind = kind.and_then(|field| field.value('\\'));
        kind.is_none_or(|kind| matches!(&*kind, "bind" | "cache"))
    })
}

fn check_as_hadolint(ctx: &mut Context<'_>, allowed: &[&str]) {
    let model = ctx.model();
    let mut aliases: Vec<String> = Vec::new();
    for step in model.steps() {
        let named: Vec<(String, TextRange)> = match &step.ast {
            Instruction::From(from) => from.image().map(|image| (image.raw(), image.range())).into_iter().collect(),
            Instruction::Copy(_) => step
                .ast
                .flag("from")
                .map(|flag| (flag.raw_value().as_str().to_owned(), flag.range()))
                .into_iter()
                .collect(),
            Instruction::Run(_) => model
                .references()
                .iter()
                .filter(|one| one.step == step.index && mounts_files(&step.ast, one.range))
                .map(|one| (model.text_at(one.range).to_owned(), one.range))
                .collect(),
            _ => continue,
        };
        let wrong = named.iter().find(|(name, _)| {
            let is_exempt = name == "scratch" || name.is_empty() || aliases.contains(name);
            !is_exempt && !is_allowed_by_hadolint(name, allowed)
        });
        if let Some((name, range)) = wrong {
            ctx.report(*range, format!("`{name}` is from no registry on the list"));
        }
        aliases.extend(peer::from(step).and_then(|from| from.alias));
    }
}

/// hadolint takes the first part of a path for a registry if it holds a dot, and everything else for an image of Docker Hub.
fn is_allowed_by_hadolint(name: &str, allowed: &[&str]) -> bool {
    let registry = name.split_once('/').map(|(first, _)| first).filter(|first| first.contains('.'));
    match registry {
        Some(registry) => allowed.iter().any(|entry| matches(entry, registry)),
        None => allowed.iter().any(|entry| matches(entry, "docker.io") || matches(entry, "hub.docker.com")),
    }
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::testing::{check_ok, check_with, only_with, texts};

    #[test]
    fn images_are_marked() {
        let settings = only_with(&RULE, &[("registries", texts(&["docker.io", "ghcr.io/acme", "*.example.com"]))]);
        let text = "
FROM quay.io/a/b:1 AS one
     ^^^^^^^^^^^^^ `quay.io` is not on the list of registries
FROM a
FROM ghcr.io/acme/x
FROM ghcr.io/acmes/x
     ^^^^^^^^^^^^^^^ `ghcr.io` is not on the list of registries
FROM eu.example.com/x
FROM one
FROM $REGISTRY/x
     ^^^^^^^^^^^ the registry is not known
COPY --from=one a b
COPY --from=0 a b
COPY --from=localhost/x a b
            ^^^^^^^^^^^ `localhost` is not on the list of registries
RUN --mount=from=quay.io/x,target=/x --mount=type=secret,id=x y
                 ^^^^^^^^^ `quay.io` is not on the list of registries
FROM scratch
";
        check_with(&RULE, &settings, Options::default(), text);
        check_ok(&RULE, "FROM quay.io/x\n");
    }

    #[test]
    fn hadolint_goes_by_the_dot() {
        let settings = only_with(&RULE, &[("registries", texts(&["ghcr.io"]))]).with_dialect(Dialect::Hadolint);
        let text = "
FROM ghcr.io/a AS Two
FROM two
     ^^^ `two` is from no registry on the list
FROM Two
COPY --from=0 a b
     ^^^^^^^^ `0` is from no registry on the list
ONBUILD COPY --from=quay.io/x a b
FROM localhost/x
     ^^^^^^^^^^^ `localhost/x` is from no registry on the list
";
        check_with(&RULE, &settings, Options::default(), text);
        let hub = only_with(&RULE, &[("registries", texts(&["hub.docker.com"]))]).with_dialect(Dialect::Hadolint);
        let text = "FROM localhost/x\nFROM ${R}/x.y\nFROM docker.io/a\n     ^^^^^^^^^^^ `docker.io/a` is from no registry on the list\n";
        check_with(&RULE, &hub, Options::default(), text);
    }
}
