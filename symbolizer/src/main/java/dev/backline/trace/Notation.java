package dev.backline.trace;

import java.util.List;

/**
 * The table of notations: how each tracer and each architecture's kernel prints a frame. To add a notation,
 * add a row.
 *
 * <p>A shape is matched from left to right without backtracking. A blank matches one or more blanks; a shape
 * that starts with a blank matches only indented text. Tokens in braces:
 *
 * <ul>
 *   <li>{@code {0x}} an address with {@code 0x}, {@code {hex}} one without, {@code {0x+}} two or more, {@code {short}}
 *       one of 4 to 7 digits
 *   <li>{@code {sized}} {@code symbol+0xoffset/0xsize}, {@code {unsized}} {@code symbol+0xoffset},
 *       {@code {function}} either, {@code {decimal}} {@code symbol+offset} in decimal, {@code {any}} any of these
 *   <li>{@code {symbol}} a symbol alone
 *   <li>{@code {module}} a module in brackets, {@code {module?}} an optional module, {@code {dso}} perf's
 *       object in parentheses, {@code {in-module}} {@code [module+0xoffset/0xsize]}
 *   <li>{@code {marks?}} {@code (inexact)}, {@code (unreliable)}, arm64's {@code (P)}; {@code {cut}} a
 *       truncated {@code (inexact)} at the end of a string; {@code {address?}} {@code <hex>} after a symbol
 *   <li>{@code {?}} an optional {@code ? }, {@code {word}} text up to the next blank, {@code {number}},
 *       {@code {rest}} any text, {@code {;}} starts the next frame, {@code {stamp}} matches only in a line
 *       that has a log prefix or follows a frame of a kernel log, {@code {end}} matches only at the end of
 *       the line or before a closing parenthesis
 *   <li>{@code {source?}} an optional source line in parentheses, {@code {kind}} the letter of a probe in the kernel's
 *       list of kprobes: {@code k}, {@code r} or {@code j}
 *   <li>{@code {xen}} matches only in a line of the Xen hypervisor, {@code {letter}} how Xen found the frame: {@code R},
 *       {@code F} or {@code S}
 * </ul>
 */
public enum Notation {
    // SystemTap, runtime/sym.c.
    /** SystemTap's {@code print_backtrace} and {@code print_syms}. */
    SYSTEMTAP(
            "SystemTap print_backtrace, print_syms",
            PcRule.FIRST_EXACT,
            Where.LINE,
            " 0xffffffffa987c8cb : tcp_v4_rcv+0x99b/0xee0 [kernel]",
            "{0x} : {function}{module?}{marks?}",
            "{0x} : {function}{module?} {cut}"),
    /** SystemTap's {@code print_backtrace_fileline}, with line numbers. */
    SYSTEMTAP_FILE_LINE(
            "SystemTap print_backtrace_fileline with line numbers",
            PcRule.FIRST_EXACT,
            Where.LINE,
            " 0xffffffffa987c8cb : tcp_v4_rcv+0x99b/0xee0 at net/ipv4/tcp_ipv4.c:2195 [kernel]",
            "{0x} : {function} at {word}{module?}{marks?}"),
    /** SystemTap's {@code sprint_backtrace}: no addresses and no sizes. */
    SYSTEMTAP_SIMPLE(
            "SystemTap sprint_backtrace",
            PcRule.FIRST_EXACT,
            Where.LINE,
            "tcp_v4_rcv+0x99b [kernel]",
            "{unsized}{module}{marks?}",
            "{unsized}{module} {cut}"),
    /** SystemTap's {@code backtrace}: a line of addresses. */
    SYSTEMTAP_HEX(
            "SystemTap backtrace, one line of addresses",
            PcRule.FIRST_EXACT,
            Where.LINE,
            "0xffffffffa987a0e0 0xffffffffa987c8cb 0xffffffffa98448e2 ",
            "{0x+}"),
    /** The first two frames of SystemTap's return probes: the function, and the return address. */
    SYSTEMTAP_RETURN(
            "SystemTap, a return probe's two frames",
            PcRule.RETURN,
            Where.LINE,
            "Returning from:  0xffffffffa987a0e0 : tcp_v4_send_reset+0x0/0x830 [kernel]",
            "Returning from: {0x} : {function}{module?}{marks?}",
            "Returning to : {0x} : {function}{module?}{marks?}",
            "Returning from: {0x}{marks?}",
            "Returning to : {0x}{marks?}"),

