package dev.backline.symbolize;

import dev.backline.dwarf.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells where the kernel's source tree starts in the paths of a build. A tree is known by what lies below
 * its root: a path is cut at the last directory that it shares with the compilation directory, if a
 * top-level directory of the kernel follows. Thread-safe.
 */
public final class SourceRoot {
    /** The directories at the top of the kernel's source tree (v2.6.12 to v6.18). */
    private static final Set<String> TOP_LEVEL = Set.of(
            "arch",
            "block",
            "certs",
            "crypto",
            "drivers",
            "firmware",
            "fs",
            "include",
            "init",
            "io_uring",
            "ipc",
            "kernel",
            "lib",
            "mm",
            "net",
            "rust",
            "samples",
            "scripts",
            "security",
            "sound",
            "tools",
            "usr",
            "virt");

    private final ConcurrentHashMap<SourceFile, Paths> known = new ConcurrentHashMap<>();

    SourceRoot() {}

    /**
     * A file's path in its two forms.
     *
     * @param whole with all its directories, as the debug information has them
     * @param relative below the source root, without {@code .} and {@code ..}; the whole path where the root
     *     cannot be told
     */
    record Paths(String whole, String relative) {}

    Paths paths(SourceFile file) {
        Paths paths = known.get(file);
        if (paths == null) {
            paths = new Paths(file.path(), find(file));
            known.put(file, paths);
        }
        return paths;
    }

    /**
     * {@return the file's path below the root of its source tree, such as {@code net/ipv4/tcp.c}; its whole
     * path where the root cannot be told}
     *
     * @param file as the debug information has it
     */
    public static String relative(SourceFile file) {
        return find(file);
    }

    private static String find(SourceFile file) {
        String relative = file.relativePath();
        List<String> inTree = components(relative);
        if (!relative.startsWith("/") && (inTree.isEmpty() || !inTree.get(0).equals(".."))) {
            return String.join("/", inTree);
        }
        List<String> path = components(file.path());
        List<String> directory = components(file.compilationDirectory());
        int shared = 0;
        while (shared < path.size() - 1
                && shared < directory.size()
                && path.get(shared).equals(directory.get(shared))) {
            shared++;
        }
        for (int i = shared; i > 0; i--) {
            if (i == directory.size() || TOP_LEVEL.contains(path.get(i))) {
                return String.join("/", path.subList(i, path.size()));
            }
        }
        // A build folder beside the source folder: their parent is shared, and the tree is one level down.
        if (shared > 0 && shared + 1 < path.size() && TOP_LEVEL.contains(path.get(shared + 1))) {
            return String.join("/", path.subList(shared + 1, path.size()));
        }
        return (file.path().startsWith("/") ? "/" : "") + String.join("/", path);
    }

    /** The path's parts, with {@code .} and {@code name/..} taken out. */
    private static List<String> components(String path) {
        List<String> parts = new ArrayList<>();
        boolean absolute = path.startsWith("/");
        for (int from = 0; from < path.length(); ) {
            int slash = path.indexOf('/', from);
            int end = slash < 0 ? path.length() : slash;
            String part = path.substring(from, end);
            int last = parts.size() - 1;
            if (part.equals("..") && last >= 0 && !parts.get(last).equals("..")) {
                parts.remove(last);
            } else if (!part.isEmpty() && !part.equals(".") && !(part.equals("..") && absolute)) {
                parts.add(part);
            }
            from = end + 1;
        }
        return parts;
    }
}
