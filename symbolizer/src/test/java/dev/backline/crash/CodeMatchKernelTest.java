package dev.backline.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backline.crash.CodeMatch.Meaning;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import dev.backline.fixtures.Kernels;
import dev.backline.machine.InstructionSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares windows of a real kernel's code with the same code as a running kernel has it. */
class CodeMatchKernelTest {
    private static final int OFFSET = 0x1a200000;
    private static final int WINDOW = 64;
    private static final int TRAP = 42;
    private static final byte[] NOP5 = {0x0f, 0x1f, 0x44, 0, 0};

    private static Kernels.Kernel kernel() throws IOException {
        Kernels.Kernel kernel = Kernels.find(Kernels.DEBIAN_12).orElse(null);
        Assumptions.assumeTrue(kernel != null, Kernels.howToFetch(Kernels.DEBIAN_12));
        return kernel;
    }

    @Test
    void explainsEachWindowOfARunningKernelAndEachDamage() throws IOException {
        try (ElfFile vmlinux = ElfFile.open(kernel().vmlinux())) {
            Boot boot = new Boot(vmlinux);
            Random random = new Random(6);
            int withFields = 0;
            int patched = 0;
            int otherCode = 0;
            int runs = Integer.getInteger("backline.windows", 300);
            for (int i = 0; i < runs; i++) {
                int at = boot.random(random);
                CodeMatch match = boot.compare(at, at);
                assertEquals(Meaning.FITS, match.meaning(), () -> "at " + Long.toHexString(boot.start + at));
                boolean hasField = boot.hasField(at);
                withFields += hasField ? 1 : 0;
                patched += match.patched().isEmpty() ? 0 : 1;
                if (hasField) {
                    assertEquals(OFFSET, match.kaslrOffset(), () -> "at " + Long.toHexString(boot.start + at));
                }
                otherCode += boot.compare(boot.random(random), at).meaning() == Meaning.OTHER_CODE ? 1 : 0;
                if (i % 4 == 0) {
                    damage(boot, at, random);
                }
            }
            // Measured on this kernel: a fifth of the windows has an address, a third a patched place
            assertTrue(withFields > runs / 8 && patched > runs / 5, withFields + " and " + patched);
            assertTrue(otherCode > runs * 0.98, otherCode + " of " + runs);
        }
    }

    /** Flips a bit, then sets a breakpoint, where the kernel patches nothing. */
    private static void damage(Boot boot, int at, Random random) throws IOException {
        int damaged = at + 5 + random.nextInt(WINDOW - 10);
        if (boot.isPatched[damaged]) {
            return;
        }
        byte before = boot.text[damaged];
        boot.text[damaged] ^= (byte) (1 << random.nextInt(8));
        int now = boot.text[damaged] & 0xff;
        CodeMatch match = boot.compare(at, at);
        if (now != 0xcc && now != 0xe8 && now != 0xe9) {
            assertEquals(Meaning.ONE_BIT, match.meaning(), () -> "at " + Long.toHexString(boot.start + damaged));
            assertEquals(boot.start + damaged, match.firstDifference());
        }
        boot.text[damaged] = before;
        int trap = at + TRAP;
        if (!boot.isPatched[trap] && (boot.text[trap] & 0xff) != 0xcc) {
            before = boot.text[trap];
            boot.text[trap] = (byte) 0xcc;
            match = boot.compare(at, at);
            Meaning meaning = match.meaning();
            // The random place need not be the start of an instruction
            assertTrue(
                    meaning == Meaning.PROBE || meaning == Meaning.FEW_BYTES || meaning == Meaning.ONE_BIT,
                    () -> meaning + " at " + Long.toHexString(boot.start + trap));
            boot.text[trap] = before;
        }
    }

