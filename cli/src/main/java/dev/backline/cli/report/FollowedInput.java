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
 * A capture that grows: a file, which goes on when it is replaced or cut short as log rotation does it, or a stream, which
 * has an end. Each read waits until something has come or somebody wants the end, and says in between that it waits. Not
 * thread-safe.
 */
abstract class FollowedInput extends InputStream {
    /** How long a look for more is put off. */
    static final long PAUSE_MILLIS = 200;

    /** Whoever reads. Called from within {@link #read}, whose buffer is not touched meanwhile. */
    interface Reader {
        /** Each time before more is looked for; nothing has come for so long. */
        void waits(long quietMillis) throws IOException;

        /** What follows is from the start of another file, or of the same one that was cut short. */
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

    /** Reads what there is: 0 when there is nothing yet, −1 when nothing will come any more. May wait for a moment. */
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
                // While another file is empty, whoever writes may not have been told of it yet and goes on in the old
                // one.
                if (replaced ? now.size() > 0 : now.size() < position) {
                    // Written after the last look and before the other file's first bytes.
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
                // Moved away, and the next one is not there yet.
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

    /** A file that is open, and what it is known by when its name is another's. */
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
                // The name went to another between the two.
                in.close();
            }
        }
    }

    /** A stream, read by a thread of its own: whoever waits for a pipe can be woken by nothing else. */
    private static final class OfStream extends FollowedInput {
        /** What came: nothing at the end, and the reason when that is not all. */
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
