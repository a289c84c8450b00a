//! `RUN --device`.

use super::{Expected, MountError, Spanned, parse_bool, parse_fields};
use crate::suggest;

/// A device request, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// The CDI name: `vendor/class=device`, `vendor/class`, or a class.
    pub name: Option<Spanned<String>>,
    /// Whether the build fails without it.
    pub required: Option<Spanned<bool>>,
    /// What the builder refuses.
    pub errors: Vec<MountError>,
}

/// Reads a `--device` value, in which no variables are expanded.
pub fn parse_device(text: &str) -> Device {
    let (fields, errors) = parse_fields(text);
    let mut device = Device { errors, ..Device::default() };
    for field in fields {
        let whole = || {
            let value = match &field.value {
                Some(value) => format!("{}={}", field.key.text, value.text),
                None => field.key.text.clone(),
            };
            let end = field.value.as_ref().map_or(field.key.range.end, |value| value.range.end);
            Some(Spanned { value: Some(value), range: field.key.range.start..end })
        };
        let unnamed = device.name.as_ref().is_none_or(|name| name.value.as_deref() == Some(""));
        match (field.key.text.to_lowercase().as_str(), &field.value) {
            ("required", None) => {
                device.required = Some(Spanned { value: Some(true), range: field.range.clone() });
            }
            ("required", Some(value)) => {
                let (range, parsed) = (value.range.clone(), parse_bool(&value.text));
                if parsed.is_none() {
                    let expected = Expected::Boolean;
                    device.errors.push(MountError::BadValue { range: range.clone(), expected });
                }
                device.required = Some(Spanned { value: parsed, range });
            }
            ("name", Some(_)) if !unnamed => {
                device.errors.push(MountError::SecondName { range: field.range.clone() });
            }
            ("name", Some(value)) => {
                device.name = Some(Spanned { value: Some(value.text.clone()), range: value.range.clone() });
            }
            (_, _) if unnamed => device.name = whole(),
            (key, value) => {
                let suggestion = suggest::nearest(key, ["name", "required"]);
                let range = if value.is_some() { field.key.range.clone() } else { field.range.clone() };
                device.errors.push(match value {
                    Some(_) => MountError::UnknownKey { range, suggestion },
                    None => MountError::MissingValue { range, suggestion },
                });
            }
        }
    }
    device
}
