//! Reads what the kernel says about processes and sockets in `/proc`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use crate::run::{ListeningSocket, SeenProcess};

/// One look at everything.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    pub(super) processes: Vec<SeenProcess>,
    pub(super) mapped: BTreeSet<String>,
    pub(super) unreadable: BTreeSet<u32>,
}

/// The first process and its descendants; what an engine started beside them (this probe, a health check) has no parent in
/// this namespace and is left out.
pub(super) fn snapshot(root: &Path) -> Snapshot {
    let mut parents = BTreeMap::new();
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // A process may end between any two reads.
        if let Ok(status) = fs::read_to_string(entry.path().join("status")) {
            parents.insert(pid, Status::parse(&status));
        }
    }
    let mut seen = Snapshot::default();
    for (&pid, status) in &parents {
        if status.is_zombie || !descends_from_first(pid, &parents) {
            continue;
        }
        let folder = root.join(pid.to_string());
        let argv = words(&fs::read(folder.join("cmdline")).unwrap_or_default());
        let link = |name: &str| fs::read_link(folder.join(name)).map(|path| path.to_string_lossy().into_owned());
        let exe = link("exe");
        if is_starting(exe.as_deref().unwrap_or_default(), &argv) {
            continue;
        }
        match fs::read(folder.join("maps")) {
            Ok(maps) => seen.mapped.extend(mapped_files(&String::from_utf8_lossy(&maps))),
            Err(_) => drop(seen.unreadable.insert(pid)),
        }
        seen.processes.push(SeenProcess {
            exe: exe.unwrap_or_default().trim_end_matches(" (deleted)").to_owned(),
            argv,
            uid: status.uid,
            gid: status.gid,
            cwd: link("cwd").unwrap_or_default(),
        });
    }
    seen
}

/// The runtime's own process just before it becomes the program.
fn is_starting(exe: &str, argv: &[String]) -> bool {
    exe.starts_with("/memfd:runc")
        || exe.starts_with("/memfd:crun")
        || matches!(argv, [program, init, ..] if program.ends_with("runc") && init == "init")
}

fn descends_from_first(pid: u32, processes: &BTreeMap<u32, Status>) -> bool {
    let mut at = pid;
    // Bounded: a parent chain read while processes come and go may have a loop.
    for _ in 0..processes.len() + 1 {
        match at {
            1 => return true,
            0 => return false,
            _ => match processes.get(&at) {
                Some(status) => at = status.parent,
                None => return false,
            },
        }
    }
    false
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Status {
    parent: u32,
    uid: u32,
    gid: u32,
    is_zombie: bool,
}

impl Status {
    fn parse(text: &str) -> Self {
        let mut status = Self::default();
        for line in text.lines() {
            let Some((name, value)) = line.split_once(':') else { continue };
            // Real, effective, saved, file system: the second counts.
            let effective = || value.split_whitespace().nth(1).and_then(|id| id.parse().ok()).unwrap_or_default();
            match name {
                "PPid" => status.parent = value.trim().parse().unwrap_or_default(),
                "Uid" => status.uid = effective(),
                "Gid" => status.gid = effective(),
                "State" => status.is_zombie = value.trim_start().starts_with(['Z', 'X']),
                _ => {}
            }
        }
        status
    }
}

fn words(cmdline: &[u8]) -> Vec<String> {
    let cmdline = cmdline.strip_suffix(&[0]).unwrap_or(cmdline);
    if cmdline.is_empty() {
        return Vec::new();
    }
    cmdline.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

/// Mappings that look like files and are none, or that the loader makes for a moment only.
const NOT_FILES: [&str; 6] = ["/memfd:", "/SYSV", "/dev/", "/[aio]", "/dfopt-probe/", "/etc/ld.so.cache"];

/// Names of the regular files in a `maps` listing, sorted, each once.
pub(super) fn mapped_files(maps: &str) -> BTreeSet<String> {
    maps.lines()
        .filter_map(|line| {
            // address perms offset dev inode path; memory without a file has inode 0.
            let mut rest = line;
            for field in 0..5 {
                let (word, after) = rest.trim_start().split_once([' ', '\t'])?;
                if field == 4 && word == "0" {
                    return None;
                }
                rest = after;
            }
            let path = rest.trim_start().trim_end_matches(" (deleted)");
            let is_file = path.starts_with('/') && !NOT_FILES.iter().any(|start| path.starts_with(start));
            is_file.then(|| path.replace("\\012", "\n"))
        })
        .collect()
}

/// Sockets that wait for peers, sorted.
pub(super) fn sockets(root: &Path) -> Vec<ListeningSocket> {
    let mut sockets: Vec<_> = ["tcp", "tcp6", "udp", "udp6"]
        .iter()
        .flat_map(|protocol| {
            let table = fs::read_to_string(root.join("net").join(protocol)).unwrap_or_default();
            waiting_sockets(protocol, &table)
        })
        .collect();
    sockets.extend(waiting_files(&fs::read_to_string(root.join("net/unix")).unwrap_or_default()));
    sockets.sort();
    sockets.dedup();
    sockets
}

fn waiting_sockets(protocol: &str, table: &str) -> Vec<ListeningSocket> {
    // TCP: state 0A is LISTEN. UDP: state 07 is unconnected.
    let waiting = if protocol.starts_with("tcp") { "0A" } else { "07" };
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.split_whitespace().skip(1);
            let local = fields.next()?;
            let state = fields.nth(1)?;
            let (address, port) = local.split_once(':')?;
            let address = parse_address(address)?;
            // The engine's own name server in a container.
            let is_resolver = address == IpAddr::V4(Ipv4Addr::new(127, 0, 0, 11));
            (state == waiting && !is_resolver).then_some(())?;
            Some(ListeningSocket {
                protocol: protocol.to_owned(),
                address: address.to_string(),
                port: u16::from_str_radix(port, 16).ok()?,
            })
        })
        .collect()
}