    @ParameterizedTest
    @CsvSource({
        // Recorded on Debian 12, 6.1.0-56-cloud-amd64 with the kernel's text at 0xffffffffb4200000
        "arch_irq_work_raise, 0x26, 42, 0x33200000, 000000000f1f440000488b054c04c001f6c4027426488b0598903701bff6000000"
                + "488b4058e86ab8dc00488b0583903701488b4020e95ab8dc00ccc3cccccccc"
    })
    void fitsRecordedCode(String symbol, String offset, int trap, String kaslr, String hex) throws IOException {
        Kernels.Kernel kernel = kernel();
        Assumptions.assumeTrue(kernel.release().equals("6.1.0-56-cloud-amd64"), "recorded on another kernel");
        try (ElfFile vmlinux = ElfFile.open(kernel.vmlinux())) {
            int[] named = vmlinux.symbols().named(symbol);
            long address = vmlinux.symbols().address(named[0]) + Long.decode(offset);
            CodeMatch match = CodeMatch.of(new CodeBytes(hex, trap, InstructionSet.X86_64, null), vmlinux, address);
            assertEquals(Meaning.FITS, match.meaning());
            Long found = match.kaslrOffset();
            assertTrue(found == null || found.equals(Long.decode(kaslr)), "KASLR offset " + found);
        }
    }

    /** The kernel's code after a boot: what the kernel's own tables name is patched as the kernel does. */
    private static final class Boot {
        private final ElfFile file;
        final long start;
        final byte[] text;
        final boolean[] isPatched;
        /** The places of absolute addresses that moved. */
        private final boolean[] isField;

        Boot(ElfFile file) throws IOException {
            this.file = file;
            Section section = section(".text");
            start = section.address();
            text = bytes(section);
            isPatched = new boolean[text.length];
            isField = new boolean[text.length];
            ByteBuffer returns = data(section(".return_sites"));
            while (returns.hasRemaining()) {
                int at = place(section(".return_sites"), returns);
                patch(at, 5, (byte) 0xc3, (byte) 0xcc, (byte) 0xcc, (byte) 0xcc, (byte) 0xcc);
            }
            ByteBuffer calls = data(section(".retpoline_sites"));
            while (calls.hasRemaining()) {
                int at = place(section(".retpoline_sites"), calls);
                int length = at < 0 || at >= text.length ? 0 : text[at] == 0x2e ? 6 : text[at] == 0x0f ? 6 : 5;
                patch(at, length, (byte) 0x0f, (byte) 0xae, (byte) 0xe8, (byte) 0xff, (byte) 0xd0);
            }
            ByteBuffer locks = data(section(".smp_locks"));
            while (locks.hasRemaining()) {
                patch(place(section(".smp_locks"), locks), 1, (byte) 0x3e);
            }
            ByteBuffer alternatives = data(section(".altinstructions"));
            while (alternatives.hasRemaining()) {
                int at = place(section(".altinstructions"), alternatives);
                alternatives.position(alternatives.position() + 6);
                int length = alternatives.get() & 0xff;
                alternatives.get();
                byte[] nops = new byte[length];
                Arrays.fill(nops, (byte) 0x90);
                patch(at, length, nops);
            }
            ByteBuffer paravirt = data(section(".parainstructions"));
            while (paravirt.remaining() >= 16) {
                long at = paravirt.getLong() - start;
                paravirt.get();
                int length = paravirt.get();
                paravirt.position(paravirt.position() + 6);
                patch((int) at, length, (byte) 0x90, (byte) 0x90);
            }
            ByteBuffer ftrace = between("__start_mcount_loc", "__stop_mcount_loc");
            while (ftrace.hasRemaining()) {
                patch((int) (ftrace.getLong() - start), 5, NOP5);
            }
            long jumps = address("__start___jump_table");
            ByteBuffer labels = between("__start___jump_table", "__stop___jump_table");
            while (labels.hasRemaining()) {
                long field = jumps + labels.position();
                int at = (int) (field + labels.getInt() - start);
                int target = (int) (field + 4 + labels.getInt() - start);
                labels.getLong();
                boolean isShort = at >= 0 && at < text.length && (text[at] == (byte) 0xeb || text[at] == 0x66);
                patch(at, isShort ? 2 : 5, isShort ? (byte) 0xeb : (byte) 0xe9, (byte) (target - at - 2));
            }
            long sites = address("__start_static_call_sites");
            ByteBuffer statics = between("__start_static_call_sites", "__stop_static_call_sites");
            while (statics.hasRemaining()) {
                int at = (int) (sites + statics.position() + statics.getInt() - start);
                statics.getInt();
                patch(at, 5, (byte) 0xe8, (byte) 1, (byte) 2, (byte) 3, (byte) 4);
            }
            // Calls that are no sites jump through a trampoline, whose jump the kernel patches, too.
            for (int each : file.symbols().startingWith("__SCT__")) {
                patch((int) (file.symbols().address(each) - start), 5, (byte) 0xe9, (byte) 1, (byte) 2, (byte) 3);
            }
            relocate();
        }