    // Bare addresses.
    /** An address without a symbol in a kernel log. Precedes SystemTap's row, which matches without a time stamp. */
    CALL_TRACE_ADDRESS(
            "kernel log, an address without a symbol",
            PcRule.RETURN,
            Where.LINE,
            "[   30.988938]  0xffffffffc061c0c8",
            "{stamp}{?}{0x}{module?}{marks?}"),
    /** An address without a symbol in SystemTap's output. */
    SYSTEMTAP_ADDRESS(
            "SystemTap, an address without a symbol",
            PcRule.FIRST_EXACT,
            Where.LINE,
            " 0xffffffffc03f64f4",
            "{0x}{marks?}",
            "{0x} {cut}",
            "{0x} : {0x}{marks?}",
            "{0x} {in-module}{marks?}"),

    // ftrace and trace-cmd.
    /** A stack of ftrace or trace-cmd ({@code stacktrace} trigger, {@code options/stacktrace}). */
    FTRACE(
            "ftrace stack trace",
            PcRule.FIRST_OF_PROBE,
            Where.LINE,
            " => tcp_v4_rcv",
            "=> {function}{module?}{address?}",
            "=> {0x}{address?}",
            "=> {symbol}{module?}{address?}"),
    /** A function and its caller, from ftrace's function tracer. */
    FTRACE_FUNCTION(
            "ftrace function tracer",
            PcRule.EXACT,
            Where.IN_CODE,
            "         python3-251     [000] ..s2.   120.024135: tcp_v4_send_reset <-tcp_v4_rcv"),

    // bpftrace, bcc, perf, retsnoop.
    /** bpftrace's {@code kstack}; its offsets are decimal. */
    BPFTRACE(
            "bpftrace kstack",
            PcRule.FIRST_OF_PROBE,
            Where.LINE,
            "        tcp_v4_rcv+2459",
            "{decimal}{module?}",
            " {decimal}{module?} (inlined)",
            " {decimal}{module?} @ {rest}"),
    /** {@code perf script}. */
    PERF(
            "perf script",
            PcRule.FIRST_OF_PROBE,
            Where.LINE,
            "\tffffffffac47c8cb tcp_v4_rcv+0x99b ([kernel.kallsyms])",
            "{hex} {any} {dso}",
            "{hex} [unknown] {dso}",
            "{hex} {symbol} {dso}",
            " {short} {any} {dso}",
            " {short} [unknown] {dso}",
            " {short} {symbol} {dso}"),
    /** bpftrace's {@code kstack(perf)}, and bcc's tools if they print addresses. */
    BPFTRACE_PERF(
            "bpftrace kstack(perf), bcc with addresses",
            PcRule.FIRST_OF_PROBE,
            Where.LINE,
            "\tffffffff9085dd55 __tcp_close+245",
            "{hex} {any}{module?}",
            "{hex} {any}{module?} @ {rest}",
            "{hex} {any}{module?} ({rest}",
            " {hex} {symbol}{module?}"),
    /** bpftrace's {@code kstack(raw)}: addresses alone. */
    BPFTRACE_RAW("bpftrace kstack(raw)", PcRule.FIRST_OF_PROBE, Where.LINE, "        ffffffff9085dd55", " {hex}"),
    /** Stacks of bcc's tools. */
    BCC(
            "bcc",
            PcRule.FIRST_OF_PROBE,
            Where.LINE,
            "  tcp_v4_rcv+0x51a",
            " {unsized}{module?}",
            "b'{function}'{module?}",
            "b'{function}{module}'",
            "{unsized}"),
    /** retsnoop, with times and errors before a frame. */
    RETSNOOP(
            "retsnoop",
            PcRule.RETURN,
            Where.LINE,
            "    11us [-ENOENT]  __x64_sys_bpf+0x1c      (kernel/bpf/syscall.c:4749:1)",
            "{unsized} ({rest}",
            "{unsized}{module} ({rest}",
            "{number}us [{word} {unsized}",
            "{number}us [{word} {unsized}{module?} ({rest}",
            "! {number}us [{word} {unsized}",
            "! {number}us [{word} {unsized}{module?} ({rest}"),

