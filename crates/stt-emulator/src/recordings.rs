//! The audio of requests, in memory and bounded.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;

/// What was uploaded; the oldest goes where the whole would be too large.
///
/// Audio that was sent more than once is held once.
#[derive(Debug)]
pub(crate) struct Recordings {
    /// The hashes of the bodies of requests, by their number.
    uses: BTreeMap<u64, [u8; 32]>,
    held: HashMap<[u8; 32], Held>,
    /// The size of all that is held.
    bytes: usize,
    limit: usize,
}

#[derive(Debug)]
struct Held {
    audio: Bytes,
    uses: usize,
}

impl Recordings {
    /// Room for so many bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { uses: BTreeMap::new(), held: HashMap::new(), bytes: 0, limit }
    }

    /// Keeps the audio of the request `id`, unless it is larger than all the room there is.
    pub(crate) fn keep(&mut self, id: u64, hash: [u8; 32], audio: Bytes) {
        if self.limit < audio.len() || audio.is_empty() {
            return;
        }
        self.uses.insert(id, hash);
        let held = self.held.entry(hash).or_insert_with(|| {
            self.bytes += audio.len();
            Held { audio, uses: 0 }
        });
        held.uses += 1;
        while self.limit < self.bytes {
            let Some((_, oldest)) = self.uses.pop_first() else { return };
            self.release(oldest);
        }
    }

    /// Forgets the audio of the request `id`.
    pub(crate) fn forget(&mut self, id: u64) {
        if let Some(hash) = self.uses.remove(&id) {
            self.release(hash);
        }
    }

    /// The audio of the request `id`.
    pub(crate) fn of(&self, id: u64) -> Option<&Bytes> {
        self.uses.get(&id).and_then(|hash| self.find(hash))
    }

    /// The audio that has this hash.
    pub(crate) fn find(&self, hash: &[u8; 32]) -> Option<&Bytes> {
        self.held.get(hash).map(|held| &held.audio)
    }

    fn release(&mut self, hash: [u8; 32]) {
        let Some(held) = self.held.get_mut(&hash) else { return };
        held.uses -= 1;
        if held.uses == 0 {
            self.bytes -= held.audio.len();
            self.held.remove(&hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::Recordings;

    fn hash(name: u8) -> [u8; 32] {
        [name; 32]
    }

    #[test]
    fn the_oldest_goes_when_there_is_too_much_and_what_is_sent_again_is_held_once() {
        let mut recordings = Recordings::new(10);
        recordings.keep(1, hash(1), vec![1; 4].into());
        recordings.keep(2, hash(2), vec![2; 4].into());
        recordings.keep(3, hash(1), vec![1; 4].into());
        assert_eq!(recordings.bytes, 8);
        recordings.keep(4, hash(4), vec![4; 6].into());
        assert_eq!([1, 2, 3, 4].map(|id| recordings.of(id).is_some()), [false, false, true, true]);
        assert!(recordings.find(&hash(2)).is_none());
        recordings.keep(5, hash(5), vec![5; 11].into());
        assert!(recordings.of(5).is_none(), "it would not fit alone");
        assert!(recordings.of(4).is_some(), "and pushes nothing out");
        recordings.forget(3);
        assert!(recordings.find(&hash(1)).is_none());
    }

    proptest! {
        #[test]
        fn what_is_held_fits_and_is_counted_right(steps in vec((any::<bool>(), 0_u8..6, 0_usize..7), 1..100)) {
            let mut recordings = Recordings::new(9);
            for (id, (keeps, name, back)) in (1_u64..).zip(steps) {
                match keeps {
                    // A name stands for a body of that many bytes.
                    true => recordings.keep(id, hash(name), vec![name; usize::from(name)].into()),
                    false => recordings.forget(id.saturating_sub(back as u64)),
                }
                let held = recordings.held.values().map(|held| held.audio.len()).sum::<usize>();
                prop_assert_eq!(recordings.bytes, held);
                prop_assert!(held <= 9);
                let uses = recordings.held.values().map(|held| held.uses).sum::<usize>();
                prop_assert_eq!(uses, recordings.uses.len());
            }
        }
    }
}
