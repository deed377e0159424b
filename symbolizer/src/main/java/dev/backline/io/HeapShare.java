package dev.backline.io;

import java.io.IOException;

/**
 * A part of the Java heap that one kind of data may fill, so that large input ends in a message or in a count of what was left
 * out, and not in an OutOfMemoryError. The sizes are estimates. Not thread-safe.
 */
@Internal
public final class HeapShare {
    private final long limit;
    private long used;

    private HeapShare(long limit) {
        this.limit = limit;
    }

    /**
     * {@return a share of the heap, all of it free}
     *
     * @param divisor the share is this part of the largest heap: 16 for a sixteenth
     * @param most an upper limit, in bytes
     */
    public static HeapShare of(int divisor, long most) {
        return new HeapShare(Math.min(most, Runtime.getRuntime().maxMemory() / divisor));
    }

    /**
     * {@return how many objects fit into a part of the largest heap}
     *
     * @param divisor the part of the heap: 16 for a sixteenth
     * @param size of one object, in bytes
     * @param most an upper limit
     */
    public static int count(int divisor, int size, int most) {
        return (int) Math.max(2, Math.min(most, Runtime.getRuntime().maxMemory() / divisor / size));
    }

    /**
     * {@return whether there was room} If there was, it is taken.
     *
     * @param bytes the memory of an object, estimated
     */
    public boolean take(long bytes) {
        if (bytes > limit - used) {
            return false;
        }
        used += bytes;
        return true;
    }

    /**
     * Takes room.
     *
     * @param bytes the memory of an object, estimated
     * @param file whose content needs it
     * @param what part of the content, for the message
     * @throws IOException if there is no room
     */
    public void require(long bytes, String file, String what) throws IOException {
        if (!take(bytes)) {
            throw new IOException(
                    file + ": " + what + " need more than " + limit + " bytes of memory, the share of the Java"
                            + " heap that they may use; if the file is not damaged, give Java a larger heap"
                            + " (BACKLINE_JAVA_OPTS=-Xmx2g)");
        }
    }
}
