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
 * The KASLR offset of a boot: the distance of run-time addresses from the addresses in vmlinux.
 *
 * @param offset in bytes, to be subtracted from the boot's addresses; 0 if unknown
 * @param known whether any source states the offset
 * @param problem a contradiction between sources, as a sentence; or null
 */
record Kaslr(long offset, boolean known, @Nullable String problem) {
    /** The smallest possible offset: the smallest page size. */
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
                                + " are from different builds (the kernel's code has another size);"
                                + " use files of the traced kernel");
            }
            answers.put("kallsyms", offset);
        }
        if (answers.isEmpty()) {
            return bySymbols(vmlinux, map.symbols());
        }
        long first = answers.values().iterator().next();
        if (answers.values().stream().anyMatch(each -> each != first)) {
            List<String> texts = new ArrayList<>();
            answers.forEach((source, offset) -> texts.add(source + " gives 0x" + Long.toHexString(offset)));
            return new Kaslr(
                    0,
                    false,
                    "the KASLR offset is ambiguous: " + String.join(", ", texts)
                            + "; use files of one boot, or add --kaslr-offset");
        }
        return new Kaslr(first, true, null);
    }

    /** The offset by the markers at both ends of the code; null if they disagree, which means another build. */
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

    /** The offset by frames with both address and symbol. All that can be right must agree. */
    private static Kaslr bySymbols(DebugData vmlinux, List<SymbolAddress> shown) throws IOException {
        Symbols symbols = vmlinux.symbols();
        Map<Long, Integer> votes = new HashMap<>();
        int voters = 0;
        for (SymbolAddress each : shown) {
            if (each.module() != null || Boot.isHashed(vmlinux, each.address()) || voters == MAX_SYMBOLS) {
                continue;
            }
            boolean hasVoted = false;
            for (int i : symbols.named(each.symbol())) {
                long moved = each.address() - symbols.address(i);
                Section section = vmlinux.sectionAt(symbols.address(i));
                // KASLR does not move absolute and per-cpu symbols.
                if (section != null && section.isExecutable() && symbols.sectionIndex(i) > 0 && moved % PAGE == 0) {
                    votes.merge(moved, 1, Integer::sum);
                    hasVoted = true;
                }
            }
            voters += hasVoted ? 1 : 0;
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
                        : "the KASLR offset is ambiguous: the log's addresses disagree;"
                                + " use the log of one boot, or add --kaslr-offset");
    }
}
