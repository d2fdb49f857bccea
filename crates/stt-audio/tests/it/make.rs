//! WAV and Ogg files, written down byte for byte.

/// A WAV in pieces, each of which can be made to lie.
pub(crate) struct MadeWav {
    pub(crate) riff: [u8; 4],
    pub(crate) riff_size: u32,
    pub(crate) before: Vec<u8>,
    pub(crate) format: Vec<u8>,
    pub(crate) data_size: u32,
    pub(crate) data: Vec<u8>,
    pub(crate) after: Vec<u8>,
}

impl MadeWav {
    /// Plain, with true sizes: `frames` samples of silence.
    pub(crate) fn new(tag: u16, rate: u32, channels: u16, bits: u16, frames: usize) -> Self {
        let block = channels * bits.div_ceil(8);
        let mut format = Vec::new();
        format.extend(tag.to_le_bytes());
        format.extend(channels.to_le_bytes());
        format.extend(rate.to_le_bytes());
        format.extend((rate * u32::from(block)).to_le_bytes());
        format.extend(block.to_le_bytes());
        format.extend(bits.to_le_bytes());
        let size = frames * usize::from(block);
        Self {
            riff: *b"RIFF",
            riff_size: 36 + size as u32,
            before: Vec::new(),
            format,
            data_size: size as u32,
            data: vec![0; size],
            after: Vec::new(),
        }
    }

    /// What the service documents: three seconds of it, 96,000 bytes of samples.
    pub(crate) fn documented() -> Self {
        Self::new(1, 16_000, 1, 16, 48_000)
    }

    /// With an extensible format chunk that names the real tag in its GUID.
    pub(crate) fn extensible(mut self, valid_bits: u16) -> Self {
        let tag = [self.format[0], self.format[1]];
        self.format[..2].copy_from_slice(&0xfffe_u16.to_le_bytes());
        self.format.extend(22_u16.to_le_bytes());
        self.format.extend(valid_bits.to_le_bytes());
        self.format.extend([4, 0, 0, 0]);
        self.format.extend(tag);
        self.format.extend(b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(self.riff);
        bytes.extend(self.riff_size.to_le_bytes());
        bytes.extend(b"WAVE");
        bytes.extend(&self.before);
        bytes.extend(b"fmt ");
        bytes.extend((self.format.len() as u32).to_le_bytes());
        bytes.extend(&self.format);
        bytes.extend(b"data");
        bytes.extend(self.data_size.to_le_bytes());
        bytes.extend(&self.data);
        bytes.extend(&self.after);
        bytes
    }

    /// The same with the high byte of each number first.
    pub(crate) fn big_endian_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(b"RIFX");
        bytes.extend(self.riff_size.to_be_bytes());
        bytes.extend(b"WAVEfmt ");
        bytes.extend((self.format.len() as u32).to_be_bytes());
        for number in [0..2, 2..4, 4..8, 8..12, 12..14, 14..16] {
            bytes.extend(self.format[number].iter().rev());
        }
        bytes.extend(b"data");
        bytes.extend(self.data_size.to_be_bytes());
        bytes.extend(&self.data);
        bytes
    }
}

/// One chunk, padded if its length is odd.
pub(crate) fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = id.to_vec();
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(body);
    bytes.resize(bytes.len() + body.len() % 2, 0);
    bytes
}

/// One page of Ogg with these packets, each shorter than 255 bytes and whole on the page.
pub(crate) fn page(flags: u8, granule: u64, serial: u32, packets: &[&[u8]]) -> Vec<u8> {
    let lacing: Vec<_> = packets.iter().map(|packet| packet.len() as u8).collect();
    laced_page(flags, granule, serial, &lacing, &packets.concat())
}

/// One page of Ogg, whatever the lengths of its segments make of it.
pub(crate) fn laced_page(flags: u8, granule: u64, serial: u32, lacing: &[u8], body: &[u8]) -> Vec<u8> {
    let mut bytes = b"OggS\0".to_vec();
    bytes.push(flags);
    bytes.extend(granule.to_le_bytes());
    bytes.extend(serial.to_le_bytes());
    // The number of the page, which nobody needs to know what a file is, and the place of the checksum.
    bytes.extend([0; 8]);
    bytes.push(lacing.len() as u8);
    bytes.extend(lacing);
    bytes.extend(body);
    // RFC 3533: the remainder of dividing by a polynomial, bit by bit.
    let mut checksum = 0_u32;
    for bit in bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| u32::from(byte >> bit & 1))) {
        let carry = checksum >> 31 ^ bit;
        checksum = (checksum << 1) ^ if carry == 1 { 0x04c1_1db7 } else { 0 };
    }
    bytes[22..26].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// `OpusHead` with the pre-skip 312 and the rate 16,000 of what was encoded.
pub(crate) fn opus_head(channels: u8) -> Vec<u8> {
    let mut head = b"OpusHead\x01".to_vec();
    head.push(channels);
    head.extend(312_u16.to_le_bytes());
    head.extend(16_000_u32.to_le_bytes());
    head.extend([0, 0, 0]);
    head
}

/// A packet with one frame of 20 ms, which is 960 samples of 48 kHz: configuration 9, wideband SILK.
pub(crate) const OPUS_20_MS: &[u8] = &[9 << 3, 1, 2, 3];

/// Opus with one page of 50 packets, a second of audio, for each of `seconds`, from the position `start` on.
pub(crate) fn opus(channels: u8, start: u64, seconds: u64) -> Vec<u8> {
    let mut bytes = page(2, 0, 7, &[&opus_head(channels)]);
    bytes.extend(page(0, 0, 7, &[b"OpusTags\0\0\0\0\0\0\0\0"]));
    for second in 1..=seconds {
        let flags = if second == seconds { 4 } else { 0 };
        bytes.extend(page(flags, start + second * 48_000, 7, &[OPUS_20_MS; 50]));
    }
    bytes
}
