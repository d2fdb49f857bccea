//! `stt man`: the help as manual pages, one for each command.

use std::{fs, io, path::Path};

use clap::{Command, CommandFactory};
use clap_mangen::{
    Man,
    roff::{Roff, roman},
};

use crate::{
    args::ManArgs,
    config,
    exit::Exit,
    output::{Output, io_reason},
    problem::Problem,
};

/// Writes the pages into a folder, or prints them; that nobody reads them any more is no failure.
pub(crate) fn run(args: &ManArgs, output: &mut Output) -> Result<(), Problem> {
    let pages = all();
    let Some(folder) = &args.dir else {
        let _ = output.lines(pages.iter().map(|page| page.text.as_str()).collect::<String>().trim_end());
        return Ok(());
    };
    let count = pages.len();
    write(folder, &pages).map_err(|error| {
        Problem::new(Exit::Input, "the pages cannot be written").of(folder.display().to_string()).why(io_reason(&error))
    })?;
    output.note(&format!("{}: {count} pages written", folder.display()));
    Ok(())
}

struct Page {
    file: String,
    text: String,
}

fn write(folder: &Path, pages: &[Page]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    pages.iter().try_for_each(|page| fs::write(folder.join(&page.file), &page.text))
}

fn all() -> Vec<Page> {
    let mut command = config::command();
    command.build();
    // Its arguments are its own, and not those that all other commands have.
    let mut emulator = stt_emulator::cli::Arguments::command().bin_name("stt emulator").display_name(EMULATOR);
    emulator.build();
    let own = pages(&command).into_iter().filter(|page| !page.file.starts_with(EMULATOR));
    own.chain(pages(&emulator)).collect()
}

/// The page of a command, and those of the commands below it.
fn pages(command: &Command) -> Vec<Page> {
    let below = command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help");
    [page(command)].into_iter().chain(below.flat_map(pages)).collect()
}

fn page(command: &Command) -> Page {
    let man = Man::new(command.clone()).source(concat!("stt ", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    let written = man
        .render_title(&mut text)
        .and_then(|()| man.render_name_section(&mut text))
        .and_then(|()| man.render_synopsis_section(&mut text))
        .and_then(|()| man.render_description_section(&mut text))
        .and_then(|()| if has_options(command) { man.render_options_section(&mut text) } else { Ok(()) })
        .and_then(|()| if command.has_subcommands() { man.render_subcommands_section(&mut text) } else { Ok(()) })
        .and_then(|()| around(command).to_writer(&mut text));
    written.expect("nothing that writes into memory fails");
    Page { file: man.get_filename(), text: String::from_utf8_lossy(&text).into_owned() }
}

fn has_options(command: &Command) -> bool {
    command.get_arguments().any(|argument| !argument.is_hide_set())
}

/// What stands around the options in the help: sections with lines that stay as they are.
fn around(command: &Command) -> Roff {
    let mut roff = Roff::new();
    let around = [command.get_before_help(), command.get_after_help()];
    for text in around.into_iter().flatten().map(ToString::to_string) {
        for line in text.lines() {
            match line.strip_suffix(':').filter(|heading| !heading.starts_with(' ')) {
                Some(heading) => {
                    roff.control("fi", []).control("SH", [heading.to_uppercase().as_str()]).control("nf", [])
                }
                None => roff.text([roman(line)]),
            };
        }
    }
    roff.control("fi", []);
    roff
}

const EMULATOR: &str = "stt-emulator";
