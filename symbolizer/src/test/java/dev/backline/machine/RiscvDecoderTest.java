package dev.backline.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Instructions of riscv, with the texts of GNU objdump and llvm-mc. */
final class RiscvDecoderTest {
    private static final long ADDRESS = 0xffffffff80002000L;
    private static final String EXTENSIONS =
            "+m,+a,+f,+d,+c,+v,+h,+zba,+zbb,+zbs,+zbc,+zbkb,+zbkx,+zcb,+zicbom,+zicboz,"
                    + "+zicbop,+zicond,+zawrs,+svinval,+zkn,+zks,+zvkng,+zvksg,+zvbb,+zvbc,+zihintpause,+zihintntl,+zifencei,"
                    + "+zicsr,+zfh,+zicntr,+zabha,+experimental-zacas";

    private final Decoder decoder = new RiscvDecoder();

    @Test
    void namesLoadsWithTheirMemoryOperand() {
        assertEquals("ld a0,8(a1)", text(0x6588, 2));
        assertEquals(Access.READ, decoder.access(0));
        assertEquals(8, decoder.accessSize(0));
        assertEquals(11, decoder.base(0));
        assertEquals(8, decoder.displacement(0));
        assertEquals(1L << 11, decoder.readRegisters());
        assertEquals(1L << 10, decoder.changedRegisters());
        assertEquals(Effect.LOAD, decoder.effect());
        assertEquals(10, decoder.target());
        assertEquals("lbu a5,-136(s0)", text(0xf7844783, 4));
        assertEquals(1, decoder.accessSize(0));
        assertEquals(-136, decoder.displacement(0));
    }

    @Test
    void namesStoresAndAtomicsWithTheirMemoryOperand() {
        assertEquals("sd s0,32(s0)", text(0x02843023, 4));
        assertEquals(Access.WRITE, decoder.access(0));
        assertEquals(1L << 8, decoder.readRegisters());
        assertEquals(0, decoder.changedRegisters());
        assertEquals("amoadd.w.aqrl a5,a5,(a4)", text(0x06f727af, 4));
        assertEquals(Access.READ_WRITE, decoder.access(0));
        assertEquals(4, decoder.accessSize(0));
        assertEquals("lr.d a2,(a4)", text(0x1007362f, 4));
        assertEquals(Access.READ, decoder.access(0));
        assertEquals("cbo.zero (a0)", text(0x0045200f, 4));
        assertEquals("prefetch.r 32(a0)", text(0x02156013, 4));
        assertEquals(Access.NONE, decoder.access(0));
        assertEquals("vle8.v v0,(a3)", text(0x02068007, 4));
        assertEquals(Access.READ, decoder.access(0));
    }

    @Test
    void readsTheTargetOfCompareAndSwap() {
        assertEquals("amocas.d a0,a2,(a4)", text(0x28c7352f, 4));
        assertEquals((1L << 10) | (1L << 12) | (1L << 14), decoder.readRegisters());
        assertEquals(1L << 10, decoder.changedRegisters());
        assertEquals("amocas.q a0,a2,(a4)", text(0x28c7452f, 4));
        assertEquals((3L << 10) | (3L << 12) | (1L << 14), decoder.readRegisters());
        assertEquals(3L << 10, decoder.changedRegisters());
    }

    @Test
    void followsMovesAdditionsAndConstants() {
        assertEquals("mv s1,a0", text(0x84aa, 2));
        assertEquals(Effect.MOVE, decoder.effect());
        assertEquals(9, decoder.target());
        assertEquals(10, decoder.source());
        assertEquals("addi s0,sp,72", text(0x04810413, 4));
        assertEquals(Effect.ADD, decoder.effect());
        assertEquals(72, decoder.constant());
        assertEquals("li a5,-13", text(0x57cd, 2));
        assertEquals(Effect.CONSTANT, decoder.effect());
        assertEquals(-13, decoder.constant());
        assertEquals("lui a5,0xffff9", text(0xffff97b7, 4));
        assertEquals(-0x7000, decoder.constant());
        assertEquals("auipc a5,0x140a", text(0x0140a797, 4));
        assertEquals(ADDRESS + 0x140a000, decoder.constant());
    }

