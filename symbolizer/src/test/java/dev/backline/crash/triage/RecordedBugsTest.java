package dev.backline.crash.triage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.debugfiles.DebugDirectory;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.fixtures.Captures;
import dev.backline.fixtures.Kernels;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Groups recordings of known bugs (fixtures/captures/oopses), each by one to three kernels of two architectures and two
 * compilers: one group for each bug, and no other.
 */
class RecordedBugsTest {
    private static final Map<String, String> KERNELS = new TreeMap<>(Map.of(
            "x86-6.1", Kernels.DEBIAN_12,
            "x86-6.12", "debian-13-6.12-cloud-amd64",
            "arm64-6.12", "debian-13-6.12-cloud-arm64"));

    private enum Known {
        NONE,
        MODULES,
        KERNELS
    }

    private static KernelPool pool(String kernel, Known known) throws IOException {
        DebugFiles.Builder files = DebugFiles.builder();
        if (known != Known.NONE) {
            files.source(new DebugDirectory(folder(kernel)));
        }
        if (known == Known.KERNELS) {
            files.vmlinux(Kernels.find(name(kernel)).orElseThrow().vmlinux());
        }
        return new KernelPool(files.build());
    }

    private static String name(String kernel) {
        return String.valueOf(KERNELS.get(kernel));
    }

    /** The kernels whose debug files are there. */
    private static Set<String> kernels(Known known) throws IOException {
        Set<String> kernels = new TreeSet<>();
        for (String kernel : KERNELS.keySet()) {
            if (known != Known.KERNELS || Kernels.find(name(kernel)).isPresent()) {
                kernels.add(kernel);
            }
        }
        assumeTrue(!kernels.isEmpty(), Kernels.howToFetch(Kernels.DEBIAN_12));
        return kernels;
    }

    private static Path folder(String kernel) throws IOException {
        return Captures.folder().resolve("oopses").resolve(kernel);
    }

    /** The recordings of a kernel: bug → log. */
    private static Map<String, String> logs(String kernel) throws IOException {
        Map<String, String> logs = new TreeMap<>();
        for (String line : Captures.lines("oopses/truth.tsv")) {
            String[] values = line.split("\t", -1);
            if (values[0].equals(kernel)) {
                logs.put(values[1], Files.readString(folder(kernel).resolve(values[1] + ".txt")));
            }
        }
        return logs;
    }

    private static List<TriagedReport> read(KernelPool pool, String bug, String log) throws IOException {
        List<TriagedReport> found = new ArrayList<>();
        byte[] bytes = log.getBytes(StandardCharsets.UTF_8);
        new LogTriage(pool, LogOptions.DEFAULT).read(bug, new LogReader(new ByteArrayInputStream(bytes)), found::add);
        found.sort(null);
        return found;
    }

    /** The ids of the groups of each bug. */
    private static Map<String, Set<String>> groups(Triage triage) {
        Map<String, Set<String>> groups = new TreeMap<>();
        for (TriageGroup each : triage.groups()) {
            Set<String> bugs = new TreeSet<>();
            each.members().forEach(member -> bugs.add(member.input()));
            for (String bug : bugs) {
                groups.computeIfAbsent(bug, key -> new TreeSet<>()).add(each.id());
            }
        }
        return groups;
    }

