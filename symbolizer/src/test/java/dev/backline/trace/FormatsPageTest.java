package dev.backline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares docs/formats.md with the table of notations. */
class FormatsPageTest {
    @ParameterizedTest
    @EnumSource(Notation.class)
    void showsTheSampleOfEachNotationAndItsFrames(Notation notation) throws IOException {
        List<String> page = Files.readAllLines(
                Objects.requireNonNull(Captures.folder().getParent().getParent())
                        .resolve("docs/formats.md"));
        String row = "| " + notation.title() + " | `" + notation.sample().strip() + "` | ";

        List<String> rows = page.stream().filter(line -> line.startsWith(row)).toList();
        assertThat(rows).as("rows of docs/formats.md that start with %s", row).hasSize(1);
        TraceReader reader = new TraceReader();
        // Read twice: the first frame of a probe's backtrace can be exact, the page shows the other frames.
        reader.next(notation.sample());
        for (LineFrame frame : reader.next(notation.sample())) {
            FrameReference reference = frame.reference();
            String place = NotationTableTest.place(frame);
            assertThat(rows.get(0).substring(row.length()))
                    .contains("`" + place + "` " + (reference.pc() == Pc.EXACT ? "exact" : "return"));
        }
    }
}
