"""One emulator for the whole run, and a key of its own for each test."""

import json
import subprocess
import uuid

import pytest
import requests


@pytest.fixture(scope="session")
def emulator():
    """What the emulator says when it is ready; it runs as long as the tests do."""
    command = ["stt-emulator", "--listen", "127.0.0.1:0", "--keys", "any"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


class Speech:
    """What one test has of the emulator."""

    def __init__(self, emulator, monkeypatch):
        self.admin = emulator["admin"]
        self.monkeypatch = monkeypatch
        monkeypatch.setenv("AZURE_SPEECH_ENDPOINT", emulator["endpoint"])
        self.use(f"test-{uuid.uuid4()}")

    def use(self, key):
        self.key = key
        self.monkeypatch.setenv("AZURE_SPEECH_KEY", key)

    def fails(self, how):
        """From now on recognitions fail: "503", "429x2", "reset", …"""
        self.use(f"emu-{how}.{uuid.uuid4()}")

    def expect(self, **what):
        """Fails with what came nearest, unless the requests with the key were so."""
        answer = requests.post(self.admin + "requests/assert", params={"key": self.key}, json=what, timeout=10)
        if not answer.ok:
            pytest.fail(answer.json()["error"]["message"], pytrace=False)


@pytest.fixture
def speech(emulator, monkeypatch):
    return Speech(emulator, monkeypatch)


@pytest.fixture
def say(tmp_path):
    """Makes a clip that says a text."""

    def synth(text):
        path = tmp_path / "clip.wav"
        subprocess.run(["stt-emulator", "synth", text, "-o", path], check=True)
        return path

    return synth
