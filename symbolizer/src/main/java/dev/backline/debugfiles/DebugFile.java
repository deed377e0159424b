package dev.backline.debugfiles;

import dev.backline.kernel.KernelBuild;
import org.jspecify.annotations.Nullable;

/** A file with debug information, found and checked. Its {@link KernelBuild} closes it. Thread-safe. */
public final class DebugFile implements DebugFileLookup {
    private final DebugData data;
    private final @Nullable String module;
    private final @Nullable String note;

    DebugFile(DebugData data, @Nullable String module, @Nullable String note) {
        this.data = data;
        this.module = module;
        this.note = note;
    }

    /** {@return its symbols and source lines} */
    public DebugData data() {
        return data;
    }

    /** {@return the module that it is of, with _ for -; null for vmlinux} */
    public @Nullable String module() {
        return module;
    }

    /**
     * {@return what a person should know of it, such as that it is of another build and was taken by force;
     * or null}
     */
    public @Nullable String note() {
        return note;
    }

    @Override
    public String toString() {
        return data.name();
    }
}
