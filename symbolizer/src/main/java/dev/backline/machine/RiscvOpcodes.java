package dev.backline.machine;

/**
 * The scalar instructions of riscv. An alias stands before its general instruction. Source: the unprivileged and
 * privileged ISA manuals and the manuals of the extensions.
 *
 * <p>A line has the name, {@code opcode.funct3} in hex, fixed fields, the operands after a colon, and, where the
 * instruction touches memory, the access after a second colon: {@code r}, {@code w}, {@code a} (both) or {@code n} (none)
 * with the size in bytes. Fields: see {@link RiscvTable}; operands: see {@link RiscvText}. {@code *} in a name stands for
 * the ordering of an atomic instruction, {@code =} for equal source registers, {@code ==} for three equal registers,
 * {@code A2} for an even target, {@code A2t} for an even target and an even second source.
 */
final class RiscvOpcodes {
    static final String BASE = """
            lui 37 :d,u
            auipc 17 :d,u
            j 6f d=0 :a
            jal 6f d=1 :a
            jal 6f :d,a
            ret 67.0 d=0 s=1 i=0
            jr 67.0 d=0 i=0 :s
            jr 67.0 d=0 :o(s)
            jalr 67.0 d=1 i=0 :s
            jalr 67.0 d=1 :o(s)
            jalr 67.0 i=0 :d,s
            jalr 67.0 :d,o(s)
            beqz 63.0 t=0 :s,p
            beq 63.0 :s,t,p
            bnez 63.1 t=0 :s,p
            bne 63.1 :s,t,p
            bltz 63.4 t=0 :s,p
            bgtz 63.4 s=0 :t,p
            blt 63.4 :s,t,p
            blez 63.5 s=0 :t,p
            bgez 63.5 t=0 :s,p
            bge 63.5 :s,t,p
            bltu 63.6 :s,t,p
            bgeu 63.7 :s,t,p
            lb 03.0 :d,o(s) :r1
            lh 03.1 :d,o(s) :r2
            lw 03.2 :d,o(s) :r4
            ld 03.3 :d,o(s) :r8
            lbu 03.4 :d,o(s) :r1
            lhu 03.5 :d,o(s) :r2
            lwu 03.6 :d,o(s) :r4
            sb 23.0 :t,q(s) :w1
            sh 23.1 :t,q(s) :w2
            sw 23.2 :t,q(s) :w4
            sd 23.3 :t,q(s) :w8
            nop 13.0 d=0 s=0 i=0
            li 13.0 s=0 :d,j
            mv 13.0 i=0 :d,s
            addi 13.0 :d,s,j
            slli 13.1 6=0 :d,s,>
            clz 13.1 i=600 :d,s
            ctz 13.1 i=601 :d,s
            cpop 13.1 i=602 :d,s
            sext.b 13.1 i=604 :d,s
            sext.h 13.1 i=605 :d,s
            bclri 13.1 6=12 :d,s,>
            bseti 13.1 6=a :d,s,>
            binvi 13.1 6=1a :d,s,>
            sha256sum0 13.1 i=100 :d,s
            sha256sum1 13.1 i=101 :d,s
            sha256sig0 13.1 i=102 :d,s
            sha256sig1 13.1 i=103 :d,s
            sha512sum0 13.1 i=104 :d,s
            sha512sum1 13.1 i=105 :d,s
            sha512sig0 13.1 i=106 :d,s
            sha512sig1 13.1 i=107 :d,s
            sm3p0 13.1 i=108 :d,s
            sm3p1 13.1 i=109 :d,s
            aes64im 13.1 i=300 :d,s
            aes64ks1i 13.1 8=31 :d,s,k
            slti 13.2 :d,s,j
            seqz 13.3 i=1 :d,s
            sltiu 13.3 :d,s,j
            not 13.4 i=fff :d,s
            xori 13.4 :d,s,j
            srli 13.5 6=0 :d,s,>
            srai 13.5 6=10 :d,s,>
            bexti 13.5 6=12 :d,s,>
            rori 13.5 6=18 :d,s,>
            rev8 13.5 i=6b8 :d,s
            orc.b 13.5 i=287 :d,s
            brev8 13.5 i=687 :d,s
            prefetch.i 13.6 d=0 t=0 :h(s) :n0
            prefetch.r 13.6 d=0 t=1 :h(s) :n0
            prefetch.w 13.6 d=0 t=3 :h(s) :n0
            ori 13.6 :d,s,j
            andi 13.7 :d,s,j
            sext.w 1b.0 i=0 :d,s
            addiw 1b.0 :d,s,j
            slliw 1b.1 7=0 :d,s,<
            slli.uw 1b.1 6=2 :d,s,>
            clzw 1b.1 i=600 :d,s
            ctzw 1b.1 i=601 :d,s
            cpopw 1b.1 i=602 :d,s
            srliw 1b.5 7=0 :d,s,<
            sraiw 1b.5 7=20 :d,s,<
            roriw 1b.5 7=30 :d,s,<
            add 33.0 7=0 :d,s,t
            neg 33.0 7=20 s=0 :d,t
            sub 33.0 7=20 :d,s,t
            sll 33.1 7=0 :d,s,t
            sltz 33.2 7=0 t=0 :d,s
            sgtz 33.2 7=0 s=0 :d,t
            slt 33.2 7=0 :d,s,t
            snez 33.3 7=0 s=0 :d,t
            sltu 33.3 7=0 :d,s,t
            xor 33.4 7=0 :d,s,t
            srl 33.5 7=0 :d,s,t
            sra 33.5 7=20 :d,s,t
            or 33.6 7=0 :d,s,t
            and 33.7 7=0 :d,s,t
            mul 33.0 7=1 :d,s,t
            mulh 33.1 7=1 :d,s,t
            mulhsu 33.2 7=1 :d,s,t
            mulhu 33.3 7=1 :d,s,t
            div 33.4 7=1 :d,s,t
            divu 33.5 7=1 :d,s,t
            rem 33.6 7=1 :d,s,t
            remu 33.7 7=1 :d,s,t
            sh1add 33.2 7=10 :d,s,t
            sh2add 33.4 7=10 :d,s,t
            sh3add 33.6 7=10 :d,s,t
            andn 33.7 7=20 :d,s,t
            orn 33.6 7=20 :d,s,t
            xnor 33.4 7=20 :d,s,t
            clmul 33.1 7=5 :d,s,t
            clmulr 33.2 7=5 :d,s,t
            clmulh 33.3 7=5 :d,s,t
            min 33.4 7=5 :d,s,t
            minu 33.5 7=5 :d,s,t
            max 33.6 7=5 :d,s,t
            maxu 33.7 7=5 :d,s,t
            rol 33.1 7=30 :d,s,t
            ror 33.5 7=30 :d,s,t
            bclr 33.1 7=24 :d,s,t
            bext 33.5 7=24 :d,s,t
            bset 33.1 7=14 :d,s,t
            binv 33.1 7=34 :d,s,t
            pack 33.4 7=4 :d,s,t
            packh 33.7 7=4 :d,s,t
            xperm4 33.2 7=14 :d,s,t
            xperm8 33.4 7=14 :d,s,t
            czero.eqz 33.5 7=7 :d,s,t
            czero.nez 33.7 7=7 :d,s,t
            aes64es 33.0 7=19 :d,s,t
            aes64esm 33.0 7=1b :d,s,t
            aes64ds 33.0 7=1d :d,s,t
            aes64dsm 33.0 7=1f :d,s,t
            aes64ks2 33.0 7=3f :d,s,t
            sm4ed 33.0 l=18 :d,s,t,b
            sm4ks 33.0 l=1a :d,s,t,b
            addw 3b.0 7=0 :d,s,t
            negw 3b.0 7=20 s=0 :d,t
            subw 3b.0 7=20 :d,s,t
            sllw 3b.1 7=0 :d,s,t
            srlw 3b.5 7=0 :d,s,t
            sraw 3b.5 7=20 :d,s,t
            mulw 3b.0 7=1 :d,s,t
            divw 3b.4 7=1 :d,s,t
            divuw 3b.5 7=1 :d,s,t
            remw 3b.6 7=1 :d,s,t
            remuw 3b.7 7=1 :d,s,t
            zext.w 3b.0 7=4 t=0 :d,s
            add.uw 3b.0 7=4 :d,s,t
            zext.h 3b.4 7=4 t=0 :d,s
            packw 3b.4 7=4 :d,s,t
            sh1add.uw 3b.2 7=10 :d,s,t
            sh2add.uw 3b.4 7=10 :d,s,t
            sh3add.uw 3b.6 7=10 :d,s,t
            rolw 3b.1 7=30 :d,s,t
            rorw 3b.5 7=30 :d,s,t
            """;

