package dev.backline.symbolize;

import dev.backline.dwarf.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the root of the kernel's source tree in the paths of a build. A path is cut after the last directory
 * that it shares with the compilation directory, if a top-level directory of the kernel follows. Thread-safe.
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

    private final ConcurrentHashMap<SourceFile, Paths> pathsByFile = new ConcurrentHashMap<>();

    SourceRoot() {}

    /**
     * The two forms of a file's path.
     *
     * @param whole with all directories, as in the debug information
     * @param relative below the source root, without {@code .} and {@code ..}; the whole path if the root is
     *     unknown
     */
    record Paths(String whole, String relative) {}

    Paths paths(SourceFile file) {
        Paths paths = pathsByFile.get(file);
        if (paths == null) {
            paths = new Paths(file.path(), find(file));
            pathsByFile.put(file, paths);
        }
        return paths;
    }

    /**
     * {@return the file's path below the root of the source tree, such as {@code net/ipv4/tcp.c}; the whole path
     * if the root is unknown}
     *
     * @param file a file in the debug information
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
        // The build directory is beside the source directory: they share the parent, and the tree is one level below.
        if (shared > 0 && shared + 1 < path.size() && TOP_LEVEL.contains(path.get(shared + 1))) {
            return String.join("/", path.subList(shared + 1, path.size()));
        }
        return (file.path().startsWith("/") ? "/" : "") + String.join("/", path);
    }

    /** The components of a path, without {@code .} and {@code name/..}. */
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
