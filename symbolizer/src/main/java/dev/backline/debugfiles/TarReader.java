package dev.backline.debugfiles;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes some files out of a tar archive as dpkg-deb prints it: POSIX ustar, with GNU's and pax's long names (POSIX pax,
 * "ustar Interchange Format"). Only regular files, and only those whose names are plain all the way down, are ever
 * written: no member can leave the folder.
 */
final class TarReader {
    private static final int BLOCK = 512;
    private static final int MAX_LONG_NAME = 1 << 16;
    private static final int MAX_DEPTH = 32;
    private static final int MAX_MEMBERS = 1 << 20;

    private final String name;
    private final InputStream in;
    private final byte[] block = new byte[BLOCK];
    private final byte[] buffer = new byte[1 << 16];
    private long position;

    TarReader(String name, InputStream in) {
        this.name = name;
        this.in = in;
    }

    /** Is told how far the archive is read. */
    interface Listener {
        void at(long bytes);
    }

    /**
     * Writes members below a folder, under their own paths.
     *
     * @param wanted is asked with a member's path, without {@code ./} before it
     * @param enough is asked after each member that was written, whether that will do
     * @return how many were written
     * @throws IOException when the archive is malformed or ends early
     */
    int extract(Path folder, Predicate<String> wanted, Predicate<Integer> enough, Listener listener)
            throws IOException {
        int written = 0;
        String longName = null;
        for (int members = 0; members < MAX_MEMBERS; members++) {
            if (!readBlock() || isZero()) {
                return written;
            }
            long size = number(124, 12);
            char type = (char) block[156];
            if (type == 'L' || type == 'x') {
                byte[] content = small(size);
                String found = type == 'L' ? text(content, 0, content.length) : paxPath(content);
                longName = found != null ? found : longName;
                continue;
            }
            String path = longName != null ? longName : headerName();
            longName = null;
            if (path.startsWith("./")) {
                path = path.substring(2);
            }
            boolean file = type == '0' || type == 0;
            if (file && isPlain(path) && wanted.test(path)) {
                write(folder, path, size, listener);
                written++;
                if (enough.test(written)) {
                    return written;
                }
            } else {
                skip(padded(size), listener);
            }
        }
        throw new IOException(name + ": more than " + MAX_MEMBERS + " members");
    }

    /** Whether every step of the path is a plain name, so that it leads downwards only. */
    static boolean isPlain(String path) {
        String[] steps = path.split("/", -1);
        if (steps.length > MAX_DEPTH) {
            return false;
        }
        for (String step : steps) {
            if (!ModuleNames.isFileName(step)) {
                return false;
            }
        }
        return true;
    }

    private void write(Path folder, String path, long size, Listener listener) throws IOException {
        Path file = folder.resolve(path).normalize();
        if (!file.startsWith(folder)) {
            throw new IOException(name + ": the member " + path + " would leave the folder");
        }
        Files.createDirectories(file.getParent() == null ? folder : file.getParent());
        try (OutputStream out = Files.newOutputStream(file)) {
            long left = size;
            while (left > 0) {
                int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (n < 0) {
                    throw truncated();
                }
                out.write(buffer, 0, n);
                left -= n;
                position += n;
                listener.at(position);
            }
        }
        skip(padded(size) - size, listener);
    }

    private boolean readBlock() throws IOException {
        int n = in.readNBytes(block, 0, BLOCK);
        if (n == 0) {
            return false;
        }
        if (n < BLOCK) {
            throw truncated();
        }
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xff;
        }
        if (!isZero() && sum != number(148, 8)) {
            throw malformed("the header's checksum is wrong");
        }
        position += BLOCK;
        return true;
    }

    private boolean isZero() {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** Octal digits, or GNU's base 256 with the top bit set. */
    private long number(int at, int length) throws IOException {
        long value = 0;
        if ((block[at] & 0x80) != 0) {
            for (int i = at + length - 8; i < at + length; i++) {
                value = value << 8 | (block[i] & 0xff);
            }
        } else {
            for (int i = at; i < at + length && block[i] != 0; i++) {
                if (block[i] >= '0' && block[i] <= '7') {
                    value = value << 3 | (block[i] - '0');
                } else if (block[i] != ' ') {
                    throw malformed("a number has other digits than octal ones");
                }
            }
        }
        if (value < 0 || value > 1L << 50) {
            throw malformed("a member has an impossible size");
        }
        return value;
    }

    private String headerName() {
        String prefix = new String(block, 257, 5, StandardCharsets.ISO_8859_1).equals("ustar") && block[262] == 0
                ? text(block, 345, 155)
                : "";
        String last = text(block, 0, 100);
        return prefix.isEmpty() ? last : prefix + "/" + last;
    }

    private byte[] small(long size) throws IOException {
        if (size > MAX_LONG_NAME) {
            throw malformed("a name is longer than " + MAX_LONG_NAME + " bytes");
        }
        byte[] content = in.readNBytes((int) size);
        if (content.length < size) {
            throw truncated();
        }
        position += size;
        skip(padded(size) - size, bytes -> {});
        return content;
    }

    /** The path of records {@code LENGTH KEY=VALUE\n}. */
    private static @Nullable String paxPath(byte[] content) {
        for (String record : text(content, 0, content.length).split("\n", -1)) {
            int key = record.indexOf(" path=");
            if (key > 0) {
                return record.substring(key + " path=".length());
            }
        }
        return null;
    }

    private static String text(byte[] bytes, int at, int length) {
        int end = at;
        while (end < at + length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, at, end - at, StandardCharsets.UTF_8);
    }

    private static long padded(long size) {
        return (size + BLOCK - 1) / BLOCK * BLOCK;
    }

    private void skip(long bytes, Listener listener) throws IOException {
        long left = bytes;
        while (left > 0) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw truncated();
            }
            left -= n;
            position += n;
        }
        listener.at(position);
    }

    private IOException truncated() {
        return new IOException(name + ": the archive ends within a member, at 0x" + Long.toHexString(position));
    }

    private IOException malformed(String rule) {
        return new IOException(name + ": no tar archive at 0x" + Long.toHexString(position) + ": " + rule);
    }
}
