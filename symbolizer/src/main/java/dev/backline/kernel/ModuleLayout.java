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
 * Where a boot had the sections of code of one module. From the sections' own addresses; else from symbols of which
 * both addresses are known; else as the kernel's loader lays them out (kernel/module/main.c, layout_sections), which
 * holds as long as no architecture puts something before them. Immutable.
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
     * @param base of the section in the boot's memory
     * @param estimated whether that was worked out from where other sections are
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
     * @param base where its code begins, or null
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
        // What begins with .init is thrown away after loading, and another module's code may be there now.
        placed.sort((a, b) -> Boolean.compare(isInit(a.section), isInit(b.section)));
        return new ModuleLayout(data, placed);
    }

    /** Where the code begins: as known sections say, else as /proc/modules does. */
    private static @Nullable Long start(Map<Integer, Long> bases, Map<Integer, Long> offsets, @Nullable Long base) {
        for (Map.Entry<Integer, Long> known : bases.entrySet()) {
            Long offset = offsets.get(known.getKey());
            if (offset != null && (known.getValue() - offset) % PAGE == 0) {
                return known.getValue() - offset;
            }
        }
        return base;
    }

    /** Where the loader puts sections of code relative to the first one: in their order, each aligned. */
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

    /** Each symbol whose name is the only one votes for the base of its section. */
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

    /** {@return the place in the file of an address in memory; null when it is in none of its code} */
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
