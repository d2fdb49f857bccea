//! The program as a user and a script meet it, against the emulator.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use stt_emulator::{Emulator, Running, SynthOptions, synth};

use crate::support::{program, root};

/// What a run printed, said, and ended with.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// The line that alone tells what happened to what.
    pub(crate) fn first_line(&self) -> &str {
        self.err.lines().next().unwrap_or_default()
    }

    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// `stt` with these arguments, in the project's root, with nothing in its environment and no standard input.
pub(crate) fn stt(arguments: &[&str]) -> Command {
    let mut command = Command::new(program("stt"));
    command.args(arguments).current_dir(root()).env_clear().stdin(Stdio::null());
    command
}

pub(crate) fn run(command: &mut Command) -> Run {
    Run::of(command.output().unwrap())
}

/// The same with this standard input, which the program need not read to its end.
pub(crate) fn run_with_input(command: &mut Command, input: &[u8]) -> Run {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run::of(output)
}

/// A clip that says this.
pub(crate) fn clip(text: &str) -> Vec<u8> {
    synth(text, &SynthOptions::default()).unwrap()
}

fn emulated(arguments: &[&str]) -> Run {
    run(&mut stt(&[arguments, &["--emulator"]].concat()))
}

fn emulator() -> Running {
    Emulator::builder().start_blocking().unwrap()
}

/// `stt` against an emulator of the test's own, whose journal it can read.
fn against(emulator: &Running, arguments: &[&str]) -> Command {
    let mut command = stt(arguments);
    command.env("AZURE_SPEECH_ENDPOINT", emulator.endpoint()).env("AZURE_SPEECH_KEY", emulator.key());
    command
}

const PENCILS: &str = "tests/audio/pencils.wav";
const PENCILS_TEXT: &str = "Remind me to buy five pencils.";

#[test]
fn one_file_prints_its_text_and_nothing_else() {
    let run = emulated(&["transcribe", "-l", "en-US", PENCILS]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "Remind me to buy five pencils.\n"), "{}", run.err);
}

#[test]
fn the_emulator_never_lets_anybody_believe_that_speech_was_recognized() {
    let run = emulated(&["transcribe", "-q", "-l", "en-US", PENCILS]);
    assert!(run.err.starts_with("emulator: no speech is recognized; the words come from"), "{}", run.err);
}

#[test]
fn recognize_is_another_name_for_transcribe() {
    assert_eq!(emulated(&["recognize", "-l", "en-US", PENCILS]).out, format!("{PENCILS_TEXT}\n"));
}

#[test]
fn several_files_print_their_names_in_input_order_whatever_the_number_of_jobs() {
    for jobs in ["1", "4"] {
        let files = [PENCILS, "tests/audio/weather.ogg", "tests/audio/good-morning.wav"];
        let run = emulated(&[&["transcribe", "-l", "en-US", "-j", jobs][..], &files].concat());
        assert_eq!(
            run.out,
            "tests/audio/pencils.wav: Remind me to buy five pencils.\n\
             tests/audio/weather.ogg: What's the weather like?\n\
             tests/audio/good-morning.wav: Good morning.\n",
            "{}",
            run.err
        );
        assert_eq!(run.code, Some(0));
    }
}

#[test]
fn a_folder_is_walked_and_what_fails_in_it_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("b")).unwrap();
    fs::write(folder.path().join("a.wav"), clip("First.")).unwrap();
    fs::write(folder.path().join("b/bad.wav"), "<html>").unwrap();
    fs::write(folder.path().join("c.wav"), clip("Last.")).unwrap();
    fs::write(folder.path().join("notes.txt"), "not meant").unwrap();
    let run = run(stt(&["transcribe", "-l", "en-US", "--emulator", "."]).current_dir(folder.path()));
    assert_eq!(run.out, "./a.wav: First.\n./c.wav: Last.\n", "{}", run.err);
    assert!(run.err.contains("./b/bad.wav: HTML, not audio\n"), "{}", run.err);
    assert!(run.err.ends_with("3 inputs: 2 with words, 0 without, 1 failed, 0 not tried\n"), "{}", run.err);
    assert_eq!(run.code, Some(3));
}

