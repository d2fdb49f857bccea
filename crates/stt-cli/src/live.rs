//! Audio that arrives while it is sent: standard input.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use stt_audio::{Container, Inspection, Length, LengthMeter, Limits, Metered, NewHeader, PREFIX, Reason};
use stt_long::Source;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio_util::io::SyncIoBridge;

use crate::{
    audio::{Sendable, Way, sendable},
    inputs::STANDARD_INPUT as SUBJECT,
    output::io_reason,
    problem::Problem,
    shaping::Shaping,
};

/// What standard input turned out to be.
pub(crate) enum Arrived<R> {
    /// PCM of a known length, or not to be cut, that is sent while it arrives.
    Stream {
        reader: LiveReader<R>,
        /// What is known of it later.
        progress: Arc<Progress>,
        warnings: Vec<String>,
    },
    /// Anything else: what is compressed cannot be measured while it passes, and what never ends has to be cut.
    Way(Way),
}

/// Reads as much as is needed to know what it is, and refuses what the service would not take.
pub(crate) async fn arrive<R>(mut input: R, shaping: &Shaping) -> Result<Arrived<R>, Problem>
where
    R: AsyncRead + Send + Unpin + 'static,
{
    let unreadable = |error: io::Error| Problem::input(SUBJECT, io_reason(&error));
    if let Some(format) = shaping.raw {
        let source = Source::raw(SyncIoBridge::new(input), format);
        return Way::in_pieces(source, shaping.plan.live(), SUBJECT).map(Arrived::Way);
    }
    let mut head = Vec::new();
    let inspection = loop {
        let before = head.len();
        let count = input.read_buf(&mut head).await.map_err(unreadable)?;
        let ended = count == 0;
        let inspection = Inspection::of_prefix(&head, ended.then_some(before as u64));
        if ended || is_clear(&inspection, head.len()) {
            break inspection;
        }
    };
    if head.is_empty() {
        return Err(Problem::input(SUBJECT, "nothing arrived"));
    }
    if inspection.container == Container::Ogg {
        let limit = LONGEST_OGG.saturating_sub(head.len() as u64);
        let count = (&mut input).take(limit).read_to_end(&mut head).await.map_err(unreadable)? as u64;
        if count < limit {
            return Way::of_bytes(head, shaping, SUBJECT).map(Arrived::Way);
        }
        if !shaping.splits() {
            return Err(Problem::input(SUBJECT, "more Ogg Opus than a minute can be").hint(CUT_HINT.to_owned()));
        }
        return in_pieces(head, input, shaping);
    }
    let header = match sendable(&inspection, shaping, SUBJECT, fix)? {
        Sendable::InPieces => return in_pieces(head, input, shaping),
        _ if shaping.splits() && !is_short(&inspection, shaping.limits) => return in_pieces(head, input, shaping),
        Sendable::AsIs => None,
        Sendable::Behind(header) => Some(header),
    };
    let Some(meter) = inspection.meter(shaping.limits) else {
        return Err(
            Problem::input(SUBJECT, "audio that cannot be measured").hint(fix(&Reason::Container(Container::Unknown)))
        );
    };
    let reader = LiveReader::new(input, &head, header, meter);
    let progress = Arc::clone(&reader.progress);
    let warnings = inspection.warnings.iter().map(ToString::to_string).collect();
    Ok(Arrived::Stream { reader, progress, warnings })
}

/// Cuts a stream at its pauses, from the first one on.
fn in_pieces<R>(head: Vec<u8>, rest: R, shaping: &Shaping) -> Result<Arrived<R>, Problem>
where
    R: AsyncRead + Send + Unpin + 'static,
{
    let reader = io::Read::chain(io::Cursor::new(head), SyncIoBridge::new(rest));
    Way::in_pieces(Source::reader(reader), shaping.plan.live(), SUBJECT).map(Arrived::Way)
}

/// Whether its header promises no more than one request takes.
fn is_short(inspection: &Inspection, limits: Limits) -> bool {
    matches!(inspection.length, Length::Estimated(length) | Length::Exact(length) if length <= limits.longest())
}

/// Whether so many bytes are enough for a verdict.
fn is_clear(inspection: &Inspection, bytes: usize) -> bool {
    match inspection.container {
        Container::Wav => inspection.wav().is_some() || PREFIX <= bytes,
        Container::Ogg => true,
        _ => ENOUGH_FOR_A_NAME <= bytes,
    }
}

