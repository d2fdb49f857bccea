use std::time::Duration;

use proptest::prelude::*;
use stt_audio::{Cut, Ending, Piece, SplitError, Splitter, Wav};

/// Samples of a second.
const SECOND: usize = 16_000;

/// A tone of 500 Hz at a level of full scale, with a swell every quarter of a second, as syllables have it.
fn speech(seconds: f64, level: f64) -> Vec<i16> {
    let sample = |n: usize| {
        let (turn, swell) = (n as f64 / 32.0, n as f64 / 4_000.0);
        32_767.0 * level * (turn * std::f64::consts::TAU).sin() * (0.55 + 0.45 * (swell * std::f64::consts::TAU).cos())
    };
    (0..length(seconds)).map(|n| sample(n) as i16).collect()
}

fn silence(seconds: f64) -> Vec<i16> {
    vec![0; length(seconds)]
}

fn tone(seconds: f64) -> Vec<i16> {
    (0..length(seconds)).map(|n| (8_000.0 * (n as f64 / 20.0 * std::f64::consts::TAU).sin()) as i16).collect()
}

/// White noise whose samples are at most so large.
fn noise(seconds: f64, largest: i16) -> Vec<i16> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (((i64::from(state) - (1 << 31)) * i64::from(largest)) >> 31) as i16
    };
    (0..length(seconds)).map(|_| next()).collect()
}

fn mixed(mut one: Vec<i16>, other: &[i16]) -> Vec<i16> {
    one.iter_mut().zip(other).for_each(|(one, other)| *one = one.saturating_add(*other));
    one
}

fn length(seconds: f64) -> usize {
    (seconds * SECOND as f64).round() as usize
}

fn splitter(seconds: u64) -> Splitter {
    Splitter::new(Duration::from_secs(seconds)).expect("is a second at least")
}

/// Splits, and checks what must hold of the pieces of any input.
#[track_caller]
fn split(splitter: Splitter, input: &[i16]) -> Vec<Piece> {
    let (pieces, ending) = run(splitter, input, &[input.len()]);
    let mut end = 0;
    for piece in &pieces {
        assert!(end <= piece.start && !piece.samples.is_empty(), "pieces are in order and do not overlap");
        end = piece.end();
        assert_eq!(piece.samples, input[piece.start as usize..end as usize], "samples are those of the input");
    }
    let sent: usize = pieces.iter().map(|piece| piece.samples.len()).sum();
    assert_eq!(ending.total, input.len() as u64);
    assert_eq!(ending.skipped, (input.len() - sent) as u64);
    assert_eq!(ending.pieces, pieces.len() as u64);
    pieces
}

