package dev.backline.crash.explain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.crash.Explanation;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.fixtures.Kernels;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who waits and who holds, in the words of the explanation. */
class WaitingTest {
    private static final String CIRCULAR = """
            ======================================================
            WARNING: possible circular locking dependency detected
            6.1.0 #1 Not tainted
            ------------------------------------------------------
            boat/7 is trying to acquire lock:
            ffff888100000010 (&boat->oars){+.+.}-{3:3}, at: boat_row+0x10/0x40 [boat]

            but task is already holding lock:
            ffff888100000080 (&boat->sail){+.+.}-{3:3}, at: boat_steer+0x20/0x40 [boat]

            which lock already depends on the new lock.


            the existing dependency chain (in reverse order) is:

            -> #1 (&boat->sail){+.+.}-{3:3}:
                   lock_acquire+0x10/0x20
                   __mutex_lock+0x10/0x20
                   boat_moor+0x30/0x60 [boat]
                   boat_write+0x30/0x60 [boat]

            -> #0 (&boat->oars){+.+.}-{3:3}:
                   __lock_acquire+0x10/0x20
                   lock_acquire+0x10/0x20
                   __mutex_lock+0x10/0x20
                   boat_row+0x10/0x40 [boat]

            other info that might help us debug this:

             Possible unsafe locking scenario:

            1 lock held by boat/7:
             #0: ffff888100000080 (&boat->sail){+.+.}-{3:3}, at: boat_steer+0x20/0x40 [boat]

            stack backtrace:
            CPU: 0 PID: 7 Comm: boat Not tainted 6.1.0 #1
            Call Trace:
             <TASK>
             dump_stack_lvl+0x10/0x20
             check_noncircular+0x10/0x20
             __mutex_lock+0x10/0x20
             boat_row+0x10/0x40 [boat]
             boat_steer+0x30/0x40 [boat]
             </TASK>
            """;

    private static String sentence(String log) throws IOException {
        return String.valueOf(ReportAloneTest.explain(log).sentence());
    }

    @Test
    void saysInWhichOrdersTwoLocksAreTaken() throws IOException {
        assertEquals(
                "boat/7 wants &boat->oars in boat_row(), and holds &boat->sail, taken in boat_steer();"
                        + " the other order was taken in boat_moor()",
                sentence(CIRCULAR));
    }

    @Test
    void saysWhatATaskWaitsForAndWhoHoldsIt() throws IOException {
        String log = """
                INFO: task boat:7 blocked for more than 120 seconds.
                      Not tainted 6.1.0 #1
                "echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.
                task:boat            state:D stack:0     pid:7     ppid:2      flags:0x00004000
                Call Trace:
                 <TASK>
                 __schedule+0x34d/0xa00
                 schedule+0x5a/0xd0
                 schedule_preempt_disabled+0x1/0x10
                 __mutex_lock+0x94/0x1e0
                 boat_row+0x12/0x30 [boat]
                 kthread+0xda/0x100
                 ret_from_fork+0x22/0x30
                 </TASK>
                """;
        String waits = "boat/7 waits for more than 120 seconds in __mutex_lock(), which boat_row() called";
        assertEquals(waits, sentence(log));
        assertEquals(
                waits + "; the kernel says that sail/9 is likely to hold it",
                sentence(log + "INFO: task boat:7 is blocked on a mutex likely owned by task sail:9.\n"));
    }

    @Test
    void saysWhichProcessorIsStuckWhere() throws IOException {
        assertEquals("CPU 1 is stuck for 22 seconds in boat_loop(), in the task boat/7", sentence("""
                watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [boat:7]
                CPU: 1 PID: 7 Comm: boat Not tainted 6.1.0 #1
                RIP: 0010:boat_loop+0x10/0x20 [boat]
                RSP: 0018:ffff8801d82df400 EFLAGS: 00010082
                RAX: 0000000000000008 RBX: 0000000000000003 RCX: ffffffff815a4e0e
                Call Trace:
                 <TASK>
                 boat_write+0x1/0x2 [boat]
                 </TASK>
                """));
    }

    @Test
    void saysForWhichProcessorRcuWaits() throws IOException {
        assertEquals("RCU waits for CPU 0, which runs in boat_loop(), in the task boat/7", sentence("""
                rcu: INFO: rcu_preempt self-detected stall on CPU
                NMI backtrace for cpu 0
                CPU: 0 PID: 7 Comm: boat Not tainted 5.10.0 #1
                Call Trace:
                 <IRQ>
                 dump_stack+0x1/0x2
                 apic_timer_interrupt+0xf/0x20
                 </IRQ>
                RIP: 0010:boat_loop+0x10/0x20 [boat]
                RSP: 0018:ffff8801d82df400 EFLAGS: 00010082
                RAX: 0000000000000008 RBX: 0000000000000003 RCX: ffffffff815a4e0e
                 boat_write+0x1/0x2 [boat]
                """));
    }

