//! What the tests of programs need: where the programs stand, and how they are run.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// The project's root, where the commands of the documentation are run.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A program of this workspace, which `cargo test --workspace` builds before it runs a test.
pub(crate) fn program(name: &str) -> PathBuf {
    built(name)
}

/// An example of this workspace, built in the same way.
pub(crate) fn example(name: &str) -> PathBuf {
    built(&format!("examples/{name}"))
}

/// Runs a command in the project's root, with an environment that holds only what is given and what programs need to start.
pub(crate) fn run(command: &mut Command, environment: &[(&str, &str)]) -> Output {
    run_in(root(), command, environment)
}

/// The same in another folder.
pub(crate) fn run_in(folder: &Path, command: &mut Command, environment: &[(&str, &str)]) -> Output {
    command.current_dir(folder).env_clear().envs(environment.iter().copied());
    if let Some(path) = env::var_os("PATH") {
        command.env("PATH", path);
    }
    command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"))
}

/// Standard output of a program that must have succeeded.
pub(crate) fn printed(command: &mut Command, environment: &[(&str, &str)]) -> String {
    let output = run(command, environment);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{said}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// The Python that the tests use, if it has these packages.
pub(crate) fn python(packages: &[&str]) -> Option<PathBuf> {
    let python = PathBuf::from(env::var("STT_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned()));
    let packages = packages.join(", ");
    let there = available(Command::new(&python).args(["-c", &format!("import {packages}")]), &packages);
    there.then_some(python)
}

/// Whether a tool is there, which a command without effect tells by its success; where nobody promised that it would
/// be, the test is left out.
pub(crate) fn available(probe: &mut Command, tool: &str) -> bool {
    let probed = probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = probed.is_ok_and(|status| status.success());
    if !there {
        assert!(env::var_os("CI").is_none(), "{tool} is not there; .ci/run installs it");
        eprintln!("left out: {tool} is not there; .ci/run installs it");
    }
    there
}

fn built(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let path = profile.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is not built: run `cargo test --workspace`", path.display());
    path
}
