package dev.backline.debugfiles;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which package has the debug info of a kernel. */
final class DebugPackages {
    private DebugPackages() {}

    /**
     * {@return what to install, as the end of a message}
     *
     * @param release the kernel's release, or null
     * @param banner its "Linux version …" text, which names the distribution, or null
     */
    static String advice(@Nullable String release, @Nullable String banner) {
        String kernel = release == null ? "RELEASE" : release;
        String text = (kernel + " " + (banner == null ? "" : banner)).toLowerCase(Locale.ROOT);
        String debian = "linux-image-" + kernel + "-dbg";
        String ubuntu = "linux-image-unsigned-" + kernel + "-dbgsym";
        String fedora = "kernel-debuginfo-" + kernel;
        if (text.contains("ubuntu")) {
            return "the package " + ubuntu + " has it (Ubuntu, from ddebs.ubuntu.com)";
        }
        if (text.contains("debian")) {
            return "the package " + debian + " has it (Debian; on Debian, --fetch brings it)";
        }
        if (text.matches("(?s).*\\.(fc|el|amzn)\\d+.*")) {
            return "the package " + fedora + " has it (debuginfo-install kernel)";
        }
        if (text.contains("suse")) {
            return "the package kernel-default-debuginfo of " + kernel + " has it (SUSE)";
        }
        return "debug info comes with " + debian + " (Debian, where --fetch brings it), " + ubuntu + " (Ubuntu), "
                + fedora + " (Fedora, RHEL), or from a build with CONFIG_DEBUG_INFO=y";
    }
}
