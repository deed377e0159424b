package dev.backline.debugfiles;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names the package with a kernel's debug info. */
final class DebugPackages {
    private DebugPackages() {}

    /**
     * {@return the package to install, as the last part of a message}
     *
     * @param release the kernel's release, or null
     * @param banner the kernel's "Linux version …" line, which names the distribution; or null
     */
    static String advice(@Nullable String release, @Nullable String banner) {
        String kernel = release == null ? "RELEASE" : release;
        String text = (kernel + " " + (banner == null ? "" : banner)).toLowerCase(Locale.ROOT);
        String debian = "linux-image-" + kernel + "-dbg";
        String ubuntu = "linux-image-unsigned-" + kernel + "-dbgsym";
        String fedora = "kernel-debuginfo-" + kernel;
        if (text.contains("ubuntu")) {
            return "install " + ubuntu + " (Ubuntu, from ddebs.ubuntu.com)";
        }
        if (text.contains("debian")) {
            return "install " + debian + " (Debian), or add --fetch to download it";
        }
        if (text.matches("(?s).*\\.(fc|el|amzn)\\d+.*")) {
            return "install " + fedora + ": debuginfo-install kernel-" + kernel;
        }
        if (text.contains("suse")) {
            return "install kernel-default-debuginfo of version " + kernel + " (SUSE)";
        }
        return "install " + debian + " (Debian; --fetch downloads it), " + ubuntu + " (Ubuntu) or " + fedora
                + " (Fedora, RHEL), or build the kernel with CONFIG_DEBUG_INFO=y";
    }
}
