//! What the emulator hears in the bodies it is sent, and the clips it makes itself.

mod coding;
mod hash;
mod header;
mod metadata;
mod samples;
mod signal;
mod unspoken;
