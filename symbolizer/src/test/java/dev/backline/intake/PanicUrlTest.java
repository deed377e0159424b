package dev.backline.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PanicUrlTest {
    private static final String LOG = String.join(
            "\n",
            "BUG: kernel NULL pointer dereference, address: 0000000000000000",
            "CPU: 0 UID: 0 PID: 1 Comm: init Not tainted 6.12.107+deb13-cloud-amd64 #1  Debian 6.12.107-1",
            "RIP: 0010:tcp_v4_rcv+0x99b/0xee0",
            " ip_local_deliver_finish+0x72/0x90",
            "Kernel panic - not syncing: Fatal exception in interrupt",
            "");

    private static final String SITE = "https://example.org/panic_report/#?a=x86_64&v=6.12.107+deb13-cloud-amd64&z=";

    /** As drm_panic_qr.rs writes the compressed log: 13 bits in 4 digits, the last bits in fewer. */
    private static String digits(byte[] log) {
        Deflater deflater = new Deflater(9);
        deflater.setInput(log);
        deflater.finish();
        byte[] packed = new byte[log.length + 64];
        int length = deflater.deflate(packed);
        deflater.end();
        BigInteger bits = new BigInteger(1, Arrays.copyOf(packed, length));
        StringBuilder digits = new StringBuilder();
        for (int left = 8 * length; left > 0; left -= Math.min(13, left)) {
            int size = Math.min(13, left);
            int number = bits.shiftRight(left - size)
                    .and(BigInteger.ONE.shiftLeft(size).subtract(BigInteger.ONE))
                    .intValue();
            int width = size == 1 ? 1 : (size + 1) / 3;
            digits.append(String.format("%04d", number).substring(4 - width));
        }
        return digits.toString();
    }

    private static PanicUrl decode(String line) {
        return Objects.requireNonNull(PanicUrl.decode(line), line);
    }

    /** A log with empty lines, after a line with or without a line end. */
    @ParameterizedTest
    @ValueSource(strings = {"see %s", "> %s\n", "\n%s\nthe end\n"})
    void readsTheLinesOfTheLogAfterTheLineWithTheUrl(String text) throws IOException {
        String log = "\n" + LOG + "\n\n[   12.345678]  tcp_v4_rcv+0x99b/0xee0\n";
        String input = String.format(text, SITE + digits(log.getBytes(StandardCharsets.ISO_8859_1)));
        LogReader reader = new LogReader(new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)));
        StringBuilder out = new StringBuilder();
        StringBuilder lines = new StringBuilder();
        while (reader.next()) {
            Excerpt excerpt = reader.excerpt();
            out.append(new String(
                    excerpt.bytes(), excerpt.start(), excerpt.end() - excerpt.start(), StandardCharsets.ISO_8859_1));
            excerpt.lines().forEach(line -> lines.append(line.text()).append('\n'));
        }

        assertThat(lines.toString())
                .contains("Kernel: Linux 6.12.107+deb13-cloud-amd64 x86_64\n" + log.stripTrailing());
        String url = input.substring(0, input.indexOf("&z=") + 20);
        assertThat(out.toString()).startsWith(url).contains("\nKernel: Linux 6.12.107");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "[ 1.0] see %s for more", "- %s&d=Debian", "> %s"})
    void readsTheLogTheReleaseAndTheArchitectureOfAUrlInALine(String line) {
        PanicUrl url = decode(String.format(line, SITE + digits(LOG.getBytes(StandardCharsets.ISO_8859_1))));

        assertThat(url).isEqualTo(new PanicUrl("x86_64", "6.12.107+deb13-cloud-amd64", LOG));
    }

    @Test
    void readsAnEscapedReleaseAndTheKeyOfEarlierKernels() {
        String digits = digits(LOG.getBytes(StandardCharsets.ISO_8859_1));

        assertThat(decode("https://example.org/?zl=" + digits + "&v=6.12.107%2Bdeb13"))
                .isEqualTo(new PanicUrl(null, "6.12.107+deb13", LOG));
    }

    /** Every number of bits in the last group; the kernel cannot write some numbers of 4, 7 or 10 bits. */
    @Test
    void readsLogsOfAllLengths() {
        Random random = new Random(1);
        for (int length = 1; length < 300; length++) {
            StringBuilder log = new StringBuilder();
            for (int i = 0; i < length; i++) {
                log.append((char) ('a' + random.nextInt(26)));
            }
            log.append('\n');

            assertThat(decode(SITE + digits(log.toString().getBytes(StandardCharsets.ISO_8859_1)))
                            .log())
                    .isEqualTo(log.toString());
        }
    }

    @Test
    void readsTheLinesBeforeTheDamageOfAUrl() {
        String digits = digits(LOG.getBytes(StandardCharsets.ISO_8859_1));

        String cut = decode(SITE + digits.substring(0, digits.length() * 3 / 4)).log();
        assertThat(cut).startsWith("BUG: kernel NULL pointer").hasSizeLessThan(LOG.length());
        assertThat(LOG).startsWith(cut);
        assertThat(cut).endsWith("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no URL",
                "https://example.org/",
                "https://example.org/#?a=x86_64&v=6.12",
                "https://example.org/#?z=",
                "https://example.org/#?z=abc",
                "https://example.org/#?z=9999",
                "https://example.org/#?zz=1234",
                // Digits of which a part is lost.
                "https://example.org/#?a=x86_64&v=6.19.11&z=61730350920141128102416737704387286946050623999199"
            })
    void findsNoLogInOtherText(String line) {
        assertThat(PanicUrl.decode(line)).isNull();
    }

    @Test
    void unpacksNoMoreThanARealLogHas() {
        @Nullable PanicUrl bomb = PanicUrl.decode(SITE + digits(new byte[4_000_000]));

        assertThat(bomb == null ? 0 : bomb.log().length()).isLessThanOrEqualTo(1 << 18);
        assertThat(PanicUrl.decode(SITE + "1".repeat(1_000_000))).isNull();
        assertThat(PanicUrl.decode("?&".repeat(1_000_000))).isNull();
    }
}
