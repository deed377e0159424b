package dev.backline.trace;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a log says about the kernel that wrote it. A log of several boots tells of the last one: everything
 * but {@code boots} starts afresh at each {@code Linux version} line.
 *
 * @param boots how many boots the log has begun
 * @param release as {@code uname -r} prints it: {@code 6.1.0-56-cloud-amd64}
 * @param buildId of the vmlinux, in lower-case hex (CONFIG_STACKTRACE_BUILD_ID, or VMCOREINFO)
 * @param machine as {@code uname -m} would print it where the log gives it away, else null
 * @param moduleBuildIds module name as written → build id in lower-case hex
 * @param kernelOffset what KASLR added to the vmlinux's addresses, in bytes: {@code Kernel Offset:} of a
 *     panic, {@code KERNELOFFSET=} of VMCOREINFO; 0 when the log says that KASLR was off
 * @param modules names in {@code Modules linked in:}, without their taint flags
 * @param moduleAddresses module name as written → where its code was loaded, as the header of a probe's output tells
 * @param moduleSizes of those modules, as far as the header tells: bytes from there on that are theirs
 * @param pairs addresses beside symbols, at most {@link #MAX_PAIRS}, in the order of the log. Never
 *     addresses that {@code %p} may have hashed
 */
public record KernelFacts(
        int boots,
        @Nullable String release,
        @Nullable String buildId,
        @Nullable String machine,
        Map<String, String> moduleBuildIds,
        @Nullable Long kernelOffset,
        List<String> modules,
        Map<String, Long> moduleAddresses,
        Map<String, Long> moduleSizes,
        List<AddressOfSymbol> pairs) {
    /** How many pairs are kept of a boot: enough to outvote a wrong one, in every module. */
    public static final int MAX_PAIRS = 256;

    public KernelFacts {
        moduleBuildIds = Map.copyOf(moduleBuildIds);
        modules = List.copyOf(modules);
        moduleAddresses = Map.copyOf(moduleAddresses);
        moduleSizes = Map.copyOf(moduleSizes);
        pairs = List.copyOf(pairs);
    }
}
