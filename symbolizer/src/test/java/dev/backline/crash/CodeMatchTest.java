package dev.backline.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backline.crash.CodeMatch.Meaning;
import dev.backline.elf.ElfBuilder;
import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.ElfHeader;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import dev.backline.machine.InstructionSet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CodeMatchTest {
    private static final long TEXT = 0xffffffff81000000L;
    private static final long ALLOC = Section.SHF_ALLOC;
    private static final long CODE = Section.SHF_ALLOC | Section.SHF_EXECINSTR;

    /** Two functions with an entry for ftrace, an address, a return thunk and padding. */
    private static final String FUNCTION = "e800000000" // call __fentry__
            + "48c7c300302081" // mov $0xffffffff81203000,%rbx
            + "f0ff07" // lock incl (%rdi)
            + "488b4338" // mov 0x38(%rbx),%rax
            + "4889c7" // mov %rax,%rdi
            + "e90000000a" // jmp __x86_return_thunk
            + "cccccccccc";

    private static final String LOADED =
            "0f1f440000" + "48c7c300302099" + "f0ff07" + "488b4338" + "4889c7" + "c3cccccccc" + "cccccccccc";

    @Test
    void findsTheKaslrOffsetInAnAddressAndSaysWhatWasPatched() throws ElfException {
        CodeMatch match = CodeMatch.of(code(LOADED + LOADED, 15), vmlinux(), TEXT + 15);
        assertEquals(Meaning.FITS, match.meaning());
        assertEquals(List.of("ftrace entry", "return"), match.patched());
        assertEquals(0x18000000L, match.kaslrOffset());
        assertEquals(true, match.matchesFile());
        assertTrue(
                match.notes(false).get(0).contains("0x18000000"),
                match.notes(false).toString());
    }

    @Test
    void takesEqualBytesAsFittingAndSaysNothing() throws ElfException {
        CodeMatch match = CodeMatch.of(code(FUNCTION + FUNCTION, 15), vmlinux(), TEXT + 15);
        assertEquals(Meaning.FITS, match.meaning());
        assertEquals(List.of(), match.patched());
        assertNull(match.kaslrOffset());
        assertEquals(List.of(), match.notes(true));
    }

    @Test
    void doesNotBelieveAddressesThatMovedByDifferentOffsets() throws ElfException {
        String second = LOADED.replace("302099", "304099");
        CodeMatch match = CodeMatch.of(code(LOADED + second, 15), vmlinux(), TEXT + 15);
        assertEquals(false, match.matchesFile());
    }

    private static String changed(int at, String with) {
        return LOADED.substring(0, 2 * at) + with + LOADED.substring(2 * at + with.length()) + LOADED;
    }

    @Test
    void suspectsTheMemoryForOneBitOnlyIfTheBuildIsTheSame() throws ElfException {
        CodeMatch match = CodeMatch.of(code(changed(17, "4b"), 15), vmlinux(), TEXT + 15);
        assertEquals(Meaning.ONE_BIT, match.meaning());
        assertEquals(TEXT + 17, match.firstDifference());
        assertEquals(1, match.differences());
        assertTrue(
                match.notes(true).get(0).contains("suspect faulty memory"),
                match.notes(true).toString());
        assertTrue(
                match.notes(false).get(0).contains("check that the debug file"),
                match.notes(false).toString());
    }

    @Test
    void takesABreakpointOrJumpAtAnInstructionForAProbe() throws ElfException {
        for (String probe : List.of("cc", "e911223344")) {
            CodeMatch match = CodeMatch.of(code(changed(15, probe), 15), vmlinux(), TEXT + 15);
            assertEquals(Meaning.PROBE, match.meaning());
            assertEquals(true, match.matchesFile());
            assertEquals(List.of("ftrace entry", "return"), match.patched());
        }
    }

    @Test
    void tellsThatAFunctionIsTraced() throws ElfException {
        CodeMatch match = CodeMatch.of(code(changed(0, "e8fbffff3e"), 15), vmlinux(), TEXT + 15);
        assertEquals(Meaning.FITS, match.meaning());
        assertTrue(match.isHooked());
        assertTrue(
                match.notes(true).get(0).contains("ftrace entry"),
                match.notes(true).toString());
    }

    @Test
    void callsAFewBytesBesideEachOtherAnOverwrite() throws ElfException {
        CodeMatch match = CodeMatch.of(code(changed(15, "41424344"), 15), vmlinux(), TEXT + 15);
        assertEquals(Meaning.FEW_BYTES, match.meaning());
        assertTrue(
                match.notes(true).get(0).contains("overwrote"),
                match.notes(true).toString());
    }

    @Test
    void callsOtherCodeAnotherBuild() throws ElfException {
        CodeMatch match = CodeMatch.of(code("554889e5".repeat(16), 15), vmlinux(), TEXT + 15);
        assertEquals(Meaning.OTHER_CODE, match.meaning());
        assertTrue(
                match.notes(false).get(0).contains("another build"),
                match.notes(false).toString());
    }

    @Test
    void comparesOnlyWhatBothSidesHave() throws ElfException {
        // Unreadable bytes, and a window that starts before the section
        String hex = "ffff" + "??".repeat(5) + LOADED.substring(10);
        assertEquals(
                Meaning.FITS, CodeMatch.of(code(hex, 17), vmlinux(), TEXT + 15).meaning());
        for (CodeBytes each : List.of(code("??".repeat(64), 15), code("", -1), code(LOADED, -1))) {
            CodeMatch match = CodeMatch.of(each, vmlinux(), TEXT + 15);
            assertEquals(Meaning.NOT_COMPARABLE, match.meaning());
            assertNull(match.matchesFile());
        }
        assertEquals(
                Meaning.NOT_COMPARABLE,
                CodeMatch.of(code(LOADED, 15), vmlinux(), 0x15).meaning());
    }

    @Test
    void hasNothingToCompareInAFileThatIsStrippedOfItsCode() throws ElfException {
        ElfBuilder builder = ElfBuilder.executable();
        builder.add(".text", Section.SHT_NOBITS, CODE, TEXT, HexFormat.of().parseHex(FUNCTION), 0, 0, 16, 0);
        assertEquals(
                Meaning.NOT_COMPARABLE,
                CodeMatch.of(code(FUNCTION, 15), builder.open(), TEXT + 15).meaning());
    }

    @Test
    void masksTheRelocationsOfAModule() throws ElfException {
        ElfBuilder builder = ElfBuilder.object();
        int text = builder.add(
                ".text", Section.SHT_PROGBITS, CODE, 0, HexFormat.of().parseHex(FUNCTION + FUNCTION), 0, 0, 16, 0);
        int returns = builder.add(".return_sites", Section.SHT_PROGBITS, ALLOC, 0, new byte[8], 0, 0, 1, 0);
        int ftrace = builder.add("__mcount_loc", Section.SHT_PROGBITS, ALLOC, 0, new byte[16], 0, 0, 8, 0);
        int code = builder.symbol("", 0, 0, SymbolTable.STT_SECTION, SymbolTable.STB_LOCAL, text);
        int data = builder.symbol("data", 0, 0, SymbolTable.STT_NOTYPE, SymbolTable.STB_GLOBAL, 0);
        builder.relocations(text, true, new long[] {8, data, 11, 0}, new long[] {40, data, 11, 0});
        builder.relocations(returns, true, new long[] {0, code, 2, 22}, new long[] {4, code, 2, 54});
        builder.relocations(ftrace, true, new long[] {0, code, 1, 0}, new long[] {8, code, 1, 32});
        ElfFile module = builder.open();
        long address = module.address(module.sections().get(text));
        CodeMatch match = CodeMatch.of(code(LOADED + LOADED.replace("00302099", "785634c0"), 15), module, address + 15);
        assertEquals(Meaning.FITS, match.meaning());
        assertEquals(List.of("ftrace entry", "return"), match.patched());
        assertNull(match.kaslrOffset());
    }

    @Test
    void masksWordsOfArm64() throws ElfException {
        // bti c; nop; nop; ldr x0, [x1, #8]; ret
        String file = "5f2403d5" + "1f2003d5" + "1f2003d5" + "200440f9" + "c0035fd6";
        ElfBuilder builder = new ElfBuilder(true, false, ElfHeader.ET_EXEC, ElfHeader.EM_AARCH64);
        long start = 0xffff800080010000L;
        builder.add(".text", Section.SHT_PROGBITS, CODE, start, HexFormat.of().parseHex(file), 0, 0, 4, 0);
        int table = builder.add(
                ".init.data",
                Section.SHT_PROGBITS,
                ALLOC,
                start + 0x10000,
                little(8).putLong(start).array(),
                0,
                0,
                8,
                0);
        builder.symbol("__start_mcount_loc", start + 0x10000, 0, 0, 1, table);
        builder.symbol("__stop_mcount_loc", start + 0x10008, 0, 0, 1, table);
        builder.function("f", start, 20, 1);
        ElfFile vmlinux = builder.open();
        String traced = "5f2403d5" + "e9031eaa" + "01000094" + "200440f9" + "c0035fd6";
        CodeMatch match = CodeMatch.of(new CodeBytes(traced, 12, InstructionSet.ARM64, null), vmlinux, start + 12);
        assertEquals(Meaning.FITS, match.meaning());
        assertEquals(List.of("ftrace entry"), match.patched());
        assertTrue(match.isHooked());
        String probed = file.replace("200440f9", "800020d4");
        match = CodeMatch.of(new CodeBytes(probed, 12, InstructionSet.ARM64, null), vmlinux, start + 12);
        assertEquals(Meaning.PROBE, match.meaning());
    }

    @Test
    void ignoresDamagedTables() throws ElfException {
        Random random = new Random(17);
        byte[] good = file();
        for (int i = 0; i < 2_000; i++) {
            byte[] bad = good.clone();
            for (int n = random.nextInt(8); n >= 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            try {
                ElfFile file = ElfFile.of("f", bad);
                CodeMatch.of(code(LOADED + LOADED, random.nextInt(64)), file, TEXT + random.nextInt(64))
                        .notes(true);
            } catch (ElfException e) {
                // Not an ELF file any more
                assertTrue(e.getMessage() != null);
            }
        }
    }

    private static CodeBytes code(String hex, int trap) {
        return new CodeBytes(hex, trap, InstructionSet.X86_64, null);
    }

    private static ElfFile vmlinux() throws ElfException {
        return ElfFile.of("vmlinux", file());
    }

    private static byte[] file() {
        ElfBuilder builder = ElfBuilder.executable();
        int text = builder.add(
                ".text", Section.SHT_PROGBITS, CODE, TEXT, HexFormat.of().parseHex(FUNCTION + FUNCTION), 0, 0, 16, 0);
        long tables = TEXT + 0x200000;
        ByteBuffer returns = little(8).putInt((int) (TEXT + 22 - tables)).putInt((int) (TEXT + 54 - tables - 4));
        builder.add(".return_sites", Section.SHT_PROGBITS, ALLOC, tables, returns.array(), 0, 0, 1, 0);
        ByteBuffer ftrace = little(16).putLong(TEXT).putLong(TEXT + 32);
        int init = builder.add(".init.data", Section.SHT_PROGBITS, ALLOC, tables + 0x1000, ftrace.array(), 0, 0, 8, 0);
        builder.add(".data", Section.SHT_NOBITS, ALLOC, tables + 0x3000, new byte[16], 0, 0, 8, 0);
        builder.symbol("__start_mcount_loc", tables + 0x1000, 0, 0, 1, init);
        builder.symbol("__stop_mcount_loc", tables + 0x1010, 0, 0, 1, init);
        builder.function("first", TEXT, 32, text);
        builder.function("second", TEXT + 32, 32, text);
        return builder.build();
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
