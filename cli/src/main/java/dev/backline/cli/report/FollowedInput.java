package dev.backline.cli.report;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A capture that grows: a file, also after log rotation replaced or truncated it, or a stream, which has an end. Each read
 * waits for bytes or for the interruption, and reports from time to time that it waits. Not thread-safe.
 */
abstract class FollowedInput extends InputStream {
    /** The time between two looks for more bytes. */
    static final long PAUSE_MILLIS = 200;

    /** The reader of the capture. Called from within {@link #read}, which does not touch its buffer meanwhile. */
    interface Reader {
        /** Called before each look for more bytes, with the time since the last ones. */
        void waits(long quietMillis) throws IOException;

        /** Called when the next bytes are the start of another file, or of the same file after it was truncated. */
        void startsAnew() throws IOException;
    }

    private final Reader reader;
    private final Interruption interruption;
    private long lastCame = System.nanoTime();

    private FollowedInput(Reader reader, Interruption interruption) {
        this.reader = reader;
        this.interruption = interruption;
    }

    static FollowedInput of(Path file, Reader reader, Interruption interruption) throws IOException {
        return Files.isRegularFile(file)
                ? new OfFile(file, reader, interruption)
                : new OfStream(new FileInputStream(file.toFile()), reader, interruption);
    }

    static FollowedInput of(InputStream in, Reader reader, Interruption interruption) {
        return new OfStream(in, reader, interruption);
    }

    /** Reads the bytes that are there: 0 when there are none yet, −1 at the end. May wait for a moment. */
    abstract int readNow(byte[] bytes, int from, int length) throws IOException;

    final void startsAnew() throws IOException {
        reader.startsAnew();
    }

    final Interruption interruption() {
        return interruption;
    }

    @Override
    public final int read(byte[] bytes, int from, int length) throws IOException {
        while (!interruption.isWanted()) {
            reader.waits((System.nanoTime() - lastCame) / 1_000_000);
            int read = readNow(bytes, from, length);
            if (read != 0) {
                lastCame = System.nanoTime();
                return read;
            }
        }
        return -1;
    }

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** A file by its name. */
    private static final class OfFile extends FollowedInput {
        private final Path file;
        private Opened opened;
        private long position;

        OfFile(Path file, Reader reader, Interruption interruption) throws IOException {
            super(reader, interruption);
            this.file = file;
            opened = Opened.now(file);
        }

        @Override
        int readNow(byte[] bytes, int from, int length) throws IOException {
            int read = opened.in().read(bytes, from, length);
            if (read > 0) {
                position += read;
                return read;
            }
            try {
                BasicFileAttributes now = attributes(file);
                boolean replaced = !Objects.equals(now.fileKey(), opened.key());
                // While the new file is empty, the writer may still append to the old one.
                if (replaced ? now.size() > 0 : now.size() < position) {
                    // Bytes that were written after the last look, before the first ones of the new file.
                    read = replaced ? opened.in().read(bytes, from, length) : 0;
                    if (read > 0) {
                        position += read;
                        return read;
                    }
                    Opened next = Opened.now(file);
                    opened.in().close();
                    opened = next;
                    position = 0;
                    startsAnew();
                    return 0;
                }
            } catch (NoSuchFileException e) {
                // The file was moved away, and the next one does not exist yet.
                interruption().await(PAUSE_MILLIS);
                return 0;
            }
            interruption().await(PAUSE_MILLIS);
            return 0;
        }

        @Override
        public void close() throws IOException {
            opened.in().close();
        }
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class);
    }

    /** An open file, and the key that identifies it after it was renamed. */
    private record Opened(InputStream in, @Nullable Object key) {
        static Opened now(Path file) throws IOException {
            while (true) {
                Object key = attributes(file).fileKey();
                InputStream in = Files.newInputStream(file);
                try {
                    if (Objects.equals(attributes(file).fileKey(), key)) {
                        return new Opened(in, key);
                    }
                } catch (IOException e) {
                    in.close();
                    throw e;
                }
                // The file was replaced between the two calls.
                in.close();
            }
        }
    }

    /** A stream, read by a separate thread: a read from a pipe cannot be interrupted. */
    private static final class OfStream extends FollowedInput {
        /** The bytes of one read: none at the end, with the exception if it is not an ordinary end. */
        private record Piece(ByteBuffer bytes, @Nullable IOException failure) {}

        private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(16);
        private ByteBuffer piece = ByteBuffer.allocate(0);
        private boolean ended;

        OfStream(InputStream in, Reader reader, Interruption interruption) {
            super(reader, interruption);
            Thread thread = new Thread(() -> pump(in), "standard input");
            thread.setDaemon(true);
            thread.start();
        }

        private void pump(InputStream in) {
            byte[] buffer = new byte[1 << 16];
            try {
                try {
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        if (n > 0) {
                            pieces.put(new Piece(ByteBuffer.wrap(Arrays.copyOf(buffer, n)), null));
                        }
                    }
                    pieces.put(new Piece(ByteBuffer.allocate(0), null));
                } catch (IOException e) {
                    pieces.put(new Piece(ByteBuffer.allocate(0), e));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        int readNow(byte[] bytes, int from, int length) throws IOException {
            if (!piece.hasRemaining() && !ended) {
                Piece next;
                try {
                    next = pieces.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    next = null;
                }
                if (next == null) {
                    return 0;
                }
                IOException failure = next.failure();
                if (failure != null) {
                    throw new IOException(failure.getMessage(), failure);
                }
                piece = next.bytes();
                ended = !piece.hasRemaining();
            }
            if (ended) {
                return -1;
            }
            int count = Math.min(length, piece.remaining());
            piece.get(bytes, from, count);
            return count;
        }
    }
}