        /** arch/x86/tools/relocs.c and handle_relocations of the decompressor. */
        private void relocate() throws IOException {
            SymbolTable symbols = file.symbols();
            int percpu = section(".data..percpu").index();
            ByteBuffer entries = data(section(".rela.text"));
            while (entries.hasRemaining()) {
                int at = (int) (entries.getLong() - start);
                int type = entries.getInt();
                int symbol = entries.getInt();
                entries.getLong();
                int index = symbols.sectionIndex(symbol);
                boolean isPercpu = index == percpu
                        && !symbols.name(symbol).equals("__per_cpu_load")
                        && !symbols.name(symbol).startsWith("init_per_cpu");
                int moved = 0;
                if (type == 1 || type == 10 || type == 11) {
                    moved = isPercpu || index == SymbolTable.SHN_ABS ? 0 : OFFSET;
                } else if (type == 2 || type == 4) {
                    moved = isPercpu ? -OFFSET : 0;
                }
                if (moved != 0 && !isPatched[at]) {
                    ByteBuffer field = ByteBuffer.wrap(text, at, 4).order(ByteOrder.LITTLE_ENDIAN);
                    int value = field.getInt(at);
                    field.putInt(at, value + moved);
                    isField[at] = true;
                    Arrays.fill(isPatched, at, at + 4, true);
                }
            }
        }

        /** A window with code: a quarter of the section is padding, which is equal everywhere. */
        int random(Random random) {
            int at;
            do {
                at = random.nextInt(text.length - WINDOW);
            } while (text[at] == (byte) 0xcc && text[at + TRAP] == (byte) 0xcc);
            return at;
        }

        boolean hasField(int window) {
            for (int i = window; i < window + WINDOW - 3; i++) {
                if (isField[i]) {
                    return true;
                }
            }
            return false;
        }

        CodeMatch compare(int running, int inFile) {
            String hex = HexFormat.of().formatHex(text, running, running + WINDOW);
            CodeBytes code = new CodeBytes(hex, TRAP, InstructionSet.X86_64, null);
            return CodeMatch.of(code, file, start + inFile + TRAP);
        }

        private void patch(int at, int length, byte... with) {
            if (at >= 0 && at + length <= text.length) {
                for (int i = 0; i < length; i++) {
                    text[at + i] = i < with.length ? with[i] : (byte) 0x90;
                    isPatched[at + i] = true;
                }
            }
        }

        private int place(Section table, ByteBuffer entries) {
            long field = table.address() + entries.position();
            return (int) (field + entries.getInt() - start);
        }

        private Section section(String name) {
            Section section = file.section(name);
            Assumptions.assumeTrue(section != null, "the kernel has no " + name);
            return section;
        }

        private byte[] bytes(Section section) throws IOException {
            return file.data(section).read(0, (int) section.size());
        }

        private ByteBuffer data(Section section) throws IOException {
            return ByteBuffer.wrap(bytes(section)).order(ByteOrder.LITTLE_ENDIAN);
        }

        private long address(String symbol) throws IOException {
            return file.symbols().address(file.symbols().named(symbol)[0]);
        }

        private ByteBuffer between(String first, String last) throws IOException {
            long from = address(first);
            Section section = file.sectionAt(from);
            Assumptions.assumeTrue(section != null, "the kernel has no " + first);
            byte[] bytes = file.data(section).read(from - section.address(), (int) (address(last) - from));
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
