//! The same recognitions with the client library alone.

use std::{
    fs::{self, File},
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use stt_hyper::{Audio, Authorization, Client, Language, Limiter, Recognize, Resource};
use tempfile::NamedTempFile;
use tokio::task::{JoinSet, spawn_blocking};

use crate::outcome::Outcome;

/// Recognizes every file of a folder, so many at once, and writes each text into a file of its own.
///
/// What a program does which has only that in mind: it opens files as the library's documentation shows it, and has the
/// same settings and the same kind of runtime as the command. Where results are to be `lasting`, no crash may lose one
/// that is there, or leave half of one.
pub(crate) fn recognize(inputs: &Path, results: &Path, server: SocketAddr, jobs: u32, lasting: bool) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build()?;
    let resource = Resource::of(format!("http://{server}").parse()?, Authorization::Key(stt_emulator::KEY_1.parse()?))?;
    let client = Client::builder(resource).limiter(Limiter::auto(jobs).patient()).build()?;
    let mut paths: Vec<PathBuf> = fs::read_dir(inputs)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    runtime.block_on(async {
        let mut running = JoinSet::new();
        for path in paths {
            if jobs as usize <= running.len()
                && let Some(done) = running.join_next().await
            {
                done??;
            }
            let result = results.join(path.file_name().unwrap_or_default()).with_extension("txt");
            running.spawn(one(client.clone(), path, result, lasting));
        }
        while let Some(done) = running.join_next().await {
            done??;
        }
        Ok(())
    })
}

async fn one(client: Client, path: PathBuf, result: PathBuf, lasting: bool) -> io::Result<()> {
    let audio = Audio::open(path).await.map_err(io::Error::other)?;
    let request = Recognize::new(Language::EN_US).detailed();
    let reply = client.recognize(audio, request).await.map_err(io::Error::other)?;
    let text = format!("{}\n", reply.recognition.text().unwrap_or_default());
    if lasting {
        spawn_blocking(move || write_lasting(&result, &text)).await?
    } else {
        tokio::fs::write(result, text).await
    }
}

/// Written beside its place, on the disk before it gets its name, and its name on the disk too.
fn write_lasting(result: &Path, text: &str) -> io::Result<()> {
    let folder = result.parent().unwrap_or(result);
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(result)?;
    File::open(folder)?.sync_all()
}

/// As many as the command has.
const WORKERS: usize = 2;

#[cfg(test)]
mod tests {
    use stt_emulator::Emulator;

    use super::*;
    use crate::clips::{Sent, TEXT};

    #[test]
    fn every_file_is_recognized_and_written() {
        let running = Emulator::builder().start_blocking().unwrap();
        let inputs = tempfile::tempdir().unwrap();
        for name in ["a.wav", "b.wav", "c.wav"] {
            fs::write(inputs.path().join(name), Sent::Wav.body().unwrap()).unwrap();
        }
        for lasting in [false, true] {
            let results = tempfile::tempdir().unwrap();
            recognize(inputs.path(), results.path(), running.address(), 2, lasting).unwrap();
            for name in ["a.txt", "b.txt", "c.txt"] {
                assert_eq!(fs::read_to_string(results.path().join(name)).unwrap(), format!("{TEXT}\n"));
            }
            assert_eq!(fs::read_dir(results.path()).unwrap().count(), 3);
        }
        assert_eq!(running.journal().len(), 6);
    }
}
