package dev.backline.crash;

import dev.backline.elf.ElfFile;
import dev.backline.elf.ElfHeader;
import dev.backline.elf.Relocations;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import dev.backline.elf.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields in a window of vmlinux's code that contain absolute addresses. KASLR adds its offset to each of them, so that
 * the bytes of a report and those of the file differ there by the same number. Where the file has no relocations (x86
 * since 6.10 removes them), a field is found by its value. Immutable.
 */
final class AbsoluteFields {
    /** The lowest step of KASLR on x86 (CONFIG_PHYSICAL_ALIGN of 64-bit kernels, MIN_KERNEL_ALIGN). */
    private static final long X86_64_STEP = 0x20_0000;

    private static final long STEP = 0x1000;

    /** RANDOMIZE_BASE: x86-64 moves the kernel by less than 1 GiB. */
    private static final long RANGE = 0x4000_0000L;

    private static final long LAST_2_GIB = 0xffff_ffff_8000_0000L;

    /** The displacement of a rip-relative operand counts from the end of the instruction: 0, 1, 2 or 4 bytes later. */
    private static final int[] IMMEDIATES = {0, 1, 2, 4};

    private final ElfFile file;
    private final int machine;
    private final boolean isBig;
    private final long from;
    private final byte[] own;
    private final byte[] running;
    /** Whether each byte of the window can be compared. */
    private final boolean[] isKnown;

    private final List<Field> listed = new ArrayList<>();
    private final boolean hasList;
    private long imageEnd;
    private long percpuSize;

    /**
     * One field.
     *
     * @param at its first byte in the window; may be negative
     * @param width in bytes
     * @param sign -1 for the distance from the code to a per-CPU variable, which does not move; else 1
     * @param value in the file
     */
    private record Field(int at, int width, int sign, long value) {}

    /**
     * Finds the fields.
     *
     * @param file vmlinux
     * @param section that contains the window
     * @param from the address of the window
     * @param own the window's bytes in the file
     * @param running the window's bytes in the report
     * @param isKnown whether each byte can be compared
     */
    AbsoluteFields(ElfFile file, Section section, long from, byte[] own, byte[] running, boolean[] isKnown) {
        this.file = file;
        this.machine = file.header().machine();
        this.isBig = file.header().bigEndian();
        this.from = from;
        this.own = own.clone();
        this.running = running.clone();
        this.isKnown = isKnown.clone();
        List<Relocations> tables = Relocations.of(file, section);
        this.hasList = !tables.isEmpty() || machine != ElfHeader.EM_X86_64;
        try {
            for (Relocations table : tables) {
                for (Relocations.Entry each : table.at(from - 8, from + own.length)) {
                    list(each);
                }
            }
            if (!file.header().isRelocatable() && machine != ElfHeader.EM_X86_64 && machine != ElfHeader.EM_386) {
                for (Relocations table : Relocations.ofLoader(file)) {
                    for (Relocations.Entry each : table.at(from - 8, from + own.length)) {
                        int at = (int) (each.address() - from);
                        int width = file.header().addressSize();
                        if (at + width > 0) {
                            listed.add(new Field(at, width, 1, each.value()));
                        }
                    }
                }
            }
        } catch (IOException e) {
            // Without relocations, the fields count as differences
        }
        if (!hasList) {
            measure();
        }
    }

    private void list(Relocations.Entry entry) throws IOException {
        int width = width(entry.type());
        if (width == 0) {
            return;
        }
        boolean isPercpu = isPercpu(entry.symbol());
        boolean isRelative = width < 0;
        // arch/x86/tools/relocs.c: relative fields move only if the symbol does not, absolute ones only if it does
        if (isRelative == isPercpu && !isAbsolute(entry.symbol())) {
            int at = (int) (entry.address() - from);
            byte[] field = PatchSites.code(file, entry.address(), Math.abs(width));
            if (field != null && at + field.length > 0) {
                listed.add(new Field(at, field.length, isRelative ? -1 : 1, Words.get(field, 0, field.length, isBig)));
            }
        }
    }

