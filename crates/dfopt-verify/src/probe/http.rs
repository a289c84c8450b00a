//! One `GET` on the loopback address, no more of HTTP than that needs.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::run::{Captured, HttpAnswer, HttpRequest};

const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of a body that are read and hashed.
const MOST_READ: u64 = 8 << 20;
/// Bytes of a body that are kept.
const MOST_KEPT: usize = 64 << 10;
const MOST_HEAD: usize = 64 << 10;

/// Asks, and gives what came back.
pub(super) fn get(request: &HttpRequest) -> HttpAnswer {
    match ask(request) {
        Ok(answer) => answer,
        Err(error) => HttpAnswer::Failed {
            reason: match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => "no answer in time".to_owned(),
                ErrorKind::ConnectionRefused => "connection refused".to_owned(),
                ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof => {
                    "connection closed without an answer".to_owned()
                }
                _ => error.to_string(),
            },
        },
    }
}

fn ask(request: &HttpRequest) -> std::io::Result<HttpAnswer> {
    let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    let connect = |ip| TcpStream::connect_timeout(&SocketAddr::new(ip, request.port), PATIENCE);
    let mut stream = connect(loopback[0]).or_else(|error| connect(loopback[1]).map_err(|_| error))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let path: String = request.path.chars().filter(|character| !character.is_control() && *character != ' ').collect();
    write!(
        stream,
        "GET {path} HTTP/1.0\r\nHost: localhost:{}\r\nUser-Agent: dfopt\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        request.port
    )?;
    read_answer(&mut stream)
}

fn read_answer(stream: &mut impl Read) -> std::io::Result<HttpAnswer> {
    let deadline = Instant::now() + PATIENCE;
    let mut bytes = Vec::new();
    let mut buffer = [0; 8 << 10];
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        let read = stream.read(&mut buffer)?;
        bytes.extend_from_slice(&buffer[..read]);
        if !bytes.is_empty() && !b"HTTP/".starts_with(&bytes[..bytes.len().min(5)]) {
            return Ok(HttpAnswer::NotHttp);
        }
        if read == 0 && bytes.is_empty() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if read == 0 || bytes.len() > MOST_HEAD || Instant::now() > deadline {
            return Ok(HttpAnswer::NotHttp);
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let Some(status) = head.split_whitespace().nth(1).and_then(|status| status.parse().ok()) else {
        return Ok(HttpAnswer::NotHttp);
    };
    let header = |wanted: &str| {
        let mut lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        let (_, value) = lines.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))?;
        Some(value.trim().to_owned())
    };
    let length =
        header("content-length").and_then(|length| length.parse::<u64>().ok()).unwrap_or(u64::MAX).min(MOST_READ);
    let mut body = Body::default();
    body.take(&bytes[head_end + 4..], length);
    while body.captured.total < length && Instant::now() < deadline {
        // What came before a late or broken end is still the answer.
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(read) => body.take(&buffer[..read], length),
        }
    }
    Ok(HttpAnswer::Response {
        status,
        content_type: header("content-type"),
        location: header("location"),
        body_sha256: body.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
        body: body.captured,
    })
}

#[derive(Default)]
struct Body {
    hash: Sha256,
    captured: Captured,
}

impl Body {
    fn take(&mut self, bytes: &[u8], length: u64) {
        let left = usize::try_from(length - self.captured.total).unwrap_or(usize::MAX);
        let bytes = &bytes[..bytes.len().min(left)];
        self.hash.update(bytes);
        self.captured.total += bytes.len() as u64;
        let room = MOST_KEPT.saturating_sub(self.captured.bytes.len()).min(bytes.len());
        self.captured.bytes.extend_from_slice(&bytes[..room]);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn read(text: &str) -> std::io::Result<HttpAnswer> {
        read_answer(&mut text.as_bytes())
    }

    #[test]
    fn a_response_is_taken_apart_and_its_body_ends_where_it_says() {
        let answer = read("HTTP/1.1 302 Found\r\nContent-TYPE: text/html; charset=utf-8\r\nLocation: /x\r\nContent-Length: 5\r\n\r\nhello and more").unwrap();
        let HttpAnswer::Response { status, content_type, location, body_sha256, body } = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(
            (status, content_type.as_deref(), location.as_deref()),
            (302, Some("text/html; charset=utf-8"), Some("/x"))
        );
        assert_eq!(body.bytes, b"hello");
        assert_eq!(body_sha256, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    }

    #[test]
    fn other_protocols_are_no_http() {
        assert_eq!(read("SSH-2.0-OpenSSH_9.2\r\n").unwrap(), HttpAnswer::NotHttp);
        assert_eq!(read("HTTP/1.1 200 OK\r\nno end").unwrap(), HttpAnswer::NotHttp);
        assert_eq!(read("HTTP/1.1 two hundred\r\n\r\n").unwrap(), HttpAnswer::NotHttp);
        assert_eq!(read("").unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }

    #[test]
    fn asks_over_a_real_socket() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            // All of it, or closing the socket would reset the connection.
            while !request.ends_with(b"\r\n\r\n") {
                let mut part = [0; 1024];
                let read = stream.read(&mut part).unwrap();
                request.extend_from_slice(&part[..read]);
            }
            stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nbody").unwrap();
            String::from_utf8_lossy(&request).into_owned()
        });
        let answer = get(&HttpRequest { port, path: "/a b\r\nX: y".to_owned() });
        assert!(
            matches!(&answer, HttpAnswer::Response { status: 200, body, .. } if body.bytes == b"body"),
            "{answer:?}"
        );
        let request = server.join().unwrap();
        assert!(request.starts_with("GET /abX:y HTTP/1.0\r\nHost: localhost:"), "{request}");
        let gone = get(&HttpRequest { port, path: "/".to_owned() });
        assert_eq!(gone, HttpAnswer::Failed { reason: "connection refused".to_owned() });
    }
}
