package dev.backline.elf;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A value that is computed when it is first asked for, once; so is its failure. Thread-safe. */
abstract class Lazy<T> {
    private @Nullable T value;
    private @Nullable IOException failure;

    abstract T compute() throws IOException;

    final synchronized T get() throws IOException {
        if (value != null) {
            return value;
        }
        if (failure != null) {
            // A stack trace of its own for each caller
            throw new ElfException(String.valueOf(failure.getMessage()), failure);
        }
        try {
            T computed = compute();
            value = computed;
            return computed;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }
}
