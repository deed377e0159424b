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

/** Real kernels, against what LLVM's symbolizer says; a kernel that was not fetched is skipped, saying so. */
@Tag("slow")
class RealKernelTest {
    private static final long SEED = 20221112;

    static Stream<String> kernels() throws IOException {
        return Kernels.names().stream();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void namesFunctionsFilesAndLinesOfRandomAddressesAsLlvmDoes(String name) throws IOException {
        Path vmlinux = fetched(name).vmlinux();
        long[] addresses = CodeAddresses.of(vmlinux).random(SEED, name.equals(Kernels.DEBIAN_12) ? 100_000 : 5_000);
        LlvmComparison.compare(vmlinux, addresses, vmlinux, addresses);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void namesTheCallsBeforeReturnAddressesAsLlvmDoes(String name) throws IOException {
        Path vmlinux = fetched(name).vmlinux();
        long[] calls = LongStream.of(CodeAddresses.of(vmlinux).returnAddresses(SEED, 5_000))
                .map(address -> address - 1)
                .toArray();
        assumeTrue(calls.length > 0, "skipped: what calls look like on " + name + "'s machine is not known here");
        LlvmComparison.compare(vmlinux, calls, vmlinux, calls);
    }

    private static Kernel fetched(String name) throws IOException {
        Optional<Kernel> kernel = Kernels.find(name);
        assumeTrue(kernel.isPresent(), Kernels.howToFetch(name));
        return kernel.get();
    }
}