    /** The width of a field that KASLR may change, negative if it is relative; 0 if KASLR never changes it. */
    private int width(int type) {
        return switch (machine) {
            case ElfHeader.EM_X86_64 ->
                switch (type) {
                    case 1 -> 8; // R_X86_64_64
                    case 10, 11 -> 4; // R_X86_64_32, R_X86_64_32S
                    case 2, 4 -> -4; // R_X86_64_PC32, R_X86_64_PLT32
                    default -> 0;
                };
            case ElfHeader.EM_386 -> type == 1 ? 4 : 0; // R_386_32
            default -> 0;
        };
    }

    private boolean isPercpu(int symbol) throws IOException {
        SymbolTable symbols = file.symbols();
        if (machine != ElfHeader.EM_X86_64 || symbol <= 0 || symbol >= symbols.size()) {
            return false;
        }
        int index = symbols.sectionIndex(symbol);
        if (index <= 0 || index >= file.sections().size()) {
            return false;
        }
        Section section = file.sections().get(index);
        if (!section.name().equals(".data..percpu") || section.address() != 0) {
            return false;
        }
        String name = symbols.name(symbol);
        return !name.equals("__init_end") && !name.equals("__per_cpu_load") && !name.startsWith("init_per_cpu_");
    }

    private boolean isAbsolute(int symbol) throws IOException {
        SymbolTable symbols = file.symbols();
        return symbol <= 0 || symbol >= symbols.size() || symbols.sectionIndex(symbol) == SymbolTable.SHN_ABS;
    }

    private void measure() {
        for (Section each : file.sections()) {
            long address = file.address(each);
            if (each.isAllocated() && Long.compareUnsigned(address, LAST_2_GIB) >= 0) {
                long end = address + Math.max(0, Math.min(each.size(), RANGE));
                imageEnd = Long.compareUnsigned(end, imageEnd) > 0 ? end : imageEnd;
            } else if (each.name().equals(".data..percpu") && address == 0) {
                percpuSize = each.size();
            }
        }
    }

    /**
     * Finds the offset that explains the most bytes that differ, and marks these bytes as equal.
     *
     * @param differs whether each byte of the window differs; changed
     * @return the offset; null if no field tells
     */
    @Nullable
    Long explain(boolean[] differs) {
        Set<Long> offsets = offsets(differs);
        Long best = null;
        boolean[] rest = differs;
        int fewest = Integer.MAX_VALUE;
        for (long each : offsets) {
            boolean[] trial = differs.clone();
            apply(each, trial);
            int left = count(trial);
            if (left < fewest) {
                best = each;
                rest = trial;
                fewest = left;
            }
        }
        if (best == null) {
            forgive(differs);
            return null;
        }
        if (best == 0 || fewest >= count(differs)) {
            return null;
        }
        System.arraycopy(rest, 0, differs, 0, differs.length);
        return best;
    }

    /** Marks the bytes of fields as equal that the window cuts, so that they neither tell nor refute an offset. */
    private void forgive(boolean[] differs) {
        for (Field each : listed) {
            if (each.at < 0 || each.at + each.width > own.length) {
                Arrays.fill(differs, Math.max(0, each.at), Math.min(own.length, each.at + each.width), false);
            }
        }
        int end = own.length;
        if (!hasList && differs[0] && (field(-3, 1) != null || field(-3, -1) != null)) {
            differs[0] = false;
        }
        if (!hasList && differs[end - 1] && (field(end - 3, 1) != null || field(end - 3, -1) != null)) {
            differs[end - 1] = false;
        }
    }

    private static int count(boolean[] set) {
        int n = 0;
        for (boolean each : set) {
            n += each ? 1 : 0;
        }
        return n;
    }

