import pytest
import requests

from speech import transcribe


def test_the_words_of_a_clip_come_back(speech, say):
    assert transcribe(say("Remind me to buy five pencils.")) == "Remind me to buy five pencils."
    speech.expect(operation="recognize", language="en-US", times=1)


def test_a_throttled_request_is_sent_again(speech, say):
    speech.fails("429x1")
    assert transcribe(say("Good morning.")) == "Good morning."
    speech.expect(operation="recognize", times=2)


def test_a_service_that_is_down_is_an_error(speech, say):
    speech.fails("503")
    with pytest.raises(requests.HTTPError, match="503"):
        transcribe(say("Good morning."))
    speech.expect(operation="recognize", status=503, times=1)
