package dev.backline.symbolize;

import dev.backline.debugfiles.KernelIdentity;
import dev.backline.io.BoundedCache;
import dev.backline.io.ByteLines;
import dev.backline.kernel.Boot;
import dev.backline.kernel.KernelBuild;
import dev.backline.kernel.LoadMap;
import dev.backline.kernel.Located;
import dev.backline.kernel.Location;
import dev.backline.kernel.NotLocated;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.trace.FrameReference;
import dev.backline.trace.KernelFacts;
import dev.backline.trace.LineFrame;
import dev.backline.trace.Mark;
import dev.backline.trace.Pc;
import dev.backline.trace.TraceReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds and resolves the frames of one log, line by line, in bounded memory. The kernel comes from the options, else from
 * the log; what the log tells of its boot is used from that line on. A frame that comes again is looked up once. Many logs,
 * each with a symboliser of its own, share the kernels of one {@link KernelPool}. Not thread-safe.
 */
public final class LogSymbolizer implements Closeable {
    /** Resolutions, so that a log of any length needs no more memory. */
    private static final int MAX_KNOWN = 1 << 17;

    /** Characters of the names of functions in them, which a hostile log makes very long. */
    private static final long MAX_TEXT = 1 << 23;

    /** More doubts than these nobody reads. */
    private static final int MAX_DOUBTS = 100;

    private final KernelPool pool;
    private final LogOptions options;
    private final TraceReader reader = new TraceReader();
    /** Null where there is nothing to read ahead, or that is done. */
    private @Nullable Path rereadable;

    private KernelPool.@Nullable Lease kernel;
    private @Nullable KernelIdentity identity;
    private @Nullable Boot boot;
    private @Nullable KernelFacts facts;

    private final BoundedCache<FrameReference, Found> known = new BoundedCache<>(MAX_KNOWN, MAX_TEXT, false) {
        @Override
        protected long weight(FrameReference reference, Found found) {
            String symbol = reference.symbol();
            return symbol == null ? 0 : symbol.length();
        }
    };

    /** How often frames came to have other answers. */
    private int changes;

    private final Map<Symbolizer, CallEdges> callEdges = new HashMap<>();

    /** What a person should know of how sure the answers are. */
    private final Set<String> doubts = new LinkedHashSet<>();

    /** The last frame of the backtrace that the next one can have called; null where a new backtrace begins. */
    private @Nullable Found above;

    /**
     * A symboliser for one log, of which nothing has been read.
     *
     * @param pool has the kernels; it stays open
     * @param options how to symbolise
     */
    public LogSymbolizer(KernelPool pool, LogOptions options) {
        this.pool = pool;
        this.options = options;
        this.rereadable = options.rereadable();
    }

    /** What was found for a reference, and in which file. */
    private record Found(
            Resolution resolution,
            @Nullable String module,
            @Nullable Symbolizer symbolizer) {}

    /** {@return what a person should know of how sure the answers are, a sentence each: places estimated, builds forced} */
    public Set<String> doubts() {
        return Collections.unmodifiableSet(doubts);
    }

    /** {@return what the log has told so far of the kernel that wrote it} */
    public KernelFacts facts() {
        return reader.facts();
    }

    /** {@return the kernel that the log is of, null while that is not known} */
    public @Nullable KernelBuild build() {
        KernelPool.Lease lease = kernel;
        return lease == null ? null : lease.kernel().build();
    }

    /**
     * {@return the frames of the next line, from left to right, resolved; of most lines there are none}
     *
     * @param line without its line end, decoded as ISO-8859-1 so that positions are those of bytes
     * @throws IOException when a folder of debug files that was named is none
     */
    public List<LogFrame> next(String line) throws IOException {
        return resolve(reader.next(line));
    }

    /**
     * {@return the frames of the next line, which stands in a buffer, resolved} Positions count from the line's beginning.
     *
     * @param bytes the buffer, which is not kept
     * @param from where the line begins
     * @param to after its last byte, without the line end
     * @throws IOException when a folder of debug files that was named is none
     */
    public List<LogFrame> next(byte[] bytes, int from, int to) throws IOException {
        return resolve(reader.next(bytes, from, to));
    }

