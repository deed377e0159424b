package dev.backline.symbolize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.debugfiles.DebugFiles;
import dev.backline.fixtures.Kernels;
import dev.backline.fixtures.LlvmSymbolizer;
import dev.backline.fixtures.LlvmSymbolizer.Names;
import dev.backline.kernel.LoadMap;
import dev.backline.symbolize.KernelCode.Instruction;
import dev.backline.symbolize.Resolution.Resolved;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Prints real places of real kernels as each notation prints them, and compares the answers with llvm-symbolizer at the
 * address that was meant. That address comes from the kernel's own bug table and from disassembled call instructions,
 * not from backline's rules. Skips kernels that are not downloaded.
 */
@Tag("slow")
class ReportedPlacesTest {
    private static final int PLACES = 250;
    private static final int MOST_SHOWN = 20;

    /** The lines of a report, whose last frame is checked; the address that this frame means, and the printed one. */
    private record Report(String rule, List<String> lines, long meant, long printed) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "debian-12-6.1-cloud-amd64",
                "debian-11-5.10-cloud-amd64",
                "debian-13-6.12-cloud-amd64",
                "debian-12-6.1-cloud-arm64",
                "debian-13-6.12-cloud-arm64",
                "debian-13-6.12-armmp",
                "debian-12-6.1-s390x"
            })
    void agreesWithLlvmAtThePlaceThatEachNotationMeans(String name, TestReporter reporter) throws IOException {
        Optional<Kernels.Kernel> kernel = Kernels.find(name);
        assumeTrue(kernel.isPresent(), Kernels.howToFetch(name));
        Optional<LlvmSymbolizer> llvm = LlvmSymbolizer.installed();
        assumeTrue(llvm.isPresent(), LlvmSymbolizer.howToInstall());
        Path vmlinux = kernel.get().vmlinux();
        KernelCode code = KernelCode.of(vmlinux, llvm.get());
        List<Report> reports = reports(code);

        long[] meant = reports.stream().mapToLong(Report::meant).toArray();
        List<List<LlvmSymbolizer.Frame>> expected = llvm.get().frames(vmlinux, meant, Names.SHORT);
        // What the other rule would give, to know for how many places the rule matters.
        long[] other = reports.stream()
                .mapToLong(report -> report.meant() == report.printed() ? report.meant() - 1 : report.printed())
                .toArray();
        List<List<LlvmSymbolizer.Frame>> otherwise = llvm.get().frames(vmlinux, other, Names.SHORT);

        Map<String, int[]> counts = new TreeMap<>();
        List<String> differences = new ArrayList<>();
        try (KernelPool pool =
                        new KernelPool(DebugFiles.builder().vmlinux(vmlinux).build());
                LogSymbolizer log = new LogSymbolizer(
                        pool,
                        LogOptions.DEFAULT.withBoot(
                                LoadMap.builder().kaslrOffset(0).build()))) {
            for (int i = 0; i < reports.size(); i++) {
                Report report = reports.get(i);
                List<LogFrame> frames = new ArrayList<>();
                for (String line : report.lines()) {
                    frames.addAll(log.next(line));
                }
                int[] count = counts.computeIfAbsent(report.rule(), rule -> new int[3]);
                count[0]++;
                count[1] += expected.get(i).equals(otherwise.get(i)) ? 0 : 1;
                String answer = frames.isEmpty()
                        ? "no frame"
                        : difference(frames.get(frames.size() - 1).resolution(), expected.get(i));
                if (answer != null) {
                    count[2]++;
                    if (differences.size() < MOST_SHOWN) {
                        differences.add(report + "\n  backline " + answer + "\n  llvm     " + expected.get(i));
                    }
                }
            }
        }
        counts.put("all", counts.values().stream().reduce(new int[3], (sum, each) ->
                new int[] {sum[0] + each[0], sum[1] + each[1], sum[2] + each[2]}));
        counts.forEach((rule, count) -> reporter.publishEntry(
                name,
                rule + ": " + count[0] + " places, " + count[1] + " of them elsewhere under the other rule, " + count[2]
                        + " wrong"));
        assertThat(differences).isEmpty();
        assertThat(reports).hasSizeGreaterThan(1_000);
    }

    /** How an answer differs from llvm-symbolizer's; null if they agree. LLVM does not name functions in assembly. */
    private static @Nullable String difference(Resolution resolution, List<LlvmSymbolizer.Frame> expected) {
        if (!(resolution instanceof Resolved resolved)) {
            boolean unknown = expected.stream().allMatch(frame -> frame.line() == 0);
            return unknown && resolution instanceof Resolution.Unresolved ? null : resolution.toString();
        }
        List<SourceFrame> found = resolved.frames();
        boolean same = found.size() == expected.size();
        for (int i = 0; same && i < found.size(); i++) {
            SourceFrame frame = found.get(i);
            LlvmSymbolizer.Frame oracle = expected.get(i);
            String file = frame.file() == null ? null : LlvmSymbolizer.normalise(frame.file());
            same = frame.line() == oracle.line()
                    && Objects.equals(file, oracle.file())
                    && (oracle.function() == null || oracle.function().equals(frame.function()));
        }
        return same ? null : found.toString();
    }

    private static List<Report> reports(KernelCode code) throws IOException {
        List<Report> reports = new ArrayList<>();
        List<Instruction> all = code.instructions();
        List<Instruction> loads = all.stream().filter(Instruction::isLoad).toList();
        List<Instruction> calls = all.stream().filter(Instruction::isCall).toList();
        Random random = new Random(20221112);
        warnings(code, reports);
        ends(code, calls, reports);
        padding(code, reports);
        for (Instruction each : some(loads, random)) {
            exact(reports, "KFENCE title", code, each, "BUG: KFENCE: invalid read in %s");
            exact(reports, "KFENCE stack", code, each, "> Use-after-free read at 0x0123 (in kfence-#1):", ">  %s");
        }
        for (Instruction each : some(all, random)) {
            exact(reports, "message", code, each, "NMI backtrace for cpu 1 skipped: idling at %s");
            exact(reports, "register", code, each, code.register());
            exact(reports, "call trace that repeats the register", code, each, code.register(), "Call trace:", " %s");
            exact(reports, "exception entry", code, each, code.entry());
            if (!code.machine().equals("s390x")) {
                exact(
                        reports,
                        "perf sample",
                        code,
                        each,
                        "swapper 0 [000] 1.000000: 250000 cycles: ",
                        "\t" + hex(each.address()) + " " + each.function() + " ([kernel.kallsyms])");
            }
        }
        for (Instruction each : some(calls, random)) {
            String address = hex(each.end());
            called(reports, "call trace", code, each, "Call Trace:", " %s");
            called(reports, "call trace with addresses", code, each, "[<" + address + ">] %s");
            called(reports, "link register", code, each, "lr : %s");
            called(reports, "KASAN title", code, each, "BUG: KASAN: slab-out-of-bounds in %s");
            if (code.machine().equals("s390x")) {
                program(reports, "PSW after a program check", each, "illegal operation: 0001 ilc:1 [#1]", code);
            } else {
                called(
                        reports,
                        "perf caller",
                        code,
                        each,
                        "swapper 0 [000] 1.000000: 250000 cycles: ",
                        "\t" + hex(code.start(each)) + " " + each.function() + " ([kernel.kallsyms])",
                        "\t" + address + " " + code.functionBefore(each.end()) + " ([kernel.kallsyms])");
            }
        }
        return reports;
    }

    /** WARN: the addresses of the bug table, or on arm the calls of the function that prints the warning. */
    private static void warnings(KernelCode code, List<Report> reports) throws IOException {
        String title = "host1 | [ 1.0] WARNING: CPU: 0 PID: 337 at net/core/dev.c:68 %s";
        if (code.machine().equals("arm")) {
            for (Instruction call : code.callsOf("warn_slowpath_fmt")) {
                called(reports, "WARN", code, call, title);
            }
            return;
        }
        List<Long> sites = new ArrayList<>(code.warnings());
        Collections.shuffle(sites, new Random(1));
        for (long site : sites.subList(0, Math.min(2 * PLACES, sites.size()))) {
            String place = code.place(site);
            if (place != null) {
                reports.add(new Report("WARN", List.of("---", title.formatted(place)), site, site));
            }
        }
    }

    /** Calls that are the last instruction of their function: {@code func+SIZE/SIZE}. */
    private static void ends(KernelCode code, List<Instruction> calls, List<Report> reports) {
        for (Instruction call : calls) {
            if (code.isStart(call.end())) {
                called(reports, "call at a function's end", code, call, "Call Trace:", " %s");
            }
        }
    }

    /** x86 since 6.2: a pointer to a function in the stack, {@code ? __pfx_func+0x10/0x10}. */
    private static void padding(KernelCode code, List<Report> reports) {
        for (long start : code.paddedFunctions(PLACES)) {
            add(reports, "padding", start, start, code.placeBefore(start), "Call Trace:", " ? %s");
        }
    }

    private static List<Instruction> some(List<Instruction> all, Random random) {
        List<Instruction> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, Math.min(PLACES, shuffled.size()));
    }

    private static void exact(
            List<Report> reports, String rule, KernelCode code, Instruction each, String... templates) {
        add(reports, rule, each.address(), each.address(), code.place(each.address()), templates);
    }

    /** A return address; {@code %pB} prints the function that contains the call. */
    private static void called(
            List<Report> reports, String rule, KernelCode code, Instruction call, String... templates) {
        add(reports, rule, call.address(), call.end(), code.placeBefore(call.end()), templates);
    }

    private static void program(List<Report> reports, String rule, Instruction trap, String oops, KernelCode code) {
        String psw = "Krnl PSW : 0704c00180000000 " + hex(trap.end()) + " (%s)";
        add(reports, rule, trap.address(), trap.end(), code.place(trap.end()), oops, psw);
    }

    private static void add(
            List<Report> reports, String rule, long meant, long printed, @Nullable String place, String... templates) {
        if (place == null) {
            return;
        }
        List<String> lines = new ArrayList<>();
        lines.add("---");
        for (String template : templates) {
            lines.add(template.replace("%s", place));
        }
        reports.add(new Report(rule, lines, meant, printed));
    }

    private static String hex(long address) {
        return Long.toHexString(address).length() <= 8 && address > 0 && address >= 0x80000000L
                ? Long.toHexString(address)
                : "%016x".formatted(address);
    }
}
