//! Verdicts and refusals on the terminal.

use std::io::{self, Write as _};

use dfopt_optimizer::{Plan, Refusal};
use dfopt_semantic::model::Model;
use dfopt_verify::text::printable_line;
use dfopt_verify::verdict::{Outcome, Status, Verdict};

use super::report::{Report, RoundEnd, round_word};
use crate::Session;
use crate::exit::Failure;
use crate::terminal::{Out, Paint};

/// Most lines of one check that are shown.
const MOST_LINES: usize = 12;

/// Bytes in megabytes, as container engines count them.
pub(super) fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_add(50_000) / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// The change in percent, signed.
pub(super) fn change(before: u64, after: u64) -> String {
    if before == 0 {
        return "new".into();
    }
    let (before, after) = (i128::from(before), i128::from(after));
    let tenths = (after - before) * 1000 / before;
    let sign = if tenths < 0 { "−" } else { "+" };
    format!("{sign}{}.{} %", tenths.abs() / 10, tenths.abs() % 10)
}

/// What a check says, in words.
pub(super) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Same => "same",
        Status::Expected => "expected differences only",
        Status::Undecided => "undecided",
        Status::NotRun => "not run",
        Status::Difference => "difference",
    }
}

/// One line for an attempt that ended.
pub(super) fn round(runtime: &str, end: RoundEnd, message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    if message.is_empty() {
        format!("{runtime}: {}", round_word(end))
    } else {
        format!("{runtime}: {}: {message}", round_word(end))
    }
}

/// Says why a refactor is refused, and what would make it possible.
pub(super) fn refusal(session: &Session, name: &str, model: &Model<'_>, refusal: &Refusal) {
    let place = refusal.range.map(|range| {
        let line = model.line_of(range.start().into());
        let text = model.text_at(range).lines().next().unwrap_or_default();
        (line + 1, printable_line(text.trim_end_matches(['\\', ' '])))
    });
    match place {
        Some((line, text)) if !text.is_empty() => {
            session.terminal.error(format_args!("{name}:{line}: refused: {} (`{text}`)", refusal.reason));
        }
        Some((line, _)) => session.terminal.error(format_args!("{name}:{line}: refused: {}", refusal.reason)),
        None => session.terminal.error(format_args!("{name}: refused: {}", refusal.reason)),
    }
    session.terminal.note(format_args!("to make it possible: {}", refusal.remedy));
}

/// The verdict with sizes, checks and what was not exercised.
pub(super) fn verdict(
    session: &Session,
    name: &str,
    report: &Report,
    verdict: &Verdict,
    plan: Option<&Plan>,
) -> Result<(), Failure> {
    let mut out = session.terminal.stderr();
    let written = write_verdict(&mut out, name, report, verdict, plan);
    written
        .and_then(|()| out.flush())
        .map_err(|error| Failure::new(format!("standard error cannot be written: {error}")))
}

fn write_verdict(out: &mut Out, name: &str, report: &Report, verdict: &Verdict, plan: Option<&Plan>) -> io::Result<()> {
    let (word, paint) = match verdict.outcome {
        Outcome::Proved => ("proved", Paint::Green),
        Outcome::Refuted => ("refuted", Paint::Red),
        Outcome::Inconclusive => ("inconclusive", Paint::Cyan),
    };
    let word = out.paint(word, paint).to_string();
    writeln!(out, "{}: {word}", printable_line(name))?;
    if let (Some(before), Some(after)) = (&report.before, &report.after) {
        writeln!(
            out,
            "  size: {} before, {} after ({})",
            megabytes(before.bytes),
            megabytes(after.bytes),
            change(before.bytes, after.bytes)
        )?;
    }
    if let Some(plan) = plan {
        writeln!(out, "  runtime stage from {}", printable_line(&plan.runtime))?;
    }
    for check in &verdict.checks {
        writeln!(out, "  {}: {}", check.name.title(), status_word(check.status))?;
        for line in check.differences.iter().take(MOST_LINES) {
            writeln!(out, "    - {}", printable_line(line))?;
        }
        let more = check.differences.len().saturating_sub(MOST_LINES);
        if more > 0 {
            writeln!(out, "    - and {more} more")?;
        }
        for line in check.undecided.iter().take(MOST_LINES) {
            writeln!(out, "    ? {}", printable_line(line))?;
        }
    }
    for line in &verdict.not_exercised {
        writeln!(out, "  not exercised: {}", printable_line(line))?;
    }
    Ok(())
}

/// The report on standard output.
pub(super) fn json(session: &Session, report: &Report) -> Result<(), Failure> {
    let mut out = session.terminal.stdout();
    let written = out.write_all(report.to_json().as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::new(format!("standard output cannot be written: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_changes_are_signed_and_rounded() {
        assert_eq!(megabytes(3_649_999), "3.6 MB");
        assert_eq!(change(1000, 5), "−99.5 %");
        assert_eq!(change(1000, 1100), "+10.0 %");
        assert_eq!(change(0, 5), "new");
    }
}
