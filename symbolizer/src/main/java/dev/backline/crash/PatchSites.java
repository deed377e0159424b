package dev.backline.crash;

import dev.backline.crash.PatchSite.Kind;
import dev.backline.elf.ElfFile;
import dev.backline.elf.ElfHeader;
import dev.backline.elf.Relocations;
import dev.backline.elf.Section;
import dev.backline.elf.SectionData;
import dev.backline.elf.SymbolTable;
import dev.backline.elf.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The places in a window of code that the kernel may change at boot or run time, by the tables that the kernel itself
 * patches by: in vmlinux, sections or parts of a section between two symbols (include/asm-generic/vmlinux.lds.h); in a
 * module, sections with relocations. A table that is missing or damaged has no places. The tables are scanned for each
 * window, a few at a time, which takes some milliseconds in all, and are not kept. Not thread-safe.
 */
final class PatchSites {
    /** The length of an alternative is one byte on most machines. */
    private static final int LONGEST = 256;

    /** More bytes than the names of the linker script have. */
    private static final int MAX_NAME = 64;

    private static final int ARM64_NOP = 0xd503201f;
    private static final int ARM64_BTI_C = 0xd503245f;

    private final ElfFile file;
    private final int machine;
    private final boolean isX86;
    private final int pointer;
    private final long from;
    private final long to;
    private final List<PatchSite> found = new ArrayList<>();
    private int step;
    private int @Nullable [] bounds;

    private PatchSites(ElfFile file, long from, long to) {
        this.file = file;
        this.machine = file.header().machine();
        this.isX86 = machine == ElfHeader.EM_X86_64 || machine == ElfHeader.EM_386;
        this.pointer = file.header().addressSize();
        this.from = from;
        this.to = to;
    }

    /**
     * Prepares to read the tables.
     *
     * @param file vmlinux or a module
     * @param from the address of the window, as defined by {@link ElfFile#address}
     * @param to the address after the window
     * @return nothing is read yet
     */
    static PatchSites of(ElfFile file, long from, long to) {
        return new PatchSites(file, from, to);
    }

    /**
     * {@return the places of the next tables that overlap the window; null if there are no more tables} The tables are read
     * in an order that explains most windows early.
     */
    @Nullable
    List<PatchSite> next() {
        found.clear();
        switch (step++) {
            case 0 -> {
                if (file.header().isRelocatable()) {
                    read(this::relocations);
                }
            }
            case 1 -> {
                for (Section each : file.sections()) {
                    read(() -> section(each));
                }
            }
            case 2 -> read(this::ftrace);
            case 3 -> read(this::alternatives);
            case 4 -> read(this::jumpLabels);
            case 5 -> {
                if (isX86) {
                    read(this::staticCalls);
                    staticTrampolines();
                }
            }
            default -> {
                return null;
            }
        }
        return List.copyOf(found);
    }

    /** {@return the calls and the padding in the window that change for call depth tracking (x86 with retbleed=stuff)} */
    List<PatchSite> calls() {
        found.clear();
        Section section = file.section(".call_sites");
        if (section != null && isX86) {
            read(() -> relative(Kind.CALL, section));
            byte[] code = code(from, (int) (to - from));
            // arch/x86/kernel/callthunks.c writes the accounting into the nops before a function
            for (int i = 0; code != null && i < code.length; i++) {
                if (code[i] == (byte) 0x90) {
                    add(Kind.CALL, from + i, 1);
                }
            }
        }
        return List.copyOf(found);
    }

    /** Reads a table. */
    private interface Table {
        void read() throws IOException;
    }

    private static void read(Table table) {
        try {
            table.read();
        } catch (IOException e) {
            // A damaged table is as good as none: its places count as differences, and are shown as such
        }
    }

    private void section(Section section) throws IOException {
        String name = section.name();
        switch (name) {
            case ".return_sites" -> relative(Kind.RETURN, section);
            case ".retpoline_sites" -> relative(Kind.INDIRECT, section);
            case ".smp_locks" -> relative(Kind.LOCK, section);
            case ".ibt_endbr_seal" -> relative(Kind.ENDBR, section);
            case ".cfi_sites" -> relative(Kind.CFI, section);
            case ".parainstructions" -> paravirt(section);
            case ".init.pv_table", ".pv_table" -> relative(Kind.PHYSICAL_OFFSET, section);
            case ".alt.smp.init", ".init.smpalt" -> armAlternatives(section);
            case ".nospec_call_table", ".nospec_return_table" -> relative(Kind.INDIRECT, section);
            default -> {
                if (name.startsWith(".s390_indirect") || name.startsWith(".s390_return")) {
                    relative(Kind.INDIRECT, section);
                } else if (name.startsWith("runtime_ptr_") || name.startsWith("runtime_shift_")) {
                    runtimeConstants(section, name.startsWith("runtime_ptr_"));
                }
            }
        }
    }

