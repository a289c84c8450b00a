//! Who made an image or container: what the label says, and whether that run is still alive.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use super::os;

/// Label of images and containers that go away with the run that made them. Its value names the run.
pub const RUN_LABEL: &str = "dev.dfopt.run";

/// Label of images that the user asked to keep.
pub const KEPT_LABEL: &str = "dev.dfopt.kept";

/// Labels that builds made here carry and that are no part of what a Dockerfile says: comparison ignores them.
pub const IGNORED_LABELS: [&str; 2] = [RUN_LABEL, KEPT_LABEL];

/// How long what a run on another machine left behind is taken for live.
const FOREIGN_LIFETIME_SECONDS: u64 = 24 * 60 * 60;

/// One run of this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Id of the run, unique among all.
    pub run: String,
    pub(crate) pid: u32,
    /// Start of the process, so that another process with the same number is not taken for it.
    pub(crate) start: u64,
    pub(crate) boot: String,
    /// Machine and process namespace.
    pub(crate) place: String,
    /// Unix seconds.
    pub(crate) since: u64,
}

impl Owner {
    /// The run that this process is.
    pub(crate) fn current() -> Self {
        let pid = std::process::id();
        let (start, boot, place) = (os::start_time(pid), os::boot_id(), os::place());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let run = short_hash(&[&boot, &place, &format!("{pid} {start} {count} {}", now.as_nanos())]);
        Self { run, pid, start, boot, place, since: now.as_secs() }
    }

    /// Reads a label's value; `None` when it was not written here, and then its bearer is left alone.
    pub(crate) fn parse(label: &str) -> Option<Self> {
        let mut fields = label.split(',').map(|field| field.split_once('='));
        let mut field = |name: &str| fields.next()?.filter(|(key, _)| *key == name).map(|(_, value)| value);
        let owner = Self {
            run: field("run")?.to_owned(),
            pid: field("pid")?.parse().ok()?,
            start: field("start")?.parse().ok()?,
            boot: field("boot")?.to_owned(),
            place: field("place")?.to_owned(),
            since: field("since")?.parse().ok()?,
        };
        Some(owner)
    }

    /// Whether that run has ended without cleaning up, as far as can be told from here.
    pub(crate) fn is_dead(&self, here: &Self) -> bool {
        if self.run == here.run {
            return false;
        }
        if self.place != here.place {
            // Another machine, or another container on this one: its processes cannot be seen from here.
            return here.since.saturating_sub(self.since) > FOREIGN_LIFETIME_SECONDS;
        }
        if self.boot != here.boot {
            return true;
        }
        !os::is_alive(self.pid) || os::start_time(self.pid) != self.start
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { run, pid, start, boot, place, since } = self;
        write!(to, "run={run},pid={pid},start={start},boot={boot},place={place},since={since}")
    }
}

/// Twelve hex digits that stand for the parts.
pub(crate) fn short_hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_label_reads_back_and_foreign_text_does_not() {
        let owner = Owner::current();
        assert_eq!(Owner::parse(&owner.to_string()), Some(owner));
        for text in [
            "",
            "run=1",
            "true",
            "run=1,pid=x,start=1,boot=b,place=p,since=1",
            "pid=1,run=1,start=1,boot=b,place=p,since=1",
        ] {
            assert_eq!(Owner::parse(text), None, "{text}");
        }
    }

    #[test]
    fn only_runs_known_to_have_ended_are_dead() {
        let here = Owner::current();
        let other = Owner::current();
        assert!(!here.is_dead(&here), "itself");
        assert!(!other.is_dead(&here), "another run of a live process");
        let edit = |change: &dyn Fn(&mut Owner)| {
            let mut owner = other.clone();
            change(&mut owner);
            owner.is_dead(&here)
        };
        assert!(edit(&|owner| owner.boot = "earlier".to_owned()), "before the last boot");
        assert!(edit(&|owner| owner.pid = 0x7fff_fff0), "no such process");
        if other.start != 0 {
            assert!(edit(&|owner| owner.start += 1), "the number was taken by another process");
        }
        assert!(!edit(&|owner| owner.place = "elsewhere".to_owned()), "another machine, young");
        assert!(
            !edit(&|owner| {
                owner.place = "elsewhere".to_owned();
                owner.boot = "its own".to_owned();
            }),
            "another machine, young"
        );
        assert!(
            edit(&|owner| {
                owner.place = "elsewhere".to_owned();
                owner.since -= 25 * 60 * 60;
            }),
            "another machine, old"
        );
    }
}
