//! Names for clips.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audio::SampleHash;
use crate::scenario::inspect::{Inspect, Inspection};

/// A name for a clip, which conditions use.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Clip {
    /// The name.
    pub(crate) id: String,
    /// A file, relative to the one that this stands in; it is read when the scenario is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    /// The hash of the decoded samples, as `stt-emulator hash FILE` prints it.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<SampleHash>,
}

impl Inspect for Clip {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        if self.id.is_empty() {
            inspection.wrong("", "the clip has no name", "the field `id`");
        } else if !inspection.declare(&self.id) {
            inspection.wrong("id", format!("there is another clip {:?}", self.id), "a name of its own");
        }
        match (&self.file, self.sha256) {
            (Some(_), Some(_)) => inspection.wrong("sha256", "file and sha256 say the same", "one of them"),
            (None, None) => inspection.wrong("", "nothing says which clip it is", "`file` or `sha256`"),
            (None, Some(_)) => {}
            (Some(file), None) => match inspection.listen().map(|listen| listen(file)) {
                Some(Ok(_)) => {}
                Some(Err(why)) => inspection.wrong("file", why, "a WAV or Ogg Opus file that can be read"),
                None => {
                    let problem = "a file can be named only in a file";
                    inspection.wrong("file", problem, "sha256, as `stt-emulator hash FILE` prints it");
                }
            },
        }
    }
}
