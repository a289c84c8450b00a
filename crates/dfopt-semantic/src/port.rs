//! Words of EXPOSE.

use std::net::IpAddr;
use std::ops::{Range, RangeInclusive};

/// The protocol of an exposed port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// `tcp`, also when none is written.
    Tcp,
    /// `udp`
    Udp,
    /// `sctp`
    Sctp,
}

impl Protocol {
    /// As the image configuration spells it.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
            Protocol::Sctp => "sctp",
        }
    }
}

/// One word of EXPOSE, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortSpec {
    /// The container ports.
    pub ports: RangeInclusive<u16>,
    /// The place of the container ports.
    pub ports_range: Range<usize>,
    /// The protocol.
    pub protocol: Protocol,
    /// The place of the protocol, `None` if it is implied.
    pub protocol_range: Option<Range<usize>>,
    /// The host address and port before the container port, which mean nothing here.
    pub host_range: Option<Range<usize>>,
}

impl PortSpec {
    /// The keys this makes in the image configuration, such as `80/tcp`.
    pub fn keys(&self) -> impl Iterator<Item = String> + '_ {
        self.ports.clone().map(|port| format!("{port}/{}", self.protocol.name()))
    }
}

/// Why a word is no port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortError {
    /// There is no container port.
    Missing {
        /// Where it should stand; may be empty.
        range: Range<usize>,
    },
    /// Not a number, or not a range of two.
    NotANumber {
        /// The number.
        range: Range<usize>,
    },
    /// A number above 65535.
    OutOfRange {
        /// The number.
        range: Range<usize>,
    },
    /// A range whose last port is below its first.
    Backwards {
        /// The range.
        range: Range<usize>,
    },
    /// A protocol other than tcp, udp and sctp.
    UnknownProtocol {
        /// The protocol.
        range: Range<usize>,
    },
    /// The host part is no IP address.
    BadAddress {
        /// The address.
        range: Range<usize>,
    },
    /// Host and container ranges differ in length.
    UnequalRanges {
        /// The host ports.
        range: Range<usize>,
    },
}

impl PortError {
    /// The smallest range to mark.
    pub fn range(&self) -> &Range<usize> {
        match self {
            PortError::Missing { range }
            | PortError::NotANumber { range }
            | PortError::OutOfRange { range }
            | PortError::Backwards { range }
            | PortError::UnknownProtocol { range }
            | PortError::BadAddress { range }
            | PortError::UnequalRanges { range } => range,
        }
    }
}

/// Reads `[[ip:]hostport:]port[-port][/proto]`.
pub fn parse_port(word: &str) -> Result<PortSpec, PortError> {
    let (address, host, container) = split(word);
    let (ports_range, protocol_range) = match word[container.clone()].find('/') {
        Some(slash) => {
            let slash = container.start + slash;
            (container.start..slash, Some(slash + 1..container.end))
        }
        None => (container, None),
    };
    let protocol_range = protocol_range.filter(|range| !range.is_empty());
    if ports_range.is_empty() {
        return Err(PortError::Missing { range: ports_range });
    }
    let protocol = match &protocol_range {
        None => Protocol::Tcp,
        Some(range) => match word[range.clone()].to_lowercase().as_str() {
            "tcp" => Protocol::Tcp,
            "udp" => Protocol::Udp,
            "sctp" => Protocol::Sctp,
            _ => return Err(PortError::UnknownProtocol { range: range.clone() }),
        },
    };
    check_address(word, &address)?;
    let ports = port_range(word, ports_range.clone())?;
    if !host.is_empty() {
        let host_ports = port_range(word, host.clone())?;
        if ports.len() > 1 && ports.len() != host_ports.len() {
            return Err(PortError::UnequalRanges { range: host });
        }
    }
    let before = address.start..host.end.max(address.end);
    let host_range = Some(before).filter(|range| !range.is_empty());
    Ok(PortSpec { ports, ports_range, protocol, protocol_range, host_range })
}

/// Address, host ports and container ports; everything before the last two colons is the address.
fn split(word: &str) -> (Range<usize>, Range<usize>, Range<usize>) {
    let Some(last) = word.rfind(':') else { return (0..0, 0..0, 0..word.len()) };
    let container = last + 1..word.len();
    match word[..last].rfind(':') {
        None => (0..0, 0..last, container),
        Some(first) => (0..first, first + 1..last, container),
    }
}

fn check_address(word: &str, range: &Range<usize>) -> Result<(), PortError> {
    let address = &word[range.clone()];
    if address.is_empty() {
        return Ok(());
    }
    let bare = match address.strip_prefix('[') {
        Some(open) => open.strip_suffix(']').filter(|inner| !inner.contains(['[', ']'])).unwrap_or("?"),
        None => address,
    };
    // An empty pair of brackets passes: the reference checks only what is left of them.
    if bare.is_empty() || bare.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    Err(PortError::BadAddress { range: range.clone() })
}

fn port_range(word: &str, range: Range<usize>) -> Result<RangeInclusive<u16>, PortError> {
    let text = &word[range.clone()];
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let first_port = port(first, range.start..range.start + first.len())?;
    if first == last {
        return Ok(first_port..=first_port);
    }
    let last_port = port(last, range.end - last.len()..range.end)?;
    if last_port < first_port {
        return Err(PortError::Backwards { range });
    }
    Ok(first_port..=last_port)
}

fn port(text: &str, range: Range<usize>) -> Result<u16, PortError> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let negative = text.strip_prefix('-').is_some_and(|rest| !rest.is_empty() && is_number(rest));
    if negative || (is_number(digits) && digits.parse::<u16>().is_err()) {
        return Err(PortError::OutOfRange { range });
    }
    match digits.parse() {
        Ok(port) if is_number(digits) => Ok(port),
        _ => Err(PortError::NotANumber { range }),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn accepted_forms() {
        for (word, keys) in [
            ("80", vec!["80/tcp"]),
            ("80/", vec!["80/tcp"]),
            ("53/UDP", vec!["53/udp"]),
            ("8000-8002/sctp", vec!["8000/sctp", "8001/sctp", "8002/sctp"]),
            ("8080:80", vec!["80/tcp"]),
            ("127.0.0.1:8080:80/tcp", vec!["80/tcp"]),
            ("127.0.0.1::80", vec!["80/tcp"]),
            ("[::1]:1-3:4-6", vec!["4/tcp", "5/tcp", "6/tcp"]),
            ("::1:1-9:80", vec!["80/tcp"]),
            ("0", vec!["0/tcp"]),
        ] {
            assert_eq!(parse_port(word).unwrap().keys().collect::<Vec<_>>(), keys, "{word}");
        }
        assert_eq!(parse_port("127.0.0.1:8080:80").unwrap().host_range, Some(0..14));
        assert_eq!(parse_port("0-65535").unwrap().keys().count(), 65536);
    }

    #[test]
    fn errors_mark_the_smallest_cause() {
        for (word, marked) in [
            ("", ""),
            ("/tcp", ""),
            ("#", "#"),
            ("80,", "80,"),
            ("80/http", "http"),
            ("80/tcp/x", "tcp/x"),
            ("65536", "65536"),
            ("80-79", "80-79"),
            ("80-", ""),
            ("80-9x", "9x"),
            ("++80", "++80"),
            ("1-2:3-5", "1-2"),
            ("a:80", "a"),
            ("localhost:1:80", "localhost"),
            ("[::1:1:80", "[::1"),
        ] {
            let error = parse_port(word).unwrap_err();
            assert_eq!(&word[error.range().clone()], marked, "{word}");
        }
    }
}
