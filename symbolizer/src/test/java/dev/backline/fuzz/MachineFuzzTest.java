package dev.backline.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.backline.machine.Decoder;
import dev.backline.machine.InstructionSet;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The fuzz target of the instruction decoders. The first byte of the input selects the instruction set, the others are
 * code.
 */
class MachineFuzzTest {
    private static final long ADDRESS = 0xffff_ffff_8100_0000L;

    /** Of x86: Intel SDM volume 2, 2.3.11. */
    private static final int MAX_LENGTH = 15;

    /** Of riscv: the unprivileged ISA, 1.5, has lengths up to 176 bits. */
    private static final int MAX_LENGTH_RISCV = 22;

    @MethodSource("code")
    @FuzzTest
    void machine(byte[] input) {
        if (input.length < 2) {
            return;
        }
        InstructionSet[] sets = InstructionSet.values();
        InstructionSet set = sets[(input[0] & 0xff) % sets.length];
        Decoder decoder = set.decoder();
        int longest = set == InstructionSet.RISCV64 ? MAX_LENGTH_RISCV : MAX_LENGTH;
        for (int at = 1; at < input.length; ) {
            int length = decoder.decode(input, at, input.length, ADDRESS + at);
            assertThat(length).isBetween(1, Math.min(longest, input.length - at));
            assertThat(decoder.length()).isEqualTo(length);
            assertThat(decoder.text()).isNotEmpty();
            assertThat(decoder.operands()).isBetween(0, 2);
            for (int i = 0; i < decoder.operands(); i++) {
                assertThat(decoder.base(i)).isBetween(Decoder.PC, 63);
                assertThat(decoder.index(i)).isBetween(Decoder.NONE, 63);
                assertThat(decoder.accessSize(i)).isNotNegative();
            }
            at += length;
        }
    }

    /** At least one input per set, with rare instructions too: vectors, string instructions, long prefixes. */
    static Stream<Arguments> code() {
        return Stream.of(
                        "00 f30f1efa 0f1f440000 4157 4156 488b4718 65488b0425c0fb0100 f3a4 f0480fb1 0a c3",
                        "00 62f17d2868c1 c5f9e77a20 c4e2f9f7c1 660f3844c8 660f38f80c24 67 0fb94012",
                        "01 5589e553 64a10000d0c1 8b4608 f00fc103 c3",
                        "02 3f2303d5 fd7bbea9 600200f9 1f2003d5 c0035fd6",
                        "03 1941 0664 8865 1305 b500 8280",
                        "04 1eff2fe1 f201f0e7",
                        "05 7047 fff7feff 02de",
                        "06 7c0802a6 06000000 38600000 0fe00000",
                        "07 07fe eb6ff0480024 af000000")
                .map(text -> text.replace(" ", ""))
                .map(HexFormat.of()::parseHex)
                .map(bytes -> Arguments.of((Object) bytes));
    }
}
