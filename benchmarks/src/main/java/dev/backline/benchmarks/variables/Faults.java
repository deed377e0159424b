package dev.backline.benchmarks.variables;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.benchmarks.Options;
import dev.backline.crash.Explanation;
import dev.backline.crash.ValueClass;
import dev.backline.crash.explain.CrashAnalysis;
import dev.backline.debugfiles.DebugDirectory;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.dwarf.CodeReader;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.UnitCode;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import dev.backline.intake.LogReader;
import dev.backline.machine.Access;
import dev.backline.machine.Decoder;
import dev.backline.machine.Effect;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The command {@code benchmarks/faults}. */
public final class Faults {
    private static final String USAGE = """
            usage: benchmarks/faults [OPTION]... FILE...
            Draw memory accesses at random from the code of each ELF file (a vmlinux or a module in a debug directory),
            write for each the report that the kernel prints when its base register is bad, and compare the explanation
            with the instruction and with the variables of the debug information.
              -n N             faults for each file (300)
              --below FOLDER   only units whose source files are below FOLDER (all)
              --seed N         of the random numbers (16)
              --show N         print N differences of each kind (0)
              --report ADDRESS print the report and the explanation of one address, with a hexadecimal number
            Exit status: 0 no difference in what must be right, 1 otherwise, 2 wrong usage.
            """;

    private static final Pattern RELEASE = Pattern.compile("vmlinux-([^/]+)$|/lib/modules/([^/]+)/");

    /** A value that the base register gets, and its class. */
    private enum Bad {
        NULL(0, ValueClass.NULL),
        ERROR(-2, ValueClass.ERR_PTR),
        FREED(0x6b6b_6b6b_6b6b_6b6bL, ValueClass.SLAB_POISON),
        DELETED(0xdead_0000_0000_0122L, ValueClass.LIST_POISON),
        WILD(0xffff_0f12_3456_7890L, ValueClass.WILD);

        final long value;
        final ValueClass kind;

        Bad(long value, ValueClass kind) {
            this.value = value;
            this.kind = kind;
        }

        long value(InstructionSet set) {
            return this == WILD && set == InstructionSet.X86_64 ? 0xffff_8f12_3456_7890L : value;
        }
    }

    private static final List<Bad> VALUES = List.of(Bad.values());

    private final PrintStream out;
    private int count = 300;
    private String folder = "";
    private long seed = 16;
    private int shown;
    private long only;

    private final Map<String, Integer> table = new TreeMap<>();

