//! The open connections, and which of them may be closed to make room for another.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The connections that wait for a request, the one that has waited longest first.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    tickets: u64,
    by_ticket: BTreeMap<u64, Arc<Notify>>,
}

/// One open connection.
#[derive(Debug)]
pub(crate) struct Member {
    crowd: Arc<Crowd>,
    /// What it waits with; none while it has a request.
    ticket: Mutex<Option<u64>>,
    leave: Arc<Notify>,
}

impl Crowd {
    /// Asks the connection that has waited longest to end; false where all have requests.
    pub(crate) fn make_room(&self) -> bool {
        let longest = self.waiting().by_ticket.pop_first();
        longest.map(|(_, leave)| leave.notify_one()).is_some()
    }

    /// A new connection, which waits for its first request.
    pub(crate) fn join(self: &Arc<Self>) -> Member {
        let member = Member { crowd: Arc::clone(self), ticket: Mutex::default(), leave: Arc::default() };
        member.waits();
        member
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Member {
    /// It has a request from now on.
    pub(crate) fn has_a_request(&self) {
        let ticket = self.ticket().take();
        if let Some(ticket) = ticket {
            self.crowd.waiting().by_ticket.remove(&ticket);
        }
    }

    /// It waits for a request from now on.
    pub(crate) fn waits(&self) {
        let mut waiting = self.crowd.waiting();
        waiting.tickets += 1;
        let ticket = waiting.tickets;
        waiting.by_ticket.insert(ticket, Arc::clone(&self.leave));
        *self.ticket() = Some(ticket);
    }

    /// Returns when it is asked to end.
    pub(crate) async fn asked_to_leave(&self) {
        self.leave.notified().await;
    }

    fn ticket(&self) -> MutexGuard<'_, Option<u64>> {
        self.ticket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.has_a_request();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::{Crowd, Member};

    async fn is_asked(member: &Member) -> bool {
        timeout(Duration::ZERO, member.asked_to_leave()).await.is_ok()
    }

    #[tokio::test]
    async fn the_one_that_has_waited_longest_leaves_and_none_with_a_request() {
        let crowd = Arc::new(Crowd::default());
        let members = [crowd.join(), crowd.join(), crowd.join(), crowd.join()];
        members[0].has_a_request();
        members[1].has_a_request();
        members[1].waits();
        let [_, _, _, last] = &members;
        last.has_a_request();
        assert!(crowd.make_room());
        assert_eq!([is_asked(&members[1]).await, is_asked(&members[2]).await], [false, true]);
        assert!(crowd.make_room());
        assert!(is_asked(&members[1]).await);
        assert!(!crowd.make_room());
        assert_eq!([is_asked(&members[0]).await, is_asked(last).await], [false, false]);
    }

    #[test]
    fn one_that_is_gone_is_not_asked() {
        let crowd = Arc::new(Crowd::default());
        drop(crowd.join());
        assert!(!crowd.make_room());
    }
}
