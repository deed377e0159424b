package dev.backline.debugfiles;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The user's cache directory, by the XDG Base Directory Specification. */
final class CacheFolders {
    private CacheFolders() {}

    /** {@return $XDG_CACHE_HOME, else ~/.cache; null if neither variable is set} */
    static @Nullable Path base(Map<String, String> environment) {
        Path cache = absolute(environment.get("XDG_CACHE_HOME"));
        if (cache != null) {
            return cache;
        }
        Path home = absolute(environment.get("HOME"));
        return home == null ? null : home.resolve(".cache");
    }

    /** The specification says to ignore relative paths. */
    static @Nullable Path absolute(@Nullable String path) {
        if (path == null || path.isEmpty()) {
            return null;
        }
        try {
            Path parsed = Path.of(path);
            return parsed.isAbsolute() ? parsed : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
