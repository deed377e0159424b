package dev.backline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class Arm64DecoderTest {
    private static final long ADDRESS = 0xffff_8000_8001_0000L;
    private static final int SP = 31;

    private final Decoder decoder = InstructionSet.ARM64.decoder();

    private void decode(int word) {
        decode(word, ADDRESS);
    }

    private void decode(int word, long address) {
        byte[] code = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(word)
                .array();
        assertThat(decoder.decode(code, 0, 4, address)).isEqualTo(4);
    }

    private static long bits(int... registers) {
        long all = 0;
        for (int register : registers) {
            all |= 1L << register;
        }
        return all;
    }

    static Stream<String> words() {
        return Arm64Words.ROWS.lines();
    }

    @ParameterizedTest
    @MethodSource("words")
    void printsTextAndFindsMemoryOperand(String row) {
        int bar = row.indexOf(" | ");
        String text = bar < 0 ? row.substring(9) : row.substring(9, bar);
        decode(Integer.parseUnsignedInt(row.substring(0, 8), 16));

        assertThat(decoder.isValid()).isTrue();
        assertThat(decoder.text()).isEqualTo(text);
        assertThat(operand()).isEqualTo(bar < 0 ? "" : row.substring(bar + 3));
    }

    private String operand() {
        if (decoder.operands() == 0) {
            return "";
        }
        String address = decoder.registerName(decoder.base(0));
        if (decoder.index(0) != Decoder.NONE) {
            String extension = switch (decoder.indexExtension(0)) {
                case NONE -> "";
                case ZERO -> "z";
                case SIGN -> "s";
            };
            address += "+" + decoder.registerName(decoder.index(0)) + extension + "*" + decoder.scale(0);
        }
        String access = switch (decoder.access(0)) {
            case NONE -> "n";
            case READ -> "r";
            case WRITE -> "w";
            case READ_WRITE -> "m";
        };
        return address + " " + decoder.displacement(0) + " " + access + decoder.accessSize(0);
    }

    @ParameterizedTest
    @CsvSource({
        "14000002, JUMP, ffff800080010008, b ffff800080010008",
        "97fffffe, CALL, ffff80008000fff8, bl ffff80008000fff8",
        "54000041, BRANCH, ffff800080010008, b.ne ffff800080010008",
        "b4ffffe0, BRANCH, ffff80008000fffc, 'cbz x0, ffff80008000fffc'",
        "36180040, BRANCH, ffff800080010008, 'tbz w0, #3, ffff800080010008'"
    })
    void knowsTargetsOfBranches(String word, Flow flow, String target, String text) {
        decode(Integer.parseUnsignedInt(word, 16));

        assertThat(decoder.flow()).isEqualTo(flow);
        assertThat(decoder.hasBranchTarget()).isTrue();
        assertThat(decoder.branchTarget()).isEqualTo(Long.parseUnsignedLong(target, 16));
        assertThat(decoder.text()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "d65f03c0, RETURN", "d69f03e0, RETURN", "d65f0bff, RETURN", "d61f0200, JUMP", "d63f0020, CALL",
        "d4210000, TRAP", "d4400020, TRAP", "00000007, TRAP", "d503201f, NEXT", "d4000001, NEXT"
    })
    void knowsFlowWithoutTarget(String word, Flow flow) {
        decode(Integer.parseUnsignedInt(word, 16));

        assertThat(decoder.flow()).isEqualTo(flow);
        assertThat(decoder.hasBranchTarget()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // mov x0, x1; mov x29, sp; mov x0, xzr; mov w0, w1
        "aa0103e0, MOVE, 0, 1, 0",
        "910003fd, MOVE, 29, 31, 0",
        "aa1f03e0, CONSTANT, 0, -1, 0",
        "2a0103e0, OTHER, -1, -1, 0",
        // add x0, x1, #0x10; sub sp, sp, #0x50; add x0, x1, #0x2, lsl #12; add w0, w1, #0x10
        "91004020, ADD, 0, 1, 16",
        "d10143ff, ADD, 31, 31, -80",
        "91400820, ADD, 0, 1, 8192",
        "11004020, OTHER, -1, -1, 0",
        // mov w3, #0x10; mov x2, #-1; mov x7, #0xff00ff00ff00ff
        "52800203, CONSTANT, 3, -1, 16",
        "92800002, CONSTANT, 2, -1, -1",
        "b2009fe7, CONSTANT, 7, -1, 71777214294589695",
        // ldr x0, [x1, #8]; ldp x2, x3, [x1]; str x0, [x1]
        "f9400420, LOAD, 0, -1, 0",
        "a9400c22, LOAD, 2, -1, 0",
        "f9000020, OTHER, -1, -1, 0"
    })
    void tellsEffects(String word, Effect effect, int target, int source, long constant) {
        decode(Integer.parseUnsignedInt(word, 16));

        assertThat(decoder.effect()).isEqualTo(effect);
        assertThat(decoder.target()).isEqualTo(target);
        assertThat(decoder.source()).isEqualTo(source);
        assertThat(decoder.constant()).isEqualTo(constant);
    }

    @Test
    void computesAddressesOfAdrAndAdrp() {
        decode(0x10000040, ADDRESS);
        assertThat(decoder.text()).isEqualTo("adr x0, ffff800080010008");
        assertThat(decoder.constant()).isEqualTo(ADDRESS + 8);

        decode(0xf0000001, ADDRESS + 0x123);
        assertThat(decoder.text()).isEqualTo("adrp x1, ffff800080013000");
        assertThat(decoder.effect()).isEqualTo(Effect.CONSTANT);
        assertThat(decoder.constant()).isEqualTo(0xffff_8000_8001_3000L);
    }

    @Test
    void countsLiteralsFromTheProgramCounter() {
        decode(0x58000041);

        assertThat(decoder.text()).isEqualTo("ldr x1, ffff800080010008");
        assertThat(decoder.base(0)).isEqualTo(Decoder.PC);
        assertThat(decoder.displacement(0)).isEqualTo(ADDRESS + 8);
        assertThat(decoder.accessSize(0)).isEqualTo(8);
    }

    @Test
    void listsRegistersThatAreReadAndChanged() {
        // stp x29, x30, [sp, #-48]!
        decode(0xa9bd7bfd);
        assertThat(decoder.readRegisters()).isEqualTo(bits(29, 30, SP));
        assertThat(decoder.changedRegisters()).isEqualTo(bits(SP));

        // ldr x0, [x1, w2, sxtw #3]
        decode(0xf862d820);
        assertThat(decoder.readRegisters()).isEqualTo(bits(1, 2));
        assertThat(decoder.changedRegisters()).isEqualTo(bits(0));

        // str xzr, [x0], #8
        decode(0xf800841f);
        assertThat(decoder.readRegisters()).isEqualTo(bits(0));
        assertThat(decoder.changedRegisters()).isEqualTo(bits(0));

        // movk x1, #0xdead, lsl #48
        decode(0xf2fbd5a1);
        assertThat(decoder.readRegisters()).isEqualTo(bits(1));
        assertThat(decoder.changedRegisters()).isEqualTo(bits(1));

        // stlxr w0, x1, [x2]
        decode(0xc800fc41);
        assertThat(decoder.readRegisters()).isEqualTo(bits(1, 2));
        assertThat(decoder.changedRegisters()).isEqualTo(bits(0));

        // bl
        decode(0x94000001);
        assertThat(decoder.changedRegisters()).isEqualTo(bits(30));

        // autiasp
        decode(0xd50323bf);
        assertThat(decoder.readRegisters()).isEqualTo(bits(30, SP));
        assertThat(decoder.changedRegisters()).isEqualTo(bits(30));
    }

    @Test
    void givesBothOperandsOfMemoryCopies() {
        // cpyfp [x0]!, [x1]!, x2!
        decode(0x19010440);

        assertThat(decoder.text()).isEqualTo("cpyfp [x0]!, [x1]!, x2!");
        assertThat(decoder.operands()).isEqualTo(2);
        assertThat(decoder.base(0)).isZero();
        assertThat(decoder.access(0)).isEqualTo(Access.WRITE);
        assertThat(decoder.base(1)).isEqualTo(1);
        assertThat(decoder.access(1)).isEqualTo(Access.READ);
        assertThat(decoder.changedRegisters()).isEqualTo(bits(0, 1, 2));
    }

    @Test
    void printsUndefinedWordsAsObjdumpDoes() {
        decode(0xffffffff);

        assertThat(decoder.isValid()).isFalse();
        assertThat(decoder.text()).isEqualTo(".inst 0xffffffff ; undefined");
        assertThat(decoder.operands()).isZero();
    }

    @Test
    void takesTheRestOfCodeThatIsCutOff() {
        byte[] code = {0x1f, 0x20, 0x03};

        assertThat(decoder.decode(code, 1, 3, ADDRESS)).isEqualTo(2);
        assertThat(decoder.isValid()).isFalse();
        assertThat(decoder.text()).isEqualTo("(bad)");
    }

    @Test
    void decodesAnyWord() {
        SplittableRandom random = new SplittableRandom(64);
        for (int i = 0; i < 500_000; i++) {
            decode(random.nextInt());
            assertThat(decoder.text()).isNotEmpty();
            assertThat(decoder.isValid()).isNotEqualTo(decoder.text().startsWith(".inst"));
            for (int operand = 0; operand < decoder.operands(); operand++) {
                assertThat(decoder.base(operand)).isBetween(Decoder.PC, SP);
                assertThat(decoder.index(operand)).isBetween(Decoder.NONE, 30);
            }
        }
    }
}
