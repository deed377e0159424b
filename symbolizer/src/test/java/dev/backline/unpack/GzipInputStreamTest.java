package dev.backline.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GzipInputStreamTest {
    private static byte[] member(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private static String read(byte[] gzip, int step) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GzipInputStream in = new GzipInputStream(new ByteArrayInputStream(gzip))) {
            byte[] part = new byte[step];
            for (int n = in.read(part, 0, step); n >= 0; n = in.read(part, 0, step)) {
                assertThat(n).isPositive();
                out.write(part, 0, n);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void readsAnyNumberOfMembersAlsoEmptyOnes() throws IOException {
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        StringBuilder text = new StringBuilder();
        byte[] empty = member("");
        for (int i = 0; i < 100_000; i++) {
            members.write(empty);
            if (i % 10_000 == 0) {
                members.write(member("line " + i + "\n"));
                text.append("line ").append(i).append('\n');
            }
        }

        for (int step : new int[] {1, 7, 4096}) {
            assertThat(read(members.toByteArray(), step)).isEqualTo(text.toString());
        }
    }

    @Test
    void refusesAMemberThatIsCut() throws IOException {
        byte[] whole = member("a line\n");

        assertThatThrownBy(() -> read(Arrays.copyOf(whole, whole.length - 1), 16))
                .isInstanceOf(EOFException.class);
    }
}
