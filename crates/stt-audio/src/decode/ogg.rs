//! Lets only whole and undamaged pages of an Ogg file through, and sees whether it has an end.

use std::{
    io::{self, BufReader, Read},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use crate::{
    pages::{Found, Page},
    source::Input,
};

/// The pages, one after the other.
pub(super) struct Pages {
    at: usize,
    bytes: Vec<u8>,
    /// Streams that began beside each other, so far.
    begun: u32,
    cut: Arc<AtomicBool>,
    input: BufReader<Input>,
    page: Page,
}

impl Pages {
    /// The same input, and where will be said whether it was cut short.
    pub(super) fn checked(input: Input) -> (Input, Arc<AtomicBool>) {
        let cut = Arc::new(AtomicBool::new(false));
        let input = BufReader::new(input);
        let pages = Self { at: 0, bytes: Vec::new(), begun: 0, cut: Arc::clone(&cut), input, page: Page::default() };
        (Input::Pipe(Box::new(pages)), cut)
    }
}

impl Read for Pages {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.bytes.len() {
            match self.page.read(&mut self.input)? {
                Found::End(cut) => {
                    self.cut.fetch_or(cut, Relaxed);
                    return Ok(0);
                }
                Found::Page(_) => {}
            }
            self.begun = if self.page.begins_stream() { self.begun + 1 } else { 0 };
            if MOST_STREAMS < self.begun {
                continue;
            }
            self.cut.store(!self.page.ends_stream(), Relaxed);
            self.bytes = self.page.parts().concat();
            self.at = 0;
        }
        let count = into.len().min(self.bytes.len() - self.at);
        into[..count].copy_from_slice(&self.bytes[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// Each takes memory, and a video with all its languages has fewer.
const MOST_STREAMS: u32 = 64;
