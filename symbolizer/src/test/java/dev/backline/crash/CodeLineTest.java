package dev.backline.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backline.machine.InstructionSet;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code Code:} lines in the forms that the kernels print. */
final class CodeLineTest {
    private static final String X86 =
            "Code: 00 48 8b 47 40 48 01 70 10 c3 cc cc cc cc 66 66 2e 0f 1f 84 00 00 00 00 00 0f 1f 00"
                    + " 0f 1f 44 00 00 83 fe 01 7f 06 85 f6 79 16 <0f> 0b 83 fe 02 75 f9 c7 87 a8 00 00 00 00 00 00 00 c3 cc cc cc"
                    + " cc";
    private static final String ARM64 = "Code: 7100083f 54000061 b900a81f d65f03c0 (d4210000) ";

    @Test
    void readsTheBytesOfX86() {
        CodeBytes code = read(X86, null);
        assertEquals(InstructionSet.X86_64, code.set());
        assertEquals(64, code.size());
        assertEquals(42, code.trap());
        assertTrue(code.hex().startsWith("00488b47"), code.hex());
        assertEquals("0f0b", code.hex().substring(84, 88));
        assertEquals(InstructionSet.I386, read(X86, InstructionSet.I386).set());
    }

    @Test
    void readsTheWordsOfArm64InMemoryOrder() {
        CodeBytes code = read(ARM64, null);
        assertEquals(InstructionSet.ARM64, code.set());
        assertEquals(20, code.size());
        assertEquals(16, code.trap());
        assertEquals("000021d4", code.hex().substring(32));
    }

    @Test
    void tellsArmFromArm64ByTheWords() {
        String arm = "Code: e5903010 e3530000 0a000004 e5932008 (e7f001f2)";
        assertEquals(InstructionSet.ARM, read(arm, null).set());
        assertEquals("f201f0e7", read(arm, null).hex().substring(32));
        assertEquals(InstructionSet.ARM64, read(arm, InstructionSet.ARM64).set());
        assertEquals(InstructionSet.ARM, read(ARM64, InstructionSet.ARM).set());
    }

    @Test
    void readsHalfwordsOfThumbAndRiscv() {
        CodeBytes thumb = read("Code: f8d3 2010 2a00 d0f3 (de02) 4618", null);
        assertEquals(InstructionSet.THUMB, thumb.set());
        assertEquals(8, thumb.trap());
        assertEquals("02de1846", thumb.hex().substring(16));
        assertEquals(
                InstructionSet.THUMB,
                read("Code: f8d3 2010 2a00 d0f3 (de02) 4618", InstructionSet.ARM)
                        .set());
        CodeBytes riscv = read("Code: 8082 1141 e422 0800 6422 0141 8082 715d e0a2 0880 (6588) 9002", null);
        assertEquals(InstructionSet.RISCV64, riscv.set());
        assertEquals(20, riscv.trap());
        assertEquals("88650290", riscv.hex().substring(40));
    }

    @Test
    void readsPowerpcInOneLineAndInTwo() {
        String before = "4e800020 60000000 60420000 3c4c0106 3842e5d0 7c0802a6 60000000 fbe1fff8";
        String after = "f8010010 f821ffd1 7c7f1b78 48000001 <0fe00000> 60000000 7fe3fb78 38210030";
        CodeBytes one = read("Code: " + before + " " + after, null);
        assertEquals(InstructionSet.POWERPC, one.set());
        assertEquals(64, one.size());
        assertEquals(48, one.trap());
        assertEquals("0fe00000", one.hex().substring(96, 104));
        assertEquals(one, read("Instruction dump:\n" + before + "\n" + after, null));
        assertTrue(CodeLine.isContinuation(before));
        assertTrue(CodeLine.isContinuation(after + " "));
    }

