package dev.backline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void aNameIsTheTextOfItsBytesWhateverWasReadBefore() {
        Random random = new Random(17);
        Names names = new Names();
        byte[] line = new byte[100];
        for (int i = 0; i < 100_000; i++) {
            // Few different characters, so that names repeat and some share a hash: Aa and BB.
            for (int at = 0; at < line.length; at++) {
                line[at] = (byte) "AaBBé_".charAt(random.nextInt(6));
            }
            int from = random.nextInt(4);
            int length = i % 10 == 0 ? random.nextInt(90) : random.nextInt(8);

            assertThat(names.of(line, from, from + length))
                    .isEqualTo(new String(line, from, length, StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void aRepeatedNameIsOneString() {
        Names names = new Names();
        byte[] line = " tcp_v4_rcv+0x1 tcp_v4_rcv+0x2".getBytes(StandardCharsets.US_ASCII);

        assertThat(names.of(line, 1, 11)).isEqualTo("tcp_v4_rcv").isSameAs(names.of(line, 16, 26));
    }
}
