//! `stt config path`: which files are read.

use super::places::{PROJECT, Places};
use crate::{args::PathArgs, output::Output, problem::Problem};

/// Prints the paths; that nobody reads them any more is no failure.
pub(super) fn run(args: &PathArgs, places: &Places, output: &mut Output) -> Result<(), Problem> {
    if args.user {
        let path = places.user.as_ref().ok_or_else(homeless)?;
        let _ = output.text_line(&path.display().to_string());
        return Ok(());
    }
    let project = match (&places.project, &places.foreign) {
        (Some(path), _) => path.display().to_string(),
        (None, Some(path)) => format!("{} (not read: it belongs to another user)", path.display()),
        (None, None) => format!("no {PROJECT} here or above"),
    };
    let user = match &places.user {
        Some(path) if path.exists() => path.display().to_string(),
        Some(path) => format!("{} (not there)", path.display()),
        None => "the environment names no home folder".to_owned(),
    };
    let lines = [format!("project  {project}"), format!("user     {user}")];
    let _ = lines.iter().try_for_each(|line| output.text_line(line));
    Ok(())
}

/// What is said where nobody knows the place of the user's file.
pub(super) fn homeless() -> Problem {
    let what = if cfg!(windows) { "APPDATA is not set" } else { "neither XDG_CONFIG_HOME nor HOME is set" };
    Problem::usage("the user's configuration file has no place").why(what.to_owned())
}
