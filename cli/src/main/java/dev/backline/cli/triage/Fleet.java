package dev.backline.cli.triage;

import dev.backline.cli.console.Count;
import dev.backline.crash.triage.LogTriage;
import dev.backline.crash.triage.Triage;
import dev.backline.crash.triage.TriageGroup;
import dev.backline.crash.triage.TriagedReport;
import dev.backline.intake.LogReader;
import dev.backline.io.FailureReason;
import dev.backline.symbolize.LogOptions;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What the logs hold: their reports in groups, and the number of logs, of files that are no logs, and of those that cannot be
 * read. Thread-safe: several threads read logs at the same time.
 */
final class Fleet {
    /** The most complaints to print. */
    private static final int MAX_COMPLAINTS = 20;

    /** A member or a host of a group takes less memory, with its share of the strings. */
    private static final int MEMBER_BYTES = 500;

    private final LogTriage reader;
    private final Progress progress;
    private final Triage triage = new Triage(limits(Runtime.getRuntime().maxMemory() / 8));

    /** Sorted, so that the same ones are kept for any order of the logs. */
    private final TreeSet<String> complaints = new TreeSet<>();

    private long logs;
    private long silent;
    private long others;
    private long unreadable;
    private boolean namedUnreadable;

    /**
     * Counts of what was read.
     *
     * @param logs the number of logs that were read
     * @param silent the number of logs without a report
     * @param others the number of files that are not text
     * @param unreadable the number of files that could not be read to their end
     * @param namedUnreadable whether a file that was named on the command line is among the last two
     * @param reports the number of reports
     * @param followUps how many of them follow an earlier oops
     * @param leftOut how many of them are in no group, for want of memory
     */
    record Counts(
            long logs,
            long silent,
            long others,
            long unreadable,
            boolean namedUnreadable,
            long reports,
            long followUps,
            long leftOut) {}

    /** Shows how far the reading is. */
    interface Progress {
        /**
         * Takes the numbers after a file.
         *
         * @param files read, or left out because they are no logs
         * @param reports found
         * @param groups of them, at least
         */
        void at(long files, long reports, int groups);
    }

    Fleet(LogTriage reader, Progress progress) {
        this.reader = reader;
        this.progress = progress;
    }

    /** The limits that fit into so many bytes: a constant that is larger than a small heap would be no limit. */
    static Triage.Limits limits(long bytes) {
        Triage.Limits most = Triage.Limits.DEFAULT;
        int all = (int) Math.min(most.allMembers(), Math.max(1000, bytes / MEMBER_BYTES));
        return new Triage.Limits(Math.min(most.groups(), all / 2), most.members(), all);
    }

    /**
     * Reads a log.
     *
     * @param name how reports name the log
     * @param text the log, decompressed
     * @param options which kernel, and what is known about it
     * @param named whether the log was named on the command line
     */
    void read(String name, InputStream text, LogOptions options, boolean named) {
        long[] count = new long[1];
        Consumer<TriagedReport> sink = report -> {
            count[0]++;
            synchronized (this) {
                triage.add(report);
            }
        };
        try {
            reader.read(name, new LogReader(text), options, sink);
        } catch (IOException e) {
            unreadable(sentence(name, e), named);
        }
        synchronized (this) {
            logs++;
            silent += count[0] == 0 ? 1 : 0;
            progress();
        }
    }

    /** Counts a file that is not text. It is complained about only if it was named on the command line. */
    synchronized void other(String sentence, boolean named) {
        others++;
        progress();
        if (named) {
            namedUnreadable = true;
            complain(sentence);
        }
    }

    /** Counts a file that cannot be read, at all or to its end. */
    synchronized void unreadable(String sentence, boolean named) {
        unreadable++;
        progress();
        namedUnreadable |= named;
        complain(sentence);
    }

    /** {@return a sentence about a failure that names the file} */
    static String sentence(String name, IOException e) {
        String message = FailureReason.withFile(e);
        return message.startsWith(name) ? message : name + ": " + message;
    }

    private void progress() {
        progress.at(logs + others + unreadable, triage.reports(), triage.size());
    }

    private void complain(String sentence) {
        complaints.add(sentence);
        if (complaints.size() > MAX_COMPLAINTS) {
            complaints.pollLast();
        }
    }

    /** {@return what to complain about, one sentence each} */
    synchronized List<String> complaints() {
        List<String> sentences = new ArrayList<>(complaints);
        long more = unreadable - complaints.size();
        if (more > 0) {
            sentences.add(Count.of(more, "more file") + " could not be read");
        }
        return sentences;
    }

    synchronized Counts counts() {
        return new Counts(
                logs,
                silent,
                others,
                unreadable,
                namedUnreadable,
                triage.reports(),
                triage.follows(),
                triage.leftOut());
    }

    /** {@return the groups, heaviest first} */
    synchronized List<TriageGroup> groups() {
        return triage.groups();
    }
}
