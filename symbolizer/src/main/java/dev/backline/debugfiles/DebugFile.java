package dev.backline.debugfiles;

import dev.backline.kernel.KernelBuild;
import org.jspecify.annotations.Nullable;

/** A file with debug information that passed the checks. Its {@link KernelBuild} closes it. Thread-safe. */
public final class DebugFile implements DebugFileLookup {
    private final DebugData data;
    private final @Nullable String module;
    private final @Nullable String note;

    DebugFile(DebugData data, @Nullable String module, @Nullable String note) {
        this.data = data;
        this.module = module;
        this.note = note;
    }

    /** {@return the file's symbols and source lines} */
    public DebugData data() {
        return data;
    }

    /** {@return the module's name, with _ for -; null for vmlinux} */
    public @Nullable String module() {
        return module;
    }

    /**
     * {@return a warning about the file, such as that it is from another build and was used by force; null if there is
     * none}
     */
    public @Nullable String note() {
        return note;
    }

    @Override
    public String toString() {
        return data.name();
    }
}
