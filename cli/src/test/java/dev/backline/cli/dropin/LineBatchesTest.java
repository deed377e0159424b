package dev.backline.cli.dropin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineBatchesTest {
    @Test
    void takesAllThatHasComeAndWaitsOnlyWhenThereIsNothing() throws IOException {
        LineBatches batches = new LineBatches(new Pipe("a\nb\nc", "d\n", "\n", "e"), 100, 99);

        assertThat(next(batches)).containsExactly("a", "b");
        assertThat(next(batches)).containsExactly("cd");
        assertThat(next(batches)).containsExactly("");
        assertThat(next(batches)).containsExactly("e");
        assertThat(next(batches)).isEmpty();
    }

    @Test
    void limitsTheSizeOfABatchAndOfALine() throws IOException {
        byte[] text = ("1\n2\n3\n" + "x".repeat(250) + "\n").getBytes(UTF_8);
        LineBatches batches = new LineBatches(new ByteArrayInputStream(text), 2, 99);

        assertThat(next(batches)).containsExactly("1", "2");
        assertThat(next(batches)).containsExactly("3", "x".repeat(99));
        assertThat(next(batches)).containsExactly("x".repeat(99), "x".repeat(52));
        assertThat(next(batches)).isEmpty();
    }

    @Test
    void carriesALineAcrossTheEndOfItsBuffer() throws IOException {
        String line = "0123456789".repeat(7);
        String text = (line + "\n").repeat(5000);
        LineBatches batches = new LineBatches(new ByteArrayInputStream(text.getBytes(UTF_8)), 512, 99);

        int lines = 0;
        for (List<String> batch = next(batches); !batch.isEmpty(); batch = next(batches)) {
            assertThat(batch).containsOnly(line);
            lines += batch.size();
        }
        assertThat(lines).isEqualTo(5000);
    }

    @Test
    void knowsWhenAFileIsUsedUp(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("lines"), "1\n2\n3\n4");
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            LineBatches batches = new LineBatches(in, 3, 99);

            assertThat(next(batches)).containsExactly("1", "2", "3");
            assertThat(batches.isDone()).isFalse();
            assertThat(next(batches)).containsExactly("4");
            assertThat(batches.isDone()).isTrue();
        }
    }

    private static List<String> next(LineBatches batches) throws IOException {
        List<String> lines = new ArrayList<>();
        int count = batches.next((bytes, from, to) -> lines.add(new String(bytes, from, to - from, UTF_8)));
        assertThat(count).isEqualTo(lines.size());
        return lines;
    }

    /** Input in pieces: after each piece, nothing more can be read for a while. */
    private static final class Pipe extends InputStream {
        private final String[] pieces;
        private int piece;
        private int at;

        Pipe(String... pieces) {
            this.pieces = pieces;
        }

        @Override
        public int available() {
            return piece < pieces.length && at > 0 ? pieces[piece].length() - at : 0;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("only whole pieces are read");
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (piece == pieces.length) {
                return -1;
            }
            byte[] bytes = pieces[piece].getBytes(UTF_8);
            int count = Math.min(length, bytes.length - at);
            System.arraycopy(bytes, at, into, offset, count);
            at += count;
            if (at == bytes.length) {
                piece++;
                at = 0;
            }
            return count;
        }
    }
}
