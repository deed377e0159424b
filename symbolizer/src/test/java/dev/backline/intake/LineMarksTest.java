package dev.backline.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the marks of a line rule out is not in the line. */
class LineMarksTest {
    private static final int LINES = 20_000;

    private final LineMarks marks = new LineMarks();

    @Test
    void marksRuleOutOnlyWhatIsNotInTheLine() {
        Random random = new Random(1);
        byte[] alphabet = "[+< 0123456789.]abcT\t\r\033\302\240\0".getBytes(StandardCharsets.ISO_8859_1);
        for (int n = 0; n < LINES; n++) {
            byte[] bytes = new byte[random.nextInt(60)];
            // Few kinds of characters in a line, so that some lines lack each of them.
            int kinds = 1 + random.nextInt(alphabet.length);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = alphabet[random.nextInt(kinds)];
            }
            int from = random.nextInt(bytes.length + 1);
            int end = from + random.nextInt(bytes.length - from + 1);
            marks.read(bytes, from, end);
            String text = new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
            assertTrue(marks.isUnusual() || !Invisible.isIn(bytes, from, end), text);
            assertEquals(text.indexOf('+') >= 0 || text.indexOf('<') >= 0, marks.hasAnchor(), text);
            int last = text.lastIndexOf('[');
            assertEquals(last < 0 ? -1 : from + last, marks.lastBracket(), text);
        }
    }

    @Test
    void printableTextIsNotUnusual() {
        byte[] line = "[   12.345678] BUG: kernel NULL pointer dereference\t~".getBytes(StandardCharsets.ISO_8859_1);
        marks.read(line, 0, line.length);
        assertTrue(!marks.isUnusual());
    }
}
