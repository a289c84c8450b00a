//! Where the result of a refactor goes: the file, standard output, a diff, or nowhere but the exit status.

use std::io::Write as _;

use super::subject::Subject;
use crate::Session;
use crate::args::FixArgs;
use crate::diff::{For, write_diff};
use crate::exit::{Exit, Failure};
use crate::write::write_file;

/// Puts the result where the flags say; `would` is what would be done, in words.
pub(super) fn deliver(
    args: &FixArgs,
    session: &Session,
    subject: &Subject,
    text: &str,
    would: &str,
) -> Result<Exit, Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("standard output cannot be written: {error}"));
    let name = &subject.source.name;
    if args.stdout {
        let mut out = session.terminal.stdout();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(failed)?;
        return Ok(Exit::Clean);
    }
    if args.diff {
        let mut out = session.terminal.stdout();
        write_diff(name, subject.source.text(), text, For::Programs, &mut out)
            .and_then(|()| out.flush())
            .map_err(failed)?;
        return Ok(Exit::Found);
    }
    if args.check {
        say(args, session, &format!("{name}: would be {would}"))?;
        return Ok(Exit::Found);
    }
    let mut after = Vec::with_capacity(text.len() + 3);
    if subject.source.bytes.starts_with(b"\xef\xbb\xbf") && !text.starts_with('\u{feff}') {
        after.extend_from_slice(b"\xef\xbb\xbf");
    }
    after.extend_from_slice(text.as_bytes());
    write_file(&subject.path, &subject.source.bytes, &after).map_err(|error| Failure::new(error.to_string()))?;
    say(args, session, &format!("{name}: written"))?;
    Ok(Exit::Clean)
}

/// One line for people, unless standard output is for the result.
pub(super) fn say(args: &FixArgs, session: &Session, line: &str) -> Result<(), Failure> {
    if args.quiet || args.stdout {
        return Ok(());
    }
    let mut out = session.terminal.stdout();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|error| Failure::new(format!("standard output cannot be written: {error}")))
}
