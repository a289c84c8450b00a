//! String literals without an end mark, as Go and Rust store them.
//!
//! Such literals lie side by side, and each is reached by an address computed in code or stored in data. One ends where the
//! next begins, so the sorted addresses cut the constant data into its literals; where a stored address is followed by a
//! length, that length is exact.

use std::collections::BTreeSet;

use object::Endianness;

use super::strings::{Region, Regions, printable};

/// What decides how addresses are formed.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub(super) machine: u16,
    pub(super) bits: u8,
    pub(super) endian: Endianness,
}

const X86_64: u16 = 62;
const AARCH64: u16 = 183;
const MAX_LITERAL: usize = 4096;

/// Calls `each` with the literals, and returns whether the machine is one whose code can be read.
pub(super) fn find(regions: &Regions<'_>, target: Target, each: &mut dyn FnMut(&[u8])) -> bool {
    let known =
        target.bits == 64 && matches!(target.endian, Endianness::Little) && matches!(target.machine, X86_64 | AARCH64);
    if !known {
        // Runs of printable text still show paths and library names, only not where they end.
        for region in &regions.constant {
            printable(region.bytes, each);
        }
        return false;
    }
    let mut starts = BTreeSet::new();
    for code in &regions.code {
        match target.machine {
            X86_64 => x86_64(code, &mut |address| mark(regions, &mut starts, address)),
            _ => aarch64(code, &mut |address| mark(regions, &mut starts, address)),
        }
    }
    let mut pairs = Vec::new();
    stored(regions, &mut |address, length| {
        if mark(regions, &mut starts, address) {
            pairs.push((address, length));
        }
    });
    relocated(regions, &mut |address, length| {
        if mark(regions, &mut starts, address) {
            pairs.push((address, length));
        }
    });
    for (address, length) in pairs {
        if let Some(text) = usize::try_from(length)
            .ok()
            .filter(|length| (1..=MAX_LITERAL).contains(length))
            .and_then(|length| slice(regions, address, length))
            && is_text(text)
        {
            each(text);
        }
    }
    for region in &regions.constant {
        let end = region.address + region.bytes.len() as u64;
        let mut inside = starts.range(region.address..end).copied().peekable();
        while let Some(start) = inside.next() {
            let stop = inside.peek().copied().unwrap_or(end);
            let from = usize::try_from(start - region.address).unwrap_or(usize::MAX);
            let to = usize::try_from(stop - region.address).unwrap_or(usize::MAX);
            let Some(piece) = region.bytes.get(from..to.min(from.saturating_add(MAX_LITERAL))) else {
                continue;
            };
            printable(piece, each);
        }
    }
    true
}

fn mark(regions: &Regions<'_>, starts: &mut BTreeSet<u64>, address: u64) -> bool {
    let inside = regions.constant.iter().any(|region| address.wrapping_sub(region.address) < region.bytes.len() as u64);
    if inside {
        starts.insert(address);
    }
    inside
}

fn slice<'a>(regions: &'a Regions<'_>, address: u64, length: usize) -> Option<&'a [u8]> {
    regions.constant.iter().find_map(|region| {
        let from = usize::try_from(address.checked_sub(region.address)?).ok()?;
        region.bytes.get(from..from.checked_add(length)?)
    })
}

fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(|c: char| c.is_control() && !c.is_whitespace()))
}

/// `lea register, [rip + displacement]`.
fn x86_64(code: &Region<'_>, each: &mut dyn FnMut(u64) -> bool) {
    for at in memchr::memchr_iter(0x8d, code.bytes) {
        let Some(rest) = code.bytes.get(at + 1..at + 6) else { continue };
        if rest[0] & 0xc7 != 0x05 || at == 0 || code.bytes[at - 1] & 0xf8 != 0x48 {
            continue;
        }
        let displacement = i32::from_le_bytes([rest[1], rest[2], rest[3], rest[4]]);
        let next = code.address.wrapping_add(at as u64 + 6);
        each(next.wrapping_add_signed(i64::from(displacement)));
    }
}

/// `adrp register, page` followed by `add register, register, offset`.
fn aarch64(code: &Region<'_>, each: &mut dyn FnMut(u64) -> bool) {
    let word = |at: usize| {
        code.bytes.get(at..at + 4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    };
    for at in (0..code.bytes.len()).step_by(4) {
        let Some(first) = word(at).filter(|word| word & 0x9f00_0000 == 0x9000_0000) else {
            continue;
        };
        let high = u64::from(first >> 5 & 0x7_ffff);
        let low = u64::from(first >> 29 & 3);
        // A signed number of 21 bits, in pages.
        let pages = ((high << 2 | low) << 43) as i64 >> 43;
        let page = (code.address.wrapping_add(at as u64) & !0xfff).wrapping_add_signed(pages << 12);
        for step in 1..=4 {
            let Some(next) = word(at + step * 4) else { break };
            if next & 0xff80_0000 == 0x9100_0000 && next >> 5 & 31 == first & 31 {
                each(page.wrapping_add(u64::from(next >> 10 & 0xfff)));
                break;
            }
        }
    }
}

/// Addresses stored in data, each with the number after it.
fn stored(regions: &Regions<'_>, each: &mut dyn FnMut(u64, u64)) {
    for region in &regions.constant {
        let skip = usize::try_from(region.address.wrapping_neg() % 8).unwrap_or(0);
        let words: Vec<u64> = region
            .bytes
            .get(skip..)
            .unwrap_or(&[])
            .chunks_exact(8)
            .map(|bytes| {
                u64::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]])
            })
            .collect();
        for pair in words.windows(2) {
            if pair[0] != 0 {
                each(pair[0], pair[1]);
            }
        }
    }
}

/// Addresses that the loader stores: relative relocations, each with the number after its place.
fn relocated(regions: &Regions<'_>, each: &mut dyn FnMut(u64, u64)) {
    const RELATIVE: [u64; 2] = [8, 1027];
    let number = |bytes: &[u8], at: usize| -> u64 {
        bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes)
    };
    for region in &regions.relocations {
        for record in region.bytes.chunks_exact(24) {
            if !RELATIVE.contains(&(number(record, 8) & 0xffff_ffff)) {
                continue;
            }
            let place = number(record, 0);
            let length = slice(regions, place.wrapping_add(8), 8).map_or(0, |bytes| number(bytes, 0));
            each(number(record, 16), length);
        }
    }
}
