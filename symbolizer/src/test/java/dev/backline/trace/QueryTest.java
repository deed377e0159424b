package dev.backline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
    /** Each is the same place as the query after the bar. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "f+0x10/0x20           | f+0x10/0x20",
                "f()+0x10              | f+0x10",
                "f() + 0x10            | f+0x10",
                "f + 0x10 / 0x20       | f+0x10/0x20",
                "*f+16                 | f+16",
                "&f+0x10               | f+0x10",
                "(f+0x10)              | f+0x10",
                "<f+16>                | f+16",
                "'f+0x10'              | f+0x10",
                "`f+0x10/0x20`         | f+0x10/0x20",
                "f+0x10/0x20:          | f+0x10/0x20",
                "list *(f+0x10)        | f+0x10",
                "info line *f+0x10     | f+0x10",
                "l *0xffffffff81acc3f0 | 0xffffffff81acc3f0",
                "[<ffffffff81acc3f0>]  | 0xffffffff81acc3f0",
                "<c0123456>            | 0xc0123456",
                "bridge!f+0x10         | bridge:f+0x10",
                "f+0x10 [bridge        | f+0x10 [bridge]",
                "f+0x10[bridge]        | f+0x10 [bridge]",
                "f+0x10/0x20 bridge    | f+0x10/0x20 [bridge]",
                "f()+0x10 [bridge]     | f+0x10 [bridge]",
                "list *f               | f+0x0"
            })
    void readsAPlaceWithTheMarksOfOtherTools(String text, String plain) {
        assertThat(Query.parse(text)).isNotNull().isEqualTo(FrameReference.parse(plain));
    }

    @Test
    void looksUpWhatRegistersPrintAsAnExactAddress() {
        assertThat(Query.parse("0010:f+0x5a/0x2e0"))
                .isEqualTo(FrameReference.parse("f+0x5a/0x2e0").withPc(Pc.EXACT));
        assertThat(Query.parse("e100:f+0x5a/0x2e0"))
                .as("a network driver")
                .isEqualTo(FrameReference.parse("e100:f+0x5a/0x2e0"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tcp_v4_rcv              | tcp_v4_rcv+0x0",
                "tcp_v4_rcv.isra.0.cold  | tcp_v4_rcv.isra.0.cold+0x0",
                "bridge:br_handle_frame  | bridge:br_handle_frame+0x0",
                "bridge!br_handle_frame  | bridge:br_handle_frame+0x0",
                "br_handle_frame [bridge]| br_handle_frame+0x0 [bridge]",
                "tcp_v4_rcv:0x10         | tcp_v4_rcv+0x10",
                "ffffffff81acc477        | 0xffffffff81acc477",
                "c0123456                | 0xc0123456"
            })
    void readsAWordThatIsNotAFile(String text, String plain) {
        assertThat(Query.parse(text)).as("a file of that name wins").isNull();
        assertThat(Query.parseWord(text)).isNotNull().isEqualTo(FrameReference.parse(plain));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "dmesg.txt",
                "logs/dmesg",
                "./f",
                "vmlinux-6.1.0",
                "core.1.gz",
                "C:\\logs\\dmesg.txt",
                "f+zz",
                "f+",
                "+",
                "*",
                "()",
                "[]",
                "<>",
                "!",
                "f!",
                "!f",
                "f:0xzz",
                "0.1",
                "f+0x1 [a b]",
                "f+0x1 [../x]"
            })
    void rejectsOtherText(String text) {
        assertThat(Query.parse(text)).isNull();
        assertThat(Query.parseWord(text)).isNull();
    }

    @Test
    void readsWhatTheStrictParserReadsInTheSameWay() {
        String pieces = "f+0x1/2: []g_.9a";
        Random random = new Random(7);
        int queries = 0;
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder("f+0x1");
            for (int n = random.nextInt(7); n > 0; n--) {
                text.insert(random.nextInt(text.length() + 1), pieces.charAt(random.nextInt(pieces.length())));
            }
            FrameReference strict = FrameReference.parse(text.toString().strip());
            if (strict != null) {
                queries++;
                assertThat(Query.parse(text.toString())).as(text.toString()).isEqualTo(strict);
            }
        }
        assertThat(queries).isGreaterThan(1000);
    }

    @Test
    @Timeout(2)
    void takesNoLongerThanTheTextIsLong() {
        for (String each : new String[] {"*", "(", "<", "'", " *", "+", "[", "!", "."}) {
            assertThat(Query.parse(each.repeat(100_000) + "f")).isNull();
        }
    }
}
