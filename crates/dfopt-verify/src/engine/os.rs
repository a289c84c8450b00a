//! The few things that differ between operating systems: process groups, who is alive, which boot this is.

use std::process::{Child, Command};

/// Puts the command into a process group of its own: Ctrl-C on the terminal reaches this process alone, which then decides.
#[cfg(unix)]
pub(crate) fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
pub(crate) fn own_group(_command: &mut Command) {}

/// Kills the child and everything in its process group.
#[cfg(unix)]
pub(crate) fn kill_group(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    // A group that is already gone is what was wanted.
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    drop(child.kill());
}

#[cfg(not(unix))]
pub(crate) fn kill_group(child: &mut Child) {
    drop(child.kill());
}

/// Whether a process with this id exists.
#[cfg(unix)]
pub(crate) fn is_alive(pid: u32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    match i32::try_from(pid).ok().and_then(Pid::from_raw).map(test_kill_process) {
        Some(Ok(())) => true,
        // Not ours to signal, but there.
        Some(Err(error)) => error == rustix::io::Errno::PERM,
        None => false,
    }
}

#[cfg(not(unix))]
pub(crate) fn is_alive(_pid: u32) -> bool {
    true
}

/// When a process was started, in the kernel's own count since boot; 0 where that cannot be told.
pub(crate) fn start_time(pid: u32) -> u64 {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .ok()
        .and_then(|stat| {
            // The second field is the program's name in parentheses and may hold anything, the start time is the 22nd.
            let (_, rest) = stat.rsplit_once(')')?;
            rest.split_whitespace().nth(19)?.parse().ok()
        })
        .unwrap_or(0)
}

/// An id that changes with each boot of the machine.
pub(crate) fn boot_id() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|id| id.trim().replace('-', ""))
        .ok()
        .or_else(|| {
            let output = Command::new("sysctl").args(["-n", "kern.bootsessionuuid"]).output().ok()?;
            Some(String::from_utf8_lossy(&output.stdout).trim().replace('-', ""))
        })
        .map(|id| id.chars().filter(char::is_ascii_alphanumeric).take(32).collect::<String>())
        .filter(|id| !id.is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}

/// What tells this machine and this set of process ids from others that may use the same engine.
pub(crate) fn place() -> String {
    let machine = ["/etc/machine-id", "/proc/sys/kernel/hostname"]
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap_or_default())
        .collect::<String>();
    let machine = if machine.trim().is_empty() {
        std::env::var("HOSTNAME").or_else(|_| std::env::var("COMPUTERNAME")).unwrap_or_default()
    } else {
        machine
    };
    let processes = std::fs::read_link("/proc/self/ns/pid").map(|link| link.display().to_string()).unwrap_or_default();
    super::owner::short_hash(&[&machine, &processes])
}
