//! Values of `RUN --mount` and `RUN --device`: one CSV record each, read into fields with exact places.
//!
//! The text is the flag's value after flag quoting has been removed; all ranges are in it.

mod csv;
mod device;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use csv::{Field, FieldText, parse_fields};
pub use device::{Device, parse_device};

use crate::suggest;

/// The types of a mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MountKind {
    /// `bind`, the default.
    Bind,
    /// `cache`
    Cache,
    /// `tmpfs`
    Tmpfs,
    /// `secret`
    Secret,
    /// `ssh`
    Ssh,
}

impl MountKind {
    const NAMES: [&str; 5] = ["bind", "cache", "tmpfs", "secret", "ssh"];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            MountKind::Bind => "bind",
            MountKind::Cache => "cache",
            MountKind::Tmpfs => "tmpfs",
            MountKind::Secret => "secret",
            MountKind::Ssh => "ssh",
        }
    }

    fn parse(text: &str) -> Option<MountKind> {
        Some(match text.to_lowercase().as_str() {
            "bind" => MountKind::Bind,
            "cache" => MountKind::Cache,
            "tmpfs" => MountKind::Tmpfs,
            "secret" => MountKind::Secret,
            "ssh" => MountKind::Ssh,
            _ => return None,
        })
    }
}

/// The keys of a mount, synonyms folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MountKey {
    /// `type`
    Type,
    /// `target`, `dst`, `destination`
    Target,
    /// `source`, `src`
    Source,
    /// `from`
    From,
    /// `ro`, `readonly`
    ReadOnly,
    /// `rw`, `readwrite`
    ReadWrite,
    /// `id`
    Id,
    /// `sharing`
    Sharing,
    /// `size`
    Size,
    /// `required`
    Required,
    /// `mode`
    Mode,
    /// `uid`
    Uid,
    /// `gid`
    Gid,
    /// `env`
    Env,
}

impl MountKey {
    /// Every spelling of every key.
    pub const SPELLINGS: [&str; 19] = [
        "destination",
        "dst",
        "env",
        "from",
        "gid",
        "id",
        "mode",
        "readonly",
        "readwrite",
        "required",
        "ro",
        "rw",
        "sharing",
        "size",
        "source",
        "src",
        "target",
        "type",
        "uid",
    ];

    /// The key that `text`, in any case, spells.
    pub fn parse(text: &str) -> Option<MountKey> {
        Some(match text.to_lowercase().as_str() {
            "type" => MountKey::Type,
            "target" | "dst" | "destination" => MountKey::Target,
            "source" | "src" => MountKey::Source,
            "from" => MountKey::From,
            "ro" | "readonly" => MountKey::ReadOnly,
            "rw" | "readwrite" => MountKey::ReadWrite,
            "id" => MountKey::Id,
            "sharing" => MountKey::Sharing,
            "size" => MountKey::Size,
            "required" => MountKey::Required,
            "mode" => MountKey::Mode,
            "uid" => MountKey::Uid,
            "gid" => MountKey::Gid,
            "env" => MountKey::Env,
            _ => return None,
        })
    }
}

/// What a key does in a mount of some type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRole {
    /// It has its documented meaning.
    Used,
    /// The mount does not work without it, unless WORKDIR is not `/`.
    Required,
    /// It is accepted without effect.
    NoEffect,
    /// The builder refuses it.
    Refused,
}

/// What `key` does in a mount of type `kind`.
pub fn key_role(kind: MountKind, key: MountKey) -> KeyRole {
    use KeyRole::{NoEffect, Refused, Required, Used};
    use MountKind::{Bind, Cache, Secret, Ssh, Tmpfs};
    match (key, kind) {
        (MountKey::Type, _) => Used,
        (MountKey::Target, Bind | Cache | Tmpfs) => Required,
        (MountKey::Target, _) => Used,
        (MountKey::Source, Bind | Cache | Secret) => Used,
        (MountKey::Source, Ssh) => Refused,
        (MountKey::From, Bind | Cache) => Used,
        (MountKey::From, Secret) => Refused,
        (MountKey::ReadOnly | MountKey::ReadWrite, Bind | Cache | Tmpfs) => Used,
        (MountKey::Id, Cache | Secret | Ssh) => Used,
        (MountKey::Sharing, Cache) | (MountKey::Size, Tmpfs) => Used,
        (MountKey::Sharing | MountKey::Size, _) => Refused,
        (MountKey::Required, Secret | Ssh) => Used,
        (MountKey::Required, _) => Refused,
        (MountKey::Mode | MountKey::Uid | MountKey::Gid, Cache | Secret | Ssh) => Used,
        (MountKey::Mode | MountKey::Uid | MountKey::Gid, _) => Refused,
        (MountKey::Env, Secret) => Used,
        _ => NoEffect,
    }
}

