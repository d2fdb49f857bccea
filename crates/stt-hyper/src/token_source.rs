//! Access tokens that the application gets somewhere.

use std::{error::Error as StdError, fmt, future::Future, pin::Pin, sync::Arc, time::SystemTime};

use stt_auth::Lease;
use tokio::time::timeout;

use crate::clock::now;

type Issued = Result<(String, SystemTime), Box<dyn StdError + Send + Sync>>;

/// Where the application gets its access tokens.
#[derive(Clone)]
pub(crate) struct TokenSource(Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Issued> + Send>> + Send + Sync>);

impl TokenSource {
    pub(crate) fn new<F, T, E>(source: F) -> Self
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = Result<(String, SystemTime), E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        Self(Arc::new(move || {
            let token = source();
            Box::pin(async move { token.await.map_err(Into::into) })
        }))
    }

    /// Gets a token for all who wait for it.
    pub(crate) fn obtain(&self, lease: Lease) -> impl Future<Output = ()> + Send + 'static {
        let source = Arc::clone(&self.0);
        async move {
            match timeout(lease.timeout(), source()).await {
                Ok(Ok((token, expiry))) => {
                    let now = now();
                    let expiry = expiry.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
                    // Whoever waits is told of a refusal; there is nobody else here who could do something about it.
                    let _ = lease.issued(&token, expiry.saturating_sub(now.wall), now);
                }
                Ok(Err(why)) => lease.failed(why, None, now()),
                Err(_) => lease.failed("the source of tokens took too long", None, now()),
            }
        }
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSource")
    }
}
