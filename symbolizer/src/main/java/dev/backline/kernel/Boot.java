package dev.backline.kernel;

import dev.backline.debugfiles.DebugData;
import dev.backline.debugfiles.DebugFile;
import dev.backline.debugfiles.DebugFileLookup;
import dev.backline.debugfiles.MissingFile;
import dev.backline.debugfiles.ModuleNames;
import dev.backline.elf.Section;
import dev.backline.kernel.LoadMap.LoadedModule;
import dev.backline.kernel.NotLocated.Reason;
import dev.backline.trace.AddressOfSymbol;
import dev.backline.trace.FrameReference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One boot of a kernel build: finds the debug file of a frame reference and the place in this file. Thread-safe. */
public final class Boot {
    /** Module names that tools print for the kernel itself. */
    private static final Set<String> KERNEL = Set.of("kernel", "vmlinux", "kernel.kallsyms");

    private final KernelBuild build;
    private final LoadMap map;
    private final ConcurrentHashMap<String, ModuleLayout> layouts = new ConcurrentHashMap<>();
    private volatile @Nullable Kaslr kaslr;

    Boot(KernelBuild build, LoadMap map) {
        this.build = build;
        this.map = map;
    }

    /** {@return the build that was booted} */
    public KernelBuild build() {
        return build;
    }

    /**
     * Finds the debug file of a frame reference, and the place in this file.
     *
     * @param asked a function or a run-time address, of the kernel or of a module. A function without an offset is
     *     looked up by its address, if the reference has one
     * @return the place ({@link Located}), or the reason why it is unknown ({@link NotLocated})
     * @throws IOException if a directory named by the user is not a directory, or a file's symbols cannot be read
     */
    public Location locate(FrameReference asked) throws IOException {
        FrameReference reference = asked.byAddress();
        String module = reference.module();
        boolean isInModule = module != null && !KERNEL.contains(module);
        // A module with the build id in the log is right, whatever the kernel's file is.
        boolean isVerified = module != null && map.moduleBuildIds().containsKey(ModuleNames.plain(module));
        String otherBuild = isVerified ? null : otherBuild();
        if (otherBuild != null) {
            return new NotLocated(Reason.BUILD_MISMATCH, otherBuild);
        }
        Location found;
        if (module != null && isInModule) {
            found = inModule(module, reference);
        } else {
            Location inFile = asked.symbol() == null ? null : atFileOffset(reference);
            if (inFile != null) {
                found = inFile;
            } else {
                found = reference.symbol() != null ? inKernel(reference) : atAddress(reference);
            }
        }
        String symbol = asked.symbol();
        if (found instanceof Located located && reference.symbol() == null && symbol != null) {
            // The symbol is kept: the file must have it at this address.
            FrameReference at = located.reference();
            return new Located(
                    located.file(),
                    new FrameReference(symbol, null, asked.size(), at.module(), at.address(), at.pc()),
                    located.note());
        }
        return found;
    }

    /** Why the log's addresses prove that vmlinux is from another build; null if they do not. */
    private @Nullable String otherBuild() throws IOException {
        if (!map.showsKernelSymbols() || !(build.vmlinux() instanceof DebugFile vmlinux)) {
            return null;
        }
        Kaslr moved = kaslr(vmlinux.data());
        return moved.isOtherBuild() ? moved.problem() : null;
    }

    /**
     * {@return a contradiction in the known load addresses, such as two different KASLR offsets; null if there is none}
     *
     * @throws IOException if vmlinux cannot be read
     */
    public @Nullable String problem() throws IOException {
        return build.vmlinux() instanceof DebugFile vmlinux
                ? kaslr(vmlinux.data()).problem()
                : null;
    }

    /**
     * The place of an address that perf printed as an offset in the file of vmlinux, beside a function; null if the
     * address cannot be one.
     */
    private @Nullable Location atFileOffset(FrameReference reference) throws IOException {
        Long offset = reference.address();
        if (reference.symbol() != null
                || offset == null
                || !(build.vmlinux() instanceof DebugFile vmlinux)
                || !isHashed(vmlinux.data(), offset)) {
            return null;
        }
        for (Section section : vmlinux.data().sections()) {
            long from = offset - section.offset();
            if (section.isExecutable()
                    && section.type() == Section.SHT_PROGBITS
                    && from >= 0
                    && from < section.size()) {
                long address = vmlinux.data().address(section) + from;
                return new Located(vmlinux, at(reference, null, address), vmlinux.note());
            }
        }
        return null;
    }

