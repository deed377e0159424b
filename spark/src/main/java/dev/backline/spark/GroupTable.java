package dev.backline.spark;

import dev.backline.crash.triage.TriageGroup;
import dev.backline.crash.triage.TriageGroup.Member;

/** The columns of groups, with the names and values of {@code backline triage --format json}. */
final class GroupTable {
    private static final Table<Member> MEMBER = new Table<Member>()
            .textAlways("input", "the log", Member::input)
            .bigAlways("line", "the first line of the report", Member::line);

    /** The groups of a triage. */
    static final Table<TriageGroup> GROUPS = new Table<TriageGroup>()
            .textAlways(
                    "group_id",
                    "`class:function[module]`; ends with `~` if debug information was missing",
                    TriageGroup::id)
            .textAlways("title", "of the example", TriageGroup::title)
            .textAlways("kind", "of the example", TriageGroup::kind)
            .textAlways("severity", "of the example", TriageGroup::severity)
            .texts("functions", "of the example's signature, innermost first", TriageGroup::functions)
            .text("culprit", "the source line to blame in the example", TriageGroup::culprit)
            .bigAlways("count", "the number of reports", TriageGroup::count)
            .bigAlways("follow_ups", "how many of them followed an earlier oops", TriageGroup::followUps)
            .texts("hosts", "names of hosts; all of them if there are as many as `host_count`", TriageGroup::hosts)
            .bigAlways("host_count", "the number of hosts; estimated if `hosts` has fewer", TriageGroup::hostCount)
            .counts("kernels", "release and number of reports", TriageGroup::kernels)
            .counts("signatures", "signature and number of reports", TriageGroup::variants)
            .text("first", "the earliest time", TriageGroup::first)
            .text("last", "the latest time", TriageGroup::last)
            .counts("hours", "the number of reports in each hour", TriageGroup::hours)
            .counts("days", "the number of reports on each day", TriageGroup::days)
            .bigAlways("undated", "the number of reports without a time or a year", TriageGroup::undated)
            .structAlways("example", "the first report", MEMBER, GroupTable::example)
            .structs("members", "the first reports by log and line", MEMBER, TriageGroup::members)
            .flagAlways(
                    "printed_only", "whether debug information was missing for all reports", TriageGroup::printedOnly)
            .flagAlways("sure", "whether a report is whole and has a reliable frame", TriageGroup::sure);

    private GroupTable() {}

    private static Member example(TriageGroup group) {
        return new Member(group.example().input(), group.example().line());
    }
}