    private static void assertOneGroupForEachBug(Map<String, Set<String>> groups, Set<String> maySplit) {
        Map<String, String> owners = new HashMap<>();
        groups.forEach((bug, ids) -> {
            for (String id : ids) {
                assertThat(owners.put(id, bug)).as("another bug in " + id).isNull();
            }
            if (!maySplit.contains(bug)) {
                assertThat(ids).as(bug).hasSize(1);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Known.class)
    void haveOneGroupForEachBug(Known known) throws IOException {
        Triage triage = new Triage();
        Map<String, Set<String>> blamed = blamed();
        for (String kernel : kernels(known)) {
            try (KernelPool pool = pool(kernel, known)) {
                for (Map.Entry<String, String> each : logs(kernel).entrySet()) {
                    TriagedReport first =
                            read(pool, each.getKey(), each.getValue()).get(0);
                    triage.add(first);
                    if (known != Known.NONE) {
                        assertThat(blamed.get(kernel + "/" + each.getKey()))
                                .as(first.toString())
                                .contains(first.functions().get(0));
                    }
                }
            }
        }
        // On x86, the guilty function jumps to strcmp(), which the log alone cannot tell.
        assertOneGroupForEachBug(groups(triage), known == Known.NONE ? Set.of("relaybox-label") : Set.of());
        if (known != Known.NONE) {
            assertThat(triage.groups()).hasSameSizeAs(groups(triage).keySet());
        }
    }

    /** The functions that may be blamed, by kernel and bug. */
    private static Map<String, Set<String>> blamed() throws IOException {
        List<String> lines = Captures.lines("oopses/truth.tsv");
        int statement = List.of(lines.get(0).split("\t", -1)).indexOf("statement");
        Map<String, Set<String>> blamed = new HashMap<>();
        for (String line : lines) {
            String[] values = line.split("\t", -1);
            Set<String> functions = new HashSet<>();
            for (String each : values[statement].split(" ")) {
                functions.add(each.substring(0, Math.max(0, each.indexOf(':'))));
            }
            blamed.put(values[0] + "/" + values[1], functions);
        }
        return blamed;
    }

    @Test
    void joinTheGroupOfTheSameReportsWithDebugInformation() throws IOException {
        Triage triage = new Triage();
        for (String kernel : KERNELS.keySet()) {
            for (Known known : List.of(Known.NONE, Known.MODULES)) {
                try (KernelPool pool = pool(kernel, known)) {
                    for (Map.Entry<String, String> each : logs(kernel).entrySet()) {
                        triage.add(read(pool, each.getKey(), each.getValue()).get(0));
                    }
                }
            }
        }

        assertThat(triage.groups()).noneMatch(TriageGroup::printedOnly);
        assertOneGroupForEachBug(groups(triage), Set.of());
    }

    private static final Pattern STAMP = Pattern.compile("(?m)^\\[ *[0-9]+\\.[0-9]+\\] ?");

    /** What differs between two reports of one bug by the same build of a kernel, or between two collectors. */
    private enum Change {
        SYSLOG(log -> STAMP.matcher(log).replaceAll("Nov 22 08:38:06 db-3 kernel: $0")),
        ISO(log -> STAMP.matcher(log).replaceAll("2026-11-22T08:38:06.123456+00:00 db-3 kernel: ")),
        MONOTONIC(log -> STAMP.matcher(log).replaceAll("$0db-3 kernel: ")),
        CONSOLE(log -> STAMP.matcher(log).replaceAll("<4>$0")),
        BARE(log -> STAMP.matcher(log).replaceAll("")),
        CALLER(log -> STAMP.matcher(log).replaceAll("$0[  T150] ")),
        DOCKER(Change::json),
        CARRIAGE(log -> log.replace("\n", "\r\n")),
        QUOTED(log -> log.replaceAll("(?m)^", "> ")),
        WRAPPED(Change::wrapped),
        ADDRESSES(Change::addresses),
        TASK(log -> log.replaceAll("PID: \\d+", "PID: 4711")
                .replaceAll("Comm: \\S+", "Comm: anchor")
                .replaceAll("CPU: \\d+", "CPU: 7")
                .replaceAll("CPU#\\d+", "CPU#7")
                .replaceAll("busybox:\\d+", "anchor:4711")
                .replaceAll("task \\S+:\\d+ blocked", "task anchor:4711 blocked")),
        LATER(log -> STAMP.matcher(log).replaceAll("[98765.432100] ")),
        NO_CODE(log -> log.replaceAll("(?m)^.*Code: .*\n", "")),
        END(Change::withoutEnd),
        NOISE(log -> log.replaceAll("(?m)^(\\[ *[0-9.]+\\] )(Call [Tt]race:)", "$1eth0: link is up\n$1$2"));

        private final UnaryOperator<String> change;

        Change(UnaryOperator<String> change) {
            this.change = change;
        }

        private static String json(String log) {
            StringBuilder json = new StringBuilder();
            for (String line : log.split("\n", -1)) {
                String escaped =
                        line.replace("\\", "\\\\").replace("\"", "\\\"").replace("\t", "\\t");
                json.append("{\"log\":\"").append(escaped).append("\\n\",\"stream\":\"stdout\"}\n");
            }
            return json.toString();
        }

        private static String wrapped(String log) {
            StringBuilder wrapped = new StringBuilder();
            for (String line : log.split("\n", -1)) {
                String rest = line;
                while (rest.length() > 80) {
                    int at = rest.lastIndexOf(' ', 80);
                    if (at <= 0) {
                        break;
                    }
                    wrapped.append(rest, 0, at).append('\n');
                    rest = rest.substring(at + 1);
                }
                wrapped.append(rest).append('\n');
            }
            return wrapped.toString();
        }

        /** Other values in the registers, by another boot. */
        private static String addresses(String log) {
            Random random = new Random(1);
            Matcher values = Pattern.compile("\\b(R[A-Z0-9]{2}|x\\d+ ?|sp ): ?(ffff[0-9a-f]{12})")
                    .matcher(log);
            return values.replaceAll(each -> each.group(1) + ": ffff" + (8 + random.nextInt(8))
                    + String.format("%011x", random.nextLong() & 0xfffffffffffL));
        }

        /** The log ends after the first frames of the module in the trace. */
        private static String withoutEnd(String log) {
            int at = log.toLowerCase(Locale.ROOT).indexOf("call trace:");
            Matcher frames =
                    Pattern.compile("] +[a-z][^ ]+ \\[(ferry|relaybox)]\n").matcher(log);
            return at >= 0 && frames.find(at) ? log.substring(0, frames.end()) : log;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86-6.1", "x86-6.12", "arm64-6.12"})
    void keepTheirGroupWhateverACollectorOrABootChanges(String kernel) throws IOException {
        List<String> moved = new ArrayList<>();
        try (KernelPool pool = pool(kernel, Known.MODULES)) {
            for (Map.Entry<String, String> each : logs(kernel).entrySet()) {
                TriagedReport first = read(pool, each.getKey(), each.getValue()).get(0);
                for (Change change : Change.values()) {
                    List<TriagedReport> found = read(pool, each.getKey(), change.change.apply(each.getValue()));
                    if (found.isEmpty() || !found.get(0).group().equals(first.group())) {
                        moved.add(change + " " + each.getKey() + ": " + first.group() + " | "
                                + (found.isEmpty() ? "no report" : found.get(0).group()));
                    }
                }
            }
        }
        assertThat(moved).isEmpty();
    }

    /** Two CPUs that write their reports at the same time: printk names the callers. */
    @ParameterizedTest
    @ValueSource(strings = {"x86-6.1", "x86-6.12", "arm64-6.12"})
    void areToldApartWhenTwoTasksWriteAtTheSameTime(String kernel) throws IOException {
        List<Map.Entry<String, String>> logs = new ArrayList<>(logs(kernel).entrySet());
        Random random = new Random(1);
        List<String> moved = new ArrayList<>();
        try (KernelPool pool = pool(kernel, Known.MODULES)) {
            for (int i = 0; i + 1 < logs.size(); i++) {
                TriagedReport one = read(pool, "log", logs.get(i).getValue()).get(0);
                TriagedReport other =
                        read(pool, "log", logs.get(i + 1).getValue()).get(0);
                String mixed = mixed(logs.get(i).getValue(), logs.get(i + 1).getValue(), random);

                Set<String> found = new TreeSet<>();
                read(pool, "log", mixed).forEach(each -> found.add(each.group()));

                if (!found.containsAll(List.of(one.group(), other.group()))) {
                    moved.add(logs.get(i).getKey() + " and " + logs.get(i + 1).getKey() + ": " + found);
                }
            }
        }
        assertThat(moved).isEmpty();
    }

    private static String mixed(String one, String other, Random random) {
        List<String> first = new ArrayList<>(
                List.of(STAMP.matcher(one).replaceAll("$0[  T150] ").split("\n", -1)));
        List<String> second = new ArrayList<>(
                List.of(STAMP.matcher(other).replaceAll("$0[  T151] ").split("\n", -1)));
        StringBuilder mixed = new StringBuilder();
        while (!first.isEmpty() || !second.isEmpty()) {
            List<String> next = second.isEmpty() || (!first.isEmpty() && random.nextBoolean()) ? first : second;
            for (int i = 1 + random.nextInt(6); i > 0 && !next.isEmpty(); i--) {
                mixed.append(next.remove(0)).append('\n');
            }
        }
        return mixed.toString();
    }
}
