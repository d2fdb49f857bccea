//! What to say of an input in which no words were recognized.

use std::time::Duration;

use stt_model::{Language, Recognition, Status};

use crate::{exit::Exit, problem::Problem};

/// No words are no failure of anybody, but something to know, and exit code 1.
pub(crate) fn problem(recognition: &Recognition, subject: &str, language: &Language) -> Problem {
    let of = |what: String| Problem::new(Exit::NoWords, what).of(subject);
    match &recognition.status {
        Status::Success => of("recognised, but the text is empty".to_owned()),
        // The offset is where the service stopped listening.
        Status::InitialSilenceTimeout => match recognition.offset.map(Duration::from) {
            Some(until) if !until.is_zero() => of(format!("no speech in the first {} s", until.as_secs_f64())),
            _ => of("no speech".to_owned()),
        },
        Status::BabbleTimeout => of("only noise (BabbleTimeout)".to_owned()),
        Status::NoMatch => {
            of("nothing was recognised (NoMatch)".to_owned()).hint(format!("is it {language} that is spoken?"))
        }
        Status::Other(status) => of(format!("unknown result \"{status}\"")),
        status => of(format!("nothing was recognised ({status})")),
    }
}

#[cfg(test)]
mod tests {
    use stt_model::Ticks;

    use super::*;

    fn said(status: &str, offset: Option<u64>) -> String {
        let mut recognition = Recognition::new(Status::from(status));
        recognition.offset = offset.map(Ticks);
        problem(&recognition, "a.wav", &Language::EN_US).to_string()
    }

    #[test]
    fn each_way_of_not_hearing_words_has_its_sentence() {
        assert_eq!(said("InitialSilenceTimeout", Some(50_000_000)), "a.wav: no speech in the first 5 s");
        assert_eq!(said("InitialSilenceTimeout", Some(0)), "a.wav: no speech");
        assert_eq!(said("BabbleTimeout", None), "a.wav: only noise (BabbleTimeout)");
        assert_eq!(said("Success", None), "a.wav: recognised, but the text is empty");
        assert_eq!(said("Brand_new", None), "a.wav: unknown result \"Brand_new\"");
        assert_eq!(said("NoMatch", None), "a.wav: nothing was recognised (NoMatch)\nhint: is it en-US that is spoken?");
    }
}
