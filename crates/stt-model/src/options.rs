//! The choices of a recognition request.

use crate::words::closed_words;

closed_words! {
    /// How much the answer holds: the query parameter `format` (documented).
    "format" ResultFormat {
        /// Status, text, offset and duration. What the service takes if it is told nothing.
        #[default]
        Simple = "simple",
        /// Alternatives with confidence and four forms of the text.
        Detailed = "detailed",
    }
}

closed_words! {
    /// What becomes of profanity: the query parameter `profanity` (documented).
    "profanity" Profanity {
        /// Asterisks in its place. What the service takes if it is told nothing.
        #[default]
        Masked = "masked",
        /// Nothing in its place. With nothing but profanity in the audio there is no text at all.
        ///
        /// Microsoft's REST page also writes `remove` in a note; its table of accepted values says
        /// `removed`.
        Removed = "removed",
        /// The words themselves.
        Raw = "raw",
    }
}

closed_words! {
    /// How the speaker speaks: a segment of the request's path.
    "mode" Mode {
        /// People talking to each other; the only one that the REST page documents.
        #[default]
        Conversation = "conversation",
        /// Short requests to a machine (in Microsoft's page on troubleshooting).
        Interactive = "interactive",
        /// Dictated text (in Microsoft's Speech SDK for the same path).
        Dictation = "dictation",
    }
}