/// What a pipe looks like that the service takes.
fn fix(reason: &Reason) -> Option<String> {
    match reason {
        Reason::NotAudio(Container::Unknown) => {
            Some("ffmpeg -f s16le -ar 16000 -ac 1 -i - -f wav - | stt transcribe -".to_owned())
        }
        Reason::Empty | Reason::NoAudio | Reason::NotAudio(_) => None,
        Reason::TooLong { .. } => Some(CUT_HINT.to_owned()),
        _ => Some("ffmpeg -i - -ar 16000 -ac 1 -f wav - | stt transcribe -".to_owned()),
    }
}

/// The stream as it is sent: with a header that is true, and no longer than one request may be.
pub(crate) struct LiveReader<R> {
    input: R,
    meter: LengthMeter,
    /// Bytes of the input that are still to be left out, because another header stands for them.
    skip: u64,
    /// What is ready to be sent, from `sent` on.
    ready: Vec<u8>,
    sent: usize,
    progress: Arc<Progress>,
}

/// How far a live stream has come, readable while and after it is sent.
#[derive(Debug, Default)]
pub(crate) struct Progress(Mutex<(Duration, End)>);

/// How a live stream ended.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum End {
    /// It has not.
    #[default]
    Open,
    /// There was more than the header promises, and it is nothing that belongs behind the audio of a WAV.
    Beyond,
    /// There was no more.
    Complete,
    /// There was more than one request may carry.
    Full,
}

impl Progress {
    /// How much audio was taken.
    pub(crate) fn heard(&self) -> Duration {
        self.get().0
    }

    /// What was not sent, as a sentence, if anything was not.
    pub(crate) fn not_sent(&self) -> Option<String> {
        let (heard, end) = *self.get();
        let seconds = heard.as_secs_f64();
        match end {
            End::Beyond => {
                Some(format!("{SUBJECT}: the header promises {seconds:.1} s of audio; what followed was not sent"))
            }
            End::Complete => None,
            End::Full => Some(format!("{SUBJECT}: stopped after {seconds:.1} s of audio; what followed was not sent")),
            End::Open => Some(format!("{SUBJECT}: answered after {seconds:.1} s of audio; what followed was not sent")),
        }
    }

    fn get(&self) -> MutexGuard<'_, (Duration, End)> {
        // The pair is written in one go, so a panic elsewhere leaves it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R> LiveReader<R> {
    fn new(input: R, head: &[u8], header: Option<NewHeader>, meter: LengthMeter) -> Self {
        let mut reader = Self {
            input,
            meter,
            skip: header.as_ref().map_or(0, |header| header.offset),
            ready: header.map_or_else(Vec::new, |header| header.header.to_vec()),
            sent: 0,
            progress: Arc::default(),
        };
        reader.take(head);
        reader
    }

    /// Takes what belongs to the audio of the next piece of input.
    fn take(&mut self, piece: &[u8]) {
        let (taken, end) = match self.meter.push(piece) {
            Metered::All => (piece.len(), End::Open),
            Metered::Beyond(taken) => (taken, End::Beyond),
            Metered::Ended(taken) => (taken, End::Complete),
            Metered::Full(taken) => (taken, End::Full),
        };
        let skipped = taken.min(usize::try_from(self.skip).unwrap_or(usize::MAX));
        self.skip -= skipped as u64;
        self.ready.extend_from_slice(&piece[skipped..taken]);
        *self.progress.get() = (self.meter.heard(), end);
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for LiveReader<R> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let reader = self.get_mut();
        while reader.sent == reader.ready.len() {
            if reader.progress.get().1 != End::Open {
                return Poll::Ready(Ok(()));
            }
            reader.ready.clear();
            reader.sent = 0;
            let mut piece = [0; PIECE];
            let mut piece = ReadBuf::new(&mut piece);
            ready!(Pin::new(&mut reader.input).poll_read(context, &mut piece))?;
            match piece.filled() {
                [] => reader.progress.get().1 = End::Complete,
                piece => reader.take(piece),
            }
        }
        let count = buffer.remaining().min(reader.ready.len() - reader.sent);
        buffer.put_slice(&reader.ready[reader.sent..reader.sent + count]);
        reader.sent += count;
        Poll::Ready(Ok(()))
    }
}

const CUT_HINT: &str = "cut it into pieces of less than a minute";

/// Text needs some more than the first bytes to be told from other data.
const ENOUGH_FOR_A_NAME: usize = 512;

/// What one read takes at most: half a second at the documented rate.
const PIECE: usize = 16 * 1024;

