package dev.backline.symbolize;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.fixtures.Kernels;
import dev.backline.fixtures.Kernels.Kernel;
import dev.backline.fixtures.LinkedModule;
import dev.backline.fixtures.ReadElf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares answers for modules of real kernels with llvm-symbolizer, which reads the linked modules. */
@Tag("slow")
class RealModuleTest {
    private static final long SEED = 20221112;
    private static final int PER_SECTION = 2_000;
    private static final List<String> MODULES =
            List.of("net/netfilter/nf_conntrack.ko", "net/bridge/bridge.ko", "fs/xfs/xfs.ko");

    static Stream<Arguments> modules() throws IOException {
        return Kernels.names().stream().flatMap(name -> MODULES.stream().map(module -> Arguments.of(name, module)));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void agreesWithLlvmInEverySectionOfAModule(String name, String path, @TempDir Path folder) throws IOException {
        Optional<Path> module = fetched(name).module(path);
        assumeTrue(module.isPresent(), "skipped: " + name + " has no module " + path);
        Optional<String> linker = LinkedModule.linker(module.get());
        assumeTrue(linker.isPresent(), LinkedModule.howToInstallLinker(module.get()));
        LinkedModule linked = LinkedModule.link(module.get(), linker.get(), folder);
        try (ElfFile elf = ElfFile.open(module.get())) {
            List<Long> ours = new ArrayList<>();
            List<Long> llvms = new ArrayList<>();
            SplittableRandom random = new SplittableRandom(SEED);
            for (ReadElf.Section section : linked.sections()) {
                Section own = elf.sections().stream()
                        .filter(each -> each.name().equals(section.name()))
                        .findFirst()
                        .orElseThrow();
                boolean every = section.size() <= PER_SECTION;
                for (int i = 0; i < (every ? section.size() : PER_SECTION); i++) {
                    long offset = every ? i : random.nextLong(section.size());
                    ours.add(elf.address(own) + offset);
                    llvms.add(linked.address(section.name(), offset));
                }
            }
            LlvmComparison.compare(module.get(), array(ours), linked.elf(), array(llvms));
        }
    }

    private static Kernel fetched(String name) throws IOException {
        Optional<Kernel> kernel = Kernels.find(name);
        assumeTrue(kernel.isPresent(), Kernels.howToFetch(name));
        return kernel.get();
    }

    private static long[] array(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }
}
