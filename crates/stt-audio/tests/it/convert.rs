use std::{f64::consts::TAU, time::Duration};

use proptest::prelude::*;
use stt_audio::{Block, Channel, DecodeError, InvalidChannel, Loss, Note, Pcm16k, PcmSource};

/// Blocks that are given one after the other, and how they end.
struct Made {
    blocks: Vec<(u16, u32, Vec<f32>)>,
    next: usize,
    error: Option<DecodeError>,
}

impl PcmSource for Made {
    fn next_block(&mut self) -> Result<Option<Block<'_>>, DecodeError> {
        let Some((channels, rate, samples)) = self.blocks.get(self.next) else {
            return self.error.take().map_or(Ok(None), Err);
        };
        self.next += 1;
        Ok(Some(Block { channels: *channels, rate: *rate, samples }))
    }

    fn losses(&self) -> &[Loss] {
        &[Loss::Packets(3)]
    }
}

fn pcm(blocks: &[(u16, u32, &[f32])], channel: Channel) -> Pcm16k<Made> {
    let blocks = blocks.iter().map(|(channels, rate, samples)| (*channels, *rate, samples.to_vec())).collect();
    Pcm16k::new(Made { blocks, next: 0, error: None }, channel)
}

/// Everything that comes of some blocks, and what there is to say of it.
fn converted(blocks: &[(u16, u32, &[f32])], channel: Channel) -> (Vec<i16>, Vec<Note>) {
    let mut pcm = pcm(blocks, channel);
    let mut all = Vec::new();
    while let Some(samples) = pcm.next_block().expect("the source does not fail") {
        assert!(!samples.is_empty());
        all.extend_from_slice(samples);
        assert_eq!(pcm.position(), all.len() as u64);
    }
    assert!(pcm.next_block().expect("the end is no error").is_none());
    (all, pcm.notes().to_vec())
}

/// A tone of `seconds` with the given amplitude.
fn tone(rate: u32, frequency: f64, amplitude: f64, seconds: f64) -> Vec<f32> {
    let count = (seconds * f64::from(rate)) as usize;
    (0..count).map(|at| (amplitude * (TAU * frequency * at as f64 / f64::from(rate)).sin()) as f32).collect()
}

/// Channels of equal length as they lie in a file.
fn interleaved(channels: &[&[f32]]) -> Vec<f32> {
    (0..channels[0].len()).flat_map(|at| channels.iter().map(move |channel| channel[at])).collect()
}

fn inverted(samples: &[f32]) -> Vec<f32> {
    samples.iter().map(|sample| -sample).collect()
}

/// The square root of the mean square, full scale being 1.
fn level(samples: &[i16]) -> f64 {
    let sum: f64 = samples.iter().map(|sample| (f64::from(*sample) / 32_768.0).powi(2)).sum();
    (sum / samples.len() as f64).sqrt()
}

#[test]
fn what_is_right_already_comes_out_bit_by_bit() {
    let every: Vec<i16> = (i16::MIN..=i16::MAX).collect();
    let samples: Vec<f32> = every.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    for channel in Channel::ALL {
        let (made, notes) = converted(&[(1, 16_000, &samples[..700]), (1, 16_000, &samples[700..])], channel);
        assert!(made == every);
        assert_eq!(notes, []);
    }
}

#[test]
fn what_lies_between_two_numbers_is_rounded_to_the_nearer() {
    let samples = [1.4, 1.6, -1.4, -1.6, 99.51, -0.4].map(|sample: f32| sample / 32_768.0);
    assert_eq!(converted(&[(1, 16_000, &samples)], Channel::Mix).0, [1, 2, -1, -2, 100, 0]);
}

#[test]
fn one_channel_is_chosen_or_all_are_mixed() {
    let [first, second, third] = [0.5, 0.25, -0.375].map(|value: f32| vec![value; 1_000]);
    let stereo = interleaved(&[&first, &second]);
    let six = interleaved(&[&first, &second, &third, &third, &first, &first]);
    // Full scale is 32,768. The six have the mean 1/6, to which 5,461 is nearest.
    for (channels, samples, channel, value) in [
        (1, &first, Channel::Left, 16_384),
        (1, &first, Channel::Mix, 16_384),
        (1, &first, Channel::Right, 16_384),
        (2, &stereo, Channel::Left, 16_384),
        (2, &stereo, Channel::Mix, 12_288),
        (2, &stereo, Channel::Right, 8_192),
        (6, &six, Channel::Left, 16_384),
        (6, &six, Channel::Mix, 5_461),
        (6, &six, Channel::Right, 8_192),
    ] {
        let (made, _) = converted(&[(channels, 16_000, samples)], channel);
        assert!(made == [value; 1_000], "{channel} of {channels}: {}", made[0]);
    }
}

