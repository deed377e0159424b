package dev.backline.elf;

import static dev.backline.elf.ElfHeader.EM_386;
import static dev.backline.elf.ElfHeader.EM_68K;
import static dev.backline.elf.ElfHeader.EM_AARCH64;
import static dev.backline.elf.ElfHeader.EM_ALPHA;
import static dev.backline.elf.ElfHeader.EM_ALTERA_NIOS2;
import static dev.backline.elf.ElfHeader.EM_ARC_COMPACT;
import static dev.backline.elf.ElfHeader.EM_ARC_COMPACT2;
import static dev.backline.elf.ElfHeader.EM_ARM;
import static dev.backline.elf.ElfHeader.EM_BPF;
import static dev.backline.elf.ElfHeader.EM_CSKY;
import static dev.backline.elf.ElfHeader.EM_HEXAGON;
import static dev.backline.elf.ElfHeader.EM_IA_64;
import static dev.backline.elf.ElfHeader.EM_LOONGARCH;
import static dev.backline.elf.ElfHeader.EM_MICROBLAZE;
import static dev.backline.elf.ElfHeader.EM_MIPS;
import static dev.backline.elf.ElfHeader.EM_OPENRISC;
import static dev.backline.elf.ElfHeader.EM_PARISC;
import static dev.backline.elf.ElfHeader.EM_PPC;
import static dev.backline.elf.ElfHeader.EM_PPC64;
import static dev.backline.elf.ElfHeader.EM_RISCV;
import static dev.backline.elf.ElfHeader.EM_S390;
import static dev.backline.elf.ElfHeader.EM_SH;
import static dev.backline.elf.ElfHeader.EM_SPARC;
import static dev.backline.elf.ElfHeader.EM_SPARC32PLUS;
import static dev.backline.elf.ElfHeader.EM_SPARCV9;
import static dev.backline.elf.ElfHeader.EM_X86_64;
import static dev.backline.elf.ElfHeader.EM_XTENSA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelocationTest {
    /** The offset of the field in a 64-byte section of bytes 0x11. */
    private static final int AT = 0x18;

    /** The effect of a relocation type on the bytes 0x11 at {@link #AT}. */
    private enum Rule {
        NONE,
        ABSOLUTE,
        RELATIVE,
        ADD,
        SUBTRACT,
        SET6,
        ADD6,
        SUBTRACT6
    }

    static Stream<Arguments> types() {
        List<Arguments> all = new ArrayList<>();
        machine(all, EM_X86_64, true, false, Rule.NONE, 0, 0);
        machine(all, EM_X86_64, true, false, Rule.ABSOLUTE, 8, 1, 17);
        machine(all, EM_X86_64, true, false, Rule.ABSOLUTE, 4, 10, 11, 21);
        machine(all, EM_X86_64, true, false, Rule.ABSOLUTE, 2, 12);
        machine(all, EM_X86_64, true, false, Rule.ABSOLUTE, 1, 14);
        machine(all, EM_X86_64, true, false, Rule.RELATIVE, 4, 2);
        machine(all, EM_X86_64, true, false, Rule.RELATIVE, 2, 13);
        machine(all, EM_X86_64, true, false, Rule.RELATIVE, 1, 15);
        machine(all, EM_X86_64, true, false, Rule.RELATIVE, 8, 24);
        machine(all, EM_386, false, false, Rule.NONE, 0, 0);
        machine(all, EM_386, false, false, Rule.ABSOLUTE, 4, 1, 32);
        machine(all, EM_386, false, false, Rule.RELATIVE, 4, 2);
        machine(all, EM_386, false, false, Rule.ABSOLUTE, 2, 20);
        machine(all, EM_386, false, false, Rule.RELATIVE, 2, 21);
        machine(all, EM_386, false, false, Rule.ABSOLUTE, 1, 22);
        machine(all, EM_386, false, false, Rule.RELATIVE, 1, 23);
        for (boolean big : new boolean[] {false, true}) {
            machine(all, EM_AARCH64, true, big, Rule.NONE, 0, 0, 256);
            machine(all, EM_AARCH64, true, big, Rule.ABSOLUTE, 8, 257, 1029);
            machine(all, EM_AARCH64, true, big, Rule.ABSOLUTE, 4, 258);
            machine(all, EM_AARCH64, true, big, Rule.ABSOLUTE, 2, 259);
            machine(all, EM_AARCH64, true, big, Rule.RELATIVE, 8, 260);
            machine(all, EM_AARCH64, true, big, Rule.RELATIVE, 4, 261);
            machine(all, EM_AARCH64, true, big, Rule.RELATIVE, 2, 262);
            machine(all, EM_ARM, false, big, Rule.NONE, 0, 0);
            machine(all, EM_ARM, false, big, Rule.ABSOLUTE, 4, 2, 38, 106);
            machine(all, EM_ARM, false, big, Rule.RELATIVE, 4, 3);
            machine(all, EM_ARM, false, big, Rule.ABSOLUTE, 2, 5);
            machine(all, EM_ARM, false, big, Rule.ABSOLUTE, 1, 8);
            machine(all, EM_PPC64, true, big, Rule.NONE, 0, 0);
            machine(all, EM_PPC64, true, big, Rule.ABSOLUTE, 4, 1, 24);
            machine(all, EM_PPC64, true, big, Rule.ABSOLUTE, 2, 3, 25);
            machine(all, EM_PPC64, true, big, Rule.RELATIVE, 4, 26);
            machine(all, EM_PPC64, true, big, Rule.ABSOLUTE, 8, 38, 43, 78);
            machine(all, EM_PPC64, true, big, Rule.RELATIVE, 8, 44);
        }
        machine(all, EM_PPC, false, true, Rule.NONE, 0, 0);
        machine(all, EM_PPC, false, true, Rule.ABSOLUTE, 4, 1, 24, 78);
        machine(all, EM_PPC, false, true, Rule.ABSOLUTE, 2, 3, 25);
        machine(all, EM_PPC, false, true, Rule.RELATIVE, 4, 26);
        machine(all, EM_S390, true, true, Rule.NONE, 0, 0);
        machine(all, EM_S390, true, true, Rule.ABSOLUTE, 1, 1);
        machine(all, EM_S390, true, true, Rule.ABSOLUTE, 2, 3);
        machine(all, EM_S390, true, true, Rule.ABSOLUTE, 4, 4, 52);
        machine(all, EM_S390, true, true, Rule.RELATIVE, 4, 5);
        machine(all, EM_S390, true, true, Rule.RELATIVE, 2, 16);
        machine(all, EM_S390, true, true, Rule.ABSOLUTE, 8, 22, 53);
        machine(all, EM_S390, true, true, Rule.RELATIVE, 8, 23);
        for (boolean is64 : new boolean[] {false, true}) {
            machine(all, EM_RISCV, is64, false, Rule.NONE, 0, 0, 51);
            machine(all, EM_RISCV, is64, false, Rule.ABSOLUTE, 4, 1, 8, 56);
            machine(all, EM_RISCV, is64, false, Rule.ABSOLUTE, 8, 2, 9);
            machine(all, EM_RISCV, is64, false, Rule.ADD, 1, 33);
            machine(all, EM_RISCV, is64, false, Rule.ADD, 2, 34);
            machine(all, EM_RISCV, is64, false, Rule.ADD, 4, 35);
            machine(all, EM_RISCV, is64, false, Rule.ADD, 8, 36);
            machine(all, EM_RISCV, is64, false, Rule.SUBTRACT, 1, 37);
            machine(all, EM_RISCV, is64, false, Rule.SUBTRACT, 2, 38);
            machine(all, EM_RISCV, is64, false, Rule.SUBTRACT, 4, 39);
            machine(all, EM_RISCV, is64, false, Rule.SUBTRACT, 8, 40);
            machine(all, EM_RISCV, is64, false, Rule.SUBTRACT6, 1, 52);
            machine(all, EM_RISCV, is64, false, Rule.SET6, 1, 53);
            machine(all, EM_RISCV, is64, false, Rule.ABSOLUTE, 1, 54);
            machine(all, EM_RISCV, is64, false, Rule.ABSOLUTE, 2, 55);
            machine(all, EM_RISCV, is64, false, Rule.RELATIVE, 4, 57);
        }
        otherMachines(all);
        return all.stream();
    }

    /** Machines of which Linux has a port, and whose modules are rarer. */
    private static void otherMachines(List<Arguments> all) {
        machine(all, EM_LOONGARCH, true, false, Rule.NONE, 0, 0, 20, 21, 100);
        machine(all, EM_LOONGARCH, true, false, Rule.ABSOLUTE, 4, 1, 8);
        machine(all, EM_LOONGARCH, true, false, Rule.ABSOLUTE, 8, 2, 9);
        machine(all, EM_LOONGARCH, true, false, Rule.ADD, 1, 47);
        machine(all, EM_LOONGARCH, true, false, Rule.ADD, 2, 48);
        machine(all, EM_LOONGARCH, true, false, Rule.ADD, 3, 49);
        machine(all, EM_LOONGARCH, true, false, Rule.ADD, 4, 50);
        machine(all, EM_LOONGARCH, true, false, Rule.ADD, 8, 51);
        machine(all, EM_LOONGARCH, true, false, Rule.SUBTRACT, 1, 52);
        machine(all, EM_LOONGARCH, true, false, Rule.SUBTRACT, 2, 53);
        machine(all, EM_LOONGARCH, true, false, Rule.SUBTRACT, 3, 54);
        machine(all, EM_LOONGARCH, true, false, Rule.SUBTRACT, 4, 55);
        machine(all, EM_LOONGARCH, true, false, Rule.SUBTRACT, 8, 56);
        machine(all, EM_LOONGARCH, true, false, Rule.RELATIVE, 4, 99);
        machine(all, EM_LOONGARCH, true, false, Rule.ADD6, 1, 105);
        machine(all, EM_LOONGARCH, true, false, Rule.SUBTRACT6, 1, 106);
        machine(all, EM_LOONGARCH, true, false, Rule.RELATIVE, 8, 109);
        for (boolean is64 : new boolean[] {false, true}) {
            for (boolean big : new boolean[] {false, true}) {
                machine(all, EM_MIPS, is64, big, Rule.NONE, 0, 0);
                machine(all, EM_MIPS, is64, big, Rule.ABSOLUTE, 2, 1);
                machine(all, EM_MIPS, is64, big, Rule.ABSOLUTE, 4, 2, 39);
                machine(all, EM_MIPS, is64, big, Rule.ABSOLUTE, 8, 18, 41);
                machine(all, EM_MIPS, is64, big, Rule.RELATIVE, 4, 248);
            }
            for (int machine : is64 ? new int[] {EM_SPARCV9} : new int[] {EM_SPARC, EM_SPARC32PLUS}) {
                machine(all, machine, is64, true, Rule.NONE, 0, 0);
                machine(all, machine, is64, true, Rule.ABSOLUTE, 1, 1);
                machine(all, machine, is64, true, Rule.ABSOLUTE, 2, 2, 55);
                machine(all, machine, is64, true, Rule.ABSOLUTE, 4, 3, 23, 76);
                machine(all, machine, is64, true, Rule.ABSOLUTE, 8, 32, 54, 77);
                machine(all, machine, is64, true, Rule.RELATIVE, 1, 4);
                machine(all, machine, is64, true, Rule.RELATIVE, 2, 5);
                machine(all, machine, is64, true, Rule.RELATIVE, 4, 6);
                machine(all, machine, is64, true, Rule.RELATIVE, 8, 46);
            }
            machine(all, EM_PARISC, is64, true, Rule.NONE, 0, 0);
            machine(all, EM_PARISC, is64, true, Rule.ABSOLUTE, 4, 1, 41, 244);
            machine(all, EM_PARISC, is64, true, Rule.ABSOLUTE, 8, 80, 104, 245);
            machine(all, EM_PARISC, is64, true, Rule.RELATIVE, 4, 9);
            machine(all, EM_PARISC, is64, true, Rule.RELATIVE, 8, 72);
        }
        machine(all, EM_68K, false, true, Rule.NONE, 0, 0);
        machine(all, EM_68K, false, true, Rule.ABSOLUTE, 4, 1, 31);
        machine(all, EM_68K, false, true, Rule.ABSOLUTE, 2, 2);
        machine(all, EM_68K, false, true, Rule.ABSOLUTE, 1, 3);
        machine(all, EM_68K, false, true, Rule.RELATIVE, 4, 4);
        machine(all, EM_68K, false, true, Rule.RELATIVE, 2, 5);
        machine(all, EM_68K, false, true, Rule.RELATIVE, 1, 6);
        machine(all, EM_ALPHA, true, false, Rule.NONE, 0, 0);
        machine(all, EM_ALPHA, true, false, Rule.ABSOLUTE, 4, 1);
        machine(all, EM_ALPHA, true, false, Rule.ABSOLUTE, 8, 2, 33);
        machine(all, EM_ALPHA, true, false, Rule.RELATIVE, 2, 9);
        machine(all, EM_ALPHA, true, false, Rule.RELATIVE, 4, 10);
        machine(all, EM_ALPHA, true, false, Rule.RELATIVE, 8, 11);
        machine(all, EM_IA_64, true, false, Rule.NONE, 0, 0);
        machine(all, EM_IA_64, true, false, Rule.ABSOLUTE, 4, 0x24, 0x25, 0x64, 0x65, 0xb4, 0xb5);
        machine(all, EM_IA_64, true, false, Rule.ABSOLUTE, 8, 0x26, 0x27, 0x66, 0x67, 0xb6, 0xb7);
        machine(all, EM_IA_64, true, false, Rule.RELATIVE, 4, 0x4c, 0x4d);
        machine(all, EM_IA_64, true, false, Rule.RELATIVE, 8, 0x4e, 0x4f);
        machine(all, EM_BPF, true, false, Rule.NONE, 0, 0);
        machine(all, EM_BPF, true, false, Rule.ABSOLUTE, 8, 1, 2);
        machine(all, EM_BPF, true, false, Rule.ABSOLUTE, 4, 3, 4, 10);
        machine(all, EM_OPENRISC, false, true, Rule.NONE, 0, 0);
        machine(all, EM_OPENRISC, false, true, Rule.ABSOLUTE, 4, 1, 33);
        machine(all, EM_OPENRISC, false, true, Rule.ABSOLUTE, 2, 2);
        machine(all, EM_OPENRISC, false, true, Rule.ABSOLUTE, 1, 3);
        machine(all, EM_OPENRISC, false, true, Rule.RELATIVE, 4, 9);
        machine(all, EM_OPENRISC, false, true, Rule.RELATIVE, 2, 10);
        machine(all, EM_OPENRISC, false, true, Rule.RELATIVE, 1, 11);
        machine(all, EM_HEXAGON, false, false, Rule.NONE, 0, 0);
        machine(all, EM_HEXAGON, false, false, Rule.ABSOLUTE, 4, 6, 47);
        machine(all, EM_HEXAGON, false, false, Rule.ABSOLUTE, 2, 7, 48);
        machine(all, EM_HEXAGON, false, false, Rule.ABSOLUTE, 1, 8);
        machine(all, EM_HEXAGON, false, false, Rule.RELATIVE, 4, 31);
        machine(all, EM_CSKY, false, false, Rule.NONE, 0, 0);
        machine(all, EM_CSKY, false, false, Rule.ABSOLUTE, 4, 1, 55, 57);
        machine(all, EM_CSKY, false, false, Rule.RELATIVE, 4, 5);
        machine(all, EM_ALTERA_NIOS2, false, false, Rule.NONE, 0, 0, 21);
        machine(all, EM_ALTERA_NIOS2, false, false, Rule.ABSOLUTE, 4, 12, 34);
        machine(all, EM_ALTERA_NIOS2, false, false, Rule.ABSOLUTE, 2, 13);
        machine(all, EM_ALTERA_NIOS2, false, false, Rule.ABSOLUTE, 1, 14);
        for (boolean big : new boolean[] {false, true}) {
            machine(all, EM_SH, false, big, Rule.NONE, 0, 0, 27, 28, 29, 30, 31, 32);
            machine(all, EM_SH, false, big, Rule.ADD, 4, 1);
            machine(all, EM_SH, false, big, Rule.ABSOLUTE, 4, 146);
            machine(all, EM_SH, false, big, Rule.RELATIVE, 4, 2);
            for (int machine : new int[] {EM_ARC_COMPACT, EM_ARC_COMPACT2}) {
                machine(all, machine, false, big, Rule.NONE, 0, 0);
                machine(all, machine, false, big, Rule.ABSOLUTE, 1, 1);
                machine(all, machine, false, big, Rule.ABSOLUTE, 2, 2);
                machine(all, machine, false, big, Rule.ABSOLUTE, 3, 3);
                machine(all, machine, false, big, Rule.ABSOLUTE, 4, 4, 67);
                machine(all, machine, false, big, Rule.RELATIVE, 4, 49);
            }
            machine(all, EM_MICROBLAZE, false, big, Rule.NONE, 0, 0, 9, 33);
            machine(all, EM_MICROBLAZE, false, big, Rule.ABSOLUTE, 4, 1, 26);
            machine(all, EM_MICROBLAZE, false, big, Rule.RELATIVE, 4, 2);
            machine(all, EM_XTENSA, false, big, Rule.NONE, 0, 0, 17, 18, 19, 57, 58, 59, 60, 61, 62);
            machine(all, EM_XTENSA, false, big, Rule.ADD, 4, 1);
            machine(all, EM_XTENSA, false, big, Rule.RELATIVE, 4, 14);
        }
    }

    private static void machine(
            List<Arguments> all, int machine, boolean is64, boolean big, Rule rule, int width, int... types) {
        for (int type : types) {
            all.add(Arguments.of(machine, is64, big, rule, width, type));
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void appliesEachType(int machine, boolean is64, boolean big, Rule rule, int width, int type) throws IOException {
        ElfBuilder b = new ElfBuilder(is64, big, ElfHeader.ET_REL, machine);
        int text = b.text(".text", 0, 0x100);
        int info = b.debug(".debug_info", filled(64));
        int f = b.symbol("f", 0x24, 4, SymbolTable.STT_OBJECT, SymbolTable.STB_LOCAL, text);
        b.relocations(info, true, new long[] {AT, f, type, -4});
        ElfFile file = b.open();

        long value = file.address(file.sections().get(text)) + 0x20;
        long there = 0x1111_1111_1111_1111L;
        long expected = switch (rule) {
            case NONE -> there;
            case ABSOLUTE -> value;
            case RELATIVE -> value - AT;
            case ADD -> there + value;
            case SUBTRACT -> there - value;
            case SET6 -> value & 0x3f;
            case ADD6 -> (0x11 + value) & 0x3f;
            case SUBTRACT6 -> (0x11 - value) & 0x3f;
        };
        byte[] wanted = filled(64);
        Words.put(wanted, AT, width, big, expected);
        SectionData data = data(file);
        assertThat(data.read(0, 64)).isEqualTo(wanted);
        for (int start = 0; start < 64; start++) {
            for (int length = 0; length <= 64 - start; length++) {
                byte[] part = data.read(start, length);
                if (!Arrays.equals(part, Arrays.copyOfRange(wanted, start, start + length))) {
                    assertThat(part).as("%d+%d", start, length).isEqualTo(wanted);
                }
            }
        }
    }

    @Test
    void takesTheAddendFromTheFieldIfTheTableHasNone() throws IOException {
        ElfBuilder b = new ElfBuilder(false, false, ElfHeader.ET_REL, EM_386);
        int text = b.text(".text", 0, 0x100);
        int info = b.debug(".debug_info", b.bytes().u32(0x40).u32(0xffff_fffcL).bytes());
        int f = b.function("f", 0x10, 4, text);
        b.relocations(info, false, new long[] {0, f, 1}, new long[] {4, f, 1});
        ElfFile file = b.open();
        long base = file.address(file.sections().get(text));
        byte[] read = data(file).read(0, 8);
        assertThat(Words.u32(read, 0, false)).isEqualTo(base + 0x50);
        assertThat(Words.u32(read, 4, false)).isEqualTo(base + 0xc);
    }

    @Test
    void countsSymbolsOfSectionsThatAreNotLoadedFromZeroAndUndefinedOnesAsZero() throws IOException {
        ElfBuilder b = ElfBuilder.object();
        int text = b.text(".text", 0, 16);
        int str = b.debug(".debug_str", new byte[0x100]);
        int info = b.debug(".debug_info", filled(64));
        int inStr = b.symbol("", 0, 0, SymbolTable.STT_SECTION, SymbolTable.STB_LOCAL, str);
        int undefined = b.symbol("kmalloc", 0x99, 0, SymbolTable.STT_NOTYPE, SymbolTable.STB_GLOBAL, 0);
        int common = b.symbol("c", 0x88, 0, SymbolTable.STT_OBJECT, SymbolTable.STB_GLOBAL, SymbolTable.SHN_COMMON);
        int absolute = b.symbol("a", 0x77, 0, SymbolTable.STT_NOTYPE, SymbolTable.STB_GLOBAL, SymbolTable.SHN_ABS);
        int local = b.symbol("t", 0x66, 0, SymbolTable.STT_TLS, SymbolTable.STB_GLOBAL, text);
        b.relocations(
                info,
                true,
                new long[] {0, inStr, 1, 0x12},
                new long[] {8, undefined, 1, 0x34},
                new long[] {16, common, 1, 0},
                new long[] {24, absolute, 1, 1},
                new long[] {32, local, 17, 0},
                new long[] {40, 0, 1, 5});
        byte[] read = data(b.open()).read(0, 48);
        long[] values = new long[6];
        for (int i = 0; i < 6; i++) {
            values[i] = Words.i64(read, 8 * i, false);
        }
        assertThat(values).containsExactly(0x12, 0x34, 0, 0x78, 0x66, 5);
    }

    @Test
    void subtractsSymbolsInNumbersOfVariableLengthOnRiscv() throws IOException {
        ElfBuilder b = new ElfBuilder(true, false, ElfHeader.ET_REL, EM_RISCV);
        int text = b.text(".text", 0, 0x400);
        byte[] content = filled(64);
        content[0x20] = (byte) 0x80;
        content[0x21] = 0;
        int info = b.debug(".debug_info", content);
        int low = b.function("low", 0x10, 0, text);
        int high = b.function("high", 0x10 + 0x133, 0, text);
        b.relocations(info, true, new long[] {0x20, high, 60, 0}, new long[] {0x20, low, 61, 0});
        byte[] read = data(b.open()).read(0x1f, 4);
        assertThat(read).containsExactly(0x11, 0x80 | 0x33, 0x02, 0x11);
    }

    @Test
    void addsAndSubtractsSymbolsInNumbersOfVariableLengthOnLoongArch() throws IOException {
        ElfBuilder b = new ElfBuilder(true, false, ElfHeader.ET_REL, EM_LOONGARCH);
        int text = b.text(".text", 0, 0x400);
        byte[] content = filled(64);
        content[0x20] = (byte) 0x80;
        content[0x21] = 0;
        int info = b.debug(".debug_info", content);
        int low = b.function("low", 0x10, 0, text);
        int high = b.function("high", 0x10 + 0x133, 0, text);
        b.relocations(info, true, new long[] {0x20, high, 107, 0}, new long[] {0x20, low, 108, 0});
        byte[] read = data(b.open()).read(0x1f, 4);
        assertThat(read).containsExactly(0x11, 0x80 | 0x33, 0x02, 0x11);
    }

    /** The result of one type is the addend of the next (64-bit ELF Object File Specification, 2.9). */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void appliesTheThreeTypesOfOneMips64RelocationInTurn(boolean big) throws IOException {
        ElfBuilder b = new ElfBuilder(true, big, ElfHeader.ET_REL, EM_MIPS);
        int text = b.text(".text", 0, 0x400);
        int info = b.debug(".debug_info", filled(64));
        int f = b.function("f", 0x24, 0, text);
        // R_MIPS_64 then SUB; R_MIPS_32 then 64; SUB, 64, 32
        b.relocations(
                info,
                true,
                new long[] {0, f, 18 | 24 << 8, 4},
                new long[] {8, f, 2 | 18 << 8, 0x7f00_0000},
                new long[] {0x10, f, 24 | 18 << 8 | 2 << 16, 1});
        ElfFile file = b.open();
        long value = file.address(file.sections().get(text)) + 0x24;
        byte[] read = data(file).read(0, 24);
        assertThat(Words.i64(read, 0, big)).isEqualTo(-(value + 4));
        assertThat(Words.i64(read, 8, big)).isEqualTo((int) (value + 0x7f00_0000));
        assertThat(Words.i32(read, 16, big)).isEqualTo((int) (value - 1));
        assertThat(Words.i32(read, 20, big)).isEqualTo(0x1111_1111);
    }

    @Test
    void namesTheTypeOfMips64ThatItDoesNotKnow() throws IOException {
        ElfBuilder b = new ElfBuilder(true, false, ElfHeader.ET_REL, EM_MIPS);
        int info = b.debug(".debug_info", filled(64));
        b.relocations(info, true, new long[] {0, 0, 18 | 5 << 8, 4});
        assertThatThrownBy(() -> data(b.open()).read(0, 8))
                .hasMessageContaining("relocation type 5 of machine 8, one of the three in 0x512");
        ElfBuilder special = new ElfBuilder(true, false, ElfHeader.ET_REL, EM_MIPS);
        int other = special.debug(".debug_info", filled(64));
        special.relocations(other, true, new long[] {0, 0, 18 | 18 << 8 | 1 << 24, 4});
        assertThatThrownBy(() -> data(special.open()).read(0, 8)).hasMessageContaining("special symbol 1");
    }

    /** As assemblers write the units of types: each .debug_info in a group of its own. */
    @Test
    void readsDebugSectionsOfOneNameAsOne() throws IOException {
        ElfBuilder b = ElfBuilder.object();
        int first = b.debug(".debug_info", new byte[] {1, 2, 3});
        int abbreviations = b.debug(".debug_abbrev", new byte[16]);
        int second = b.debug(".debug_info", new byte[16]);
        int third = b.debug(".gnu.linkonce.wi.x", new byte[] {7, 8});
        int ranges = b.debug(".debug_aranges", new byte[16]);
        int inFirst = b.symbol("", 0, 0, SymbolTable.STT_SECTION, SymbolTable.STB_LOCAL, first);
        int inSecond = b.symbol("", 0, 0, SymbolTable.STT_SECTION, SymbolTable.STB_LOCAL, second);
        int inThird = b.symbol("", 0, 0, SymbolTable.STT_SECTION, SymbolTable.STB_LOCAL, third);
        int inTable = b.symbol("", 0, 0, SymbolTable.STT_SECTION, SymbolTable.STB_LOCAL, abbreviations);
        b.relocations(second, true, new long[] {4, inTable, 1, 5});
        b.relocations(ranges, true, new long[] {0, inFirst, 10, 1}, new long[] {4, inSecond, 10, 2}, new long[] {
            8, inThird, 10, 1
        });
        ElfFile file = b.open();
        SectionData info = Objects.requireNonNull(file.debugData(".debug_info"));
        assertThat(info.size()).isEqualTo(3 + 16 + 2);
        byte[] whole = {1, 2, 3, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 8};
        for (int start = 0; start < whole.length; start++) {
            for (int length = 0; length <= whole.length - start; length++) {
                assertThat(info.read(start, length)).isEqualTo(Arrays.copyOfRange(whole, start, start + length));
            }
        }
        byte[] offsets =
                Objects.requireNonNull(file.debugData(".debug_aranges")).read(0, 12);
        assertThat(Words.i32(offsets, 0, false)).isEqualTo(1);
        assertThat(Words.i32(offsets, 4, false)).isEqualTo(3 + 2);
        assertThat(Words.i32(offsets, 8, false)).isEqualTo(3 + 16 + 1);
    }

    @Test
    void ignoresTheDataInTypesOfSparc64() throws IOException {
        ElfBuilder b = new ElfBuilder(true, true, ElfHeader.ET_REL, EM_SPARCV9);
        int info = b.debug(".debug_info", filled(64));
        b.relocations(info, true, new long[] {0, 0, 0xabcdef00L | 54, 7});
        assertThat(Words.i64(data(b.open()).read(0, 8), 0, true)).isEqualTo(7);
    }

    /** Sections of LLVM's --crel, as random entries, beside the same entries as SHT_REL or SHT_RELA. */
    @ParameterizedTest
    @CsvSource({
        "62, true, false, true, 0, 1, 10",
        "62, true, false, true, 2, 1, 10",
        "62, true, false, false, 0, 1, 10",
        "183, true, true, true, 0, 257, 258",
        "8, true, false, true, 3, 18, 2",
        "40, false, false, true, 0, 2, 2",
        "40, false, false, false, 1, 2, 5"
    })
    void readsCompactRelocations(
            int machine, boolean is64, boolean big, boolean withAddend, int shift, int wide, int narrow)
            throws IOException {
        Random random = new Random(machine + shift);
        byte[] content = new byte[60_000];
        random.nextBytes(content);
        List<long[]> entries = new ArrayList<>();
        int step = 1 << shift;
        for (int at = 0; at + 8 <= content.length; at += (8 + random.nextInt(600)) / step * step) {
            int symbol = random.nextInt(4);
            entries.add(new long[] {at, symbol, random.nextBoolean() ? wide : narrow, random.nextInt()});
        }
        SectionData[] read = new SectionData[2];
        for (int i = 0; i < 2; i++) {
            ElfBuilder b = new ElfBuilder(is64, big, ElfHeader.ET_REL, machine);
            int text = b.text(".text", 0, 0x400);
            int info = b.debug(".debug_info", content.clone());
            b.function("f", 0x10, 0, text);
            b.function("g", 0x20, 0, text);
            b.function("h", 0x30, 0, text);
            long[][] all = entries.toArray(new long[0][]);
            if (i == 0) {
                b.relocations(info, withAddend, all);
            } else {
                b.compactRelocations(info, withAddend, shift, all);
            }
            read[i] = data(b.open());
        }
        assertThat(read[1].read(0, content.length)).isEqualTo(read[0].read(0, content.length));
    }

    @Test
    void refusesCompactRelocationsThatEndTooEarly() throws IOException {
        // None; three entries by the header, one byte; more entries than an array holds; no header
        for (byte[] bytes : new byte[][] {{4}, {3 * 8 + 4, 0}, {(byte) 0xfc, (byte) 0xff, 0x7f, 0}, {}}) {
            ElfBuilder b = ElfBuilder.object();
            int info = b.debug(".debug_info", filled(64));
            b.compactRelocations(info, bytes);
            SectionData data = data(b.open());
            if (bytes.length <= 1) {
                assertThat(data.read(0, 64)).isEqualTo(filled(64));
            } else {
                assertThatThrownBy(() -> data.read(0, 8)).hasMessageContaining(".crel.debug_info");
            }
        }
    }

    @Test
    void appliesRelocationsOfOneFieldInOrderEvenIfTheTableIsNotSorted() throws IOException {
        ElfBuilder b = new ElfBuilder(true, false, ElfHeader.ET_REL, EM_RISCV);
        int text = b.text(".text", 0, 0x10000);
        int places = 3000;
        int info = b.debug(".debug_info", new byte[4 * places]);
        List<Integer> order = new ArrayList<>();
        int[] symbols = new int[places];
        for (int i = 0; i < places; i++) {
            order.add(i);
            symbols[i] = b.function("f" + i, 2 * i, 0, text);
        }
        Collections.shuffle(order, new Random(1));
        List<long[]> entries = new ArrayList<>();
        for (int i : order) {
            entries.add(new long[] {4 * i, symbols[i], 56, 0});
            entries.add(new long[] {4 * i, symbols[0], 39, 0});
        }
        b.relocations(info, true, entries.toArray(new long[0][]));
        SectionData data = data(b.open());
        for (int i = places - 1; i >= 0; i--) {
            assertThat(Words.i32(data.read(4 * i, 4), 0, false)).isEqualTo(2 * i);
        }
    }

    @Test
    void noticesThatALargeTableIsNotSorted() throws IOException {
        ElfBuilder b = ElfBuilder.object();
        int places = 6000;
        int str = b.debug(".debug_str", new byte[0]);
        int info = b.debug(".debug_info", new byte[8 * places]);
        int section = b.symbol("", 0, 0, SymbolTable.STT_SECTION, SymbolTable.STB_LOCAL, str);
        List<long[]> entries = new ArrayList<>();
        for (int i = 0; i < places; i++) {
            entries.add(new long[] {8 * i, section, 1, 7 * i});
        }
        // Two neighbours between the samples
        Collections.swap(entries, 3001, 3002);
        b.relocations(info, true, entries.toArray(new long[0][]));
        byte[] read = data(b.open()).read(0, 8 * places);
        for (int i = 0; i < places; i++) {
            assertThat(Words.i64(read, 8 * i, false)).isEqualTo(7L * i);
        }
    }

    static Stream<Arguments> wideTypes() {
        return Stream.of(
                Arguments.of(EM_X86_64, true, false, true, 1, 10),
                Arguments.of(EM_AARCH64, true, false, true, 257, 258),
                Arguments.of(EM_AARCH64, true, true, true, 257, 258),
                Arguments.of(EM_S390, true, true, true, 22, 4),
                Arguments.of(EM_RISCV, true, false, true, 2, 1),
                Arguments.of(EM_PPC, false, true, true, 1, 24),
                Arguments.of(EM_386, false, false, false, 1, 1),
                Arguments.of(EM_ARM, false, true, false, 2, 2));
    }

    @ParameterizedTest
    @MethodSource("wideTypes")
    void givesTheSameBytesInAnyPartAndOnAnyThread(
            int machine, boolean is64, boolean big, boolean withAddend, int wide, int narrow) throws Exception {
        ElfBuilder b = new ElfBuilder(is64, big, ElfHeader.ET_REL, machine);
        Random random = new Random(machine);
        byte[] content = new byte[200_000];
        int str = b.debug(".debug_str", new byte[0]);
        int info = b.debug(".debug_info", content);
        int section = b.symbol("", 0x30, 0, SymbolTable.STT_SECTION, SymbolTable.STB_LOCAL, str);
        ByteBuffer expected =
                ByteBuffer.allocate(content.length).order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        List<long[]> entries = new ArrayList<>();
        // At odd places, so that fields lie across the ends of pages and windows
        for (int at = 3; at + 8 <= content.length; at += 8 + random.nextInt(20)) {
            boolean isWide = is64 && random.nextBoolean();
            int addend = withAddend ? random.nextInt() : 0;
            entries.add(new long[] {at, section, isWide ? wide : narrow, addend});
            if (isWide) {
                expected.putLong(at, 0x30L + addend);
            } else {
                expected.putInt(at, 0x30 + addend);
            }
        }
        b.relocations(info, withAddend, entries.toArray(new long[0][]));
        SectionData data = data(b.open());
        Callable<@Nullable Void> reader = () -> {
            Random places = new Random(Thread.currentThread().getId());
            for (int i = 0; i < 500; i++) {
                int from = places.nextInt(content.length);
                int length = places.nextInt(Math.min(content.length - from, 1 << places.nextInt(18)) + 1);
                assertThat(data.read(from, length))
                        .isEqualTo(Arrays.copyOfRange(expected.array(), from, from + length));
            }
            return null;
        };
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (Future<@Nullable Void> each : threads.invokeAll(Collections.nCopies(4, reader))) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
        assertThat(data.read(0, content.length)).isEqualTo(expected.array());
    }

    @Test
    void readsTheBytesAroundABrokenRelocation() throws IOException {
        ElfBuilder b = ElfBuilder.object();
        int text = b.text(".text", 0, 64);
        int info = b.debug(".debug_info", new byte[0x1000]);
        int f = b.function("f", 0x10, 4, text);
        b.relocations(info, true, new long[] {0x100, f, 10, 7}, new long[] {0x800, f, 77, 0});
        SectionData data = data(b.open());

        assertThat(data.read(0x100, 4)).containsExactly(0x17, 0, 0, 1);
        assertThat(data.read(0x900, 4)).containsExactly(0, 0, 0, 0);
        assertThatThrownBy(() -> data.read(0x7f8, 16)).hasMessageContaining("relocation type 77");
    }

    @Test
    void leavesLoadedSectionsAndLinkedFilesAsTheyAre() throws IOException {
        for (int type : new int[] {ElfHeader.ET_EXEC, ElfHeader.ET_DYN}) {
            ElfBuilder b = new ElfBuilder(true, false, type, EM_X86_64);
            int text = b.text(".text", 0x1000, 64);
            int info = b.debug(".debug_info", filled(64));
            b.relocations(info, true, new long[] {0, b.function("f", 0x1000, 4, text), 1, 0});
            assertThat(data(b.open()).read(0, 64)).isEqualTo(filled(64));
        }
        ElfBuilder b = ElfBuilder.object();
        int text = b.text(".text", 0, 64);
        b.relocations(text, true, new long[] {0, b.function("f", 0x10, 4, text), 1, 0});
        ElfFile file = b.open();
        assertThat(file.data(file.sections().get(text)).read(0, 64)).isEqualTo(new byte[64]);
    }

    @Test
    void namesTheBrokenRelocation() throws IOException {
        assertThatThrownBy(() -> one(EM_X86_64, 8, 1, 77))
                .hasMessage(
                        "f: .rela.debug_info: at .debug_info+0x8: relocation type 77 of machine 62 is not supported");
        assertThatThrownBy(() -> one(4711, 8, 1, 1)).hasMessageContaining("type 1 of machine 4711 is not supported");
        assertThatThrownBy(() -> one(EM_X86_64, 8, 9, 1))
                .hasMessageContaining("symbol 9 is not in the symbol table, which has 2");
        assertThatThrownBy(() -> one(EM_X86_64, 60, 1, 1))
                .hasMessageContaining("extends past the end of the section (0x40 bytes)");
        assertThatThrownBy(() -> one(EM_RISCV, 63, 1, 60)).hasMessageContaining("LEB128");
        assertThat(one(EM_X86_64, 8, 1, 1)).hasSize(64);
    }

    private static byte[] one(int machine, int offset, int symbol, int type) throws IOException {
        ElfBuilder b = new ElfBuilder(true, false, ElfHeader.ET_REL, machine);
        int text = b.text(".text", 0, 64);
        byte[] content = filled(64);
        content[63] = (byte) 0x80;
        int info = b.debug(".debug_info", content);
        b.function("f", 0, 4, text);
        b.relocations(info, true, new long[] {offset, symbol, type, 0});
        return data(b.open()).read(0, 64);
    }

    private static SectionData data(ElfFile file) throws IOException {
        SectionData data = file.debugData(".debug_info");
        assertThat(data).isNotNull();
        return data;
    }

    private static byte[] filled(int size) {
        byte[] b = new byte[size];
        Arrays.fill(b, (byte) 0x11);
        return b;
    }

    @Test
    void looksUpTheSymbolsOfTheLoaderInTheirOwnTable() throws IOException {
        ElfBuilder b = new ElfBuilder(true, true, ElfHeader.ET_DYN, EM_S390);
        int data = b.add(".data", Section.SHT_PROGBITS, Section.SHF_ALLOC, 0x4000, new byte[64], 0, 0, 8, 0);
        int strings = b.add(".dynstr", Section.SHT_STRTAB, Section.SHF_ALLOC, 0, new byte[1], 0, 0, 1, 0);
        ElfBuilder.Bytes symbols =
                b.bytes().zeros(24).u32(0).u8(0x11).u8(0).u16(data).word(0x4020).word(8);
        int dynamic = b.add(".dynsym", Section.SHT_DYNSYM, Section.SHF_ALLOC, 0, symbols.bytes(), strings, 1, 8, 24);
        byte[] entry = b.bytes().word(0x4008).word(1L << 32 | 22).word(4).bytes();
        b.add(".rela.dyn", Section.SHT_RELA, Section.SHF_ALLOC, 0, entry, dynamic, 0, 8, 24);
        b.symbol("another", 0x4030, 8, SymbolTable.STT_OBJECT, SymbolTable.STB_GLOBAL, data);
        ElfFile file = b.open();
        Relocations loader = Relocations.ofLoader(file).get(0);
        Relocations.Entry expected = new Relocations.Entry(0x4008, 22, 1, 8, 0x4024);
        assertThat(loader.at(0x4008, 0x4009)).containsExactly(expected);
        assertThat(loader.targeting(0x4024, 0x4025)).containsExactly(expected);
    }

    @ParameterizedTest
    @MethodSource("types")
    void knowsHowManyBytesARelocationChanges(int machine, boolean is64, boolean big, Rule rule, int width, int type) {
        assertThat(RelocationType.changedBytes(machine, type)).isEqualTo(rule == Rule.NONE ? 0 : width);
    }

    @Test
    void knowsTheWidthOfRelocationsInCode() {
        // R_X86_64_PLT32, R_AARCH64_CALL26
        assertThat(RelocationType.changedBytes(EM_X86_64, 4)).isEqualTo(4);
        assertThat(RelocationType.changedBytes(EM_AARCH64, 283)).isEqualTo(4);
        // R_RISCV_CALL_PLT, RVC_BRANCH, ALIGN
        assertThat(RelocationType.changedBytes(EM_RISCV, 19)).isEqualTo(8);
        assertThat(RelocationType.changedBytes(EM_RISCV, 44)).isEqualTo(2);
        assertThat(RelocationType.changedBytes(EM_RISCV, 43)).isZero();
        // R_390_PC16DBL, PC32DBL
        assertThat(RelocationType.changedBytes(EM_S390, 17)).isEqualTo(2);
        assertThat(RelocationType.changedBytes(EM_S390, 19)).isEqualTo(4);
    }
}