#[test]
fn a_request_that_is_only_shown_needs_no_credential() {
    for flags in [&["-n"][..], &["--curl"], &["-n", "--auth", "token"], &["-n", "--key-file", "/nowhere/at/all"]] {
        let run = run(&mut stt(&[&["transcribe", "-l", "en-US", "--region", "westus", PENCILS], flags].concat()));
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{flags:?}");
        assert!(run.out.contains("/speech/recognition/conversation/cognitiveservices/v1"), "{}", run.out);
    }
    let entra = ["transcribe", "-l", "en-US", "--region", "westus", PENCILS, "-n", "--auth", "entra"];
    let run = run(&mut stt(&entra));
    assert_eq!((run.code, run.first_line()), (Some(2), "--auth entra needs --resource-id"));
}

/// Microsoft's page says no more of it than that it is a GUID; anything else would be found out after the audio was paid for.
#[test]
fn a_point_system_that_is_no_guid_is_refused_before_anything_is_sent() {
    let emulator = emulator();
    let assess = ["assess", "-l", "en-US", "--reference", PENCILS_TEXT, PENCILS, "--scenario-id"];
    let refused = run(&mut against(&emulator, &[&assess[..], &["mine"]].concat()));
    assert_eq!((refused.code, emulator.journal().len()), (Some(2), 0), "{}", refused.err);
    assert!(refused.err.contains("it is a GUID"), "{}", refused.err);
    let guid = "0f8fad5b-d9cb-469f-a165-70867728950e";
    assert_eq!(run(&mut against(&emulator, &[&assess[..], &[guid]].concat())).code, Some(0));
}

#[test]
fn json_is_one_object_for_one_input() {
    let run = emulated(&["transcribe", "-l", "en-US", "-f", "json", PENCILS]);
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json["schema"], "stt.transcript/1");
    assert_eq!(json["input"], PENCILS);
    assert_eq!(json["language"], "en-US");
    assert_eq!(json["status"], "Success");
    assert_eq!(json["text"], PENCILS_TEXT);
    let bytes = fs::metadata(root().join(PENCILS)).unwrap().len();
    assert_eq!(json["audio_ms"], (bytes - 44) / 32, "16 kHz mono 16-bit PCM is 32 bytes a millisecond");
    let segment = &json["segments"][0];
    assert_eq!(segment["nbest"][0]["display"], PENCILS_TEXT);
    assert_eq!(segment["attempts"], 1);
    assert_eq!(segment["connection_id"].as_str().unwrap().len(), 32);
}

#[test]
fn json_of_several_inputs_is_refused_and_the_way_out_named() {
    let run = emulated(&["transcribe", "-l", "en-US", "-f", "json", PENCILS, PENCILS]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.first_line().contains("ndjson"), "{}", run.err);
}

#[test]
fn ndjson_holds_the_failures_in_their_place() {
    let run = emulated(&["transcribe", "-l", "en-US", "-f", "ndjson", "none.wav", PENCILS, "tests/audio/silence.wav"]);
    let lines: Vec<serde_json::Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let statuses: Vec<_> = lines.iter().map(|line| line["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["Failed", "Success", "InitialSilenceTimeout"]);
    assert_eq!(lines[0]["segments"][0]["error"]["kind"], "input");
    assert_eq!(lines[0]["segments"][0]["error"]["message"], "not found");
    assert_eq!(run.code, Some(3));
}

#[test]
fn output_goes_to_a_file_that_appears_when_it_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.txt");
    let run = emulated(&["transcribe", "-l", "en-US", "-o", file.to_str().unwrap(), PENCILS]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), ""));
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{PENCILS_TEXT}\n"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_output_that_cannot_be_written_is_found_out_before_anything_is_sent() {
    let emulator = emulator();
    let run = run(&mut against(&emulator, &["transcribe", "-l", "en-US", "-o", "/nowhere/out.txt", PENCILS]));
    assert_eq!((run.code, run.first_line()), (Some(3), "cannot write /nowhere/out.txt"), "{}", run.err);
    assert_eq!(emulator.journal().len(), 0);
}

