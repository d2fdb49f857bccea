//! An input for tests that gives nothing until it is told to.

use std::{
    io::{self, Read},
    sync::mpsc::{Receiver, Sender, channel},
};

use stt_audio::{Block, DecodeError, Loss, PcmSource};

/// Gives nothing until it is told to.
pub(crate) struct Held(Receiver<Vec<u8>>);

impl Held {
    pub(crate) fn new() -> (Self, Sender<Vec<u8>>) {
        let (sender, receiver) = channel();
        (Self(receiver), sender)
    }
}

impl Read for Held {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let given = self.0.recv().unwrap_or_default();
        into[..given.len()].copy_from_slice(&given);
        Ok(given.len())
    }
}

impl PcmSource for Held {
    fn next_block(&mut self) -> Result<Option<Block<'_>>, DecodeError> {
        let _ = self.0.recv();
        Ok(None)
    }

    fn losses(&self) -> &[Loss] {
        &[]
    }
}
