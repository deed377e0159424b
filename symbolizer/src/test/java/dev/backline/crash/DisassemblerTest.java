package dev.backline.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backline.machine.InstructionSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The instructions of {@code Code:} lines, compared with what objdump prints for the same functions. */
final class DisassemblerTest {
    @Test
    void linesOfRealKernelsHaveTheInstructionsOfObjdump() throws IOException {
        int lines = 0;
        for (String row : rows()) {
            String[] columns = row.split("\t", -1);
            InstructionSet set = InstructionSet.valueOf(columns[0]);
            if (set.decoder() == null) {
                continue;
            }
            lines++;
            long address = Long.parseUnsignedLong(columns[1], 16);
            String line = columns[2].replace("\\t", "\t").replace("\\n", "\n");
            CodeBytes code = CodeLine.parse(line, set == InstructionSet.I386 ? set : null);
            assertNotNull(code, line);
            assertEquals(set, code.set(), line);
            Disassembly listing = Disassembler.of(code, address);
            Map<Long, Disassembly.Line> found = new TreeMap<>();
            for (Disassembly.Line each : listing.instructions()) {
                found.put(each.address() - address, each);
                assertEquals(each.address() == address, each.trapping(), line);
            }
            assertTrue(found.containsKey(0L), line);
            for (String expected : columns[3].split("\\|", -1)) {
                int colon = expected.indexOf(':');
                long offset = Long.parseLong(expected.substring(0, colon));
                Disassembly.Line each = found.get(offset);
                // Before the mark, an instruction can start within another one.
                boolean fixed = offset >= 0 || set == InstructionSet.ARM64 || set == InstructionSet.S390;
                if (each == null && !fixed) {
                    continue;
                }
                assertNotNull(each, () -> expected + " of " + line + listing);
                String text = expected.substring(colon + 1);
                assertEquals(text.isEmpty() ? each.text() : text, each.text(), line);
            }
        }
        assertTrue(lines >= 80, () -> "too few lines");
    }

    @Test
    void startsWhereValidInstructionsLeadToTheMark() {
        // The upper half of an instruction, then: ret, then the marked c.ld.
        CodeBytes code = read("Code: ffff 8082 (6588) 9002", InstructionSet.RISCV64);
        Disassembly listing = Disassembler.of(code, 0);
        assertEquals(List.of("-2 ret", "0 ld a0,8(a1)", "2 ebreak"), texts(listing));
        assertEquals("ff ff 82 80 88 65 02 90", listing.bytes());
        assertEquals(4, listing.trap());
        assertTrue(listing.fromLog());
    }

    @Test
    void endsBeforeAnInstructionThatIsCutOff() {
        Disassembly listing = Disassembler.of(read("Code: 8082 8082 8082 (6588) 3783", InstructionSet.RISCV64), 0);
        assertEquals("0 ld a0,8(a1)", texts(listing).get(texts(listing).size() - 1));
    }

    @Test
    void addressesCountFromTheTrap() {
        CodeBytes code = read("Code: 8082 8082 8082 (6588) 8082", InstructionSet.RISCV64);
        Disassembly listing = Disassembler.of(code, 0xffffffff80002000L);
        assertEquals(0xffffffff80001ffaL, listing.instructions().get(0).address());
        assertEquals("8865", listing.instructions().get(3).bytes());
        assertTrue(listing.instructions().get(3).trapping());
    }

    @Test
    void wordsOfOtherMachinesAreCutIntoInstructions() {
        Disassembly thumb = Disassembler.of(read("Code: f8d3 2010 2a00 d0f3 (de02) 4618", InstructionSet.THUMB), 0);
        assertEquals(
                List.of(
                        "-8 .word 0xf8d32010",
                        "-4 .short 0x2a00",
                        "-2 .short 0xd0f3",
                        "0 .short 0xde02",
                        "2 .short 0x4618"),
                texts(thumb));
        Disassembly powerpc = Disassembler.of(
                read("Code: 60000000 06000000 38600001 <0fe00000> 60000000", InstructionSet.POWERPC), 0);
        assertEquals(
                List.of(
                        "-12 .word 0x60000000",
                        "-8 .word 0x0600000038600001",
                        "0 .word 0x0fe00000",
                        "4 .word 0x60000000"),
                texts(powerpc));
    }

    @Test
    void unreadableBytesHaveNoInstructions() {
        assertTrue(Disassembler.of(read("Code: Bad RIP value.", InstructionSet.X86_64), 0)
                .instructions()
                .isEmpty());
        CodeBytes marked = read("Code: ???????? e3530000 0a000004 e5932008 (????????)", InstructionSet.ARM);
        assertEquals(
                List.of("-12 .word 0xe3530000", "-8 .word 0x0a000004", "-4 .word 0xe5932008"),
                texts(Disassembler.of(marked, 0)));
    }

    @Test
    void listsTheInstructionsAroundTheTrapOfAFunction() {
        byte[] function =
                HexFormat.of().parseHex("411122e40008226441018082886502908280".replace("41018082", "41018280"));
        long address = 0xffffffff80002000L;
        Disassembly listing = Disassembler.ofFunction(InstructionSet.RISCV64, function, address, address + 12, 2, 1);
        assertEquals(4, listing.instructions().size());
        assertEquals("ret", listing.instructions().get(1).text());
        assertTrue(listing.instructions().get(2).trapping());
        assertEquals("ld a0,8(a1)", listing.instructions().get(2).text());
        assertEquals(4, listing.trap());
        assertFalse(listing.fromLog());
        assertTrue(Disassembler.ofFunction(InstructionSet.RISCV64, function, address, address + 99, 2, 1)
                .instructions()
                .isEmpty());
    }

    @Test
    void hostileBytesAreDisassembledInTime() {
        Random random = new Random(3);
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (int i = 0; i < 5_000; i++) {
                byte[] bytes = new byte[random.nextInt(200)];
                random.nextBytes(bytes);
                for (InstructionSet set : InstructionSet.values()) {
                    int trap = random.nextInt(bytes.length + 1) - 1;
                    CodeBytes code = new CodeBytes(HexFormat.of().formatHex(bytes), trap, set, null);
                    Disassembler.of(code, random.nextLong());
                    long address = random.nextLong();
                    Disassembler.ofFunction(set, bytes, address, address + random.nextInt(220), 5, 5);
                }
            }
        });
    }

    private static List<String> texts(Disassembly listing) {
        List<String> texts = new ArrayList<>();
        for (Disassembly.Line line : listing.instructions()) {
            texts.add(line.address() + " " + line.text());
        }
        return texts;
    }

    private static CodeBytes read(String line, InstructionSet set) {
        CodeBytes code = CodeLine.parse(line, set);
        assertNotNull(code, line);
        return code;
    }

    private static List<String> rows() throws IOException {
        try (InputStream in = DisassemblerTest.class.getResourceAsStream("code-lines.tsv")) {
            assertNotNull(in);
            List<String> rows = new ArrayList<>();
            for (String row : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (!row.isEmpty() && !row.startsWith("#")) {
                    rows.add(row);
                }
            }
            return rows;
        }
    }
}
