package dev.backline.symbolize;

import dev.backline.debugfiles.DebugData;
import dev.backline.debugfiles.ElfData;
import dev.backline.debugfiles.SideIndexes;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.Frame;
import dev.backline.dwarf.SourceFile;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import dev.backline.elf.Symbols;
import dev.backline.io.AddressOrder;
import dev.backline.io.BoundedCache;
import dev.backline.io.Hex;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Pc;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Resolves frames of one file: vmlinux, a module, any object with DWARF, or a GSYM index. Reads and caches only
 * what a lookup needs: one lookup reads a few hundred kilobytes of a file of any size. Thread-safe.
 */
public final class Symbolizer implements Closeable {
    private static final int SUGGESTIONS = 3;

    /** The number of unknown names whose suggestions are kept for the next log. */
    private static final int KNOWN_SUGGESTIONS = 64;

    /** The functions of one name that are looked up: more than a kernel has, and a hostile file can have any number. */
    private static final int MOST_CANDIDATES = 1000;

    /** How far from code without a line another line can be, in bytes. */
    private static final long MAX_DISTANCE = 4096;

    private final DebugData data;
    private final SourceRoot sourceRoot = new SourceRoot();
    /** Suggestions by unknown name. Guarded by itself. */
    private final BoundedCache<String, List<String>> suggestions = new BoundedCache<>(KNOWN_SUGGESTIONS);

    /** Of references that belong to no log. */
    private final SuggestedNames otherNames = new SuggestedNames();

    private volatile @Nullable CallEdges callEdges;

    private Symbolizer(DebugData data) {
        this.data = data;
    }

    /**
     * Opens a vmlinux, a module (also {@code .ko.xz}, {@code .ko.zst}, {@code .ko.gz}), another object, or a
     * GSYM index.
     *
     * @param file the path
     * @return the symboliser, to be closed
     * @throws IOException if the file cannot be read or has another format; the message names the format
     */
    public static Symbolizer open(Path file) throws IOException {
        return of(DebugData.open(file));
    }

    /**
     * Opens a file as {@link #open(Path)} does, and uses its index in a cache.
     *
     * @param file the path
     * @param indexes the cache; null for none
     * @return the symboliser, to be closed
     * @throws IOException if the file cannot be read or has another format; the message names the format
     */
    public static Symbolizer open(Path file, @Nullable SideIndexes indexes) throws IOException {
        return of(DebugData.open(file, indexes));
    }

    /**
     * {@return the symboliser of an open ELF file}
     *
     * @param elf closed together with the symboliser
     */
    public static Symbolizer of(ElfFile elf) {
        return of(new ElfData(elf));
    }

    /**
     * {@return the symboliser of an open file, ELF or GSYM}
     *
     * @param data closed together with the symboliser
     */
    public static Symbolizer of(DebugData data) {
        return new Symbolizer(data);
    }

    /** {@return the file: symbols, sections, build id} */
    public DebugData data() {
        return data;
    }

    /** {@return the ELF file; null for a GSYM index} */
    public @Nullable ElfFile elf() {
        return data instanceof ElfData elf ? elf.elf() : null;
    }

    /** {@return the DWARF, for call sites and labels; null if the file has none} */
    public @Nullable Dwarf dwarf() {
        return data.dwarf();
    }

    /** {@return the check of callers and callees, which keeps what it has read: the same object each time} */
    public CallEdges callEdges() {
        CallEdges known = callEdges;
        if (known == null) {
            synchronized (this) {
                known = callEdges;
                if (known == null) {
                    known = new CallEdges(this);
                    callEdges = known;
                }
            }
        }
        return known;
    }

    /**
     * {@return whether the file has debug information}
     *
     * @throws IOException if the file cannot be read
     */
    public boolean hasDebugInfo() throws IOException {
        return data.hasLines();
    }

    /**
     * {@return the functions at an address, innermost first; empty if the debug information does not cover the
     * address}
     *
     * @param address of an instruction, in the address space of the file; in an ET_REL, section base plus offset
     *     ({@link ElfFile#address})
     * @throws IOException if the part of the file that describes the address cannot be read
     */
    public List<SourceFrame> framesAt(long address) throws IOException {
        return sourceFrames(data.framesAt(address));
    }

    private List<SourceFrame> framesAt(long address, Consumer<IOException> damage) throws IOException {
        try {
            return framesAt(address);
        } catch (Dwarf.Damage e) {
            damage.accept(e);
            return sourceFrames(e.frames());
        }
    }

