//! Several inputs at once, and what becomes of them told as it comes or in their order.

use std::{
    collections::{BTreeMap, VecDeque},
    future::{self, Future},
    mem,
};

use tokio::{
    sync::mpsc,
    task::{Id, JoinSet},
    time::{Instant, sleep_until},
};

use crate::interrupts::{Interrupts, PATIENCE};

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

/// When what is told of an item is delivered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Order {
    /// As soon as it is known.
    AsItComes,
    /// Item by item, in the order of the items; that of the first item which is not done as it comes.
    ByPlace,
}

/// How items are worked on.
pub(crate) struct Batch {
    /// By which it is told to end in good order. Without them it is dropped, if at all.
    pub(crate) interrupts: Option<Interrupts>,
    pub(crate) order: Order,
}

/// How a batch ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Ended {
    /// Items that were begun: the first ones.
    pub(crate) begun: usize,
    /// Somebody asked for the end.
    pub(crate) interrupted: bool,
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

impl Batch {
    /// Does `work` on every item.
    ///
    /// `room` is asked whenever something was told how many items may be worked on at once; with none, the batch ends when
    /// those that were begun have. Whoever interrupts it is told by `finishing` how many items are waited for, which is
    /// not for long: then, or when it is interrupted again, they are dropped.
    pub(crate) async fn run<I, E, T, F>(
        mut self,
        items: impl IntoIterator<Item = I>,
        work: impl Fn(I, Teller<E>) -> F,
        room: impl Fn() -> usize,
        finishing: impl Fn(usize),
        mut deliver: impl FnMut(usize, Told<E, T>) -> Result<(), Dropped>,
    ) -> Ended
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let mut items = items.into_iter();
        let mut running = JoinSet::new();
        let mut places: BTreeMap<Id, usize> = BTreeMap::new();
        let (sender, mut events) = mpsc::unbounded_channel();
        let mut early = Early::new(self.order);
        let mut ended = Ended { begun: 0, interrupted: false };
        let mut last_moment = None;
        if let Some(interrupts) = &self.interrupts {
            interrupts.take();
        }
        loop {
            while !ended.interrupted
                && running.len() < room()
                && let Some(item) = items.next()
            {
                let teller = Teller { events: sender.clone(), place: ended.begun };
                places.insert(running.spawn(work(item, teller)).id(), ended.begun);
                ended.begun += 1;
            }
            let joined = tokio::select! {
                biased;
                Some((place, event)) = events.recv() => {
                    early.push(place, Told::Event(event));
                    None
                }
                joined = running.join_next_with_id() => match joined {
                    Some(joined) => Some(joined),
                    None => return ended,
                },
                () = nth(&mut self.interrupts, if ended.interrupted { 2 } else { 1 }) => {
                    if mem::replace(&mut ended.interrupted, true) {
                        return ended;
                    }
                    last_moment = Some(Instant::now() + PATIENCE);
                    finishing(running.len());
                    None
                }
                () = until(last_moment) => return ended,
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
                if let Some(place) = places.remove(&id) {
                    early.push(place, Told::Done(outcome));
                }
            }
            while let Some((place, told)) = early.next() {
                if deliver(place, told).is_err() {
                    return ended;
                }
            }
        }
    }
}

async fn nth(interrupts: &mut Option<Interrupts>, count: u32) {
    match interrupts {
        Some(interrupts) => interrupts.nth(count).await,
        None => future::pending().await,
    }
}

/// Waits for a moment, if there is one.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => future::pending().await,
    }
}

/// What was told and is not delivered yet.
enum Early<E, T> {
    AsItComes(VecDeque<(usize, Told<E, T>)>),
    ByPlace {
        told: BTreeMap<usize, VecDeque<Told<E, T>>>,
        /// The item whose turn it is.
        turn: usize,
    },
}

impl<E, T> Early<E, T> {
    const fn new(order: Order) -> Self {
        match order {
            Order::AsItComes => Self::AsItComes(VecDeque::new()),
            Order::ByPlace => Self::ByPlace { told: BTreeMap::new(), turn: 0 },
        }
    }

    fn push(&mut self, place: usize, now: Told<E, T>) {
        match self {
            Self::AsItComes(told) => told.push_back((place, now)),
            Self::ByPlace { told, .. } => told.entry(place).or_default().push_back(now),
        }
    }

    fn next(&mut self) -> Option<(usize, Told<E, T>)> {
        let (told, turn) = match self {
            Self::AsItComes(told) => return told.pop_front(),
            Self::ByPlace { told, turn } => (told, turn),
        };
        let place = *turn;
        let next = told.get_mut(&place)?.pop_front()?;
        if matches!(next, Told::Done(_)) {
            told.remove(&place);
            *turn += 1;
        }
        Some((place, next))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };
    use std::time::Duration;

    use super::*;

