package dev.backline.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines that no kernel prints: the time to read a line is proportional to its length, whatever it contains. */
class HostileLogTest {
    private static final int MEGABYTE = 1 << 20;

    private static List<String> samples() throws IOException {
        List<String> samples = new ArrayList<>();
        for (Notation notation : Notation.values()) {
            samples.add(notation.sample());
        }
        for (String row : Captures.lines("notations.tsv")) {
            int tab = row.indexOf('\t');
            if (tab >= 0) {
                samples.add(NotationTableTest.unescape(row.substring(0, tab)));
            }
        }
        return samples;
    }

    /** Every position must be in the line, in order. */
    private static void check(String line, List<LineFrame> frames) {
        int before = 0;
        for (LineFrame frame : frames) {
            boolean inOrder = frame.start() >= before
                    && frame.end() > frame.start()
                    && frame.end() >= frame.start()
                    && frame.end() <= line.length()
                    && frame.prefixLength() <= frame.start();
            if (!inOrder) {
                assertThat(inOrder).as("%s in: %s", frame, line).isTrue();
            }
            before = frame.end();
        }
    }

    @Test
    void readsEveryPrefixAndEverySuffixOfEverySample() throws IOException {
        TraceReader reader = new TraceReader();
        for (String sample : samples()) {
            for (int i = 0; i <= sample.length(); i++) {
                check(sample.substring(0, i), reader.next(sample.substring(0, i)));
                check(sample.substring(i), reader.next(sample.substring(i)));
            }
        }
        assertThat(reader.facts().pairs()).isNotEmpty();
    }

    @Test
    void readsSamplesWithBytesChangedRemovedAndDoubled() throws IOException {
        Random random = new Random(20261122);
        List<String> samples = samples();
        TraceReader reader = new TraceReader();
        for (int i = 0; i < 200_000; i++) {
            StringBuilder line = new StringBuilder(samples.get(random.nextInt(samples.size())));
            for (int change = random.nextInt(4); change >= 0 && line.length() > 1; change--) {
                int at = random.nextInt(line.length());
                switch (random.nextInt(4)) {
                    case 0 -> line.setCharAt(at, (char) random.nextInt(256));
                    case 1 -> line.deleteCharAt(at);
                    case 2 -> line.insert(at, line.substring(at, Math.min(line.length(), at + 8)));
                    default -> {
                        String other = samples.get(random.nextInt(samples.size()));
                        line.insert(at, other, 0, random.nextInt(other.length() + 1));
                    }
                }
            }
            check(line.toString(), reader.next(line.toString()));
        }
        assertThat(reader.facts().pairs()).hasSizeLessThanOrEqualTo(KernelFacts.MAX_PAIRS);
    }

    @Test
    void readsBinaryJunk() {
        Random random = new Random(3);
        byte[] bytes = new byte[MEGABYTE];
        random.nextBytes(bytes);
        TraceReader reader = new TraceReader();

        assertThatCode(() -> check(new String(bytes, StandardCharsets.ISO_8859_1), reader.next(bytes, 0, bytes.length)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                " ",
                "[",
                "<",
                "(",
                "+",
                "+1",
                "a+",
                "a+1",
                "+0x1",
                "a+0x",
                "a+0x1/",
                "a+0x1/0x2",
                " a+0x1/0x2 ",
                "<-",
                " <-",
                "a <-",
                "(a <- ",
                "[<",
                "[<ffffffff81234567>]",
                "[<ffffffff81234567>] ",
                "[<ffffffff81234567>] a",
                "pc : [<ffffffff81234567>] ",
                "0x",
                "0xffffffff81234567 ",
                "ffffffff81234567 ",
                "=> ",
                "? ",
                "RIP: ",
                "<4>",
                "\u001b[0m",
                "[T1] ",
                "[1.0] ",
                "** 1 printk messages dropped ** ",
                "a:",
                "a: a+0x1/0x2",
                " [a] ",
                " (P)",
                "f+0x1/0x2 [a 0123456789abcdef",
                "f+0x1/0x2 (P) (C) ",
                "Modules linked in: a ",
                "{",
                "<ffffffff81234567>{a+1} ",
                "\r",
                "\0"
            })
    @Timeout(120)
    void readsAMegabyteOfOneRepeatedTextInLinearTime(String thing) {
        String line = thing.repeat(MEGABYTE / thing.length());
        TraceReader reader = new TraceReader();

        check(line, reader.next(line));
        // Quadratic time would take minutes. Measures CPU time of this thread, because the machine can be busy.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        check(line + " RIP: 0010:a+0x1/0x2", reader.next(line + " RIP: 0010:a+0x1/0x2"));
        check("RIP: 0010:a+0x1/0x2 " + line, reader.next("RIP: 0010:a+0x1/0x2 " + line));
        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
}
