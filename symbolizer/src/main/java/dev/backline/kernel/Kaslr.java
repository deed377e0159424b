package dev.backline.kernel;

import dev.backline.debugfiles.DebugData;
import dev.backline.elf.ElfHeader;
import dev.backline.elf.Section;
import dev.backline.elf.Symbols;
import dev.backline.io.Hex;
import dev.backline.trace.AddressOfSymbol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The KASLR offset of a boot: the distance of run-time addresses from the addresses in vmlinux.
 *
 * @param offset in bytes, to be subtracted from the boot's addresses; 0 if unknown
 * @param known whether any source states the offset
 * @param problem a contradiction between sources, as a sentence; or null
 * @param isOtherBuild whether the problem proves that vmlinux is from another build than the log
 */
record Kaslr(long offset, boolean known, @Nullable String problem, boolean isOtherBuild) {
    private static final long PAGE = 0x1000;

    /** arm64 moves by multiples of the image's alignment (EFI_KIMG_ALIGN), LoongArch and MIPS shift a number by 16 bits. */
    private static final long SMALL_STEP = 0x10000;

    /** x86-64 (CONFIG_PHYSICAL_ALIGN) and riscv (PMD_SIZE) move by multiples of a huge page. */
    private static final long LARGE_STEP = 0x200000;

    /** x86-64 (__START_KERNEL_map) and riscv (KERNEL_LINK_ADDR) link the kernel to the last 2 GiB. */
    private static final long LAST_2_GIB = 0xffffffff80000000L;

    /** x86-64 and riscv move the kernel within the first half of the last 2 GiB; modules follow or precede it. */
    private static final long RANGE = 0x40000000L;

    /** The most symbols that determine the offset; more add nothing. */
    static final int MAX_SYMBOLS = 16;

    /** The most offsets that one symbol allows; a symbol that allows more tells nothing. */
    private static final int MAX_OFFSETS = 4;

    private static Kaslr known(long offset) {
        return new Kaslr(offset, true, null, false);
    }

    private static Kaslr unknown(@Nullable String problem) {
        return new Kaslr(0, false, problem, false);
    }

    /**
     * The offset by all sources, which must agree.
     *
     * @param build tells whether the user's offset and files are used even if the log contradicts them
     */
    static Kaslr of(DebugData vmlinux, LoadMap map, KernelBuild build) throws IOException {
        boolean isForced = build.takesOtherBuilds();
        Long given = map.given();
        Kaslr shown = map.symbols().isEmpty() ? unknown(null) : bySymbols(vmlinux, map.symbols(), build);
        if (shown.isOtherBuild && isForced) {
            shown = unknown(null);
        }
        if (given != null && isForced) {
            return known(given);
        }
        Map<String, Long> answers = new LinkedHashMap<>();
        if (given != null) {
            answers.put("--kaslr-offset", given);
        } else {
            answers.putAll(map.stated());
            Kallsyms kallsyms = map.kallsyms();
            if (kallsyms != null) {
                Long offset = byMarkers(vmlinux, kallsyms);
                if (offset == null) {
                    return unknown("kallsyms and " + vmlinux.name()
                            + " are from different builds (the kernel's code has another size);"
                            + " use files of the traced kernel");
                }
                answers.put("kallsyms", offset);
            }
        }
        if (answers.isEmpty() || shown.isOtherBuild) {
            return shown;
        }
        if (shown.known) {
            answers.put("a named address in the log", shown.offset);
        }
        long first = answers.values().iterator().next();
        for (long each : answers.values()) {
            if (each != first) {
                return unknown("the KASLR offset is ambiguous: " + texts(answers) + "; "
                        + (given == null
                                ? "use files of one boot" + build.audience().optional(", or add --kaslr-offset")
                                : "correct or omit --kaslr-offset, or add --force"));
            }
        }
        return known(first);
    }

