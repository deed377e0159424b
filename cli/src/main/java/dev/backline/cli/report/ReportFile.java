package dev.backline.cli.report;

import dev.backline.cli.console.Output;
import dev.backline.cli.console.OutputFile;
import dev.backline.io.NewFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The file of a report, which gets its name once it is complete. With {@code --follow} the report is written again and again;
 * the output for single events is kept in a second file and copied to each report. Not thread-safe.
 */
final class ReportFile implements Closeable {
    /** Ends a report. */
    @FunctionalInterface
    interface Ending {
        void write() throws IOException;
    }

    private final Path file;

    /** The output for single events; never committed. */
    private final NewFile events;

    private final Sink sink = new Sink();
    private final Output output;
    /** Identifies the last report that was written here; null before the first. */
    private @Nullable Object key;

    /**
     * @param redaction of what is printed; null for none
     * @throws IOException when a file of that name exists
     */
    ReportFile(Path file, @Nullable Redaction redaction) throws IOException {
        this.file = file;
        Output plain = new Output(sink);
        output = redaction == null ? plain : redaction.output(plain);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw OutputFile.isThere(file, null);
        }
        events = NewFile.beside(file);
        sink.to = events;
    }

    /** Where the report is printed. */
    Output output() {
        return output;
    }

    private static @Nullable Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /**
     * Replaces the last report with a complete new one.
     *
     * @param ending prints what follows the events
     * @throws IOException when another process replaced the file
     */
    void publish(Ending ending) throws IOException {
        output.flush();
        try (NewFile next = NewFile.beside(file)) {
            Files.copy(events.temporary(), next);
            sink.to = next;
            try {
                ending.write();
                output.flush();
            } finally {
                sink.to = events;
            }
            boolean isFirst = key == null;
            if (!isFirst) {
                requireOwn();
            }
            // Read before the file has its name: a moment later, the name may be another file's.
            Object newKey = key(next.temporary());
            if (isFirst) {
                next.commitUnlessPresent();
            } else {
                next.commit();
            }
            key = newKey;
        } catch (FileAlreadyExistsException e) {
            throw OutputFile.isThere(file, e);
        }
    }

    private void requireOwn() throws IOException {
        try {
            if (!Objects.equals(key(file), key)) {
                throw new IOException(file + " was replaced by somebody else, and nothing is overwritten");
            }
        } catch (NoSuchFileException e) {
            // The user moved the last report away, to keep it.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        events.close();
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
