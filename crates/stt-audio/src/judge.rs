//! Whether the service would take what a file is.

use std::time::Duration;

use stt_model::AudioFormat;

use crate::{
    codec::Codec,
    container::Container,
    formats::Shape,
    inspect::{Found, Inspection},
    length::Length,
    limits::{Limits, RATES},
    ogg::{End, Head, Ogg},
    verdict::{NewHeader, Reason, Verdict},
    wav::{Wav, WavForm, canonical_header},
};

impl Inspection {
    /// Whether the service would take the audio in one request with these limits.
    ///
    /// 16 kHz mono 16-bit PCM in WAV, and mono Opus in Ogg, are documented. WAV of other rates was seen to work as
    /// long as its header is true, stereo to be heard as silence.
    #[must_use]
    pub fn verdict(&self, limits: Limits) -> Verdict {
        let mut reasons = self.reasons();
        if let Some(length) = self.length_by_count().filter(|&length| limits.longest() < length) {
            reasons.push(Reason::TooLong { length, limits });
        }
        if !reasons.is_empty() {
            return Verdict::Refused(reasons);
        }
        match &self.found {
            Found::Wav { wav, total } => {
                new_header(wav, *total).map_or(Verdict::Accepted(AudioFormat::WavPcm16k), Verdict::NewHeader)
            }
            _ => Verdict::Accepted(AudioFormat::OggOpus),
        }
    }

    /// How long the audio is by what is there, or of a pipe by what its header counts: samples that stand one by one. A
    /// length that follows from rates of bits is a guess.
    fn length_by_count(&self) -> Option<Duration> {
        let is_stored = matches!(self.container, Container::Aiff | Container::Au | Container::Caf | Container::Wav)
            && matches!(self.codec, Codec::ALaw | Codec::Float | Codec::MuLaw | Codec::Pcm);
        match self.length {
            Length::Estimated(length) if is_stored => Some(length),
            Length::Exact(length) => Some(length),
            Length::Estimated(_) | Length::Unknown => None,
        }
    }

    /// Whether to name what the file is says everything about it.
    fn has_its_own_codec(&self) -> bool {
        self.codec == Codec::Unknown || self.codec.to_string() == self.container.to_string()
    }

    /// Why the service would not take it, whatever its length.
    fn reasons(&self) -> Vec<Reason> {
        let codec = Reason::Codec { codec: self.codec, container: self.container };
        let channels = self.channels.filter(|&channels| channels != 1).map(Reason::Channels);
        match &self.found {
            Found::Empty => vec![Reason::Empty],
            Found::Ogg(Ogg { end: End::NoAudio, .. }) => vec![Reason::NoAudio],
            Found::Ogg(Ogg { head: Head { is_broken: true, .. }, .. }) => vec![Reason::OpusHead],
            Found::Ogg(ogg) => [
                (ogg.head.codec != Codec::Opus).then_some(codec),
                channels,
                (ogg.head.family != 0).then_some(Reason::Mapping(ogg.head.family)),
                ogg.several.then_some(Reason::SeveralStreams),
            ]
            .into_iter()
            .flatten()
            .collect(),
            Found::Other(_) if !self.container.is_audio() => vec![Reason::NotAudio(self.container)],
            Found::Other(Shape::NoAudio) => vec![Reason::NoAudio],
            Found::Other(Shape::NoIndex) => vec![Reason::NoIndex],
            Found::Other(Shape::Audio) if self.has_its_own_codec() => vec![Reason::Container(self.container)],
            Found::Other(Shape::Audio) => vec![codec],
            Found::Wav { wav, total } if wav.data_length(*total) == Some(0) => vec![Reason::NoAudio],
            Found::Wav { wav, .. } => [
                (wav.codec != Codec::Pcm).then_some(codec),
                (wav.codec == Codec::Pcm && wav.bits != 16).then_some(Reason::Bits(wav.bits)),
                (wav.codec == Codec::Pcm && wav.form == WavForm::Rifx).then_some(Reason::BigEndian),
                channels,
                (!RATES.contains(&wav.rate)).then_some(Reason::Rate(wav.rate)),
            ]
            .into_iter()
            .flatten()
            .collect(),
            Found::WavBroken(error) => vec![Reason::Header(error.clone())],
        }
    }
}

/// The header that a WAV needs instead of its own, if it needs one.
fn new_header(wav: &Wav, total: Option<u64>) -> Option<NewHeader> {
    let length = wav.data_length(total);
    let is_plain = wav.form == WavForm::Riff && !wav.extensible && wav.valid_bits.is_none() && wav.warnings.is_empty();
    let is_true = match total {
        Some(total) => length == Some(wav.claimed) && wav.size_warnings(total).is_empty(),
        // Zero is how Microsoft's samples stream; whether the service takes other ways of not knowing was not seen.
        None => wav.claimed == 0 || length.is_some(),
    };
    if is_plain && is_true {
        return None;
    }
    let header = match (total, length) {
        (Some(_), Some(length)) => canonical_header(wav.rate, length),
        // A number that nobody could check is no better than none.
        _ => stt_model::wav_header(wav.rate),
    };
    Some(NewHeader { header, length, offset: wav.data_offset })
}
