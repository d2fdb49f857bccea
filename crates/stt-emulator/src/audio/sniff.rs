//! What a body is that is neither WAV nor Ogg.

/// The name of a format that is no audio to the service; `None` for bytes without a form, which may be bare samples.
pub(super) fn name(body: &[u8]) -> Option<&'static str> {
    let begins = |magic: &[u8]| body.starts_with(magic);
    let named = match body {
        [b'R', b'I', b'F', b'F', _, _, _, _, ..] => "RIFF without WAVE",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "MP4",
        [b'F', b'O', b'R', b'M', _, _, _, _, b'A', b'I', b'F', ..] => "AIFF",
        _ if begins(b"\x1a\x45\xdf\xa3") => "WebM",
        _ if begins(b"ID3") || repeats(body, mp3_frame) => "MP3",
        _ if repeats(body, aac_frame) => "AAC",
        _ if begins(b"fLaC") => "FLAC",
        _ if begins(b"caff") => "CAF",
        _ if begins(b".snd") => "AU",
        _ if begins(b"#!AMR") => "AMR",
        _ if begins(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11") => "WMA",
        _ if begins(b"PK\x03\x04") => "ZIP",
        _ if begins(b"\x1f\x8b\x08") => "gzip",
        _ if begins(b"%PDF-") => "PDF",
        _ if begins(b"\x89PNG") => "PNG",
        _ if begins(b"\xff\xd8\xff") => "JPEG",
        _ => return text(body),
    };
    Some(named)
}

/// How much of a body tells whether it is text.
const GLANCE: usize = 1_024;

fn text(body: &[u8]) -> Option<&'static str> {
    let head = &body[..body.len().min(GLANCE)];
    let head = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The glance may end within a character.
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    let head = head.trim_start_matches('\u{feff}');
    if head.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return None;
    }
    let start = head.trim_start();
    let markup = |name: &str| start.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
    Some(match start.as_bytes().first() {
        Some(b'{' | b'[') => "JSON",
        Some(b'<') if markup("<!doctype html") || markup("<html") => "HTML",
        Some(b'<') => "XML",
        _ => "text",
    })
}

/// Whether two frames follow each other, or one is all there is: two bytes alone could be a sample.
fn repeats(body: &[u8], frame: fn(&[u8]) -> Option<usize>) -> bool {
    frame(body).is_some_and(|length| body.get(length..length + 6).is_none_or(|next| frame(next).is_some()))
}

/// The length of the frame of MPEG audio layer III that a header announces.
fn mp3_frame(header: &[u8]) -> Option<usize> {
    const KBITS_1: [usize; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const KBITS_2: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let &[0xff, version, rates, ..] = header else { return None };
    let (kbits, slots, hertz) = match version & 0xfe {
        0xfa => (KBITS_1, 144, [44_100, 48_000, 32_000]),
        0xf2 => (KBITS_2, 72, [22_050, 24_000, 16_000]),
        0xe2 => (KBITS_2, 72, [11_025, 12_000, 8_000]),
        _ => return None,
    };
    let kbits = *kbits.get(usize::from(rates >> 4)).filter(|kbits| 0 < **kbits)?;
    let hertz = hertz.get(usize::from(rates >> 2 & 3))?;
    Some(slots * kbits * 1_000 / hertz + usize::from(rates >> 1 & 1))
}

/// The length of the ADTS frame of AAC that a header announces.
fn aac_frame(header: &[u8]) -> Option<usize> {
    let &[0xff, 0xf0 | 0xf1 | 0xf8 | 0xf9, _, high, middle, low, ..] = header else { return None };
    let length = usize::from(high & 3) << 11 | usize::from(middle) << 3 | usize::from(low >> 5);
    (7 < length).then_some(length)
}
