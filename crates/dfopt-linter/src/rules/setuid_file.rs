//! `setuid-file`

use dfopt_semantic::command::files::FileAction;
use dfopt_semantic::command::{Understood, understand};

use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Place, Severity, runs};

declare_rule! {
    /// A file gets the rights of its owner or group when it is run.
    ///
    /// ## Why
    ///
    /// A program with the set-user-id bit runs with the rights of its owner, whoever starts it. A mistake in it gives them away.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// RUN chmod u+s /usr/bin/ping
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// RUN setcap cap_net_raw+ep /usr/bin/ping
    /// ```
    "setuid-file" {
        category: Category::Security,
        severity: Severity::Info,
        fix: None,
        aliases: &["CIS-DI-0008"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for run in runs::of_file(model) {
        if !model.stage_of(run.step).is_some_and(|stage| stage.is_shipped()) {
            continue;
        }
        for command in run.commands() {
            let Understood::File(op) = understand(&command) else { continue };
            if !matches!(op.action, FileAction::Mode | FileAction::Copy) {
                continue;
            }
            let Some(mode) = op.mode.filter(|mode| mode.text().is_some_and(sets_id)) else { continue };
            ctx.report(mode.place(), "the file runs with the rights of its owner or group");
        }
    }
}

/// `4755`, `u+s`
fn sets_id(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|b| b.is_ascii_digit()) {
        return u32::from_str_radix(mode, 8).is_ok_and(|bits| bits & 0o6000 != 0);
    }
    mode.split(',').any(|clause| {
        let removed = clause.split('-').nth(1).is_some_and(|rest| rest.contains('s'));
        clause.contains(['+', '=']) && clause.contains('s') && !removed
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn modes_are_marked() {
        check(
            &RULE,
            "
FROM a
RUN chmod u+s /a && chmod 2755 /b
          ^^^ the file runs with the rights of its owner or group
                          ^^^^ the file runs with the rights of its owner or group
RUN install -m 4755 c /d
               ^^^^ the file runs with the rights of its owner or group
",
        );
        check_ok(&RULE, "FROM a\nRUN chmod a-s /a && chmod 1777 /tmp && chmod +x b\n");
        check_ok(&RULE, "FROM a AS x\nRUN chmod u+s /a\nFROM b\nCOPY --from=x /c /c\n");
    }
}
