//! Audio of any kind into the samples that the service documents.

mod note;
mod run;

use std::mem;

pub use self::note::Note;
use self::run::Run;
use crate::{
    channel::Channel,
    pcm::{Block, DecodeError, Loss, PcmSource},
    units::Rate,
    wav::MAX_RATE,
};

/// The samples that the service documents, 16 kHz mono with 16 bits, of audio of any kind.
///
/// Nothing is delayed, added or lost: of every part with one rate, as many samples come out as begin within its time.
/// What is 16 kHz mono with 16 bits already comes out bit by bit. Memory does not grow with the length.
///
/// Channels become one first, as [`Channel`] says. Other rates go through a filter that leaves everything up to
/// 7.5 kHz as it is, and keeps what is above 8 kHz from coming back as something else. What is louder than full scale
/// afterwards is cut off there.
///
/// ```
/// use stt_audio::{Block, Channel, DecodeError, Loss, Pcm16k, PcmSource};
///
/// /// A second of silence in the format of a CD.
/// struct Silence(Option<Vec<f32>>);
///
/// impl PcmSource for Silence {
///     fn next_block(&mut self) -> Result<Option<Block<'_>>, DecodeError> {
///         let samples = self.0.take().map(Vec::leak);
///         Ok(samples.map(|samples| Block { channels: 2, rate: 44_100, samples }))
///     }
///
///     fn losses(&self) -> &[Loss] {
///         &[]
///     }
/// }
///
/// let mut pcm = Pcm16k::new(Silence(Some(vec![0.0; 2 * 44_100])), Channel::Mix);
/// while let Some(samples) = pcm.next_block()? {
///     assert!(samples.iter().all(|sample| *sample == 0));
/// }
///
/// assert_eq!(pcm.position(), 16_000);
/// assert_eq!(pcm.notes()[0].to_string(), "44.1 kHz stereo; converted to 16 kHz mono");
/// # Ok::<(), DecodeError>(())
/// ```
pub struct Pcm16k<S> {
    source: S,
    channel: Channel,
    input: Input,
    run: Option<Run>,
    samples: Vec<i16>,
    position: u64,
    notes: Vec<Note>,
}

/// How far the source is.
enum Input {
    Open,
    Failed(DecodeError),
    Over,
}

impl<S: PcmSource> Pcm16k<S> {
    /// Of what a source gives.
    #[must_use]
    pub const fn new(source: S, channel: Channel) -> Self {
        Self { source, channel, input: Input::Open, run: None, samples: Vec::new(), position: 0, notes: Vec::new() }
    }

    /// The next samples, at least one, or `None` at the end.
    ///
    /// # Errors
    ///
    /// Those of the source, after all samples before the error were given; after it comes the end.
    pub fn next_block(&mut self) -> Result<Option<&[i16]>, DecodeError> {
        self.samples.clear();
        while self.samples.is_empty() {
            match mem::replace(&mut self.input, Input::Over) {
                Input::Open => {}
                Input::Failed(error) => return Err(error),
                Input::Over => return Ok(None),
            }
            self.input = match self.source.next_block().and_then(checked) {
                Ok(Some(block)) => {
                    let run = match self.run.take() {
                        Some(run) if run.is_of(&block) => run,
                        ended => {
                            finish(ended, &mut self.samples, &mut self.notes);
                            Run::new(self.channel, &block)
                        }
                    };
                    self.run.insert(run).push(block.samples, &mut self.samples);
                    Input::Open
                }
                end => {
                    finish(self.run.take(), &mut self.samples, &mut self.notes);
                    end.map_or_else(Input::Failed, |_| Input::Over)
                }
            };
        }
        self.position += self.samples.len() as u64;
        Ok(Some(&self.samples))
    }

    /// How many samples were given so far, in sixteen thousandths of a second.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// What was done to the audio that its owner may want to know; complete after the end.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// What of the source could not be used, as far as it is known by now; complete after the end.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        self.source.losses()
    }
}

/// A block whose numbers are those of audio.
fn checked(block: Option<Block<'_>>) -> Result<Option<Block<'_>>, DecodeError> {
    match block {
        Some(Block { rate, .. }) if !(1..=MAX_RATE).contains(&rate) => {
            Err(DecodeError::Malformed(format!("{} is no rate of audio", Rate(rate))))
        }
        Some(Block { channels: 0, .. }) => Err(DecodeError::Malformed("no channels".to_owned())),
        block => Ok(block),
    }
}

fn finish(run: Option<Run>, samples: &mut Vec<i16>, notes: &mut Vec<Note>) {
    if let Some(run) = run {
        run.finish(samples).into_iter().for_each(|note| note.add_to(notes));
    }
}
