//! The request of an input, shown instead of sent.

use std::{fmt::Write as _, time::Duration};

use futures_util::StreamExt;
use stt_auth::{Authorization, Now, Resource};
use stt_core::{Call, Recognize, Step, Upload};
use stt_long::Pieces;
use stt_model::AudioFormat;
use stt_transcript::escape_for_terminal;

use crate::{
    args::{CallArgs, ExpectContinue, PreviewArgs},
    audio::{Source, Way},
    exit::Exit,
    heard::broken,
    inputs::{Input, Inputs},
    live::{self, Arrived},
    output::Output,
    problem::Problem,
    shaping::Shaping,
};

/// Which of the two forms is wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Preview {
    Curl,
    Head,
}

impl Preview {
    pub(crate) fn of(args: PreviewArgs) -> Option<Self> {
        match (args.dry_run, args.curl) {
            (true, _) => Some(Self::Head),
            (_, true) => Some(Self::Curl),
            _ => None,
        }
    }
}

/// What all requests of a run have in common.
pub(crate) struct Previewed<'a> {
    pub(crate) call: &'a CallArgs,
    pub(crate) preview: Preview,
    pub(crate) recognize: &'a Recognize,
    pub(crate) resource: &'a Resource,
    pub(crate) shaping: Shaping,
}

