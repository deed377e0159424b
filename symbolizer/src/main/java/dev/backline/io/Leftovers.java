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

/**
 * Files under another name beside their own, which a process that was killed left behind. Whoever writes such a file clears
 * away those of the same name before.
 */
@Internal
public final class Leftovers {
    /**
     * How long nothing was written to a leftover. A process id is not enough: the folder may be another machine's or
     * container's too, where that process lives on.
     */
    private static final Duration AGE = Duration.ofDays(1);

    private Leftovers() {}

    /**
     * Deletes the files of a folder whose names are a number between two texts, when no process here has that number and
     * nothing was written to them for a day. Links and folders of such names stay. What cannot be deleted stays too: it takes
     * room and does no other harm.
     *
     * @param folder whose files are looked at, not those of folders in it
     * @param before what their names begin with
     * @param after what they end with
     */
    public static void clear(Path folder, String before, String after) {
        Instant latest = Instant.now().minus(AGE);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (isNumbered(String.valueOf(file.getFileName()), before, after) && isOld(file, latest)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return;
        }
    }

    private static boolean isNumbered(String name, String before, String after) {
        int end = name.length() - after.length();
        if (!name.startsWith(before) || !name.endsWith(after) || before.length() >= end) {
            return false;
        }
        for (int i = before.length(); i < end; i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return false;
            }
        }
        // A number beyond any process's own is a random one.
        return end - before.length() > 10
                || ProcessHandle.of(Long.parseLong(name.substring(before.length(), end)))
                        .isEmpty();
    }

    private static boolean isOld(Path file, Instant latest) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return attributes.isRegularFile()
                && attributes.lastModifiedTime().toInstant().isBefore(latest);
    }
}
