//! `exposed-admin-port`

use dfopt_semantic::model::{Model, Step, TextRole};
use dfopt_semantic::port::{Protocol, parse_port};
use dfopt_syntax::ast::Instruction;

use crate::option::Numbers;
use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Severity};

static PORTS: Numbers =
    Numbers::new("ports", &[22, 23, 2375, 3389, 5800, 5900], "The ports that an image should not offer.");

declare_rule! {
    /// A port is exposed that serves for looking after a machine.
    ///
    /// ## Why
    ///
    /// Remote shells, screens and the Docker daemon's plain port are ways in. Containers are looked after from outside, with `docker exec` or by
    /// building them anew.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 22 8080
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 8080
    /// ```
    "exposed-admin-port" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DS-0004", "CKV_DOCKER_1", "S6473"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        options: &[PORTS.option()],
    }
}

/// Who serves such a port.
const SERVERS: [(u64, &[&str]); 6] = [
    (22, &["sshd", "dropbear"]),
    (23, &["telnetd"]),
    (2375, &["dockerd"]),
    (3389, &["xrdp"]),
    (5800, &["vncserver", "x11vnc", "Xvnc", "novnc"]),
    (5900, &["vncserver", "x11vnc", "Xvnc", "novnc"]),
];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let ports = PORTS.of(ctx);
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Expose(_))) {
        for text in model.expanded_texts(step, &step.ast) {
            let Some(word) = text.known().filter(|_| text.role == TextRole::Port) else { continue };
            let Ok(spec) = parse_port(word) else { continue };
            let is_in = |port: &&u64| u16::try_from(**port).is_ok_and(|port| spec.ports.contains(&port));
            let Some(port) = ports.iter().find(is_in).filter(|_| spec.protocol == Protocol::Tcp) else { continue };
            if !is_served(model, step, *port) {
                ctx.report(text.range_after(spec.ports_range), format!("port {port} is a way in"));
            }
        }
    }
}

/// Whether the container starts the server of the port.
fn is_served(model: &Model<'_>, step: &Step, port: u64) -> bool {
    let servers = SERVERS.iter().find(|(of, _)| *of == port).map(|(_, servers)| *servers).unwrap_or_default();
    let run = model.stage_of(step).and_then(|stage| model.run_command(stage));
    run.is_some_and(|run| servers.iter().any(|server| run.names(server)))
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::OptionValue;
    use crate::testing::{check, check_ok, check_with, only_with};

    #[test]
    fn ports_are_marked() {
        check(
            &RULE,
            "
FROM a
EXPOSE 80 22/tcp 20-25
          ^^ port 22 is a way in
                 ^^^^^ port 22 is a way in
",
        );
        check_ok(&RULE, "FROM a\nEXPOSE 22/udp $P 8022\n");
        check_ok(&RULE, "FROM a\nEXPOSE 22\nCMD [\"/usr/sbin/sshd\", \"-D\"]\n");
    }

    #[test]
    fn ports_can_be_chosen() {
        let settings = only_with(&RULE, &[("ports", OptionValue::Numbers(vec![9999]))]);
        let text = "FROM a\nEXPOSE 22 9999\n          ^^^^ port 9999 is a way in\n";
        check_with(&RULE, &settings, Options::default(), text);
    }
}
