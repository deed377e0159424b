package dev.backline.cli.triage;

import dev.backline.cli.console.Count;
import java.util.ArrayList;
import java.util.List;

/** What text and page say of the logs as a whole. */
final class Sentences {
    private Sentences() {}

    static String logs(Fleet.Counts counts) {
        return Count.of(counts.logs(), "log");
    }

    /** {@return what was read and found} */
    static String found(Fleet.Counts counts, int groups) {
        return Count.of(counts.reports(), "report") + " in " + Count.of(groups, "group") + ", from " + logs(counts)
                + (counts.silent() == 0 ? "" : ", of which " + counts.silent() + " without a report");
    }

    /** {@return what the numbers do not show, a sentence each} */
    static List<String> caveats(Fleet.Counts counts) {
        List<String> sentences = new ArrayList<>();
        if (counts.followUps() > 0) {
            sentences.add(
                    "+N: reports that follow an earlier oops in the same boot, and can be consequences of that one");
        }
        if (counts.others() > 0) {
            sentences.add(Count.of(counts.others(), "file") + " left out, no text");
        }
        if (counts.unreadable() > 0) {
            sentences.add(Count.of(counts.unreadable(), "file") + " not readable, at all or to the end");
        }
        if (counts.leftOut() > 0) {
            sentences.add(Count.of(counts.leftOut(), "report")
                    + " in no group, because there are more groups than fit into the memory");
        }
        return sentences;
    }
}
