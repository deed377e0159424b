package dev.backline.dwarf.types;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.dwarf.Dwarf;
import dev.backline.elf.ElfFile;
import dev.backline.elf.SymbolTable;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the members of structures in real kernels with the output of pahole for the kernels' BTF. */
class KernelStructuresTest {
    private static final List<String> STRUCTURES = List.of("sk_buff", "sock_common", "sock", "tcp_sock", "net_device");

    private static final Pattern MEMBER = Pattern.compile(
            "([A-Za-z_]\\w*)(?:\\[\\w*\\])*(?::\\d+)?;\\s*/\\*\\s*(\\d+)(?::\\s*(\\d+))?\\s+\\d+\\s*\\*/$");
    private static final Pattern FUNCTION = Pattern.compile("\\(\\*(\\w+)\\)\\(.*;\\s*/\\*\\s*(\\d+)\\s+\\d+\\s*\\*/$");

    private record Expected(String name, long bits) {}

    static List<String> kernels() throws IOException {
        return Kernels.names();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void findsEachMemberWherePaholeDoes(String name) throws Exception {
        Kernels.Kernel kernel = Kernels.find(name).orElseGet(() -> Assumptions.abort(Kernels.howToFetch(name)));
        try (ElfFile elf = ElfFile.open(kernel.vmlinux())) {
            SymbolTable symbols = elf.symbols();
            long address = symbols.address(symbols.named("tcp_v4_rcv")[0]);
            Declarations unit = Objects.requireNonNull(Declarations.at(Dwarf.of(elf), address));
            boolean big = elf.header().bigEndian();
            for (String structure : STRUCTURES) {
                List<Expected> expected = pahole(kernel.vmlinux(), structure);
                assertThat(expected).as(structure).hasSizeGreaterThan(20);
                for (Expected each : expected) {
                    Member member = Objects.requireNonNull(unit.member(structure, each.name()), each.name());
                    if (!(big && member.isBitField())) {
                        assertThat(member.bitOffset())
                                .as(structure + "." + each.name())
                                .isEqualTo(each.bits());
                    }
                }
            }
        }
    }

    /** The members that C finds in the structure by one name, including those of anonymous unions and structures. */
    private static List<Expected> pahole(Path vmlinux, String structure) throws IOException, InterruptedException {
        Path out = Files.createTempFile("pahole", ".txt");
        try {
            Process process = new ProcessBuilder("pahole", "-F", "btf", "-C", structure, vmlinux.toString())
                    .redirectOutput(out.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = process.waitFor(60, TimeUnit.SECONDS);
            List<String> lines = Files.readAllLines(out);
            Assumptions.assumeTrue(
                    ended && process.exitValue() == 0 && !lines.isEmpty(),
                    "skipped: pahole cannot read the BTF of " + vmlinux);
            return members(lines);
        } catch (IOException e) {
            return Assumptions.abort("skipped: pahole is not installed");
        } finally {
            Files.delete(out);
        }
    }

    private static List<Expected> members(List<String> lines) {
        Deque<List<Expected>> open = new ArrayDeque<>();
        open.push(new ArrayList<>());
        for (String line : lines.subList(1, lines.size())) {
            String text = line.strip();
            if (text.endsWith("{")) {
                open.push(new ArrayList<>());
                continue;
            }
            boolean closes = text.startsWith("}");
            if (closes && open.size() == 1) {
                break;
            }
            List<Expected> inner = closes ? open.pop() : List.of();
            Matcher member = MEMBER.matcher(closes ? text.substring(1) : text);
            Matcher function = FUNCTION.matcher(text);
            List<Expected> all = open.element();
            if (closes && text.startsWith("};")) {
                all.addAll(inner);
            } else if (function.find()) {
                all.add(new Expected(function.group(1), Long.parseLong(function.group(2)) * 8));
            } else if (member.find()) {
                String bit = member.group(3);
                long bits = Long.parseLong(member.group(2)) * 8 + (bit == null ? 0 : Long.parseLong(bit));
                all.add(new Expected(member.group(1), bits));
            }
        }
        return open.getLast();
    }
}
