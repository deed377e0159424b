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
 * @param buildIdStart the first 8 bytes of vmlinux's build id in hex, if the log has no more of it; null if unknown
 * @param moduleBuildIds the build ids of modules, by name ({@code -} and {@code _} are equal)
 * @param banner the text around the release in the log, which names the distribution and its version of the kernel; null
 *     if unknown
 * @param osRelease values of /etc/os-release in the log
 */
public record KernelIdentity(
        @Nullable String release,
        @Nullable BuildId buildId,
        @Nullable String buildIdStart,
        Map<String, BuildId> moduleBuildIds,
        @Nullable String banner,
        Map<String, String> osRelease) {
    /** An unknown kernel. */
    public static final KernelIdentity UNKNOWN = new KernelIdentity(null, null, Map.of());

    public KernelIdentity {
        Map<String, BuildId> named = new HashMap<>();
        for (Map.Entry<String, BuildId> each : moduleBuildIds.entrySet()) {
            named.put(ModuleNames.plain(each.getKey()), each.getValue());
        }
        moduleBuildIds = Map.copyOf(named);
        osRelease = Map.copyOf(osRelease);
    }

    /**
     * A kernel's identity if nothing tells its distribution.
     *
     * @param release the output of {@code uname -r}; null if unknown
     * @param buildId vmlinux's build id; null if unknown
     * @param moduleBuildIds the build ids of modules, by name
     */
    public KernelIdentity(@Nullable String release, @Nullable BuildId buildId, Map<String, BuildId> moduleBuildIds) {
        this(release, buildId, null, moduleBuildIds, null, Map.of());
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
        return new KernelIdentity(
                facts.release(), id(facts.buildId()), facts.buildIdStart(), modules, facts.banner(), facts.osRelease());
    }

    /**
     * {@return this identity with another release; the text around this release is kept only if the releases are equal}
     *
     * @param other the output of {@code uname -r}
     */
    public KernelIdentity withRelease(String other) {
        return new KernelIdentity(
                other, buildId, buildIdStart, moduleBuildIds, other.equals(release) ? banner : null, osRelease);
    }

    /** {@return this identity without the modules, which can differ from boot to boot} */
    public KernelIdentity withoutModules() {
        return new KernelIdentity(release, buildId, buildIdStart, Map.of(), banner, osRelease);
    }

    /**
     * {@return the number of the build with the distribution's name, such as {@code #57-Ubuntu}, which differs for builds
     * of the same release; empty if unknown}
     */
    public String buildNumber() {
        String text = banner;
        int hash = text == null ? -1 : text.indexOf(" #");
        int end = text == null ? -1 : text.indexOf(' ', hash + 1);
        return text == null || hash < 0 ? "" : text.substring(hash + 1, end < 0 ? text.length() : end);
    }

    private static @Nullable BuildId id(@Nullable String hex) {
        try {
            return hex == null ? null : BuildId.parse(hex);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
