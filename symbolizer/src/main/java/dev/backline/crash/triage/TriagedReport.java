package dev.backline.crash.triage;

import dev.backline.crash.summary.ReportSummary;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What counts of one crash report in a comparison with others. Immutable. Reports are ordered by their place: input, then
 * line, then the rest, so that equal reports only are equal in the order.
 *
 * @param input the name of the log
 * @param line the number of the report's first line in it, from 1
 * @param time ISO 8601, from the log's collector or the JSON around the line; null if unknown. It ends with {@code Z} if
 *     the zone is known, and starts with {@code --} if the year is not ({@code --11-22T08:38:06})
 * @param host the host that logged it; null if unknown
 * @param release of the kernel as {@code uname -r} prints it; null if unknown
 * @param kind such as {@code page-fault}
 * @param title one line
 * @param severity {@code panic}, {@code oops}, {@code bug}, {@code warning} or {@code info}
 * @param group the bug's id: {@code class:function[module]}; it ends with {@link ReportSummary#PRINTED_ONLY} if debug
 *     information was missing
 * @param printedGroup the id by the functions that the log prints, which does not depend on debug files
 * @param variant the signature with its digits: {@code group:8 hex digits}; null if no function is known
 * @param functions that the signature is made of, innermost first; empty if none is known
 * @param culprit the source line to blame, {@code FILE:LINE}; null if unknown
 * @param sure whether the report is whole, and reliable frames name the function to blame
 * @param follows whether the kernel was damaged by an earlier oops, so that the report can be a consequence of that one
 */
public record TriagedReport(
        String input,
        long line,
        @Nullable String time,
        @Nullable String host,
        @Nullable String release,
        String kind,
        String title,
        String severity,
        String group,
        String printedGroup,
        @Nullable String variant,
        List<String> functions,
        @Nullable String culprit,
        boolean sure,
        boolean follows)
        implements Comparable<TriagedReport> {
    private static final Comparator<String> NULL_FIRST = Comparator.nullsFirst(Comparator.<String>naturalOrder());

    private static final Comparator<TriagedReport> ORDER = Comparator.comparing(TriagedReport::input)
            .thenComparingLong(TriagedReport::line)
            .thenComparing(TriagedReport::time, NULL_FIRST)
            .thenComparing(TriagedReport::host, NULL_FIRST)
            .thenComparing(TriagedReport::release, NULL_FIRST)
            .thenComparing(TriagedReport::kind)
            .thenComparing(TriagedReport::title)
            .thenComparing(TriagedReport::severity)
            .thenComparing(TriagedReport::group)
            .thenComparing(TriagedReport::printedGroup)
            .thenComparing(TriagedReport::variant, NULL_FIRST)
            .thenComparing(each -> String.join("\n", each.functions()))
            .thenComparing(TriagedReport::culprit, NULL_FIRST)
            .thenComparing(TriagedReport::sure)
            .thenComparing(TriagedReport::follows);

    public TriagedReport {
        functions = List.copyOf(functions);
    }

    /** {@return whether the group only knows the functions that the log prints, because debug information was missing} */
    public boolean isPrintedOnly() {
        return group.endsWith(ReportSummary.PRINTED_ONLY);
    }

    @Override
    public int compareTo(TriagedReport other) {
        return ORDER.compare(this, other);
    }
}
