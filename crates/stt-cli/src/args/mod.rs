//! Exactly what was typed.
#![expect(clippy::doc_markdown, reason = "these comments are the help of the program, where backquotes would be shown")]

mod about;
mod audio;
mod call;
mod config;
mod doctor;
mod guard;
mod jobs;
mod saved;
mod service;

use std::path::PathBuf;

use clap::{
    ArgAction, Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use stt_model::{Dimension, GradingSystem, Granularity, Mode, PhonemeAlphabet, Profanity, ResultFormat};
use stt_transcript::Format;

use self::{
    about::{COMPLETIONS_EXAMPLES, LANGUAGES_EXAMPLES, MAN_EXAMPLES},
    call::{guid, name_and_value, word},
    config::CONFIG_EXAMPLES,
    doctor::{DOCTOR_EXAMPLES, DOCTOR_EXIT},
};
pub(crate) use self::{
    about::{CompletionsArgs, LanguagesArgs, ManArgs},
    audio::{AudioArgs, CaptionArgs, Choice, SourceArgs, SplitArgs, UploadForm},
    call::{CallArgs, ExpectContinue, PreviewArgs},
    config::{ConfigArgs, ConfigCommand, InitArgs, PathArgs, ShowArgs},
    doctor::DoctorArgs,
    guard::refuse_key,
    jobs::JobsArgs,
    saved::{SaveArgs, SavedArgs},
    service::{Auth, KeyServiceArgs, ServiceArgs},
};

/// Speech to text with the REST API for short audio of Azure Speech: up to 60 seconds of audio a request.
#[derive(Debug, Parser)]
#[command(name = "stt", version, before_help = EXAMPLES, arg_required_else_help = true)]
#[command(max_term_width = 120)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) talk: TalkArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write down what is said in audio files or in a live stream.
    #[command(visible_alias = "recognize", before_help = TRANSCRIBE_EXAMPLES)]
    Transcribe(Box<TranscribeArgs>),
    /// Score how well a text is read out.
    #[command(before_help = ASSESS_EXAMPLES)]
    Assess(Box<AssessArgs>),
    /// Say what audio is, offline: whether the service would take it as it is, and if not, why and what helps.
    #[command(before_help = CHECK_EXAMPLES, after_help = CHECK_EXIT)]
    Check(CheckArgs),
    /// Make audio of any kind what the service takes: 16 kHz mono, as WAV or Ogg Opus.
    #[command(before_help = CONVERT_EXAMPLES)]
    Convert(ConvertArgs),
    /// Exchange the key for an access token, which lives for ten minutes.
    #[command(before_help = TOKEN_EXAMPLES)]
    Token(TokenArgs),
    /// Find out why the service cannot be used: configuration, network, certificate, clock, key; and what to do.
    #[command(before_help = DOCTOR_EXAMPLES, after_help = DOCTOR_EXIT)]
    Doctor(Box<DoctorArgs>),
    /// What files say where flags and the environment say nothing.
    #[command(subcommand, before_help = CONFIG_EXAMPLES, disable_help_subcommand = true)]
    Config(ConfigCommand),
    /// Print the languages that can be recognized, and mark those whose pronunciation can be assessed.
    #[command(before_help = LANGUAGES_EXAMPLES)]
    Languages(LanguagesArgs),
    /// Print what a shell needs to complete command lines.
    #[command(before_help = COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArgs),
    /// Write the manual pages, one for each command.
    #[command(before_help = MAN_EXAMPLES)]
    Man(ManArgs),
    /// Stand in for the service, offline and without a key, in the tests of any program.
    Emulator(Box<stt_emulator::cli::Arguments>),
}

/// How much is said on standard error.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct TalkArgs {
    /// Say nothing on standard error but what went wrong.
    #[arg(short, long, global = true, conflicts_with = "verbose", display_order = 100)]
    pub(crate) quiet: bool,
    /// Say more on standard error: where requests go and how each input went; -vv each request, -vvv each wait.
    #[arg(short, long, global = true, action = ArgAction::Count, display_order = 100)]
    pub(crate) verbose: u8,
    /// Add everything that -vvv says to this file, as one JSON object a line.
    #[arg(long, global = true, value_name = "FILE", display_order = 100)]
    pub(crate) log_file: Option<PathBuf>,
    /// Whether results for people are coloured: on a terminal, always or never.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", display_order = 100)]
    pub(crate) color: Colour,
    /// How far a run is: a line on a terminal, nothing, or a line of JSON on standard error every second.
    #[arg(long, global = true, value_name = "FORM", default_value = "auto", display_order = 100)]
    pub(crate) progress: ProgressForm,
}

/// When results are coloured.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum Colour {
    Always,
    #[default]
    Auto,
    Never,
}

/// How it is told how far a run is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum ProgressForm {
    #[default]
    Auto,
    Never,
    Json,
}