    private List<LogFrame> resolve(List<LineFrame> frames) throws IOException {
        if (frames.isEmpty()) {
            above = null;
            return List.of();
        }
        List<LogFrame> resolved = new ArrayList<>(frames.size());
        for (LineFrame frame : frames) {
            resolved.add(resolve(frame, reader.facts()));
        }
        return resolved;
    }

    /**
     * {@return the next frame of a log that another reader reads, resolved}
     *
     * @param frame as read
     * @param told what the log has told so far
     * @throws IOException when a folder of debug files that was named is none
     */
    public LogFrame resolve(LineFrame frame, KernelFacts told) throws IOException {
        learn(told);
        FrameReference reference = ruled(frame.reference());
        if (frame.mark() == Mark.JUNK) {
            return new LogFrame(frame, reference, Unusable.JUNK, reference.module(), null, null);
        }
        Found found = find(reference);
        Edge edge = options.edges() ? edge(found, reference, frame) : null;
        return new LogFrame(frame, reference, found.resolution(), found.module(), edge, found.symbolizer());
    }

    /** The reference under the rule that was asked for; a function that is all the text has is always its start. */
    private FrameReference ruled(FrameReference reference) {
        Pc rule = options.pc();
        boolean start = reference.offset() == null && reference.address() == null;
        return rule == null || start ? reference : reference.withPc(rule);
    }

    private Found find(FrameReference reference) throws IOException {
        Found found = known.get(reference);
        if (found == null) {
            found = lookUp(reference);
            known.put(reference, found);
        }
        return found;
    }

    private Found lookUp(FrameReference reference) throws IOException {
        KernelPool.Lease lease = kernel;
        Boot now = boot;
        if (lease == null || now == null) {
            return new Found(Unusable.NO_KERNEL, reference.module(), null);
        }
        KernelSymbolizer symbolizer = lease.kernel();
        try {
            Location location = now.locate(reference);
            Boot later = location instanceof NotLocated && reference.byAddress().symbol() == null
                    ? bootToldLater(symbolizer)
                    : null;
            if (later != null) {
                boot = later;
                location = later.locate(reference);
            }
            Resolution resolution = symbolizer.resolve(location);
            if (location instanceof Located place && place.note() != null && doubts.size() < MAX_DOUBTS) {
                doubts.add(place.note());
            }
            return location instanceof Located place
                    ? new Found(resolution, place.file().module(), symbolizer.symbolizer(place.file()))
                    : new Found(resolution, reference.module(), null);
        } catch (IOException e) {
            // One damaged part of a file costs its own frames only.
            return new Found(
                    new Resolution.Unresolved(Resolution.Reason.NO_DEBUG_INFO, String.valueOf(e.getMessage())),
                    reference.module(),
                    null);
        }
    }

    /** The boot with the offset that a later line of the log states, when nothing has so far; else null. */
    private @Nullable Boot bootToldLater(KernelSymbolizer symbolizer) throws IOException {
        Path log = rereadable;
        KernelFacts now = facts;
        rereadable = null;
        if (log == null
                || now == null
                || now.kernelOffset() != null
                || options.boot().hasKaslrOffset()) {
            return null;
        }
        Set<Long> offsets = new HashSet<>();
        try (InputStream in = Files.newInputStream(log)) {
            ByteLines lines = new ByteLines(in);
            while (lines.next()) {
                String line = new String(
                        lines.bytes(), lines.start(), lines.contentEnd() - lines.start(), StandardCharsets.ISO_8859_1);
                if (line.contains("Kernel Offset:") || line.contains("KERNELOFFSET=")) {
                    TraceReader ahead = new TraceReader();
                    ahead.next(line);
                    Long offset = ahead.facts().kernelOffset();
                    if (offset != null) {
                        offsets.add(offset);
                    }
                }
            }
        }
        // Several boots in one log: which of them this line is of cannot be told from here.
        if (offsets.size() != 1) {
            return null;
        }
        LoadMap map = loadMap(now)
                .more()
                .statedOffset("the log", offsets.iterator().next())
                .build();
        return symbolizer.build().boot(map);
    }

