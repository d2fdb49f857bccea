//! What was heard before, in bodies that take long to listen to.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::audio::{Heard, Listened, Outcome, listen};

/// What was heard in the last bodies of Ogg Opus, by their hash.
///
/// To decode two seconds takes ten times as long as everything else about a recognition, and tests send the same few
/// clips again and again.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    /// The one that was asked for last stands last.
    heard: Mutex<VecDeque<([u8; 32], Heard)>>,
}

impl Remembered {
    /// What [`listen`] hears in the body with this hash.
    pub(crate) fn listen<'a>(&self, body: &'a [u8], hash: [u8; 32]) -> Listened<'a> {
        if !body.starts_with(b"OggS") {
            return listen(body);
        }
        if let Some(heard) = self.again(hash) {
            return heard.into();
        }
        let listened = listen(body);
        if let Listened::Heard(heard) = &listened
            && size(heard) <= LARGEST
        {
            let mut kept = self.heard();
            if kept.len() == MOST {
                kept.pop_front();
            }
            kept.push_back((hash, heard.clone()));
        }
        listened
    }

    fn again(&self, hash: [u8; 32]) -> Option<Heard> {
        let mut kept = self.heard();
        let place = kept.iter().position(|(of, _)| *of == hash)?;
        let found = kept.remove(place)?;
        let heard = found.1.clone();
        kept.push_back(found);
        Some(heard)
    }

    /// Nothing under the lock can be left half done.
    fn heard(&self) -> MutexGuard<'_, VecDeque<([u8; 32], Heard)>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// About how many bytes it takes to keep this.
fn size(heard: &Heard) -> usize {
    let words = match &heard.outcome {
        Outcome::Words { words, language } => {
            let texts = words.iter().map(|word| size_of_val(word) + word.text.len()).sum::<usize>();
            texts + language.as_ref().map_or(0, String::len)
        }
        _ => 0,
    };
    words + heard.reason.len()
}

/// As many clips as a run of tests may have.
const MOST: usize = 128;

/// A minute of speech takes half of it.
const LARGEST: usize = 32 * 1024;

#[cfg(test)]
mod tests {
    use super::{LARGEST, MOST, Remembered};
    use crate::audio::{Heard, Listened, Outcome, SynthOptions, synth, tag};

    fn hash(number: usize) -> [u8; 32] {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&number.to_be_bytes());
        hash
    }

    /// A body of Ogg Opus that is refused, with a reason of its own.
    fn body(number: u8) -> Vec<u8> {
        [b"OggS", [number].as_slice()].concat()
    }

    fn count(remembered: &Remembered) -> usize {
        remembered.heard().len()
    }

    #[test]
    fn the_second_time_nobody_listens() {
        let remembered = Remembered::default();
        let Listened::Heard(first) = remembered.listen(&body(1), hash(1)) else { panic!("a refusal") };
        // Another body under the same hash shows who answered.
        let Listened::Heard(second) = remembered.listen(b"OggS", hash(1)) else { panic!("a refusal") };
        assert_eq!(first, second);
        assert_eq!(count(&remembered), 1);
    }

    #[test]
    fn the_one_that_was_not_asked_for_longest_is_forgotten_first() {
        let remembered = Remembered::default();
        for number in 0..MOST {
            let _ = remembered.listen(&body(0), hash(number));
        }
        let _ = remembered.listen(&body(0), hash(0));
        let _ = remembered.listen(&body(0), hash(MOST));
        assert_eq!(count(&remembered), MOST);
        assert!(remembered.again(hash(0)).is_some());
        assert!(remembered.again(hash(1)).is_none());
        assert!(remembered.again(hash(2)).is_some());
    }

    #[test]
    fn what_is_quick_or_large_is_not_kept() {
        let remembered = Remembered::default();
        let hear = |clip: &[u8], number| match remembered.listen(clip, hash(number)) {
            Listened::Heard(Heard { outcome: Outcome::Words { words, .. }, .. }) => words.len(),
            other => panic!("{other:?}"),
        };
        assert_eq!(hear(&synth("Hello.", &SynthOptions::default()).expect("a clip"), 1), 1);
        let opus = include_bytes!("../../../tests/audio/chirp-opus.ogg");
        assert_eq!(hear(&tag(opus, &"word ".repeat(LARGEST / 5), None).expect("a clip"), 2), LARGEST / 5);
        assert_eq!(count(&remembered), 0);
        assert_eq!(hear(&tag(opus, "Three short words.", None).expect("a clip"), 3), 3);
        assert_eq!(count(&remembered), 1);
    }
}
