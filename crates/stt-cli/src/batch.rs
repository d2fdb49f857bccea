//! Several inputs at once, what becomes of them told in their order.

use std::{
    collections::{BTreeMap, VecDeque},
    future::Future,
};

use tokio::{
    sync::mpsc,
    task::{Id, JoinSet},
};

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

/// What is told of one item: any number of events, then one outcome.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Told<E, T> {
    Done(Result<T, Panicked>),
    Event(E),
}

/// How the work on one item tells what happens before its outcome.
#[derive(Clone, Debug)]
pub(crate) struct Teller<E> {
    events: mpsc::UnboundedSender<(usize, E)>,
    place: usize,
}

impl<E> Teller<E> {
    pub(crate) fn tell(&self, event: E) {
        // Whoever listens is gone only together with the work.
        let _ = self.events.send((self.place, event));
    }
}

/// Does `work` on every item, at most `jobs` at once, and returns how many were begun.
///
/// `judge` sees each outcome as soon as it is there and may end the batch; `deliver` gets what is told, item by item in
/// the order of the items. The events of the first item that is not done are delivered as they come.
pub(crate) async fn in_order<I, E, T, F>(
    items: impl IntoIterator<Item = I>,
    jobs: usize,
    work: impl Fn(I, Teller<E>) -> F,
    mut judge: impl FnMut(&Result<T, Panicked>) -> Flow,
    mut deliver: impl FnMut(usize, Told<E, T>) -> Result<(), Dropped>,
) -> usize
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let mut items = items.into_iter();
    let mut running = JoinSet::new();
    let mut places: BTreeMap<Id, usize> = BTreeMap::new();
    let (sender, mut events) = mpsc::unbounded_channel();
    let mut early = Early::default();
    let mut begun = 0;
    let mut flow = Flow::Next;
    loop {
        while flow == Flow::Next
            && running.len() < jobs
            && let Some(item) = items.next()
        {
            let teller = Teller { events: sender.clone(), place: begun };
            places.insert(running.spawn(work(item, teller)).id(), begun);
            begun += 1;
        }
        let joined = tokio::select! {
            biased;
            Some((place, event)) = events.recv() => {
                early.push(place, Told::Event(event));
                None
            }
            joined = running.join_next_with_id() => match joined {
                Some(joined) => Some(joined),
                None => return begun,
            },
        };
        if let Some(joined) = joined {
            // Everything that the work told was sent before it ended.
            while let Ok((place, event)) = events.try_recv() {
                early.push(place, Told::Event(event));
            }
            let (id, outcome) = match joined {
                Ok((id, outcome)) => (id, Ok(outcome)),
                Err(error) => (error.id(), Err(Panicked)),
            };
            if judge(&outcome) == Flow::BeginNoMore {
                flow = Flow::BeginNoMore;
            }
            if let Some(place) = places.remove(&id) {
                early.push(place, Told::Done(outcome));
            }
        }
        while let Some((place, told)) = early.next() {
            if deliver(place, told).is_err() {
                return begun;
            }
        }
    }
}

/// What was told before its turn.
struct Early<E, T> {
    told: BTreeMap<usize, VecDeque<Told<E, T>>>,
    /// The item whose turn it is.
    turn: usize,
}

impl<E, T> Default for Early<E, T> {
    fn default() -> Self {
        Self { told: BTreeMap::new(), turn: 0 }
    }
}

impl<E, T> Early<E, T> {
    fn push(&mut self, place: usize, told: Told<E, T>) {
        self.told.entry(place).or_default().push_back(told);
    }

    fn next(&mut self) -> Option<(usize, Told<E, T>)> {
        let place = self.turn;
        let told = self.told.get_mut(&place)?.pop_front()?;
        if matches!(told, Told::Done(_)) {
            self.told.remove(&place);
            self.turn += 1;
        }
        Some((place, told))
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
    ) -> impl FnMut(usize, Told<(), T>) -> Result<(), Dropped> {
        |place, told| {
            let Told::Done(outcome) = told else { unreachable!("nothing else is told") };
            kept.push((place, outcome));
            Ok(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn outcomes_come_in_order_whichever_is_ready_first() {
        let mut kept = Vec::new();
        let slow_first = |item: u64, _| async move {
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
        let counted = |_: u32, _: Teller<()>| {
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
        let begun = in_order(0..100, 1, |item, _| async move { item }, stop_at_two, keep(&mut kept)).await;
        assert_eq!(begun, 3);
        assert_eq!(kept, [(0, Ok(0)), (1, Ok(1)), (2, Ok(2))]);
    }

    #[tokio::test]
    async fn a_panic_is_the_outcome_of_its_own_item_alone() {
        let mut kept = Vec::new();
        let second_panics = |item: u32, _| async move {
            assert_ne!(item, 1, "the second item panics");
            item
        };
        in_order(0..3, 2, second_panics, |_| Flow::Next, keep(&mut kept)).await;
        assert_eq!(kept, [(0, Ok(0)), (1, Err(Panicked)), (2, Ok(2))]);
    }

    #[tokio::test]
    async fn nothing_more_is_begun_when_nobody_takes_outcomes() {
        let begun =
            in_order(0..100, 1, |item: u32, _: Teller<()>| async move { item }, |_| Flow::Next, |_, _| Err(Dropped))
                .await;
        assert_eq!(begun, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_told_before_an_outcome_comes_at_once_when_it_is_the_turn_of_its_item() {
        let mut told = Vec::new();
        let work = |item: u64, teller: Teller<u64>| async move {
            for event in 0..2 {
                tokio::time::sleep(Duration::from_secs(3 - item)).await;
                teller.tell(10 * item + event);
            }
            item
        };
        let began = tokio::time::Instant::now();
        in_order(
            0..3,
            3,
            work,
            |_| Flow::Next,
            |place, now| {
                told.push((began.elapsed().as_secs(), place, now));
                Ok(())
            },
        )
        .await;
        let event = Told::<u64, u64>::Event;
        assert_eq!(
            told,
            [
                (3, 0, event(0)),
                (6, 0, event(1)),
                (6, 0, Told::Done(Ok(0))),
                (6, 1, event(10)),
                (6, 1, event(11)),
                (6, 1, Told::Done(Ok(1))),
                (6, 2, event(20)),
                (6, 2, event(21)),
                (6, 2, Told::Done(Ok(2))),
            ]
        );
    }
}
