"""Sends a whole file with aiohttp and prints the text."""

import asyncio
import os
import sys

import aiohttp


async def main():
    url = os.environ["AZURE_SPEECH_ENDPOINT"] + "/speech/recognition/conversation/cognitiveservices/v1"
    headers = {
        "Ocp-Apim-Subscription-Key": os.environ["AZURE_SPEECH_KEY"],
        "Content-Type": "audio/wav; codecs=audio/pcm; samplerate=16000",
        "Accept": "application/json",
    }
    with open(sys.argv[1], "rb") as file:
        audio = file.read()
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        params = {"language": "en-US", "format": "detailed"}
        async with session.post(url, headers=headers, params=params, data=audio) as response:
            response.raise_for_status()
            result = await response.json()
    print(result["NBest"][0]["Display"])


asyncio.run(main())
