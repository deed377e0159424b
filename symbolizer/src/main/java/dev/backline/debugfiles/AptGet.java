package dev.backline.debugfiles;

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
    /** How long nothing may come. */
    private static final long STALL_SECONDS = 180;

    private final Map<String, String> environment;
    private final Progress progress;

    AptGet(Map<String, String> environment, Progress progress) {
        this.environment = Map.copyOf(environment);
        this.progress = progress;
    }

    /** What apt's lists say of a package. */
    private record Offer(String name, String file, long size) {}

    /**
     * Brings the first of some packages that apt knows.
     *
     * @return its file in the folder
     * @throws IOException saying in a few words why none came
     */
    Path download(List<String> packages, Path folder) throws IOException, InterruptedException {
        Offer offer = null;
        for (String name : packages) {
            offer = offer == null ? offer(name, folder) : offer;
        }
        if (offer == null) {
            throw new IOException("apt knows no package " + packages.get(0)
                    + "; if the release is in your sources, 'apt-get update' brings the newest lists");
        }
        Path log = folder.resolve("apt.log");
        Process apt = start(
                folder, log, List.of("apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", offer.name()));
        String what = "downloading " + offer.name();
        long before = -1;
        long since = System.nanoTime();
        try {
            while (!apt.waitFor(200, TimeUnit.MILLISECONDS)) {
                long size = sizeBelow(folder);
                if (size != before) {
                    before = size;
                    since = System.nanoTime();
                    progress.at(what, size, offer.size());
                } else if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(STALL_SECONDS)) {
                    throw new IOException("apt-get brought nothing for " + STALL_SECONDS + " s");
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

    private @Nullable Offer offer(String name, Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("apt.log");
        // Of a package that lies in the folder where it runs, apt-get says nothing.
        Process apt = start(Path.of("/"), log, List.of("apt-get", "-qq", "--print-uris", "download", name));
        try {
            if (!apt.waitFor(QUERY_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("apt-get does not answer");
            }
        } finally {
            apt.destroy();
        }
        Pattern pattern = Pattern.compile(OFFER);
        for (String line : output(log).split("\n", -1)) {
            Matcher offer = pattern.matcher(line);
            // A name that it does not know it takes for a pattern: others may come.
            if (offer.matches()
                    && offer.group(1).startsWith(name + "_")
                    && ModuleNames.isFileName(offer.group(1).replace("%3a", "~"))) {
                return new Offer(name, offer.group(1), Long.parseLong(offer.group(2)));
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
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new IOException("no " + command.get(0) + " on this machine, which is none of Debian's family", e);
        }
    }

    private static String complaint(Path log) throws IOException {
        String last = "it failed";
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
                // It may be renamed or gone by now.
                size += file.toString().endsWith(".log") || !Files.isRegularFile(file)
                        ? 0
                        : file.toFile().length();
            }
        }
        return size;
    }
}
