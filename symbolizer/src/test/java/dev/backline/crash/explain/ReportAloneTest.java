package dev.backline.crash.explain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.crash.Disassembly;
import dev.backline.crash.Explanation;
import dev.backline.crash.Fault;
import dev.backline.crash.ValueClass;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What explanations say of a log without debug files. */
class ReportAloneTest {
    /** An oops of x86-64; the instruction is {@code mov 0x10(%rbx),%rax}. */
    private static final String X86 = """
            BUG: kernel NULL pointer dereference, address: 0000000000000010
            #PF: supervisor read access in kernel mode
            #PF: error_code(0x0000) - not-present page
            Oops: 0000 [#1] PREEMPT SMP NOPTI
            CPU: 0 PID: 7 Comm: cat Not tainted 6.1.0 #1
            RIP: 0010:pond_drain+0x11/0x30
            Code: 0f 1f 44 00 00 53 48 89 fb <48> 8b 43 10 48 85 c0 5b c3
            RSP: 0018:ffffc90000013e48 EFLAGS: 00010046
            RAX: 0000000000000001 RBX: 0000000000000000 RCX: 0000000000000000
            Call Trace:
             <TASK>
             pond_open+0x2a/0x40
             </TASK>
            ---[ end trace 0000000000000000 ]---
            """;

