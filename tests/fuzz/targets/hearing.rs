//! The emulator's ears: any body, and any packets of Opus in a stream whose checksums are right.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ogg::{PacketWriteEndInfo, PacketWriter};
use stt_emulator::{hear, sample_hash, tag};

fuzz_target!(|body: &[u8]| {
    check(body);
    check(&stream(body));
});

fn check(body: &[u8]) {
    let heard = hear(body);
    assert!(heard.listening_ended() <= heard.audio_ticks);
    let before = sample_hash(body);
    if let Ok(tagged) = tag(body, "Tagged.", None) {
        assert_eq!(sample_hash(&tagged), before);
    }
}

/// An Ogg Opus file whose packets are as long as the first byte of each says.
fn stream(mut rest: &[u8]) -> Vec<u8> {
    let mut writer = PacketWriter::new(Vec::new());
    let head = b"OpusHead\x01\x01\x38\x01\x80\x3e\0\0\0\0\0".to_vec();
    let tags = b"OpusTags\0\0\0\0\0\0\0\0".to_vec();
    let mut write = |packet: Vec<u8>, end, position| {
        writer.write_packet(packet, 1, end, position).expect("memory takes any number of bytes");
    };
    write(head, PacketWriteEndInfo::EndPage, 0);
    write(tags, PacketWriteEndInfo::EndPage, 0);
    let mut position = 0;
    while let Some((length, after)) = rest.split_first() {
        let (packet, after) = after.split_at(usize::from(*length).min(after.len()));
        let end = if after.is_empty() { PacketWriteEndInfo::EndStream } else { PacketWriteEndInfo::NormalPacket };
        position += 960;
        write(packet.to_vec(), end, position);
        rest = after;
    }
    writer.into_inner()
}