    /** Both ends of a branch, from the last branch records of retsnoop. */
    RETSNOOP_BRANCH(
            "retsnoop --lbr",
            PcRule.EXACT,
            Where.LINE,
            "[#21] array_map_alloc_check+0x13  (kernel/bpf/arraymap.c:54:18)  ->  array_map_alloc_check+0x75",
            "[#{number}] {unsized}{module?}{source?}{;} -> {unsized}{module?}{source?}"),
    /** A key of a histogram with {@code .sym}: an address and its function. */
    HISTOGRAM(
            "ftrace hist trigger, a key with .sym",
            PcRule.RETURN,
            Where.IN_CODE,
            "{ call_site: [ffffffff818448e2] ip_protocol_deliver_rcu                  } hitcount:       7403"),
    /** {@code /sys/kernel/debug/kprobes/list}. */
    KPROBES_LIST(
            "/sys/kernel/debug/kprobes/list",
            PcRule.EXACT,
            Where.LINE,
            "ffffffff8187bf30  k  tcp_v4_rcv+0x0    [FTRACE]",
            "{hex} {kind} {unsized}",
            "{hex} {kind} {unsized} [{rest}",
            "{hex} {kind} {unsized} {word:}",
            "{hex} {kind} {unsized} {word:} [{rest}"),

    /** bcc's {@code klockstat}: who took a lock, and how long that took. */
    KLOCKSTAT(
            "bcc klockstat",
            PcRule.RETURN,
            Where.LINE,
            "                      psi_avgs_work+0x2e       3675      5       5468      18379",
            " {unsized} {number} {number} {number} {number}",
            " {unsized} {word} {word} {number} {word} {word} {word} {word}"),
    /** {@code nettrace --drop}: where packets were dropped. */
    NETTRACE(
            "nettrace --drop",
            PcRule.RETURN,
            Where.IN_CODE,
            "[142.097193] TCP: 192.0.2.1:57022 -> 192.0.2.6:22 seq:29, ack:38, flags:AR, reason: NO_SOCKET, tcp_v4_rcv+0x81"),

