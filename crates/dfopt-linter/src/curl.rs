//! What rules about downloads with `curl` share.

use dfopt_semantic::command::downloads::{Download, DownloadTarget};
use dfopt_semantic::command::{Command, Connector, RedirectOp, Understood};
use dfopt_semantic::effects::Meant;
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;

use crate::runs::steps;
use crate::{Context, Place};

/// Options after which it is no plain download of a file.
const OTHER: &[&str] =
    &["-I", "-X", "-d", "-F", "-T", "-w", "-V", "-h", "-K", "--head", "--request", "--json", "--upload-file"];
const OTHER_STARTS: &[&str] = &["--data", "--form", "--write-out", "--version", "--help", "--config"];

/// Reports each download with `curl` that `is_wrong`; the fix adds `option`.
pub(crate) fn check(ctx: &mut Context<'_>, option: &str, message: &str, is_wrong: impl Fn(&Download<'_>) -> bool) {
    let model = ctx.model();
    for step in steps(model) {
        for (place, is_exact) in found(model, step, &is_wrong) {
            let report = ctx.report(place, message);
            if is_exact {
                report.fix(format!("Add `{option}`"), |fix| fix.insert(place.end(), format!(" {option}")));
            } else {
                report.help(format!("add `{option}`"));
            }
        }
    }
}

fn found(model: &Model<'_>, step: &Step, is_wrong: &impl Fn(&Download<'_>) -> bool) -> Vec<(TextRange, bool)> {
    let mut places: Vec<(TextRange, bool)> = Vec::new();
    // A download that prints: a pipe behind it takes what it prints.
    let mut printing: Option<(TextRange, bool)> = None;
    model.walk(step, &mut |at| {
        let before = printing.take();
        if at.invocation.connector_before == Connector::Pipe {
            places.extend(before);
        }
        let Some(Meant { command, understood }) = at.meant else { return };
        let Understood::Download(download) = understood else { return };
        let Some(name) = command.name_word().filter(|_| command.name() == Some("curl")) else { return };
        if !is_plain(command, download) || !is_wrong(download) {
            return;
        }
        let is_file = download.target != DownloadTarget::Stdout
            || at.invocation.redirects.iter().any(|one| matches!(one.op, RedirectOp::Write | RedirectOp::Append));
        let found = (name.place(), model.text_at(name.place()).ends_with("curl"));
        match is_file {
            true => places.push(found),
            false => printing = Some(found),
        }
    });
    places
}

/// Whether it gets files from a host elsewhere.
fn is_plain(command: &Command<'_>, download: &Download<'_>) -> bool {
    let is_other = command.args().iter().filter_map(|word| word.text()).any(|text| {
        let letters = text.strip_prefix('-').filter(|rest| !rest.starts_with('-')).unwrap_or_default();
        // The letters up to one that takes a value.
        let flags = letters.split(|c: char| "oAbcCeEHmPQrtuUxyYz".contains(c)).next().unwrap_or_default();
        OTHER.contains(&text)
            || OTHER_STARTS.iter().any(|start| text.starts_with(start))
            || flags.contains(['I', 'X', 'd', 'F', 'T', 'w', 'K'])
    });
    !is_other
        && !download.urls.is_empty()
        && !download.open
        && !download.urls.iter().any(|url| is_near(&url.word.static_prefix()))
}

/// Whether the address is of this machine, or given by number.
fn is_near(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    host == "localhost"
        || url.starts_with("file://")
        || host.starts_with('[')
        || (!host.is_empty() && host.chars().all(|c| c.is_ascii_digit() || c == '.'))
}
