package dev.backline.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.cli.console.ExitStatus;
import dev.backline.intake.FileKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The service's JSON is the command's, for every recorded log, capture and crash. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnswersTest {
    private static final String MODULES =
            Running.ROOT.resolve("fixtures/captures/oopses").toString();
    private static final String INDEXES =
            Running.ROOT.resolve("fixtures/kernels/indexes").toString();

    /** The advice of a message that names options of the command. */
    private static final Pattern ADVICE = Pattern.compile(
            "(, or|;|:) (for an address in a module, )?add --[a-z-]+( or --[a-z-]+)?( of that boot)?( to be sure)?"
                    + "|or add --fetch on Debian; |, then --fetch works too| with -e FILE"
                    + "|; use -e, -d or --fetch for the whole kernel");

    /** Options that the service has not, except in whole commands for the machine with the problem. */
    private static final Pattern OPTION = Pattern.compile(
            "(?<!backline (report|generate) )--(force|fetch|kallsyms|modules|kaslr-offset|format|debug-dir"
                    + "|vmlinux|release|source|pcap|conntrack|counters|kernel-log|top)\\b| -[erd] (FILE|RELEASE|DIR|VMLINUX)");

    private Running service;

    @BeforeAll
    void start() throws Exception {
        service = Running.with("-d", INDEXES, "-d", MODULES);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    static Stream<Path> recordings() throws IOException {
        try (Stream<Path> files = Files.walk(Running.ROOT.resolve("fixtures/captures"))) {
            return files.filter(Files::isRegularFile).filter(AnswersTest::isLog).sorted().toList().stream();
        }
    }

    private static boolean isLog(Path file) {
        try {
            byte[] head = Files.readAllBytes(file);
            FileKind kind = FileKind.of(head, head.length);
            return kind == FileKind.TEXT
                    || kind.isCompressed() && !file.toString().contains(".ko");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void equalThoseOfTheCommands(Path recording) throws IOException {
        byte[] log = Files.readAllBytes(recording);
        for (Question question : Question.values()) {
            Running.Answer command =
                    Running.command(log, question.command(), "-d", INDEXES, "-d", MODULES, "--format", "json", "-");
            Running.Answer answer = service.post(question.path(), "application/x-ndjson", log);
            if (command.status() != ExitStatus.DONE) {
                assertThat(answer.status()).as(question + " " + answer).isBetween(400, 499);
                continue;
            }
            assertThat(answer.status()).as(question + " " + answer.text()).isEqualTo(200);
            assertThat(objects(answer.text()))
                    .as(question.command())
                    .isEqualTo(objects(
                            ADVICE.matcher(withoutFolders(command.text())).replaceAll("")));
            assertThat(answer.text()).doesNotContain(Running.ROOT.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void nameNoOptionAndNoPlaceOfTheMachine(Path recording) throws IOException {
        byte[] log = Files.readAllBytes(recording);
        String own = new String(log, StandardCharsets.UTF_8);
        for (Question question : Question.values()) {
            for (Format format : question.formats()) {
                String text = service.post(question.path(), format.mediaType(), log)
                        .text()
                        .replaceAll("\\s+", " ");
                assertThat(text).doesNotContain(Running.ROOT.toString(), System.getProperty("user.home") + "/");
                OPTION.matcher(text)
                        .results()
                        .forEach(found -> assertThat(own)
                                .as(question + " " + format + ": "
                                        + text.substring(Math.max(0, found.start() - 200), found.end()))
                                .contains(found.group()));
            }
        }
    }

    /** The answers, of a report only the number of its notes: the service's name no place that was searched. */
    private static List<JsonElement> objects(String lines) {
        return lines.lines()
                .map(JsonParser::parseString)
                .map(AnswersTest::object)
                .toList();
    }

    private static JsonElement object(JsonElement answer) {
        JsonObject object = answer.getAsJsonObject();
        if (object.has("groups")) {
            object.addProperty("notes", object.getAsJsonArray("notes").size());
        }
        return object;
    }

    /** A debug file has its name in an answer of the service, and its path in the command's. */
    private static String withoutFolders(String lines) {
        return lines.replaceAll(Pattern.quote(Running.ROOT.toString()) + "/[^\\s\",;:]*/", "");
    }
}