    private static String texts(Map<String, Long> answers) {
        List<String> texts = new ArrayList<>();
        for (Map.Entry<String, Long> each : answers.entrySet()) {
            texts.add(each.getKey() + " gives " + Hex.text(each.getValue()));
        }
        return String.join(", ", texts);
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

    /**
     * The offset by addresses beside symbols. KASLR moves the kernel as a whole and by multiples of a step, so an
     * address in a function allows one offset or none. In another build, functions are elsewhere, and hardly any address
     * allows an offset. Single frames can be damaged or name an inlined function: they are checked one by one later.
     */
    private static Kaslr bySymbols(DebugData vmlinux, List<AddressOfSymbol> shown, KernelBuild build)
            throws IOException {
        Map<Long, Integer> votes = new HashMap<>();
        int explained = 0;
        int unexplained = 0;
        AddressOfSymbol example = null;
        for (AddressOfSymbol each : shown) {
            if (each.module() != null
                    || Boot.isHashed(vmlinux, each.address())
                    || explained + unexplained == MAX_SYMBOLS) {
                continue;
            }
            Set<Long> offsets = offsets(vmlinux, each);
            if (offsets == null) {
                continue;
            }
            if (offsets.isEmpty()) {
                example = example == null ? each : example;
                unexplained++;
            } else {
                explained++;
            }
            for (long offset : offsets) {
                votes.merge(offset, 1, Integer::sum);
            }
        }
        long best = 0;
        int most = 0;
        boolean isTie = false;
        for (Map.Entry<Long, Integer> each : votes.entrySet()) {
            isTie = each.getValue() == most || (isTie && each.getValue() < most);
            if (each.getValue() > most) {
                best = each.getKey();
                most = each.getValue();
            }
        }
        if (!isTie && 2 * most > explained && most >= unexplained) {
            return known(best);
        }
        // A 32-bit value can be a hashed pointer.
        if (example != null && unexplained > explained && vmlinux.is64()) {
            return new Kaslr(
                    0,
                    false,
                    vmlinux.name() + " is from another build than the log: no KASLR offset puts "
                            + Hex.text(example.address()) + " in "
                            + example.symbol()
                            + "; use the debug files of the traced kernel"
                            + build.audience().optional(", or add --force"),
                    true);
        }
        return unknown(
                explained + unexplained < 2
                        ? null
                        : "the KASLR offset is ambiguous: the log's addresses disagree;"
                                + " use the log of one boot"
                                + build.audience().optional(", or add --kaslr-offset"));
    }

    /** The possible offsets for an address beside a symbol; null if the symbol or the address tells nothing. */
    private static @Nullable Set<Long> offsets(DebugData vmlinux, AddressOfSymbol shown) throws IOException {
        Symbols symbols = vmlinux.symbols();
        Set<Long> offsets = new LinkedHashSet<>();
        boolean isCode = false;
        for (int i : symbols.named(shown.symbol())) {
            long start = symbols.address(i);
            Section section = vmlinux.sectionAt(start);
            // KASLR does not move absolute and per-cpu symbols.
            if (section == null || !section.isExecutable() || symbols.sectionIndex(i) <= 0) {
                continue;
            }
            isCode = true;
            long step = step(vmlinux, start);
            if (step == LARGE_STEP
                    && (Long.compareUnsigned(shown.address(), LAST_2_GIB) < 0
                            || shown.address() - LAST_2_GIB >= RANGE)) {
                return null;
            }
            Long given = shown.offset();
            long size = given != null ? 0 : Math.max(0, symbols.size(i));
            long highest = shown.address() - start - (given == null ? 0 : given);
            // The return address of a call at a function's end is after the function.
            if (size / step >= MAX_OFFSETS) {
                return null;
            }
            for (long moved = highest - Math.floorMod(highest, step); moved >= highest - size; moved -= step) {
                if (step != LARGE_STEP || (moved >= 0 && moved < RANGE)) {
                    offsets.add(moved);
                }
            }
        }
        return isCode ? offsets : null;
    }

    private static long step(DebugData vmlinux, long linked) {
        if (!vmlinux.is64() || linked >= 0) {
            return PAGE;
        }
        boolean isMips = vmlinux.machine() == ElfHeader.EM_MIPS;
        return Long.compareUnsigned(linked, LAST_2_GIB) >= 0 && !isMips ? LARGE_STEP : SMALL_STEP;
    }
}
