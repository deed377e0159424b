package dev.backline.cli.triage;

import dev.backline.cli.console.NamedFiles;
import dev.backline.cli.explain.ExplainedReport;
import dev.backline.crash.CrashReport;
import dev.backline.crash.Explanation;
import dev.backline.crash.explain.CrashAnalysis;
import dev.backline.crash.triage.TriageGroup;
import dev.backline.crash.triage.TriageGroup.Member;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Explains the examples of groups: reads their logs again, each file once, and explains these reports only. A log that can be
 * read only once, or has changed, gives no explanation. Not thread-safe.
 */
final class Examples {
    private final KernelPool kernels;
    private final LogOptions options;
    private final Map<Member, ExplainedReport> found = new HashMap<>();

    Examples(KernelPool kernels, LogOptions options) {
        this.kernels = kernels;
        this.options = options;
    }

    /** Explains the examples of some groups. */
    void read(List<TriageGroup> groups) {
        Map<String, List<Member>> byFile = new LinkedHashMap<>();
        for (TriageGroup group : groups) {
            String file = LogFile.file(group.example().input());
            if (file != null && Files.isRegularFile(Path.of(file))) {
                byFile.computeIfAbsent(file, each -> new ArrayList<>()).add(place(group));
            }
        }
        byFile.forEach((file, places) -> {
            try (InputStream in = NamedFiles.open(file)) {
                LogFile.read(file, in, new Search(Path.of(file), places));
            } catch (IOException e) {
                // The page says that the example cannot be explained.
                return;
            }
        });
    }

    private static Member place(TriageGroup group) {
        return new Member(group.example().input(), group.example().line());
    }

    /** {@return the explained example of a group; null if it could not be read again} */
    @Nullable
    ExplainedReport of(TriageGroup group) {
        return found.get(place(group));
    }

    /** All that is looked for has been found. */
    private static final class EnoughException extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** Looks for reports in one file. */
    private final class Search implements LogFile.Sink {
        private final Path file;
        private final Set<Member> wanted;

        Search(Path file, List<Member> places) {
            this.file = file;
            this.wanted = new HashSet<>(places);
        }

        @Override
        public boolean enough() {
            return wanted.isEmpty();
        }

        @Override
        public void log(String name, InputStream text) {
            if (wanted.stream().noneMatch(each -> each.input().equals(name))) {
                return;
            }
            LogOptions own = name.equals(file.toString()) ? options.withRereadable(file) : options;
            try (CrashAnalysis analysis = new CrashAnalysis(kernels, own)) {
                analysis.read(new LogReader(text), new CrashAnalysis.Sink() {
                    @Override
                    public boolean wants(CrashReport report) {
                        return wanted.contains(new Member(name, report.firstLine()));
                    }

                    @Override
                    public void explanation(Explanation explanation) throws IOException {
                        Member place = new Member(name, explanation.report().firstLine());
                        found.put(place, ExplainedReport.of(name, explanation));
                        wanted.remove(place);
                        if (enough()) {
                            throw new EnoughException();
                        }
                    }
                });
            } catch (IOException e) {
                // Either enough was found, or the page says that the example cannot be explained.
                return;
            }
        }

        @Override
        public void other(String sentence, boolean member) {
            // It was counted before.
        }

        @Override
        public void unreadable(String sentence, boolean member) {
            // It was complained about before.
        }
    }
}
