//! The commands that make of a file what the service takes.

use std::fmt::Write as _;

use crate::{container::Container, cure::Cure, verdict::Reason};

impl Reason {
    /// The command that makes something of `input` that the service takes, ready for a POSIX shell.
    ///
    /// `None` where there is nothing to convert, and where the name of `input` is not wholly known.
    ///
    /// ```
    /// use stt_audio::Reason;
    ///
    /// let fix = Reason::Channels(2).fix("my talk.wav");
    /// assert_eq!(fix.as_deref(), Some("ffmpeg -i 'my talk.wav' -ar 16000 -ac 1 'my talk-16k.wav'"));
    /// ```
    #[must_use]
    pub fn fix(&self, input: &str) -> Option<String> {
        Some(match (self, self.cure()) {
            (Self::NotAudio(Container::Base64), _) => {
                let [from, to] = shell_names(input, "-decoded")?;
                format!("base64 -d {from} > {to}")
            }
            (_, Cure::None) => return None,
            // What people hand in most often, of what nobody can tell from other data.
            (_, Cure::Describe) => {
                let [from, to] = shell_names(input, "-16k.wav")?;
                format!("ffmpeg -f s16le -ar 16000 -ac 1 -i {from} {to}")
            }
            (Self::TooLong { limits, .. }, _) => {
                // Cuts fall on packets of ffmpeg's own, a little late.
                let seconds = limits.longest().as_secs().saturating_sub(5).max(1);
                let ([from, _], [_, to]) =
                    (shell_names(input, "")?, shell_names(&input.replace('%', "%%"), "-%03d.wav")?);
                format!("ffmpeg -i {from} -ar 16000 -ac 1 -f segment -segment_time {seconds} {to}")
            }
            _ => {
                let [from, to] = shell_names(input, "-16k.wav")?;
                format!("ffmpeg -i {from} -ar 16000 -ac 1 {to}")
            }
        })
    }
}

/// A file and what a command makes of it, as two words for a POSIX shell.
///
/// The second is the name of the first without its extension, and then the suffix. `None` where the name of `input` is
/// not wholly known.
///
/// ```
/// use stt_audio::shell_names;
///
/// let names = shell_names("my talk.mp3", "-16k.wav");
/// assert_eq!(names, Some(["'my talk.mp3'".to_owned(), "'my talk-16k.wav'".to_owned()]));
/// ```
#[must_use]
pub fn shell_names(input: &str, suffix: &str) -> Option<[String; 2]> {
    if input.contains(char::REPLACEMENT_CHARACTER) {
        return None;
    }
    let from = match input {
        "-" => "-".to_owned(),
        name => quoted(&plain(name)),
    };
    Some([from, output(input, suffix)])
}

/// The name of what a command writes: the name that it reads, without its extension.
fn output(input: &str, suffix: &str) -> String {
    let file = input.rfind(['/', '\\']).map_or(0, |slash| slash + 1);
    let stem = match input[file..].rfind('.') {
        Some(dot) if 0 < dot => &input[..file + dot],
        _ => input,
    };
    match stem {
        "" | "-" => quoted(&format!("audio{suffix}")),
        _ => quoted(&plain(&format!("{stem}{suffix}"))),
    }
}

/// The name in a form that is read neither as an option nor, by ffmpeg, as the address of something else.
fn plain(name: &str) -> String {
    let is_drive = name.as_bytes().get(1..3).is_some_and(|bytes| matches!(bytes, b":\\" | b":/"));
    let has_scheme = name.find(':').is_some_and(|colon| !name[..colon].contains('/'));
    if name.starts_with('-') || (has_scheme && !is_drive) { format!("./{name}") } else { name.to_owned() }
}

