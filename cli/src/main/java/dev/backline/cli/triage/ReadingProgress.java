package dev.backline.cli.triage;

import dev.backline.cli.console.Count;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Shows on a terminal how many files are read, a few times a second. */
final class ReadingProgress implements Fleet.Progress {
    private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(200);

    private final Consumer<String> line;

    /** The number of files found so far. */
    private final AtomicLong expected = new AtomicLong();

    private long last = System.nanoTime();

    /** @param line shows a text in place of the last one; an empty one clears it */
    ReadingProgress(Consumer<String> line) {
        this.line = line;
    }

    void expect(int files) {
        expected.addAndGet(files);
    }

    @Override
    public synchronized void at(long files, long reports, int groups) {
        long now = System.nanoTime();
        if (now - last >= INTERVAL) {
            last = now;
            line.accept(files + " of " + Count.of(Math.max(files, expected.get()), "file") + ", "
                    + Count.of(reports, "report") + ", " + Count.of(groups, "group"));
        }
    }

    synchronized void end() {
        line.accept("");
    }
}
