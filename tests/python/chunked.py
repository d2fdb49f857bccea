"""Sends a file in chunks of 1,024 bytes with `Expect: 100-continue`, as Microsoft's programs do."""

import os
import sys

import requests


def chunks(path):
    with open(path, "rb") as audio:
        while chunk := audio.read(1024):
            yield chunk


url = os.environ["AZURE_SPEECH_ENDPOINT"] + "/speech/recognition/conversation/cognitiveservices/v1"
headers = {
    "Ocp-Apim-Subscription-Key": os.environ["AZURE_SPEECH_KEY"],
    "Content-Type": "audio/wav; codecs=audio/pcm; samplerate=16000",
    "Accept": "application/json",
    "Transfer-Encoding": "chunked",
    "Expect": "100-continue",
}
response = requests.post(url, headers=headers, params={"language": "en-US", "format": "detailed"}, data=chunks(sys.argv[1]), timeout=10)
response.raise_for_status()
print(response.json()["NBest"][0]["Display"])
