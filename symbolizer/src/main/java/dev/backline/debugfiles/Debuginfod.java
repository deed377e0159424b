package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import dev.backline.io.NewFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Debug files by build id from debuginfod servers, through the cache folder that elfutils' client uses too
 * (debuginfod_find_debuginfo(3)). What comes is checked to have the build id that was asked for. Thread-safe.
 */
public final class Debuginfod extends DebugSource {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(90);
    private static final long DEFAULT_MAX_SIZE = 8L << 30;
    private static final int MAX_SERVERS = 16;
    /** How long "no server has it" holds, as elfutils' client does. */
    private static final Duration MISS = Duration.ofMinutes(10);

    private final Settings settings;
    private final Progress progress;

    /**
     * How servers are asked.
     *
     * @param servers tried in this order, each an http or https address
     * @param cache the folder that files are kept in; null keeps none, and so asks no server
     * @param timeout how long a server may take to begin its answer, and in which it must have sent another 100 kB
     * @param maxTime how long one file may take in all; zero for any time
     * @param maxSize of one file, in bytes
     * @param unusable what was said to be a server and is none, for messages
     */
    public record Settings(
            List<URI> servers,
            @Nullable Path cache,
            Duration timeout,
            Duration maxTime,
            long maxSize,
            List<String> unusable) {
        public Settings {
            servers = List.copyOf(servers);
            unusable = List.copyOf(unusable);
        }

        /**
         * {@return settings for some servers, with elfutils' limits: 90 seconds to answer, 8 GiB for one
         * file}
         *
         * @param servers tried in this order, each an http or https address
         * @param cache the folder that files are kept in, made when needed
         */
        public static Settings of(List<URI> servers, Path cache) {
            return new Settings(servers, cache, DEFAULT_TIMEOUT, Duration.ZERO, DEFAULT_MAX_SIZE, List.of());
        }

        /** {@return the same without servers: what is in the cache is used, and nothing is asked for} */
        public Settings cacheOnly() {
            return new Settings(List.of(), cache, timeout, maxTime, maxSize, List.of());
        }

        /**
         * {@return what the environment says, as elfutils' client understands it} The variables are
         * $DEBUGINFOD_URLS, $DEBUGINFOD_CACHE_PATH, $DEBUGINFOD_TIMEOUT, $DEBUGINFOD_MAXTIME (seconds),
         * $DEBUGINFOD_MAXSIZE (bytes).
         *
         * @param environment of a process, as {@link System#getenv()} has it
         */
        public static Settings fromEnvironment(Map<String, String> environment) {
            List<URI> servers = new ArrayList<>();
            List<String> unusable = new ArrayList<>();
            String urls = environment.getOrDefault("DEBUGINFOD_URLS", "").strip();
            // Splitting nothing by an expression takes a start as long as much else.
            for (String word : urls.isEmpty() ? new String[0] : urls.split("\\s+", -1)) {
                URI server = server(word);
                if (server != null && servers.size() < MAX_SERVERS) {
                    servers.add(server);
                } else if (!word.isEmpty()) {
                    unusable.add(word);
                }
            }
            Path cache = CacheFolders.absolute(environment.get("DEBUGINFOD_CACHE_PATH"));
            if (cache == null) {
                Path base = CacheFolders.base(environment);
                cache = base == null ? null : base.resolve("debuginfod_client");
            }
            long timeout = number(environment.get("DEBUGINFOD_TIMEOUT"));
            long maxTime = number(environment.get("DEBUGINFOD_MAXTIME"));
            long maxSize = number(environment.get("DEBUGINFOD_MAXSIZE"));
            return new Settings(
                    servers,
                    cache,
                    timeout > 0 ? Duration.ofSeconds(timeout) : DEFAULT_TIMEOUT,
                    Duration.ofSeconds(maxTime),
                    maxSize > 0 ? maxSize : DEFAULT_MAX_SIZE,
                    unusable);
        }

        private static @Nullable URI server(String word) {
            try {
                URI uri = URI.create(word);
                String scheme = uri.getScheme();
                boolean web = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
                return web && uri.getHost() != null ? uri : null;
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        /** A count of seconds or bytes; 0 when it is none. */
        private static long number(@Nullable String text) {
            return text != null && text.matches("[0-9]{1,12}") ? Long.parseLong(text) : 0;
        }
    }

    /**
     * Servers, and the folder that their files are kept in.
     *
     * @param settings which servers, how they are asked, where the folder is
     * @param progress is told how far a download is
     */
    public Debuginfod(Settings settings, Progress progress) {
        this.settings = settings;
        this.progress = progress;
    }

    @Override
    List<Path> candidates(Wanted wanted, Trail trail) {
        for (String word : settings.unusable()) {
            trail.tried(word + " of DEBUGINFOD_URLS (is no http or https address)");
        }
        BuildId id = wanted.buildId();
        if (id == null) {
            if (!settings.servers().isEmpty()) {
                trail.tried("debuginfod (not asked: no build id is known)");
            }
            return List.of();
        }
        Path found = debuginfo(id, trail);
        return found == null ? List.of() : List.of(found);
    }

    /** The file from the cache, else from the first server that has it; null when none does. */
    private @Nullable Path debuginfo(BuildId id, Trail trail) {
        Path cache = settings.cache();
        boolean servers = !settings.servers().isEmpty();
        if (cache == null) {
            if (servers) {
                trail.tried("debuginfod (not asked: there is no cache folder; set DEBUGINFOD_CACHE_PATH)");
            }
            return null;
        }
        // Hexadecimal digits only, so it cannot lead out of the cache.
        Path folder = cache.resolve(id.toString());
        Path file = folder.resolve("debuginfo");
        try {
            if (Files.isRegularFile(file)) {
                if (Files.size(file) > 0) {
                    return file;
                }
                if (!servers) {
                    return null;
                }
                Instant asked = Files.getLastModifiedTime(file).toInstant();
                if (asked.plus(MISS).isAfter(Instant.now())) {
                    trail.tried("debuginfod (no server had " + id + " some minutes ago; to ask again, delete " + file
                            + ")");
                    return null;
                }
            }
            if (!servers) {
                return null;
            }
            Files.createDirectories(folder);
        } catch (IOException e) {
            trail.tried("debuginfod (its cache " + folder + " cannot be used: " + e.getMessage() + ")");
            return null;
        }
        return download(id, file, trail);
    }

    private @Nullable Path download(BuildId id, Path file, Trail trail) {
        int missing = 0;
        for (URI server : settings.servers()) {
            String name = printable(server);
            try (NewFile part = NewFile.beside(file)) {
                boolean there = new Download(settings, progress).get(request(server, id), name + ": " + id, part);
                if (!there) {
                    missing++;
                    trail.tried(name + " (404: it has no debug file of build id " + id + ")");
                } else if (fits(part.temporary(), id, name, trail)) {
                    part.commit();
                    return file;
                }
            } catch (IOException e) {
                trail.tried(name + " (" + e.getMessage() + ")");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                trail.tried(name + " (interrupted)");
                return null;
            }
        }
        if (missing == settings.servers().size()) {
            remember(file);
        }
        return null;
    }

    private static boolean fits(Path part, BuildId id, String server, Trail trail) {
        try (DebugData data = DebugFiles.open(part)) {
            BuildId its = data.buildId();
            if (its != null && id.equals(its)) {
                return true;
            }
            trail.tried(server + " (sent a file " + (its == null ? "without a build id" : "with build id " + its)
                    + " for " + id + ")");
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage()).replace(part.toString() + ": ", "");
            trail.tried(server + " (sent something else than a debug file: it " + message + ")");
        }
        return false;
    }

    /** An empty file says that no server has it; elfutils' client does the same. */
    private static void remember(Path file) {
        try {
            Files.write(file, new byte[0]);
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException e) {
            // Then it is asked for again, which is no more than slow.
            return;
        }
    }

    private static URI request(URI server, BuildId id) {
        String base = server.toString();
        return URI.create((base.endsWith("/") ? base : base + "/") + "buildid/" + id + "/debuginfo");
    }

    /** Without a password that may stand in it. */
    private static String printable(URI server) {
        String text = server.toString();
        String user = server.getRawUserInfo();
        return user == null ? text : text.replace(user + "@", "");
    }

    @Override
    public String toString() {
        return "debuginfod " + settings.servers();
    }
}
