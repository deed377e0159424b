package dev.backline.cli.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.backline.cli.Cli;
import dev.backline.cli.console.Color;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.Output;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A small linked fixture replaces vmlinux, and an unlinked fixture replaces a module. */
class SymbolizeTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void unpack() throws IOException {
        Path fixtures = Cli.ROOT.resolve("fixtures/elf");
        Files.copy(fixtures.resolve("gcc12-v5.elf"), folder.resolve("vmlinux"));
        Files.createDirectories(folder.resolve("kernel/net"));
        Files.copy(fixtures.resolve("gcc12-ko-v5.ko"), folder.resolve("kernel/net/tcp-x.ko"));
    }

    private static Cli.Result symbolize(String... queriesAndOptions) {
        return Cli.backline(Stream.concat(Stream.of("symbolize", "-d", folder.toString()), Stream.of(queriesAndOptions))
                .toArray(String[]::new));
    }

    private static List<JsonObject> json(Cli.Result result) {
        return result.out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    @Test
    void givesTheSameAnswersWithOneJobAndWithMany() {
        List<String> queries = new ArrayList<>();
        for (int offset = 1; offset <= 100; offset++) {
            queries.add("receive+" + offset + "/0x160");
            queries.add("tcp_x:nothing+" + offset);
        }
        String[] one = Stream.concat(queries.stream(), Stream.of("--jobs", "1")).toArray(String[]::new);
        String[] many =
                Stream.concat(queries.stream(), Stream.of("--jobs", "3")).toArray(String[]::new);

        Cli.Result expected = symbolize(one);
        Cli.Result result = symbolize(many);

        assertThat(result).isEqualTo(expected);
        assertThat(expected.out()).contains("(inlined by) receive at tcp.c:");
        assertThat(expected.err()).contains("no such symbol in ");
    }

    @Test
    void printsInlinedFunctionsFromTheInnermostOut() {
        Cli.Result result = symbolize("receive.cold+0xd/0x49", "--pc", "exact");

        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("""
                        receive.cold+0xd/0x49:
                        mix at include/net.h:92
                        (inlined by) hash2 at include/net.h:101
                        (inlined by) deliver at tcp.c:73
                        (inlined by) receive at tcp.c:100
                        """);
    }

    @Test
    void treatsAnOffsetAsAReturnAddressAndPrintsTheExactLineIfItDiffers() {
        assertThat(symbolize("bad_state+0xe").out())
                .isEqualTo("bad_state+0xe/0x18:\nbad_state at tcp.c:65 (exact: tcp.c:66)\n");
        assertThat(symbolize("bad_state+0xe", "--pc", "exact").out())
                .isEqualTo("bad_state+0xe/0x18:\nbad_state at tcp.c:66\n");
        assertThat(symbolize("bad_state+0x0").out()).endsWith("bad_state at tcp.c:64\n");
    }

    @Test
    void resolvesAReturnAddressAfterANoreturnCallToItsCaller() {
        assertThat(symbolize("bad_state+0x18/0x18").out()).isEqualTo("bad_state+0x18/0x18:\nbad_state at tcp.c:66\n");
    }

    @Test
    void treatsABareAddressAsExactAndSubtractsTheKaslrOffset() {
        String expected = " bad_state+0xe/0x18:\nbad_state at tcp.c:66\n";
        assertThat(symbolize("0x40011e").out()).isEqualTo("0x40011e" + expected);
        assertThat(symbolize("0x1e40011e", "--kaslr-offset", "0x1e000000").out())
                .isEqualTo("0x1e40011e" + expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp_init+0x7 [tcp_x]", "tcp_init+0x7 [tcp-x]", "tcp_x:tcp_init+0x7", "tcp-x:tcp_init+7"})
    void findsAModuleByEitherSpelling(String query) {
        Cli.Result result = symbolize(query);

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).matches("tcp_init\\+0x7/0x56 \\[tcp[-_]x]:\ntcp_init at tcp.c:138\n");
    }

    @Test
    void acceptsAModuleAsASeparateArgument() {
        assertThat(symbolize("tcp_init+0x7", "[tcp_x]", "bad_state+0x1").out())
                .startsWith("tcp_init+0x7/0x56 [tcp_x]:\n")
                .contains("\n\nbad_state+0x1/0x18:\n");
    }

    @Test
    void searchesAModuleThatIsGivenAsTheFile() {
        Path module = folder.resolve("kernel/net/tcp-x.ko");
        assertThat(Cli.backline("symbolize", "-e", module.toString(), "tcp_init+0x7 [tcp_x]", "tcp_init+0x7")
                        .out())
                .isEqualTo("""
                        tcp_init+0x7/0x56 [tcp_x]:
                        tcp_init at tcp.c:138

                        tcp_init+0x7/0x56:
                        tcp_init at tcp.c:138
                        """);
    }

    @Test
    void printsAllFunctionsOfANameAndHowToChooseOne() {
        Cli.Result result = symbolize("validate+0x5");

        assertThat(result.out()).isEqualTo("""
                        validate+0x5/0x70:
                        validate at tcp.c:11

                        validate+0x5/0x30:
                        validate at table.c:9
                        """);
        assertThat(result.err()).contains("validate+0x5: 2 functions match; add the function's size");
        assertThat(symbolize("validate+0x5/0x30").out()).isEqualTo("validate+0x5/0x30:\nvalidate at table.c:9\n");
    }

    @Test
    void omitsInlinedFunctionsOnRequest() {
        assertThat(symbolize("receive.cold+0xd", "--no-inlines").out())
                .isEqualTo("receive.cold+0xd/0x49:\nreceive at tcp.c:100\n");
    }

    @Test
    void printsSourceLinesFromATreeAndReportsMissingFiles() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree"));
        StringBuilder source = new StringBuilder();
        for (int i = 1; i <= 100; i++) {
            source.append("line ").append(i).append('\n');
        }
        Files.writeString(tree.resolve("tcp.c"), source);

        assertThat(symbolize("bad_state+0x1", "--source", tree.toString(), "--context", "1")
                        .out())
                .endsWith("bad_state at tcp.c:64\n 63 \tline 63\n>64<\tline 64\n 65 \tline 65\n");
        assertThat(symbolize("bad_state+0x1", "--source", folder.toString()).err())
                .contains("no source for tcp.c below " + folder);
    }

    @Test
    void coloursOnlyOnRequestOrOnATerminal() {
        String escape = "\u001b[";
        assertThat(symbolize("bad_state+0x1").out()).doesNotContain(escape);
        assertThat(symbolize("bad_state+0x1", "--color", "always").out()).contains(escape);
        Console terminal = new Console(
                InputStream.nullInputStream(),
                new Output(OutputStream.nullOutputStream()),
                System.err,
                Map.of("NO_COLOR", "1"),
                true,
                false);
        assertThat(Color.AUTO.applies(terminal)).isFalse();
    }

    @Test
    void writesOneJsonObjectForEachQuery() {
        List<JsonObject> answers =
                json(symbolize("--format", "json", "receive.cold+0xd/0x49", "nothing+0x1 [tcp_x]", "0x40011e"));

        assertThat(answers).hasSize(3);
        for (JsonObject answer : answers) {
            assertThat(answer.remove("input").isJsonNull()).isTrue();
            assertThat(answer.remove("kernel").isJsonNull()).isTrue();
        }
        assertThat(answers.get(0).remove("object").getAsString())
                .isEqualTo(folder.resolve("vmlinux").toString());
        assertThat(answers.get(0).remove("buildId").getAsString()).matches("[0-9a-f]{40}");
        assertThat(answers.get(1).remove("object").getAsString()).endsWith("/kernel/net/tcp-x.ko");
        assertThat(answers.get(1).remove("buildId").isJsonNull()).isTrue();
        assertThat(answers.get(0)).isEqualTo(JsonParser.parseString("""
                        {"line": 1, "text": "receive.cold+0xd/0x49", "symbol": "receive.cold", "offset": 13, "size": 73,
                         "module": null, "address": null, "pc": "return", "reliable": true, "status": "resolved",
                         "frames": [
                           {"function": "deliver", "file": "tcp.c", "line": 72, "column": 3, "inlined": true},
                           {"function": "receive", "file": "tcp.c", "line": 100, "column": 2, "inlined": false}]}
                        """));
        assertThat(answers.get(1)).isEqualTo(JsonParser.parseString("""
                        {"line": 2, "text": "nothing+0x1 [tcp_x]", "symbol": "nothing", "offset": 1, "size": null,
                         "module": "tcp_x", "address": null, "pc": "return", "reliable": true,
                         "status": "symbol-not-found", "frames": []}
                        """));
        assertThat(answers.get(2).get("address").getAsString()).isEqualTo("0x40011e");
        assertThat(answers.get(2).get("symbol").getAsString()).isEqualTo("bad_state");
        assertThat(answers.get(2).get("pc").getAsString()).isEqualTo("exact");
    }

    @Test
    void namesTheInputTheKernelAndTheDebugFileOfEachFrameInJson() throws IOException {
        String header = "CPU: 0 PID: 1 Comm: init Not tainted 6.1.7-test #1\n";
        Path log = Files.writeString(folder.resolve("one.txt"), header + " receive+0x63/0x160\n gone+0x1/0x2 [gone]\n");

        List<JsonObject> frames = json(Cli.backline(
                " receive+0x63/0x160\n",
                Map.of(),
                "symbolize",
                "-d",
                folder.toString(),
                "--format",
                "json",
                log.toString(),
                "-"));

        assertThat(frames)
                .extracting(frame -> frame.get("input").getAsString())
                .containsExactly(log.toString(), log.toString(), "-");
        assertThat(frames)
                .extracting(frame -> frame.get("kernel"))
                .containsExactly(new JsonPrimitive("6.1.7-test"), new JsonPrimitive("6.1.7-test"), JsonNull.INSTANCE);
        assertThat(frames.get(0).get("object").getAsString())
                .isEqualTo(folder.resolve("vmlinux").toString());
        assertThat(frames.get(1).get("object").isJsonNull()).isTrue();
        assertThat(frames.get(1).get("buildId").isJsonNull()).isTrue();
    }

    @Test
    void printsALineForEachSourceFrameForEditors() throws IOException {
        Path log = Files.writeString(folder.resolve("two.txt"), "nothing\n ? receive.cold+0xd/0x49\n");

        assertThat(symbolize("--format", "quickfix", log.toString(), "bad_state+0x1")
                        .out())
                .isEqualTo("""
                tcp.c:72: deliver [inline] (%1$s line 2, not reliable)
                tcp.c:100: receive (%1$s line 2, not reliable)
                tcp.c:64: bad_state (bad_state+0x1)
                """.formatted(log));
        assertThat(symbolize("--format", "quickfix", "--source", folder.toString(), "--no-inlines", "receive.cold+0xd")
                        .out())
                .isEqualTo(folder.resolve("tcp.c") + ":100: receive (receive.cold+0xd)\n");
    }

    @Test
    void addsTheUrlOfEachSourceLine() {
        String template = "https://git.example.org/{file}?h={line}#n{line}";
        String url = "https://git.example.org/tcp.c?h=64#n64";

        JsonObject answer = json(symbolize("--format", "json", "--links", template, "bad_state+0x1"))
                .get(0);
        assertThat(answer.getAsJsonArray("frames")
                        .get(0)
                        .getAsJsonObject()
                        .get("url")
                        .getAsString())
                .isEqualTo(url);
        assertThat(symbolize("--color", "always", "--links", template, "bad_state+0x1")
                        .out())
                .contains("\u001b]8;;" + url + "\u001b\\\u001b[36mtcp.c:64\u001b[0m\u001b]8;;\u001b\\");
        assertThat(symbolize("--links", template, "bad_state+0x1").out()).doesNotContain("\u001b", "example");
        assertThat(symbolize("--links", "https://git.example.org/{path}", "bad_state+0x1")
                        .status())
                .isEqualTo(2);
    }

    @Test
    void listsTheCandidatesOfAnAmbiguousNameInJson() {
        JsonObject answer = json(symbolize("--format", "json", "validate+0x5")).get(0);

        assertThat(answer.get("status").getAsString()).isEqualTo("ambiguous");
        assertThat(answer.getAsJsonArray("frames")).isEmpty();
        JsonArray candidates = answer.getAsJsonArray("candidates");
        assertThat(candidates).hasSize(2);
        JsonObject second = candidates.get(1).getAsJsonObject();
        assertThat(second.get("size").getAsInt()).isEqualTo(0x30);
        assertThat(second.getAsJsonArray("frames")
                        .get(0)
                        .getAsJsonObject()
                        .get("file")
                        .getAsString())
                .isEqualTo("table.c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "recieve+0x1        | symbol-not-found | did you mean receive?",
                "receive+0x1/0x10   | size-mismatch    | .*vmlinux is from another build: its receive has size 0x160, the trace has size 0x10;",
                "receive+0x999      | size-mismatch    | is from another build: its receive has size 0x160, the trace has offset 0x999;",
                "foo+0x1 [nothing]  | module-not-found | nothing.ko.debug.*searched .*-d DIR",
                "0x10               | not-code         | the address is not in the code of .*vmlinux",
                "transmit+0x4       | no-line          | no source line for this place in .*vmlinux"
            })
    void explainsWhyAQueryIsUnresolved(String query, String status, String reason) {
        Cli.Result text = symbolize(query);
        assertThat(text.status()).isZero();
        assertThat(text.out()).isEmpty();
        assertThat(text.err())
                .startsWith("backline: " + query + ": ")
                .containsPattern(reason)
                .hasLineCount(1);

        assertThat(json(symbolize("--format", "json", query))
                        .get(0)
                        .get("status")
                        .getAsString())
                .isEqualTo(status);
        assertThat(symbolize("--strict", query).status()).isEqualTo(1);
        assertThat(symbolize("--strict", "bad_state+0x1").status()).isZero();
    }

    @Test
    void printsEachReasonOnceForAllItsQueries() {
        assertThat(symbolize("a+0x1 [nothing]", "b+0x2 [nothing]").err())
                .startsWith("backline: a+0x1 [nothing], b+0x2 [nothing]: no file found for module nothing")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "receive+0x1           | which kernel\\?",
                "--bar                 | unknown option '--bar'",
                "-e                    | -e needs a value",
                "--format xml a+0x1    | text, json, quickfix, not 'xml'",
                "--kaslr-offset z a+1  | --kaslr-offset must be a number",
                "--context -1 a+1      | --context must be a whole number",
                "--jobs 0 a+1          | --jobs must be a whole number"
            })
    void explainsWrongUsageWithStatusTwo(String arguments, String message) {
        String[] words = ("symbolize " + arguments).split(" ", -1);
        Cli.Result result = Cli.backline(words);

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).containsPattern(message).hasLineCount(1);
    }

    @Test
    void explainsTheSyntaxOfAQueryIfAWordIsNeitherAQueryNorAFile() {
        Cli.Result result = symbolize("receive+zz");

        assertThat(result.status()).isEqualTo(3);
        assertThat(result.err())
                .contains("receive+zz")
                .contains("a query looks like")
                .hasLineCount(1);
    }

    @Test
    void reportsAnUnreadableFileWithStatusThree() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "hello\n");
        Path missing = folder.resolve("missing");

        for (Path file : List.of(text, missing, folder)) {
            Cli.Result result = Cli.backline("symbolize", "-e", file.toString(), "receive+0x1");
            assertThat(result.status()).as(file.toString()).isEqualTo(3);
            assertThat(result.out()).isEmpty();
            assertThat(result.err()).startsWith("backline: " + file + ": ").hasLineCount(1);
        }
    }

    @Test
    void namesTheDebugPackageForAStrippedFile() throws Exception {
        Path source = folder.resolve("banner.c");
        Files.writeString(source, """
                const char linux_banner[] =
                    "Linux version 6.1.0-9-amd64 (debian-kernel@lists.debian.org) (gcc-12) #1 SMP\\n";
                int receive(void) { return linux_banner[0]; }
                """);
        Cli.needs("gcc");
        Cli.program(folder, "", "gcc", "-O2", "-c", "banner.c", "-o", "stripped");
        Path stripped = folder.resolve("stripped");
        String[] query = {"symbolize", "-e", stripped.toString(), "receive+0x1"};

        Cli.Result result = Cli.backline(query);

        assertThat(result.status()).isZero();
        assertThat(result.err())
                .contains("has no debug info")
                .contains("apt-get download linux-image-6.1.0-9-amd64-dbg:amd64; or add --fetch on Debian")
                .hasLineCount(1);
    }

    @Test
    void showsNamesThatATerminalWouldObeyAsEscapes() throws Exception {
        Cli.needs("objcopy");
        Path evil = folder.resolve("evil");
        Cli.Result objcopy = Cli.program(
                folder, "", "objcopy", "--redefine-sym", "bad_state=bad\u001b[31mstate", "vmlinux", evil.toString());
        assertThat(objcopy.err()).isEmpty();

        Cli.Result result = Cli.backline("symbolize", "-e", evil.toString(), "0x40011e");

        assertThat(result.out()).startsWith("0x40011e bad\\x1b[31mstate+0xe/0x18:\n");
    }
}
