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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

    @ParameterizedTest
    @CsvSource({"2000, 100000", "2000, 3000", "5000, 900", "10, 4000000"})
    void isAtMostFiftyTimesTheFileHoweverManySymbolsShareAName(int symbols, int length) throws IOException {
        Path elf = folder.resolve("shared-names");
        Files.write(elf, sharedNames(symbols, length, 1));
        StringBuilder addresses = new StringBuilder();
        for (int i = 0; i < symbols; i++) {
            addresses.append(Integer.toHexString(0x1000 + 4 * i)).append('\n');
        }
        for (String options : List.of("-f", "-fi", "-afip", "-fC")) {
            Cli.Result result =
                    Cli.backline(addresses.toString(), Map.of(), "addr2line", options, "-e", elf.toString());

            assertThat(result.status()).as(result.err()).isZero();
            assertThat((long) result.out().length())
                    .isLessThan(50 * (Files.size(elf) + addresses.length()) + (1 << 20));
        }
        for (String format : List.of("text", "json")) {
            String log = addresses.toString().replaceAll("(?m)^", "0x");
            Cli.Result result = Cli.backline(log, Map.of(), "symbolize", "-e", elf.toString(), "--format", format);

            assertThat((long) result.out().length())
                    .as(format)
                    .isLessThan(50 * (Files.size(elf) + log.length()) + (1 << 20));
        }
    }

    @ParameterizedTest
    @CsvSource({"20000, 3, 100", "900, 10, 2000", "5000, 100, 10000"})
    void isAtMostFiftyTimesTheInputHoweverManyFunctionsHaveOneName(int symbols, int length, int lines)
            throws IOException {
        Path elf = folder.resolve("one-name");
        Files.write(elf, sharedNames(symbols, length, 0));
        String log = (" " + "A".repeat(length) + "+0x1/0x4\n").repeat(lines);
        for (String format : List.of("text", "json", "quickfix")) {
            Cli.Result result = Cli.backline(log, Map.of(), "symbolize", "-e", elf.toString(), "--format", format);

            assertThat((long) result.out().length())
                    .as(format)
                    .isLessThan(50 * (Files.size(elf) + log.length()) + (1 << 20));
        }
    }

    /**
     * A file with functions of four bytes from 0x1000 on. Their names overlap: each is a tail of one long name.
     *
     * @param step how many bytes later each name begins; with 0, all functions have the same name
     */
    private static byte[] sharedNames(int symbols, int length, int step) {
        String names = "\0.text\0.symtab\0.strtab\0";
        int symbolsAt = 64;
        int stringsAt = symbolsAt + symbols * 24;
        int headersAt = stringsAt + names.length() + length + symbols * step + 1;
        ByteBuffer out = ByteBuffer.allocate(headersAt + 4 * 64).order(ByteOrder.LITTLE_ENDIAN);
        // ELFCLASS64, ELFDATA2LSB; ET_EXEC, EM_X86_64
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        out.putShort((short) 2)
                .putShort((short) 62)
                .putInt(1)
                .putLong(0)
                .putLong(0)
                .putLong(headersAt);
        out.putInt(0).putShort((short) 64).putShort((short) 0).putShort((short) 0);
        out.putShort((short) 64).putShort((short) 4).putShort((short) 3);
        for (int i = 0; i < symbols; i++) {
            // st_name, STB_GLOBAL STT_FUNC, st_shndx, st_value, st_size
            out.putInt(names.length() + i * step).put((byte) 0x12).put((byte) 0).putShort((short) 1);
            out.putLong(0x1000 + 4 * i).putLong(4);
        }
        out.put(names.getBytes(StandardCharsets.US_ASCII));
        out.put("A".repeat(length + symbols * step).getBytes(StandardCharsets.US_ASCII));
        // SHT_NOBITS, SHF_ALLOC | SHF_EXECINSTR; SHT_SYMTAB; SHT_STRTAB
        section(out.position(headersAt + 64), 1, 8, 6, 0x1000, 0, 4L * symbols, 0, 0);
        section(out, 7, 2, 0, 0, symbolsAt, symbols * 24L, 3, 24);
        section(out, 15, 3, 0, 0, stringsAt, headersAt - stringsAt, 0, 0);
        return out.array();
    }

    private static void section(
            ByteBuffer out,
            int name,
            int type,
            long flags,
            long address,
            long offset,
            long size,
            int link,
            long entry) {
        out.putInt(name)
                .putInt(type)
                .putLong(flags)
                .putLong(address)
                .putLong(offset)
                .putLong(size);
        out.putInt(link).putInt(0).putLong(1).putLong(entry);
    }
}
