package dev.backline.cli.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.cli.Cli;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Reads the input of a recorded run of the kernel's decode_stacktrace.sh and compares with the script's output. */
class DecodeStacktraceRecordedTest {
    private static final Path FOLDER = Cli.ROOT.resolve("fixtures/recorded/decode_stacktrace");

    /** A frame that the script resolved: {@code FUNCTION (PLACE PLACE...) MODULE}, innermost place first. */
    private static final Pattern RESOLVED = Pattern.compile("^\\[[ 0-9.]+] +(?:\\? )?([\\w.]+) \\((.+)\\)(?: \\w+)?$");

    private static final Pattern PLACE = Pattern.compile("(\\S+:\\d+)(?: \\(discriminator \\d+\\))?");

    /** Places that the script names with the path on the machine that built the kernel. */
    private static final List<String> OWN_PATHS = List.of("asm_sysvec_call_function_single");

    private record Frame(String function, List<String> places) {}

    private static Path debugFiles() throws IOException {
        var kernel = Kernels.find(Kernels.DEBIAN_12);
        Assumptions.assumeTrue(kernel.isPresent(), Kernels.howToFetch(Kernels.DEBIAN_12));
        return kernel.orElseThrow().folder();
    }

    private static List<Frame> resolvedByTheScript() throws IOException {
        List<Frame> frames = new ArrayList<>();
        for (String line : Files.readAllLines(FOLDER.resolve("oops.output"))) {
            Matcher frame = RESOLVED.matcher(line);
            if (frame.matches()) {
                List<String> places = new ArrayList<>();
                for (Matcher place = PLACE.matcher(frame.group(2)); place.find(); ) {
                    places.add(place.group(1));
                }
                frames.add(new Frame(frame.group(1), places));
            }
        }
        return frames;
    }

    @Test
    void resolvesEachFrameToTheLinesOfTheScript() throws IOException {
        List<Frame> expected = resolvedByTheScript();
        List<String> log = Files.readAllLines(FOLDER.resolve("oops.input"));
        Cli.Result result = Cli.backline(
                "symbolize",
                "-d",
                debugFiles().toString(),
                "--format",
                "json",
                FOLDER.resolve("oops.input").toString());
        Map<Integer, JsonObject> found = new HashMap<>();
        result.out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .forEach(frame -> {
                    found.put(frame.get("line").getAsInt(), frame);
                });

        assertThat(expected).hasSize(50);
        int line = 0;
        for (Frame frame : expected) {
            while (!log.get(line++).contains(" " + frame.function + "+0x")) {
                assertThat(line).as("lines read for %s", frame).isLessThan(log.size());
            }
            JsonObject answer = found.get(line);
            assertThat(answer).as("line %d, %s", line, frame).isNotNull();
            assertThat(answer.get("status").getAsString()).isEqualTo("resolved");
            List<String> places = new ArrayList<>();
            for (JsonElement part : answer.getAsJsonArray("frames")) {
                JsonObject place = part.getAsJsonObject();
                places.add(place.get("file").getAsString() + ":"
                        + place.get("line").getAsInt());
            }
            if (OWN_PATHS.contains(frame.function)) {
                assertThat(frame.places.get(0)).startsWith("/build/").endsWith("/" + places.get(0));
            } else {
                assertThat(places).as("line %d, %s", line, frame.function).isEqualTo(frame.places);
            }
        }
    }

    @Test
    void keepsTheLinesThatTheScriptLoses() throws IOException {
        String input = Files.readString(FOLDER.resolve("oops.input"));
        Cli.Result result = Cli.backline(
                "symbolize",
                "-d",
                debugFiles().toString(),
                FOLDER.resolve("oops.input").toString());
        List<String> scripts = Files.readAllLines(FOLDER.resolve("oops.output"));

        assertThat(scripts).noneMatch(line -> line.contains("CPU: 0 PID: 228") || line.contains(" Code: "));
        assertThat(result.out().replaceAll("(?m)^.* \\[inline]\n", "").replaceAll("(?m) [\\w/.-]+\\.[chS]:\\d+$", ""))
                .isEqualTo(input);
        assertThat(result.err())
                .contains(
                        "2 frames: no file found for module oops",
                        "1 frame (0xffffffffc061c0c8): the address is not in the code");
        assertThat(result.out().lines().filter(line -> line.endsWith(" [inline]")))
                .anyMatch(line -> line.endsWith(" nf_hook_bridge_pre net/bridge/br_input.c:260 [inline]"));
        assertThat(Arrays.asList(input.split("\n"))).hasSize(scripts.size() + 2);
    }
}
