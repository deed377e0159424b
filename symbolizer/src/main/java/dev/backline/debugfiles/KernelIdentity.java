package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import dev.backline.trace.KernelFacts;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A kernel's release and build ids from the user or a log. Files from another build are refused.
 *
 * @param release the output of {@code uname -r}; null if unknown
 * @param buildId vmlinux's NT_GNU_BUILD_ID, which logs with CONFIG_STACKTRACE_BUILD_ID contain; null if unknown
 * @param moduleBuildIds the build ids of modules, by name ({@code -} and {@code _} are equal)
 */
public record KernelIdentity(
        @Nullable String release, @Nullable BuildId buildId, Map<String, BuildId> moduleBuildIds) {
    /** An unknown kernel. */
    public static final KernelIdentity UNKNOWN = new KernelIdentity(null, null, Map.of());

    public KernelIdentity {
        Map<String, BuildId> named = new HashMap<>();
        for (Map.Entry<String, BuildId> each : moduleBuildIds.entrySet()) {
            named.put(ModuleNames.plain(each.getKey()), each.getValue());
        }
        moduleBuildIds = Map.copyOf(named);
    }

    /**
     * {@return a kernel's identity if only its release is known}
     *
     * @param release the output of {@code uname -r}
     */
    public static KernelIdentity ofRelease(String release) {
        return new KernelIdentity(release, null, Map.of());
    }

    /**
     * {@return a kernel's identity from a log; invalid build ids are skipped}
     *
     * @param facts the facts that the log has shown so far
     */
    public static KernelIdentity of(KernelFacts facts) {
        Map<String, BuildId> modules = new HashMap<>();
        facts.moduleBuildIds().forEach((name, hex) -> {
            BuildId id = id(hex);
            if (id != null) {
                modules.put(name, id);
            }
        });
        return new KernelIdentity(facts.release(), id(facts.buildId()), modules);
    }

    private static @Nullable BuildId id(@Nullable String hex) {
        try {
            return hex == null ? null : BuildId.parse(hex);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
