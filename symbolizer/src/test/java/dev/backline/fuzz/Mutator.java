package dev.backline.fuzz;

import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages a file at random, oftener where a byte means much: in its headers and at the heads of its sections. */
final class Mutator {
    /** Bytes at the head of a section among which there are its own headers. */
    private static final int HEAD = 64;

    /** Values at the edges of the types that files use. */
    private static final long[] EDGES = {
        0,
        1,
        2,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0x8000,
        0xffff,
        0x7fffffffL,
        0x80000000L,
        0xfffffff0L,
        0xffffffffL,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -16,
        -1
    };

    private final byte[] original;
    private final List<Range> hot = new ArrayList<>();
    private final List<Range> debug = new ArrayList<>();

    private record Range(int start, int end) {
        int pick(Random random) {
            return start + random.nextInt(end - start);
        }
    }

    Mutator(byte[] original) throws ElfException {
        this.original = original;
        ElfFile elf = ElfFile.of("fixture", original);
        boolean is64 = elf.header().is64();
        add(hot, 0, is64 ? 64 : 52);
        long table = elf.header().sectionHeaderOffset();
        add(hot, table, table + (is64 ? 64L : 40L) * elf.sections().size());
        for (Section section : elf.sections()) {
            if (section.type() != Section.SHT_NOBITS && section.type() != Section.SHT_NULL) {
                long end = section.offset() + section.size();
                add(hot, section.offset(), Math.min(section.offset() + HEAD, end));
                if (section.name().contains("debug") || section.type() == Section.SHT_SYMTAB) {
                    add(debug, section.offset(), end);
                }
            }
        }
        if (debug.isEmpty()) {
            add(debug, 0, original.length);
        }
    }

    /** A file in which what means much stands at its beginning and its end, as in an index. */
    Mutator(byte[] original, int head, int tail) {
        this.original = original;
        add(hot, 0, head);
        add(hot, Math.max(0, original.length - tail), original.length);
        add(debug, 0, original.length);
    }

    private void add(List<Range> ranges, long start, long end) {
        int last = (int) Math.min(end, original.length);
        if (start >= 0 && start < last) {
            ranges.add(new Range((int) start, last));
        }
    }

    byte[] mutate(Random random) {
        byte[] file = original.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            change(file, place(random), random);
        }
        return random.nextInt(16) == 0 ? Arrays.copyOf(file, random.nextInt(file.length)) : file;
    }

    private int place(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextInt(original.length);
            case 1, 2 -> hot.get(random.nextInt(hot.size())).pick(random);
            default -> debug.get(random.nextInt(debug.size())).pick(random);
        };
    }

    private static void change(byte[] file, int at, Random random) {
        switch (random.nextInt(6)) {
            case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> file[at] = (byte) random.nextInt();
            case 2 -> file[at] += (byte) (random.nextBoolean() ? 1 : -1);
            case 3 -> {
                int length = Math.min(1 << random.nextInt(4), file.length - at);
                long value = EDGES[random.nextInt(EDGES.length)];
                for (int i = 0; i < length; i++) {
                    file[at + i] = (byte) (value >> 8 * i);
                }
            }
            case 4 -> {
                int length = Math.min(1 + random.nextInt(32), file.length - at);
                int from = random.nextInt(file.length - length + 1);
                System.arraycopy(file, from, file, at, length);
            }
            default -> {
                int length = Math.min(1 + random.nextInt(16), file.length - at);
                Arrays.fill(file, at, at + length, (byte) (random.nextBoolean() ? 0 : 0xff));
            }
        }
    }
}
