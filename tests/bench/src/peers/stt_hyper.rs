//! The project's own client, as an application uses it: it also makes the request and reads the recognition.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use stt_hyper::{Audio, AudioFormat, Authorization, Client, Language, Recognize, Resource};

use crate::{
    cell::{Cell, KEY, Offered, audio},
    meter::{Measured, Meter},
    outcome::Outcome,
};

pub(super) async fn run(cell: Cell, server: SocketAddr, time: Duration) -> Outcome<Measured> {
    let resource = Resource::of(format!("http://{server}").parse()?, Authorization::Key(KEY.parse()?))?;
    let client =
        Client::builder(resource).chunked(cell != Cell::Length).expect_continue(cell == Cell::Expect).build()?;
    let request = Recognize::new(Language::EN_US);
    let bytes = audio();
    let mut meter = Meter::new(time);
    while meter.goes_on()? {
        let began = Instant::now();
        let format = AudioFormat::WavPcm16k;
        let audio = match cell {
            Cell::Length => Audio::bytes(format, bytes.clone()),
            Cell::Pieces | Cell::Expect => Audio::stream(format, Offered(bytes.clone())),
        };
        let reply = client.recognize(audio, &request).await?;
        meter.took(began.elapsed());
        if reply.recognition.text().is_none_or(str::is_empty) || reply.attempts != 1 {
            return Err("the recognition is not the one that was sent".into());
        }
    }
    meter.finish()
}
