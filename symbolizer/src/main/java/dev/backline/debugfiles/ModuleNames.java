package dev.backline.debugfiles;

import dev.backline.io.Ascii;
import dev.backline.io.FileNames;
import dev.backline.io.Internal;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the names of modules, releases and files from a log before they are used in a path or a command line.
 */
@Internal
public final class ModuleNames {
    private static final List<String> COMPRESSIONS = List.of("", ".xz", ".zst", ".gz");
    private static final String INDEX = ".gsym";
    private static final List<String> MODULE_FILES = List.of(".ko", ".ko.debug", ".ko" + INDEX, INDEX);
    private static final Pattern MODULE = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private ModuleNames() {}

    /**
     * {@return the name with _ for -, as the kernel compares names}
     *
     * @param module the module's name, with - or _
     */
    public static String plain(String module) {
        return module.replace('-', '_');
    }

    /** {@return the module's name for a file name, with _ for -; null if the file is not a module} */
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

    /** Whether a file of that name is vmlinux or its index. */
    static boolean isKernelFile(String fileName) {
        String name = withoutIndex(fileName);
        return name.equals("vmlinux") || name.equals("vmlinux.debug") || name.startsWith("vmlinux-");
    }

    /** Whether a file of that name is an index. */
    static boolean isIndex(String fileName) {
        return !withoutIndex(fileName).equals(fileName);
    }

    /** {@return the name of the file that an index was made from; the name itself if it is not an index} */
    static String withoutIndex(String fileName) {
        for (String compression : COMPRESSIONS) {
            if (fileName.endsWith(INDEX + compression)) {
                return fileName.substring(0, fileName.length() - INDEX.length() - compression.length());
            }
        }
        return fileName;
    }

    /** Whether a name is valid for a module. MODULE_NAME_LEN is 56 or 64 including the NUL. */
    static boolean isModule(String name) {
        return MODULE.matcher(name).matches();
    }

    /** Whether a name is a valid release: a file name that starts with a digit, so that no command takes it for an option. */
    static boolean isRelease(String name) {
        return FileNames.isPlain(name) && Ascii.isDigit(name.charAt(0));
    }
}
