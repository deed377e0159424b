package dev.backline.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceFileTest {
    /** DWARF5 6.2.4: a name is relative to the directory, and that to the compilation directory. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', emptyValue = "", textBlock = """
            /build | net/ipv4 | tcp.c       | /build/net/ipv4/tcp.c | net/ipv4/tcp.c
            /build | ''       | net/tcp.c   | /build/net/tcp.c      | net/tcp.c
            /build | /abs     | tcp.c       | /abs/tcp.c            | /abs/tcp.c
            /build | net      | /abs/tcp.c  | /abs/tcp.c            | /abs/tcp.c
            /build | ''       | /abs/tcp.c  | /abs/tcp.c            | /abs/tcp.c
            ''     | net      | tcp.c       | net/tcp.c             | net/tcp.c
            ''     | ''       | tcp.c       | tcp.c                 | tcp.c
            /      | net/     | tcp.c       | /net/tcp.c            | net/tcp.c
            """)
    void joinsNameAndDirectoriesUnlessTheNextPartIsAbsolute(
            String compilation, String directory, String name, String path, String relative) {
        SourceFile file = new SourceFile(compilation, directory, name);

        assertThat(file.path()).isEqualTo(path);
        assertThat(file.relativePath()).isEqualTo(relative);
        assertThat(file).hasToString(path);
    }

    @Test
    void isEqualIfAllPartsAreEqual() {
        SourceFile file = new SourceFile("/build", "net", "tcp.c");

        assertThat(file).isEqualTo(new SourceFile("/build", "net", "tcp.c"));
        assertThat(file).hasSameHashCodeAs(new SourceFile("/build", "net", "tcp.c"));
        assertThat(file).isNotEqualTo(new SourceFile("/", "net", "tcp.c"));
        assertThat(file).isNotEqualTo(new SourceFile("/build", "", "tcp.c"));
        assertThat(file).isNotEqualTo(new SourceFile("/build", "net", "udp.c"));
        assertThat(file).isNotEqualTo("/build/net/tcp.c");
        assertThat(Set.of(
                        file.hashCode(),
                        new SourceFile("/", "net", "tcp.c").hashCode(),
                        new SourceFile("/build", "ipv4", "tcp.c").hashCode(),
                        new SourceFile("/build", "net", "udp.c").hashCode()))
                .hasSize(4);
    }
}
