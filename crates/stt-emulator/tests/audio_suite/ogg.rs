//! The tests' own tools for Ogg files.

use crate::signal::number;

/// An Ogg file with a change in each page and checksums that fit.
pub(crate) fn patched(file: &[u8], change: impl Fn(&mut [u8])) -> Vec<u8> {
    let mut file = file.to_vec();
    let starts: Vec<_> = (0..file.len()).filter(|at| file[*at..].starts_with(b"OggS")).chain([file.len()]).collect();
    for page in starts.windows(2) {
        let page = &mut file[page[0]..page[1]];
        change(page);
        page[22..26].fill(0);
        let crc = checksum(page);
        page[22..26].copy_from_slice(&crc.to_le_bytes());
    }
    file
}

/// The pages of an Ogg file: flags, position, number, and what they hold.
pub(crate) fn pages(mut file: &[u8]) -> Vec<(u8, u64, u32, Vec<u8>)> {
    let mut pages = Vec::new();
    while let Some(rest) = file.strip_prefix(b"OggS\0") {
        let segments = usize::from(rest[21]);
        let start = 22 + segments;
        let end = start + rest[22..start].iter().map(|length| usize::from(*length)).sum::<usize>();
        let position = u64::from_le_bytes(rest[1..9].try_into().expect("eight bytes"));
        pages.push((rest[0], position, number(&rest[13..17]), rest[start..end].to_vec()));
        assert_eq!(checksum(&file[..5 + end]), 0, "page {}", pages.len());
        file = &rest[end..];
    }
    assert!(file.is_empty());
    pages
}

/// The difference of a page's checksum and the one it should have: CRC-32 with the polynomial 0x04c11db7, from zero,
/// over the page with its checksum as zero (RFC 3533, section 6).
fn checksum(page: &[u8]) -> u32 {
    let mut crc = 0_u32;
    for (at, byte) in page.iter().enumerate() {
        crc ^= u32::from(if (22..26).contains(&at) { 0 } else { *byte }) << 24;
        for _ in 0..8 {
            crc = if crc & 1 << 31 == 0 { crc << 1 } else { crc << 1 ^ 0x04c1_1db7 };
        }
    }
    crc ^ number(&page[22..26])
}
