package dev.backline.trace;

import dev.backline.io.Ascii;
import dev.backline.io.Chars;
import dev.backline.io.Hex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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

    /** Longer than any {@code Linux version} line. */
    private static final int MAX_BANNER = 1024;

    private static final int MAX_BUILDER = 256;

    /** The longest text from a build number to the build id: SUSE names the distribution, new kernels the preemption. */
    private static final int MAX_BUILD = 512;

    /** The longest list of taint flags, with Red Hat's dashes. */
    private static final int MAX_FLAGS = 96;

    /** Some Arch kernels print the end of the note's header (size, type, GNU) and 8 bytes of the build id. */
    private static final String NOTE_HEADER = "1400000003000000474e5500";

    /** The first two characters of each key here. With those of {@link PcRules}, most places of a line cost one look. */
    private static final String KEYS = "# BUIDKEKeLiMoNoOSRESYTaUnVAVEXeke";

    /** For each first character, the second ones; null for other characters. */
    private static final boolean[] @Nullable [] SECONDS = seconds(KEYS + PcRules.KEYS);

    /** Whether a key starts with a character. */
    private static final boolean[] FIRSTS = firsts();

    private static boolean[] firsts() {
        boolean[] table = new boolean[256];
        for (int c = 0; c < table.length; c++) {
            table[c] = SECONDS[c] != null;
        }
        return table;
    }

    private static boolean[] @Nullable [] seconds(String keys) {
        boolean[] @Nullable [] table = new boolean[256][];
        for (int i = 0; i < keys.length(); i += 2) {
            boolean[] seconds = table[keys.charAt(i)];
            if (seconds == null) {
                seconds = new boolean[256];
                table[keys.charAt(i)] = seconds;
            }
            seconds[keys.charAt(i + 1)] = true;
        }
        // A number follows that of an oops: [#1].
        Arrays.fill(Objects.requireNonNull(table['#']), true);
        return table;
    }

    private int boots;
    private int statements;
    private @Nullable String release;
    private @Nullable String banner;
    private @Nullable String buildId;
    private @Nullable String buildIdStart;
    private @Nullable String machine;
    private final Map<String, String> moduleBuildIds = new LinkedHashMap<>();
    private @Nullable Long kernelOffset;
    private final List<String> modules = new ArrayList<>();
    private final Map<String, String> osRelease = new LinkedHashMap<>();
    private final Map<String, Long> moduleAddresses = new LinkedHashMap<>();
    private final Map<String, Long> moduleSizes = new LinkedHashMap<>();
    /** The address of {@code _stext} in the last probe header: another address means another boot. */
    private long stext;

    private final List<AddressOfSymbol> pairs = new ArrayList<>();
    private final Map<String, Integer> pairCounts = new LinkedHashMap<>();
    private @Nullable String xenVersion;
    private @Nullable KernelFacts facts;

    /** The end of the last list of modules in the current line, so that no part of a line is read again and again. */
    private int listEnd;

    /** A hash table of the addresses in {@link #pairs}; 0 is a free slot. */
    private final long[] seen = new long[4 * KernelFacts.MAX_PAIRS];

    /** How often the log has stated a release. */
    int statements() {
        return statements;
    }

    /** How many boots the log has. */
    int boots() {
        return boots;
    }

    KernelFacts facts() {
        KernelFacts known = facts;
        if (known == null) {
            known = new KernelFacts(
                    boots,
                    release,
                    banner,
                    buildId,
                    buildIdStart,
                    machine,
                    osRelease,
                    moduleBuildIds,
                    kernelOffset,
                    modules,
                    moduleAddresses,
                    moduleSizes,
                    pairs,
                    xenVersion);
            facts = known;
        }
        return known;
    }

    /**
     * Looks for facts anywhere in a line's text between from and end, because a prefix may be unknown. In the same pass,
     * the rules look for their texts.
     */
    void read(byte[] line, int from, int end, PcRules rules) {
        listEnd = from;
        boolean[] firsts = FIRSTS;
        for (int i = from; i < end; i++) {
            if (firsts[line[i] & 0xff] && isKey(line, from, i, end)) {
                read(line, from, i, end);
                rules.read(line, i, end);
            }
        }
    }

    /** Whether a word starts at a position with two characters of a key. */
    private static boolean isKey(byte[] line, int from, int at, int end) {
        boolean[] seconds = SECONDS[line[at] & 0xff];
        return seconds != null
                && (at + 1 == end || seconds[line[at + 1] & 0xff])
                && (at == from || !Chars.isSymbol(line[at - 1]));
    }

    /** Looks for a fact whose key is at a position. */
    private void read(byte[] line, int from, int at, int end) {
        switch (line[at]) {
            case 'L' -> {
                if (Chars.startsWith(line, at, end, "Linux version ")) {
                    banner(line, at, at + "Linux version ".length(), end, at == from);
                } else if (Chars.startsWith(line, at, end, "Linux ")) {
                    uname(line, at, at + "Linux ".length(), end);
                }
            }
            case 'N' -> {
                if (Chars.startsWith(line, at, end, "Not tainted ")) {
                    tainted(line, from, at, at + "Not tainted ".length(), end);
                } else if (at + "Not tainted".length() == end && Chars.startsWith(line, at, end, "Not tainted")) {
                    tainted(line, from, at, end, end);
                }
            }
            case 'T' -> {
                if (Chars.startsWith(line, at, end, "Tainted: ")) {
                    tainted(line, from, at, at + "Tainted: ".length(), end);
                }
            }
            case 'K' -> {
                if (Chars.startsWith(line, at, end, "Kernel: Linux ")) {
                    statedByTool(line, at, at + "Kernel: Linux ".length(), end);
                } else {
                    offset(line, at, end);
                }
            }
            case 'k' -> relocated(line, at, end);
            case 'U' -> {
                if (Chars.startsWith(line, at, end, "Uname: Linux ")) {
                    statedByTool(line, at, at + "Uname: Linux ".length(), end);
                }
            }
            case 'M' -> {
                if (at >= listEnd && Chars.startsWith(line, at, end, "Modules linked in:")) {
                    modules(line, at + "Modules linked in:".length(), end);
                }
            }
            case 'O' -> {
                if (Chars.startsWith(line, at, end, "OSRELEASE=")) {
                    release(line, at + "OSRELEASE=".length(), end);
                }
            }
            case 'R' -> {
                if (Chars.startsWith(line, at, end, "RELEASE: ") && isFirst(line, from, at)) {
                    release(line, at + "RELEASE: ".length(), end);
                }
            }
            case 'B' -> {
                if (Chars.startsWith(line, at, end, "BUILD-ID=")) {
                    int id = at + "BUILD-ID=".length();
                    buildId(line, id, hexEnd(line, id, end), end);
                } else if (Chars.startsWith(line, at, end, "BUILD_ID=")) {
                    osRelease(line, from, at, end, "BUILD_ID");
                }
            }
            case 'I' -> {
                if (Chars.startsWith(line, at, end, "ID=")) {
                    osRelease(line, from, at, end, "ID");
                }
            }
            case 'V' -> {
                if (Chars.startsWith(line, at, end, "VERSION_ID=")) {
                    osRelease(line, from, at, end, "VERSION_ID");
                } else if (Chars.startsWith(line, at, end, "VARIANT_ID=")) {
                    osRelease(line, from, at, end, "VARIANT_ID");
                } else if (Chars.startsWith(line, at, end, "VERSION: #") && isFirst(line, from, at)) {
                    version(line, at + "VERSION: ".length(), end);
                }
            }
            case 'S' -> symbol(line, at, end);
            case 'X' -> {
                if (Chars.startsWith(line, at, end, "Xen version ")) {
                    xenVersion(line, at + "Xen version ".length(), end);
                } else if (Chars.startsWith(line, at, end, "Xen-") && at - 2 >= from && line[at - 2] == '[') {
                    // The heading of a report: ----[ Xen-4.17.2  x86_64  debug=n   Not tainted ]----
                    xenVersion(line, at + "Xen-".length(), end);
                }
            }
            case '#' -> {
                if (Chars.startsWith(line, at, end, "# os release : ")) {
                    release(line, at + "# os release : ".length(), end);
                } else if (Chars.startsWith(line, at, end, "# backline ")) {
                    probeHeader(line, at + "# backline ".length(), Math.min(end, at + MAX_BANNER));
                }
            }
            default -> {}
        }
    }

    /** Whether a key is the first word of the line: prompts, quotes and indentation may precede the key. */
    private static boolean isFirst(byte[] line, int from, int at) {
        for (int i = from; i < at; i++) {
            if (Chars.isSymbol(line[i])) {
                return false;
            }
        }
        return true;
    }

    private void boot() {
        boots++;
        release = null;
        banner = null;
        buildId = null;
        buildIdStart = null;
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
                pair(loaded, "_stext", 0L, null);
            }
            int at = value(line, from, end, " release=");
            if (at >= 0) {
                release(line, at, end);
            }
            at = value(line, from, end, " build-id=");
            if (at >= 0) {
                buildId(line, at, hexEnd(line, at, end), end);
            }
        } else if (Chars.startsWith(line, from, end, "anchor ")) {
            int at = value(line, from, end, " symbol=");
            long loaded = address(line, from, end, " address=0x");
            if (at >= 0 && loaded != 0) {
                pair(loaded, text(line, at, word(line, at, end)), 0L, null);
            }
        } else if (Chars.startsWith(line, from, end, "module ")) {
            int at = value(line, from, end, " name=");
            long loaded = address(line, from, end, " base=0x");
            int nameEnd = at < 0 ? 0 : word(line, at, end);
            if (at >= 0 && nameEnd - at <= MAX_NAME && loaded != 0) {
                module(text(line, at, nameEnd), loaded, decimal(line, from, end, " size="));
            }
        }
    }

    /** Where a module is loaded, and its size if that is not 0. */
    void module(String name, long loaded, long size) {
        if (moduleAddresses.size() == MAX_MODULES && !moduleAddresses.containsKey(name)) {
            return;
        }
        Long previous = moduleAddresses.put(name, loaded);
        Long previousSize = size > 0 ? moduleSizes.put(name, size) : moduleSizes.get(name);
        if (previous == null || previous != loaded || (size > 0 && (previousSize == null || previousSize != size))) {
            facts = null;
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

    /** {@code Linux version R (USER@HOST) (COMPILER) #N VERSION}: a boot. */
    private void banner(byte[] line, int at, int from, int end, boolean first) {
        int to = releaseEnd(line, from, end);
        if (to < 0) {
            return;
        }
        boolean builder = Chars.startsWith(line, to, end, " (");
        if (builder && !first) {
            // Ordinary text can name a version, but not who built it.
            int close = Chars.indexOf(line, to, Math.min(end, to + MAX_BUILDER), ")");
            builder = Chars.indexOf(line, to, close < 0 ? Math.min(end, to + MAX_BUILDER) : close, "@") > 0;
        }
        if (builder || (to == end && (first || isAfterMark(line, at)))) {
            boot();
            kernel(text(line, from, to), text(line, at, Math.min(end, at + MAX_BANNER)));
        }
    }

    /** Whether a prefix, not a word, precedes a line that was wrapped after its release. */
    private static boolean isAfterMark(byte[] line, int at) {
        int before = at - 1;
        while (before > 0 && Chars.isBlank(line[before])) {
            before--;
        }
        return before >= 0 && !Chars.isSymbol(line[before]);
    }

    /** {@code Linux NODE R #N VERSION MACHINE}: {@code uname -a}. */
    private void uname(byte[] line, int at, int node, int end) {
        int to = node;
        while (to < end && to - node < MAX_NAME && isRelease(line[to])) {
            to++;
        }
        if (to > node && to + 1 < end && line[to] == ' ') {
            int after = releaseEnd(line, to + 1, end);
            if (after > 0 && isNumber(line, after, end)) {
                tool(text(line, to + 1, after), text(line, at, Math.min(end, at + MAX_BANNER)));
            }
        }
    }

    private void xenVersion(byte[] line, int from, int end) {
        int to = from;
        while (to < end && to - from < MAX_RELEASE && isRelease(line[to])) {
            to++;
        }
        String read = text(line, from, to);
        if (to > from && Ascii.isDigit(line[from]) && !read.equals(xenVersion)) {
            xenVersion = read;
            facts = null;
        }
    }

    /** {@code Kernel: Linux R}, as hostnamectl and Android print it; {@code Uname: Linux R MACHINE} of apport. */
    private void statedByTool(byte[] line, int at, int from, int end) {
        int to = releaseEnd(line, from, end);
        if (to > 0 && (to == end || !Chars.isSymbol(line[to]))) {
            tool(text(line, from, to), text(line, at, Math.min(end, at + MAX_BANNER)));
        }
    }

    /** A release that a program stated: of the kernel that runs now, which may be another one than crashed. */
    private void tool(String stated, String told) {
        if (release == null || stated.equals(release)) {
            kernel(stated, told);
        }
    }

    private void release(byte[] line, int from, int end) {
        int to = releaseEnd(line, from, end);
        if (to > 0) {
            kernel(text(line, from, to), null);
        }
    }

    /** The kernel's own statement of its release, and the text around the release if there is more. */
    private void kernel(String stated, @Nullable String told) {
        statements++;
        String known = release;
        if (!stated.equals(known)) {
            release = stated;
            banner = told;
            if (known != null) {
                buildId = null;
                buildIdStart = null;
            }
            facts = null;
        } else if (told != null && isBetter(told, banner)) {
            banner = told;
            facts = null;
        }
    }

    /** Whether a text tells more than the known one, or has another build number. */
    private static boolean isBetter(String told, @Nullable String known) {
        return known == null
                || !known.contains(buildNumber(told))
                || (told.length() > known.length() && !known.startsWith("Linux version "));
    }

    /** {@code #57-Ubuntu}; empty if there is none. */
    private static String buildNumber(String told) {
        int hash = told.indexOf(" #");
        int end = hash < 0 ? -1 : told.indexOf(' ', hash + 1);
        return hash < 0 ? "" : told.substring(hash, end < 0 ? told.length() : end);
    }

    /** crash's {@code VERSION: #1 SMP …}, which follows {@code RELEASE:}. */
    private void version(byte[] line, int from, int end) {
        String known = release;
        if (known != null) {
            kernel(known, known + " " + text(line, from, Math.min(end, from + MAX_BANNER)));
        }
    }

    /** The end of the release at a position, such as 6.1.0-56-amd64; -1 if there is none. */
    private static int releaseEnd(byte[] line, int from, int end) {
        int to = from;
        while (to < end && to - from < 3 && Ascii.isDigit(line[to])) {
            to++;
        }
        if (to == from || to + 1 >= end || line[to] != '.' || !Ascii.isDigit(line[to + 1])) {
            return -1;
        }
        while (to < end && to - from < MAX_RELEASE && isRelease(line[to])) {
            to++;
        }
        return to;
    }

    private static boolean isRelease(byte c) {
        return (Chars.isSymbol(c) && c != '$') || c == '-' || c == '+' || c == '~';
    }

    /** Whether {@code  #N} follows: the number of the build, which some trackers turn into {@code OWNER/REPOSITORY#N}. */
    private static boolean isNumber(byte[] line, int at, int end) {
        if (at >= end || line[at] != ' ') {
            return false;
        }
        int to = at + 1;
        boolean slash = false;
        while (to < end && to - at < MAX_NAME && line[to] != '#' && (isRelease(line[to]) || line[to] == '/')) {
            slash |= line[to] == '/';
            to++;
        }
        return (slash || to == at + 1) && to + 1 < end && line[to] == '#' && Ascii.isDigit(line[to + 1]);
    }

    /**
     * {@code Not tainted 6.1.0-56-amd64 #1 Debian 6.1.192-2 BUILDID}, {@code Tainted: G  OE  6.1.0-56-amd64 #1}; lockdep:
     * {@code 6.1.0-56-amd64 #1 Not tainted}; powerpc and old kernels: {@code Tainted: G  (6.1.0)}.
     */
    private void tainted(byte[] line, int from, int at, int flags, int end) {
        int limit = Math.min(end, flags + MAX_FLAGS);
        int to = flags;
        while (to < limit && (isFlag(line[to]) || Chars.isBlank(line[to]))) {
            to++;
        }
        boolean parenthesis = to < end && line[to] == '(';
        int start = parenthesis ? to + 1 : to;
        int after = start == flags || !isFlag(line[start - 1]) ? releaseEnd(line, start, end) : -1;
        if (after > 0 && (isNumber(line, after, end) || (parenthesis && after < end && line[after] == ')'))) {
            kernel(text(line, start, after), text(line, start, Math.min(end, start + MAX_BANNER)));
            buildIdAfter(line, after, Math.min(end, after + MAX_BUILD));
            return;
        }
        int number = at - 1;
        if (number > from && line[number] == ' ') {
            while (number > from && at - number < MAX_NAME && !Chars.isBlank(line[number - 1])) {
                number--;
            }
            start = number - 1;
            while (start > from && number - start <= MAX_RELEASE && isRelease(line[start - 1])) {
                start--;
            }
            if (start >= from
                    && releaseEnd(line, start, end) == number - 1
                    && isNumber(line, number - 1, end)
                    && line[number - 1] == ' ') {
                kernel(text(line, start, number - 1), text(line, start, Math.min(end, start + MAX_BANNER)));
            }
        }
    }

    /** Taint flags are letters; Red Hat prints dashes too. */
    private static boolean isFlag(byte c) {
        return Ascii.isLetter(c) || c == '-';
    }

    /** The last word after the build number that can be a build id (CONFIG_STACKTRACE_BUILD_ID). */
    private void buildIdAfter(byte[] line, int from, int end) {
        for (int i = from; i < end; i++) {
            if (line[i] == ' ') {
                int to = hexEnd(line, i + 1, end);
                if (to > i + 1) {
                    buildId(line, i + 1, to, end);
                }
            }
        }
    }

    private static int hexEnd(byte[] line, int from, int end) {
        int to = from;
        while (to < end && Hex.digit(line[to]) >= 0) {
            to++;
        }
        return to;
    }

    private void buildId(byte[] line, int from, int to, int end) {
        // Linkers default to SHA-1 (20 bytes), but other lengths can be chosen.
        if (to - from < 16 || to - from > 128 || (to - from) % 2 != 0 || (to < end && Chars.isSymbol(line[to]))) {
            return;
        }
        String read = text(line, from, to).toLowerCase(Locale.ROOT);
        if (read.startsWith(NOTE_HEADER)) {
            String start = read.substring(NOTE_HEADER.length());
            if (start.length() == 16 && !start.equals(buildIdStart)) {
                buildIdStart = start;
                facts = null;
            }
        } else if (!read.equals(buildId)) {
            buildId = read;
            facts = null;
        }
    }

    /** A line of /etc/os-release: {@code ID=cos}, {@code BUILD_ID="18613.164.4"}. */
    private void osRelease(byte[] line, int from, int at, int end, String key) {
        if (!isFirst(line, from, at)) {
            return;
        }
        int start = at + key.length() + 1;
        boolean quoted = start < end && line[start] == '"';
        start += quoted ? 1 : 0;
        int to = start;
        while (to < end && to - start < MAX_RELEASE && isRelease(line[to])) {
            to++;
        }
        boolean ends = quoted ? to + 1 == end && line[to] == '"' : to == end;
        if (ends && to > start) {
            String value = text(line, start, to);
            if (!value.equals(osRelease.put(key, value))) {
                facts = null;
            }
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

    /** crash: {@code kernel relocated [640MB]: patching 105335 gdb minimal_symbol values}. */
    private void relocated(byte[] line, int from, int end) {
        if (Chars.startsWith(line, from, end, "kernel relocated [") && Chars.indexOf(line, from, end, "MB]") > 0) {
            kernelOffset = decimal(line, from, end, "relocated [") << 20;
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
        listEnd = at;
    }

    /** VMCOREINFO: {@code SYMBOL(_stext)=ffffffff81000000}. */
    private void symbol(byte[] line, int from, int end) {
        if (!Chars.startsWith(line, from, end, "SYMBOL(")) {
            return;
        }
        int name = from + "SYMBOL(".length();
        int close = Chars.indexOf(line, name, Math.min(end, name + 520), ")=");
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
            pair(value, text(line, name, close), 0L, null);
        }
    }

    /** Adds a pair of an address and a symbol, unless the address is known or a limit is reached. */
    void pair(long address, String symbol, @Nullable Long offset, @Nullable String module) {
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
