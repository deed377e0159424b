package dev.backline.cli.triage;

import dev.backline.cli.console.NamedFiles;
import dev.backline.symbolize.LogOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads all logs that the command line names, several at a time. One thread finds them; it reads one itself whenever the
 * others have enough to do, so that neither names nor small logs pile up. Members of an archive up to a size are read by any
 * thread, and larger ones by the thread that reads the archive.
 */
final class FleetReading {
    /** Small logs that wait, for each thread. */
    private static final int WAITING = 16;

    /** So that the waiting tasks are no more than a phaser counts. */
    private static final int MAX_THREADS = 1024;

    private final TriageOptions options;
    private final LogOptions log;
    private final Fleet fleet;
    private final InputStream standardInput;
    private final ReadingProgress progress;

    /** A bug or a lack of memory on a thread; a log that cannot be read is counted instead. */
    private volatile @Nullable Throwable failure;

    FleetReading(
            TriageOptions options, LogOptions log, Fleet fleet, InputStream standardInput, ReadingProgress progress) {
        this.options = options;
        this.log = log;
        this.fleet = fleet;
        this.standardInput = standardInput;
        this.progress = progress;
    }

    /** Reads all logs to their end. */
    void read() {
        int others = Math.min(options.jobs(), MAX_THREADS) - 1;
        if (others == 0) {
            find(Runnable::run);
            return;
        }
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                others,
                others,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(others * WAITING),
                FleetReading::thread,
                new ThreadPoolExecutor.CallerRunsPolicy());
        // A task for an archive adds others: all have to be done before the threads may end.
        Phaser tasks = new Phaser(1);
        try {
            find(task -> {
                tasks.register();
                threads.execute(() -> guarded(task, tasks));
            });
        } finally {
            tasks.arriveAndAwaitAdvance();
            threads.shutdown();
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "backline-triage");
        thread.setDaemon(true);
        return thread;
    }

    private void guarded(Runnable task, Phaser tasks) {
        try {
            if (failure == null) {
                task.run();
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        } finally {
            tasks.arriveAndDeregister();
        }
    }

    /** Does a piece of work now or soon, on some thread. */
    private interface Queue {
        void add(Runnable task);
    }

    private void find(Queue queue) {
        LogTree tree = new LogTree(new LogTree.Visitor() {
            @Override
            public void expect(int files) {
                progress.expect(files);
            }

            @Override
            public void file(Path file) {
                queue.add(() -> readFile(file.toString(), false, queue));
            }

            @Override
            public void unreadable(String sentence) {
                fleet.unreadable(sentence, false);
            }
        });
        for (String name : options.inputs()) {
            if (name.equals(TriageCommand.STANDARD_INPUT)) {
                progress.expect(1);
                LogFile.read(name, standardInput, new Logs(name, true, null, queue));
            } else if (Files.isDirectory(Path.of(name))) {
                tree.walk(Path.of(name));
            } else {
                progress.expect(1);
                queue.add(() -> readFile(name, true, queue));
            }
        }
    }

    private void readFile(String name, boolean named, Queue queue) {
        try (InputStream in = NamedFiles.open(name)) {
            Path file = Path.of(name);
            LogFile.read(name, in, new Logs(name, named, Files.isRegularFile(file) ? file : null, queue));
        } catch (IOException e) {
            fleet.unreadable(Fleet.sentence(name, e), named);
        }
    }

    /** Hands the logs of one file over to the fleet. */
    private final class Logs implements LogFile.Sink {
        private final String input;
        private final boolean named;
        private final @Nullable Path file;
        private final Queue queue;

        Logs(String input, boolean named, @Nullable Path file, Queue queue) {
            this.input = input;
            this.named = named;
            this.file = file;
            this.queue = queue;
        }

        @Override
        public void log(String name, InputStream text) {
            boolean isFile = name.equals(input);
            fleet.read(name, text, isFile ? log.withRereadable(file) : log, named && isFile);
        }

        @Override
        public void small(Runnable reading) {
            progress.expect(1);
            queue.add(reading);
        }

        @Override
        public void other(String sentence, boolean member) {
            fleet.other(sentence, named && !member);
        }

        @Override
        public void unreadable(String sentence, boolean member) {
            fleet.unreadable(sentence, named && !member);
        }
    }
}
