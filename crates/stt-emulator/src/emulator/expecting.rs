//! What tests say that they expect.

use std::thread;

use crate::emulator::Emulator;
use crate::expect::{Expect, Unmet};

impl Emulator {
    /// Whether the requests so far are what was expected.
    ///
    /// # Errors
    ///
    /// If they are not: what came nearest, and in what it differs.
    pub fn verify(&self, expect: &Expect) -> Result<(), Box<Unmet>> {
        expect.verify(self.state().asked(None))
    }

    /// Ends the test unless the requests so far are what was expected.
    ///
    /// ```should_panic
    /// use stt_emulator::{Emulator, Expect};
    ///
    /// let emulator = Emulator::builder().build();
    /// // … the code under test asks nothing …
    /// emulator.assert(Expect::recognize().language("en-US").times(3));
    /// ```
    ///
    /// # Panics
    ///
    /// If they are not, with what came nearest, and in what it differs.
    #[expect(clippy::needless_pass_by_value, reason = "it is made in the call")]
    #[track_caller]
    pub fn assert(&self, expect: Expect) {
        if let Err(unmet) = self.verify(&expect) {
            panic!("{unmet}");
        }
    }

    /// Expects this of the requests until the end: when the emulator is dropped, the test ends with a panic unless it
    /// was so.
    ///
    /// Nothing is checked where the test ends with another panic.
    pub fn expect(&self, expect: Expect) {
        self.state().expected.push(expect);
    }

    /// Checks what is to hold at the end.
    pub(crate) fn verify_at_the_end(&self) {
        let expected = std::mem::take(&mut self.state().expected);
        if thread::panicking() {
            return;
        }
        let unmet = expected.iter().filter_map(|expect| self.verify(expect).err());
        let unmet = unmet.map(|unmet| unmet.to_string()).collect::<Vec<_>>();
        assert!(unmet.is_empty(), "{}", unmet.join("\n\n"));
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.verify_at_the_end();
    }
}
