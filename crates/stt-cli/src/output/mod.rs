//! The one place that writes: results to standard output or a file, talk to standard error.

mod beside;
mod log;
#[cfg(test)]
mod said;
mod sound;

use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use indicatif::{ProgressBar, ProgressStyle};
use stt_transcript::escape_for_terminal as escaped;
use tracing::{debug, error, info};

#[cfg(test)]
pub(crate) use self::said::Said;
pub(crate) use self::{
    beside::{Beside, begin_sync},
    sound::{Sound, SoundForm, Unwritten},
};
use crate::{
    args::{Colour, ProgressForm, TalkArgs},
    environment::{self, Environment},
    exit::Exit,
    problem::Problem,
};

/// Where a run writes.
pub(crate) struct Output {
    results: Results,
    talk: Box<dyn Write + Send>,
    talk_args: TalkArgs,
    /// Whether a person looks at the results, so that what a terminal obeys has to be made harmless.
    terminal: bool,
    colours: bool,
    progress: ProgressBar,
    /// The heaviest exit code so far.
    exit: Exit,
    state: State,
    /// Files that results never replace, whatever the run reads.
    protected: Vec<PathBuf>,
}

/// Whether results can still be written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Open,
    /// The disk is full, or the like; it has been said.
    Failed,
    /// The reader has seen enough, as `head` has after a few lines.
    Unread,
}

enum Results {
    File(PathBuf, Beside),
    Stream(Box<dyn Write + Send>),
}

/// Nobody reads the results any more, or they cannot be written: there is no sense in going on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Closed;

impl Output {
    /// Standard output, until [`write_to`](Self::write_to) says otherwise, and standard error.
    ///
    /// What is done below is told too, as far as it was asked for.
    pub(crate) fn of_process(talk_args: TalkArgs, environment: &Environment) -> Result<Self, Problem> {
        let terminal = io::stdout().is_terminal();
        let plain =
            environment.get(environment::NO_COLOR).is_some() || environment.get(environment::TERM) == Some("dumb");
        let colours = match talk_args.color {
            Colour::Always => true,
            Colour::Auto => terminal && !plain,
            Colour::Never => false,
        };
        // It draws on standard error, and nothing where that is no terminal.
        let progress = ProgressBar::no_length().with_style(ProgressStyle::with_template("{msg}").expect("a field"));
        log::begin(&talk_args, &progress)?;
        Ok(Self {
            results: Results::Stream(Box::new(io::stdout())),
            talk: Box::new(io::stderr()),
            talk_args,
            terminal,
            colours,
            progress,
            exit: Exit::Success,
            state: State::Open,
            protected: Vec::new(),
        })
    }

    /// Nothing for results, and this for what is said about them.
    #[cfg(test)]
    pub(crate) fn talking_to(talk: impl Write + Send + 'static) -> Self {
        Self {
            results: Results::Stream(Box::new(io::sink())),
            talk: Box::new(talk),
            talk_args: TalkArgs::default(),
            terminal: false,
            colours: false,
            progress: ProgressBar::hidden(),
            exit: Exit::Success,
            state: State::Open,
            protected: Vec::new(),
        }
    }

