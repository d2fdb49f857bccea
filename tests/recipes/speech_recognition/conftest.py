"""Sends what the package SpeechRecognition has for the service to an emulator."""

import json
import subprocess
import urllib.request
import uuid
from urllib.error import URLError

import pytest


@pytest.fixture(scope="session")
def emulator():
    """What the emulator says when it is ready; it runs as long as the tests do."""
    command = ["stt-emulator", "--listen", "127.0.0.1:0", "--keys", "any"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


class ToEmulator(urllib.request.BaseHandler):
    """Moves the requests for one region's hosts to another endpoint, and lets no other request out."""

    handler_order = 100  # before the handlers of urllib look at the request

    def __init__(self, region, endpoint):
        self.hosts = {f"{region}.api.cognitive.microsoft.com", f"{region}.stt.speech.microsoft.com"}
        self.endpoint = endpoint

    def https_request(self, request):
        if request.host not in self.hosts:
            raise URLError(f"no test asks {request.host}")
        request.full_url = self.endpoint + request.selector
        return request


@pytest.fixture
def azure(emulator):
    """What `recognize_azure` is to be told: a region, and a key that only this test has."""
    handler = ToEmulator(emulator["region"], emulator["endpoint"])
    urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({}), handler))
    yield {"location": emulator["region"], "key": f"test-{uuid.uuid4()}"}
    urllib.request.install_opener(None)
