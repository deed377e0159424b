package dev.backline.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.backline.demangle.RustDemangler;
import dev.backline.trace.FrameReference;
import java.io.IOException;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One fuzz target per section reader. A build runs each on its seeds; {@code fixtures/fuzz} lets Jazzer mutate them.
 *
 * <p>The input of a section's target is the number of a fixture among those that have the section (one byte), and the
 * contents that the section gets there, so that no mutation is lost in the rest of the file.
 */
class SectionFuzzTest {
    @Seeds(Seeds.WHOLE_FILES)
    @FuzzTest
    void elfFile(byte[] file) {
        Reading.elf(file);
    }

    @Seeds(Seeds.WHOLE_FILES)
    @FuzzTest
    void symbolizer(byte[] file) {
        Reading.all(file);
    }

    @Seeds(".symtab")
    @FuzzTest
    void symbolTable(byte[] input) throws IOException {
        Reading.elf(Hosts.with(".symtab", false, input));
    }

    @Seeds(".strtab")
    @FuzzTest
    void stringTable(byte[] input) throws IOException {
        Reading.elf(Hosts.with(".strtab", false, input));
    }

    @Seeds(".note.gnu.build-id")
    @FuzzTest
    void notes(byte[] input) throws IOException {
        Reading.elf(Hosts.with(".note.gnu.build-id", false, input));
    }

    @Seeds(".rela.debug_info")
    @FuzzTest
    void relocations(byte[] input) throws IOException {
        Reading.debugInformation(Hosts.with(".rela.debug_info", false, input));
    }

    @Seeds(".debug_info")
    @FuzzTest
    void debugInfo(byte[] input) throws IOException {
        Reading.debugInformation(Hosts.with(".debug_info", false, input));
    }

    @Seeds(".debug_abbrev")
    @FuzzTest
    void debugAbbrev(byte[] input) throws IOException {
        Reading.debugInformation(Hosts.with(".debug_abbrev", false, input));
    }

    @Seeds(".debug_line")
    @FuzzTest
    void debugLine(byte[] input) throws IOException {
        Reading.debugInformation(Hosts.with(".debug_line", false, input));
    }

    @Seeds(".debug_aranges")
    @FuzzTest
    void debugAranges(byte[] input) throws IOException {
        Reading.debugInformation(Hosts.with(".debug_aranges", false, input));
    }

    @Seeds(".debug_ranges")
    @FuzzTest
    void debugRanges(byte[] input) throws IOException {
        Reading.debugInformation(Hosts.with(".debug_ranges", false, input));
    }

    @Seeds(".debug_rnglists")
    @FuzzTest
    void debugRnglists(byte[] input) throws IOException {
        Reading.debugInformation(Hosts.with(".debug_rnglists", false, input));
    }

    @Seeds(".debug_loc")
    @FuzzTest
    void debugLoc(byte[] input) throws IOException {
        Reading.debugInformation(Hosts.with(".debug_loc", false, input));
    }

    @Seeds(".debug_loclists")
    @FuzzTest
    void debugLoclists(byte[] input) throws IOException {
        Reading.debugInformation(Hosts.with(".debug_loclists", false, input));
    }

    @Seeds(".debug_str_offsets")
    @FuzzTest
    void debugStrOffsets(byte[] input) throws IOException {
        Reading.debugInformation(Hosts.with(".debug_str_offsets", false, input));
    }

    @Seeds(".debug_addr")
    @FuzzTest
    void debugAddr(byte[] input) throws IOException {
        Reading.debugInformation(Hosts.with(".debug_addr", false, input));
    }

    @Seeds(value = ".debug_info", zlib = true)
    @FuzzTest
    void compression(byte[] input) throws IOException {
        Reading.debugInformation(Hosts.with(".debug_info", true, input));
    }

    @MethodSource("dev.backline.fuzz.Indexes#all")
    @FuzzTest
    void gsym(byte[] file) {
        Reading.gsym(file);
    }

    @ValueSource(
            strings = {
                "_RINvNtC3std3mem8align_ofNtNtC3std3mem12DiscriminantEBK_.llvm.123",
                "_RNvXCs1_7mycrateNtB2_7ExampleINtB2_5TraitKj1f_FG_RL0_hEuE3foo",
                "_RINvC1a1bDINtC1t1fThEEp6OutputReAhKh5_L_EWmRm1_m64_KVNtC1a1xS1ahd_EE",
                "_RNCNvC1au8gdel_5qas_0.cold",
                "_ZN71_$LT$T$u20$as$u20$core..ops..Drop$GT$4drop17h0123456789abcdefE"
            })
    @FuzzTest
    void rustDemangler(@NotNull String symbol) {
        RustDemangler.demangle(symbol);
    }

    @ValueSource(
            strings = {
                "tcp_v4_rcv+0x99b/0xee0",
                "nf_conntrack:tcp_packet+31",
                "tcp_packet+0x1f/0x20 [nf_conntrack]",
                "0xffffffff81000000"
            })
    @FuzzTest
    void query(@NotNull String text) {
        FrameReference.parse(text);
    }
}
