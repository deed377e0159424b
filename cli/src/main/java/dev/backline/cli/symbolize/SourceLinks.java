package dev.backline.cli.symbolize;

import dev.backline.cli.console.Printable;
import dev.backline.cli.console.UsageException;
import dev.backline.debugfiles.KernelRelease;
import dev.backline.symbolize.SourceFrame;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * URLs of source lines ({@code --links}): from a template, or from the public tree that holds exactly the sources of a kernel.
 * A kernel whose tree is not certain has no URLs. Not thread-safe.
 */
public final class SourceLinks {
    private static final String AUTO = "auto";
    private static final String HEX = "0123456789ABCDEF";
    private static final Set<String> FIELDS = Set.of("file", "line", "release", "commit");
    private static final Pattern FIELD = Pattern.compile("\\{([^{}]*)\\}");

    /** Longer paths are hostile: the kernel's longest has about 120 characters. */
    private static final int MAX_PATH = 512;

    /** localversion-auto of the kernel's build: the tag, commits since then, and a commit. */
    private static final Pattern COMMIT = Pattern.compile("-g([0-9a-f]{7,40})\\b");

    /** A release of kernel.org without anything added by a distribution. */
    private static final Pattern VANILLA = Pattern.compile("(\\d+\\.\\d+)(\\.\\d+)?(\\.\\d+)?(-rc\\d+)?");

    /** The source package's version in Debian's banner: {@code #1 SMP Debian 6.1.147-1 (2025-08-02)}. */
    private static final Pattern DEBIAN = Pattern.compile(" Debian (\\d[0-9A-Za-z.+~]*-[0-9A-Za-z.+~]+)(?: |$)");

    /** Ubuntu's own kernels: {@code 6.8.0-45-generic … #45-Ubuntu}. Those for an older Ubuntu have a ~ after the number. */
    private static final Pattern UBUNTU = Pattern.compile("(\\d+\\.\\d+\\.\\d+-\\d+)-(?:generic|lowlatency)");

    private static final Pattern UBUNTU_UPLOAD = Pattern.compile(" #(\\d+)-Ubuntu ");

    /** The release of Ubuntu that a kernel version belongs to, as in the names of its git trees. */
    private static final Map<String, String> UBUNTU_SERIES = Map.of(
            "4.15", "bionic",
            "5.4", "focal",
            "5.15", "jammy",
            "6.8", "noble");

    /** Generic kernel images, built from a commit of the common tree: {@code 5.10.101-android12-9-00001-g8a1f…-ab9876543}. */
    private static final Pattern ANDROID =
            Pattern.compile("\\d+\\.\\d+\\.\\d+-android\\d+-\\S*-g([0-9a-f]{12,40})-ab\\d+");

    private final String option;
    private @Nullable KernelRelease kernel;
    /** The template for {@link #kernel}; null if there is none. */
    private @Nullable String template;

    private SourceLinks(String option) {
        this.option = option;
    }

    /** {@return links from the value of {@code --links}} */
    static SourceLinks of(String option) throws UsageException {
        if (option.equals(AUTO)) {
            return new SourceLinks(option);
        }
        Matcher field = FIELD.matcher(option);
        boolean hasFile = false;
        while (field.find()) {
            if (!FIELDS.contains(field.group(1))) {
                throw new UsageException(
                        "--links has {file}, {line}, {release} and {commit}, not " + Printable.of(field.group()));
            }
            hasFile |= field.group(1).equals("file");
        }
        if (!hasFile || !option.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new UsageException("--links must be auto or a URL with {file}, such as"
                    + " 'https://git.example.org/linux/tree/{file}?h=v{release}#n{line}', not '" + Printable.of(option)
                    + "'");
        }
        return new SourceLinks(option);
    }

