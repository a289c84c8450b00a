//! Standard output and standard error: a reader that goes away is no error, colour is for those who can see it, and text
//! from files never moves the cursor.

use std::env;
use std::fmt::{self, Display};
use std::io::{self, BufWriter, IsTerminal as _, Write};

use dfopt_verify::text::printable;

use crate::args::ColorChoice;

/// The two streams and whether they show colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    stdout: Look,
    stderr: Look,
    /// Whether someone watches standard error.
    pub watched: bool,
    /// Whether standard output is a terminal.
    pub reads_stdout: bool,
}

/// Whether a stream shows colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It does.
    Colored,
    /// It does not.
    Plain,
}

impl Terminal {
    /// Finds out about the streams of this process.
    #[must_use]
    pub fn detect(choice: ColorChoice) -> Terminal {
        let forbidden = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
        let look = |is_terminal: bool| match choice {
            ColorChoice::Always => Look::Colored,
            ColorChoice::Auto if is_terminal && !forbidden && !dumb => Look::Colored,
            ColorChoice::Auto | ColorChoice::Never => Look::Plain,
        };
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        Terminal { stdout: look(out), stderr: look(err), watched: err && !dumb, reads_stdout: out }
    }

    /// Standard output, locked and buffered until it is dropped or flushed.
    #[must_use]
    pub fn stdout(&self) -> Out {
        Out { stream: Stream::Stdout(BufWriter::new(io::stdout().lock())), look: self.stdout, closed: false }
    }

    /// Standard error, locked.
    #[must_use]
    pub fn stderr(&self) -> Out {
        Out { stream: Stream::Stderr(io::stderr().lock()), look: self.stderr, closed: false }
    }

    /// Says why something could not be done.
    pub fn error(&self, message: impl Display) {
        self.say("error", Paint::Red, &message);
    }

    /// Says what the user should know before trusting the result.
    pub fn warn(&self, message: impl Display) {
        self.say("warning", Paint::Yellow, &message);
    }

    /// Says something on standard error that is no trouble.
    pub fn note(&self, message: impl Display) {
        let mut err = self.stderr();
        // Nothing is left to tell someone who has closed standard error.
        let _ = writeln!(err, "{}", one_line(&message.to_string()));
    }

    fn say(&self, kind: &str, paint: Paint, message: &dyn Display) {
        let mut err = self.stderr();
        let kind = err.paint(kind, paint);
        let message = one_line(&message.to_string());
        let _ = writeln!(err, "{kind}: {message}");
    }
}

/// Text that stays on one line and has no control characters.
fn one_line(text: &str) -> String {
    printable(text.trim_end()).lines().map(str::trim_end).collect::<Vec<_>>().join("; ")
}

enum Stream {
    Stdout(BufWriter<io::StdoutLock<'static>>),
    Stderr(io::StderrLock<'static>),
    Memory(Vec<u8>),
}

/// A stream to write to. Once its reader has gone, all that is written is thrown away.
pub struct Out {
    stream: Stream,
    look: Look,
    closed: bool,
}

impl Out {
    /// Keeps what is written.
    #[must_use]
    pub fn memory(look: Look) -> Out {
        Out { stream: Stream::Memory(Vec::new()), look, closed: false }
    }

    /// What was written to a stream that keeps it.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        match self.stream {
            Stream::Memory(bytes) => bytes,
            Stream::Stdout(_) | Stream::Stderr(_) => Vec::new(),
        }
    }

    /// Whether it shows colour.
    #[must_use]
    pub fn look(&self) -> Look {
        self.look
    }

    /// The text, in colour where it shows.
    #[must_use]
    pub fn paint<'t>(&self, text: &'t str, paint: Paint) -> Painted<'t> {
        Painted { text, paint: (self.look == Look::Colored).then_some(paint) }
    }

    fn outcome<T>(&mut self, result: io::Result<T>, otherwise: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(otherwise)
            }
            other => other,
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let result = match &mut self.stream {
            Stream::Stdout(stream) => stream.write(bytes),
            Stream::Stderr(stream) => stream.write(bytes),
            Stream::Memory(stream) => stream.write(bytes),
        };
        self.outcome(result, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let result = match &mut self.stream {
            Stream::Stdout(stream) => stream.flush(),
            Stream::Stderr(stream) => stream.flush(),
            Stream::Memory(_) => Ok(()),
        };
        self.outcome(result, ())
    }
}

/// The look of a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Bold.
    Bold,
    /// Faint.
    Dim,
    /// Bold and red.
    Red,
    /// Bold and yellow.
    Yellow,
    /// Green.
    Green,
    /// Cyan.
    Cyan,
}

/// Text with its look.
#[derive(Clone, Copy, Debug)]
pub struct Painted<'t> {
    text: &'t str,
    paint: Option<Paint>,
}

impl Display for Painted<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = match self.paint {
            None => return to.pad(self.text),
            Some(Paint::Bold) => "1",
            Some(Paint::Dim) => "2",
            Some(Paint::Red) => "1;31",
            Some(Paint::Yellow) => "1;33",
            Some(Paint::Green) => "32",
            Some(Paint::Cyan) => "36",
        };
        write!(to, "\x1b[{code}m")?;
        to.pad(self.text)?;
        to.write_str("\x1b[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_goes_only_where_it_shows() {
        let plain = Out::memory(Look::Plain);
        assert_eq!(plain.paint("x", Paint::Red).to_string(), "x");
        let colored = Out::memory(Look::Colored);
        assert_eq!(colored.paint("x", Paint::Red).to_string(), "\x1b[1;31mx\x1b[0m");
        assert_eq!(format!("{:3}|", plain.paint("x", Paint::Red)), "x  |");
    }

    #[test]
    fn messages_stay_on_one_line() {
        assert_eq!(one_line("a\nb\x1b[31m\n"), "a; b\\x1b[31m");
    }
}
