package dev.backline.symbolize;

import dev.backline.dwarf.Dwarf;
import dev.backline.io.BoundedCache;
import dev.backline.io.Internal;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A cache of facts about calls, read once per return address from the debug information of a file. Not
 * thread-safe.
 *
 * @param <T> the type of the facts
 */
@Internal
public final class ByReturnAddress<T> {
    /** Calls kept per file. */
    private static final int MAX_KNOWN = 1 << 16;

    /**
     * Reads facts about one call from the debug information of a file.
     *
     * @param <T> the type of the facts
     */
    public interface Reader<T> {
        /**
         * {@return the facts about the call, or null}
         *
         * @param dwarf the file's debug information
         * @param returnAddress the address after the call, in the address space of the file
         * @throws IOException if the part of the file that describes the call is damaged
         */
        @Nullable
        T read(Dwarf dwarf, long returnAddress) throws IOException;
    }

    private final Reader<T> reader;
    /** By weak keys: a pool closes files that nobody uses, and opens them again as others. */
    private final Map<Symbolizer, BoundedCache<Long, Optional<T>>> callsByFile = new WeakHashMap<>();

    /**
     * Creates an empty cache.
     *
     * @param reader reads a call that is not in the cache
     */
    public ByReturnAddress(Reader<T> reader) {
        this.reader = reader;
    }

    /**
     * {@return the facts about the call, or null; null also if the file has no debug information about calls}
     *
     * @param symbolizer the file
     * @param returnAddress the address after the call, in the address space of the file
     * @throws IOException if the part of the file that describes the call is damaged
     */
    public @Nullable T get(Symbolizer symbolizer, long returnAddress) throws IOException {
        BoundedCache<Long, Optional<T>> calls =
                callsByFile.computeIfAbsent(symbolizer, key -> new BoundedCache<>(MAX_KNOWN));
        Optional<T> call = calls.get(returnAddress);
        if (call == null) {
            Dwarf dwarf = symbolizer.dwarf();
            call = Optional.ofNullable(dwarf == null ? null : reader.read(dwarf, returnAddress));
            calls.put(returnAddress, call);
        }
        return call.orElse(null);
    }
}
