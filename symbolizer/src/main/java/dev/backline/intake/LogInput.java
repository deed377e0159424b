package dev.backline.intake;

import dev.backline.unpack.GzipInputStream;
import dev.backline.unpack.ZstdInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.XZInputStream;

/** Decompresses a log and decodes UTF-16 and the bodies of mails. Files that are not text are refused. Not thread-safe. */
public final class LogInput {
    private static final int HEAD = 4096;

    /** Some collectors compress logs that are already compressed. */
    private static final int MAX_LAYERS = 3;

    private static final int XZ_MEMORY_KIB = 96 << 10;

    private final InputStream text;
    private final @Nullable Utf16 encoding;

    private LogInput(InputStream text, @Nullable Utf16 encoding) {
        this.text = text;
        this.encoding = encoding;
    }

    /** {@return the text, as UTF-8 or in another encoding that extends ASCII; closing the log's stream closes it} */
    public InputStream text() {
        return text;
    }

    /** {@return the encoder that gives an answer the log's encoding; null unless the log is UTF-16} */
    public @Nullable Utf16 encoding() {
        return encoding;
    }

    /**
     * Opens a log.
     *
     * @param name the log's name in messages
     * @param in the log, plain or compressed (gzip, xz, zstd, bzip2); only its first bytes are read here
     * @return the log's text; the caller closes {@code in}
     * @throws IOException if the log cannot be read, is damaged or is not text; the message says what the file is and
     *     what to do
     */
    public static LogInput open(String name, InputStream in) throws IOException {
        Whole whole = unpacked(name, in);
        if (whole.kind != FileKind.TEXT && whole.kind != FileKind.EMPTY) {
            throw new IOException(whole.kind.sentence(name));
        }
        Utf16 encoding = Utf16.of(whole.head, whole.length);
        Whole text = encoding == null ? whole : begun(encoding.decoded(whole));
        boolean mail = MailInput.isMail(text.head, text.length);
        return new LogInput(mail ? new MailInput(text, text.head, text.length) : text, encoding);
    }

    /**
     * {@return the bytes of a file, decompressed if the file is compressed}
     *
     * @param name the file's name in messages
     * @param in the file, plain or compressed (gzip, xz, zstd, bzip2); only its first bytes are read here
     * @throws IOException if the file cannot be read or is damaged; later reads fail with messages that name the file
     */
    public static InputStream decompressed(String name, InputStream in) throws IOException {
        return unpacked(name, in);
    }

    private static Whole unpacked(String name, InputStream in) throws IOException {
        InputStream stream = in;
        for (int layer = 0; layer <= MAX_LAYERS; layer++) {
            Whole whole = begun(stream);
            if (!whole.kind.isCompressed()) {
                return whole;
            }
            stream = new Decompressed(name, whole.kind, whole);
        }
        throw new IOException(name + ": compressed more than " + MAX_LAYERS + " times; decompress it first");
    }

    private static Whole begun(InputStream in) throws IOException {
        byte[] head = new byte[HEAD];
        int length = head(in, head);
        return new Whole(FileKind.of(head, length), head, length, in);
    }

    /** Reads the available bytes, and waits only until there are enough to tell the kind of the file. */
    private static int head(InputStream in, byte[] head) throws IOException {
        int length = 0;
        do {
            int read = in.read(head, length, head.length - length);
            if (read < 0) {
                break;
            }
            length += read;
        } while ((length < 16 && !isPlain(head[0])) || MailInput.isInName(head, length));
        return length;
    }

    /** Whether the first byte alone shows that the file is text. */
    private static boolean isPlain(byte first) {
        return first >= ' ' && first < 0x7f && first != '(' && first != 'B';
    }

    /** The bytes already read, then the rest. Unlike PushbackInputStream, a read returns before the rest is available. */
    private static final class Whole extends InputStream {
        private final FileKind kind;
        private final byte[] head;
        private final int length;
        private final InputStream rest;
        private int at;

        Whole(FileKind kind, byte[] head, int length, InputStream rest) {
            this.kind = kind;
            this.head = head;
            this.length = length;
            this.rest = rest;
        }

        @Override
        public int read() throws IOException {
            return at < length ? head[at++] & 0xff : rest.read();
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            if (at == length) {
                return rest.read(into, offset, count);
            }
            int copied = Math.min(count, length - at);
            System.arraycopy(head, at, into, offset, copied);
            at += copied;
            return copied;
        }

        @Override
        public int available() throws IOException {
            return length - at + rest.available();
        }

        @Override
        public void close() throws IOException {
            rest.close();
        }
    }

    /** A decompressed stream whose errors name the file. */
    private static final class Decompressed extends InputStream {
        private final String name;
        private final FileKind kind;
        private final InputStream in;

        Decompressed(String name, FileKind kind, InputStream packed) throws IOException {
            this.name = name;
            this.kind = kind;
            try {
                in = switch (kind) {
                    case GZIP -> new GzipInputStream(packed);
                    case XZ -> new XZInputStream(packed, XZ_MEMORY_KIB);
                    case ZSTD -> new ZstdInputStream(packed);
                    default -> new BZip2CompressorInputStream(packed, true);
                };
            } catch (IOException | RuntimeException e) {
                throw failure(e);
            }
        }

        private IOException failure(Exception e) {
            if (e instanceof Damage damage) {
                return damage;
            }
            String file = name + ": this " + kind.title() + " file ";
            if (e instanceof EOFException) {
                return new Damage(file + "is cut: it ends in the middle", e);
            }
            if (e instanceof MemoryLimitException) {
                return new Damage(
                        file + "needs more than " + (XZ_MEMORY_KIB >> 10) + " MB of memory; decompress it first: xz -d",
                        e);
            }
            String reason = e.getMessage();
            return new Damage(
                    file + "is damaged or cut"
                            + (reason == null
                                    ? ""
                                    : ": " + reason.lines().findFirst().orElse("")),
                    e);
        }

        /** The complaint about a compressed file; one in another one is complained about once. */
        private static final class Damage extends IOException {
            private static final long serialVersionUID = 1;

            Damage(String message, Exception cause) {
                super(message, cause);
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                return in.read(into, offset, length);
            } catch (IOException | RuntimeException e) {
                throw failure(e);
            }
        }

        @Override
        public int available() throws IOException {
            try {
                return in.available();
            } catch (IOException | RuntimeException e) {
                throw failure(e);
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
