//! Several inputs at once, their outcomes in order.

use std::{collections::BTreeMap, future::Future};

use tokio::task::{Id, JoinSet};

/// What becomes of a batch after an outcome.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flow {
    /// Go on.
    Next,
    /// Begin nothing more, but wait for what has been begun.
    BeginNoMore,
}

/// Nobody takes outcomes any more: what is running is dropped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Dropped;

/// The work on one item panicked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Panicked;

/// Does `work` on every item, at most `jobs` at once, and returns how many were begun.
///
/// `judge` sees each outcome as soon as it is there and may end the batch; `deliver` gets them in the order of the items.
pub(crate) async fn in_order<I, T, F>(
    items: impl IntoIterator<Item = I>,
    jobs: usize,
    work: impl Fn(I) -> F,
    mut judge: impl FnMut(&Result<T, Panicked>) -> Flow,
    mut deliver: impl FnMut(usize, Result<T, Panicked>) -> Result<(), Dropped>,
) -> usize
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let mut items = items.into_iter();
    let mut running = JoinSet::new();
    let mut places: BTreeMap<Id, usize> = BTreeMap::new();
    let mut early = BTreeMap::new();
    let mut begun = 0;
    let mut delivered = 0;
    let mut flow = Flow::Next;
    loop {
        while flow == Flow::Next
            && running.len() < jobs
            && let Some(item) = items.next()
        {
            places.insert(running.spawn(work(item)).id(), begun);
            begun += 1;
        }
        let Some(joined) = running.join_next_with_id().await else { return begun };
        let (id, outcome) = match joined {
            Ok((id, outcome)) => (id, Ok(outcome)),
            Err(error) => (error.id(), Err(Panicked)),
        };
        if judge(&outcome) == Flow::BeginNoMore {
            flow = Flow::BeginNoMore;
        }
        early.extend(places.remove(&id).map(|place| (place, outcome)));
        while let Some(outcome) = early.remove(&delivered) {
            if deliver(delivered, outcome).is_err() {
                return begun;
            }
            delivered += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        time::Duration,
    };

    use super::*;

    fn keep<T: Copy>(
        kept: &mut Vec<(usize, Result<T, Panicked>)>,
    ) -> impl FnMut(usize, Result<T, Panicked>) -> Result<(), Dropped> {
        |place, outcome| {
            kept.push((place, outcome));
            Ok(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn outcomes_come_in_order_whichever_is_ready_first() {
        let mut kept = Vec::new();
        let slow_first = |item: u64| async move {
            tokio::time::sleep(Duration::from_secs(10 - item)).await;
            item
        };
        let begun = in_order(0..5, 3, slow_first, |_| Flow::Next, keep(&mut kept)).await;
        assert_eq!(begun, 5);
        assert_eq!(kept, (0..5).map(|item| (item as usize, Ok(item))).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_run_at_once_than_were_asked_for() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counted = |_: u32| {
            let (now, most) = (now.clone(), most.clone());
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_secs(1)).await;
                now.fetch_sub(1, Ordering::SeqCst);
            }
        };
        in_order(0..10, 3, counted, |_| Flow::Next, |_, _| Ok(())).await;
        assert_eq!(most.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn a_verdict_ends_the_batch_and_what_was_begun_is_delivered() {
        let mut kept = Vec::new();
        let stop_at_two =
            |outcome: &Result<u32, Panicked>| if *outcome == Ok(2) { Flow::BeginNoMore } else { Flow::Next };
        let begun = in_order(0..100, 1, |item| async move { item }, stop_at_two, keep(&mut kept)).await;
        assert_eq!(begun, 3);
        assert_eq!(kept, [(0, Ok(0)), (1, Ok(1)), (2, Ok(2))]);
    }

    #[tokio::test]
    async fn a_panic_is_the_outcome_of_its_own_item_alone() {
        let mut kept = Vec::new();
        let second_panics = |item: u32| async move {
            assert_ne!(item, 1, "the second item panics");
            item
        };
        in_order(0..3, 2, second_panics, |_| Flow::Next, keep(&mut kept)).await;
        assert_eq!(kept, [(0, Ok(0)), (1, Err(Panicked)), (2, Ok(2))]);
    }

    #[tokio::test]
    async fn nothing_more_is_begun_when_nobody_takes_outcomes() {
        let begun = in_order(0..100, 1, |item: u32| async move { item }, |_| Flow::Next, |_, _| Err(Dropped)).await;
        assert_eq!(begun, 1);
    }
}
