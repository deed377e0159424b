package dev.backline.crash.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.crash.Certainty;
import dev.backline.crash.Explanation;
import dev.backline.crash.Fault;
import dev.backline.crash.KmallocSizes;
import dev.backline.crash.ValueClass;
import dev.backline.debugfiles.DebugDirectory;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.fixtures.Captures;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Writes reports of KASAN, KFENCE and SLUB about objects of the recorded modules (fixtures/captures/oopses), whose
 * source tells the types. The frames are real places of the modules' code.
 */
class ObjectAnalysisTest {
    private static final String TASK =
            "CPU: 1 PID: 137 Comm: busybox Tainted: G           OE      6.1.0-56-cloud-amd64 #1  Debian 6.1.192-2\n";

    /** ferry_crate_new() gets the result of kzalloc(sizeof(struct ferry_crate)), 64 bytes. */
    private static final String NEW_CRATE = "ferry_crate_new+0x2a/0x80 [ferry]";

    /** The command "hold" frees the second crate, which is still in a list. */
    private static final String FREE_CRATE = "ferry_write+0x2c7/0x577 [ferry]";

    /** Reads crate-&gt;stow.next. */
    private static final String READ_NEXT = "ferry_hold_weight+0x1e/0x50 [ferry]";

    /** Reads crate-&gt;weight. */
    private static final String READ_WEIGHT = "ferry_hold_weight+0x22/0x50 [ferry]";

