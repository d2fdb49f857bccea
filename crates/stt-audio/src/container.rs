//! What a file is, by its first bytes.

use std::fmt;

use crate::formats::{
    aac::is_adts,
    ac3::is_ac3,
    mpeg::{Frame, first_frame, id3_length, is_run},
};

/// What a file is, by its first bytes and never by its name.
///
/// Its `Display` is the name to show to a person.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Container {
    /// Bare frames of AC-3 or E-AC-3.
    Ac3,
    /// Bare AAC frames with ADTS headers.
    Adts,
    /// AIFF or AIFF-C.
    Aiff,
    /// AMR, narrow or wide band.
    Amr,
    /// Monkey's Audio.
    Ape,
    /// ASF, which holds WMA.
    Asf,
    /// Sun's AU.
    Au,
    /// AVI video.
    Avi,
    /// Text in base64, such as audio that a program forgot to decode.
    Base64,
    /// Apple's CAF.
    Caf,
    /// Bare frames of DTS.
    Dts,
    /// A program for Linux.
    Elf,
    /// FLAC.
    Flac,
    /// Flash video.
    Flv,
    /// A GIF picture.
    Gif,
    /// Data that is compressed with gzip.
    Gzip,
    /// An HTML page, such as an error page saved under the name of the audio.
    Html,
    /// A JPEG picture.
    Jpeg,
    /// JSON.
    Json,
    /// Matroska.
    Matroska,
    /// MPEG audio, mostly MP3.
    Mp3,
    /// MP4, M4A, MOV and 3GP.
    Mp4,
    /// A program stream of MPEG, as on a DVD.
    MpegPs,
    /// A transport stream of MPEG, as it is broadcast.
    MpegTs,
    /// Ogg, whatever it holds.
    Ogg,
    /// A PDF document.
    Pdf,
    /// A PNG picture.
    Png,
    /// A 7z archive.
    SevenZip,
    /// Other text.
    Text,
    /// True Audio.
    Tta,
    /// None of these. Headerless PCM cannot be told from other data and is unknown too.
    Unknown,
    /// Creative's VOC.
    Voc,
    /// Sony's Wave64.
    W64,
    /// WAV: RIFF, RIFX, RF64 and BW64.
    Wav,
    /// `WavPack`.
    WavPack,
    /// `WebM`, which is what browsers record.
    WebM,
    /// A ZIP archive, which documents of offices are too.
    Zip,
}

impl Container {
    /// What begins with these bytes. A few kilobytes are enough.
    #[must_use]
    pub fn sniff(prefix: &[u8]) -> Self {
        let text = || by_text(&prefix[..prefix.len().min(TEXT_LOOKED_AT)]);
        by_magic(prefix).or_else(text).or_else(|| by_frames(prefix)).unwrap_or(Self::Unknown)
    }

    /// What begins with these bytes, if it has a mark that no samples have by chance.
    ///
    /// Where somebody says that a file is [headerless](crate::RawFormat), this tells whether it has a header.
    ///
    /// ```
    /// use stt_audio::Container;
    ///
    /// assert_eq!(Container::marked(b"RIFF\x24\0\0\0WAVEfmt "), Some(Container::Wav));
    /// assert_eq!(Container::marked(&[0xff, 0xf1, 0x50, 0x80]), None, "AAC, or samples");
    /// ```
    #[must_use]
    pub fn marked(prefix: &[u8]) -> Option<Self> {
        by_magic(prefix).filter(|container| *container != Self::Adts)
    }

    /// Whether it is one of the kinds that hold audio, as opposed to text and to what is unknown.
    #[must_use]
    pub const fn is_audio(self) -> bool {
        !matches!(
            self,
            Self::Base64
                | Self::Elf
                | Self::Gif
                | Self::Gzip
                | Self::Html
                | Self::Jpeg
                | Self::Json
                | Self::Pdf
                | Self::Png
                | Self::SevenZip
                | Self::Text
                | Self::Unknown
                | Self::Zip
        )
    }