impl Previewed<'_> {
    /// Shows the request of each input that the service would take.
    pub(crate) async fn all(&self, inputs: Inputs, output: &mut Output) -> Result<(), Problem> {
        for input in inputs.list {
            let upload = match self.upload(&input, output).await {
                Ok(upload) => upload,
                Err(problem) => {
                    output.problem(&problem);
                    continue;
                }
            };
            let seed = getrandom::u64().and_then(|high| Ok((high, getrandom::u64()?)));
            let (high, low) = seed.map_err(|error| Problem::usage("no random numbers").why(error.to_string()))?;
            let shown = self.show(upload, u128::from(high) << 64 | u128::from(low), &input.name())?;
            let title =
                if inputs.several { format!("# {}\n", escape_for_terminal(&input.name())) } else { String::new() };
            if output.lines(&format!("{title}{shown}")).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// How the audio of an input would go out.
    async fn upload(&self, input: &Input, output: &mut Output) -> Result<Upload, Problem> {
        let way = match input {
            Input::File(path) if self.preview == Preview::Curl && path.to_str().is_none() => {
                return Err(Problem::input(
                    input.subject(),
                    "its name is no Unicode, and cannot stand in a line for curl",
                ));
            }
            Input::File(path) => Way::of_file(path, &self.shaping)?,
            Input::Refused(_, problem) => return Err(problem.clone()),
            Input::Stdin => match live::arrive(tokio::io::stdin(), &self.shaping).await? {
                Arrived::Stream { .. } => return Ok(self.framed(Upload::once(AudioFormat::WavPcm16k), None)),
                Arrived::Way(way) => way,
            },
        };
        let prepared = match way {
            Way::Pieces(pieces) => return self.first(pieces, input, output).await,
            Way::Whole(prepared) => prepared,
        };
        for warning in &prepared.warnings {
            output.note(&format!("{}: {warning}", input.subject()));
        }
        if self.preview == Preview::Curl && matches!((input, &prepared.source), (Input::File(_), Source::Memory(_))) {
            output.note(&format!("{}: curl sends the header of the file itself", input.subject()));
        }
        Ok(self.framed(Upload::replayable(prepared.format), Some(prepared.source.bytes())))
    }

    /// How the first piece of an input would go out that is converted or cut.
    async fn first(&self, mut pieces: Pieces, input: &Input, output: &mut Output) -> Result<Upload, Problem> {
        let subject = input.subject();
        if self.preview == Preview::Curl {
            let what = "it would be converted or cut, which curl cannot do";
            let hint = (*input != Input::Stdin).then(|| "stt convert makes a WAV of it".to_owned());
            return Err(Problem::input(subject, what).hint(hint));
        }
        let piece = match pieces.next().await {
            Some(Ok(piece)) => piece,
            Some(Err(error)) => return Err(broken(&subject, &error)),
            None => {
                return Err(Problem::new(Exit::NoWords, "nothing but silence, so nothing would be sent").of(subject));
            }
        };
        let (start, end) = (piece.start.as_millis(), piece.end.as_millis());
        output.note(&format!("{subject}: the first request, of the audio from {start} to {end} ms"));
        Ok(self.framed(Upload::replayable(piece.format), Some(piece.audio.len() as u64)))
    }

    fn framed(&self, upload: Upload, length: Option<u64>) -> Upload {
        match length {
            Some(length) if self.call.no_chunked => upload.length(length),
            _ if self.call.expect_continue == ExpectContinue::Off => upload.eager(),
            _ => upload,
        }
    }

    /// The request for one input; `seed` becomes the connection id, `file` is what curl is to send.
    fn show(&self, upload: Upload, seed: u128, file: &str) -> Result<String, Problem> {
        let shown = shown(self.resource).map_err(|error| Problem::usage(error.to_string()))?;
        let head = Head::of(self.recognize.call(&shown, upload, seed))?;
        Ok(match self.preview {
            Preview::Curl => head.curl(self.resource.authorization(), file),
            Preview::Head => head.text(),
        })
    }
}

/// The same resource with a word in the place of the credential, so that the real one is not even at hand.
fn shown(resource: &Resource) -> Result<Resource, stt_auth::Error> {
    let authorization = match resource.authorization() {
        Authorization::Key(_) => Authorization::Key(REDACTED.parse()?),
        Authorization::None => Authorization::None,
        Authorization::Entra { resource_id, .. } => {
            Authorization::Entra { resource_id: resource_id.clone(), token: REDACTED.parse()? }
        }
        _ => Authorization::Bearer(REDACTED.parse()?),
    };
    Resource::of(resource.endpoint().clone(), authorization)
}

/// The head of a request that is never sent.
struct Head {
    method: String,
    target: String,
    host: String,
    url: String,
    headers: Vec<(String, String)>,
}

impl Head {
    /// Of the first request of a call.
    fn of(call: Call) -> Result<Self, Problem> {
        let request = match call.next(Now { monotonic: Duration::ZERO, wall: Duration::ZERO }) {
            Step::Send(request, _) => request,
            Step::Done(Err(error)) => return Err(Problem::usage(error.to_string())),
            _ => return Err(Problem::usage("there is no request to show")),
        };
        let uri = request.uri();
        Ok(Self {
            method: request.method().to_string(),
            target: uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            host: uri.authority().map(ToString::to_string).unwrap_or_default(),
            url: uri.to_string(),
            headers: request
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
                .collect(),
        })
    }

    /// As it goes over the wire.
    fn text(&self) -> String {
        let mut text = format!("{} {} HTTP/1.1", self.method, self.target);
        for (name, value) in &self.headers {
            let _ = write!(text, "\n{name}: {value}");
        }
        let _ = write!(text, "\nhost: {}", self.host);
        text
    }

    /// A line for a POSIX shell; the credential comes from a variable, so that it is in no history.
    fn curl(&self, authorization: &Authorization, file: &str) -> String {
        let variable = match authorization {
            Authorization::Key(_) => "\"$AZURE_SPEECH_KEY\"",
            _ => "\"$AZURE_SPEECH_TOKEN\"",
        };
        let mut line = "curl --http1.1".to_owned();
        // curl counts the bytes itself.
        for (name, value) in self.headers.iter().filter(|(name, _)| name != "content-length") {
            let _ = match value.strip_suffix(REDACTED) {
                Some(before) => write!(line, " \\\n  -H {}{variable}", quoted(&format!("{name}: {before}"))),
                None => write!(line, " \\\n  -H {}", quoted(&format!("{name}: {value}"))),
            };
        }
        let _ = write!(line, " \\\n  --data-binary {} {}", quoted(&format!("@{file}")), quoted(&self.url));
        line
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// What stands where a credential goes.
pub(crate) const REDACTED: &str = "REDACTED";

#[cfg(test)]
mod tests {
    use stt_audio::Limits;
    use stt_model::Language;

    use super::*;
    use crate::args::{AudioArgs, Choice, SourceArgs, UploadForm};

    const KEY: &str = "5ecret5ecret5ecret";

    fn show(preview: Preview, authorization: Authorization) -> String {
        let resource = Resource::of("westus.stt.speech.microsoft.com".parse().unwrap(), authorization).unwrap();
        let call = CallArgs {
            no_chunked: false,
            chunk: 1,
            expect_continue: ExpectContinue::Auto,
            timeout: Duration::MAX,
            retries: 0,
        };
        let recognize = &Recognize::new(Language::EN_US).detailed();
        let audio = AudioArgs { convert: Choice::Auto, source: SourceArgs::default(), upload: UploadForm::Wav };
        let shaping = Shaping::whole(audio, Limits::RECOGNITION);
        let previewed = Previewed { call: &call, preview, recognize, resource: &resource, shaping };
        previewed.show(Upload::replayable(AudioFormat::WavPcm16k), 1, "it's.wav").unwrap()
    }

    #[test]
    fn the_head_is_whole_but_for_the_credential() {
        let key = Authorization::Key(KEY.parse().unwrap());
        let mut lines: Vec<_> = show(Preview::Head, key).lines().map(str::to_owned).collect();
        assert_eq!(
            lines.remove(0),
            "POST /speech/recognition/conversation/cognitiveservices/v1?language=en-US&format=detailed\
             &X-ConnectionId=00000000000000000000000000000001 HTTP/1.1"
        );
        lines.sort();
        assert_eq!(
            lines,
            [
                "accept: application/json",
                "content-type: audio/wav; codecs=audio/pcm; samplerate=16000",
                "expect: 100-continue",
                "host: westus.stt.speech.microsoft.com",
                "ocp-apim-subscription-key: REDACTED",
                "transfer-encoding: chunked",
            ]
        );
    }

    #[test]
    fn curl_takes_the_credential_from_a_variable() {
        let key = show(Preview::Curl, Authorization::Key(KEY.parse().unwrap()));
        assert!(key.contains("-H 'ocp-apim-subscription-key: '\"$AZURE_SPEECH_KEY\""), "{key}");
        assert!(key.contains(r"--data-binary '@it'\''s.wav' 'https://westus.stt"), "{key}");
        let token = show(Preview::Curl, Authorization::Token(KEY.parse().unwrap()));
        assert!(token.contains("-H 'authorization: Bearer '\"$AZURE_SPEECH_TOKEN\""), "{token}");
        for line in [key, token] {
            assert!(!line.contains(KEY) && !line.contains(REDACTED), "{line}");
        }
    }
}
