package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Kernels.Kernel;
import dev.backline.fixtures.LinkedModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Locates the frames of a recorded boot in the files of its kernel, by System.map, the boot's kallsyms and readelf only.
 * Modules are the linked ones of {@link LinkedModule}, which LLVM can read.
 */
public final class RecordedBoot {
    // ADDRESS TYPE NAME [MODULE]
    private static final Pattern SYMBOL = Pattern.compile("([0-9a-f]{16}) \\S (\\S+)(?:\\s+\\[(\\S+)])?");
    // Num: Value Size Type Bind Vis Ndx Name
    private static final Pattern READELF =
            Pattern.compile("\\s*\\d+: ([0-9a-f]{16})\\s+\\S+ (?:FUNC|NOTYPE)\\s+\\S+\\s+\\S+\\s+\\d+ (\\S+)");

    private final Kernel kernel;
    private final Path folder;
    private final Symbols vmlinux;
    private final Map<String, Linked> linked;
    private final Map<String, Symbols> loaded = new HashMap<>();

    /** @param folder the directory of linked modules */
    public RecordedBoot(Kernel kernel, Path folder) throws IOException {
        this.kernel = kernel;
        this.folder = folder;
        vmlinux = new Symbols();
        linked = new HashMap<>();
        for (String line : Files.readAllLines(kernel.folder().resolve("System.map"))) {
            vmlinux.add(SYMBOL.matcher(line));
        }
    }

    /**
     * Another boot of the same kernel.
     *
     * @param kallsyms the boot's kallsyms, or an excerpt with {@code _text}, {@code _etext} and the code symbols of modules;
     *     null if frames are located by name only
     */
    public RecordedBoot(RecordedBoot other, @Nullable Path kallsyms) throws IOException {
        kernel = other.kernel;
        folder = other.folder;
        vmlinux = other.vmlinux;
        linked = other.linked;
        if (kallsyms != null) {
            for (String line : Files.readAllLines(kallsyms)) {
                Matcher symbol = SYMBOL.matcher(line);
                assertThat(symbol.matches()).as(line).isTrue();
                String module = symbol.group(3) == null ? "" : symbol.group(3);
                loaded.computeIfAbsent(module, name -> new Symbols()).add(symbol);
            }
        }
    }

    /**
     * A place in a file.
     *
     * @param names the symbols at or before the place
     */
    public record Place(Path elf, long address, List<String> names) {}

    private record Linked(Path elf, Symbols symbols) {}

    /** The symbols of one file, or of one module in memory. */
    private static final class Symbols {
        private final Map<String, List<Long>> addresses = new HashMap<>();
        // All addresses are in the upper half, or all are in the lower half.
        private final NavigableMap<Long, List<String>> names = new TreeMap<>();

        void add(Matcher symbol) {
            if (symbol.matches()) {
                long address = Long.parseUnsignedLong(symbol.group(1), 16);
                addresses
                        .computeIfAbsent(symbol.group(2), name -> new ArrayList<>())
                        .add(address);
                names.computeIfAbsent(address, start -> new ArrayList<>()).add(symbol.group(2));
            }
        }

        /** The only symbol with this name, and with this size (as in kallsyms) if one is given. */
        long address(String name, @Nullable Long size) {
            List<Long> found = addresses.getOrDefault(name, List.of());
            List<Long> fitting = found.stream()
                    .distinct()
                    .filter(start -> found.size() == 1 || size == null || names.higherKey(start) - start == size)
                    .toList();
            assertThat(fitting).as("symbols %s of size %s", name, size).hasSize(1);
            return fitting.get(0);
        }
    }

    /** The place of {@code symbol+offset/size [module]}. */
    public Place bySymbol(String symbol, long offset, @Nullable Long size, @Nullable String module) throws IOException {
        String holder = module;
        if (holder == null && !vmlinux.addresses.containsKey(symbol)) {
            holder = loaded.entrySet().stream()
                    .filter(each -> each.getValue().addresses.containsKey(symbol))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElseThrow(() -> new IOException("no symbol " + symbol + " in System.map and kallsyms"));
        }
        if (holder == null) {
            return new Place(kernel.vmlinux(), vmlinux.address(symbol, size) + offset, List.of(symbol));
        }
        Linked file = linked(holder);
        return new Place(file.elf, file.symbols.address(symbol, size) + offset, List.of(symbol));
    }

    /** The place of an address in the boot's memory. */
    public Place byAddress(long address) throws IOException {
        Symbols kernelInMemory = loaded.get("");
        if (kernelInMemory == null) {
            throw new IOException("nothing is known of 0x" + Long.toHexString(address));
        }
        if (address < kernelInMemory.address("_etext", null)) {
            long inFile = address - kernelInMemory.address("_text", null) + vmlinux.address("_text", null);
            return new Place(
                    kernel.vmlinux(), inFile, vmlinux.names.floorEntry(inFile).getValue());
        }
        String module = "";
        long nearest = Long.MIN_VALUE;
        for (Map.Entry<String, Symbols> each : loaded.entrySet()) {
            Long start = each.getValue().names.floorKey(address);
            if (start != null && start > nearest) {
                nearest = start;
                module = each.getKey();
            }
        }
        List<String> names = loaded.getOrDefault(module, kernelInMemory).names.getOrDefault(nearest, List.of());
        Linked file = linked(module);
        return new Place(file.elf, file.symbols.address(names.get(0), null) + (address - nearest), names);
    }

    private Linked linked(String module) throws IOException {
        Linked known = linked.get(module);
        if (known == null) {
            known = link(module);
            linked.put(module, known);
        }
        return known;
    }

    private Linked link(String module) throws IOException {
        String file = module.replace('-', '_') + ".ko";
        Path path = kernel.moduleFiles().stream()
                .filter(each -> each.getFileName().toString().replace('-', '_').equals(file))
                .findFirst()
                .orElseThrow(() -> new IOException("no " + file + " in " + kernel.modules()));
        String linker = LinkedModule.linker(path).orElseThrow();
        LinkedModule result = LinkedModule.link(path, linker, folder);
        Symbols symbols = new Symbols();
        Process readelf = new ProcessBuilder("readelf", "-sW", result.elf().toString()).start();
        readelf.inputReader().lines().map(READELF::matcher).forEach(symbols::add);
        return new Linked(result.elf(), symbols);
    }
}
