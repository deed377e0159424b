package dev.backline.gsym;

import java.io.IOException;

/** A part of the file in memory, which moves to the bytes that are needed. Not thread-safe. */
final class FileWindow {
    /** The size of a window, in bytes, that is enough for most functions. */
    private static final int LEAST = 1 << 12;

    /** The size of a window, in bytes, for sequential reads of functions. */
    private static final int LARGEST = 1 << 16;

    private final GsymFile file;

    /** The bytes of the window; {@link #at} may replace the array. */
    byte[] bytes = {};

    private long start;
    private int length;
    private int chunk = LEAST;

    FileWindow(GsymFile file) {
        this.file = file;
    }

    /**
     * Moves the window so that it contains some bytes of the file, and returns their position in it. The window grows
     * while reads are nearly sequential.
     */
    int at(String what, long at, int needed) throws IOException {
        long end = start + length;
        if (at < start || at + needed > end) {
            boolean onward = at >= start && at < end + LARGEST && length > 0;
            chunk = onward ? Math.min(2 * chunk, LARGEST) : LEAST;
            int wanted = (int) Math.max(needed, Math.min(chunk, file.fileSize() - at));
            if (bytes.length < wanted) {
                bytes = new byte[wanted];
            }
            length = 0;
            file.read(what, at, bytes, wanted);
            start = at;
            length = wanted;
        }
        return (int) (at - start);
    }
}