/// How a cache is shared by builds at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sharing {
    /// Used by all at once; the default.
    Shared,
    /// Each build has one of its own.
    Private,
    /// One build waits for the other.
    Locked,
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value, `None` when it depends on an unknown variable or is faulty.
    pub value: Option<T>,
    /// Its place.
    pub range: Range<usize>,
}

/// A mount, read; keys given twice have their last value, absent ones are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mount {
    /// Its type; absent means bind.
    pub kind: Option<Spanned<MountKind>>,
    /// `target`
    pub target: Option<Spanned<String>>,
    /// `source`
    pub source: Option<Spanned<String>>,
    /// `from`
    pub from: Option<Spanned<String>>,
    /// `ro` or `rw`, as "read-only".
    pub read_only: Option<Spanned<bool>>,
    /// `id`
    pub id: Option<Spanned<String>>,
    /// `sharing`
    pub sharing: Option<Spanned<Sharing>>,
    /// `size` in bytes.
    pub size: Option<Spanned<u64>>,
    /// `required`
    pub required: Option<Spanned<bool>>,
    /// `mode`
    pub mode: Option<Spanned<u32>>,
    /// `uid`
    pub uid: Option<Spanned<u32>>,
    /// `gid`
    pub gid: Option<Spanned<u32>>,
    /// `env`
    pub env: Option<Spanned<String>>,
    /// All fields as written.
    pub fields: Vec<Field>,
    /// What the builder refuses, in the order of reading.
    pub errors: Vec<MountError>,
}

