//! Values of STOPSIGNAL.

use crate::suggest;

/// A stop signal as a runtime understands it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signal {
    /// By name, without `SIG`.
    Name(&'static str),
    /// By number, which may be one that no system has.
    Number(i64),
}

/// A text that names no signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownSignal {
    /// The name, without `SIG`, that was probably meant.
    pub suggestion: Option<&'static str>,
}

/// Linux signals but the real-time ones, which are counted from their ends.
const NAMES: [&str; 34] = [
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
    "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1",
    "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
];

const REAL_TIME: [&str; 31] = [
    "RTMIN", "RTMIN+1", "RTMIN+2", "RTMIN+3", "RTMIN+4", "RTMIN+5", "RTMIN+6", "RTMIN+7", "RTMIN+8", "RTMIN+9",
    "RTMIN+10", "RTMIN+11", "RTMIN+12", "RTMIN+13", "RTMIN+14", "RTMIN+15", "RTMAX-14", "RTMAX-13", "RTMAX-12",
    "RTMAX-11", "RTMAX-10", "RTMAX-9", "RTMAX-8", "RTMAX-7", "RTMAX-6", "RTMAX-5", "RTMAX-4", "RTMAX-3", "RTMAX-2",
    "RTMAX-1", "RTMAX",
];

/// Reads a signal name with or without `SIG`, in any case, or a number other than zero.
pub fn parse_signal(text: &str) -> Result<Signal, UnknownSignal> {
    match text.parse::<i64>() {
        Ok(0) => return Err(UnknownSignal { suggestion: None }),
        Ok(number) => return Ok(Signal::Number(number)),
        Err(_) => {}
    }
    let upper = text.to_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let mut known = NAMES.into_iter().chain(REAL_TIME);
    match known.find(|candidate| *candidate == name) {
        Some(name) => Ok(Signal::Name(name)),
        None => Err(UnknownSignal { suggestion: suggest::nearest(name, NAMES) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        for (text, signal) in [
            ("SIGTERM", Signal::Name("TERM")),
            ("quit", Signal::Name("QUIT")),
            ("SigWinch", Signal::Name("WINCH")),
            ("SIGRTMIN+3", Signal::Name("RTMIN+3")),
            ("RTMAX-14", Signal::Name("RTMAX-14")),
            ("9", Signal::Number(9)),
            ("-1", Signal::Number(-1)),
            ("4711", Signal::Number(4711)),
        ] {
            assert_eq!(parse_signal(text), Ok(signal), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for (text, suggestion) in
            [("0", None), ("SIGTREM", Some("TERM")), ("RTMIN+16", None), ("SIGSIGTERM", Some("TERM")), ("9.0", None)]
        {
            assert_eq!(parse_signal(text), Err(UnknownSignal { suggestion }), "{text}");
        }
    }
}
