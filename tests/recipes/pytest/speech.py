"""The program under test: it sends a file and returns the text."""

import os
import time

import requests

PATH = "/speech/recognition/conversation/cognitiveservices/v1"


def transcribe(path, attempts=3):
    headers = {
        "Ocp-Apim-Subscription-Key": os.environ["AZURE_SPEECH_KEY"],
        "Content-Type": "audio/wav; codecs=audio/pcm; samplerate=16000",
        "Accept": "application/json",
    }
    url = os.environ["AZURE_SPEECH_ENDPOINT"] + PATH
    for attempt in range(1, attempts + 1):
        response = requests.post(url, params={"language": "en-US"}, headers=headers, data=path.read_bytes(), timeout=10)
        if response.status_code != 429:
            break
        time.sleep(0.1 * attempt)
    response.raise_for_status()
    return response.json()["DisplayText"]
