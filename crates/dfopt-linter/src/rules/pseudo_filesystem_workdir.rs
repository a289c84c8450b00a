//! `pseudo-filesystem-workdir`

use dfopt_semantic::effects::{is_below, normalize};
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// `WORKDIR` is a directory that belongs to the kernel or the system.
    ///
    /// ## Why
    ///
    /// `/proc`, `/sys` and `/dev` are mounted anew in every container, so that what is put there is gone; in `/boot`, `/lib` and
    /// `/mnt/host` files of the program mix with those of the system or the host.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR /proc/app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR /srv/app
    /// ```
    "pseudo-filesystem-workdir" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DS-0030"],
        since: "0.1.0",
        check: check,
    }
}

const DIRECTORIES: [&str; 6] = ["/proc", "/sys", "/dev", "/boot", "/lib", "/mnt/host"];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Workdir(_))) {
        let Some(path) = step.argument(model).and_then(|text| text.into_known()) else { continue };
        let before = step.workdir.known();
        if !path.starts_with('/') && before.is_none() {
            continue;
        }
        let path = normalize(&path, before.unwrap_or("/"));
        let Some(directory) = DIRECTORIES.iter().find(|directory| is_below(&path, directory)) else { continue };
        let Some(word) = step.ast.words().next() else { continue };
        ctx.report(word.range(), format!("`{directory}` is no place for a program"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn directories_of_the_system_are_marked() {
        check(
            &RULE,
            "
FROM a
WORKDIR /dev/shm
        ^^^^^^^^ `/dev` is no place for a program
WORKDIR ../../sys
        ^^^^^^^^^ `/sys` is no place for a program
",
        );
        check_ok(&RULE, "FROM a\nWORKDIR proc\nWORKDIR /libs\nWORKDIR /app/proc\nWORKDIR $X\n");
    }
}
