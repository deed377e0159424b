package dev.backline.crash.explain;

import dev.backline.elf.ElfFile;
import dev.backline.elf.ElfHeader;
import dev.backline.elf.Relocations;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Applies the relocations of a module's code, so that its references to functions and data have addresses of the file.
 * Undefined symbols get addresses of their own. Relocations: System V AMD64 psABI 4.4.1, AAELF64 5.7.
 */
final class RelocatedCode {
    /** Far above the sections of a module, and near enough for x86's 32-bit displacements. */
    private static final long FIRST_EXTERNAL = 0x7000_0000L;

    private static final long EXTERNAL_SIZE = 0x1000;
    private static final int MAX_FIELDS = 1 << 14;

    private final TreeMap<Long, String> externals = new TreeMap<>();
    private final List<Long> fields = new ArrayList<>();
    /** The names of undefined functions by the addresses of the branches, where a branch does not reach that far. */
    private final Map<Long, String> called = new HashMap<>();

    /** The name of an undefined symbol by its address; null for other addresses. */
    @Nullable
    String external(long address) {
        if (address < FIRST_EXTERNAL) {
            return null;
        }
        var entry = externals.floorEntry(address);
        return entry == null || address - entry.getKey() >= EXTERNAL_SIZE ? null : entry.getValue();
    }

    /** The address of an undefined symbol that {@link #external} names. */
    long externalStart(long address) {
        Long start = externals.floorKey(address);
        return start == null ? address : start;
    }

    /** The undefined function that the branch at an address leads to; null if its target is in its bytes. */
    @Nullable
    String called(long address) {
        return called.get(address);
    }

    /** The addresses of the changed fields, in the order of the table. */
    List<Long> fields() {
        return fields;
    }

    /**
     * Relocates code in place.
     *
     * @param elf the module
     * @param section of the code
     * @param code the bytes
     * @param start the address of the first byte
     */
    static RelocatedCode apply(ElfFile elf, Section section, byte[] code, long start) throws IOException {
        RelocatedCode result = new RelocatedCode();
        int machine = elf.header().machine();
        if (!elf.header().isRelocatable() || (machine != ElfHeader.EM_X86_64 && machine != ElfHeader.EM_AARCH64)) {
            return result;
        }
        SymbolTable symbols = elf.symbols();
        for (Relocations table : Relocations.of(elf, section)) {
            for (Relocations.Entry each : table.at(start, start + code.length)) {
                if (result.fields.size() >= MAX_FIELDS) {
                    return result;
                }
                long value = each.value();
                if (each.symbol() > 0 && each.symbol() < symbols.size() && symbols.sectionIndex(each.symbol()) == 0) {
                    long address = FIRST_EXTERNAL + each.symbol() * EXTERNAL_SIZE;
                    result.externals.put(address, symbols.name(each.symbol()));
                    value = address + value;
                    if (machine == ElfHeader.EM_AARCH64 && isBranch(each.type())) {
                        result.called.put(each.address(), symbols.name(each.symbol()));
                        continue;
                    }
                }
                int at = (int) (each.address() - start);
                boolean changed = machine == ElfHeader.EM_X86_64
                        ? x86(code, at, each.type(), value, each.address())
                        : arm64(code, at, each.type(), value, each.address());
                if (changed) {
                    result.fields.add(each.address());
                }
            }
        }
        return result;
    }

    private static boolean x86(byte[] code, int at, int type, long value, long field) {
        long number = switch (type) {
            case 2, 4 -> value - field; // R_X86_64_PC32, R_X86_64_PLT32
            case 10, 11 -> value; // R_X86_64_32, R_X86_64_32S
            default -> Long.MIN_VALUE;
        };
        if (number == Long.MIN_VALUE || at + 4 > code.length) {
            return false;
        }
        write(code, at, (int) number);
        return true;
    }

    /** R_AARCH64_JUMP26 and R_AARCH64_CALL26. */
    private static boolean isBranch(int type) {
        return type == 282 || type == 283;
    }

    private static boolean arm64(byte[] code, int at, int type, long value, long field) {
        if (at + 4 > code.length) {
            return false;
        }
        int word =
                (code[at] & 0xff) | ((code[at + 1] & 0xff) << 8) | ((code[at + 2] & 0xff) << 16) | (code[at + 3] << 24);
        int low = (int) (value & 0xfff);
        switch (type) {
            case 275, 276 -> { // R_AARCH64_ADR_PREL_PG_HI21 and _NC
                long pages = (value >> 12) - (field >> 12);
                word = (word & ~0x60ff_ffe0) | ((int) (pages & 3) << 29) | ((int) ((pages >> 2) & 0x7ffff) << 5);
            }
            case 277, 278 -> word = immediate(word, low); // R_AARCH64_ADD_ABS_LO12_NC, LDST8
            case 284 -> word = immediate(word, low >> 1); // LDST16
            case 285 -> word = immediate(word, low >> 2); // LDST32
            case 286 -> word = immediate(word, low >> 3); // LDST64
            case 282, 283 -> word = (word & ~0x03ff_ffff) | ((int) ((value - field) >> 2) & 0x03ff_ffff);
            case 299 -> word = immediate(word, low >> 4); // LDST128
            default -> {
                return false;
            }
        }
        write(code, at, word);
        return true;
    }

    private static int immediate(int word, int imm12) {
        return (word & ~(0xfff << 10)) | (imm12 << 10);
    }

    private static void write(byte[] code, int at, int value) {
        for (int i = 0; i < 4; i++) {
            code[at + i] = (byte) (value >>> (8 * i));
        }
    }
}
