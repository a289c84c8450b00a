//! `invalid-port`

use dfopt_semantic::expand::{Syntax, expand_words};
use dfopt_semantic::port::{PortError, parse_port};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A word of `EXPOSE` is no port.
    ///
    /// ## Why
    ///
    /// A port is a number from 0 to 65535 or a range of two, with `/tcp`, `/udp` or `/sctp` behind. The builder refuses
    /// anything else, and there are no comments behind an instruction.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// EXPOSE 80,443
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// EXPOSE 80 443
    /// ```
    "invalid-port" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["DL3011", "INVALID_PORT", "INVALID_PROTO", "DS-0008", "DF040"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| matches!(site.ast, Instruction::Expose(_))) {
        for word in site.ast.words() {
            let logical = word.logical();
            let raw = logical.as_str();
            let expansion = expand_words(raw, Syntax::word(model.escape()), &model.scope(site.step));
            if !expansion.errors.is_empty() {
                continue;
            }
            for part in expansion.words {
                let Some(known) = part.text.known() else { continue };
                let Err(error) = parse_port(known) else { continue };
                let literal = raw.get(part.range.clone()) == Some(known);
                let inner = error.range();
                let range = if literal && !inner.is_empty() {
                    part.range.start + inner.start..part.range.start + inner.end
                } else {
                    part.range.clone()
                };
                let message = match &error {
                    PortError::Missing { .. } => "missing port number",
                    PortError::NotANumber { .. } => "not a port number",
                    PortError::OutOfRange { .. } => "ports go from 0 to 65535",
                    PortError::Backwards { .. } => "the range ends before it begins",
                    PortError::UnknownProtocol { .. } => "the protocol must be `tcp`, `udp` or `sctp`",
                    PortError::BadAddress { .. } => "not an IP address",
                    PortError::UnequalRanges { .. } => "host and container ranges differ in length",
                };
                ctx.report(logical.file_range(range), message).at(&site);
            }
        }
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
FROM scratch
ENV P=99999
EXPOSE 80 # web 70000/tcp 80/http 9-8 $P /udp
          ^ not a port number
            ^^^ not a port number
                ^^^^^ ports go from 0 to 65535
                             ^^^^ the protocol must be `tcp`, `udp` or `sctp`
                                  ^^^ the range ends before it begins
                                      ^^ ports go from 0 to 65535
                                         ^^^^ missing port number
",
        );
    }

    #[test]
    fn what_ports_may_be() {
        check_ok(&RULE, "FROM a\nEXPOSE 80 81/TCP 8000-8010/udp $P ${Q}/tcp 127.0.0.1:1:80 \"53\" 80/\n");
    }
}
