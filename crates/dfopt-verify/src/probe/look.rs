//! Watches the program under test from inside its container until it is stable, asks it over HTTP, and reports.
//!
//! Reports are JSON lines, each complete in itself: the program may end, and this probe with it, at any moment.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{http, proc};
use crate::run::{HttpAnswer, HttpOutcome, HttpRequest, ListeningSocket, SeenProcess};

/// What the probe is to watch for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LookOrder {
    /// Seconds a program that does not listen is watched.
    pub(crate) watch_seconds: u64,
    /// Seconds the expected ports are waited for.
    pub(crate) listen_seconds: u64,
    /// TCP ports that should come to listen.
    pub(crate) expected: Vec<u16>,
    /// Requests to make whether or not something listens.
    pub(crate) asked: Vec<HttpRequest>,
    /// Ports to be asked for `/` when they listen.
    pub(crate) if_listening: Vec<u16>,
}

/// What was seen so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct LookReport {
    pub(crate) snapshots: u32,
    pub(crate) unreadable: u32,
    pub(crate) listening: Vec<ListeningSocket>,
    pub(crate) processes: BTreeSet<SeenProcess>,
    pub(crate) earlier_processes: BTreeSet<SeenProcess>,
    pub(crate) mapped: BTreeSet<String>,
    pub(crate) earlier_mapped: BTreeSet<String>,
    pub(crate) http: Vec<HttpOutcome>,
    /// Whether the watch came to its end; the program ended before that otherwise.
    pub(crate) complete: bool,
}

/// How long the set of sockets must stay the same.
const QUIET: Duration = Duration::from_millis(1200);
const PAUSE: Duration = Duration::from_millis(60);

