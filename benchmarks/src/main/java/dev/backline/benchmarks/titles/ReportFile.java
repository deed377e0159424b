package dev.backline.benchmarks.titles;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of syzkaller's pkg/report/testdata: header lines, an empty line, a log, and sometimes the text of the report.
 *
 * @param name of the file
 * @param title null if there must be no report
 * @param otherTitles under which the report is known as well
 * @param corrupted whether parts of the report are missing, so that its function is not known
 * @param log the text of the log
 */
record ReportFile(String name, @Nullable String title, List<String> otherTitles, boolean corrupted, String log) {

    static ReportFile parse(String name, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1).replace("\r", "");
        String title = null;
        List<String> others = new ArrayList<>();
        boolean corrupted = false;
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf('\n', at);
            end = end < 0 ? text.length() : end;
            String line = text.substring(at, end);
            at = Math.min(text.length(), end + 1);
            if (line.isBlank()) {
                break;
            }
            if (line.startsWith("TITLE: ")) {
                title = line.substring(7).strip();
            } else if (line.startsWith("ALT: ")) {
                others.add(line.substring(5).strip());
            } else if (line.startsWith("CORRUPTED: Y")) {
                corrupted = true;
            }
        }
        String log = text.substring(at);
        int report = log.indexOf("\n\nREPORT:\n");
        if (title != null && title.isEmpty()) {
            title = null;
        }
        return new ReportFile(name, title, others, corrupted, report < 0 ? log : log.substring(0, report + 1));
    }

    /** {@return the functions that the titles name} */
    Set<String> functions() {
        Set<String> all = new LinkedHashSet<>();
        add(all, title);
        for (String each : otherTitles) {
            add(all, each);
        }
        all.remove("corrupted");
        return all;
    }

    private static void add(Set<String> all, @Nullable String title) {
        int in = title == null ? -1 : title.lastIndexOf(" in ");
        if (title != null && in >= 0 && (title.indexOf(' ', in + 4) < 0 || title.contains("KCSAN"))) {
            String function = title.substring(in + 4);
            int slash = title.contains("KCSAN") ? -1 : function.indexOf('/');
            all.add(slash > 0 ? function.substring(0, slash) : function);
        }
    }
}
