package dev.backline.trace;

import dev.backline.io.Ascii;
import dev.backline.io.Hex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the facts that a log states about its kernel. Not thread-safe. */
final class FactsReader {
    /** The most pairs per module (or for vmlinux), so that one module does not fill the list. */
    private static final int MAX_MODULE_PAIRS = 32;

    private static final int MAX_MODULES = 4096;

    /** The longest module name; the kernel's limit is 56 bytes. */
    private static final int MAX_NAME = 255;

    /** Twice the kernel's limit (__NEW_UTS_LEN is 64). */
    private static final int MAX_RELEASE = 128;

    private int boots;
    private @Nullable String release;
    private @Nullable String buildId;
    private @Nullable String machine;
    private final Map<String, String> moduleBuildIds = new LinkedHashMap<>();
    private @Nullable Long kernelOffset;
    private final List<String> modules = new ArrayList<>();
    private final Map<String, Long> moduleAddresses = new LinkedHashMap<>();
    private final Map<String, Long> moduleSizes = new LinkedHashMap<>();
    /** The address of {@code _stext} in the last probe header: another address means another boot. */
    private long stext;

    private final List<AddressOfSymbol> pairs = new ArrayList<>();
    private final Map<String, Integer> pairCounts = new LinkedHashMap<>();
    private @Nullable KernelFacts facts;

    /** A hash table of the addresses in {@link #pairs}; 0 is a free slot. */
    private final long[] seen = new long[4 * KernelFacts.MAX_PAIRS];

    KernelFacts facts() {
        KernelFacts known = facts;
        if (known == null) {
            known = new KernelFacts(
                    boots,
                    release,
                    buildId,
                    machine,
                    moduleBuildIds,
                    kernelOffset,
                    modules,
                    moduleAddresses,
                    moduleSizes,
                    pairs);
            facts = known;
        }
        return known;
    }

    /** Looks for facts in a line's text between from and end. */
    void read(byte[] line, int from, int end) {
        switch (line[from]) {
            case 'L' -> {
                if (Chars.startsWith(line, from, end, "Linux version ")) {
                    boot();
                    release(line, from + "Linux version ".length(), end);
                }
            }
            case 'C' -> {
                if (Chars.startsWith(line, from, end, "CPU: ")) {
                    tainted(line, from, end);
                }
            }
            case 'P' -> {
                if (Chars.startsWith(line, from, end, "Pid: ")) {
                    tainted(line, from, end);
                }
            }
            case 'N', 'T' -> {
                if (Chars.startsWith(line, from, end, "Not tainted ")
                        || Chars.startsWith(line, from, end, "Tainted: ")) {
                    tainted(line, from, end);
                }
            }
            case 'K' -> offset(line, from, end);
            case 'M' -> {
                if (Chars.startsWith(line, from, end, "Modules linked in:")) {
                    modules(line, from + "Modules linked in:".length(), end);
                }
            }
            case 'O' -> {
                if (Chars.startsWith(line, from, end, "OSRELEASE=")) {
                    release(line, from + "OSRELEASE=".length(), end);
                }
            }
            case 'R' -> {
                if (Chars.startsWith(line, from, end, "RELEASE: ")) {
                    release(line, from + "RELEASE: ".length(), end);
                }
            }
            case 'B' -> {
                if (Chars.startsWith(line, from, end, "BUILD-ID=")) {
                    buildId(line, from + "BUILD-ID=".length(), end);
                }
            }
            case 'S' -> symbol(line, from, end);
            case '#' -> {
                if (Chars.startsWith(line, from, end, "# os release : ")) {
                    release(line, from + "# os release : ".length(), end);
                } else if (Chars.startsWith(line, from, end, "# backline ")) {
                    probeHeader(line, from + "# backline ".length(), end);
                }
            }
            default -> {}
        }
    }

    private void boot() {
        boots++;
        release = null;
        buildId = null;
        machine = null;
        moduleBuildIds.clear();
        kernelOffset = null;
        modules.clear();
        moduleAddresses.clear();
        moduleSizes.clear();
        pairs.clear();
        pairCounts.clear();
        Arrays.fill(seen, 0);
        facts = null;
    }

