"""Sends a whole file and prints the best alternative: the detailed result."""

import os
import sys

import requests

url = os.environ["AZURE_SPEECH_ENDPOINT"] + "/speech/recognition/conversation/cognitiveservices/v1"
headers = {
    "Ocp-Apim-Subscription-Key": os.environ["AZURE_SPEECH_KEY"],
    "Content-Type": "audio/wav; codecs=audio/pcm; samplerate=16000",
    "Accept": "application/json",
}
with open(sys.argv[1], "rb") as audio:
    response = requests.post(url, headers=headers, params={"language": "en-US", "format": "detailed"}, data=audio, timeout=10)
response.raise_for_status()
best = response.json()["NBest"][0]
print(best["Lexical"], "|", best["Display"], "|", 0.0 <= best["Confidence"] <= 1.0)
