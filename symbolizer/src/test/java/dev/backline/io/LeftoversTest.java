package dev.backline.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {
    /** Larger than any process id on Linux (PID_MAX_LIMIT). */
    private static final String DEAD = "999999999";

    @TempDir
    private Path folder;

    private Path left(String name, int hours) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "half");
        age(file, hours);
        return file;
    }

    private static void age(Path file, int hours) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(hours))));
    }

    private void clear() {
        Leftovers.clear(folder, ".out.gsym.", ".tmp");
    }

    @Test
    void deletesTheFilesOfAProcessKilledADayAgo() throws IOException {
        Path left = left(".out.gsym." + DEAD + ".tmp", 25);
        Path random = left(".out.gsym.17263547263547263547.tmp", 25);

        clear();

        assertThat(left).doesNotExist();
        assertThat(random).doesNotExist();
    }

    @Test
    void keepsFilesWrittenToday() throws IOException {
        Path left = left(".out.gsym." + DEAD + ".tmp", 23);

        clear();

        assertThat(left).exists();
    }

    @Test
    void keepsTheOldFileOfARunningProcess() throws IOException {
        long parent = ProcessHandle.current().parent().orElseThrow().pid();
        Path its = left(".out.gsym." + parent + ".tmp", 1000);
        Path first = left(".out.gsym.1-17263547263547263547.tmp", 1000);

        clear();

        assertThat(its).exists();
        assertThat(first).exists();
    }

    @Test
    void deletesTheFilesOfAnEarlierProcessWithTheSameId() throws IOException {
        Path earlier = left(".out.gsym." + ProcessHandle.current().pid() + "-1.tmp", 1000);

        clear();

        assertThat(earlier).doesNotExist();
    }

    @Test
    void keepsFilesWithOtherNames() throws IOException {
        for (String name : new String[] {
            "out.gsym",
            ".out.gsym.tmp",
            ".out.gsym..tmp",
            ".out.gsym." + DEAD,
            ".out.gsym." + DEAD + ".tmp~",
            ".out.gsym.x" + DEAD + ".tmp",
            ".out.gsym.-" + DEAD + ".tmp",
            ".out.gsym." + DEAD + "-.tmp",
            ".out.gsym." + DEAD + "-x.tmp",
            ".other.gsym." + DEAD + ".tmp"
        }) {
            Path other = left(name, 1000);

            clear();

            assertThat(other).exists();
        }
    }

    @Test
    void followsNoLinksAndEntersNoFolders() throws IOException {
        Path target = left("mine", 1000);
        Path link = Files.createSymbolicLink(folder.resolve(".out.gsym." + DEAD + ".tmp"), target);
        Path inside = Files.createDirectory(folder.resolve(".out.gsym.9" + DEAD + ".tmp"));
        age(inside, 1000);

        clear();

        assertThat(target).hasContent("half");
        assertThat(link).isSymbolicLink();
        assertThat(inside).isDirectory();
    }

    @Test
    void ignoresAMissingFolder() {
        Leftovers.clear(folder.resolve("missing"), ".out.gsym.", ".tmp");

        assertThat(folder).isEmptyDirectory();
    }
}
