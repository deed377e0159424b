package dev.backline.cli;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Output;
import dev.backline.debugfiles.SideIndexes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs the most common commands one after the other, in a JVM that saves the classes it loads
 * ({@code -XX:ArchiveClassesAtExit}, {@code -XX:AOTCacheOutput}). The launcher runs it after a build; later starts load
 * the saved classes.
 */
public final class Rehearsal {
    private static final String OOPS = """
            [    1.000000] BUG: kernel NULL pointer dereference, address: 0000000000000004
            [    1.000000] #PF: supervisor read access in kernel mode
            [    1.000000] #PF: error_code(0x0000) - not-present page
            [    1.000000] PGD 0 P4D 0
            [    1.000000] Oops: 0000 [#1] PREEMPT SMP NOPTI
            [    1.000000] CPU: 0 PID: 7 Comm: init Tainted: G           OE      RELEASE #1
            [    1.000000] Hardware name: test
            [    1.000000] RIP: 0010:PLACE
            [    1.000000] Code: 89 e8 5b 5d 41 5c c3 66 0f 1f 44 00 00 48 8b 03 48 89 df 0f b7 10 66 c1 c2 08 66 89 53 14 \
            0f b7 50 02 66 c1 c2 08 66 89 53 16 <8b> 40 04 0f c8 89 43 18 e8 fe 01 00 00 49 89 c4 48 85 c0 74 76 83
            [    1.000000] RSP: 0018:ffffc90000013e50 EFLAGS: 00010246
            [    1.000000] RAX: 0000000000000000 RBX: ffff888003a41000 RCX: 0000000000000000
            [    1.000000] RDX: 0000000000000000 RSI: 0000000000000000 RDI: ffff888003a41000
            [    1.000000] CR2: 0000000000000004 CR3: 0000000003a0a000 CR4: 00000000000006f0
            [    1.000000] Call Trace:
            [    1.000000]  <TASK>
            FRAMES\
            [    1.000000]  </TASK>
            [    1.000000] Modules linked in: test(OE)
            [    1.000000] ---[ end trace 0000000000000000 ]---
            """;

    /** What compressed files and long runs from an index need, and the small files of a rehearsal do not. */
    private static final List<String> OTHER_CLASSES = List.of(
            "elf.Decompression",
            "elf.NameIndex",
            "elf.PackedSource",
            "elf.SectionUnpacker",
            "elf.SectionUnpacker$Source",
            "elf.SectionUnpacker$Zlib",
            "elf.SectionUnpacker$Zstd",
            "elf.Unpacking",
            "elf.Unpacking$1",
            "gsym.DecodedCalls",
            "gsym.DecodedCalls$Builder",
            "gsym.DecodedFunction",
            "gsym.DecodedFunction$Details",
            "gsym.DecodedFunction$Lines",
            "gsym.FunctionCache$Generations",
            "gsym.GsymSymbols$Named",
            "unpack.BitWords",
            "unpack.BlockDecoder",
            "unpack.Crc64",
            "unpack.FseTable",
            "unpack.Huffman",
            "unpack.Lzma2Decoder",
            "unpack.UnpackException",
            "unpack.Xxh64",
            "unpack.XzFile",
            "unpack.XzFile$Stream",
            "unpack.XzIndex",
            "unpack.XzReader",
            "unpack.ZstdDecoder");

    /** What several places, or compiled methods, need of the JDK. */
    private static final List<String> JDK_CLASSES = List.of(
            "java.lang.ArrayIndexOutOfBoundsException", "java.util.ArrayList$SubList", "java.util.ArrayList$SubList$1");

    /** Enough to be looked up by several threads. */
    private static final int ADDRESSES = 1000;

    private Rehearsal() {}

    /**
     * {@return the log of an oops, with which classes are loaded before they are needed}
     *
     * @param release of the kernel
     * @param place of the fault, {@code NAME+OFFSET}
     * @param frames the lines of the stack
     */
    public static String oops(String release, String place, String... frames) {
        StringBuilder stack = new StringBuilder();
        for (String frame : frames) {
            stack.append("[    1.000000]  ").append(frame).append('\n');
        }
        return OOPS.replace("RELEASE", release).replace("PLACE", place).replace("FRAMES", stack);
    }

