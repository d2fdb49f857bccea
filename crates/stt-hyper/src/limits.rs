//! How long each part of an exchange may take, and how large each part of an answer may be.

use std::time::Duration;

use stt_model::AudioFormat;

/// The time limits of an exchange, each of which ends it with an error that names the part.
///
/// The limit of the whole call stands above them and comes from [`Retry`](stt_core::Retry).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Looking up the name and opening the connection, together.
    ///
    /// A lost first packet is sent again after one and after three seconds; whoever has not answered by then is gone.
    pub(crate) connect: Duration,
    /// The answer of a proxy, which has to look up the name and connect before it: twice the time that this takes here.
    pub(crate) tunnel: Duration,
    /// The TLS handshake: two round trips and a signature, on a connection that was just proven to work.
    pub(crate) tls: Duration,
    /// The wait for `100 Continue`, after which the audio goes out without it.
    ///
    /// One second is what curl and .NET wait; RFC 9110 says only that a client should not wait for ever.
    pub(crate) proceed: Duration,
    /// The time in which the peer takes nothing although there is audio to send.
    pub(crate) upload: Duration,
    /// The time from the end of the request to the complete head of the answer, for short audio.
    pub(crate) answer: Duration,
    /// The rest of the answer: a few kilobytes that are there already, as a rule.
    pub(crate) body: Duration,
}

impl Limits {
    /// How long the answer to this much audio may take: as long as the audio, at least.
    ///
    /// The service recognizes faster than people speak, as a rule (observed); that it is never slower is a guess.
    pub(crate) fn answer_to(&self, format: Option<AudioFormat>, bytes: u64) -> Duration {
        let spoken = match format {
            Some(AudioFormat::WavPcm16k) => Duration::from_millis(bytes / BYTES_PER_MILLISECOND).min(LONGEST_AUDIO),
            // How much speech is in so many bytes of Opus, only the packets tell.
            Some(_) => LONGEST_AUDIO,
            None => Duration::ZERO,
        };
        self.answer.max(spoken)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            tunnel: Duration::from_secs(10),
            tls: Duration::from_secs(5),
            proceed: Duration::from_secs(1),
            upload: Duration::from_secs(20),
            answer: Duration::from_secs(20),
            body: Duration::from_secs(10),
        }
    }
}

/// What a chunk holds at most: larger chunks were measured to be no faster, and smaller ones cost more system calls.
pub(crate) const CHUNK: usize = 32 * 1024;

/// How many empty pieces in a row a source of live audio may give before others get their turn.
pub(crate) const EMPTY: u32 = 64;

/// How much of live audio is kept so that it can be sent again: 60 seconds of 16 kHz mono PCM, the longest audio that
/// the service takes, are 1,920,000 bytes and fit.
pub(crate) const KEPT: usize = 2 * 1024 * 1024;

/// The wait for `100 Continue` at a host that has twice in a row sent none.
///
/// The header still goes out, because the documentation requires it; only the wait is pointless there.
pub(crate) const IMPATIENT: Duration = Duration::from_millis(50);

/// What hyper holds of a request before it writes, and of an answer's head before it gives up.
///
/// It makes one write of two full chunks, so that at most 64 KiB go out after an early answer.
pub(crate) const BUFFER: usize = CHUNK + CHUNK / 2;

/// Interim answers to one request: two are usual, and only a broken peer sends this many.
pub(crate) const INTERIM: u32 = 32;

/// The body of a recognition: pronunciation scores of a minute of speech take less than a tenth of it.
pub(crate) const ANSWER: usize = 1024 * 1024;

/// The body of the answer to a request for a token, which has one or two kilobytes.
pub(crate) const TOKEN: usize = 16 * 1024;

/// How long a connection is kept for the next request: below the idle time of common load balancers, so that it is
/// seldom found closed.
pub(crate) const IDLE: Duration = Duration::from_secs(15);

/// What the service takes at most, documented on Microsoft's REST page for short audio.
const LONGEST_AUDIO: Duration = Duration::from_secs(60);

/// 16,000 samples of two bytes in a second.
const BYTES_PER_MILLISECOND: u64 = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_may_take_as_long_as_the_audio_and_never_less_than_twenty_seconds() {
        let limits = Limits::default();
        let answer = |format, bytes| limits.answer_to(format, bytes).as_secs();
        assert_eq!(answer(Some(AudioFormat::WavPcm16k), 32_000), 20, "one second of audio");
        assert_eq!(answer(Some(AudioFormat::WavPcm16k), 45 * 32_000), 45);
        assert_eq!(answer(Some(AudioFormat::WavPcm16k), u64::MAX), 60);
        assert_eq!(answer(Some(AudioFormat::OggOpus), 1_000), 60);
        assert_eq!(answer(None, 0), 20, "the request for a token");
    }
}
