package dev.backline.debugfiles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.elf.BuildId;
import dev.backline.fixtures.Captures;
import dev.backline.kernel.KernelBuild;
import dev.backline.kernel.LoadMap;
import dev.backline.symbolize.KernelSymbolizer;
import dev.backline.symbolize.Resolution;
import dev.backline.trace.FrameReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BundledIndexesTest {
    private static final String RELEASE = "6.1.0-56-cloud-amd64";
    private static final String BUILD_ID = "3b43fad5034874490492495d552c0af6a5fab235";

    private static KernelBuild build(KernelIdentity identity) throws IOException {
        Path indexes = Objects.requireNonNull(Captures.folder().getParent()).resolve("kernels/indexes");
        return KernelBuild.of(
                DebugFiles.builder()
                        .root(indexes)
                        .source(new BundledIndexes(indexes))
                        .build(),
                identity);
    }

    private static Resolution resolve(KernelBuild build, String query) throws IOException {
        try (KernelSymbolizer symbolizer = new KernelSymbolizer(build)) {
            return symbolizer.resolve(
                    build.boot(LoadMap.UNKNOWN).locate(Objects.requireNonNull(FrameReference.parse(query))));
        }
    }

    @Test
    void answersByReleaseAndNamesTheIndex() throws IOException {
        Resolution found = resolve(build(KernelIdentity.ofRelease(RELEASE)), "tcp_v4_rcv+0x99b/0xee0");

        assertThat(found).isInstanceOfSatisfying(Resolution.Resolved.class, resolved -> {
            assertThat(resolved.frames().get(0).path()).isEqualTo("net/ipv4/tcp_ipv4.c");
            assertThat(resolved.frames().get(0).line()).isEqualTo(2149);
        });
        try (KernelBuild build = build(KernelIdentity.ofRelease(RELEASE))) {
            assertThat(((DebugFile) build.vmlinux()).note()).contains("backline's index of " + RELEASE);
        }
    }

    @Test
    void answersForModules() throws IOException {
        Resolution found = resolve(build(KernelIdentity.ofRelease(RELEASE)), "br_handle_frame+0x1ec/0x380 [bridge]");

        assertThat(found).isInstanceOf(Resolution.Resolved.class);
    }

    @Test
    void answersByBuildIdAlone() throws IOException {
        KernelIdentity identity = new KernelIdentity(null, BuildId.parse(BUILD_ID), Map.of());

        assertThat(resolve(build(identity), "tcp_v4_rcv+0x99b/0xee0")).isInstanceOf(Resolution.Resolved.class);
    }

    @Test
    void isNotUsedForAnotherOrUnknownKernel() throws IOException {
        for (KernelIdentity other : new KernelIdentity[] {
            KernelIdentity.UNKNOWN,
            KernelIdentity.ofRelease("6.1.0-57-cloud-amd64"),
            KernelIdentity.ofRelease("../6.1.0-56-cloud-amd64"),
            new KernelIdentity(RELEASE, BuildId.parse(BUILD_ID.replace('3', '4')), Map.of())
        }) {
            try (KernelBuild build = build(other)) {
                assertThat(build.vmlinux()).isInstanceOf(MissingFile.class);
            }
        }
    }
}