    private List<SourceFrame> sourceFrames(List<Frame> frames) {
        List<SourceFrame> found = new ArrayList<>(frames.size());
        for (Frame frame : frames) {
            SourceFile file = frame.file();
            SourceRoot.Paths paths = file == null ? null : sourceRoot.paths(file);
            found.add(new SourceFrame(
                    frame.function(),
                    frame.linkageName(),
                    paths == null ? null : paths.whole(),
                    paths == null || frame.line() == 0 ? null : paths.relative(),
                    frame.line(),
                    frame.column(),
                    frame.discriminator(),
                    frame.inlined()));
        }
        return found;
    }

    /**
     * Looks up many addresses on all processors. An address in a damaged part of the file has no frames.
     *
     * @param addresses as for {@link #framesAt(long)}, in any order
     * @param problems receives the error of each damaged part once, on the calling thread
     * @return one list per address, in the order of the addresses
     */
    public List<List<SourceFrame>> framesAt(long[] addresses, Consumer<IOException> problems) {
        @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no other way to create an array of a generic type.
        List<SourceFrame>[] found = new List[addresses.length];
        FrameSink sink = (index, frames) -> {
            found[index] = frames;
            return true;
        };
        framesAt(addresses, Runtime.getRuntime().availableProcessors(), true, () -> sink, problems);
        return Arrays.asList(found);
    }

    /**
     * Looks up many addresses and passes each answer to a sink, in the best order for the file.
     *
     * @param addresses as for {@link #framesAt(long)}, in any order
     * @param threads the most threads, the calling one included; at least 1
     * @param keep whether to cache decoded data for later lookups; false saves memory if these are the last lookups
     * @param sinks creates a sink for each thread, on this thread
     * @param problems receives the error of each damaged part once, on the calling thread
     */
    public void framesAt(
            long[] addresses, int threads, boolean keep, Supplier<FrameSink> sinks, Consumer<IOException> problems) {
        Dwarf dwarf = data instanceof ElfData elf && !elf.hasIndex() ? elf.dwarf() : null;
        Supplier<Bulk.LookUp> lookUps = keep || dwarf == null ? () -> this::framesAt : () -> passing(dwarf.pass());
        Bulk.framesAt(lookUps, addresses, order(dwarf, addresses), dwarf, threads, sinks, problems);
    }

    private static int[] order(@Nullable Dwarf dwarf, long[] addresses) {
        if (dwarf != null) {
            try {
                return dwarf.order(addresses);
            } catch (IOException e) {
                // Each lookup fails with this error too, and reports it.
                return AddressOrder.of(addresses, addresses.length);
            }
        }
        return AddressOrder.of(addresses, addresses.length);
    }

    private Bulk.LookUp passing(Dwarf.Pass pass) {
        return (address, damage) -> {
            try {
                return sourceFrames(pass.framesAt(address));
            } catch (Dwarf.Damage e) {
                damage.accept(e);
                return sourceFrames(e.frames());
            }
        };
    }

    /**
     * Resolves a frame reference. Ignores the reference's module: the caller chooses the file of the module.
     *
     * @param asked with a symbol or an address. A function without an offset is looked up by its address if the
     *     reference has one, else at its start
     * @return the source frames, or the reason why there are none
     * @throws IOException if the part of the file that describes the place cannot be read
     */
    public Resolution resolve(FrameReference asked) throws IOException {
        return resolve(asked, otherNames);
    }

    /**
     * Resolves a frame reference of a log.
     *
     * @param names the unknown names of the log
     */
    Resolution resolve(FrameReference asked, SuggestedNames names) throws IOException {
        if (!hasDebugInfo()) {
            return new Resolution.Unresolved(Resolution.Reason.NO_DEBUG_INFO, data.name() + " " + data.lacksLines());
        }
        FrameReference reference = asked.byAddress();
        String symbol = reference.symbol();
        Long address = reference.address();
        if (symbol != null) {
            return resolveSymbol(symbol, reference, names);
        }
        if (address == null) {
            throw new IllegalArgumentException("a frame reference needs a symbol or an address");
        }
        Resolution resolution = resolveAddress(address, data.symbols().at(address), reference);
        String named = asked.symbol();
        return named == null || !(resolution instanceof Resolution.Resolved resolved) || isNamed(named, resolved, asked)
                ? resolution
                : new Resolution.Unresolved(
                        Resolution.Reason.BUILD_MISMATCH,
                        "the trace's name and address contradict each other: in " + data.name()
                                + ", the address is in another function; the file is from another build, or the KASLR"
                                + " offset is another",
                        resolved.symbol() == null ? null : "the address is in " + resolved.symbol());
    }

