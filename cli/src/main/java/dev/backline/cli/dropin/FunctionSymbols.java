package dev.backline.cli.dropin;

import dev.backline.elf.ElfFile;
import dev.backline.elf.ElfHeader;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import dev.backline.io.AddressOrder;
import dev.backline.io.IntList;
import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the symbol that names the code at an address by BFD's rules: the last symbol at or below the address in the same
 * section that may be a function (not STT_OBJECT, STT_SECTION, STT_FILE or STT_TLS), however far away. Among several
 * symbols at one address, BFD prefers one that covers the looked-up address, then a function, then a typed symbol, then the
 * smallest. Thread-safe.
 */
final class FunctionSymbols {
    /** GNU extensions for symbols whose value is an expression. */
    private static final int STT_RELC = 8;

    private static final int STT_SRELC = 9;

    /** The bytes of a name that tell whether it is a label. */
    private static final int LABEL_START = 3;

    private final ElfFile elf;
    private final SymbolTable symbols;
    private final ConcurrentHashMap<Integer, Candidates> bySection = new ConcurrentHashMap<>();
    /** The STT_FILE symbols in the order of the table. */
    private final Lazy<int[], RuntimeException> files = new Lazy<>() {
        @Override
        protected int[] compute() {
            return fileSymbols();
        }
    };

    FunctionSymbols(ElfFile elf) throws IOException {
        this.elf = elf;
        this.symbols = elf.symbols();
    }

    /** The symbols of one section that may be functions, in the order of their addresses. */
    private static final class Candidates {
        final int[] symbols;
        final long[] addresses;

        Candidates(int[] symbols, long[] addresses) {
            this.symbols = symbols;
            this.addresses = addresses;
        }
    }

    /** {@return the index of the symbol for an offset into a section, or −1} */
    int at(Section section, long offset) {
        long address = elf.address(section) + offset;
        Candidates candidates = candidates(section.index());
        long[] addresses = candidates.addresses;
        int last = AddressOrder.lastAtOrBefore(addresses, address);
        if (last < 0) {
            return -1;
        }
        long best = addresses[last];
        int first = last;
        while (first > 0 && addresses[first - 1] == best) {
            first--;
        }
        int chosen = candidates.symbols[first];
        for (int i = first + 1; i <= last; i++) {
            if (fitsBetter(candidates.symbols[i], chosen, address - best)) {
                chosen = candidates.symbols[i];
            }
        }
        return chosen;
    }

    String name(int symbol) {
        return symbols.name(symbol);
    }

    /**
     * {@return the name of the STT_FILE symbol that precedes a symbol in the table; null if there is none, and for global
     * symbols, which follow the local symbols of all files}
     */
    @Nullable
    String sourceFile(int symbol) {
        int[] files = this.files.get();
        int before = Arrays.binarySearch(files, symbol);
        before = (before < 0 ? -before - 1 : before) - 1;
        if (before < 0) {
            return null;
        }
        boolean fileAfterSymbol = files[before] > before + 1;
        boolean told = symbols.binding(symbol) == SymbolTable.STB_LOCAL || !fileAfterSymbol;
        return told ? symbols.name(files[before]) : null;
    }

    private int[] fileSymbols() {
        IntList found = new IntList();
        // Index 0 is not a symbol.
        for (int i = 1; i < symbols.size(); i++) {
            if (symbols.type(i) == SymbolTable.STT_FILE) {
                found.add(i);
            }
        }
        return found.toArray();
    }

    private Candidates candidates(int section) {
        Candidates known = bySection.get(section);
        return known == null ? collect(section) : known;
    }

    private synchronized Candidates collect(int section) {
        Candidates known = bySection.get(section);
        if (known == null) {
            known = read(section);
            bySection.put(section, known);
        }
        return known;
    }

    private Candidates read(int section) {
        boolean marksCode = marksCode();
        IntList members = new IntList();
        for (int i = 1; i < symbols.size(); i++) {
            if (symbols.sectionIndex(i) == section && mayBeFunction(i, marksCode)) {
                members.add(i);
            }
        }
        int[] found = members.toArray();
        int count = found.length;
        long[] addresses = new long[count];
        for (int i = 0; i < count; i++) {
            addresses[i] = symbols.address(found[i]);
        }
        int[] order = AddressOrder.of(addresses, count);
        int[] ordered = new int[count];
        long[] orderedAddresses = new long[count];
        for (int i = 0; i < count; i++) {
            ordered[i] = found[order[i]];
            orderedAddresses[i] = addresses[order[i]];
        }
        return new Candidates(ordered, orderedAddresses);
    }

    /** Whether the machine's tools mark code and data with symbols such as $x and $d. */
    private boolean marksCode() {
        int machine = elf.header().machine();
        return machine == ElfHeader.EM_ARM || machine == ElfHeader.EM_AARCH64 || machine == ElfHeader.EM_RISCV;
    }

    private boolean mayBeFunction(int symbol, boolean marksCode) {
        return switch (symbols.type(symbol)) {
            case SymbolTable.STT_OBJECT,
                    SymbolTable.STT_SECTION,
                    SymbolTable.STT_FILE,
                    SymbolTable.STT_TLS,
                    STT_RELC,
                    STT_SRELC -> false;
            // The first test reads no name
            default -> !(symbols.isMapping(symbol) && isLabel(symbols.name(symbol, LABEL_START), marksCode));
        };
    }

    /** Whether the name is a label that the assembler made ({@code .L0 } of RISC-V, {@code L0^A}), or marks code or data. */
    private static boolean isLabel(String name, boolean marksCode) {
        return name.startsWith(".L") || name.startsWith("L0\u0001") || (marksCode && name.startsWith("$"));
    }

    private boolean fitsBetter(int candidate, int chosen, long distance) {
        long size = Math.max(1, symbols.elfSize(candidate));
        long chosenSize = Math.max(1, symbols.elfSize(chosen));
        if (chosenSize <= distance) {
            return size > chosenSize;
        }
        if (size <= distance) {
            return false;
        }
        boolean function = symbols.type(candidate) == SymbolTable.STT_FUNC;
        boolean chosenFunction = symbols.type(chosen) == SymbolTable.STT_FUNC;
        if (function != chosenFunction) {
            return function;
        }
        boolean untyped = symbols.type(candidate) == SymbolTable.STT_NOTYPE;
        boolean chosenUntyped = symbols.type(chosen) == SymbolTable.STT_NOTYPE;
        return untyped == chosenUntyped ? size < chosenSize : chosenUntyped;
    }
}
