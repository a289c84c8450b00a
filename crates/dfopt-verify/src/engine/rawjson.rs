//! Reads BuildKit's `--progress=rawjson`: a stream of JSON documents on standard error, whole words of the builder after it.

use serde::Deserialize;

use super::steps::Steps;
use crate::progress::StepEnd;

/// Longest document that is waited for; a longer one is not BuildKit's.
const MOST_DOCUMENT: usize = 16 << 20;

/// Takes the stream line by line.
#[derive(Default)]
pub(crate) struct RawJson {
    document: String,
    depth: usize,
    in_string: bool,
    escaped: bool,
    times: Times,
    /// What was said outside the documents.
    pub(crate) said: String,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    vertexes: Vec<Vertex>,
    #[serde(default)]
    statuses: Vec<Status>,
    #[serde(default)]
    logs: Vec<Log>,
    #[serde(default)]
    warnings: Vec<Warning>,
}

#[derive(Deserialize)]
struct Vertex {
    digest: String,
    #[serde(default)]
    name: String,
    started: Option<String>,
    completed: Option<String>,
    #[serde(default)]
    cached: bool,
    #[serde(default)]
    error: String,
}

#[derive(Deserialize)]
struct Status {
    id: String,
    vertex: String,
    #[serde(default)]
    current: u64,
    #[serde(default)]
    total: u64,
}

#[derive(Deserialize)]
struct Log {
    vertex: String,
    #[serde(default)]
    data: String,
}

#[derive(Deserialize)]
struct Warning {
    #[serde(default)]
    short: String,
}

/// First start of each vertex, in seconds.
#[derive(Default)]
struct Times(std::collections::HashMap<String, f64>);

impl RawJson {
    pub(crate) fn line(&mut self, line: &str, steps: &mut Steps<'_>) {
        if self.depth == 0 && !line.starts_with('{') {
            self.said.push_str(line);
            self.said.push('\n');
            return;
        }
        for character in line.chars() {
            match (self.in_string, self.escaped, character) {
                (true, true, _) => self.escaped = false,
                (true, false, '\\') => self.escaped = true,
                (_, false, '"') => self.in_string = !self.in_string,
                (false, _, '{') => self.depth += 1,
                (false, _, '}') => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        self.document.push_str(line);
        self.document.push('\n');
        if self.depth == 0 || self.document.len() > MOST_DOCUMENT {
            let document = std::mem::take(&mut self.document);
            (self.depth, self.in_string, self.escaped) = (0, false, false);
            match serde_json::from_str::<Document>(&document) {
                Ok(document) => self.document(document, steps),
                Err(_) => self.said.push_str(&document),
            }
        }
    }

    /// What was begun and never ended is words too.
    pub(crate) fn end(&mut self) {
        let rest = std::mem::take(&mut self.document);
        self.said.push_str(&rest);
    }

    fn document(&mut self, document: Document, steps: &mut Steps<'_>) {
        for vertex in document.vertexes {
            let step = steps.name(&vertex.digest, &vertex.name);
            let started = vertex.started.as_deref().and_then(seconds);
            if let Some(started) = started {
                self.times.0.entry(vertex.digest.clone()).or_insert(started);
            }
            let error = Some(vertex.error.as_str()).filter(|error| !error.is_empty());
            // A vertex that starts is first looked up in the cache, and is told as started only when it ends or runs on.
            match vertex.completed.as_deref().and_then(seconds) {
                Some(completed) => {
                    let from = started.or_else(|| self.times.0.get(&vertex.digest).copied()).unwrap_or(completed);
                    let end = match (error, vertex.cached) {
                        (Some(_), _) => StepEnd::Failed,
                        (None, true) => StepEnd::Cached,
                        (None, false) => StepEnd::Done,
                    };
                    steps.end(step, end, (completed - from).max(0.0), error);
                }
                None if started.is_some() => steps.start(step),
                None => {}
            }
        }
        for status in document.statuses {
            if let Some(step) = steps.find(&status.vertex) {
                steps.transfer(step, &status.id, status.current, Some(status.total).filter(|total| *total > 0));
            }
        }
        for log in document.logs {
            if let (Some(step), Some(data)) = (steps.find(&log.vertex), decode_base64(&log.data)) {
                steps.output(step, &String::from_utf8_lossy(&data));
            }
        }
        for warning in document.warnings {
            if let Some(text) = decode_base64(&warning.short) {
                steps.note(&String::from_utf8_lossy(&text));
            }
        }
    }
}

/// Seconds of a time such as `2026-11-24T14:15:10.865255946Z`, counted from an arbitrary day.
fn seconds(time: &str) -> Option<f64> {
    let (date, rest) = time.split_once('T')?;
    let mut date = date.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let zone_at = rest.find(['Z', '+', '-'])?;
    let (clock, zone) = rest.split_at(zone_at);
    let mut clock = clock.splitn(3, ':').map(str::parse::<f64>);
    let clock = clock.next()?.ok()? * 3600.0 + clock.next()?.ok()? * 60.0 + clock.next()?.ok()?;
    let zone = match zone.split_at_checked(1)? {
        ("Z", _) => 0.0,
        (sign, offset) => {
            let (hours, minutes) = offset.split_once(':')?;
            let offset = hours.parse::<f64>().ok()? * 3600.0 + minutes.parse::<f64>().ok()? * 60.0;
            if sign == "-" { -offset } else { offset }
        }
    };
    // Days of the civil calendar, years beginning in March so that the leap day is the last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    #[allow(clippy::cast_precision_loss, reason = "days since the year 0 are exact in a double")]
    Some(days as f64 * 86400.0 + clock - zone)
}

/// `None` when it is not base64.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut bits = 0_u32;
    let mut count = 0;
    for digit in text.trim_end_matches('=').bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_decoded() {
        assert_eq!(decode_base64("aGVsbG8K").unwrap(), b"hello\n");
        assert_eq!(decode_base64("ZmFpbGluZwo=").unwrap(), b"failing\n");
        assert_eq!(decode_base64("/w==").unwrap(), [0xff]);
        assert_eq!(decode_base64("").unwrap(), b"");
        assert_eq!(decode_base64("a b"), None);
    }

    #[test]
    fn times_are_compared() {
        let at = |time| seconds(time).unwrap();
        assert!((at("2026-11-24T14:15:10.865255946Z") - at("2026-11-24T14:15:10.5Z") - 0.365_255_946).abs() < 1e-4);
        assert!((at("2024-03-01T00:00:00Z") - at("2024-02-28T23:59:59Z") - 86401.0).abs() < 1e-4);
        assert!((at("2026-01-01T01:30:00+01:30") - at("2025-12-31T19:00:00-05:00")).abs() < 1e-4);
        for bad in ["", "T", "2026-01-01", "2026-01-01T1:2Z", "x-y-zT1:2:3Z"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
