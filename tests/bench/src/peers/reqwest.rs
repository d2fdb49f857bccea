//! reqwest, which stands on hyper too.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use reqwest::{Body, Client};

use crate::{
    cell::{Cell, HEADERS, Offered, TARGET, audio},
    meter::{Measured, Meter},
    outcome::Outcome,
    server::ANSWER,
};

pub(super) async fn run(cell: Cell, server: SocketAddr, time: Duration) -> Outcome<Measured> {
    let client = Client::builder().no_proxy().build()?;
    let url = format!("http://{server}{TARGET}");
    let bytes = audio();
    let mut meter = Meter::new(time);
    while meter.goes_on()? {
        let began = Instant::now();
        let body = match cell {
            Cell::Length => Body::from(bytes.clone()),
            Cell::Pieces => Body::wrap_stream(Offered(bytes.clone())),
            Cell::Expect => return Err("reqwest does not wait for 100 Continue".into()),
        };
        let mut request = client.post(&url).body(body);
        for (name, value) in HEADERS {
            request = request.header(name, value);
        }
        let answer = request.send().await?.error_for_status()?.bytes().await?;
        meter.took(began.elapsed());
        if answer.len() != ANSWER {
            return Err("the answer is not the one that was sent".into());
        }
    }
    meter.finish()
}
