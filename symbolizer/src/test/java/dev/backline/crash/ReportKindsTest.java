package dev.backline.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.crash.StackGroup.Role;
import dev.backline.machine.InstructionSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A report of each kind, and of each architecture. */
class ReportKindsTest {
    private static final String TRACE =
            "CPU: 1 PID: 7 Comm: boat Not tainted 6.1.0 #1\nCall Trace:\n <TASK>\n dump_stack+0x1/0x2\n"
                    + " boat_row+0x10/0x20\n vfs_write+0x1/0x2\n </TASK>\n";

    private static String stamped(String log) {
        return log.replaceAll("(?m)^(?=.)", "[    1.000000] ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "BUG: KASAN: slab-use-after-free in boat_row+0x10/0x20 | KASAN",
                "BUG: KFENCE: out-of-bounds read in boat_row+0x10/0x20 | KFENCE",
                "BUG: KMSAN: uninit-value in boat_row+0x10/0x20 | KMSAN",
                "BUG: KCSAN: data-race in boat_row / boat_sail | KCSAN",
                "UBSAN: array-index-out-of-bounds in drivers/boat.c:10:5 | UBSAN",
                "kernel BUG at drivers/boat.c:123! | BUG",
                "WARNING: at drivers/boat.c:12 boat_row() | WARNING",
                "WARNING: drivers/boat.c:12 at boat_row+0x10/0x20, CPU#1: boat/7 | WARNING",
                "BUG kmalloc-64 (Not tainted): Poison overwritten | SLUB",
                "WARNING: possible circular locking dependency detected | LOCKDEP",
                "[ INFO: possible recursive locking detected ] | LOCKDEP",
                "[ BUG: Invalid wait context ] | LOCKDEP",
                "INFO: trying to register non-static key. | LOCKDEP",
                "rcu: INFO: rcu_preempt self-detected stall on CPU | RCU_STALL",
                "INFO: rcu_sched detected stalls on CPUs/tasks: | RCU_STALL",
                "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [boat:7] | SOFT_LOCKUP",
                "NMI watchdog: Watchdog detected hard LOCKUP on cpu 1 | HARD_LOCKUP",
                "INFO: task boat:7 blocked for more than 120 seconds. | HUNG_TASK",
                "BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 32s! | WORKQUEUE",
                "BUG: scheduling while atomic: boat/7/0x00000002 | ATOMIC",
                "BUG: sleeping function called from invalid context at kernel/mutex.c:12 | ATOMIC",
                "BUG: using smp_processor_id() in preemptible [00000000] code: boat/7 | ATOMIC",
                "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0) | PANIC",
                "Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: boat_row+0x9/0x10 | STACK_SMASHING",
                "boat: page allocation failure: order:4, mode:0x40dc0(GFP_KERNEL), nodemask=(null) | MEMORY",
                "boat invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0 | MEMORY",
                "BUG: Bad page state in process boat pfn:12345 | MEMORY",
                "mce: [Hardware Error]: CPU 0: Machine Check Exception: 5 Bank 4: be00000000800400 | HARDWARE",
                "unreferenced object 0xffff88007658a9e0 (size 944): | LEAK",
                "divide error: 0000 [#1] SMP | TRAP",
                "Oops: divide error: 0000 [#1] SMP NOPTI | TRAP",
                "general protection fault, probably for non-canonical address 0xdead000000000110: 0000 [#1] SMP | GENERAL_PROTECTION",
                "BUG: unable to handle kernel paging request at ffff88002bde1e40 | PAGE_FAULT",
                "BUG: TASK stack guard page was hit at ffffc9000e4aff58 (stack is ffffc9000e4b0000..ffffc9000e4b8000) | STACK_OVERFLOW",
                "PANIC: double fault, error_code: 0x0 | STACK_OVERFLOW"
            })
    void recognisesTheKind(String headline, ReportKind kind) {
        CrashReport report = Reading.one(stamped(headline + "\n" + TRACE));

        assertThat(report.kind()).isEqualTo(kind);
        assertThat(report.headline()).isEqualTo(headline);
        assertThat(Reading.functions(report, Role.TRACE)).contains("boat_row", "vfs_write");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "list_del corruption, ffff8cbf823fda80->next is LIST_POISON1 (dead000000000100) | LIST_CORRUPTION | lib/list_debug.c:56",
                "detected buffer overflow in strlen | FORTIFY | lib/string_helpers.c:1029",
                "usercopy: Kernel memory exposure attempt detected from SLUB object 'boat' (offset 1, size 2)! | USERCOPY | mm/usercopy.c:101"
            })
    void joinsTheTextOfACheckAndItsBug(String text, ReportKind kind, String place) {
        CrashReport report = Reading.one(text + "\n------------[ cut here ]------------\nkernel BUG at " + place
                + "!\ninvalid opcode: 0000 [#2] PREEMPT SMP NOPTI\n" + TRACE
                + "---[ end trace 0000000000000000 ]---\n");

        assertThat(report.kind()).isEqualTo(kind);
        assertThat(report.headline()).isEqualTo(text);
        assertThat(report.number()).isEqualTo(2);
        assertThat(report.fact(Fact.PLACE)).isEqualTo(place);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"panic_on_warn set ...", "Fatal exception", "hung_task: blocked tasks", "softlockup: hung tasks"
            })
    void takesAPanicAsTheEndOfTheReportBeforeIt(String panic) {
        CrashReport report = Reading.one("BUG: KASAN: slab-use-after-free in boat_row+0x10/0x20\n" + TRACE
                + "==================================================================\nKernel panic - not syncing: "
                + panic + "\n"
                + TRACE + "---[ end Kernel panic - not syncing: " + panic + " ]---\n");

        assertThat(report.kind()).isEqualTo(ReportKind.KASAN);
        assertThat(report.fact(Fact.PANIC)).isEqualTo(panic);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WARNING: The mand mount option is deprecated",
                "traps: boat[12] general protection fault ip:7f00 sp:7ffe error:0 in libc.so[7f00+1000]",
                "boat[144]: segfault at 427700 ip 0000000000427700 sp 00007ffd3ee91cd8 error 14 in boat[401000+184000]",
                "INFO: lockdep is turned off.",
                "refcount_t: seen in a text",
                "------------[ cut here ]------------"
            })
    void findsNoReportInAMessage(String line) {
        assertThat(Reading.of(stamped("one line\n" + line + "\nanother line\n")))
                .isEmpty();
    }

    @Test
    void readsWhatKasanSaysOfTheObject() {
        CrashReport report = Reading.one("""
                BUG: KASAN: slab-use-after-free in boat_row+0x10/0x20
                Read of size 8 at addr ffff8801ce6e8e10 by task boat/7
                CPU: 1 PID: 7 Comm: boat Not tainted 6.1.0 #1
                Call Trace:
                 kasan_report+0x1/0x2
                 boat_row+0x10/0x20
                Allocated by task 5:
                 boat_build+0x1/0x2
                Freed by task 6:
                 boat_sink+0x1/0x2
                The buggy address belongs to the object at ffff8801ce6e8e00
                 which belongs to the cache kmalloc-192 of size 192
                The buggy address is located 16 bytes inside of
                 freed 192-byte region [ffff8801ce6e8e00, ffff8801ce6e8ec0)
                ==================================================================
                """);

        assertThat(report.facts())
                .containsEntry(Fact.TYPE, "slab-use-after-free")
                .containsEntry(Fact.ACCESS, "read")
                .containsEntry(Fact.SIZE, "8")
                .containsEntry(Fact.ADDRESS, "0xffff8801ce6e8e10")
                .containsEntry(Fact.CACHE, "kmalloc-192")
                .containsEntry(Fact.OBJECT_SIZE, "192")
                .containsEntry(Fact.OBJECT_OFFSET, "16")
                .containsEntry(Fact.FUNCTION, "boat_row");
        assertThat(Reading.functions(report, Role.ALLOCATED)).containsExactly("boat_build");
        assertThat(Reading.functions(report, Role.FREED)).containsExactly("boat_sink");
    }

    @Test
    void countsKasansBytesBeyondTheRegionThatWasAskedFor() {
        // From 6.4 on, the region is smaller than the cache's objects (mm/kasan/report.c)
        CrashReport report = Reading.one("""
                BUG: KASAN: slab-out-of-bounds in boat_row+0x10/0x20
                Write of size 4 at addr ffff8801ce6e8e38 by task boat/7
                CPU: 1 PID: 7 Comm: boat Not tainted 6.12.0 #1
                Call Trace:
                 boat_row+0x10/0x20
                The buggy address belongs to the object at ffff8801ce6e8e00
                 which belongs to the cache kmalloc-64 of size 64
                The buggy address is located 4 bytes to the right of
                 allocated 52-byte region [ffff8801ce6e8e00, ffff8801ce6e8e34)
                ==================================================================
                """);

        assertThat(report.facts()).containsEntry(Fact.OBJECT_SIZE, "52").containsEntry(Fact.OBJECT_OFFSET, "56");
    }

    @Test
    void countsSlubsFirstChangedByteFromTheObject() {
        CrashReport report = Reading.one("""
                BUG kmalloc-64 (Not tainted): Poison overwritten
                -----------------------------------------------------------------------------
                0x00000000a2f1c218-0x00000000b2f1c21b @offset=536. First byte 0x14 instead of 0x6b
                0x00000000a2f1c230-0x00000000b2f1c233 @offset=560. First byte 0x14 instead of 0x6b
                Slab 0x0000000012345678 objects=32 used=32 fp=0x0000000000000000 flags=0x200
                Object 0x00000000c2f1c200 @offset=512 fp=0x0000000000000000
                CPU: 1 PID: 7 Comm: boat Not tainted 6.1.0 #1
                Call Trace:
                 boat_row+0x10/0x20
                """);

        assertThat(report.facts()).containsEntry(Fact.OBJECT_OFFSET, "24");
    }

    @Test
    void takesTheRegistersOfTheLoopInAStall() {
        CrashReport report = Reading.one("""
                rcu: INFO: rcu_preempt self-detected stall on CPU
                NMI backtrace for cpu 0
                CPU: 0 PID: 7 Comm: boat Not tainted 5.10.0 #1
                Call Trace:
                 <IRQ>
                 dump_stack+0x1/0x2
                 apic_timer_interrupt+0xf/0x20
                 </IRQ>
                RIP: 0010:boat_loop+0x10/0x20
                RSP: 0018:ffff8801d82df400 EFLAGS: 00010082
                RAX: 0000000000000008 RBX: 0000000000000003 RCX: ffffffff815a4e0e
                 boat_write+0x1/0x2
                """);

        assertThat(report.registers().get("rbx")).isEqualTo(3);
        assertThat(Reading.functions(report, Role.REGISTERS)).containsExactly("boat_loop");
        assertThat(Reading.functions(report, Role.INTERRUPTED)).containsExactly("boat_write");
    }

    @Test
    void takesTheBytesThatOlderKernelsPrintAfterTheRegistersOfAProgram() {
        String head = """
                general protection fault: 0000 [#1] SMP KASAN
                CPU: 0 PID: 7 Comm: boat Not tainted 4.15.0 #1
                RIP: 0010:boat_row+0x10/0x20
                RSP: 0018:ffff8801d82df400 EFLAGS: 00010082
                RAX: dffffc0000000000 RBX: 0000000000000003 RCX: ffffffff815a4e0e
                Call Trace:
                 boat_write+0x1/0x2
                """;
        String program = """
                RSP: 002b:00007ffe1d2a8448 EFLAGS: 00000246 ORIG_RAX: 0000000000000001
                RAX: ffffffffffffffda RBX: 0000000000000001 RCX: 0000000000444dd9
                """;
        String end = "---[ end trace 0000000000000001 ]---\n";

        CodeBytes old = Reading.one(head + "RIP: 0033:0x444dd9\n" + program + "Code: 90 <80> 3c 02 00\n" + end)
                .code();
        assertThat(old).isNotNull().extracting(CodeBytes::hex).isEqualTo("90803c0200");
        assertThat(Reading.one(head + "RIP: 0033:0x444dd9\nCode: 90 <80> 3c 02 00\n" + program + end)
                        .code())
                .isNull();
    }

    @Test
    void readsArm64() {
        CrashReport report = Reading.one("""
                Unable to handle kernel NULL pointer dereference at virtual address 000000000000012c
                Mem abort info:
                  ESR = 0x0000000096000046
                  EC = 0x25: DABT (current EL), IL = 32 bits
                  FSC = 0x06: level 2 translation fault
                Data abort info:
                  CM = 0, WnR = 1, TnD = 0, TagAccess = 0
                Internal error: Oops: 0000000096000046 [#2] SMP
                CPU: 1 UID: 0 PID: 191 Comm: boat Tainted: G      D    OE      6.12.1-arm64 #1  Debian 6.12.1-1
                Tainted: [D]=DIE, [O]=OOT_MODULE, [E]=UNSIGNED_MODULE
                pstate: 00400005 (nzcv daif +PAN -UAO -TCO -DIT -SSBS BTYPE=--)
                pc : boat_set+0x1c/0x38 [boat]
                lr : boat_write+0x2ec/0x898 [boat]
                sp : ffff80008061b910
                x2 : 0000000000000100 x1 : 0000000000000004 x0 : 0000000000000101
                Call trace:
                 boat_set+0x1c/0x38 [boat]
                 vfs_write+0xdc/0x3b0
                Code: cb214084 d37df084 8b225082 8b020000 (b9002c03)\s
                ---[ end trace 0000000000000000 ]---
                """);

        assertThat(report.set()).isEqualTo(InstructionSet.ARM64);
        assertThat(report.number()).isEqualTo(2);
        assertThat(report.taint()).isEqualTo("DOE");
        assertThat(report.registers().get("x0")).isEqualTo(0x101);
        assertThat(report.fact(Fact.ACCESS)).isEqualTo("write");
        assertThat(report.fact(Fact.ERROR_CODE)).isEqualTo("0x96000046");
        assertThat(report.fact(Fact.REASON)).isEqualTo("level 2 translation fault");
        assertThat(report.code()).isNotNull().extracting(CodeBytes::trap).isEqualTo(16);
        assertThat(Reading.functions(report, Role.REGISTERS)).containsExactly("boat_set", "boat_write");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EAX: 00000000 EBX: f7c01000 ECX: 00000001 EDX: 00000002 | ebx | f7c01000 | I386",
                "pc : [<c0123456>]    lr : [<c0654321>]    psr: 60000013 | lr | c0654321 | ARM",
                "r10: c0a0c0c0  r9 : c1000000  r8 : 00000005 | r9 | c1000000 |",
                "status: 0000000200000120 badaddr: 0000000000000008 cause: 000000000000000d | cause | d | RISCV64",
                "epc : ffffffff80001234 ra : ffffffff80005678 sp : ff20000000a3bd00 | ra | ffffffff80005678 |",
                "NIP:  c000000000123456 LR: c000000000654321 CTR: 0000000000000000 | lr | c000000000654321 | POWERPC",
                "GPR00: c000000000123456 c0000000075ab9a0 c000000001a0d200 0000000000000005 | r3 | 5 | POWERPC",
                "Krnl GPRS: 0000000000000001 0000000000000002 0000000000000003 0000000000000004 | r2 | 3 | S390",
                "$ 4   : 00000000 1000a400 81234567 80000000 | $6 | 81234567 |",
                "BadVA : 00000010 | badva | 10 |",
                "pc 9000000000aabbcc ra 9000000000aabbdd tp 9000000100000000 sp 9000000100003c00 | ra | 9000000000aabbdd |",
                "TSTATE: 0000004411001606 TPC: 000000000054e1a0 TNPC: 000000000054e1a4 Y: 00000000    Not tainted | tpc | 54e1a0 |",
                "g4: fff000007f0a1b40 g5: fff000007e5f6000 g6: fff000007c0a4000 g7: 0000000000000001 | g7 | 1 |"
            })
    void readsTheRegistersOfEachMachine(String line, String register, String value, InstructionSet set) {
        CrashReport report =
                Reading.one("Unable to handle kernel NULL pointer dereference at virtual address 00000010\n"
                        + "Internal error: Oops: 17 [#1] SMP\n" + line + "\n" + "Call Trace:\n boat_row+0x10/0x20\n");

        assertThat(report.registers().get(register)).isEqualTo(Long.parseUnsignedLong(value, 16));
        assertThat(report.set()).isEqualTo(set);
    }

    @Test
    void readsTheRowsOfS390() {
        CrashReport report = Reading.one("""
                Unable to handle kernel pointer dereference in virtual kernel address space
                Failing address: 0000000000000000 TEID: 0000000000000483
                Fault in home space mode while using kernel ASCE.
                Oops: 0004 ilc:3 [#1]SMP
                Krnl PSW : 0704c00180000000 000003ff80123456 (boat_row+0x10/0x20 [boat])
                Krnl GPRS: 0000000000000001 0000000000000002 0000000000000003 0000000000000004
                           0000000000000005 0000000000000006 0000000000000007 0000000000000008
                Call Trace:
                 [<000003ff80123456>] boat_row+0x10/0x20 [boat]
                Last Breaking-Event-Address:
                 [<000003ff80123400>] boat_call+0x10/0x20 [boat]
                """);

        assertThat(report.registers().get("r7")).isEqualTo(8);
        assertThat(report.registers().get("pc")).isEqualTo(0x3ff80123456L);
        assertThat(report.fact(Fact.ADDRESS)).isEqualTo("0x0");
        assertThat(Reading.functions(report, Role.ORIGIN)).containsExactly("boat_call");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CPU: 3 PID: 99 Comm: a b Tainted: G        W  O       6.1.0-56-amd64 #1  Debian | 99 | a b | WO | 6.1.0-56-amd64",
                "CPU: 3 UID: 0 PID: 99 Comm: foo Kdump: loaded Not tainted 6.12.1 #1 PREEMPT(voluntary) | 99 | foo | '' | 6.12.1",
                "Pid: 99, comm: foo Not tainted 2.6.32 #1 | 99 | foo | '' | 2.6.32"
            })
    void readsTheLineOfTheTaskInAllAges(String line, int pid, String comm, String taint, String release) {
        CrashReport report =
                Reading.one(stamped("BUG: unable to handle kernel paging request at ffff88002bde1e40\n" + line + "\n"));

        assertThat(List.of(report.pid(), report.comm(), report.taint(), report.release()))
                .isEqualTo(List.of(pid, comm, taint, release));
    }
}