    static final String SYSTEM = """
            pause 0f.0 i=010 d=0 s=0
            fence.tso 0f.0 i=833 d=0 s=0
            fence 0f.0 i=0ff d=0 s=0
            fence 0f.0 x=0 d=0 s=0 :P,Q
            fence.i 0f.1 i=0 d=0 s=0
            cbo.inval 0f.2 i=0 d=0 :(s) :a0
            cbo.clean 0f.2 i=1 d=0 :(s) :a0
            cbo.flush 0f.2 i=2 d=0 :(s) :a0
            cbo.zero 0f.2 i=4 d=0 :(s) :w0
            ecall 73.0 i=0 d=0 s=0
            ebreak 73.0 i=1 d=0 s=0
            sret 73.0 i=102 d=0 s=0
            mret 73.0 i=302 d=0 s=0
            dret 73.0 i=7b2 d=0 s=0
            wfi 73.0 i=105 d=0 s=0
            wrs.nto 73.0 i=00d d=0 s=0
            wrs.sto 73.0 i=01d d=0 s=0
            sfence.vma 73.0 7=9 d=0 s=0 t=0
            sfence.vma 73.0 7=9 d=0 t=0 :s
            sfence.vma 73.0 7=9 d=0 :s,t
            sinval.vma 73.0 7=b d=0 :s,t
            sfence.w.inval 73.0 i=180 d=0 s=0
            sfence.inval.ir 73.0 i=181 d=0 s=0
            hfence.vvma 73.0 7=11 d=0 s=0 t=0
            hfence.vvma 73.0 7=11 d=0 t=0 :s
            hfence.vvma 73.0 7=11 d=0 :s,t
            hfence.gvma 73.0 7=31 d=0 s=0 t=0
            hfence.gvma 73.0 7=31 d=0 t=0 :s
            hfence.gvma 73.0 7=31 d=0 :s,t
            hinval.vvma 73.0 7=13 d=0 :s,t
            hinval.gvma 73.0 7=33 d=0 :s,t
            hlv.b 73.4 i=600 :d,(s) :r1
            hlv.bu 73.4 i=601 :d,(s) :r1
            hlv.h 73.4 i=640 :d,(s) :r2
            hlv.hu 73.4 i=641 :d,(s) :r2
            hlvx.hu 73.4 i=643 :d,(s) :r2
            hlv.w 73.4 i=680 :d,(s) :r4
            hlv.wu 73.4 i=681 :d,(s) :r4
            hlvx.wu 73.4 i=683 :d,(s) :r4
            hlv.d 73.4 i=6c0 :d,(s) :r8
            hsv.b 73.4 7=31 d=0 :t,(s) :w1
            hsv.h 73.4 7=33 d=0 :t,(s) :w2
            hsv.w 73.4 7=35 d=0 :t,(s) :w4
            hsv.d 73.4 7=37 d=0 :t,(s) :w8
            unimp 73.1 i=c00 d=0 s=0
            fscsr 73.1 i=3 d=0 :s
            fscsr 73.1 i=3 :d,s
            fsrm 73.1 i=2 d=0 :s
            fsrm 73.1 i=2 :d,s
            fsflags 73.1 i=1 d=0 :s
            fsflags 73.1 i=1 :d,s
            csrw 73.1 d=0 :E,s
            csrrw 73.1 :d,E,s
            rdcycle 73.2 i=c00 s=0 :d
            rdtime 73.2 i=c01 s=0 :d
            rdinstret 73.2 i=c02 s=0 :d
            frcsr 73.2 i=3 s=0 :d
            frrm 73.2 i=2 s=0 :d
            frflags 73.2 i=1 s=0 :d
            csrr 73.2 s=0 :d,E
            csrs 73.2 d=0 :E,s
            csrrs 73.2 :d,E,s
            csrc 73.3 d=0 :E,s
            csrrc 73.3 :d,E,s
            fsrmi 73.5 i=2 d=0 :Z
            fsrmi 73.5 i=2 :d,Z
            fsflagsi 73.5 i=1 d=0 :Z
            fsflagsi 73.5 i=1 :d,Z
            csrwi 73.5 d=0 :E,Z
            csrrwi 73.5 :d,E,Z
            csrsi 73.6 d=0 :E,Z
            csrrsi 73.6 :d,E,Z
            csrci 73.7 d=0 :E,Z
            csrrci 73.7 :d,E,Z
            amoadd.b* 2f.0 5=0 :d,t,(s) :a1
            amoswap.b* 2f.0 5=1 :d,t,(s) :a1
            amoxor.b* 2f.0 5=4 :d,t,(s) :a1
            amocas.b* 2f.0 5=5 :d,t,(s) :a1
            amoor.b* 2f.0 5=8 :d,t,(s) :a1
            amoand.b* 2f.0 5=c :d,t,(s) :a1
            amomin.b* 2f.0 5=10 :d,t,(s) :a1
            amomax.b* 2f.0 5=14 :d,t,(s) :a1
            amominu.b* 2f.0 5=18 :d,t,(s) :a1
            amomaxu.b* 2f.0 5=1c :d,t,(s) :a1
            amoadd.h* 2f.1 5=0 :d,t,(s) :a2
            amoswap.h* 2f.1 5=1 :d,t,(s) :a2
            amoxor.h* 2f.1 5=4 :d,t,(s) :a2
            amocas.h* 2f.1 5=5 :d,t,(s) :a2
            amoor.h* 2f.1 5=8 :d,t,(s) :a2
            amoand.h* 2f.1 5=c :d,t,(s) :a2
            amomin.h* 2f.1 5=10 :d,t,(s) :a2
            amomax.h* 2f.1 5=14 :d,t,(s) :a2
            amominu.h* 2f.1 5=18 :d,t,(s) :a2
            amomaxu.h* 2f.1 5=1c :d,t,(s) :a2
            amoadd.w* 2f.2 5=0 :d,t,(s) :a4
            amoswap.w* 2f.2 5=1 :d,t,(s) :a4
            lr.w* 2f.2 5=2 t=0 :d,(s) :r4
            sc.w* 2f.2 5=3 :d,t,(s) :w4
            amoxor.w* 2f.2 5=4 :d,t,(s) :a4
            amocas.w* 2f.2 5=5 :d,t,(s) :a4
            amoor.w* 2f.2 5=8 :d,t,(s) :a4
            amoand.w* 2f.2 5=c :d,t,(s) :a4
            amomin.w* 2f.2 5=10 :d,t,(s) :a4
            amomax.w* 2f.2 5=14 :d,t,(s) :a4
            amominu.w* 2f.2 5=18 :d,t,(s) :a4
            amomaxu.w* 2f.2 5=1c :d,t,(s) :a4
            amoadd.d* 2f.3 5=0 :d,t,(s) :a8
            amoswap.d* 2f.3 5=1 :d,t,(s) :a8
            lr.d* 2f.3 5=2 t=0 :d,(s) :r8
            sc.d* 2f.3 5=3 :d,t,(s) :w8
            amoxor.d* 2f.3 5=4 :d,t,(s) :a8
            amocas.d* 2f.3 5=5 :d,t,(s) :a8
            amoor.d* 2f.3 5=8 :d,t,(s) :a8
            amoand.d* 2f.3 5=c :d,t,(s) :a8
            amomin.d* 2f.3 5=10 :d,t,(s) :a8
            amomax.d* 2f.3 5=14 :d,t,(s) :a8
            amominu.d* 2f.3 5=18 :d,t,(s) :a8
            amomaxu.d* 2f.3 5=1c :d,t,(s) :a8
            amocas.q* 2f.4 5=5 A2t :d,t,(s) :a16
            """;

