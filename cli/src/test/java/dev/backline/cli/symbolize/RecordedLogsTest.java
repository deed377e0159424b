package dev.backline.cli.symbolize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.cli.Cli;
import dev.backline.cli.RecordedBoot;
import dev.backline.cli.RecordedBoot.Place;
import dev.backline.fixtures.Captures;
import dev.backline.fixtures.Kernels;
import dev.backline.fixtures.LinkedModule;
import dev.backline.fixtures.LlvmSymbolizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Symbolises real recordings of one kernel and compares the output with LLVM's symboliser and with the input. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordedLogsTest {
    private static final String TRAMPOLINE = "ftrace's trampoline, which the kernel writes at run time";

    /** A data address in place of a frame, as SystemTap prints it where the stack switches. */
    private static final Pattern DATA = Pattern.compile("0x(ffff[0-8][0-9a-f]{11})\\b");

    private static final Pattern ADDITION = Pattern.compile(" [A-Za-z0-9_./+-]+:[0-9]+");
    private static final Pattern INLINE =
            Pattern.compile("(?<prefix>.*?)(?<frame>[A-Za-z0-9_.]+ [A-Za-z0-9_./+-]+:[0-9]+) \\[inline]");
    /** The folders in which the kernel was built. */
    private static final Pattern SOURCE_ROOT =
            Pattern.compile("^(/build/reproducible-path/linux-[0-9.]+/)?(debian/build/build_[a-z0-9_-]+/)?");

    @TempDir
    Path folder;

    private final Map<String, Kernels.Kernel> kernels = new HashMap<>();
    private final Map<Recording, List<JsonObject>> answers = new HashMap<>();

    /**
     * @param log the file in fixtures/captures
     * @param kallsyms an excerpt of the boot's kallsyms, or null
     * @param unresolved the frames that cannot have a source line: symbol or address, and the reason
     */
    record Recording(String log, @Nullable String kallsyms, Map<String, String> unresolved) {
        @Override
        public String toString() {
            return log + (kallsyms == null ? "" : " with " + kallsyms);
        }
    }

    static Stream<Recording> recordings() {
        String outOfTree = "the module oops is the lab's own and has no file";
        return Stream.of(
                new Recording("systemtap-formats.log", "systemtap-formats.kallsyms", Map.of()),
                new Recording("systemtap-article.log", "systemtap-article.kallsyms", Map.of()),
                new Recording("bpftrace.log", "bpftrace.kallsyms", Map.of()),
                new Recording("perf-script.txt", "perf-script.kallsyms", Map.of()),
                new Recording("ftrace.txt", "ftrace.kallsyms", Map.of("0xffffffffc04ad0c8", TRAMPOLINE)),
                new Recording("ftrace-symaddr.txt", "ftrace.kallsyms", Map.of("0xffffffffc04ad0c8", TRAMPOLINE)),
                new Recording("ftrace-hist.txt", "ftrace.kallsyms", Map.of("0xffffffffc04ad0c8", TRAMPOLINE)),
                new Recording(
                        "ftrace-function.txt",
                        "ftrace.kallsyms",
                        Map.of("mptcp_diag_init", "a trampoline; ftrace gave it the name of a function freed there")),
                new Recording(
                        "oops.txt",
                        null,
                        Map.of(
                                "0xffffffffc061c0c8", TRAMPOLINE,
                                "probe_6374", outOfTree,
                                "enter_kprobe_probe", outOfTree)));
    }

    /** Recordings whose kernel frames have addresses, so that the kernel's offset follows from the log. */
    static Stream<Recording> recordingsWithAddresses() {
        return recordings()
                .filter(recording -> recording.log.startsWith("systemtap") || recording.log.startsWith("perf"));
    }

    @BeforeAll
    void findTheKernel() throws IOException {
        Kernels.find(Kernels.DEBIAN_12).ifPresent(kernel -> kernels.put(kernel.name(), kernel));
        assumeTrue(!kernels.isEmpty(), Kernels.howToFetch(Kernels.DEBIAN_12));
    }

    private Kernels.Kernel kernel() {
        return kernels.values().iterator().next();
    }

    private Cli.Result symbolize(Recording recording, boolean withKallsyms, String... options) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("symbolize", "-d", kernel().folder().toString()));
        if (withKallsyms && recording.kallsyms != null) {
            arguments.add("--kallsyms");
            arguments.add(Captures.folder().resolve(recording.kallsyms).toString());
        }
        arguments.addAll(List.of(options));
        arguments.add(Captures.folder().resolve(recording.log).toString());
        Cli.Result result = Cli.backline(arguments.toArray(new String[0]));
        assertThat(result.status()).as(result.err()).isZero();
        return result;
    }

    private static List<JsonObject> objects(String lines) {
        return lines.lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    private List<JsonObject> answers(Recording recording) throws IOException {
        List<JsonObject> known = answers.get(recording);
        if (known == null) {
            known = objects(symbolize(recording, true, "--format", "json").out());
            answers.put(recording, known);
        }
        return known;
    }

    private static @Nullable String string(JsonObject object, String field) {
        JsonElement value = object.get(field);
        return value == null || value.isJsonNull() ? null : value.getAsString();
    }

    private static boolean isJunk(JsonObject answer) {
        return "junk".equals(string(answer, "mark"));
    }

    /** A frame and its place. */
    private record Expectation(JsonObject answer, Place place) {}

    @Test
    void resolvesEachFrameAsLlvmDoes() throws IOException {
        LlvmSymbolizer llvm = LlvmSymbolizer.installed().orElse(null);
        assumeTrue(llvm != null, LlvmSymbolizer.howToInstall());
        Path module = kernel().moduleFiles().get(0);
        assumeTrue(LinkedModule.linker(module).isPresent(), LinkedModule.howToInstallLinker(module));
        RecordedBoot files = new RecordedBoot(kernel(), folder);
        List<Expectation> expectations = new ArrayList<>();
        for (Recording recording : recordings().toList()) {
            Path kallsyms =
                    recording.kallsyms == null ? null : Captures.folder().resolve(recording.kallsyms);
            List<Expectation> found = expectations(recording, new RecordedBoot(files, kallsyms));
            assertThat(found).as("frames of %s", recording).isNotEmpty();
            expectations.addAll(found);
        }

        // One run for each file, because LLVM needs seconds to open a kernel.
        Map<Path, Map<Long, List<LlvmSymbolizer.Frame>>> said = new TreeMap<>();
        for (Expectation each : expectations) {
            said.computeIfAbsent(each.place.elf(), elf -> new TreeMap<>()).put(each.place.address(), List.of());
        }
        for (Map.Entry<Path, Map<Long, List<LlvmSymbolizer.Frame>>> file : said.entrySet()) {
            long[] addresses =
                    file.getValue().keySet().stream().mapToLong(Long::longValue).toArray();
            List<List<LlvmSymbolizer.Frame>> frames = llvm.frames(file.getKey(), addresses, LlvmSymbolizer.Names.SHORT);
            for (int i = 0; i < addresses.length; i++) {
                file.getValue().put(addresses[i], frames.get(i));
            }
        }
        Set<String> differences = new TreeSet<>();
        for (Expectation each : expectations) {
            List<String> expected = expected(said.get(each.place.elf()).get(each.place.address()), each.place);
            List<String> found = frames(each.answer);
            if (!found.equals(expected)) {
                differences.add(string(each.answer, "text") + "\n  backline " + found + "\n  llvm     " + expected);
            }
        }
        assertThat(differences).isEmpty();
    }

    /** Each frame of a recording and its place. Checks that all frames are resolved except those that cannot be. */
    private List<Expectation> expectations(Recording recording, RecordedBoot boot) throws IOException {
        List<Expectation> expectations = new ArrayList<>();
        Set<String> unresolved = new TreeSet<>();
        for (JsonObject answer : answers(recording)) {
            if (isJunk(answer)) {
                continue;
            }
            String name = string(answer, "symbol") == null ? string(answer, "address") : string(answer, "symbol");
            if (recording.unresolved.containsKey(name)) {
                unresolved.add(name);
                assertThat(answer.get("frames").getAsJsonArray())
                        .as("%s", answer)
                        .isEmpty();
                continue;
            }
            assertThat(string(answer, "status")).as("%s", answer).isEqualTo("resolved");
            expectations.add(new Expectation(answer, place(boot, answer)));
        }
        assertThat(unresolved).as("without a line in %s", recording).isEqualTo(recording.unresolved.keySet());
        return expectations;
    }

    /** The place that the text gives for the frame; for a return address, the byte before it. */
    private static Place place(RecordedBoot boot, JsonObject answer) throws IOException {
        String text = answer.get("text").getAsString();
        String symbol = string(answer, "symbol");
        String address = string(answer, "address");
        long back = answer.get("pc").getAsString().equals("return") ? 1 : 0;
        Place place = null;
        if (symbol != null) {
            Long offset = answer.get("offset").isJsonNull()
                    ? null
                    : (Long) answer.get("offset").getAsLong();
            String numbers = offset == null
                    ? ""
                    : "\\+(?:0x" + Long.toHexString(offset) + "|" + offset + ")(?:/0x([0-9a-f]+))?(?![0-9a-f/])";
            Matcher named = Pattern.compile("(?<![\\w.])" + Pattern.quote(symbol) + numbers + "(?: \\[(\\w+)])?")
                    .matcher(text);
            if (named.find()) {
                String size = numbers.isEmpty() ? null : named.group(1);
                String module = named.group(named.groupCount());
                place = boot.bySymbol(
                        symbol,
                        numbers.isEmpty() ? 0 : offset,
                        size == null ? null : Long.valueOf(size, 16),
                        "kernel".equals(module) ? null : module);
            }
        }
        if (place == null) {
            assertThat(address).as("%s", answer).isNotNull();
            assertThat(text).contains(address.substring(2));
            place = boot.byAddress(Long.parseUnsignedLong(address.substring(2), 16));
        }
        return new Place(place.elf(), place.address() - back, place.names());
    }

    private static List<String> frames(JsonObject answer) {
        List<String> frames = new ArrayList<>();
        for (JsonElement element : answer.get("frames").getAsJsonArray()) {
            JsonObject frame = element.getAsJsonObject();
            frames.add(string(frame, "function") + " " + string(frame, "file") + ":" + string(frame, "line") + ":"
                    + string(frame, "column"));
        }
        return frames;
    }

    private static List<String> expected(List<LlvmSymbolizer.Frame> frames, Place place) {
        List<String> expected = new ArrayList<>();
        for (LlvmSymbolizer.Frame frame : frames) {
            String file = frame.file();
            // LLVM names no functions written in assembly; the trace and the symbol table do.
            expected.add((frame.function() == null ? place.names().get(0) : frame.function()) + " "
                    + (file == null ? null : SOURCE_ROOT.matcher(file).replaceFirst("")) + ":"
                    + (frame.line() == 0 ? null : frame.line()) + ":"
                    + (frame.column() == 0 ? null : frame.column()));
        }
        return expected;
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void reportsOnlyDataAddressesAsNotCode(Recording recording) throws IOException {
        Map<Integer, Set<String>> expected = new TreeMap<>();
        List<String> lines = Captures.lines(recording.log);
        for (int i = 0; i < lines.size(); i++) {
            Matcher data = DATA.matcher(lines.get(i));
            while (lines.get(i).matches(" ?0x.*") && data.find()) {
                expected.computeIfAbsent(i + 1, line -> new HashSet<>()).add("0x" + data.group(1));
            }
        }
        Map<Integer, Set<String>> found = new TreeMap<>();
        for (JsonObject answer : answers(recording)) {
            if (isJunk(answer)) {
                found.computeIfAbsent(answer.get("line").getAsInt(), line -> new HashSet<>())
                        .add(answer.get("address").getAsString());
                assertThat(string(answer, "status")).isEqualTo("not-code");
                assertThat(answer.get("reliable").getAsBoolean()).isFalse();
                assertThat(answer.get("frames").getAsJsonArray()).isEmpty();
            }
        }

        assertThat(found).isEqualTo(expected);
        assertThat(found.isEmpty()).isEqualTo(!recording.log.startsWith("systemtap"));
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void addsTextAndKeepsTheInput(Recording recording) throws IOException {
        Map<Integer, List<JsonObject>> answersByLine = new HashMap<>();
        for (JsonObject answer : answers(recording)) {
            answersByLine
                    .computeIfAbsent(answer.get("line").getAsInt(), line -> new ArrayList<>())
                    .add(answer);
        }
        String[] in = Files.readString(Captures.folder().resolve(recording.log)).split("\n", -1);
        String[] out = symbolize(recording, true).out().split("\n", -1);
        int line = 0;
        List<String> inlined = new ArrayList<>();
        for (String text : out) {
            List<String> additions = line == in.length ? null : additions(in[line], 0, text, 0);
            if (additions != null) {
                assertAdditions(answersByLine.getOrDefault(line + 1, List.of()), in[line], inlined, additions);
                inlined.clear();
                line++;
                continue;
            }
            Matcher inline = INLINE.matcher(text);
            assertThat(inline.matches()).as("'%s' is not in the input", text).isTrue();
            assertThat(line < in.length && in[line].startsWith(inline.group("prefix")))
                    .as("'%s' begins like the line below it", text)
                    .isTrue();
            inlined.add(inline.group("frame"));
        }
        assertThat(line).isEqualTo(in.length);
        assertThat(inlined).isEmpty();
    }

    /** Compares the added lines and the words in a line with the frames in JSON. */
    private static void assertAdditions(
            List<JsonObject> answers, String line, List<String> inlined, List<String> additions) {
        List<String> expectedInlined = new ArrayList<>();
        List<String> expectedAdditions = new ArrayList<>();
        for (JsonObject answer : answers) {
            for (JsonElement element : answer.get("frames").getAsJsonArray()) {
                JsonObject frame = element.getAsJsonObject();
                String place = string(frame, "file") + ":" + string(frame, "line");
                if (frame.get("inlined").getAsBoolean()) {
                    expectedInlined.add(string(frame, "function") + " " + place);
                } else if (string(frame, "file") != null) {
                    expectedAdditions.add(" " + place);
                }
            }
        }
        assertThat(inlined).as("inlined into the frames of '%s'", line).isEqualTo(expectedInlined);
        assertThat(additions).as("added to '%s'", line).isEqualTo(expectedAdditions);
    }

    /** The text to remove from {@code out} (from {@code o}) to get {@code in} (from {@code i}); null if impossible. */
    private static @Nullable List<String> additions(String in, int i, String out, int o) {
        if (out.length() - o < in.length() - i) {
            return null;
        }
        if (o == out.length()) {
            return List.of();
        }
        Matcher addition = ADDITION.matcher(out).region(o, out.length());
        if (out.length() - o > in.length() - i && addition.lookingAt()) {
            List<String> more = additions(in, i, out, addition.end());
            if (more != null) {
                List<String> all = new ArrayList<>(List.of(addition.group()));
                all.addAll(more);
                return all;
            }
        }
        boolean same = i < in.length() && in.charAt(i) == out.charAt(o);
        return same ? additions(in, i + 1, out, o + 1) : null;
    }

    @ParameterizedTest
    @MethodSource("recordingsWithAddresses")
    void derivesTheKernelsOffsetFromTheLog(Recording recording) throws IOException {
        List<JsonObject> alone =
                objects(symbolize(recording, false, "--format", "json").out());
        List<JsonObject> told = answers(recording);

        assertThat(alone).hasSameSizeAs(told);
        for (int i = 0; i < told.size(); i++) {
            // Only kallsyms contains the addresses of modules.
            if (string(told.get(i), "module") == null) {
                assertThat(withoutEdge(alone.get(i))).isEqualTo(withoutEdge(told.get(i)));
            } else if (string(alone.get(i), "module") == null) {
                assertThat(alone.get(i).get("frames").getAsJsonArray()).isEmpty();
            }
        }
    }

    /** A frame without its edge to the frame above, which may be in a module. */
    private static JsonObject withoutEdge(JsonObject answer) {
        JsonObject copy = answer.deepCopy();
        copy.remove("edge");
        copy.remove("skipped");
        return copy;
    }
}
