package dev.backline.probe;

import dev.backline.debugfiles.DebugDirectory;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.KernelIdentity;
import dev.backline.fixtures.Kernels;
import dev.backline.kernel.KernelBuild;
import dev.backline.symbolize.KernelSymbolizer;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** The probes of real kernels; a test of one that was not fetched is skipped. */
final class KernelsForTests {
    private static final Map<String, KernelProbes> READ = new ConcurrentHashMap<>();

    private KernelsForTests() {}

    /** Each kernel is read once. */
    static KernelProbes probes(String kernel) throws IOException {
        KernelProbes probes = READ.get(kernel);
        if (probes == null) {
            probes = read(kernel);
            READ.put(kernel, probes);
        }
        return probes;
    }

    private static KernelProbes read(String kernel) throws IOException {
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