    @Test
    void saysWhichUseOfALockDoesNotFit() throws IOException {
        assertEquals(
                "boat/7 takes &boat->oars in boat_irq(); the use that does not fit was in boat_row()", sentence("""
                ================================
                WARNING: inconsistent lock state
                6.1.0 #1 Not tainted
                --------------------------------
                inconsistent {HARDIRQ-ON-W} -> {IN-HARDIRQ-W} usage.
                boat/7 [HC1[1]:SC0[0]:HE0:SE1] takes:
                ffff888100000010 (&boat->oars){?.+.}-{2:2}, at: boat_irq+0x10/0x40 [boat]
                {HARDIRQ-ON-W} state was registered at:
                  lock_acquire+0x10/0x20
                  _raw_spin_lock+0x10/0x20
                  boat_row+0x10/0x40 [boat]
                irq event stamp: 7

                stack backtrace:
                CPU: 0 PID: 7 Comm: boat Not tainted 6.1.0 #1
                Call Trace:
                 <IRQ>
                 dump_stack_lvl+0x10/0x20
                 _raw_spin_lock+0x10/0x20
                 boat_irq+0x10/0x40 [boat]
                 </IRQ>
                """));
    }

    @Test
    void saysThatALockIsNotHeld() throws IOException {
        assertEquals("boat/7 releases &boat->oars in boat_row(), but does not hold it", sentence("""
                =====================================
                WARNING: bad unlock balance detected!
                6.1.0 #1 Not tainted
                -------------------------------------
                boat/7 is trying to release lock (&boat->oars) at:
                [<ffffffff81234567>] boat_row+0x10/0x40
                but there are no more locks to release!

                stack backtrace:
                CPU: 0 PID: 7 Comm: boat Not tainted 6.1.0 #1
                Call Trace:
                 <TASK>
                 dump_stack_lvl+0x10/0x20
                 lock_release+0x10/0x20
                 __mutex_unlock_slowpath+0x10/0x20
                 boat_row+0x10/0x40
                 </TASK>
                """));
    }

    @Test
    void countsTheLocksOfALongerChain() throws IOException {
        String longer = CIRCULAR.replace("-> #1 (", "-> #2 (")
                .replace(
                        "-> #0 (",
                        "-> #1 (&boat->helm){+.+.}-{3:3}:\n       lock_acquire+0x10/0x20\n       boat_turn+0x30/0x60 [boat]\n\n-> #0 (");
        assertEquals(
                "boat/7 wants &boat->oars in boat_row(), and holds &boat->sail, taken in boat_steer();"
                        + " the other order goes through 3 locks, the last of which was taken in boat_moor()",
                sentence(longer));
    }

    @Test
    void saysNoMoreThanAReportThatWasCut() throws IOException {
        assertEquals(
                "boat/7 wants &boat->oars in boat_row()",
                sentence(CIRCULAR.substring(0, CIRCULAR.indexOf("but task is already"))));
    }

    @Test
    void saysWhereATaskOfAMachineWithUnknownArgumentRegistersWaits() throws IOException {
        Optional<Kernels.Kernel> kernel = Kernels.find("debian-12-6.1-s390x");
        assumeTrue(kernel.isPresent(), Kernels.howToFetch("debian-12-6.1-s390x"));
        String log = """
                INFO: task boat:7 blocked for more than 120 seconds.
                      Not tainted RELEASE #1 Debian
                "echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.
                task:boat            state:D stack:0     pid:7     ppid:2      flags:0x00000000
                Call Trace:
                 [<0000000000a2cbb2>] mutex_lock+0x2a/0x60
                 [<00000000006d826a>] misc_open+0x3a/0x1d8
                """.replace("RELEASE", kernel.get().release());
        List<Explanation> found = new ArrayList<>();
        DebugFiles files = DebugFiles.builder().vmlinux(kernel.get().vmlinux()).build();
        try (KernelPool pool = new KernelPool(files);
                CrashAnalysis analysis = new CrashAnalysis(pool, LogOptions.DEFAULT)) {
            analysis.read(new LogReader(new ByteArrayInputStream(log.getBytes(UTF_8))), found::add);
        }
        assertEquals(
                "boat/7 waits for more than 120 seconds in mutex_lock(), which misc_open() called",
                found.get(0).sentence());
    }
}
