//! Audio from every kind of source: sent whole, sent again, and given up where it fails.

use std::{
    error::Error as _,
    io::{self, Write},
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;
use stt_core::{GaveUp, TransportKind};
use stt_hyper::{Audio, AudioError, AudioFormat, Client, Error, Language, Reply, Retry};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, BufReader, repeat};

use crate::server::{CONTINUE, Peer, Server, audio, success, transport};

/// What came over each connection, and whether it came to its end.
type Heard = Arc<Mutex<Vec<Result<Vec<u8>, Vec<u8>>>>>;

/// A server that resets the first `resets` connections after that many bytes, and takes all of the next.
async fn start(resets: u32, after: usize) -> (Server, Heard) {
    let heard = Heard::default();
    let server = Server::start({
        let heard = Arc::clone(&heard);
        move |mut peer: Peer| {
            let heard = Arc::clone(&heard);
            async move {
                peer.head().await.unwrap();
                peer.say(CONTINUE).await;
                if peer.number < resets {
                    peer.at_least(after).await;
                    return peer.reset();
                }
                let body = peer.body().await;
                heard.lock().unwrap().push(body);
                peer.say(&success("heard")).await;
            }
        }
    })
    .await;
    (server, heard)
}

async fn recognize(client: &Client, audio: Audio) -> Result<Reply, Error> {
    client.recognize(audio, Language::EN_US).await
}

/// These parts one after the other, and then a failure if there is one.
struct Parts(std::vec::IntoIter<Bytes>, Option<io::Error>);

impl Parts {
    fn new(bytes: &[u8], part: usize, failure: Option<io::Error>) -> Self {
        let parts: Vec<Bytes> = bytes.chunks(part).map(Bytes::copy_from_slice).collect();
        Self(parts.into_iter(), failure)
    }
}

impl Stream for Parts {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.0.next().map(Ok);
        Poll::Ready(next.or_else(|| self.1.take().map(Err)))
    }
}

