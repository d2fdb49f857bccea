//! Files made to take all memory. A program and a test of their own, because they look at the memory of all of it.

#![cfg(all(target_os = "linux", feature = "decode"))]

use std::{fs, io::Cursor, iter};

use stt_audio::{open, open_stream};

fn fixture(name: &str) -> Vec<u8> {
    fs::read(format!("{}/../../tests/audio/{name}", env!("CARGO_MANIFEST_DIR"))).expect("it is in the repository")
}

/// One chunk, box or block after the other.
fn repeated(piece: &[u8], total: usize) -> Vec<u8> {
    piece.repeat(total / piece.len())
}

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes(), kind.as_slice(), body].concat()
}

/// A page of Ogg that holds one packet, or the piece of one.
fn page(flags: u8, serial: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let mut page = [b"OggS\0".as_slice(), &[flags], &[0; 8], &serial.to_le_bytes(), &sequence.to_le_bytes()].concat();
    let full = body.len() / 255;
    page.extend([0; 4]);
    // 255 full segments say that the packet goes on.
    let last = (full < 255).then_some((body.len() % 255) as u8);
    page.push((full + usize::from(last.is_some())) as u8);
    page.extend(iter::repeat_n(255, full).chain(last));
    page.extend_from_slice(body);
    let sum = page.iter().fold(0_u32, |sum, &byte| {
        (0..8).fold(sum ^ (u32::from(byte) << 24), |sum, _| (sum << 1) ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 })
    });
    page[22..26].copy_from_slice(&sum.to_le_bytes());
    page
}

/// A packet on as many pages as it needs.
fn packet(serial: u32, sequence: u32, packet: &[u8]) -> Vec<u8> {
    let pieces = packet.chunks(255 * 255).enumerate();
    pieces.flat_map(|(number, piece)| page(u8::from(0 < number), serial, sequence + number as u32, piece)).collect()
}

/// Two channels of 44.1 kHz, with blocks of 256 and 2048.
const VORBIS: &[u8] = b"\x01vorbis\0\0\0\0\x02\x44\xac\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xb8\x01";

/// Vorbis whose 256 code books each fill 4 MB, in 5 kB.
fn code_books() -> Vec<u8> {
    let mut bits = Vec::new();
    let mut put = |value: u64, count: u32| bits.extend((0..count).map(|bit| value >> bit & 1 == 1));
    put(255, 8);
    for _ in 0..256 {
        put(0x56_4342, 24);
        put(8, 16);
        put(131_072, 24);
        // All words are of 17 bits: ordered, from that length on, all of them.
        put(1, 1);
        put(16, 5);
        put(131_072, 18);
        // Four values, of one bit each, because 4 is the 8th root of the number of words, rounded down.
        put(1, 4);
        put(0, 64);
        put(0, 4);
        put(0, 1);
        put(0, 4);
    }
    let setup = bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit)));
    let setup: Vec<u8> = b"\x05vorbis".iter().copied().chain(setup).chain([0; 64]).collect();
    let comments = b"\x03vorbis\0\0\0\0\0\0\0\0\x01";
    [page(2, 1, 0, VORBIS), packet(1, 1, comments), packet(1, 2, &setup), packet(1, 3, &[0; 100])].concat()
}

/// Comments of Vorbis that each are five bytes, and much more in memory.
fn comments() -> Vec<u8> {
    let body = repeated(b"\x01\0\0\0=", FLOOD);
    let count = body.len() as u32 / 5;
    let comments = [b"\x03vorbis\0\0\0\0".as_slice(), &count.to_le_bytes(), &body, b"\x01"].concat();
    [page(2, 1, 0, VORBIS), packet(1, 1, &comments)].concat()
}

/// A stream of Ogg in each page.
fn streams() -> Vec<u8> {
    (0..FLOOD as u32 / 58).flat_map(|serial| page(2, serial, 0, VORBIS)).collect()
}

/// Samples that have no length and are without number.
fn samples(size: u32, count: u32) -> Vec<u8> {
    let mut file = fixture("chirp-aac-faststart.m4a");
    let at = file.windows(4).position(|name| name == b"stsz").expect("there are samples");
    file[at + 8..at + 12].copy_from_slice(&size.to_be_bytes());
    file[at + 12..at + 16].copy_from_slice(&count.to_be_bytes());
    file
}

fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let ftyp = boxed(b"ftyp", b"M4A \0\0\0\0M4A ");
    let tag = boxed(b"\xa9nam", &boxed(b"data", &[0, 0, 0, 1, 0, 0, 0, 0]));
    let tags = boxed(b"ilst", &repeated(&tag, FLOOD));
    let tags = boxed(b"udta", &boxed(b"meta", &[&[0; 4], tags.as_slice()].concat()));
    let track = boxed(b"trak", &boxed(b"tkhd", &[0; 92]));
    let note = b"ANNO\0\0\0\x02hi";
    let aiff = fixture("chirp.aiff");
    // Behind the head of the whole and the description of 26 bytes.
    let form = [b"FORM\xff\xff\xff\xff".as_slice(), &aiff[8..38], &repeated(note, FLOOD), &aiff[38..]].concat();
    let table = FLOOD as u64 / 3;
    let caf = [
        b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20".as_slice(),
        &44_100_f64.to_be_bytes(),
        b"alac\0\0\0\0\0\0\0\0\0\0\x10\0\0\0\0\x02\0\0\0\0pakt",
        &(table + 24).to_be_bytes(),
        &table.to_be_bytes(),
        &[0; 16],
        &vec![1; table as usize],
    ];
    let ebml = b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff";
    // The largest description that is read, in a number of three bytes.
    let entries = repeated(&[0xae, 0x80], FLOOD);
    let tracks = [ebml.as_slice(), b"\x16\x54\xae\x6b\x2f\xff\xff", &entries];
    let flac = [b"fLaC\0\0\0\x22".as_slice(), &[0; 34], &repeated(&[4, 0, 0, 0], FLOOD)].concat();
    vec![
        ("code books of Vorbis in Ogg", code_books()),
        ("comments of Vorbis in Ogg", comments()),
        ("streams of Ogg", streams()),
        (
            "a packet of Ogg without an end",
            (0..FLOOD as u32 / 65_025).flat_map(|n| page(1, 1, n, &[0; 65_025])).collect(),
        ),
        ("samples of 4 GB", samples(u32::MAX, 4)),
        ("samples of nothing", samples(0, u32::MAX)),
        ("tags of MP4", [ftyp.clone(), boxed(b"moov", &tags)].concat()),
        ("tracks of MP4", [ftyp.clone(), boxed(b"moov", &repeated(&track, 20 << 20))].concat()),
        ("an index of MP4", [ftyp, boxed(b"moov", &vec![0; 25 << 20])].concat()),
        ("notes of AIFF", form),
        ("packets of CAF", caf.concat()),
        ("tracks of Matroska", tracks.concat()),
        ("blocks of FLAC", flac),
        ("tags of MP3", repeated(b"ID3\x04\0\0\0\0\0\0", FLOOD)),
        ("zeros", vec![0; FLOOD]),
        ("syncs of MP3", vec![0xff; FLOOD]),
    ]
}

/// A number of the kernel about this program, in bytes.
fn memory(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux says so");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("Linux says so");
    line.trim_matches([':', '\t', ' ']).trim_end_matches(" kB").parse::<u64>().expect("it is a number") * 1024
}

#[test]
fn a_file_that_is_made_to_take_all_memory_takes_little() {
    let Err(error) = open(Cursor::new(code_books())) else { panic!("they are taken") };
    assert_eq!(error.to_string(), "cannot be decoded: Vorbis with tables that are too large");
    for (name, file) in hostile() {
        for from_pipe in [false, true] {
            let input = Cursor::new(file.clone());
            let reserved = memory("VmPeak");
            // Makes the kernel count the peak of what is used anew (proc_pid_clear_refs(5)).
            fs::write("/proc/self/clear_refs", "5").expect("it is this program's own");
            let used = memory("VmHWM");
            let source = match from_pipe {
                true => open_stream(input),
                false => open(input),
            };
            let mut samples = 0;
            if let Ok(mut source) = source {
                while let Ok(Some(block)) = source.next_block() {
                    samples += block.samples.len();
                }
            }
            let (reserved, used) = (memory("VmPeak") - reserved, memory("VmHWM") - used);
            println!("{name}: {} MB reserved, {} MB used, {samples} samples", reserved >> 20, used >> 20);
            assert!(reserved < 256 << 20, "{name}: {} MB", reserved >> 20);
            // In one go 24 MiB are read at most, and 8 MiB of Ogg.
            let floods = if name.contains("Ogg") { 2 } else { 6 };
            // What is kept of a pipe, in a buffer that doubles, has its own limit, and does not grow with the floods.
            let kept = if from_pipe { 2 * file.len() as u64 } else { 0 };
            assert!(used.saturating_sub(kept) < (256 << 20) / floods, "{name}: {} MB", used >> 20);
        }
    }
}

/// How much of each there is, in bytes.
const FLOOD: usize = 4 << 20;
