package dev.backline.debugfiles;

import dev.backline.io.FileNames;
import dev.backline.io.Unfinished;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs apt-get with fixed arguments, never through a shell. Thread-safe. */
final class AptGet {
    /** 'URI' FILE SIZE HASH, as {@code --print-uris} prints it. */
    private static final String OFFER = "'[^']+' (\\S+) (\\d{1,15})(?: \\S*)?";

    private static final int MAX_OUTPUT = 1 << 16;
    private static final long QUERY_SECONDS = 60;
    /** How long a download may stall. */
    private static final long STALL_SECONDS = 180;

    private final Map<String, String> environment;
    private final Progress progress;

    AptGet(Map<String, String> environment, Progress progress) {
        this.environment = Map.copyOf(environment);
        this.progress = progress;
    }

    /** A package that apt can download. */
    private record Offer(String name, String argument, String file, long size) {}

    /**
     * Downloads the first of the packages that apt knows.
     *
     * @param version the exact version, because builds of one release can differ; null for apt's choice
     * @return the package file in the folder
     * @throws IOException if no package was downloaded; the message is a short reason
     */
    Path download(List<String> packages, @Nullable String version, Path folder)
            throws IOException, InterruptedException {
        Offer offer = null;
        for (String name : packages) {
            offer = offer == null ? offer(name, version, folder) : offer;
        }
        if (offer == null) {
            throw new IOException("apt-get has no package " + packages.get(0) + (version == null ? "" : "=" + version)
                    + "; run 'apt-get update', or add the release to the apt sources");
        }
        Path log = folder.resolve("apt.log");
        Process apt = start(
                folder, log, List.of("apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", offer.argument()));
        String what = "downloading " + offer.name();
        long lastSize = -1;
        long lastGrowth = System.nanoTime();
        try {
            while (!apt.waitFor(200, TimeUnit.MILLISECONDS)) {
                long size = sizeBelow(folder);
                if (size != lastSize) {
                    lastSize = size;
                    lastGrowth = System.nanoTime();
                    progress.at(what, size, offer.size());
                } else if (System.nanoTime() - lastGrowth > TimeUnit.SECONDS.toNanos(STALL_SECONDS)) {
                    throw new IOException("apt-get downloaded nothing for " + STALL_SECONDS + " s");
                }
            }
        } finally {
            apt.destroy();
            progress.at(what, -1, offer.size());
        }
        Path file = folder.resolve(offer.file());
        if (apt.exitValue() != 0 || !Files.isRegularFile(file)) {
            throw new IOException("apt-get download " + offer.name() + ": " + complaint(log));
        }
        return file;
    }

    private @Nullable Offer offer(String name, @Nullable String version, Path folder)
            throws IOException, InterruptedException {
        Path log = folder.resolve("apt.log");
        // apt-get prints no URI if the package file is already in the working directory.
        String argument = version == null ? name : name + "=" + version;
        Process apt = start(Path.of("/"), log, List.of("apt-get", "-qq", "--print-uris", "download", argument));
        try {
            if (!apt.waitFor(QUERY_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("apt-get did not finish within " + QUERY_SECONDS + " s");
            }
        } finally {
            apt.destroy();
        }
        Pattern pattern = Pattern.compile(OFFER);
        for (String line : output(log).split("\n", -1)) {
            Matcher offer = pattern.matcher(line);
            // apt-get treats unknown names as patterns, so the line may be about another package.
            if (offer.matches()
                    && offer.group(1).startsWith(name + "_")
                    && FileNames.isPlain(offer.group(1).replace("%3a", "~"))) {
                return new Offer(name, argument, offer.group(1), Long.parseLong(offer.group(2)));
            }
        }
        return null;
    }

    private Process start(Path folder, Path log, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toAbsolutePath().toFile());
        builder.environment().putAll(environment);
        builder.environment().put("LC_ALL", "C");
        try {
            Process process = builder.start();
            Unfinished.add(process.toHandle());
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new IOException(command.get(0) + " not found: --fetch needs a Debian-based system", e);
        }
    }

    private static String complaint(Path log) throws IOException {
        String last = "apt-get failed";
        for (String line : output(log).split("\n", -1)) {
            if (line.startsWith("E: ")) {
                last = line.substring(3);
            }
        }
        return last;
    }

    private static String output(Path log) throws IOException {
        try (var in = Files.newInputStream(log)) {
            return new String(in.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
        }
    }

    private static long sizeBelow(Path folder) throws IOException {
        long size = 0;
        try (Stream<Path> files = Files.walk(folder, 3)) {
            for (Path file : files.toList()) {
                // apt-get may have renamed or deleted the file since it was listed.
                size += file.toString().endsWith(".log") || !Files.isRegularFile(file)
                        ? 0
                        : file.toFile().length();
            }
        }
        return size;
    }
}
