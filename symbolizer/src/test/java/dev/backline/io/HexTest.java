package dev.backline.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HexTest {
    @Test
    void knowsTheDigitsThatTheClassLibraryKnowsInAscii() {
        for (int c = 0; c < 0x80; c++) {
            assertThat(Hex.digit(c)).as("digit of %x", c).isEqualTo(Character.digit(c, 16));
        }
    }

    @Test
    void rejectsDigitsOutsideAscii() {
        for (int c = Byte.MIN_VALUE; c < 0; c++) {
            assertThat(Hex.digit(c)).as("digit of %d", c).isEqualTo(-1);
        }
        for (int c = 0x80; c <= Character.MAX_VALUE; c++) {
            assertThat(Hex.digit(c)).as("digit of %x", c).isEqualTo(-1);
        }
    }

    @Test
    void printsUnsignedNumbers() {
        assertThat(Hex.text(0)).isEqualTo("0x0");
        assertThat(Hex.text(0x1aB)).isEqualTo("0x1ab");
        assertThat(Hex.text(-1)).isEqualTo("0xffffffffffffffff");
    }
}
