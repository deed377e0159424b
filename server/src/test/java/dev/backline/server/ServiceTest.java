package dev.backline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.fixtures.ElfFixtures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Asks a service over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServiceTest {
    /** An oops in receive() of gcc12-v5.elf. */
    static final String OOPS = """
            [    1.000000] BUG: kernel NULL pointer dereference, address: 0000000000000004
            [    1.000000] #PF: supervisor read access in kernel mode
            [    1.000000] #PF: error_code(0x0000) - not-present page
            [    1.000000] Oops: 0000 [#1] PREEMPT SMP NOPTI
            [    1.000000] CPU: 0 PID: 7 Comm: init Not tainted 6.1.0-test #1
            [    1.000000] RIP: 0010:receive+0x45/0x160
            [    1.000000] RAX: 0000000000000000 RBX: ffff888003a41000 RCX: 0000000000000000
            [    1.000000] CR2: 0000000000000004 CR3: 0000000003a0a000 CR4: 00000000000006f0
            [    1.000000] Call Trace:
            [    1.000000]  <TASK>
            [    1.000000]  poll+0x1e/0xa0
            [    1.000000]  </TASK>
            [    1.000000] ---[ end trace 0000000000000000 ]---
            """;

    private static final byte[] LOG = OOPS.getBytes(StandardCharsets.UTF_8);

    private Path folder = Path.of("");
    private Running service;

    @BeforeAll
    void start(@TempDir Path fresh) throws Exception {
        folder = fresh;
        Files.copy(ElfFixtures.folder().resolve("gcc12-v5.elf"), folder.resolve("vmlinux-6.1.0-test"));
        service = Running.with("-d", folder.toString());
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain, text/plain; charset=utf-8, NULL pointer dereference",
        "*/*, text/plain; charset=utf-8, NULL pointer dereference",
        "application/x-ndjson, application/x-ndjson, {\"input\"",
        "application/json, application/json, {\"reports\":[{\"input\"",
        "text/html, text/html; charset=utf-8, <!DOCTYPE html>",
        "text/markdown, text/markdown; charset=utf-8, NULL pointer dereference",
        "'text/html;q=0.5, text/markdown', text/markdown; charset=utf-8, NULL pointer dereference"
    })
    void explainsInTheFormatThatTheClientWants(String accept, String type, String part) {
        Running.Answer answer = service.post("/v1/explain", accept, LOG);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.type()).isEqualTo(type);
        assertThat(answer.text()).contains(part);
    }

    @Test
    void findsTheSourceLinesOfTheFramesAndSaysWhatElseThereIs() {
        Running.Answer answer = service.post("/v1/symbolize", "application/json", LOG);

        JsonObject json = JsonParser.parseString(answer.text()).getAsJsonObject();
        assertThat(json.getAsJsonArray("frames")).hasSize(2);
        assertThat(json.getAsJsonArray("frames")
                        .get(0)
                        .getAsJsonObject()
                        .get("status")
                        .getAsString())
                .isEqualTo("resolved");
        assertThat(json.getAsJsonArray("frames")
                        .get(0)
                        .getAsJsonObject()
                        .get("object")
                        .getAsString())
                .isEqualTo("vmlinux-6.1.0-test");
        assertThat(json.has("notes")).isTrue();
    }

    @Test
    void readsACompressedLog() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(LOG);
        }
        assertThat(service.post("/v1/explain", "application/x-ndjson", packed.toByteArray()))
                .isEqualTo(service.post("/v1/explain", "application/x-ndjson", LOG));
    }

    @Test
    void tellsTheNextStepForAnUnknownKernelAndNoPlaceOfTheMachine() {
        String unknown = OOPS.replace("6.1.0-test", "6.1.0-13-amd64");
        for (Question question : Question.values()) {
            for (Format format : question.formats()) {
                Running.Answer answer =
                        service.post(question.path(), format.mediaType(), unknown.getBytes(StandardCharsets.UTF_8));
                assertThat(answer.text()).doesNotContain(folder.toString(), "/usr/lib/debug", "kernel where");
            }
        }
        assertThat(service.post("/v1/symbolize", "text/plain", unknown.getBytes(StandardCharsets.UTF_8))
                        .text())
                .contains("no vmlinux found for 6.1.0-13-amd64", "linux-image-6.1.0-13-amd64-dbg");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/explain, 405, takes POST",
        "POST, /healthz, 405, takes GET",
        "GET, /nothing, 404, /openapi.json",
        "GET, /v1/../etc/passwd, 404, nothing at this address",
        "POST, /v1/explain?nonsense=1, 400, 'all, links, release'",
        "POST, /v1/explain?all=maybe, 400, false or true",
        "POST, /v1/explain?release=/etc/passwd, 400, uname -r",
    })
    void answersWrongRequestsWithASentence(String method, String path, int status, String part) {
        Running.Answer answer = service.send(service.request(path, "*/*")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(LOG))
                .build());

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text().lines()).hasSize(1);
        assertThat(answer.text()).contains(part);
    }

    @Test
    void refusesFormatsThatItDoesNotHave() {
        Running.Answer answer = service.post("/v1/symbolize", "text/html", LOG);
        assertThat(answer.status()).isEqualTo(406);
        assertThat(answer.text()).contains("text/plain, application/x-ndjson, application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/form-data; boundary=x", "image/png"})
    void refusesBodiesThatAreNoLog(String type) {
        Running.Answer answer = service.send(service.request("/v1/explain", "application/json")
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(LOG))
                .build());
        assertThat(answer.status()).isEqualTo(415);
        assertThat(JsonParser.parseString(answer.text())
                        .getAsJsonObject()
                        .get("error")
                        .getAsString())
                .contains("--data-binary");
    }

    @Test
    void refusesBinaryBodies() throws IOException {
        Running.Answer answer =
                service.post("/v1/explain", "text/plain", Files.readAllBytes(folder.resolve("vmlinux-6.1.0-test")));
        assertThat(answer)
                .isEqualTo(new Running.Answer(
                        415, "text/plain; charset=utf-8", "The body is an ELF file, not a kernel log.\n"));
    }

    @Test
    void hasAPageAndFactsForPrograms() {
        assertThat(service.get("/").text()).contains("<title>backline");
        assertThat(service.get("/healthz").text()).isEqualTo("ok\n");
        assertThat(JsonParser.parseString(service.get("/openapi.json").text()).isJsonObject())
                .isTrue();
        service.post("/v1/explain", "text/plain", LOG);
        assertThat(service.get("/metrics").text())
                .contains(
                        "backline_requests_seconds_count{question=\"explain\",status=\"200\"}",
                        "backline_kernels_open");
        JsonObject kernels =
                JsonParser.parseString(service.get("/v1/kernels").text()).getAsJsonObject();
        assertThat(kernels.getAsJsonArray("kernels").toString()).contains("6.1.0-test");
        assertThat(kernels.toString()).doesNotContain(folder.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-ndjson"})
    void saysInTheLastLineThatAnAnswerWasCut(String format) throws Exception {
        try (Running small = Running.with("-d", folder.toString(), "--max-log", "2")) {
            Running.Answer answer = small.post("/v1/symbolize", format, longLog());

            assertThat(answer.status()).isEqualTo(200);
            String last = answer.text().lines().reduce("", (before, each) -> each);
            String sentence = "The log has more than 2 MB after decompression; send a part of it.";
            assertThat(last)
                    .isEqualTo(
                            format.equals("text/plain")
                                    ? "backline: the answer ends here: " + sentence
                                    : "{\"error\":\"" + sentence + "\"}");
            assertThat(answer.text()).endsWith("\n");
        }
    }

    @Test
    void endsNoObjectThatWasCut() throws Exception {
        try (Running small = Running.with("-d", folder.toString(), "--max-log", "2")) {
            byte[] log = longLog();
            assertThatThrownBy(() -> small.post("/v1/symbolize", "application/json", log))
                    .isInstanceOf(UncheckedIOException.class);
            assertThat(small.post("/v1/symbolize", "application/json", LOG).status())
                    .isEqualTo(200);
        }
    }

    private static byte[] longLog() {
        return OOPS.repeat((3 << 20) / OOPS.length()).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void suggestsSimilarNamesAfterManyLogsWithUnknownNames() {
        for (int i = 0; i < 9; i++) {
            String log = OOPS.replace("poll+0x1e/0xa0", "unknown" + i + "+0x1/0x2\n[    1.000000]  recieve+0x4/0x160");
            assertThat(service.post("/v1/symbolize", "application/json", log.getBytes(StandardCharsets.UTF_8))
                            .text())
                    .contains("did you mean receive?");
        }
    }

    @Test
    void namesNoCommandAsTheNextStepOfATriage() {
        StringBuilder logs = new StringBuilder();
        for (int bug = 0; bug < 60; bug++) {
            logs.append(OOPS.replace("receive+0x45/0x160", "fault" + bug + "+0x45/0x160"));
        }
        byte[] body = logs.toString().getBytes(StandardCharsets.UTF_8);

        assertThat(service.post("/v1/triage", "text/plain", body).text())
                .contains("more groups; the JSON answers have all", "Explain an example: POST its log to /v1/explain")
                .doesNotContain("--", "backline explain");
    }

    @Test
    void namesNoOptionInAPageThatLeavesOutReports() {
        byte[] body = OOPS.repeat(2000).getBytes(StandardCharsets.UTF_8);

        assertThat(service.post("/v1/explain", "text/html", body).text())
                .contains("more reports; the JSON answer has all.")
                .doesNotContain("--format");
    }

    @Test
    void answersTheRequestsOfItsConnectionsBeforeItStops() throws Exception {
        try (Running stopped = Running.with("-d", folder.toString());
                Socket idle = connection(stopped);
                Socket slow = connection(stopped)) {
            send(idle, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
            StringBuilder first = new StringBuilder();
            while (!first.toString().endsWith("ok\n")) {
                first.append((char) idle.getInputStream().read());
            }
            send(
                    slow,
                    "POST /v1/explain HTTP/1.1\r\nHost: x\r\nContent-Length: " + OOPS.length() + "\r\n\r\n"
                            + OOPS.substring(0, 100));
            Thread stop = new Thread(stopped::close);
            stop.start();
            while (!stopped.service().isStopping()) {
                Thread.sleep(10);
            }
            Thread.sleep(300);

            send(idle, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(rest(idle))
                    .startsWith("HTTP/1.1 200")
                    .contains("Connection: close")
                    .endsWith("ok\n");
            // Longer than it waits for another request.
            Thread.sleep(2_500);
            assertThat(stop.isAlive()).isTrue();
            send(slow, OOPS.substring(100));
            assertThat(rest(slow)).startsWith("HTTP/1.1 200").contains("NULL pointer dereference");
            stop.join(TimeUnit.SECONDS.toMillis(20));
            assertThat(stop.isAlive()).isFalse();
            assertThat(stopped.said()).isEmpty();
        }
    }

    private static Socket connection(Running service) throws IOException {
        Socket socket = new Socket("127.0.0.1", service.service().address().getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void countsNoRequestOfItsOwn() throws Exception {
        try (Running fresh = Running.with("-d", folder.toString())) {
            assertThat(fresh.get("/metrics").text()).doesNotContain("backline_requests_seconds_count");
            assertThat(fresh.said()).isEmpty();
        }
    }
}
