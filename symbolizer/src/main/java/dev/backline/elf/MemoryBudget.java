package dev.backline.elf;

/**
 * Limits the memory of one file to half of the heap, so that a hostile size causes an error message
 * instead of an OutOfMemoryError. Thread-safe.
 */
final class MemoryBudget {
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 16;

    private final long limit;
    private long used;

    MemoryBudget() {
        this(Runtime.getRuntime().maxMemory() / 2);
    }

    MemoryBudget(long limit) {
        this.limit = limit;
    }

    /** Checks that {@code what} of a file could have this many bytes, without recording them. */
    void check(String file, String what, long bytes) throws ElfException {
        if (bytes > MAX_ARRAY) {
            throw new ElfException(
                    file + ": " + what + ": " + Long.toUnsignedString(bytes) + " bytes do not fit in a Java array");
        }
        reserve(file, what, bytes);
        release(bytes);
    }

    /** Records that {@code what} of a file needs this many bytes. */
    synchronized void reserve(String file, String what, long bytes) throws ElfException {
        if (bytes < 0 || bytes > limit - used) {
            throw new ElfException(file + ": " + what + ": needs " + Long.toUnsignedString(bytes)
                    + " bytes of memory, but only "
                    + (limit - used) + " are left (one file may use half of the Java heap); if the file is not damaged,"
                    + " give Java a larger heap (-Xmx)");
        }
        used += bytes;
    }

    synchronized void release(long bytes) {
        used -= bytes;
    }

    synchronized long used() {
        return used;
    }

    synchronized long left() {
        return limit - used;
    }

    /** Reserves the memory of an array and allocates it. */
    byte[] allocate(String file, String what, long bytes) throws ElfException {
        check(file, what, bytes);
        reserve(file, what, bytes);
        try {
            return new byte[(int) bytes];
        } catch (OutOfMemoryError e) {
            release(bytes);
            throw new ElfException(
                    file + ": " + what + ": not enough memory for " + bytes + " bytes; give Java a larger heap (-Xmx)",
                    e);
        }
    }
}
