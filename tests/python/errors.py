"""Prints the status and the body of three refusals: a wrong key, no language, no audio format."""

import os
import sys

import requests

url = os.environ["AZURE_SPEECH_ENDPOINT"] + "/speech/recognition/conversation/cognitiveservices/v1"
good = {
    "Ocp-Apim-Subscription-Key": os.environ["AZURE_SPEECH_KEY"],
    "Content-Type": "audio/wav; codecs=audio/pcm; samplerate=16000",
    "Accept": "application/json",
}
with open(sys.argv[1], "rb") as file:
    audio = file.read()
for headers, params, data in [
    ({**good, "Ocp-Apim-Subscription-Key": "0" * 32}, {"language": "en-US"}, audio),
    (good, {}, audio),
    (good, {"language": "en-US"}, b'{"url": "https://example.com/a.wav"}'),
]:
    response = requests.post(url, headers=headers, params=params, data=data, timeout=10)
    print(response.status_code, response.text)
