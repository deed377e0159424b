package dev.backline.cli.symbolize;

import dev.backline.dwarf.Dwarf;
import dev.backline.symbolize.Symbolizer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What debug information says of calls, read once for each of a file's return addresses. Not thread-safe. */
public final class ByReturnAddress<T> {
    /** Of one file; then they are forgotten, so that a log of any length needs no more memory. */
    private static final int MAX_KNOWN = 1 << 16;

    /** Reads it from one file's debug information. */
    public interface Reader<T> {
        /** Null where the debug information says nothing of it. */
        @Nullable
        T read(Dwarf dwarf, long returnAddress) throws IOException;
    }

    private final Reader<T> reader;
    private final Map<Symbolizer, Map<Long, Optional<T>>> known = new HashMap<>();

    public ByReturnAddress(Reader<T> reader) {
        this.reader = reader;
    }

    /** Null where nothing is said, or by no debug information. */
    @Nullable
    public T get(Symbolizer symbolizer, long returnAddress) throws IOException {
        Map<Long, Optional<T>> calls = known.computeIfAbsent(symbolizer, key -> new HashMap<>());
        Optional<T> call = calls.get(returnAddress);
        if (call == null) {
            Dwarf dwarf = symbolizer.dwarf();
            call = Optional.ofNullable(dwarf == null ? null : reader.read(dwarf, returnAddress));
            if (calls.size() >= MAX_KNOWN) {
                calls.clear();
            }
            calls.put(returnAddress, call);
        }
        return call.orElse(null);
    }
}
