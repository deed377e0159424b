package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineBatchesTest {
    @Test
    void takesAllThatHasComeAndWaitsOnlyWhenThereIsNothing() throws IOException {
        LineBatches batches = new LineBatches(new Pipe("a\nb\nc", "d\n", "\n", "e"), 100, 99);

        assertThat(batches.next()).containsExactly("a", "b");
        assertThat(batches.next()).containsExactly("cd");
        assertThat(batches.next()).containsExactly("");
        assertThat(batches.next()).containsExactly("e");
        assertThat(batches.next()).isEmpty();
    }

    @Test
    void limitsTheSizeOfABatchAndOfALine() throws IOException {
        byte[] text = ("1\n2\n3\n" + "x".repeat(250) + "\n").getBytes(StandardCharsets.UTF_8);
        LineBatches batches = new LineBatches(new ByteArrayInputStream(text), 2, 99);

        assertThat(batches.next()).containsExactly("1", "2");
        assertThat(batches.next()).containsExactly("3", "x".repeat(99));
        assertThat(batches.next()).containsExactly("x".repeat(99), "x".repeat(52));
        assertThat(batches.next()).isEmpty();
    }

    @Test
    void carriesALineAcrossTheEndOfItsBuffer() throws IOException {
        String line = "0123456789".repeat(7);
        String text = (line + "\n").repeat(5000);
        LineBatches batches = new LineBatches(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 512, 99);

        int lines = 0;
        for (List<String> batch = batches.next(); !batch.isEmpty(); batch = batches.next()) {
            assertThat(batch).containsOnly(line);
            lines += batch.size();
        }
        assertThat(lines).isEqualTo(5000);
    }

    /** Pieces of input that come one after another; between them there is nothing to read. */
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
            byte[] bytes = pieces[piece].getBytes(StandardCharsets.UTF_8);
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
