//! Where results go, and what a run never destroys.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    cli::{run, stt},
    support::{program, root},
};

#[test]
fn results_never_replace_what_the_run_reads() {
    let folder = tempfile::tempdir().unwrap();
    let audio = copy(folder.path(), "pencils.wav");
    let whole = fs::read(&audio).unwrap();
    let below = folder.path().to_str().unwrap();
    let reference = folder.path().join("text.txt");
    fs::write(&reference, "Good morning.").unwrap();
    let from_file = format!("@{}", reference.display());
    for arguments in [
        vec!["transcribe", "-l", "en-US", "--emulator", "-o", &audio, &audio],
        vec!["transcribe", "-l", "en-US", "--emulator", "-o", &audio, below],
        vec!["assess", "-l", "en-US", "--emulator", "--reference", "Hello.", "-o", &audio, &audio],
        vec!["assess", "-l", "en-US", "--emulator", "--reference", &from_file, "-o", &from_file[1..], &audio],
    ] {
        let run = run(&mut stt(&arguments));
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.err.contains("is read by this run, and the results would replace it"), "{run:?}");
        assert_eq!(fs::read(&audio).unwrap(), whole);
        assert_eq!(fs::read_to_string(&reference).unwrap(), "Good morning.");
    }
}

#[test]
fn a_run_without_a_result_leaves_the_old_results_alone() {
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("old.txt");
    fs::write(&results, "precious").unwrap();
    let run =
        run(&mut stt(&["transcribe", "-l", "en-US", "--emulator", "-o", results.to_str().unwrap(), "missing.wav"]));
    assert_eq!(run.code, Some(3), "{run:?}");
    assert_eq!(fs::read_to_string(&results).unwrap(), "precious");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn new_results_are_for_the_same_eyes_as_the_old_ones() {
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("private.txt");
    fs::write(&results, "old").unwrap();
    fs::set_permissions(&results, fs::Permissions::from_mode(0o600)).unwrap();
    let audio = "tests/audio/pencils.wav";
    let run = run(&mut stt(&["transcribe", "-l", "en-US", "--emulator", "-o", results.to_str().unwrap(), audio]));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(fs::metadata(&results).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_name_cannot_become_a_command_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    copy(folder.path(), "a\ntouch b;#.wav");
    copy(folder.path(), "c.wav");
    let arguments = ["transcribe", "-l", "en-US", "--region", "westus", "--curl", folder.path().to_str().unwrap()];
    let run = run(stt(&arguments).env("AZURE_SPEECH_KEY", "0123456789abcdef"));
    assert_eq!(run.code, Some(0), "{run:?}");
    let played = Command::new("bash")
        .args(["-c", &format!("curl() {{ echo sent; }}\n{}", run.out)])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(played.stdout).unwrap(), "sent\nsent\n", "{}", run.out);
    assert!(!folder.path().join("b").exists(), "{}", run.out);
}

#[test]
fn an_interrupted_run_ends_with_130_and_says_where_its_results_are() {
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("out.txt");
    let mut child = Command::new(program("stt"))
        .args(["transcribe", "-v", "-l", "en-US", "--emulator", "-o", results.to_str().unwrap()])
        .args(["tests/audio/pencils.wav", "-"])
        .current_dir(root())
        .env_clear()
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // `wait` would close it, and the end of the stream would race with the signal.
    let stdin = child.stdin.take().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("pencils.wav") {
        line.clear();
        assert_ne!(said.read_line(&mut line).unwrap(), 0, "the first input is told with -v");
    }
    let interrupt = || {
        let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
    };
    interrupt();
    line.clear();
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "finishing 1 input (Ctrl-C again to drop it)\n");
    interrupt();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(stdin);
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    let (_, kept) = rest.trim_end().split_once("interrupted; the results so far are in ").unwrap();
    assert!(fs::read_to_string(kept).unwrap().ends_with("pencils.wav: Remind me to buy five pencils.\n"));
    assert!(!results.exists(), "what is not complete has not its name");
}

#[test]
fn several_inputs_are_assessed_in_their_order() {
    let audio = "tests/audio/good-morning.wav";
    let arguments =
        ["assess", "-l", "en-US", "--emulator", "--reference", "Good morning.", audio, "missing.wav", audio];
    let text = run(&mut stt(&arguments));
    assert_eq!(text.code, Some(3), "{text:?}");
    assert_eq!(text.out.matches("tests/audio/good-morning.wav:\nPronScore ").count(), 2, "{}", text.out);
    let json = run(&mut stt(&[&arguments[..], &["-f", "json"]].concat()));
    let inputs: Vec<String> = json
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["input"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(inputs, [audio, "missing.wav", audio]);
}

#[test]
fn what_cannot_be_scored_is_refused_before_it_is_paid_for() {
    let audio = "tests/audio/good-morning.wav";
    for more in [&["--reference", "..."][..], &["--reference", "Good", "--dimension", "basic", "--min-score", "50"]] {
        let run = run(&mut stt(&[&["assess", "-l", "en-US", "--emulator", audio], more].concat()));
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{run:?}");
    }
}

fn copy(folder: &Path, name: &str) -> String {
    let path = folder.join(name);
    fs::copy(root().join("tests/audio/pencils.wav"), &path).unwrap();
    path.to_str().unwrap().to_owned()
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written_to_their_end_leave_those_from_before() {
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("out.json");
    fs::write(&results, "from before").unwrap();
    let mut command = Command::new("sh");
    // One block of 512 or 1,024 bytes, and the results of eight inputs are more.
    command.args(["-c", "ulimit -f 1; exec \"$0\" \"$@\"", program("stt").to_str().unwrap()]);
    command.args(["transcribe", "--emulator", "-f", "ndjson", "-o", results.to_str().unwrap()]);
    command.args(["tests/audio/pencils.wav"; 8]).current_dir(root()).env_clear();
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("cannot write ") && said.contains("the results so far are in "), "{said}");
    assert_eq!(fs::read_to_string(&results).unwrap(), "from before");
}

#[test]
fn no_file_that_the_run_reads_is_replaced_by_its_results() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (list, authority) =
        (write("list", "tests/audio/pencils.wav\n"), write("ca.pem", "-----BEGIN CERTIFICATE-----"));
    for arguments in [
        vec!["-o", &list, "--emulator", &format!("@{list}")],
        vec!["-o", &authority, "--emulator", "--ca-file", &authority, "tests/audio/pencils.wav"],
    ] {
        let ran = run(&mut stt(&[&["transcribe"], &arguments[..]].concat()));
        let said = format!("{} is read by this run, and the results would replace it", arguments[1]);
        assert_eq!((ran.code, ran.err.lines().last()), (Some(2), Some(said.as_str())));
    }
    assert_eq!(fs::read_to_string(&list).unwrap(), "tests/audio/pencils.wav\n");
    write("stt.toml", "[profile.default]\nlanguage = \"en-US\"\n");
    let pencils = root().join("tests/audio/pencils.wav");
    let mut command = stt(&["transcribe", "--emulator", "-o", "stt.toml", pencils.to_str().unwrap()]);
    let ran = run(command.current_dir(&folder));
    let said = "stt.toml is read by this run, and the results would replace it";
    assert_eq!((ran.code, ran.err.lines().last()), (Some(2), Some(said)));
}