    // Debuggers.
    /** {@code bt} of crash; always with an address, with offsets only after {@code bt -s}. */
    CRASH(
            "crash bt",
            PcRule.RETURN,
            Where.LINE,
            " #9 [ffff957075d83d78] tcp_v4_rcv at ffffffff8e9af9a5",
            "#{number} [{skip-hex}] {any} at {hex}{module?}",
            "#{number} [{skip-hex}] {symbol} at {hex}{module?}",
            "#{number} [{skip-hex}] {symbol}{module} at {hex}"),
    /** The instruction that raised an exception, in {@code bt} of crash. */
    CRASH_EXCEPTION(
            "crash bt, where an exception was raised",
            PcRule.EXACT,
            Where.LINE,
            "    [exception RIP: tcp_v4_send_reset+123]",
            "[exception RIP: {any}{module?}]",
            "[exception RIP: {any}]{module?}",
            "[exception EIP: {any}]{module?}",
            "[exception PC: {any}]{module?}"),
    /** A backtrace of gdb or kgdb with addresses. Frame #0 is exact. */
    GDB(
            "gdb bt",
            PcRule.RETURN,
            Where.LINE,
            "#1  0xffffffff8187c8cb in tcp_v4_rcv (skb=0xffff888003c4e600)",
            "#{number} {0x} in {symbol} ({rest}",
            "#{number} {0x} in {rest}"),
    /** An instruction or a pointer that gdb prints with its symbol. */
    GDB_SYMBOL(
            "gdb x/i, disassemble",
            PcRule.EXACT,
            Where.LINE,
            "   0xffffffff8187c8cb <tcp_v4_rcv+2459>:\tmov    %rax,%rdi",
            "{0x} <{decimal}>:{rest}",
            "=> {0x} <{decimal}>:{rest}",
            "{0x} <{symbol}>:{rest}",
            "=> {0x} <{symbol}>:{rest}",
            "{0x} <{decimal}>"),
    /** A stack trace of drgn. */
    DRGN(
            "drgn stack trace",
            PcRule.RETURN,
            Where.LINE,
            "#5 at 0xffffffff8a5a32d0 (do_sys_poll+0x400/0x578) in do_poll at ./fs/select.c:961:8 (inlined)",
            "#{number} at {0x} ({sized}{module?}) in {rest}",
            "#{number} at {0x} ({sized}{module?})",
            "#{number} at {0x}",
            "#{number} {sized}{module?}",
            "#{number} {sized}{module?} ({rest}",
            "#{number} {sized}{module?} in {rest}"),