#[test]
fn inputs_without_words_print_no_line_and_are_exit_code_1_unless_allowed() {
    let silence = "tests/audio/silence.wav";
    let strict = emulated(&["transcribe", "-l", "en-US", silence]);
    assert_eq!((strict.code, strict.out.as_str()), (Some(1), ""));
    assert!(strict.err.contains("tests/audio/silence.wav: no speech in the first "), "{}", strict.err);
    let allowed = emulated(&["transcribe", "-l", "en-US", "--allow-empty", silence]);
    assert_eq!(allowed.code, Some(0), "{}", allowed.err);
    let noise = emulated(&["transcribe", "-l", "en-US", "tests/audio/noise.wav"]);
    assert!(noise.err.contains("noise.wav: only noise (BabbleTimeout)"), "{}", noise.err);
}

#[test]
fn another_language_than_the_request_asks_for_is_not_matched() {
    let run = emulated(&["transcribe", "-l", "en-US", "tests/audio/guten-morgen.wav"]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("nothing was recognised (NoMatch)\nhint: is it en-US that is spoken?"), "{}", run.err);
}

#[test]
fn the_language_of_the_environment_counts_until_the_flag_is_given() {
    let german = "tests/audio/guten-morgen.wav";
    let mut from_environment = stt(&["transcribe", "--emulator", german]);
    assert_eq!(run(from_environment.env("STT_LANGUAGE", "de-DE")).out, "Guten Morgen!\n");
    let mut from_flag = stt(&["transcribe", "--emulator", "-l", "de-DE", german]);
    assert_eq!(run(from_flag.env("STT_LANGUAGE", "en-US")).out, "Guten Morgen!\n");
}

#[test]
fn standard_input_may_be_a_wav_or_an_ogg_file() {
    for (file, text) in [(PENCILS, PENCILS_TEXT), ("tests/audio/weather.ogg", "What's the weather like?")] {
        let audio = fs::read(root().join(file)).unwrap();
        let run = run_with_input(&mut stt(&["transcribe", "-l", "en-US", "--emulator", "-"]), &audio);
        assert_eq!((run.code, run.out), (Some(0), format!("{text}\n")), "{}", run.err);
    }
}

#[test]
fn a_live_stream_stops_after_a_minute_and_says_what_was_not_sent() {
    let emulator = emulator();
    let mut stream = clip("Only this is heard.");
    // As a recorder writes a header that cannot know the length.
    stream[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    stream.resize(44 + 61 * 32_000, 0);
    let mut stt = against(&emulator, &["transcribe", "-l", "en-US", "--split", "never", "-"]);
    let run = run_with_input(&mut stt, &stream);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "Only this is heard.\n"), "{}", run.err);
    assert_eq!(run.err, "standard input: stopped after 60.0 s of audio; what followed was not sent\n");
    assert_eq!(emulator.journal()[0].body_bytes, Some(44 + 60 * 32_000));
}

#[test]
fn headerless_audio_on_standard_input_is_refused_with_the_line_that_helps() {
    let run = run_with_input(&mut stt(&["transcribe", "-l", "en-US", "--emulator", "-"]), &[1, 2, 3, 4].repeat(1000));
    assert_eq!(run.code, Some(3));
    let lines: Vec<_> = run.err.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "standard input: no audio format that is known; headerless PCM?",
            "hint: ffmpeg -f s16le -ar 16000 -ac 1 -i - -f wav - | stt transcribe -",
        ]
    );
}

