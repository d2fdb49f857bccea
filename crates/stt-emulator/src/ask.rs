//! What becomes of a request whose body is there: an answer, or a question to a recognizer.

use bytes::Bytes;

use crate::answer::Answer;
use crate::asked::Asked;
use crate::audio::sixteen_kilohertz;
use crate::profanity::Profanity;
use crate::recognize::listened_seconds;
use crate::script::Strike;
use crate::stage::Exchange;

/// What can be said of a request once its body is there.
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it is returned, and never kept")]
#[must_use]
#[derive(Debug)]
pub enum Finished {
    /// This is the answer.
    Answered(Answer),
    /// Somebody is to say what is heard in the audio; go on with [`Emulator::heard`](crate::Emulator::heard).
    Asks(Box<Ask>),
}

/// A recognition that waits for somebody to say what is heard in its audio.
///
/// Go on with [`Emulator::heard`](crate::Emulator::heard), or [`Emulator::unheard`](crate::Emulator::unheard) if
/// nobody listens after all.
#[must_use]
#[derive(Debug)]
pub struct Ask {
    pub(crate) asked: Asked,
    pub(crate) exchange: Exchange,
    pub(crate) strike: Option<Strike>,
    pub(crate) body: Bytes,
    pub(crate) audio_ticks: u64,
}

impl Ask {
    /// The audio as a WAV file of 16-bit mono PCM at 16 kHz, as much of it as the service hears.
    #[must_use]
    pub fn wav(&self) -> Vec<u8> {
        sixteen_kilohertz(&self.body, listened_seconds(&self.asked))
    }

    /// What else a recognizer is told, as names and values of its environment.
    ///
    /// `STT_LANGUAGE` is there unless a custom model was asked for by `cid` alone, `STT_PROFANITY` is `masked`,
    /// `removed` or `raw`, `STT_FORMAT` is `simple` or `detailed`, and `STT_REFERENCE_TEXT` is there where
    /// pronunciation is assessed against one.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let profanity = match self.asked.profanity {
            Profanity::Masked => "masked",
            Profanity::Raw => "raw",
            Profanity::Removed => "removed",
        };
        let format = if self.asked.detailed { "detailed" } else { "simple" };
        let mut variables = vec![("STT_PROFANITY", profanity.to_owned()), ("STT_FORMAT", format.to_owned())];
        variables.extend(self.asked.language.clone().map(|language| ("STT_LANGUAGE", language)));
        let text = self.asked.assessment.as_ref().map(|assessment| assessment.text.as_str());
        // Where a zero stood in it, the value would end.
        let text = text.filter(|text| !text.is_empty()).map(|text| text.replace('\0', " "));
        variables.extend(text.map(|text| ("STT_REFERENCE_TEXT", text)));
        variables
    }
}