    @Test
    void keepsTheWordsOfOtherMachinesAsPrinted() {
        String mips = "Code: 8c820010  1040000a  00000000 <8c430008> 24840004  03e00008  00000000  27bdffe0  afbf001c";
        CodeBytes code = read(mips, null);
        assertNull(code.set());
        assertEquals(12, code.trap());
        assertEquals(36, code.size());
        assertEquals("8c430008", code.hex().substring(24, 32));
        CodeBytes sparc = read("Instruction DUMP: c2584000 80a06000 02480007\n <c2586010>\n 81c3e008 01000000", null);
        assertNull(sparc.set());
        assertEquals(12, sparc.trap());
        assertEquals(24, sparc.size());
    }

    @Test
    void readsTheListingOfS390() {
        String lines = "Krnl Code: 00000000b8bb8d4a: c0e5fffffb1c\tbrasl\t%r14,00000000b8bb8382\n"
                + "           00000000b8bb8d50: a7290000\t\tlghi\t%r2,0\n"
                + "          *00000000b8bb8d54: e31020080004\tlg\t%r1,8(%r2)\n"
                + "          >00000000b8bb8d5a: 07fe\t\tbcr\t15,%r14\n"
                + "           00000000b8bb8d5c: 0707\t\tbcr\t0,%r7\n"
                + "           00000000b8bb8d5e: ";
        CodeBytes code = read(lines, null);
        assertEquals(InstructionSet.S390, code.set());
        assertEquals(16, code.trap());
        assertEquals(20, code.size());
        assertEquals("lg %r1,8(%r2)", code.texts().get(2));
        assertEquals(5, code.texts().size());
        assertTrue(CodeLine.isContinuation("          *00000000b8bb8d54: e31020080004\tlg\t%r1,8(%r2)"));
        assertEquals("Bad PSW.", read("Krnl Code: Bad PSW.", null).unreadable());
        assertNull(CodeLine.parse(lines.replace("Krnl", "User"), null));
    }

    @Test
    void marksTheMonitorCallBeforeThePsw() {
        CodeBytes code = read("""
                Krnl Code: 0000000000100000: 07fe\t\tbcr\t15,%r14
                          #0000000000100002: af000000\t\tmc\t0,0
                          >0000000000100006: 07fe\t\tbcr\t15,%r14
                """, null);
        assertEquals(2, code.trap());
    }

    @Test
    void keepsTheKernelsWordsForUnreadableCode() {
        assertEquals("Bad RIP value.", read("Code:  Bad RIP value.", null).unreadable());
        CodeBytes bad = read("Code: Unable to access opcode bytes at 0xffffffffffffffd6.", InstructionSet.X86_64);
        assertEquals("Unable to access opcode bytes at 0xffffffffffffffd6.", bad.unreadable());
        assertEquals(0, bad.size());
        assertEquals(-1, bad.trap());
        assertEquals(
                "Bad address in epc", read("Code: (Bad address in epc)", null).unreadable());
        CodeBytes cut = read("Code: d503201f d503201f bad PC value", null);
        assertEquals("bad PC value", cut.unreadable());
        assertEquals(8, cut.size());
        CodeBytes marks = read("Code: 7100083f 54000061 b900a81f d65f03c0 (????????)", null);
        assertEquals("????????", marks.hex().substring(32));
        assertEquals(16, marks.trap());
        CodeBytes powerpc = read(
                "Code: XXXXXXXX XXXXXXXX 60000000 60000000 60000000 60000000 60000000 60000000 60000000 60000000"
                        + " 60000000 60000000 <XXXXXXXX> 60000000",
                null);
        assertEquals("????????????????60000000", powerpc.hex().substring(0, 24));
        assertEquals(InstructionSet.POWERPC, powerpc.set());
    }

