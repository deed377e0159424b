package dev.backline.symbolize;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.fixtures.CodeAddresses;
import dev.backline.fixtures.Kernels;
import dev.backline.fixtures.Kernels.Kernel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares answers for real kernels with llvm-symbolizer. Skips kernels that are not downloaded. */
@Tag("slow")
class RealKernelTest {
    private static final long SEED = 20221112;

    static Stream<String> kernels() throws IOException {
        return Kernels.names().stream();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void agreesWithLlvmAtRandomAddresses(String name) throws IOException {
        Path vmlinux = fetched(name).vmlinux();
        long[] addresses = CodeAddresses.of(vmlinux).random(SEED, name.equals(Kernels.DEBIAN_12) ? 100_000 : 5_000);
        LlvmComparison.compare(vmlinux, addresses, vmlinux, addresses);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void agreesWithLlvmAtCalls(String name) throws IOException {
        Path vmlinux = fetched(name).vmlinux();
        long[] calls = LongStream.of(CodeAddresses.of(vmlinux).returnAddresses(SEED, 5_000))
                .map(address -> address - 1)
                .toArray();
        assumeTrue(calls.length > 0, "skipped: call instructions of " + name + "'s architecture are unknown");
        LlvmComparison.compare(vmlinux, calls, vmlinux, calls);
    }

    private static Kernel fetched(String name) throws IOException {
        Optional<Kernel> kernel = Kernels.find(name);
        assumeTrue(kernel.isPresent(), Kernels.howToFetch(name));
        return kernel.get();
    }
}
