//! What instructions and commands read and write, as sets of resources with laws that everything built on them relies on.
//!
//! A [`Footprint`] says what is surely touched and what is touched at most; joining two of them is a union, so it is
//! associative, commutative and idempotent. [`Effects::then`] is a sequence: it lies below the join, because what the
//! first part surely made is not read from outside by the second. Whoever knows more about a command only ever shrinks
//! the upper bound. `tests.rs` states these laws as properties.

pub mod artifacts;
mod builder;
pub mod caches;
mod of;
mod path;
mod resource;
mod state;
mod tool_effects;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;

use std::collections::BTreeSet;

pub use of::{effects_of, effects_of_command};
pub use path::{PathPattern, is_below, normalize};
pub use resource::Resource;
pub use state::{Env, InlineReader, Meant, State, Step, walk};

/// How sure it is that a resource is touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Access {
    /// It surely is.
    Exactly,
    /// It may be, and the bound is known.
    AtMost,
    /// Nothing is known, so it may be.
    Unknown,
}

/// A set of resources, from below and from above.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Footprint {
    surely: BTreeSet<Resource>,
    at_most: BTreeSet<Resource>,
    everything: bool,
}

impl Footprint {
    /// Nothing.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Anything at all.
    #[must_use]
    pub fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    /// Adds a resource that is surely touched.
    pub fn add(&mut self, resource: Resource) {
        self.at_most.insert(resource.clone());
        self.surely.insert(resource);
    }

    /// Adds a resource that may be touched.
    pub fn add_at_most(&mut self, resource: Resource) {
        self.at_most.insert(resource);
    }

    /// Adds a resource with the given certainty; `Unknown` makes everything possible.
    pub fn insert(&mut self, resource: Resource, access: Access) {
        match access {
            Access::Exactly => self.add(resource),
            Access::AtMost => self.add_at_most(resource),
            Access::Unknown => {
                self.add_at_most(resource);
                self.everything = true;
            }
        }
    }

    /// Gives up the upper bound.
    pub fn add_everything(&mut self) {
        self.everything = true;
    }

    /// The union of both.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let mut joined = self.clone();
        joined.surely.extend(other.surely.iter().cloned());
        joined.at_most.extend(other.at_most.iter().cloned());
        joined.everything |= other.everything;
        joined
    }

    /// The same upper bound, nothing sure.
    #[must_use]
    pub fn possibly(&self) -> Self {
        Self { surely: BTreeSet::new(), ..self.clone() }
    }

    /// True if nothing is touched.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        !self.everything && self.at_most.is_empty()
    }

    /// True if there is no upper bound.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.everything
    }

    /// What is surely touched.
    pub fn surely(&self) -> impl Iterator<Item = &Resource> {
        self.surely.iter()
    }

    /// What is touched at most, the sure part included; meaningless as a bound when [`Self::is_everything`].
    pub fn at_most(&self) -> impl Iterator<Item = &Resource> {
        self.at_most.iter()
    }

    /// How sure it is that `resource` or a part of it is touched; `None` if it is not.
    #[must_use]
    pub fn access(&self, resource: &Resource) -> Option<Access> {
        if self.surely.iter().any(|known| resource.covers(known) || known == resource) {
            Some(Access::Exactly)
        } else if self.at_most.iter().any(|known| known.overlaps(resource)) {
            Some(Access::AtMost)
        } else if self.everything {
            Some(Access::Unknown)
        } else {
            None
        }
    }

    /// True if some resource may be touched by both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        match (self.everything, other.everything) {
            (true, true) => true,
            (true, false) => !other.is_nothing(),
            (false, true) => !self.is_nothing(),
            (false, false) => self.at_most.iter().any(|mine| other.at_most.iter().any(|theirs| mine.overlaps(theirs))),
        }
    }

    /// True if everything that this may touch lies within what `other` may touch.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        other.everything
            || (!self.everything
                && self.at_most.iter().all(|mine| other.at_most.iter().any(|theirs| theirs.covers(mine))))
    }

    /// The paths among what is touched at most.
    pub fn paths(&self) -> impl Iterator<Item = &PathPattern> {
        self.at_most.iter().filter_map(|resource| match resource {
            Resource::Path(path) => Some(path),
            _ => None,
        })
    }

    /// Keeps the resources that `keep` accepts; the sure and the upper part alike.
    pub fn retain(&mut self, keep: impl Fn(&Resource) -> bool) {
        self.surely.retain(&keep);
        self.at_most.retain(&keep);
    }

    /// Removes what a sure write makes certain to come from inside.
    fn without_made(&self, made: &Self) -> Self {
        let mut rest = self.clone();
        rest.retain(|resource| !(resource.is_single() && made.surely.contains(resource)));
        rest
    }
}

/// What an instruction, a command or a script reads and writes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Effects {
    /// What its outcome depends on.
    pub reads: Footprint,
    /// What it changes.
    pub writes: Footprint,
}

impl Effects {
    /// No effect.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Any effect: what is said of a command that is not understood.
    #[must_use]
    pub fn unknown() -> Self {
        Self { reads: Footprint::everything(), writes: Footprint::everything() }
    }

    /// The union of both.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        Self { reads: self.reads.join(&other.reads), writes: self.writes.join(&other.writes) }
    }

    /// First this, then `next`: a file or variable that this surely wrote is not read from outside by `next`.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        Self { reads: self.reads.join(&next.reads.without_made(&self.writes)), writes: self.writes.join(&next.writes) }
    }

    /// The same effects, none of them sure: for what may not run.
    #[must_use]
    pub fn possibly(&self) -> Self {
        Self { reads: self.reads.possibly(), writes: self.writes.possibly() }
    }

    /// True if every effect of this is allowed for by `other`.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.reads.is_within(&other.reads) && self.writes.is_within(&other.writes)
    }

    /// True if the order of the two may matter: one writes what the other reads or writes.
    #[must_use]
    pub fn conflicts_with(&self, other: &Self) -> bool {
        self.writes.overlaps(&other.reads) || self.writes.overlaps(&other.writes) || other.writes.overlaps(&self.reads)
    }

    /// True if `later` may read what this writes.
    #[must_use]
    pub fn feeds(&self, later: &Self) -> bool {
        self.writes.overlaps(&later.reads)
    }
}