    @Test
    void readsTheSameBytesFromPrefixedAndWrappedLines() {
        for (String line : List.of(X86, ARM64)) {
            CodeBytes plain = read(line, null);
            for (String prefix : List.of(
                    "[    5.632543] ",
                    "<4>[    5.632543][ T1234] ",
                    "Nov 30 06:51:14 host kernel: ",
                    "Nov 30 06:51:14 host kernel: [    5.632543] ")) {
                assertEquals(plain, read(prefix + line, null), prefix);
            }
            for (int width = 20; width < line.length(); width++) {
                StringBuilder wrapped = new StringBuilder();
                for (int i = 0; i < line.length(); i += width) {
                    String part = line.substring(i, Math.min(line.length(), i + width));
                    wrapped.append(i == 0 ? "" : "\n").append(part);
                    assertTrue(i == 0 || CodeLine.isContinuation(part) || part.isBlank(), part);
                }
                assertEquals(plain, read(wrapped.toString(), null), "width " + width);
            }
            assertEquals(plain, read(line.replace('a', 'A').replace('f', 'F').replace("Code", "Code"), null));
        }
    }

    @Test
    void otherMessagesAreNoCodeLine() {
        for (String line : List.of(
                "",
                "Code",
                "Code:",
                "Code: ",
                "Status Code: 00 11 22 33",
                "QRCode: 00 11 22 33",
                "Code: 12",
                "Code: 1234 5678",
                "error code: 00 11 22 33 44",
                "Code: fatal error in the firmware",
                "Krnl Code: none",
                "Code: 0x12 0x13 0x14 0x15")) {
            assertNull(CodeLine.parse(line, null), line);
        }
        assertFalse(CodeLine.isContinuation("RSP: 0018:ffffc90000000000 EFLAGS: 00010246"));
        assertFalse(CodeLine.isContinuation("Call Trace:"));
        assertFalse(CodeLine.isContinuation(""));
    }

    @Test
    void twoMarksAreNoMark() {
        CodeBytes code = read("Code: 90 90 <0f> 0b 90 <0f> 0b", null);
        assertEquals(-1, code.trap());
        assertEquals(7, code.size());
    }

    @Test
    void endsAtTheFirstItemOfAnotherWidth() {
        assertEquals(4, read("Code: 90 90 <0f> 0b 9", null).size());
        assertEquals(4, read("Code: 90 90 <0f> 0b 909 90 90", null).size());
        assertEquals(
                4,
                read("Code: 90 90 <0f> 0b RIP [<ffffffff81000000>] f+0x1/0x2", null)
                        .size());
        assertNull(CodeLine.parse("Code: 909 909 909 909 909", null));
    }

    @Test
    void staysSmallAndFastOnHostileLines() {
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            assertTrue(read("Code: " + "90 ".repeat(2_000_000), null).size() <= 512);
            assertNull(CodeLine.parse("Code: " + "9".repeat(4_000_000), null));
            CodeLine.parse("Code:".repeat(1_000_000), null);
            CodeLine.isContinuation("90 ".repeat(1_000_000));
            CodeLine.parse("Code: " + "<".repeat(1_000_000), null);
            CodeLine.parse("Krnl Code: " + "0000000000100000: 07fe\n".repeat(200_000), null);
            Random random = new Random(7);
            String letters = "Code: Krnl<>()0123456789abcdef?X*#\n\t ";
            for (int i = 0; i < 50_000; i++) {
                StringBuilder text = new StringBuilder(i % 3 == 0 ? "Krnl Code: " : "Code: ");
                for (int at = random.nextInt(80); at > 0; at--) {
                    text.append(letters.charAt(random.nextInt(letters.length())));
                }
                CodeBytes code = CodeLine.parse(text.toString(), null);
                if (code != null) {
                    assertEquals(0, code.hex().length() % 2, text.toString());
                    assertTrue(code.trap() < code.size(), text.toString());
                }
                CodeLine.isContinuation(text.toString());
            }
        });
    }

    private static CodeBytes read(String line, @Nullable InstructionSet set) {
        CodeBytes code = CodeLine.parse(line, set);
        assertNotNull(code, line);
        return code;
    }
}
