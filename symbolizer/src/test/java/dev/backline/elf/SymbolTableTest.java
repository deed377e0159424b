package dev.backline.elf;

import static dev.backline.elf.SymbolTable.STB_GLOBAL;
import static dev.backline.elf.SymbolTable.STB_LOCAL;
import static dev.backline.elf.SymbolTable.STB_WEAK;
import static dev.backline.elf.SymbolTable.STT_FUNC;
import static dev.backline.elf.SymbolTable.STT_NOTYPE;
import static dev.backline.elf.SymbolTable.STT_OBJECT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SymbolTableTest {
    /** ELFv1 of 64-bit PowerPC: the symbol of a function is its descriptor in .opd, whose first word is the code. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void followsFunctionDescriptors(boolean isRelocatable) throws IOException {
        int type = isRelocatable ? ElfHeader.ET_REL : ElfHeader.ET_EXEC;
        ElfBuilder b = new ElfBuilder(true, true, type, ElfHeader.EM_PPC64);
        long code = isRelocatable ? 0 : 0xc000_0000L;
        long table = isRelocatable ? 0 : 0xc100_0000L;
        int text = b.text(".text", code, 0x100);
        byte[] content = new byte[72];
        if (!isRelocatable) {
            Words.put(content, 0, 8, true, code + 0x10);
            Words.put(content, 24, 8, true, code + 0x40);
        }
        int opd = b.add(".opd", Section.SHT_PROGBITS, Section.SHF_ALLOC, table, content, 0, 0, 8, 0);
        int section = b.symbol("", code, 0, SymbolTable.STT_SECTION, STB_LOCAL, text);
        int receive = b.symbol("receive", table, 0x30, STT_FUNC, STB_GLOBAL, opd);
        int other = b.symbol("other", table + 24, 0x30, STT_FUNC, STB_GLOBAL, opd);
        int entry = b.symbol(".other", code + 0x40, 0x30, STT_FUNC, STB_GLOBAL, text);
        int unknown = b.symbol("unknown", table + 48, 0x30, STT_FUNC, STB_GLOBAL, opd);
        if (isRelocatable) {
            b.relocations(opd, true, new long[] {0, section, 38, 0x10}, new long[] {24, section, 38, 0x40});
        }
        ElfFile file = b.open();
        SymbolTable s = file.symbols();
        long base = file.address(file.sections().get(text));
        assertThat(s.address(receive)).isEqualTo(base + 0x10);
        assertThat(s.sectionIndex(receive)).isEqualTo(text);
        assertThat(s.size(receive)).isEqualTo(0x30);
        assertThat(s.at(base + 0x14)).isEqualTo(receive);
        assertThat(s.address(other)).isEqualTo(base + 0x40);
        // The kernel's stack traces have the name with the dot
        assertThat(s.at(base + 0x44)).isEqualTo(entry);
        assertThat(s.following(receive)).isEqualTo(entry);
        assertThat(s.sectionIndex(unknown)).isEqualTo(opd);
    }

    /** The symbols that .dynsym lacks; the sections of the packed file have other indexes. */
    @Test
    void addsThePackedSymbolsOfMiniDebugInfo() throws IOException {
        ElfBuilder inner = ElfBuilder.executable();
        inner.debug(".comment", new byte[3]);
        int innerText = inner.text(".text", 0x40_1000, 0x100);
        inner.symbol("static_one", 0x40_1020, 0x20, STT_FUNC, STB_LOCAL, innerText);
        inner.symbol("static_two", 0x40_1040, 0x20, STT_FUNC, STB_LOCAL, innerText);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(inner.build());
        }
        ElfBuilder b = ElfBuilder.executable().stripped();
        int text = b.text(".text", 0x40_1000, 0x100);
        b.debug(".gnu_debugdata", packed.toByteArray());
        SymbolTable s = b.open().symbols();
        int[] found = s.named("static_two");
        assertThat(found).hasSize(1);
        assertThat(s.sectionIndex(found[0])).isEqualTo(text);
        assertThat(s.at(0x40_1025)).isEqualTo(s.named("static_one")[0]);
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void readsSymbolsOfEitherClassAndByteOrder(boolean is64, boolean big) throws IOException {
        ElfBuilder b = new ElfBuilder(is64, big, ElfHeader.ET_EXEC, ElfHeader.EM_PPC64);
        int text = b.text(".text", 0xc000_0000L, 0x100);
        b.symbol("tcp_v4_rcv", 0xc000_0010L, 0x30, STT_FUNC, STB_GLOBAL, text);
        b.symbol("version", 0x1234, 0, STT_NOTYPE, STB_LOCAL, SymbolTable.SHN_ABS);

        ElfFile file = b.open();
        SymbolTable s = file.symbols();

        assertThat(file.header().is64()).isEqualTo(is64);
        assertThat(file.header().bigEndian()).isEqualTo(big);
        assertThat(s.size()).isEqualTo(3);
        assertThat(s.name(0)).isEmpty();
        assertThat(s.name(1)).isEqualTo("tcp_v4_rcv");
        assertThat(s.address(1)).isEqualTo(0xc000_0010L);
        assertThat(s.elfSize(1)).isEqualTo(0x30);
        assertThat(s.type(1)).isEqualTo(STT_FUNC);
        assertThat(s.binding(1)).isEqualTo(STB_GLOBAL);
        assertThat(s.visibility(1)).isEqualTo(SymbolTable.STV_DEFAULT);
        assertThat(s.sectionIndex(1)).isEqualTo(text);
        assertThat(s.sectionIndex(2)).isEqualTo(SymbolTable.SHN_ABS);
    }

    @Test
    void findsAllSymbolsOfOneNameInTheOrderOfTheTableByScanAndByIndex() throws IOException {
        ElfBuilder b = ElfBuilder.executable();
        int text = b.text(".text", 0x1000, 0x1000);
        for (int i = 0; i < 500; i++) {
            b.function(i % 100 == 7 ? "dup" : "f" + i, 0x1000 + i, 1, text);
        }
        SymbolTable s = b.open().symbols();
        for (int look = 0; look < 10; look++) {
            assertThat(s.named("dup")).containsExactly(8, 108, 208, 308, 408);
            assertThat(s.named("f499")).containsExactly(500);
            assertThat(s.named("f49")).containsExactly(50);
            assertThat(s.named("f")).isEmpty();
            assertThat(s.named("du")).isEmpty();
            assertThat(s.named("dupe")).isEmpty();
        }
    }

    @Test
    void findsTheFirstOfVeryManySymbolsOfOneNameByScanAndByIndex() throws IOException {
        ElfBuilder b = ElfBuilder.executable();
        int text = b.text(".text", 0x1000, 0x10000);
        for (int i = 0; i < Symbols.MOST_NAMED + 100; i++) {
            b.function("dup", 0x1000 + i, 1, text);
        }
        b.function("other", 0x9000, 1, text);
        SymbolTable s = b.open().symbols();
        for (int look = 0; look < 10; look++) {
            assertThat(s.named("dup")).hasSize(Symbols.MOST_NAMED).isSorted().startsWith(1);
            assertThat(s.named("other")).containsExactly(Symbols.MOST_NAMED + 101);
        }
    }

    /** A new table looks up its first symbols with a scan, and later ones with an index. */
    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void givesTheSameAnswersByScanAndByIndex(boolean is64, boolean big) throws IOException {
        ElfBuilder b = new ElfBuilder(is64, big, ElfHeader.ET_EXEC, ElfHeader.EM_PPC64);
        int high = is64 ? 1 : 0;
        int text = b.text(".text", 0xc000_0000L, 0x4000);
        // The low halves of these addresses equal those of .text
        int far = b.text(".far", (long) high << 40 | 0xc000_4000L, 0x4000);
        Random random = new Random(1);
        for (int i = 0; i < 400; i++) {
            long at = 4L * random.nextInt(0x700);
            int section = i % 3 == 0 ? far : text;
            long base = section == far ? (long) high << 40 | 0xc000_4000L : 0xc000_0000L;
            String name = i % 11 == 0 ? ".Lmapping" : "f" + i % 150;
            b.symbol(name, base + at, random.nextInt(3) * 8L, STT_FUNC, STB_LOCAL, section);
        }
        byte[] image = b.build();
        SymbolTable often = ElfFile.of("often", image).symbols();
        for (int i = 1; i < 20; i++) {
            assertThat(often.size(i)).isNotNegative();
            assertThat(often.named(often.name(i))).contains(i);
        }

        for (int i = 1; i < often.size(); i++) {
            SymbolTable fresh = ElfFile.of("fresh", image).symbols();
            assertThat(fresh.size(i)).as("size of %s", i).isEqualTo(often.size(i));
            assertThat(fresh.following(i)).as("following %s", i).isEqualTo(often.following(i));
            assertThat(fresh.named(often.name(i))).containsExactly(often.named(often.name(i)));
            assertThat(fresh.named(often.name(i) + "x")).isEmpty();
        }
    }

    @Test
    void sizesASymbolByTheNextOneOfItsSection() throws IOException {
        ElfBuilder b = ElfBuilder.executable();
        int text = b.text(".text", 0x1000, 0x100);
        int init = b.text(".init.text", 0x1100, 0x100);
        int last = b.function("last", 0x10f0, 4, text);
        int first = b.function("first", 0x1000, 0x1b, text);
        int inner = b.symbol("inner", 0x1010, 0, STT_NOTYPE, STB_LOCAL, text);
        b.symbol(".Lmapping", 0x101c, 0, STT_NOTYPE, STB_LOCAL, text);
        b.symbol("$x", 0x101d, 0, STT_NOTYPE, STB_LOCAL, text);
        b.symbol("L0\u0001", 0x101e, 0, STT_NOTYPE, STB_LOCAL, text);
        b.function("second", 0x1020, 0, text);
        int other = b.function("other", 0x1100, 0, init);
        int alias = b.function("alias", 0x1100, 0, init);
        int absolute = b.symbol("absolute", 0x1000, 0, STT_NOTYPE, STB_LOCAL, SymbolTable.SHN_ABS);

        SymbolTable s = b.open().symbols();
        for (int look = 0; look < 4; look++) {
            assertThat(s.size(first)).as("padding counts").isEqualTo(0x20);
            assertThat(s.size(inner)).isEqualTo(0x10);
            assertThat(s.size(last)).as("to the end of the section").isEqualTo(0x10);
            assertThat(s.size(other)).isEqualTo(0x100);
            assertThat(s.size(alias)).isEqualTo(0x100);
            assertThat(s.size(absolute)).isZero();
            assertThat(s.maySize(first, 0x20)).isTrue();
            assertThat(s.maySize(first, 0x10)).as("kallsyms counts the label").isTrue();
            assertThat(s.maySize(first, 0x1b)).isFalse();
            assertThat(s.maySize(inner, 0x20)).isFalse();
        }
    }

    @Test
    void followsASymbolAsFaddr2lineDoes() throws IOException {
        ElfBuilder b = ElfBuilder.executable();
        int text = b.text(".text", 0x1000, 0x100);
        int zero = b.symbol("b_zero", 0x1000, 0, STT_NOTYPE, STB_LOCAL, text);
        int alias = b.symbol("c_zero", 0x1000, 0, STT_NOTYPE, STB_LOCAL, text);
        int before = b.symbol("a_zero", 0x1000, 0, STT_NOTYPE, STB_LOCAL, text);
        int sized = b.function("sized", 0x1000, 0x10, text);
        int sizedAlias = b.function("sized_alias", 0x1000, 0x10, text);
        int next = b.function("next", 0x1018, 0x20_0000, text);
        int sameAsNext = b.function("same", 0x1018, 0x18, text);

        SymbolTable s = b.open().symbols();
        assertThat(s.following(before)).isEqualTo(zero);
        assertThat(s.following(zero)).isEqualTo(alias);
        assertThat(s.following(alias))
                .as("a symbol with a size sorts after one without")
                .isEqualTo(sized);
        for (int look = 0; look < 4; look++) {
            // readelf writes 0x18 as "   24" and 0x200000 as "0x200000": a blank sorts before a 0
            assertThat(s.following(sized)).isEqualTo(sameAsNext);
            assertThat(s.following(sizedAlias)).isEqualTo(sameAsNext);
        }
        assertThat(s.following(next)).isEqualTo(-1);
        assertThat(s.last(text)).isEqualTo(next);
        assertThat(s.last(77)).isEqualTo(-1);
    }

    @Test
    void namesAnAddressAsTheKernelWould() throws IOException {
        ElfBuilder b = ElfBuilder.executable();
        int text = b.text(".text", 0x1000, 0x100);
        b.symbol("weak", 0x1000, 8, STT_FUNC, STB_WEAK, text);
        b.function("__x64_sys_read", 0x1000, 8, text);
        int best = b.symbol("sys_read", 0x1000, 8, STT_FUNC, STB_LOCAL, text);
        b.symbol("zz_read", 0x1000, 8, STT_FUNC, STB_GLOBAL, text);
        b.symbol(".Lhere", 0x1004, 0, STT_NOTYPE, STB_LOCAL, text);
        int data = b.symbol("_x_data", 0x1010, 8, STT_OBJECT, STB_LOCAL, text);
        b.symbol("__linker_start", 0x1010, 0, STT_NOTYPE, STB_GLOBAL, text);
        b.symbol("absolute", 0x1020, 0, STT_NOTYPE, STB_GLOBAL, SymbolTable.SHN_ABS);

        SymbolTable s = b.open().symbols();
        assertThat(s.at(0x1000)).isEqualTo(best);
        assertThat(s.at(0x100f)).isEqualTo(best);
        assertThat(s.at(0x1010)).isEqualTo(data);
        assertThat(s.at(0x10ff)).isEqualTo(data);
        assertThat(s.at(0x1100)).as("past the section").isEqualTo(-1);
        assertThat(s.at(0xfff)).isEqualTo(-1);
    }

    @Test
    void givesEachSectionOfAModuleAddressesOfItsOwn() throws IOException {
        ElfBuilder b = new ElfBuilder(false, false, ElfHeader.ET_REL, ElfHeader.EM_386);
        int text = b.text(".text", 0, 0x123);
        int init = b.text(".init.text", 0, 0x40);
        int info = b.debug(".debug_info", new byte[8]);
        int f = b.function("f", 0x10, 4, text);
        int g = b.function("g", 0, 4, init);
        int h = b.symbol("h", 0, 4, STT_FUNC, STB_LOCAL, init);

        ElfFile file = b.open();
        SymbolTable s = file.symbols();
        long textAt = file.address(file.sections().get(text));
        long initAt = file.address(file.sections().get(init));
        assertThat(textAt).isGreaterThan(0xffff).isLessThan(0xffff_0000L);
        assertThat(textAt % 16).isZero();
        assertThat(initAt).isGreaterThan(textAt + 0x123).isLessThan(0xffff_0000L);
        assertThat(file.address(file.sections().get(info))).isZero();
        assertThat(s.address(f)).isEqualTo(textAt + 0x10);
        assertThat(s.value(f)).isEqualTo(0x10);
        assertThat(s.size(f)).isEqualTo(0x113);
        assertThat(s.size(g)).isEqualTo(0x40);
        assertThat(file.sectionAt(textAt + 0x122)).isEqualTo(file.sections().get(text));
        assertThat(file.sectionAt(textAt + 0x123)).isNull();
        assertThat(file.sectionAt(initAt)).isEqualTo(file.sections().get(init));
        assertThat(s.at(initAt + 3)).as("a module's first alias").isEqualTo(g).isLessThan(h);
    }

    @Test
    void readsExtendedSectionNumbers() throws IOException {
        ElfBuilder b = ElfBuilder.executable().extendedNumbering();
        for (int i = 1; i < 0x1_0010; i++) {
            b.text("", 0x1000L + 16L * i, 16);
        }
        int text = b.text(".text.late", 0x4000_0000, 64);
        int f = b.function("late", 0x4000_0010, 16, text);
        int low = b.function("low", 0x1010, 16, 1);
        int absolute = b.symbol("absolute", 5, 0, STT_NOTYPE, STB_LOCAL, SymbolTable.SHN_ABS);
        // 0xfff1 is the index of a section here, not SHN_ABS
        int odd = b.function("odd", 0x1000L + 16L * 0xfff1, 16, 0xfff1);

        ElfFile file = b.open();
        SymbolTable s = file.symbols();
        assertThat(file.sections()).hasSize(0x1_0010 + 5);
        assertThat(file.section(".text.late")).isEqualTo(file.sections().get(text));
        assertThat(s.sectionIndex(f)).isEqualTo(text);
        assertThat(s.sectionIndex(low)).isEqualTo(1);
        assertThat(s.sectionIndex(absolute)).isEqualTo(SymbolTable.SHN_ABS);
        assertThat(s.sectionIndex(odd)).isEqualTo(0xfff1);
        assertThat(s.at(0x4000_0011)).isEqualTo(f);
        assertThat(s.size(f)).isEqualTo(48);
    }

    @Test
    void dropsTheThumbBitOfArmFunctions() throws IOException {
        ElfBuilder b = new ElfBuilder(false, false, ElfHeader.ET_EXEC, ElfHeader.EM_ARM);
        int text = b.text(".text", 0x8000, 0x100);
        int f = b.function("f", 0x8011, 4, text);
        int d = b.symbol("d", 0x8021, 4, STT_OBJECT, STB_LOCAL, text);
        SymbolTable s = b.open().symbols();
        assertThat(s.address(f)).isEqualTo(0x8010);
        assertThat(s.value(f)).isEqualTo(0x8011);
        assertThat(s.address(d)).isEqualTo(0x8021);
        assertThat(s.at(0x8010)).isEqualTo(f);
    }

    @ParameterizedTest
    @CsvSource({"0, ''", "3, tcp", "9, tcp_v4_rc", "10, tcp_v4_rcv", "1000, tcp_v4_rcv"})
    void readsNoMoreOfANameThanIsAsked(int limit, String read) throws IOException {
        ElfBuilder b = ElfBuilder.executable();
        int symbol = b.function("tcp_v4_rcv", 0x1000, 0x10, b.text(".text", 0x1000, 0x100));

        assertThat(b.open().symbols().name(symbol, limit)).isEqualTo(read);
    }

    @Test
    void suggestsTheNearestFunctionNames() throws IOException {
        ElfBuilder b = ElfBuilder.executable();
        int text = b.text(".text", 0x1000, 0x100);
        b.function("tcp_v4_rcv", 0x1000, 1, text);
        b.function("tcp_v6_rcv", 0x1001, 1, text);
        b.function("tcp_v4_rcv", 0x1002, 1, text);
        b.function("tcp_reset.isra.0", 0x1003, 1, text);
        b.function("tcp_resent", 0x1004, 1, text);
        b.function("schedule", 0x1005, 1, text);
        b.symbol("tcp_v4_rcx", 0x1006, 1, STT_OBJECT, STB_GLOBAL, text);
        SymbolTable s = b.open().symbols();
        assertThat(s.nearest("tcp_v4_rvc", 5)).containsExactly("tcp_v4_rcv", "tcp_v6_rcv");
        assertThat(s.nearest("tcp_reset", 5)).containsExactly("tcp_reset.isra.0", "tcp_resent");
        assertThat(s.nearest("tcp_v4_rvc", 1)).containsExactly("tcp_v4_rcv");
        assertThat(s.nearest("completely_different", 5)).isEmpty();
        assertThat(s.nearest("", 5)).isEmpty();
    }

    @Test
    void isEmptyForAFileWithoutSymbolTable() throws IOException {
        byte[] bare = new byte[64];
        System.arraycopy(ElfBuilder.executable().build(), 0, bare, 0, 40);
        SymbolTable s = ElfFile.of("f", bare).symbols();
        assertThat(s.size()).isZero();
        assertThat(s.named("x")).isEmpty();
        assertThat(s.named("x")).isEmpty();
        assertThat(s.at(5)).isEqualTo(-1);
        assertThat(s.nearest("x", 3)).isEmpty();
        assertThatThrownBy(() -> s.name(0)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
