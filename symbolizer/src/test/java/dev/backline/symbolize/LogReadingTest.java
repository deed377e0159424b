package dev.backline.symbolize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.debugfiles.BundledIndexes;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.fixtures.Captures;
import dev.backline.intake.Excerpt;
import dev.backline.intake.LogReader;
import dev.backline.trace.KernelFacts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A log has the same answers whether one thread reads and resolves it, or three. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LogReadingTest {
    private static final long ALONE = Long.MAX_VALUE;
    private static final String FRAME = "[   30.9] RIP: 0010:tcp_v4_rcv+0x99b/0xee0\n";

    @TempDir
    Path folder;

    private @Nullable KernelPool kernels;

    @BeforeAll
    void openIndexes() throws IOException {
        Path indexes = Objects.requireNonNull(Captures.folder().getParent()).resolve("kernels/indexes");
        kernels = new KernelPool(DebugFiles.builder()
                .root(indexes)
                .source(new BundledIndexes(indexes))
                .build());
    }

    @AfterAll
    void closeIndexes() {
        pool().close();
    }

    private KernelPool pool() {
        return Objects.requireNonNull(kernels);
    }

    /** What a sink got, and what the log had stated at that time. */
    private record Answer(long number, String text, List<List<LogFrame>> frames, KernelFacts facts) {}

    /** All that a reading gave. */
    private record Reading(
            List<Answer> answers,
            List<String> doubts,
            @Nullable String failure) {}

    private Reading read(InputStream log, @Nullable Path rereadable, long alone) throws IOException {
        List<Answer> answers = new ArrayList<>();
        String failure = null;
        try (LogSymbolizer symbolizer =
                new LogSymbolizer(pool(), LogOptions.DEFAULT.withEdges().withRereadable(rereadable))) {
            try {
                symbolizer.read(
                        new LogReader(log),
                        (excerpt, frames) ->
                                answers.add(new Answer(excerpt.number(), text(excerpt), frames, symbolizer.facts())),
                        alone);
            } catch (IOException e) {
                failure = e.getMessage();
            }
            return new Reading(answers, List.copyOf(symbolizer.doubts()), failure);
        }
    }

    private static String text(Excerpt excerpt) {
        return new String(
                excerpt.bytes(), excerpt.start(), excerpt.end() - excerpt.start(), StandardCharsets.ISO_8859_1);
    }

    static Stream<Path> recordings() throws IOException {
        try (Stream<Path> files = Files.walk(Captures.folder())) {
            return files.filter(Files::isRegularFile).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void aSecondThreadChangesNoAnswer(Path recording) throws IOException {
        byte[] log = Files.readAllBytes(recording);
        Random random = new Random(log.length);
        Reading ofFile = read(new ByteArrayInputStream(log), recording, ALONE);
        Reading ofPipe = read(new ByteArrayInputStream(log), null, ALONE);
        for (int i = 0; i < 3; i++) {
            long alone = i == 0 ? 0 : random.nextInt(log.length + 1);

            assertThat(read(new ByteArrayInputStream(log), recording, alone)).isEqualTo(ofFile);
            assertThat(read(new ByteArrayInputStream(log), null, alone)).isEqualTo(ofPipe);
            // A pipe shows the reader fewer lines at first, from which it learns the form of the log.
            long seed = random.nextLong();
            Reading withPauses = read(new Pausing(log, seed, log.length), null, ALONE);
            assertThat(read(new Pausing(log, seed, log.length), null, alone)).isEqualTo(withPauses);
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void aFailureComesAfterTheLinesBeforeIt(Path recording) throws IOException {
        byte[] log = Files.readAllBytes(recording);
        Random random = new Random(log.length);
        int length = random.nextInt(log.length);
        Reading alone = read(new Pausing(log, 1, length), null, ALONE);

        assertThat(alone.failure()).isEqualTo("the disk is broken");
        assertThat(read(new Pausing(log, 1, length), null, random.nextInt(length + 1)))
                .isEqualTo(alone);
    }

    /** Reports of other kernels and boots one after the other, so that facts change within a batch. */
    @Test
    void manyReportsInOneLogHaveTheSameAnswers() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List<Path> recordings = recordings().toList();
        Random random = new Random(17);
        for (int i = 0; i < 40; i++) {
            byte[] log = Files.readAllBytes(recordings.get(random.nextInt(recordings.size())));
            all.write(log, 0, Math.min(log.length, 20_000));
            all.write('\n');
        }
        Path file = Files.write(folder.resolve("all.log"), all.toByteArray());
        Reading alone = read(new ByteArrayInputStream(all.toByteArray()), file, ALONE);

        assertThat(read(new ByteArrayInputStream(all.toByteArray()), file, LogReading.SHORT_LOG))
                .isEqualTo(alone);
        assertThat(alone.answers()).hasSizeGreaterThan(1000);
    }

    /** Without its release, a report waits for half a second, and the lines after it for nothing. */
    @Test
    void linesOfAPipeComeWhenItPauses() throws Exception {
        CountDownLatch plain = new CountDownLatch(1);
        CountDownLatch frame = new CountDownLatch(1);
        CountDownLatch idle = new CountDownLatch(1);
        LogSink sink = new LogSink() {
            @Override
            public void excerpt(Excerpt excerpt, List<List<LogFrame>> frames) {
                (frames.isEmpty() ? plain : frame).countDown();
            }

            @Override
            public void idle() {
                if (frame.getCount() == 0) {
                    idle.countDown();
                }
            }
        };
        Thread reading;
        try (PipedOutputStream out = new PipedOutputStream()) {
            PipedInputStream in = new PipedInputStream(out);
            reading = new Thread(() -> readQuietly(in, sink));
            reading.start();
            out.write("[    1.0] a line\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            assertThat(plain.await(60, TimeUnit.SECONDS)).isTrue();
            out.write(FRAME.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            assertThat(frame.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(idle.await(60, TimeUnit.SECONDS)).isTrue();
        }
        reading.join(60_000);
        assertThat(reading.isAlive()).isFalse();
    }

    private void readQuietly(InputStream in, LogSink sink) {
        try (LogSymbolizer symbolizer = new LogSymbolizer(pool(), LogOptions.DEFAULT)) {
            symbolizer.read(new LogReader(in), sink, 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The log never ends, so that only the failure of the sink can end the thread. */
    @Test
    void theSecondThreadEndsWhenTheSinkFails() throws IOException {
        byte[] line = "[    1.0] a line\n".getBytes(StandardCharsets.US_ASCII);
        InputStream endless = new InputStream() {
            private int at;

            @Override
            public int read() {
                return line[at++ % line.length];
            }

            @Override
            public int available() {
                return 1 << 16;
            }
        };
        try (LogSymbolizer symbolizer = new LogSymbolizer(pool(), LogOptions.DEFAULT)) {
            LogSink sink = (excerpt, frames) -> {
                if (excerpt.number() == 5000) {
                    throw new IOException("the disk is full");
                }
            };
            assertThatThrownBy(() -> symbolizer.read(new LogReader(endless), sink, 100))
                    .hasMessage("the disk is full");
        }
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals(ReadAhead.THREAD))) {
            assertThat(System.nanoTime()).isLessThan(until);
            Thread.yield();
        }
    }

    /** Gives a log in pieces, and says between them that no more is there yet; fails after its bytes if there are more. */
    private static final class Pausing extends InputStream {
        private final byte[] log;
        private final Random random;
        private final int length;
        private int at;
        private int piece;

        Pausing(byte[] log, long seed, int length) {
            this.log = log;
            this.random = new Random(seed);
            this.length = length;
        }

        @Override
        public int available() {
            return piece;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] into, int from, int count) throws IOException {
            if (at == length) {
                if (length < log.length) {
                    throw new IOException("the disk is broken");
                }
                return -1;
            }
            if (piece == 0) {
                piece = Math.min(length - at, 1 + random.nextInt(2000));
            }
            int read = Math.min(count, piece);
            System.arraycopy(log, at, into, from, read);
            at += read;
            piece -= read;
            return read;
        }
    }
}
