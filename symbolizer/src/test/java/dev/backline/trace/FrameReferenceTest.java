package dev.backline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReferenceTest {
    @Test
    void readsAFunctionWithOffsetAndSizeAsAReturnAddress() {
        assertThat(FrameReference.parse("tcp_v4_rcv+0x99b/0xee0"))
                .isEqualTo(new FrameReference("tcp_v4_rcv", 0x99bL, 0xee0L, null, null, Pc.RETURN));
    }

    @Test
    void readsAnOffsetWithoutASizeAndInDecimal() {
        assertThat(FrameReference.parse("tcp_v4_rcv+2459"))
                .isEqualTo(new FrameReference("tcp_v4_rcv", 2459L, null, null, null, Pc.RETURN));
    }

    @Test
    void readsTheStartOfAFunctionAsAnExactAddress() {
        assertThat(FrameReference.parse("tcp_reset+0x0/0x120"))
                .isEqualTo(new FrameReference("tcp_reset", 0L, 0x120L, null, null, Pc.EXACT));
    }

    @Test
    void readsTheModuleAfterOrBeforeTheFunction() {
        FrameReference behind = FrameReference.parse("br_handle_frame+0x1a3/0x3b0 [bridge]");
        FrameReference before = FrameReference.parse("bridge:br_handle_frame+0x1a3/0x3b0");

        assertThat(behind).isEqualTo(before);
        assertThat(behind.module()).isEqualTo("bridge");
        assertThat(behind.symbol()).isEqualTo("br_handle_frame");
    }

    @Test
    void keepsTheCompilersSuffixesInTheName() {
        assertThat(FrameReference.parse("__netif_receive_skb_core.constprop.0+0x1f/0xd80")
                        .symbol())
                .isEqualTo("__netif_receive_skb_core.constprop.0");
        assertThat(FrameReference.parse("pmd_set_huge.cold+0x23/0x25").symbol()).isEqualTo("pmd_set_huge.cold");
    }

    @Test
    void readsABareAddressAsExact() {
        assertThat(FrameReference.parse("0xffffffff81000000"))
                .isEqualTo(new FrameReference(null, null, null, null, 0xffffffff81000000L, Pc.EXACT));
    }

    /** The grammar of queries as a regular expression: the oracle for the hand-written parser. */
    private static final Pattern QUERY = Pattern.compile("0[xX](?<address>\\p{XDigit}{1,16})"
            + "|(?:(?<before>[A-Za-z0-9_-]{1,255}):)?(?<symbol>[^\\s+:/\\[\\]]{1,4096})"
            + "\\+(?<offset>0[xX]\\p{XDigit}{1,16}|\\d{1,18})(?:/(?<size>0[xX]\\p{XDigit}{1,16}|\\d{1,18}))?"
            + "(?:\\s+\\[(?<after>[A-Za-z0-9_-]{1,255})])?");

    @Test
    void acceptsExactlyTheQueriesOfTheGrammar() {
        List<String> pieces = List.of(
                "tcp_v4_rcv",
                "f",
                ".cold",
                "+",
                "+0x1",
                "+0x",
                "+16",
                "/",
                "/0x2f",
                "/3",
                ":",
                "bridge:",
                " [bridge]",
                "\t[",
                "]",
                " ",
                "0x",
                "0Xff",
                "ffffffff81000000",
                "x".repeat(255),
                "x".repeat(4096),
                "9".repeat(18),
                "\u00e9",
                "\ud83d\ude00",
                "\u00a0",
                "-",
                "_");
        Random random = new Random(20_261_122);
        int queries = 0;
        for (int i = 0; i < 30_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(7); n > 0; n--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            queries += agrees(text.toString()) ? 1 : 0;
        }
        assertThat(queries).isGreaterThan(300);
    }

    @Test
    void agreesWithTheGrammarForEachCharacterAtEachPosition() {
        for (int c = 0; c < 0x180; c++) {
            String each = Character.toString(c);
            for (String around : List.of(
                    "%s",
                    "a%s+0x1",
                    "%sa+0x1",
                    "f+%s",
                    "f+0%s1",
                    "f+0x%s",
                    "f+0x1%s",
                    "f+0x1/0x%s",
                    "f+0x1%s[m]",
                    "f+0x1 [%s]",
                    "f+0x1 [a%sb]",
                    "%s:f+0x1",
                    "a%sb:f+0x1",
                    "0x%s",
                    "f+0x1 %s")) {
                agrees(around.replace("%s", each));
            }
        }
    }

    @Test
    void acceptsNamesUpToTheLongestLength() {
        for (int length : new int[] {1, 255, 256, 4095, 4096, 4097}) {
            agrees("x".repeat(length) + "+0x1");
            agrees("\ud83d\ude00".repeat(length) + "+0x1");
            agrees("x".repeat(length) + ":f+0x1");
            agrees("f+0x1 [" + "x".repeat(length) + "]");
        }
    }

    @Test
    void isEqualIfAllPartsAreEqual() {
        FrameReference reference = new FrameReference("f", 1L, 2L, "m", 3L, Pc.RETURN);
        List<FrameReference> others = List.of(
                new FrameReference("g", 1L, 2L, "m", 3L, Pc.RETURN),
                new FrameReference("f", 2L, 2L, "m", 3L, Pc.RETURN),
                new FrameReference("f", 1L, null, "m", 3L, Pc.RETURN),
                new FrameReference("f", 1L, 2L, null, 3L, Pc.RETURN),
                new FrameReference("f", 1L, 2L, "m", null, Pc.RETURN),
                reference.withPc(Pc.EXACT));

        assertThat(reference).isEqualTo(others.get(5).withPc(Pc.RETURN));
        assertThat(reference).hasSameHashCodeAs(others.get(5).withPc(Pc.RETURN));
        assertThat(reference).isNotEqualTo("f");
        for (FrameReference other : others) {
            assertThat(reference).isNotEqualTo(other).doesNotHaveSameHashCodeAs(other);
        }
    }

    /** Whether the text is a query by the grammar; checks that the parser agrees. */
    private static boolean agrees(String text) {
        FrameReference reference = FrameReference.parse(text);
        Matcher query = QUERY.matcher(text);
        if (!query.matches() || (query.group("before") != null && query.group("after") != null)) {
            assertThat(reference).as(text).isNull();
            return false;
        }
        assertThat(reference).as(text).isNotNull();
        assertThat(reference.symbol()).as(text).isEqualTo(query.group("symbol"));
        String address = query.group("address");
        assertThat(reference.address())
                .as(text)
                .isEqualTo(address == null ? null : Long.valueOf(Long.parseUnsignedLong(address, 16)));
        assertThat(reference.module())
                .as(text)
                .isEqualTo(query.group("before") == null ? query.group("after") : query.group("before"));
        assertThat(reference.size()).as(text).isEqualTo(number(query.group("size")));
        if (address == null) {
            assertThat(reference.offset()).as(text).isEqualTo(number(query.group("offset")));
        }
        return true;
    }

    private static Long number(String text) {
        if (text == null) {
            return null;
        }
        return text.length() > 1 && Character.toLowerCase(text.charAt(1)) == 'x'
                ? Long.parseUnsignedLong(text.substring(2), 16)
                : Long.parseLong(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "crash.log",
                "./vmlinux+notes.txt",
                "vfs_read",
                "vfs_read+",
                "+0x10",
                "vfs_read+zz",
                "vfs_read+0x10/",
                "vfs_read+0x10/0x",
                "vfs_read+0x11112222333344445",
                "99999999999999999999",
                "0xfffffffffffffffff",
                "a:b+0x1 [c]",
                "b+0x1 [../../etc]",
                "b+0x1 [c] trailing",
            })
    void rejectsOtherText(String text) {
        assertThat(FrameReference.parse(text)).isNull();
    }
}