    /// Whether this crate reads it, with whatever features; what is in it may be something that nobody here decodes.
    pub(crate) const fn is_read(self) -> bool {
        matches!(
            self,
            Self::Adts
                | Self::Aiff
                | Self::Caf
                | Self::Flac
                | Self::Matroska
                | Self::Mp3
                | Self::Mp4
                | Self::Ogg
                | Self::Wav
                | Self::WebM
        )
    }
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ac3 => "AC-3",
            Self::Adts => "AAC",
            Self::Aiff => "AIFF",
            Self::Amr => "AMR",
            Self::Ape => "Monkey's Audio",
            Self::Asf => "ASF (WMA)",
            Self::Au => "AU",
            Self::Avi => "AVI",
            Self::Base64 => "base64 text",
            Self::Caf => "CAF",
            Self::Dts => "DTS",
            Self::Elf => "ELF program",
            Self::Flac => "FLAC",
            Self::Flv => "FLV",
            Self::Gif => "GIF picture",
            Self::Gzip => "gzip archive",
            Self::Html => "HTML",
            Self::Jpeg => "JPEG picture",
            Self::Json => "JSON",
            Self::Matroska => "Matroska",
            Self::Mp3 => "MP3",
            Self::Mp4 => "MP4 (M4A)",
            Self::MpegPs => "MPEG program stream",
            Self::MpegTs => "MPEG transport stream",
            Self::Ogg => "Ogg",
            Self::Pdf => "PDF document",
            Self::Png => "PNG picture",
            Self::SevenZip => "7z archive",
            Self::Text => "text",
            Self::Tta => "TTA",
            Self::Unknown => "unknown data",
            Self::Voc => "VOC",
            Self::W64 => "Wave64",
            Self::Wav => "WAV",
            Self::WavPack => "WavPack",
            Self::WebM => "WebM",
            Self::Zip => "ZIP archive",
        })
    }
}

fn by_magic(prefix: &[u8]) -> Option<Container> {
    let four = |at: usize| prefix.get(at..at + 4);
    Some(match four(0)? {
        // A file that ends before its form type is a WAV that was cut short, most likely.
        b"RIFF" | b"RIFX" | b"RF64" | b"BW64" if four(8).is_none_or(|form| form == b"WAVE") => Container::Wav,
        b"RIFF" if four(8) == Some(b"AVI ") => Container::Avi,
        b"OggS" => Container::Ogg,
        b"fLaC" => Container::Flac,
        b"FORM" if matches!(four(8), Some(b"AIFF" | b"AIFC")) => Container::Aiff,
        b"#!AM" if prefix.starts_with(b"#!AMR") => Container::Amr,
        b"caff" => Container::Caf,
        b".snd" => Container::Au,
        [0x30, 0x26, 0xb2, 0x75] => Container::Asf,
        // Its version in thousandths; what is written of addresses goes on with letters.
        b"MAC " if prefix.get(5).is_some_and(|&high| (0x0b..0x20).contains(&high)) => Container::Ape,
        b"TTA1" | b"TTA2" => Container::Tta,
        b"wvpk" => Container::WavPack,
        b"riff" if four(4) == Some(&[0x2e, 0x91, 0xcf, 0x11]) => Container::W64,
        b"Crea" if prefix.starts_with(b"Creative Voice File\x1a") => Container::Voc,
        // In words of 16 or of 14 bits, with either byte first.
        [0x7f, 0xfe, 0x80, 0x01] | [0xfe, 0x7f, 0x01, 0x80] | [0x1f, 0xff, 0xe8, 0x00] | [0xff, 0x1f, 0x00, 0xe8] => {
            Container::Dts
        }
        b"FLV\x01" => Container::Flv,
        [0, 0, 1, 0xba] => Container::MpegPs,
        [0x47, ..] if is_transport(prefix) => Container::MpegTs,
        b"PK\x03\x04" => Container::Zip,
        [0x1f, 0x8b, 8, _] => Container::Gzip,
        b"7z\xbc\xaf" => Container::SevenZip,
        b"\x89PNG" => Container::Png,
        [0xff, 0xd8, 0xff, _] => Container::Jpeg,
        b"GIF8" => Container::Gif,
        b"%PDF" => Container::Pdf,
        b"\x7fELF" => Container::Elf,
        // EBML; the document type stands within its first few dozen bytes.
        [0x1a, 0x45, 0xdf, 0xa3] => match contains(&prefix[..prefix.len().min(64)], b"webm") {
            true => Container::WebM,
            false => Container::Matroska,
        },
        // The tag says nothing of what it stands before.
        [b'I', b'D', b'3', _] => {
            match id3_length(prefix).and_then(|length| prefix.get(usize::try_from(length).ok()?..)) {
                Some(rest) if rest.starts_with(b"fLaC") => Container::Flac,
                Some(rest @ [0xff, second, ..]) if second & 0xf6 == 0xf0 && is_adts(rest) => Container::Adts,
                _ => Container::Mp3,
            }
        }
        // ADTS has the layer bits at zero, which MPEG audio never has.
        [0xff, second, _, _] if second & 0xf6 == 0xf0 && is_adts(prefix) => Container::Adts,
        [0x0b, 0x77, _, _] if is_ac3(prefix) => Container::Ac3,
        _ if matches!(four(4), Some(b"ftyp" | b"styp" | b"moov" | b"mdat" | b"wide")) => Container::Mp4,
        _ => return None,
    })
}

