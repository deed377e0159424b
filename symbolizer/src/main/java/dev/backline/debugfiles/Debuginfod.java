package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import dev.backline.io.NewFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
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
 * Downloads debug files by build id from debuginfod servers, and shares the cache directory of elfutils' client
 * (debuginfod_find_debuginfo(3)). A downloaded file must have the requested build id. Thread-safe.
 */
public final class Debuginfod extends DebugSource {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(90);
    private static final long DEFAULT_MAX_SIZE = 8L << 30;
    private static final int MAX_SERVERS = 16;
    /** How long "no server has this file" is cached; the same as in elfutils' client. */
    private static final Duration MISS = Duration.ofMinutes(10);

    private static final String FILE = "debuginfo";

    private final Settings settings;
    private final Progress progress;

    /**
     * Servers, cache and limits.
     *
     * @param servers tried in this order, each an http or https address
     * @param cache the cache directory; without it (null) no server is asked
     * @param timeout the longest time to the start of an answer, and then for each further 100 kB
     * @param maxTime the longest time for one file; zero for no limit
     * @param maxSize the largest size of a file, in bytes
     * @param unusable words of DEBUGINFOD_URLS that are not http or https URLs, for messages
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
         * {@return settings with elfutils' limits: 90 seconds to answer, 8 GiB for one file}
         *
         * @param servers tried in this order, each an http or https address
         * @param cache the cache directory, created if needed
         */
        public static Settings of(List<URI> servers, Path cache) {
            return new Settings(servers, cache, DEFAULT_TIMEOUT, Duration.ZERO, DEFAULT_MAX_SIZE, List.of());
        }

        /** {@return these settings without servers: only the cache is used} */
        public Settings cacheOnly() {
            return new Settings(List.of(), cache, timeout, maxTime, maxSize, List.of());
        }

        /**
         * {@return settings from the environment variables of elfutils' client} The variables are $DEBUGINFOD_URLS, $DEBUGINFOD_CACHE_PATH, $DEBUGINFOD_TIMEOUT, $DEBUGINFOD_MAXTIME (seconds),
         * $DEBUGINFOD_MAXSIZE (bytes).
         *
         * @param environment variables, such as those of {@link System#getenv()}
         */
        public static Settings fromEnvironment(Map<String, String> environment) {
            List<URI> servers = new ArrayList<>();
            List<String> unusable = new ArrayList<>();
            String urls = environment.getOrDefault("DEBUGINFOD_URLS", "").strip();
            // Avoid the regular expression at start-up if there is nothing to split.
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

        /** A number of seconds or bytes; 0 if the text is not a number. */
        private static long number(@Nullable String text) {
            return text != null && text.matches("[0-9]{1,12}") ? Long.parseLong(text) : 0;
        }
    }

    /**
     * Debug files of some servers.
     *
     * @param settings servers, cache and limits
     * @param progress is told of downloads
     */
    public Debuginfod(Settings settings, Progress progress) {
        this.settings = settings;
        this.progress = progress;
    }

    @Override
    List<Path> candidates(Wanted wanted, SearchLog searchLog) {
        for (String word : settings.unusable()) {
            searchLog.tried(word + " in DEBUGINFOD_URLS (not an http or https URL)");
        }
        BuildId id = wanted.buildId();
        if (id == null) {
            if (!settings.servers().isEmpty()) {
                searchLog.tried("debuginfod (skipped: the build id is unknown)");
            }
            return List.of();
        }
        Path found = debuginfo(id, searchLog);
        return found == null ? List.of() : List.of(found);
    }

    /** The file from the cache, else from the first server that has it; null if no server does. */
    private @Nullable Path debuginfo(BuildId id, SearchLog searchLog) {
        Path cache = settings.cache();
        boolean servers = !settings.servers().isEmpty();
        if (cache == null) {
            if (servers) {
                searchLog.tried("debuginfod (skipped: no cache directory; set DEBUGINFOD_CACHE_PATH)");
            }
            return null;
        }
        // A build id contains only hex digits, so the path cannot leave the cache.
        Path folder = cache.resolve(id.toString());
        Path file = folder.resolve(FILE);
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
                    searchLog.tried("debuginfod (no server had " + id + " in the last " + MISS.toMinutes()
                            + " minutes; to ask again, run 'rm " + file + "')");
                    return null;
                }
            }
            if (!servers) {
                return null;
            }
            clearLeftovers(cache);
            Files.createDirectories(folder);
        } catch (IOException e) {
            searchLog.tried("debuginfod (cannot use the cache " + folder + ": " + e.getMessage() + ")");
            return null;
        }
        return download(id, file, searchLog);
    }

    /** Deletes what killed downloads left, of any build id: each can have gigabytes, and few are asked for again. */
    private static void clearLeftovers(Path cache) {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(cache)) {
            for (Path folder : folders) {
                NewFile.clearLeftovers(folder.resolve(FILE));
            }
        } catch (IOException | DirectoryIteratorException e) {
            // They only take space.
            return;
        }
    }

    private @Nullable Path download(BuildId id, Path file, SearchLog searchLog) {
        int missing = 0;
        for (URI server : settings.servers()) {
            String name = printable(server);
            try (NewFile part = NewFile.beside(file)) {
                boolean there = new Download(settings, progress).get(request(server, id), name + ": " + id, part);
                if (!there) {
                    missing++;
                    searchLog.tried(name + " (404: no debug file for build id " + id + ")");
                } else if (fits(part.temporary(), id, name, searchLog)) {
                    part.commit();
                    return file;
                }
            } catch (IOException e) {
                searchLog.tried(name + " (" + e.getMessage() + ")");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                searchLog.tried(name + " (interrupted)");
                return null;
            }
        }
        if (missing == settings.servers().size()) {
            remember(file);
        }
        return null;
    }

    private static boolean fits(Path part, BuildId id, String server, SearchLog searchLog) {
        try (DebugData data = DebugFiles.open(part)) {
            BuildId found = data.buildId();
            if (found != null && id.equals(found)) {
                return true;
            }
            searchLog.tried(server + " (sent a file "
                    + (found == null ? "without a build id" : "with build id " + found) + " instead of " + id + ")");
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage()).replace(part.toString() + ": ", "");
            searchLog.tried(server + " (did not send a debug file: the file " + message + ")");
        }
        return false;
    }

    /** Records in an empty file that no server has the file, as elfutils' client does. */
    private static void remember(Path file) {
        try {
            Files.write(file, new byte[0]);
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException e) {
            // The servers are asked again next time, which is only slower.
            return;
        }
    }

    private static URI request(URI server, BuildId id) {
        String base = server.toString();
        return URI.create((base.endsWith("/") ? base : base + "/") + "buildid/" + id + "/debuginfo");
    }

    /** The URL without user name and password. */
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
