package dev.backline.debugfiles;

import dev.backline.io.Ascii;
import dev.backline.io.Internal;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names of modules, releases and files that come from a log, and may become part of a path or of a command line only
 * when they look like what they should be.
 */
@Internal
public final class ModuleNames {
    private static final List<String> COMPRESSIONS = List.of("", ".xz", ".zst", ".gz");
    private static final String INDEX = ".gsym";
    private static final List<String> MODULE_FILES = List.of(".ko", ".ko.debug", ".ko" + INDEX, INDEX);
    private static final int MAX_NAME = 255;
    private static final Pattern MODULE = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_.+~-]{1," + MAX_NAME + "}");

    private ModuleNames() {}

    /**
     * {@return the name with _ for -, as the kernel compares them}
     *
     * @param module its name, with - or _
     */
    public static String plain(String module) {
        return module.replace('-', '_');
    }

    /** {@return the name of the module in a file of that name, with _ for -; null when it is no module's} */
    static @Nullable String ofFile(String fileName) {
        for (String compression : COMPRESSIONS) {
            for (String debug : MODULE_FILES) {
                if (fileName.endsWith(debug + compression)) {
                    String name = fileName.substring(0, fileName.length() - debug.length() - compression.length());
                    return isKernelFile(fileName) ? null : plain(name);
                }
            }
        }
        return null;
    }

    /** Whether a file of that name is a kernel's own, or an index of it. */
    static boolean isKernelFile(String fileName) {
        String name = withoutIndex(fileName);
        return name.equals("vmlinux") || name.equals("vmlinux.debug") || name.startsWith("vmlinux-");
    }

    /** Whether a file of that name is an index. */
    static boolean isIndex(String fileName) {
        return !withoutIndex(fileName).equals(fileName);
    }

    /** {@return the name of the file that one of that name is an index of; the name itself when it is none} */
    static String withoutIndex(String fileName) {
        for (String compression : COMPRESSIONS) {
            if (fileName.endsWith(INDEX + compression)) {
                return fileName.substring(0, fileName.length() - INDEX.length() - compression.length());
            }
        }
        return fileName;
    }

    /** Whether it can be the name of a module: MODULE_NAME_LEN is 56 or 64 with the NUL. */
    static boolean isModule(String name) {
        return MODULE.matcher(name).matches();
    }

    /** Whether it can stand in a path as one folder or file: no separator, and not the folder itself or above it. */
    static boolean isFileName(String name) {
        return FILE_NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }

    /** Whether it can be a release: a file name that begins with a digit, and so with no option of any command. */
    static boolean isRelease(String name) {
        return isFileName(name) && Ascii.isDigit(name.charAt(0));
    }
}
