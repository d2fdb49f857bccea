//! The emulator's program in its process.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{meter::field, outcome::Outcome, process::Pin};

/// A running emulator, which ends with this value.
pub(crate) struct Served {
    child: Child,
    pub(crate) address: SocketAddr,
    /// How long after its start it listened.
    pub(crate) ready: Duration,
}

impl Served {
    pub(crate) fn start(pin: Pin, program: &Path, options: &[&str]) -> Outcome<Self> {
        let mut command = pin.command(program.to_str().ok_or("the path of the emulator is not UTF-8")?);
        command.args(["--listen", "127.0.0.1:0"]).args(options);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let began = Instant::now();
        let mut child = command.spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("the emulator has no output")?).read_line(&mut line)?;
        let ready = began.elapsed();
        let address = address(&line);
        if address.is_err() {
            child.kill()?;
            child.wait()?;
        }
        Ok(Self { child, address: address?, ready })
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// What the process holds in memory now, in MB.
    pub(crate) fn memory(&self) -> Outcome<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process()))?;
        let kibibytes = field(&status, "VmRSS:").ok_or("the kernel does not tell the memory of a process")?;
        Ok(kibibytes as f64 * 1024.0 / 1e6)
    }

    /// How many files the process has open, sockets among them.
    pub(crate) fn open_files(&self) -> Outcome<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.process()))?.count())
    }

    /// How many requests have come so far, by the number of the last one.
    pub(crate) fn asked(&self) -> Outcome<u64> {
        let last: Vec<Value> = serde_json::from_str(&self.get("requests?limit=1")?)?;
        Ok(last.first().and_then(|entry| entry["id"].as_u64()).unwrap_or(0))
    }

    /// The body of the answer to an admin request.
    pub(crate) fn get(&self, path: &str) -> Outcome<String> {
        let mut stream = TcpStream::connect(self.address)?;
        let head = format!("GET /__emulator/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("the emulator gave no answer")?;
        match head.starts_with("HTTP/1.1 200 ") {
            true => Ok(body.to_owned()),
            false => Err(format!("the emulator answered {head}").into()),
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where an emulator listens that says this when it is ready.
fn address(line: &str) -> Outcome<SocketAddr> {
    let ready: Value = serde_json::from_str(line)?;
    let endpoint = ready["endpoint"].as_str().and_then(|endpoint| endpoint.strip_prefix("http://"));
    Ok(endpoint.ok_or("the emulator does not say where it listens")?.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_that_of_the_ready_line() {
        let line = "{\"event\":\"ready\",\"endpoint\":\"http://127.0.0.1:49151\",\"pid\":4242}\n";
        assert_eq!(address(line).unwrap(), "127.0.0.1:49151".parse().unwrap());
        assert!(address("").is_err());
        assert!(address("{\"event\":\"ready\"}").is_err());
    }
}
