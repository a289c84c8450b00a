//! The flags that instructions have.

use dfopt_syntax::ast::{Healthcheck, Instruction};

/// What a flag takes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FlagKind {
    /// Nothing, `true` or `false`.
    Switch,
    /// A value, once.
    Value,
    /// A value, as often as wanted.
    List,
}

/// A flag of an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FlagSpec {
    /// Its name, without dashes.
    pub name: &'static str,
    /// What it takes.
    pub kind: FlagKind,
    /// The release 1.x of the frontend that brought it, 0 for those that were always there.
    pub since: u32,
    /// The release 1.x-labs that had it first, if there was one.
    pub since_labs: Option<u32>,
}

const fn flag(name: &'static str, kind: FlagKind, since: u32) -> FlagSpec {
    FlagSpec { name, kind, since, since_labs: None }
}

const fn labs(name: &'static str, kind: FlagKind, since: u32, since_labs: u32) -> FlagSpec {
    FlagSpec { name, kind, since, since_labs: Some(since_labs) }
}

const FROM: &[FlagSpec] = &[flag("platform", FlagKind::Value, 0)];

const RUN: &[FlagSpec] = &[
    flag("mount", FlagKind::List, 2),
    flag("network", FlagKind::Value, 3),
    labs("security", FlagKind::Value, 20, 1),
    labs("device", FlagKind::List, 27, 14),
];

const COPY: &[FlagSpec] = &[
    flag("from", FlagKind::Value, 0),
    flag("chown", FlagKind::Value, 0),
    flag("chmod", FlagKind::Value, 2),
    flag("link", FlagKind::Switch, 4),
    labs("exclude", FlagKind::List, 19, 7),
    labs("parents", FlagKind::Switch, 20, 7),
];

const ADD: &[FlagSpec] = &[
    flag("chown", FlagKind::Value, 0),
    flag("keep-git-dir", FlagKind::Switch, 1),
    flag("chmod", FlagKind::Value, 2),
    flag("link", FlagKind::Switch, 4),
    flag("checksum", FlagKind::Value, 6),
    flag("unpack", FlagKind::Switch, 17),
    labs("exclude", FlagKind::List, 19, 7),
];

const HEALTHCHECK: &[FlagSpec] = &[
    flag("interval", FlagKind::Value, 0),
    flag("timeout", FlagKind::Value, 0),
    flag("start-period", FlagKind::Value, 0),
    flag("start-interval", FlagKind::Value, 0),
    flag("retries", FlagKind::Value, 0),
];

/// The flags that an instruction has.
#[must_use]
pub fn flags_of(ast: &Instruction) -> &'static [FlagSpec] {
    match ast {
        Instruction::From(_) => FROM,
        Instruction::Run(_) => RUN,
        Instruction::Copy(_) => COPY,
        Instruction::Add(_) => ADD,
        Instruction::Healthcheck(_) => HEALTHCHECK,
        _ => &[],
    }
}

/// The flag of that name, in exactly this case.
#[must_use]
pub fn flag_of(ast: &Instruction, name: &str) -> Option<&'static FlagSpec> {
    flags_of(ast).iter().find(|spec| spec.name == name)
}

/// Whether the builder drops all flags of the instruction without looking at them.
#[must_use]
pub fn drops_flags(ast: &Instruction) -> bool {
    match ast {
        Instruction::Arg(_) | Instruction::Stopsignal(_) => true,
        Instruction::Healthcheck(healthcheck) => Healthcheck::is_none(healthcheck),
        _ => false,
    }
}