    /**
     * Ends with the status of the first command that fails.
     *
     * @param args a vmlinux, its GSYM, a place in the vmlinux (func+0xoff/0xsize), its address, a module; then {@code
     *     --queries} to run only queries of places and addresses, with the index in the cache that a run without it has made;
     *     or nothing, or the words of one more command line, which also adds help. Standard input is a log.
     */
    public static void main(String[] args) {
        String vmlinux = args[0];
        String gsym = args[1];
        String place = args[2];
        String address = args[3];
        String module = args[4];
        SideIndexes indexes = new SideIndexes(Path.of(gsym + ".cache"), Long.MAX_VALUE, 0);
        queries(vmlinux, gsym, place, address);
        // No unit has this address
        Main.main(new String[] {"addr2line", "-f", "-i", "-j", ".bss", "-e", module, "0"});
        runOn((address + "\n").repeat(ADDRESSES), "addr2line", "-f", "-i", "-e", vmlinux);
        runOn(offsets(), "addr2line", "-f", "-i", "-j", ".text", "-e", module);
        loadOtherClasses();
        if (args.length > 5 && args[5].equals("--queries")) {
            indexed(indexes, vmlinux, place, address);
            startIndexing(indexes);
            return;
        }
        Main.main(new String[] {"symbolize", "-e", vmlinux, "-"});
        runOn(
                // Frames of the launcher's vmlinux, fixtures/elf/gcc12-v5.elf
                oops(
                        "6.1.0-test",
                        "receive+0x45/0x160",
                        "poll+0x1e/0xa0",
                        "recieve+0xc8/0x160",
                        "probe+0x16/0x30 [test]",
                        "? transmit+0x10/0x21"),
                "explain",
                "-e",
                vmlinux,
                "-");
        makeIndex(indexes, vmlinux, place);
        indexed(indexes, vmlinux, place, address);
        if (args.length > 5) {
            Main.main(new String[] {"symbolize", "--help"});
            Main.main(Arrays.copyOfRange(args, 5, args.length));
        }
    }

    private static void queries(String vmlinux, String gsym, String place, String address) {
        Main.main(new String[] {"symbolize", "-e", vmlinux, place, address});
        Main.main(new String[] {"symbolize", "-e", vmlinux, "--format", "json", place});
        Main.main(new String[] {"faddr2line", vmlinux, place});
        Main.main(new String[] {"addr2line", "-f", "-i", "-e", vmlinux, address});
        Main.main(new String[] {"symbolize", "-e", gsym, place, address});
        Main.main(new String[] {"addr2line", "-f", "-i", "-e", gsym, address});
        runOn("", "symbolize", "-e", vmlinux, "x" + place);
        sortLargeArray();
    }

    /** Queries a file that has an index in the cache. The launcher removes the cache. */
    private static void indexed(SideIndexes indexes, String vmlinux, String place, String address) {
        run(indexes, "", "symbolize", "-e", vmlinux, place, address);
        run(indexes, "", "addr2line", "-f", "-i", "-e", vmlinux, address);
        run(indexes, (address + "\n").repeat(ADDRESSES), "addr2line", "-f", "-i", "-e", vmlinux);
    }

    private static void loadOtherClasses() {
        try {
            for (String name : OTHER_CLASSES) {
                Class.forName("dev.backline." + name);
            }
            for (String name : JDK_CLASSES) {
                Class.forName(name);
            }
        } catch (ClassNotFoundException e) {
            System.exit(ExitStatus.INPUT);
        }
    }

    private static void makeIndex(SideIndexes indexes, String vmlinux, String place) {
        try {
            run(indexes, "", "symbolize", "-e", vmlinux, place);
            startIndexing(indexes);
            indexes.make(Path.of(vmlinux), true);
        } catch (IOException e) {
            // Starts are slower, but work.
            return;
        }
    }

    private static void startIndexing(SideIndexes indexes) {
        try {
            BackgroundIndexing.rehearse(indexes);
        } catch (IOException e) {
            // Starts are slower, but work.
            return;
        }
    }

    private static void runOn(String input, String... command) {
        run(null, input, command);
    }

    private static void run(@Nullable SideIndexes indexes, String input, String... command) {
        Console console = new Console(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new Output(OutputStream.nullOutputStream()),
                System.err,
                Map.of(),
                false,
                false,
                indexes);
        if (Main.run(console, command) != ExitStatus.DONE) {
            System.exit(ExitStatus.INPUT);
        }
    }

    /** All offsets in the module's code, also those between functions. */
    private static String offsets() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < ADDRESSES; i++) {
            lines.append(Integer.toHexString(i)).append('\n');
        }
        return lines.toString();
    }

    /** Units of real kernels have more functions than the vmlinux; the JDK sorts longer arrays through lambdas. */
    private static void sortLargeArray() {
        long[] numbers = new long[ADDRESSES];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i * 0x9e3779b97f4a7c15L;
        }
        Arrays.sort(numbers);
    }
}
