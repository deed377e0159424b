package dev.backline.crash.triage;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The reports of one bug. Immutable.
 *
 * @param id {@code class:function[module]}; it ends with {@code ~} if {@code printedOnly}
 * @param title of the example
 * @param kind of the example
 * @param severity of the example
 * @param functions of the example's signature, innermost first
 * @param culprit the source line to blame in the example, {@code FILE:LINE}; null if unknown
 * @param count the number of reports, at least 1
 * @param followUps how many of them follow an earlier oops in the same boot, and can be consequences of that one
 * @param hosts names of hosts, sorted: all of them if there are as many as {@code hostCount}
 * @param hostCount the number of hosts; estimated where {@code hosts} lists fewer
 * @param kernels release → number of reports; the most frequent are not preferred if there are more than fit
 * @param variants signature with digits → number of reports
 * @param first the earliest time of a report, in ISO 8601; null if no report has a time with a year
 * @param last the latest time of a report
 * @param hours the number of reports in each hour ({@code 2026-11-22T08}), in the order of time; the latest hours only, if
 *     they are too many
 * @param days the number of reports on each day ({@code 2026-11-22})
 * @param undated the number of reports without a time, or without a year
 * @param example the first report by input and line, of those with debug information if there are any, and of those that
 *     follow no other oops if there are any
 * @param members the first reports by input and line
 * @param printedOnly whether debug information was missing for all of its reports, so that functions can be unknown that
 *     are inlined into the printed one; other bugs can be in the group, and reports of the same bug in another one
 * @param sure whether a report is whole, and has a reliable frame that names the function to blame
 */
public record TriageGroup(
        String id,
        String title,
        String kind,
        String severity,
        List<String> functions,
        @Nullable String culprit,
        long count,
        long followUps,
        List<String> hosts,
        long hostCount,
        SortedMap<String, Long> kernels,
        SortedMap<String, Long> variants,
        @Nullable String first,
        @Nullable String last,
        SortedMap<String, Long> hours,
        SortedMap<String, Long> days,
        long undated,
        TriagedReport example,
        List<Member> members,
        boolean printedOnly,
        boolean sure) {
    public TriageGroup {
        functions = List.copyOf(functions);
        hosts = List.copyOf(hosts);
        kernels = Collections.unmodifiableSortedMap(new TreeMap<>(kernels));
        variants = Collections.unmodifiableSortedMap(new TreeMap<>(variants));
        hours = Collections.unmodifiableSortedMap(new TreeMap<>(hours));
        days = Collections.unmodifiableSortedMap(new TreeMap<>(days));
        members = List.copyOf(members);
    }

    /** {@return the number of reports that follow no earlier oops: what the group weighs} */
    public long weight() {
        return count - followUps;
    }

    /**
     * Where a report of the group is.
     *
     * @param input the name of the log
     * @param line the number of its first line in it, from 1
     */
    public record Member(String input, long line) implements Comparable<Member> {
        @Override
        public int compareTo(Member other) {
            int inputs = input.compareTo(other.input);
            return inputs != 0 ? inputs : Long.compare(line, other.line);
        }
    }
}
