//! `flag-newer-than-syntax`

use dfopt_semantic::expand::Operator;
use dfopt_semantic::flags::flag_of;
use dfopt_semantic::model::{FlagText, Frontend, TextRole};
use dfopt_semantic::mount::parse_fields;
use dfopt_syntax::ast::{Instruction, Source};
use dfopt_syntax::{SyntaxKind, TextRange, TextSize};

use crate::rule::declare_rule;
use crate::site::{Site, sites};
use crate::{Applicability, Category, Context, Rule, Severity};

declare_rule! {
    /// `# syntax=` pins a version that does not know something the file uses.
    ///
    /// ## Why
    ///
    /// The frontend of that version refuses the file, although newer ones take it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// # syntax=docker/dockerfile:1.3
    /// FROM alpine
    /// COPY --link app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// # syntax=docker/dockerfile:1.4
    /// FROM alpine
    /// COPY --link app /app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix raises the version, which may change other details of the build.
    "flag-newer-than-syntax" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

/// Something that a release 1.x brought.
struct Feature {
    place: TextRange,
    since: u32,
    since_labs: Option<u32>,
    what: String,
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let Frontend::Docker { version: Some((1, minor)), is_labs } = model.frontend() else { return };
    let tag = pinned_tag(ctx);
    for site in sites(model) {
        for feature in features(ctx, &site) {
            let is_known =
                minor >= feature.since || (is_labs && feature.since_labs.is_some_and(|since| minor >= since));
            if is_known {
                continue;
            }
            let since = feature.since;
            let report = ctx
                .report(
                    feature.place,
                    format!("{} needs version 1.{since}, and `# syntax=` pins 1.{minor}", feature.what),
                )
                .at(&site);
            if let Some(tag) = tag {
                report
                    .related(tag, "pinned here")
                    .fix(format!("Raise the version to 1.{since}"), |fix| fix.replace(tag, format!("1.{since}")));
            }
        }
    }
}

/// Where the number in `# syntax=docker/dockerfile:1.4` stands.
fn pinned_tag(ctx: &Context<'_>) -> Option<TextRange> {
    let mut directives = ctx.model().file().directives();
    let syntax = directives.find(|one| one.name().is_some_and(|name| name.text().eq_ignore_ascii_case("syntax")))?;
    let value = syntax.value()?;
    let image = value.text().split(' ').next().unwrap_or_default();
    let colon = image.rfind(':').filter(|_| !image.contains('@'))?;
    let tag = &image[colon + 1..];
    let len = tag.find('-').unwrap_or(tag.len());
    let start = value.text_range().start() + TextSize::new(u32::try_from(colon + 1).ok()?);
    Some(TextRange::at(start, TextSize::new(u32::try_from(len).ok()?)))
}

fn features(ctx: &Context<'_>, site: &Site<'_>) -> Vec<Feature> {
    let model = ctx.model();
    let mut found = Vec::new();
    let mut push =
        |place, since, what: &str| found.push(Feature { place, since, since_labs: None, what: what.to_owned() });
    let mut flags = Vec::new();
    for flag in site.ast.flags() {
        let Some(name) = flag.name() else { continue };
        let Some(place) = flag.name_range() else { continue };
        if let Some(spec) = flag_of(&site.ast, &name) {
            flags.push(Feature { place, since: spec.since, since_labs: spec.since_labs, what: format!("`--{name}`") });
        }
        if name == "from" && site.is_trigger() && matches!(site.ast, Instruction::Copy(_)) {
            push(place, 11, "`ONBUILD COPY --from`");
        }
        if name == "mount" && matches!(site.ast, Instruction::Run(_)) {
            let text = FlagText::of(&flag, model.escape());
            let fields = parse_fields(&text.value).0;
            let is_secret = fields
                .iter()
                .any(|field| field.value.as_ref().is_some_and(|value| value.text.eq_ignore_ascii_case("secret")));
            let env = fields.iter().find(|field| field.key.text.eq_ignore_ascii_case("env")).filter(|_| is_secret);
            if let Some(env) = env {
                push(text.range(env.key.range.clone()), 10, "a secret as a variable");
            }
        }
    }
    for text in model.expanded_texts(site.step, &site.ast) {
        for reference in &text.expansion.references {
            let is_new = reference.operation.as_ref().is_some_and(|operation| {
                matches!(operation.operator, Operator::TrimPrefix(_) | Operator::TrimSuffix(_) | Operator::Replace(_))
            });
            if is_new {
                push(text.range(reference.range.clone()), 7, "this substitution");
            }
        }
        let is_symbolic = text.known().is_some_and(|mode| mode.contains(['+', '-', '=']));
        if text.role == TextRole::Flag("chmod".into()) && is_symbolic {
            push(text.whole(), 14, "a symbolic mode");
        }
    }
    if let Some((sources, _)) = site.ast.copied() {
        for node in sources.iter().filter_map(|source| match source {
            Source::Heredoc(node) => Some(node),
            _ => None,
        }) {
            let has_blank = node.children_with_tokens().any(|element| {
                element
                    .as_token()
                    .is_some_and(|token| token.kind() == SyntaxKind::HEREDOC_OP && token.text().ends_with([' ', '\t']))
            });
            push(node.text_range(), if has_blank { 16 } else { 4 }, "this heredoc");
        }
    }
    found.extend(flags);
    found.sort_by_key(|feature| feature.place.start());
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn flags_and_other_features() {
        check(
            &RULE,
            "
# syntax=docker/dockerfile:1.2
FROM a
RUN --network=none --mount=type=secret,id=x,env=Y true
      ^^^^^^^ `--network` needs version 1.3, and `# syntax=` pins 1.2 [fix]
                                            ^^^ a secret as a variable needs version 1.10, and `# syntax=` pins 1.2 [fix]
COPY --chmod=u+x <<E /${x#y}
             ^^^ a symbolic mode needs version 1.14, and `# syntax=` pins 1.2 [fix]
                 ^^^ this heredoc needs version 1.4, and `# syntax=` pins 1.2 [fix]
                      ^^^^^^ this substitution needs version 1.7, and `# syntax=` pins 1.2 [fix]
E
",
        );
    }

    #[test]
    fn no_minor_version_no_limit() {
        for version in ["1", "latest", "1.20", "1.7-labs", "1.2@sha256:00"] {
            check_ok(&RULE, &format!("# syntax=docker/dockerfile:{version}\nFROM a\nCOPY --exclude=x b c\n"));
        }
        check_ok(&RULE, "FROM a\nCOPY --link b c\n");
    }

    #[test]
    fn the_version_is_raised() {
        check_fix(
            &RULE,
            "# syntax=docker/dockerfile:1.2-labs\nFROM a\nCOPY --link b c\nADD --checksum=x https://g/r.git d\n",
            "# syntax=docker/dockerfile:1.6-labs\nFROM a\nCOPY --link b c\nADD --checksum=x https://g/r.git d\n",
        );
    }
}
