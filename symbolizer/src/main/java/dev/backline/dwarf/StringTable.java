package dev.backline.dwarf;

import dev.backline.elf.SectionData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The strings of {@code .debug_str} and its kin (DWARF5 7.26), read page by page. Thread-safe. */
final class StringTable {
    private static final int PAGE = 1 << 14;
    /** No name or path that a compiler writes comes near this; a section without a NUL would. */
    private static final int MAX_LENGTH = 1 << 20;

    /**
     * Longer strings are kept, so that each takes its memory once, and counted: in a sound file they do not overlap. The
     * kernel's names are no longer.
     */
    private static final int LONG = 512;

    private final SectionData section;
    private final AtomicReferenceArray<byte[]> pages;
    private final ConcurrentHashMap<Long, String> longStrings = new ConcurrentHashMap<>();
    private final AtomicLong longBytes = new AtomicLong();
    private final long maxLongBytes;

    StringTable(SectionData section) {
        this.section = section;
        pages = new AtomicReferenceArray<>((int) Math.min(Integer.MAX_VALUE, (section.size() + PAGE - 1) / PAGE));
        // The linker may have one string be the tail of another.
        maxLongBytes = Math.min(Capacity.of(1), 2 * section.size());
    }

    /** The NUL-terminated string at the offset. */
    String at(long offset) throws IOException {
        if (offset < 0 || offset >= section.size()) {
            throw new DwarfException(section.file(), section.name(), offset, "a string outside the section");
        }
        byte[] page = page((int) (offset / PAGE));
        int start = (int) (offset % PAGE);
        int end = Math.min(page.length, start + LONG);
        for (int i = start; i < end; i++) {
            if (page[i] == 0) {
                return new String(page, start, i - start, StandardCharsets.UTF_8);
            }
        }
        String known = longStrings.get(offset);
        return known != null ? known : readOn(offset);
    }

    private String readOn(long offset) throws IOException {
        if (longBytes.get() > maxLongBytes) {
            throw new DwarfException(
                    section.file(),
                    section.name(),
                    offset,
                    "the long strings overlap, or take more than an eighth of the Java heap; if the file is sound, give"
                            + " Java a larger heap (-Xmx)");
        }
        int index = (int) (offset / PAGE);
        int start = (int) (offset % PAGE);
        ByteArrayOutputStream collected = new ByteArrayOutputStream();
        while (index < pages.length() && collected.size() < MAX_LENGTH) {
            byte[] page = page(index++);
            int end = start;
            while (end < page.length && page[end] != 0) {
                end++;
            }
            collected.write(page, start, end - start);
            if (end < page.length) {
                String text = collected.toString(StandardCharsets.UTF_8);
                // A short one goes on in the next page.
                if (collected.size() > LONG) {
                    longBytes.addAndGet(collected.size());
                    longStrings.put(offset, text);
                }
                return text;
            }
            start = 0;
        }
        longBytes.addAndGet(collected.size());
        throw new DwarfException(section.file(), section.name(), offset, "a string without its NUL");
    }

    private byte[] page(int index) throws IOException {
        byte[] page = pages.get(index);
        if (page == null) {
            long start = (long) index * PAGE;
            page = section.read(start, (int) Math.min(PAGE, section.size() - start));
            pages.set(index, page);
        }
        return page;
    }
}