    /** A table of offsets of 4 bytes, each relative to itself. */
    private void relative(Kind kind, Section section) throws IOException {
        for (PatchTable.Hit each : hits(PatchTable.of(file, section), 4, true)) {
            switch (kind) {
                case LOCK -> add(kind, each.site(), 1);
                case ENDBR, PHYSICAL_OFFSET -> add(kind, each.site(), 4);
                // The hash's mov, nops and ENDBR; the check of the callers stands before their indirect call
                case CFI -> add(kind, each.site(), 20);
                default -> add(kind, each.site(), isX86 ? x86Branch(each.site()) : 6);
            }
            if (kind == Kind.INDIRECT && isX86 && file.section(".cfi_sites") != null) {
                add(Kind.CFI, each.site() - 14, 14);
            }
        }
    }

    /** The length of a jump, conditional jump or call with a displacement of 4 bytes and perhaps a CS prefix. */
    private int x86Branch(long site) {
        byte[] code = code(site, 2);
        if (code == null) {
            return 5;
        }
        int prefix = code[0] == 0x2e ? 1 : 0;
        return prefix + (code[prefix] == 0x0f ? 6 : 5);
    }

    private void ftrace() throws IOException {
        PatchTable table = file.header().isRelocatable()
                ? ofSection(
                        isX86 || file.section("__patchable_function_entries") == null
                                ? "__mcount_loc"
                                : "__patchable_function_entries")
                : between("__start_mcount_loc", "__stop_mcount_loc");
        if (table == null) {
            return;
        }
        for (PatchTable.Hit each : hits(table, pointer, false)) {
            ftrace(each.site());
        }
    }

    private void ftrace(long site) {
        switch (machine) {
            case ElfHeader.EM_X86_64, ElfHeader.EM_386 -> add(Kind.FTRACE, site, 5);
            case ElfHeader.EM_S390 -> add(Kind.FTRACE, site, 6);
            // -fpatchable-function-entry: nops before the entry, perhaps BTI, nops after it
            case ElfHeader.EM_AARCH64 -> {
                for (int i = 0; i < 5; i++) {
                    int word = word(site + 4L * i);
                    if (word == ARM64_NOP) {
                        add(Kind.FTRACE, site + 4L * i, 4);
                    } else if (word != ARM64_BTI_C) {
                        break;
                    }
                }
            }
            case ElfHeader.EM_RISCV -> {
                int length = 0;
                while (length < 16) {
                    int word = word(site + length);
                    if (word == 0x13) {
                        length += 4;
                    } else if ((word & 0xffff) == 1) {
                        length += 2;
                    } else {
                        break;
                    }
                }
                add(Kind.FTRACE, site, Math.max(length, 4));
            }
            default -> add(Kind.FTRACE, site, 4);
        }
    }

    private void jumpLabels() throws IOException {
        // arch/x86, arm64, powerpc, riscv, s390: relative offsets and a key; arm, mips, sparc: pointers
        boolean isRelative = machine != ElfHeader.EM_ARM && machine != ElfHeader.EM_MIPS;
        int entrySize = isRelative ? 8 + pointer : 3 * pointer;
        PatchTable table = file.header().isRelocatable()
                ? ofSection("__jump_table")
                : between("__start___jump_table", "__stop___jump_table");
        if (table == null) {
            return;
        }
        for (PatchTable.Hit each : hits(table, entrySize, isRelative)) {
            add(Kind.JUMP_LABEL, each.site(), jumpLength(each.site()));
        }
    }

    private int jumpLength(long site) {
        if (!isX86) {
            return machine == ElfHeader.EM_S390 ? 6 : 4;
        }
        byte[] code = code(site, 1);
        // Short forms: jmp rel8, and the nop of 2 bytes with its operand size prefix
        return code != null && (code[0] == (byte) 0xeb || code[0] == 0x66) ? 2 : 5;
    }

    private void staticCalls() throws IOException {
        PatchTable table = file.header().isRelocatable()
                ? ofSection(".static_call_sites")
                : between("__start_static_call_sites", "__stop_static_call_sites");
        if (table == null) {
            return;
        }
        for (PatchTable.Hit each : hits(table, 8, true)) {
            add(Kind.STATIC_CALL, each.site(), x86Branch(each.site()));
        }
    }

