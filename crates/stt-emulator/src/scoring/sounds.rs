//! Phonemes and syllables of a word, by its spelling.
//!
//! Good enough to have the right shape and times that add up; no dictionary stands behind it.

use std::borrow::Cow;

use serde::Serialize;

use crate::scoring::parameters::Alphabet;

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Phoneme {
    /// Empty in languages for which the service gives no names.
    phoneme: Cow<'static, str>,
    pub(crate) offset: u64,
    pub(crate) duration: u64,
    accuracy_score: f64,
    #[serde(rename = "NBestPhonemes", skip_serializing_if = "Option::is_none")]
    nbest_phonemes: Option<Vec<LikelyPhoneme>>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LikelyPhoneme {
    phoneme: &'static str,
    score: f64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Syllable {
    syllable: String,
    grapheme: String,
    pub(crate) offset: u64,
    pub(crate) duration: u64,
    accuracy_score: f64,
}

/// How the sounds of a word are named and scored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Naming {
    /// `None` in languages for which the service gives no names.
    pub(crate) alphabet: Option<Alphabet>,
    pub(crate) nbest: usize,
    /// The score of every sound, in the grading system in force.
    pub(crate) score: f64,
}

/// The phonemes of `word`, which share its time.
pub(crate) fn phonemes(word: &str, offset: u64, duration: u64, naming: Naming) -> Vec<Phoneme> {
    let sounds = sounds(word);
    let times = shares(offset, duration, sounds.len());
    let phonemes = sounds.iter().zip(times).map(|(sound, (offset, duration))| Phoneme {
        phoneme: naming.alphabet.map_or("", |alphabet| sound.name(alphabet)).into(),
        offset,
        duration,
        accuracy_score: naming.score,
        nbest_phonemes: naming.alphabet.filter(|_| 0 < naming.nbest).map(|alphabet| likely(sound, alphabet, naming)),
    });
    phonemes.collect()
}

/// Phonemes that are given by name, each with its score in the grading system in force.
pub(crate) fn written(phonemes: &[(String, f64)], offset: u64, duration: u64) -> Vec<Phoneme> {
    let times = shares(offset, duration, phonemes.len());
    let phonemes = phonemes.iter().zip(times).map(|((name, score), (offset, duration))| Phoneme {
        phoneme: name.clone().into(),
        offset,
        duration,
        accuracy_score: *score,
        nbest_phonemes: None,
    });
    phonemes.collect()
}

/// The syllables of `word`, each with the time of its `phonemes`.
pub(crate) fn syllables(word: &str, phonemes: &[Phoneme], alphabet: Alphabet, score: f64) -> Vec<Syllable> {
    let sounds = sounds(word);
    let mut syllables: Vec<Syllable> = Vec::new();
    let mut has_vowel = false;
    for (at, (sound, phoneme)) in sounds.iter().zip(phonemes).enumerate() {
        let opens = !sound.vowel && sounds.get(at + 1).is_some_and(|next| next.vowel);
        let name = sound.name(alphabet);
        match syllables.last_mut() {
            // One consonant belongs to the vowel that follows, all others to the one before.
            Some(last) if !(has_vowel && (opens || sound.vowel)) => {
                let gap = if alphabet == Alphabet::Sapi { " " } else { "" };
                last.syllable = format!("{}{gap}{name}", last.syllable);
                last.grapheme.push_str(&sound.letters);
                last.duration = phoneme.offset + phoneme.duration - last.offset;
                has_vowel |= sound.vowel;
            }
            _ => {
                syllables.push(Syllable {
                    syllable: name.to_owned(),
                    grapheme: sound.letters.clone(),
                    offset: phoneme.offset,
                    duration: phoneme.duration,
                    accuracy_score: score,
                });
                has_vowel = sound.vowel;
            }
        }
    }
    syllables
}

/// The phoneme itself first, then others with scores that fall evenly.
fn likely(sound: &Sound, alphabet: Alphabet, naming: Naming) -> Vec<LikelyPhoneme> {
    let own = sound.name(alphabet);
    let mut names = vec![own];
    for (_, sapi, ipa, _) in SPELLINGS {
        let other = if alphabet == Alphabet::Ipa { ipa } else { sapi };
        if !names.contains(other) {
            names.push(other);
        }
    }
    names.truncate(naming.nbest);
    let count = names.len() as f64;
    let scored = names.into_iter().enumerate().map(|(at, phoneme)| LikelyPhoneme {
        phoneme,
        score: (naming.score * (count - at as f64) / count * 10.0).round() / 10.0,
    });
    scored.collect()
}

#[derive(Debug, PartialEq)]
struct Sound {
    letters: String,
    sapi: &'static str,
    ipa: &'static str,
    vowel: bool,
}

impl Sound {
    fn name(&self, alphabet: Alphabet) -> &'static str {
        match alphabet {
            Alphabet::Ipa => self.ipa,
            Alphabet::Sapi => self.sapi,
        }
    }
}

/// One sound for each spelling of the table; a letter that it lacks is a sound without a name.
fn sounds(word: &str) -> Vec<Sound> {
    let mut rest = word;
    let mut sounds = Vec::new();
    while let Some(letter) = rest.chars().next() {
        let spelled = SPELLINGS.iter().find(|(letters, ..)| rest.starts_with(letters));
        let sound = match spelled {
            Some(&(letters, sapi, ipa, vowel)) => Sound { letters: letters.to_owned(), sapi, ipa, vowel },
            None => Sound { letters: letter.to_string(), sapi: "", ipa: "", vowel: false },
        };
        rest = &rest[sound.letters.len()..];
        sounds.push(sound);
    }
    sounds
}

