package dev.backline.dwarf.types;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.UnitFunctions;
import dev.backline.elf.ElfFile;
import dev.backline.elf.SymbolTable;
import dev.backline.fixtures.DwarfTree;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the variables in scope, and their values for random registers, with the output of llvm-dwarfdump. */
class ScopesTest {
    private static final List<String> ANCHORS = List.of("tcp_v4_rcv", "vfs_read", "do_exit");

    private final TreeMap<String, Integer> kinds = new TreeMap<>();
    private int compared;
    private int skipped;

    static List<String> kernels() throws IOException {
        return Kernels.names();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void findsTheVariablesOfRealKernels(String name) throws IOException {
        Kernels.Kernel kernel = Kernels.find(name).orElseGet(() -> Assumptions.abort(Kernels.howToFetch(name)));
        try (ElfFile elf = ElfFile.open(kernel.vmlinux())) {
            for (String anchor : ANCHORS) {
                compare(kernel.vmlinux(), elf, anchor, 300);
            }
        }
        assertThat(compared).as("variables compared: " + kinds).isGreaterThan(4000);
        assertThat(skipped).as("expressions that this test cannot evaluate").isLessThan(compared / 50);
        assertThat(kinds.keySet()).contains("Register", "RegisterPlus", "OnStack", "Constant", "Unavailable");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc12-v2",
                "gcc12-v3",
                "gcc12-v4",
                "gcc12-v5",
                "clang19-v4",
                "clang19-v5",
                "arm64-v5",
                "s390x-v5"
            })
    void findsTheVariablesOfFixtures(String name) throws IOException {
        Path file = ElfFixtures.fixture(name).elf();
        try (ElfFile elf = ElfFile.open(file)) {
            compare(file, elf, "receive", 2000);
        }
        assertThat(compared).as("variables compared: " + kinds).isGreaterThan(1000);
        assertThat(skipped).as("expressions that this test cannot evaluate").isLessThan(compared / 20);
    }

    @ParameterizedTest
    @CsvSource({
        "gcc12-v4, gcc12-split-v4",
        "gcc12-v5, gcc12-split-v5",
        "clang19-v4, clang19-split-v4",
        "clang19-v5, clang19-split-v5",
        "clang19-v5, clang19-dwp-v5"
    })
    void findsTheSameVariablesInSplitUnits(String whole, String split) throws IOException {
        List<String> expected = variables(whole);
        assertThat(expected.stream().filter(each -> each.contains("Register"))).hasSizeGreaterThan(100);
        List<String> found = variables(split);
        assertThat(found).hasSameSizeAs(expected);
        // GCC 12 ends some ranges of .debug_loc.dwo 2 bytes before those of .debug_loc
        int shorter = 0;
        for (int i = 0; i < expected.size(); i++) {
            if (!found.get(i).equals(expected.get(i))) {
                shorter++;
                assertThat(found.get(i)).as(expected.get(i)).endsWith(" Unavailable null");
            }
        }
        assertThat(shorter).isLessThanOrEqualTo(split.equals("gcc12-split-v4") ? 6 : 0);
    }