    /**
     * {@return the URL of a line; null if the kernel's tree is not certain, or the file is not part of a tree}
     *
     * @param of the kernel whose line this is; null if unknown
     */
    @Nullable
    String url(SourceFrame frame, @Nullable KernelRelease of) {
        return url(frame.path(), frame.line(), of);
    }

    /**
     * {@return the URL of a line; null if the kernel's tree is not certain, or the file is not part of a tree}
     *
     * @param path relative to the source root; null if unknown
     * @param line from 1; 0 if unknown
     * @param of the kernel whose line this is; null if unknown
     */
    public @Nullable String url(@Nullable String path, int line, @Nullable KernelRelease of) {
        if (of == null || path == null || line == 0 || !isInTree(path)) {
            return null;
        }
        if (!of.equals(kernel)) {
            kernel = of;
            template = option.equals(AUTO) ? tree(of) : filled(of);
        }
        String known = template;
        return known == null
                ? null
                : known.replace("{line}", Integer.toString(line)).replace("{file}", escaped(path));
    }

    /** The template with the release and the commit; null if it needs one that is unknown. */
    private @Nullable String filled(KernelRelease of) {
        String release = of.release();
        Matcher commit = COMMIT.matcher(release == null ? "" : release);
        String hash = commit.find() ? commit.group(1) : null;
        if ((option.contains("{release}") && release == null) || (option.contains("{commit}") && hash == null)) {
            return null;
        }
        return option.replace("{release}", escaped(String.valueOf(release))).replace("{commit}", String.valueOf(hash));
    }

    /** Whether the file has the same text in the public tree: not generated, and not outside of the tree. */
    private static boolean isInTree(String path) {
        return path.length() <= MAX_PATH
                && !path.startsWith("/")
                && !path.startsWith("./")
                && !path.contains("../")
                && !path.contains("generated/")
                && !path.startsWith("<");
    }

    /** The template for a kernel, from its release and banner alone. */
    private static @Nullable String tree(KernelRelease of) {
        String release = of.release();
        String banner = of.banner();
        if (release == null) {
            return null;
        }
        Matcher debian = DEBIAN.matcher(banner == null ? "" : banner);
        if (debian.find()) {
            return "https://sources.debian.org/src/linux/" + debian.group(1) + "/{file}/#L{line}";
        }
        Matcher ubuntu = UBUNTU.matcher(release);
        Matcher upload = UBUNTU_UPLOAD.matcher(banner == null ? "" : banner);
        if (ubuntu.matches() && upload.find()) {
            String series = UBUNTU_SERIES.get(release.substring(0, release.indexOf('.', release.indexOf('.') + 1)));
            return series == null
                    ? null
                    : "https://git.launchpad.net/~ubuntu-kernel/ubuntu/+source/linux/+git/" + series
                            + "/tree/{file}?h=Ubuntu-" + ubuntu.group(1) + "." + upload.group(1) + "#n{line}";
        }
        Matcher android = ANDROID.matcher(release);
        if (android.matches()) {
            return "https://android.googlesource.com/kernel/common/+/" + android.group(1) + "/{file}#{line}";
        }
        Matcher vanilla = VANILLA.matcher(release);
        if (vanilla.matches()) {
            String tag =
                    "v" + (release.contains(".0") ? release.replaceFirst("^(\\d+\\.\\d+)\\.0(?=$|-)", "$1") : release);
            return "https://git.kernel.org/pub/scm/linux/kernel/git/stable/linux.git/tree/{file}?h=" + tag + "#n{line}";
        }
        return null;
    }

    /** Escapes what has a meaning in a URL or is not printable. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (b >= 'a' && b <= 'z')
                    || (b >= 'A' && b <= 'Z')
                    || (b >= '0' && b <= '9')
                    || "-._~/+,@".indexOf(b) >= 0;
            if (plain) {
                escaped.append((char) b);
            } else {
                escaped.append('%').append(HEX.charAt((b >> 4) & 15)).append(HEX.charAt(b & 15));
            }
        }
        return escaped.toString();
    }
}
