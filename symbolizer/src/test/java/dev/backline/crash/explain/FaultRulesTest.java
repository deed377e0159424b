package dev.backline.crash.explain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.crash.Certainty;
import dev.backline.crash.Explanation;
import dev.backline.crash.Fault;
import dev.backline.crash.ValueClass;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.fixtures.Kernels;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Explains faults at instructions of Debian 12's kernel that benchmarks/faults found. What is expected is read from the
 * kernel's source at the instruction.
 */
class FaultRulesTest {
    private static final String RELEASE = "6.1.0-56-cloud-amd64";
    private static final long FREED = 0x6b6b_6b6b_6b6b_6b6bL;
    private static final String[] REGISTERS = {
        "RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RBP", "R08", "R09", "R10", "R11", "R12", "R13", "R14", "R15"
    };

    private static @Nullable KernelPool pool;

    @BeforeAll
    static void openKernel() throws IOException {
        Kernels.Kernel kernel = Kernels.find(Kernels.DEBIAN_12)
                .filter(found -> found.release().equals(RELEASE))
                .orElse(null);
        Assumptions.assumeTrue(
                kernel != null, "the places are of " + RELEASE + "; " + Kernels.howToFetch(Kernels.DEBIAN_12));
        pool = new KernelPool(DebugFiles.builder().vmlinux(kernel.vmlinux()).build());
    }

    @AfterAll
    static void closeKernel() {
        if (pool != null) {
            pool.close();
        }
    }

    private static String pageFault(long address, boolean write) {
        return String.format(
                Locale.ROOT,
                "BUG: unable to handle page fault for address: %016x%n#PF: supervisor %s access in kernel mode%n"
                        + "#PF: error_code(0x000%d) - not-present page%nOops: 000%d [#1] PREEMPT SMP NOPTI%n",
                address,
                write ? "write" : "read",
                write ? 2 : 0,
                write ? 2 : 0);
    }

