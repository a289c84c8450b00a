//! Collects the effects of one command.

use super::Effects;
use super::path::{PathPattern, normalize};
use super::resource::Resource;
use super::state::State;
use crate::command::{RedirectOp, Value, Word};

/// Collects the effects of one command.
pub(super) struct Builder<'s, 'a> {
    pub(super) state: &'s State<'a>,
    pub(super) effects: Effects,
}

impl<'s, 'a> Builder<'s, 'a> {
    pub(super) fn new(state: &'s State<'a>) -> Self {
        Self { state, effects: Effects::none() }
    }

    pub(super) fn expands(&mut self, word: &Word) {
        for name in word.variables() {
            self.effects.reads.add(Resource::variable(&name));
        }
    }

    pub(super) fn redirect(&mut self, op: RedirectOp, target: &Word) {
        match op {
            RedirectOp::HereDocument => {
                // In a here-document quotes do not protect a variable.
                let plain = Word::from_raw(&target.raw.replace('\'', ""), 0);
                if target.value.is_none() {
                    self.expands(&plain);
                }
            }
            RedirectOp::HereString | RedirectOp::Duplicate => {}
            RedirectOp::Read => self.read(Value::whole(target)),
            RedirectOp::Write | RedirectOp::WriteBoth => self.write(Value::whole(target)),
            RedirectOp::Append | RedirectOp::AppendBoth | RedirectOp::ReadWrite => {
                self.change(Value::whole(target));
            }
        }
    }

    /// Adds a path that is surely read, unless it is only known from above.
    pub(super) fn read(&mut self, value: Value<'_>) {
        let pattern = self.state.pattern(value);
        match pattern.as_literal() {
            Some(_) => self.effects.reads.add(Resource::Path(pattern)),
            None => self.effects.reads.add_at_most(Resource::Path(pattern)),
        }
    }

    pub(super) fn read_tree(&mut self, value: Value<'_>) {
        let pattern = self.state.pattern(value).with_everything_below();
        self.effects.reads.add_at_most(Resource::Path(pattern));
    }

    /// Adds a path that is surely made anew, unless it is only known from above.
    pub(super) fn write(&mut self, value: Value<'_>) {
        let pattern = self.state.pattern(value);
        // A device swallows what is written.
        if pattern.is_below("/dev") || pattern.is_below("/proc") {
            return;
        }
        match pattern.as_literal() {
            Some(_) => self.effects.writes.add(Resource::Path(pattern)),
            None => self.effects.writes.add_at_most(Resource::Path(pattern)),
        }
    }

    pub(super) fn write_tree(&mut self, value: Value<'_>) {
        let pattern = self.state.pattern(value).with_everything_below();
        self.effects.writes.add_at_most(Resource::Path(pattern));
    }

    /// Adds a path that is written but keeps something of what it was.
    pub(super) fn change(&mut self, value: Value<'_>) {
        let pattern = self.state.pattern(value);
        if pattern.is_below("/dev") || pattern.is_below("/proc") {
            return;
        }
        self.effects.reads.add_at_most(Resource::Path(pattern.clone()));
        match pattern.as_literal() {
            Some(_) => self.effects.writes.add(Resource::Path(pattern)),
            None => self.effects.writes.add_at_most(Resource::Path(pattern)),
        }
    }

    pub(super) fn change_tree(&mut self, value: Value<'_>) {
        let pattern = Resource::Path(self.state.pattern(value).with_everything_below());
        self.effects.reads.add_at_most(pattern.clone());
        self.effects.writes.add_at_most(pattern);
    }

    pub(super) fn may_read(&mut self, patterns: &[&str]) {
        for pattern in patterns {
            self.effects.reads.add_at_most(Resource::path(pattern));
        }
    }

    pub(super) fn may_write(&mut self, patterns: &[&str]) {
        for pattern in patterns {
            self.effects.writes.add_at_most(Resource::path(pattern));
        }
    }

    pub(super) fn may_change(&mut self, patterns: &[&str]) {
        self.may_read(patterns);
        self.may_write(patterns);
    }

    pub(super) fn may_read_pattern(&mut self, pattern: PathPattern) {
        self.effects.reads.add_at_most(Resource::Path(pattern));
    }

    pub(super) fn may_write_pattern(&mut self, pattern: PathPattern) {
        self.effects.writes.add_at_most(Resource::Path(pattern));
    }

    pub(super) fn may_change_pattern(&mut self, pattern: PathPattern) {
        self.may_read_pattern(pattern.clone());
        self.may_write_pattern(pattern);
    }

    /// Caches and settings below the home directory, read and written.
    pub(super) fn home(&mut self, below: &[&str]) {
        for part in below {
            let pattern = match self.state.home() {
                Some(home) => PathPattern::tree(&normalize(part, &home)),
                None => PathPattern::any(),
            };
            self.may_change_pattern(pattern);
        }
    }

    /// Settings below the home directory that are only read.
    pub(super) fn home_reads(&mut self, below: &[&str]) {
        for part in below {
            let pattern = match self.state.home() {
                Some(home) => PathPattern::tree(&normalize(part, &home)),
                None => PathPattern::any(),
            };
            self.may_read_pattern(pattern);
        }
    }

    /// The directory the command works in, or the one it is told.
    pub(super) fn base(&self, told: Option<Value<'_>>) -> Option<String> {
        match told {
            Some(value) => self.state.path(value),
            None => self.state.cwd.clone(),
        }
    }

    /// That directory with all below.
    pub(super) fn directory(&self, told: Option<Value<'_>>) -> PathPattern {
        match told {
            Some(value) => self.state.pattern(value).with_everything_below(),
            None => match &self.state.cwd {
                Some(cwd) => PathPattern::tree(cwd),
                None => PathPattern::any(),
            },
        }
    }

    pub(super) fn variables(&mut self, names: &[&str]) {
        for name in names {
            self.effects.reads.add_at_most(Resource::variable(name));
        }
    }

    pub(super) fn network(&mut self) {
        self.effects.reads.add_at_most(Resource::Network);
        self.variables(&[
            "http_proxy",
            "https_proxy",
            "ftp_proxy",
            "all_proxy",
            "no_proxy",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "FTP_PROXY",
            "ALL_PROXY",
            "NO_PROXY",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
        ]);
    }
}
