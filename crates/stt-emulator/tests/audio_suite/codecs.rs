//! Words that went through a lossy codec, as encoded by programs that share no code with this project.

use std::io::Cursor;

use ogg::{PacketWriteEndInfo, PacketWriter};
use proptest::prelude::*;
use proptest::sample::Index;
use stt_emulator::{HeardStep, HeardWord, Outcome, hear};
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::codecs::registry::RegisterableAudioDecoder;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::default::codecs::MpaDecoder;
use symphonia::default::formats::MpaReader;

use crate::ogg::patched;
use crate::signal::{Clip, stored, words};

const TEXT: &str = "Remind me to buy five pencils.";

fn heard_words(file: &[u8]) -> Vec<HeardWord> {
    let heard = hear(file);
    assert_eq!(heard.step, HeardStep::Coded, "{}", heard.reason);
    let Outcome::Words { words, .. } = heard.outcome else { panic!("{:?}", heard.outcome) };
    words
}

/// The words of a file are those of `pencils.wav`, within so many milliseconds.
fn check(file: &[u8], milliseconds: u64) {
    let (original, heard) = (heard_words(&stored("pencils.wav")), heard_words(file));
    assert_eq!(words(file), TEXT);
    for (original, heard) in original.iter().zip(heard) {
        let apart = original.offset.abs_diff(heard.offset) / 10_000;
        assert!(apart <= milliseconds, "{}: {apart} ms", heard.text);
        assert_eq!(heard.duration, original.duration);
    }
}

#[test]
fn words_survive_opus_and_keep_their_times() {
    for name in ["opus-24.ogg", "opus-16.ogg", "opus-64-celt.ogg"] {
        check(&stored(&format!("codecs/{name}")), 1);
    }
}

#[test]
fn words_survive_mp3_at_64_kbit_a_second() {
    // An MPEG-2 decoder is late by 529 samples and LAME by 576, at 16 kHz together 69 ms.
    check(&mp3("codecs/mp3-64.mp3").wav(), 70);
}

/// Decodes an MP3 file, as a program that converts audio would.
fn mp3(name: &str) -> Clip {
    let source = MediaSourceStream::new(Box::new(Cursor::new(stored(name))), MediaSourceStreamOptions::default());
    let mut reader = MpaReader::try_new(source, FormatOptions::default()).expect("an MP3 file");
    let track = reader.default_track(TrackType::Audio).expect("a track");
    let parameters = track.codec_params.as_ref().and_then(|all| all.audio()).expect("audio").clone();
    let mut decoder = MpaDecoder::try_registry_new(&parameters, &AudioDecoderOptions::default()).expect("a decoder");
    let (mut samples, mut piece) = (Vec::new(), Vec::<f64>::new());
    while let Ok(Some(packet)) = reader.next_packet() {
        decoder.decode(&packet).expect("a good packet").copy_to_vec_interleaved(&mut piece);
        samples.append(&mut piece);
    }
    Clip { rate: parameters.sample_rate.expect("a rate"), samples }
}

#[test]
fn an_opus_file_is_as_long_as_opusinfo_says() {
    assert_eq!(hear(&stored("codecs/opus-24.ogg")).audio_ticks, hear(&stored("pencils.wav")).audio_ticks);
}

#[test]
fn the_language_of_the_words_is_heard_in_opus_too() {
    let Outcome::Words { language, .. } = hear(&stored("codecs/opus-24.ogg")).outcome else { panic!("words") };
    assert_eq!(language.as_deref(), Some("en-US"));
}

#[test]
fn stereo_opus_is_heard_as_silence() {
    let heard = hear(&stored("codecs/opus-24-stereo.ogg"));
    assert_eq!((heard.step, heard.outcome), (HeardStep::Header, Outcome::InitialSilence));
    assert_eq!(heard.reason, "the header says 2 channels, only mono is heard");
}

#[test]
fn every_link_of_a_chain_is_heard_at_its_time() {
    let (first, second) = (stored("codecs/opus-24.ogg"), stored("weather.ogg"));
    let chain = [first.clone(), second.clone()].concat();
    assert_eq!(words(&chain), format!("{TEXT} What's the weather like?"));
    let (all, alone) = (heard_words(&chain), heard_words(&second));
    let length = hear(&first).audio_ticks;
    for (chained, alone) in all[6..].iter().zip(alone) {
        assert!(chained.offset.abs_diff(length + alone.offset) <= 10_000);
    }
    assert_eq!(hear(&chain).audio_ticks, length + hear(&second).audio_ticks);
}