fn file(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

#[tokio::test]
async fn every_kind_of_audio_arrives_whole() {
    let bytes = audio(300_001);
    let header = Audio::pcm(8_000, &bytes);
    assert_eq!(header.length(), Some(300_045));
    let on_disk = file(&bytes);
    let wav = AudioFormat::WavPcm16k;
    for (audio, header) in [
        (Audio::from_bytes(bytes.clone()).unwrap(), 0),
        (Audio::open(on_disk.path()).await.unwrap(), 0),
        (Audio::reader(wav, io::Cursor::new(bytes.clone())), 0),
        (Audio::stream(wav, Parts::new(&bytes, 777, None)), 0),
        (Audio::pcm(8_000, &bytes), 44),
        (Audio::pcm_reader(8_000, io::Cursor::new(bytes.clone())), 44),
        (Audio::pcm_stream(8_000, Parts::new(&bytes, 777, None)), 44),
    ] {
        let (server, heard) = start(0, 0).await;
        let reply = recognize(&server.client(), audio).await.unwrap();
        assert_eq!(reply.audio_sent, 300_001 + header as u64);
        let heard = heard.lock().unwrap().remove(0).unwrap();
        assert!(heard[header..] == bytes);
        // Bytes 24 to 27 of a WAV header are the sampling rate.
        assert!(header == 0 || heard[24..28] == 8_000_u32.to_le_bytes());
    }
}

#[tokio::test(start_paused = true)]
async fn live_audio_that_was_lost_in_the_middle_is_sent_again_byte_for_byte() {
    let bytes = audio(1_920_000);
    let (server, heard) = start(2, 500_000).await;
    let client = server.builder().retry(Retry::default()).build().unwrap();
    let audio = Audio::stream(AudioFormat::WavPcm16k, Parts::new(&bytes, 3_200, None));
    let reply = recognize(&client, audio).await.unwrap();
    assert_eq!((reply.attempts, server.connections()), (3, 3));
    let heard = heard.lock().unwrap().remove(0).unwrap();
    assert_eq!((heard.len(), heard.iter().zip(&bytes).position(|(a, b)| a != b)), (bytes.len(), None));
    assert!(1_920_000 + 2 * 500_000 <= reply.audio_sent, "what was lost may have been billed");
}

#[tokio::test]
async fn a_connection_that_is_lost_in_the_middle_is_reset() {
    let (server, _) = start(1, 500_000).await;
    let error = recognize(&server.client(), Audio::from_bytes(audio(2_000_000)).unwrap()).await.unwrap_err();
    assert_eq!(transport(&error), TransportKind::Reset);
    let sent = error.audio_sent();
    assert!((500_000..=2_000_000).contains(&sent), "{sent}");
    assert_eq!(error.to_string(), format!("connection lost after {sent} bytes of audio"));
    assert_eq!(error.source().unwrap().to_string(), io::Error::from(io::ErrorKind::ConnectionReset).to_string());
}

#[tokio::test(start_paused = true)]
async fn live_audio_of_more_than_two_mebibytes_is_not_sent_again() {
    // More than fits into the buffers of both sockets.
    let (server, _) = start(1, 3 * 1024 * 1024).await;
    let client = server.builder().retry(Retry::default()).build().unwrap();
    let audio = Audio::reader(AudioFormat::WavPcm16k, BufReader::new(repeat(0).take(100_000_000)));
    assert!(audio.is_replayable());
    let error = recognize(&client, audio.clone()).await.unwrap_err();
    assert_eq!((transport(&error), error.gave_up()), (TransportKind::Reset, Some(GaveUp::LiveAudio)));
    assert_eq!((audio.is_replayable(), error.is_retryable(), server.connections()), (false, false, 1));
    let again = recognize(&client, audio).await.unwrap_err();
    assert_eq!((transport(&again), server.connections()), (TransportKind::Audio, 1), "nothing is sent");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_fails_in_the_middle_ends_the_upload_without_its_end() {
    let (server, heard) = start(0, 0).await;
    let client = server.builder().retry(Retry::default()).build().unwrap();
    let failure = io::Error::other("microphone unplugged");
    let audio = Audio::stream(AudioFormat::WavPcm16k, Parts::new(&audio(100_000), 1_000, Some(failure)));
    let error = recognize(&client, audio).await.unwrap_err();
    assert_eq!((transport(&error), error.attempts()), (TransportKind::Audio, 1));
    assert_eq!(error.to_string(), "the audio could not be read");
    assert_eq!(error.source().unwrap().to_string(), "microphone unplugged");
    until(|| !heard.lock().unwrap().is_empty()).await;
    assert!(heard.lock().unwrap()[0].is_err(), "no final chunk");
}

#[tokio::test]
async fn a_file_that_changes_its_length_while_it_is_sent_is_not_sent_to_an_end() {
    for length in [600_000, 1_400_000] {
        let file = Arc::new(file(&audio(1_000_000)));
        let heard = Heard::default();
        let server = Server::start({
            let (file, heard) = (Arc::clone(&file), Arc::clone(&heard));
            move |mut peer: Peer| {
                let (file, heard) = (Arc::clone(&file), Arc::clone(&heard));
                async move {
                    peer.head().await.unwrap();
                    file.as_file().set_len(length).unwrap();
                    peer.say(CONTINUE).await;
                    let body = peer.body().await;
                    heard.lock().unwrap().push(body);
                }
            }
        })
        .await;
        let audio = Audio::open(file.path()).await.unwrap();
        let error = recognize(&server.client(), audio).await.unwrap_err();
        assert_eq!(transport(&error), TransportKind::Audio);
        assert_eq!(error.source().unwrap().to_string(), "the file has changed since it was opened");
        until(|| !heard.lock().unwrap().is_empty()).await;
        assert!(heard.lock().unwrap()[0].is_err(), "no final chunk");
    }
}

#[tokio::test]
async fn a_file_that_is_gone_opens_no_connection() {
    let (server, _) = start(0, 0).await;
    let file = file(&audio(1_000));
    let audio = Audio::open(file.path()).await.unwrap();
    drop(file);
    let error = recognize(&server.client(), audio).await.unwrap_err();
    assert_eq!((transport(&error), error.audio_sent(), server.connections()), (TransportKind::Audio, 0, 0));
}

#[tokio::test]
async fn what_is_no_audio_file_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let refused = async |path: &std::path::Path| Audio::open(path).await.unwrap_err();
    assert!(matches!(refused(folder.path()).await, AudioError::NotAFile));
    assert!(matches!(refused(&folder.path().join("missing.wav")).await, AudioError::Unreadable(_)));
    assert!(matches!(refused(file(b"").path()).await, AudioError::Empty));
    assert!(matches!(refused(file(b"ID3\x04 an mp3").path()).await, AudioError::UnknownFormat));
    assert!(matches!(Audio::from_bytes("").unwrap_err(), AudioError::Empty));
}

#[tokio::test]
async fn live_audio_goes_out_in_chunks_although_lengths_are_asked_for() {
    let (server, heard) = start(0, 0).await;
    let client = server.builder().chunked(false).build().unwrap();
    let audio = Audio::reader(AudioFormat::OggOpus, &b"OggS"[..]);
    recognize(&client, audio).await.unwrap();
    assert_eq!(heard.lock().unwrap()[0].as_deref(), Ok(&b"OggS"[..]));
}

/// Lets the server's task run until this is so.
async fn until(so: impl Fn() -> bool) {
    while !so() {
        tokio::task::yield_now().await;
    }
}