#[test]
fn the_choices_of_a_request_go_out_as_they_were_typed() {
    let emulator = emulator();
    let arguments = [
        "transcribe",
        "-l",
        "en-US",
        "--format",
        "simple",
        "--profanity",
        "raw",
        "--mode",
        "dictation",
        "--query",
        "storeAudio=true",
        "--query",
        "note=a&b#c%d é=",
        "--endpoint-id",
        "11111111-2222-3333-4444-555555555555",
        PENCILS,
    ];
    let run = run(&mut against(&emulator, &arguments));
    let journal = emulator.journal();
    let sent = |name: &str| {
        let mut values = journal[0].query.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str());
        values.next().unwrap_or_default().to_owned()
    };
    assert_eq!(journal[0].path, "/speech/recognition/dictation/cognitiveservices/v1", "{}", run.err);
    assert_eq!(sent("language"), "en-US");
    assert_eq!(sent("format"), "simple");
    assert_eq!(sent("profanity"), "raw");
    assert_eq!(sent("cid"), "11111111-2222-3333-4444-555555555555");
    assert_eq!(sent("storeAudio"), "true");
    assert_eq!(sent("note"), "a&b#c%d é=");
    assert_eq!(sent("X-ConnectionId").len(), 32);
}

#[test]
fn the_upload_is_chunked_with_expect_unless_told_otherwise() {
    let emulator = emulator();
    let header = |place: usize, name: &str| {
        let entry = &emulator.journal()[place];
        let mut found = entry.headers.iter().filter(|(given, _)| given.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.clone())
    };
    for flags in [&[][..], &["--expect-continue", "off"], &["--no-chunked"]] {
        let run = run(&mut against(&emulator, &[&["transcribe", "-l", "en-US", PENCILS], flags].concat()));
        assert_eq!(run.out, format!("{PENCILS_TEXT}\n"), "{}", run.err);
    }
    let told = |place| [header(place, "transfer-encoding"), header(place, "expect"), header(place, "content-length")];
    let length = fs::metadata(root().join(PENCILS)).unwrap().len().to_string();
    assert_eq!(told(0), [Some("chunked".to_owned()), Some("100-continue".to_owned()), None]);
    assert_eq!(told(1), [Some("chunked".to_owned()), None, None]);
    assert_eq!(told(2), [None, None, Some(length)]);
}

#[test]
fn a_token_is_fetched_once_for_all_inputs() {
    let emulator = emulator();
    let run = run(&mut against(
        &emulator,
        &["transcribe", "-l", "en-US", "--auth", "token", "-j", "4", PENCILS, PENCILS, PENCILS],
    ));
    assert_eq!(run.code, Some(0), "{}", run.err);
    let journal = emulator.journal();
    assert_eq!(journal.iter().filter(|entry| entry.path.ends_with("/issueToken")).count(), 1);
    assert_eq!(journal.len(), 4);
}

#[test]
fn assess_shows_scores_words_and_how_the_total_comes_about() {
    let run = emulated(&["assess", "-l", "en-US", "--reference", "Good morning.", "tests/audio/good-morning.wav"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.starts_with("PronScore "), "{}", run.out);
    assert!(run.out.contains("the lowest counts most"), "{}", run.out);
    // The clip says that the accuracy of the second word is 42.
    assert!(run.out.lines().any(|line| line.starts_with("! morning")), "{}", run.out);
}

#[test]
fn assess_gives_json_with_the_reference_it_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("text.txt");
    fs::write(&file, "Good morning.\n").unwrap();
    let reference = format!("@{}", file.display());
    let run =
        emulated(&["assess", "-l", "en-US", "--reference", &reference, "-f", "json", "tests/audio/good-morning.wav"]);
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json["schema"], "stt.assessment/1");
    assert_eq!(json["reference"], "Good morning.");
    assert_eq!(json["grading"], "HundredMark");
    assert_eq!(json["words"][1]["accuracy"], 42.0);
}