    /** A header line of a generated probe script's output (docs/probe-output.md): a word, then key=value. */
    private void probeHeader(byte[] line, int from, int end) {
        if (Chars.startsWith(line, from, end, "kernel ")) {
            long loaded = address(line, from, end, " stext=0x");
            if (loaded != stext && loaded != 0) {
                boot();
                stext = loaded;
                pair(loaded, "_stext", 0, null);
            }
            int at = value(line, from, end, " release=");
            if (at >= 0) {
                release(line, at, end);
            }
            at = value(line, from, end, " build-id=");
            if (at >= 0) {
                buildId(line, at, word(line, at, end));
            }
        } else if (Chars.startsWith(line, from, end, "anchor ")) {
            int at = value(line, from, end, " symbol=");
            long loaded = address(line, from, end, " address=0x");
            if (at >= 0 && loaded != 0) {
                pair(loaded, text(line, at, word(line, at, end)), 0, null);
            }
        } else if (Chars.startsWith(line, from, end, "module ")) {
            int at = value(line, from, end, " name=");
            long loaded = address(line, from, end, " base=0x");
            int nameEnd = at < 0 ? 0 : word(line, at, end);
            if (at >= 0 && nameEnd - at <= MAX_NAME && loaded != 0 && moduleAddresses.size() < MAX_MODULES) {
                String name = text(line, at, nameEnd);
                Long previous = moduleAddresses.put(name, loaded);
                if (previous == null || previous != loaded) {
                    facts = null;
                }
                long size = decimal(line, from, end, " size=");
                if (size > 0) {
                    moduleSizes.put(name, size);
                }
            }
        }
    }

    /** The start of the value of a key, or -1. */
    private static int value(byte[] line, int from, int end, String key) {
        int at = Chars.indexOf(line, from, end, key);
        return at < 0 ? -1 : at + key.length();
    }

    private static int word(byte[] line, int from, int end) {
        int to = from;
        while (to < end && !Chars.isBlank(line[to])) {
            to++;
        }
        return to;
    }

    /** The 64-bit address after a key, 0 if there is none. */
    private static long address(byte[] line, int from, int end, String key) {
        int at = value(line, from, end, key);
        long address = 0;
        int to = at < 0 ? end : at;
        while (to < end && Hex.digit(line[to]) >= 0) {
            address = (address << 4) | Hex.digit(line[to]);
            to++;
        }
        return at >= 0 && to - at <= 16 ? address : 0;
    }

    /** The number of up to nine digits after a key, 0 if there is none. */
    private static long decimal(byte[] line, int from, int end, String key) {
        int at = value(line, from, end, key);
        long number = 0;
        int to = at < 0 ? end : at;
        while (to < end && Ascii.isDigit(line[to]) && to - at < 10) {
            number = 10 * number + line[to] - '0';
            to++;
        }
        return at >= 0 && to - at <= 9 ? number : 0;
    }

    private void release(byte[] line, int from, int end) {
        int to = from;
        boolean point = false;
        while (to < end && to - from < MAX_RELEASE && isRelease(line[to])) {
            point |= line[to] == '.';
            to++;
        }
        if (point && Ascii.isDigit(line[from])) {
            String read = text(line, from, to);
            if (!read.equals(release)) {
                release = read;
                facts = null;
            }
        }
    }

    private static boolean isRelease(byte c) {
        return (Chars.isSymbol(c) && c != '$') || c == '-' || c == '+' || c == '~';
    }

    /** {@code ... Tainted: G  OE  6.1.0-56-amd64 #1 Debian 6.1.192-2 [buildid]}: the release precedes #. */
    private void tainted(byte[] line, int from, int end) {
        int at = Chars.indexOf(line, from, end, "ainted");
        if (at < 0) {
            return;
        }
        int hash = Chars.indexOf(line, at, end, " #");
        if (hash < 0) {
            return;
        }
        int start = hash;
        while (start > at && isRelease(line[start - 1])) {
            start--;
        }
        if (start > at) {
            release(line, start, hash);
        }
        int word = end;
        while (word > hash && Hex.digit(line[word - 1]) >= 0) {
            word--;
        }
        if (line[word - 1] == ' ') {
            buildId(line, word, end);
        }
    }

