package dev.backline.io;

import java.util.regex.Pattern;

/** Checks names from logs, archives and servers before they become part of a path. Thread-safe. */
@Internal
public final class FileNames {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.+~-]{1,255}");

    private FileNames() {}

    /**
     * {@return whether a name is a single file name of ordinary characters, so that it does not lead out of its directory}
     *
     * @param name the name, of any length
     */
    public static boolean isPlain(String name) {
        return PLAIN.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }
}