#[test]
fn assess_asks_for_what_was_typed() {
    let emulator = emulator();
    let arguments = [
        "assess",
        "-l",
        "en-US",
        "--reference",
        "Good morning.",
        "--granularity",
        "word",
        "--grading",
        "fivepoint",
        "--dimension",
        "basic",
        "--miscue",
        "--prosody",
        "--phoneme-alphabet",
        "ipa",
        "--nbest-phonemes",
        "5",
        "--scenario-id",
        "11111111-2222-3333-4444-555555555555",
        "--dry-run",
        "tests/audio/good-morning.wav",
    ];
    let run = run(&mut against(&emulator, &arguments));
    let encoded = run.out.lines().find_map(|line| line.strip_prefix("pronunciation-assessment: ")).unwrap();
    let asked: serde_json::Value = serde_json::from_slice(&base64(encoded)).unwrap();
    assert_eq!(
        asked,
        serde_json::json!({
            "ReferenceText": "Good morning.",
            "GradingSystem": "FivePoint",
            "Granularity": "Word",
            "Dimension": "Basic",
            "EnableMiscue": "True",
            "EnableProsodyAssessment": "True",
            "PhonemeAlphabet": "IPA",
            "NBestPhonemeCount": 5,
            "ScenarioId": "11111111-2222-3333-4444-555555555555",
        })
    );
    assert_eq!(emulator.journal().len(), 0, "a dry run sends nothing");
}

#[test]
fn a_missed_threshold_is_exit_code_6() {
    let assess = |least: &str| {
        emulated(&[
            "assess",
            "-l",
            "en-US",
            "--reference",
            "Good morning.",
            "--min-score",
            least,
            "tests/audio/good-morning.wav",
        ])
    };
    let missed = assess("99.9");
    assert_eq!(missed.code, Some(6), "{}", missed.err);
    assert!(missed.err.contains("tests/audio/good-morning.wav: PronScore "), "{}", missed.err);
    assert_eq!(assess("1").code, Some(0));
    assert_eq!(assess("101").code, Some(2));
}

#[test]
fn an_empty_reference_is_a_mistake_of_the_caller() {
    for reference in ["", "  ", "\u{200b}"] {
        let run = emulated(&["assess", "-l", "en-US", "--reference", reference, "tests/audio/good-morning.wav"]);
        assert_eq!((run.code, run.first_line()), (Some(2), "the reference text is blank"), "{reference:?}");
    }
}

#[test]
fn a_dry_run_prints_the_head_that_a_real_run_sends() {
    let server = crate::faults::Server::start(vec![crate::faults::SUCCESS.to_vec()]);
    let arguments = ["transcribe", "-l", "en-US", PENCILS];
    let dry = run(&mut server.stt(&[&arguments[..], &["--dry-run"]].concat()));
    assert_eq!((dry.code, dry.err.as_str()), (Some(0), ""));
    assert_eq!(server.requests().len(), 0);
    let real = run(&mut server.stt(&arguments));
    assert_eq!(real.code, Some(0), "{}", real.err);
    let sent = server.requests().remove(0).head;
    let comparable = |head: &str| {
        let id = head.split("X-ConnectionId=").nth(1).unwrap()[..32].to_owned();
        head.trim_end().replace("\r\n", "\n").replace(&id, "ID").replace(crate::faults::KEY, "REDACTED")
    };
    assert_eq!(comparable(&dry.out), comparable(&sent));
}

#[test]
fn the_line_for_curl_sends_the_same_request() {
    let emulator = emulator();
    let line = run(&mut against(&emulator, &["transcribe", "-l", "en-US", "--curl", PENCILS])).out;
    assert!(!line.contains(emulator.key()), "{line}");
    let Ok(output) =
        Command::new("sh").args(["-c", &line]).current_dir(root()).env("AZURE_SPEECH_KEY", emulator.key()).output()
    else {
        return;
    };
    if output.status.code() == Some(127) {
        eprintln!("curl is not installed: the line was not tried");
        return;
    }
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["DisplayText"], PENCILS_TEXT, "{line}");
}

#[test]
fn a_token_is_printed_into_a_pipe() {
    let emulator = emulator();
    let run = run(&mut against(&emulator, &["token"]));
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(run.out.trim_end().split('.').count(), 3, "a token has three parts");
    assert_eq!(run.err, "");
    let journal = emulator.journal();
    assert_eq!(journal.len(), 1);
    assert!(journal[0].path.ends_with("/issueToken"), "{}", journal[0].path);
}

