package dev.backline.elf;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a compressed section, decompressed only as far as they are read. Thread-safe.
 *
 * <p>Of a section above {@link #SMALL}, only a window before the last decompressed byte is kept while reads go forward:
 * one query reads one unit of .debug_info. The first read before the window, or {@link #keep}, makes the source keep
 * everything, from the section's start.
 */
final class PackedSource extends ByteSource {
    /** Of a section up to this size, everything that was decompressed is kept. */
    private static final int SMALL = 16 << 20;

    /** At least this much is kept: a unit's header is read first, then the unit. */
    private static final int WINDOW = 4 << 20;

    private final ElfFile file;
    private final Section section;
    private final SectionUnpacker.Source unpackers;
    private final long size;

    private boolean keepsAll;
    private @Nullable SectionUnpacker unpacker;
    /** The section's bytes from {@link #start} to {@link #end}. */
    private byte[] buffer = new byte[0];

    private long start;
    private long end;
    private boolean closed;
    private @Nullable IOException failure;

    /** The buffer, once it has room for the whole section; a read of the {@link #ready} bytes needs no lock. */
    private volatile byte @Nullable [] whole;

    private volatile int ready;

    /** The caller has checked that the memory can hold the section. */
    PackedSource(ElfFile file, Section section, long size, SectionUnpacker.Source unpackers) throws IOException {
        this.file = file;
        this.section = section;
        this.size = size;
        this.unpackers = unpackers;
        this.keepsAll = size <= SMALL;
        if (size == 0) {
            restart();
            advance();
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    synchronized void keep() {
        keepsAll = true;
    }

    @Override
    public void read(long position, byte[] into, int at, int length) throws IOException {
        byte[] all = whole;
        if (all != null && position + length <= ready) {
            System.arraycopy(all, (int) position, into, at, length);
        } else {
            unpack(position, into, at, length);
        }
    }

    private synchronized void unpack(long position, byte[] into, int at, int length) throws IOException {
        keepsAll |= position < start;
        if (unpacker == null || (keepsAll && whole == null && position + length > end) || position < start) {
            restart();
        }
        int done = 0;
        while (true) {
            long next = position + done;
            int n = (int) Math.min(length - done, end - next);
            if (n > 0) {
                System.arraycopy(buffer, (int) (next - start), into, at + done, n);
                done += n;
            }
            if (done == length) {
                return;
            }
            advance();
        }
    }

    /** Starts at the section's start, or keeps what is there if nothing was forgotten. */
    private void restart() throws IOException {
        if (closed) {
            throw new IOException("the file is closed");
        }
        boolean complete = unpacker != null && start == 0;
        if (keepsAll && whole == null) {
            byte[] all = file.budget().allocate(file.name(), section.name(), size);
            if (complete) {
                System.arraycopy(buffer, 0, all, 0, (int) end);
            }
            file.budget().release(buffer.length);
            buffer = all;
            whole = all;
        }
        if (!complete) {
            unpacker = unpackers.create();
            start = 0;
            end = 0;
            failure = null;
        }
    }

    private void advance() throws IOException {
        if (failure != null) {
            throw failure;
        }
        try {
            SectionUnpacker from = unpacker;
            if (from == null) {
                throw new IOException("the file is closed");
            }
            int n = 0;
            if (end < size) {
                if (buffer.length - (end - start) < Math.min(SectionUnpacker.MAX_STEP, size - end)) {
                    slide(from.history());
                }
                int at = (int) (end - start);
                n = from.next(buffer, at, (int) Math.min(buffer.length - at, size - end));
            }
            if (end + n == size) {
                // Before the last bytes are given out, so that each read of them reports the failure
                from.finish();
            }
            end += n;
            if (whole != null) {
                ready = (int) end;
            }
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** Makes room in the buffer. */
    private void slide(int history) throws IOException {
        int kept = (int) Math.min(end - start, Math.max(history, WINDOW));
        byte[] old = buffer;
        // With a buffer of twice the kept bytes, each byte moves once
        long capacity = Math.min(size, 2L * Math.max(kept, WINDOW) + SectionUnpacker.MAX_STEP);
        if (capacity > old.length) {
            buffer = file.budget().allocate(file.name(), section.name(), capacity);
            file.budget().release(old.length);
        }
        System.arraycopy(old, (int) (end - start) - kept, buffer, 0, kept);
        start = end - kept;
    }

    @Override
    public synchronized void close() {
        closed = true;
        unpacker = null;
        if (whole == null) {
            file.budget().release(buffer.length);
            buffer = new byte[0];
            start = 0;
            end = 0;
        }
    }
}
