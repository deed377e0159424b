package dev.backline.trace;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Facts that a log states about its kernel. In a log of several boots, they are facts about the last boot:
 * each {@code Linux version} line resets everything except {@code boots}, {@code osRelease} and {@code xenVersion}.
 *
 * @param boots the number of boots in the log so far
 * @param release as {@code uname -r} prints it: {@code 6.1.0-56-cloud-amd64}
 * @param banner the text that tells most about the kernel, cut after 1024 characters: the {@code Linux version} line, else
 *     the output of {@code uname -a}, else the text from the release to the end of the line, such as
 *     {@code 6.1.0-56-amd64 #1 Debian 6.1.192-2}; null if the log has only the release
 * @param buildId of the vmlinux, in lower-case hex (CONFIG_STACKTRACE_BUILD_ID, or VMCOREINFO)
 * @param buildIdStart the first 8 bytes of vmlinux's build id in lower-case hex, if the log has no more of the build id
 * @param machine as {@code uname -m} prints it; null if the log does not reveal it
 * @param osRelease the values of ID, VERSION_ID, BUILD_ID and VARIANT_ID, if the log contains a copy of
 *     /etc/os-release; a new boot does not reset them
 * @param moduleBuildIds module name as written → build id in lower-case hex
 * @param kernelOffset the KASLR offset in bytes: {@code Kernel Offset:} of a panic or
 *     {@code KERNELOFFSET=} of VMCOREINFO; 0 if the log states that KASLR was disabled
 * @param modules names in {@code Modules linked in:}, without their taint flags
 * @param moduleAddresses module name as written → load address of its code, from the header of a probe's output
 * @param moduleSizes module name as written → size of its code in bytes, if the header states the size
 * @param pairs addresses printed beside symbols, at most {@link #MAX_PAIRS}, in the order of the log; without
 *     addresses that {@code %p} may have hashed
 * @param xenVersion the version of the Xen hypervisor below the kernel: {@code 4.17.2}
 */
public record KernelFacts(
        int boots,
        @Nullable String release,
        @Nullable String banner,
        @Nullable String buildId,
        @Nullable String buildIdStart,
        @Nullable String machine,
        Map<String, String> osRelease,
        Map<String, String> moduleBuildIds,
        @Nullable Long kernelOffset,
        List<String> modules,
        Map<String, Long> moduleAddresses,
        Map<String, Long> moduleSizes,
        List<AddressOfSymbol> pairs,
        @Nullable String xenVersion) {
    /** Pairs kept per boot: enough to outvote a wrong pair in every module. */
    public static final int MAX_PAIRS = 256;

    public KernelFacts {
        moduleBuildIds = Map.copyOf(moduleBuildIds);
        osRelease = Map.copyOf(osRelease);
        modules = List.copyOf(modules);
        moduleAddresses = Map.copyOf(moduleAddresses);
        moduleSizes = Map.copyOf(moduleSizes);
        pairs = List.copyOf(pairs);
    }
}
