//! How much memory an upload takes, measured in a process of its own.

use std::{
    convert::Infallible,
    env, fs,
    pin::Pin,
    process::Command,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;
use stt_hyper::{Audio, AudioFormat, Language};

use crate::server::{CONTINUE, Peer, Server, success};

const UPLOADED: u64 = 200 * 1024 * 1024;

/// So many pieces of 64 KiB, each made when it is asked for.
struct Pieces(u64);

impl Stream for Pieces {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let left = self.0.checked_sub(1);
        self.0 = left.unwrap_or_default();
        Poll::Ready(left.map(|_| Ok(vec![1; 64 * 1024].into())))
    }
}

/// What the process has occupied at most, in kilobytes.
fn most() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
#[ignore = "run by the test below, in a process of its own"]
async fn uploads_and_prints_what_it_took() {
    let server = Server::start(|mut peer: Peer| async move {
        peer.head().await.unwrap();
        peer.say(CONTINUE).await;
        assert_eq!(peer.skip_body().await, UPLOADED);
        peer.say(&success("")).await;
    })
    .await;
    let before = most();
    let on_disk = tempfile::NamedTempFile::new().unwrap();
    fs::write(on_disk.path(), b"RIFF\0\0\0\0WAVE").unwrap();
    on_disk.as_file().set_len(UPLOADED).unwrap();
    let stream = Audio::stream(AudioFormat::WavPcm16k, Pieces(UPLOADED / (64 * 1024)));
    for audio in [stream, Audio::open(on_disk.path()).await.unwrap()] {
        let reply = server.client().recognize(audio, Language::EN_US).await.unwrap();
        assert_eq!(reply.audio_sent, UPLOADED);
    }
    println!("grew by {} kB", most() - before);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "asks Linux how much memory a process took")]
fn an_upload_of_any_size_takes_little_memory() {
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", "memory::uploads_and_prints_what_it_took", "--ignored", "--nocapture"]);
    let output = child.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    let (_, grew) = said.split_once("grew by ").unwrap();
    let grew: u64 = grew.split_once(" kB").unwrap().0.parse().unwrap();
    assert!(grew < 24 * 1024, "{grew} kB");
}
