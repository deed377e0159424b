package dev.backline.elf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.fixtures.ElfFixtures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hostile files: each gives an ElfException or an answer, in bounded time. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileFileTest {
    @TempDir
    Path folder;

    @Test
    void answersOrRefusesASmallFileCutAnywhere() throws IOException {
        for (boolean is64 : new boolean[] {true, false}) {
            byte[] whole = everything(is64, !is64).build();
            assertThat(use(whole)).isTrue();
            int refused = 0;
            for (int length = 0; length < whole.length; length++) {
                refused += use(Arrays.copyOf(whole, length)) ? 0 : 1;
            }
            // The section header table is at the end
            assertThat(refused).isEqualTo(whole.length);
        }
    }

    @Test
    void answersOrRefusesRandomMutations() throws IOException {
        Random random = new Random(20261122);
        int answered = 0;
        for (int round = 0; round < 6000; round++) {
            byte[] b = everything(round % 2 == 0, round % 3 == 0).build();
            mutate(b, random);
            answered += use(b) ? 1 : 0;
        }
        assertThat(answered).isBetween(100, 5900);
    }

    @Test
    void answersOrRefusesMutatedFixtures() throws IOException {
        Random random = new Random(4711);
        for (Path path : ElfFixtures.elfFiles()) {
            byte[] whole = Files.readAllBytes(path);
            for (int round = 0; round < 20; round++) {
                byte[] b = whole.clone();
                mutate(b, random);
                use(b);
            }
        }
    }

    /** Mutates mostly the headers, with values at the limits of arithmetic. */
    private static void mutate(byte[] b, Random random) {
        byte[] odd = {0, 1, -1, 0x7f, (byte) 0x80, 2, 4, 8};
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            int headers = Math.min(b.length, 64 * 16);
            int at = switch (random.nextInt(3)) {
                case 0 -> random.nextInt(b.length);
                case 1 -> random.nextInt(Math.min(b.length, 64));
                default -> b.length - 1 - random.nextInt(headers);
            };
            byte value = random.nextBoolean() ? odd[random.nextInt(odd.length)] : (byte) random.nextInt(256);
            int run = random.nextInt(4) == 0 ? 8 : 1;
            for (int i = at; i < Math.min(b.length, at + run); i++) {
                b[i] = value;
            }
        }
    }

    private static ElfBuilder everything(boolean is64, boolean big) throws IOException {
        int machine = is64 ? ElfHeader.EM_RISCV : ElfHeader.EM_386;
        ElfBuilder b = new ElfBuilder(is64, big, ElfHeader.ET_REL, machine);
        int text = b.text(".text", 0, 64);
        int init = b.text(".init.text", 0, 32);
        int f = b.function("tcp_v4_rcv", 4, 8, text);
        int g = b.function("tcp_v6_rcv.cold", 8, 0, init);
        b.symbol(".L1", 4, 0, SymbolTable.STT_NOTYPE, SymbolTable.STB_LOCAL, text);
        int info = b.debug(".debug_info", new byte[64]);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
            deflater.write(new byte[100]);
        }
        ElfBuilder.Bytes compressed = b.bytes().u32(1);
        if (is64) {
            compressed.u32(0);
        }
        compressed.word(100).word(1).raw(packed.toByteArray());
        b.add(".debug_str", Section.SHT_PROGBITS, Section.SHF_COMPRESSED, 0, compressed.bytes(), 0, 0, 1, 0);
        b.relocations(info, is64, new long[] {0, f, 1, 0}, new long[] {8, g, 1, 4}, new long[] {12, f, 1, 0});
        byte[] note = b.bytes().u32(4).u32(8).u32(3).text("GNU").u64(0x1234).bytes();
        b.add(".note.gnu.build-id", Section.SHT_NOTE, Section.SHF_ALLOC, 0, note, 0, 0, 4, 0);
        byte[] link = b.bytes().text("vmlinux.debug").zeros(2).u32(0x1234).bytes();
        b.add(".gnu_debuglink", Section.SHT_PROGBITS, 0, 0, link, 0, 0, 4, 0);
        byte[] altLink = b.bytes().text("/usr/lib/debug/.dwz/x").u64(1).bytes();
        b.add(".gnu_debugaltlink", Section.SHT_PROGBITS, 0, 0, altLink, 0, 0, 4, 0);
        return b;
    }

    /** Reads everything; false if any part was refused. */
    private static boolean use(byte[] content) {
        boolean sound = true;
        ElfFile file;
        try {
            file = ElfFile.of("f", content);
        } catch (ElfException e) {
            assertThat(e).hasMessageStartingWith("f: ").hasMessageNotContaining("\n");
            return false;
        }
        for (Section s : file.sections()) {
            sound &= asked(() -> {
                SectionData data = file.data(s);
                data.read(0, (int) Math.min(1 << 16, data.size()));
            });
            file.sectionAt(file.address(s));
            file.sectionAt(file.address(s) + s.size() - 1);
        }
        sound &= asked(file::buildId);
        sound &= asked(file::debugLink);
        sound &= asked(file::debugAltLink);
        sound &= asked(() -> {
            SymbolTable s = file.symbols();
            for (int look = 0; look < 5; look++) {
                s.named("tcp_v4_rcv");
            }
            for (int i = 0; i < Math.min(20, s.size()); i++) {
                s.name(i);
                s.size(i);
                s.following(i);
                s.at(s.address(i));
                s.last(s.sectionIndex(i));
            }
            s.nearest("tcp_v5_rcv", 3);
        });
        return sound;
    }

    private interface Question {
        void ask() throws IOException;
    }

    private static boolean asked(Question question) {
        try {
            question.ask();
            return true;
        } catch (ElfException e) {
            assertThat(e).hasMessageStartingWith("f: ").hasMessageNotContaining("\n");
            return false;
        } catch (IOException e) {
            throw new AssertionError("not an ElfException", e);
        }
    }

    @Test
    void refusesSizesBeyondTheFileBeforeAllocatingMemory() throws IOException {
        ElfBuilder b = ElfBuilder.executable();
        for (long size : new long[] {1L << 40, Long.MAX_VALUE, -1, -16, 1L << 63}) {
            b.sized(".debug_info", Section.SHT_PROGBITS, 0, size);
        }
        ElfFile file = b.open();
        for (int i = 1; i <= 5; i++) {
            Section s = file.sections().get(i);
            assertThatThrownBy(() -> file.data(s))
                    .isInstanceOf(ElfException.class)
                    .hasMessageContaining(".debug_info (section " + s.index() + ")")
                    .hasMessageContaining("the file may be truncated");
        }
    }

    @Test
    void refusesAModuleWhoseSectionsFillTheAddressSpace() {
        for (boolean is64 : new boolean[] {true, false}) {
            ElfBuilder b = new ElfBuilder(is64, false, ElfHeader.ET_REL, ElfHeader.EM_386);
            b.sized(".bss", Section.SHT_NOBITS, Section.SHF_ALLOC, is64 ? Long.MAX_VALUE - 5 : 0xffff_0000L);
            assertThatThrownBy(b::open)
                    .isInstanceOf(ElfException.class)
                    .hasMessageContaining("does not fit in the address space");
        }
    }

    @Test
    void findsTheSectionOfAnAddressAmongOverlappingOnes() throws IOException {
        ElfBuilder b = ElfBuilder.executable();
        int large = b.text(".large", 0x1000, 0x1000);
        int small = b.text(".small", 0x1100, 0x10);
        b.text(".empty", 0x1800, 0);
        int last = b.sized(".last", Section.SHT_NOBITS, Section.SHF_ALLOC, -1);
        ElfFile file = b.open();
        assertThat(file.sectionAt(0x1105)).isEqualTo(file.sections().get(small));
        assertThat(file.sectionAt(0x1110)).isEqualTo(file.sections().get(large));
        assertThat(file.sectionAt(0x1800)).isEqualTo(file.sections().get(large));
        assertThat(file.sectionAt(0x2000)).isEqualTo(file.sections().get(last));
    }

    @Test
    void namesUnsupportedTypesAndMachines() throws IOException {
        assertThatThrownBy(() -> new ElfBuilder(true, false, ElfHeader.ET_CORE, 62).open())
                .hasMessage("f: is a core dump (ET_CORE); use the vmlinux or module that was running");
        assertThatThrownBy(() -> new ElfBuilder(true, false, 0xfe00, 62).open())
                .hasMessageContaining("e_type is 65024");
        byte[] b = ElfBuilder.executable().build();
        byte[] noClass = b.clone();
        noClass[4] = 3;
        assertThatThrownBy(() -> ElfFile.of("f", noClass)).hasMessage("f: EI_CLASS is 3, neither 1 nor 2");
        byte[] noVersion = b.clone();
        noVersion[6] = 0;
        assertThatThrownBy(() -> ElfFile.of("f", noVersion)).hasMessageContaining("EI_VERSION is 0");
    }

    @Test
    void reportsAReadPastTheEndOfASection() throws IOException {
        ElfBuilder b = ElfBuilder.executable();
        b.debug(".debug_info", new byte[16]);
        SectionData data = b.open().debugData(".debug_info");
        assertThat(data).isNotNull();
        assertThat(data.read(16, 0)).isEmpty();
        assertThatThrownBy(() -> data.read(10, 7))
                .hasMessage("f: .debug_info+0xa: 0x7 bytes extend past the end of the section (0x10 bytes)");
        assertThatThrownBy(() -> data.read(-1, 1)).isInstanceOf(ElfException.class);
        assertThatThrownBy(() -> data.read(Long.MAX_VALUE, 1)).isInstanceOf(ElfException.class);
        assertThatThrownBy(() -> data.read(0, -1)).isInstanceOf(ElfException.class);
        assertThatThrownBy(() -> data.read(1, new byte[32], 0, 16)).isInstanceOf(ElfException.class);
    }

    @Test
    void readsAFileBeyondTwoGigabytes() throws IOException {
        ElfBuilder b = ElfBuilder.executable();
        int text = b.text(".text", 0x1000, 16);
        b.function("far", 0x1000, 4, text);
        byte[] marked = "beyond".getBytes(UTF_8);
        int info = b.debug(".debug_info", marked);
        byte[] small = b.build();
        int table = (int) Words.i64(small, 40, false);
        long farTable = 5L << 30;
        long farData = (5L << 30) + (1 << 20);
        Words.put(small, 40, 8, false, farTable);
        Words.put(small, table + 64 * info + 24, 8, false, farData);
        Path path = folder.resolve("vmlinux");
        try (RandomAccessFile out = new RandomAccessFile(path.toFile(), "rw")) {
            out.write(small);
            out.seek(farTable);
            out.write(small, table, small.length - table);
            out.seek(farData);
            out.write(marked);
        }
        try (ElfFile file = ElfFile.open(path)) {
            SectionData data = file.debugData(".debug_info");
            assertThat(data).isNotNull();
            assertThat(data.read(0, marked.length)).isEqualTo(marked);
            assertThat(file.symbols().named("far")).containsExactly(1);
        }
    }

    @Test
    void readsLinksAndBuildIds() throws IOException {
        ElfFile file = everything(true, false).open();
        assertThat(file.buildId()).isEqualTo(BuildId.parse("3412000000000000"));
        assertThat(file.buildId()).hasToString("3412000000000000");
        assertThat(file.debugLink()).isEqualTo(new DebugLink("vmlinux.debug", 0x1234));
        assertThat(file.debugAltLink())
                .isEqualTo(new AltLink("/usr/lib/debug/.dwz/x", BuildId.parse("0100000000000000")));
        ElfFile none = ElfBuilder.executable().open();
        assertThat(none.buildId()).isNull();
        assertThat(none.debugLink()).isNull();
        assertThat(none.debugAltLink()).isNull();
        assertThat(none.debugData(".debug_info")).isNull();
    }

    @Test
    void reportsAClosedFile() throws IOException {
        Path path = folder.resolve("closed");
        Files.write(path, everything(true, false).build());
        ElfFile file = ElfFile.open(path);
        file.close();
        assertThatThrownBy(file::symbols).isInstanceOf(ElfException.class).hasMessageContaining("cannot be read");
    }
}