    // Kernel logs: the registers.
    /** The instruction pointer of x86-64. */
    X86_RIP(
            "x86-64 instruction pointer",
            PcRule.EXACT,
            Where.LEAD,
            "[   30.988938] RIP: 0010:probe_6374+0x7fa/0x960 [oops]",
            "RIP:",
            "rIP:",
            "RIP"),
    /** The instruction pointer in a machine check of x86. */
    X86_MACHINE_CHECK(
            "x86 instruction pointer of a machine check",
            PcRule.EXACT,
            Where.IN_CODE,
            "[   12.345678] mce: [Hardware Error]: RIP 10:<ffffffff81073914> {native_write_msr+0x4/0x20}"),
    /** The instruction pointer of x86-64 without a symbol. */
    X86_RIP_ADDRESS(
            "x86-64 instruction pointer without a symbol",
            PcRule.EXACT,
            Where.LINE,
            "[   12.345678] RIP: 0010:0xffffffffc061c0c8",
            "RIP: 0010:{0x}",
            "RIP: e030:{0x}",
            "RIP: e033:{0x}"),
    /** The instruction pointer of x86-32. */
    X86_EIP(
            "x86-32 instruction pointer",
            PcRule.EXACT,
            Where.LEAD,
            "[   12.345678] EIP: iret_exc+0x7d0/0xa59",
            "EIP:",
            "EIP is at",
            "EIP"),
    /** The instruction pointer in oopses of older kernels. */
    INSTRUCTION_POINTER(
            "instruction pointer of older oopses",
            PcRule.EXACT,
            Where.LEAD,
            "IP: [<c06969d4>] iret_exc+0x7d0/0xa59",
            "IP:",
            "ip:",
            "ip is at"),
    /** The program counter of arm64 and arm. */
    ARM_PC(
            "arm64 and arm program counter",
            PcRule.EXACT,
            Where.LEAD,
            "[   12.345678] pc : __raw_readb+0x18/0x2c",
            "pc :",
            "PC is at",
            "pc is at",
            "PC:",
            "pc:"),
    /** The link register of arm64 and arm: the return address of the innermost function. */
    ARM_LR(
            "arm64 and arm link register",
            PcRule.RETURN,
            Where.LEAD,
            "[   12.345678] lr : test_hw_io+0x40/0x58",
            "lr :",
            "LR is at",
            "LR:",
            "lr:"),
    /** The next instruction pointer of powerpc. */
    POWERPC_NIP(
            "powerpc next instruction pointer",
            PcRule.EXACT,
            Where.LEAD,
            "[   12.345678] NIP [c0000000000286fc] __switch_to+0x43c/0x6d0",
            "NIP",
            "NIP:",
            "LOCKUP @"),
    /** The link register of powerpc. */
    POWERPC_LR(
            "powerpc link register",
            PcRule.RETURN,
            Where.LEAD,
            "[   12.345678] LR [c0000000000286f0] __switch_to+0x430/0x6d0",
            "LR",
            "LR =",
            "LR =>"),
    /** The interrupted instruction in powerpc's call traces. */
    POWERPC_INTERRUPT(
            "powerpc interrupt frame",
            PcRule.EXACT,
            Where.LEAD,
            "[   12.345678] --- interrupt: 900 at plpar_hcall_norets+0x1c/0x28",
            "^--- interrupt:",
            "^--- Exception:"),
    /** The exception program counter of riscv and mips. */
    EPC(
            "riscv and mips exception program counter",
            PcRule.EXACT,
            Where.LEAD,
            "[   12.345678] epc : io_ring_exit_work+0x44c/0xbc0",
            "epc :",
            "epc:",
            "EPC:"),
    /** sparc's registers. A call saves its own address, not the address after it. */
    SPARC(
            "sparc registers: the program counter, and the addresses of calls",
            PcRule.EXACT,
            Where.LEAD,
            "[   12.345678] I7: <tl0_fill+0x64/0x80>",
            "TPC:",
            "RPC:",
            "I7:",
            "O7:",
            "TPC[",
            "RPC[",
            "I7[",
            "O7[",
            "^unaligned access at TPC[",
            "^Caller["),
    /** The register with the return address: riscv, mips, loongarch, parisc, arc, sh. */
    RETURN_ADDRESS(
            "return address register: riscv, mips, loongarch and others",
            PcRule.RETURN,
            Where.LEAD,
            "[   12.345678]  ra : io_ring_exit_work+0x44c/0xbc0",
            "ra :",
            "ra:",
            "ra is at",
            "RP(r2):",
            "BLINK:",
            "BLINK ]:",
            "PR is at"),
    /** The program counter of loongarch, parisc and others. */
    PROGRAM_COUNTER(
            "program counter: loongarch, parisc, arc and others",
            PcRule.EXACT,
            Where.LEAD,
            "[   12.345678]  ERA: 9000000000223b10 copy_page+0x10/0x80",
            "ERA:",
            "era :",
            "IAOQ[0]:",
            "IAOQ[1]:",
            "ERET:",
            "ERET ]:"),
    /** The program status word of s390. */
    S390_PSW(
            "s390 program status word",
            PcRule.EXACT,
            Where.LEAD,
            "[   12.345678] Krnl PSW : 0704c00180000000 00000000001264f4 (show_stack+0x2c/0xd0)",
            "PSW :",
            "PSW:"),

    // Kernel logs: kernels without CONFIG_KALLSYMS print addresses only.
    /** A program counter without a symbol. */
    PROGRAM_COUNTER_ADDRESS(
            "program counter without a symbol",
            PcRule.EXACT,
            Where.LINE,
            "[   12.345678] epc   : 803cf5a4 0x803cf5a4",
            "epc : {skip-hex} {0x}{module?}",
            "epc : {0x}{module?}",
            "pc : {0x}{module?}",
            "PC is at {0x}{module?}",
            "NIP [{skip-hex}] {0x}{module?}",
            "ERA: {skip-hex} {0x}{module?}",
            "EIP: {0x}{module?}",
            "EIP: 0060:{0x}{module?}"),
    /** A register with the return address without a symbol. */
    RETURN_ADDRESS_ADDRESS(
            "return address register without a symbol",
            PcRule.RETURN,
            Where.LINE,
            "[   12.345678] ra    : 83178634 0x83178634 [mt76_usb@83178000+0x2290]",
            "ra : {skip-hex} {0x}{module?}",
            "ra : {0x}{module?}",
            "ra: {skip-hex} {0x}{module?}",
            "lr : {0x}{module?}",
            "LR is at {0x}{module?}",
            "LR [{skip-hex}] {0x}{module?}"),
    /** powerpc's registers: the first frame is exact, the second is a return address. */
    POWERPC_REGISTERS(
            "powerpc registers",
            PcRule.RETURN,
            Where.LINE,
            "[   12.345678] NIP:  c0000000000286fc LR: c0000000000286f0 CTR: 0000000000000000",
            "NIP: {hex}{;} LR: {hex} {rest}"),
    /** The place of a {@code WARN} without a symbol. */
    WARNING_ADDRESS(
            "where a WARN is, without a symbol",
            PcRule.EXACT,
            Where.LINE,
            "[   12.345678] WARNING: CPU: 0 PID: 0 at net/mac80211/rate.c:677 0x8161e700 [mac80211@81604000+0x7cdb0]",
            "WARNING: CPU: {number} PID: {number} at {word} {0x}{module?}",
            "WARNING: CPU: {number} PID: {number} at {word} {0x}(){module?}",
            "WARNING: at {word} {0x}{module?}",
            "WARNING: at {word} {0x}(){module?}"),

