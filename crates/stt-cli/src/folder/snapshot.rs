//! What a file was when it was looked at, and what is in it.

use std::{
    fs::{File, Metadata},
    io::{self, Read, Seek},
    path::Path,
    time::UNIX_EPOCH,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use twox_hash::XxHash3_128;

/// What a file was when it was looked at: as long as it stays the same, so does what is in it.
///
/// The time of the last change of the entry, which no program can set, gives away a file that was written to and got
/// its old dates back. Where there is none, the size and the date of the contents have to do.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Snapshot {
    bytes: u64,
    modified: (i64, u32),
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry: Option<Entry>,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Entry {
    changed: (i64, i64),
    inode: u64,
}

impl Snapshot {
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        std::fs::metadata(path).map(|about| Self::of_metadata(&about))
    }

    pub(super) fn of_metadata(about: &Metadata) -> Self {
        let modified = about.modified().map_or((0, 0), |modified| match modified.duration_since(UNIX_EPOCH) {
            Ok(after) => (i64::try_from(after.as_secs()).unwrap_or(i64::MAX), after.subsec_nanos()),
            Err(before) => {
                let before = before.duration();
                (i64::try_from(before.as_secs()).map_or(i64::MIN, |seconds| -seconds), before.subsec_nanos())
            }
        });
        Self { bytes: about.len(), modified, entry: entry(about) }
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
fn entry(about: &Metadata) -> Option<Entry> {
    use std::os::unix::fs::MetadataExt;

    Some(Entry { changed: (about.ctime(), about.ctime_nsec()), inode: about.ino() })
}

#[cfg(not(unix))]
fn entry(_: &Metadata) -> Option<Entry> {
    None
}

/// What a file is, and what is in it.
pub(super) struct Contents {
    /// What the file was before it was read: if somebody writes meanwhile, it is not the one of these contents.
    pub(super) snapshot: Snapshot,
    pub(super) hash: String,
    /// All bytes, if they are few enough to be held for as long as they are needed.
    pub(super) bytes: Option<Vec<u8>>,
}

impl Contents {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let snapshot = Snapshot::of_metadata(&file.metadata()?);
        if snapshot.bytes <= HELD {
            // One byte more, so that the end is found without more room.
            let mut bytes = Vec::with_capacity(snapshot.bytes as usize + 1);
            (&file).take(HELD + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 <= HELD {
                return Ok(Self { snapshot, hash: hash(&bytes), bytes: Some(bytes) });
            }
            file.rewind()?;
        }
        let mut hasher = XxHash3_128::new();
        in_pieces(file, |piece| hasher.write(piece))?;
        Ok(Self { snapshot, hash: format!("{:032x}", hasher.finish_128()), bytes: None })
    }
}

/// The hash of some bytes, in hex digits: XXH3 of 128 bits, because it is taken of every input. It is good against chance,
/// and nobody gains by a forgery here.
pub(crate) fn hash(bytes: &[u8]) -> String {
    format!("{:032x}", XxHash3_128::oneshot(bytes))
}

/// The SHA-256 of a file, in hex digits.
pub(crate) fn sha256_of(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    in_pieces(File::open(path)?, |piece| hash.update(piece))?;
    Ok(hex(&hash.finalize()))
}

/// Reads a file to its end.
fn in_pieces(mut file: File, mut each: impl FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => each(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The SHA-256 of some bytes, in hex digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is read at once, in bytes.
const BUFFER: usize = 256 * 1024;

/// The longest file that is read once, in bytes, and not once more when it is sent: eight seconds of 16 kHz PCM. Of
/// hundreds at once it takes some tens of MB.
const HELD: u64 = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sha_256_is_the_published_one() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"abc").unwrap();
        assert_eq!(sha256_of(file.path()).unwrap(), sha256(b"abc"));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        // The bytes and the hash are of the self-test of xxHash 0.8.
        let mut state = 2_654_435_761_u64;
        let bytes: Vec<u8> = std::iter::repeat_with(|| {
            let byte = (state >> 56) as u8;
            state = state.wrapping_mul(11_400_714_785_074_694_797);
            byte
        })
        .take(2_367)
        .collect();
        assert_eq!(hash(b""), "99aa06d3014798d86001c324468d497f");
        assert_eq!(hash(&bytes), "e89c0f6ff369b427cb37aeb9e5d361ed");
    }

    #[test]
    fn the_hash_is_the_same_however_long_the_file_is() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for length in [0, HELD, HELD + 1] {
            let bytes: Vec<u8> = (0..=250).cycle().take(length as usize).collect();
            std::fs::write(file.path(), &bytes).unwrap();
            let contents = Contents::of(file.path()).unwrap();
            assert_eq!(contents.hash, hash(&bytes));
            assert_eq!(contents.bytes, (length <= HELD).then_some(bytes));
            assert_eq!(contents.snapshot, Snapshot::of(file.path()).unwrap());
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_got_its_old_dates_back_is_another_one() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"abc").unwrap();
        let before = Snapshot::of(file.path()).unwrap();
        assert_eq!(Snapshot::of(file.path()).unwrap(), before);
        let modified = std::fs::metadata(file.path()).unwrap().modified().unwrap();
        // The clock of a file system may tick only every few milliseconds.
        let changed = (0..1_000).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(1));
            std::fs::write(file.path(), b"xyz").unwrap();
            File::options().write(true).open(file.path()).unwrap().set_modified(modified).unwrap();
            Snapshot::of(file.path()).unwrap() != before
        });
        assert!(changed);
        assert_eq!(std::fs::metadata(file.path()).unwrap().modified().unwrap(), modified);
    }

    #[test]
    fn it_survives_the_journal() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let snapshot = Snapshot::of(file.path()).unwrap();
        let text = serde_json::to_string(&snapshot).unwrap();
        assert_eq!(serde_json::from_str::<Snapshot>(&text).unwrap(), snapshot);
    }
}
