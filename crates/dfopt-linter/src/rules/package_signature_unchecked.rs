//! `package-signature-unchecked`

use dfopt_semantic::command::{Command, Word};

use crate::peer;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity, runs};

declare_rule! {
    /// Packages are installed without a check of their signature.
    ///
    /// ## Why
    ///
    /// The signature is what tells a package of the distribution from one that somebody on the way, or on a mirror, has changed.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN dnf install -y --nogpgcheck nginx
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN dnf install -y nginx
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The command fails where a package is not signed by a key that the image trusts.
    "package-signature-unchecked" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["CKV2_DOCKER_7", "CKV2_DOCKER_8", "CKV2_DOCKER_9", "CKV2_DOCKER_10", "CKV2_DOCKER_11"],
        since: "0.1.0",
        check: check,
    }
}

const MESSAGE: &str = "signatures of packages are not checked";

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for run in runs::of_file(model) {
        for command in run.commands() {
            let flags = flags_of(command.name().unwrap_or_default());
            for word in command.args().iter().filter(|word| word.is_any(flags)) {
                let report = ctx.report(&word.range, MESSAGE);
                let report = if is_own_package(&command) { report.severity(Severity::Info) } else { report };
                if let Some(removed) = runs::removable(model, word) {
                    report.fix("Check signatures", |fix| fix.delete(removed));
                }
            }
            for word in runs::texts(command.invocation()).filter(|word| switches_off(&command, word)) {
                ctx.report(&word.range, MESSAGE);
            }
        }
    }
}

fn flags_of(name: &str) -> &'static [&'static str] {
    match name {
        "apt-get" | "apt" | "aptitude" => &["--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories"],
        "apk" => &["--allow-untrusted"],
        "yum" | "dnf" | "microdnf" | "tdnf" => &["--nogpgcheck", "--nogpg"],
        "rpm" => &["--nosignature", "--nodigest"],
        "zypper" => &["--no-gpg-checks", "--allow-unsigned-rpm"],
        _ => &[],
    }
}

/// Whether apk installs files that were likely built by the project itself.
fn is_own_package(command: &Command<'_>) -> bool {
    let mut packages = command.args().iter().filter(|word| !peer::text(word).starts_with('-')).skip(1).peekable();
    command.name() == Some("apk") && packages.peek().is_some() && packages.all(|word| word.raw.ends_with(".apk"))
}

/// Whether an option, or a text that is written to a file, switches the check off.
fn switches_off(command: &Command<'_>, word: &Word) -> bool {
    let text = peer::text(word).to_ascii_lowercase();
    let compact: String = text.chars().filter(|c| !matches!(c, ' ' | '"' | '\'')).collect();
    match command.name() {
        Some("apt-get" | "apt" | "aptitude") => {
            ["apt::get::allowunauthenticated=", "acquire::allowinsecurerepositories="].iter().any(|option| {
                let value = compact.split_once(option).map(|(_, value)| value);
                value.is_some_and(|value| value.starts_with("true") || value.starts_with('1'))
            })
        }
        Some("yum" | "dnf" | "microdnf" | "yum-config-manager") => {
            compact.starts_with("--setopt") && (compact.contains("gpgcheck=0") || compact.contains("gpgcheck=false"))
        }
        Some("echo" | "printf" | "cat" | "tee" | "sed" | "add-apt-repository") => {
            let is_rpm = compact.contains("gpgcheck=0") && !compact.contains("repo_gpgcheck=0");
            is_rpm || (compact.contains("trusted=yes") && compact.contains("deb")) || compact.contains("siglevel=never")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn switches_are_marked() {
        check(
            &RULE,
            "
FROM a
RUN apt-get install --allow-unauthenticated x && apt-get -o APT::Get::AllowUnauthenticated=true install y
                    ^^^^^^^^^^^^^^^^^^^^^^^ signatures of packages are not checked [fix]
                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ signatures of packages are not checked
RUN echo 'deb [trusted=yes] https://x ./' > /etc/apt/sources.list.d/x.list && rpm -i --nodigest z
         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ signatures of packages are not checked
                                                                                     ^^^^^^^^^^ signatures of packages are not checked [fix]
RUN printf '[x]\\ngpgcheck=0\\n' > /etc/yum.repos.d/x.repo && apk add --allow-untrusted ./x.apk
           ^^^^^^^^^^^^^^^^^^^ signatures of packages are not checked
                                                                    ^^^^^^^^^^^^^^^^^ signatures of packages are not checked [fix]
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN apt-get install -o APT::Get::AllowUnauthenticated=false x && echo --nogpgcheck\nRUN printf 'gpgcheck=1\\n' > x\n",
        );
    }

    #[test]
    fn switches_are_taken_away() {
        check_fix(&RULE, "FROM a\nRUN dnf install -y --nogpgcheck b\n", "FROM a\nRUN dnf install -y b\n");
    }
}
