//! `piped-remote-script`

use dfopt_semantic::command::downloads::{Download, DownloadTarget};
use dfopt_semantic::command::{Command, Connector, Invocation, Understood, Word, understand};
use dfopt_syntax::TextRange;

use crate::peer;
use crate::rule::declare_rule;
use crate::runs::{self, Run};
use crate::{Category, Context, Place, Severity};

declare_rule! {
    /// A script is run as it comes from the network.
    ///
    /// ## Why
    ///
    /// Whoever can change the file on the server, or on the way, runs commands in the build. What is run is in no file that could be read again, and
    /// a download that breaks off runs half of it. Fetched to a file and held against a checksum, it is what it was when somebody looked at it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl -fsSL https://example.com/install.sh | sh
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/install.sh /tmp/
    /// RUN sh /tmp/install.sh && rm /tmp/install.sh
    /// ```
    "piped-remote-script" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DF021"],
        since: "0.1.0",
        check: check,
    }
}

const SHELLS: [&str; 6] = ["sh", "bash", "zsh", "ash", "dash", "ksh"];
const INTERPRETERS: [&str; 8] = ["python", "python2", "python3", "perl", "ruby", "node", "php", "pwsh"];
/// Between a download and a shell these change the script at most.
const BETWEEN: [&str; 9] = ["tee", "gunzip", "zcat", "sed", "tr", "grep", "cat", "base64", "gzip"];

fn check(ctx: &mut Context<'_>) {
    for run in runs::of_file(ctx.model()) {
        piped(ctx, &run);
        substituted(ctx, &run);
        saved_and_run(ctx, &run);
    }
}

fn report(ctx: &mut Context<'_>, found: &Found<'_>) {
    let message = if found.is_plain {
        "a script is run as it comes, and anyone on the way can change it"
    } else {
        "a script is run as it comes from the network"
    };
    ctx.report(found.place, message).help("fetch it to a file and check that file first");
}

/// What is downloaded.
struct Found<'m> {
    place: TextRange,
    is_plain: bool,
    download: Download<'m>,
}

fn download<'m>(invocation: &'m Invocation) -> Option<Found<'m>> {
    let command = Command::of(invocation)?;
    let Understood::Download(download) = understand(&command) else { return None };
    let url = download.urls.first();
    let place = url.map_or(&command.name_word()?.range, |url| &url.word.range);
    let is_plain = url.is_some_and(|url| url.word.static_prefix().starts_with("http://"));
    Some(Found { place: place.place(), is_plain, download })
}

/// `curl … | sh`
fn piped(ctx: &mut Context<'_>, run: &Run<'_>) {
    let mut fetched: Option<Found<'_>> = None;
    for invocation in &run.invocations {
        if invocation.connector_before != Connector::Pipe {
            fetched = None;
        }
        if let Some(found) = download(invocation).filter(|found| found.download.target == DownloadTarget::Stdout) {
            fetched = Some(found);
            continue;
        }
        let Some(command) = Command::of(invocation) else { continue };
        if reads_script(&command) {
            if let Some(found) = fetched.take() {
                report(ctx, &found);
            }
        } else if !command.name().is_some_and(|name| BETWEEN.contains(&name)) {
            fetched = None;
        }
    }
}

/// Whether a command runs what it is handed as input.
fn reads_script(command: &Command<'_>) -> bool {
    let Some(name) = command.name() else { return false };
    let is_shell = SHELLS.contains(&name);
    if !is_shell && !INTERPRETERS.contains(&name) {
        return false;
    }
    let args = || command.args().iter().map(peer::text);
    // A letter that takes code, or for a shell one that says the input is the script.
    let takes_code = |arg: &str| {
        if is_shell { is_script_flag(arg) } else { matches!(arg, "-c" | "-e" | "-m" | "-r" | "-pe" | "-ne") }
    };
    if is_shell && args().any(is_stdin_cluster) {
        return true;
    }
    !args().any(takes_code)
        && args().find(|arg| !arg.starts_with('-') || *arg == "-").is_none_or(|arg| matches!(arg, "-" | "/dev/stdin"))
}

/// `-es`, `-xs`
fn is_stdin_cluster(arg: &str) -> bool {
    arg.strip_prefix('-').is_some_and(|letters| letters.ends_with('s') && letters.chars().all(|c| "euxls".contains(c)))
}

