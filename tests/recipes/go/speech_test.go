package speech

import (
	"strings"
	"testing"
)

func TestTheWordsOfAClipComeBack(t *testing.T) {
	key := "test-" + t.Name() // each test has a key of its own, and sees its own requests alone
	text, err := Transcribe(emulator.Endpoint, key, say(t, "Good morning."))
	if err != nil || text != "Good morning." {
		t.Fatalf("%q, %v", text, err)
	}
	expect(t, key, `{"operation": "recognize", "language": "en-US", "times": 1}`)
}

func TestAThrottledRequestIsSentAgain(t *testing.T) {
	key := "emu-429x1." + t.Name()
	if _, err := Transcribe(emulator.Endpoint, key, say(t, "Good morning.")); err != nil {
		t.Fatal(err)
	}
	expect(t, key, `{"operation": "recognize", "times": 2}`)
}

func TestAServiceThatIsDownIsAnError(t *testing.T) {
	key := "emu-503." + t.Name()
	_, err := Transcribe(emulator.Endpoint, key, say(t, "Good morning."))
	if err == nil || !strings.Contains(err.Error(), "503") {
		t.Fatal(err)
	}
	expect(t, key, `{"operation": "recognize", "status": 503, "times": 1}`)
}
