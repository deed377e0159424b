package dev.backline.symbolize;

import dev.backline.dwarf.Dwarf;
import dev.backline.io.BoundedCache;
import dev.backline.io.Internal;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the debug information tells of calls, read once for each return address of a file. Not thread-safe.
 *
 * @param <T> what is read
 */
@Internal
public final class ByReturnAddress<T> {
    /** Of one file. */
    private static final int MAX_KNOWN = 1 << 16;

    /**
     * Reads one call from the debug information of a file.
     *
     * @param <T> what is read
     */
    public interface Reader<T> {
        /**
         * {@return what is told of the call, or null}
         *
         * @param dwarf the file's debug information
         * @param returnAddress the address after the call, as the file has it
         * @throws IOException when the part of the file that describes the call is damaged
         */
        @Nullable
        T read(Dwarf dwarf, long returnAddress) throws IOException;
    }

    private final Reader<T> reader;
    private final Map<Symbolizer, BoundedCache<Long, Optional<T>>> known = new HashMap<>();

    /**
     * A memory of calls, which is empty.
     *
     * @param reader reads a call that is not known yet
     */
    public ByReturnAddress(Reader<T> reader) {
        this.reader = reader;
    }

    /**
     * {@return what is told of the call, or null; also where the file has no debug information about calls}
     *
     * @param symbolizer the file
     * @param returnAddress the address after the call, as the file has it
     * @throws IOException when the part of the file that describes the call is damaged
     */
    public @Nullable T get(Symbolizer symbolizer, long returnAddress) throws IOException {
        BoundedCache<Long, Optional<T>> calls = known.computeIfAbsent(symbolizer, key -> new BoundedCache<>(MAX_KNOWN));
        Optional<T> call = calls.get(returnAddress);
        if (call == null) {
            Dwarf dwarf = symbolizer.dwarf();
            call = Optional.ofNullable(dwarf == null ? null : reader.read(dwarf, returnAddress));
            calls.put(returnAddress, call);
        }
        return call.orElse(null);
    }
}
