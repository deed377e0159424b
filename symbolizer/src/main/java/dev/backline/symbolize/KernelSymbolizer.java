package dev.backline.symbolize;

import dev.backline.debugfiles.DebugFile;
import dev.backline.kernel.Boot;
import dev.backline.kernel.KernelBuild;
import dev.backline.kernel.Located;
import dev.backline.kernel.Location;
import dev.backline.kernel.NotLocated;
import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Reason;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.Resolution.Unresolved;
import dev.backline.trace.FrameReference;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Resolves frames of one kernel build: vmlinux and modules. Thread-safe. */
public final class KernelSymbolizer implements Closeable {
    private final KernelBuild build;
    private final ConcurrentHashMap<DebugFile, Symbolizer> symbolizers = new ConcurrentHashMap<>();
    private volatile long cacheLimit = Long.MAX_VALUE;

    /**
     * Creates a symboliser; each file is opened on first use.
     *
     * @param build closed together with the symboliser
     */
    public KernelSymbolizer(KernelBuild build) {
        this.build = build;
    }

    /** {@return the build} */
    public KernelBuild build() {
        return build;
    }

    /**
     * Resolves a frame reference from a trace of one boot.
     *
     * @param reference a function or a run-time address, of the kernel or of a module
     * @param boot of this build
     * @return the source frames, or the reason why there are none
     * @throws IOException if the part of the file that describes the place cannot be read
     */
    public Resolution resolve(FrameReference reference, Boot boot) throws IOException {
        return resolve(boot.locate(reference));
    }

    /**
     * {@return the source frames of a location, or the reason why there are none}
     *
     * @param location a result of {@link Boot#locate}
     * @throws IOException if the part of the file that describes the place cannot be read
     */
    public Resolution resolve(Location location) throws IOException {
        return location instanceof Located place ? resolve(place, null) : unresolved((NotLocated) location);
    }

    /** The same for a location from a log with these unknown names. */
    Resolution resolve(Location location, SuggestedNames names) throws IOException {
        return location instanceof Located place ? resolve(place, names) : unresolved((NotLocated) location);
    }

    private Resolution resolve(Located place, @Nullable SuggestedNames names) throws IOException {
        FrameReference reference = place.reference();
        Symbolizer file = symbolizer(place.file());
        Resolution resolution = names == null ? file.resolve(reference) : file.resolve(reference, names);
        Long address = reference.address();
        if (resolution instanceof Ambiguous ambiguous && address != null) {
            // The trace's address selects one of the candidates.
            List<Resolution> fits = new ArrayList<>();
            for (Resolution each : ambiguous.candidates()) {
                if (each instanceof Resolved resolved && resolved.address() == address) {
                    fits.add(each);
                }
            }
            return fits.size() == 1 ? fits.get(0) : resolution;
        }
        return resolution;
    }

    /**
     * {@return the symboliser of one of the build's files}
     *
     * @param file of this build
     */
    public Symbolizer symbolizer(DebugFile file) {
        Symbolizer known = symbolizers.get(file);
        if (known == null) {
            // Opens nothing before its first use.
            Symbolizer made = Symbolizer.of(file.data());
            file.data().limitCache(cacheLimit);
            known = symbolizers.putIfAbsent(file, made);
            known = known == null ? made : known;
        }
        return known;
    }

    /** {@return the approximate size of the cached data of the build's files, in bytes} */
    public long retainedBytes() {
        long bytes = build.retainedBytes();
        for (Symbolizer each : symbolizers.values()) {
            bytes += each.data().retainedBytes();
        }
        return bytes;
    }

    /**
     * Limits the cache of decoded data of the build's files.
     *
     * @param bytes the approximate limit for all files together
     */
    public void limitCache(long bytes) {
        cacheLimit = bytes;
        for (Symbolizer each : symbolizers.values()) {
            each.data().limitCache(bytes);
        }
    }

    private static Unresolved unresolved(NotLocated missing) {
        return new Unresolved(
                switch (missing.reason()) {
                    case MODULE_NOT_FOUND -> Reason.MODULE_NOT_FOUND;
                    case BUILD_MISMATCH -> Reason.BUILD_MISMATCH;
                    case NOT_CODE -> Reason.NOT_CODE;
                    case NO_DEBUG_INFO -> Reason.NO_DEBUG_INFO;
                },
                missing.message(),
                missing.detail());
    }

    @Override
    public void close() throws IOException {
        try (build) {
            for (Symbolizer symbolizer : symbolizers.values()) {
                symbolizer.close();
            }
        }
    }
}