/// `sh -c "$(curl …)"`, `eval "$(curl …)"`, `bash <(curl …)`, `. <(curl …)`
fn substituted(ctx: &mut Context<'_>, run: &Run<'_>) {
    for inner in &run.invocations {
        let Some(found) = download(inner).filter(|found| found.download.target == DownloadTarget::Stdout) else {
            continue;
        };
        let at = inner.range().start;
        // The download is all of a substitution that is all of the word, or its start.
        let holds = |word: &&Word| {
            let before = usize::try_from(word.range.start).ok().zip(usize::try_from(at).ok());
            let before = before.and_then(|(start, at)| ctx.model().text().get(start..at)).unwrap_or_default();
            matches!(before.trim_end().trim_start_matches('"'), "$(" | "<(" | "`")
        };
        let outer = run.invocations.iter().find_map(|outer| {
            let word = outer.words.iter().find(holds)?;
            Command::of(outer).map(|command| (command, word))
        });
        let Some((outer, word)) = outer else { continue };
        let is_file = word.raw.starts_with("<(");
        let runs_it = match outer.name() {
            Some("eval") => !is_file,
            Some("source" | ".") => is_file,
            Some(name) if SHELLS.contains(&name) => {
                is_file || outer.args().iter().any(|arg| is_script_flag(peer::text(arg)))
            }
            Some(name) if INTERPRETERS.contains(&name) => {
                is_file || outer.args().iter().any(|arg| arg.is_any(&["-c", "-e", "-r"]))
            }
            _ => false,
        };
        if runs_it {
            report(ctx, &found);
        }
    }
}

/// `-c`, `-ec`
fn is_script_flag(arg: &str) -> bool {
    arg.strip_prefix('-').is_some_and(|letters| letters.ends_with('c') && letters.chars().all(|c| "euxlco".contains(c)))
}

/// A file that is fetched and run without a look at it.
fn saved_and_run(ctx: &mut Context<'_>, run: &Run<'_>) {
    for (at, invocation) in run.invocations.iter().enumerate() {
        let Some(found) = download(invocation) else { continue };
        let file = match found.download.target {
            DownloadTarget::File(file) => file.text().map(str::to_owned),
            DownloadTarget::RemoteName => found.download.remote_name(),
            DownloadTarget::Stdout => None,
        };
        let Some(file) = file.as_deref().and_then(|file| file.rsplit('/').next()).filter(|file| !file.is_empty())
        else {
            continue;
        };
        for later in &run.invocations[at + 1..] {
            let Some(command) = Command::of(later) else { continue };
            if runs::is_checksum(&command) {
                break;
            }
            if runs_file(&command, file) {
                report(ctx, &found);
                break;
            }
        }
    }
}

fn runs_file(command: &Command<'_>, file: &str) -> bool {
    let is_it = |path: &str| path.rsplit('/').next() == Some(file);
    let (Some(name), Some(path)) = (command.name(), command.path()) else { return false };
    if path.contains('/') && is_it(path) {
        return true;
    }
    let runs_scripts = SHELLS.contains(&name) || INTERPRETERS.contains(&name) || matches!(name, "source" | ".");
    let script = command.args().iter().map(peer::text).find(|arg| !arg.starts_with('-'));
    runs_scripts
        && script.is_some_and(is_it)
        && !command.args().first().is_some_and(|arg| is_script_flag(peer::text(arg)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn pipes_are_marked() {
        check(
            &RULE,
            "
FROM a
RUN curl -fsSL https://x/y | sh && wget -qO- http://x/y | sudo -E bash -s -- -y
               ^^^^^^^^^^^ a script is run as it comes from the network
                                             ^^^^^^^^^^ a script is run as it comes, and anyone on the way can change it
RUN curl https://x/y.gz | gunzip | python3 -
         ^^^^^^^^^^^^^^ a script is run as it comes from the network
ONBUILD RUN curl https://x/y | bash -e
                 ^^^^^^^^^^^ a script is run as it comes from the network
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN curl https://x | tar xz && curl https://x | python3 -c 'import sys' && curl https://x | sh ./filter.sh\nRUN curl https://x > y; sh z\nRUN curl https://x | gpg --dearmor | tee k\n",
        );
    }

    #[test]
    fn substitutions_are_marked() {
        check(
            &RULE,
            "
FROM a
SHELL [\"/bin/bash\", \"-c\"]
RUN sh -c \"$(curl -fsSL https://x/y)\"
                        ^^^^^^^^^^^ a script is run as it comes from the network
RUN bash <(curl https://x/y)
                ^^^^^^^^^^^ a script is run as it comes from the network
RUN eval \"$(wget -qO- https://x/y)\"
                      ^^^^^^^^^^^ a script is run as it comes from the network
RUN V=$(curl https://x/v) && echo \"$(curl https://x/w)\" && sh -c 'wget -qO- https://x > y' && sh -c 'wget -qO- https://x | apt-key add -'
",
        );
    }

    #[test]
    fn files_that_are_run_unseen_are_marked() {
        check(
            &RULE,
            "
FROM a
RUN curl -o /tmp/i.sh https://x/i.sh && sh /tmp/i.sh
                      ^^^^^^^^^^^^^^ a script is run as it comes from the network
RUN wget https://x/run && chmod +x run && ./run
         ^^^^^^^^^^^^^ a script is run as it comes from the network
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN curl -o i.sh https://x/i.sh && echo \"0  i.sh\" | sha256sum -c && sh i.sh\nRUN curl -O https://x/i.sh && sh j.sh\n",
        );
    }
}
