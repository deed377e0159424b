package dev.backline.kernel;

import dev.backline.debugfiles.DebugData;
import dev.backline.elf.Section;
import dev.backline.elf.Symbols;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a boot had moved the kernel from where vmlinux says it is.
 *
 * @param offset in bytes, to be subtracted from the boot's addresses; 0 when unknown
 * @param known whether anything says so
 * @param problem what does not agree, as a sentence; or null
 */
record Kaslr(long offset, boolean known, @Nullable String problem) {
    /** No kernel is moved by less: the smallest page. */
    private static final long PAGE = 0x1000;

    private static final int MAX_SYMBOLS = 16;

    static Kaslr of(DebugData vmlinux, LoadMap map) throws IOException {
        Long given = map.given();
        if (given != null) {
            return new Kaslr(given, true, null);
        }
        Map<String, Long> answers = new LinkedHashMap<>(map.stated());
        Kallsyms kallsyms = map.kallsyms();
        if (kallsyms != null) {
            Long offset = byMarkers(vmlinux, kallsyms);
            if (offset == null) {
                return new Kaslr(
                        0,
                        false,
                        "kallsyms and " + vmlinux.name()
                                + " are of different builds: their kernels' code is not of the same size");
            }
            answers.put("kallsyms", offset);
        }
        if (answers.isEmpty()) {
            return bySymbols(vmlinux, map.symbols());
        }
        long first = answers.values().iterator().next();
        if (answers.values().stream().anyMatch(each -> each != first)) {
            List<String> texts = new ArrayList<>();
            answers.forEach((source, offset) -> texts.add(source + " says 0x" + Long.toHexString(offset)));
            return new Kaslr(
                    0,
                    false,
                    "it is not clear how far the kernel was moved: " + String.join(", ", texts)
                            + "; are they of one boot? else give --kaslr-offset");
        }
        return new Kaslr(first, true, null);
    }

    /** Both ends of the code, so that another build is noticed; null when it is one. */
    private static @Nullable Long byMarkers(DebugData vmlinux, Kallsyms kallsyms) throws IOException {
        Symbols symbols = vmlinux.symbols();
        Long offset = null;
        int agreed = 0;
        for (String marker : Kallsyms.MARKERS) {
            Long address = kallsyms.markers().get(marker);
            int[] named = address == null || agreed == 2 ? new int[0] : symbols.named(marker);
            if (address != null && named.length == 1) {
                long moved = address - symbols.address(named[0]);
                if (offset != null && moved != offset) {
                    return null;
                }
                offset = moved;
                agreed++;
            }
        }
        return offset;
    }

    /** Frames that show address and symbol: all that can be right must agree. */
    private static Kaslr bySymbols(DebugData vmlinux, List<SymbolAddress> shown) throws IOException {
        Symbols symbols = vmlinux.symbols();
        Map<Long, Integer> votes = new HashMap<>();
        int voters = 0;
        for (SymbolAddress each : shown) {
            if (each.module() != null || Boot.isHashed(vmlinux, each.address()) || voters == MAX_SYMBOLS) {
                continue;
            }
            boolean votes1 = false;
            for (int i : symbols.named(each.symbol())) {
                long moved = each.address() - symbols.address(i);
                Section section = vmlinux.sectionAt(symbols.address(i));
                // Absolute and per-cpu symbols are not moved.
                if (section != null && section.isExecutable() && symbols.sectionIndex(i) > 0 && moved % PAGE == 0) {
                    votes.merge(moved, 1, Integer::sum);
                    votes1 = true;
                }
            }
            voters += votes1 ? 1 : 0;
        }
        int all = voters;
        for (Map.Entry<Long, Integer> each : votes.entrySet()) {
            if (each.getValue() == all) {
                return new Kaslr(each.getKey(), true, null);
            }
        }
        return new Kaslr(
                0,
                false,
                votes.isEmpty()
                        ? null
                        : "it is not clear how far the kernel was moved: the log's addresses do not agree; "
                                + "are they of one boot? else give --kaslr-offset");
    }
}
