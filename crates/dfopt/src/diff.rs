//! Unified diffs of Dockerfiles.

use std::io::{self, Write as _};
use std::path::Path;

use dfopt_verify::text::printable;
use similar::TextDiff;

use crate::terminal::{Out, Paint};

/// Whether the diff is for a program, byte for byte, or for a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum For {
    /// Control characters are escaped.
    People,
    /// It can be applied.
    Programs,
}

/// Writes what changes from `before` to `after`; nothing when nothing does.
///
/// # Errors
/// When the stream takes no more.
pub fn write_diff(name: &str, before: &str, after: &str, reader: For, out: &mut Out) -> io::Result<()> {
    let (old, new) = (lines(before), lines(after));
    let diff = TextDiff::configure().newline_terminated(true).diff_slices(&old, &new);
    let (from, to) = if Path::new(name).is_absolute() {
        (name.to_owned(), name.to_owned())
    } else {
        (format!("a/{name}"), format!("b/{name}"))
    };
    let text = diff.unified_diff().header(&from, &to).to_string();
    for line in text.split_inclusive('\n') {
        let paint = match line.as_bytes().first() {
            _ if line.starts_with("--- ") || line.starts_with("+++ ") => Some(Paint::Bold),
            Some(b'-') => Some(Paint::Red),
            Some(b'+') => Some(Paint::Green),
            Some(b'@') => Some(Paint::Cyan),
            _ => None,
        };
        let (body, end) = line.strip_suffix('\n').map_or((line, ""), |body| (body, "\n"));
        let body = match reader {
            For::Programs => body.into(),
            For::People => printable(body.strip_suffix('\r').unwrap_or(body)),
        };
        match paint {
            Some(paint) => write!(out, "{}{end}", out.paint(&body, paint))?,
            None => write!(out, "{body}{end}")?,
        }
    }
    Ok(())
}

/// Lines end at LF and nowhere else, as for `patch`.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::terminal::Look;

    fn diff(before: &str, after: &str, reader: For) -> String {
        let mut out = Out::memory(Look::Plain);
        write_diff("x/Dockerfile", before, after, reader, &mut out).unwrap();
        String::from_utf8(out.into_bytes()).unwrap()
    }

    #[test]
    fn a_diff_that_patch_takes() {
        let expected = "--- a/x/Dockerfile\n+++ b/x/Dockerfile\n@@ -1,2 +1,2 @@\n FROM a\r\n-RUN b\n\\ No newline at end of file\n+RUN c\n";
        assert_eq!(diff("FROM a\r\nRUN b", "FROM a\r\nRUN c\n", For::Programs), expected);
        assert_eq!(diff("FROM a\n", "FROM a\n", For::Programs), "");
    }

    #[test]
    fn people_see_no_control_characters() {
        let shown = diff("RUN \x1b[2J\r\n", "RUN x\r\n", For::People);
        assert!(shown.contains("-RUN \\x1b[2J\n") && !shown.contains('\r'), "{shown}");
    }
}
