package dev.backline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the frame counts of real recordings with those of fixtures/captures/count-frames, which uses grep. */
class RecordingsTest {
    private static Map<String, Integer> expected(String file, boolean frames) throws IOException {
        Map<String, Integer> expected = new TreeMap<>();
        for (String row : Captures.lines("frames.expected")) {
            String[] columns = row.split("\t");
            boolean isFrame = columns[2].contains("+0x") || !columns[2].contains(" ");
            if (columns[0].equals(file) && isFrame == frames && !columns[2].equals("unreliable")) {
                expected.put(columns[2], Integer.valueOf(columns[1]));
            }
        }
        return expected;
    }

    private static String text(LineFrame frame) {
        FrameReference reference = frame.reference();
        if (reference.symbol() == null) {
            return String.format("@%016x", reference.address());
        }
        return reference.symbol()
                + (reference.offset() == null ? "" : "+0x" + Long.toHexString(reference.offset()))
                + (reference.size() == null ? "" : "/0x" + Long.toHexString(reference.size()))
                + (reference.module() == null ? "" : " [" + reference.module() + "]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "systemtap-formats.log",
                "systemtap-article.log",
                "bpftrace.log",
                "perf-script.txt",
                "ftrace.txt",
                "ftrace-symaddr.txt",
                "ftrace-hist.txt",
                "ftrace-function.txt",
                "oops.txt"
            })
    void findsAsManyFramesAsGrep(String file) throws IOException {
        TraceReader reader = new TraceReader();
        Map<String, Integer> found = new TreeMap<>();
        Map<String, Integer> kinds = new TreeMap<>();
        for (String line : Captures.lines(file)) {
            for (LineFrame frame : reader.next(line)) {
                found.merge(text(frame), 1, Integer::sum);
                if (frame.mark() == Mark.JUNK) {
                    kinds.merge("mark junk", 1, Integer::sum);
                }
                if (frame.mark() == Mark.REPEATED) {
                    kinds.merge("mark repeated", 1, Integer::sum);
                }
                if (frame.reference().pc() == Pc.EXACT) {
                    kinds.merge("pc exact", 1, Integer::sum);
                }
            }
        }

        assertThat(found).isNotEmpty().isEqualTo(expected(file, true));
        assertThat(kinds).containsAllEntriesOf(expected(file, false));
    }

    @Test
    void findsTheReleaseAndNoFramesInABootLog() throws IOException {
        TraceReader reader = new TraceReader();
        for (String line : Captures.lines("dmesg.txt")) {
            assertThat(reader.next(line)).as(line).isEmpty();
        }

        assertThat(reader.facts().release()).isEqualTo("6.1.0-56-cloud-amd64");
        assertThat(reader.facts().boots()).isEqualTo(1);
    }

    @Test
    void marksFramesWithAQuestionMarkAsUnreliable() throws IOException {
        TraceReader reader = new TraceReader();
        int unreliable = 0;
        for (String line : Captures.lines("oops.txt")) {
            for (LineFrame frame : reader.next(line)) {
                unreliable += frame.reliable() ? 0 : 1;
                assertThat(line.charAt(frame.end())).as(line).isEqualTo('\r');
            }
        }

        assertThat(unreliable).isEqualTo(21);
        assertThat(reader.facts().kernelOffset()).isEqualTo(0x2f400000L);
        assertThat(reader.facts().machine()).isEqualTo("x86_64");
        assertThat(reader.facts().modules()).hasSize(32).contains("oops", "br_netfilter", "virtio_ring");
    }

    @ParameterizedTest
    @ValueSource(strings = {"systemtap-formats.log", "bpftrace.log", "perf-script.txt", "ftrace-symaddr.txt"})
    void learnsWhereTheKernelWasLoadedFromFramesThatShowBothAddressAndSymbol(String file) throws IOException {
        TraceReader reader = new TraceReader();
        Map<String, Long> starts = new TreeMap<>();
        for (String line : Captures.lines(file)) {
            reader.next(line);
        }

        for (AddressOfSymbol pair : reader.facts().pairs()) {
            Long before = starts.put(pair.symbol(), pair.address() - pair.offset());
            assertThat(before == null || before == pair.address() - pair.offset())
                    .as("%s has one start address", pair.symbol())
                    .isTrue();
        }
        assertThat(starts).hasSizeGreaterThan(10);
    }
}
