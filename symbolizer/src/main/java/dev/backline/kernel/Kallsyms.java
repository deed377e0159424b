package dev.backline.kernel;

import dev.backline.debugfiles.ModuleNames;
import dev.backline.io.AddressOrder;
import dev.backline.io.HeapShare;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Symbols read from a copy of /proc/kallsyms: the code symbols of modules, in columns sorted by address, and the
 * few symbols of the kernel that determine the KASLR offset. The kernel's other symbols are in vmlinux. Immutable.
 *
 * <p>A line is {@code ADDRESS TYPE NAME}, followed by {@code TAB [MODULE]} for a module (kernel/kallsyms.c, s_show).
 * Absolute symbols (A, a), such as x86's per-cpu variables, are skipped because KASLR does not move them.
 */
final class Kallsyms {
    /** Symbols at both ends of the kernel's code: their distance differs between builds. */
    static final List<String> MARKERS = List.of("_stext", "_etext", "_text", "_sinittext", "_einittext");

    private static final String CODE = "tTwW";

    private final Map<String, Long> markers;
    private final List<String> modules;
    private final long[] addresses;
    private final int[] module;
    private final int[] nameEnd;
    private final byte[] names;

    private Kallsyms(
            Map<String, Long> markers,
            List<String> modules,
            long[] addresses,
            int[] module,
            int[] nameEnd,
            byte[] names) {
        this.markers = markers;
        this.modules = modules;
        this.addresses = addresses;
        this.module = module;
        this.nameEnd = nameEnd;
        this.names = names;
    }

    /** {@return the addresses of the {@link #MARKERS} in the file} */
    Map<String, Long> markers() {
        return markers;
    }

    int size() {
        return addresses.length;
    }

    long address(int i) {
        return addresses[i];
    }

    String module(int i) {
        return modules.get(module[i]);
    }

    String name(int i) {
        int start = i == 0 ? 0 : nameEnd[i - 1];
        return new String(names, start, nameEnd[i] - start, StandardCharsets.ISO_8859_1);
    }

    /** {@return the index of the last module symbol at or before the address; -1 if there is none} */
    int at(long address) {
        return AddressOrder.lastAtOrBefore(addresses, address);
    }

    /** {@return the modules that define a code symbol of this name} */
    Set<String> modulesWith(String symbol) {
        byte[] wanted = symbol.getBytes(StandardCharsets.ISO_8859_1);
        Set<String> found = new LinkedHashSet<>();
        for (int i = 0; i < addresses.length; i++) {
            if (Arrays.equals(names, i == 0 ? 0 : nameEnd[i - 1], nameEnd[i], wanted, 0, wanted.length)) {
                found.add(module(i));
            }
        }
        return found;
    }

    /** {@return the code symbols of one module} */
    List<SymbolAddress> of(String name) {
        List<SymbolAddress> found = new ArrayList<>();
        int wanted = modules.indexOf(name);
        for (int i = 0; i < addresses.length; i++) {
            if (module[i] == wanted) {
                found.add(new SymbolAddress(name(i), name, addresses[i]));
            }
        }
        return found;
    }

    /** Collects symbols line by line. */
    static final class Reader {
        /** The columns of a symbol, in bytes. */
        private static final int SYMBOL = 16;

        /** A module with its name, in bytes, estimated. */
        private static final int MODULE = 200;

        /** Columns are copied when they grow and when they are sorted, so the heap has several of them for a moment. */
        private final HeapShare share = HeapShare.of(10, Integer.MAX_VALUE / 4);

        private final String source;
        private final Map<String, Long> markers = new LinkedHashMap<>();
        private final Map<String, Integer> modules = new HashMap<>();
        private long[] addresses = new long[1 << 10];
        private int[] module = new int[1 << 10];
        private int[] nameStart = new int[1 << 10];
        private final ByteArrayOutputStream names = new ByteArrayOutputStream();
        private int size;
        private long lines;
        private long symbols;
        private boolean anyAddress;

        Reader(String source) {
            this.source = source;
        }

        void line(String line) throws IOException {
            lines++;
            int space = line.indexOf(' ');
            if (space < 1 || space > 16 || space + 3 >= line.length() || line.charAt(space + 2) != ' ') {
                return;
            }
            long address;
            try {
                address = Long.parseUnsignedLong(line, 0, space, 16);
            } catch (NumberFormatException e) {
                return;
            }
            symbols++;
            char type = line.charAt(space + 1);
            anyAddress |= address != 0 && type != 'A' && type != 'a';
            if (address == 0 || CODE.indexOf(type) < 0) {
                return;
            }
            int tab = line.indexOf('\t', space + 3);
            if (tab < 0) {
                String name = line.substring(space + 3).strip();
                if (MARKERS.contains(name)) {
                    markers.putIfAbsent(name, address);
                }
            } else if (line.startsWith("[", tab + 1)) {
                int end = line.indexOf(']', tab);
                if (end > 0) {
                    add(address, line.substring(space + 3, tab), line.substring(tab + 2, end));
                }
            }
        }

        private void add(long address, String name, String owner) throws IOException {
            String plain = ModuleNames.plain(owner);
            share.require(SYMBOL + name.length() + (modules.containsKey(plain) ? 0 : MODULE), source, "its symbols");
            if (size == addresses.length) {
                addresses = Arrays.copyOf(addresses, 2 * size);
                module = Arrays.copyOf(module, 2 * size);
                nameStart = Arrays.copyOf(nameStart, 2 * size);
            }
            addresses[size] = address;
            module[size] = modules.computeIfAbsent(plain, key -> modules.size());
            nameStart[size] = names.size();
            names.writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
            size++;
        }

        /**
         * {@return the symbols in the lines}
         *
         * @throws IOException if the text is not a copy of /proc/kallsyms, or its addresses are hidden
         */
        Kallsyms finish() throws IOException {
            if (symbols == 0) {
                throw new IOException(source + ": not a copy of /proc/kallsyms: none of its " + lines
                        + " lines is ADDRESS TYPE NAME; copy it as root: cat /proc/kallsyms > kallsyms.txt");
            }
            if (!anyAddress) {
                throw new IOException(source + ": all addresses are 0: the kernel hides them (kernel.kptr_restrict);"
                        + " copy it as root: cat /proc/kallsyms > kallsyms.txt");
            }
            byte[] unsorted = names.toByteArray();
            int[] order = AddressOrder.of(addresses, size);
            long[] sortedAddresses = new long[size];
            int[] sortedModules = new int[size];
            int[] nameEnd = new int[size];
            byte[] sortedNames = new byte[unsorted.length];
            int at = 0;
            for (int i = 0; i < size; i++) {
                int from = order[i];
                int end = from + 1 < size ? nameStart[from + 1] : unsorted.length;
                int length = end - nameStart[from];
                System.arraycopy(unsorted, nameStart[from], sortedNames, at, length);
                at += length;
                sortedAddresses[i] = addresses[from];
                sortedModules[i] = module[from];
                nameEnd[i] = at;
            }
            @Nullable String[] byIndex = new String[modules.size()];
            modules.forEach((name, index) -> byIndex[index] = name);
            return new Kallsyms(
                    Map.copyOf(markers), List.of(byIndex), sortedAddresses, sortedModules, nameEnd, sortedNames);
        }
    }
}
