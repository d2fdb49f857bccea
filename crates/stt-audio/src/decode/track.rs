//! Chooses the track to be heard, and the decoder for it.

use symphonia::{
    core::{
        audio::Channels,
        codecs::{
            CodecParameters,
            audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions, well_known::*},
        },
        errors::{Error, Result},
        formats::{FormatReader, TrackType},
        packet::Packet,
    },
    default::get_codecs,
};

use super::{
    guard::{Failure, Guard},
    mp4, vorbis,
};
use crate::{codec::Codec, container::Container, formats::aac, pcm::DecodeError};

/// The track to be heard.
pub(super) struct Chosen {
    /// Samples a second, as the headers say; the packets may say otherwise.
    pub(super) rate: u32,
    /// Samples to drop at the beginning.
    pub(super) skip: u64,
    pub(super) sound: Sound,
    pub(super) track: u32,
}

/// What makes samples of packets.
pub(super) enum Sound {
    #[cfg(feature = "opus")]
    Opus {
        channels: u16,
        decoder: Box<crate::opus::PacketDecoder>,
    },
    Other(Box<dyn AudioDecoder>),
}

impl Sound {
    /// Fills `into` with the samples of a packet, and says of how many channels and what rate they are.
    pub(super) fn decode(&mut self, packet: &Packet, into: &mut Vec<f32>) -> Result<(u16, u32)> {
        match self {
            #[cfg(feature = "opus")]
            Self::Opus { channels, decoder } => match decoder.decode(&packet.data, into) {
                true => Ok((*channels, crate::opus::RATE)),
                false => Err(Error::DecodeError("a packet that is not Opus")),
            },
            Self::Other(decoder) => {
                let samples = decoder.decode(packet)?;
                samples.copy_to_vec_interleaved(into);
                let spec = samples.spec();
                let channels = u16::try_from(spec.channels().count()).unwrap_or(0);
                Ok((channels, spec.rate()))
            }
        }
    }
}

/// The default track of audio, or the first that can be decoded.
pub(super) fn choose(
    format: &dyn FormatReader,
    guard: &Guard,
    container: Container,
    named: &[mp4::Track],
) -> std::result::Result<Chosen, DecodeError> {
    let default = format.default_track(TrackType::Audio).map(|track| track.id);
    let mut tracks: Vec<_> = format.tracks().iter().collect();
    tracks.sort_by_key(|track| Some(track.id) != default);
    let mut refused = None;
    for track in tracks {
        let Some(CodecParameters::Audio(parameters)) = &track.codec_params else { continue };
        let law = named.iter().find(|named| named.id == track.id).and_then(|named| law(*named, parameters));
        match decoder(law.as_ref().unwrap_or(parameters), guard, container) {
            Ok((rate, skip, sound)) => return Ok(Chosen { rate, skip, sound, track: track.id }),
            Err(error) => {
                refused.get_or_insert(error);
            }
        }
    }
    let codec = named.iter().find_map(|track| track.codec);
    Err(match (refused, codec) {
        // The index knows more names than the decoder.
        (None | Some(DecodeError::Codec { codec: Codec::Unknown, .. }), Some(codec)) => {
            DecodeError::Codec { codec, container }
        }
        (Some(error), _) => error,
        (None, None) if container == Container::Ogg => DecodeError::Codec { codec: Codec::Unknown, container },
        (None, None) => DecodeError::NoAudio,
    })
}

/// What symphonia does not say of A-law and mu-law in MP4.
fn law(track: mp4::Track, parameters: &AudioCodecParameters) -> Option<AudioCodecParameters> {
    let codec = match track.codec? {
        Codec::ALaw => CODEC_ID_PCM_ALAW,
        Codec::MuLaw => CODEC_ID_PCM_MULAW,
        _ => return None,
    };
    let channels = Some(Channels::Discrete(track.channels)).filter(|channels| 0 < channels.count());
    Some(AudioCodecParameters { codec, channels, ..parameters.clone() })
}

/// A fresh decoder of MPEG audio, for the number of its layer.
pub(super) fn mpeg(guard: &Guard, layer: u8) -> std::result::Result<Chosen, DecodeError> {
    let mut parameters = AudioCodecParameters::new();
    parameters.for_codec(match layer {
        1 => CODEC_ID_MP1,
        2 => CODEC_ID_MP2,
        _ => CODEC_ID_MP3,
    });
    let (rate, skip, sound) = decoder(&parameters, guard, Container::Mp3)?;
    Ok(Chosen { rate, skip, sound, track: 0 })
}

