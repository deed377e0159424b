package dev.backline.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sends bodies that want to cost the service its time or its memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HostileBodiesTest {
    private static final int SECONDS = 4;

    private Path folder = Path.of("");
    private Running service;

    @BeforeAll
    void start(@TempDir Path fresh) throws Exception {
        folder = fresh;
        java.nio.file.Files.writeString(fresh.resolve("vmlinux"), "");
        service = Running.with(
                "-d",
                fresh.toString(),
                "--timeout",
                "" + SECONDS,
                "--max-body",
                "16",
                "--max-log",
                "200",
                "--queue",
                "2",
                "--jobs",
                "2");
    }

    @AfterAll
    void stop() {
        // No body is left in memory, and no failure was the service's own.
        assertThat(service.get("/metrics").text()).contains("backline_bodies_bytes 0.0");
        assertThat(service.said()).isEmpty();
        service.close();
    }

    private static byte[] gzip(byte[] block, long times) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            for (long i = 0; i < times; i++) {
                gzip.write(block);
            }
        }
        return packed.toByteArray();
    }

    private void answersTheNext() {
        Running.Answer answer = service.post("/v1/explain", "text/plain", "hello\n".getBytes(StandardCharsets.UTF_8));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).contains("no crash report found");
    }

    @Test
    void endsADecompressionBombAtTheLimit() throws IOException {
        byte[] bomb = gzip(new byte[1 << 16], 0);
        byte[] line = "x".repeat(63).concat("\n").repeat(1024).getBytes(StandardCharsets.UTF_8);
        bomb = gzip(line, 8 << 10);
        assertThat(bomb).hasSizeLessThan(4 << 20);

        for (byte[] body : List.of(bomb, gzip(bomb, 1))) {
            Running.Answer answer = service.post("/v1/explain", "text/plain", body);
            assertThat(answer.status()).isIn(413, 503);
            assertThat(answer.text()).containsAnyOf("200 MB after decompression", "longer than 4 seconds");
        }
        answersTheNext();
    }

    @Test
    void refusesALogInManyPacks() throws IOException {
        byte[] packed = "hello\n".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 6; i++) {
            packed = gzip(packed, 1);
        }
        assertThat(service.post("/v1/explain", "text/plain", packed).status()).isBetween(400, 415);
    }

    @Test
    void endsAnEndlessBodyAtTheLimit() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int read(byte[] to, int from, int length) {
                java.util.Arrays.fill(to, from, from + length, (byte) 'x');
                return length;
            }
        };
        try {
            Running.Answer answer = service.stream("/v1/symbolize", "text/plain", endless);
            assertThat(answer.status()).isEqualTo(413);
        } catch (java.io.UncheckedIOException e) {
            // The connection was closed while the client still wrote.
            assertThat(e).hasMessageMatching("(?s).*(reset|closed|pipe|EOF|header).*");
        }
        answersTheNext();
    }

    @Test
    void answersALongLine() {
        byte[] line = "a".repeat(15 << 20).getBytes(StandardCharsets.UTF_8);
        for (Question question : Question.values()) {
            int status =
                    service.post(question.path(), "application/x-ndjson", line).status();
            assertThat(status).as(question.command()).isIn(200, 400, 503);
        }
        answersTheNext();
    }

    @Test
    void endsSlowBodiesInTimeAndAnswersOthersMeanwhile() throws Exception {
        List<Socket> slow = new ArrayList<>();
        int port = service.service().address().getPort();
        long begin = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            Socket socket = new Socket("127.0.0.1", port);
            socket.getOutputStream()
                    .write("POST /v1/explain HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nslow"
                            .getBytes(StandardCharsets.US_ASCII));
            slow.add(socket);
        }
        answersTheNext();
        for (Socket socket : slow) {
            // A drop now and then keeps the connection busy.
            OutputStream out = socket.getOutputStream();
            out.write('x');
            out.flush();
        }
        answersTheNext();
        for (Socket socket : slow) {
            try (socket) {
                socket.setSoTimeout(60_000);
                String head = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                assertThat(head).isEqualTo("HTTP/1.1 408");
            }
        }
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin)).isBetween(SECONDS - 1L, SECONDS + 30L);
        answersTheNext();
    }

    @Test
    void answersRandomAndWronglyEncodedBytes() {
        Random random = new Random(7);
        for (int i = 0; i < 40; i++) {
            byte[] bytes = new byte[1 + random.nextInt(10_000)];
            random.nextBytes(bytes);
            byte[] start = List.of(
                            new byte[] {0x1f, (byte) 0x8b, 8},
                            new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0},
                            new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd},
                            new byte[] {(byte) 0xff, (byte) 0xfe},
                            new byte[] {(byte) 0xfe, (byte) 0xff, 0},
                            new byte[] {'B', 'Z', 'h', '9', '1', 'A', 'Y', '&', 'S', 'Y'},
                            "[    1.0] \u00e9\u0000".getBytes(StandardCharsets.ISO_8859_1),
                            new byte[0])
                    .get(i % 8);
            System.arraycopy(start, 0, bytes, 0, Math.min(start.length, bytes.length));
            for (Question question : Question.values()) {
                Running.Answer answer = service.post(question.path(), "text/plain", bytes);
                assertThat(answer.status()).as(question + ": " + answer.text()).isIn(200, 400, 415);
                assertThat(answer.text()).doesNotContain(folder.toString(), "Exception", "java.");
            }
        }
    }

    @Test
    void saysThatItIsBusy() throws Exception {
        byte[] log = ServiceTest.OOPS.repeat(800).getBytes(StandardCharsets.UTF_8);
        List<Thread> clients = new ArrayList<>();
        List<Integer> statuses = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 12; i++) {
            Thread client = new Thread(() -> statuses.add(
                    service.post("/v1/explain", "application/json", log).status()));
            client.start();
            clients.add(client);
        }
        for (Thread client : clients) {
            client.join();
        }
        assertThat(statuses).hasSize(12).allMatch(status -> status == 200 || status == 429 || status == 503);
        assertThat(statuses).contains(429);
        answersTheNext();
    }

    @Test
    void refusesLogsThatItHasNoMemoryForAfterTheyHaveArrived() throws Exception {
        int port = service.service().address().getPort();
        byte[] log = new byte[15 << 20];
        long most = Runtime.getRuntime().maxMemory() / 4;
        List<Socket> filling = new ArrayList<>();
        try {
            for (long sent = 0; sent <= most; sent += log.length) {
                Socket socket = new Socket("127.0.0.1", port);
                filling.add(socket);
                socket.getOutputStream()
                        .write(("POST /v1/explain HTTP/1.1\r\nHost: x\r\nContent-Length: " + (16 << 20) + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(log);
            }
            Running.Answer answer = service.post("/v1/explain", "text/plain", log);
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.text()).contains("no memory for more logs");
        } finally {
            for (Socket socket : filling) {
                socket.close();
            }
        }
        answersTheNext();
    }

    @Test
    void keepsNothingOfRequestsThatAreNoHttp() throws IOException {
        int port = service.service().address().getPort();
        for (String request : List.of(
                "GET / HTTP/9.9\r\n\r\n",
                "\u0000\u0001\u0002\r\n\r\n",
                "POST /v1/explain HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                "POST /v1/explain HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
                "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nBig: " + "x".repeat(20_000) + "\r\n\r\n")) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                socket.shutdownOutput();
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(answer)
                        .startsWith("HTTP/1.1 ")
                        .doesNotStartWith("HTTP/1.1 2")
                        .doesNotContain("Exception", "etty", "org.");
            } catch (java.net.SocketException e) {
                // It closed the connection at once.
                assertThat(e).hasMessageContaining("reset");
            }
        }
        answersTheNext();
    }
}
