//! From bytes to text: a Dockerfile should be UTF-8, and what is not stays visible.

/// A text and what was lost on the way to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decoded {
    /// The text; U+FFFD stands for what could not be read.
    pub text: String,
    /// What was lost.
    pub damage: Damage,
}

/// Where a text differs from the bytes it was made of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Damage {
    /// Where U+FFFD stands in the text for bytes that are not UTF-8.
    pub places: Vec<u32>,
    /// The encoding, when a byte order mark names one that the builder cannot read.
    pub encoding: Option<Wide>,
}

impl Damage {
    /// Whether the text is exactly what the bytes say.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.places.is_empty() && self.encoding.is_none()
    }
}

/// An encoding with units of more than one byte.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Wide {
    /// UTF-16 of either byte order.
    Utf16,
    /// UTF-32 of either byte order.
    Utf32,
}

/// Reads the bytes of a file.
#[must_use]
pub fn decode(bytes: &[u8]) -> Decoded {
    if let Some((encoding, text)) = decode_wide(bytes) {
        return Decoded { text, damage: Damage { places: Vec::new(), encoding: Some(encoding) } };
    }
    let mut text = String::with_capacity(bytes.len());
    let mut places = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            places.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    Decoded { text, damage: Damage { places, encoding: None } }
}

fn decode_wide(bytes: &[u8]) -> Option<(Wide, String)> {
    type Read16 = fn([u8; 2]) -> u16;
    type Read32 = fn([u8; 4]) -> u32;
    let wide32 = |read: Read32| {
        let units = bytes.get(4..).unwrap_or_default().chunks_exact(4);
        let chars = units.map(|unit| read([unit[0], unit[1], unit[2], unit[3]]));
        (Wide::Utf32, chars.map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    };
    let wide16 = |read: Read16| {
        let units = bytes.get(2..).unwrap_or_default().chunks_exact(2).map(|unit| read([unit[0], unit[1]]));
        (Wide::Utf16, char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    };
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => Some(wide32(u32::from_le_bytes)),
        [0, 0, 0xfe, 0xff, ..] => Some(wide32(u32::from_be_bytes)),
        [0xff, 0xfe, ..] => Some(wide16(u16::from_le_bytes)),
        [0xfe, 0xff, ..] => Some(wide16(u16::from_be_bytes)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_bytes_become_replacement_characters_with_their_places() {
        let decoded = decode(b"a\xffb\xc3\x28");
        assert_eq!(decoded.text, "a\u{fffd}b\u{fffd}(");
        assert_eq!(decoded.damage.places, [1, 5]);
        assert!(decode("ä\u{fffd}".as_bytes()).damage.is_none());
    }

    #[test]
    fn byte_order_marks_name_the_encoding() {
        assert_eq!(decode(b"\xff\xfeF\0R\0").text, "FR");
        assert_eq!(decode(b"\xfe\xff\0F").damage.encoding, Some(Wide::Utf16));
        assert_eq!(decode(b"\xff\xfe\0\0F\0\0\0").damage.encoding, Some(Wide::Utf32));
        assert!(decode("\u{feff}FROM a".as_bytes()).damage.is_none());
    }
}
