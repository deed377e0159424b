package dev.backline.kernel;

import dev.backline.elf.BuildId;
import org.jspecify.annotations.Nullable;

/**
 * What is looked for.
 *
 * @param module its name with _ for -, or null for vmlinux
 */
record Wanted(
        @Nullable String module,
        @Nullable String release,
        @Nullable BuildId buildId) {
    boolean isKernel() {
        return module == null;
    }

    Wanted withBuildId(BuildId id) {
        return new Wanted(module, release, id);
    }

    /** {@return the release where it can stand in a path, else null} */
    @Nullable
    String safeRelease() {
        String name = release;
        return name != null && ModuleNames.isRelease(name) ? name : null;
    }
}
