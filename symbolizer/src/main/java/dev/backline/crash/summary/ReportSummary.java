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
 * @param severity {@code panic}, {@code oops}, {@code bug}, {@code warning} or {@code info}
 * @param culprit the function to blame; null if unknown
 * @param signature null if no function is known
 * @param group what all reports of the fault have in common: the {@code class:function[module]} of the signature. It ends
 *     with {@link #PRINTED_ONLY} if it is {@code printedGroup}; reports that name no function have digits of the title in
 *     place of the function
 * @param printedGroup the group by the functions that the log prints, as if there were no debug information: equal for all
 *     reports of the fault by the same build of the kernel, whether its debug files are there or not
 * @param sure whether reliable frames name the culprit
 */
public record ReportSummary(
        String kind,
        String title,
        String severity,
        @Nullable Culprit culprit,
        @Nullable Signature signature,
        String group,
        String printedGroup,
        boolean sure) {
    /** The end of a group that only knows the functions that the log prints: others can be inlined into them. */
    public static final String PRINTED_ONLY = "~";

    /** The version of the rules; it is a part of each signature's digits. */
    private static final String RULES = "2";

    /** {@return whether the group only knows the functions that the log prints, because the debug information is missing} */
    public boolean isPrintedOnly() {
        return group.endsWith(PRINTED_ONLY);
    }

    /**
     * {@return the summary of a report}
     *
     * @param report the report with its resolved frames
     */
    public static ReportSummary of(CrashReport report) {
        Culprits rules = new Culprits();
        Culprits.Found found = rules.find(report, false);
        SourceFunction guilty = found.guilty();
        String kind = Titles.kind(report);
        String title = Titles.title(report, guilty == null ? null : guilty.name());
        Culprits.Found asPrinted = rules.find(report, true);
        String printedGroup = group(report, asPrinted, title);
        boolean isPrintedOnly = guilty == null || !guilty.exact();
        String group = isPrintedOnly ? printedGroup : group(report, found, title);
        return new ReportSummary(
                kind,
                title,
                Titles.severity(report),
                guilty == null ? null : new Culprit(guilty.name(), guilty.file(), guilty.line(), guilty.module()),
                signature(report, kind, found, group, rules.version()),
                group,
                printedGroup,
                found.sure() && !report.cut() && !report.interleaved());
    }

    private static @Nullable Signature signature(
            CrashReport report, String kind, Culprits.Found found, String group, String version) {
        List<String> functions = functions(report, found);
        if (functions.isEmpty()) {
            return null;
        }
        SourceFunction guilty = found.guilty();
        String module = guilty == null ? null : guilty.module();
        String hash = hash(RULES + "." + version + "|" + kind + "|" + String.join("|", functions) + "|" + module);
        return new Signature(place(report, functions, module) + ":" + hash, group, functions);
    }

    private static List<String> functions(CrashReport report, Culprits.Found found) {
        if (report.kind() == ReportKind.KCSAN && report.fact(Fact.FUNCTION) != null) {
            // The kernel prints the pair in the order of the names.
            List<String> pair = new ArrayList<>();
            for (String each : String.valueOf(report.fact(Fact.FUNCTION)).split(" / ", -1)) {
                pair.add(FunctionNames.stable(each));
            }
            return pair;
        }
        List<String> functions = new ArrayList<>();
        for (SourceFunction each : found.kept()) {
            functions.add(FunctionNames.stable(each.name()));
        }
        return functions;
    }

    private static String place(CrashReport report, List<String> functions, @Nullable String module) {
        // A race is of two functions.
        String function = report.kind() == ReportKind.KCSAN ? String.join("/", functions) : functions.get(0);
        return Titles.signatureClass(report) + ":" + function + (module == null ? "" : "[" + module + "]");
    }

    private static String group(CrashReport report, Culprits.Found found, String title) {
        List<String> functions = functions(report, found);
        if (functions.isEmpty()) {
            return Titles.signatureClass(report) + "::" + hash(title);
        }
        SourceFunction guilty = found.guilty();
        String place = place(report, functions, guilty == null ? null : guilty.module());
        return guilty == null || guilty.exact() ? place : place + PRINTED_ONLY;
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
