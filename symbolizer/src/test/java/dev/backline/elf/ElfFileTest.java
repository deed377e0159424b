package dev.backline.elf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfFileTest {
    @TempDir
    Path folder;

    @Test
    void saysThatAFileDoesNotExist() {
        Path file = folder.resolve("vmlinux");
        assertThatThrownBy(() -> ElfFile.open(file)).hasMessage(file + ": there is no such file");
    }

    @Test
    void saysThatADirectoryIsNotAnElfFile() {
        assertThatThrownBy(() -> ElfFile.open(folder))
                .isInstanceOf(ElfException.class)
                .hasMessageStartingWith(folder + ": is a directory; give an ELF file");
    }

    @Test
    void saysWhatAFileSeemsToBe() {
        assertThat(messageFor("")).isEqualTo("f: is not an ELF file: it is empty");
        assertThat(messageFor("hello\n"))
                .isEqualTo("f: is not an ELF file: it is text; use the vmlinux with debug info of that kernel");
        assertThat(messageFor("\0\1\2\3\4")).contains("begins with the bytes 00 01 02 03");
        assertThat(messageFor("MZ" + "\0".repeat(0x200) + "HdrS")).contains("bzImage", "use the vmlinux");
        assertThat(messageFor("MYSG\1\0")).contains("GSYM");
        assertThat(messageFor("\37\213\10\0")).contains("gzip");
        assertThat(messageFor("\177ELF\2\1\1")).isEqualTo("f: ends within the ELF header: the file has only 7 bytes");
    }

    private static String messageFor(String content) {
        try {
            return "opened " + ElfFile.of("f", content.getBytes(ISO_8859_1));
        } catch (ElfException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
