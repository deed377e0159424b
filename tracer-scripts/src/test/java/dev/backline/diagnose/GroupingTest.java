package dev.backline.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.capture.CaptureFormat;
import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.capture.ProbeFrame;
import dev.backline.trace.LineFrame;
import dev.backline.trace.TraceReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GroupingTest {
    private static final Diagnosis WHY = DiagnoserTest.diagnosis(Cause.CLOSED_PORT, Confidence.CERTAIN);
    private static final List<CallStep> STACK = List.of(step("tcp_v4_send_reset+0x0/0x1", "tcp_v4_send_reset"));

    private final Grouping grouping = new Grouping();

    private static CallStep step(String place, String... functions) {
        return new CallStep(1, place, List.of(functions), null, true, null);
    }

    private static ProbeEvent event(
            String probe, @Nullable Instant time, @Nullable Endpoint source, Map<String, String> fields) {
        return new ProbeEvent(
                "-",
                1,
                CaptureFormat.BACKLINE,
                null,
                time,
                null,
                probe,
                null,
                source,
                null,
                false,
                null,
                null,
                fields,
                List.of(),
                1);
    }

    private static ProbeEvent event(String probe) {
        return event(probe, null, null, Map.of());
    }

    private static ProbeEvent from(String address) {
        return event("tcp_v4_send_reset", null, new Endpoint(address, 1), Map.of());
    }

    @Test
    void countsEventsWithTheSameCauseAndStackAndPutsTheMostFirst() {
        ProbeEvent first = event("tcp_v4_send_reset");
        assertThat(grouping.add(first, STACK, WHY)).isZero();
        assertThat(grouping.add(event("tcp_v6_send_reset"), STACK, WHY)).isEqualTo(1);
        assertThat(grouping.add(event("tcp_v6_send_reset"), STACK, WHY)).isEqualTo(1);

        assertThat(grouping.groups()).extracting(Grouping.Group::number).containsExactly(1, 0);
        assertThat(grouping.groups()).extracting(Grouping.Group::count).containsExactly(2L, 1L);
        assertThat(grouping.groups().get(1).first()).isSameAs(first);
        assertThat(grouping.left()).isZero();
    }

    @Test
    void keepsApartWhatDiffersInCauseOrConfidenceOrInAFunctionOfTheStack() {
        List<List<CallStep>> stacks = List.of(
                STACK,
                List.of(STACK.get(0), step("x", "tcp_v4_rcv")),
                List.of(STACK.get(0), step("x", "ip_rcv")),
                List.of(STACK.get(0), step("0xffffffffc0000000")),
                List.of(STACK.get(0), step("0xffffffffc0000010")));
        List<Diagnosis> causes = List.of(
                WHY,
                DiagnoserTest.diagnosis(Cause.CLOSED_PORT, Confidence.LIKELY),
                DiagnoserTest.diagnosis(Cause.NO_SOCKET, Confidence.LIKELY));
        for (List<CallStep> stack : stacks) {
            for (Diagnosis why : causes) {
                grouping.add(event("tcp_v4_send_reset"), stack, why);
            }
        }

        assertThat(grouping.groups()).hasSize(stacks.size() * causes.size());
    }

    @Test
    void takesCallsOfOneFunctionFromDifferentPlacesInItTogether() {
        grouping.add(event("p"), List.of(step("tcp_v4_rcv+0x10/0x20", "tcp_v4_rcv")), WHY);
        grouping.add(event("p"), List.of(step("tcp_v4_rcv+0x18/0x20", "tcp_v4_rcv")), WHY);

        assertThat(grouping.groups()).hasSize(1);
    }

    @Test
    void tellsTheEarliestAndTheLatestTimeInWhateverOrderEventsCome() {
        for (Integer second : new Integer[] {20, null, 10, 30, 15}) {
            Instant time = second == null ? null : Instant.ofEpochSecond(second);
            grouping.add(event("p", time, null, Map.of()), STACK, WHY);
        }
        grouping.add(event("q"), STACK, WHY);

        Grouping.Group timed = grouping.groups().get(0);
        assertThat(timed.from()).isEqualTo(Instant.ofEpochSecond(10));
        assertThat(timed.to()).isEqualTo(Instant.ofEpochSecond(30));
        assertThat(grouping.groups().get(1).from()).isNull();
        assertThat(grouping.groups().get(1).to()).isNull();
    }

    @Test
    void namesEachPeerOnceAndNotMoreThanAHundred() {
        grouping.add(from("192.0.2.1"), STACK, WHY);
        grouping.add(from("192.0.2.1"), STACK, WHY);
        grouping.add(event("tcp_v4_send_reset"), STACK, WHY);
        assertThat(grouping.groups().get(0).peers()).containsExactly("192.0.2.1");

        for (int i = 0; i < 150; i++) {
            grouping.add(from("198.51.100." + i), STACK, WHY);
        }
        assertThat(grouping.groups().get(0).peers()).hasSize(100);
        assertThat(grouping.groups().get(0).count()).isEqualTo(153);
    }

    @Test
    void countsWhatGoesBeyondTenThousandGroupsAndStillCountsInThose() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(grouping.add(event("p" + i), STACK, WHY)).isEqualTo(i);
        }
        assertThat(grouping.add(event("another"), STACK, WHY)).isNull();
        assertThat(grouping.add(event("one more"), STACK, WHY)).isNull();
        assertThat(grouping.add(event("p7"), STACK, WHY)).isEqualTo(7);

        assertThat(grouping.groups()).hasSize(10_000);
        assertThat(grouping.groups().get(0).count()).isEqualTo(2);
        assertThat(grouping.left()).isEqualTo(2);
    }

    /** A hundred megabytes or so of first events: fields, or frames, of a megabyte each. */
    @Test
    void keepsNoMoreFirstEventsThanMemoryIsMeantForThem() {
        String text = "x".repeat(1 << 20);
        List<ProbeEvent> large = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            large.add(event("f" + i, null, null, Map.of("comm", text)));
        }
        assertThat(kept(large)).isBetween(90, 100);

        LineFrame frame = new TraceReader().next(" tcp_v4_rcv+0x1/0x2").get(0);
        List<ProbeEvent> deep = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            deep.add(event("s" + i).withStack(List.of(new ProbeFrame(2, text, frame))));
        }
        // Two bytes a character: texts of frames may be of any script.
        assertThat(kept(deep)).isBetween(45, 50);
    }

    /** A million peers of 150 bytes each would be more than what all groups may take. */
    @Test
    void keepsNoMorePeersThanMemoryIsMeantForThem() {
        List<ProbeEvent> peers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            peers.add(from("192.0.2." + i));
        }
        for (int i = 0; i < 10_000; i++) {
            List<CallStep> stack = List.of(step("x", "f" + i));
            for (ProbeEvent event : peers) {
                grouping.add(event, stack, WHY);
            }
        }

        assertThat(grouping.groups().stream()
                        .mapToInt(group -> group.peers().size())
                        .sum())
                .isBetween(500_000, 700_000);
        assertThat(grouping.groups()).extracting(Grouping.Group::count).containsOnly(100L);
    }

    private static int kept(List<ProbeEvent> events) {
        Grouping grouping = new Grouping();
        for (ProbeEvent event : events) {
            grouping.add(event, STACK, WHY);
        }
        assertThat(grouping.left()).isEqualTo(events.size() - grouping.groups().size());
        return grouping.groups().size();
    }
}