/// The pieces of input that comes in blocks of these lengths, over and over.
fn run(mut splitter: Splitter, input: &[i16], blocks: &[usize]) -> (Vec<Piece>, Ending) {
    let (mut pieces, mut rest) = (Vec::new(), input);
    for block in blocks.iter().cycle() {
        let (next, behind) = rest.split_at(rest.len().min(*block));
        pieces.extend(splitter.push(next));
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    let ending = splitter.finish();
    pieces.extend(ending.last.clone());
    (pieces, ending)
}

/// Where pieces begin and end in seconds, and why.
fn places(pieces: &[Piece]) -> Vec<(f64, f64, Cut)> {
    let seconds = |samples: u64| samples as f64 / SECOND as f64;
    pieces.iter().map(|piece| (seconds(piece.start), seconds(piece.end()), piece.cut)).collect()
}

/// Pieces begin where they should within 10 ms, and end there or up to 40 ms later, because sound rings on.
#[track_caller]
fn assert_places(pieces: &[Piece], expected: &[(f64, f64, Cut)]) {
    let places = places(pieces);
    let near = |(place, expected): (&(f64, f64, Cut), &(f64, f64, Cut))| {
        (place.0 - expected.0).abs() < 0.011 && (0.0..0.041).contains(&(place.1 - expected.1)) && place.2 == expected.2
    };
    let all = places.len() == expected.len() && places.iter().zip(expected).all(near);
    assert!(all, "{places:?} should be {expected:?}");
}

#[track_caller]
fn assert_covered(pieces: &[Piece], input: &[i16]) {
    let mut heard = vec![false; input.len()];
    pieces.iter().for_each(|piece| heard[piece.start as usize..piece.end() as usize].fill(true));
    let lost = heard.iter().zip(input).position(|(heard, sample)| !heard && *sample != 0);
    assert_eq!(lost, None, "a sample that is not silent is in no piece");
}

#[test]
fn a_long_pause_ends_a_piece_and_only_its_edges_are_sent() {
    let input = [silence(1.0), speech(1.5, 0.3), silence(3.0), speech(1.0, 0.3), silence(5.0)].concat();
    let pieces = split(splitter(55), &input);

    assert_places(&pieces, &[(0.75, 2.75, Cut::Silence), (5.25, 6.75, Cut::Silence)]);
}

#[test]
fn pauses_up_to_the_longest_stay_in_a_piece() {
    for (pause, pieces) in [(0.1, 1), (0.5, 1), (1.0, 1), (1.9, 1), (2.1, 2), (3.0, 2)] {
        let input = [speech(1.0, 0.3), silence(pause), speech(1.0, 0.3)].concat();
        assert_eq!(split(splitter(55), &input).len(), pieces, "{pause} s");
    }
    let input = [speech(1.0, 0.3), silence(0.6), speech(1.0, 0.3)].concat();
    assert_eq!(split(splitter(55).pause(Duration::from_millis(500)), &input).len(), 2);
    assert_eq!(split(splitter(55).pause(Duration::ZERO), &speech(5.0, 0.3)).len(), 1);
}

#[test]
fn a_full_piece_is_cut_in_the_longest_pause_within_reach() {
    let words = |count: usize| [speech(0.4, 0.3), silence(0.1)].concat().repeat(count);
    let input = [words(10), silence(0.8), words(6), silence(0.3), words(20)].concat();
    let pieces = split(splitter(10), &input);

    // Words end at 4.9 s and begin again at 5.8 s; the tenth of a second between words is no pause.
    assert_places(&pieces[..1], &[(0.0, 5.15, Cut::Silence)]);
    assert!(pieces[1].start.abs_diff(length(5.55) as u64) <= 320, "{:?}", places(&pieces));
    assert_covered(&pieces, &input);
}

#[test]
fn a_pause_shorter_than_its_padding_is_halved() {
    let input = [speech(3.0, 0.3), silence(0.3), speech(3.0, 0.3)].concat();
    let pieces = split(splitter(4), &input);

    assert_eq!(pieces[0].end(), pieces[1].start);
    assert!(pieces[0].end().abs_diff(3 * 16_000 + 2_400) <= 320, "{}", pieces[0].end());
}

#[test]
fn padding_is_what_is_asked_for() {
    let input = [silence(3.0), speech(1.0, 0.3), silence(3.0)].concat();
    for (padding, start, end) in [(0, 3.0, 4.0), (100, 2.9, 4.1), (1_000, 2.0, 5.0), (9_999, 1.0, 5.0)] {
        let pieces = split(splitter(8).padding(Duration::from_millis(padding)), &input);
        assert_places(&pieces, &[(start, end, Cut::Silence)]);
    }
}

#[test]
fn silence_alone_has_no_piece_and_is_counted() {
    for input in [silence(0.0), silence(0.001), silence(30.0), noise(30.0, 2), vec![-12_000; 20 * SECOND]] {
        let pieces = split(splitter(8), &input);
        // A constant begins with a jump, which is a sound.
        assert!(pieces.iter().all(|piece| piece.start == 0 && piece.end() < 5_000), "{:?}", places(&pieces));
        assert_eq!(pieces.len(), usize::from(input.first().is_some_and(|first| *first < -2)));
    }
}

#[test]
fn what_is_skipped_is_known_before_the_end() {
    let mut splitter = splitter(8);
    assert!(splitter.push(&silence(60.0)).is_empty());
    assert!(59 * 16_000 < splitter.skipped() && splitter.skipped() < 60 * 16_000);
    assert_eq!(splitter.finish().skipped, 60 * 16_000);
}

#[test]
fn steady_sound_from_which_nothing_stands_out_is_sent_whole() {
    for input in [tone(60.0), noise(60.0, 3_000), noise(60.0, 40)] {
        let pieces = split(splitter(20), &input);
        assert_eq!((pieces[0].start, pieces[pieces.len() - 1].end()), (0, input.len() as u64));
        assert!(pieces.windows(2).all(|two| two[0].end() == two[1].start && two[0].cut == Cut::Forced));
    }
    let input = [speech(2.0, 0.3), silence(3.0), tone(40.0)].concat();
    assert_covered(&split(splitter(20), &input), &input);
}

#[test]
fn noise_is_skipped_once_speech_stood_out_from_it() {
    let quiet = || silence(10.0);
    let input = [quiet(), speech(2.0, 0.2), quiet(), speech(2.0, 0.02), quiet()].concat();
    let pieces = split(splitter(55), &mixed(input, &noise(34.0, 300)));

    let [first, second] = &pieces[..] else { panic!("{:?}", places(&pieces)) };
    assert!(9.0 * 16_000.0 < first.start as f64 && first.end() < 13 * 16_000, "{:?}", places(&pieces));
    assert!(21.0 * 16_000.0 < second.start as f64 && second.end() < 25 * 16_000, "{:?}", places(&pieces));
    assert!(first.start <= 10 * 16_000 && 12 * 16_000 <= first.end());
    assert!(second.start <= 22 * 16_000 && 24 * 16_000 <= second.end());
}

#[test]
fn a_soft_beginning_of_a_short_clip_is_not_taken_for_noise() {
    let input = [silence(0.8), speech(0.5, 0.5), silence(0.8)].concat();
    let pieces = split(splitter(55), &mixed(input, &noise(2.1, 60)));

    assert_eq!(places(&pieces), [(0.0, 2.1, Cut::End)]);
}

#[test]
fn what_does_not_pause_is_cut_by_force_where_it_is_quietest() {
    let input = [speech(6.0, 0.4), speech(0.1, 0.01), speech(6.0, 0.4)].concat();
    let pieces = split(splitter(10), &input);

    assert_eq!(pieces[0].cut, Cut::Forced);
    assert!(pieces[0].end().abs_diff(6 * 16_000 + 800) <= 800, "{}", pieces[0].end());
    assert_covered(&pieces, &input);
}

#[test]
fn input_that_fits_exactly_is_one_piece() {
    assert_eq!(places(&split(splitter(8), &speech(8.0, 0.3))), [(0.0, 8.0, Cut::End)]);
    assert_eq!(split(splitter(8), &[speech(8.0, 0.3), vec![99]].concat()).len(), 2);
}

#[test]
fn the_last_samples_need_not_be_a_whole_frame() {
    for count in [1, 159, 161, 8_077] {
        let input = speech(1.0, 0.3).split_off(SECOND - count);
        assert_covered(&split(splitter(8), &input), &input);
    }
}

#[test]
fn the_loudest_input_is_split_like_any_other() {
    let square: Vec<i16> = (0..SECOND).map(|n| if n / 10 % 2 == 0 { i16::MIN } else { i16::MAX }).collect();
    let input = [square.clone(), silence(4.0), square].concat();

    let pieces = split(splitter(8), &input);
    assert_eq!(pieces.len(), 2, "{:?}", places(&pieces));
    assert_covered(&pieces, &input);
}

#[test]
fn a_direct_current_changes_nothing() {
    let input = [silence(3.0), speech(2.0, 0.2), silence(4.0), speech(1.0, 0.2), silence(3.0)].concat();
    let shifted = mixed(input.clone(), &vec![9_000; input.len()]);
    let without = places(&split(splitter(8), &input));
    let with = places(&split(splitter(8), &shifted));

    // The jump at the beginning is a sound.
    assert_eq!(with[with.len() - without.len()..], without);
}

#[test]
fn a_sample_is_found_where_it_was() {
    let at = 123_457;
    let mut input = silence(20.0);
    input[at] = 20_000;
    let pieces = split(splitter(8), &input);

    let [piece] = &pieces[..] else { panic!("{:?}", places(&pieces)) };
    assert_eq!(piece.samples.iter().position(|sample| *sample != 0), Some(at - piece.start as usize));
    assert_eq!((piece.start_ticks(), piece.end_ticks()), (piece.start * 625, piece.end() * 625));
}

#[test]
fn a_piece_as_a_wav_has_a_header_with_true_sizes() {
    let pieces = split(splitter(8), &speech(1.0, 0.3));
    let bytes = pieces[0].wav();

    let wav = Wav::read(&bytes, Some(bytes.len() as u64)).expect("is a WAV");
    assert_eq!((wav.rate, wav.channels, wav.bits, wav.data_offset), (16_000, 1, 16, 44));
    assert_eq!(wav.claimed, 32_000);
    let samples: Vec<i16> = bytes[44..].chunks(2).map(|two| i16::from_le_bytes([two[0], two[1]])).collect();
    assert_eq!(samples, pieces[0].samples);
}

#[test]
fn pieces_shorter_than_a_second_are_refused() {
    let short = Duration::from_millis(999);
    let error = Splitter::new(short).expect_err("is shorter than a second");
    assert_eq!(error, SplitError::TooShort(short));
    assert_eq!(error.to_string(), "audio cannot be split into pieces of 999ms, which is less than 1 s");
    // However long they may be, what is held is what is there.
    assert_eq!(split(Splitter::new(Duration::MAX).expect("is long enough"), &tone(3.0)).len(), 1);
}

/// Stretches of sound and silence of up to 1.5 s.
fn stretches() -> impl Strategy<Value = Vec<i16>> {
    let stretch = (0..5_u8, 1..24_000_usize).prop_map(|(kind, length)| {
        let seconds = length as f64 / SECOND as f64;
        match kind {
            0 => speech(seconds, 0.5),
            1 => speech(seconds, 0.03),
            2 => noise(seconds, 500),
            3 => silence(seconds),
            _ => silence(3.0 * seconds),
        }
    });
    proptest::collection::vec(stretch, 0..12).prop_map(|stretches| stretches.concat())
}

fn any_splitter() -> impl Strategy<Value = Splitter> {
    (1_000..6_000_u64, 0..3_000_u64, 0..2_000_u64).prop_map(|(longest, pause, padding)| {
        let splitter = Splitter::new(Duration::from_millis(longest)).expect("is a second at least");
        splitter.pause(Duration::from_millis(pause)).padding(Duration::from_millis(padding))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn pieces_are_the_same_however_the_input_comes(
        splitter in any_splitter(),
        input in stretches(),
        blocks in proptest::collection::vec(1..5_000_usize, 1..8),
    ) {
        prop_assert_eq!(run(splitter.clone(), &input, &blocks), run(splitter, &input, &[input.len()]));
    }

    #[test]
    fn pieces_are_in_order_within_the_limit_and_true_to_the_input(
        longest in 1_000..6_000_u64,
        pause in 0..3_000_u64,
        input in stretches(),
    ) {
        let splitter = Splitter::new(Duration::from_millis(longest)).expect("is a second at least");
        for piece in split(splitter.pause(Duration::from_millis(pause)), &input) {
            prop_assert!(piece.samples.len() as u64 <= longest * 16);
        }
    }

    #[test]
    fn between_silence_no_sound_is_lost(
        lengths in proptest::collection::vec((100..3_000_u32, 100..3_000_u32), 1..8),
        longest in 1..6_u64,
    ) {
        let seconds = |milliseconds: u32| f64::from(milliseconds) / 1_000.0;
        let stretch = |(sound, pause): &(u32, u32)| [speech(seconds(*sound), 0.2), silence(seconds(*pause))].concat();
        let input: Vec<i16> = lengths.iter().flat_map(stretch).collect();
        assert_covered(&split(splitter(longest), &input), &input);
    }
}
