package dev.backline.kernel;

import dev.backline.debugfiles.KernelIdentity;
import dev.backline.debugfiles.ModuleNames;
import dev.backline.elf.BuildId;
import dev.backline.io.HeapShare;
import dev.backline.trace.AddressOfSymbol;
import dev.backline.trace.KernelFacts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Load addresses of the kernel and its modules in one boot: a KASLR offset from the user or the log, /proc/kallsyms and
 * /proc/modules, section addresses of modules, frames with both address and symbol. Everything is optional. Immutable.
 */
public final class LoadMap {
    /** Nothing is known: run-time addresses are taken as addresses in vmlinux. */
    public static final LoadMap UNKNOWN = new Builder().build();

    private final @Nullable Long given;
    private final Map<String, Long> stated;
    private final @Nullable Kallsyms kallsyms;
    private final Map<String, LoadedModule> modules;
    private final Map<String, Map<String, Long>> sections;
    private final List<AddressOfSymbol> symbols;
    private final Map<String, BuildId> moduleBuildIds;
    private final boolean kernelSymbols;

    private LoadMap(Builder builder) {
        given = builder.given;
        stated = new LinkedHashMap<>(builder.stated);
        kallsyms = builder.kallsyms;
        modules = Map.copyOf(builder.modules);
        sections = Map.copyOf(builder.sections);
        symbols = List.copyOf(builder.symbols);
        moduleBuildIds = Map.copyOf(builder.moduleBuildIds);
        boolean ofKernel = false;
        for (AddressOfSymbol each : symbols) {
            ofKernel |= each.module() == null;
        }
        kernelSymbols = ofKernel;
    }

    /**
     * A line of /proc/modules.
     *
     * @param base the start of the module's code
     * @param size the size of the module in bytes
     * @param sized whether the size is known; if not, {@code size} is an upper bound
     */
    record LoadedModule(String name, long base, long size, boolean sized) {
        boolean contains(long address) {
            return Long.compareUnsigned(address - base, size) < 0;
        }
    }

    /** {@return an empty builder} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with everything in this map} */
    public Builder more() {
        Builder builder = new Builder();
        builder.given = given;
        builder.stated.putAll(stated);
        builder.kallsyms = kallsyms;
        builder.modules.putAll(modules);
        sections.forEach((module, addresses) -> builder.sections.put(module, new HashMap<>(addresses)));
        builder.symbols.addAll(symbols);
        builder.moduleBuildIds.putAll(moduleBuildIds);
        return builder;
    }

    /** {@return whether the user gave the KASLR offset: {@link Builder#kaslrOffset}} */
    public boolean hasKaslrOffset() {
        return given != null;
    }

    @Nullable
    Long given() {
        return given;
    }

    /** Offsets stated by texts, by the name of the text. */
    Map<String, Long> stated() {
        return stated;
    }

    @Nullable
    Kallsyms kallsyms() {
        return kallsyms;
    }

    Map<String, LoadedModule> modules() {
        return modules;
    }

    /** Section addresses by module and section name. */
    Map<String, Map<String, Long>> sections() {
        return sections;
    }

    /** Addresses that the log prints beside symbols. */
    List<AddressOfSymbol> symbols() {
        return symbols;
    }

    /** Whether the log prints addresses beside symbols of the kernel itself. */
    boolean showsKernelSymbols() {
        return kernelSymbols;
    }

    /** Build ids of the loaded modules, by name with _ for -. */
    Map<String, BuildId> moduleBuildIds() {
        return moduleBuildIds;
    }

    /** Whether any module address is known. */
    boolean knowsModules() {
        return kallsyms != null || !modules.isEmpty() || !sections.isEmpty();
    }

    /** Collects load addresses. Not thread-safe. */
    public static final class Builder {
        /** A limit: more symbols add nothing, because all must agree. */
        private static final int MAX_SYMBOLS = 4096;

        /** The memory of a module or section with its name and address, in bytes, estimated. */
        private static final int ENTRY = 200;

        /** An upper bound of a module's code, in bytes. */
        private static final long MAX_CODE = 16L << 20;

        /** Patterns of lines, compiled when the first line is read. */
        private static final class Lines {
            /** name size references users state address */
            static final Pattern MODULE =
                    Pattern.compile("(\\S{1,64}) (\\d{1,18}) \\S+ \\S+ \\S+ 0x(\\p{XDigit}{1,16}).*");

