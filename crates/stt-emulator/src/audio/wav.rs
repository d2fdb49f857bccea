//! The emulator's own reader of WAV.
//!
//! It shares nothing with the client's, so that a mistake in one shows against the other. Sizes in the headers are
//! claims: nothing is allocated by them, and what a recorder streams (0, 0xFFFFFFFF, any number it made up) is read to
//! the end of the body, as Microsoft's own samples need it, which send sizes of 0 and 40 before a whole recording.

use super::pcm::Sample;

/// Mono PCM whose header fits.
#[derive(Debug)]
pub(super) struct Pcm<'a> {
    pub(super) data: &'a [u8],
    pub(super) rate: u32,
    pub(super) sample: Sample,
}

impl Pcm<'_> {
    /// No more of it than so many seconds.
    pub(super) fn beginning(self, seconds: u32) -> Self {
        let bytes = u64::from(seconds) * u64::from(self.rate) * self.sample.bytes() as u64;
        let end = usize::try_from(bytes).unwrap_or(usize::MAX).min(self.data.len());
        Self { data: &self.data[..end], ..self }
    }
}

/// What a WAV file holds.
#[derive(Debug)]
pub(super) struct Wav<'a> {
    /// The samples, or why the service hears silence instead.
    pub(super) pcm: Result<Pcm<'a>, Unheard>,
    /// The length in ticks of 100 ns; where the header does not tell it, that of 16 kHz 16-bit mono PCM.
    pub(super) ticks: u64,
    /// Whether there is not one sample.
    pub(super) empty: bool,
    /// The text of `ICMT` in `LIST/INFO`.
    pub(super) transcript: Option<String>,
    /// The text of `ILNG` in `LIST/INFO`.
    pub(super) language: Option<String>,
}

/// Why samples are heard as silence; it is told to the user.
pub(super) type Unheard = String;

/// Whether a body begins as a WAV file does.
pub(super) fn is_wav(body: &[u8]) -> bool {
    matches!(body, [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..])
}

