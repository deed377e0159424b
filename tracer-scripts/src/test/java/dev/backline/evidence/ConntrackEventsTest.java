package dev.backline.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.capture.Probes;
import dev.backline.fixtures.Captures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConntrackEventsTest {
    private static final String TUPLES = "src=172.17.0.2 dst=203.0.113.10 sport=50098 dport=443 src=203.0.113.10"
            + " dst=203.0.113.5 sport=443 dport=50098";

    private static ConntrackEvents conntrack(String... lines) throws IOException {
        ConntrackEvents conntrack = new ConntrackEvents();
        conntrack.read(
                "ct.txt", new ByteArrayInputStream((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8)));
        return conntrack;
    }

    private static ConntrackEvents.@Nullable Match match(ConntrackEvents conntrack, String wall) {
        return conntrack.match(Probes.noSocket("wall=" + wall, "203.0.113.10:443", "203.0.113.5:50098", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "    [NEW] tcp      6 120 SYN_SENT " + TUPLES,
                "[1795365331.196470]\t    [NEW] tcp      6 119 SYN_SENT " + TUPLES + " id=1503207641",
                "[1795365331.196470]\t [UPDATE] ipv4     2 tcp      6 432000 ESTABLISHED " + TUPLES
                        + " [ASSURED] id=15",
                "tcp      6 431999 ESTABLISHED " + TUPLES + " [ASSURED] mark=0 use=1",
                "ipv4     2 tcp      6 431999 ESTABLISHED " + TUPLES + " [ASSURED] mark=0 zone=0 use=2",
            })
    void tellsThatAnEntryWasThereAndWhereNatSendsItsAnswers(String line) throws IOException {
        ConntrackEvents.Match match = match(conntrack(line), "1795365332.0");
        assertThat(match).isNotNull();
        assertThat(Objects.requireNonNull(match).alive()).isTrue();
        assertThat(match.translated()).hasToString("172.17.0.2:50098");
        assertThat(match.sentence()).contains("ct.txt line 1", "reached TCP untranslated");
    }

    @Test
    void readsPacketsOfTheOriginalDirectionToo() throws IOException {
        ConntrackEvents conntrack =
                conntrack("[NEW] tcp 6 120 SYN_SENT src=203.0.113.9 dst=203.0.113.5 sport=5000 dport=8080 [UNREPLIED]"
                        + " src=172.17.0.2 dst=203.0.113.9 sport=80 dport=5000");
        ConntrackEvents.Match match =
                conntrack.match(Probes.noSocket("wall=1795365332.0", "203.0.113.9:5000", "203.0.113.5:8080", ""));
        assertThat(Objects.requireNonNull(match).translated()).hasToString("172.17.0.2:80");
    }

    @Test
    void saysThatAnEntryWasGone() throws IOException {
        ConntrackEvents conntrack = conntrack(
                "[1795365331.196470] [NEW] tcp 6 119 SYN_SENT " + TUPLES + " id=1",
                "[1795365340.100000] [DESTROY] tcp 6 CLOSE " + TUPLES + " [ASSURED] id=1");
        assertThat(match(conntrack, "1795365330.0")).isNull();
        assertThat(Objects.requireNonNull(match(conntrack, "1795365335.5")).alive())
                .isTrue();
        // conntrack prints an end when it has read it: a moment before may be behind it already.
        assertThat(Objects.requireNonNull(match(conntrack, "1795365339.5")).alive())
                .isNull();
        ConntrackEvents.Match gone = Objects.requireNonNull(match(conntrack, "1795365340.5"));
        assertThat(gone.alive()).isFalse();
        assertThat(gone.sentence()).contains("had been deleted 400 ms earlier (ct.txt line 2)");
        assertThat(match(conntrack, "1795369999.0")).isNull();
    }

    @Test
    void takesTheEntryThatWasThereOfSeveralWithTheSameEnds() throws IOException {
        ConntrackEvents conntrack = conntrack(
                "[1795365331.1] [NEW] tcp 6 119 SYN_SENT " + TUPLES,
                "[1795365340.1] [DESTROY] tcp 6 " + TUPLES,
                "[1795365350.1] [NEW] tcp 6 119 SYN_SENT " + TUPLES);
        assertThat(Objects.requireNonNull(match(conntrack, "1795365345.5")).alive())
                .isFalse();
        assertThat(Objects.requireNonNull(match(conntrack, "1795365355.5")).alive())
                .isTrue();
    }

    @Test
    void doesNotGuessWhatCameFirstWithoutTimes() throws IOException {
        ConntrackEvents conntrack = conntrack("[NEW] tcp 6 119 SYN_SENT " + TUPLES, "[DESTROY] tcp 6 " + TUPLES);
        assertThat(Objects.requireNonNull(match(conntrack, "1795365345.5")).alive())
                .isNull();
        assertThat(conntrack.notes()).anyMatch(note -> note.contains("conntrack -E -o timestamp"));
    }

    @Test
    void saysWhatItCouldNotRead() throws IOException {
        ConntrackEvents conntrack = conntrack(
                "conntrack v1.4.7 (conntrack-tools): 2 flow entries have been shown.",
                "[NEW] udp      17 30 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1",
                "[1795365331.196470] [NEW] icmp     1 30 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=1",
                "nonsense",
                "[NEW] tcp 6 119 SYN_SENT src=10.0.0.1 dst=");
        assertThat(conntrack.notes())
                .anyMatch(note -> note.contains("2 lines are not conntrack events (the first: ct.txt line 4"));
    }

    @Test
    void readsEveryLineOfARecording() throws IOException {
        ConntrackEvents conntrack = new ConntrackEvents();
        try (InputStream in =
                Files.newInputStream(Captures.folder().resolve("lab-kaslr").resolve("conntrack.txt"))) {
            conntrack.read("conntrack.txt", in);
        }
        assertThat(conntrack.notes()).isEmpty();
    }
}
