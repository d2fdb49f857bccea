package speech;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Emulator.class)
class SpeechTest {
    @TempDir Path directory;

    @Test
    void theWordsOfAClipComeBack(Emulator.Tenant tenant) throws Exception {
        var answer = new Speech(tenant.endpoint(), tenant.key()).transcribe(tenant.say("Good morning.", directory));
        assertTrue(answer.contains("\"DisplayText\":\"Good morning.\""), answer);
        tenant.expect("{\"operation\": \"recognize\", \"language\": \"en-US\", \"times\": 1}");
    }

    @Test
    void aThrottledRequestIsSentAgain(Emulator.Tenant tenant) throws Exception {
        var throttled = tenant.failing("429x1");
        new Speech(throttled.endpoint(), throttled.key()).transcribe(tenant.say("Good morning.", directory));
        throttled.expect("{\"operation\": \"recognize\", \"times\": 2}");
    }

    @Test
    void aServiceThatIsDownIsAnError(Emulator.Tenant tenant) throws Exception {
        var down = tenant.failing("503");
        var clip = tenant.say("Good morning.", directory);
        var error = assertThrows(IOException.class, () -> new Speech(down.endpoint(), down.key()).transcribe(clip));
        assertEquals("the service answers 503", error.getMessage());
        down.expect("{\"operation\": \"recognize\", \"status\": 503, \"times\": 1}");
    }
}
