package dev.backline.cli.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file that is rotated while it is read; what happens to it happens between two looks. */
@Timeout(60)
class FollowedInputTest {
    @TempDir
    Path folder;

    @FunctionalInterface
    private interface Change {
        void make() throws IOException;
    }

    private final List<String> seen = new ArrayList<>();

    /** Follows the file, and before each look does the next of these; ends after the last. */
    private void follow(Path file, Change... happens) throws IOException {
        Deque<Change> rest = new ArrayDeque<>(List.of(happens));
        byte[] bytes = new byte[1 << 10];
        try (Interruption interruption = new Interruption();
                FollowedInput in = FollowedInput.of(
                        file,
                        new FollowedInput.Reader() {
                            @Override
                            public void waits(long quietMillis) throws IOException {
                                Change next = rest.poll();
                                if (next == null) {
                                    throw new Ended();
                                }
                                next.make();
                            }

                            @Override
                            public void startsAnew() {
                                seen.add("anew");
                            }
                        },
                        interruption)) {
            while (true) {
                int read = in.read(bytes, 0, bytes.length);
                seen.add(new String(bytes, 0, read, UTF_8));
            }
        } catch (Ended e) {
            assertThat(rest).isEmpty();
        }
    }

    private static final class Ended extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private static Path append(Path file, String text) throws IOException {
        return Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void nothing() {}

    @Test
    void readsTheOldFileToItsEndBeforeTheNewOne() throws IOException {
        Path log = append(folder.resolve("log"), "a");
        Path old = folder.resolve("log.1");

        follow(
                log,
                FollowedInputTest::nothing,
                () -> {
                    append(log, "b");
                    Files.move(log, old);
                    append(log, "c");
                },
                FollowedInputTest::nothing,
                FollowedInputTest::nothing,
                FollowedInputTest::nothing);

        assertThat(seen).containsExactly("a", "b", "anew", "c");
    }

    @Test
    void staysWithTheOldFileWhileTheNewOneIsEmpty() throws IOException {
        Path log = append(folder.resolve("log"), "a");
        Path old = folder.resolve("log.1");

        // logrotate makes the new file first and tells the writer afterwards.
        follow(
                log,
                FollowedInputTest::nothing,
                () -> Files.createFile(Files.move(log, old).resolveSibling("log")),
                () -> append(old, "b"),
                () -> append(log, "c"),
                FollowedInputTest::nothing,
                FollowedInputTest::nothing);

        assertThat(seen).containsExactly("a", "b", "anew", "c");
    }

    @Test
    void startsAnewInAFileThatIsCutShort() throws IOException {
        Path log = append(folder.resolve("log"), "abc");

        follow(
                log,
                FollowedInputTest::nothing,
                () -> Files.writeString(log, ""),
                () -> append(log, "d"),
                FollowedInputTest::nothing);

        assertThat(seen).containsExactly("abc", "anew", "d");
    }

    @Test
    void waitsForAFileThatIsMovedAway() throws IOException {
        Path log = append(folder.resolve("log"), "a");

        follow(
                log,
                FollowedInputTest::nothing,
                () -> Files.move(log, folder.resolve("log.1")),
                () -> append(folder.resolve("log.1"), "b"),
                FollowedInputTest::nothing,
                () -> append(log, "c"),
                FollowedInputTest::nothing,
                FollowedInputTest::nothing);

        assertThat(seen).containsExactly("a", "b", "anew", "c");
    }

    /** Rotates faster than the input looks, so that some files are never seen; but each line that is seen comes once, in order. */
    @Test
    void readsNothingTwiceHoweverQuicklyFilesAreRotated() throws Exception {
        Path log = append(folder.resolve("log"), "0\n");
        AtomicBoolean done = new AtomicBoolean();
        Thread rotation = new Thread(() -> {
            try {
                for (int i = 1; i < 60_000; i++) {
                    append(log, i + "\n");
                    if (i % 3 == 0) {
                        Files.move(log, folder.resolve("log.1"), StandardCopyOption.REPLACE_EXISTING);
                    }
                }
            } catch (IOException e) {
                seen.add(e.toString());
            } finally {
                done.set(true);
            }
        });
        // Count looks, not time: a thread without a processor for a second has not looked.
        AtomicInteger vain = new AtomicInteger();
        long last = -1;
        try (Interruption interruption = new Interruption();
                BufferedReader lines = new BufferedReader(new InputStreamReader(
                        FollowedInput.of(
                                log,
                                new FollowedInput.Reader() {
                                    @Override
                                    public void waits(long quietMillis) throws IOException {
                                        if (done.get() && vain.incrementAndGet() > 5) {
                                            throw new Ended();
                                        }
                                    }

                                    @Override
                                    public void startsAnew() {}
                                },
                                interruption),
                        UTF_8))) {
            // Only now: between two rotations there is no file to open.
            rotation.start();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                vain.set(0);
                assertThat(Long.parseLong(line)).isGreaterThan(last);
                last = Long.parseLong(line);
            }
        } catch (Ended e) {
            assertThat(last).isEqualTo(59_999);
        } finally {
            rotation.join();
        }
        assertThat(seen).isEmpty();
    }
}