    /** Whether a resolved address is in the function that the trace names: a symbol, an alias or an inlined function. */
    private boolean isNamed(String name, Resolution.Resolved found, FrameReference asked) throws IOException {
        if (isStem(name, found.symbol())) {
            return true;
        }
        for (SourceFrame frame : found.frames()) {
            if (isStem(name, frame.function()) || name.equals(frame.linkageName())) {
                return true;
            }
        }
        Symbols symbols = data.symbols();
        long pc = asked.pc() == Pc.RETURN ? found.address() - 1 : found.address();
        for (int index : symbols.named(name)) {
            long from = pc - symbols.address(index);
            if (from >= 0 && from < symbols.size(index)) {
                return true;
            }
        }
        return false;
    }

    /** Whether two names are equal without the compiler's suffix (.isra.0, .cold), which some tools cut. */
    private static boolean isStem(String name, @Nullable String other) {
        if (other == null) {
            return false;
        }
        int length = Math.min(name.length(), other.length());
        return name.regionMatches(0, other, 0, length)
                && (name.length() == length || name.charAt(length) == '.')
                && (other.length() == length || other.charAt(length) == '.');
    }

    /** A question that names similar functions which the reference fits; null if there are none. */
    private @Nullable String suggestion(String name, FrameReference reference, SuggestedNames names)
            throws IOException {
        if (!names.add(this, name)) {
            return null;
        }
        List<String> nearest;
        synchronized (suggestions) {
            nearest = suggestions.get(name);
        }
        if (nearest == null) {
            nearest = data.symbols().nearest(name, SUGGESTIONS);
            synchronized (suggestions) {
                suggestions.put(name, nearest);
            }
        }
        List<String> fitting = new ArrayList<>();
        for (String each : nearest) {
            for (int index : data.symbols().named(each)) {
                if (!fitting.contains(each) && misfit(index, reference) == null) {
                    fitting.add(each);
                }
            }
        }
        return fitting.isEmpty() ? null : "did you mean " + String.join(", ", fitting) + "?";
    }

    private Resolution resolveSymbol(String name, FrameReference reference, SuggestedNames names) throws IOException {
        Symbols symbols = data.symbols();
        int[] named = symbols.named(name);
        if (named.length == 0) {
            return new Resolution.Unresolved(
                    Resolution.Reason.SYMBOL_NOT_FOUND,
                    "no such symbol in " + data.name(),
                    suggestion(name, reference, names));
        }
        List<Resolution> fits = new ArrayList<>();
        Resolution.@Nullable Unresolved misfit = null;
        Set<Long> seen = new HashSet<>();
        for (int index : named) {
            if (fits.size() == MOST_CANDIDATES) {
                break;
            }
            long start = symbols.address(index);
            if (symbols.sectionIndex(index) == SymbolTable.SHN_UNDEF || !seen.add(start)) {
                continue;
            }
            Resolution.Unresolved why = misfit(index, reference);
            if (why == null) {
                fits.add(resolveAddress(start + offset(reference), index, reference));
            } else if (misfit == null || misfit.reason() == Resolution.Reason.NOT_CODE) {
                misfit = why;
            }
        }
        if (fits.size() == 1) {
            return fits.get(0);
        }
        if (!fits.isEmpty()) {
            return new Resolution.Ambiguous(fits);
        }
        return misfit != null
                ? misfit
                : new Resolution.Unresolved(
                        Resolution.Reason.SYMBOL_NOT_FOUND, "the symbol is undefined in " + data.name());
    }

    /** The reason why a symbol does not match the reference, or null. */
    private Resolution.@Nullable Unresolved misfit(int index, FrameReference reference) throws IOException {
        Symbols symbols = data.symbols();
        String name = symbols.name(index);
        Section section = data.sectionAt(symbols.address(index));
        if (section == null || !section.isExecutable()) {
            return new Resolution.Unresolved(
                    Resolution.Reason.NOT_CODE,
                    "the symbol is not code in " + data.name()
                            + (section == null ? "" : " (section " + section.name() + ")"));
        }
        long size = symbols.size(index);
        Long given = reference.size();
        if (given != null && given != 0 && !symbols.maySize(index, given)) {
            return new Resolution.Unresolved(
                    Resolution.Reason.SIZE_MISMATCH, otherBuild(name, size, "size " + Hex.text(given)));
        }
        if (Long.compareUnsigned(offset(reference), size) > 0) {
            return new Resolution.Unresolved(
                    Resolution.Reason.SIZE_MISMATCH, otherBuild(name, size, "offset " + Hex.text(offset(reference))));
        }
        return null;
    }

    private String otherBuild(String name, long size, String traced) {
        return data.name() + " is from another build: its " + name + " has size " + Hex.text(size) + ", the trace has "
                + traced + "; use the debug files of the traced kernel";
    }

    /** A function without an offset means its start. */
    private static long offset(FrameReference reference) {
        Long offset = reference.offset();
        return offset == null ? 0 : offset;
    }