    private static Explanation explain(String log) throws IOException {
        DebugFiles files = DebugFiles.builder()
                .source(new DebugDirectory(Captures.folder().resolve("oopses").resolve("x86-6.1")))
                .build();
        List<Explanation> found = new ArrayList<>();
        try (KernelPool pool = new KernelPool(files);
                CrashAnalysis analysis = new CrashAnalysis(pool, LogOptions.DEFAULT)) {
            analysis.read(new LogReader(new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8))), found::add);
        }
        assertThat(found).as("reports in\n" + log).hasSize(1);
        return found.get(0);
    }

    private static String kasan(
            String type, String access, String address, String frame, String allocated, String freed, String object) {
        String rule = "==================================================================\n";
        return rule + "BUG: KASAN: " + type + " in " + frame + "\n" + access + " at addr " + address
                + " by task busybox/137\n\n" + TASK + "Call Trace:\n <TASK>\n dump_stack_lvl+0x44/0x5c\n"
                + " print_report+0x171/0x472\n kasan_report+0xad/0x130\n " + frame
                + "\n ferry_write+0x2cf/0x577 [ferry]\n proc_reg_write+0x5a/0xa0\n vfs_write+0xdb/0x430\n </TASK>\n\n"
                + "Allocated by task 136:\n kasan_save_stack+0x1e/0x40\n kasan_set_track+0x21/0x30\n"
                + " __kasan_kmalloc+0x8d/0x90\n " + allocated + "\n ferry_write+0x2ba/0x577 [ferry]\n\n"
                + (freed.isEmpty()
                        ? ""
                        : "Freed by task 137:\n kasan_save_stack+0x1e/0x40\n kasan_save_free_info+0x2a/0x50\n"
                                + " __kmem_cache_free+0x110/0x2a0\n " + freed + "\n vfs_write+0xdb/0x430\n\n")
                + object + "\nMemory state around the buggy address:\n" + rule;
    }

    /** As 6.1 prints it; the size is that of the cache. */
    private static String object(String cache, String size, String place) {
        return "The buggy address belongs to the object at ffff888101e26200\n which belongs to the cache " + cache
                + " of size " + size + "\nThe buggy address is located " + place + "\n " + size
                + "-byte region [ffff888101e26200, ffff888101e26240)\n";
    }

    private static Fault fault(Explanation explanation) {
        return Objects.requireNonNull(explanation.fault());
    }

    private static String member(Explanation explanation) {
        Fault.Touched member = fault(explanation).member();
        return member == null ? "-" : member.struct() + " " + member.path() + " " + member.offset();
    }

    private static String variable(Explanation explanation) {
        Fault.Holder variable = fault(explanation).variable();
        return variable == null ? "-" : variable.type() + " " + variable.name();
    }

    @ParameterizedTest
    @CsvSource({
        "Read of size 8, ffff888101e26208, ferry_hold_weight+0x1e/0x50 [ferry], 8, stow.next, crate->stow.next",
        "Read of size 4, ffff888101e26218, ferry_hold_weight+0x22/0x50 [ferry], 24, weight, crate->weight"
    })
    void namesTheMemberOfAFreedObject(
            String access, String address, String frame, long offset, String path, String expression)
            throws IOException {
        Explanation found = explain(kasan(
                "use-after-free",
                access,
                address,
                frame,
                NEW_CRATE,
                FREE_CRATE,
                object("kmalloc-64", "64", offset + " bytes inside of")));

        assertThat(found.kind()).isEqualTo("use-after-free");
        assertThat(member(found)).isEqualTo("struct ferry_crate " + path + " " + offset);
        assertThat(variable(found)).isEqualTo("struct ferry_crate * crate");
        assertThat(fault(found).expression()).isEqualTo(expression);
        assertThat(fault(found).certainty()).isEqualTo(Certainty.LIKELY);
        assertThat(fault(found).valueClass()).isEqualTo(ValueClass.FREED);
        assertThat(fault(found).evidence())
                .contains(
                        "According to the report, the address is " + offset
                                + " bytes inside of a 64-byte object of kmalloc-64.",
                        "The object was allocated by ferry_crate_new() and freed by ferry_command().",
                        "ferry_crate_new() allocates 64 bytes.",
                        "ferry_crate_new() keeps the new object in crate, a struct ferry_crate *.",
                        "ferry_command() frees b, a struct ferry_crate *.");
        assertThat(found.advice()).noneMatch(each -> each.contains("slub_debug"));
        assertThat(found.sentence())
                .startsWith("crate points to a freed struct ferry_crate: reading " + expression + " at +0x");
    }

    @Test
    void namesTheMemberByTheAllocationAlone() throws IOException {
        // The function of the access is in a module without debug information
        Explanation found = explain(kasan(
                "slab-use-after-free",
                "Write of size 4",
                "ffff888101e2621c",
                "boat_flag+0x1e/0x4c [boat]",
                NEW_CRATE,
                "boat_sink+0x1/0x2 [boat]",
                object("kmalloc-64", "64", "28 bytes inside of")));

        assertThat(member(found)).isEqualTo("struct ferry_crate flags 28");
        assertThat(variable(found)).isEqualTo("-");
        assertThat(fault(found).certainty()).isEqualTo(Certainty.LIKELY);
        assertThat(found.sentence())
                .isEqualTo("The object is a freed struct ferry_crate: writing its member flags at +0x1c");
    }

    @Test
    void namesTheMemberByTheAccessAlone() throws IOException {
        // ferry_write() passes the new object on without a name
        Explanation found = explain(kasan(
                "slab-use-after-free",
                "Write of size 8",
                "ffff888101e26204",
                "ferry_manifest_copy+0x19/0x80 [ferry]",
                "ferry_write+0x3d7/0x577 [ferry]",
                "",
                object("kmalloc-96", "96", "4 bytes inside of")));

        assertThat(member(found)).isEqualTo("struct ferry_manifest total 4");
        assertThat(variable(found)).isEqualTo("struct ferry_manifest * to");
        assertThat(fault(found).certainty()).isEqualTo(Certainty.LIKELY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"_copy_from_user+0x2e/0x60", "__asan_memcpy+0x39/0x60", "memset+0x1f/0x40"})
    void namesTheArrayThatAHelperOverruns(String helper) throws IOException {
        // ferry_manifest_read() calls copy_from_user(m->lines, ...)
        Explanation found = explain(kasan(
                        "slab-out-of-bounds",
                        "Write of size 400",
                        "ffff888101e26208",
                        "ferry_manifest_read+0x3c/0x70 [ferry]",
                        "ferry_write+0x40c/0x577 [ferry]",
                        "",
                        object("kmalloc-96", "96", "8 bytes inside of"))
                .replace(
                        " kasan_report+0xad/0x130\n",
                        " kasan_report+0xad/0x130\n kasan_check_range+0x100/0x1a0\n " + helper + "\n"));

        assertThat(member(found)).isEqualTo("struct ferry_manifest lines 8");
        assertThat(variable(found)).isEqualTo("struct ferry_manifest * m");
        assertThat(fault(found).certainty()).isEqualTo(Certainty.LIKELY);
        assertThat(fault(found).evidence())
                .contains("The access of 400 bytes ends 312 bytes beyond the end of the object.");
        assertThat(found.sentence())
                .startsWith(
                        "m points to a struct ferry_manifest: writing 400 bytes at m->lines (+0x8), 312 bytes beyond"
                                + " its end, ");
    }

    @Test
    void namesTheGlobalVariableThatGetsTheObject() throws IOException {
        Explanation found = explain(kasan(
                "slab-use-after-free",
                "Read of size 8",
                "ffff888101e26240",
                "boat_row+0x1e/0x4c [boat]",
                "init_module+0x1c/0x138 [relaybox]",
                "",
                object("kmalloc-192", "192", "64 bytes inside of")));

        assertThat(member(found)).isEqualTo("struct relay_dev stats 64");
        assertThat(fault(found).evidence())
                .contains(
                        "relay_init() allocates 176 bytes.",
                        "relay_init() keeps the new object in relay_dev0, a struct relay_dev *.");
    }

    @Test
    void saysHowFarBeyondTheObjectTheAccessIs() throws IOException {
        String region = "The buggy address belongs to the object at ffff888101e26200\n"
                + " which belongs to the cache kmalloc-192 of size 192\n"
                + "The buggy address is located 4 bytes to the right of\n"
                + " allocated 176-byte region [ffff888101e26200, ffff888101e262b0)\n";
        Explanation found = explain(kasan(
                "slab-out-of-bounds",
                "Read of size 8",
                "ffff888101e262b4",
                "boat_row+0x1e/0x4c [boat]",
                "init_module+0x1c/0x138 [relaybox]",
                "",
                region));

        assertThat(found.kind()).isEqualTo("out-of-bounds");
        assertThat(fault(found).member()).isNull();
        assertThat(fault(found).valueClass()).isNull();
        assertThat(found.sentence())
                .isEqualTo("The object is a struct relay_dev: reading 8 bytes, 4 bytes beyond the end of a 176-byte"
                        + " object of kmalloc-192");
    }

    @Test
    void namesTheObjectThatIsFreedTwice() throws IOException {
        Explanation found = explain(kasan(
                        "double-free",
                        "Free",
                        "ffff888101e26200",
                        FREE_CRATE,
                        NEW_CRATE,
                        FREE_CRATE,
                        object("kmalloc-64", "64", "0 bytes inside of"))
                .replace("Free at addr", "Free of addr"));

        assertThat(found.kind()).isEqualTo("invalid-free");
        assertThat(fault(found).access()).isNull();
        assertThat(fault(found).member()).isNull();
        assertThat(found.sentence()).startsWith("The object is a struct ferry_crate: freeing it");
    }

    @Test
    void explainsWhatKfenceFound() throws IOException {
        String rule = "==================================================================\n";
        Explanation found = explain(rule + "BUG: KFENCE: use-after-free read in " + READ_NEXT + "\n\n"
                + "Use-after-free read at 0x00000000a2f1c208 (in kfence-#17):\n " + READ_NEXT
                + "\n ferry_write+0x2cf/0x577 [ferry]\n proc_reg_write+0x5a/0xa0\n\n"
                + "kfence-#17: 0x00000000a2f1c200-0x00000000a2f1c23f, size=64, cache=kmalloc-64\n\n"
                + "allocated by task 136 on cpu 0 at 12.300s:\n " + NEW_CRATE
                + "\n ferry_write+0x2ba/0x577 [ferry]\n\nfreed by task 137 on cpu 1 at 12.400s:\n " + FREE_CRATE
                + "\n proc_reg_write+0x5a/0xa0\n\n" + TASK + rule);

        assertThat(member(found)).isEqualTo("struct ferry_crate stow.next 8");
        assertThat(fault(found).expression()).isEqualTo("crate->stow.next");
    }

    @Test
    void countsKfencesBytesFromTheStartOfTheObject() throws IOException {
        String rule = "==================================================================\n";
        Explanation found = explain(rule + "BUG: KFENCE: out-of-bounds write in boat_row+0x1e/0x4c [boat]\n\n"
                + "Out-of-bounds write at 0x00000000f3a1b1d0 (68B right of kfence-#17):\n boat_row+0x1e/0x4c [boat]\n"
                + " ferry_write+0x2cf/0x577 [ferry]\n\n"
                + "kfence-#17: 0x00000000a2f1c200-0x00000000b2f1c23f, size=64, cache=kmalloc-64\n\n"
                + "allocated by task 136 on cpu 0 at 12.300s:\n " + NEW_CRATE
                + "\n ferry_write+0x2ba/0x577 [ferry]\n\n" + TASK + rule);

        assertThat(fault(found).address()).isNull();
        assertThat(fault(found).member()).isNull();
        assertThat(found.sentence())
                .isEqualTo(
                        "The object is a struct ferry_crate: writing memory 4 bytes beyond the end of a 64-byte object"
                                + " of kmalloc-64");
    }

    @Test
    void explainsWhatSlubFound() throws IOException {
        Explanation found = explain("=============================================================================\n"
                + "BUG kmalloc-64 (Tainted: G           OE     ): Poison overwritten\n"
                + "-----------------------------------------------------------------------------\n\n"
                + "0x00000000a2f1c218-0x00000000b2f1c21b @offset=536. First byte 0x14 instead of 0x6b\n"
                + "Allocated in " + NEW_CRATE + " age=12 cpu=1 pid=136\n kmalloc_trace+0x2a/0xa0\n " + NEW_CRATE
                + "\n ferry_write+0x2ba/0x577 [ferry]\n"
                + "Freed in " + FREE_CRATE + " age=3 cpu=1 pid=137\n __kmem_cache_free+0x110/0x2a0\n "
                + FREE_CRATE + "\n proc_reg_write+0x5a/0xa0\n"
                + "Slab 0x0000000012345678 objects=32 used=32 fp=0x0000000000000000 flags=0x200\n"
                + "Object 0x00000000c2f1c200 @offset=512 fp=0x0000000000000000\n\n"
                + "Redzone  00000000d2f1c1c0: bb bb bb bb bb bb bb bb  ........\n"
                + TASK + "Call Trace:\n <TASK>\n dump_stack_lvl+0x44/0x5c\n check_bytes_and_report+0x5/0x10\n"
                + " boat_build+0x1/0x2 [boat]\n </TASK>\n");

        assertThat(member(found)).isEqualTo("struct ferry_crate weight 24");
        assertThat(variable(found)).isEqualTo("-");
        assertThat(found.sentence())
                .isEqualTo("The object is a freed struct ferry_crate: the first changed byte is in its member weight"
                        + " at +0x18");
    }

    @Test
    void namesNoTypeOfAnotherSize() throws IOException {
        Explanation found = explain(kasan(
                "use-after-free",
                "Read of size 8",
                "ffff888101e26208",
                READ_NEXT,
                "boat_build+0x1/0x2 [boat]",
                FREE_CRATE,
                object("kmalloc-192", "192", "8 bytes inside of")));

        assertThat(fault(found).member()).isNull();
        assertThat(fault(found).variable()).isNull();
        assertThat(fault(found).others()).containsExactly("ship->hold.prev");
        assertThat(found.sentence())
                .startsWith("Reading 8 bytes, 8 bytes inside of a 192-byte object of kmalloc-192, ");
    }

    @Test
    void distrustsAnAllocationGreaterThanTheObject() throws IOException {
        Explanation found = explain(kasan(
                "use-after-free",
                "Read of size 4",
                "ffff888101e26218",
                READ_WEIGHT,
                NEW_CRATE,
                FREE_CRATE,
                object("kmalloc-32", "32", "24 bytes inside of")));

        assertThat(fault(found).member()).isNull();
        assertThat(found.notes()).anyMatch(each -> each.contains("another build"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "99999999999999999999 bytes inside of",
                "-8 bytes inside of",
                "9 bytes inside of",
                "18446744073709551615 bytes to the right of",
                "4194304 bytes to the right of",
                "bytes inside of"
            })
    void namesNoMemberIfTheNumbersContradictEachOther(String place) throws IOException {
        Explanation found = explain(kasan(
                "use-after-free",
                "Read of size 99999999999999999999",
                "ffff888101e26208",
                READ_NEXT,
                NEW_CRATE,
                FREE_CRATE,
                object("kmalloc-64", "64", place).replace("ffff888101e26200", "ffffffffffffffff")));

        assertThat(fault(found).member()).isNull();
        assertThat(fault(found).expression()).isNull();
    }

    @Test
    void knowsTheSizesOfKmallocCaches() {
        assertThat(KmallocSizes.ofCache("kmalloc-96")).isEqualTo(96);
        assertThat(KmallocSizes.ofCache("kmalloc-cg-4k")).isEqualTo(4096);
        assertThat(KmallocSizes.ofCache("kmalloc-rnd-03-192")).isEqualTo(192);
        assertThat(KmallocSizes.ofCache("dma-kmalloc-8")).isEqualTo(8);
        assertThat(KmallocSizes.ofCache("kmalloc-99999999999999999999k")).isZero();
        assertThat(KmallocSizes.ofCache("skbuff_head_cache")).isZero();
        assertThat(KmallocSizes.holding(65)).isEqualTo(96);
        assertThat(KmallocSizes.holding(97)).isEqualTo(128);
        assertThat(KmallocSizes.holding(129)).isEqualTo(192);
        assertThat(KmallocSizes.holding(193)).isEqualTo(256);
        assertThat(KmallocSizes.canHold(64, 52)).isTrue();
        assertThat(KmallocSizes.canHold(52, 52)).isTrue();
        assertThat(KmallocSizes.canHold(56, 52)).isFalse();
        assertThat(KmallocSizes.canHold(32, 52)).isFalse();
        assertThat(KmallocSizes.canHold(256, 52)).isFalse();
        assertThat(KmallocSizes.holding(Long.MAX_VALUE)).isZero();
        assertThat(KmallocSizes.holding(-1)).isZero();
    }
}
