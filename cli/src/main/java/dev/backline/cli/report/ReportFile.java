package dev.backline.cli.report;

import dev.backline.cli.console.Failure;
import dev.backline.cli.console.Output;
import dev.backline.io.Leftovers;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The file of a report, which has its name only when it is whole; also one that is written again and again while its capture
 * grows. What a writer prints of single events is kept in a file beside it and is a part of each report. Not thread-safe.
 */
final class ReportFile implements Closeable {
    /** Ends a report. */
    @FunctionalInterface
    interface Ending {
        void write() throws IOException;
    }

    private final Path file;
    private final Path events;
    private final Path next;
    private final OutputStream spool;
    private final Sink sink = new Sink();
    private final Output output = new Output(sink);
    private @Nullable Object key;

    /** Writes a whole report. */
    @FunctionalInterface
    interface Writing {
        void writeTo(Output out) throws IOException;
    }

    /**
     * Writes a report once: under another name, until it is whole.
     *
     * @throws IOException when there is a file of that name, or it cannot be written
     */
    static void write(Path file, Writing report) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw isThere(file, null);
        }
        Path next = beside(file, "next");
        try {
            try (OutputStream out =
                    Files.newOutputStream(next, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                Output output = new Output(out);
                report.writeTo(output);
                output.flush();
            }
            Files.move(next, file);
        } catch (FileAlreadyExistsException e) {
            throw isThere(file, e);
        } catch (FileSystemException e) {
            if (!next.toString().equals(e.getFile())) {
                throw e;
            }
            FileSystemException named = new FileSystemException(file.toString(), null, Failure.reason(e));
            named.initCause(e);
            throw named;
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private static Path beside(Path file, String what) {
        String before = "." + Objects.requireNonNull(file.getFileName()) + ".";
        Leftovers.clear(file.resolveSibling(""), before, "." + what);
        return file.resolveSibling(before + ProcessHandle.current().pid() + "." + what);
    }

    private static IOException isThere(Path file, @Nullable IOException cause) {
        return new IOException(
                file + " is there already, and nothing is overwritten; remove it or name another", cause);
    }

    /** @throws IOException when there is a file of that name */
    ReportFile(Path file) throws IOException {
        this.file = file;
        events = beside(file, "events");
        next = beside(file, "next");
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            throw isThere(file, e);
        }
        key = key(file);
        spool = Files.newOutputStream(events, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        sink.to = spool;
    }

    /** Where the report is printed. */
    Output output() {
        return output;
    }

    private static @Nullable Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /**
     * Puts a whole report in the place of the last one.
     *
     * @param ending prints what stands behind the events
     * @throws IOException when the file is not the one that was written here
     */
    void publish(Ending ending) throws IOException {
        output.flush();
        try (OutputStream out = Files.newOutputStream(next, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Files.copy(events, out);
            sink.to = out;
            ending.write();
            output.flush();
        } finally {
            sink.to = spool;
        }
        try {
            if (!Objects.equals(key(file), key)) {
                throw new IOException(file + " was replaced by somebody else, and nothing is overwritten");
            }
        } catch (NoSuchFileException e) {
            // Moved away, as a report of its time.
            key = null;
        }
        // Known before it has the name: that may be another's a moment later.
        key = key(next);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        spool.close();
        Files.deleteIfExists(events);
        Files.deleteIfExists(next);
    }

    private static final class Sink extends OutputStream {
        private OutputStream to = OutputStream.nullOutputStream();

        @Override
        public void write(int b) throws IOException {
            to.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            to.write(bytes, from, length);
        }

        @Override
        public void flush() throws IOException {
            to.flush();
        }
    }
}