    @Test
    void tellsWhereExecutionGoes() {
        assertEquals("beqz a5,ffffffff80002004", text(0xc391, 2));
        assertEquals(Flow.BRANCH, decoder.flow());
        assertEquals(ADDRESS + 4, decoder.branchTarget());
        assertEquals("jal t0,ffffffff80002010", text(0x010002ef, 4));
        assertEquals(Flow.CALL, decoder.flow());
        assertEquals(1L << 5, decoder.changedRegisters());
        assertEquals("j ffffffff80002000", text(0xa001, 2));
        assertEquals(Flow.JUMP, decoder.flow());
        assertEquals("ret", text(0x8082, 2));
        assertEquals(Flow.RETURN, decoder.flow());
        assertEquals(1L << 1, decoder.readRegisters());
        assertEquals("jalr -164(ra)", text(0xf5c080e7, 4));
        assertEquals(Flow.CALL, decoder.flow());
        assertFalse(decoder.hasBranchTarget());
        assertEquals("jr a5", text(0x8782, 2));
        assertEquals(Flow.JUMP, decoder.flow());
        for (int trap : new int[] {0x00100073, 0x9002, 0xc0001073, 0}) {
            text(trap, trap == 0 || trap == 0x9002 ? 2 : 4);
            assertEquals(Flow.TRAP, decoder.flow());
        }
    }

    @Test
    void namesControlRegisters() {
        assertEquals("csrrci a5,sstatus,2", text(0x100177f3, 4));
        assertEquals("csrw satp,a0", text(0x18051073, 4));
        assertEquals("csrr a0,0x0", text(0x00002573, 4));
        assertEquals("csrr a0,pmpcfg14", text(0x3ae02573, 4));
        assertEquals("csrr a0,0x3a1", text(0x3a102573, 4));
        assertEquals("rdtime a5", text(0xc01027f3, 4));
    }

    @Test
    void invalidBytesStillHaveALength() {
        assertEquals("(bad)", text(0x1402020b, 4));
        assertFalse(decoder.isValid());
        assertEquals(4, decoder.length());
        byte[] code = {0x03, 0x35, (byte) 0x85};
        assertEquals(1, decoder.decode(code, 2, 3, 0));
        assertFalse(decoder.isValid());
        assertEquals(3, decoder.decode(code, 0, 3, 0));
        assertFalse(decoder.isValid());
        byte[] longer = new byte[32];
        longer[0] = 0x1f;
        assertEquals(6, decoder.decode(longer, 0, 32, 0));
        longer[0] = 0x3f;
        assertEquals(8, decoder.decode(longer, 0, 32, 0));
        longer[0] = 0x7f;
        assertEquals(10, decoder.decode(longer, 0, 32, 0));
    }

    @Test
    void everyHalfwordHasTheTextOfLlvm(@TempDir Path folder) throws Exception {
        List<byte[]> inputs = new ArrayList<>();
        for (int half = 0; half < 65536; half++) {
            if ((half & 3) != 3) {
                inputs.add(bytes(half, 2));
            }
        }
        compare(inputs, folder);
    }

