package speech;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One emulator for the whole run; each test gets a {@link Tenant} with a key of its own. */
final class Emulator implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == Tenant.class;
    }

    @Override
    public Tenant resolveParameter(ParameterContext parameter, ExtensionContext test) {
        var store = test.getRoot().getStore(Namespace.GLOBAL);
        return new Tenant(store.getOrComputeIfAbsent(Running.class), "test-" + UUID.randomUUID());
    }

    /** The process, which JUnit closes when all tests have ended. */
    static final class Running implements CloseableResource {
        private final Process process;
        private final String ready;

        Running() throws IOException {
            process = new ProcessBuilder("stt-emulator", "--listen", "127.0.0.1:0", "--keys", "any")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            ready = process.inputReader().readLine();
            if (ready == null) {
                throw new IOException("stt-emulator does not start");
            }
        }

        private String field(String name) {
            var field = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(ready);
            return field.find() ? field.group(1) : null;
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            process.waitFor();
        }
    }

    /** What one test has of the emulator. */
    record Tenant(Running emulator, String key) {
        String endpoint() {
            return emulator.field("endpoint");
        }

        /** The same with a key whose recognitions fail: {@code 503}, {@code 429x2}, {@code reset}, … */
        Tenant failing(String how) {
            return new Tenant(emulator, "emu-" + how + "." + key);
        }

        /** Fails with what came nearest, unless the requests with the key were so. */
        void expect(String json) throws IOException, InterruptedException {
            var request = HttpRequest.newBuilder(URI.create(emulator.field("admin") + "requests/assert"))
                    .header("x-emulator-key", key)
                    .POST(BodyPublishers.ofString(json))
                    .build();
            var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
        }

        /** Makes a clip that says a text. */
        Path say(String text, Path directory) throws IOException, InterruptedException {
            var clip = directory.resolve("clip.wav");
            var synth = new ProcessBuilder("stt-emulator", "synth", text, "-o", clip.toString()).inheritIO().start();
            assertEquals(0, synth.waitFor());
            return clip;
        }
    }
}