/// `count` spans that follow each other within the given one, 10 ms apart where there is room: published results of
/// the service have that gap.
fn shares(offset: u64, duration: u64, count: usize) -> impl Iterator<Item = (u64, u64)> {
    let count = count as u64;
    let gap = if 2 * GAP * count <= duration { GAP } else { 0 };
    let step = (duration + gap).checked_div(count).unwrap_or(0);
    (0..count).map(move |at| {
        let start = offset + at * step;
        let end = if at + 1 == count { offset + duration } else { start + step - gap };
        (start, end - start)
    })
}

/// 10 ms in units of 100 nanoseconds.
const GAP: u64 = 100_000;

/// Letters, SAPI name, IPA name, and whether it is a vowel; longer spellings first.
#[rustfmt::skip]
const SPELLINGS: &[(&str, &str, &str, bool)] = &[
    ("ch", "ch", "tʃ", false), ("ck", "k", "k", false), ("ng", "ng", "ŋ", false), ("ph", "f", "f", false),
    ("sh", "sh", "ʃ", false), ("th", "th", "θ", false), ("wh", "w", "w", false),
    ("ai", "ey", "eɪ", true), ("ay", "ey", "eɪ", true), ("ea", "iy", "i", true), ("ee", "iy", "i", true),
    ("er", "er", "ɝ", true), ("oi", "oy", "ɔɪ", true), ("oo", "uw", "u", true), ("or", "ao", "ɔ", true),
    ("ou", "aw", "aʊ", true), ("ow", "ow", "oʊ", true), ("oy", "oy", "ɔɪ", true),
    ("a", "ae", "æ", true), ("b", "b", "b", false), ("c", "k", "k", false), ("d", "d", "d", false),
    ("e", "eh", "ɛ", true), ("f", "f", "f", false), ("g", "g", "ɡ", false), ("h", "h", "h", false),
    ("i", "ih", "ɪ", true), ("j", "jh", "dʒ", false), ("k", "k", "k", false), ("l", "l", "l", false),
    ("m", "m", "m", false), ("n", "n", "n", false), ("o", "aa", "ɑ", true), ("p", "p", "p", false),
    ("q", "k", "k", false), ("r", "r", "ɹ", false), ("s", "s", "s", false), ("t", "t", "t", false),
    ("u", "ah", "ʌ", true), ("v", "v", "v", false), ("w", "w", "w", false), ("x", "z", "z", false),
    ("y", "y", "j", false), ("z", "z", "z", false),
];

#[cfg(test)]
mod tests {
    use super::{Naming, phonemes, shares, syllables};
    use crate::scoring::parameters::Alphabet;

    fn naming(alphabet: Option<Alphabet>, nbest: usize) -> Naming {
        Naming { alphabet, nbest, score: 90.0 }
    }

    #[test]
    fn phonemes_share_the_time_of_their_word_ten_milliseconds_apart() {
        // 2.7 million ticks for g, oo, d: three steps of (2,700,000 + 100,000) / 3.
        let phonemes = phonemes("good", 500_000, 2_700_000, naming(Some(Alphabet::Sapi), 0));
        let names = phonemes.iter().map(|phoneme| phoneme.phoneme.as_ref()).collect::<Vec<_>>();
        assert_eq!(names, ["g", "uw", "d"]);
        let times = phonemes.iter().map(|p| (p.offset, p.duration)).collect::<Vec<_>>();
        assert_eq!(times, [(500_000, 833_333), (1_433_333, 833_333), (2_366_666, 833_334)]);
    }

    #[test]
    fn a_short_word_is_shared_without_gaps_and_an_empty_one_not_at_all() {
        assert_eq!(shares(10, 100, 3).collect::<Vec<_>>(), [(10, 33), (43, 33), (76, 34)]);
        assert_eq!(shares(10, 100, 0).count(), 0);
        assert_eq!(shares(10, 0, 2).collect::<Vec<_>>(), [(10, 0), (10, 0)]);
    }

    #[test]
    fn syllables_split_before_the_consonant_of_the_next_vowel() {
        let phonemes = phonemes("morning", 0, 900_000, naming(Some(Alphabet::Sapi), 0));
        let syllables = syllables("morning", &phonemes, Alphabet::Sapi, 90.0);
        let written = syllables.iter().map(|s| (s.grapheme.as_str(), s.syllable.as_str()));
        assert_eq!(written.collect::<Vec<_>>(), [("mor", "m ao"), ("ning", "n ih ng")]);
        assert_eq!(syllables[0].offset, 0);
        assert_eq!(syllables[1].offset + syllables[1].duration, 900_000);
    }

    #[test]
    fn likely_phonemes_begin_with_the_one_that_was_meant() {
        let phonemes = phonemes("b", 0, 100, naming(Some(Alphabet::Ipa), 3));
        let likely = phonemes[0].nbest_phonemes.as_ref().expect("asked for");
        let likely = likely.iter().map(|l| (l.phoneme, l.score)).collect::<Vec<_>>();
        assert_eq!(likely, [("b", 90.0), ("tʃ", 60.0), ("k", 30.0)]);
    }

    #[test]
    fn sounds_without_a_name_still_have_their_time() {
        let unnamed = phonemes("gut", 0, 900_000, naming(None, 5));
        assert_eq!(unnamed.len(), 3);
        assert!(unnamed.iter().all(|p| p.phoneme.is_empty() && p.nbest_phonemes.is_none()));
        assert_eq!(phonemes("日本", 0, 10, naming(Some(Alphabet::Ipa), 0)).len(), 2);
    }
}
