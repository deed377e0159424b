package dev.backline.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void escapesTerminalControlCharacters() {
        assertThat(Printable.of("\u001b[2Jx\u007f\n\u009b1m\u202e")).isEqualTo("\\x1b[2Jx\\x7f\\x0a\\x9b1m\\u202e");
    }

    @Test
    void leavesTextOfAnyScriptAlone() {
        String text = "tcp_v4_rcv größe 日本 \ud83d\udc27";
        assertThat(Printable.of(text)).isSameAs(text);
    }

    @Test
    void showsWhatNobodySees() {
        assertThat(Printable.of("a\u200bb\u2066c\ufeffd\u200fe")).isEqualTo("a\\u200bb\\u2066c\\ufeffd\\u200fe");
        assertThat(Printable.of("\udb40\udc41 \ud800 \udc00")).isEqualTo("\\ue0041 \\ud800 \\udc00");
    }
}