    /** The only explanation of a log. */
    static Explanation explain(String log) throws IOException {
        List<Explanation> found = new ArrayList<>();
        try (KernelPool none = new KernelPool(DebugFiles.builder().build());
                CrashAnalysis analysis = new CrashAnalysis(none, LogOptions.DEFAULT)) {
            analysis.read(new LogReader(new ByteArrayInputStream(log.getBytes(UTF_8))), found::add);
        }
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static Fault fault(Explanation explanation) {
        return Objects.requireNonNull(explanation.fault());
    }

    private static List<String> instructions(Explanation explanation) {
        List<String> lines = new ArrayList<>();
        for (Disassembly.Line each : Objects.requireNonNull(explanation.code()).instructions()) {
            lines.add(each.address() + (each.trapping() ? " > " : " ") + each.text());
        }
        return lines;
    }

    @Test
    void listsTheInstructionsOfTheReport() throws IOException {
        Explanation explanation = explain(X86);
        assertThat(instructions(explanation))
                .containsExactly(
                        "-9 nopl 0x0(%rax,%rax,1)",
                        "-4 push %rbx",
                        "-3 mov %rdi,%rbx",
                        "0 > mov 0x10(%rbx),%rax",
                        "4 test %rax,%rax",
                        "7 pop %rbx",
                        "8 ret");
        assertThat(Objects.requireNonNull(explanation.code()).matchesFile()).isNull();
    }

    @Test
    void decodesTheTrapOfTheReport() throws IOException {
        Explanation explanation = explain(X86);
        Fault fault = fault(explanation);
        assertThat(explanation.kind()).isEqualTo("null-pointer-dereference");
        assertThat(fault.instruction()).isEqualTo("mov 0x10(%rbx),%rax");
        assertThat(fault.register()).isEqualTo("rbx");
        assertThat(fault.value()).isZero();
        assertThat(fault.valueClass()).isEqualTo(ValueClass.NULL);
        assertThat(fault.address()).isEqualTo(16);
        assertThat(fault.size()).isEqualTo(8);
        assertThat(fault.access()).isEqualTo("read");
        assertThat(fault.variable()).isNull();
        assertThat(explanation.title()).contains("pond_drain() reads 0x10");
        assertThat(explanation.sentence()).isEqualTo("The pointer is NULL (rbx): reading memory at 0x10");
    }

    @Test
    void findsTheBadIndexOfTheReport() throws IOException {
        // mov (%rbx,%rcx,8),%rax
        Fault fault = fault(explain(X86.replace("<48> 8b 43 10", "<48> 8b 04 cb")
                .replace("NULL pointer dereference, address: 0000000000000010", "paging request at: 0")
                .replace(
                        "BUG: kernel paging request at: 0",
                        "BUG: unable to handle page fault for address: ffff899000000008")
                .replace(
                        "RBX: 0000000000000000 RCX: 0000000000000000", "RBX: ffff888000000008 RCX: 0000002200000000")));
        assertThat(fault.valueClass()).isEqualTo(ValueClass.INDEX);
        assertThat(fault.register()).isEqualTo("rcx");
    }

    @Test
    void decodesTheTrapOfAnI386Report() throws IOException {
        Explanation explanation = explain("""
                BUG: kernel NULL pointer dereference, address: 00000010
                #PF: supervisor write access in kernel mode
                #PF: error_code(0x0002) - not-present page
                *pde = 00000000
                Oops: 0002 [#1] SMP
                CPU: 0 PID: 7 Comm: cat Not tainted 6.1.0 #1
                EIP: pond_drain+0x11/0x30
                Code: 55 89 e5 <89> 50 10 5d c3
                EAX: 00000000 EBX: c1000000 ECX: 00000000 EDX: 00000005
                ESI: 00000000 EDI: 00000000 EBP: c2000000 ESP: c1fffff0
                DS: 007b ES: 007b FS: 00d8 GS: 0000 SS: 0068 EFLAGS: 00010246
                CR0: 80050033 CR2: 00000010 CR3: 01000000 CR4: 00000690
                Call Trace:
                 pond_open+0x2a/0x40
                ---[ end trace 0000000000000000 ]---
                """);
        Fault fault = fault(explanation);
        assertThat(fault.instruction()).isEqualTo("mov %edx,0x10(%eax)");
        assertThat(fault.register()).isEqualTo("eax");
        assertThat(fault.size()).isEqualTo(4);
        assertThat(fault.access()).isEqualTo("write");
        assertThat(instructions(explanation)).hasSize(5).contains("0 > mov %edx,0x10(%eax)");
    }

    @Test
    void decodesTheTrapOfARiscvReport() throws IOException {
        Explanation explanation = explain("""
                Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008
                Oops [#1]
                CPU: 1 PID: 7 Comm: cat Not tainted 6.12.0 #1
                Hardware name: riscv-virtio,qemu (DT)
                epc : pond_drain+0x10/0x20
                 ra : pond_open+0x2a/0x40
                epc : ffffffff80001234 ra : ffffffff80005678 sp : ffff8f8000000100
                 gp : ffffffff81a00000 tp : ffffaf8001000000 t0 : 0000000000000000
                 t1 : 0000000000000000 t2 : 0000000000000000 s0 : ffff8f8000000200
                 s1 : 0000000000000000 a0 : 0000000000000000 a1 : 0000000000000001
                status: 0000000200000120 badaddr: 0000000000000008 cause: 000000000000000d
                Code: 1101 ec06 e822 (6508) 8082
                ---[ end trace 0000000000000000 ]---
                """);
        Fault fault = fault(explanation);
        assertThat(fault.instruction()).isEqualTo("ld a0,8(a0)");
        assertThat(fault.register()).isEqualTo("a0");
        assertThat(fault.valueClass()).isEqualTo(ValueClass.NULL);
        assertThat(fault.size()).isEqualTo(8);
    }

    /** KASAN's code before the access; {@code cmpb $0x0,(%rdx,%rax,1)} reads the shadow. */
    private static final String SHADOW = """
            general protection fault, probably for non-canonical address 0xdffffc0000000003: 0000 [#1] PREEMPT SMP KASAN NOPTI
            KASAN: null-ptr-deref in range [0x0000000000000018-0x000000000000001f]
            CPU: 0 PID: 7 Comm: boat Not tainted 6.1.0 #1
            RIP: 0010:boat_row+0x11/0x30
            Code: 48 b8 00 00 00 00 00 fc ff df 48 89 da 48 c1 ea 03 <80> 3c 02 00 0f 85 10 00 00 00
            RSP: 0018:ffffc90000013e48 EFLAGS: 00010046
            RAX: dffffc0000000000 RBX: 0000000000000018 RCX: 0000000000000000
            RDX: 0000000000000003 RSI: 0000000000000001 RDI: ffff888012345678
            Call Trace:
             <TASK>
             boat_write+0x2a/0x40
             </TASK>
            ---[ end trace 0000000000000000 ]---
            """;

    @Test
    void looksThroughTheShadowOfKasan() throws IOException {
        Explanation explanation = explain(SHADOW);
        Fault fault = fault(explanation);
        assertThat(explanation.kind()).isEqualTo("null-pointer-dereference");
        assertThat(fault.register()).isEqualTo("rbx");
        assertThat(fault.value()).isEqualTo(0x18);
        assertThat(fault.address()).isEqualTo(0x18);
        assertThat(fault.access()).isNull();
        assertThat(explanation.title())
                .isEqualTo("NULL pointer dereference: boat_row() uses 0x18, through NULL plus 0x18");
        assertThat(fault.evidence())
                .contains("KASAN says: null-ptr-deref in range [0x0000000000000018-0x000000000000001f]."
                        + " The reported address is that of KASAN's shadow.");
    }

    @Test
    void saysThatOneBitDiffersFromAKernelAddress() throws IOException {
        String flipped = SHADOW.replace("KASAN: null-ptr-deref in range [0x0000000000000018-0x000000000000001f]\n", "")
                .replace("0xdffffc0000000003", "0xfffe888012345678")
                .replace("<80> 3c 02 00", "<48> 8b 03 90")
                .replace("RBX: 0000000000000018", "RBX: fffe888012345678");
        assertThat(fault(explain(flipped)).evidence())
                .contains("One bit differs from the kernel address 0xffff888012345678 (bit 48):"
                        + " possibly an error of the memory, or a write that changed the bit.");
        assertThat(fault(explain(flipped.replace("fffe888012345678", "fffa888012345678")))
                        .evidence())
                .noneMatch(each -> each.startsWith("One bit"));
    }

    @Test
    void namesTheCheckOfUbsanByItsNumber() throws IOException {
        Explanation explanation = explain("""
                Oops: invalid opcode: 0000 [#1] PREEMPT SMP NOPTI
                CPU: 0 PID: 7 Comm: boat Not tainted 6.14.0 #1
                RIP: 0010:boat_row+0x11/0x30
                Code: 48 89 da 48 c1 ea 03 <67> 0f b9 40 12 0f 1f 00
                RSP: 0018:ffffc90000013e48 EFLAGS: 00010046
                RAX: 0000000000000000 RBX: 0000000000000018 RCX: 0000000000000000
                Call Trace:
                 <TASK>
                 boat_write+0x2a/0x40
                 </TASK>
                ---[ end trace 0000000000000000 ]---
                """);
        assertThat(explanation.sentence())
                .isEqualTo("The check for an array index out of bounds failed: ud1 0x12(%eax),%eax");
    }

    @Test
    void namesTheChecksOfArm64ByTheirNumbers() throws IOException {
        String log = """
                Internal error: UBSAN: array index out of bounds: 00000000f2005512 [#1] SMP
                CPU: 1 UID: 0 PID: 191 Comm: boat Not tainted 6.12.1-arm64 #1  Debian 6.12.1-1
                pstate: 00400005 (nzcv daif +PAN -UAO -TCO -DIT -SSBS BTYPE=--)
                pc : boat_set+0x1c/0x38
                lr : boat_write+0x2ec/0x898
                sp : ffff80008061b910
                x2 : 0000000000000100 x1 : 0000000000000004 x0 : 0000000000000101
                Call trace:
                 boat_set+0x1c/0x38
                 vfs_write+0xdc/0x3b0
                Code: cb214084 d37df084 8b225082 8b020000 (d42aa240)
                ---[ end trace 0000000000000000 ]---
                """;
        Explanation explanation = explain(log);
        assertThat(explanation.title()).isEqualTo("UBSAN: array index out of bounds in boat_set");
        assertThat(explanation.sentence()).isEqualTo("The check for an array index out of bounds failed: brk #0x5512");
        assertThat(explain(log.replace("d42aa240", "d4212660")).sentence())
                .isEqualTo("KASAN's check of a write of 8 bytes at the address in x0 failed: brk #0x933");
        assertThat(explain(log.replace("d42aa240", "d4304500")).sentence())
                .isEqualTo("The check of the type of the called function (its address is in x8, the type in w17)"
                        + " failed: brk #0x8228");
    }

    @Test
    void givesTheTargetOfABranchAsADistanceFromTheTrap() throws IOException {
        // call to the int3 before it, and a jump over the trap's end
        String log = X86.replace("<48> 8b 43 10", "e8 f1 ff ff ff eb 10 <48> 8b 43 10");
        assertThat(instructions(explain(log))).contains("-7 call -11", "-2 jmp 10");
    }

    @Test
    void doesNotTakeAnAddressNearNullForAnEmptyAllocation() throws IOException {
        // powerpc's instructions are not decoded
        Explanation explanation = explain("""
                Unable to handle kernel paging request for data at address 0x00000010
                Faulting instruction address: 0xc000000000123456
                Oops: Kernel access of bad area, sig: 11 [#1]
                CPU: 0 PID: 7 Comm: boat Not tainted 6.1.0 #1
                NIP:  c000000000123456 LR: c000000000123400 CTR: 0000000000000000
                REGS: c00000000123f8c0 TRAP: 0300   Not tainted  (6.1.0)
                MSR:  8000000000009033 <SF,EE,ME,IR,DR,RI,LE>  CR: 24002842  XER: 00000000
                CFAR: c000000000123440 DAR: 0000000000000010 DSISR: 40000000 IRQMASK: 0
                GPR00: c000000000123400 c00000000123fb60 c000000001a5a900 0000000000000000
                NIP [c000000000123456] boat_row+0x16/0x40
                LR [c000000000123400] boat_write+0x60/0x100
                Call Trace:
                [c00000000123fb60] [c000000000123400] boat_write+0x60/0x100
                Instruction dump:
                7c0802a6 60000000 fbc1fff0 f8010010 f821ffc1 7c7e1b78 <e8630010> 38800000
                ---[ end trace 0000000000000000 ]---
                """);
        assertThat(explanation.kind()).isEqualTo("null-pointer-dereference");
        assertThat(explanation.title()).contains("boat_row() reads 0x10", "NULL plus 0x10");
    }

    @Test
    void makesATitleWithoutAFunction() throws IOException {
        assertThat(explain("""
                        BUG: kernel NULL pointer dereference, address: 0000000000000018
                        #PF: supervisor write access in kernel mode
                        #PF: error_code(0x0002) - not-present page
                        Oops: 0002 [#1] PREEMPT SMP NOPTI
                        CPU: 0 PID: 7 Comm: cat Not tainted 6.1.0 #1
                        """).title())
                .isEqualTo("NULL pointer dereference: the kernel writes 0x18, through NULL plus 0x18");
    }

    @Test
    void knowsTheShadowOfKasanWithoutItsRange() throws IOException {
        // As kernels before 5.6 print it
        Fault fault = fault(
                explain(SHADOW.replace("KASAN: null-ptr-deref in range [0x0000000000000018-0x000000000000001f]\n", "")
                        .replace(", probably for non-canonical address 0xdffffc0000000003", "")));
        assertThat(fault.valueClass()).isEqualTo(ValueClass.NULL);
        assertThat(fault.register()).isEqualTo("rbx");
        assertThat(fault.evidence()).containsExactly("0xdffffc0000000003 is in KASAN's shadow of 0x18.");
    }
}
