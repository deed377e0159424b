package dev.backline.machine;

import org.jspecify.annotations.Nullable;

/** The names of riscv's control and status registers. Source: the privileged ISA manual and its extensions. */
final class RiscvControlRegisters {
    /** A number and a name, or the names of several: the last number, and the step if it is not 1. */
    private static final String ALL = """
            001=fflags 002=frm 003=fcsr 008=vstart 009=vxsat 00a=vxrm 00f=vcsr 011=ssp 015=seed 017=jvt 100=sstatus
            104=sie 105=stvec 106=scounteren 10a=senvcfg 10c=sstateen0-3 120=scountinhibit 140=sscratch 141=sepc
            142=scause 143=stval 144=sip 14d=stimecmp 150=siselect 151=sireg 152=sireg2 153=sireg3 155=sireg4
            156=sireg5 157=sireg6 15c=stopei 180=satp 181=srmcfg 200=vsstatus 204=vsie 205=vstvec 240=vsscratch
            241=vsepc 242=vscause 243=vstval 244=vsip 24d=vstimecmp 250=vsiselect 251=vsireg 252=vsireg2 253=vsireg3
            255=vsireg4 256=vsireg5 257=vsireg6 25c=vstopei 280=vsatp 300=mstatus 301=misa 302=medeleg 303=mideleg
            304=mie 305=mtvec 306=mcounteren 308=mvien 309=mvip 30a=menvcfg 30c=mstateen0-3 320=mcountinhibit
            323=mhpmevent3-31 340=mscratch 341=mepc 342=mcause 343=mtval 344=mip 34a=mtinst 34b=mtval2 350=miselect
            351=mireg 352=mireg2 353=mireg3 355=mireg4 356=mireg5 357=mireg6 35c=mtopei 3a0=pmpcfg0-14/2
            3b0=pmpaddr0-63 5a8=scontext 600=hstatus 602=hedeleg 603=hideleg 604=hie 605=htimedelta 606=hcounteren
            607=hgeie 608=hvien 609=hvictl 60a=henvcfg 60c=hstateen0-3 643=htval 644=hip 645=hvip 646=hviprio1
            647=hviprio2 64a=htinst 680=hgatp 6a8=hcontext 740=mnscratch 741=mnepc 742=mncause 744=mnstatus
            747=mseccfg 7a0=tselect 7a1=tdata1 7a2=tdata2 7a3=tdata3 7a8=mcontext 7b0=dcsr 7b1=dpc 7b2=dscratch0
            7b3=dscratch1 b00=mcycle b02=minstret b03=mhpmcounter3-31 c00=cycle c01=time c02=instret
            c03=hpmcounter3-31 c20=vl c21=vtype c22=vlenb da0=scountovf db0=stopi e12=hgeip eb0=vstopi f11=mvendorid
            f12=marchid f13=mimpid f14=mhartid f15=mconfigptr fb0=mtopi
            """;

    private static final @Nullable String[] NAMES = names();

    private RiscvControlRegisters() {}

    private static @Nullable String[] names() {
        @Nullable String[] names = new String[4096];
        for (String word : ALL.strip().split("\\s+", -1)) {
            int number = Integer.parseInt(word.substring(0, 3), 16);
            int dash = word.indexOf('-');
            if (dash < 0) {
                names[number] = word.substring(4);
                continue;
            }
            int digits = dash;
            while (Character.isDigit(word.charAt(digits - 1))) {
                digits--;
            }
            int slash = word.indexOf('/');
            int first = Integer.parseInt(word.substring(digits, dash));
            int last = Integer.parseInt(word.substring(dash + 1, slash < 0 ? word.length() : slash));
            for (int i = first; i <= last; i += slash < 0 ? 1 : 2) {
                names[number + i - first] = word.substring(4, digits) + i;
            }
        }
        return names;
    }

    /** {@return the name of a register, else its number in hex} */
    static String name(int number) {
        String name = NAMES[number];
        return name == null ? "0x" + Integer.toHexString(number) : name;
    }
}
