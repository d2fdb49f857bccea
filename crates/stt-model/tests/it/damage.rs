//! Bodies that were damaged on the way: whatever happens, nothing panics.

use stt_model::{Recognition, ServiceMessage};

use crate::data;

/// Every body of the index, whole.
fn bodies() -> Vec<Vec<u8>> {
    data::table::<8>("replies/index.tsv").iter().map(|row| data::reply(&row[0])).collect()
}

fn check(body: &[u8]) {
    let message = ServiceMessage::read(body).message;
    assert!(message.is_none_or(|message| message.chars().count() <= 300));
    if let Ok(heard) = Recognition::from_slice(body) {
        // What was read from a damaged body can be written and read like anything else.
        let written = serde_json::to_vec(&heard).unwrap();
        assert_eq!(Recognition::from_slice(&written).as_ref(), Ok(&heard));
    }
}

#[test]
fn a_body_cut_anywhere_is_refused_or_read_but_never_a_panic() {
    for body in bodies() {
        for end in 0..=body.len() {
            check(&body[..end]);
        }
    }
}

#[test]
fn a_body_with_a_flipped_byte_is_refused_or_read_but_never_a_panic() {
    for body in bodies() {
        let mut damaged = body.clone();
        for at in 0..body.len() {
            damaged[at] ^= [0x01, 0x02, 0x10, 0x20, 0x80, 0xFF][at % 6];
            check(&damaged);
            damaged[at] = body[at];
        }
    }
}