#[test]
fn the_names_of_channels_are_read_and_written() {
    for (text, channel) in [("left", Channel::Left), ("mix", Channel::Mix), ("right", Channel::Right)] {
        assert_eq!(text.parse(), Ok(channel));
        assert_eq!(channel.to_string(), text);
    }
    assert_eq!("Left".parse::<Channel>(), Err(InvalidChannel));
    assert_eq!(InvalidChannel.to_string(), "neither left, mix nor right");
}

#[test]
fn channels_that_cancel_each_other_are_not_silence() {
    let voice = tone(44_100, 300.0, 0.5, 2.0);
    let stereo = interleaved(&[&voice, &inverted(&voice)]);
    let (made, notes) = converted(&[(2, 44_100, &stereo)], Channel::Mix);

    // The root of the mean square of a tone is its amplitude over the root of two. The first window fades.
    assert!((level(&made[800..]) - 0.5 / 2_f64.sqrt()).abs() < 0.001);
    assert_eq!(notes, [Note::Converted { channels: 2, rate: 44_100 }, Note::Cancelled(Duration::from_secs(2))]);
    assert_eq!(notes[1].to_string(), "the channels cancel each other for 2.0 s; used the left one there");
}

#[test]
fn going_over_to_one_channel_and_back_does_not_click() {
    // A tone that is through zero at every 77th sample. At two of these, within a window of 800 samples, the right
    // channel changes its sign; where the windows meet, the tone is not through zero.
    let left: Vec<f32> = (0..48_000).map(|at| (0.5 * (TAU * f64::from(at) / 154.0).sin()) as f32).collect();
    let reversed = 213 * 77..416 * 77;
    let right = left.iter().enumerate().map(|(at, left)| if reversed.contains(&at) { -left } else { *left });
    let right: Vec<f32> = right.collect();
    let (made, notes) = converted(&[(2, 16_000, &interleaved(&[&left, &right]))], Channel::Mix);

    // The steepest step of the tone itself, and what a fade of the whole amplitude in a window adds.
    let steepest = (16_384.0 * TAU / 154.0 + 16_384.0 / 800.0) as i32 + 1;
    assert!(made.windows(2).all(|two| (i32::from(two[1]) - i32::from(two[0])).abs() <= steepest));
    assert!((level(&made[17_600..32_000]) - level(&made[..16_000])).abs() < 0.001);
    // Nineteen windows, from the first after the change to the one that is right again for the most part.
    assert_eq!(notes[1], Note::Cancelled(Duration::from_millis(950)));
}

#[test]
fn who_speaks_on_the_right_is_heard_after_a_hum_that_cancels() {
    let silence = vec![0.0; 16_000];
    let hum = tone(16_000, 50.0, 0.01, 1.0);
    let voice = tone(16_000, 300.0, 0.5, 1.0);
    let blocks = [interleaved(&[&hum, &inverted(&hum)]), interleaved(&[&silence, &voice])];
    let blocks = blocks.each_ref().map(|block| (2, 16_000, &block[..]));
    let (made, _) = converted(&blocks, Channel::Mix);

    assert!((level(&made[17_000..]) - 0.25 / 2_f64.sqrt()).abs() < 0.001);
}

#[test]
fn ordinary_stereo_is_not_taken_for_channels_that_cancel() {
    let (low, high) = (tone(48_000, 200.0, 0.3, 1.0), tone(48_000, 1_310.0, 0.3, 1.0));
    let quiet = tone(48_000, 200.0, 0.0001, 1.0);
    let silence = vec![0.0; 48_000];
    for stereo in [
        interleaved(&[&low, &high]),
        interleaved(&[&low, &silence]),
        interleaved(&[&low, &low]),
        // Nobody hears that these cancel each other, 80 dB under full scale.
        interleaved(&[&quiet, &inverted(&quiet)]),
    ] {
        let (_, notes) = converted(&[(2, 48_000, &stereo)], Channel::Mix);
        assert_eq!(notes, [Note::Converted { channels: 2, rate: 48_000 }]);
    }
}

#[test]
fn a_stream_may_change_its_rate_and_channels() {
    let (mono, stereo) = (tone(8_000, 500.0, 0.5, 0.3), tone(44_100, 500.0, 0.5, 0.4));
    let stereo = interleaved(&[&stereo, &stereo]);
    let (made, notes) = converted(&[(1, 8_000, &mono), (2, 44_100, &stereo), (1, 8_000, &mono)], Channel::Mix);

    // 0.3 s, 0.4 s and 0.3 s of 16 kHz.
    assert_eq!(made.len(), 4_800 + 6_400 + 4_800);
    for part in [&made[500..4_300], &made[5_300..10_700], &made[11_700..15_500]] {
        assert!((level(part) - 0.5 / 2_f64.sqrt()).abs() < 0.001);
    }
    assert_eq!(
        notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["8 kHz mono; converted to 16 kHz mono", "44.1 kHz stereo; converted to 16 kHz mono"]
    );
}

