package dev.backline.benchmarks.titles;

import dev.backline.crash.CrashReader;
import dev.backline.crash.CrashReport;
import dev.backline.crash.ReportKind;
import dev.backline.crash.summary.ReportSummary;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import dev.backline.symbolize.LogSymbolizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compares the reports that backline finds in syzkaller's files with the titles that these have. */
public final class TitlesOfOthers {
    private static final String[] SYSCALLS = {
        "__x64_compat_sys_",
        "__ia32_compat_sys_",
        "__se_compat_sys_",
        "__do_compat_sys_",
        "compat_sys_",
        "compat_SyS_",
        "C_SYSC_",
        "__x64_sys_",
        "__ia32_sys_",
        "__arm64_sys_",
        "__se_sys_",
        "__do_sys_",
        "SYSC_",
        "SyS_",
        "ksys_",
        "sys_",
        "__sys_"
    };

    private static final class Count {
        private int kinds;
        private int sameKind;
        private int functions;
        private int sameFunction;
    }

    private final Map<String, Count> counts = new TreeMap<>();
    private final List<String> differences = new ArrayList<>();
    private int silent;
    private int found;

    private TitlesOfOthers() {}

    /**
     * Prints a table.
     *
     * @param arguments a folder; -v lists the differences
     * @throws IOException if a file cannot be read
     */
    public static void main(String[] arguments) throws IOException {
        List<String> rest = new ArrayList<>(List.of(arguments));
        boolean verbose = rest.remove("-v");
        if (rest.size() != 1) {
            System.err.println("benchmarks/titles [-v] FOLDER");
            System.exit(2);
        }
        TitlesOfOthers comparison = new TitlesOfOthers();
        List<Path> files;
        try (Stream<Path> all = Files.list(Path.of(rest.get(0)))) {
            files = all.sorted(Comparator.comparing(Path::toString)).toList();
        }
        try (KernelPool none = new KernelPool(DebugFiles.builder().build())) {
            for (Path file : files) {
                comparison.compare(
                        none, ReportFile.parse(String.valueOf(file.getFileName()), Files.readAllBytes(file)));
            }
        }
        comparison.print(System.out, verbose);
    }

    static List<CrashReport> read(KernelPool none, String log) throws IOException {
        List<CrashReport> reports = new ArrayList<>();
        CrashReader reader = new CrashReader(reports::add);
        byte[] bytes = log.getBytes(StandardCharsets.ISO_8859_1);
        try (LogSymbolizer symbolizer = new LogSymbolizer(none, LogOptions.DEFAULT.withRelease("none"))) {
            symbolizer.read(new LogReader(new ByteArrayInputStream(bytes)), (excerpt, frames) -> {
                for (int i = 0; i < excerpt.lines().size(); i++) {
                    reader.next(excerpt.lines().get(i), frames.isEmpty() ? List.of() : frames.get(i));
                }
            });
        }
        reader.end();
        reports.sort(Comparator.comparingLong(CrashReport::firstLine));
        return reports;
    }

    private void compare(KernelPool none, ReportFile file) throws IOException {
        List<CrashReport> reports = read(none, file.log());
        String title = file.title();
        if (title == null) {
            silent++;
            if (!reports.isEmpty()) {
                found++;
                differences.add(file.name() + ": no report expected; found "
                        + reports.get(0).headline());
            }
            return;
        }
        Set<ReportKind> kinds = ExpectedKinds.of(title);
        if (kinds == null) {
            differences.add(file.name() + ": not compared: " + title + " | "
                    + (reports.isEmpty() ? "no report" : reports.get(0).headline()));
            return;
        }
        Count count = counts.computeIfAbsent(ExpectedKinds.classOf(title), key -> new Count());
        count.kinds++;
        CrashReport first = reports.isEmpty() ? null : reports.get(0);
        if (first == null || !kinds.contains(first.kind())) {
            differences.add(file.name() + ": kind: " + title + " | "
                    + (first == null ? "no report" : first.kind().id() + ": " + first.headline()));
        } else {
            count.sameKind++;
        }
        Set<String> functions = file.functions();
        if (file.corrupted() || functions.isEmpty()) {
            return;
        }
        count.functions++;
        String own = first == null ? null : function(first);
        boolean same = false;
        for (String each : functions) {
            same |= own != null && plain(each).equals(plain(own));
        }
        if (same) {
            count.sameFunction++;
        } else {
            differences.add(file.name() + ": function: " + title + " | " + own);
        }
    }

    private static @Nullable String function(CrashReport report) {
        if (report.kind() == ReportKind.KCSAN) {
            String title = ReportSummary.of(report).title();
            return title.substring(title.lastIndexOf(" in ") + 4);
        }
        var culprit = ReportSummary.of(report).culprit();
        return culprit == null ? null : culprit.function();
    }

    private static String plain(String function) {
        for (String prefix : SYSCALLS) {
            if (function.startsWith(prefix)) {
                return function.substring(prefix.length());
            }
        }
        return function;
    }

    private void print(PrintStream out, boolean verbose) {
        Count all = new Count();
        out.println("| class | files | same kind | with a function | same function |");
        out.println("|---|---|---|---|---|");
        counts.forEach((name, count) -> {
            row(out, name, count);
            all.kinds += count.kinds;
            all.sameKind += count.sameKind;
            all.functions += count.functions;
            all.sameFunction += count.sameFunction;
        });
        row(out, "all", all);
        out.printf(
                "Kind: %.1f %%. Function: %.1f %%. Reports in %d files that must have none: %d.%n",
                100.0 * all.sameKind / Math.max(1, all.kinds),
                100.0 * all.sameFunction / Math.max(1, all.functions),
                silent,
                found);
        if (verbose) {
            differences.forEach(out::println);
        }
    }

    private static void row(PrintStream out, String name, Count count) {
        out.printf(
                "| %s | %d | %d | %d | %d |%n", name, count.kinds, count.sameKind, count.functions, count.sameFunction);
    }
}
