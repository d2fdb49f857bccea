package speech

import (
	"bufio"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// What the emulator says when it is ready.
var emulator struct{ Endpoint, Admin string }

// TestMain runs one emulator for all tests of the package.
func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	command := exec.Command("stt-emulator", "--listen", "127.0.0.1:0", "--keys", "any")
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		log.Fatal(err)
	}
	defer command.Wait()
	defer command.Process.Signal(os.Interrupt)
	if err := json.NewDecoder(bufio.NewReader(stdout)).Decode(&emulator); err != nil {
		log.Print("stt-emulator does not start: ", err)
		return 1
	}
	return m.Run()
}

// Makes a clip that says a text.
func say(t *testing.T, text string) []byte {
	t.Helper()
	clip, err := exec.Command("stt-emulator", "synth", text, "-o", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return clip
}

// Fails the test with what came nearest, unless the requests with the key were so.
func expect(t *testing.T, key, want string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, emulator.Admin+"requests/assert", strings.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("x-emulator-key", key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusOK {
		t.Errorf("%s", answer)
	}
}