/// Whether packets of a transport stream of MPEG follow each other, three of them at least.
fn is_transport(prefix: &[u8]) -> bool {
    prefix.chunks(TRANSPORT_PACKET).take(5).filter(|packet| packet[0] == 0x47).count()
        == 5.min(prefix.len().div_ceil(TRANSPORT_PACKET))
        && 2 * TRANSPORT_PACKET < prefix.len()
}

/// MPEG audio without a tag, or behind something that is none, by frames in a row.
fn by_frames(prefix: &[u8]) -> Option<Container> {
    let at_once = Frame::read(prefix).filter(|&frame| is_run(prefix, frame, 2)).is_some();
    // As many as noise, in which every other byte may be 255, does not have by chance.
    let later = || first_frame(prefix, 4).is_some_and(|(at, frame)| at + 4 * frame.length <= prefix.len());
    (at_once || later()).then_some(Container::Mp3)
}

fn by_text(prefix: &[u8]) -> Option<Container> {
    let wide = as_wide_text(prefix);
    let text = wide.as_deref().or_else(|| as_text(prefix))?;
    let text = text.trim_start_matches('\u{feff}').trim();
    let starts_with = |tag: &str| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    Some(if ["<!doctype html", "<html", "<head", "<body"].into_iter().any(starts_with) {
        Container::Html
    } else if text.starts_with(['{', '[']) {
        Container::Json
    } else if is_base64(text) {
        Container::Base64
    } else {
        Container::Text
    })
}

/// The bytes as text, when they are UTF-16 with its mark, without control characters.
fn as_wide_text(prefix: &[u8]) -> Option<String> {
    let (mark, rest) = prefix.split_first_chunk()?;
    let unit = match mark {
        [0xff, 0xfe] => u16::from_le_bytes,
        [0xfe, 0xff] => u16::from_be_bytes,
        _ => return None,
    };
    let mut units: Vec<u16> = rest.as_chunks().0.iter().map(|&bytes| unit(bytes)).collect();
    // A character may be cut at the end.
    units.pop_if(|last| (0xd800..0xdc00).contains(last));
    String::from_utf16(&units).ok().filter(|text| is_plain(text))
}

/// The bytes as text, when they are UTF-8 without control characters. A character may be cut at the end.
fn as_text(prefix: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(prefix) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&prefix[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    is_plain(text).then_some(text)
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}'))
}

