//! A file that appears under its name only when it is complete.

use std::{
    ffi::OsStr,
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// Written beside its place, then synced and renamed, so that nobody ever sees half of it.
///
/// What is no ordinary file, such as `/dev/null` or a pipe, is written to where it stands: a rename would replace it.
pub(crate) struct Beside {
    file: File,
    /// The name it is written under, and the name it is to have.
    place: Option<(PathBuf, PathBuf)>,
    written: bool,
}

impl Beside {
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        // A link stays a link, and what it points to is replaced.
        let (target, there) = match fs::symlink_metadata(path) {
            Ok(about) if about.is_symlink() => {
                let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
                let there = fs::metadata(&target).ok();
                (target, there)
            }
            there => (path.to_owned(), there.ok()),
        };
        let mut permissions = None;
        match there {
            Some(there) if there.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Some(there) if !there.is_file() => {
                return Ok(Self { file: OpenOptions::new().write(true).open(target)?, place: None, written: false });
            }
            // Found out now, and not after the audio has been paid for.
            Some(there) if there.permissions().readonly() => return Err(io::ErrorKind::PermissionDenied.into()),
            Some(there) => permissions = Some(there.permissions()),
            None => {}
        }
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        let random = getrandom::u64().map_err(io::Error::other)?;
        let temporary = target.with_file_name(format!(".{}.{random:016x}.part", Self::shortened(&name)));
        let file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        let beside = Self { file, place: Some((temporary, target)), written: false };
        // Who could not read the old results must not read the new ones.
        if let Some(permissions) = permissions {
            beside.file.set_permissions(permissions)?;
        }
        Ok(beside)
    }

    /// As much of a name as leaves room for what marks the file as incomplete.
    pub(crate) fn shortened(name: &str) -> &str {
        let mut end = name.len().min(LONGEST_NAME);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        &name[..end]
    }

    /// The [shortened](Self::shortened) name that a file was to have which was never completed, by the name under which it
    /// was written.
    pub(crate) fn final_name(temporary: &OsStr) -> Option<&str> {
        let (name, random) = temporary.to_str()?.strip_prefix('.')?.strip_suffix(".part")?.rsplit_once('.')?;
        (random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(name)
    }

    /// Whether it is an ordinary file, in which one can go back.
    pub(super) fn is_ordinary(&self) -> bool {
        self.place.is_some()
    }

    /// Whether anything was written.
    pub(super) fn is_written(&self) -> bool {
        self.written
    }

    /// Leaves what was written where it is, and tells where; nothing is left of an empty file.
    pub(super) fn leave(mut self) -> Option<PathBuf> {
        if !self.written {
            return None;
        }
        self.place.take().map(|(temporary, _)| temporary)
    }

    /// Lets what was written go to the disk, so that [`sync`](Self::sync) has less to wait for.
    pub(crate) fn begin_sync(&self) {
        begin_sync(&self.file);
    }

    /// Sees to it that what was written is on the disk, still under its own name.
    pub(crate) fn sync(&self) -> io::Result<()> {
        if self.place.is_some() { self.file.sync_all() } else { Ok(()) }
    }

    /// Gives the file its name, and tells what it is then. Nothing is left of one that cannot be renamed.
    pub(crate) fn rename(mut self) -> io::Result<Metadata> {
        if let Some((temporary, target)) = &self.place {
            fs::rename(temporary, target)?;
            self.place = None;
        }
        self.file.metadata()
    }

    /// Syncs the file and gives it its name. What cannot be renamed stays where the error says: it may have been paid for.
    pub(crate) fn into_place(mut self) -> Result<(), (io::Error, PathBuf)> {
        let Some((temporary, target)) = self.place.take() else { return Ok(()) };
        self.file.sync_all().and_then(|()| fs::rename(&temporary, target)).map_err(|error| (error, temporary))
    }
}

impl Write for Beside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written = true;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Beside {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if let Some((temporary, _)) = self.place.take() {
            let _ = fs::remove_file(temporary);
        }
    }
}

/// Lets what was written to a file go to the disk, without waiting for it.
///
/// Linux begins to write when it is told that nobody needs the pages; elsewhere there is no such call that needs no unsafe
/// code. Whether it has begun is seen by nobody: it is no more than a way to save time.
#[cfg(target_os = "linux")]
pub(crate) fn begin_sync(file: &File) {
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
}

#[cfg(not(target_os = "linux"))]
pub(crate) const fn begin_sync(_: &File) {}

/// Of the 255 bytes that most systems take, those that are left beside the marks of an incomplete file.
const LONGEST_NAME: usize = 255 - ".".len() - ".0123456789abcdef.part".len();

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own for one test, gone when the test is.
    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let path = std::env::temp_dir().join(format!("stt-cli-{:016x}", getrandom::u64().unwrap()));
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_old_file_stands_until_the_new_one_is_complete() {
        let folder = Folder::new();
        let path = folder.0.join("out.txt");
        fs::write(&path, "old").unwrap();
        let mut file = Beside::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        file.into_place().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(folder.names(), ["out.txt"]);
    }

    #[test]
    fn a_file_that_is_given_up_leaves_nothing_behind() {
        let folder = Folder::new();
        let mut file = Beside::create(&folder.0.join("out.txt")).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert_eq!(folder.names(), [""; 0]);
    }

    #[test]
    fn a_folder_is_not_a_file() {
        let folder = Folder::new();
        assert_eq!(Beside::create(&folder.0).err().unwrap().kind(), io::ErrorKind::IsADirectory);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        let mut file = Beside::create(Path::new("/dev/null")).unwrap();
        file.write_all(b"gone").unwrap();
        file.into_place().unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = Folder::new();
        let (real, link) = (folder.0.join("real.txt"), folder.0.join("link.txt"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let mut file = Beside::create(&link).unwrap();
        file.write_all(b"new").unwrap();
        file.into_place().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
    }
}