    /** A trampoline is a jump or a return of 5 bytes, then 0f b9 cc (arch/x86/include/asm/static_call.h). */
    private void staticTrampolines() {
        byte[] code = code(from, (int) (to - from) + 8);
        if (code == null) {
            code = code(from, (int) (to - from));
        }
        for (int i = 0; code != null && i + 2 < code.length; i++) {
            if (code[i] == 0x0f && code[i + 1] == (byte) 0xb9 && code[i + 2] == (byte) 0xcc) {
                add(Kind.STATIC_CALL, from + i - 5, 5);
            }
        }
    }

    private void paravirt(Section section) throws IOException {
        PatchTable table = PatchTable.of(file, section);
        int entrySize = 2 * pointer;
        for (PatchTable.Hit each : hits(table, entrySize, false)) {
            add(Kind.PARAVIRT, each.site(), (int) table.number(each.offset() + pointer + 1, 1));
        }
    }

    /** arch/arm/include/asm/assembler.h, ALT_UP: the place, and the instruction for one processor. */
    private void armAlternatives(Section section) throws IOException {
        for (PatchTable.Hit each : hits(PatchTable.of(file, section), 8, true)) {
            add(Kind.ALTERNATIVE, each.site(), 4);
        }
    }

    /** arch/x86 and arch/arm64/include/asm/runtime-const.h. */
    private void runtimeConstants(Section section, boolean isPointer) throws IOException {
        int length = isX86 ? isPointer ? 8 : 1 : isPointer ? 16 : 4;
        for (PatchTable.Hit each : hits(PatchTable.of(file, section), 4, true)) {
            add(Kind.RUNTIME_CONSTANT, each.site(), length);
        }
    }

    private void alternatives() throws IOException {
        PatchTable table = ofSection(machine == ElfHeader.EM_RISCV ? ".alternative" : ".altinstructions");
        AlternativeFormat format = table == null ? null : AlternativeFormat.of(file, table);
        if (table == null || format == null) {
            return;
        }
        for (PatchTable.Hit each : hits(table, format.size(), true)) {
            long length = table.number(each.offset() + format.lengthAt(), format.lengthWidth());
            add(Kind.ALTERNATIVE, each.site(), (int) Math.min(length, LONGEST));
        }
    }

    /** The fields that the module loader fills in. */
    private void relocations() throws IOException {
        Section section = file.sectionAt(from);
        if (section == null) {
            return;
        }
        for (Relocations table : Relocations.of(file, section)) {
            for (Relocations.Entry each : table.at(from - 8, to)) {
                add(Kind.RELOCATION, each.address(), each.width());
            }
        }
    }

    /** The table between two symbols of vmlinux's linker script; null if the file does not have them. */
    private @Nullable PatchTable between(String first, String last) throws IOException {
        SymbolTable symbols = file.symbols();
        int[] all = bounds;
        if (all == null) {
            all = symbols.startingWith("__st");
            bounds = all;
        }
        long start = 0;
        long end = 0;
        for (int each : all) {
            String name = symbols.name(each, MAX_NAME);
            if (name.equals(first)) {
                start = symbols.address(each);
            } else if (name.equals(last)) {
                end = symbols.address(each);
            }
        }
        return PatchTable.at(file, start, end - start);
    }

    private @Nullable PatchTable ofSection(String name) {
        Section section = file.section(name);
        return section == null ? null : PatchTable.of(file, section);
    }

    private List<PatchTable.Hit> hits(PatchTable table, int entrySize, boolean isRelative) throws IOException {
        return table.hits(entrySize, isRelative, from - LONGEST, to);
    }

    private void add(Kind kind, long address, int length) {
        if (length > 0 && address + length - from > 0 && address - to < 0) {
            found.add(new PatchSite(kind, address, length));
        }
    }

    private int word(long address) {
        byte[] code = code(address, 4);
        return code == null ? 0 : Words.i32(code, 0, false);
    }

    private byte @Nullable [] code(long address, int length) {
        return code(file, address, length);
    }

    /**
     * {@return bytes of the file; null if the file does not have all of them in one section}
     *
     * @param file vmlinux or a module
     * @param address of the first byte
     * @param length in bytes
     */
    static byte @Nullable [] code(ElfFile file, long address, int length) {
        Section section = file.sectionAt(address);
        if (section == null || section.type() == Section.SHT_NOBITS) {
            return null;
        }
        try {
            SectionData data = file.data(section);
            long at = address - file.address(section);
            return at > data.size() - length ? null : data.read(at, length);
        } catch (IOException e) {
            return null;
        }
    }
}
