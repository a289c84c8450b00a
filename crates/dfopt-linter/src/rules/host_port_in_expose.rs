//! `host-port-in-expose`

use dfopt_semantic::expand::{Syntax, expand_words};
use dfopt_semantic::port::parse_port;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::{carriers, sites};
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// A word of `EXPOSE` names an address or port of the host.
    ///
    /// ## Why
    ///
    /// `EXPOSE` says which ports the container listens on. Which port of the host leads there is said when it is started, and
    /// what stands here is dropped.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM nginx:1.29
    /// EXPOSE 127.0.0.1:8080:80
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM nginx:1.29
    /// EXPOSE 80
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix leaves what the builder keeps.
    "host-port-in-expose" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["ExposeInvalidFormat"],
        since: "0.1.0",
        check: check,
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| matches!(site.ast, Instruction::Expose(_))) {
        for word in site.ast.words() {
            let logical = word.logical();
            let raw = logical.as_str();
            let expansion = expand_words(raw, Syntax::word(model.escape()), &model.scope(site.step));
            for part in expansion.words {
                let Some(port) = part.text.known().and_then(|known| parse_port(known).ok()) else { continue };
                let Some(host) = port.host_range else { continue };
                if ctx.dialect() == Dialect::Buildkit && site.is_trigger() {
                    for from in carriers(model, site.step) {
                        ctx.report(from.keyword_range(), "`EXPOSE` of the base knows no ports of the host");
                    }
                    continue;
                }
                let is_literal = part.text.known() == raw.get(part.range.clone());
                if !is_literal {
                    ctx.report(logical.file_range(part.range), "`EXPOSE` knows no ports of the host");
                    continue;
                }
                let (start, kept) = (part.range.start, port.ports_range.start);
                ctx.report(
                    logical.file_range(start + host.start..start + host.end),
                    "`EXPOSE` knows no ports of the host",
                )
                .fix("Keep the port of the container", |fix| {
                    fix.delete(logical.file_range(start..start + kept));
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
    fn the_host_part_is_marked() {
        check(
            &RULE,
            "
FROM scratch
ENV P=1:2
EXPOSE 8080:80 127.0.0.1::53/udp $P
       ^^^^ `EXPOSE` knows no ports of the host [safe fix]
               ^^^^^^^^^ `EXPOSE` knows no ports of the host [safe fix]
                                 ^^ `EXPOSE` knows no ports of the host
"
            .replace("^^^^^^^^^ `", "^^^^^^^^^^ `")
            .as_str(),
        );
        check_ok(&RULE, "FROM a\nEXPOSE 80 81/udp 8000-8010 $P x:y\n");
    }

    #[test]
    fn the_container_part_stays() {
        check_fix(&RULE, "FROM a\nEXPOSE 8080-8081:80-81/tcp 127.0.0.1:1:2 3\n", "FROM a\nEXPOSE 80-81/tcp 2 3\n");
    }
}
