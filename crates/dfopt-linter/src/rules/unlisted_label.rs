//! `unlisted-label`

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity, labels};

declare_rule! {
    /// A label is not in the schema.
    ///
    /// ## Why
    ///
    /// Where labels are agreed upon, another one is a misspelt name, or a second name for what has one already.
    ///
    /// ## Example
    ///
    /// With these settings:
    ///
    /// ```toml
    /// [labels]
    /// schema = { "org.opencontainers.image.title" = "text" }
    /// strict = true
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL title="app"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.title="app"
    /// ```
    "unlisted-label" {
        category: Category::Policy,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3050"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
        options: &[labels::SCHEMA.option(), labels::STRICT.option()],
    }
}

fn check(ctx: &mut Context<'_>) {
    if !labels::STRICT.of(ctx) {
        return;
    }
    let schema = labels::SCHEMA.of(ctx);
    let (model, dialect) = (ctx.model(), ctx.dialect());
    for step in model.steps() {
        for label in labels::of_step(model, step, dialect) {
            let Some(key) = label.key.filter(|key| !schema.iter().any(|(name, _)| name == key)) else { continue };
            ctx.report(label.key_range, format!("`{key}` is not in the schema"));
            if dialect == Dialect::Hadolint {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::OptionValue;
    use crate::testing::{check_with, only_with};

    #[test]
    fn other_labels_are_marked_if_asked_for() {
        let schema = || ("schema", OptionValue::Table(vec![("a".into(), "text".into())]));
        let settings = only_with(&RULE, &[schema(), ("strict", OptionValue::Flag(true))]);
        let text = "
FROM x
LABEL a=1 b=2 c=3
          ^ `b` is not in the schema
              ^ `c` is not in the schema
LABEL $X=1 \"a\"=1
";
        check_with(&RULE, &settings, Options::default(), text);
        check_with(&RULE, &only_with(&RULE, &[schema()]), Options::default(), "FROM x\nLABEL b=2\n");
    }
}
