package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backline.cli.console.ExitStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs {@code release/dependency-check} with a server that answers as OSV documents
 * (https://google.github.io/osv.dev/post-v1-querybatch/, https://ossf.github.io/osv-schema/).
 */
@Timeout(60)
class DependencyCheckTest {
    private static final String NOTHING_KNOWN = "{\"results\":[{},{}]}";
    private static final String ONE_KNOWN =
            "{\"results\":[{\"vulns\":[{\"id\":\"GHSA-973x-65j7-xcf4\",\"modified\":\"2024-09-25T15:11:29Z\"}]},{}]}";
    private static final String ENTRY = """
            {"id":"GHSA-973x-65j7-xcf4","aliases":["CVE-2024-36114"],"summary":"Decompressors can crash the JVM",
             "modified":"2024-09-25T15:11:29Z","affected":[
              {"package":{"ecosystem":"Maven","name":"io.airlift:aircompressor"},
               "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"0.27"}]}]},
              {"package":{"ecosystem":"Maven","name":"io.airlift:another"},
               "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"9.9"}]}]}]}""";

    @TempDir
    Path folder;

    private HttpServer server;
    private Path bill;
    private final List<JsonObject> asked = new ArrayList<>();
    private final Deque<String> answers = new ArrayDeque<>();
    private String entry = ENTRY;
    private int status = 200;

    @BeforeEach
    void startServer() throws IOException {
        Cli.needs("python3");
        bill = Files.writeString(folder.resolve("sbom.cdx.json"), """
                {"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
                 "metadata":{"component":{"type":"library","name":"backline-cli","version":"1"}},
                 "components":[
                  {"type":"library","group":"org.tukaani","name":"xz","version":"1.12",
                   "purl":"pkg:maven/org.tukaani/xz@1.12?type=jar"},
                  {"type":"library","group":"io.airlift","name":"aircompressor","version":"0.26",
                   "purl":"pkg:maven/io.airlift/aircompressor@0.26?type=jar"},
                  {"type":"library","group":"dev.backline","name":"backline-symbolizer","version":"1",
                   "purl":"pkg:maven/dev.backline/backline-symbolizer@1?type=jar"}]}
                """);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/querybatch", exchange -> {
            asked.add(
                    JsonParser.parseString(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
                            .getAsJsonObject());
            answer(exchange, answers.isEmpty() ? NOTHING_KNOWN : answers.removeFirst());
        });
        server.createContext("/v1/vulns/GHSA-973x-65j7-xcf4", exchange -> answer(exchange, entry));
        server.start();
    }

    private void answer(HttpExchange exchange, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @AfterEach
    void stopServer() {
        if (server != null) {
            server.stop(0);
        }
    }

    private Cli.Result check() throws IOException, InterruptedException {
        return check("http://127.0.0.1:" + server.getAddress().getPort(), bill);
    }

    private static Cli.Result check(String host, Path bill) throws IOException, InterruptedException {
        // A proxy configured on this machine cannot reach the test's server.
        return Cli.program(
                Cli.ROOT,
                "",
                "env",
                "no_proxy=127.0.0.1",
                "python3",
                "release/dependency-check",
                "--osv",
                host,
                bill.toString());
    }

    private static void saysInOneLine(Cli.Result result, String... parts) {
        assertThat(result.status()).isEqualTo(ExitStatus.INPUT);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith("dependency-check: ")
                .hasLineCount(1)
                .contains(parts);
    }

    @Test
    void queriesEachThirdPartyPackageByVersion() throws Exception {
        Cli.Result result = check();

        assertThat(result).isEqualTo(new Cli.Result(0, """
                pkg:maven/io.airlift/aircompressor@0.26: no known vulnerabilities
                pkg:maven/org.tukaani/xz@1.12: no known vulnerabilities
                """, ""));
        assertThat(asked).containsExactly(JsonParser.parseString("""
                {"queries":[{"package":{"purl":"pkg:maven/io.airlift/aircompressor@0.26"}},
                            {"package":{"purl":"pkg:maven/org.tukaani/xz@1.12"}}]}""").getAsJsonObject());
    }

    @Test
    void reportsVulnerabilitiesAndTheFixedVersion() throws Exception {
        answers.add(ONE_KNOWN);

        assertThat(check()).isEqualTo(new Cli.Result(1, """
                pkg:maven/io.airlift/aircompressor@0.26: 1 known
                    GHSA-973x-65j7-xcf4 (CVE-2024-36114): Decompressors can crash the JVM; fixed in 0.27
                pkg:maven/org.tukaani/xz@1.12: no known vulnerabilities
                """, ""));
    }

    @Test
    void readsAllPagesOfAnAnswer() throws Exception {
        answers.add("{\"results\":[{},{\"vulns\":[],\"next_page_token\":\"more of xz\"}]}");
        answers.add(
                "{\"results\":[{\"vulns\":[{\"id\":\"GHSA-973x-65j7-xcf4\",\"modified\":\"2024-09-25T15:11:29Z\"}]}]}");

        Cli.Result result = check();

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).contains("xz@1.12: 1 known", "aircompressor@0.26: no known");
        assertThat(asked.get(1)).isEqualTo(JsonParser.parseString("""
                {"queries":[{"package":{"purl":"pkg:maven/org.tukaani/xz@1.12"},"page_token":"more of xz"}]}"""));
    }

    @Test
    void escapesTerminalControlCharacters() throws Exception {
        answers.add(ONE_KNOWN);
        entry = ENTRY.replace("Decompressors", "\\u001b[2J");

        assertThat(check().out()).contains("\\u001b[2J can crash").doesNotContain("\u001b");
    }

    @Test
    void reportsThatTheServerDoesNotAnswer() throws Exception {
        server.stop(0);

        saysInOneLine(check(), "/v1/querybatch: query failed: ", "refused");
    }

    @Test
    void reportsThatTheServerFailed() throws Exception {
        status = 503;

        saysInOneLine(check(), "/v1/querybatch: query failed: ", "Service Unavailable");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>log in here</html>",
                "[]",
                "{}",
                "{\"results\":[{}]}",
                "{\"results\":[{\"vulns\":[{\"name\":\"x\"}]},{}]}",
                "{\"results\":[7,{}]}"
            })
    void rejectsAnInvalidAnswer(String answer) throws Exception {
        answers.add(answer);

        saysInOneLine(check(), "http://127.0.0.1:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"bomFormat\":\"CycloneDX\",\"components\":[]}", "half of {", "[]"})
    void rejectsAFileThatIsNotABillOfMaterials(String text) throws Exception {
        Files.writeString(bill, text);

        saysInOneLine(check(), bill.toString());
        assertThat(asked).isEmpty();
    }

    @Test
    void reportsAMissingBillOfMaterials() throws Exception {
        saysInOneLine(check("http://127.0.0.1:1", folder.resolve("missing")), "missing", "No such file");
    }
}