#[derive(Args, Debug)]
pub(crate) struct TranscribeArgs {
    /// Audio files, folders (with everything below them), patterns, @FILE for a list of them, or - for standard input.
    #[arg(required_unless_present_any = ["from_response", "from_journal"], value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    #[command(flatten)]
    pub(crate) recognition: RecognitionArgs,
    /// Detail of the service's result.
    #[arg(long, default_value = "detailed", value_parser = word::<ResultFormat>(&["simple", "detailed"]))]
    pub(crate) format: ResultFormat,
    /// What to write: text, json or captions of one input, a table of it, or ndjson (one object a line) of any number;
    /// may be repeated with -O.
    #[arg(short = 'f', long, value_name = "FORMAT", default_value = "text", value_parser = output_format())]
    pub(crate) output_format: Vec<Format>,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Give each input a file of its own in this folder; what is done there is not done again.
    #[arg(short = 'O', long, value_name = "DIR", conflicts_with_all = ["output", "dry_run", "curl"])]
    pub(crate) output_dir: Option<PathBuf>,
    /// With -O: do again what is done, and replace files that stt did not write; so does --save-response then.
    #[arg(long)]
    pub(crate) force: bool,
    /// With -O: do not ask before many files are paid for again because the options changed.
    #[arg(long)]
    pub(crate) yes: bool,
    /// End with one line of JSON on standard error that tells what became of all inputs.
    #[arg(long, value_name = "FORM")]
    pub(crate) summary: Option<SummaryForm>,
    #[command(flatten)]
    pub(crate) jobs: JobsArgs,
    /// Inputs without words are no failure.
    #[arg(long)]
    pub(crate) allow_empty: bool,
    #[command(flatten)]
    pub(crate) preview: PreviewArgs,
    #[command(flatten)]
    pub(crate) audio: AudioArgs,
    #[command(flatten)]
    pub(crate) split: SplitArgs,
    #[command(flatten)]
    pub(crate) captions: CaptionArgs,
    #[command(flatten)]
    pub(crate) save: SaveArgs,
    #[command(flatten)]
    pub(crate) saved: SavedArgs,
    #[command(flatten)]
    pub(crate) service: ServiceArgs,
    #[command(flatten)]
    pub(crate) call: CallArgs,
}

/// Which files in folders are meant.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct FilterArgs {
    /// In folders, take what fits this pattern, instead of everything that is audio by its name; may be repeated.
    #[arg(long, value_name = "GLOB")]
    pub(crate) include: Vec<glob::Pattern>,
    /// In folders, leave out what fits this pattern; may be repeated.
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<glob::Pattern>,
}

/// The form of a summary for programs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum SummaryForm {
    Json,
}

#[derive(Args, Debug)]
pub(crate) struct AssessArgs {
    /// Audio files of at most 30 seconds each, or - for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// The text that is read out, or @FILE to take it from a file.
    #[arg(long, value_name = "TEXT|@FILE")]
    pub(crate) reference: String,
    #[command(flatten)]
    pub(crate) recognition: RecognitionArgs,
    /// What to write: text for people, or json (one object a line for each input).
    #[arg(short = 'f', long, default_value = "text")]
    pub(crate) output_format: ReportFormat,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) preview: PreviewArgs,
    /// With --save-response: replace files that stt did not write, and answers to other audio.
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) assessment: AssessmentArgs,
    #[command(flatten)]
    pub(crate) audio: AudioArgs,
    #[command(flatten)]
    pub(crate) save: SaveArgs,
    #[command(flatten)]
    pub(crate) service: ServiceArgs,
    #[command(flatten)]
    pub(crate) call: CallArgs,
}

/// What to ask of pronunciation assessment.
#[derive(Args, Debug)]
#[command(next_help_heading = "Assessment")]
pub(crate) struct AssessmentArgs {
    /// How deep the scores go.
    #[arg(long, default_value = "phoneme", value_parser = word::<Granularity>(&["phoneme", "word", "fulltext"]))]
    pub(crate) granularity: Granularity,
    /// The scale of the scores.
    #[arg(long, default_value = "hundredmark", value_parser = word::<GradingSystem>(&["hundredmark", "fivepoint"]))]
    pub(crate) grading: GradingSystem,
    /// Accuracy only (basic), or also fluency and completeness (comprehensive).
    #[arg(long, default_value = "comprehensive", value_parser = word::<Dimension>(&["basic", "comprehensive"]))]
    pub(crate) dimension: Dimension,
    /// Mark words that were left out or put in.
    #[arg(long)]
    pub(crate) miscue: bool,
    /// Score stress, intonation, speed and rhythm too; en-US only.
    #[arg(long)]
    pub(crate) prosody: bool,
    /// How phonemes are named; the service's default is sapi.
    #[arg(long, value_parser = word::<PhonemeAlphabet>(&["ipa", "sapi"]))]
    pub(crate) phoneme_alphabet: Option<PhonemeAlphabet>,
    /// For each phoneme, this many candidates of what was spoken.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) nbest_phonemes: Option<u32>,
    /// The GUID of a point system of your own.
    #[arg(long, value_name = "GUID", value_parser = guid)]
    pub(crate) scenario_id: Option<String>,
    /// Fail with exit code 6 when the PronScore is lower than this.
    #[arg(long, value_name = "S")]
    pub(crate) min_score: Option<f64>,
}