    /** The variables at each address of a function, with their values. */
    private static List<String> variables(String fixture) throws IOException {
        List<String> found = new ArrayList<>();
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture(fixture).elf());
                Dwarf dwarf = Dwarf.of(elf)) {
            SymbolTable symbols = elf.symbols();
            int function = symbols.named("receive")[0];
            for (long at = 0; at < symbols.size(function); at++) {
                for (Scope scope : Scopes.at(dwarf, symbols.address(function) + at)) {
                    for (Variable each : scope.variables()) {
                        Location location = each.location();
                        found.add(at + " " + scope.function() + " " + each.name() + " "
                                + location.getClass().getSimpleName() + " " + location.value(new Answers(true)));
                    }
                }
            }
        }
        return found;
    }

    private void compare(Path file, ElfFile elf, String anchor, int count) throws IOException {
        Dwarf dwarf = Dwarf.of(elf);
        SymbolTable symbols = elf.symbols();
        long address = symbols.address(symbols.named(anchor)[0]);
        long root =
                Objects.requireNonNull(UnitFunctions.at(dwarf, address)).root().offset();
        DwarfTree tree = DwarfTree.ofUnit(file, root);
        Assumptions.assumeTrue(tree != null, "skipped: llvm-dwarfdump is not installed");
        List<DwarfTree.Range> code = new ArrayList<>();
        for (DwarfTree.Node each : Objects.requireNonNull(tree).functions()) {
            code.addAll(each.ranges());
        }
        code.removeIf(range -> range.low() == 0 || range.low() == range.high());
        Random random = new Random(7);
        for (int i = 0; i < count; i++) {
            DwarfTree.Range range = code.get(random.nextInt(code.size()));
            compareAt(
                    dwarf,
                    tree,
                    elf.header().is64(),
                    range.low() + (random.nextInt(1 << 20) % (range.high() - range.low())));
        }
    }

    private void compareAt(Dwarf dwarf, DwarfTree tree, boolean is64, long pc) throws IOException {
        List<Scope> scopes = Scopes.at(dwarf, pc);
        List<DwarfTree.Node> expected = tree.scopesAt(pc);
        String at = "0x" + Long.toHexString(pc);
        assertThat(scopes)
                .as(at)
                .extracting(Scope::function)
                .isEqualTo(expected.stream().map(DwarfTree.Node::name).toList());
        DwarfTree.Node function = expected.get(expected.size() - 1);
        String frameBase = Objects.requireNonNullElse(function.text("frame_base"), "");
        for (int i = 0; i < scopes.size(); i++) {
            List<DwarfTree.Node> nodes = DwarfTree.variables(expected.get(i), pc).stream()
                    .filter(each -> each.name() != null)
                    .toList();
            List<Variable> variables = scopes.get(i).variables();
            assertThat(variables)
                    .as(at)
                    .extracting(Variable::name)
                    .isEqualTo(nodes.stream().map(DwarfTree.Node::name).toList());
            for (int k = 0; k < variables.size(); k++) {
                compare(at, variables.get(k), nodes.get(k), frameBase, pc, is64);
            }
        }
    }

    private void compare(String at, Variable variable, DwarfTree.Node node, String frameBase, long pc, boolean is64) {
        Location location = variable.location();
        String expression = node.locationAt(pc);
        String where = at + " " + variable + " is " + expression;
        compared++;
        kinds.merge(location.getClass().getSimpleName(), 1, Integer::sum);
        assertThat(variable.parameter()).as(where).isEqualTo(node.tag().equals("formal_parameter"));
        if (expression.isEmpty()) {
            String constant = node.text("const_value");
            if (constant == null) {
                assertThat(location).as(where).isInstanceOf(Location.Unavailable.class);
            } else if (!constant.startsWith("<")) {
                assertThat(location.value(new Answers(true))).as(where).isEqualTo(node.number("const_value", 0));
            }
        } else if (expression.contains("DW_OP_piece") || expression.contains("DW_OP_bit_piece")) {
            assertThat(location).as(where).isInstanceOf(Location.Pieces.class);
        } else if (expression.contains("implicit_pointer")) {
            assertThat(location).as(where).isInstanceOf(Location.ImplicitPointer.class);
        } else if (expression.contains("DW_OP_implicit_value")) {
            assertThat(location).as(where).isInstanceOfAny(Location.Constant.class, Location.Pieces.class);
        } else {
            Answers machine = new Answers(is64);
            DwarfTree.Node type = node.type();
            DwarfText text = new DwarfText(machine, frameBase, is64);
            Long wanted = text.value(expression, type == null ? 0 : (int) type.size());
            if (text.isUnknown()) {
                skipped++;
            } else {
                Long value = location.value(machine);
                long mask = is64 ? -1 : 0xffff_ffffL;
                assertThat(value == null ? null : value & mask)
                        .as(where)
                        .isEqualTo(wanted == null ? null : wanted & mask);
            }
        }
    }

    /** A machine in which each register and each place in memory has another value. */
    private record Answers(boolean is64) implements Location.Machine {
        @Override
        public Long register(int register) {
            return cut(0x1000_0000_0000L + register * 0x10_0030L);
        }

        @Override
        public Long entryRegister(int register) {
            return cut(0x2000_0000_0000L + register * 0x10_0070L);
        }

        @Override
        public Long memory(long address, int size) {
            long value = (cut(address) + 1) * 0x9e37_79b9_7f4a_7c15L >>> 8;
            int bits = Math.min(Long.SIZE, size * Byte.SIZE);
            return bits == Long.SIZE ? value : value & (1L << bits) - 1;
        }

        @Override
        public Long frame() {
            return cut(0x7fff_0000_0000L);
        }

        private long cut(long value) {
            return is64 ? value : value & 0xffff_ffffL;
        }
    }
}