    private Resolution resolveAddress(long address, int symbol, FrameReference reference) throws IOException {
        Symbols symbols = data.symbols();
        // The byte before a function's start belongs to another function.
        boolean isAfterCall = reference.pc() == Pc.RETURN && (reference.symbol() == null || reference.offset() != null);
        long pc = isAfterCall ? address - 1 : address;
        Section section = data.sectionAt(pc);
        if (section == null || !section.isExecutable()) {
            return new Resolution.Unresolved(
                    Resolution.Reason.NOT_CODE,
                    "the address is not in the code of " + data.name()
                            + (section == null ? "" : " (section " + section.name() + ")"));
        }
        String name = symbol < 0 ? null : symbols.name(symbol);
        long offset = symbol < 0 ? 0 : address - symbols.address(symbol);
        long size = symbol < 0 ? 0 : symbols.size(symbol);
        List<Frame> found;
        String damage = null;
        try {
            found = data.framesAt(pc);
        } catch (Dwarf.Damage e) {
            found = e.frames();
            damage = String.valueOf(e.getMessage());
        }
        List<SourceFrame> frames = named(sourceFrames(found), name);
        if (!found.isEmpty() && found.get(0).line() == 0) {
            SourceFile file = found.get(0).file();
            frames = file == null ? frames : withLine(frames, file, pc, address - offset, symbol < 0 ? 0 : size);
        }
        if (!anyPlace(frames)) {
            return new Resolution.Unresolved(
                    Resolution.Reason.NO_LINE, "no source line for this place in " + data.name());
        }
        SourceFrame exact = null;
        if (isAfterCall && damage == null && Long.compareUnsigned(offset, size) < 0) {
            List<SourceFrame> at = named(framesAt(address), name);
            exact = at.isEmpty() || samePlace(at.get(0), frames.get(0)) ? null : at.get(0);
        }
        return new Resolution.Resolved(name, offset, size, address, frames, exact, damage);
    }

    /**
     * Gives the innermost function, whose code here belongs to no line (DWARF5 6.2.2), the line of the nearest code of the
     * same inlined call; without any, its file, if that is all that is known of the place.
     *
     * @param file of the innermost function
     * @param start the first address of the symbol
     * @param size of the symbol; 0 if there is none
     */
    private List<SourceFrame> withLine(List<SourceFrame> frames, SourceFile file, long pc, long start, long size)
            throws IOException {
        List<SourceFrame> changed = new ArrayList<>(frames);
        SourceFrame innermost = frames.get(0);
        String symbol = frames.size() == 1 ? innermost.function() : null;
        long before = Math.min(MAX_DISTANCE, pc - start);
        long after = Math.min(MAX_DISTANCE, start + size - 1 - pc);
        for (long distance = 1; distance <= Math.max(before, after); distance++) {
            for (int side = -1; side <= 1; side += 2) {
                if (distance > (side < 0 ? before : after)) {
                    continue;
                }
                List<SourceFrame> near = named(known(pc + side * distance), symbol);
                if (isSameCall(frames, near) && near.get(0).line() != 0) {
                    changed.set(0, innermost.near(near.get(0)));
                    return changed;
                }
            }
        }
        if (!anyPlace(frames)) {
            changed.set(0, innermost.in(sourceRoot.paths(file).relative()));
        }
        return changed;
    }

    private List<SourceFrame> known(long address) throws IOException {
        try {
            return framesAt(address);
        } catch (Dwarf.Damage e) {
            return sourceFrames(e.frames());
        }
    }

    /** Whether two places are in one function, inlined by the same calls. */
    private static boolean isSameCall(List<SourceFrame> a, List<SourceFrame> b) {
        if (a.size() != b.size()
                || !Objects.equals(a.get(0).function(), b.get(0).function())) {
            return false;
        }
        for (int i = 1; i < a.size(); i++) {
            if (!a.get(i).equals(b.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean anyPlace(List<SourceFrame> frames) {
        for (SourceFrame frame : frames) {
            if (frame.path() != null) {
                return true;
            }
        }
        return false;
    }

    private static boolean samePlace(SourceFrame a, SourceFrame b) {
        return a.line() == b.line() && Objects.equals(a.path(), b.path());
    }

    /** Names a function by its symbol if the debug information has no name, as in assembly. */
    private static List<SourceFrame> named(List<SourceFrame> frames, @Nullable String symbol) {
        if (frames.size() != 1 || symbol == null || frames.get(0).function() != null) {
            return frames;
        }
        return List.of(frames.get(0).named(symbol));
    }

    @Override
    public void close() throws IOException {
        data.close();
    }
}
