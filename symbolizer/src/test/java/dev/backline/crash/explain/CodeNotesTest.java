package dev.backline.crash.explain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backline.debugfiles.DebugFiles;
import dev.backline.fixtures.Kernels;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What an explanation says where the code that ran is not the file's. */
class CodeNotesTest {
    private static final String RELEASE = "6.1.0-56-cloud-amd64";

    /** The bytes before the trap, as that kernel had them with its text at 0xffffffffb4200000. */
    private static final String BEFORE =
            "00 00 00 00 0f 1f 44 00 00 48 8b 05 4c 04 c0 01 f6 c4 02 74 26 48 8b 05 98 90 37 01"
                    + " bf f6 00 00 00 48 8b 40 58 e8 6a b8 dc 00 ";

    private static final String AFTER = "<48> 8b 05 83 90 37 01 48 8b 40 20 e9 5a b8 dc 00 cc c3 cc cc cc cc";

    @Test
    void saysNothingAboutTheRunningCodeOfTheSameKernel() throws IOException {
        assertEquals(List.of(), notes(BEFORE + AFTER));
    }

    @Test
    void asksForTheBuildWhereOneBitDiffers() throws IOException {
        List<String> notes = notes(BEFORE.replace("48 8b 40 58", "48 8b 40 78") + AFTER);
        assertEquals(1, notes.size(), notes.toString());
        assertEquals("One bit of the running code differs", notes.get(0).substring(0, 35));
    }

    @Test
    void namesAProbe() throws IOException {
        List<String> notes = notes(BEFORE + AFTER.replace("<48>", "<cc>"));
        assertEquals(1, notes.size(), notes.toString());
        assertEquals(
                "A breakpoint or jump replaces an instruction", notes.get(0).substring(0, 44));
    }

    private static List<String> notes(String code) throws IOException {
        Kernels.Kernel kernel = Kernels.find(Kernels.DEBIAN_12)
                .filter(found -> found.release().equals(RELEASE))
                .orElse(null);
        Assumptions.assumeTrue(kernel != null, "recorded on " + RELEASE + "; " + Kernels.howToFetch(Kernels.DEBIAN_12));
        String log = """
                [    3.023298] BUG: unable to handle page fault for address: ffffc90000001234
                [    3.023298] #PF: supervisor read access in kernel mode
                [    3.023298] #PF: error_code(0x0000) - not-present page
                [    3.023298] Oops: 0000 [#1] PREEMPT SMP NOPTI
                [    3.023298] CPU: 0 PID: 1 Comm: init Not tainted RELEASE #1  Debian 6.1.192-2
                [    3.023298] RIP: 0010:arch_irq_work_raise+0x26/0x40
                [    3.023298] Code: CODE
                [    3.023298] RSP: 0018:ffffbd2d00013e48 EFLAGS: 00010046
                [    3.023298] RAX: 0000000000000000 RBX: 0000000000000000 RCX: 0000000000000000
                [    3.023298] Call Trace:
                [    3.023298]  <TASK>
                [    3.023298]  irq_work_queue+0x2a/0x40
                [    3.023298]  </TASK>
                [    3.023298] ---[ end trace 0000000000000000 ]---
                """.replace("RELEASE", RELEASE).replace("CODE", code);
        List<String> notes = new ArrayList<>();
        DebugFiles files = DebugFiles.builder().vmlinux(kernel.vmlinux()).build();
        try (KernelPool pool = new KernelPool(files);
                CrashAnalysis analysis = new CrashAnalysis(pool, LogOptions.DEFAULT)) {
            analysis.read(
                    new LogReader(new ByteArrayInputStream(log.getBytes(UTF_8))),
                    explanation -> notes.addAll(explanation.notes()));
        }
        return notes;
    }
}
