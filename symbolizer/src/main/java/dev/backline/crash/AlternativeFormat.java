package dev.backline.crash;

import dev.backline.elf.ElfFile;
import dev.backline.elf.ElfHeader;
import dev.backline.elf.Relocations;
import dev.backline.elf.Section;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an entry of {@code .altinstructions} (struct alt_instr) looks: two offsets of 4 bytes, each relative to itself, to the
 * original and the replacement, then fields that differ between machines and kernels. Immutable.
 *
 * @param size of an entry in bytes
 * @param lengthAt where the length of the original is
 * @param lengthWidth of that field in bytes
 */
record AlternativeFormat(int size, int lengthAt, int lengthWidth) {
    /** Entries whose addresses must make sense. */
    private static final int SAMPLES = 16;

    /** x86: 13 before 5.13 (with padlen), 12 until 6.2, 14 since (flags of 32 bits). */
    private static final List<AlternativeFormat> X86 = List.of(
            new AlternativeFormat(14, 12, 1), new AlternativeFormat(12, 10, 1), new AlternativeFormat(13, 10, 1));

    private static final List<AlternativeFormat> ARM64 = List.of(new AlternativeFormat(12, 10, 1));

    /** s390: with and without the replacement's length, and with a feature of 32 bits. */
    private static final List<AlternativeFormat> S390 = List.of(
            new AlternativeFormat(11, 10, 1), new AlternativeFormat(12, 10, 1), new AlternativeFormat(13, 12, 1));

    private static final List<AlternativeFormat> RISCV = List.of(new AlternativeFormat(16, 10, 2));

    /** {@return the format of a table; null if none fits} */
    static @Nullable AlternativeFormat of(ElfFile file, PatchTable table) throws IOException {
        List<AlternativeFormat> known = switch (file.header().machine()) {
            case ElfHeader.EM_X86_64, ElfHeader.EM_386 -> X86;
            case ElfHeader.EM_AARCH64 -> ARM64;
            case ElfHeader.EM_S390 -> S390;
            case ElfHeader.EM_RISCV -> RISCV;
            default -> List.of();
        };
        boolean isByRelocations = file.header().isRelocatable() || !table.hasContent();
        for (AlternativeFormat each : known) {
            boolean fits = table.size() % each.size == 0
                    && (isByRelocations ? each.fitsRelocations(table) : each.fitsAddresses(file, table));
            if (fits) {
                return each;
            }
        }
        return null;
    }

    private boolean fitsAddresses(ElfFile file, PatchTable table) throws IOException {
        int targets = 0;
        int code = 0;
        for (long at = 0; at < table.size() && at < (long) SAMPLES * size; at += size) {
            for (int field = 0; field < 8; field += 4) {
                long target = table.address(at + field) + (int) table.number(at + field, 4);
                Section section = file.sectionAt(target);
                // An empty replacement may be at the end of its section
                Section before = section == null ? file.sectionAt(target - 1) : section;
                if (before == null) {
                    return false;
                }
                targets++;
                code += before.isExecutable() ? 1 : 0;
            }
        }
        // riscv patches the vDSO's image too, which is data
        return 2 * code >= targets;
    }

    private boolean fitsRelocations(PatchTable table) throws IOException {
        Set<Long> fields = new HashSet<>();
        for (Relocations.Entry each : table.relocations(SAMPLES * size)) {
            fields.add(each.address() - table.address(0));
        }
        for (long at = 0; at < table.size() && at < (long) SAMPLES * size; at += size) {
            if (!fields.contains(at) || !fields.contains(at + 4)) {
                return false;
            }
        }
        return true;
    }
}