#[test]
fn the_emulator_is_in_the_same_program() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hello.wav");
    let made = run(&mut stt(&["emulator", "synth", "Good evening.", "-o", file.to_str().unwrap()]));
    assert_eq!(made.code, Some(0), "{}", made.err);
    assert_eq!(emulated(&["transcribe", "-l", "en-US", file.to_str().unwrap()]).out, "Good evening.\n");
    assert_eq!(run(&mut stt(&["emulator", "--help"])).code, Some(0));
}

#[test]
fn a_key_on_the_command_line_is_refused_and_not_repeated() {
    for typed in [&["--key", "s3cret"][..], &["--key=s3cret"], &["--key:s3cret"], &["--keys3cret"]] {
        let run = run(&mut stt(&[&["transcribe", "-l", "en-US"], typed, &[PENCILS]].concat()));
        assert_eq!(
            (run.code, run.first_line()),
            (Some(2), "there is no --key, because other users of this machine can read the arguments of a program")
        );
        assert!(!format!("{run:?}").contains("s3cret"), "{run:?}");
    }
}

#[test]
fn what_follows_an_unknown_flag_is_not_repeated() {
    for typed in [&["--subscription-key", "s3cret"][..], &["--subscription-key=s3cret"], &["-k", "s3cret"]] {
        let run = run(&mut stt(&[&["transcribe", "-l", "en-US"], typed, &[PENCILS]].concat()));
        assert_eq!(run.code, Some(2));
        assert!(!format!("{run:?}").contains("s3cret"), "{run:?}");
    }
}