    /// From now on no result replaces these files.
    pub(crate) fn protect<'a>(&mut self, paths: impl Iterator<Item = &'a Path>) {
        self.protected.extend(paths.map(Path::to_owned));
    }

    /// Writes the results to a file, which appears under its name when [`finish`](Self::finish) has been called.
    ///
    /// It must be none of the files that the run `reads`: they would be gone.
    pub(crate) fn write_to<'a>(
        &mut self,
        path: Option<&Path>,
        reads: impl IntoIterator<Item = &'a Path>,
    ) -> Result<(), Problem> {
        // Standard output under its other name stays what it is: a file that it was sent to would be replaced.
        let is_stdout = |path: &Path| path == Path::new("-") || path == Path::new("/dev/stdout");
        let Some(path) = path.filter(|path| !is_stdout(path)) else { return Ok(()) };
        let is_it = |target: &Path, read: &Path| fs::canonicalize(read).is_ok_and(|read| read == target);
        if let Ok(target) = fs::canonicalize(path)
            && (reads.into_iter().any(|read| is_it(&target, read))
                || self.protected.iter().any(|read| is_it(&target, read)))
        {
            return Err(Problem::usage(format!(
                "{} is read by this run, and the results would replace it",
                path.display()
            )));
        }
        let file = Beside::create(path).map_err(|error| cannot_write(&path.display().to_string(), &error))?;
        self.results = Results::File(path.to_owned(), file);
        self.terminal = false;
        self.colours = self.talk_args.color == Colour::Always;
        Ok(())
    }

    /// Whether results may be coloured.
    pub(crate) fn colours(&self) -> bool {
        self.colours
    }

    /// Whether a person looks at the results.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// One line of results that holds text from elsewhere; on a terminal it is made harmless.
    pub(crate) fn text_line(&mut self, text: &str) -> Result<(), Closed> {
        let shown = if self.terminal { escaped(text) } else { text.into() };
        self.lines(&shown)
    }

    /// Results that hold text from elsewhere, with the ends of their lines; on a terminal they are made harmless.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Closed> {
        if !self.terminal {
            return self.write(text);
        }
        let lines: String = text
            .split_inclusive('\n')
            .map(|line| match line.strip_suffix('\n') {
                Some(line) => escaped(line).into_owned() + "\n",
                None => escaped(line).into_owned(),
            })
            .collect();
        self.write(&lines)
    }

    /// Results whose every character is ours, or already harmless.
    pub(crate) fn lines(&mut self, text: &str) -> Result<(), Closed> {
        self.write(&format!("{text}\n"))
    }

    fn write(&mut self, text: &str) -> Result<(), Closed> {
        if self.state != State::Open {
            return Err(Closed);
        }
        if text.is_empty() {
            return Ok(());
        }
        let (name, sink): (_, &mut dyn Write) = match &mut self.results {
            Results::File(path, file) => (path.display().to_string(), file),
            Results::Stream(stream) => (STANDARD_OUTPUT.to_owned(), stream),
        };
        let progress = &self.progress;
        let written = progress.suspend(|| sink.write_all(text.as_bytes()).and_then(|()| sink.flush()));
        written.map_err(|error| self.close(&name, &error))
    }

    /// What went wrong. It is said however quiet the run is, and counts for the exit code.
    pub(crate) fn problem(&mut self, problem: &Problem) {
        self.exit = self.exit.max(problem.exit);
        error!("{problem}");
        self.say(&problem.to_string());
    }

    /// How an input went whose result says so itself.
    pub(crate) fn count(&mut self, exit: Exit) {
        self.exit = self.exit.max(exit);
    }

    /// What would be a problem if it had not been allowed.
    pub(crate) fn allowed(&mut self, problem: &Problem) {
        info!("{problem}");
        if !self.talk_args.quiet {
            self.say(&problem.to_string());
        }
    }

    /// Whether the reader of the results went away, after which nothing more is of interest.
    pub(crate) fn is_unread(&self) -> bool {
        self.state == State::Unread
    }

    /// How far the run is: one line that the next one replaces, on a terminal only and unless the run is quiet.
    pub(crate) fn progress(&mut self, text: &str) {
        if !self.talk_args.quiet && self.talk_args.progress == ProgressForm::Auto {
            self.progress.set_message(escaped(text).into_owned());
            self.progress.tick();
        }
    }

    /// Whether a program wants to be told how far the run is.
    pub(crate) fn is_watched(&self) -> bool {
        self.talk_args.progress == ProgressForm::Json
    }

    /// Something to know, unless the run is quiet.
    pub(crate) fn note(&mut self, text: &str) {
        info!("{text}");
        if !self.talk_args.quiet {
            self.say(&escaped(text));
        }
    }

    /// Something that was asked for with `-v`.
    pub(crate) fn detail(&mut self, text: &str) {
        debug!("{text}");
        if 0 < self.talk_args.verbose {
            self.say(&escaped(text));
        }
    }

    /// Something that must be known, however quiet the run is.
    pub(crate) fn notice(&mut self, text: &str) {
        info!("{text}");
        self.say(&escaped(text));
    }

    /// Puts a file of results in place, and tells how the run ended.
    pub(crate) fn finish(mut self) -> Exit {
        self.progress.finish_and_clear();
        let results = std::mem::replace(&mut self.results, Results::Stream(Box::new(io::sink())));
        let Results::File(path, file) = results else { return self.exit };
        if self.state == State::Failed {
            // Half of the results are no reason to lose those from before.
            if let Some(kept) = file.leave() {
                self.notice(&format!("the results so far are in {}", kept.display()));
            }
        // A failure is no result: what stands there from before is worth more than an empty file.
        } else if (file.is_written() || self.exit <= Exit::Threshold)
            && let Err((error, kept)) = file.into_place()
        {
            let hint = format!("the results are kept in {}", kept.display());
            self.problem(&cannot_write(&path.display().to_string(), &error).hint(hint));
        }
        self.exit
    }

    /// Ends a run that somebody interrupted: what is complete stays, and what is not is no result.
    pub(crate) fn interrupted(mut self) -> Exit {
        self.progress.finish_and_clear();
        if let Results::File(_, file) = std::mem::replace(&mut self.results, Results::Stream(Box::new(io::sink())))
            && let Some(kept) = file.leave()
        {
            self.notice(&format!("interrupted; the results so far are in {}", kept.display()));
        }
        Exit::Interrupted
    }

    fn close(&mut self, name: &str, error: &io::Error) -> Closed {
        self.state = State::Unread;
        if error.kind() != io::ErrorKind::BrokenPipe {
            self.state = State::Failed;
            self.problem(&cannot_write(name, error));
        }
        Closed
    }

    /// Standard error may be closed too; there is nobody left to tell.
    fn say(&mut self, text: &str) {
        let talk = &mut self.talk;
        let _ = self.progress.suspend(|| writeln!(talk, "{text}"));
    }
}

