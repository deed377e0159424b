package dev.backline.cli.dropin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.console.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class AnswerPagesTest {
    @Test
    void writesAnswersInTheOrderOfTheirQuestions() throws IOException {
        AnswerPages pages = new AnswerPages(4, 1 << 20);
        AnswerPages.Writer one = pages.writer();
        AnswerPages.Writer other = pages.writer();
        other.appendPrintable("third é\u001b");
        assertThat(other.end(2)).isTrue();
        one.appendPrintable("x".repeat(200_000));
        one.append('!');
        one.end(3);
        one.append("first ".getBytes(UTF_8));
        one.appendDecimal(0);
        one.append(' ');
        one.appendDecimal(Integer.MAX_VALUE);
        one.end(0);
        other.appendHexadecimal(0xffffffff8100abcdL, 16);
        other.appendHexadecimal(0xabcd, 8);
        other.end(1);

        assertThat(text(pages))
                .isEqualTo(
                        "first 0 2147483647" + "ffffffff8100abcd0000abcd" + "third é\\x1b" + "x".repeat(200_000) + "!");
    }

    @Test
    void saysWhenThereIsTooMuch() {
        AnswerPages pages = new AnswerPages(1_000, 1_000_000);
        AnswerPages.Writer writer = pages.writer();
        int answers = 0;
        boolean more = true;
        while (more) {
            writer.appendPrintable("x".repeat(10_000));
            more = writer.end(answers++);
        }

        assertThat(pages.isFull()).isTrue();
        assertThat(answers).isBetween(80, 110);
    }

    private static String text(AnswerPages pages) throws IOException {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        Output out = new Output(sink);
        pages.writeTo(out);
        out.flush();
        return sink.toString(UTF_8);
    }
}
