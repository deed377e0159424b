package dev.backline.crash.explain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.crash.Certainty;
import dev.backline.crash.Explanation;
import dev.backline.crash.Fault;
import dev.backline.debugfiles.DebugDirectory;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.fixtures.Captures;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Explanations of recorded reports that lost lines, or have wrong digits. */
class DamagedReportsTest {
    private static final int VARIANTS = 700;

    private static List<Path> logs(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(each ->
                            each.toString().endsWith(".txt") || each.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    private static List<Explanation> explain(KernelPool pool, String log) throws IOException {
        List<Explanation> found = new ArrayList<>();
        try (CrashAnalysis analysis = new CrashAnalysis(pool, LogOptions.DEFAULT)) {
            analysis.read(new LogReader(new ByteArrayInputStream(log.getBytes(UTF_8))), found::add);
        }
        return found;
    }

    /** The lines from the report's first on; what is above them is no part of it. */
    private static List<String> report(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.subList(0, Math.min(lines.size(), 120));
    }

    private static String damaged(List<String> lines, Random random) {
        List<String> some = new ArrayList<>(lines);
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && some.size() > 1; i++) {
            int at = random.nextInt(some.size());
            String line = some.get(at);
            switch (random.nextInt(5)) {
                case 0 -> some.remove(at);
                case 1 -> Collections.swap(some, at, random.nextInt(some.size()));
                case 2 -> some.set(at, line.substring(0, random.nextInt(line.length() + 1)));
                case 3 -> some.subList(random.nextInt(some.size()), some.size()).clear();
                default -> {
                    for (int j = 0; j < 3; j++) {
                        some.set(at, otherDigit(some.get(at), random));
                    }
                }
            }
            if (some.isEmpty()) {
                break;
            }
        }
        return String.join("\n", some) + "\n";
    }

    private static String otherDigit(String line, Random random) {
        if (line.isEmpty()) {
            return line;
        }
        int from = random.nextInt(line.length());
        for (int i = from; i < line.length(); i++) {
            if (Character.digit(line.charAt(i), 16) >= 0) {
                return line.substring(0, i) + Character.forDigit(random.nextInt(16), 16) + line.substring(i + 1);
            }
        }
        return line;
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86-6.1", "x86-6.12", "arm64-6.12"})
    void isNeverCertainOfWhatTheReportContradicts(String kernel) throws IOException {
        Path folder = Captures.folder().resolve("oopses").resolve(kernel);
        List<List<String>> reports = new ArrayList<>();
        for (Path log : logs(folder)) {
            reports.add(report(log));
        }
        Random random = new Random(16);
        List<String> wrong = new ArrayList<>();
        int certain = 0;
        try (KernelPool pool = new KernelPool(
                DebugFiles.builder().source(new DebugDirectory(folder)).build())) {
            for (int i = 0; i < VARIANTS; i++) {
                String log = damaged(reports.get(random.nextInt(reports.size())), random);
                for (Explanation each : explain(pool, log)) {
                    Fault fault = each.fault();
                    if (fault != null && fault.certainty() == Certainty.CERTAIN) {
                        certain++;
                        if (!agrees(each, fault)) {
                            wrong.add("variant " + i + ": " + each.title() + " " + fault);
                        }
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(certain).isPositive();
    }

    /** Whether the pointer and the offset in the answer make the address that the report has. */
    private static boolean agrees(Explanation answer, Fault fault) {
        Long address = fault.address();
        Long value = fault.value();
        String register = fault.register();
        Long held = register == null ? null : answer.report().registers().get(register);
        if (address == null || value == null || held == null || fault.variable() == null) {
            return false;
        }
        long offset = (address - value) & 0x00ff_ffff_ffff_ffffL;
        Fault.Touched member = fault.member();
        return member == null
                ? offset < 4096
                : offset >= member.offset() && offset < member.offset() + Math.max(8, member.size());
    }

    @Test
    void explainsAllCapturesWithoutDebugFiles() throws IOException {
        int explained = 0;
        try (KernelPool pool = new KernelPool(DebugFiles.builder().build())) {
            for (Path log : logs(Captures.folder())) {
                for (Explanation each : explain(pool, Files.readString(log, UTF_8))) {
                    explained++;
                    assertThat(each.title()).as(log.toString()).isNotEmpty();
                }
            }
        }
        assertThat(explained).isGreaterThan(50);
    }
}
