//! `docker-socket-in-image`

use dfopt_semantic::effects::normalize;
use dfopt_semantic::model::TextRole;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Severity};

declare_rule! {
    /// A `VOLUME` covers the Docker socket or a directory of the system.
    ///
    /// ## Why
    ///
    /// Whoever reaches the Docker socket has root's rights on the host, so an image should not ask for it. A volume over a directory of the
    /// system hides what the image has there, or what the kernel shows there.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// VOLUME /var/run/docker.sock
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// VOLUME /var/lib/app
    /// ```
    "docker-socket-in-image" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DKL-DI-0002"],
        since: "0.1.0",
        check: check,
    }
}

const SOCKETS: [&str; 2] = ["/var/run/docker.sock", "/run/docker.sock"];
const DIRECTORIES: [&str; 8] = ["/", "/proc", "/sys", "/dev", "/etc", "/boot", "/lib", "/usr"];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| matches!(site.ast, Instruction::Volume(_))) {
        for text in model.expanded_texts(site.step, &site.ast) {
            let Some(path) = text.known().filter(|_| text.role == TextRole::Volume) else { continue };
            let path = normalize(path, "/");
            if SOCKETS.contains(&&*path) {
                ctx.report(text.whole(), "a volume over the Docker socket")
                    .help("leave it to whoever starts the container to mount it");
            } else if DIRECTORIES.contains(&&*path) {
                ctx.report(text.whole(), format!("a volume over `{path}`"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn paths_are_marked() {
        check(
            &RULE,
            "
FROM a
VOLUME /data /run/docker.sock
             ^^^^^^^^^^^^^^^^ a volume over the Docker socket
VOLUME [\"/etc/\"]
        ^^^^^^^ a volume over `/etc`
",
        );
        check_ok(&RULE, "FROM a\nVOLUME /etc/app /var/run $X\n");
    }
}