            static final Pattern SYS_MODULE = Pattern.compile(
                    "(?:/sys/module/)?([\\w-]{1,64})/sections/([^:\\s]{1,255})[:\\s]\\s*0x(\\p{XDigit}{1,16})");
            static final Pattern ADDRESS = Pattern.compile("0x(\\p{XDigit}{1,16})");
        }

        private @Nullable Long given;
        private final Map<String, Long> stated = new LinkedHashMap<>();
        private @Nullable Kallsyms kallsyms;
        private final Map<String, LoadedModule> modules = new HashMap<>();
        private final Map<String, Map<String, Long>> sections = new HashMap<>();
        private final Set<AddressOfSymbol> symbols = new LinkedHashSet<>();
        private final Map<String, BuildId> moduleBuildIds = new HashMap<>();

        private Builder() {}

        /**
         * Sets the KASLR offset, which overrides all other sources.
         *
         * @param offset in bytes, to be subtracted from run-time addresses
         * @return this
         */
        public Builder kaslrOffset(long offset) {
            given = offset;
            return this;
        }

        /**
         * Adds a KASLR offset stated by a text: {@code Kernel Offset: 0x2f400000 from …} of a panic, or {@code
         * KERNELOFFSET=2f400000} of a VMCOREINFO note.
         *
         * @param source the name of the text in messages
         * @param offset in bytes; 0 for {@code Kernel Offset: disabled}
         * @return this
         */
        public Builder statedOffset(String source, long offset) {
            stated.put(source, offset);
            return this;
        }

        /**
         * Reads a copy of the boot's /proc/kallsyms, plain or compressed (.gz, .xz, .zst).
         *
         * @param file the copy
         * @return this
         * @throws IOException if the file cannot be read, is not kallsyms, or has no addresses (kptr_restrict)
         */
        public Builder kallsyms(Path file) throws IOException {
            Kallsyms.Reader reader = new Kallsyms.Reader(file.toString());
            TextInput.lines(file, reader::line);
            kallsyms = reader.finish();
            return this;
        }

        /**
         * Reads a copy of the boot's /proc/kallsyms from a stream.
         *
         * @param name the name of the stream in messages
         * @param in read to its end and not closed
         * @return this
         * @throws IOException if the stream cannot be read, is not kallsyms, or has no addresses (kptr_restrict)
         */
        public Builder kallsyms(String name, InputStream in) throws IOException {
            Kallsyms.Reader reader = new Kallsyms.Reader(name);
            TextInput.lines(name, in, reader::line);
            kallsyms = reader.finish();
            return this;
        }

        /**
         * Reads a copy of the boot's /proc/modules, or section addresses: lines {@code MODULE SECTION ADDRESS
         * [SECTION ADDRESS]...} or {@code /sys/module/MODULE/sections/SECTION:ADDRESS} (the output of {@code grep .
         * /sys/module/*}{@code /sections/.text}); plain or compressed.
         *
         * @param file the copy
         * @return this
         * @throws IOException if the file cannot be read, has another format, or has no addresses (kptr_restrict)
         */
        public Builder modules(Path file) throws IOException {
            ModuleReader reader = new ModuleReader(file.toString());
            TextInput.lines(file, reader::line);
            reader.finish();
            return this;
        }

        /**
         * Reads module or section addresses, as {@link #modules(Path)} does, from a stream.
         *
         * @param name the name of the stream in messages
         * @param in read to its end and not closed
         * @return this
         * @throws IOException if the stream cannot be read, has another format, or has no addresses (kptr_restrict)
         */
        public Builder modules(String name, InputStream in) throws IOException {
            ModuleReader reader = new ModuleReader(name);
            TextInput.lines(name, in, reader::line);
            reader.finish();
            return this;
        }

        /**
         * Adds an address that a text prints beside a symbol. The address must not be hashed (printk's %p). After a
         * few thousand, further addresses are ignored.
         *
         * @param shown the address and its symbol
         * @return this
         */
        public Builder symbol(AddressOfSymbol shown) {
            if (symbols.size() < MAX_SYMBOLS) {
                symbols.add(shown);
            }
            return this;
        }

