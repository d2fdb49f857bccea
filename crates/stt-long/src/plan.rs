//! How long audio is cut, and in which form it is sent.

use std::time::Duration;

use stt_audio::{Channel, Limits, SplitError, Splitter};

/// How long audio is cut, and in which form it is sent.
///
/// ```
/// use std::time::Duration;
/// use stt_long::Plan;
///
/// // For captions: short pieces, because the service is not known to tell when a word was said.
/// let plan = Plan::default().pieces(Duration::from_secs(8))?;
/// # Ok::<(), stt_audio::SplitError>(())
/// ```
#[must_use]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Plan {
    pub(crate) channel: Channel,
    /// The longest piece, where cutting is allowed.
    pub(crate) pieces: Option<Duration>,
    pub(crate) upload: Upload,
    /// What is not longer stays whole.
    pub(crate) whole: Duration,
}

/// The form in which pieces are sent.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Upload {
    /// Ogg Opus: about a tenth of the bytes, for a little of the processor's time and of the sound.
    #[cfg(feature = "opus")]
    Opus,
    /// WAV: 16 kHz mono PCM, 32 kB a second.
    #[default]
    Wav,
}

impl Default for Plan {
    /// Audio of up to 60 seconds goes as it is, longer audio in pieces of up to 55; all channels mixed; as WAV.
    fn default() -> Self {
        Self { channel: Channel::Mix, pieces: Some(PIECES), upload: Upload::Wav, whole: Limits::RECOGNITION.longest() }
    }
}

impl Plan {
    /// Audio that is not longer goes as it is, and what is longer not at all: [`PieceError::TooLong`](crate::PieceError).
    ///
    /// For pronunciation assessment, whose scores are those of the whole text.
    pub fn uncut(limits: Limits) -> Self {
        Self { pieces: None, whole: limits.longest(), ..Self::default() }
    }

    /// Which channel is heard.
    pub const fn channel(mut self, channel: Channel) -> Self {
        self.channel = channel;
        self
    }

    /// The longest piece; audio that is not longer is not cut.
    ///
    /// Shorter pieces give more exact times and are sooner recognized; longer ones need fewer requests and give the
    /// service more to go by. One request takes no more than [`Limits::RECOGNITION`].
    ///
    /// # Errors
    ///
    /// [`SplitError`], for pieces that no word would fit in.
    pub fn pieces(self, longest: Duration) -> Result<Self, SplitError> {
        Splitter::new(longest)?;
        Ok(Self { pieces: Some(longest), whole: longest, ..self })
    }

    /// Cuts from the beginning, without waiting whether the audio is short enough to stay whole.
    ///
    /// For a live stream: its first words are recognized after its first pause.
    pub const fn live(mut self) -> Self {
        if self.pieces.is_some() {
            self.whole = Duration::ZERO;
        }
        self
    }

    /// In which form pieces are sent.
    pub const fn upload(mut self, upload: Upload) -> Self {
        self.upload = upload;
        self
    }

    /// What cuts audio that cannot stay whole; `None` where that is not allowed.
    pub(crate) fn splitter(self) -> Option<Splitter> {
        let splitter =
            |longest| Splitter::new(longest).expect("`pieces` tried the length, and the default is 55 seconds");
        self.pieces.map(splitter)
    }
}

/// Five seconds below the limit of one request, because nobody is known to have seen what happens right at it.
const PIECES: Duration = Duration::from_secs(Limits::MAX_SECONDS as u64 - 5);