    // Kernel logs: places in messages.
    /** The place of a {@code WARN}: the instruction that traps, or on some architectures a return address. */
    WARNING(
            "where a WARN is",
            PcRule.EXACT,
            Where.LEAD,
            "[   12.345678] WARNING: CPU: 0 PID: 337 at net/mptcp/protocol.c:68 mptcp_stream_accept+0x154/0x1c0",
            "^WARNING: CPU:",
            "^WARNING: at"),
    /** The place of a {@code WARN} before 4.5: a return address on all architectures that print it. */
    WARNING_CALL(
            "where a WARN of an older kernel is",
            PcRule.RETURN,
            Where.IN_CODE,
            "[   12.345678] WARNING: at net/core/skbuff.c:100 skb_push+0x4c/0x60()"),
    /** Other places that messages name: the instruction that trapped or was interrupted, or a label in the code. */
    MESSAGE(
            "where an instruction trapped or was interrupted, or a check failed",
            PcRule.EXACT,
            Where.LEAD,
            "[   12.345678] NMI backtrace for cpu 1 skipped: idling at native_safe_halt+0xb/0x10",
            "idling at",
            "Kernel BUG at",
            "CFI failure at",
            "hyp CFI failure at:",
            "hyp panic at:",
            "hyp BUG at:",
            "corruption detected at",
            "CRC error detected at",
            "metadata I/O error in \"",
            "target:"),
    /** The access that KFENCE caught. KFENCE uses page faults, so the address is the instruction. */
    KFENCE(
            "where KFENCE caught an access: a page fault",
            PcRule.EXACT,
            Where.LEAD,
            "[   12.345678] BUG: KFENCE: use-after-free read in test_read+0xa8/0x150",
            "^BUG: KFENCE: use-after-free",
            "^BUG: KFENCE: out-of-bounds",
            "^BUG: KFENCE: invalid read",
            "^BUG: KFENCE: invalid write"),
    /** The access that KASAN caught by its tags on arm64: the CPU traps there. */
    KASAN_TAGS(
            "where KASAN found a wrong tag: a trap",
            PcRule.EXACT,
            Where.LEAD,
            "[   12.345678] BUG: KASAN: invalid-access in ip6_xmit+0xa8d/0xb50",
            "^BUG: KASAN: invalid-access"),
    /** An access reported by KASAN, KCSAN or KMSAN: the return address of a call inserted by the compiler. */
    KASAN(
            "where a sanitizer complains: the access is before the return address",
            PcRule.RETURN,
            Where.LEAD,
            "[   12.345678] BUG: KASAN: slab-out-of-bounds in ip6_xmit+0xa8d/0xb50",
            "^BUG: KASAN:",
            "^BUG: KCSAN:",
            "^BUG: KMSAN:",
            "^BUG: KFENCE:"),
    /** lockdep: where a lock was taken, or interrupts were switched. */
    LOCKDEP(
            "where a lock was taken, or interrupts were switched",
            PcRule.RETURN,
            Where.LEAD,
            " #0: ffff8880a1b2c3d8 (slock-AF_INET/1){+.-.}-{2:2}, at: tcp_v4_rcv+0x1677/0x1890",
            "at:",
            "^hardirqs last",
            "^softirqs last"),
    /** Where a packet was dropped: tracepoint {@code skb:kfree_skb}. */
    KFREE_SKB(
            "where a packet was dropped: tracepoint skb:kfree_skb",
            PcRule.RETURN,
            Where.LEAD,
            "skbaddr=00000000d9b0c4b3 protocol=2048 location=tcp_v4_rcv+0x157/0x1630 reason: NO_SOCKET",
            "location=",
            "drop at:",
            "drops at"),
    /** dropwatch: where packets were dropped. */
    KFREE_SKB_DECIMAL(
            "dropwatch",
            PcRule.RETURN,
            Where.LINE,
            "1 drops at tcp_v4_rcv+50 (0xffffffff8e9af9a5) [software]",
            "{number} drops at {any} ({0x}){rest}",
            "{number} drops at location {0x}{rest}"),
    /** The function in which a kprobe event was hit. */
    KPROBE_EVENT(
            "where a kprobe event was hit",
            PcRule.EXACT,
            Where.IN_CODE,
            "python3-212     [001] ..s1.    27.034691: rst_v4: (tcp_v4_send_reset+0x0/0x830) sk=0x0"),
    /** The caller and the function of a kretprobe event. */
    KRETPROBE_EVENT(
            "the caller and the function of a kretprobe event",
            PcRule.RETURN,
            Where.IN_CODE,
            "python3-212     [001] ..s1.    27.034691: rst_ret: (tcp_v4_rcv+0x99b/0xee0 <- tcp_v4_send_reset)"),
    /** Words of a stack that x86's frame pointer unwinder prints when it fails, whatever they are. */
    STACK_WORD(
            "x86 words of a stack that cannot be unwound",
            PcRule.RETURN,
            Where.IN_CODE,
            "[   12.345678] ffff880019a05d50: ffffffff818448e2 (ip_protocol_deliver_rcu+0x32/0x210)"),
    /** arm: functions that kallsyms does not know. */
    ARM_ENTERED(
            "arm, functions that kallsyms does not know",
            PcRule.RETURN,
            Where.LINE,
            "[   12.345678] Function entered at [<c0101234>] from [<c0105678>]",
            "Function entered at [<{hex}>]{;} from [<{hex}>]",
            "Function entered at [<{hex}>] ({symbol}){;} from [<{hex}>] ({function})"),

