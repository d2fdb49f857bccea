//! ASF, by the objects of its header.

use std::{io, time::Duration};

use crate::{codec::Codec, formats::Facts, length::Length, source::Source};

pub(crate) fn look(source: &mut impl Source) -> io::Result<Facts> {
    let (mut at, mut facts) = (30_u64, Facts::default());
    for _ in 0..OBJECTS {
        let Some(head) = source.array::<24>(at)? else { break };
        let (name, size) = head.split_at(16);
        let Some(size) = size.try_into().ok().map(u64::from_le_bytes).filter(|&size| 24 <= size) else { break };
        if name == FILE_PROPERTIES {
            facts.length = source.array(at + 24)?.map_or(Length::Unknown, |body: [u8; 64]| length(&body));
        } else if name == STREAM_PROPERTIES
            && let Some(body) = source.array::<62>(at + 24)?
            && body.starts_with(AUDIO)
        {
            let [.., a, b, c, d, e, f, g, h] = body;
            facts.codec = match u16::from_le_bytes([a, b]) {
                0x0160..=0x0163 => Codec::Wma,
                tag => Codec::of_wav_tag(tag),
            };
            facts.channels = Some(u16::from_le_bytes([c, d])).filter(|&channels| 0 < channels);
            facts.rate = Some(u32::from_le_bytes([e, f, g, h])).filter(|&rate| 0 < rate);
        }
        let Some(next) = at.checked_add(size) else { break };
        at = next;
    }
    Ok(facts)
}

/// The time to play in steps of 100 ns, less what is buffered before, in milliseconds.
fn length(body: &[u8; 64]) -> Length {
    let [.., a, b, c, d, e, f, g, h, _, _, _, _, _, _, _, _, i, j, k, l, m, n, o, p] = *body;
    let play = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    let preroll = Duration::from_millis(u64::from_le_bytes([i, j, k, l, m, n, o, p]));
    let play = Duration::from_micros(play / 10).saturating_sub(preroll);
    if play.is_zero() { Length::Unknown } else { Length::Estimated(play) }
}

/// Honest headers have about a dozen objects.
const OBJECTS: usize = 100;

const FILE_PROPERTIES: &[u8] = b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65";
const STREAM_PROPERTIES: &[u8] = b"\x91\x07\xdc\xb7\xb7\xa9\xcf\x11\x8e\xe6\x00\xc0\x0c\x20\x53\x65";

/// The type of a stream that is audio.
const AUDIO: &[u8] = b"\x40\x9e\x69\xf8\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b";
