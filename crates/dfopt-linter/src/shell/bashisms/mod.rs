//! Constructs that bash has and `sh` may lack, with what can be written instead.

mod commands;
mod nodes;

use dfopt_syntax::TextRange;

use super::{Shell, Tree};
use crate::Dialect;

/// A construct.
pub(crate) struct Bashism {
    /// ShellCheck's number for it.
    pub code: &'static str,
    pub range: TextRange,
    /// What it is.
    pub what: String,
    has: Has,
    /// Where ShellCheck has it begin, when that is elsewhere.
    pub peer_range: Option<TextRange>,
    /// What can be written instead, as edits of the text.
    pub rewrite: Vec<(TextRange, String)>,
}

/// Which shells besides bash have a construct.
#[derive(Clone, Copy)]
struct Has {
    dash: bool,
    /// dash since it has `pipefail`
    dash_pipefail: bool,
    ash: bool,
    /// `sh`, dash and BusyBox as ShellCheck has them.
    peer_posix: bool,
    peer_dash: bool,
    peer_ash: bool,
    is_told_by_peer_only: bool,
}

impl Bashism {
    fn new(code: &'static str, range: TextRange, what: impl Into<String>) -> Self {
        Bashism { code, range, what: what.into(), has: Has::of(code), peer_range: None, rewrite: Vec::new() }
    }

    fn with(mut self, has: impl FnOnce(&mut Has)) -> Self {
        has(&mut self.has);
        self
    }

    fn rewrite(mut self, range: TextRange, text: impl Into<String>) -> Self {
        self.rewrite.push((range, text.into()));
        self
    }

    /// Whether a shell lacks it, `None` when it is not known which shell it is and some lack it.
    pub fn is_lacking(&self, shell: Shell, dialect: Dialect) -> Option<bool> {
        if dialect == Dialect::Hadolint {
            return Some(match shell {
                Shell::Posix => !self.has.peer_posix,
                Shell::Dash | Shell::DashPipefail => !self.has.peer_dash,
                Shell::Ash => !self.has.peer_ash,
                Shell::Bash | Shell::Ksh => false,
            });
        }
        if self.has.is_told_by_peer_only {
            return Some(false);
        }
        match shell {
            Shell::Posix if self.has.dash => Some(false),
            Shell::Posix => None,
            Shell::Dash => Some(!self.has.dash),
            Shell::DashPipefail => Some(!self.has.dash_pipefail),
            Shell::Ash => Some(!self.has.ash),
            Shell::Bash | Shell::Ksh => Some(false),
        }
    }
}

impl Has {
    fn of(code: &str) -> Self {
        let dash = matches!(code, "SC3012" | "SC3013" | "SC3043");
        let ash = matches!(
            code,
            "SC3001"
                | "SC3003"
                | "SC3010"
                | "SC3012"
                | "SC3013"
                | "SC3014"
                | "SC3015"
                | "SC3018"
                | "SC3019"
                | "SC3020"
                | "SC3021"
                | "SC3023"
                | "SC3026"
                | "SC3033"
                | "SC3036"
                | "SC3037"
                | "SC3039"
                | "SC3040"
                | "SC3043"
                | "SC3046"
                | "SC3047"
                | "SC3048"
                | "SC3049"
                | "SC3057"
                | "SC3058"
                | "SC3060"
                | "SC3061"
                | "SC2112"
                | "SC2113"
        );
        let peer_dash = matches!(code, "SC3012" | "SC3013" | "SC3040" | "SC3041" | "SC3042" | "SC3043" | "SC3049");
        let peer_ash = peer_dash
            || matches!(
                code,
                "SC3003"
                    | "SC3010"
                    | "SC3014"
                    | "SC3020"
                    | "SC3036"
                    | "SC3037"
                    | "SC3046"
                    | "SC3048"
                    | "SC3057"
                    | "SC3058"
                    | "SC3060"
            );
        Has {
            dash,
            dash_pipefail: dash || code == "SC3040",
            ash,
            peer_posix: false,
            peer_dash,
            peer_ash,
            is_told_by_peer_only: false,
        }
    }
}

/// All of a text, in reading order.
pub(crate) fn bashisms(tree: &Tree) -> Vec<Bashism> {
    let mut found = Vec::new();
    for node in tree.nodes() {
        nodes::judge(tree, node, &mut found);
    }
    for cmd in &tree.commands {
        commands::judge(cmd, &mut found);
    }
    found.sort_by_key(|one| one.range.start());
    found
}
