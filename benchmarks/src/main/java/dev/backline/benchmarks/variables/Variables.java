package dev.backline.benchmarks.variables;

import dev.backline.benchmarks.Options;
import dev.backline.dwarf.Dwarf;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.fixtures.DwarfTree;
import dev.backline.machine.InstructionSet;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The command {@code benchmarks/variables}. */
public final class Variables {
    private static final String USAGE = """
            usage: benchmarks/variables [OPTION]... FILE...
            Draw memory accesses at random from the code of each ELF file, and count how many the debug information
            names by variable and member, with a simple walk back over the code. Accesses to the stack, to per-CPU data
            and to fixed addresses are not counted. (benchmarks/faults measures what backline explain answers.)
              -n N             accesses (5000)
              --below FOLDER   only units whose source files are below FOLDER (net/)
              --seed N         of the random numbers (6)
              --check N        compare the answers in N units with llvm-dwarfdump, spread over all units (0: none;
                               all: all units, some seconds for each)
              --show N         print N accesses with their answers (0)
              --least PERCENT  the least share with variable and member (0)
            Exit status: 0 no contradiction and at least the least share; 1 otherwise; 2 wrong usage.
            """;

    private final PrintStream out;
    private int count = 5000;
    private String folder = "net/";
    private long seed = 6;
    private int checkedUnits;
    private int shown;
    private double least;

    private Variables(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs the command.
     *
     * @param args see the usage
     * @throws IOException if a file cannot be read
     */
    public static void main(String... args) throws IOException {
        Options.run("variables", USAGE, (options, out) -> new Variables(out).run(options), args);
    }

    private boolean run(Options options) throws IOException {
        List<Path> files = options.with("-n", value -> count = Integer.parseInt(value))
                .with("--below", value -> folder = value)
                .with("--seed", value -> seed = Long.parseLong(value))
                .with(
                        "--check",
                        value -> checkedUnits = value.equals("all") ? Integer.MAX_VALUE : Integer.parseInt(value))
                .with("--show", value -> shown = Integer.parseInt(value))
                .with("--least", value -> least = Double.parseDouble(value))
                .parse();
        boolean good = true;
        for (Path file : files) {
            try (ElfFile elf = ElfFile.open(file)) {
                good &= run(file, elf);
            }
        }
        return good;
    }

    private boolean run(Path file, ElfFile elf) throws IOException {
        InstructionSet set =
                InstructionSet.ofElf(elf.header().machine(), elf.header().is64());
        Section text = elf.section(".text");
        if (set == null || set.decoder() == null || text == null) {
            throw new IllegalArgumentException(file + ": no decoder or no .text");
        }
        if (checkedUnits != 0 && elf.header().isRelocatable()) {
            throw new IllegalArgumentException(file + ": --check needs a linked file, such as vmlinux");
        }
        try (Dwarf dwarf = Dwarf.of(elf)) {
            Sampler sampler = new Sampler(elf, dwarf, set, text);
            sampler.read(folder);
            List<Sample> samples = sampler.draw(count, seed);
            out.printf(
                    Locale.ROOT,
                    "%s, %s: %,d units, %,d instructions, %,d accesses, %,d drawn%n",
                    file.getFileName(),
                    folder,
                    sampler.units(),
                    sampler.instructions(),
                    sampler.accesses(),
                    samples.size());
            double named = print(samples);
            for (Sample each : samples.subList(0, Math.min(shown, samples.size()))) {
                show(each);
            }
            return check(file, samples) && named >= least;
        }
    }

    private double print(List<Sample> samples) {
        row(samples, "the base register is a variable's location", Sample::isDirect);
        row(samples, "  and the access touches a named member", Sample::isNamedDirectly);
        row(samples, "  and a named member by a walk back", each -> each.isDirect() && isNamedByWalk(each));
        row(
                samples,
                "the base was found by a walk back",
                each -> !each.isDirect() && !each.origins().isEmpty());
        row(samples, "  and the access touches a named member", each -> !each.isDirect() && isNamedByWalk(each));
        double named = row(samples, "variable and member", Sample::isNamed);
        row(samples, "a variable", each -> !each.origins().isEmpty());
        row(samples, "nothing", each -> each.origins().isEmpty());
        return named;
    }

    private static boolean isNamedByWalk(Sample sample) {
        return sample.isNamed() && !sample.isNamedDirectly();
    }

    private double row(List<Sample> samples, String what, Predicate<Sample> counted) {
        long number = samples.stream().filter(counted).count();
        double share = samples.isEmpty() ? 0 : 100.0 * number / samples.size();
        out.printf(Locale.ROOT, "%6.1f %%  %s%n", share, what);
        return share;
    }

    private void show(Sample sample) {
        List<String> names = new ArrayList<>();
        if (sample.isNamed()) {
            sample.touched().forEach(each -> names.add(each.expression()));
        } else {
            sample.origins()
                    .forEach(each -> names.add(each.expression() + " + " + (each.plus() + sample.displacement()) + " ("
                            + each.layout() + ")"));
        }
        out.printf(
                Locale.ROOT,
                "0x%x r%d+0x%x:%d %s %s%n",
                sample.address(),
                sample.register(),
                sample.displacement(),
                sample.size(),
                sample.isDirect() ? "direct" : "walk",
                names);
    }

    private boolean check(Path file, List<Sample> samples) throws IOException {
        if (checkedUnits == 0) {
            return true;
        }
        Map<Long, List<Sample>> byUnit = new TreeMap<>();
        for (Sample each : samples) {
            byUnit.computeIfAbsent(each.unit(), unit -> new ArrayList<>()).add(each);
        }
        int step = Math.max(1, byUnit.size() / Math.max(1, checkedUnits));
        int unit = 0;
        int units = 0;
        int variables = 0;
        int members = 0;
        List<String> contradictions = new ArrayList<>();
        for (Map.Entry<Long, List<Sample>> each : byUnit.entrySet()) {
            if (unit++ % step != 0) {
                continue;
            }
            DwarfTree tree = DwarfTree.ofUnit(file, each.getKey());
            if (tree == null) {
                throw new IllegalArgumentException("llvm-dwarfdump is not installed");
            }
            Check check = new Check(tree);
            each.getValue().forEach(check::check);
            units++;
            variables += check.variables();
            members += check.members();
            contradictions.addAll(check.contradictions());
        }
        contradictions.forEach(out::println);
        out.printf(
                Locale.ROOT,
                "llvm-dwarfdump: %,d units, %,d variables and %,d members compared, %,d contradictions%n",
                units,
                variables,
                members,
                contradictions.size());
        return contradictions.isEmpty();
    }
}
