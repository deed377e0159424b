package dev.backline.probe;

import dev.backline.fixtures.Kernels;
import dev.backline.kernel.DebugDirectory;
import dev.backline.kernel.DebugFiles;
import dev.backline.kernel.KernelBuild;
import dev.backline.kernel.KernelIdentity;
import dev.backline.symbolize.KernelSymbolizer;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The probes of real kernels; a test of one that was not fetched is skipped. */
final class KernelsForTests {
    private KernelsForTests() {}

    static KernelProbes probes(String kernel) throws IOException {
        Optional<Kernels.Kernel> found = Kernels.find(kernel);
        Assumptions.assumeTrue(found.isPresent(), Kernels.howToFetch(kernel));
        DebugFiles files = DebugFiles.builder()
                .vmlinux(found.orElseThrow().vmlinux())
                .source(new DebugDirectory(found.orElseThrow().modules()))
                .build();
        try (KernelSymbolizer symbolizer = new KernelSymbolizer(KernelBuild.of(files, KernelIdentity.UNKNOWN))) {
            return KernelProbes.of(symbolizer);
        }
    }
}
