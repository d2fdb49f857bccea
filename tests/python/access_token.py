"""Exchanges the key for an access token and recognizes with it."""

import os
import sys

import requests

endpoint = os.environ["AZURE_SPEECH_ENDPOINT"]
answer = requests.post(
    endpoint + "/sts/v1.0/issueToken",
    headers={
        "Ocp-Apim-Subscription-Key": os.environ["AZURE_SPEECH_KEY"],
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": "0",
    },
    timeout=10,
)
answer.raise_for_status()
headers = {
    "Authorization": "Bearer " + answer.text,
    "Content-Type": "audio/wav; codecs=audio/pcm; samplerate=16000",
    "Accept": "application/json",
}
url = endpoint + "/speech/recognition/conversation/cognitiveservices/v1"
with open(sys.argv[1], "rb") as audio:
    response = requests.post(url, headers=headers, params={"language": "en-US"}, data=audio, timeout=10)
response.raise_for_status()
print(response.json()["DisplayText"])
