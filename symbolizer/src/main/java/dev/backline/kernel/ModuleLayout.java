package dev.backline.kernel;

import dev.backline.debugfiles.DebugData;
import dev.backline.elf.Section;
import dev.backline.elf.Symbols;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Run-time addresses of the code sections of one module: from section addresses, else from symbols with known
 * addresses, else estimated with the rules of the kernel's loader (kernel/module/main.c, layout_sections). The estimate
 * is wrong if an architecture inserts data in front of the sections. Immutable.
 */
final class ModuleLayout {
    private static final long PAGE = 0x1000;

    private final DebugData data;
    private final List<Placed> placed;

    private ModuleLayout(DebugData data, List<Placed> placed) {
        this.data = data;
        this.placed = placed;
    }

    /**
     * @param base the section's run-time address
     * @param estimated whether the base was calculated from other sections
     */
    private record Placed(Section section, long base, boolean estimated) {
        boolean contains(long address) {
            return Long.compareUnsigned(address - base, section.size()) < 0;
        }
    }

    /** An address in the file. */
    record At(long address, boolean estimated) {}

    /**
     * @param sections addresses of sections by name, empty when unknown
     * @param symbols addresses of the module's symbols, empty when unknown
     * @param base the start of the module's code, or null
     */
    static ModuleLayout of(DebugData data, Map<String, Long> sections, List<SymbolAddress> symbols, @Nullable Long base)
            throws IOException {
        Map<Integer, Long> bases = bySymbols(data, symbols);
        for (Section section : data.sections()) {
            Long known = sections.get(section.name());
            if (known != null && section.isExecutable()) {
                bases.put(section.index(), known);
            }
        }
        List<Placed> placed = new ArrayList<>();
        Map<Integer, Long> offsets = offsets(data);
        Long start = start(bases, offsets, base);
        for (Section section : data.sections()) {
            Long known = bases.get(section.index());
            Long offset = offsets.get(section.index());
            if (known != null && section.isExecutable()) {
                placed.add(new Placed(section, known, false));
            } else if (start != null && offset != null) {
                placed.add(new Placed(section, start + offset, true));
            }
        }
        // The kernel frees .init sections after loading, so another module's code can be there.
        placed.sort((a, b) -> Boolean.compare(isInit(a.section), isInit(b.section)));
        return new ModuleLayout(data, placed);
    }

    /** The start of the module's code: from known sections, else from /proc/modules. */
    private static @Nullable Long start(Map<Integer, Long> bases, Map<Integer, Long> offsets, @Nullable Long base) {
        for (Map.Entry<Integer, Long> known : bases.entrySet()) {
            Long offset = offsets.get(known.getKey());
            if (offset != null && (known.getValue() - offset) % PAGE == 0) {
                return known.getValue() - offset;
            }
        }
        return base;
    }

    /** Offsets of the code sections from the first one, as the loader places them: in order, each aligned. */
    private static Map<Integer, Long> offsets(DebugData data) {
        Map<Integer, Long> offsets = new HashMap<>();
        long end = 0;
        for (Section section : data.sections()) {
            if (section.isExecutable() && section.isAllocated() && !isInit(section)) {
                long alignment = Math.max(1, section.alignment());
                end = (end + alignment - 1) / alignment * alignment;
                offsets.put(section.index(), end);
                end += section.size();
            }
        }
        return offsets;
    }

    private static boolean isInit(Section section) {
        return section.name().startsWith(".init");
    }

    /** Section bases from symbols: each symbol with a unique name votes for the base of its section. */
    private static Map<Integer, Long> bySymbols(DebugData data, List<SymbolAddress> symbols) throws IOException {
        Map<Integer, Map<Long, Integer>> votes = new HashMap<>();
        Symbols table = data.symbols();
        for (SymbolAddress symbol : symbols) {
            int[] named = table.named(symbol.symbol());
            if (named.length == 1) {
                int section = table.sectionIndex(named[0]);
                if (section > 0 && section < data.sections().size()) {
                    long offset = table.address(named[0])
                            - data.address(data.sections().get(section));
                    votes.computeIfAbsent(section, key -> new HashMap<>())
                            .merge(symbol.address() - offset, 1, Integer::sum);
                }
            }
        }
        Map<Integer, Long> bases = new HashMap<>();
        votes.forEach((section, counts) -> counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .ifPresent(most -> bases.put(section, most.getKey())));
        return bases;
    }

    /** {@return the address in the file for a run-time address; null if the address is not in this module's code} */
    @Nullable
    At fileAddress(long address) {
        for (Placed each : placed) {
            if (each.contains(address)) {
                return new At(address - each.base + data.address(each.section), each.estimated);
            }
        }
        return null;
    }
}
