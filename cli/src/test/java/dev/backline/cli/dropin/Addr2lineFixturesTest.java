package dev.backline.cli.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.Cli;
import dev.backline.fixtures.CodeAddresses;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with GNU addr2line on files whose DWARF it reads correctly; docs/addr2line.md lists the others. */
class Addr2lineFixturesTest {
    private static final long SEED = 20261122;
    private static final int ADDRESSES = 600;

    @ParameterizedTest
    @ValueSource(strings = {"gcc12-v5", "gcc12-pie", "clang19-v5", "arm64-v5", "i386-v5"})
    void answersFromTheFileThatADebugLinkNames(String name, @TempDir Path folder) throws Exception {
        Cli.needs("llvm-objcopy-19");
        ElfFixtures.Fixture fixture = ElfFixtures.fixture(name);
        Path debug = folder.resolve(".debug/program.debug");
        Path stripped = folder.resolve("program");
        Files.createDirectory(folder.resolve(".debug"));
        objcopy(folder, "--only-keep-debug", fixture.elf().toString(), debug.toString());
        objcopy(
                folder,
                "--strip-all",
                "--add-gnu-debuglink=" + debug,
                fixture.elf().toString(),
                stripped.toString());
        StringBuilder addresses = new StringBuilder();
        for (ElfFixtures.Answer answer : fixture.answers()) {
            addresses.append(Long.toHexString(answer.address())).append('\n');
        }

        Cli.Result linked = addr2line(addresses, stripped);

        assertThat(linked.err()).isEmpty();
        assertThat(linked.out())
                .contains(".c:")
                .isEqualTo(addr2line(addresses, fixture.elf()).out());
    }

    private static Cli.Result addr2line(CharSequence addresses, Path file) {
        return Cli.backline(addresses.toString(), Map.of(), "addr2line", "-afip", "-e", file.toString());
    }

    private static void objcopy(Path folder, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("llvm-objcopy-19"));
        command.addAll(List.of(arguments));
        assertThat(Cli.program(folder, "", command.toArray(new String[0])).err())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc12-v2",
                "gcc12-v3",
                "gcc12-v4",
                "gcc12-v5",
                "gcc12-ko-v5",
                "gcc12-pie",
                "gcc12-gz-zlib",
                "asm-v5",
                "clang19-v4",
                "i386-v5",
                "i386-ko-v5",
                "rust-legacy",
                "rust-v0"
            })
    void answersEveryRowOfAFixture(String name) throws Exception {
        Cli.needs("addr2line");
        ElfFixtures.Fixture fixture = ElfFixtures.fixture(name);
        Map<String, StringBuilder> bySection = new LinkedHashMap<>();
        for (ElfFixtures.Answer answer : fixture.answers()) {
            String section = answer.section() == null ? "" : answer.section();
            bySection
                    .computeIfAbsent(section, key -> new StringBuilder())
                    .append(Long.toHexString(answer.address()))
                    .append('\n');
        }
        assertThat(bySection).isNotEmpty();
        for (Map.Entry<String, StringBuilder> section : bySection.entrySet()) {
            List<String> options =
                    new ArrayList<>(List.of("-Cafip", "-e", fixture.elf().toString()));
            if (!section.getKey().isEmpty()) {
                options.add("--section=" + section.getKey());
            }
            String input = section.getValue().toString();

            assertThat(ours(input, options)).isEqualTo(gnu(input, options));
        }
    }

    @Test
    void answersForARealKernelButForTheFilesGnuMistakes() throws Exception {
        Cli.needs("addr2line");
        var kernel = Kernels.find(Kernels.DEBIAN_12);
        Assumptions.assumeTrue(kernel.isPresent(), Kernels.howToFetch(Kernels.DEBIAN_12));
        Path vmlinux = kernel.orElseThrow().vmlinux();
        String input = Arrays.stream(CodeAddresses.of(vmlinux).random(SEED, ADDRESSES))
                .mapToObj(address -> Long.toHexString(address) + "\n")
                .collect(Collectors.joining());
        List<String> options = List.of("-afip", "-e", vmlinux.toString());

        List<String> ours = ours(input, options).lines().toList();
        List<String> gnu = gnu(input, options).lines().toList();

        assertThat(withoutFiles(ours)).isEqualTo(withoutFiles(gnu));
        long otherFiles = 0;
        for (int i = 0; i < ours.size(); i++) {
            otherFiles += ours.get(i).equals(gnu.get(i)) ? 0 : 1;
        }
        // Only rows with file 1 differ: binutils 2.40 numbers the files of a DWARF 5 line program from 1.
        assertThat(otherFiles).isLessThan(ours.size() / 50);
    }

    private static List<String> withoutFiles(List<String> lines) {
        return lines.stream()
                .map(line -> line.replaceFirst(" at \\S+:", " at :"))
                .toList();
    }

    private static String gnu(String input, List<String> options) throws IOException, InterruptedException {
        String[] command =
                Stream.concat(Stream.of("addr2line"), options.stream()).toArray(String[]::new);
        return Cli.program(Path.of("."), input, command).out();
    }

    private static String ours(String input, List<String> options) {
        String[] command =
                Stream.concat(Stream.of("addr2line"), options.stream()).toArray(String[]::new);
        return Cli.backline(input, Map.of(), command).out();
    }
}