    /** The explanation of a fault at a place, with a value in one register and addresses in the others. */
    private static Explanation explain(String headlines, String place, String register, long value) throws IOException {
        StringBuilder log = new StringBuilder(headlines);
        log.append("CPU: 0 PID: 1 Comm: init Not tainted ").append(RELEASE).append(" #1  Debian\n");
        log.append("RIP: 0010:").append(place).append('\n');
        log.append("RSP: 0018:ffffc90000137d48 EFLAGS: 00010246\n");
        for (int i = 0; i < REGISTERS.length; i += 3) {
            for (int j = i; j < i + 3; j++) {
                long held = REGISTERS[j].equals(register) ? value : 0xffff_8880_0512_3000L + 0x2_1040L * j;
                log.append(String.format(Locale.ROOT, "%s%s: %016x", j == i ? "" : " ", REGISTERS[j], held));
            }
            log.append('\n');
        }
        log.append("Call Trace:\n <TASK>\n ret_from_fork+0x22/0x30\n </TASK>\n---[ end trace 0000000000000000 ]---\n");
        List<Explanation> found = new ArrayList<>();
        try (CrashAnalysis analysis = new CrashAnalysis(Objects.requireNonNull(pool), LogOptions.DEFAULT)) {
            analysis.read(new LogReader(new ByteArrayInputStream(log.toString().getBytes(UTF_8))), found::add);
        }
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static Fault fault(String headlines, String place, String register, long value) throws IOException {
        return Objects.requireNonNull(explain(headlines, place, register, value).fault());
    }

    @Test
    void explainsAStackFaultAsABadPointerInRbp() throws IOException {
        Explanation answer =
                explain("stack segment: 0000 [#1] PREEMPT SMP NOPTI\n", "ipv6_chk_prefix+0x12/0xd0", "RBP", FREED);
        Fault fault = Objects.requireNonNull(answer.fault());
        assertThat(answer.kind()).isEqualTo("use-after-free");
        assertThat(fault.valueClass()).isEqualTo(ValueClass.SLAB_POISON);
        assertThat(fault.address()).isEqualTo(FREED + 0x2e0);
        assertThat(fault.expression()).isEqualTo("dev->ip6_ptr");
        assertThat(fault.certainty()).isEqualTo(Certainty.LIKELY);
    }

    @Test
    void leavesAStackFaultWithAGoodOperandATrap() throws IOException {
        Explanation answer = explain(
                "stack segment: 0000 [#1] PREEMPT SMP NOPTI\n",
                "ipv6_chk_prefix+0x12/0xd0",
                "RBP",
                0xffff_8880_0512_3000L);
        assertThat(answer.kind()).isEqualTo("trap");
        assertThat(answer.fault()).isNull();
    }

    @Test
    void keepsAnErrorInARegisterThatTheCodeMadeByASum() throws IOException {
        Fault fault = fault(pageFault(0x32, true), "skb_zerocopy+0xda/0x420", "RAX", -2);
        assertThat(fault.valueClass()).isEqualTo(ValueClass.ERR_PTR);
        assertThat(fault.value()).isEqualTo(-2);
        assertThat(fault.errno()).isEqualTo("ENOENT");
    }

    @Test
    void namesAVariableWhoseScopeEndedBeforeTheAccess() throws IOException {
        Fault fault = fault(pageFault(0x30, false), "sk_psock_strp_data_ready+0x4e/0xa0", "RAX", 0);
        assertThat(fault.expression()).isEqualTo("ctx->priv_ctx_rx");
        assertThat(fault.certainty()).isEqualTo(Certainty.LIKELY);
    }

    @Test
    void takesNoNumberForAPointer() throws IOException {
        // net_generic() loads ng->ptr[id]; ng->s.len, an int, is in the same union
        Fault fault = fault(pageFault(0x11, false), "mptcp_is_checksum_enabled+0x25/0x30", "RBX", 0);
        assertThat(Objects.requireNonNull(fault.variable()).type()).isEqualTo("void *");
        assertThat(fault.variable().name()).isEqualTo("ptr");
    }

    @Test
    void namesAnElementOfAnArrayOfPointers() throws IOException {
        Fault fault = fault(pageFault(4, false), "devlink_nl_cmd_sb_tc_pool_bind_get_doit+0x30/0x1d0", "RDX", 0);
        assertThat(Objects.requireNonNull(fault.variable()).name()).isEqualTo("attrs[11]");
    }

    @Test
    void blamesNoCallerOfAProtocolsOwnFunction() throws IOException {
        Explanation answer = explain(pageFault(0x154, false), "raw_ioctl+0x28/0x90", "RDI", 0);
        assertThat(Objects.requireNonNull(answer.fault()).expression()).isEqualTo("sk->sk_wmem_alloc");
        assertThat(Objects.requireNonNull(answer.culprit()).function()).isEqualTo("raw_ioctl");
    }

    @Test
    void takesTheBaseOfAGlobalArrayForItsIndex() throws IOException {
        // setne xen_features(%rcx)
        long index = 0x1234_5678L;
        Fault fault =
                fault(pageFault(0xffff_ffff_82c4_0180L + index, true), "xen_setup_features+0x38/0x80", "RCX", index);
        assertThat(fault.valueClass()).isEqualTo(ValueClass.INDEX);
        assertThat(fault.value()).isEqualTo(index);
        assertThat(fault.expression()).isEqualTo("xen_features[j]");
    }

    @Test
    void namesNoNumberForAnElementThatALoopReads() throws IOException {
        // for (i = 0; i < old->num_hook_entries; i++) reads old->hooks[i].hook
        long element = 0xffff_8f12_3456_7890L;
        Fault fault = fault(pageFault(element, false), "__nf_hook_entries_try_shrink+0xe3/0x190", "RCX", element);
        assertThat(fault.expression()).isEqualTo("old->hooks[…].hook");
        assertThat(fault.others()).isEmpty();
    }

    @Test
    void namesTheObjectAroundACounter() throws IOException {
        long counter = 0xffff_8f12_3456_7890L;
        Fault fault = fault(pageFault(counter, true), "devlink_try_get+0x1f/0x50", "RDI", counter);
        assertThat(fault.expression()).isEqualTo("devlink->refcount");
    }

    @Test
    void isNotCertainOfAPointerThatAStringInstructionMoves() throws IOException {
        // rep movsq copies from iregs, and rsi moves on with each word
        Fault fault = fault(
                pageFault(0xffff_8f12_3456_8000L, false),
                "setup_pebs_adaptive_sample_data+0xa9/0x400",
                "RSI",
                0xffff_8f12_3456_8000L);
        assertThat(Objects.requireNonNull(fault.variable()).name()).isEqualTo("iregs");
        assertThat(fault.certainty()).isEqualTo(Certainty.LIKELY);
    }

    @Test
    void comparesNoAddressThatTheRegistersDoNotTell() throws IOException {
        // mov misc_list(%rip),%rax
        Fault fault = fault(pageFault(0xffff_ffff_82bc_7200L, false), "misc_open+0x28/0x180", "RAX", 0);
        assertThat(Objects.requireNonNull(fault.instruction())).endsWith("(%rip),%rax");
        assertThat(fault.evidence()).noneMatch(each -> each.contains("but the kernel reports"));
    }

    @Test
    void isNotCertainIfTheCodeThatRanIsNotTheFiles() throws IOException {
        String place = "dev_get_flags+0x5/0x70";
        Fault own = fault(pageFault(0xc0, false), place, "RDI", 0);
        assertThat(own.certainty()).isEqualTo(Certainty.CERTAIN);
        String other =
                "\nCode: 48 8b 47 08 48 85 c0 74 10 48 8b 50 10 31 c0 <8b> 87 c4 00 00 00 48 83 c4 18 5b 5d 41 5c";
        Fault fault = fault(pageFault(0xc0, false), place + other, "RDI", 0);
        assertThat(fault.expression()).isEqualTo(own.expression());
        assertThat(fault.certainty()).isEqualTo(Certainty.LIKELY);
    }

    @Test
    void prefersTheHolderOfNullToAnObjectAroundIt() throws IOException {
        // devlink would be NULL minus the counter's offset
        Fault fault = fault(pageFault(0, true), "devlink_try_get+0x1f/0x50", "RDI", 0);
        assertThat(fault.value()).isZero();
        assertThat(Objects.requireNonNull(fault.variable()).name()).isEqualTo("v");
        assertThat(fault.others()).contains("devlink->refcount");
    }
}
