package dev.backline.benchmarks.variables;

import dev.backline.dwarf.CodeReader;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.UnitCode;
import dev.backline.dwarf.UnitFunctions;
import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.io.LongList;
import dev.backline.machine.Access;
import dev.backline.machine.Decoder;
import dev.backline.machine.Effect;
import dev.backline.machine.InstructionSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Draws memory accesses from the code of one file. */
final class Sampler {
    private static final Pattern STRING = Pattern.compile("(rep.*|(movs|stos|lods|scas|cmps|ins|outs)[bwlq]?) .*");

    private final ElfFile elf;
    private final Dwarf dwarf;
    private final InstructionSet set;
    private final Section text;
    /** The addresses of the accesses, function by function. */
    private final LongList addresses = new LongList();

    private final Set<Long> functions = new HashSet<>();
    private int units;
    private long instructions;

    Sampler(ElfFile elf, Dwarf dwarf, InstructionSet set, Section text) {
        this.elf = elf;
        this.dwarf = dwarf;
        this.set = set;
        this.text = text;
    }

    int units() {
        return units;
    }

    long instructions() {
        return instructions;
    }

    int accesses() {
        return addresses.size();
    }

    /** Finds the accesses of the units whose source files are below a folder. */
    void read(String folder) throws IOException {
        CodeReader reader = new CodeReader(dwarf, 1, problem -> {
            throw new IllegalStateException(problem);
        });
        reader.only(file -> file.relativePath().startsWith(folder));
        reader.addCode(elf.address(text), elf.address(text) + text.size());
        for (UnitCode unit : reader.read()) {
            units++;
            for (int i = 0; i < unit.pieces(); i++) {
                if (unit.isFunction(i)) {
                    addFunction(unit.low(i));
                }
            }
        }
    }

    private void addFunction(long address) throws IOException {
        AccessPath path = AccessPath.at(dwarf, set, this::bytes, address);
        if (path == null
                || path.code().count() == 0
                || !functions.add(path.code().address(0))) {
            return;
        }
        FunctionCode code = path.code();
        Decoder decoder = decoder();
        int frame = framePointer(code);
        for (int i = 0; i < code.count(); i++) {
            if (isInText(code.address(i))) {
                instructions++;
                if (code.base(i) != frame && isCounted(code, i, decoder)) {
                    addresses.add(code.address(i));
                }
            }
        }
    }

    private Decoder decoder() {
        Decoder decoder = set.decoder();
        if (decoder == null) {
            throw new IllegalStateException("no decoder for " + set);
        }
        return decoder;
    }

    private boolean isInText(long address) {
        return Long.compareUnsigned(address - elf.address(text), text.size()) < 0;
    }

    /** Not stack slots, string instructions, and operands without a base register. */
    private boolean isCounted(FunctionCode code, int at, Decoder decoder) {
        if (code.access(at) == Access.NONE || code.base(at) < 0 || isStack(code.base(at))) {
            return false;
        }
        if (set != InstructionSet.X86_64 && set != InstructionSet.I386) {
            return true;
        }
        byte[] bytes = bytes(code.address(at), 15);
        if (bytes == null) {
            return true;
        }
        decoder.decode(bytes, 0, bytes.length, code.address(at));
        return !STRING.matcher(decoder.text()).matches();
    }

    /** The register that the function copies the stack pointer to, or a number that no register has. */
    private int framePointer(FunctionCode code) {
        int stack = set == InstructionSet.I386 ? 4 : 7;
        int frame = set == InstructionSet.I386 ? 5 : 6;
        boolean x86 = set == InstructionSet.X86_64 || set == InstructionSet.I386;
        for (int i = 0; x86 && i < code.count(); i++) {
            if (code.effect(i) == Effect.MOVE && code.target(i) == frame && code.source(i) == stack) {
                return frame;
            }
        }
        return Integer.MIN_VALUE;
    }

    private boolean isStack(int register) {
        return switch (set) {
            case X86_64 -> register == 7;
            case I386 -> register == 4;
            case ARM64 -> register == 29 || register == 31;
            default -> register == 2 || register == 8;
        };
    }

    /** Draws accesses: {@return them in the order of their addresses} */
    List<Sample> draw(int count, long seed) throws IOException {
        Random random = new Random(seed);
        long[] all = addresses.toArray();
        Set<Long> drawn = new HashSet<>();
        while (drawn.size() < Math.min(count, all.length)) {
            drawn.add(all[random.nextInt(all.length)]);
        }
        List<Sample> samples = new ArrayList<>();
        AccessPath path = null;
        for (long address : drawn.stream().sorted(Long::compareUnsigned).toList()) {
            if (path == null || path.code().indexOf(address) == FunctionCode.NONE) {
                path = AccessPath.at(dwarf, set, this::bytes, address);
            }
            if (path != null) {
                samples.add(sample(path, address));
            }
        }
        return samples;
    }

    private Sample sample(AccessPath path, long address) throws IOException {
        FunctionCode code = path.code();
        int at = code.indexOf(address);
        int register = code.base(at);
        long displacement = code.displacement(at);
        int size = code.size(at);
        List<AccessPath.Origin> origins = new ArrayList<>(path.originsOf(register, address));
        List<AccessPath.Touched> touched = AccessPath.touched(origins, displacement, size);
        if (touched.isEmpty() && !origins.isEmpty() && origins.get(0).steps() == 0) {
            // A pointer to a member or to void: what it was made from may be a pointer to the structure
            List<AccessPath.Origin> sources = path.sourcesOf(register, address);
            touched = AccessPath.touched(sources, displacement, size);
            origins.addAll(sources);
        }
        UnitFunctions unit = UnitFunctions.holding(dwarf, address);
        long root = unit == null ? 0 : unit.root().offset();
        return new Sample(root, address, register, displacement, size, origins, touched);
    }

    private byte @Nullable [] bytes(long address, int length) {
        Section section = elf.sectionAt(address);
        if (section == null) {
            return null;
        }
        long offset = address - elf.address(section);
        try {
            return elf.data(section).read(offset, (int) Math.min(length, section.size() - offset));
        } catch (ElfException e) {
            return null;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
