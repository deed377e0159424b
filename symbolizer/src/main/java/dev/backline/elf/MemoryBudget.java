package dev.backline.elf;

/**
 * What one file may keep in memory: half of the heap. A hostile size is then an error and not an
 * OutOfMemoryError. Thread-safe.
 */
final class MemoryBudget {
    private final long limit;
    private long used;

    MemoryBudget() {
        this(Runtime.getRuntime().maxMemory() / 2);
    }

    MemoryBudget(long limit) {
        this.limit = limit;
    }

    /** Notes that {@code what} of a file needs so many bytes. */
    synchronized void reserve(String file, String what, long bytes) throws ElfException {
        if (bytes < 0 || bytes > limit - used) {
            throw new ElfException(file + ": " + what + ": needs " + Long.toUnsignedString(bytes)
                    + " bytes of memory, of which "
                    + (limit - used) + " may still be used (half of the Java heap for one file); if the file is sound,"
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

    /** A reserved array. */
    byte[] allocate(String file, String what, long bytes) throws ElfException {
        if (bytes > Integer.MAX_VALUE - 16) {
            throw new ElfException(file + ": " + what + ": " + Long.toUnsignedString(bytes)
                    + " bytes are more than can be held in" + " memory at once");
        }
        reserve(file, what, bytes);
        try {
            return new byte[(int) bytes];
        } catch (OutOfMemoryError e) {
            release(bytes);
            throw new ElfException(
                    file + ": " + what + ": no memory for " + bytes + " bytes; give Java a larger heap (-Xmx)", e);
        }
    }
}