/// Sockets with a name in the file system that wait for peers.
fn waiting_files(table: &str) -> Vec<ListeningSocket> {
    let accepting = 1 << 16;
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            // Num RefCount Protocol Flags Type St Inode Path
            let mut rest = line;
            let mut flags = 0;
            for field in 0..7 {
                let (word, after) = rest.trim_start().split_once(' ')?;
                if field == 3 {
                    flags = u32::from_str_radix(word, 16).ok()?;
                }
                rest = after;
            }
            (flags & accepting != 0 && rest.starts_with('/')).then(|| ListeningSocket {
                protocol: "unix".to_owned(),
                address: rest.to_owned(),
                port: 0,
            })
        })
        .collect()
}

/// Groups of 32 bits, each printed as a number in the machine's byte order.
fn parse_address(hex: &str) -> Option<IpAddr> {
    let word = |at: usize| {
        let digits = hex.get(at * 8..at * 8 + 8)?;
        Some(u32::from_str_radix(digits, 16).ok()?.to_ne_bytes())
    };
    match hex.len() {
        8 => Some(IpAddr::V4(Ipv4Addr::from(word(0)?))),
        32 => {
            let mut bytes = [0; 16];
            for at in 0..4 {
                bytes[at * 4..at * 4 + 4].copy_from_slice(&word(at)?);
            }
            Some(IpAddr::V6(Ipv6Addr::from(bytes)))
        }
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[cfg(target_endian = "little")]
    #[test]
    fn listening_sockets_are_read_and_connections_are_not() {
        let tcp = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
            0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n   \
            1: 0B00007F:8A2F 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0\n   \
            2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 20 4 30 10 -1\n";
        let found = waiting_sockets("tcp", tcp);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].address.as_str(), found[0].port), ("0.0.0.0", 8080));
        let tcp6 = "header\n 0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0 0 0\n";
        let found = waiting_sockets("tcp6", tcp6);
        assert_eq!((found[0].address.as_str(), found[0].port), ("::1", 80));
        assert!(waiting_sockets("tcp", "header\n garbage\n 0: zz:zz 0 0A\n").is_empty());
    }

    #[test]
    fn sockets_in_the_file_system_are_read() {
        let table = "Num       RefCount Protocol Flags    Type St Inode Path\n\
            0000000000000000: 00000002 00000000 00010000 0001 01 80551 /run/php/php-fpm.sock\n\
            0000000000000000: 00000003 00000000 00000000 0001 03 80552 /run/php/php-fpm.sock\n\
            0000000000000000: 00000002 00000000 00010000 0001 01 80553 @abstract\n\
            0000000000000000: 00000002 00000000 00010000 0001 01 80554\n";
        let found = waiting_files(table);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].protocol.as_str(), found[0].address.as_str()), ("unix", "/run/php/php-fpm.sock"));
    }

    #[test]
    fn mapped_files_are_files() {
        let maps = "7f00-7f01 r-xp 00000000 08:01 42   /lib/x86_64-linux-gnu/libc.so.6\n\
            7f01-7f02 rw-p 00000000 00:00 0 \n\
            7f02-7f03 rw-p 00000000 00:00 0   [heap]\n\
            7f03-7f04 r--p 00001000 08:01 43   /opt/with space/a.so (deleted)\n\
            7f03-7f04 rw-s 00001000 00:01 43   /dev/zero (deleted)\n\
            7f04-7f05 r--p 00000000 08:01 42   /lib/x86_64-linux-gnu/libc.so.6\nshort line\n";
        assert_eq!(
            mapped_files(maps).into_iter().collect::<Vec<_>>(),
            ["/lib/x86_64-linux-gnu/libc.so.6", "/opt/with space/a.so"]
        );
    }

    #[test]
    fn only_the_program_and_its_descendants_are_looked_at() {
        let root = tempfile::tempdir().unwrap();
        for (pid, parent, state, argv) in [
            (1, 0, "S (sleeping)", "/app\0serve\0"),
            (7, 1, "S (sleeping)", "/job\0"),
            (8, 7, "Z (zombie)", ""),
            (20, 0, "R (running)", "/dfopt-probe/dfopt\0__probe\0"),
            (21, 20, "R (running)", "/check\0"),
            (30, 31, "S (sleeping)", "/orphan-of-the-unknown\0"),
            (40, 41, "S (sleeping)", "/loop\0"),
            (41, 40, "S (sleeping)", "/loop\0"),
        ] {
            let folder = root.path().join(pid.to_string());
            fs::create_dir(&folder).unwrap();
            fs::write(
                folder.join("status"),
                format!("Name:\tx\nState:\t{state}\nPPid:\t{parent}\nUid:\t0\t33\t0\t0\nGid:\t0\t34\t0\t0\n"),
            )
            .unwrap();
            fs::write(folder.join("cmdline"), argv).unwrap();
            fs::write(folder.join("maps"), "1-2 r-xp 0 08:01 9 /app\n").unwrap();
        }
        fs::create_dir(root.path().join("self")).unwrap();
        let seen = snapshot(root.path());
        let argv: Vec<_> = seen.processes.iter().map(|process| process.argv.join(" ")).collect();
        assert_eq!(argv, ["/app serve", "/job"]);
        assert_eq!((seen.processes[0].uid, seen.processes[0].gid), (33, 34));
        assert_eq!(seen.mapped.into_iter().collect::<Vec<_>>(), ["/app"]);
    }
}
