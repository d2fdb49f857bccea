//! What a file was when it was looked at, and what is in it.

use std::{
    fs::{File, Metadata},
    io::{self, Read, Seek},
    path::Path,
    time::UNIX_EPOCH,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

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

    fn of_metadata(about: &Metadata) -> Self {
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

/// What is in a file: its hash, and its bytes if they are few enough to be held for as long as they are needed.
pub(crate) fn contents_of(path: &Path) -> io::Result<(String, Option<Vec<u8>>)> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    if length <= HELD {
        // One byte more, so that the end is found without more room.
        let mut bytes = Vec::with_capacity(length as usize + 1);
        (&file).take(HELD + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 <= HELD {
            return Ok((hash(&bytes), Some(bytes)));
        }
        file.rewind()?;
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file)?;
    Ok((hasher.finalize().to_string(), None))
}

/// The hash of some bytes, in hex digits: BLAKE3, which takes a quarter of the time of SHA-256.
pub(crate) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_string()
}

/// The SHA-256 of a file, in hex digits.
pub(crate) fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(count) => hash.update(&buffer[..count]),
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
    fn the_hash_is_the_published_one_however_long_the_file_is() {
        // From the test vectors of BLAKE3, whose inputs count up to 250 and begin anew.
        let nothing = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(contents_of(file.path()).unwrap(), (nothing.to_owned(), Some(Vec::new())));
        for bytes in [HELD, HELD + 1] {
            let bytes: Vec<u8> = (0..=250).cycle().take(bytes as usize).collect();
            std::fs::write(file.path(), &bytes).unwrap();
            let held = (bytes.len() as u64 <= HELD).then(|| bytes.clone());
            assert_eq!(contents_of(file.path()).unwrap(), (hash(&bytes), held));
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