fn is_base64(text: &str) -> bool {
    if text.starts_with("data:") {
        return text.contains(";base64,");
    }
    // What WAV, Ogg, MP3 with a tag, FLAC, WebM and MP4 look like in base64.
    let audio = ["UklGR", "T2dnUw", "SUQz", "ZkxhQ", "GkXfo", "AAAAIGZ0", "AAAAHGZ0"];
    let alphabet = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_' | '\r' | '\n');
    let is_long = 64 <= text.len() && text.contains(|c: char| c.is_ascii_digit());
    text.chars().all(alphabet) && (is_long || audio.iter().any(|start| text.starts_with(start)))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// In bytes (ISO 13818-1, section 2.4.3.2).
const TRANSPORT_PACKET: usize = 188;

/// Text shows itself within this many bytes.
const TEXT_LOOKED_AT: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_known_by_its_first_bytes() {
        let long_base64 = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==";
        for (bytes, container) in [
            (&b"RIFF\x24\0\0\0WAVEfmt "[..], Container::Wav),
            (b"RIFX\0\0\0\x24WAVEfmt ", Container::Wav),
            (b"RF64\xff\xff\xff\xffWAVEds64", Container::Wav),
            (b"BW64\xff\xff\xff\xffWAVEds64", Container::Wav),
            (b"RIFF\x24\0", Container::Wav),
            (b"RIFF\x24\0\0\0AVI LIST", Container::Avi),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Container::Unknown),
            (b"MAC \x96\x0f\0\0", Container::Ape),
            (b"MAC addresses of all", Container::Text),
            (b"TTA1\x01\0\x02\0", Container::Tta),
            (b"wvpk\x1a\0\0\0", Container::WavPack),
            (b"riff\x2e\x91\xcf\x11\xa5\xd6", Container::W64),
            (b"Creative Voice File\x1a\x1a\0", Container::Voc),
            (b"\x7f\xfe\x80\x01\xfc\x3c", Container::Dts),
            (b"FLV\x01\x05\0\0\0\x09", Container::Flv),
            (b"\0\0\x01\xba\x44\0", Container::MpegPs),
            (&[0x47; 3 * 188], Container::MpegTs),
            (b"PK\x03\x04\x14\0", Container::Zip),
            (b"\x1f\x8b\x08\0\0\0", Container::Gzip),
            (b"7z\xbc\xaf\x27\x1c", Container::SevenZip),
            (b"\x89PNG\r\n\x1a\n", Container::Png),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Container::Jpeg),
            (b"GIF89a\x01\0", Container::Gif),
            (b"%PDF-1.7\n", Container::Pdf),
            (b"\x7fELF\x02\x01\x01\0", Container::Elf),
            (b"\xff\xfeh\0e\0l\0l\0o\0", Container::Text),
            (b"\xfe\xff\0h\0e\0l\0l\0o", Container::Text),
            (b"\xff\xfe{\0\"\0a\0\"\0:\x001\0}\0", Container::Json),
            (b"OggS\0\x02", Container::Ogg),
            (b"fLaC\0\0\0\x22", Container::Flac),
            (b"FORM\0\0\0\x24AIFFCOMM", Container::Aiff),
            (b"FORM\0\0\0\x24AIFCFVER", Container::Aiff),
            (b"#!AMR\n\x3c", Container::Amr),
            (b"#!AMR-WB\n", Container::Amr),
            (b"caff\0\x01\0\0", Container::Caf),
            (b".snd\0\0\0\x18", Container::Au),
            (b"\x30\x26\xb2\x75\x8e\x66", Container::Asf),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", Container::WebM),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska", Container::Matroska),
            (b"ID3\x04\0\0\0\0\0\0", Container::Mp3),
            (b"\xff\xfb\x90\x64", Container::Mp3),
            (b"\xff\xf3\x44\xc4", Container::Mp3),
            (b"\xff\xf1\x50\x80", Container::Adts),
            (b"\0\0\0\x20ftypM4A ", Container::Mp4),
            (b"{\"url\":\"https://example.com/a.wav\"}", Container::Json),
            (b" \r\n[1, 2]", Container::Json),
            (b"\xef\xbb\xbf<!DOCTYPE html><html>", Container::Html),
            (b"<html lang=\"en\">", Container::Html),
            (b"UklGRiQAAABXQVZFZm10IBAAAAABAAEA", Container::Base64),
            (b"data:audio/wav;base64,UklGRg==", Container::Base64),
            (long_base64.as_bytes(), Container::Base64),
            ("Grüße, das ist kein Ton.".as_bytes(), Container::Text),
            (b"<?xml version=\"1.0\"?>", Container::Text),
            (b"", Container::Unknown),
            (b"\0\0\0\0\0\0\0\0", Container::Unknown),
            (b"\xff\xff\xff\xff\xfe\xff\x01\0", Container::Unknown),
            (b"{\0\x01\0{\0", Container::Unknown),
        ] {
            assert_eq!(Container::sniff(bytes), container, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_character_cut_at_the_end_of_what_is_looked_at_is_still_text() {
        let text = " ".repeat(TEXT_LOOKED_AT - 1) + "ü and more";

        assert_eq!(Container::sniff(text.as_bytes()), Container::Text);
        assert_eq!(Container::sniff(&"word ü".as_bytes()[..6]), Container::Text);
    }
}
