//! `unverified-download`

use dfopt_semantic::command::downloads::DownloadTarget;
use dfopt_semantic::command::files::FileAction;
use dfopt_semantic::command::{Command, Connector, Understood, understand};

use crate::peer;
use crate::rule::declare_rule;
use crate::runs::{self, Run};
use crate::{ByDefault, Category, Context, Severity};

declare_rule! {
    /// A download is installed without a look at a checksum or signature.
    ///
    /// ## Why
    ///
    /// A file that is changed on the server is in the next image, unseen. A checksum in the Dockerfile makes the build fail instead.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl -fsSLo /usr/local/bin/app https://example.com/app && chmod +x /usr/local/bin/app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d --chmod=755 \
    ///     https://example.com/app /usr/local/bin/app
    /// ```
    "unverified-download" {
        category: Category::Security,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    for run in runs::of_file(ctx.model()) {
        if run.commands().any(|command| runs::is_checksum(&command)) {
            continue;
        }
        for (at, invocation) in run.invocations.iter().enumerate() {
            let Some(command) = Command::of(invocation) else { continue };
            let Understood::Download(download) = understand(&command) else { continue };
            let file = match download.target {
                DownloadTarget::File(file) => file.text().map(str::to_owned),
                DownloadTarget::RemoteName => download.remote_name(),
                DownloadTarget::Stdout => None,
            };
            let is_used = match &file {
                Some(file) => is_installed(&run, at, file.rsplit('/').next().unwrap_or(file)),
                None => download.target == DownloadTarget::Stdout && is_unpacked_next(&run, at),
            };
            let Some(word) = download.urls.first().map(|url| url.word).or(command.name_word()) else { continue };
            if is_used {
                ctx.report(&word.range, "installed without a check of what it is")
                    .help("hold it against a checksum, or fetch it with `ADD --checksum`");
            }
        }
    }
}

/// Whether a later command makes the file a program, or unpacks it.
fn is_installed(run: &Run<'_>, at: usize, file: &str) -> bool {
    let is_it = |path: &str| path.rsplit('/').next() == Some(file);
    run.invocations[at + 1..].iter().filter_map(|invocation| Command::of(invocation)).any(|command| {
        let names_it = command.args().iter().any(|word| is_it(peer::text(word)));
        let installs = match understand(&command) {
            Understood::File(op) => {
                matches!(op.action, FileAction::Mode)
                    || (op.action == FileAction::Copy && command.name() == Some("install"))
            }
            Understood::Extract(_) | Understood::PackageInstall(_) => true,
            _ => matches!(command.name(), Some("dpkg" | "rpm")),
        };
        names_it && installs
    })
}

/// `curl … | tar x`
fn is_unpacked_next(run: &Run<'_>, at: usize) -> bool {
    let piped = run.invocations[at + 1..].iter().take_while(|next| next.connector_before == Connector::Pipe);
    piped.filter_map(|next| Command::of(next)).any(|command| matches!(understand(&command), Understood::Extract(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn downloads_are_marked() {
        check(
            &RULE,
            "
FROM a
RUN curl -o /bin/x https://y/x && chmod +x /bin/x
                   ^^^^^^^^^^^ installed without a check of what it is
RUN wget https://y/z.tgz && tar xf z.tgz
         ^^^^^^^^^^^^^^^ installed without a check of what it is
RUN curl https://y/z.tgz | tar xz
         ^^^^^^^^^^^^^^^ installed without a check of what it is
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN curl -o x https://y/x && sha256sum -c s && chmod +x x\nRUN curl -o x https://y/x && chmod +x z\nRUN curl https://y | grep z\n",
        );
    }
}
