package dev.backline.symbolize;

import dev.backline.debugfiles.DebugFile;
import dev.backline.debugfiles.KernelIdentity;
import dev.backline.elf.BuildId;
import dev.backline.intake.Excerpt;
import dev.backline.intake.KernelLine;
import dev.backline.intake.LogInput;
import dev.backline.intake.LogReader;
import dev.backline.io.Audience;
import dev.backline.io.BoundedCache;
import dev.backline.io.ByteLines;
import dev.backline.io.Chars;
import dev.backline.io.HeapShare;
import dev.backline.io.Hex;
import dev.backline.kernel.Boot;
import dev.backline.kernel.KernelBuild;
import dev.backline.kernel.LoadMap;
import dev.backline.kernel.Located;
import dev.backline.kernel.Location;
import dev.backline.kernel.NotLocated;
import dev.backline.symbolize.Resolution.Reason;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.Resolution.Unresolved;
import dev.backline.trace.FrameReference;
import dev.backline.trace.KernelFacts;
import dev.backline.trace.LineFrame;
import dev.backline.trace.Machine;
import dev.backline.trace.Mark;
import dev.backline.trace.Pc;
import dev.backline.trace.TraceReader;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds and resolves the frames of one log, line by line, in bounded memory. The kernel comes from the options, else
 * from the log. With {@link #read}, the facts in a report apply to the whole report; with {@link #next(String)}, they apply
 * from their line on. A file that the log proves to be from another build gives no source lines, unless the pool's files
 * accept other builds: the log names another release than the options, or functions have another size in the file. A repeated frame is looked up once. Use one symboliser per
 * log; symbolisers share the kernels of one {@link KernelPool}. Not thread-safe.
 */
public final class LogSymbolizer implements Closeable {
    /** Resolutions kept, so that a log of any length needs bounded memory. */
    private static final int MAX_KNOWN = HeapShare.count(16, 500, 1 << 17);

    /** Characters in the names of the kept functions, because names in a hostile log can be very long. */
    private static final long MAX_NAME_CHARS = HeapShare.count(16, 1, 1 << 23);

    /** The addresses beside symbols that can change the KASLR offset. */
    private static final int MAX_PAIRS = 16;

    /** The most doubts to report. */
    private static final int MAX_DOUBTS = 100;

    private static final String PERF_REPORT = "perf report prints functions without their addresses, which have no"
            + " source line; annotate the output of perf script: perf script | backline symbolize";

    private static final String CUT = "a pager cut lines of the log (\">\" at their end), so that sizes and modules of"
            + " frames are missing; save the log with journalctl --no-pager";

    private final KernelPool pool;
    private final Audience audience;
    private final LogOptions options;
    private final TraceReader reader = new TraceReader();

    /** What the log has stated so far; the reader can be ahead. */
    private KernelFacts stated = reader.facts();

    private boolean perfReport;

    /** Null if there is nothing to read ahead, or after reading ahead. */
    private @Nullable Path rereadable;

    private KernelPool.@Nullable Lease kernel;
    private @Nullable KernelIdentity identity;
    private @Nullable Boot boot;
    private @Nullable KernelFacts facts;
    private @Nullable Machine machine;
    private boolean knowsMachine;

    private final BoundedCache<FrameReference, ResolvedReference> resolutions =
            new BoundedCache<>(MAX_KNOWN, MAX_NAME_CHARS, false) {
                @Override
                protected long weight(FrameReference reference, ResolvedReference found) {
                    String symbol = reference.symbol();
                    return symbol == null ? 0 : symbol.length();
                }
            };

    /** A counter that changes when frames can have other answers than before. */
    private int changes;

    private final BuildCheck builds;
    private final SuggestedNames names = new SuggestedNames();
    private final AnswerBudget budget = new AnswerBudget();

    /** Why the log cannot be of the kernel in the options; null if it can. */
    private @Nullable Resolution otherRelease;

    /** Caveats about the answers. */
    private final Set<String> doubts = new LinkedHashSet<>();

    /** The frame above the next frame of the backtrace; null at the start of a backtrace. */
    private @Nullable ResolvedReference frameAbove;

    /**
     * Creates a symboliser for one log.
     *
     * @param pool the source of kernels; it stays open
     * @param options the options
     */
    public LogSymbolizer(KernelPool pool, LogOptions options) {
        this.pool = pool;
        this.options = options;
        audience = pool.files().audience();
        builds = new BuildCheck(audience.optional(", or add --force"));
        this.rereadable = options.rereadable();
    }

    /** The resolution of a reference, and its file. */
    private record ResolvedReference(
            Resolution resolution,
            @Nullable String module,
            @Nullable DebugFile file,
            @Nullable Symbolizer symbolizer) {}

    /** {@return caveats about the answers, one sentence each: estimated places, forced builds} */
    public Set<String> doubts() {
        return Collections.unmodifiableSet(doubts);
    }

    /** {@return what the log has stated so far about its kernel} */
    public KernelFacts facts() {
        return stated;
    }

    /** {@return the kernel of the log, null if still unknown} */
    public @Nullable KernelBuild build() {
        KernelPool.Lease lease = kernel;
        return lease == null ? null : lease.kernel().build();
    }

    /**
     * {@return the resolved frames of the next line, from left to right; most lines have none}
     *
     * @param line without its line end, decoded as ISO-8859-1 so that positions are byte positions
     * @throws IOException if a debug directory in the options is not a directory
     */
    public List<LogFrame> next(String line) throws IOException {
        return resolveNext(reader.next(line));
    }

    /**
     * {@return the resolved frames of the next line, which is in a buffer} Positions count from the start of the line.
     *
     * @param bytes the buffer, which is not kept
     * @param from where the line starts
     * @param to where the line ends, without the line end
     * @throws IOException if a debug directory in the options is not a directory
     */
    public List<LogFrame> next(byte[] bytes, int from, int to) throws IOException {
        return resolveNext(reader.next(bytes, from, to));
    }

    /**
     * Reads a log to its end. What a report states about its kernel applies to all lines of the report: lines are held
     * back until the report has stated its release; those of a pipe for half a second at most. Two more threads read a long
     * log a few hundred lines ahead. They end with the log, or soon after a failure; the calling thread alone calls the sink.
     *
     * @param log the log
     * @param sink takes the excerpts in their order
     * @throws IOException if the log cannot be read, or a debug directory in the options is not a directory
     */
    public void read(LogReader log, LogSink sink) throws IOException {
        read(log, sink, Runtime.getRuntime().availableProcessors() > 1 ? LogReading.SHORT_LOG : Long.MAX_VALUE);
    }

    /** Reads a log: so many bytes on this thread, and the rest with two more threads. */
    void read(LogReader log, LogSink sink, long shortLog) throws IOException {
        new LogReading(this, reader, log, new HeldLines(options.rereadable() != null), sink).run(shortLog);
    }

    /** Takes note of what the log has stated up to the excerpt that is answered or held next. */
    void state(KernelFacts facts, boolean hasPerfReport) {
        stated = facts;
        perfReport = hasPerfReport;
    }

    /**
     * {@return for each line of an excerpt its resolved frames; empty if no line has a frame}
     *
     * @param weighed the frames of this excerpt and of those after it; empty if they were not weighed
     */
    List<List<LogFrame>> resolve(
            Excerpt excerpt, List<List<LineFrame>> frames, Iterator<Weighed> weighed, KernelFacts known)
            throws IOException {
        if (frames.isEmpty()) {
            frameAbove = excerpt.lines().isEmpty() ? frameAbove : null;
            return List.of();
        }
        List<List<LogFrame>> resolved = new ArrayList<>(frames.size());
        for (int i = 0; i < frames.size(); i++) {
            budget.read(excerpt.lines().get(i).length());
            resolved.add(resolve(frames.get(i), weighed, known));
        }
        return resolved;
    }

    private List<LogFrame> resolveNext(List<LineFrame> frames) throws IOException {
        state(reader.facts(), reader.hasPerfReport());
        return resolve(frames, Collections.emptyIterator(), stated);
    }

    private List<LogFrame> resolve(List<LineFrame> frames, Iterator<Weighed> weighed, KernelFacts known)
            throws IOException {
        if (frames.isEmpty()) {
            frameAbove = null;
            if (perfReport) {
                doubts.add(PERF_REPORT);
            }
            return List.of();
        }
        List<LogFrame> resolved = new ArrayList<>(frames.size());
        for (LineFrame frame : frames) {
            resolved.add(weighed.hasNext() ? resolve(weighed.next(), known) : resolve(frame, known));
        }
        return resolved;
    }

    /**
     * {@return the next frame, resolved, of a log that is read by another reader}
     *
     * @param frame the frame
     * @param logFacts the facts in the log so far
     * @throws IOException if a debug directory in the options is not a directory
     */
    public LogFrame resolve(LineFrame frame, KernelFacts logFacts) throws IOException {
        learn(logFacts);
        budget.read(frame.end() - frame.start());
        return answer(frame, ruled(frame), null, logFacts);
    }

    /** Resolves a frame that was weighed. */
    private LogFrame resolve(Weighed weighed, KernelFacts logFacts) throws IOException {
        learn(logFacts);
        // What was found for later frames can have changed the answer.
        return weighed.changes == changes && Objects.equals(weighed.boot, boot)
                ? answer(weighed.frame, weighed.reference, weighed.found, logFacts)
                : answer(weighed.frame, ruled(weighed.frame), null, logFacts);
    }

    /** @param known what was found for the reference; null if it was not looked up */
    private LogFrame answer(
            LineFrame frame, FrameReference reference, @Nullable ResolvedReference known, KernelFacts logFacts)
            throws IOException {
        Resolution noFrame = ofNoFile(frame.mark(), logFacts);
        if (noFrame != null) {
            return new LogFrame(frame, reference, noFrame, reference.module(), null, null);
        }
        if (frame.mark() == Mark.CUT && doubts.size() < MAX_DOUBTS) {
            doubts.add(CUT);
        }
        ResolvedReference found = known == null ? find(reference) : known;
        if (frame.mark() == Mark.HASHED_BASE && found.resolution() instanceof Unresolved) {
            Resolution hashed = audience.choose(Unusable.HASHED_BASE, Unusable.HASHED);
            return new LogFrame(frame, reference, hashed, reference.module(), null, null);
        }
        if (found.file() != null && found.resolution() instanceof Resolved) {
            builds.answered(found.file());
        }
        Edge edge = options.edges() ? edge(found, reference, frame) : null;
        Resolution bounded = budget.bounded(found.resolution(), found.symbolizer());
        if (budget.hasCut()) {
            doubts.add(AnswerBudget.CUT);
        }
        return new LogFrame(frame, reference, bounded, found.module(), edge, found.symbolizer());
    }

    /**
     * Looks up a frame as evidence about the debug files, without answering. Weighing all frames of a report before the
     * first one is resolved keeps wrong source lines out of the whole report.
     *
     * @param frame a frame that is resolved later
     * @param logFacts the facts in the log so far
     * @throws IOException if a debug directory in the options is not a directory
     */
    public void weigh(LineFrame frame, KernelFacts logFacts) throws IOException {
        weighed(frame, logFacts);
    }

    /** {@return a frame with what was found for it, so that answering it needs no other look-up} */
    Weighed weighed(LineFrame frame, KernelFacts logFacts) throws IOException {
        learn(logFacts);
        FrameReference reference = ruled(frame);
        ResolvedReference found = ofNoFile(frame.mark(), logFacts) == null ? find(reference) : null;
        return new Weighed(frame, reference, found, changes, boot);
    }

    /** A frame that was looked up before it is answered. */
    static final class Weighed {
        private final LineFrame frame;
        private final FrameReference reference;
        private final @Nullable ResolvedReference found;
        /** What the answer depends on. */
        private final int changes;

        private final @Nullable Boot boot;

        private Weighed(
                LineFrame frame,
                FrameReference reference,
                @Nullable ResolvedReference found,
                int changes,
                @Nullable Boot boot) {
            this.frame = frame;
            this.reference = reference;
            this.found = found;
            this.changes = changes;
            this.boot = boot;
        }
    }

    /** The answer for what is in no file of the kernel; null for a frame of the kernel. */
    private static @Nullable Resolution ofNoFile(Mark mark, KernelFacts facts) {
        return switch (mark) {
            case JUNK -> Unusable.JUNK;
            case BPF -> Unusable.BPF;
            case XEN -> {
                String version = facts.xenVersion();
                yield new Unresolved(
                        Reason.NOT_CODE,
                        "in the Xen hypervisor, not in the kernel; the symbols are in xen-syms-"
                                + (version == null ? "VERSION" : version)
                                + " (for example: addr2line -e /usr/lib/debug/xen-syms-"
                                + (version == null ? "VERSION" : version) + " ADDRESS)");
            }
            case NONE, INEXACT, REPEATED, HASHED_BASE, CUT -> null;
        };
    }

    /** The reference under the rule in the options; a function without offset and address is always its start. */
    private FrameReference ruled(LineFrame frame) throws IOException {
        FrameReference reference = frame.reference();
        if (reference.offset() == null && reference.address() == null) {
            return reference;
        }
        Pc rule = options.pc();
        Machine known = machine();
        if (rule == null && known != null) {
            KernelIdentity open = identity;
            rule = known.pc(frame, open == null ? null : open.release());
        }
        return rule == null || rule == reference.pc() ? reference : reference.withPc(rule);
    }

    /** The machine of vmlinux; else the one that the log reveals, which can be a line after this one. */
    private @Nullable Machine machine() throws IOException {
        if (!knowsMachine) {
            knowsMachine = true;
            KernelPool.Lease lease = kernel;
            KernelFacts now = facts;
            Machine found = lease != null && lease.kernel().build().vmlinux() instanceof DebugFile vmlinux
                    ? Machine.ofElf(vmlinux.data().machine())
                    : null;
            machine = found == null && now != null ? Machine.of(now) : found;
        }
        return machine;
    }

    private ResolvedReference find(FrameReference reference) throws IOException {
        ResolvedReference found = resolutions.get(reference);
        if (found == null) {
            found = lookUp(reference);
            resolutions.put(reference, found);
        }
        return found;
    }

    private ResolvedReference lookUp(FrameReference reference) throws IOException {
        if (otherRelease != null) {
            return new ResolvedReference(otherRelease, reference.module(), null, null);
        }
        KernelPool.Lease lease = kernel;
        Boot now = boot;
        if (lease == null || now == null) {
            return new ResolvedReference(
                    audience.choose(Unusable.NO_KERNEL, Unusable.NAMELESS), reference.module(), null, null);
        }
        KernelSymbolizer symbolizer = lease.kernel();
        try {
            Location location = now.locate(reference);
            Boot later = location instanceof NotLocated && reference.byAddress().symbol() == null
                    ? bootWithLaterOffset(symbolizer)
                    : null;
            if (later != null) {
                boot = later;
                location = later.locate(reference);
            }
            if (!(location instanceof Located place)) {
                return new ResolvedReference(symbolizer.resolve(location, names), reference.module(), null, null);
            }
            DebugFile file = place.file();
            Resolution resolution = symbolizer.resolve(location, names);
            Resolution refusal = refusal(reference, file, resolution);
            if (refusal == null && contradicts(place, resolution)) {
                refusal = contradiction(reference);
            }
            if (refusal != null) {
                return new ResolvedReference(refusal, file.module(), null, null);
            }
            if (place.note() != null && doubts.size() < MAX_DOUBTS) {
                doubts.add(place.note());
            }
            String damage = resolution instanceof Resolved resolved ? resolved.damage() : null;
            if (damage != null && doubts.size() < MAX_DOUBTS) {
                doubts.add(damage);
            }
            return new ResolvedReference(resolution, file.module(), file, symbolizer.symbolizer(file));
        } catch (IOException e) {
            // A damaged part of a file affects only the frames in this part.
            return new ResolvedReference(
                    new Unresolved(Reason.NO_DEBUG_INFO, String.valueOf(e.getMessage())),
                    reference.module(),
                    null,
                    null);
        }
    }

    /** Why a file must not answer: the log proves that it is from another build. Null if the file may answer. */
    private @Nullable Resolution refusal(FrameReference reference, DebugFile file, Resolution found)
            throws IOException {
        boolean isMisfit = found instanceof Unresolved wrong && wrong.reason() == Reason.SIZE_MISMATCH;
        String proof = pool.files().takesOtherBuilds() ? null : proof(reference, file, found);
        if (proof != null) {
            return new Unresolved(isMisfit ? Reason.SIZE_MISMATCH : Reason.BUILD_MISMATCH, proof);
        }
        Long size = reference.size();
        return isMisfit
                ? new Unresolved(
                        Reason.SIZE_MISMATCH,
                        "the function ends before the offset, or has another size, in " + file
                                + "; the frame is damaged or not of this kernel, or the file is from another build",
                        size == null ? null : "size " + Hex.text(size))
                : null;
    }

    /** The proof that a file is from another build, with one more frame as evidence; null if there is none. */
    private @Nullable String proof(FrameReference reference, DebugFile file, Resolution found) throws IOException {
        boolean isVerified = isVerified(reference, file);
        if (!isVerified && builds.add(file, reference, found)) {
            resolutions.clear();
            changes++;
        }
        String proof = builds.proof(file);
        KernelBuild build = proof == null && file.module() != null && !isVerified ? build() : null;
        if (build != null && build.vmlinux() instanceof DebugFile vmlinux) {
            // The module's file was found by the same release or in the same directory.
            proof = builds.proof(vmlinux);
        }
        return proof;
    }

    /** Whether a frame's address is not at its function and offset, with the load addresses of the boot. */
    private static boolean contradicts(Located place, Resolution found) {
        FrameReference traced = place.reference();
        Long address = traced.address();
        return found instanceof Resolved resolved
                && traced.symbol() != null
                && traced.offset() != null
                && address != null
                && address != resolved.address();
    }

    /** The answer for such a frame; null if its size proves the function, so that only the address can be wrong. */
    private @Nullable Resolution contradiction(FrameReference traced) {
        Long size = traced.size();
        if (size == null || size == 0) {
            return Unusable.CONTRADICTION;
        }
        if (doubts.size() < MAX_DOUBTS) {
            doubts.add(
                    "with the KASLR offset of the other frames, some addresses in the log are not in the functions beside"
                            + " them; if the log is of several boots, source lines of bare addresses can be wrong");
        }
        return null;
    }

    /** Whether the log names the build id of the file that was found for a frame. */
    private boolean isVerified(FrameReference reference, DebugFile file) throws IOException {
        KernelFacts now = facts;
        String named = reference.module();
        String id = now == null
                ? null
                : named == null ? now.buildId() : now.moduleBuildIds().get(named);
        BuildId fileId = id == null ? null : file.data().buildId();
        return fileId != null && fileId.toString().equals(id);
    }

    /** The boot with the KASLR offset stated by a later line of the log, if none is known so far; else null. */
    private @Nullable Boot bootWithLaterOffset(KernelSymbolizer symbolizer) throws IOException {
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
            ByteLines lines = new ByteLines(LogInput.open(log.toString(), in).text());
            while (lines.next()) {
                if (mayStateOffset(lines.bytes(), lines.start(), lines.contentEnd())) {
                    addStatedOffsets(lines, offsets);
                }
            }
        }
        // With several boots in one log, the boot of this line is unknown.
        if (offsets.size() != 1) {
            return null;
        }
        LoadMap map = loadMap(now)
                .more()
                .statedOffset("the log", offsets.iterator().next())
                .build();
        return symbolizer.build().boot(map);
    }

    /** Whether a line of the input has the words of an offset; most lines are not looked at again. */
    private static boolean mayStateOffset(byte[] line, int from, int to) {
        for (int i = from; i < to; i++) {
            if (line[i] == 'K'
                    && (Chars.startsWith(line, i, to, "Kernel Offset:")
                            || Chars.startsWith(line, i, to, "KERNELOFFSET="))) {
                return true;
            }
        }
        return false;
    }

    private static void addStatedOffsets(ByteLines line, Set<Long> offsets) throws IOException {
        int length = line.contentEnd() - line.start();
        LogReader unwrapped = new LogReader(new ByteArrayInputStream(line.bytes(), line.start(), length));
        TraceReader ahead = new TraceReader();
        while (unwrapped.next()) {
            for (KernelLine each : unwrapped.excerpt().lines()) {
                ahead.next(each);
                Long offset = ahead.facts().kernelOffset();
                if (offset != null) {
                    offsets.add(offset);
                }
            }
        }
    }

    /**
     * Updates the facts about a log that is read by another reader.
     *
     * @param now the facts in the log so far
     * @return a number that changes when frames can have other answers than before
     * @throws IOException if a debug directory in the options is not a directory
     */
    @SuppressWarnings("ReferenceEquality") // The reader returns the same object until the log states a new fact.
    public int learn(KernelFacts now) throws IOException {
        if (now == facts) {
            return changes;
        }
        KernelFacts previous = facts;
        facts = now;
        compareReleases(now);
        knowsMachine = false;
        KernelIdentity requested = identity(now);
        if (identity == null || !isOf(requested, identity)) {
            openKernel(requested);
        }
        KernelPool.Lease lease = kernel;
        if (lease == null) {
            return changes;
        }
        // Only modules named for the first time: the ids of one module can alternate from line to line in a hostile
        // log.
        boolean otherModules = previous != null
                && now.moduleBuildIds().size() > previous.moduleBuildIds().size();
        if (previous != null && previous.boots() != now.boots()) {
            builds.clear();
            resolutions.clear();
        }
        if (boot == null || previous == null || otherModules || hasOtherAddresses(previous, now)) {
            boot = lease.kernel().build().boot(loadMap(now));
            resolutions.removeIf(
                    reference -> reference.address() != null || (otherModules && reference.module() != null));
            changes++;
        }
        return changes;
    }

    /** Compares the release in the options with the log's. */
    private void compareReleases(KernelFacts now) {
        String given = options.release();
        String logged = now.release();
        Resolution before = otherRelease;
        otherRelease = null;
        if (given == null || logged == null || given.equals(logged)) {
            // They do not contradict each other.
        } else if (pool.files().takesOtherBuilds()) {
            if (doubts.size() < MAX_DOUBTS) {
                doubts.add("the log is of kernel " + logged + "; its source lines are those of " + given);
            }
        } else {
            otherRelease = new Unresolved(
                    Reason.BUILD_MISMATCH,
                    "the log is of kernel " + logged + ", not of " + given
                            + audience.choose(
                                    " as -r says; use -r " + logged + " or omit -r, or add --force",
                                    " as the request says; name this release, or none"));
        }
        if (!Objects.equals(before, otherRelease)) {
            resolutions.clear();
            changes++;
        }
    }

    /** Whether two identities are those of the same kernel. */
    private static boolean isOf(KernelIdentity requested, KernelIdentity open) {
        return Objects.equals(requested.release(), open.release())
                && Objects.equals(requested.buildId(), open.buildId());
    }

    private static boolean hasOtherAddresses(KernelFacts previous, KernelFacts now) {
        boolean offset = !Objects.equals(previous.kernelOffset(), now.kernelOffset());
        // The first pairs determine the KASLR offset; later pairs of the same boot add nothing.
        return offset
                || previous.boots() != now.boots()
                || !previous.moduleAddresses().equals(now.moduleAddresses())
                || (previous.pairs().size() < MAX_PAIRS
                        && now.pairs().size() > previous.pairs().size());
    }

    /** The identity in the log, with the release in the options if there is one. */
    private KernelIdentity identity(KernelFacts now) {
        KernelIdentity logged = KernelIdentity.of(now);
        String release = options.release();
        return release == null ? logged : logged.withRelease(release);
    }

    private void openKernel(KernelIdentity requested) throws IOException {
        if (!pool.files().nameAKernel() && requested.release() == null && requested.buildId() == null) {
            return;
        }
        closeKernel();
        kernel = pool.lease(requested);
        identity = requested;
    }

    private LoadMap loadMap(KernelFacts now) {
        return options.boot().more().facts(now).build();
    }

    /** Checks whether a frame can have called the frame above; the frame becomes the frame above for the next one. */
    private @Nullable Edge edge(ResolvedReference found, FrameReference reference, LineFrame frame) throws IOException {
        ResolvedReference callee = frameAbove;
        Symbolizer symbolizer = found.symbolizer();
        if (!(found.resolution() instanceof Resolved resolved) || symbolizer == null) {
            frameAbove = null;
            return null;
        }
        if (callee == null || reference.pc() == Pc.EXACT || frame.mark() == Mark.REPEATED) {
            frameAbove = found;
            return null;
        }
        @Nullable Edge edge = Edge.UNVERIFIED;
        String name = name(callee);
        if (name != null) {
            try {
                edge = symbolizer.callEdges().check(resolved.address(), name);
            } catch (IOException e) {
                // Only the check needs the damaged part; the frame itself is resolved.
                edge = Edge.UNVERIFIED;
            }
        }
        // Skip a stale frame: the next frame is checked against the last real one.
        if (frame.reliable() || edge == null || edge.kind() != Edge.Kind.UNVERIFIED) {
            frameAbove = found;
        }
        return edge;
    }

    private static @Nullable String name(ResolvedReference found) {
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
        resolutions.clear();
        builds.clear();
        changes++;
        frameAbove = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() throws IOException {
        closeKernel();
    }

    /** Resolutions that need no file. */
    private static final class Unusable {
        static final Resolution JUNK = new Unresolved(Reason.NOT_CODE, "a data word on the stack, not a code address");
        static final Resolution BPF = new Unresolved(
                Reason.NOT_CODE,
                "in code that BPF generated at run time (bpf_prog_TAG_NAME, a trampoline or a dispatcher), which no debug"
                        + " file has; while the program is loaded, \"bpftool prog dump jited tag TAG linum\" prints its"
                        + " lines");
        static final Resolution HASHED_BASE = new Unresolved(
                Reason.NOT_CODE,
                "the module's load address in the log is a hashed %p value, which cannot be subtracted; add --modules of"
                        + " that boot, or boot with no_hash_pointers");
        static final Resolution HASHED = new Unresolved(
                Reason.NOT_CODE,
                "the module's load address in the log is a hashed %p value, which cannot be subtracted; boot with"
                        + " no_hash_pointers");
        static final Resolution CONTRADICTION = new Unresolved(
                Reason.BUILD_MISMATCH,
                "the trace's name and address contradict each other: with the KASLR offset of the other frames, the address is"
                        + " not in this function; use the log of one boot and the debug files of its kernel");
        static final Resolution NO_KERNEL = new Unresolved(
                Reason.NO_DEBUG_INFO,
                "the log does not name its kernel; add -r RELEASE (-r $(uname -r) for this machine), -e VMLINUX or"
                        + " -d DIRECTORY with debug files");
        static final Resolution NAMELESS =
                new Unresolved(Reason.NO_DEBUG_INFO, "the log does not name its kernel; name its release");

        private Unusable() {}
    }
}
