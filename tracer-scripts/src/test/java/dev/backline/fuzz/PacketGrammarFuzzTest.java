package dev.backline.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.backline.fixtures.Choices;
import dev.backline.packet.CaptureFiles;
import dev.backline.packet.CaptureFiles.Read;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A fuzz target. Its input selects a packet capture from a grammar, which also knows the right packets. A second capture is
 * the same with damage.
 */
class PacketGrammarFuzzTest {
    private static final String NAME = "hostile.pcap";

    private static final int FEW = 2_000;
    private static final int MANY = 200_000;

    @MethodSource("choices")
    @FuzzTest
    void packetGrammar(byte[] input) throws IOException {
        Choices choices = new Choices(input);
        PacketGrammar model = new PacketGrammar(choices);
        List<String> notes = new ArrayList<>();
        assertThat(CaptureFiles.read(NAME, model.file(), notes)).isEqualTo(model.packets());
        assertThat(notes.stream().filter(note -> note.contains("damaged"))).isEmpty();
        assertThat(notes.stream().anyMatch(note -> note.contains("reports that " + model.drops() + " packets")))
                .isEqualTo(model.drops() > 0);
        assertThat(notes.stream().anyMatch(note -> note.contains(": " + model.foreign() + " packets of link type")))
                .isEqualTo(model.foreign() > 0);
        if (!model.records().isEmpty()) {
            damage(choices, model);
        }
    }

    /** Damages a packet, or cuts the file there. The packets before it stay. */
    private static void damage(Choices choices, PacketGrammar model) throws IOException {
        int record = choices.below(model.records().size());
        int[] place = model.records().get(record);
        int at = choices.between(place[0], place[1] - 1);
        byte[] damaged = model.file().clone();
        if (choices.oneIn(3)) {
            damaged = Arrays.copyOf(damaged, at);
        } else {
            int width = Math.min(choices.ofInts(1, 2, 4), place[1] - at);
            Arrays.fill(damaged, at, at + width, (byte) choices.ofInts(0, 1, 0x7f, 0x80, 0xff));
        }
        List<String> notes = new ArrayList<>();
        List<Read> found = CaptureFiles.read(NAME, damaged, notes);
        List<Read> before =
                model.packets().stream().filter(read -> read.number() <= record).toList();
        assertThat(found.subList(0, Math.min(before.size(), found.size()))).isEqualTo(before);
        assertThat(notes).allSatisfy(note -> assertThat(note).contains(NAME).doesNotContain("\n"));
    }

    @Test
    void holdsForRandomChoices() throws IOException {
        run(0, FEW);
    }

    @Tag("slow")
    @Test
    void holdsForManyRandomChoices() throws IOException {
        run(FEW, MANY);
    }

    private void run(int from, int to) throws IOException {
        for (long seed = from; seed < to; seed++) {
            try {
                packetGrammar(Choices.random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    static Stream<Arguments> choices() {
        return LongStream.range(0, 30).mapToObj(seed -> Arguments.of((Object) Choices.random(seed)));
    }
}
