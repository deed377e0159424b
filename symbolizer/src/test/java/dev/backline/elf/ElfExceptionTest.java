package dev.backline.elf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ElfExceptionTest {
    @Test
    void keepsTheMessageOnOneLineForAnySectionName() {
        ElfException e = new ElfException("vmlinux: .de\nbug\u001b[31m$1\\ at 0x10: größer");
        assertThat(e).hasMessage("vmlinux: .de\\x0abug\\x1b[31m$1\\ at 0x10: größer");
    }
}
