package dev.backline.debugfiles;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.elf.BuildId;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One index of an {@link IndexStore}, as its mark describes it. A mark is a small text file whose path says what the index
 * is of: {@code by-release/RELEASE/NAME/BUILDID}, or {@code BUILDID-KERNEL} for a module that was indexed together with the
 * vmlinux of build id KERNEL.
 *
 * @param release the output of uname -r on the kernel; null if the indexed file does not tell
 * @param name {@code vmlinux}, or the module's name with _ for -
 * @param buildId the build id of the indexed file
 * @param kernel the build id of the vmlinux that a module was indexed with; null if unknown, and for vmlinux
 * @param size of the index in bytes
 * @param text vmlinux's banner ("Linux version …") or the module's vermagic; null if the file has none
 */
public record StoredIndex(
        @Nullable String release,
        String name,
        BuildId buildId,
        @Nullable BuildId kernel,
        long size,
        @Nullable String text) {
    static final String VMLINUX = "vmlinux";
    static final String MARKS = "by-release";
    static final String SUFFIX = ".gsym";

    /** The folder of indexes whose release is unknown; a release begins with a digit. */
    private static final String NO_RELEASE = "unknown";

    private static final String SIZE = "size: ";
    private static final String TEXT = "text: ";
    static final int MAX_MARK = 4096;

    /** {@return whether it is the index of a vmlinux} */
    public boolean isKernel() {
        return name.equals(VMLINUX);
    }

    /** {@return the folder of the marks of one file of a kernel} */
    static String folder(@Nullable String release, String name) {
        return folder(release) + "/" + name;
    }

    private static String folder(@Nullable String release) {
        return MARKS + "/" + (release == null ? NO_RELEASE : release);
    }

    /** {@return the path of the index in the store} */
    static String file(BuildId id) {
        return id + SUFFIX;
    }

    String mark() {
        return folder(release, name) + "/" + buildId + (kernel == null ? "" : "-" + kernel);
    }

    String content() {
        return SIZE + size + "\n" + (text == null ? "" : TEXT + text.replaceAll("[\\p{Cntrl}]", " ") + "\n");
    }

    /** {@return whether a folder in {@link #MARKS} may have marks} */
    static boolean isReleaseFolder(String name) {
        return name.equals(NO_RELEASE) || ModuleNames.isRelease(name);
    }

    static @Nullable String release(String folder) {
        return folder.equals(NO_RELEASE) ? null : folder;
    }

    /**
     * {@return what the name of a mark tells, with size 0 and no text; null for another file, such as a temporary one}
     */
    static @Nullable StoredIndex ofName(@Nullable String release, String name, String mark) {
        int dash = mark.indexOf('-');
        try {
            return new StoredIndex(
                    release,
                    name,
                    BuildId.parse(dash < 0 ? mark : mark.substring(0, dash)),
                    dash < 0 ? null : BuildId.parse(mark.substring(dash + 1)),
                    0,
                    null);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** {@return the same index with what the content of its mark tells} */
    StoredIndex withContent(byte[] content) throws IOException {
        long bytes = -1;
        String told = null;
        for (String line : new String(content, UTF_8).split("\n", -1)) {
            if (line.startsWith(SIZE) && line.length() - SIZE.length() <= 12) {
                try {
                    bytes = Long.parseLong(line.substring(SIZE.length()));
                } catch (NumberFormatException e) {
                    throw new IOException(mark() + ": is damaged: the size is not a number", e);
                }
            } else if (line.startsWith(TEXT)) {
                told = line.substring(TEXT.length());
            }
        }
        if (bytes < 0) {
            throw new IOException(mark() + ": is damaged: it has no size");
        }
        return new StoredIndex(release, name, buildId, kernel, bytes, told);
    }

    /**
     * {@return whether the text around the release in a log may be of this build} Every word after {@code #} that begins
     * with a digit, also after # or a parenthesis, must be in the banner: the number of the build, the version of the
     * package, the date.
     */
    boolean mayBe(@Nullable String told) {
        Set<String> own = new HashSet<>(Arrays.asList(versionWords(text)));
        for (String word : versionWords(told)) {
            if (word.matches("[#(]?\\d.*") && !own.contains(word)) {
                return false;
            }
        }
        return true;
    }

    private static String[] versionWords(@Nullable String banner) {
        int hash = banner == null ? -1 : banner.indexOf(" #");
        return banner == null || hash < 0
                ? new String[0]
                : banner.substring(hash + 1).split("\\s+", -1);
    }
}
