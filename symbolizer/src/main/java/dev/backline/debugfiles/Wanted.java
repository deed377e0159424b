package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import org.jspecify.annotations.Nullable;

/**
 * What is looked for. Names come from logs: {@link #safeRelease()} is fit for a path, and so is a module's name, which has
 * only letters, digits and _.
 *
 * @param module its name with _ for -, or null for vmlinux
 * @param release of the kernel, as it came; null when it is not known
 * @param buildId of the file; null when it is not known
 */
public record Wanted(
        @Nullable String module,
        @Nullable String release,
        @Nullable BuildId buildId) {
    /** {@return whether vmlinux is looked for, and not a module} */
    public boolean isKernel() {
        return module == null;
    }

    Wanted withBuildId(BuildId id) {
        return new Wanted(module, release, id);
    }

    /** {@return the release where it can stand in a path, else null} */
    public @Nullable String safeRelease() {
        String name = release;
        return name != null && ModuleNames.isRelease(name) ? name : null;
    }
}
