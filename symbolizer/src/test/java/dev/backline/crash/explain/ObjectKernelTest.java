package dev.backline.crash.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.crash.Certainty;
import dev.backline.crash.Explanation;
import dev.backline.crash.Fault;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.types.Declarations;
import dev.backline.elf.ElfFile;
import dev.backline.elf.SymbolTable;
import dev.backline.fixtures.Kernels;
import dev.backline.intake.LogReader;
import dev.backline.machine.Flow;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Writes KASAN reports about objects that functions of a real kernel allocate. */
class ObjectKernelTest {
    private static final int SITES = 100;

    /** A prime, so that the functions are of all parts of the kernel. */
    private static final int STEP = 7;

    /** A call of an allocator, as a report prints it, and the true size of the structure. */
    private record Site(String frame, long size) {}

    /** The frame of the first call of an allocator in a function; null if there is none. */
    private static @Nullable String frame(ElfFile vmlinux, int symbol, String allocator) throws IOException {
        SymbolTable symbols = vmlinux.symbols();
        long start = symbols.address(symbol);
        FunctionCode code = FunctionCode.of(vmlinux, InstructionSet.X86_64, start, symbols.size(symbol), start);
        for (int i = 0; code != null && i < code.size(); i++) {
            FunctionCode.Instruction each = code.get(i);
            Long target = each.branchTarget();
            int callee = each.flow() != Flow.CALL || target == null ? -1 : symbols.at(target);
            if (callee >= 0 && symbols.name(callee).matches(allocator)) {
                return symbols.name(symbol) + "+0x" + Long.toHexString(each.end() - start) + "/0x"
                        + Long.toHexString(symbols.size(symbol));
            }
        }
        return null;
    }

    private static Site site(ElfFile vmlinux, String function, String tag) throws IOException {
        int symbol = vmlinux.symbols().named(function)[0];
        String frame = Objects.requireNonNull(frame(vmlinux, symbol, "(kmem_cache_alloc|kmalloc_trace).*"), function);
        Declarations unit = Objects.requireNonNull(
                Declarations.at(Dwarf.of(vmlinux), vmlinux.symbols().address(symbol)));
        return new Site(frame, Objects.requireNonNull(unit.layout(tag), tag).byteSize());
    }

    private static String report(String release, Site site, String cache, long size, long offset) {
        return "BUG: KASAN: use-after-free in boat_row+0x10/0x20 [boat]\nRead of size 8 at addr "
                + Long.toHexString(0xffff888101e26200L + offset) + " by task boat/7\n\nCPU: 1 PID: 7 Comm: boat Not"
                + " tainted " + release + " #1  Debian 6.1\nCall Trace:\n <TASK>\n dump_stack_lvl+0x44/0x5c\n"
                + " print_report+0x171/0x472\n kasan_report+0xad/0x130\n boat_row+0x10/0x20 [boat]\n </TASK>\n\n"
                + "Allocated by task 5:\n kasan_save_stack+0x1e/0x40\n __kasan_slab_alloc+0x8d/0x90\n " + site.frame()
                + "\n\nThe buggy address belongs to the object at ffff888101e26200\n which belongs to the cache "
                + cache + " of size " + size + "\nThe buggy address is located " + offset + " bytes inside of\n "
                + size + "-byte region [ffff888101e26200, " + Long.toHexString(0xffff888101e26200L + size) + ")\n"
                + "==================================================================\n";
    }

    private static Fault fault(KernelPool pool, String log) throws IOException {
        List<Explanation> found = new ArrayList<>();
        try (CrashAnalysis analysis = new CrashAnalysis(pool, LogOptions.DEFAULT)) {
            analysis.read(new LogReader(new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8))), found::add);
        }
        return Objects.requireNonNull(found.get(0).fault());
    }

    @ParameterizedTest
    @CsvSource({
        "__alloc_file, file, filp, f_op",
        "prepare_creds, cred, cred_jar, security",
        "sock_alloc_inode, socket_alloc, sock_inode_cache, socket.sk",
        "single_open, seq_operations, kmalloc-32, show",
        "alloc_vfsmnt, mount, mnt_cache, mnt_devname",
        "skb_clone, sk_buff, skbuff_head_cache, head"
    })
    void namesTheStructureThatAFunctionAllocates(String function, String tag, String cache, String member)
            throws IOException {
        Optional<Kernels.Kernel> kernel = Kernels.find(Kernels.DEBIAN_12);
        assumeTrue(kernel.isPresent(), Kernels.howToFetch(Kernels.DEBIAN_12));
        Site site;
        long offset;
        try (ElfFile vmlinux = ElfFile.open(kernel.get().vmlinux())) {
            site = site(vmlinux, function, tag);
            long start = vmlinux.symbols().address(vmlinux.symbols().named(function)[0]);
            offset = Objects.requireNonNull(
                            Objects.requireNonNull(Objects.requireNonNull(Declarations.at(Dwarf.of(vmlinux), start))
                                            .layout(tag))
                                    .member(member))
                    .offset();
        }
        DebugFiles files = DebugFiles.builder().vmlinux(kernel.get().vmlinux()).build();
        try (KernelPool pool = new KernelPool(files)) {
            String release = kernel.get().release();
            Fault fault = fault(pool, report(release, site, cache, site.size(), offset));

            assertThat(fault.member()).as(String.valueOf(fault.evidence())).isNotNull();
            assertThat(Objects.requireNonNull(fault.member()).struct()).isEqualTo("struct " + tag);
            assertThat(Objects.requireNonNull(fault.member()).path()).isEqualTo(member);
            assertThat(fault.certainty()).isEqualTo(Certainty.LIKELY);
            assertThat(fault(pool, report(release, site, "boats", site.size() + 8, offset))
                            .member())
                    .isNull();
        }
    }

    @Test
    void namesMostStructuresThatFunctionsAllocate() throws IOException {
        Optional<Kernels.Kernel> kernel = Kernels.find(Kernels.DEBIAN_12);
        assumeTrue(kernel.isPresent(), Kernels.howToFetch(Kernels.DEBIAN_12));
        List<String> sites = new ArrayList<>();
        try (ElfFile vmlinux = ElfFile.open(kernel.get().vmlinux())) {
            SymbolTable symbols = vmlinux.symbols();
            for (int i = 0; i < symbols.size() && sites.size() < SITES; i += STEP) {
                if (symbols.type(i) == SymbolTable.STT_FUNC && symbols.size(i) > 0) {
                    String frame = frame(vmlinux, i, "kmalloc_trace");
                    if (frame != null) {
                        sites.add(frame);
                    }
                }
            }
        }
        List<String> unnamed = new ArrayList<>();
        DebugFiles files = DebugFiles.builder().vmlinux(kernel.get().vmlinux()).build();
        try (KernelPool pool = new KernelPool(files)) {
            for (String frame : sites) {
                // The call tells the size; the report only tells the largest object that it can be
                String log = report(kernel.get().release(), new Site(frame, 0), "boats", 0, 0);
                if (fault(pool, log).member() == null) {
                    unnamed.add(frame);
                }
            }
        }

        // The others are arrays, strings and structures with an array at the end
        assertThat(sites).hasSize(SITES);
        assertThat(unnamed).hasSizeLessThan(SITES / 4);
    }
}