fn cannot_write(name: &str, error: &io::Error) -> Problem {
    Problem::new(Exit::Input, format!("cannot write {name}")).why(io_reason(error))
}

/// Why the operating system refused, in plain words where there are any.
pub(crate) fn io_reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AlreadyExists => "something else has this name".to_owned(),
        io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        io::ErrorKind::ConnectionReset => "connection reset".to_owned(),
        io::ErrorKind::HostUnreachable => "the host cannot be reached".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::NetworkUnreachable => "the network cannot be reached".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is not a folder".to_owned(),
        io::ErrorKind::NotFound => "not found".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        io::ErrorKind::StorageFull => "no space left".to_owned(),
        io::ErrorKind::TimedOut => "timed out".to_owned(),
        _ => error.to_string(),
    }
}

const STANDARD_OUTPUT: &str = "standard output";

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Buffer {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Broken(io::ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn output(results: impl Write + Send + 'static, terminal: bool, talk_args: TalkArgs) -> (Output, Buffer) {
        let talk = Buffer::default();
        let output = Output {
            results: Results::Stream(Box::new(results)),
            talk: Box::new(talk.clone()),
            talk_args,
            terminal,
            colours: false,
            progress: ProgressBar::hidden(),
            exit: Exit::Success,
            state: State::Open,
            protected: Vec::new(),
        };
        (output, talk)
    }

    #[test]
    fn a_terminal_gets_harmless_text_and_a_pipe_the_text_itself() {
        for (terminal, expected) in [(true, "\\u{1b}[2J\n"), (false, "\u{1b}[2J\n")] {
            let results = Buffer::default();
            let (mut output, _) = output(results.clone(), terminal, TalkArgs::default());
            output.text_line("\u{1b}[2J").unwrap();
            assert_eq!(results.text(), expected);
        }
    }

    #[test]
    fn a_reader_that_has_seen_enough_is_no_failure() {
        let (mut output, talk) = output(Broken(io::ErrorKind::BrokenPipe), false, TalkArgs::default());
        assert_eq!(output.text_line("text"), Err(Closed));
        assert_eq!(output.text_line("more"), Err(Closed));
        assert_eq!((output.finish(), talk.text().as_str()), (Exit::Success, ""));
    }

    #[test]
    fn a_full_disk_is_said_once() {
        let (mut output, talk) = output(Broken(io::ErrorKind::StorageFull), false, TalkArgs::default());
        assert_eq!(output.text_line("text"), Err(Closed));
        assert_eq!(output.text_line("more"), Err(Closed));
        assert_eq!(output.finish(), Exit::Input);
        assert_eq!(talk.text(), "cannot write standard output\nwhy: no space left\n");
    }

    #[test]
    fn the_heaviest_problem_decides_the_exit_code() {
        let (mut output, _) = output(Buffer::default(), false, TalkArgs::default());
        output.problem(&Problem::new(Exit::Credential, "a"));
        output.problem(&Problem::new(Exit::Input, "b"));
        output.problem(&Problem::new(Exit::NoWords, "c"));
        assert_eq!(output.finish(), Exit::Credential);
    }

    #[test]
    fn a_quiet_run_says_only_what_must_be_said() {
        let (mut quiet, talk) = output(Buffer::default(), false, TalkArgs { quiet: true, ..TalkArgs::default() });
        quiet.note("note");
        quiet.detail("detail");
        quiet.notice("notice");
        quiet.problem(&Problem::usage("problem"));
        assert_eq!(talk.text(), "notice\nproblem\n");
        let (mut normal, talk) = output(Buffer::default(), false, TalkArgs::default());
        normal.note("note");
        normal.detail("detail");
        assert_eq!(talk.text(), "note\n");
    }
}
