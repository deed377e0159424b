package dev.backline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the frames of every line of fixtures/captures/notations.tsv with the expected frames. */
class NotationTableTest {
    private record Group(String name, List<String> lines, List<String> expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Group> groups() throws IOException {
        List<Group> groups = new ArrayList<>();
        for (String row : Captures.lines("notations.tsv")) {
            int tab = row.indexOf('\t');
            if (row.startsWith("---") && tab < 0) {
                groups.add(new Group(row.substring(3).strip(), new ArrayList<>(), new ArrayList<>()));
            } else if (tab >= 0) {
                Group group = groups.get(groups.size() - 1);
                group.lines.add(unescape(row.substring(0, tab)));
                group.expected.add(row.substring(tab + 1));
            }
        }
        return groups.stream();
    }

    static String unescape(String line) {
        return line.replace("\\t", "\t").replace("\\r", "\r").replace("\\x1b", "\u001b");
    }

    @ParameterizedTest
    @MethodSource("groups")
    void findsTheFramesOfEachLine(Group group) {
        TraceReader reader = new TraceReader();
        List<String> found = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < group.lines.size(); i++) {
            String line = group.lines.get(i);
            found.add(line + " → " + describe(reader.next(line)));
            expected.add(line + " → " + group.expected.get(i));
        }

        assertThat(found).isEqualTo(expected);
    }

    @Test
    void hasALineForEveryNotation() throws IOException {
        Set<Notation> seen = EnumSet.noneOf(Notation.class);
        for (Group group : groups().toList()) {
            TraceReader reader = new TraceReader();
            for (String line : group.lines) {
                reader.next(line).forEach(frame -> seen.add(frame.notation()));
            }
        }

        assertThat(seen).containsExactlyInAnyOrder(Notation.values());
    }

    @Test
    void givesPositionsThatEncloseTheFrameWithinTheLine() throws IOException {
        List<Group> groups = groups().toList();
        for (Group group : groups) {
            TraceReader reader = new TraceReader();
            for (String line : group.lines) {
                int before = 0;
                for (LineFrame frame : reader.next(line)) {
                    assertThat(frame.start()).as(line).isGreaterThanOrEqualTo(before);
                    assertThat(frame.end()).as(line).isBetween(frame.start() + 1, line.length());
                    assertThat(frame.prefixLength()).as(line).isBetween(0, frame.start());
                    String text = line.substring(frame.start(), frame.end());
                    assertThat(text).as(line).isEqualTo(text.strip());
                    String symbol = frame.reference().symbol();
                    assertThat(text).as(line).contains(symbol == null ? "" : symbol);
                    before = frame.end();
                }
            }
        }
        assertThat(groups.stream().mapToInt(group -> group.lines.size()).sum()).isGreaterThan(300);
    }

    /** A reader reuses its buffers: bytes of an earlier, longer line must not be read as part of a shorter one. */
    @Test
    void ignoresBytesOfEarlierLinesAfterATruncatedLine() throws IOException {
        Set<String> lines = new LinkedHashSet<>();
        for (Group group : groups().toList()) {
            for (String line : group.lines) {
                for (int end = 1; end <= line.length(); end++) {
                    lines.add(line.substring(0, end));
                }
            }
        }
        List<String> expected = null;
        for (String left : List.of("~", "0", "+", ")", "]")) {
            TraceReader reader = new TraceReader();
            String longer = left.repeat(256);
            List<String> found = new ArrayList<>();
            for (String line : lines) {
                // Fill both buffers: one keeps the previous line.
                assertThat(reader.next(longer).isEmpty() && reader.next(longer).isEmpty())
                        .isTrue();
                found.add(line + " → " + describe(reader.next(line)));
            }
            expected = expected == null ? found : expected;
            assertThat(found)
                    .as("after the end of the lines, the buffer contained %s", left)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(Notation.class)
    void findsTheFramesOfEachNotationsSampleByThatNotation(Notation notation) {
        assertThat(new TraceReader().next(notation.sample()))
                .extracting(LineFrame::notation)
                .contains(notation);
    }

    /** A frame's place in the notation of the table: {@code symbol+offset/size [module] @address}. */
    static String place(LineFrame frame) {
        FrameReference reference = frame.reference();
        StringBuilder text = new StringBuilder();
        if (reference.symbol() != null) {
            text.append(reference.symbol());
            if (reference.offset() != null) {
                text.append("+0x").append(Long.toHexString(reference.offset()));
            }
            if (reference.size() != null) {
                text.append("/0x").append(Long.toHexString(reference.size()));
            }
            text.append(' ');
        }
        if (reference.module() != null) {
            text.append('[').append(reference.module()).append("] ");
        }
        if (reference.address() != null) {
            text.append('@').append(Long.toHexString(reference.address()));
        }
        return text.toString().strip();
    }

    private static String describe(List<LineFrame> frames) {
        List<String> texts = new ArrayList<>();
        for (LineFrame frame : frames) {
            texts.add(place(frame)
                    + " "
                    + frame.reference().pc().name().toLowerCase(Locale.ROOT)
                    + (frame.reliable() ? "" : " ?")
                    + (frame.mark() == Mark.NONE
                            ? ""
                            : " " + frame.mark().name().toLowerCase(Locale.ROOT)));
        }
        return texts.isEmpty() ? "-" : String.join(" ; ", texts);
    }
}