    /** For each precision: {@code @} stands for its letter, {@code #} for its number in the fmt field. */
    static final String FLOATING = """
            fmadd.@ 43 f=# :D,S,T,Rm
            fmsub.@ 47 f=# :D,S,T,Rm
            fnmsub.@ 4b f=# :D,S,T,Rm
            fnmadd.@ 4f f=# :D,S,T,Rm
            fadd.@ 53 5=0 f=# :D,S,Tm
            fsub.@ 53 5=1 f=# :D,S,Tm
            fmul.@ 53 5=2 f=# :D,S,Tm
            fdiv.@ 53 5=3 f=# :D,S,Tm
            fsqrt.@ 53 5=b f=# t=0 :D,Sm
            fmv.@ 53.0 5=4 f=# = :D,S
            fsgnj.@ 53.0 5=4 f=# :D,S,T
            fneg.@ 53.1 5=4 f=# = :D,S
            fsgnjn.@ 53.1 5=4 f=# :D,S,T
            fabs.@ 53.2 5=4 f=# = :D,S
            fsgnjx.@ 53.2 5=4 f=# :D,S,T
            fmin.@ 53.0 5=5 f=# :D,S,T
            fmax.@ 53.1 5=5 f=# :D,S,T
            fle.@ 53.0 5=14 f=# :d,S,T
            flt.@ 53.1 5=14 f=# :d,S,T
            feq.@ 53.2 5=14 f=# :d,S,T
            fcvt.w.@ 53 5=18 f=# t=0 :d,Sm
            fcvt.wu.@ 53 5=18 f=# t=1 :d,Sm
            fcvt.l.@ 53 5=18 f=# t=2 :d,Sm
            fcvt.lu.@ 53 5=18 f=# t=3 :d,Sm
            fclass.@ 53.1 5=1c f=# t=0 :d,S
            """;

