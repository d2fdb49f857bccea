package speech;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;

/** The program under test: it sends a file and returns the service's answer. */
final class Speech {
    private static final String PATH = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US";
    private static final int ATTEMPTS = 3;

    private final HttpClient http = HttpClient.newHttpClient();
    private final String endpoint;
    private final String key;

    Speech(String endpoint, String key) {
        this.endpoint = endpoint;
        this.key = key;
    }

    String transcribe(Path audio) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(endpoint + PATH))
                .timeout(Duration.ofSeconds(10))
                .header("Ocp-Apim-Subscription-Key", key)
                .header("Content-Type", "audio/wav; codecs=audio/pcm; samplerate=16000")
                .header("Accept", "application/json")
                .POST(BodyPublishers.ofFile(audio))
                .build();
        for (int attempt = 1; ; attempt++) {
            var response = http.send(request, BodyHandlers.ofString());
            if (response.statusCode() == 200) {
                return response.body();
            }
            if (response.statusCode() != 429 || attempt == ATTEMPTS) {
                throw new IOException("the service answers " + response.statusCode());
            }
            Thread.sleep(100L * attempt);
        }
    }
}
