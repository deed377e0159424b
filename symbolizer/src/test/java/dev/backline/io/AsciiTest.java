package dev.backline.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AsciiTest {
    @Test
    void knowsDigitsLettersAndSpace() {
        StringBuilder digits = new StringBuilder();
        StringBuilder letters = new StringBuilder();
        StringBuilder space = new StringBuilder();
        for (int c = Byte.MIN_VALUE; c <= Character.MAX_VALUE; c++) {
            if (Ascii.isDigit(c)) {
                digits.append((char) c);
            }
            if (Ascii.isLetter(c)) {
                letters.append((char) c);
            }
            if (Ascii.isSpace(c)) {
                space.append((char) c);
            }
        }
        assertThat(digits).hasToString("0123456789");
        assertThat(letters).hasToString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
        assertThat(space).hasToString("\t\n\u000b\f\r ");
    }
}
