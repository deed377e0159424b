package dev.backline.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"vmlinux", "nf_nat.ko.xz", "6.1.0-56-cloud-amd64", "a+b~1", ".build-id", "..."})
    void takesOrdinaryNames(String name) {
        assertThat(FileNames.isPlain(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "../a", "a b", "a\u0000", "a\n", "ä", "C:x"})
    void refusesNamesThatLeadElsewhereOrSurprise(String name) {
        assertThat(FileNames.isPlain(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {256, 100_000})
    void refusesNamesThatNoFileSystemHas(int length) {
        assertThat(FileNames.isPlain("a".repeat(length))).isFalse();
        assertThat(FileNames.isPlain("a".repeat(255))).isTrue();
    }
}
