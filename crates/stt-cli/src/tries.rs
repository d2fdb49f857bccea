//! What the service answered in one call, try after try.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stt_core::Reply;
use stt_hyper::{Client, Event};

/// What the service answered in one call, try after try.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tries(Arc<Mutex<Vec<Raw>>>);

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) body: Vec<u8>,
    pub(crate) status: u16,
    /// Whether the credential is in it.
    pub(crate) repeats_credential: bool,
}

impl Tries {
    /// The same client, whose answers that are no recognitions are seen here.
    pub(crate) fn watch(&self, client: &Client) -> Client {
        let tries = self.clone();
        client.clone().observed(move |event| {
            if let Event::Ended { error: Some(error), .. } = event
                && let Some(response) = error.response()
            {
                let status = response.status().as_u16();
                let repeats_credential = error.repeats_credential();
                tries.list().push(Raw { body: response.body().to_vec(), status, repeats_credential });
            }
        })
    }

    /// All answers, with that which is a recognition.
    pub(crate) fn with(self, reply: Option<&Reply>) -> Vec<Raw> {
        let mut all = std::mem::take(&mut *self.list());
        all.extend(reply.map(|reply| Raw {
            body: reply.response.body().to_vec(),
            status: reply.response.status().as_u16(),
            repeats_credential: reply.repeats_credential,
        }));
        all
    }

    fn list(&self) -> MutexGuard<'_, Vec<Raw>> {
        // An answer is pushed whole, so a panic elsewhere leaves the list usable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
