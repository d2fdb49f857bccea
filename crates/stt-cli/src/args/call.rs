//! How a request is sent, or only shown, as it was typed.

use std::{str::FromStr, time::Duration};

use clap::{
    Args, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};

/// How a request is sent.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Sending")]
pub(crate) struct CallArgs {
    /// Announce the length instead of sending chunks.
    #[arg(long, conflicts_with = "chunk")]
    pub(crate) no_chunked: bool,
    /// Bytes of the largest chunk.
    #[arg(long, value_name = "BYTES", default_value_t = 32_768, value_parser = clap::value_parser!(u32).range(1..=32_768))]
    pub(crate) chunk: u32,
    /// Whether to let the service look at the request before the audio is sent.
    #[arg(long, default_value = "auto")]
    pub(crate) expect_continue: ExpectContinue,
    /// Seconds that one input may take, with its repeats.
    #[arg(long, value_name = "S", default_value = "120", value_parser = seconds)]
    pub(crate) timeout: Duration,
    /// Repeats after a failure that may pass, beside the first try.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=9))]
    pub(crate) retries: u32,
}

/// What to do instead of sending.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct PreviewArgs {
    /// Print the head of the request, without the credential, and send nothing.
    #[arg(short = 'n', long, conflicts_with = "curl")]
    pub(crate) dry_run: bool,
    /// Print a line for curl that sends the same request, and send nothing.
    #[arg(long, conflicts_with = "emulator")]
    pub(crate) curl: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum ExpectContinue {
    Auto,
    Off,
}

/// One of the service's own words, with the list of them for the message.
pub(super) fn word<T>(words: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: Clone + FromStr<Err: std::error::Error + Send + Sync + 'static> + Send + Sync + 'static,
{
    PossibleValuesParser::new(words).try_map(|word| word.parse::<T>())
}

/// `NAME=VALUE`, cut at the first equals sign.
pub(super) fn name_and_value(given: &str) -> Result<(String, String), String> {
    match given.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("it has the form NAME=VALUE".to_owned()),
    }
}

/// A GUID, in the form in which Microsoft shows them: 8, 4, 4, 4 and 12 hex digits with hyphens between them.
pub(super) fn guid(given: &str) -> Result<String, String> {
    let parts = given.split('-').map(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(part.len()));
    if parts.eq([8, 4, 4, 4, 12].map(Some)) {
        return Ok(given.to_owned());
    }
    Err("it is a GUID, such as 0f8fad5b-d9cb-469f-a165-70867728950e".to_owned())
}

/// Seconds as a number, with or without a fraction.
pub(super) fn seconds(given: &str) -> Result<Duration, String> {
    let seconds: f64 = given.parse().map_err(|_| "it is a number of seconds".to_owned())?;
    if !(0.0 < seconds && seconds <= LONGEST) {
        return Err(format!("it is more than 0 and at most {LONGEST} seconds"));
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// A day: nobody waits longer for a minute of audio.
const LONGEST: f64 = 86_400.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_parameter_is_cut_at_the_first_equals_sign() {
        assert_eq!(name_and_value("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert_eq!(name_and_value("a="), Ok(("a".to_owned(), String::new())));
        assert!(name_and_value("a").is_err());
        assert!(name_and_value("=b").is_err());
    }

    #[test]
    fn a_guid_has_its_hyphens_and_nothing_but_hex_digits() {
        for taken in ["0f8fad5b-d9cb-469f-a165-70867728950e", "0F8FAD5B-D9CB-469F-A165-70867728950E"] {
            assert_eq!(guid(taken).as_deref(), Ok(taken));
        }
        let hyphens = "-".repeat(36);
        for refused in
            ["", "mine", "0f8fad5bd9cb469fa16570867728950e", "0f8fad5b-d9cb-469f-a165-70867728950g", &hyphens]
        {
            assert!(guid(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn seconds_have_a_lower_and_an_upper_bound() {
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        for refused in ["0", "-1", "NaN", "inf", "1e9", "soon", ""] {
            assert!(seconds(refused).is_err(), "{refused}");
        }
    }
}
