package dev.backline.cli.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonStreamParser;
import dev.backline.cli.Cli;
import dev.backline.fixtures.Captures;
import dev.backline.fixtures.Wrapper;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A wrapped log gets the answers of the plain log, and comes out wrapped as it was. */
class WrappedLogsTest {
    private static final List<String> ANSWER =
            List.of("symbol", "offset", "size", "module", "address", "pc", "reliable", "status", "frames");

    private static final Pattern PLACE = Pattern.compile(" [A-Za-z0-9_./-]+\\.[chS]:[0-9]+");

    @TempDir
    private static Path directory;

    private static String log = "";
    private static List<String> answers = List.of();
    private static List<String> text = List.of();

    @BeforeAll
    static void symbolizeThePlainLog() throws IOException {
        log = String.join("\n", Captures.lines("oops.txt")).replace("\r", "") + "\n";
        Path plain = write("plain", log.getBytes(StandardCharsets.UTF_8));
        answers = answers(plain);
        text = symbolize(plain).lines().toList();
        assertThat(answers).anySatisfy(answer -> assertThat(answer).contains("tcp_ipv4.c"));
    }

    static Stream<Wrapper> wrappers() {
        return Wrapper.all().stream();
    }

    static Stream<Wrapper> jsonWrappers() {
        return wrappers().filter(Wrapper::json);
    }

