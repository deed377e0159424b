package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelFilesTest {
    @TempDir
    Path root;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "usr/lib/debug/boot/vmlinux-6.1.0-9-amd64",
                "usr/lib/debug/lib/modules/6.1.0-9-amd64/vmlinux",
                "boot/vmlinux-6.1.0-9-amd64",
                "lib/modules/6.1.0-9-amd64/build/vmlinux",
                "lib/modules/6.1.0-9-amd64/vmlinux"
            })
    void findsTheKernelOfAReleaseWhereDistributionsPutIt(String place) throws Exception {
        Path file = file(place);

        assertThat(new KernelFiles(root, null, "6.1.0-9-amd64", List.of()).vmlinux())
                .isEqualTo(file);
    }

    @Test
    void saysWhereItLookedAndWhichPackageHasIt() {
        assertThatThrownBy(() -> new KernelFiles(root, null, "6.1.0-9-amd64", List.of()).vmlinux())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(root + "/usr/lib/debug/boot/vmlinux-6.1.0-9-amd64, ")
                .hasMessageContaining(root + "/lib/modules/6.1.0-9-amd64/build/vmlinux")
                .hasMessageContaining("linux-image-6.1.0-9-amd64-dbg (Debian)");
    }

    @Test
    void asksWhichKernelWhenNothingWasSaid() {
        assertThatThrownBy(() -> new KernelFiles(root, null, null, List.of()).vmlinux())
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("-e VMLINUX")
                .hasMessageContaining("-r $(uname -r)");
    }

    @Test
    void findsTheOneKernelBelowADirectory() throws Exception {
        Path file = file("unpacked/usr/lib/debug/boot/vmlinux-6.1.0-9-amd64");

        assertThat(new KernelFiles(root, null, null, List.of(root.resolve("unpacked"))).vmlinux())
                .isEqualTo(file);
    }

    @Test
    void letsChooseBetweenSeveralKernelsBelowADirectory() throws Exception {
        file("unpacked/boot/vmlinux-5.10.0");
        Path file = file("unpacked/boot/vmlinux-6.1.0");
        List<Path> directories = List.of(root.resolve("unpacked"));

        assertThatThrownBy(() -> new KernelFiles(root, null, null, directories).vmlinux())
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("vmlinux-5.10.0, ")
                .hasMessageContaining("vmlinux-6.1.0; choose one with -e");
        assertThat(new KernelFiles(root, null, "6.1.0", directories).vmlinux()).isEqualTo(file);
    }

    @Test
    void refusesADirectoryThatIsNone() {
        assertThatThrownBy(() -> new KernelFiles(root, null, null, List.of(root.resolve("none"))).vmlinux())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none: is not a directory");
    }

    @ParameterizedTest
    @CsvSource({
        "nf_conntrack, kernel/net/nf_conntrack.ko",
        "nf_conntrack, kernel/net/nf-conntrack.ko.xz",
        "nf-conntrack, kernel/net/nf_conntrack.ko.debug",
        "nf-conntrack, nf-conntrack.ko.zst",
        "nf_conntrack, deep/er/nf_conntrack.ko.debug.gz"
    })
    void findsAModuleByItsNameHoweverItsFileIsPacked(String module, String place) throws IOException {
        Path file = file("debug/" + place);
        file("debug/kernel/net/nf_conntrack_netlink.ko");

        assertThat(new KernelFiles(root, null, null, List.of(root.resolve("debug"))).module(module, null))
                .containsExactly(file);
    }

    @Test
    void prefersDebugFilesAndTheOrderOfDirectories() throws IOException {
        Path second = file("b/bridge.ko");
        Path debug = file("b/x/bridge.ko.debug");
        Path first = file("a/bridge.ko.xz");
        Path standard = file("usr/lib/debug/lib/modules/6.1.0/kernel/net/bridge/bridge.ko");
        KernelFiles files = new KernelFiles(root, null, null, List.of(root.resolve("a"), root.resolve("b")));

        assertThat(files.module("bridge", "6.1.0")).containsExactly(first, debug, second, standard);
    }

    private Path file(String place) throws IOException {
        Path file = root.resolve(place);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "");
    }
}
