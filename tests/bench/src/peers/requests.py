"""Python's requests with a session, measured as the other clients are."""

import json
import sys
import time

import requests

WARM_UP = 200
given = json.loads(sys.argv[1])
audio = bytes(given["audio"])
headers = dict(given["headers"])


def pieces():
    for start in range(0, len(audio), given["piece"]):
        yield audio[start : start + given["piece"]]


def peak_memory():
    with open("/proc/self/status") as status:
        return next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), None)


session = requests.Session()
session.trust_env = False
times = []
made = 0
cpu = end = 0
while made <= WARM_UP or time.perf_counter_ns() < end:
    if made == WARM_UP:
        times.clear()
        cpu = time.process_time_ns()
        end = time.perf_counter_ns() + given["milliseconds"] * 1_000_000
    began = time.perf_counter_ns()
    body = pieces() if given["cell"] == "pieces" else audio
    answer = session.post(given["url"], headers=headers, data=body)
    answer.raise_for_status()
    assert len(answer.content) == given["answer"]
    times.append(time.perf_counter_ns() - began)
    made += 1
cpu = time.process_time_ns() - cpu
times.sort()
measured = {"requests": len(times), "p50": times[len(times) // 2], "cpu": cpu / len(times), "rss": peak_memory()}
print(json.dumps(measured))
