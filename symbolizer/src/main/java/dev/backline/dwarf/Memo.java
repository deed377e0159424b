package dev.backline.dwarf;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A value that is made on first use and then kept; a failure is kept as well, so that a damaged unit
 * costs its price once and never spoils another. Thread-safe.
 */
final class Memo<T> {
    @FunctionalInterface
    interface Source<T> {
        T make() throws IOException;
    }

    private @Nullable Source<T> source;
    private volatile @Nullable T value;
    private @Nullable IOException failure;

    Memo(Source<T> source) {
        this.source = source;
    }

    T get() throws IOException {
        T made = value;
        return made != null ? made : make();
    }

    /** The value when it has been made, else what is given. */
    T getIfMade(T otherwise) {
        T made = value;
        return made != null ? made : otherwise;
    }

    private synchronized T make() throws IOException {
        T made = value;
        if (made != null) {
            return made;
        }
        if (failure != null) {
            throw failure;
        }
        Source<T> maker = source;
        if (maker == null) {
            throw new IllegalStateException("a value was asked for while it was being made");
        }
        source = null;
        try {
            made = maker.make();
            value = made;
            return made;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }
}