/// What to ask of the service about each piece of audio.
#[derive(Args, Debug)]
pub(crate) struct RecognitionArgs {
    /// The language that is spoken, such as en-US [env: STT_LANGUAGE] [default with --emulator: en-US].
    #[arg(short, long, value_name = "LOCALE")]
    pub(crate) language: Option<String>,
    /// What becomes of profanity; the service's default is masked.
    #[arg(long, value_parser = word::<Profanity>(&["masked", "removed", "raw"]))]
    pub(crate) profanity: Option<Profanity>,
    /// The endpoint id of a custom model.
    #[arg(long, value_name = "CID")]
    pub(crate) endpoint_id: Option<String>,
    /// How the speaker speaks.
    #[arg(long, default_value = "conversation", value_parser = word::<Mode>(&["conversation", "interactive", "dictation"]))]
    pub(crate) mode: Mode,
    /// Any other query parameter; may be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub(crate) query: Vec<(String, String)>,
}

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Audio files, folders (with everything below them), patterns, @FILE for a list of them, or - for standard input,
    /// whose beginning is looked at.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// What to write: text for people, or json (one object a line for each input).
    #[arg(short = 'f', long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output_format: ReportFormat,
    /// Check it for stt assess, which takes 30 seconds instead of 60 and cuts nothing.
    #[arg(long)]
    pub(crate) assess: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ConvertArgs {
    /// An audio file, or - for standard input.
    #[arg(value_name = "INPUT")]
    pub(crate) input: PathBuf,
    /// The file to write: .wav, or .ogg or .opus for Ogg Opus; - for a WAV on standard output.
    #[arg(short, long, required = true, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// Replace a file that is there already.
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

#[derive(Args, Debug)]
pub(crate) struct TokenArgs {
    /// Print the token even on a terminal; into a pipe or a file it is printed anyway.
    #[arg(long)]
    pub(crate) print: bool,
    /// Seconds that the exchange may take, with its repeats.
    #[arg(long, value_name = "S", default_value = "120", value_parser = call::seconds)]
    pub(crate) timeout: std::time::Duration,
    #[command(flatten)]
    pub(crate) service: KeyServiceArgs,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum ReportFormat {
    #[value(alias = "txt")]
    Text,
    Json,
}

/// The words of the formats, and `txt` for those who think of the file.
fn output_format() -> impl TypedValueParser<Value = Format> {
    let words = Format::ALL.iter().map(|format| match format {
        Format::Text => PossibleValue::new(format.as_str()).alias(format.extension()),
        format => PossibleValue::new(format.as_str()),
    });
    PossibleValuesParser::new(words).try_map(|word| word.parse::<Format>())
}

const EXAMPLES: &str = "\
Examples:
  stt transcribe -l en-US --emulator tests/audio/pencils.wav    try it, without a key and offline
  stt transcribe -l en-US --region westeurope --key-file key.txt talk.wav
  stt assess -l en-US --reference 'Good morning.' good.wav
  stt check talk.mp3                                            would the service take it, and why not?
  stt emulator                                                  stand in for the service in tests";

const TRANSCRIBE_EXAMPLES: &str = "\
Examples:
  stt transcribe -l en-US talk.wav                 the text, on standard output
  stt transcribe -l de-DE -f ndjson -j 4 calls/    every file below a folder, as JSON
  arecord -q -f S16_LE -r 16000 -t wav | stt transcribe -l en-US -
  stt transcribe -l en-US --dry-run talk.wav       the request, and nothing is sent";

const ASSESS_EXAMPLES: &str = "\
Examples:
  stt assess -l en-US --reference 'Good morning.' good.wav
  stt assess -l en-US --reference @text.txt --miscue --prosody -f json read.wav
  stt assess -l en-US --reference 'Good morning.' --min-score 80 good.wav";

const CHECK_EXAMPLES: &str = "\
Examples:
  stt check talk.mp3                 what it is, and what helps
  stt check recordings/ -f json      every file below a folder, one object a line
  arecord -q -f cd -t wav | stt check -";

const CHECK_EXIT: &str = "\
Exit code:
  0 when the service would take every input as it is; 3 when it would not take one, or one cannot be read.
  It does not say whether stt transcribe could use an input: the lines \"stt transcribe\" do.";

const CONVERT_EXAMPLES: &str = "\
Examples:
  stt convert talk.mp3 -o talk.wav
  stt convert interview.m4a -o guest.wav --channel right
  stt convert call.raw --raw 8000:mulaw:1 -o call.wav
  ffmpeg -i film.mkv -f wav - | stt convert - -o film.ogg";

const TOKEN_EXAMPLES: &str = "\
Examples:
  stt token                     whether the key is accepted
  stt token > token.txt         the token itself";