    // Kernel logs: call traces, the general forms last.
    /** arm's call trace: a function and its caller. */
    ARM_CALL_TRACE(
            "arm call trace",
            PcRule.RETURN,
            Where.LINE,
            "[   12.345678]  unwind_backtrace from show_stack+0x18/0x1c",
            "{symbol}{module?}{;} from {sized}{module?}",
            "{sized}{module?}{;} from {sized}{module?}",
            "[<{hex}>] ({symbol}{module?}){;} from [<{hex}>] ({sized}{module?})",
            "[<{hex}>] ({sized}{module?}){;} from [<{hex}>] ({sized}{module?})"),
    /** The call trace of powerpc and sparc, with the address of the stack frame. */
    POWERPC_CALL_TRACE(
            "powerpc and sparc call trace",
            PcRule.RETURN,
            Where.LINE,
            "[   12.345678] [c000000049a87710] [c0000000000286fc] __switch_to+0x43c/0x6d0 (unreliable)",
            "[{skip-hex}] [{hex}] {sized}{module?}{marks?}",
            "[{skip-hex}] [{hex}] {0x}{module?}{marks?}",
            "[{hex}] {sized}{module?}{marks?}"),
    /** s390's call trace. Parentheses mark an unreliable frame. */
    S390_CALL_TRACE(
            "s390 call trace",
            PcRule.RETURN,
            Where.LINE,
            "[   12.345678] ([<000000000012fb8a>] show_stack+0x8a/0xe0)",
            "([<{hex}>] {sized}{module?})",
            "([<{hex}>] {sized}){module?}"),
    /**
     * The hypervisor's own call trace: R is its program counter, F a return address from a frame pointer, S a word of
     * the stack.
     */
    XEN(
            "Xen's own call trace",
            PcRule.RETURN,
            Where.LINE,
            "(XEN)    [<ffff82d080240f5a>] S vmx_vmenter_helper+0x1a/0x2b0",
            "{xen}[<{hex}>] {letter} {sized}",
            "{xen}[<{hex}>] {letter} {0x}"),
    /** A call trace with addresses: kernels before 4.10, {@code /proc/PID/stack}, mips, arm. */
    BRACKETED(
            "call trace with addresses: kernels before 4.10, /proc/PID/stack, mips, arm",
            PcRule.RETURN,
            Where.ANYWHERE,
            " [<ffffffff810c7c2b>] ? kvm_wait+0xbb/0xe0",
            "[<{hex}>] {?}{sized}{module?}{marks?}",
            "[<{hex}>] {?}:{word:}:{sized}",
            "[<{hex}>] ({sized}{module?})",
            "[<{hex}>] [<{hex}>] {?}{sized}{module?}",
            "[<{hex}>] {?}{0x}{module?}",
            "[<{hex}>] {symbol}{module?}{end}",
            "[<{hex}>] {symbol}{module?} threaded",
            "[<{hex}>] ({symbol}{module?})",
            "[<{hex}>]"),
    /** The call trace of 2.6 kernels on x86-64, with decimal offsets. */
    ANCIENT(
            "x86-64 call trace of 2.6 kernels",
            PcRule.RETURN,
            Where.ANYWHERE,
            "       <ffffffff80130a44>{try_to_wake_up+65} <ffffffff80130b12>{default_wake_function+12}",
            "<{hex}>{open}{decimal}{close}",
            "<{hex}>{open}:{word:}:{decimal}{close}"),
    /** A call trace of current kernels. */
    CALL_TRACE(
            "call trace",
            PcRule.RETURN,
            Where.ANYWHERE,
            "[   30.988938]  tcp_v4_rcv+0x99b/0xee0",
            "{sized}{module?}{marks?}{address?}");