#[test]
fn a_link_that_breaks_off_does_not_hide_the_next() {
    let mut first = stored("codecs/opus-24.ogg");
    let last_page = (0..first.len()).rfind(|at| first[*at..].starts_with(b"OggS")).expect("a page");
    first.truncate(last_page);
    let heard = words(&[first, stored("weather.ogg")].concat());
    assert!(heard.starts_with("Remind me") && heard.ends_with("What's the weather like?"), "{heard}");
}

#[test]
fn the_gain_of_the_header_is_applied() {
    let gain = |decibels: i16| {
        patched(&stored("codecs/opus-24.ogg"), |page| {
            if page[28..].starts_with(b"OpusHead") {
                page[28 + 16..28 + 18].copy_from_slice(&(decibels * 256).to_le_bytes());
            }
        })
    };
    check(&gain(-20), 1);
    let heard = hear(&gain(-100));
    assert_eq!((heard.step, heard.outcome), (HeardStep::Samples, Outcome::InitialSilence));
}

#[test]
fn noise_in_opus_is_babble_and_silence_is_silence() {
    let untold = patched(&stored("told.ogg"), |page| {
        if page[28..].starts_with(b"OpusTags") {
            let at = page.windows(10).position(|window| window == b"TRANSCRIPT").expect("a transcript");
            page[at] = b'X';
        }
    });
    let heard = hear(&untold);
    assert_eq!((heard.step, heard.outcome), (HeardStep::Samples, Outcome::Babble));
}

#[test]
fn a_damaged_page_costs_the_words_from_there_on() {
    let mut file = stored("codecs/opus-24.ogg");
    let last_page = (0..file.len()).rfind(|at| file[*at..].starts_with(b"OggS")).expect("a page");
    file[last_page + 40] ^= 1;
    let heard = words(&file);
    assert!(TEXT.starts_with(&heard) && !heard.is_empty(), "{heard}");
}

/// A stream of so many packets, each of which is nothing but its first byte.
fn stream(packets: u64, first: Option<u8>, samples: u64) -> Vec<u8> {
    let mut writer = PacketWriter::new(Vec::new());
    let mut write = |packet: Vec<u8>, end, position| {
        writer.write_packet(packet, 1, end, position).expect("memory takes any number of bytes");
    };
    write(b"OpusHead\x01\x01\x38\x01\x80\x3e\0\0\0\0\0".to_vec(), PacketWriteEndInfo::EndPage, 0);
    write(b"OpusTags\0\0\0\0\0\0\0\0".to_vec(), PacketWriteEndInfo::EndPage, 0);
    for n in 1..=packets {
        let end = if n < packets { PacketWriteEndInfo::NormalPacket } else { PacketWriteEndInfo::EndStream };
        write(first.into_iter().collect(), end, n * samples);
    }
    writer.into_inner()
}

#[test]
fn no_more_than_five_minutes_of_opus_are_listened_to() {
    // Packets of 60 ms that only say so: 12 minutes in 24 kB.
    let heard = hear(&stream(12_000, Some(11 << 3), 2_880));
    assert_eq!(heard.outcome, Outcome::InitialSilence);
    assert!((299..=300).contains(&(heard.audio_ticks / 10_000_000)), "{}", heard.audio_ticks);
    // Packets of no time at all never come to an end of time.
    assert_eq!(hear(&stream(200_000, None, 0)).outcome, Outcome::NoSamples);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn damaged_packets_never_make_hearing_fail(damage in prop::collection::vec((any::<Index>(), any::<u8>()), 1..60)) {
        let file = patched(&stored("weather.ogg"), |page| {
            let packets = &mut page[27..];
            let length = packets.len();
            damage.iter().for_each(|(at, byte)| packets[at.index(length)] = *byte);
        });
        let heard = hear(&file);
        // No page of the file holds more than 255 packets, and no packet more than 120 ms.
        prop_assert!(heard.audio_ticks <= 5 * 255 * 1_200_000, "{heard:?}");
    }
}
