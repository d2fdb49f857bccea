//! The streams of an Ogg file, behind and beside each other, by the headers of its pages.

use std::{io, time::Duration};

use super::{Head, OPUS_RATE, Page, opus_start};
use crate::{codec::Codec, length::Length, limits::PREFIX, source::Source, units};

/// What the headers of all pages say.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Links {
    /// Up to where pages follow each other.
    pub(super) end: u64,
    /// Whether something follows there that is no page.
    pub(super) is_broken: bool,
    /// How long those streams are together that follow each other.
    length: Length,
    /// Whether there is more than one stream.
    pub(super) several: bool,
}

/// One of the streams that follow each other, or the first of those that are beside each other.
struct Link {
    granule: u64,
    head: Head,
    serial: u32,
    /// Where it begins, in samples.
    start: u64,
}

impl Links {
    /// Looks at the header of each page, as far as `total` bytes, with what is needed to know how long each stream is.
    pub(crate) fn walk(source: &mut impl Source, total: u64) -> io::Result<Self> {
        let (mut links, mut current) = (Self::default(), None::<Link>);
        let (mut lengths, mut begun, mut was_begin) = (Some(Length::Exact(Duration::ZERO)), 0, false);
        let mut pages = 0;
        while links.end < total {
            let header = source.piece(links.end, LONGEST_HEADER)?;
            let page = Page::read(&header);
            // A header that is cut off is one nevertheless.
            links.is_broken = !b"OggS".starts_with(&header[..header.len().min(4)]);
            let Some(page) = page.filter(|_| pages < PAGES) else {
                lengths = None;
                break;
            };
            pages += 1;
            let next = links.end + page.length() as u64;
            // The position of a page that is cut off promises samples that are not there.
            if total < next {
                break;
            }
            if page.begins() && !was_begin {
                lengths = add(lengths, current.take());
                begun += 1;
                if LINKS < begun {
                    lengths = None;
                } else {
                    let beginning = source.piece(links.end, PREFIX)?;
                    let head = Page::read(&beginning).map_or_else(Head::default, |page| Head::read(page.body));
                    let start = opus_start(&beginning, page.serial);
                    current = Some(Link { granule: 0, head, serial: page.serial, start });
                }
            }
            links.several |= page.begins() && 0 < links.end;
            if let Some(link) = current.as_mut().filter(|link| link.serial == page.serial) {
                link.granule = page.granule.unwrap_or(link.granule);
            }
            was_begin = page.begins();
            links.end = next;
        }
        links.length = add(lengths, current).unwrap_or(Length::Unknown);
        Ok(links)
    }

    /// How long the streams are together, if there are several and that is known.
    pub(super) fn sum(&self) -> Length {
        if self.several { self.length } else { Length::Unknown }
    }
}

/// A length and that of another stream, where both are known.
fn add(sum: Option<Length>, link: Option<Link>) -> Option<Length> {
    let (sum, Some(link)) = (sum?, link) else { return sum };
    let length = match (link.head.codec, link.head.rate) {
        (Codec::Opus, _) => {
            let before = link.start.saturating_add(link.head.pre_skip);
            Length::Exact(units::time_of(link.granule.saturating_sub(before), OPUS_RATE))
        }
        (_, Some(rate)) => Length::Estimated(units::time_of(link.granule, rate.into())),
        (_, None) => return None,
    };
    Some(match (sum, length) {
        (Length::Exact(sum), Length::Exact(length)) => Length::Exact(sum.saturating_add(length)),
        (Length::Exact(sum) | Length::Estimated(sum), Length::Exact(length) | Length::Estimated(length)) => {
            Length::Estimated(sum.saturating_add(length))
        }
        _ => return None,
    })
}

/// Pages that are looked at: an hour, as most programs write them.
const PAGES: usize = 4096;

/// Streams whose beginning is looked at.
const LINKS: u32 = 64;

/// The longest header of a page: its fixed part, and the lengths of 255 segments.
const LONGEST_HEADER: usize = 27 + 255;