#[test]
fn a_key_is_never_shown_however_much_is_said() {
    let emulator = emulator();
    for flags in [&["-v"][..], &["-v", "--dry-run"], &["-v", "--curl"], &["-v", "-f", "json"], &["--help"]] {
        let run = run(&mut against(&emulator, &[&["transcribe", "-l", "en-US", PENCILS], flags].concat()));
        assert!(!format!("{run:?}").contains(emulator.key()), "{flags:?}: {run:?}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut child = stt(&["transcribe", "-l", "en-US", "-f", "ndjson", "--emulator", PENCILS, PENCILS, PENCILS])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(said.lines().count(), 1, "beside the word about the emulator nothing is said: {said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_exit_code_3() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = run_to(stt(&["transcribe", "-l", "en-US", "--emulator", PENCILS]), full);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains("cannot write standard output\nwhy: no space left\n"), "{}", run.err);
}

#[cfg(target_os = "linux")]
fn run_to(mut command: Command, stdout: fs::File) -> Run {
    Run::of(command.stdout(stdout).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap())
}

#[test]
fn verbose_tells_where_requests_go_and_how_each_input_went() {
    let emulator = emulator();
    let run = run(&mut against(&emulator, &["-v", "transcribe", "-l", "en-US", PENCILS]));
    assert!(run.err.starts_with(&format!("speech at {}, tokens at ", emulator.endpoint())), "{}", run.err);
    assert!(run.err.contains("tests/audio/pencils.wav: "), "{}", run.err);
    assert!(run.err.contains(" s of audio, 1 attempt, connection id "), "{}", run.err);
}

/// Base64 of the standard alphabet.
pub(crate) fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.bytes().filter(|byte| *byte != b'=') {
        bits = bits << 6 | ALPHABET.iter().position(|known| *known == digit).unwrap() as u32;
        count += 6;
        if 8 <= count {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

/// A path in a folder of the test's own.
pub(crate) fn file(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Row 79 of the faults that are promised to be told, on a resource that takes one request at a time.
#[test]
fn a_free_resource_is_asked_for_less_at_once_and_everything_is_done() {
    let emulator = Emulator::builder().tier(stt_emulator::Tier::F0).latency("20ms".parse().unwrap()).start_blocking();
    let emulator = emulator.unwrap();
    // What the service asks for with 429 is no time to wait for in a test: once is enough to see it.
    let files = ["tests/audio/pencils.wav", "tests/audio/good-morning.wav"];
    let run = run(&mut against(&emulator, &[&["transcribe", "-l", "en-US", "--tier", "f0"][..], &files].concat()));
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let throttled = emulator.journal().iter().filter(|entry| entry.status == Some(429)).count();
    assert_eq!((throttled, emulator.journal().len()), (0, 2));
}

#[test]
fn programs_are_told_how_far_a_run_is() {
    let run = emulated(&["transcribe", "-l", "en-US", "--progress", "json", PENCILS, "tests/audio/good-morning.wav"]);
    let lines: Vec<serde_json::Value> = run.err.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let last = lines.last().unwrap();
    assert_eq!(
        (&last["event"], &last["done"], &last["inputs"]),
        (&"progress".into(), &2.into(), &2.into()),
        "{}",
        run.err
    );
}

/// Row 38: the proxy wants a password, and the key is not for it.
#[test]
fn a_proxy_is_named_and_learns_nothing_but_the_host() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = listener.local_addr().unwrap().to_string();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            std::io::Read::read_exact(&mut stream, &mut byte).unwrap();
            head.extend(byte);
        }
        stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n").unwrap();
        String::from_utf8(head).unwrap()
    });
    let key = "0123456789abcdef0123456789abcdef";
    let mut command = stt(&["transcribe", "-l", "en-US", "--region", "westeurope", PENCILS]);
    let run = run(command.env("AZURE_SPEECH_KEY", key).env("https_proxy", format!("http://{proxy}")));
    assert_eq!(
        (run.code, run.first_line()),
        (Some(5), format!("{PENCILS}: the proxy {proxy} wants a password (407)").as_str())
    );
    let head = asked.join().unwrap();
    assert!(head.starts_with("CONNECT westeurope.stt.speech.microsoft.com:443 HTTP/1.1\r\n"), "{head}");
    assert!(!head.contains(key), "{head}");
}

#[test]
fn the_languages_are_those_of_the_table() {
    let table = fs::read_to_string(root().join("tests/data/locales.tsv")).unwrap();
    let rows = table.lines().filter(|line| !line.starts_with('#')).skip(1);
    let expected: Vec<String> = rows
        .map(|row| {
            let [tag, name, assessment] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
            format!("{tag} {name}{}", if assessment == "yes" { " pronunciation assessment" } else { "" })
        })
        .collect();
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let all = run(&mut stt(&["languages"]));
    assert_eq!(all.out.lines().map(words).collect::<Vec<_>>(), expected);
    let assessed = run(&mut stt(&["languages", "--assess", "--format", "json"]));
    let listed: serde_json::Value = serde_json::from_str(&assessed.out).unwrap();
    assert_eq!(listed["languages"].as_array().unwrap().len(), 33);
    let from = format!("({}, documented)", listed["as_of"].as_str().unwrap());
    assert!(table.lines().next().unwrap().contains(&from), "{from}");
    let one = run(&mut stt(&["languages", "en_us"]));
    assert_eq!(words(&one.out), "en-US English (United States) pronunciation assessment");
    let none = run(&mut stt(&["languages", "klingon"]));
    assert_eq!((none.code, none.first_line()), (Some(2), "no language that Microsoft lists fits"));
}

#[test]
fn that_there_are_other_ways_for_long_audio_is_said_once_and_not_to_the_quiet() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["a.wav", "b.wav"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    for name in &names {
        fs::write(name, clip(&["One two three four five six seven eight."; 4].join(" "))).unwrap();
    }
    let hints = |more: &[&str]| {
        let run = emulated(&[&["transcribe", "--max-seconds", "4", &names[0], &names[1]], more].concat());
        assert_eq!(run.code, Some(0), "{}", run.err);
        run.err.matches("hint: for long audio the service also has fast transcription and batch transcription").count()
    };
    assert_eq!((hints(&[]), hints(&["-q"])), (1, 0));
}
