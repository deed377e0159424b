package dev.backline.elf;

import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A section of an ET_REL whose relocations are applied to each part that is read (gABI ch. 4,
 * "Relocation"). Only the entries of that part are read: a module has hundreds of thousands.
 * Thread-safe.
 */
final class RelocatedSource extends ByteSource {
    /** Wider than any relocated field, so that a field across the edge of a window is relocated as a whole. */
    private static final int MARGIN = 16;

    private static final int CHUNK = 64 * 1024;

    /** Small reads share pages of this size, since many of them are close together. */
    private static final int PAGE = 4096;

    private static final int PAGES = 16;

    /** A section has about this many bytes per relocation, mostly more. */
    private static final int BYTES_PER_ENTRY = 8;

    private final ElfFile file;
    private final Section section;
    private final ByteSource plain;
    private final RelocationFormat format;
    private final RelocatedFields fields;
    private final Lazy<RelocationTable, IOException> table = new Lazy<>() {
        @Override
        protected RelocationTable compute() throws IOException {
            return RelocationTable.of(file, section, format);
        }
    };
    /** The table in order, if {@link #table} turned out not to be. */
    private volatile @Nullable RelocationTable sorted;
    /** The pages that were read last; several threads may replace the same one. */
    private final @Nullable Page[] pages = new @Nullable Page[PAGES];

    private final AtomicReference<@Nullable Scratch> scratch = new AtomicReference<>();

    private RelocatedSource(ElfFile file, Section target, Section section, ByteSource plain) throws IOException {
        this.file = file;
        this.section = section;
        this.plain = plain;
        this.format = new RelocationFormat(file, section);
        this.fields = new RelocatedFields(file, target, section, format.withAddend());
    }

    /**
     * The section, relocated if necessary. In an ET_EXEC or ET_DYN the linker has applied the
     * relocations ({@code ld --emit-relocs} keeps them), and the loader relocates SHF_ALLOC sections.
     */
    static ByteSource relocated(ElfFile file, Section target, ByteSource plain) throws IOException {
        boolean holdsData = target.type() == Section.SHT_PROGBITS || target.type() >= Section.SHT_LOOS;
        if (!file.header().isRelocatable() || target.isAllocated() || !holdsData) {
            return plain;
        }
        ByteSource source = plain;
        for (Section s : file.sections()) {
            if (RelocationFormat.isTable(s) && s.info() == target.index() && s.size() != 0) {
                source = new RelocatedSource(file, target, s, source);
            }
        }
        return source;
    }

    @Override
    public long size() {
        return plain.size();
    }

    @Override
    void keep() {
        plain.keep();
    }

    @Override
    public void close() throws IOException {
        plain.close();
    }

    @Override
    public void read(long position, byte[] into, int at, int length) throws IOException {
        if (length > PAGE) {
            readPart(position, into, at, length);
            return;
        }
        for (int done = 0; done < length; ) {
            long number = (position + done) / PAGE;
            int start = (int) (position + done - number * PAGE);
            int n = Math.min(length - done, PAGE - start);
            byte[] page = page(number);
            if (page == null) {
                readPart(position, into, at, length);
                return;
            }
            System.arraycopy(page, start, into, at + done, n);
            done += n;
        }
    }

    /** The bytes of a page, or null if it has a broken relocation, which may be outside the part that is read. */
    private byte @Nullable [] page(long number) throws IOException {
        int slot = (int) (number % PAGES);
        Page page = pages[slot];
        if (page == null || page.number != number) {
            long start = number * PAGE;
            page = new Page(number, new byte[(int) Math.min(PAGE, size() - start)]);
            try {
                readPart(start, page.bytes, 0, page.bytes.length);
            } catch (ElfException e) {
                return null;
            }
            pages[slot] = page;
        }
        return page.bytes;
    }

    private void readPart(long position, byte[] into, int at, int length) throws IOException {
        RelocationTable known = sorted;
        RelocationTable entries = known == null ? table.get() : known;
        if (!readPart(entries, position, into, at, length)) {
            readPart(sort(entries), position, into, at, length);
        }
    }

    private synchronized RelocationTable sort(RelocationTable entries) throws IOException {
        RelocationTable known = sorted;
        if (known == null) {
            known = entries.sorted();
            sorted = known;
        }
        return known;
    }

    /** {@return false if the entries are not in order} */
    private boolean readPart(RelocationTable entries, long position, byte[] into, int at, int length)
            throws IOException {
        Scratch spare = scratch.getAndSet(null);
        Scratch s = spare == null ? new Scratch(size(), entries) : spare;
        try {
            for (int done = 0; done < length; done += CHUNK) {
                long start = position + done;
                int n = Math.min(CHUNK, length - done);
                long from = Math.max(0, start - MARGIN);
                int count = (int) (Math.min(size(), start + n + MARGIN) - from);
                plain.read(from, s.bytes, 0, count);
                if (!relocate(entries, s, from, start + n, count)) {
                    return false;
                }
                System.arraycopy(s.bytes, (int) (start - from), into, at + done, n);
            }
            return true;
        } finally {
            scratch.set(s);
        }
    }

    /** Applies the entries of {@code [from, end)} to bytes from {@code from} on; false if they are not in order. */
    private boolean relocate(RelocationTable entries, Scratch s, long from, long end, int length) throws IOException {
        long previous = 0;
        int most = RelocationTable.STEP + length / BYTES_PER_ENTRY;
        for (long next = entries.near(from, s.next); next < entries.count(); ) {
            int n = entries.read(next, most, s.block);
            int applied = fields.apply(s.block.words, n, previous, from, end, s.bytes, length);
            if (applied < n) {
                s.next = next + Math.max(0, applied - 1);
                return applied != RelocatedFields.NOT_IN_ORDER;
            }
            previous = s.block.offset(n - 1);
            next += n;
        }
        return true;
    }

    /** A part of the section that was read before. Immutable, so that threads can share it without a lock. */
    private static final class Page {
        final long number;
        final byte[] bytes;

        Page(long number, byte[] bytes) {
            this.number = number;
            this.bytes = bytes;
        }
    }

    /** Buffers for one thread at a time. */
    private static final class Scratch {
        final byte[] bytes;
        final RelocationTable.Block block;
        /** The entry where the last part ended: the next part often starts there. */
        long next;

        Scratch(long size, RelocationTable entries) {
            bytes = new byte[(int) Math.min(CHUNK, size) + 2 * MARGIN];
            block = new RelocationTable.Block(entries);
        }
    }
}
