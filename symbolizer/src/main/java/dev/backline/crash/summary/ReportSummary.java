package dev.backline.crash.summary;

import dev.backline.crash.CrashReport;
import dev.backline.crash.Explanation.Culprit;
import dev.backline.crash.Explanation.Signature;
import dev.backline.crash.Fact;
import dev.backline.crash.ReportKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a report is about, as far as its own text and the functions of its frames tell: what needs no analysis of the
 * instruction that trapped. Immutable.
 *
 * @param kind such as {@code refcount-warning}
 * @param title one line, equal for reports of the same fault
 * @param culprit the function to blame; null if unknown
 * @param signature null if no function is known
 * @param sure whether reliable frames name the culprit
 */
public record ReportSummary(
        String kind,
        String title,
        @Nullable Culprit culprit,
        @Nullable Signature signature,
        boolean sure) {

    /** The version of the rules; it is a part of each signature's digits. */
    private static final String RULES = "1";

    /**
     * {@return the summary of a report}
     *
     * @param report the report with its resolved frames
     */
    public static ReportSummary of(CrashReport report) {
        Culprits rules = new Culprits();
        Culprits.Found found = rules.find(report);
        SourceFunction guilty = found.guilty();
        String function = guilty == null ? null : guilty.name();
        String kind = Titles.kind(report);
        return new ReportSummary(
                kind,
                Titles.title(report, function),
                guilty == null ? null : new Culprit(guilty.name(), guilty.file(), guilty.line(), guilty.module()),
                signature(report, kind, found, rules.version()),
                found.sure() && !report.cut() && !report.interleaved());
    }

    private static @Nullable Signature signature(
            CrashReport report, String kind, Culprits.Found found, String version) {
        List<String> functions = new ArrayList<>();
        for (SourceFunction each : found.kept()) {
            functions.add(FunctionNames.stable(each.name()));
        }
        SourceFunction guilty = found.guilty();
        if (report.kind() == ReportKind.KCSAN && report.fact(Fact.FUNCTION) != null) {
            // The kernel prints the pair in the order of the names.
            functions = List.of(String.valueOf(report.fact(Fact.FUNCTION)).split(" / ", -1));
        }
        if (functions.isEmpty()) {
            return null;
        }
        String module = guilty == null ? null : guilty.module();
        String hash = hash(RULES + "." + version + "|" + kind + "|" + String.join("|", functions) + "|" + module);
        String id = Titles.signatureClass(report) + ":" + functions.get(0) + (module == null ? "" : "[" + module + "]")
                + ":" + hash;
        return new Signature(id, functions);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java platform has SHA-256", e);
        }
    }
}
