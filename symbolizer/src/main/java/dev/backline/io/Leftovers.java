package dev.backline.io;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Deletes temporary files that killed processes left. A program that writes temporary files first deletes old ones of the
 * same name.
 */
@Internal
public final class Leftovers {
    /**
     * The minimum age of a leftover. That no such process runs here is not enough: the process may run on another machine
     * or in another container that shares the folder.
     */
    private static final Duration AGE = Duration.ofDays(1);

    private Leftovers() {}

    /**
     * Deletes the files of a folder whose names are a prefix, a process id and a suffix, if no running process can be
     * writing them: they are older than a day, and no process here has the id, or that process is this one and started
     * later. "-" and more digits may follow the id. Links and folders are kept. Files that cannot be deleted are ignored,
     * because they only take space.
     *
     * @param folder the folder; its subfolders are not searched
     * @param prefix the start of the names
     * @param suffix the end of the names
     */
    public static void clear(Path folder, String prefix, String suffix) {
        Instant latest = Instant.now().minus(AGE);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String id = processId(String.valueOf(file.getFileName()), prefix, suffix);
                if (id != null && isOld(file, latest) && !mayBeWritten(file, id)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return;
        }
    }

    /** The process id in a name; null if the name is not that of a temporary file. */
    private static @Nullable String processId(String name, String prefix, String suffix) {
        if (name.length() <= prefix.length() + suffix.length() || !name.startsWith(prefix) || !name.endsWith(suffix)) {
            return null;
        }
        String number = name.substring(prefix.length(), name.length() - suffix.length());
        int dash = number.indexOf('-');
        if (dash < 0) {
            return isDigits(number) ? number : null;
        }
        String id = number.substring(0, dash);
        return isDigits(id) && isDigits(number.substring(dash + 1)) ? id : null;
    }

    private static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Ascii.isDigit(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean mayBeWritten(Path file, String id) throws IOException {
        // A longer number is random and not a process id.
        ProcessHandle process =
                id.length() > 10 ? null : ProcessHandle.of(Long.parseLong(id)).orElse(null);
        if (process == null) {
            return false;
        }
        // In a container each run may have the same process id.
        Instant start = ProcessHandle.current().info().startInstant().orElse(Instant.MIN);
        return !process.equals(ProcessHandle.current())
                || Files.getLastModifiedTime(file).toInstant().isAfter(start);
    }

    private static boolean isOld(Path file, Instant latest) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return attributes.isRegularFile()
                && attributes.lastModifiedTime().toInstant().isBefore(latest);
    }
}