fn decoder(
    parameters: &AudioCodecParameters,
    guard: &Guard,
    container: Container,
) -> std::result::Result<(u32, u64, Sound), DecodeError> {
    let extra = parameters.extra_data.as_deref().unwrap_or_default();
    let channels = parameters.channels.as_ref().map_or(1, Channels::count);
    if MOST_CHANNELS < channels {
        return Err(DecodeError::Malformed(format!("{channels} channels")));
    }
    match parameters.codec {
        CODEC_ID_OPUS => return opus(extra, container),
        CODEC_ID_VORBIS if !vorbis::is_sane(extra) => {
            return Err(DecodeError::Malformed("Vorbis with tables that are too large".to_owned()));
        }
        _ => {}
    }
    let is_mpeg = matches!(parameters.codec, CODEC_ID_MP1 | CODEC_ID_MP2 | CODEC_ID_MP3);
    // Of MPEG audio without a header the length is estimated, and all that is behind the estimate would be dropped.
    let options = AudioDecoderOptions::default().gapless(!is_mpeg);
    // A promise that only makes it allocate in advance.
    let mut parameters = AudioCodecParameters { max_frames_per_packet: None, ..parameters.clone() };
    if matches!(parameters.codec, CODEC_ID_PCM_ALAW | CODEC_ID_PCM_MULAW) {
        // Files say the 8 bits that are stored, where the decoder wants the 16 that come of them.
        (parameters.bits_per_sample, parameters.bits_per_coded_sample) = (None, None);
    }
    let rate = parameters.sample_rate.unwrap_or(0);
    let unsupported = || Error::Unsupported("no decoder");
    let decoder = guard.call(|| match parameters.codec {
        codec if get_codecs().get_audio_decoder(codec).is_none() => Err(unsupported()),
        _ => get_codecs().make_audio_decoder(&parameters, &options),
    });
    match decoder {
        Ok(decoder) => Ok((rate, 0, Sound::Other(decoder))),
        Err(Failure::Fatal(error)) => Err(error),
        Err(Failure::Unsupported(_)) => Err(DecodeError::Codec { codec: name(&parameters), container }),
        Err(Failure::Malformed(message)) => Err(DecodeError::Malformed(message.to_owned())),
        Err(Failure::Ended | Failure::Reset) => Err(DecodeError::Malformed("headers that are cut short".to_owned())),
    }
}

#[cfg(feature = "opus")]
fn opus(extra: &[u8], container: Container) -> std::result::Result<(u32, u64, Sound), DecodeError> {
    let head = crate::opus::Head::read(extra);
    // MP4 has the same header with its numbers the other way round.
    let head = if container == Container::Mp4 { head.map(crate::opus::Head::swapped) } else { head };
    let head = head.ok_or_else(|| DecodeError::Malformed("Opus without a header".to_owned()))?;
    let decoder = head.decoder().ok_or(DecodeError::Codec { codec: Codec::Opus, container })?;
    let sound = Sound::Opus { channels: u16::from(head.channels), decoder: Box::new(decoder) };
    Ok((crate::opus::RATE, u64::from(head.pre_skip), sound))
}

#[cfg(not(feature = "opus"))]
fn opus(_: &[u8], container: Container) -> std::result::Result<(u32, u64, Sound), DecodeError> {
    Err(DecodeError::Feature { container, feature: "opus" })
}

/// The name of a codec that cannot be decoded.
fn name(parameters: &AudioCodecParameters) -> Codec {
    let is_surround = parameters.channels.as_ref().is_some_and(|channels| 2 < channels.count());
    match parameters.codec {
        CODEC_ID_AAC => match parameters.extra_data.as_deref().and_then(aac::Config::read) {
            Some(aac::Config { codec: Codec::Aac, .. }) | None if is_surround => Codec::AacSurround,
            Some(config) if config.codec != Codec::Aac => config.codec,
            _ => Codec::RareAac,
        },
        CODEC_ID_AC3 => Codec::Ac3,
        CODEC_ID_ALAC => Codec::Alac,
        CODEC_ID_DCA => Codec::Dts,
        CODEC_ID_EAC3 => Codec::EAc3,
        CODEC_ID_FLAC => Codec::Flac,
        CODEC_ID_MP1 => Codec::Mp1,
        CODEC_ID_MP2 => Codec::Mp2,
        CODEC_ID_MP3 => Codec::Mp3,
        CODEC_ID_PCM_ALAW => Codec::ALaw,
        CODEC_ID_PCM_MULAW => Codec::MuLaw,
        CODEC_ID_SPEEX => Codec::Speex,
        CODEC_ID_VORBIS => Codec::Vorbis,
        CODEC_ID_WMA => Codec::Wma,
        _ => Codec::Unknown,
    }
}

/// As many as a WAV may have.
const MOST_CHANNELS: usize = crate::wav::MAX_CHANNELS as usize;
