import subprocess

import pytest
import speech_recognition


@pytest.fixture
def say(tmp_path):
    def synth(*arguments):
        path = tmp_path / "clip.wav"
        subprocess.run(["stt-emulator", "synth", *arguments, "-o", path], check=True)
        with speech_recognition.AudioFile(str(path)) as source:
            return speech_recognition.Recognizer().record(source)

    return synth


def test_the_words_of_a_clip_come_back(azure, say):
    text, confidence = speech_recognition.Recognizer().recognize_azure(say("Good morning."), **azure)
    assert text == "Good morning."
    assert 0 < confidence <= 1


def test_silence_has_no_value(azure, say):
    with pytest.raises(speech_recognition.UnknownValueError):
        speech_recognition.Recognizer().recognize_azure(say("--silence", "2s"), **azure)


def test_a_throttled_request_is_an_error(azure, say):
    azure["key"] = "emu-429." + azure["key"]
    with pytest.raises(speech_recognition.RequestError, match="Too Many Requests"):
        speech_recognition.Recognizer().recognize_azure(say("Good morning."), **azure)
