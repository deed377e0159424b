package dev.backline.kernel;

import static dev.backline.debugfiles.SmallKernels.ID;
import static dev.backline.debugfiles.SmallKernels.RELEASE;
import static dev.backline.debugfiles.SmallKernels.TEXT;
import static dev.backline.debugfiles.SmallKernels.module;
import static dev.backline.debugfiles.SmallKernels.vmlinux;
import static dev.backline.debugfiles.SmallKernels.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.debugfiles.DebugData;
import dev.backline.debugfiles.DebugDirectory;
import dev.backline.debugfiles.DebugFile;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.KernelIdentity;
import dev.backline.elf.Section;
import dev.backline.elf.Symbols;
import dev.backline.fixtures.Kernels;
import dev.backline.kernel.NotLocated.Reason;
import dev.backline.trace.AddressOfSymbol;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Pc;
import dev.backline.trace.TraceReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BootTest {
    private static final long OFFSET = 0x1e000000L;
    /** The run-time address of the module's .text. */
    private static final long BASE = 0xffffffffc0446000L;

    @TempDir
    Path root;

    private KernelBuild build;

    @BeforeEach
    void makeKernel() throws IOException {
        Path file = write(root.resolve("vmlinux"), vmlinux(RELEASE, ID, true));
        write(root.resolve("br_netfilter.ko"), module(RELEASE, null, true));
        build = KernelBuild.of(DebugFiles.builder().root(root).vmlinux(file).build(), KernelIdentity.UNKNOWN);
    }

    @AfterEach
    void close() throws IOException {
        build.close();
    }

    @Test
    void subtractsTheGivenOffsetFromKernelAddresses() throws IOException {
        LoadMap map = LoadMap.builder().kaslrOffset(OFFSET).build();

        assertThat(place(map, address(TEXT + OFFSET + 0x1010))).isEqualTo("vmlinux .text+0x1010");
    }

    @Test
    void readsTheOffsetFromKallsymsAndFromALog() throws IOException {
        FrameReference frame = address(TEXT + OFFSET + 0x104);

        assertThat(place(kallsyms(OFFSET, ""), frame)).isEqualTo("vmlinux .text+0x104");
        LoadMap stated =
                LoadMap.builder().statedOffset("Kernel Offset:", OFFSET).build();
        assertThat(place(stated, frame)).isEqualTo("vmlinux .text+0x104");
    }

    @Test
    void derivesTheOffsetFromFramesWithAddressAndSymbolIfAllAgree() throws IOException {
        LoadMap agreeing = LoadMap.builder()
                .symbol(new AddressOfSymbol(TEXT + OFFSET + 0x123, "first", 0x23L, null))
                .symbol(new AddressOfSymbol(TEXT + OFFSET + 0x1004, "second", 4L, null))
                .symbol(new AddressOfSymbol(0x75b17c3, "second", 0x7c3L, null))
                .symbol(new AddressOfSymbol(BASE, "unknown_to_us", 0L, null))
                .build();
        LoadMap ofTwoBoots = LoadMap.builder()
                .symbol(new AddressOfSymbol(TEXT + OFFSET + 0x123, "first", 0x23L, null))
                .symbol(new AddressOfSymbol(TEXT + 0x4e00004 + 0x1000, "second", 4L, null))
                .build();
        FrameReference frame = address(TEXT + OFFSET + 0x104);

        assertThat(place(agreeing, frame)).isEqualTo("vmlinux .text+0x104");
        assertThat(missing(ofTwoBoots, frame)).contains("the log's addresses disagree");
        assertThat(build.boot(ofTwoBoots).problem()).contains("--kaslr-offset");
    }

    /** x86-64 moves the kernel by multiples of 2 MiB: 0x1e000000 is the only one that puts this address in second. */
    @Test
    void derivesTheOffsetFromOneAddressInAFunction() throws IOException {
        LoadMap map = LoadMap.builder()
                .symbol(new AddressOfSymbol(TEXT + OFFSET + 0x1234, "second", null, null))
                .build();

        assertThat(place(map, address(TEXT + OFFSET + 0x104))).isEqualTo("vmlinux .text+0x104");
    }

    @Test
    void derivesNoOffsetFromAFunctionOfAModule() throws IOException {
        LoadMap map = LoadMap.builder()
                .symbol(new AddressOfSymbol(TEXT + OFFSET + 0x1234, "second", null, "br_netfilter"))
                .symbol(new AddressOfSymbol(BASE + 0x1234, "second", null, null))
                .build();

        assertThat(missing(map, address(TEXT + OFFSET + 0x104))).contains("the KASLR offset is not known");
    }

    @ParameterizedTest
    @CsvSource({"0x1234,", "0xf01,", "0x1e001234, 0x235", "0x30001234,", "-0x1ffffc,"})
    void usesNoLineOfAFileWhoseFunctionsAreElsewhere(String distance, String offset) throws IOException {
        long address = TEXT + 0x100 + Long.decode(distance);
        LoadMap map = LoadMap.builder()
                .symbol(new AddressOfSymbol(address, "first", offset == null ? null : Long.decode(offset), null))
                .build();
        // 0x1234 bytes after its start, first has ended.
        FrameReference other = new FrameReference("second", 4L, null, null, null, Pc.RETURN);

        assertThat(missing(map, other))
                .contains(
                        "is from another build than the log",
                        "0x" + Long.toHexString(address) + " in first",
                        "--force");
        assertThat(missing(map, address(TEXT + 0x1004))).isEqualTo(missing(map, other));
    }

    @Test
    void outvotesOneAddressThatNoOffsetExplains() throws IOException {
        LoadMap map = LoadMap.builder()
                .symbol(new AddressOfSymbol(TEXT + 0x7654, "first", 0x23L, null))
                .symbol(new AddressOfSymbol(TEXT + OFFSET + 0x123, "first", 0x23L, null))
                .symbol(new AddressOfSymbol(TEXT + OFFSET + 0x1234, "second", null, null))
                .build();

        assertThat(place(map, address(TEXT + OFFSET + 0x104))).isEqualTo("vmlinux .text+0x104");
    }

    @Test
    void usesNoOffsetThatTheNamedAddressesContradict() throws IOException {
        AddressOfSymbol shown = new AddressOfSymbol(TEXT + OFFSET + 0x123, "first", 0x23L, null);
        LoadMap given =
                LoadMap.builder().kaslrOffset(OFFSET + 0x200000).symbol(shown).build();
        LoadMap stated =
                LoadMap.builder().statedOffset("the log", 0).symbol(shown).build();

        assertThat(missing(given, address(TEXT + OFFSET + 0x104)))
                .contains("--kaslr-offset gives 0x1e200000, a named address in the log gives 0x1e000000")
                .contains("correct or omit --kaslr-offset, or add --force");
        assertThat(missing(stated, address(TEXT + OFFSET + 0x104)))
                .contains("the log gives 0x0, a named address in the log gives 0x1e000000");
    }

    @Test
    void keepsTheNameBesideAnAddressForTheFileToCheck() throws IOException {
        LoadMap map = LoadMap.builder().kaslrOffset(OFFSET).build();
        Located named = (Located)
                build.boot(map).locate(new FrameReference("first", null, null, null, TEXT + OFFSET + 0x104, Pc.RETURN));

        assertThat(named.reference().symbol()).isEqualTo("first");
        assertThat(named.reference().address()).isEqualTo(TEXT + 0x104);
    }

    @Test
    void reportsThatTwoSourcesGiveDifferentOffsets() throws IOException {
        LoadMap map = LoadMap.builder()
                .statedOffset("Kernel Offset:", OFFSET + 0x200000)
                .kallsyms("kallsyms", text(kallsymsText(OFFSET, "")))
                .build();

        assertThat(missing(map, address(TEXT + OFFSET + 0x104)))
                .contains("Kernel Offset: gives 0x1e200000, kallsyms gives 0x1e000000");
    }

    @Test
    void rejectsKallsymsOfAnotherBuild() throws IOException {
        LoadMap map = LoadMap.builder()
                .kallsyms("kallsyms", text(hex(TEXT) + " T _stext\n" + hex(TEXT + 0x3000) + " T _etext\n"))
                .build();

        assertThat(missing(map, address(TEXT + 0x104))).contains("are from different builds");
    }

    @Test
    void doesNotMoveAbsoluteAndPerCpuSymbols() throws IOException {
        LoadMap map = LoadMap.builder()
                .kallsyms(
                        "kallsyms",
                        text("0000000000000000 A _text\n0000000000001000 A _etext\n" + kallsymsText(OFFSET, "")))
                .build();

        assertThat(place(map, address(TEXT + OFFSET + 0x104))).isEqualTo("vmlinux .text+0x104");
    }

    @ParameterizedTest
    @ValueSource(longs = {0x75b17c3L, 0xc75b17c3L})
    void rejectsAHashedAddress(long address) throws IOException {
        assertThat(missing(LoadMap.UNKNOWN, address(address))).contains("hashed");

        LoadMap map = LoadMap.builder().kaslrOffset(0).build();
        Located named =
                (Located) build.boot(map).locate(new FrameReference("first", 4L, null, null, address, Pc.RETURN));
        assertThat(named.reference().address()).isNull();
        assertThat(named.reference().symbol()).isEqualTo("first");
    }

    /** perf that used a vmlinux prints addresses in the file, whatever the KASLR offset. */
    @Test
    void readsAnAddressInTheFileOfVmlinuxBesideAFunction() throws IOException {
        DebugData vmlinux = ((DebugFile) build.vmlinux()).data();
        long offset = vmlinux.sectionAt(TEXT).offset();
        LoadMap moved = LoadMap.builder().kaslrOffset(OFFSET).build();

        FrameReference sample = new FrameReference("second", null, null, null, offset + 0x1004, Pc.EXACT);
        assertThat(place(moved, sample)).isEqualTo("vmlinux .text+0x1004");
        assertThat(((Located) build.boot(moved).locate(sample)).reference().symbol())
                .isEqualTo("second");
        FrameReference after = new FrameReference("second", null, null, null, offset + 0x2000, Pc.EXACT);
        assertThat(build.boot(moved).locate(after)).isInstanceOf(NotLocated.class);
        assertThat(build.boot(moved).locate(address(offset + 0x1004))).isInstanceOf(NotLocated.class);
    }

    @Test
    void reportsThatTheOffsetIsUnknownForAnAddressOutsideAllCode() throws IOException {
        assertThat(missing(LoadMap.UNKNOWN, address(TEXT + OFFSET)))
                .contains("is not in the code of")
                .contains("the KASLR offset is not known: add --kaslr-offset")
                .contains("--modules");
    }

    @ParameterizedTest
    @CsvSource({
        "0x44, br_netfilter .text+0x44",
        "0x4ff, br_netfilter .text+0x4ff",
        "0x9011, br_netfilter .text.unlikely+0x11",
        "0x801f, br_netfilter .exit.text+0x1f"
    })
    void locatesModuleAddressesBySymbols(String offset, String place) throws IOException {
        String symbols =
                moduleLine(BASE + 0x40, "run") + moduleLine(BASE + 0x9010, "fail") + moduleLine(BASE + 0x8000, "stop");
        LoadMap map = kallsyms(OFFSET, symbols);

        assertThat(place(map, address(BASE + Long.decode(offset)))).isEqualTo(place);
    }

    @Test
    void estimatesSectionsFromTheBaseOfTheModuleAndReportsTheEstimate() throws IOException {
        LoadMap map = LoadMap.builder()
                .modules("modules", text("br_netfilter 36864 0 - Live 0x" + hex(BASE) + "\n"))
                .build();

        assertThat(place(map, address(BASE + 0x44))).isEqualTo("br_netfilter .text+0x44");
        assertThat(place(map, address(BASE + 0x504))).isEqualTo("br_netfilter .exit.text+0x4");
        assertThat(place(map, address(BASE + 0x52f))).isEqualTo("br_netfilter .text.unlikely+0xf");
        assertThat(((Located) build.boot(map).locate(address(BASE + 0x44))).note())
                .contains("are estimated");
        assertThat(missing(map, address(BASE + 0x800))).contains("not in the code of");
    }

    @Test
    void locatesAnAddressByTheModulesInAProbeHeader() throws IOException {
        LoadMap map = headed("");

        assertThat(place(map, address(BASE + 0x10))).isEqualTo("br_netfilter .text+0x10");
        assertThat(missing(map, address(BASE - 0x20000))).contains("not in the code");
    }

    @Test
    void findsNoModuleForAnAddressPastTheEndOfTheModule() throws IOException {
        // A module loaded after the header was written is not listed, and can be anywhere.
        assertThat(missing(headed(""), address(BASE + 0x600))).contains("not in the code of", "or of a module");
        assertThat(missing(headed(" size=20480"), address(BASE + 0x600))).contains("not in the code of");
        // This module has no file: only the header can give its end.
        long below = BASE - 0x10000;
        NotLocated past = (NotLocated) build.boot(headed("")).locate(address(below + 0x6000));
        assertThat(past.message()).contains("no file found for module other");
        assertThat(past.detail()).isEqualTo("or the address is in a module that was loaded later");
        NotLocated in = (NotLocated) build.boot(headed(" size=20480")).locate(address(below + 0x4fff));
        assertThat(in.message()).isEqualTo(past.message());
        assertThat(in.detail()).isNull();
        assertThat(missing(headed(" size=20480"), address(below + 0x5000))).contains("or of a module");
        assertThat(place(headed(" size=20480"), address(BASE + 0x10))).isEqualTo("br_netfilter .text+0x10");
    }

    private static LoadMap headed(String size) {
        TraceReader log = new TraceReader();
        log.next("# backline kernel release=" + RELEASE + " build-id=- stext=0x" + Long.toHexString(TEXT + OFFSET));
        log.next("# backline module name=other base=0x" + Long.toHexString(BASE - 0x10000) + size);
        log.next("# backline module name=br_netfilter base=0x" + Long.toHexString(BASE) + size);
        return LoadMap.builder().facts(log.facts()).build();
    }

    @Test
    void usesSectionAddressesIfKnown() throws IOException {
        String sections = "br_netfilter .text 0x" + hex(BASE) + " .init.text 0x" + hex(BASE + 0x100) + "\n"
                + "/sys/module/br_netfilter/sections/.text.unlikely:0x" + hex(BASE + 0x7000) + "\n";
        LoadMap map = LoadMap.builder().modules("sections", text(sections)).build();

        // The kernel frees .init.text after loading, so the address belongs to .text.
        assertThat(place(map, address(BASE + 0x104))).isEqualTo("br_netfilter .text+0x104");
        assertThat(place(map, address(BASE + 0x7011))).isEqualTo("br_netfilter .text.unlikely+0x11");
        assertThat(((Located) build.boot(map).locate(address(BASE + 0x104))).note())
                .isNull();
    }

    @Test
    void findsTheModuleOfASymbolPrintedWithoutModule() throws IOException {
        LoadMap map = kallsyms(OFFSET, moduleLine(BASE + 0x40, "run"));
        FrameReference frame = new FrameReference("run", 0x10L, null, null, null, Pc.RETURN);

        Located located = (Located) build.boot(map).locate(frame);
        assertThat(located.file().module()).isEqualTo("br_netfilter");
        assertThat(located.reference().symbol()).isEqualTo("run");
    }

    @ParameterizedTest
    @ValueSource(strings = {"br_netfilter", "br-netfilter"})
    void treatsDashesAndUnderscoresInModuleNamesAlike(String name) throws IOException {
        Located located = (Located)
                build.boot(LoadMap.UNKNOWN).locate(new FrameReference("run", 0x10L, null, name, null, Pc.RETURN));
        assertThat(located.file().module()).isEqualTo("br_netfilter");
    }

    @Test
    void namesTheModuleWhoseFileIsMissing() throws IOException {
        LoadMap map = LoadMap.builder()
                .modules("modules", text("bridge 294912 1 - Live 0xffffffffc03eb000\n"))
                .build();

        NotLocated missing = (NotLocated) build.boot(map).locate(address(0xffffffffc03f1f0cL));
        assertThat(missing.reason()).isEqualTo(Reason.MODULE_NOT_FOUND);
        assertThat(missing.message()).startsWith("no file found for module bridge");
    }

    @Test
    void reportsThatDataAndGeneratedCodeHaveNoSource() throws IOException {
        LoadMap map = LoadMap.builder()
                .kallsyms(
                        "kallsyms",
                        text(kallsymsText(OFFSET, "ffffffffc0320000 t ftrace_trampoline\t[__builtin__ftrace]\n")))
                .build();

        assertThat(missing(map, address(0xffffffffc0320044L))).contains("code generated at run time");
        assertThat(missing(map, address(0xffff8bcf426aa0c0L)))
                .contains("not in the code of")
                .contains("or of a module");
    }

    @ParameterizedTest
    @CsvSource({
        "'0000000000000000 T _stext\n0000000000000000 t run\t[bridge]\n', kptr_restrict",
        "'[    1.0] Linux version 6.1\n', not a copy of /proc/kallsyms",
        "'', not a copy of /proc/kallsyms"
    })
    void reportsTheProblemOfKallsyms(String content, String message) {
        assertThatThrownBy(() -> LoadMap.builder().kallsyms("copy", text(content)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("copy: ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "bridge 294912 1 br_netfilter Live 0x0000000000000000, kptr_restrict",
        "hello world, not a copy of /proc/modules"
    })
    void reportsTheProblemOfAListOfModules(String content, String message) {
        assertThatThrownBy(() -> LoadMap.builder().modules("copy", text(content)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("copy: ")
                .hasMessageContaining(message);
    }

    @Test
    void readsRecordedFilesOfABoot() throws IOException {
        LoadMap map = LoadMap.builder()
                .kallsyms("kallsyms.txt.xz", recorded("kallsyms.txt.xz"))
                .modules("modules.txt", recorded("modules.txt"))
                .modules("module-sections.txt", recorded("module-sections.txt"))
                .build();

        assertThat(map.kallsyms()).isNotNull();
        assertThat(map.kallsyms().markers()).containsEntry("_stext", 0xffffffff9e400000L);
        int at = map.kallsyms().at(0xffffffffc04464f4L);
        assertThat(map.kallsyms().name(at)).isEqualTo("ip_sabotage_in");
        assertThat(map.kallsyms().module(at)).isEqualTo("br_netfilter");
        assertThat(map.modules().get("bridge").base()).isEqualTo(0xffffffffc03eb000L);
        assertThat(map.sections().get("nf_reject_ipv4")).isEqualTo(Map.of(".text", 0xffffffffc0ca8000L));
    }

    @ParameterizedTest
    @CsvSource({
        "0xffffffffc03f1bfe, br_handle_frame_finish, 0x4ae",
        "0xffffffffc03f1f0c, br_handle_frame, 0x1ec",
        "0xffffffffc04464f4, ip_sabotage_in, 0x64",
        "0xffffffffc04477cd, br_nf_hook_thresh, 0xed",
        "0xffffffffc0447e68, br_nf_pre_routing, 0x238",
        "0xffffffffc054bf61, virtnet_poll, 0x371",
        "0xffffffff9ec7c8cb, tcp_v4_rcv, 0x99b"
    })
    void locatesRecordedAddressesInTheFilesOfARealKernel(String address, String symbol, String offset)
            throws IOException {
        String recorded = "6.1.0-56-cloud-amd64";
        Kernels.Kernel kernel = Kernels.find(Kernels.DEBIAN_12)
                .filter(found -> found.release().equals(recorded))
                .orElse(null);
        Assumptions.assumeTrue(
                kernel != null, "recorded on " + recorded + "; " + Kernels.howToFetch(Kernels.DEBIAN_12));
        LoadMap map = LoadMap.builder()
                .kallsyms("kallsyms.txt.xz", recorded("kallsyms.txt.xz"))
                .build();
        DebugFiles files = DebugFiles.builder()
                .root(root)
                .source(new DebugDirectory(kernel.folder()))
                .build();
        try (KernelBuild real = KernelBuild.of(files, KernelIdentity.ofRelease(recorded))) {
            Located located =
                    (Located) real.boot(map).locate(address(Long.parseUnsignedLong(address.substring(2), 16)));
            Symbols symbols = located.file().data().symbols();
            int at = symbols.at(located.reference().address());
            assertThat(symbols.name(at)).isEqualTo(symbol);
            assertThat(located.reference().address() - symbols.address(at)).isEqualTo(Long.decode(offset));
        }
    }

    private static InputStream recorded(String name) {
        return BootTest.class.getResourceAsStream(name);
    }

    private static FrameReference address(long address) {
        return new FrameReference(null, null, null, null, address, Pc.EXACT);
    }

    private static LoadMap kallsyms(long offset, String more) throws IOException {
        return LoadMap.builder()
                .kallsyms("kallsyms", text(kallsymsText(offset, more)))
                .build();
    }

    private static String kallsymsText(long offset, String more) {
        return hex(TEXT + offset) + " T _stext\n" + hex(TEXT + offset + 0x2000) + " T _etext\n" + more;
    }

    private static String moduleLine(long address, String symbol) {
        return hex(address) + " t " + symbol + "\t[br_netfilter]\n";
    }

    private static String hex(long address) {
        return "%016x".formatted(address);
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private String missing(LoadMap map, FrameReference frame) throws IOException {
        Location location = build.boot(map).locate(frame);
        assertThat(location).isInstanceOf(NotLocated.class);
        return ((NotLocated) location).message();
    }

    /** The place as {@code FILE SECTION+OFFSET}. */
    private String place(LoadMap map, FrameReference frame) throws IOException {
        Location location = build.boot(map).locate(frame);
        assertThat(location).as(location.toString()).isInstanceOf(Located.class);
        Located located = (Located) location;
        DebugData elf = located.file().data();
        long address = located.reference().address();
        Section section = elf.sectionAt(address);
        String module = located.file().module();
        return (module == null ? "vmlinux" : module) + " " + section.name() + "+0x"
                + Long.toHexString(address - elf.address(section));
    }
}
