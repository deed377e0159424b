package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkNamespaceTest {
    private static final String WEB = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private static final String OTHER = "0123456789abcdee0123456789abcdee0123456789abcdee0123456789abcdee";

    @TempDir
    Path directory;

    private NetworkNamespace namespaces = NetworkNamespace.OF_THIS_MACHINE;

    @BeforeEach
    void machine() throws IOException {
        namespaces = new NetworkNamespace(directory.resolve("proc"), List.of(directory.resolve("netns")));
        Files.createDirectories(directory.resolve("netns"));
        process(1, "0::/init.scope\n", "net:[4026531840]");
    }

    private Path process(int pid, String cgroup, String namespace) throws IOException {
        Path process = Files.createDirectories(directory.resolve("proc/" + pid));
        Files.writeString(process.resolve("cgroup"), cgroup);
        Path ns = Files.createDirectories(process.resolve("ns"));
        return Files.createSymbolicLink(ns.resolve("net"), Path.of(namespace));
    }

    @Test
    void takesAnInodeNumberAsItIs() throws IOException {
        assertThat(namespaces.inode("4026531840")).isEqualTo(4026531840L);
    }

    @Test
    void readsTheLinkOfAProcess() throws IOException {
        Path link = process(77, "", "net:[4026532281]");
        assertThat(namespaces.inode(link.toString())).isEqualTo(4026532281L);
    }

    @Test
    void findsANamespaceByItsName() throws IOException {
        Files.createSymbolicLink(directory.resolve("netns/blue"), Path.of("net:[4026532281]"));
        assertThat(namespaces.inode("blue")).isEqualTo(4026532281L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0::/system.slice/docker-%s.scope",
                "12:memory:/docker/%s\n1:name=systemd:/docker/%s",
                "0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1b0f.slice/cri-containerd-%s.scope",
                "0::/kubepods/besteffort/pod99999999-8888-7777-6666-555555555555/%s",
                "0::/machine.slice/libpod-%s.scope/container",
                "0::/docker/" + OTHER + "/docker/%s"
            })
    void findsAContainerByItsCgroup(String cgroup) throws IOException {
        process(300, "0::/docker/" + OTHER + "\n", "net:[4026532999]");
        process(2000, cgroup.replace("%s", WEB) + "\n", "net:[4026532281]");
        for (String id : List.of(WEB, WEB.substring(0, 16), "containerd://" + WEB, "cri-o://" + WEB)) {
            assertThat(namespaces.inode(id)).isEqualTo(4026532281L);
        }
    }

    @Test
    void takesTheFirstProcessOfAContainer() throws IOException {
        process(2000, "0::/docker/" + WEB, "net:[4026532281]");
        process(10001, "0::/docker/" + WEB, "net:[4026532777]");
        assertThat(namespaces.inode(WEB.substring(0, 16))).isEqualTo(4026532281L);
    }

    @Test
    void saysThatNoContainerOrSeveralBeginWithAnId() throws IOException {
        assertThatIOException()
                .isThrownBy(() -> namespaces.inode("deadbeef"))
                .withMessageStartingWith("no process of container deadbeef runs on this machine")
                .withMessageContaining("docker inspect");
        process(300, "0::/docker/" + OTHER, "net:[4026532999]");
        process(2000, "0::/docker/" + WEB, "net:[4026532281]");
        assertThatIOException()
                .isThrownBy(() -> namespaces.inode("0123456789ab"))
                .withMessageStartingWith("several containers begin with 0123456789ab; give more digits: ")
                .withMessageContaining(OTHER);
    }

    @Test
    void refusesWhatIsNoNetworkNamespace() throws IOException {
        Path mount = directory.resolve("mnt");
        Files.createSymbolicLink(mount, Path.of("mnt:[4026531841]"));
        assertThatIOException()
                .isThrownBy(() -> namespaces.inode(mount.toString()))
                .withMessageContaining("another kind");
        Path file = Files.writeString(directory.resolve("file"), "");
        for (Path path : List.of(file, directory)) {
            assertThatIOException()
                    .isThrownBy(() -> namespaces.inode(path.toString()))
                    .withMessageContaining("is no network namespace");
        }
        assertThatIOException()
                .isThrownBy(() -> namespaces.inode(directory.resolve("none").toString()))
                .withMessageEndingWith("no such network namespace");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "web", "abc", ".", "..", "12345678901x", "4026531840; exit()"})
    void refusesWhatNamesNothing(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> namespaces.inode(text))
                .withMessageStartingWith("not a network namespace: '" + text + "'");
    }
}
