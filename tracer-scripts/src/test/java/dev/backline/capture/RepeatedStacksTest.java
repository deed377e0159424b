package dev.backline.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Captures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stacks that come again are taken from memory: what is told must be what reading each line anew tells. */
class RepeatedStacksTest {
    private static final String STACK = """
             0xffffffff9ec7a0e0 : tcp_v4_send_reset+0x0/0x830 [kernel]
             0xffffffff9ec7c8cb : tcp_v4_rcv+0x99b/0xee0 [kernel] (inexact)
            """;

    private static Heard read(String text, int most) throws IOException {
        Heard heard = new Heard();
        CaptureReader reader = new CaptureReader(heard);
        InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)) {
            @Override
            public synchronized int read(byte[] bytes, int from, int length) {
                return super.read(bytes, from, Math.min(length, most));
            }
        };
        reader.read("-", in);
        reader.finish();
        return heard;
    }

    private static Heard anew(String text) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        if (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return Heard.of(lines);
    }

    private static void readsTheSameAsLineByLine(String text) throws IOException {
        Heard expected = anew(text);
        for (int most : new int[] {1 << 20, 4099, 61}) {
            Heard heard = read(text, most);
            assertThat(heard.events).isEqualTo(expected.events);
            assertThat(heard.unread).isEqualTo(expected.unread);
            assertThat(heard.lost).isEqualTo(expected.lost);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lab-kaslr/systemtap.log",
                "lab-no-kaslr/systemtap.log",
                "lab-bpftrace/bpftrace.log",
                "systemtap-formats.log",
                "systemtap-article.log",
                "bpftrace.log"
            })
    void readsARecordingThatIsRepeatedAsLineByLine(String recording) throws IOException {
        String text = Files.readString(Captures.folder().resolve(recording), StandardCharsets.ISO_8859_1);

        readsTheSameAsLineByLine(text + text + text);
    }

    /** Lines that are cut, swapped, doubled and lost: whatever follows a stack from memory is read as ever. */
    @Test
    void readsADamagedRecordingAsLineByLine() throws IOException {
        List<String> lines = new ArrayList<>(
                Files.readAllLines(Captures.folder().resolve("lab-kaslr/systemtap.log"), StandardCharsets.ISO_8859_1));
        lines.addAll(Files.readAllLines(
                Captures.folder().resolve("lab-bpftrace/bpftrace.log"), StandardCharsets.ISO_8859_1));
        Random chance = new Random(7);
        StringBuilder text = new StringBuilder();
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                switch (chance.nextInt(150)) {
                    case 0 ->
                        text.append(line, 0, chance.nextInt(line.length() + 1)).append('\n');
                    case 1 ->
                        text.append(lines.get(chance.nextInt(lines.size()))).append('\n');
                    case 2 -> text.append(line).append('\n').append(line).append('\n');
                    case 3 -> text.append(line).append("\r\n");
                    case 4 -> text.append('\n').append(line.strip()).append('\n');
                    default -> text.append(line).append('\n');
                }
            }
        }

        readsTheSameAsLineByLine(text.toString());
    }

    @Test
    void readsAStackThatGoesOnBehindAnother() throws IOException {
        String event = "rst wall=1.5 probe=tcp_v4_send_reset src=203.0.113.9:1 dst=203.0.113.5:2\n" + STACK;

        readsTheSameAsLineByLine(event + event + "0xffffffff9ec448e2 : ip_protocol_deliver_rcu+0x32/0x210 [kernel]\n"
                + event + STACK + event + "rst probe=tcp_send_active_reset\n" + STACK + event.strip());
    }

    @Test
    void keepsTheTextOfAStackOnce() throws IOException {
        String text =
                ("rst wall=1.5 probe=tcp_v4_send_reset src=203.0.113.9:1 dst=203.0.113.5:2\n" + STACK).repeat(100);
        Set<Object> stacks = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Long> lines = new ArrayList<>();
        for (ProbeEvent event : read(text, 1 << 20).events) {
            stacks.add(event.stackIdentity());
            lines.add(event.stack().get(1).line());
        }

        assertThat(stacks).hasSize(1);
        assertThat(lines).hasSize(100).startsWith(3L, 6L, 9L).endsWith(300L);
    }

    @Test
    void sharesNoValuesBetweenLinesThatDiffer() throws IOException {
        List<ProbeEvent> events = read("""
                        rst probe=tcp_v4_send_reset comm=a src=203.0.113.9:1 dst=203.0.113.5:2 state=1 flags=ACK
                        rst probe=tcp_v4_send_reset comm=b src=203.0.113.9:1 dst=203.0.113.5:3 state=? flags=RST
                        rst probe=tcp_v4_send_reset comm=b dst=203.0.113.5:3 src=203.0.113.9:1 state=1 flags=RST
                        rst probe=tcp_v4_send_reset comm=a state=1 state=2
                        """, 1 << 20).events;

        assertThat(events).extracting(ProbeEvent::comm).containsExactly("a", "b", "b", "a");
        assertThat(events)
                .extracting(event -> event.fields().get("state"))
                .containsExactly("ESTABLISHED", null, "ESTABLISHED", "ESTABLISHED");
        assertThat(events.get(1).fields()).doesNotContainKey("state").hasSize(5);
        assertThat(events.get(2).source()).isEqualTo(new Endpoint("203.0.113.9", 1));
        assertThat(events.get(3).fields().keySet()).containsExactly("comm", "probe", "state");
    }
}