    private Location inKernel(FrameReference reference) throws IOException {
        DebugFileLookup lookup = build.vmlinux();
        if (!(lookup instanceof DebugFile vmlinux)) {
            return NotLocated.of((MissingFile) lookup);
        }
        String symbol = reference.symbol();
        if (symbol != null && vmlinux.data().symbols().named(symbol).length == 0) {
            // perf, bpftrace and ftrace do not print modules.
            Kallsyms kallsyms = map.kallsyms();
            Set<String> modules = kallsyms == null ? Set.of() : kallsyms.modulesWith(symbol);
            if (modules.size() == 1) {
                return inModule(modules.iterator().next(), reference);
            }
            Long address = reference.address();
            if (address != null && map.knowsModules() && !isHashed(vmlinux.data(), address)) {
                Location found = atAddress(reference);
                if (found instanceof Located) {
                    return found;
                }
            }
        }
        return new Located(vmlinux, at(reference, null, kernelAddress(vmlinux.data(), reference)), vmlinux.note());
    }

    private @Nullable Long kernelAddress(DebugData vmlinux, FrameReference reference) throws IOException {
        Long address = reference.address();
        if (address == null || isHashed(vmlinux, address)) {
            return null;
        }
        Kaslr moved = kaslr(vmlinux);
        return moved.known() ? (Long) (address - moved.offset()) : null;
    }

    private Location inModule(String module, FrameReference reference) throws IOException {
        DebugFileLookup lookup = build.module(module, map.moduleBuildIds().get(ModuleNames.plain(module)));
        if (!(lookup instanceof DebugFile file)) {
            return NotLocated.of((MissingFile) lookup);
        }
        Long address = reference.address();
        ModuleLayout.At at = null;
        if (address != null && !isHashed(file.data(), address)) {
            at = layout(module, file).fileAddress(address);
        }
        if (reference.symbol() == null && at == null) {
            return new NotLocated(
                    Reason.NOT_CODE,
                    "the address is not in the known code of module " + module
                            + build.audience().optional("; add --kallsyms or --modules of that boot"));
        }
        boolean sure = at != null && !at.estimated();
        Long known = at == null || (reference.symbol() != null && !sure) ? null : (Long) at.address();
        return new Located(file, at(reference, file.module(), known), note(file, reference, at));
    }

    private @Nullable String note(DebugFile file, FrameReference reference, ModuleLayout.@Nullable At at) {
        if (at != null && at.estimated() && reference.symbol() == null) {
            return "places in " + file.module()
                    + " are estimated: only the start of its code is known, not its sections"
                    + build.audience().optional("; add --kallsyms of that boot to be sure");
        }
        return file.note();
    }

    private Location atAddress(FrameReference reference) throws IOException {
        Long address = reference.address();
        if (address == null) {
            throw new IllegalArgumentException("a frame reference needs a symbol or an address");
        }
        DebugFileLookup lookup = build.vmlinux();
        DebugFile vmlinux = lookup instanceof DebugFile found ? found : null;
        String unknown = null;
        if (vmlinux != null) {
            if (isHashed(vmlinux.data(), address)) {
                return new NotLocated(Reason.NOT_CODE, "a hashed %p value is not an address and cannot be symbolised");
            }
            Kaslr moved = kaslr(vmlinux.data());
            if (moved.problem() != null) {
                return new NotLocated(Reason.BUILD_MISMATCH, moved.problem());
            }
            long inFile = address - moved.offset();
            Section section = vmlinux.data().sectionAt(inFile);
            if (section != null && section.isExecutable()) {
                return new Located(vmlinux, at(reference, null, inFile), vmlinux.note());
            }
            unknown = moved.known()
                    ? null
                    : "the KASLR offset is not known"
                            + build.audience().optional(": add --kaslr-offset or --kallsyms of that boot");
        }
        NotLocated nearest = null;
        for (String module : modulesAt(address)) {
            if (module.startsWith("__builtin__") || module.equals("bpf")) {
                return new NotLocated(
                        Reason.NOT_CODE, "code generated at run time (" + module + ") has no source lines");
            }
            DebugFileLookup moduleFile =
                    build.module(module, map.moduleBuildIds().get(ModuleNames.plain(module)));
            if (moduleFile instanceof DebugFile file) {
                ModuleLayout.At at = layout(module, file).fileAddress(address);
                if (at != null) {
                    return new Located(file, at(reference, file.module(), at.address()), note(file, reference, at));
                }
            } else if (nearest == null) {
                MissingFile missing = (MissingFile) moduleFile;
                LoadedModule loaded = map.modules().get(module);
                nearest = new NotLocated(
                        NotLocated.reason(missing),
                        missing.message(),
                        loaded == null || loaded.sized()
                                ? null
                                : "or the address is in a module that was loaded later");
            }
        }
        if (nearest != null) {
            return nearest;
        }
        if (vmlinux == null) {
            return NotLocated.of((MissingFile) lookup);
        }
        List<String> hints = new ArrayList<>();
        if (unknown != null) {
            hints.add(unknown);
        }
        String modules =
                build.audience().optional("for an address in a module, add --kallsyms or --modules of that boot");
        if (!map.knowsModules() && !modules.isEmpty()) {
            hints.add(modules);
        }
        return new NotLocated(
                Reason.NOT_CODE,
                "the address is not in the code of " + vmlinux
                        + (map.knowsModules() ? " or of a module" : "")
                        + (hints.isEmpty() ? "" : "; " + String.join("; ", hints)));
    }