    /** Where in a line a shape is matched. */
    enum Where {
        /** The whole line, without log prefixes and indentation. */
        LINE,
        /** Anywhere in a line. */
        ANYWHERE,
        /**
         * Directly before a frame, or with {@code ^} anywhere before it. The text tells the kind of the
         * address.
         */
        LEAD,
        /** No shapes: {@link TraceReader} recognises these frames by the text on both sides. */
        IN_CODE
    }

    /** The kind of address of a notation's frames. An offset of 0 is exact in all notations. */
    enum PcRule {
        EXACT,
        RETURN,
        /** The first frame of a backtrace is the probe point, the others are return addresses. */
        FIRST_EXACT,
        /** The first frame is the probe point, unless the probe is a tracepoint: then all are return addresses. */
        FIRST_OF_PROBE
    }

    private final String title;
    private final PcRule pcRule;
    private final Where where;
    private final String sample;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable.
    private final List<String> shapes;

    Notation(String title, PcRule pcRule, Where where, String sample, String... shapes) {
        this.title = title;
        this.pcRule = pcRule;
        this.where = where;
        this.sample = sample;
        this.shapes = List.of(shapes);
    }

    /** {@return the tool or architecture that prints this notation, in a few words} */
    public String title() {
        return title;
    }

    /** {@return a line with a frame in this notation} */
    public String sample() {
        return sample;
    }

    PcRule pcRule() {
        return pcRule;
    }

    Where where() {
        return where;
    }

    List<String> shapes() {
        return shapes;
    }
}
