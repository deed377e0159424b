package dev.backline.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.dwarf.SourceFile;
import org.junit.jupiter.api.Test;

class SourceRootTest {
    private static String relative(String compilationDirectory, String directory, String name) {
        return new SourceRoot()
                .paths(new SourceFile(compilationDirectory, directory, name))
                .relative();
    }

    @Test
    void keepsARelativePath() {
        assertThat(relative("debian/build/build_amd64", "net/ipv4", "tcp_ipv4.c"))
                .isEqualTo("net/ipv4/tcp_ipv4.c");
        assertThat(relative("/src/linux", "./include/linux", "skbuff.h")).isEqualTo("include/linux/skbuff.h");
        assertThat(relative("/src/linux", "", "init/main.c")).isEqualTo("init/main.c");
    }

    @Test
    void removesTheSourceRootFromAbsolutePaths() {
        assertThat(relative("/src/linux", "/src/linux/net/core", "dev.c")).isEqualTo("net/core/dev.c");
        assertThat(relative("/src/linux/debian/build", "/src/linux/arch/x86/kernel", "head_64.S"))
                .isEqualTo("arch/x86/kernel/head_64.S");
    }

    @Test
    void findsTheSourceRootOfABuildInAnotherDirectory() {
        assertThat(relative("/src/build", "../linux/kernel/../mm", "slub.c")).isEqualTo("mm/slub.c");
        assertThat(relative("/src/linux/build", "../kernel/sched", "core.c")).isEqualTo("kernel/sched/core.c");
    }

    @Test
    void removesDotComponents() {
        assertThat(relative("/src/linux", "arch/x86/kernel/../../x86//xen/.", "xen-head.S"))
                .isEqualTo("arch/x86/xen/xen-head.S");
    }

    @Test
    void keepsAPathOutsideKernelTrees() {
        assertThat(relative("/usr/src/linux-headers", "/home/me/driver", "driver.c"))
                .isEqualTo("/home/me/driver/driver.c");
        assertThat(relative("", "/rustc/library/core", "mod.rs")).isEqualTo("/rustc/library/core/mod.rs");
    }

    @Test
    void keepsAllDirectoriesInTheWholePath() {
        SourceRoot.Paths paths = new SourceRoot().paths(new SourceFile("debian/build", "./net", "socket.c"));

        assertThat(paths.whole()).isEqualTo("debian/build/./net/socket.c");
        assertThat(paths.relative()).isEqualTo("net/socket.c");
    }
}
