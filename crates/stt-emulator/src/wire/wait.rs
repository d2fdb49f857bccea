//! Waits on the clock of a tenant.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use crate::answer::Since;
use crate::shared::Shared;

/// Waits from one moment on, on the clock of the tenant that it belongs to; moving that clock makes them shorter.
#[derive(Clone, Debug)]
pub(crate) struct Wait {
    shared: Arc<Shared>,
    since: Since,
}

impl Wait {
    pub(crate) fn since(since: Since, shared: &Arc<Shared>) -> Self {
        Self { shared: Arc::clone(shared), since }
    }

    /// The same from now on.
    pub(crate) fn again(&self) -> Self {
        let since = self.shared.emulator.since(self.since.tenant, self.shared.now());
        Self { since, ..self.clone() }
    }

    /// Returns so long after that moment.
    pub(crate) async fn until(&self, after: Duration) {
        let emulator = &self.shared.emulator;
        let mut moved = emulator.moved();
        loop {
            let left = emulator.left(self.since, after, self.shared.now());
            if left.is_zero() {
                return;
            }
            // The emulator is the one who tells, and is there as long as this.
            let _ = timeout(left, moved.changed()).await;
        }
    }
}

/// The time of so many pauses.
pub(crate) fn times(pause: Duration, count: u64) -> Duration {
    pause.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX))
}

/// How long a fault may hold a connection: longer than any client waits.
pub(crate) const SILENCE: Duration = Duration::from_secs(600);