    private void buildId(byte[] line, int from, int end) {
        for (int i = from; i < end; i++) {
            if (Hex.digit(line[i]) < 0) {
                return;
            }
        }
        // Linkers default to SHA-1 (20 bytes), but other lengths can be chosen.
        if (end - from < 16 || end - from > 128 || (end - from) % 2 != 0) {
            return;
        }
        String read = text(line, from, end);
        if (!read.equals(buildId)) {
            buildId = read;
            facts = null;
        }
    }

    private void offset(byte[] line, int from, int end) {
        int at = from;
        if (Chars.startsWith(line, from, end, "KERNELOFFSET=")) {
            at += "KERNELOFFSET=".length();
        } else if (Chars.startsWith(line, from, end, "Kernel Offset: 0x")) {
            at += "Kernel Offset: 0x".length();
        } else {
            if (Chars.startsWith(line, from, end, "Kernel Offset: disabled")) {
                kernelOffset = 0L;
                facts = null;
            }
            return;
        }
        int start = at;
        long value = 0;
        while (at < end && Hex.digit(line[at]) >= 0) {
            value = (value << 4) | Hex.digit(line[at]);
            at++;
        }
        if (at > start && at - start <= 16) {
            kernelOffset = value;
            facts = null;
        }
    }

    /** {@code oops(FOE) virtio_net ...} up to {@code [last unloaded: ...]}. */
    private void modules(byte[] line, int from, int end) {
        modules.clear();
        facts = null;
        int at = from;
        while (at < end && line[at] != '[' && modules.size() < MAX_MODULES) {
            int to = at;
            while (to < end && (Chars.isSymbol(line[to]) || line[to] == '-')) {
                to++;
            }
            if (to > at) {
                modules.add(text(line, at, to));
            }
            while (to < end && !Chars.isBlank(line[to])) {
                to++;
            }
            at = to + 1;
        }
    }

    /** VMCOREINFO: {@code SYMBOL(_stext)=ffffffff81000000}. */
    private void symbol(byte[] line, int from, int end) {
        if (!Chars.startsWith(line, from, end, "SYMBOL(")) {
            return;
        }
        int name = from + "SYMBOL(".length();
        int close = Chars.indexOf(line, name, end, ")=");
        if (close <= name || close - name > 512) {
            return;
        }
        int at = close + 2;
        int start = at;
        long value = 0;
        while (at < end && Hex.digit(line[at]) >= 0) {
            value = (value << 4) | Hex.digit(line[at]);
            at++;
        }
        if (at - start == 16) {
            pair(value, text(line, name, close), 0, null);
        }
    }

    /** Adds a pair of an address and a symbol, unless the address is known or a limit is reached. */
    void pair(long address, String symbol, long offset, @Nullable String module) {
        if (pairs.size() == KernelFacts.MAX_PAIRS) {
            return;
        }
        int slot = (int) ((address * 0x9e3779b97f4a7c15L) >>> 40) % seen.length;
        while (seen[slot] != 0) {
            if (seen[slot] == address) {
                return;
            }
            slot = (slot + 1) % seen.length;
        }
        String owner = module == null ? "" : module;
        Integer previous = pairCounts.get(owner);
        int count = previous == null ? 0 : previous;
        if (count == MAX_MODULE_PAIRS) {
            return;
        }
        seen[slot] = address;
        pairCounts.put(owner, count + 1);
        pairs.add(new AddressOfSymbol(address, symbol, offset, module));
        facts = null;
    }

    void moduleBuildId(String module, String id) {
        if (moduleBuildIds.size() < MAX_MODULES) {
            String lower = id.toLowerCase(Locale.ROOT);
            if (!lower.equals(moduleBuildIds.put(module, lower))) {
                facts = null;
            }
        }
    }

    void machine(String name) {
        if (machine == null) {
            machine = name;
            facts = null;
        }
    }

    private static String text(byte[] line, int from, int to) {
        return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
