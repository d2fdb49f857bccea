//! The admin paths for scenarios, queued answers and faults.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::admin::{self, Denied};
use crate::scenario::{self, Fault, Inspect, Inspection, Notation, Reply, Scenario};
use crate::script::{Armed, Script};
use crate::upload::Upload;

/// What is to be done with the scripts of tenants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Order {
    Arm,
    Change(u64),
    Disarm(u64),
    DisarmAll,
    EmptyQueue,
    EndScenario,
    Fault(u64),
    Faults,
    Play,
    Queue,
    Queued,
    Scenario,
}

impl Order {
    /// What can be ordered at a path, by method; nothing where there is no such path.
    pub(crate) fn at(path: &[&str]) -> Vec<(Method, Self)> {
        match path {
            ["scenarios"] => {
                vec![(Method::GET, Self::Scenario), (Method::PUT, Self::Play), (Method::DELETE, Self::EndScenario)]
            }
            ["queue"] => {
                vec![(Method::GET, Self::Queued), (Method::POST, Self::Queue), (Method::DELETE, Self::EmptyQueue)]
            }
            ["faults"] => {
                vec![(Method::GET, Self::Faults), (Method::POST, Self::Arm), (Method::DELETE, Self::DisarmAll)]
            }
            ["faults", id] => id.parse().map_or_else(
                |_| Vec::new(),
                |id| {
                    let (get, change, disarm) = (Self::Fault(id), Self::Change(id), Self::Disarm(id));
                    vec![(Method::GET, get), (Method::PATCH, change), (Method::DELETE, disarm)]
                },
            ),
            _ => Vec::new(),
        }
    }

    /// Does it at the time `now`, and says what came of it; a new fault has the number `next`.
    ///
    /// Where only one script can answer it is the first: that of the resource with the well-known keys.
    pub(crate) fn carry_out(
        self,
        scripts: &mut [&mut Script],
        (upload, notation): (&Upload, Notation),
        (next, now): (u64, Duration),
    ) -> Result<Response<Bytes>, Denied> {
        let Some(first) = scripts.first() else {
            return Err(not_found());
        };
        let inspection = Inspection::knowing(first.scenario().clips());
        match self {
            Self::Scenario => return Ok(admin::ok(first.scenario())),
            Self::Queued => return Ok(admin::ok(first.queued())),
            Self::Faults => return Ok(admin::ok(&together(scripts))),
            Self::Fault(id) => {
                let fault = together(scripts).into_iter().find(|armed| armed.id == id);
                return fault.map(|armed| admin::ok(&armed)).ok_or_else(not_found);
            }
            Self::Play => {
                let scenario: Scenario = read(upload, notation, Inspection::default())?;
                scripts.iter_mut().for_each(|script| script.play(&scenario, next));
            }
            Self::EndScenario => scripts.iter_mut().for_each(|script| script.play(&Scenario::new(), next)),
            Self::Queue => {
                let Several(replies) = read(upload, notation, inspection)?;
                scripts.iter_mut().for_each(|script| script.queue(&replies));
            }
            Self::EmptyQueue => scripts.iter_mut().for_each(|script| script.empty_queue()),
            Self::Arm => {
                let fault: Fault = read(upload, notation, inspection)?;
                scripts.iter_mut().for_each(|script| script.arm(fault.clone(), next, now));
                return Ok(admin::ok(&json!({"id": next})));
            }
            Self::Change(id) => {
                let change: Change = read(upload, notation, inspection)?;
                let faults = scripts.iter_mut().filter_map(|script| script.fault(id));
                if faults.map(|armed| change.make(&mut armed.fault)).count() == 0 {
                    return Err(not_found());
                }
            }
            Self::Disarm(id) => {
                if scripts.iter_mut().map(|script| script.disarm(id)).filter(|found| *found).count() == 0 {
                    return Err(not_found());
                }
            }
            Self::DisarmAll => scripts.iter_mut().for_each(|script| script.disarm_all()),
        }
        Ok(admin::done())
    }
}

fn read<T: DeserializeOwned + Inspect + Serialize>(
    upload: &Upload,
    notation: Notation,
    inspection: Inspection<'_>,
) -> Result<T, Denied> {
    let text = std::str::from_utf8(admin::whole(upload)?).map_err(|_| Denied::bad("the body is not UTF-8"))?;
    Ok(scenario::read(text, notation, inspection)?)
}

fn not_found() -> Denied {
    Denied::new(StatusCode::NOT_FOUND, "there is no fault of this number")
}

/// The faults of several tenants, each once, with what they counted in all.
fn together(scripts: &[&mut Script]) -> Vec<Armed> {
    let mut faults = BTreeMap::<u64, Armed>::new();
    for armed in scripts.iter().flat_map(|script| script.faults()) {
        match faults.entry(armed.id) {
            Entry::Occupied(mut sum) => {
                sum.get_mut().seen += armed.seen;
                sum.get_mut().hits += armed.hits;
            }
            Entry::Vacant(place) => {
                place.insert(armed.clone());
            }
        }
    }
    faults.into_values().collect()
}

/// One answer, or a list of them.
#[derive(Debug, Serialize)]
struct Several(Vec<Reply>);

impl<'de> Deserialize<'de> for Several {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> serde::de::Visitor<'de> for Either {
            type Value = Several;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an answer or a list of answers")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, list: A) -> Result<Several, A::Error> {
                Deserialize::deserialize(serde::de::value::SeqAccessDeserializer::new(list)).map(Several)
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Several, A::Error> {
                let reply = Reply::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(Several(vec![reply]))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl Inspect for Several {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        inspection.elements(&self.0);
    }
}

/// What is to be different about a fault.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Change {
    enabled: Option<bool>,
    times: Option<u64>,
    skip: Option<u64>,
    probability: Option<f64>,
}

impl Change {
    fn make(&self, fault: &mut Fault) {
        fault.enabled = self.enabled.unwrap_or(fault.enabled);
        fault.skip = self.skip.unwrap_or(fault.skip);
        fault.times = self.times.or(fault.times);
        fault.probability = self.probability.or(fault.probability);
    }
}

impl Inspect for Change {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        inspection.within("probability", self.probability, 0.0, 1.0);
    }
}