    /** The modules that can contain the address, the most likely first. */
    private Set<String> modulesAt(long address) {
        Set<String> found = new LinkedHashSet<>();
        for (LoadedModule each : map.modules().values()) {
            if (each.contains(address)) {
                found.add(each.name());
            }
        }
        Kallsyms kallsyms = map.kallsyms();
        int symbol = kallsyms == null ? -1 : kallsyms.at(address);
        if (kallsyms != null && symbol >= 0) {
            String module = kallsyms.module(symbol);
            LoadedModule loaded = map.modules().get(module);
            if (loaded == null || loaded.contains(address)) {
                found.add(module);
            }
        }
        if (found.isEmpty()) {
            found.addAll(bySections(address));
        }
        return found;
    }

    /** The modules whose section starts closest before the address: one, or several with the same start. */
    private Set<String> bySections(long address) {
        Set<String> nearest = new LinkedHashSet<>();
        long distance = -1;
        for (Map.Entry<String, Map<String, Long>> module : map.sections().entrySet()) {
            for (Map.Entry<String, Long> section : module.getValue().entrySet()) {
                long from = address - section.getValue();
                if (from >= 0 && !section.getKey().startsWith(".init") && (distance < 0 || from <= distance)) {
                    if (from != distance) {
                        nearest.clear();
                    }
                    distance = from;
                    nearest.add(module.getKey());
                }
            }
        }
        return nearest;
    }

    private ModuleLayout layout(String name, DebugFile file) throws IOException {
        String module = ModuleNames.plain(name);
        ModuleLayout layout = layouts.get(module);
        if (layout == null) {
            List<SymbolAddress> symbols = new ArrayList<>();
            Kallsyms kallsyms = map.kallsyms();
            if (kallsyms != null) {
                symbols.addAll(kallsyms.of(module));
            }
            for (AddressOfSymbol each : map.symbols()) {
                String owner = each.module();
                Long offset = each.offset();
                if (owner != null
                        && offset != null
                        && ModuleNames.plain(owner).equals(module)
                        && !isHashed(file.data(), each.address())) {
                    symbols.add(new SymbolAddress(each.symbol(), owner, each.address() - offset));
                }
            }
            LoadedModule loaded = map.modules().get(module);
            layout = ModuleLayout.of(
                    file.data(),
                    map.sections().getOrDefault(module, Map.of()),
                    symbols,
                    loaded == null ? null : loaded.base());
            layouts.put(module, layout);
        }
        return layout;
    }

    private Kaslr kaslr(DebugData vmlinux) throws IOException {
        Kaslr known = kaslr;
        if (known == null) {
            known = Kaslr.of(vmlinux, map, build);
            kaslr = known;
        }
        return known;
    }

    /**
     * Whether a value is an address hashed by printk's %p: 32 bits (lib/vsprintf.c, ptr_to_id). On 64-bit machines,
     * code is above 32 bits, unless the kernel is linked at a low address.
     */
    static boolean isHashed(DebugData data, long address) {
        return data.is64() && address >>> 32 == 0 && (data.isRelocatable() || isLinkedHigh(data));
    }

    private static boolean isLinkedHigh(DebugData data) {
        for (Section section : data.sections()) {
            if (section.isExecutable()) {
                return data.address(section) >>> 32 != 0;
            }
        }
        return false;
    }

    private static FrameReference at(FrameReference reference, @Nullable String module, @Nullable Long address) {
        return new FrameReference(
                reference.symbol(), reference.offset(), reference.size(), module, address, reference.pc());
    }
}
