use std::time::Duration;

use stt_audio::{Inspection, LengthMeter, Limits, Metered};

use crate::make::{MadeWav, chunk};

fn meter(bytes: &[u8], limits: Limits) -> LengthMeter {
    Inspection::of_prefix(bytes, None).meter(limits).expect("PCM can be measured")
}

/// Pushes everything in pieces of one size, and says how many bytes were within the limit and why it stopped.
fn push_all(meter: &mut LengthMeter, bytes: &[u8], piece: usize) -> (usize, Metered) {
    let mut taken = 0;
    for piece in bytes.chunks(piece) {
        match meter.push(piece) {
            Metered::All => taken += piece.len(),
            end @ (Metered::Beyond(count) | Metered::Ended(count) | Metered::Full(count)) => {
                return (taken + count, end);
            }
        }
    }
    (taken, Metered::All)
}

#[test]
fn live_audio_stops_at_sixty_seconds_to_the_sample_whatever_the_pieces() {
    let mut made = MadeWav { data: vec![0; 2_000_000], data_size: u32::MAX, ..MadeWav::documented() };
    made.before = chunk(b"LIST", b"INFOISFT\x04\0\0\0Lavf");
    let bytes = made.bytes();
    for piece in [1, 7, 1024, 65_536, bytes.len()] {
        let mut meter = meter(&bytes[..1024], Limits::RECOGNITION);
        let (taken, end) = push_all(&mut meter, &bytes, piece);

        // The header of 44 bytes and its list of 24, then 60 s of 16,000 samples of two bytes.
        assert_eq!(taken, 44 + 24 + 1_920_000, "pieces of {piece}");
        assert!(matches!(end, Metered::Full(_)), "pieces of {piece}");
        assert_eq!(meter.heard(), Duration::from_secs(60));
    }
}

#[test]
fn audio_that_ends_at_the_limit_is_not_over_it() {
    let bytes = MadeWav { data: vec![0; 960_000], data_size: 0, ..MadeWav::documented() }.bytes();
    let mut meter = meter(&bytes, Limits::ASSESSMENT);

    assert_eq!(push_all(&mut meter, &bytes, 4096), (44 + 960_000, Metered::All));
    assert_eq!(meter.push(&[]), Metered::All);
    assert_eq!(meter.push(&[0]), Metered::Full(0));
    assert_eq!(meter.push(&[0]), Metered::Full(0));
}

#[test]
fn the_limit_counts_samples_and_not_bytes() {
    // A second of 44.1 kHz stereo with 16 bits has 176,400 bytes.
    let made = MadeWav { data: vec![0; 400_000], data_size: 0, ..MadeWav::new(1, 44_100, 2, 16, 0) };
    let bytes = made.bytes();
    let mut meter = meter(&bytes, Limits::seconds(1));

    assert_eq!(push_all(&mut meter, &bytes, 1000).0, 44 + 176_400);
}

#[test]
fn what_stands_behind_the_audio_is_not_audio() {
    let bytes = MadeWav { after: chunk(b"LIST", b"INFO"), ..MadeWav::documented() }.bytes();
    let mut meter = meter(&bytes[..100], Limits::RECOGNITION);

    assert_eq!(push_all(&mut meter, &bytes, bytes.len()), (44 + 96_000, Metered::Ended(44 + 96_000)));
    assert_eq!(meter.heard(), Duration::from_secs(3));
}

#[test]
fn what_does_not_belong_behind_the_audio_is_told() {
    let bytes = MadeWav { after: vec![0xee; 100], ..MadeWav::documented() }.bytes();
    let mut meter = meter(&bytes[..100], Limits::RECOGNITION);

    assert_eq!(push_all(&mut meter, &bytes, bytes.len()), (44 + 96_000, Metered::Beyond(44 + 96_000)));
}

#[test]
fn headerless_samples_are_counted_from_the_first_byte() {
    let mut meter = LengthMeter::of_pcm(8_000, Limits::seconds(2));

    assert_eq!(meter.push(&[0; 16_000]), Metered::All);
    assert_eq!(meter.heard(), Duration::from_secs(1));
    assert_eq!(meter.push(&[0; 16_001]), Metered::Full(16_000));
}

#[test]
fn nothing_was_heard_before_the_header_ended() {
    let bytes = MadeWav::documented().bytes();
    let mut meter = meter(&bytes, Limits::RECOGNITION);

    assert_eq!(meter.push(&bytes[..43]), Metered::All);
    assert_eq!(meter.heard(), Duration::ZERO);
}
