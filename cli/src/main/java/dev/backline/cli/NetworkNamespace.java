package dev.backline.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the inode number of a network namespace, which the probe scripts compare. Immutable. */
final class NetworkNamespace {
    static final NetworkNamespace OF_THIS_MACHINE =
            new NetworkNamespace(Path.of("/proc"), List.of(Path.of("/run/netns"), Path.of("/run/docker/netns")));

    private static final Pattern INODE = Pattern.compile("[0-9]{1,10}");
    private static final Pattern LINK = Pattern.compile("([a-z_]{1,20}):\\[([0-9]{1,10})]");
    /** kubectl prints a container as containerd://ID. */
    private static final Pattern CONTAINER = Pattern.compile("(?:[a-z-]{1,20}://)?([0-9a-f]{8,64})");
    /** Docker, containerd, CRI-O and Podman all put the container's id, 64 digits, into the name of its cgroup. */
    private static final Pattern ID = Pattern.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])");

    private static final int MAX_CGROUP = 1 << 16;

    private final Path processes;
    private final List<Path> named;

    /**
     * @param processes the directory with a directory per process ({@code /proc})
     * @param named directories with namespaces that have names
     */
    NetworkNamespace(Path processes, List<Path> named) {
        this.processes = processes;
        this.named = List.copyOf(named);
    }

    /**
     * {@return the inode number of a namespace}
     *
     * @param text the number itself, a path ({@code /run/netns/NAME}, {@code /proc/PID/ns/net}), the name of a namespace in
     *     {@code /run/netns}, or at least 8 digits of a container's id
     * @throws IllegalArgumentException if the text has none of these forms
     * @throws IOException if there is no such namespace, or it may not be read
     */
    long inode(String text) throws IOException {
        if (INODE.matcher(text).matches()) {
            return Long.parseLong(text);
        }
        Matcher container = CONTAINER.matcher(text);
        if (text.contains("/") && !container.matches()) {
            return ofPath(Path.of(text));
        }
        for (Path directory : named) {
            boolean name = !text.isEmpty() && !text.contains("/") && !text.startsWith(".");
            if (name && Files.exists(directory.resolve(text), LinkOption.NOFOLLOW_LINKS)) {
                return ofPath(directory.resolve(text));
            }
        }
        if (container.matches()) {
            return ofContainer(container.group(1));
        }
        throw new IllegalArgumentException(
                "not a network namespace: '" + text + "' (give its inode number, a path such as"
                        + " /proc/PID/ns/net, a name in /run/netns, or a container's id)");
    }

    private static long ofPath(Path path) throws IOException {
        Long linked = linked(path);
        if (linked != null) {
            return linked;
        }
        if (!Files.exists(path)) {
            throw new IOException(path + ": no such network namespace");
        }
        Path file = path.toRealPath();
        Path directory = file.getParent();
        // A namespace stays without a process if its file is mounted on another one, as ip netns add does.
        if (Files.isDirectory(file)
                || directory == null
                || Files.getAttribute(file, "unix:dev").equals(Files.getAttribute(directory, "unix:dev"))) {
            throw new IOException(
                    path + ": is no network namespace; give a path such as /run/netns/NAME or" + " /proc/PID/ns/net");
        }
        return inode(file);
    }

    private static long inode(Path file) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(file, "unix:ino");
        return attributes.get("ino") instanceof Long inode ? inode : 0;
    }

    /** {@return the namespace that a link in {@code /proc/PID/ns} names, or null if the path is no such link} */
    private static @Nullable Long linked(Path path) throws IOException {
        if (!Files.isSymbolicLink(path)) {
            return null;
        }
        try {
            Matcher link = LINK.matcher(Files.readSymbolicLink(path).toString());
            if (!link.matches()) {
                return null;
            }
            if (!link.group(1).equals("net")) {
                throw new IOException(path + ": is a namespace of another kind (" + link.group(1) + ")");
            }
            return Long.parseLong(link.group(2));
        } catch (AccessDeniedException e) {
            throw new IOException(path + ": may not be read; run as root, or give the namespace's inode number", e);
        }
    }

    /** Asks no daemon: the processes of a container are in its cgroup. */
    private long ofContainer(String prefix) throws IOException {
        TreeSet<String> ids = new TreeSet<>();
        Path first = null;
        for (Path process : byNumber()) {
            String id = container(process);
            if (id != null && id.startsWith(prefix)) {
                first = ids.isEmpty() ? process : first;
                ids.add(id);
            }
        }
        if (first == null) {
            throw new IOException(
                    "no process of container " + prefix + " runs on this machine; give the inode number that"
                            + " 'readlink /proc/PID/ns/net' prints there, with the PID of 'docker inspect' or 'crictl inspect'");
        }
        if (ids.size() > 1) {
            throw new IOException("several containers begin with " + prefix + "; give more digits: "
                    + String.join(", ", ids.stream().limit(4).toList()));
        }
        Long inode = linked(first.resolve("ns/net"));
        if (inode == null) {
            throw new IOException(first + ": the process of container " + prefix + " has ended; try again");
        }
        return inode;
    }

    private List<Path> byNumber() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(processes, "[0-9]*")) {
            for (Path process : all) {
                if (INODE.matcher(String.valueOf(process.getFileName())).matches()) {
                    found.add(process);
                }
            }
        }
        found.sort(Comparator.comparingLong(path -> Long.parseLong(String.valueOf(path.getFileName()))));
        return found;
    }

    /** {@return the id of the innermost container of a process, or null if it is in none or has ended} */
    private static @Nullable String container(Path process) {
        String id = null;
        try (InputStream in = Files.newInputStream(process.resolve("cgroup"))) {
            Matcher matcher = ID.matcher(new String(in.readNBytes(MAX_CGROUP), StandardCharsets.ISO_8859_1));
            while (matcher.find()) {
                id = matcher.group();
            }
        } catch (IOException e) {
            return null;
        }
        return id;
    }
}