    private Faults(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs the command.
     *
     * @param args see the usage
     * @throws IOException if a file cannot be read
     */
    public static void main(String... args) throws IOException {
        Options.run("faults", USAGE, (options, out) -> new Faults(out).run(options), args);
    }

    private boolean run(Options options) throws IOException {
        List<Path> files = options.with("-n", value -> count = Integer.parseInt(value))
                .with("--below", value -> folder = value)
                .with("--seed", value -> seed = Long.parseLong(value))
                .with("--show", value -> shown = Integer.parseInt(value))
                .with("--report", value -> only = Long.parseUnsignedLong(value.replace("0x", ""), 16))
                .parse();
        boolean good = true;
        for (Path file : files) {
            try (ElfFile elf = ElfFile.open(file)) {
                table.clear();
                good &= new OneFile(file, elf).run();
            }
        }
        return good;
    }

    /** The faults of one file. */
    private final class OneFile {
        private final Path file;
        private final ElfFile elf;
        private final InstructionSet set;
        private final Decoder decoder;
        private final String release;
        private final String module;
        private final Random random = new Random(seed);

        OneFile(Path file, ElfFile elf) {
            this.file = file;
            this.elf = elf;
            InstructionSet its =
                    InstructionSet.ofElf(elf.header().machine(), elf.header().is64());
            Decoder reader = its == null ? null : its.decoder();
            if (reader == null || (its != InstructionSet.X86_64 && its != InstructionSet.ARM64)) {
                throw new IllegalArgumentException(file + ": not of x86-64 or arm64");
            }
            set = its;
            decoder = reader;
            Matcher matcher = RELEASE.matcher(file.toString());
            if (!matcher.find()) {
                throw new IllegalArgumentException(file + ": no release in the path");
            }
            release = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
            String name = file.getFileName().toString();
            int dot = name.indexOf(".ko");
            module = dot < 0 ? "" : name.substring(0, dot).replace('-', '_');
        }

        boolean run() throws IOException {
            Section text = elf.section(".text");
            if (text == null) {
                throw new IllegalArgumentException(file + ": no .text");
            }
            DebugFiles.Builder sources = DebugFiles.builder();
            if (module.isEmpty()) {
                sources.vmlinux(file);
            } else {
                Path above = file.toAbsolutePath().getParent();
                sources.source(new DebugDirectory(above == null ? file : above));
            }
            int differences = 0;
            try (Dwarf dwarf = Dwarf.of(elf);
                    KernelPool pool = new KernelPool(sources.build())) {
                List<long[]> functions = functions(dwarf, text);
                SymbolTable symbols = elf.symbols();
                Map<String, Integer> printed = new HashMap<>();
                Set<Long> seen = new HashSet<>();
                long slowest = 0;
                for (int drawn = 0, tries = 0; drawn < (only != 0 ? 5 : count) && tries < 50 * count; tries++) {
                    long[] function = functions.get(random.nextInt(functions.size()));
                    long address = only != 0 ? only : draw(function);
                    if (address == 0 || (only == 0 && !seen.add(address))) {
                        continue;
                    }
                    int symbol = symbols.at(address);
                    if (symbol < 0 || symbols.named(symbols.name(symbol)).length != 1) {
                        continue;
                    }
                    String place = symbols.name(symbol) + "+0x" + Long.toHexString(address - symbols.address(symbol))
                            + "/0x" + Long.toHexString(symbols.size(symbol));
                    Bad bad = VALUES.get(drawn % VALUES.size());
                    AccessPath path = AccessPath.at(dwarf, set, this::bytes, address);
                    SyntheticFault fault = path == null ? null : fault(address, place, bad, path);
                    if (path == null || fault == null) {
                        continue;
                    }
                    drawn++;
                    long start = System.nanoTime();
                    List<Explanation> found = new ArrayList<>();
                    try (CrashAnalysis analysis = new CrashAnalysis(pool, LogOptions.DEFAULT)) {
                        analysis.read(
                                new LogReader(
                                        new ByteArrayInputStream(fault.text().getBytes(UTF_8))),
                                found::add);
                    }
                    slowest = Math.max(slowest, drawn == 1 ? 0 : System.nanoTime() - start);
                    List<String> kinds = new ArrayList<>();
                    String answer = FaultCheck.compare(fault, decoder, bad.kind, path, address, found, kinds);
                    if (only != 0) {
                        out.print(fault.text());
                    }
                    for (String kind : kinds) {
                        table.merge(kind, 1, Integer::sum);
                        if (kind.startsWith("!")) {
                            differences++;
                        }
                        boolean isPlain = kind.endsWith(": right");
                        if (only != 0 || (!isPlain && printed.merge(kind, 1, Integer::sum) <= shown)) {
                            out.printf(
                                    "%s %s 0x%x %s %s=%s%n    %s%n",
                                    kind,
                                    place,
                                    address,
                                    fault.instruction(),
                                    decoder.registerName(fault.register()),
                                    bad,
                                    answer);
                        }
                    }
                }
                int all = 0;
                for (Map.Entry<String, Integer> each : table.entrySet()) {
                    all += each.getKey().startsWith("variable: ") ? each.getValue() : 0;
                }
                out.printf(
                        Locale.ROOT,
                        "%s, %s: %,d faults, the slowest explanation took %d ms%n",
                        file.getFileName(),
                        folder.isEmpty() ? "all units" : folder,
                        all,
                        slowest / 1_000_000);
                for (Map.Entry<String, Integer> each : table.entrySet()) {
                    out.printf(Locale.ROOT, "%6.1f %%  %s%n", 100.0 * each.getValue() / all, each.getKey());
                }
            }
            return differences == 0;
        }

        private List<long[]> functions(Dwarf dwarf, Section text) throws IOException {
            CodeReader reader = new CodeReader(dwarf, 1, problem -> {
                throw new IllegalStateException(problem);
            });
            reader.only(source -> source.relativePath().startsWith(folder));
            reader.addCode(elf.address(text), elf.address(text) + text.size());
            List<long[]> functions = new ArrayList<>();
            for (UnitCode unit : reader.read()) {
                for (int i = 0; i < unit.pieces(); i++) {
                    if (unit.isFunction(i) && unit.length(i) > 16) {
                        functions.add(new long[] {unit.low(i), unit.length(i)});
                    }
                }
            }
            if (functions.isEmpty()) {
                throw new IllegalArgumentException(file + ": no function below " + folder);
            }
            return functions;
        }

        /** The address of a memory access in a function; 0 if none was drawn. */
        private long draw(long[] function) {
            byte[] code = bytes(function[0], (int) Math.min(function[1], 1 << 16));
            List<Long> found = new ArrayList<>();
            for (int at = 0; code != null && at < code.length; at += Math.max(1, decoder.length())) {
                decoder.decode(code, at, code.length, function[0] + at);
                for (int i = 0; decoder.isValid() && i < decoder.operands(); i++) {
                    if (decoder.access(i) != Access.NONE
                            && decoder.base(i) >= 0
                            && decoder.segment(i) == Decoder.NONE
                            && !isStack(decoder.base(i))
                            && decoder.base(i) != decoder.index(i)) {
                        found.add(function[0] + at);
                        break;
                    }
                }
            }
            return found.isEmpty() ? 0 : found.get(random.nextInt(found.size()));
        }

        private boolean isStack(int register) {
            return set == InstructionSet.X86_64 ? register == 7 : register == 31 || register == 29;
        }

        private @Nullable SyntheticFault fault(long address, String place, Bad bad, AccessPath path)
                throws IOException {
            byte[] code = bytes(address, 15);
            if (code == null) {
                return null;
            }
            decoder.decode(code, 0, code.length, address);
            int operand = decoder.operands() > 1 ? random.nextInt(decoder.operands()) : 0;
            int base = decoder.base(operand);
            if (base < 0 || isStack(base) || decoder.segment(operand) != Decoder.NONE) {
                return null;
            }
            Map<Integer, Long> registers = new HashMap<>();
            long kernel = set == InstructionSet.X86_64 ? 0xffff_8880_0512_3000L : 0xffff_0000_0512_3000L;
            for (int i = 0; i < 31; i++) {
                registers.put(i, kernel + 0x2_1040L * i);
            }
            registers.put(
                    set == InstructionSet.X86_64 ? 7 : 31,
                    set == InstructionSet.X86_64 ? 0xffff_c900_0013_7d48L : 0xffff_8000_8060_bc40L);
            long value = bad.value(set);
            List<AccessPath.Origin> origins = path.originsOf(base, address);
            // The pointer is bad, not the sum that the register holds
            long plus = origins.isEmpty() ? 0 : origins.get(0).plus();
            if ((plus < 0 && bad != Bad.WILD) || isNumber(path.code(), base, address)) {
                return null;
            }
            value += bad == Bad.WILD || bad == Bad.ERROR ? 0 : plus;
            registers.put(base, value);
            long effective = value + decoder.displacement(operand);
            if (decoder.index(operand) >= 0) {
                if (decoder.scale(operand) == 1) {
                    // Each of the two can be the pointer
                    return null;
                }
                registers.put(decoder.index(operand), 2L);
                effective += 2L * decoder.scale(operand);
            }
            return new SyntheticFault(
                    set,
                    release,
                    module,
                    place,
                    decoder.text(),
                    window(address),
                    registers,
                    base,
                    effective,
                    decoder.access(operand),
                    decoder.accessSize(operand));
        }

        /** Whether the code just made a number in a register, such as the address of a page of global variables. */
        private boolean isNumber(FunctionCode code, int register, long address) {
            int at = code.indexOf(address);
            for (int i = at; i > 0 && i > at - 32; ) {
                i = code.before(i);
                if (i == FunctionCode.NONE) {
                    return false;
                }
                if (code.target(i) == register && code.changes(i, register)) {
                    return code.effect(i) == Effect.CONSTANT;
                }
            }
            return false;
        }

        private SyntheticFault.CodeWindow window(long address) {
            StringBuilder text = new StringBuilder();
            int unit = set == InstructionSet.ARM64 ? 4 : 1;
            int before = set == InstructionSet.ARM64 ? 16 : 42;
            int all = set == InstructionSet.ARM64 ? 20 : 64;
            for (int i = 0; i < all; i += unit) {
                byte[] item = bytes(address - before + i, unit);
                StringBuilder hex = new StringBuilder();
                for (int j = unit - 1; j >= 0; j--) {
                    hex.append(String.format(Locale.ROOT, "%02x", item == null || item.length < unit ? 0 : item[j]));
                }
                boolean isTrap = i == before;
                String mark = set == InstructionSet.ARM64 ? "(" + hex + ")" : "<" + hex + ">";
                text.append(i == 0 ? "" : " ").append(isTrap ? mark : hex);
            }
            return new SyntheticFault.CodeWindow(text.toString());
        }

        private byte @Nullable [] bytes(long address, int length) {
            Section section = elf.sectionAt(address);
            if (section == null) {
                return null;
            }
            long offset = address - elf.address(section);
            try {
                return elf.data(section).read(offset, (int) Math.min(length, section.size() - offset));
            } catch (IOException e) {
                return null;
            }
        }
    }
}