pub(super) fn run(order: Option<&str>) -> ExitCode {
    let Some(order) = order.and_then(|order| serde_json::from_str::<LookOrder>(order).ok()) else {
        return ExitCode::from(2);
    };
    match watch(&order, Path::new("/proc"), &mut std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn watch(order: &LookOrder, root: &Path, to: &mut impl Write) -> std::io::Result<()> {
    let start = Instant::now();
    let mut report = LookReport::default();
    let mut unreadable = BTreeSet::new();
    let mut since = start;
    loop {
        let news = look(root, &mut report, &mut unreadable);
        if matches!(news, News::Sockets) {
            since = Instant::now();
        }
        if !matches!(news, News::None) {
            say(&report, to)?;
        }
        if is_settled(order, &report.listening, start.elapsed(), since.elapsed()) {
            break;
        }
        std::thread::sleep(PAUSE);
    }
    let listens =
        |port: u16| report.listening.iter().any(|socket| socket.protocol.starts_with("tcp") && socket.port == port);
    let exposed = order
        .if_listening
        .iter()
        .filter(|port| listens(**port))
        .map(|port| HttpRequest { port: *port, path: "/".to_owned() });
    let requests: Vec<_> = order.asked.iter().cloned().chain(exposed).collect();
    for request in requests {
        let answer = answer_or_retry(&request);
        report.http.push(HttpOutcome { request, answer });
        say(&report, to)?;
    }
    // Answering may have loaded more.
    look(root, &mut report, &mut unreadable);
    report.complete = true;
    say(&report, to)
}

/// A program that has just begun to listen may not accept yet.
fn answer_or_retry(request: &HttpRequest) -> HttpAnswer {
    let mut answer = http::get(request);
    for _ in 0..2 {
        if !matches!(answer, HttpAnswer::Failed { .. }) {
            break;
        }
        std::thread::sleep(Duration::from_millis(500));
        answer = http::get(request);
    }
    answer
}

enum News {
    None,
    Some,
    Sockets,
}

fn look(root: &Path, report: &mut LookReport, unreadable: &mut BTreeSet<u32>) -> News {
    let sockets = proc::sockets(root);
    let seen = proc::snapshot(root);
    report.snapshots += 1;
    if seen.processes.is_empty() {
        // The program is about to end, or not yet started: nothing that could replace what was seen.
        return News::None;
    }
    unreadable.extend(seen.unreadable);
    report.unreadable = u32::try_from(unreadable.len()).unwrap_or(u32::MAX);
    let processes = seen.processes.into_iter().collect();
    let changed = replace(&mut report.processes, &mut report.earlier_processes, processes)
        | replace(&mut report.mapped, &mut report.earlier_mapped, seen.mapped);
    if report.listening != sockets {
        report.listening = sockets;
        return News::Sockets;
    }
    if changed { News::Some } else { News::None }
}

/// Takes what is seen now for what was seen last, keeps what is gone, and says whether anything changed.
fn replace<T: Ord + Clone>(last: &mut BTreeSet<T>, earlier: &mut BTreeSet<T>, now: BTreeSet<T>) -> bool {
    if *last == now {
        return false;
    }
    earlier.extend(std::mem::take(last));
    *last = now;
    earlier.retain(|gone| !last.contains(gone));
    true
}

fn is_settled(order: &LookOrder, listening: &[ListeningSocket], elapsed: Duration, unchanged: Duration) -> bool {
    let listens =
        |port: &u16| listening.iter().any(|socket| socket.protocol.starts_with("tcp") && socket.port == *port);
    let quiet = !listening.is_empty() && unchanged >= QUIET;
    let watched = elapsed >= Duration::from_secs(order.watch_seconds);
    if order.expected.is_empty() {
        return quiet || watched;
    }
    let all = order.expected.iter().all(listens);
    // A program that listens elsewhere than it was declared to is given the watch time, not the longer one.
    (quiet && (all || watched)) || elapsed >= Duration::from_secs(order.listen_seconds)
}

fn say(report: &LookReport, to: &mut impl Write) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(report)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.flush()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn order(expected: &[u16]) -> LookOrder {
        LookOrder {
            watch_seconds: 5,
            listen_seconds: 30,
            expected: expected.to_vec(),
            asked: Vec::new(),
            if_listening: Vec::new(),
        }
    }

    fn tcp(port: u16) -> ListeningSocket {
        ListeningSocket { protocol: "tcp".to_owned(), address: "0.0.0.0".to_owned(), port }
    }

    #[test]
    fn a_program_is_stable_when_its_sockets_are() {
        let settled = |expected: &[u16], listening: &[ListeningSocket], elapsed: u64, unchanged: u64| {
            is_settled(&order(expected), listening, Duration::from_secs(elapsed), Duration::from_secs(unchanged))
        };
        assert!(!settled(&[], &[], 1, 1), "not listening: watched on");
        assert!(settled(&[], &[], 5, 5), "watched long enough");
        assert!(!settled(&[], &[tcp(80)], 1, 0), "just began to listen");
        assert!(settled(&[], &[tcp(80)], 3, 2));
        assert!(!settled(&[80, 81], &[tcp(80)], 4, 2), "the other port may still come");
        assert!(settled(&[80, 81], &[tcp(80), tcp(81)], 4, 2));
        assert!(settled(&[80], &[tcp(3000)], 6, 5), "listens elsewhere");
        assert!(!settled(&[80], &[], 10, 10), "a slow start");
        assert!(settled(&[80], &[], 30, 30), "given up");
    }

    #[test]
    fn what_is_gone_is_told_apart_from_what_is_there() {
        let (mut last, mut earlier) = (BTreeSet::from(["sh", "app"]), BTreeSet::new());
        assert!(replace(&mut last, &mut earlier, BTreeSet::from(["app", "sed"])));
        assert!(replace(&mut last, &mut earlier, BTreeSet::from(["app", "sh"])));
        assert!(!replace(&mut last, &mut earlier, BTreeSet::from(["app", "sh"])));
        assert_eq!((last, earlier), (BTreeSet::from(["app", "sh"]), BTreeSet::from(["sed"])));
    }

    #[test]
    fn every_line_is_a_whole_report() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("net")).unwrap();
        let mut out = Vec::new();
        let order =
            LookOrder { watch_seconds: 0, asked: vec![HttpRequest { port: 1, path: "/".to_owned() }], ..order(&[]) };
        watch(&order, root.path(), &mut out).unwrap();
        let reports: Vec<LookReport> =
            String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(reports.len() >= 2);
        assert!(reports.last().unwrap().complete);
        assert!(matches!(reports.last().unwrap().http[0].answer, HttpAnswer::Failed { .. }));
    }
}
