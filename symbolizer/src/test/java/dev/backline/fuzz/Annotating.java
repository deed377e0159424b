package dev.backline.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.intake.Excerpt;
import dev.backline.intake.FileKind;
import dev.backline.intake.KernelLine;
import dev.backline.intake.LogInput;
import dev.backline.intake.LogReader;
import dev.backline.intake.Utf16;
import dev.backline.trace.LineFrame;
import dev.backline.trace.TraceReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Inserts marks at all frames of a log, as annotating it does, and checks that nothing else changes. */
final class Annotating {
    static final String NAME = "hostile";

    /** What needs an escape in some form. */
    private static final byte[] MARK = " <m> \"a\\b\" & c\t:1".getBytes(StandardCharsets.UTF_8);

    /** Documents up to this length are compared as a whole. */
    private static final int DOCUMENT = 1 << 16;

    private record Insertion(int place, byte[] text) {}

    private final TraceReader reader = new TraceReader();
    private final ByteArrayOutputStream input = new ByteArrayOutputStream();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    private Annotating() {}

    /** It must end in the annotated log, or in a complaint of one line that names the log. */
    static void check(byte[] log) {
        try {
            new Annotating().run(log);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining(NAME);
            assertThat(e.getMessage()).doesNotContain("\n").doesNotContain("null");
        }
    }

    private void run(byte[] log) throws IOException {
        LogInput opened = LogInput.open(NAME, new ByteArrayInputStream(log));
        InputStream expected =
                LogInput.open(NAME, new ByteArrayInputStream(log)).text();
        LogReader lines = new LogReader(opened.text());
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        Utf16 encoding = FileKind.of(log, log.length).isCompressed() ? null : opened.encoding();
        boolean panic = false;
        while (lines.next()) {
            Excerpt excerpt = lines.excerpt();
            byte[] text = new byte[excerpt.end() - excerpt.start()];
            System.arraycopy(excerpt.bytes(), excerpt.start(), text, 0, text.length);
            byte[] annotated = annotated(excerpt, text);
            if (isJsonLine(text)) {
                assertThat(StrictJson.isValid(annotated)).as(text(annotated)).isTrue();
            }
            // The lines of a panic's URL stand after its line, and are not in the input.
            panic |= text(text).contains("panic_report");
            if (panic) {
                continue;
            }
            assertThat(text(expected.readNBytes(text.length))).isEqualTo(text(text));
            if (encoding != null) {
                encoded.writeBytes(encoding.encode(text, 0, text.length));
            }
            if (input.size() < DOCUMENT) {
                input.writeBytes(text);
                output.writeBytes(annotated);
            }
        }
        if (panic) {
            return;
        }
        assertThat(expected.read()).isNegative();
        if (encoding != null) {
            encoded.writeBytes(encoding.rest());
            assertThat(text(encoded.toByteArray())).isEqualTo(text(log));
        }
        if (input.size() < DOCUMENT && StrictJson.isValid(input.toByteArray())) {
            assertThat(StrictJson.isValid(output.toByteArray()))
                    .as(text(output.toByteArray()))
                    .isTrue();
        }
    }

    private static boolean isJsonLine(byte[] text) {
        return text.length > 0
                && text.length < DOCUMENT
                && (text[0] == '{' || text[0] == '[')
                && StrictJson.isValid(text);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The excerpt with a line in front of each line with frames, and a mark after each frame. */
    private byte[] annotated(Excerpt excerpt, byte[] text) {
        List<Insertion> insertions = new ArrayList<>();
        for (KernelLine line : excerpt.lines()) {
            assertThat(line.number()).isEqualTo(excerpt.number());
            assertThat(line.prefixLength()).isBetween(0, line.length());
            int before = line.placeBefore();
            int place = before;
            int end = 0;
            for (LineFrame frame : reader.next(line)) {
                assertThat(frame.start()).isBetween(end, frame.end() - 1);
                assertThat(frame.end()).isBetween(frame.start(), line.length());
                assertThat(frame.prefixLength()).isBetween(0, frame.start());
                end = frame.end();
                insertions.add(new Insertion(before, line.lineBefore(frame.prefixLength(), MARK)));
                int after = line.placeAfter(frame.end());
                assertThat(after).isBetween(place, text.length);
                place = after;
                insertions.add(new Insertion(after, line.escaped(MARK)));
            }
            assertThat(line.placeAfter(line.length())).isBetween(place, text.length);
        }
        insertions.sort(Comparator.comparingInt(Insertion::place));
        ByteArrayOutputStream annotated = new ByteArrayOutputStream();
        int written = 0;
        for (Insertion each : insertions) {
            annotated.write(text, written, each.place() - written);
            annotated.writeBytes(each.text());
            written = each.place();
        }
        annotated.write(text, written, text.length - written);
        return annotated.toByteArray();
    }
}
