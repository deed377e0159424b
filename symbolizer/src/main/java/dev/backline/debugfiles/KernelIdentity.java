package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import dev.backline.trace.KernelFacts;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a kernel before its files are: what a person or a log says of it. Files of another build than this
 * are refused.
 *
 * @param release what {@code uname -r} prints, or null
 * @param buildId vmlinux's NT_GNU_BUILD_ID, as a log with CONFIG_STACKTRACE_BUILD_ID has it; or null
 * @param moduleBuildIds the same of modules, by their names ({@code -} and {@code _} are one)
 */
public record KernelIdentity(
        @Nullable String release, @Nullable BuildId buildId, Map<String, BuildId> moduleBuildIds) {
    /** Nothing is known. */
    public static final KernelIdentity UNKNOWN = new KernelIdentity(null, null, Map.of());

    public KernelIdentity {
        Map<String, BuildId> named = new HashMap<>();
        for (Map.Entry<String, BuildId> each : moduleBuildIds.entrySet()) {
            named.put(ModuleNames.plain(each.getKey()), each.getValue());
        }
        moduleBuildIds = Map.copyOf(named);
    }

    /**
     * {@return a kernel of which the release is known}
     *
     * @param release what {@code uname -r} prints
     */
    public static KernelIdentity ofRelease(String release) {
        return new KernelIdentity(release, null, Map.of());
    }

    /**
     * {@return what a log says of its kernel; ids that are none are left out}
     *
     * @param facts of the log, as far as it was read
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