/// A minute at 512 kbit/s, the most that Opus reaches; the service documents 256.
const LONGEST_OGG: u64 = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{AudioArgs, Choice, SourceArgs, UploadForm};

    /// A WAV whose header says `claimed` bytes, and which has `bytes`.
    fn wav(claimed: u64, bytes: usize) -> Vec<u8> {
        let mut wav = stt_audio::canonical_header(16_000, claimed).to_vec();
        wav.extend((0..bytes).map(|index| (index % 251) as u8));
        wav
    }

    /// What is neither converted nor cut.
    fn as_it_is(limits: Limits) -> Shaping {
        let audio = AudioArgs { convert: Choice::Never, source: SourceArgs::default(), upload: UploadForm::Wav };
        Shaping::whole(audio, limits)
    }

    async fn send(input: &[u8], limits: Limits) -> Result<(Vec<u8>, Option<String>), String> {
        let mut sent = Vec::new();
        match arrive(io::Cursor::new(input.to_vec()), &as_it_is(limits)).await {
            Ok(Arrived::Stream { mut reader, progress, .. }) => {
                reader.read_to_end(&mut sent).await.unwrap();
                Ok((sent, progress.not_sent()))
            }
            Ok(Arrived::Way(_)) => unreachable!(),
            Err(problem) => Err(problem.to_string()),
        }
    }

    #[tokio::test]
    async fn what_follows_the_promised_audio_is_told_unless_it_belongs_there() {
        let told = "standard input: the header promises 0.1 s of audio; what followed was not sent";
        let first = wav(3_200, 3_200);
        for (more, said) in [
            (&first[..], Some(told)),
            (&[7; 5_000], Some(told)),
            (b"", None),
            (b"LIST\x04\0\0\0INFO", None),
            (b"\0id3 ", None),
        ] {
            let (sent, not_sent) = send(&[&first, more].concat(), Limits::RECOGNITION).await.unwrap();
            assert_eq!((sent == first, not_sent.as_deref()), (true, said), "{more:?}");
        }
    }

    #[tokio::test]
    async fn a_wav_with_a_true_header_passes_unchanged() {
        let input = wav(64_000, 64_000);
        assert_eq!(send(&input, Limits::RECOGNITION).await, Ok((input.clone(), None)));
    }

    #[tokio::test]
    async fn a_stream_stops_at_the_limit_and_says_so() {
        let input = wav(0, 96_000);
        let (sent, not_sent) = send(&input, Limits::seconds(2)).await.unwrap();
        assert_eq!(sent, input[..44 + 64_000]);
        assert_eq!(
            not_sent.as_deref(),
            Some("standard input: stopped after 2.0 s of audio; what followed was not sent")
        );
    }

    #[tokio::test]
    async fn audio_that_ends_at_the_limit_is_complete() {
        let input = wav(0, 64_000);
        assert_eq!(send(&input, Limits::seconds(2)).await, Ok((input.clone(), None)));
    }

    #[tokio::test]
    async fn a_header_that_promises_more_than_may_be_sent_is_refused_before_anything_is() {
        assert_eq!(
            send(&wav(96_000, 96_000), Limits::seconds(2)).await.unwrap_err(),
            "standard input: 3.0 s, the limit is 2 s\nhint: without --split never it is cut in its pauses"
        );
    }

    #[tokio::test]
    async fn what_is_no_stream_for_the_service_is_refused_with_the_way_out() {
        assert_eq!(
            send(&[1, 2, 3, 4].repeat(500), Limits::RECOGNITION).await.unwrap_err(),
            "standard input: no audio format that is known; headerless PCM?\n\
             hint: ffmpeg -f s16le -ar 16000 -ac 1 -i - -f wav - | stt transcribe -"
        );
        assert_eq!(
            send(&[b"ID3\x04\0".as_slice(), &[0; 600]].concat(), Limits::RECOGNITION).await.unwrap_err(),
            "standard input: MP3, the service takes WAV and Ogg Opus\n\
             hint: without --convert never it becomes 16 kHz mono"
        );
        assert_eq!(send(b"", Limits::RECOGNITION).await.unwrap_err(), "standard input: nothing arrived");
    }

    #[tokio::test]
    async fn an_answer_before_the_end_leaves_something_unsent() {
        let input = wav(0, 64_000);
        let arrived = arrive(io::Cursor::new(input), &as_it_is(Limits::RECOGNITION)).await;
        let Ok(Arrived::Stream { progress, .. }) = arrived else { unreachable!() };
        assert!(progress.not_sent().is_some_and(|said| said.contains("answered after")));
    }
}
