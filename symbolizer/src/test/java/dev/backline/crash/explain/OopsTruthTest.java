package dev.backline.crash.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.crash.Certainty;
import dev.backline.crash.Disassembly;
import dev.backline.crash.Explanation;
import dev.backline.crash.Fault;
import dev.backline.debugfiles.DebugDirectory;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.fixtures.Captures;
import dev.backline.fixtures.Kernels;
import dev.backline.intake.LogReader;
import dev.backline.io.Hex;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares explanations of recorded reports with what really happened (fixtures/captures/oopses). */
class OopsTruthTest {
    /** The debug files of the kernels that wrote the reports. */
    private static final Map<String, String> KERNELS = Map.of(
            "x86-6.1", Kernels.DEBIAN_12,
            "x86-6.12", "debian-13-6.12-cloud-amd64",
            "arm64-6.12", "debian-13-6.12-cloud-arm64");

    /** A row of the table. */
    private record Truth(Map<String, String> fields) {
        String get(String name) {
            return Objects.requireNonNull(fields.get(name), name);
        }

        @Override
        public String toString() {
            return get("kernel") + "/" + get("log");
        }
    }

    private static List<Truth> truths(String kernel) throws IOException {
        List<String> lines = Captures.lines("oopses/truth.tsv");
        String[] names = lines.get(0).split("\t", -1);
        List<Truth> truths = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] values = line.split("\t", -1);
            Map<String, String> fields = new HashMap<>();
            for (int i = 0; i < names.length; i++) {
                fields.put(names[i], values[i]);
            }
            Truth truth = new Truth(fields);
            if (truth.get("kernel").equals(kernel)) {
                truths.add(truth);
            }
        }
        return truths;
    }

    private static KernelPool pool(String kernel, @Nullable Path vmlinux) throws IOException {
        DebugFiles.Builder files = DebugFiles.builder()
                .source(new DebugDirectory(Captures.folder().resolve("oopses").resolve(kernel)));
        return new KernelPool((vmlinux == null ? files : files.vmlinux(vmlinux)).build());
    }

    private static Explanation explain(KernelPool pool, Truth truth) throws IOException {
        Path log =
                Captures.folder().resolve("oopses").resolve(truth.get("kernel")).resolve(truth.get("log") + ".txt");
        List<Explanation> found = new ArrayList<>();
        try (CrashAnalysis analysis = new CrashAnalysis(pool, LogOptions.DEFAULT.withRereadable(log));
                InputStream in = Files.newInputStream(log)) {
            analysis.read(new LogReader(in), found::add);
        }
        assertThat(found).as("reports in " + truth).isNotEmpty();
        return found.get(0);
    }

    private static String name(String kernel) {
        return Objects.requireNonNull(KERNELS.get(kernel), kernel);
    }

    /** The debug files of a kernel in the cache, if they are of the build that wrote the reports. */
    private static Optional<Path> vmlinux(String kernel, String release) throws IOException {
        return Kernels.find(name(kernel))
                .filter(each -> each.release().equals(release))
                .map(Kernels.Kernel::vmlinux);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86-6.1", "x86-6.12", "arm64-6.12"})
    void explainsFaultsInModulesWithTheModulesAlone(String kernel) throws IOException {
        List<Truth> truths = new ArrayList<>();
        for (Truth each : truths(kernel)) {
            if (each.get("trap").equals("module") && !each.get("access").equals("-")) {
                truths.add(each);
            }
        }
        try (KernelPool pool = pool(kernel, null)) {
            check(pool, truths);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86-6.1", "x86-6.12", "arm64-6.12"})
    void explainsAllReportsWithTheKernel(String kernel) throws IOException {
        List<Truth> truths = truths(kernel);
        String release;
        try (KernelPool pool = pool(kernel, null)) {
            release = String.valueOf(explain(pool, truths.get(0)).report().release());
        }
        Optional<Path> vmlinux = vmlinux(kernel, release);
        assumeTrue(vmlinux.isPresent(), Kernels.howToFetch(name(kernel)));
        try (KernelPool pool = pool(kernel, vmlinux.get())) {
            check(pool, truths);
        }
    }

    private static void check(KernelPool pool, List<Truth> truths) throws IOException {
        List<String> problems = new ArrayList<>();
        List<String> unnamed = new ArrayList<>();
        int accesses = 0;
        for (Truth truth : truths) {
            Explanation answer = explain(pool, truth);
            compare(truth, "kind", answer.kind(), problems);
            if (!truth.get("place").equals("-")) {
                Explanation.Place place = answer.place();
                compare(truth, "place", place == null ? "-" : place.function() + ":" + place.line(), problems);
            }
            Explanation.Culprit culprit = answer.culprit();
            String blamed = culprit == null ? "-" : culprit.function() + ":" + culprit.line();
            if (!List.of(truth.get("statement").split(" ")).contains(blamed)) {
                problems.add(truth + ": blames " + blamed + " instead of " + truth.get("statement"));
            }
            if (truth.get("access").equals("-")) {
                continue;
            }
            accesses++;
            Fault fault = answer.fault();
            if (fault == null) {
                problems.add(truth + ": no fault");
                continue;
            }
            compare(
                    truth,
                    "class",
                    fault.valueClass() == null ? "-" : fault.valueClass().id(),
                    problems);
            compare(truth, "value", hex(fault.value()), problems);
            compare(truth, "address", hex(fault.address()), problems);
            compare(truth, "access", String.valueOf(fault.access()), problems);
            compare(truth, "size", Integer.toString(fault.size()), problems);
            if (!isNamed(truth, fault)) {
                unnamed.add(truth + ": " + fault.variable() + " " + fault.member() + " " + fault.certainty());
                if (fault.certainty() == Certainty.CERTAIN) {
                    problems.add(truth + ": is certain of " + fault.variable() + " " + fault.member());
                }
            }
        }
        assertThat(problems).isEmpty();
        assertThat(unnamed).as("of %d accesses", accesses).hasSizeLessThanOrEqualTo(accesses / 10);
    }

    private static boolean isNamed(Truth truth, Fault fault) {
        Fault.Holder variable = fault.variable();
        Fault.Touched member = fault.member();
        return truth.get("variable").equals(variable == null ? "-" : variable.name())
                && truth.get("struct").equals(member == null ? "-" : member.struct())
                && truth.get("member").equals(member == null ? "-" : member.path())
                && truth.get("offset").equals(member == null ? "-" : Long.toString(member.offset()));
    }

    private static void compare(Truth truth, String field, String answer, List<String> problems) {
        if (!truth.get(field).equals(answer)) {
            problems.add(truth + ": " + field + " is " + answer + " instead of " + truth.get(field));
        }
    }

    private static String hex(@Nullable Long value) {
        return value == null ? "-" : Hex.text(value);
    }

    @Test
    void leavesOutWhatItCannotKnowWithoutDebugFiles() throws IOException {
        try (KernelPool none = new KernelPool(DebugFiles.builder().build())) {
            for (Truth truth : truths("x86-6.1")) {
                if (truth.get("access").equals("read") && truth.get("class").equals("null")) {
                    Explanation answer = explain(none, truth);
                    Fault fault = Objects.requireNonNull(answer.fault(), truth.toString());
                    assertThat(fault.variable()).as(truth.toString()).isNull();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86-6.1", "x86-6.12", "arm64-6.12"})
    void explainsFaultsWithTheLogAlone(String kernel) throws IOException {
        List<String> problems = new ArrayList<>();
        int accesses = 0;
        try (KernelPool none = new KernelPool(DebugFiles.builder().build())) {
            for (Truth truth : truths(kernel)) {
                if (truth.get("access").equals("-")) {
                    continue;
                }
                accesses++;
                Explanation answer = explain(none, truth);
                Fault fault = Objects.requireNonNull(answer.fault(), truth.toString());
                assertThat(answer.title()).as(truth.toString()).doesNotContain("unknown function");
                List<String> own = new ArrayList<>();
                compare(truth, "kind", answer.kind(), own);
                compare(
                        truth,
                        "class",
                        fault.valueClass() == null ? "-" : fault.valueClass().id(),
                        own);
                compare(truth, "address", hex(fault.address()), own);
                compare(truth, "access", String.valueOf(fault.access()), own);
                compare(truth, "size", Integer.toString(fault.size()), own);
                if (!own.isEmpty()) {
                    problems.add(own + " " + fault);
                }
            }
        }
        // One report has no bytes
        assertThat(problems).as("of %d accesses", accesses).hasSizeLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86-6.1", "x86-6.12", "arm64-6.12"})
    void marksTheCallOfABadPointer(String kernel) throws IOException {
        String call = kernel.startsWith("x86") ? "call __x86_indirect_thunk_rax" : "blr x2";
        try (KernelPool pool = pool(kernel, null)) {
            for (Truth truth : truths(kernel)) {
                if (truth.get("log").equals("ferry-unload")) {
                    Explanation answer = explain(pool, truth);
                    assertThat(Objects.requireNonNull(answer.fault()).instruction())
                            .isEqualTo(call);
                    Disassembly code = Objects.requireNonNull(answer.code());
                    assertThat(code.instructions())
                            .filteredOn(Disassembly.Line::trapping)
                            .extracting(Disassembly.Line::text)
                            .containsExactly(call);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86-6.1", "arm64-6.12"})
    void namesTheFunctionsThatAModuleCalls(String kernel) throws IOException {
        List<String> called = new ArrayList<>();
        try (KernelPool pool = pool(kernel, null)) {
            for (Truth truth : truths(kernel)) {
                Disassembly code = explain(pool, truth).code();
                for (Disassembly.Line each : code == null ? List.<Disassembly.Line>of() : code.instructions()) {
                    boolean isCall =
                            each.text().startsWith("call ") || each.text().startsWith("bl ");
                    if (isCall && each.file() != null) {
                        called.add(each.text().substring(each.text().indexOf(' ') + 1));
                    }
                }
            }
        }
        assertThat(called).isNotEmpty().noneMatch(name -> Character.isDigit(name.charAt(0)));
    }
}
