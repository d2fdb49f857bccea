//! The body of an error answer: whatever it holds, what is shown of it is short and harmless to a terminal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stt_model::ServiceMessage;

fuzz_target!(|body: &[u8]| {
    let said = ServiceMessage::read(body);
    for shown in [said.code, said.message].into_iter().flatten() {
        assert!(shown.chars().count() <= 300, "{shown:?} is too long");
        assert!(!shown.chars().any(char::is_control), "{shown:?} holds a control character");
    }
});
