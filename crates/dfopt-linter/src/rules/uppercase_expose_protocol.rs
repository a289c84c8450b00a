//! `uppercase-expose-protocol`

use dfopt_semantic::model::TextRole;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Applicability, ByDefault, Category, Context, Dialect, Severity};

declare_rule! {
    /// The protocol of a port is in upper case.
    ///
    /// ## Why
    ///
    /// The image keeps it in lower case, which is how every other tool writes it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 53/UDP
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 53/udp
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The image is the same.
    "uppercase-expose-protocol" {
        category: Category::Layout,
        severity: Severity::Style,
        fix: Some(Applicability::Safe),
        aliases: &["ExposeProtoCasing", "DF078"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let is_buildkit = ctx.dialect() == Dialect::Buildkit;
    for site in sites(model).filter(|site| !(is_buildkit && site.is_trigger())) {
        if !matches!(site.ast, Instruction::Expose(_)) {
            continue;
        }
        for text in model.expanded_texts(site.step, &site.ast) {
            let Some(word) = text.known().filter(|_| text.role == TextRole::Port) else { continue };
            let Some(slash) = word.rfind('/') else { continue };
            let protocol = &word[slash + 1..];
            if !protocol.chars().any(char::is_uppercase) {
                continue;
            }
            let place = text.range_after(slash + 1..word.len());
            let lower = protocol.to_lowercase();
            let report = ctx.report(place, format!("`{protocol}` is not in lower case"));
            if model.text_at(place) == protocol {
                report.fix(format!("Write `{lower}`"), |fix| {
                    fix.replace(place, lower);
                    fix.safe();
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_protocol_is_marked() {
        check(
            &RULE,
            "
FROM a
ARG P=TCP
EXPOSE 80 53/UDP 1/$P
             ^^^ `UDP` is not in lower case [safe fix]
                 ^^^^ `TCP` is not in lower case
",
        );
        check_ok(&RULE, "FROM a\nEXPOSE 80/tcp 81 $X/TCP\n");
    }

    #[test]
    fn it_is_written_in_lower_case() {
        check_fix(&RULE, "FROM a\nEXPOSE 80/Tcp 53/UDP\n", "FROM a\nEXPOSE 80/tcp 53/udp\n");
    }
}