/// Why a mount or device is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MountError {
    /// An empty flag value.
    Empty {
        /// The empty place.
        range: Range<usize>,
    },
    /// A `"` inside a field that does not begin with one.
    BareQuote {
        /// The quote.
        range: Range<usize>,
    },
    /// A quoted field without its closing quote, or with text behind it.
    UnclosedQuote {
        /// The opening quote.
        range: Range<usize>,
    },
    /// A field without `=` that is no bare word.
    MissingValue {
        /// The field; empty after a trailing comma.
        range: Range<usize>,
        /// The bare word or key that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// An unknown key.
    UnknownKey {
        /// The key.
        range: Range<usize>,
        /// The key that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// An unknown mount type.
    UnknownType {
        /// The type.
        range: Range<usize>,
        /// The type that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// A sharing mode other than shared, private and locked.
    UnknownSharing {
        /// The mode.
        range: Range<usize>,
        /// The mode that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// A value of a form that the key does not take.
    BadValue {
        /// The value.
        range: Range<usize>,
        /// What the key takes.
        expected: Expected,
    },
    /// A variable in `from`.
    VariableInFrom {
        /// From the `$` on.
        range: Range<usize>,
    },
    /// A key that the mount's type has no use for.
    KeyNotAllowed {
        /// The field.
        range: Range<usize>,
        /// The key.
        key: MountKey,
        /// The type in force at that field.
        kind: MountKind,
    },
    /// `size` or `required` before the `type` that allows it.
    KeyBeforeType {
        /// The field.
        range: Range<usize>,
        /// The key.
        key: MountKey,
    },
    /// A secret with none of id, source and target.
    SecretWithoutName {
        /// The whole value.
        range: Range<usize>,
    },
    /// A secret with both id and source.
    IdAndSource {
        /// The later one's value.
        range: Range<usize>,
    },
    /// A device named twice.
    SecondName {
        /// The later name.
        range: Range<usize>,
    },
}

impl MountError {
    /// The smallest range to mark.
    pub fn range(&self) -> &Range<usize> {
        match self {
            MountError::Empty { range }
            | MountError::BareQuote { range }
            | MountError::UnclosedQuote { range }
            | MountError::MissingValue { range, .. }
            | MountError::UnknownKey { range, .. }
            | MountError::UnknownType { range, .. }
            | MountError::UnknownSharing { range, .. }
            | MountError::BadValue { range, .. }
            | MountError::VariableInFrom { range }
            | MountError::KeyNotAllowed { range, .. }
            | MountError::KeyBeforeType { range, .. }
            | MountError::SecretWithoutName { range }
            | MountError::IdAndSource { range }
            | MountError::SecondName { range } => range,
        }
    }

    /// Whether it is refused when the file is read; the others only when the instruction is executed.
    pub fn is_lexical(&self) -> bool {
        matches!(
            self,
            MountError::Empty { .. }
                | MountError::BareQuote { .. }
                | MountError::UnclosedQuote { .. }
                | MountError::VariableInFrom { .. }
        )
    }
}

/// The form a value must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// `true`, `false`, `1`, `0`, `t`, `f` and the capital forms.
    Boolean,
    /// A number of bytes with an optional unit.
    Size,
    /// An octal number.
    Octal,
    /// A decimal number.
    Decimal,
}

/// Reads a `--mount` value. `expand` gives the value of a field's text, `None` if it is not known.
pub fn parse_mount(text: &str, expand: &dyn Fn(&str) -> Option<String>) -> Mount {
    let (fields, errors) = parse_fields(text);
    let mut mount = Mount { errors, ..Mount::default() };
    for field in &fields {
        mount.read(field, expand);
    }
    mount.fields = fields;
    mount.check_whole(text);
    mount
}

impl Mount {
    /// The type; `None` if it cannot be known.
    pub fn effective_kind(&self) -> Option<MountKind> {
        match &self.kind {
            None => Some(MountKind::Bind),
            Some(kind) => kind.value,
        }
    }

    /// Whether the command can change what is mounted; `None` if it cannot be known.
    pub fn is_read_only(&self) -> Option<bool> {
        match &self.read_only {
            Some(read_only) => read_only.value,
            None => self.effective_kind().map(|kind| !matches!(kind, MountKind::Cache | MountKind::Tmpfs)),
        }
    }

    /// The cleaned absolute path it is mounted at under `workdir`, `None` if it cannot be known. For a bind, a cache and a
    /// tmpfs `/` is an error.
    pub fn mounted_at(&self, workdir: &str) -> Option<String> {
        let target = match &self.target {
            Some(target) => target.value.as_deref()?,
            None => match self.effective_kind()? {
                MountKind::Secret => return self.secret_name().map(|name| format!("/run/secrets/{name}")),
                MountKind::Ssh => return None,
                _ => "",
            },
        };
        Some(crate::context::join_clean(workdir, target))
    }

    /// The file name of a secret without target: the base name of its id or source.
    fn secret_name(&self) -> Option<String> {
        let id = self.id.as_ref().or(self.source.as_ref())?.value.as_deref()?;
        id.rsplit('/').find(|part| !part.is_empty()).map(str::to_owned)
    }

    fn read(&mut self, field: &Field, expand: &dyn Fn(&str) -> Option<String>) {
        let Some(key) = MountKey::parse(&field.key.text) else {
            self.errors.push(unknown_key(field));
            return;
        };
        let whole = field.range.clone();
        let kind_so_far = self.effective_kind();
        if matches!(key, MountKey::Required | MountKey::Size)
            && let Some(kind) = kind_so_far
            && key_role(kind, key) == KeyRole::Refused
        {
            let error = match self.kind {
                Some(_) => MountError::KeyNotAllowed { range: whole.clone(), key, kind },
                None => MountError::KeyBeforeType { range: whole.clone(), key },
            };
            // A bare `size` has the missing value as its one error.
            if field.value.is_some() || key == MountKey::Required {
                self.errors.push(error);
                return;
            }
        }
        let Some(written) = &field.value else {
            let flag = Some(Spanned { value: Some(true), range: whole.clone() });
            match key {
                MountKey::ReadOnly => self.read_only = flag,
                MountKey::ReadWrite => self.read_only = Some(Spanned { value: Some(false), range: whole }),
                MountKey::Required => self.required = flag,
                _ => self.errors.push(MountError::MissingValue { range: whole, suggestion: None }),
            }
            return;
        };
        let range = written.range.clone();
        if key == MountKey::From
            && let Some(dollar) = written.text.find('$')
            && dollar + 1 < written.text.len()
        {
            let start = (range.start + dollar).min(range.end);
            self.errors.push(MountError::VariableInFrom { range: start..range.end });
            self.from = Some(Spanned { value: None, range });
            return;
        }
        let text = if key == MountKey::From { Some(written.text.clone()) } else { expand(&written.text) };
        let known = text.as_deref();
        match key {
            MountKey::Type => self.kind = Some(self.named(known, range, MountKind::parse, unknown_type)),
            MountKey::Sharing => self.sharing = Some(self.named(known, range, parse_sharing, unknown_sharing)),
            MountKey::Target => self.target = Some(Spanned { value: text, range }),
            MountKey::Source => self.source = Some(Spanned { value: text, range }),
            MountKey::From => self.from = Some(Spanned { value: text, range }),
            MountKey::Id => self.id = Some(Spanned { value: text, range }),
            MountKey::Env => self.env = Some(Spanned { value: text, range }),
            MountKey::ReadOnly => self.read_only = Some(self.typed(known, range, parse_bool, Expected::Boolean)),
            MountKey::ReadWrite => {
                let writable = self.typed(known, range, parse_bool, Expected::Boolean);
                self.read_only = Some(Spanned { value: writable.value.map(|rw| !rw), range: writable.range });
            }
            MountKey::Required => self.required = Some(self.typed(known, range, parse_bool, Expected::Boolean)),
            MountKey::Size => self.size = Some(self.typed(known, range, parse_size, Expected::Size)),
            MountKey::Mode => self.mode = Some(self.typed(known, range, |t| number(t, 8), Expected::Octal)),
            MountKey::Uid => self.uid = Some(self.typed(known, range, |t| number(t, 10), Expected::Decimal)),
            MountKey::Gid => self.gid = Some(self.typed(known, range, |t| number(t, 10), Expected::Decimal)),
        }
    }

    fn named<T>(
        &mut self,
        text: Option<&str>,
        range: Range<usize>,
        parse: fn(&str) -> Option<T>,
        error: fn(&str, Range<usize>) -> MountError,
    ) -> Spanned<T> {
        let value = text.and_then(|text| {
            let value = parse(text);
            if value.is_none() {
                self.errors.push(error(text, range.clone()));
            }
            value
        });
        Spanned { value, range }
    }

    fn typed<T>(
        &mut self,
        text: Option<&str>,
        range: Range<usize>,
        parse: fn(&str) -> Option<T>,
        expected: Expected,
    ) -> Spanned<T> {
        let value = text.and_then(|text| {
            let value = parse(text);
            if value.is_none() {
                self.errors.push(MountError::BadValue { range: range.clone(), expected });
            }
            value
        });
        Spanned { value, range }
    }

    /// Checks that need all fields.
    fn check_whole(&mut self, text: &str) {
        let Some(kind) = self.effective_kind() else { return };
        for field in &self.fields {
            let Some(key) = MountKey::parse(&field.key.text) else { continue };
            // Positional ones have been judged where they stand; empty from, sharing and source count as absent.
            let positional = matches!(key, MountKey::Required | MountKey::Size);
            let absent = matches!(key, MountKey::From | MountKey::Source)
                && field.value.as_ref().is_none_or(|value| value.text.is_empty());
            if !positional && !absent && field.value.is_some() && key_role(kind, key) == KeyRole::Refused {
                let range = field.range.clone();
                self.errors.push(MountError::KeyNotAllowed { range, key, kind });
            }
        }
        if kind != MountKind::Secret {
            return;
        }
        let is_empty =
            |value: &Option<Spanned<String>>| value.as_ref().is_none_or(|value| value.value.as_deref() == Some(""));
        let is_given = |value: &Option<Spanned<String>>| {
            value.as_ref().is_some_and(|value| value.value.as_deref().is_some_and(|text| !text.is_empty()))
        };
        if is_empty(&self.id) && is_empty(&self.source) && is_empty(&self.target) {
            self.errors.push(MountError::SecretWithoutName { range: 0..text.len() });
        }
        if is_given(&self.id)
            && is_given(&self.source)
            && let (Some(id), Some(source)) = (&self.id, &self.source)
        {
            let later = if id.range.start > source.range.start { &id.range } else { &source.range };
            self.errors.push(MountError::IdAndSource { range: later.clone() });
        }
    }
}

fn unknown_key(field: &Field) -> MountError {
    let suggestion = suggest::nearest(&field.key.text, MountKey::SPELLINGS);
    match field.value {
        Some(_) => MountError::UnknownKey { range: field.key.range.clone(), suggestion },
        None => MountError::MissingValue { range: field.range.clone(), suggestion },
    }
}

fn unknown_type(text: &str, range: Range<usize>) -> MountError {
    MountError::UnknownType { range, suggestion: suggest::nearest(text, MountKind::NAMES) }
}

fn unknown_sharing(text: &str, range: Range<usize>) -> MountError {
    MountError::UnknownSharing { range, suggestion: suggest::nearest(text, ["shared", "private", "locked"]) }
}

fn parse_sharing(text: &str) -> Option<Sharing> {
    Some(match text.to_lowercase().as_str() {
        "shared" => Sharing::Shared,
        "private" => Sharing::Private,
        "locked" => Sharing::Locked,
        _ => return None,
    })
}

/// The spellings of a boolean that Go knows.
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

fn number(text: &str, radix: u32) -> Option<u32> {
    let digits = !text.is_empty() && text.chars().all(|c| c.is_digit(radix));
    if digits { u32::from_str_radix(text, radix).ok() } else { None }
}

/// Bytes with an optional blank and unit: `k m g t p`, also with `b` or `ib` behind, in any case.
fn parse_size(text: &str) -> Option<u64> {
    let last = text.rfind(|c: char| c.is_ascii_digit() || c == '.' || c == ' ')?;
    let unit = &text[last + 1..];
    let figure = if text.as_bytes()[last] == b' ' { &text[..last] } else { &text[..=last] };
    if !figure.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-')) {
        return None;
    }
    let figure: f64 = figure.parse().ok()?;
    if figure < 0.0 {
        return None;
    }
    let unit = unit.to_ascii_lowercase();
    let power = match unit.as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 1,
        "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        "t" | "tb" | "tib" => 4,
        "p" | "pb" | "pib" => 5,
        _ => return None,
    };
    Some((figure * 1024f64.powi(power)) as u64)
}
