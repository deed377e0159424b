package dev.backline.cli.triage;

import dev.backline.cli.console.Count;
import java.util.ArrayList;
import java.util.List;

/** Sentences about all logs together, for the text and the page. */
final class Sentences {
    private Sentences() {}

    static String logs(Fleet.Counts counts) {
        return Count.of(counts.logs(), "log");
    }

    /** {@return what was read and found} */
    static String found(Fleet.Counts counts, int groups) {
        return Count.of(counts.reports(), "report") + " in " + Count.of(groups, "group") + ", from " + logs(counts)
                + (counts.silent() == 0 ? "" : " (" + counts.silent() + " without a report)");
    }

    /** {@return explanations of marks, and what the groups do not hold: a sentence each} */
    static List<String> caveats(Fleet.Counts counts) {
        List<String> sentences = new ArrayList<>();
        if (counts.followUps() > 0) {
            sentences.add(
                    "+N: reports that follow an earlier oops in the same boot, and can be consequences of that oops");
        }
        if (counts.others() > 0) {
            sentences.add(Count.of(counts.others(), "file") + " skipped: not text");
        }
        if (counts.unreadable() > 0) {
            sentences.add(Count.of(counts.unreadable(), "file") + " could not be read completely");
        }
        if (counts.leftOut() > 0) {
            sentences.add(
                    Count.of(counts.leftOut(), "report") + " in no group: there are more groups than fit into memory");
        }
        return sentences;
    }
}
