//! ureq, which blocks its thread. It chooses the size of its chunks itself.

use std::{
    io::Cursor,
    net::SocketAddr,
    time::{Duration, Instant},
};

use ureq::{Agent, SendBody};

use crate::{
    cell::{Cell, HEADERS, TARGET, audio},
    meter::{Measured, Meter},
    outcome::Outcome,
    server::ANSWER,
};

pub(super) fn run(cell: Cell, server: SocketAddr, time: Duration) -> Outcome<Measured> {
    let agent: Agent = Agent::config_builder().proxy(None).build().into();
    let url = format!("http://{server}{TARGET}");
    let bytes = audio();
    let mut meter = Meter::new(time);
    while meter.goes_on()? {
        let began = Instant::now();
        let mut request = agent.post(&url);
        for (name, value) in HEADERS {
            request = request.header(name, value);
        }
        if cell == Cell::Expect {
            request = request.header("Expect", "100-continue");
        }
        let mut answer = match cell {
            Cell::Length => request.send(&bytes[..])?,
            Cell::Pieces | Cell::Expect => request.send(SendBody::from_reader(&mut Cursor::new(&bytes)))?,
        };
        let answer = answer.body_mut().read_to_vec()?;
        meter.took(began.elapsed());
        if answer.len() != ANSWER {
            return Err("the answer is not the one that was sent".into());
        }
    }
    meter.finish()
}
