package dev.backline.server;

import dev.backline.cli.Main;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.UsageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A service on a free port of this machine, and a client of it. */
final class Running implements AutoCloseable {
    static final Path ROOT =
            Path.of(System.getProperty("backline.root", "..")).toAbsolutePath().normalize();

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Service service;

    private Running(String... arguments) throws IOException, UsageException {
        List<String> all = new ArrayList<>(List.of("--listen", "127.0.0.1:0"));
        all.addAll(List.of(arguments));
        ServeOptions options = ServeOptions.parse(all);
        if (options == null) {
            throw new IllegalArgumentException("help");
        }
        service = Service.of(options, console(new byte[0], new ByteArrayOutputStream(), said));
        service.start();
    }

    /** Starts a service with some options. */
    static Running with(String... arguments) throws IOException, UsageException {
        return new Running(arguments);
    }

    /** What a command or the service said. */
    record Answer(int status, String type, String text) {}

    private static Console console(byte[] in, ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return new Console(
                new ByteArrayInputStream(in),
                new Output(out),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of(),
                false,
                false);
    }

    /** Runs a command with this standard input. */
    static Answer command(byte[] in, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = Main.run(console(in, out, err), arguments);
        return new Answer(status, err.toString(StandardCharsets.UTF_8), out.toString(StandardCharsets.UTF_8));
    }

    Service service() {
        return service;
    }

    /** What the service said in its own log. */
    String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    URI address(String path) {
        return URI.create("http://127.0.0.1:" + service.address().getPort() + path);
    }

    Answer get(String path) {
        return send(HttpRequest.newBuilder(address(path)).GET().build());
    }

    /** Sends a log. */
    Answer post(String path, String accept, byte[] body) {
        return send(request(path, accept)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build());
    }

    /** Sends a log of unknown length. */
    Answer stream(String path, String accept, InputStream body) {
        return send(request(path, accept)
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> body))
                .build());
    }

    HttpRequest.Builder request(String path, String accept) {
        return HttpRequest.newBuilder(address(path))
                .timeout(Duration.ofSeconds(120))
                .header("Accept", accept);
    }

    Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("content-type").orElse(""),
                    response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        service.stop();
    }
}
