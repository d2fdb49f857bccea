//! What the emulator hears in the bodies it is sent, and the clips it makes itself.

mod codecs;
mod coding;
mod hash;
mod header;
mod metadata;
mod ogg;
mod samples;
mod signal;
mod unspoken;
