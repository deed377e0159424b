package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Small input does not make large output or exhaust the memory, and no format obeys what is in the input. */
class HostileOutputTest {
    private static final String ELF =
            Cli.ROOT.resolve("fixtures/elf/gcc12-v5.elf").toAbsolutePath().toString();
    private static final String FRAME = " receive+0x63/0x160";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"1, 4000", "3, 1000", "50, 100", "500, 25", "5000, 1"})
    void isAtMostFiftyTimesTheInputHoweverManyFramesShareALine(int lines, int frames) {
        String log = (FRAME.repeat(frames) + "\n").repeat(lines);
        for (String format : List.of("text", "json", "quickfix")) {
            Cli.Result result = Cli.backline(log, Map.of(), "symbolize", "-e", ELF, "--format", format);

            assertThat(result.out().length()).as(format).isLessThan(50 * log.length() + (1 << 20));
        }
    }

    @Test
    void showsWhatSurroundsAFrameOfALongLine() {
        String log = "é".repeat(300) + FRAME.repeat(20) + "…\n";
        List<JsonObject> answers = Cli.backline(log, Map.of(), "symbolize", "-e", ELF, "--format", "json")
                .out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();

        assertThat(answers).hasSize(20);
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.get("text").getAsString())
                        .contains(FRAME.strip())
                        .contains("…")
                        .doesNotContain("\ufffd")
                        .hasSizeLessThan(log.length()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void hasTheWholeLineForEachOfAFewFrames(int frames) {
        String line = "x".repeat(3000) + FRAME.repeat(frames);
        assertThat(Cli.backline(line + "\n", Map.of(), "symbolize", "-e", ELF, "--format", "json")
                        .out()
                        .lines())
                .hasSize(frames)
                .allSatisfy(each -> assertThat(JsonParser.parseString(each)
                                .getAsJsonObject()
                                .get("text")
                                .getAsString())
                        .isEqualTo(line));
    }

    @Test
    void isJsonOfTheSameValuesWithoutControlCharactersOnATerminal() throws IOException {
        StringBuilder text = new StringBuilder();
        for (char c = 0x7f; c <= 0xa0; c++) {
            text.append(c);
        }
        text.append("\u202e\u2066\u200f\ufeff é 漢 \ud83d\ude00 ").appendCodePoint(0xe0041);
        JsonObject object = new JsonObject();
        object.addProperty("text", text.toString());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Output terminal = new Output(bytes, true);
        terminal.json(object.toString()).flush();
        String printed = bytes.toString(StandardCharsets.UTF_8);

        assertThat(JsonParser.parseString(printed)).isEqualTo(object);
        assertThat(printed).contains("é 漢 \ud83d\ude00").doesNotContainPattern("[\\x7f-\\x9f\u202e\u2066\u200f\ufeff]");
        assertThat(printed).contains("\\u009b", "\\u202e", "\\u007f", "\\udb40");
    }

    @ParameterizedTest
    @CsvSource({
        "--kallsyms, 'ffffffff81000000 T f%d\t[m]'",
        "--modules, 'm%d 4096 1 - Live 0xffffffffc0000000'",
        "--modules, 'm%d .text 0xffffffffc0000000'",
        "--modules, 'm .text%d 0xffffffffc0000000'"
    })
    void isOneLineIfAListOfTheBootNeedsTooMuchMemory(String option, String line) throws Exception {
        Path list = folder.resolve("list.gz");
        try (Writer out = new OutputStreamWriter(
                new GZIPOutputStream(Files.newOutputStream(list)), StandardCharsets.ISO_8859_1)) {
            for (int i = 0; i < 1_000_000; i++) {
                out.write(line.formatted(i).replace("\\t", "\t") + "\n");
            }
        }
        List<String> command = Cli.process("symbolize", "-e", ELF, option, list.toString(), "0x400393");
        command.add(1, "-Xmx64m");
        Cli.Result result = Cli.program(folder, "", command.toArray(new String[0]));

        assertThat(result.err())
                .startsWith("backline: " + list + ": its ")
                .contains("Java heap")
                .hasLineCount(1);
        assertThat(result.status()).isEqualTo(ExitStatus.INPUT);
    }
}
