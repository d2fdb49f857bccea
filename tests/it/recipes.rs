//! The recipes of the guide: each is run as a reader would run it, and stands in the guide as it was run.

use std::{
    collections::BTreeSet,
    env,
    fs::{self, File},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

use crate::{
    docs::{blocks, documents},
    support::{available, program, python, root},
};

#[test]
fn the_recipes_stand_in_the_documentation_as_they_are_run() {
    let mut shown = BTreeSet::new();
    for file in documents() {
        for block in blocks(&file) {
            let Some((_, path)) = block.info.split_once("file: ") else { continue };
            assert_eq!(block.text, fs::read_to_string(root().join(path)).unwrap(), "{file} shows another {path}");
            shown.insert(path.to_owned());
        }
    }
    let recipes = fs::read_dir(root().join(RECIPES)).unwrap().map(|entry| entry.unwrap().path());
    let files = recipes.flat_map(|recipe| fs::read_dir(recipe).unwrap().map(|entry| entry.unwrap().path()));
    let files: BTreeSet<String> =
        files.map(|path| path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(shown, files);
}

#[test]
fn pytest() {
    let Some(python) = python(&["pytest", "requests"]) else { return };
    let recipe = Recipe::copy("pytest");
    let tests = ["-m", "pytest", "-q"];
    recipe.passes(Command::new(&python).args(tests), "3 passed");
    let mut exec = recipe.command("stt-emulator");
    recipe.passes(exec.args(["exec", "--"]).arg(&python).args(tests), "3 passed");
    recipe.change("speech.py", "attempts=3", "attempts=1");
    recipe.fails(Command::new(&python).args(tests), "1 failed, 2 passed");
    recipe.change("test_speech.py", "language=\"en-US\", times=1", "language=\"en-US\", times=2");
    recipe.fails(Command::new(&python).args(tests), "expected 2 request(s), and 1 of 1 fitted");
}

#[test]
fn node() {
    if !available(Command::new("node").arg("--version"), "node") {
        return;
    }
    let recipe = Recipe::copy("node");
    recipe.passes(Command::new("node").arg("--test"), "pass 3\n");
    recipe.change("speech.mjs", "attempts = 3", "attempts = 1");
    recipe.fails(Command::new("node").arg("--test"), "the service answers 429");
    recipe.change("speech.test.mjs", "language: \"en-US\", times: 1", "language: \"en-US\", times: 2");
    recipe.fails(Command::new("node").arg("--test"), "expected 2 request(s), and 1 of 1 fitted");
}

#[test]
fn shell() {
    let recipe = Recipe::copy("shell");
    let expected = "ok: the words of a clip come back\nok: a service that is down is an error\n";
    recipe.passes(&mut Command::new("./speech-test"), expected);
    recipe.change("speech-test", "v1?language=en-US", "v1?language=en-GB");
    recipe.fails(&mut Command::new("./speech-test"), "language: wanted \\\"en-US\\\", got \\\"en-GB\\\"");
}

#[test]
fn junit() {
    let jars: Vec<String> = JARS.iter().map(|name| format!("/usr/share/java/{name}.jar")).collect();
    let is_there = jars.iter().all(|jar| Path::new(jar).exists());
    if !available(Command::new("test").arg(if is_there { "yes" } else { "" }), "JUnit 5 of Debian")
        || !available(Command::new("javac").arg("--version"), "javac")
    {
        return;
    }
    let recipe = Recipe::copy("junit");
    let path = format!("{}:classes", jars.join(":"));
    let mut compile = Command::new("javac");
    compile.args(["-Xlint:all,-path", "-Werror", "-d", "classes", "-cp", &path]);
    recipe.passes(compile.args(["Emulator.java", "Speech.java", "SpeechTest.java"]), "");
    let mut run = Command::new("java");
    run.args(["-cp", &path, "org.junit.platform.console.ConsoleLauncher", "--scan-class-path", "classes"]);
    recipe.passes(run.args(["--disable-banner", "--fail-if-no-tests"]), "3 tests successful");
}

#[test]
fn go() {
    if !available(Command::new("go").arg("version"), "go") {
        return;
    }
    let recipe = Recipe::copy("go");
    let mut tests = Command::new("go");
    recipe.passes(tests.args(["test", "-v", "./..."]).env("GOPROXY", "off"), "PASS\nok");
}

#[test]
fn speech_recognition() {
    let Some(python) = python(&["pytest", "speech_recognition"]) else { return };
    let recipe = Recipe::copy("speech_recognition");
    recipe.passes(Command::new(&python).args(["-m", "pytest", "-q"]), "3 passed");
    recipe.change("conftest.py", "request.host not in self.hosts", "True");
    recipe.fails(Command::new(&python).args(["-m", "pytest", "-q"]), "no test asks emulator.api.cognitive");
}

#[test]
fn github_workflow() {
    let Some(python) = python(&["pytest", "requests", "yaml"]) else { return };
    let recipe = Recipe::copy("pytest");
    recipe.wrap("python3", &python);
    let read = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)[\"jobs\"][\"test\"][\"steps\"]))";
    let mut parse = Command::new(&python);
    parse.args(["-c", read]).stdin(File::open(root().join(RECIPES).join("github/speech.yml")).unwrap());
    let steps: Vec<serde_json::Value> = serde_json::from_slice(&recipe.run(&mut parse).stdout).unwrap();
    let (installs, tests): (Vec<_>, Vec<_>) = steps
        .iter()
        .filter_map(|step| Some((step["name"].as_str().unwrap_or_default(), step["run"].as_str()?)))
        .partition(|(name, _)| name.starts_with("Install"));
    let installs: Vec<&str> = installs.into_iter().map(|(_, run)| run).collect();
    // What they install is on the path already, and the folder in the checkout is the crate with the program.
    let expected = ["cargo install --locked --path stt/crates/stt-emulator", "python3 -m pip install pytest requests"];
    assert_eq!(installs, expected);
    assert!(root().join("crates/stt-emulator/src/main.rs").exists());
    let saying = ["3 passed", ""];
    assert_eq!(tests.len(), saying.len());
    for ((_, run), expected) in tests.into_iter().zip(saying) {
        recipe.passes(Command::new("bash").args(["-e", "-c", run]), expected);
    }
}

/// A copy of a recipe in a folder of its own, with the emulator on the path.
struct Recipe {
    folder: TempDir,
    /// The programs that are on the path beside those of the machine.
    programs: TempDir,
}

impl Recipe {
    fn copy(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(root().join(RECIPES).join(name)).unwrap().map(Result::unwrap) {
            fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
        let recipe = Self { folder, programs: tempfile::tempdir().unwrap() };
        recipe.wrap("stt-emulator", &program("stt-emulator"));
        recipe
    }

    /// Puts a program on the path; whenever it starts, its process is noted.
    fn wrap(&self, name: &str, program: &Path) {
        let path = self.programs.path().join(name);
        let noted = self.programs.path().join("processes");
        fs::write(&path, format!("#!/bin/sh\necho $$ >>{noted:?}\nexec {program:?} \"$@\"\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn command(&self, name: &str) -> Command {
        Command::new(self.programs.path().join(name))
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    #[track_caller]
    fn passes(&self, command: &mut Command, saying: &str) {
        let output = self.run(command);
        let said = said(&output);
        assert!(output.status.success(), "{command:?}: {}\n{said}", output.status);
        assert!(said.contains(saying), "{command:?} says\n{said}\nand not {saying:?}");
    }

    #[track_caller]
    fn fails(&self, command: &mut Command, saying: &str) {
        let output = self.run(command);
        let said = said(&output);
        assert!(!output.status.success(), "{command:?} does not fail");
        assert!(said.contains(saying), "{command:?} says\n{said}\nand not {saying:?}");
    }

    /// Runs a command in the folder, and makes sure that it leaves no process behind.
    fn run(&self, command: &mut Command) -> Output {
        let path = env::join_paths(
            [self.programs.path().to_owned()].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap())),
        );
        command.current_dir(self.folder.path()).env("PATH", path.unwrap()).env("HOME", self.folder.path());
        for variable in ["AZURE_SPEECH_ENDPOINT", "AZURE_SPEECH_KEY", "AZURE_SPEECH_REGION", "NODE_TEST_CONTEXT"] {
            command.env_remove(variable);
        }
        // A process that is left behind would hold a pipe open for ever.
        let [stdout, stderr] = ["stdout", "stderr"].map(|name| self.programs.path().join(name));
        command.stdout(File::create(&stdout).unwrap()).stderr(File::create(&stderr).unwrap());
        let status = command.status().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        for process in fs::read_to_string(self.programs.path().join("processes")).unwrap_or_default().lines() {
            let ended = Command::new("kill").arg(process).stderr(Stdio::null()).status().unwrap();
            assert!(!ended.success(), "{command:?} left the process {process} behind");
        }
        Output { status, stdout: fs::read(stdout).unwrap(), stderr: fs::read(stderr).unwrap() }
    }
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

const RECIPES: &str = "tests/recipes";

/// The archives that tests in Java need, as Debian's package `junit5` installs them.
const JARS: [&str; 11] = [
    "apiguardian-api",
    "junit-jupiter-api",
    "junit-jupiter-engine",
    "junit-jupiter-params",
    "junit-platform-commons",
    "junit-platform-console",
    "junit-platform-engine",
    "junit-platform-launcher",
    "junit-platform-reporting",
    "opentest4j",
    "picocli",
];