        /**
         * Adds the facts of a log: KASLR offset, addresses printed beside symbols, addresses and build ids of modules.
         *
         * @param facts from the part of the log that was read
         * @return this
         */
        public Builder facts(KernelFacts facts) {
            Long offset = facts.kernelOffset();
            if (offset != null) {
                statedOffset("the log", offset);
            }
            facts.pairs().forEach(this::symbol);
            moduleBuildIds.putAll(KernelIdentity.of(facts).moduleBuildIds());
            List<Map.Entry<String, Long>> loaded =
                    new ArrayList<>(facts.moduleAddresses().entrySet());
            loaded.sort((a, b) -> Long.compareUnsigned(a.getValue(), b.getValue()));
            for (int i = 0; i < loaded.size(); i++) {
                // Without a size, the module ends at the next module at the latest.
                long base = loaded.get(i).getValue();
                long most = i + 1 < loaded.size() ? loaded.get(i + 1).getValue() - base : MAX_CODE;
                Long told = facts.moduleSizes().get(loaded.get(i).getKey());
                long size = Math.min(told == null ? most : told, MAX_CODE);
                String name = ModuleNames.plain(loaded.get(i).getKey());
                modules.putIfAbsent(name, new LoadedModule(name, base, size, told != null));
            }
            return this;
        }

        /** {@return the map} */
        public LoadMap build() {
            return new LoadMap(this);
        }

        private final class ModuleReader {
            private long lines;
            private long understood;
            private boolean anyAddress;
            private final String source;
            private final HeapShare share = HeapShare.of(10, Integer.MAX_VALUE);

            ModuleReader(String source) {
                this.source = source;
            }

            void line(String line) throws IOException {
                if (line.isBlank()) {
                    return;
                }
                lines++;
                Matcher module = Lines.MODULE.matcher(line);
                Matcher file = Lines.SYS_MODULE.matcher(line.strip());
                if (module.matches()) {
                    understood++;
                    long base = Long.parseUnsignedLong(module.group(3), 16);
                    if (base != 0) {
                        anyAddress = true;
                        String name = ModuleNames.plain(module.group(1));
                        if (!modules.containsKey(name)) {
                            share.require(ENTRY + name.length(), source, "its modules");
                        }
                        modules.put(name, new LoadedModule(name, base, Long.parseLong(module.group(2)), true));
                    }
                } else if (file.matches()) {
                    section(file.group(1), file.group(2), file.group(3));
                } else {
                    sections(line);
                }
            }

            private void sections(String line) throws IOException {
                String[] words = line.strip().split("\\s+", 1024);
                for (int i = 1; i + 1 < words.length; i++) {
                    // A freed .init.text has a name but no address.
                    Matcher address = Lines.ADDRESS.matcher(words[i + 1]);
                    if (address.matches() && !words[i].startsWith("0x")) {
                        section(words[0], words[i], address.group(1));
                    }
                }
            }

            private void section(String module, String section, String address) throws IOException {
                understood++;
                long base = Long.parseUnsignedLong(address, 16);
                if (base != 0) {
                    anyAddress = true;
                    Map<String, Long> known = sections.get(ModuleNames.plain(module));
                    if (known == null || !known.containsKey(section)) {
                        share.require(
                                (known == null ? 2 : 1) * ENTRY + module.length() + section.length(),
                                source,
                                "its sections");
                    }
                    sections.computeIfAbsent(ModuleNames.plain(module), key -> new HashMap<>())
                            .put(section, base);
                }
            }

            void finish() throws IOException {
                String name = source;
                if (lines > 0 && understood == 0) {
                    throw new IOException(name + ": not a copy of /proc/modules: none of its " + lines
                            + " lines has a module and an address; copy it as root: cat /proc/modules > modules.txt"
                            + " (or write lines MODULE SECTION ADDRESS)");
                }
                if (understood > 0 && !anyAddress) {
                    throw new IOException(name + ": all addresses are 0: the kernel hides them (kernel.kptr_restrict);"
                            + " copy it as root: cat /proc/modules > modules.txt");
                }
            }
        }
    }

    @Override
    public String toString() {
        List<String> known = new ArrayList<>();
        if (given != null) {
            known.add("offset 0x" + Long.toHexString(given));
        }
        stated.forEach((source, offset) -> known.add(source + " 0x" + Long.toHexString(offset)));
        if (kallsyms != null) {
            known.add("kallsyms with " + kallsyms.size() + " module symbols");
        }
        known.add(modules.size() + " modules, sections of " + sections.size() + ", " + symbols.size() + " symbols");
        return String.join(", ", known);
    }
}