    private Set<Long> offsets(boolean[] differs) {
        Set<Long> offsets = new LinkedHashSet<>();
        for (Field each : listed) {
            add(offsets, offset(each));
        }
        if (!hasList) {
            for (int i = 0; i < differs.length; i++) {
                // The step is 0x200000: of an address of 4 bytes, only the two highest can differ
                for (int at = i - 2; differs[i] && at >= i - 3; at--) {
                    for (int sign = 1; sign >= -1; sign -= 2) {
                        Field field = field(at, sign);
                        Long offset = field == null ? null : offset(field);
                        if (offset != null && offset != 0) {
                            add(offsets, offset);
                        }
                    }
                }
            }
        }
        return offsets;
    }

    private static void add(Set<Long> offsets, @Nullable Long offset) {
        if (offset != null && offsets.size() < 32) {
            offsets.add(offset);
        }
    }

    /** A field by its value: an address in the image, or the distance to a per-CPU variable. */
    private @Nullable Field field(int at, int sign) {
        byte[] bytes = PatchSites.code(file, from + at, 4);
        if (bytes == null) {
            return null;
        }
        long value = Words.i32(bytes, 0, false);
        if (sign > 0) {
            boolean isInImage =
                    Long.compareUnsigned(value, LAST_2_GIB) >= 0 && Long.compareUnsigned(value, imageEnd) <= 0;
            return isInImage ? new Field(at, 4, 1, value) : null;
        }
        for (int each : IMMEDIATES) {
            if (Long.compareUnsigned(from + at + 4 + each + value, percpuSize) < 0) {
                return new Field(at, 4, -1, value);
            }
        }
        return null;
    }

    /** The offset by one field; null if the window cuts off bytes that tell, or if no KASLR gives such an offset. */
    private @Nullable Long offset(Field field) {
        // The low two bytes do not change
        int first = isBig ? 0 : 2;
        int last = isBig ? field.width - 3 : field.width - 1;
        for (int i = first; i <= last; i++) {
            int at = field.at + i;
            if (at < 0 || at >= own.length || !isKnown[at]) {
                return null;
            }
        }
        byte[] there = new byte[field.width];
        Words.put(there, 0, field.width, isBig, field.value);
        for (int i = 0; i < field.width; i++) {
            int at = field.at + i;
            if (at >= 0 && at < own.length && isKnown[at]) {
                there[i] = running[at];
            }
        }
        long moved = Words.get(there, 0, field.width, isBig) - field.value;
        long offset = field.sign * (field.width == 4 ? (int) moved : moved);
        boolean is64 = machine == ElfHeader.EM_X86_64;
        boolean isPossible = offset >= 0 && (!is64 || offset < RANGE) && offset % (is64 ? X86_64_STEP : STEP) == 0;
        return isPossible ? offset : null;
    }

    /** Marks the bytes of the fields that have the offset as equal, and those of fields that don't as different. */
    private void apply(long offset, boolean[] differs) {
        for (Field each : listed) {
            mark(each, offset, differs);
        }
        if (hasList) {
            return;
        }
        for (int i = 0; i < differs.length; i++) {
            for (int at = i - 2; differs[i] && at >= i - 3; at--) {
                for (int sign = 1; sign >= -1; sign -= 2) {
                    Field field = differs[i] ? field(at, sign) : null;
                    if (field != null && fits(field, offset)) {
                        mark(field, offset, differs);
                    }
                }
            }
        }
    }

    private boolean fits(Field field, long offset) {
        byte[] expected = expected(field, offset);
        for (int i = 0; i < field.width; i++) {
            int at = field.at + i;
            if (at >= 0 && at < own.length && isKnown[at] && running[at] != expected[i]) {
                return false;
            }
        }
        return true;
    }

    private void mark(Field field, long offset, boolean[] differs) {
        byte[] expected = expected(field, offset);
        for (int i = 0; i < field.width; i++) {
            int at = field.at + i;
            if (at >= 0 && at < own.length && isKnown[at]) {
                differs[at] = running[at] != expected[i];
            }
        }
    }

    private byte[] expected(Field field, long offset) {
        byte[] bytes = new byte[field.width];
        Words.put(bytes, 0, field.width, isBig, field.value + field.sign * offset);
        return bytes;
    }
}