    private static Path write(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content);
    }

    private static String symbolize(Path file, String... options) {
        // The indexes in the tree: the same on every machine.
        String kernels = Cli.ROOT.resolve("fixtures/kernels/indexes").toString();
        List<String> arguments = new ArrayList<>(List.of("symbolize", "-d", kernels));
        arguments.addAll(List.of(options));
        arguments.add(file.toString());
        return Cli.backline(arguments.toArray(String[]::new)).out();
    }

    private static List<String> answers(Path file) {
        List<String> answers = new ArrayList<>();
        JsonStreamParser lines = new JsonStreamParser(symbolize(file, "--format", "json"));
        while (lines.hasNext()) {
            JsonObject line = lines.next().getAsJsonObject();
            StringBuilder answer = new StringBuilder();
            ANSWER.forEach(each -> answer.append(line.get(each)).append(' '));
            answers.add(answer.toString());
        }
        return answers;
    }

    @ParameterizedTest
    @MethodSource("wrappers")
    void givesTheAnswersOfThePlainLogAndPrintsTheWholeInput(Wrapper wrapper) throws IOException {
        byte[] content = wrapper.apply(log);
        Path wrapped = write("wrapped", content);

        assertThat(answers(wrapped)).isEqualTo(answers);
        String out = symbolize(wrapped);
        assertThat(isSubsequence(new String(content, StandardCharsets.UTF_8), out))
                .as("every byte of the input is in the output, in order")
                .isTrue();
        if (wrapper.name().endsWith("bytes")) {
            // Places are numbers there.
            return;
        }
        assertThat(PLACE.matcher(out).results().count())
                .isEqualTo(PLACE.matcher(String.join("\n", text)).results().count());
    }

    static Stream<Wrapper> mails() {
        return Wrapper.mails().stream();
    }

    @ParameterizedTest
    @MethodSource("mails")
    void givesTheAnswersOfThePlainLogToALogInAMailAndPrintsItDecoded(Wrapper wrapper) throws IOException {
        Path mail = write("mail", wrapper.apply(log));

        assertThat(answers(mail)).isEqualTo(answers);
        assertThat(symbolize(mail).lines().map(String::stripTrailing))
                .containsSubsequence(text.stream().map(String::stripTrailing).toList());
    }

    private static boolean isSubsequence(String part, String whole) {
        int at = 0;
        for (int i = 0; i < whole.length() && at < part.length(); i++) {
            at += whole.charAt(i) == part.charAt(at) ? 1 : 0;
        }
        return at == part.length();
    }

    @ParameterizedTest
    @MethodSource("wrappers")
    void unwrapsTheTextOfThePlainLog(Wrapper wrapper) throws IOException {
        Path wrapped = write("wrapped", wrapper.apply(log));

        List<String> unwrapped = symbolize(wrapped, "--unwrap")
                .lines()
                .map(String::stripTrailing)
                .toList();

        assertThat(unwrapped)
                .containsSubsequence(text.stream()
                        .map(String::stripTrailing)
                        .filter(line -> !line.isEmpty())
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("jsonWrappers")
    void keepsJsonJson(Wrapper wrapper) throws IOException {
        Path wrapped = write("wrapped", wrapper.apply(log));
        StringBuilder strings = new StringBuilder();
        JsonStreamParser values = new JsonStreamParser(symbolize(wrapped));
        while (values.hasNext()) {
            collect(values.next(), strings);
        }

        assertThat(strings.toString().lines().map(String::stripTrailing).toList())
                .containsSubsequence(text.stream().map(String::stripTrailing).toList());
    }

    /** The strings of a value, each followed by a line end; JSON in a string counts as its strings. */
    private static void collect(JsonElement value, StringBuilder strings) {
        if (value instanceof JsonObject object) {
            object.asMap().values().forEach(each -> collect(each, strings));
        } else if (value instanceof JsonArray array) {
            if (!array.isEmpty()
                    && array.get(0).isJsonPrimitive()
                    && array.get(0).getAsJsonPrimitive().isNumber()) {
                byte[] bytes = new byte[array.size()];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) array.get(i).getAsInt();
                }
                strings.append(new String(bytes, StandardCharsets.UTF_8)).append('\n');
            } else {
                array.forEach(each -> collect(each, strings));
            }
        } else if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isString()) {
            String string = value.getAsString();
            if (string.startsWith("{")) {
                collect(JsonParser.parseString(string), strings);
            } else {
                strings.append(string).append('\n');
            }
        }
    }

    /** In a string, an empty line is a line end, and what follows is indented (YAML 1.2.2, 6.5). */
    @Test
    void keepsStringsOfYamlInTheirQuotes() throws IOException {
        Wrapper yaml = wrappers()
                .filter(each -> each.name().equals("YAML in single quotes"))
                .findFirst()
                .orElseThrow();
        String name = "textPayload: '";

        List<String> members = symbolize(write("wrapped", yaml.apply(log)))
                .replaceAll("\n\n {16,}", "\0")
                .lines()
                .filter(line -> line.startsWith(name))
                .toList();

        assertThat(members).allSatisfy(line -> assertThat(line).endsWith("'"));
        assertThat(members.stream()
                        .flatMap(line -> Stream.of(line.substring(name.length(), line.length() - 1)
                                .replace("''", "'")
                                .split("\0")))
                        .map(String::stripTrailing))
                .containsSubsequence(text.stream().map(String::stripTrailing).toList());
    }

    @Test
    void keepsTheColumnsOfCsv() throws IOException {
        for (Wrapper wrapper : Wrapper.all()) {
            if (!wrapper.name().contains("CSV")) {
                continue;
            }
            String csv = symbolize(write("wrapped", wrapper.apply(log)));
            char separator = csv.startsWith("time;") ? ';' : ',';
            List<List<String>> rows = rows(csv, separator);

            assertThat(rows)
                    .as(wrapper.name())
                    .allSatisfy(row -> assertThat(row).hasSize(rows.get(0).size()));
            int column = rows.get(0).indexOf("message");
            List<String> messages = rows.stream()
                    .skip(1)
                    .flatMap(row -> row.get(column).lines())
                    .map(String::stripTrailing)
                    .toList();
            assertThat(messages)
                    .as(wrapper.name())
                    .containsSubsequence(text.stream()
                            .map(String::stripTrailing)
                            .filter(line -> !line.isEmpty())
                            .toList());
        }
    }

    /** The rows of a table (RFC 4180). */
    private static List<List<String>> rows(String csv, char separator) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < csv.length(); i++) {
            char c = csv.charAt(i);
            boolean doubled = quoted && c == '"' && i + 1 < csv.length() && csv.charAt(i + 1) == '"';
            if (doubled) {
                field.append(c);
                i++;
            } else if (c == '"') {
                assertThat(quoted || field.isEmpty())
                        .as("a quote in an unquoted field")
                        .isTrue();
                quoted = !quoted;
            } else if (!quoted && (c == separator || c == '\n')) {
                row.add(field.toString());
                field.setLength(0);
                if (c == '\n') {
                    rows.add(row);
                    row = new ArrayList<>();
                }
            } else {
                field.append(c);
            }
        }
        assertThat(quoted).as("a quote that is not closed").isFalse();
        return rows;
    }

    @Test
    void writesTheEncodingOfTheInput() throws IOException {
        for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            for (String mark : List.of("\ufeff", "")) {
                Path wrapped = write("wrapped", (mark + log).getBytes(charset));
                assertThat(answers(wrapped)).isEqualTo(answers);
            }
        }
    }
}
