package dev.backline.benchmarks.titles;

import dev.backline.crash.CrashReport;
import dev.backline.crash.summary.ReportSummary;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.symbolize.KernelPool;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Compares, for each pair of syzkaller's files, whether backline puts their reports into one group with whether syzkaller
 * does: it merges crashes that have the same title, or share an alternative title.
 */
public final class SignaturesOfOthers {
    /** A file with a report that both tools find. */
    private record Labelled(String file, String type, String title, Set<String> titles, String group, String variant) {
        boolean isSame(Labelled other) {
            return titles.stream().anyMatch(other.titles::contains);
        }
    }

    /** Counts of pairs. */
    private static final class Pairs {
        private int files;
        private int title;
        private int titleSplit;
        private int titleFineSplit;
        private int alternative;
        private int alternativeSplit;
        private int alternativeFineSplit;
        private int merged;
        private int fineMerged;
    }

    private final List<Labelled> labelled = new ArrayList<>();
    private final Map<String, Pairs> classes = new TreeMap<>();
    private final List<String> differences = new ArrayList<>();

    private SignaturesOfOthers() {}

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
            System.err.println("benchmarks/signatures [-v] FOLDER");
            System.exit(2);
        }
        SignaturesOfOthers comparison = new SignaturesOfOthers();
        List<Path> files;
        try (Stream<Path> all = Files.list(Path.of(rest.get(0)))) {
            files = all.sorted(Comparator.comparing(Path::toString)).toList();
        }
        try (KernelPool none = new KernelPool(DebugFiles.builder().build())) {
            for (Path file : files) {
                comparison.add(none, ReportFile.parse(String.valueOf(file.getFileName()), Files.readAllBytes(file)));
            }
        }
        comparison.compare();
        comparison.print(System.out, verbose);
    }

    private void add(KernelPool none, ReportFile file) throws IOException {
        String title = file.title();
        if (title == null || file.corrupted()) {
            return;
        }
        List<CrashReport> reports = TitlesOfOthers.read(none, file.log());
        if (reports.isEmpty()) {
            return;
        }
        ReportSummary summary = ReportSummary.of(reports.get(0));
        Set<String> titles = new HashSet<>(file.otherTitles());
        titles.add(title);
        String group = summary.group();
        String variant =
                summary.signature() == null ? group : summary.signature().id();
        labelled.add(new Labelled(file.name(), ExpectedKinds.classOf(title), title, titles, group, variant));
    }

    private void compare() {
        for (int i = 0; i < labelled.size(); i++) {
            Labelled one = labelled.get(i);
            Pairs pairs = classes.computeIfAbsent(one.type(), key -> new Pairs());
            pairs.files++;
            for (Labelled other : labelled.subList(i + 1, labelled.size())) {
                compare(one, other, pairs);
            }
        }
    }

    private void compare(Labelled one, Labelled other, Pairs pairs) {
        boolean group = one.group().equals(other.group());
        boolean variant = group && one.variant().equals(other.variant());
        if (one.title().equals(other.title())) {
            pairs.title++;
            pairs.titleSplit += group ? 0 : 1;
            pairs.titleFineSplit += variant ? 0 : 1;
        }
        if (one.isSame(other)) {
            pairs.alternative++;
            pairs.alternativeSplit += group ? 0 : 1;
            pairs.alternativeFineSplit += variant ? 0 : 1;
            if (!group) {
                differences.add("split: " + one.file() + " " + other.file() + ": " + one.title() + " | " + one.group()
                        + " | " + other.group());
            }
        } else {
            pairs.merged += group ? 1 : 0;
            pairs.fineMerged += variant ? 1 : 0;
            if (group) {
                differences.add("merged: " + one.file() + " " + other.file() + ": " + one.title() + " | "
                        + other.title() + " | " + one.group());
            }
        }
    }

    private void print(PrintStream out, boolean verbose) {
        Pairs all = new Pairs();
        out.println("| class | files | pairs with one title | split by group | by variant | pairs that share any title"
                + " | split by group | by variant | other pairs merged by group | by variant |");
        out.println("|---|---|---|---|---|---|---|---|---|---|");
        classes.forEach((name, pairs) -> {
            if (pairs.title + pairs.alternative + pairs.merged > 0) {
                row(out, name, pairs);
            }
            all.files += pairs.files;
            all.title += pairs.title;
            all.titleSplit += pairs.titleSplit;
            all.titleFineSplit += pairs.titleFineSplit;
            all.alternative += pairs.alternative;
            all.alternativeSplit += pairs.alternativeSplit;
            all.alternativeFineSplit += pairs.alternativeFineSplit;
            all.merged += pairs.merged;
            all.fineMerged += pairs.fineMerged;
        });
        row(out, "all", all);
        if (verbose) {
            differences.forEach(out::println);
        }
    }

    private static void row(PrintStream out, String name, Pairs pairs) {
        out.printf(
                "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d |%n",
                name,
                pairs.files,
                pairs.title,
                pairs.titleSplit,
                pairs.titleFineSplit,
                pairs.alternative,
                pairs.alternativeSplit,
                pairs.alternativeFineSplit,
                pairs.merged,
                pairs.fineMerged);
    }
}