    /**
     * Takes in what a log that another reader reads has told since the last frame.
     *
     * @param now what the log has told so far
     * @return a number that is another whenever frames may have other answers than before
     * @throws IOException when a folder of debug files that was named is none
     */
    @SuppressWarnings("ReferenceEquality") // the reader gives the same facts until the log says something new
    public int learn(KernelFacts now) throws IOException {
        if (now == facts) {
            return changes;
        }
        KernelFacts before = facts;
        facts = now;
        KernelIdentity wanted = identity(now);
        if (identity == null || !isOf(wanted, identity)) {
            openKernel(wanted);
        }
        KernelPool.Lease lease = kernel;
        if (lease == null) {
            return changes;
        }
        boolean otherModules = before != null && !before.moduleBuildIds().equals(now.moduleBuildIds());
        if (boot == null || before == null || otherModules || tellsOtherAddresses(before, now)) {
            boot = lease.kernel().build().boot(loadMap(now));
            known.removeIf(reference -> reference.address() != null || (otherModules && reference.module() != null));
            changes++;
        }
        return changes;
    }

    /** Whether two logs' kernels, or what one log says at two places, can be the same kernel. */
    private static boolean isOf(KernelIdentity wanted, KernelIdentity open) {
        return Objects.equals(wanted.release(), open.release()) && Objects.equals(wanted.buildId(), open.buildId());
    }

    private static boolean tellsOtherAddresses(KernelFacts before, KernelFacts now) {
        boolean offset = !Objects.equals(before.kernelOffset(), now.kernelOffset());
        // The first pairs settle the offset; a boot's later ones say nothing new.
        return offset
                || before.boots() != now.boots()
                || !before.moduleAddresses().equals(now.moduleAddresses())
                || (before.pairs().size() < 2 && !now.pairs().isEmpty());
    }

    /** A release that was given counts more than the log's; a vmlinux that was given is checked against the log. */
    private KernelIdentity identity(KernelFacts now) {
        KernelIdentity told = KernelIdentity.of(now);
        String release = options.release();
        return release == null ? told : new KernelIdentity(release, told.buildId(), told.moduleBuildIds());
    }

    private void openKernel(KernelIdentity wanted) throws IOException {
        if (!pool.files().nameAKernel() && wanted.release() == null && wanted.buildId() == null) {
            return;
        }
        closeKernel();
        kernel = pool.lease(wanted);
        identity = wanted;
    }

    private LoadMap loadMap(KernelFacts now) {
        return options.boot().more().facts(now).build();
    }

    /** Whether this frame can have called the last one; remembers it as the one above the next. */
    private @Nullable Edge edge(Found found, FrameReference reference, LineFrame frame) throws IOException {
        Found callee = above;
        Symbolizer symbolizer = found.symbolizer();
        if (!(found.resolution() instanceof Resolved resolved) || symbolizer == null) {
            above = null;
            return null;
        }
        if (callee == null || reference.pc() == Pc.EXACT || frame.mark() == Mark.REPEATED) {
            above = found;
            return null;
        }
        @Nullable Edge edge = Edge.UNVERIFIED;
        String name = name(callee);
        if (name != null) {
            try {
                edge = callEdges.computeIfAbsent(symbolizer, CallEdges::new).check(resolved.address(), name);
            } catch (IOException e) {
                // The frame has its line; only the check needs the damaged part.
                edge = Edge.UNVERIFIED;
            }
        }
        // A stale frame between two real ones must not stand between them.
        if (frame.reliable() || edge == null || edge.kind() != Edge.Kind.UNVERIFIED) {
            above = found;
        }
        return edge;
    }

    private static @Nullable String name(Found found) {
        if (!(found.resolution() instanceof Resolved resolved)) {
            return null;
        }
        SourceFrame outermost = resolved.frames().get(resolved.frames().size() - 1);
        return outermost.function() != null ? outermost.function() : resolved.symbol();
    }

    private void closeKernel() throws IOException {
        KernelPool.Lease open = kernel;
        kernel = null;
        boot = null;
        known.clear();
        changes++;
        callEdges.clear();
        above = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() throws IOException {
        closeKernel();
    }

    /** Answers that need no file. */
    private static final class Unusable {
        static final Resolution JUNK = new Resolution.Unresolved(
                Resolution.Reason.NOT_CODE, "a data address, left where the stack switches: no frame");
        static final Resolution NO_KERNEL = new Resolution.Unresolved(
                Resolution.Reason.NO_DEBUG_INFO,
                "the log does not say which kernel wrote it; give its vmlinux with -e, its release with -r (this"
                        + " machine's: -r $(uname -r)), or a directory with debug files with -d");

        private Unusable() {}
    }
}