    @Test
    void randomWordsHaveTheTextsOfLlvm(@TempDir Path folder) throws Exception {
        int[] opcodes = {
            0x03, 0x07, 0x0f, 0x13, 0x17, 0x1b, 0x23, 0x27, 0x2f, 0x33, 0x37, 0x3b, 0x43, 0x47, 0x4b, 0x4f, 0x53, 0x57,
            0x63, 0x67, 0x6f, 0x73, 0x77
        };
        Random random = new Random(41);
        List<byte[]> inputs = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            int word = (random.nextInt() & ~0x7f) | opcodes[random.nextInt(opcodes.length)];
            // Many instructions are aliases where a register is zero, or exist for few values of the highest bits.
            word &= random.nextInt(4) == 0 ? ~0xf8000 : -1;
            word &= random.nextInt(4) == 0 ? ~0x1f00000 : -1;
            word &= random.nextInt(4) == 0 ? ~0xf80 : -1;
            word &= random.nextInt(3) == 0 ? ~0x9e000000 : -1;
            inputs.add(bytes(word, 4));
        }
        compare(inputs, folder);
    }

    @Test
    void noBytesMakeItFail() {
        Random random = new Random(5);
        byte[] code = new byte[64];
        for (int round = 0; round < 20_000; round++) {
            random.nextBytes(code);
            for (int from = 0; from < code.length; from++) {
                int length = decoder.decode(code, from, code.length, ADDRESS);
                assertTrue(length >= 1 && from + length <= code.length);
                assertFalse(decoder.text().isEmpty());
            }
        }
    }

    private String text(int bits, int length) {
        byte[] code = bytes(bits, length);
        assertEquals(length, decoder.decode(code, 0, length, ADDRESS));
        return decoder.text();
    }

    private static byte[] bytes(int bits, int length) {
        byte[] code = new byte[length];
        for (int i = 0; i < length; i++) {
            code[i] = (byte) (bits >>> (8 * i));
        }
        return code;
    }

    private void compare(List<byte[]> inputs, Path folder) throws IOException, InterruptedException {
        String tool = tool();
        assumeTrue(tool != null, "llvm-mc-19 is not installed");
        StringBuilder lines = new StringBuilder();
        for (byte[] input : inputs) {
            for (byte one : input) {
                lines.append("0x").append(Integer.toHexString(one & 0xff)).append(' ');
            }
            lines.append('\n');
        }
        File in = folder.resolve("in").toFile();
        File out = folder.resolve("out").toFile();
        File err = folder.resolve("err").toFile();
        Files.writeString(in.toPath(), lines);
        new ProcessBuilder(tool, "--disassemble", "-triple=riscv64", "-mattr=" + EXTENSIONS)
                .redirectInput(in)
                .redirectOutput(out)
                .redirectError(err)
                .start()
                .waitFor();
        Set<Integer> bad = new HashSet<>();
        for (String line : Files.readAllLines(err.toPath(), StandardCharsets.UTF_8)) {
            if (line.contains("warning: invalid")) {
                bad.add(Integer.parseInt(line.split(":", -1)[1]));
            }
        }
        List<String> texts = new ArrayList<>();
        for (String line : Files.readAllLines(out.toPath(), StandardCharsets.UTF_8)) {
            if (!line.isBlank() && !line.contains(".text")) {
                texts.add(line.strip().replace('\t', ' ').replace(", ", ","));
            }
        }
        assertEquals(inputs.size(), bad.size() + texts.size());
        int next = 0;
        for (int i = 0; i < inputs.size(); i++) {
            byte[] input = inputs.get(i);
            decoder.decode(input, 0, input.length, 0);
            String expected = bad.contains(i + 1) ? "(bad)" : texts.get(next++);
            assertEquals(
                    expected, inDecimal(decoder.text()), () -> HexFormat.of().formatHex(input));
        }
    }

    /** llvm-mc writes all numbers in decimal, and targets as offsets. */
    private String inDecimal(String text) {
        int operands = Math.max(text.lastIndexOf(' '), text.lastIndexOf(',')) + 1;
        if (decoder.hasBranchTarget()) {
            return text.substring(0, operands) + decoder.branchTarget();
        }
        int hex = text.indexOf("0x");
        int end = hex;
        while (end >= 0 && end < text.length() && ",)".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return hex < 0
                ? text
                : text.substring(0, hex) + Integer.parseInt(text.substring(hex + 2, end), 16) + text.substring(end);
    }

    private static @Nullable String tool() {
        for (String path : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(path, "llvm-mc-19"))) {
                return "llvm-mc-19";
            }
        }
        return null;
    }
}
