//! `password-set-in-build`

use dfopt_semantic::command::{Command, Connector, Invocation, RedirectOp, Understood, understand};

use crate::rule::declare_rule;
use crate::runs::{self, Run};
use crate::{Category, Context, Severity};

declare_rule! {
    /// A password of a user is set while the image is built.
    ///
    /// ## Why
    ///
    /// The password is in the history and in a layer of the image, the same in every container, for everyone who can pull it. An empty
    /// password is none at all.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// RUN useradd app && echo "app:hunter2" | chpasswd
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// RUN useradd app
    /// ```
    "password-set-in-build" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: None,
        aliases: &["CKV2_DOCKER_17", "DKL-LI-0001"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    for run in runs::of_file(ctx.model()) {
        for (at, invocation) in run.invocations.iter().enumerate() {
            let Some(command) = Command::of(invocation) else { continue };
            let (Some(name), Some(word)) = (command.name(), command.name_word()) else { continue };
            let args = command.args();
            match name {
                "chpasswd" if has_literal_input(&run, at) => {
                    ctx.report(&word.range, "a password in the image");
                }
                "passwd" => {
                    if let Some(flag) = args.iter().find(|arg| arg.is_any(&["-d", "--delete"])) {
                        ctx.report(&flag.range, "a user without password");
                    } else if !args.iter().any(|arg| arg.is_any(&["-l", "--lock"])) && has_literal_input(&run, at) {
                        ctx.report(&word.range, "a password in the image");
                    }
                }
                "useradd" | "usermod" => {
                    let flag = args.iter().position(|arg| arg.is_any(&["-p", "--password"]));
                    let value = flag.and_then(|flag| args.get(flag + 1));
                    if let Some(value) = value.filter(|value| value.text().is_some_and(is_password)) {
                        ctx.report(&value.range, "a password in the image");
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether something is set: `!`, `*` and `x` lock the account.
fn is_password(text: &str) -> bool {
    !text.starts_with(['!', '*']) && text != "x"
}

/// Whether a command is handed a text that stands in the file.
fn has_literal_input(run: &Run<'_>, at: usize) -> bool {
    let invocation = run.invocations[at];
    let is_text = |redirect: &&dfopt_semantic::command::Redirect| {
        matches!(redirect.op, RedirectOp::HereDocument | RedirectOp::HereString)
    };
    if let Some(input) = invocation.redirects.iter().find(is_text) {
        return input.target.text().is_some_and(|text| !text.trim().is_empty());
    }
    if invocation.connector_before != Connector::Pipe {
        return false;
    }
    let before: Option<&&Invocation> = at.checked_sub(1).and_then(|before| run.invocations.get(before));
    before.and_then(|before| Command::of(before)).is_some_and(|command| match understand(&command) {
        Understood::Print(print) => !print.words.is_empty() && print.words.iter().all(|word| word.text().is_some()),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn passwords_are_marked() {
        check(
            &RULE,
            "
FROM a
RUN echo 'root:x' | chpasswd && echo pw | passwd --stdin b
                    ^^^^^^^^ a password in the image
                                          ^^^^^^ a password in the image
RUN useradd -p secret c && passwd -d d
               ^^^^^^ a password in the image
                                  ^^ a user without password
RUN chpasswd <<< 'root:x'
    ^^^^^^^^ a password in the image
",
        );
    }

    #[test]
    fn locked_accounts_are_fine() {
        check_ok(
            &RULE,
            "FROM a\nRUN passwd -l root && usermod -p '!' a && useradd -p '*' b\nRUN echo \"root:$PW\" | chpasswd\nRUN chpasswd < /run/secrets/x\n",
        );
    }
}