    static final String FLOATING_OTHERS = """
            flh 07.1 :D,o(s) :r2
            flw 07.2 :D,o(s) :r4
            fld 07.3 :D,o(s) :r8
            fsh 27.1 :T,q(s) :w2
            fsw 27.2 :T,q(s) :w4
            fsd 27.3 :T,q(s) :w8
            fcvt.s.w 53 7=68 t=0 :D,sm
            fcvt.s.wu 53 7=68 t=1 :D,sm
            fcvt.s.l 53 7=68 t=2 :D,sm
            fcvt.s.lu 53 7=68 t=3 :D,sm
            fcvt.h.w 53 7=6a t=0 :D,sm
            fcvt.h.wu 53 7=6a t=1 :D,sm
            fcvt.h.l 53 7=6a t=2 :D,sm
            fcvt.h.lu 53 7=6a t=3 :D,sm
            fcvt.d.w 53 7=69 t=0 :D,sn
            fcvt.d.wu 53 7=69 t=1 :D,sn
            fcvt.d.l 53 7=69 t=2 :D,sm
            fcvt.d.lu 53 7=69 t=3 :D,sm
            fcvt.s.d 53 7=20 t=1 :D,Sm
            fcvt.d.s 53 7=21 t=0 :D,Sn
            fcvt.h.s 53 7=22 t=0 :D,Sm
            fcvt.s.h 53 7=20 t=2 :D,Sn
            fcvt.d.h 53 7=21 t=2 :D,Sn
            fcvt.h.d 53 7=22 t=1 :D,Sm
            fmv.x.w 53.0 7=70 t=0 :d,S
            fmv.w.x 53.0 7=78 t=0 :D,s
            fmv.x.d 53.0 7=71 t=0 :d,S
            fmv.d.x 53.0 7=79 t=0 :D,s
            fmv.x.h 53.0 7=72 t=0 :d,S
            fmv.h.x 53.0 7=7a t=0 :D,s
            """;

    private RiscvOpcodes() {}
}
