// Package speech is the program under test: it sends audio and returns the text.
package speech

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const (
	path     = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
	attempts = 3
)

func Transcribe(endpoint, key string, audio []byte) (string, error) {
	for attempt := 1; ; attempt++ {
		request, err := http.NewRequest(http.MethodPost, endpoint+path, bytes.NewReader(audio))
		if err != nil {
			return "", err
		}
		request.Header.Set("Ocp-Apim-Subscription-Key", key)
		request.Header.Set("Content-Type", "audio/wav; codecs=audio/pcm; samplerate=16000")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return "", err
		}
		var result struct{ DisplayText string }
		err = json.NewDecoder(response.Body).Decode(&result)
		response.Body.Close()
		switch {
		case response.StatusCode == http.StatusOK:
			return result.DisplayText, err
		case response.StatusCode != http.StatusTooManyRequests || attempt == attempts:
			return "", fmt.Errorf("the service answers %s", response.Status)
		}
		time.Sleep(time.Duration(attempt) * 100 * time.Millisecond)
	}
}
