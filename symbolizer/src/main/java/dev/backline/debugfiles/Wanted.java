package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import org.jspecify.annotations.Nullable;

/**
 * The file that a search wants. The names come from logs: use only {@link #safeRelease()} and the module's name in a path.
 * A module's name contains only letters, digits and _.
 *
 * @param module the module's name with _ for -; null for vmlinux
 * @param kernel what is known about the kernel, unchecked
 * @param buildId the file's build id; null if unknown
 */
public record Wanted(
        @Nullable String module,
        KernelIdentity kernel,
        @Nullable BuildId buildId) {
    /** {@return whether vmlinux is wanted, not a module} */
    public boolean isKernel() {
        return module == null;
    }

    /** {@return the kernel's release, unchecked; null if unknown} */
    public @Nullable String release() {
        return kernel.release();
    }

    Wanted withBuildId(BuildId id) {
        return new Wanted(module, kernel, id);
    }

    /** {@return the release if it is valid in a path, else null} */
    public @Nullable String safeRelease() {
        String name = release();
        return name != null && ModuleNames.isRelease(name) ? name : null;
    }
}