/// Reads a body that [`is_wav`].
pub(super) fn read(body: &[u8]) -> Wav<'_> {
    let mut format = None;
    let mut data = None;
    let mut wav = Wav { pcm: Err(Unheard::new()), ticks: 0, empty: true, transcript: None, language: None };
    for chunk in chunks(body) {
        match chunk.id {
            b"fmt " => format = format.or(Some(chunk.body)),
            b"data" => data = data.or(Some(chunk.body)),
            b"LIST" => {
                if let Some(fields) = chunk.body.strip_prefix(b"INFO") {
                    for field in fields_of(fields) {
                        match field.id {
                            b"ICMT" => wav.transcript = Some(text(field.body)),
                            b"ILNG" => wav.language = Some(text(field.body)),
                            _ => {}
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let data = data.unwrap_or_default();
    wav.ticks = assumed_ticks(data.len());
    wav.empty = data.is_empty();
    wav.pcm = match format.map(Format::read) {
        None => Err("there is no format chunk".to_owned()),
        Some(None) => Err("the format chunk is too short".to_owned()),
        Some(Some(format)) => {
            if let Some(frames) = data.len().checked_div(usize::from(format.block_align)) {
                wav.empty = frames == 0;
                wav.ticks = ticks(frames as u64, format.rate).unwrap_or(wav.ticks);
            }
            format.sample().map(|sample| Pcm { data, rate: format.rate, sample })
        }
    };
    wav
}

/// The samples of a WAV file of any number of channels, whatever else its header says.
#[derive(Debug)]
pub(super) struct Stored<'a> {
    /// Whole frames only.
    pub(super) data: &'a [u8],
    pub(super) rate: u32,
    pub(super) channels: u16,
    pub(super) sample: Sample,
}

/// Finds the samples of a body that [`is_wav`]; `None` if they are no PCM.
pub(super) fn stored(body: &[u8]) -> Option<Stored<'_>> {
    let first = |id: &[u8; 4]| chunks(body).find(|chunk| chunk.id == id).map(|chunk| chunk.body);
    let format = Format::read(first(b"fmt ")?)?;
    let bytes = format.bits.div_ceil(8);
    let sample = Sample::of(format.tag, bytes)?;
    let data = first(b"data").unwrap_or_default();
    let part = data.len().checked_rem(usize::from(bytes) * usize::from(format.channels))?;
    let data = &data[..data.len() - part];
    Some(Stored { data, rate: format.rate, channels: format.channels, sample })
}

/// What the header of a WAV file says, and whether it is true.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct WavFacts {
    /// The samples per second.
    pub(crate) rate: u32,
    /// Whether there are as many bytes of samples as it says.
    pub(crate) sizes_are_true: bool,
}

/// The facts about a body; `None` if it is no mono PCM with a header that fits.
pub(crate) fn wav_facts(body: &[u8]) -> Option<WavFacts> {
    let data = chunks(body).find(|chunk| chunk.id == b"data").filter(|_| is_wav(body))?.body;
    let pcm = read(body).pcm.ok()?;
    // The size stands directly before the samples.
    let at = data.as_ptr().addr() - body.as_ptr().addr();
    let told = body[..at].last_chunk::<4>().map(|size| u32::from_le_bytes(*size));
    Some(WavFacts { rate: pcm.rate, sizes_are_true: told.is_some_and(|told| told as usize == data.len()) })
}

/// The length of a body that [`is_wav`], in ticks of 100 ns; `None` if it has no samples.
pub(super) fn length(body: &[u8]) -> Option<u64> {
    let wav = read(body);
    (!wav.empty).then_some(wav.ticks)
}

/// The header of 16-bit PCM with so many bytes of samples.
pub(crate) fn header(rate: u32, channels: u16, bytes: u32) -> [u8; HEADER as usize] {
    let frame = 2 * channels;
    let mut header = *b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\0data\0\0\0\0";
    header[4..8].copy_from_slice(&(HEADER - 8 + bytes).to_le_bytes());
    header[22..24].copy_from_slice(&channels.to_le_bytes());
    header[24..28].copy_from_slice(&rate.to_le_bytes());
    header[28..32].copy_from_slice(&(rate * u32::from(frame)).to_le_bytes());
    header[32..34].copy_from_slice(&frame.to_le_bytes());
    header[40..].copy_from_slice(&bytes.to_le_bytes());
    header
}

/// The length of the header in bytes.
pub(super) const HEADER: u32 = 44;

/// The length of bytes that carry no header: as 16 kHz 16-bit mono PCM.
pub(super) fn assumed_ticks(bytes: usize) -> u64 {
    bytes as u64 * 10_000_000 / 32_000
}

fn ticks(frames: u64, rate: u32) -> Option<u64> {
    (frames * 10_000_000).checked_div(rate.into())
}

struct Format {
    tag: u16,
    channels: u16,
    rate: u32,
    byte_rate: u32,
    block_align: u16,
    bits: u16,
}

/// Rates at which speech is recorded. A header that says 1 Hz would also stretch a small body to hours.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;
/// The format tag of `WAVE_FORMAT_EXTENSIBLE`, and where the true tag stands then.
const EXTENSIBLE: (u16, usize) = (0xfffe, 24);

impl Format {
    fn read(body: &[u8]) -> Option<Self> {
        let short = |at: usize| Some(u16::from_le_bytes(*body.get(at..)?.first_chunk()?));
        let long = |at: usize| Some(u32::from_le_bytes(*body.get(at..)?.first_chunk()?));
        let tag = if short(0)? == EXTENSIBLE.0 { short(EXTENSIBLE.1)? } else { short(0)? };
        Some(Self {
            tag,
            channels: short(2)?,
            rate: long(4)?,
            byte_rate: long(8)?,
            block_align: short(12)?,
            bits: short(14)?,
        })
    }

    /// The form of the samples, if the service hears them.
    fn sample(&self) -> Result<Sample, Unheard> {
        let Self { tag, channels, rate, byte_rate, block_align, bits } = *self;
        if channels != 1 {
            return Err(format!("the header says {channels} channels, only mono is heard"));
        }
        let bytes = bits.div_ceil(8);
        let Some(sample) = Sample::of(tag, bytes) else {
            let codec = match tag {
                1 | 3 => return Err(format!("samples of {bits} bits are not heard")),
                2 | 0x11 => "ADPCM",
                6 => "A-law",
                7 => "mu-law",
                0x55 => "MP3",
                _ => "a codec",
            };
            return Err(format!("the samples are {codec} (format tag {tag:#06x}), only PCM is heard"));
        };
        if !RATES.contains(&rate) {
            return Err(format!("the header says {rate} Hz"));
        }
        if block_align != bytes {
            return Err(format!("the header says {block_align} bytes a frame, mono of {bits} bits has {bytes}"));
        }
        if u64::from(byte_rate) != u64::from(rate) * u64::from(bytes) {
            let true_rate = u64::from(rate) * u64::from(bytes);
            return Err(format!(
                "the header says {byte_rate} bytes a second, {rate} Hz of {bits} bits has {true_rate}"
            ));
        }
        Ok(sample)
    }
}

/// A part of a file: its name and what it holds.
pub(super) struct Chunk<'a> {
    pub(super) id: &'a [u8; 4],
    pub(super) body: &'a [u8],
}

/// The chunks of a RIFF file in order, each cut off where the file ends.
pub(super) fn chunks(file: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    walk(file.get(12..).unwrap_or_default(), true)
}

/// The fields of a `LIST/INFO` chunk, behind its name.
pub(super) fn fields_of(info: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    walk(info, false)
}

fn walk(mut rest: &[u8], samples: bool) -> impl Iterator<Item = Chunk<'_>> {
    std::iter::from_fn(move || {
        let (id, after) = rest.split_first_chunk::<4>()?;
        let (size, after) = after.split_first_chunk::<4>()?;
        let mut size = u32::from_le_bytes(*size) as usize;
        if samples && id == b"data" && !fits(after, size) {
            size = after.len();
        }
        let (body, next) = after.split_at(size.min(after.len()));
        rest = next.get(padding(next, size)..).unwrap_or_default();
        Some(Chunk { id, body })
    })
}

/// Whether samples of this size can be believed: they end with the file, or chunks follow up to its end.
fn fits(after: &[u8], size: usize) -> bool {
    let Some(mut rest) = after.get(size..) else { return false };
    rest = &rest[padding(rest, size)..];
    while let Some((head, body)) = rest.split_first_chunk::<8>() {
        let [id @ .., a, b, c, d] = head;
        let size = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        if !is_id(id) || body.len() < size {
            return false;
        }
        rest = &body[(size + padding(&body[size..], size)).min(body.len())..];
    }
    true
}

/// The byte behind a chunk of odd size, unless its writer forgot it and the next chunk begins at once.
fn padding(next: &[u8], size: usize) -> usize {
    let forgotten = next.get(..4).is_some_and(is_id) && !next.get(1..5).is_some_and(is_id);
    usize::from(size % 2 == 1 && !next.is_empty() && !forgotten)
}

fn is_id(id: &[u8]) -> bool {
    id.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// A text of `LIST/INFO`, which ends at its first zero.
fn text(body: &[u8]) -> String {
    let end = body.iter().position(|byte| *byte == 0).unwrap_or(body.len());
    String::from_utf8_lossy(&body[..end]).into_owned()
}
