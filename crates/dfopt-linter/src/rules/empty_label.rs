//! `empty-label`

use crate::rule::declare_rule;
use crate::{Category, Context, Severity, labels};

declare_rule! {
    /// A label of the schema is empty.
    ///
    /// ## Why
    ///
    /// A label that everybody relies on says nothing. That is often a build argument that was not given.
    ///
    /// ## Example
    ///
    /// With these settings:
    ///
    /// ```toml
    /// [labels]
    /// schema = { "org.opencontainers.image.title" = "text" }
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.title=""
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.title="app"
    /// ```
    "empty-label" {
        category: Category::Policy,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3051"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
        options: &[labels::SCHEMA.option()],
    }
}

fn check(ctx: &mut Context<'_>) {
    let schema = labels::SCHEMA.of(ctx);
    let (model, dialect) = (ctx.model(), ctx.dialect());
    for step in model.steps().iter().filter(|_| !schema.is_empty()) {
        for label in labels::of_step(model, step, dialect) {
            let Some(key) = label.key.filter(|key| schema.iter().any(|(name, _)| name == key)) else { continue };
            if label.value.as_deref() == Some("") {
                ctx.report(label.value_range, format!("`{key}` is empty"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::OptionValue;
    use crate::testing::{check_ok, check_with, only_with};

    #[test]
    fn values_that_come_to_nothing_are_marked() {
        let schema = OptionValue::Table(vec![("a".into(), "text".into())]);
        let settings = only_with(&RULE, &[("schema", schema)]);
        check_with(
            &RULE,
            &settings,
            Options::default(),
            "
FROM scratch
ARG X=
LABEL a= b=
      ^ `a` is empty
LABEL a=\"\"
        ^^ `a` is empty
LABEL a=$X
        ^^ `a` is empty
LABEL a=1 b=\"\"
ONBUILD LABEL a=
",
        );
        check_ok(&RULE, "FROM a\nLABEL a=\n");
    }
}
