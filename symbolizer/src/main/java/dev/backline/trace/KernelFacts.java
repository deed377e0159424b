package dev.backline.trace;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Facts that a log states about its kernel. In a log of several boots, they are facts about the last boot:
 * each {@code Linux version} line resets everything except {@code boots}.
 *
 * @param boots the number of boots in the log so far
 * @param release as {@code uname -r} prints it: {@code 6.1.0-56-cloud-amd64}
 * @param buildId of the vmlinux, in lower-case hex (CONFIG_STACKTRACE_BUILD_ID, or VMCOREINFO)
 * @param machine as {@code uname -m} prints it; null if the log does not reveal it
 * @param moduleBuildIds module name as written → build id in lower-case hex
 * @param kernelOffset the KASLR offset in bytes: {@code Kernel Offset:} of a panic or
 *     {@code KERNELOFFSET=} of VMCOREINFO; 0 if the log states that KASLR was disabled
 * @param modules names in {@code Modules linked in:}, without their taint flags
 * @param moduleAddresses module name as written → load address of its code, from the header of a probe's output
 * @param moduleSizes module name as written → size of its code in bytes, if the header states the size
 * @param pairs addresses printed beside symbols, at most {@link #MAX_PAIRS}, in the order of the log; without
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
    /** Pairs kept per boot: enough to outvote a wrong pair in every module. */
    public static final int MAX_PAIRS = 256;

    public KernelFacts {
        moduleBuildIds = Map.copyOf(moduleBuildIds);
        modules = List.copyOf(modules);
        moduleAddresses = Map.copyOf(moduleAddresses);
        moduleSizes = Map.copyOf(moduleSizes);
        pairs = List.copyOf(pairs);
    }
}
