package dev.backline.dwarf;

import dev.backline.elf.SectionData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The strings of {@code .debug_str} and its kin (DWARF5 7.26), read page by page. Thread-safe. */
final class StringTable {
    private static final int PAGE = 1 << 14;
    /** No name or path that a compiler writes comes near this; a section without a NUL would. */
    private static final int MAX_LENGTH = 1 << 20;

    private final SectionData section;
    private final AtomicReferenceArray<byte[]> pages;

    StringTable(SectionData section) {
        this.section = section;
        pages = new AtomicReferenceArray<>((int) Math.min(Integer.MAX_VALUE, (section.size() + PAGE - 1) / PAGE));
    }

    /** The NUL-terminated string at the offset. */
    String at(long offset) throws IOException {
        if (offset < 0 || offset >= section.size()) {
            throw new DwarfException(section.file(), section.name(), offset, "a string outside the section");
        }
        int index = (int) (offset / PAGE);
        byte[] page = page(index);
        int start = (int) (offset % PAGE);
        for (int i = start; i < page.length; i++) {
            if (page[i] == 0) {
                return new String(page, start, i - start, StandardCharsets.UTF_8);
            }
        }
        byte[] collected = Arrays.copyOfRange(page, start, page.length);
        while (++index < pages.length() && collected.length < MAX_LENGTH) {
            page = page(index);
            int end = 0;
            while (end < page.length && page[end] != 0) {
                end++;
            }
            int old = collected.length;
            collected = Arrays.copyOf(collected, old + end);
            System.arraycopy(page, 0, collected, old, end);
            if (end < page.length) {
                return new String(collected, StandardCharsets.UTF_8);
            }
        }
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
