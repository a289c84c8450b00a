//! `privileged-run`

use dfopt_semantic::model::FlagText;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Severity};

declare_rule! {
    /// A `RUN` has the rights or the network of the host.
    ///
    /// ## Why
    ///
    /// `--security=insecure` runs a command nearly without the fences of a container, `--network=host` in reach of everything that
    /// listens on the host. Builders refuse both unless they are told to allow them.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN --network=host apk add --no-cache curl
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add --no-cache curl
    /// ```
    "privileged-run" {
        category: Category::Security,
        severity: Severity::Info,
        fix: None,
        aliases: &["S6431"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| matches!(site.ast, Instruction::Run(_))) {
        for flag in site.ast.flags() {
            let value = FlagText::of(&flag, model.escape());
            let message = match (flag.name().as_deref(), &*value.value) {
                (Some("security"), "insecure") => "this runs with the rights of the builder",
                (Some("network"), "host") => "this reaches what listens on the host",
                _ => continue,
            };
            ctx.report(value.range(0..value.value.len()), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn values_are_marked() {
        check(
            &RULE,
            "
FROM a
RUN --security=insecure --network=host b
               ^^^^^^^^ this runs with the rights of the builder
                                  ^^^^ this reaches what listens on the host
ONBUILD RUN --network=host b
                      ^^^^ this reaches what listens on the host
",
        );
        check_ok(&RULE, "FROM a\nRUN --security=sandbox --network=none b\nRUN docker run --network=host c\n");
    }
}
