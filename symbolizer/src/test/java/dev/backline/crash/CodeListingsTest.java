package dev.backline.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@code Code:} lines in whole logs. */
final class CodeListingsTest {
    private static final String RISCV = "Code: 8082 1141 e422 0800 6422 0141 8082 715d e0a2 0880 (6588) 9002";

    @Test
    void listsTheInstructionsOfALineAtOnceIfTheLineIsComplete() {
        CodeListings listings = new CodeListings(false);
        assertFalse(listings.take("[    1.000000] epc : f+0x18/0x100 ra : g+0x18/0x100", List.of()));
        assertTrue(listings.take("[    1.000000] " + RISCV, List.of()));
        CodeListings.Listing listing = listings.finish();
        assertNotNull(listing);
        assertEquals(12, listing.code().instructions().size());
        Disassembly.Line marked = listing.code().instructions().get(10);
        assertTrue(marked.trapping());
        assertEquals("ld a0,8(a1)", marked.text());
        assertEquals(0, marked.address());
        assertNull(listings.finish());
    }

    @Test
    void joinsTheLinesOfPowerpc() {
        List<String> lines = List.of(
                "NIP [c000000000001000] f+0x30/0x100",
                "Instruction dump:",
                "4e800020 60000000 60420000 3c4c0106 3842e5d0 7c0802a6 60000000 fbe1fff8 ",
                "f8010010 f821ffd1 7c7f1b78 48000001 <0fe00000> 60000000 7fe3fb78 38210030 ",
                "---[ end trace 0000000000000000 ]---");
        List<CodeListings.Listing> found = read(lines);
        assertEquals(1, found.size());
        assertEquals(16, found.get(0).code().instructions().size());
        assertTrue(found.get(0).code().instructions().get(12).trapping());
    }

    @Test
    void joinsTheLinesOfAConsole() {
        List<CodeListings.Listing> found =
                read(List.of(RISCV.substring(0, 30), RISCV.substring(30), "Call Trace:", RISCV));
        assertEquals(2, found.size());
        assertEquals(found.get(1).code(), found.get(0).code());
    }

    @Test
    void skipsCodeOfPrograms() {
        String code = "Code: 1f 44 00 00 83 fe 01 7f 06 85 f6 79 16 <0f> 0b 83 fe 02";
        for (String counter : List.of("RIP: 0033:0x7f0012345678", "RIP: 002b:0x1000", "EIP: 0073:0xb7700000")) {
            CodeListings listings = new CodeListings(false);
            listings.take(counter, List.of());
            assertFalse(listings.take(code, List.of()));
            assertNull(listings.finish(), counter);
        }
    }

    @Test
    void theKernelItselfDisassemblesTheCodeOfS390() {
        assertTrue(read(List.of(
                        "Krnl PSW : 0704c00180000000 0000000000100006 (f+0x6/0x10)",
                        "Krnl Code: 0000000000100000: 07fe\t\tbcr\t15,%r14",
                        "          >0000000000100002: 07fe\t\tbcr\t15,%r14",
                        "Call Trace:"))
                .isEmpty());
    }

    @Test
    void otherLinesGiveNothing() {
        assertTrue(read(List.of(
                        "Code: Bad RIP value.",
                        "Code: Unable to access opcode bytes at 0xffffffffffffffd6.",
                        "Code: 12",
                        "Instruction dump:",
                        "Code:",
                        "text",
                        ""))
                .isEmpty());
    }

    @Test
    void staysFastOnHostileLines() {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            List<String> lines = new ArrayList<>();
            Random random = new Random(11);
            String[] parts = {
                RISCV, "Instruction dump:", "60000000 60000000", "RIP: 0010:f+0x1/0x2", "90 ".repeat(100_000)
            };
            for (int i = 0; i < 3_000; i++) {
                lines.add(parts[random.nextInt(parts.length)].substring(random.nextInt(4)));
            }
            read(lines);
        });
    }

    private static List<CodeListings.Listing> read(List<String> lines) {
        CodeListings listings = new CodeListings(false);
        List<CodeListings.Listing> found = new ArrayList<>();
        for (String line : lines) {
            CodeListings.Listing before = listings.continues(line) ? null : listings.finish();
            if (before != null) {
                found.add(before);
            }
            CodeListings.Listing own = listings.take(line, List.of()) ? listings.finish() : null;
            if (own != null) {
                found.add(own);
            }
        }
        CodeListings.Listing last = listings.finish();
        if (last != null) {
            found.add(last);
        }
        return found;
    }
}