#[test]
fn an_impulse_stays_at_its_place() {
    // Each of these moments is one of both rates: 441 samples of 44.1 kHz are 160 of 16 kHz.
    for (rate, period, result) in [(8_000, 1, 2), (44_100, 441, 160), (48_000, 3, 1), (192_000, 12, 1)] {
        for periods in [0, 1, 20] {
            let mut samples = vec![0.0; rate as usize];
            samples[periods * period] = 1.0;
            let (made, _) = converted(&[(1, rate, &samples)], Channel::Mix);
            let highest = (0..made.len()).max_by_key(|at| made[*at]).expect("there are samples");
            assert_eq!(highest, periods * result, "{rate} Hz");
        }
    }
}

#[test]
fn what_is_too_loud_is_cut_off_and_never_wraps() {
    // A square wave at full scale swings beyond it, once its highest tones are gone.
    let square: Vec<f32> = (0..44_100).map(|at| if at / 100 % 2 == 0 { 1.0 } else { -1.0 }).collect();
    let (made, _) = converted(&[(1, 44_100, &square)], Channel::Mix);
    assert!(made.contains(&i16::MAX) && made.contains(&i16::MIN));
    for (at, sample) in made.iter().enumerate() {
        // In the middle half of each swing there is no other sign.
        let place = at as f64 * 44_100.0 / 16_000.0 % 200.0;
        if (25.0..75.0).contains(&place) {
            assert!(30_000 < *sample, "{sample} at {at}");
        } else if (125.0..175.0).contains(&place) {
            assert!(*sample < -30_000, "{sample} at {at}");
        }
    }

    let (made, _) = converted(&[(1, 16_000, &[2.0, 1.0, -1.0, -2.0, f32::MAX, f32::MIN])], Channel::Mix);
    assert_eq!(made, [32_767, 32_767, -32_768, -32_768, 32_767, -32_768]);
}

#[test]
fn silence_is_silence() {
    for (channels, rate) in [(1, 16_000), (1, 8_000), (2, 44_100), (6, 48_000), (1, 22_254)] {
        let samples = vec![0.0; usize::from(channels) * rate as usize];
        let (made, _) = converted(&[(channels, rate, &samples)], Channel::Mix);
        assert!(made == [0; 16_000], "{channels} channels of {rate} Hz");
    }
}

#[test]
fn what_came_before_an_error_is_given_before_it() {
    let samples = vec![0.5; 4_410];
    let mut pcm = Pcm16k::new(
        Made { blocks: vec![(1, 44_100, samples)], next: 0, error: Some(DecodeError::Malformed("cut".to_owned())) },
        Channel::Mix,
    );
    let mut count = 0;
    let error = loop {
        match pcm.next_block() {
            Ok(Some(samples)) => count += samples.len(),
            Ok(None) => unreachable!("the error comes first"),
            Err(error) => break error,
        }
    };

    assert_eq!(count, 1_600);
    assert_eq!(error.to_string(), "cannot be decoded: cut");
    assert!(pcm.next_block().expect("the error was given").is_none());
    assert_eq!(pcm.losses(), [Loss::Packets(3)]);
}

#[test]
fn a_source_with_numbers_that_no_audio_has_is_refused() {
    for (channels, rate, message) in [
        (1, 0, "cannot be decoded: 0 kHz is no rate of audio"),
        (1, 768_001, "cannot be decoded: 768.001 kHz is no rate of audio"),
        (0, 16_000, "cannot be decoded: no channels"),
    ] {
        let error = pcm(&[(channels, rate, &[0.0])], Channel::Mix).next_block().expect_err("is refused");
        assert_eq!(error.to_string(), message);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_blocks_in_which_audio_comes_make_no_difference(
        cuts in proptest::collection::vec(1..6_000_usize, 1..20),
        rate in proptest::sample::select(vec![8_000_u32, 16_000, 44_100, 48_000]),
        channels in 1..4_u16,
        seed in any::<u32>(),
    ) {
        let mut state = seed | 1;
        let frames = 9_000_u64;
        // Noise that changes every so often between channels that are alike and channels that cancel each other.
        let samples: Vec<f32> = (0..frames).flat_map(|at| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let value = state as f32 / u32::MAX as f32 - 0.5;
            let sign = if at / 3_000 % 2 == 0 { 1.0 } else { -1.0 };
            (0..channels).map(move |channel| if channel % 2 == 0 { value } else { sign * value })
        }).collect();
        let (whole, notes) = converted(&[(channels, rate, &samples)], Channel::Mix);
        let (mut blocks, mut rest) = (Vec::new(), &samples[..]);
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (block, after) = rest.split_at(rest.len().min(cut * usize::from(channels)));
            blocks.push((channels, rate, block));
            rest = after;
        }

        prop_assert_eq!(whole.len() as u64, (frames * 16_000).div_ceil(u64::from(rate)));
        prop_assert!(converted(&blocks, Channel::Mix) == (whole, notes));
    }
}