    const IN_ORDER: Batch = Batch { interrupts: None, order: Order::ByPlace };

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
        let begun = IN_ORDER.run(0..5, slow_first, || 3, |_| (), keep(&mut kept)).await.begun;
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
        IN_ORDER.run(0..10, counted, || 3, |_| (), |_, _| Ok(())).await;
        assert_eq!(most.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn without_room_the_batch_ends_and_what_was_begun_is_delivered() {
        let mut kept = Vec::new();
        let begun = AtomicUsize::new(0);
        let work = |item, _| {
            begun.fetch_add(1, Ordering::SeqCst);
            async move { item }
        };
        let room = || usize::from(begun.load(Ordering::SeqCst) < 3);
        let ended = IN_ORDER.run(0..100, work, room, |_| (), keep(&mut kept)).await;
        assert_eq!(ended, Ended { begun: 3, interrupted: false });
        assert_eq!(kept, [(0, Ok(0)), (1, Ok(1)), (2, Ok(2))]);
    }

    #[tokio::test(start_paused = true)]
    async fn room_that_an_event_makes_is_used_at_once() {
        let (answered, begun) = (Arc::new(AtomicUsize::new(0)), Instant::now());
        let mut starts = Vec::new();
        let work = |_: u32, teller: Teller<u64>| {
            let answered = answered.clone();
            async move {
                teller.tell(begun.elapsed().as_secs());
                tokio::time::sleep(Duration::from_secs(1)).await;
                answered.store(2, Ordering::SeqCst);
                teller.tell(0);
                tokio::time::sleep(Duration::from_secs(9)).await;
            }
        };
        let deliver = |_, told| {
            starts.extend(match told {
                Told::Event(second) => Some(second),
                Told::Done(_) => None,
            });
            Ok(())
        };
        let batch = Batch { interrupts: None, order: Order::AsItComes };
        batch.run(0..2, work, || answered.load(Ordering::SeqCst).max(1), |_| (), deliver).await;
        assert_eq!(starts, [0, 0, 1, 0], "the second begins when the first has told something, not when it ends");
    }

    #[tokio::test]
    async fn a_panic_is_the_outcome_of_its_own_item_alone() {
        let mut kept = Vec::new();
        let second_panics = |item: u32, _| async move {
            assert_ne!(item, 1, "the second item panics");
            item
        };
        IN_ORDER.run(0..3, second_panics, || 2, |_| (), keep(&mut kept)).await;
        assert_eq!(kept, [(0, Ok(0)), (1, Err(Panicked)), (2, Ok(2))]);
    }

    #[tokio::test]
    async fn nothing_more_is_begun_when_nobody_takes_outcomes() {
        let work = |item: u32, _: Teller<()>| async move { item };
        let ended = IN_ORDER.run(0..100, work, || 1, |_| (), |_, _| Err(Dropped)).await;
        assert_eq!(ended.begun, 1);
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
        let began = Instant::now();
        let deliver = |place, now| {
            told.push((began.elapsed().as_secs(), place, now));
            Ok(())
        };
        IN_ORDER.run(0..3, work, || 3, |_| (), deliver).await;
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

    #[tokio::test(start_paused = true)]
    async fn what_needs_no_order_is_told_as_it_comes() {
        let mut kept = Vec::new();
        let slow_first = |item: u64, _| async move {
            tokio::time::sleep(Duration::from_secs(10 - item)).await;
            item
        };
        let batch = Batch { interrupts: None, order: Order::AsItComes };
        batch.run(0..3, slow_first, || 3, |_| (), keep(&mut kept)).await;
        assert_eq!(kept, [(2, Ok(2)), (1, Ok(1)), (0, Ok(0))]);
    }

    /// Ten items of so many seconds, two at once, interrupted at these times: what was told, and when it ended.
    async fn interrupted(seconds: u64, at: &[f64]) -> (Vec<usize>, usize, Ended, f64) {
        let (sender, interrupts) = Interrupts::told();
        let times = at.to_vec();
        tokio::spawn(async move {
            let begun = Instant::now();
            for time in times {
                sleep_until(begun + Duration::from_secs_f64(time)).await;
                sender.send_modify(|count| *count += 1);
            }
            future::pending::<()>().await;
        });
        let begun = Instant::now();
        let mut done = Vec::new();
        let waited = AtomicUsize::new(0);
        let work = |_: u32, _: Teller<()>| async move { tokio::time::sleep(Duration::from_secs(seconds)).await };
        let deliver = |place, _| {
            done.push(place);
            Ok(())
        };
        let finishing = |count| waited.store(count, Ordering::SeqCst);
        let batch = Batch { interrupts: Some(interrupts), order: Order::ByPlace };
        let ended = batch.run(0..10, work, || 2, finishing, deliver).await;
        (done, waited.into_inner(), ended, begun.elapsed().as_secs_f64())
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_interrupts_gets_what_was_begun_and_nothing_more() {
        let (done, waited, ended, time) = interrupted(3, &[4.0]).await;
        assert_eq!((done, waited), (vec![0, 1, 2, 3], 2));
        assert_eq!((ended, time), (Ended { begun: 4, interrupted: true }, 6.0));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_interrupts_twice_waits_for_nothing() {
        let (done, _, ended, time) = interrupted(3, &[4.0, 4.25]).await;
        assert_eq!(done, [0, 1]);
        assert_eq!((ended, time), (Ended { begun: 4, interrupted: true }, 4.25));
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_too_long_is_not_waited_for() {
        let (done, _, ended, time) = interrupted(60, &[1.0]).await;
        assert!(done.is_empty() && ended.interrupted);
        assert!((11.0..11.1).contains(&time), "{time}");
    }
}