/// The name as one word of a shell, in characters that a terminal shows and does not obey.
fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:+@%".contains(c);
    if !name.is_empty() && name.chars().all(is_plain) {
        return name.to_owned();
    }
    if !name.chars().any(is_invisible) {
        return format!("'{}'", name.replace('\'', r"'\''"));
    }
    let mut word = "$'".to_owned();
    for c in name.chars() {
        match c {
            '\'' | '\\' => word.extend(['\\', c]),
            c if is_invisible(c) => {
                // Three octal digits are read alike by every shell that knows this form of quoting.
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(word, "\\{byte:03o}");
                }
            }
            c => word.push(c),
        }
    }
    word.push('\'');
    word
}

/// Whether a terminal would obey the character, or show nothing or something else for it.
fn is_invisible(c: char) -> bool {
    let marks = matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
    c.is_control() || marks
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::limits::Limits;

    #[test]
    fn a_fix_can_be_pasted_into_a_shell() {
        let fix = |input: &str| Reason::Bits(24).fix(input).expect("can be converted");

        assert_eq!(fix("a.wav"), "ffmpeg -i a.wav -ar 16000 -ac 1 a-16k.wav");
        assert_eq!(fix("b.dir/it's"), r"ffmpeg -i 'b.dir/it'\''s' -ar 16000 -ac 1 'b.dir/it'\''s-16k.wav'");
        assert_eq!(fix("-x.mp3"), "ffmpeg -i ./-x.mp3 -ar 16000 -ac 1 ./-x-16k.wav");
        assert_eq!(fix("-"), "ffmpeg -i - -ar 16000 -ac 1 audio-16k.wav");
        assert_eq!(fix("$(reboot).wav"), "ffmpeg -i '$(reboot).wav' -ar 16000 -ac 1 '$(reboot)-16k.wav'");
        assert_eq!(fix("x/.wav"), "ffmpeg -i x/.wav -ar 16000 -ac 1 x/.wav-16k.wav");
    }

    #[test]
    fn a_name_is_no_address() {
        let fix = |input: &str| Reason::Bits(24).fix(input).expect("can be converted");

        assert_eq!(fix("12:30.wav"), "ffmpeg -i ./12:30.wav -ar 16000 -ac 1 ./12:30-16k.wav");
        assert_eq!(fix("a/12:30.wav"), "ffmpeg -i a/12:30.wav -ar 16000 -ac 1 a/12:30-16k.wav");
        assert_eq!(fix(r"C:\a.wav"), r"ffmpeg -i 'C:\a.wav' -ar 16000 -ac 1 'C:\a-16k.wav'");
    }

    #[test]
    fn a_name_never_speaks_to_the_terminal() {
        let fix = |input: &str| Reason::Bits(24).fix(input).expect("can be converted");

        assert_eq!(
            fix("a\n\x1b[2J'\\.wav"),
            r"ffmpeg -i $'a\012\033[2J\'\\.wav' -ar 16000 -ac 1 $'a\012\033[2J\'\\.wav-16k.wav'"
        );
        assert_eq!(
            fix("x/\u{202e}a.wav"),
            r"ffmpeg -i $'x/\342\200\256a.wav' -ar 16000 -ac 1 $'x/\342\200\256a-16k.wav'"
        );
        assert_eq!(Reason::Bits(24).fix("not \u{fffd} known.wav"), None);
    }

    #[test]
    fn each_fix_fits_its_reason() {
        let too_long = Reason::TooLong { length: Duration::from_secs(61), limits: Limits::RECOGNITION };

        assert_eq!(
            too_long.fix("100%.mp3").as_deref(),
            Some("ffmpeg -i 100%.mp3 -ar 16000 -ac 1 -f segment -segment_time 55 100%%-%03d.wav")
        );
        assert_eq!(
            Reason::NotAudio(Container::Unknown).fix("a.pcm").as_deref(),
            Some("ffmpeg -f s16le -ar 16000 -ac 1 -i a.pcm a-16k.wav")
        );
        assert_eq!(Reason::NotAudio(Container::Base64).fix("a.txt").as_deref(), Some("base64 -d a.txt > a-decoded"));
        assert_eq!(Reason::Empty.fix("a.wav"), None);
        assert_eq!(Reason::NotAudio(Container::Html).fix("a.wav"), None);
    }
}
