package dev.backline.machine;

/**
 * A64 words with their texts, written as assembler text, encoded with llvm-mc 19 and read back with GNU objdump 2.40.
 * After the bar stand base, index and scale ({@code s} and {@code z}: extended with and without sign), displacement, and
 * r, w, m (both) or n (neither) with the size of the access.
 */
final class Arm64Words {
    static final String ROWS = """
            aa0103e0 mov x0, x1
            910003fd mov x29, sp
            52800203 mov w3, #0x10
            92800002 mov x2, #0xffffffffffffffff
            b2009fe7 mov x7, #0xff00ff00ff00ff
            f2fbd5a1 movk x1, #0xdead, lsl #48
            91004020 add x0, x1, #0x10
            91400820 add x0, x1, #0x2, lsl #12
            d10143ff sub sp, sp, #0x50
            71001c7f cmp w3, #0x7
            b100041f cmn x0, #0x1
            8b22c820 add x0, x1, w2, sxtw #2
            8b226fe0 add x0, sp, x2, lsl #3
            cb820c20 sub x0, x1, x2, asr #3
            cb0103e0 neg x0, x1
            2a2103e0 mvn w0, w1
            f27d001f tst x0, #0x8
            9274cc20 and x0, x1, #0xfffffffffffff000
            d374cc20 lsl x0, x1, #12
            53057c20 lsr w0, w1, #5
            937ffc20 asr x0, x1, #63
            93c13420 ror x0, x1, #13
            93407c20 sxtw x0, w1
            53001c20 uxtb w0, w1
            d3431c20 ubfx x0, x1, #3, #5
            13022820 sbfx w0, w1, #2, #9
            b37c1c20 bfi x0, x1, #4, #8
            33042c20 bfxil w0, w1, #4, #8
            1a9f07e0 cset w0, ne
            da9f33e0 csetm x0, cs
            1a81a420 cinc w0, w1, lt
            da815420 cneg x0, x1, mi
            9a9f0020 csel x0, x1, xzr, eq
            fa5f1804 ccmp x0, #0x1f, #0x4, ne
            9b027c20 mul x0, x1, x2
            1b02fc20 mneg w0, w1, w2
            9b227c20 smull x0, w1, w2
            9bc27c20 umulh x0, x1, x2
            9ac20820 udiv x0, x1, x2
            9ac25c20 crc32cx w0, w1, x2
            5ac00420 rev16 w0, w1
            dac01020 clz x0, x1
            f9400020 ldr x0, [x1] | x1 0 r8
            f9415660 ldr x0, [x19, #680] | x19 680 r8
            b9400fe0 ldr w0, [sp, #12] | sp 12 r4
            39400420 ldrb w0, [x1, #1] | x1 1 r1
            b9800420 ldrsw x0, [x1, #4] | x1 4 r4
            79000c20 strh w0, [x1, #6] | x1 6 w2
            f900041f str xzr, [x0, #8] | x0 8 w8
            f85f8020 ldur x0, [x1, #-8] | x1 -8 r8
            381ff020 sturb w0, [x1, #-1] | x1 -1 w1
            f8410420 ldr x0, [x1], #16 | x1 0 r8
            f81f0c20 str x0, [x1, #-16]! | x1 -16 w8
            f8408820 ldtr x0, [x1, #8] | x1 8 r8
            38000820 sttrb w0, [x1] | x1 0 w1
            f8627820 ldr x0, [x1, x2, lsl #3] | x1+x2*8 0 r8
            b862d820 ldr w0, [x1, w2, sxtw #2] | x1+x2s*4 0 r4
            38624820 ldrb w0, [x1, w2, uxtw] | x1+x2z*1 0 r1
            f8226820 str x0, [x1, x2] | x1+x2*1 0 w8
            a8c37bfd ldp x29, x30, [sp], #48 | sp 0 r16
            a9bd7bfd stp x29, x30, [sp, #-48]! | sp -48 w16
            29410440 ldp w0, w1, [x2, #8] | x2 8 r8
            a8010440 stnp x0, x1, [x2, #16] | x2 16 w16
            69400440 ldpsw x0, x1, [x2] | x2 0 r8
            ad010400 stp q0, q1, [x0, #32] | x0 32 w32
            3dc00420 ldr q0, [x1, #16] | x1 16 r16
            fd000be8 str d8, [sp, #16] | sp 16 w8
            885f7c20 ldxr w0, [x1] | x1 0 r4
            c800fc41 stlxr w0, x1, [x2] | x2 0 w8
            c87f8440 ldaxp x0, x1, [x2] | x2 0 r16
            88dffc20 ldar w0, [x1] | x1 0 r4
            089ffc1f stlrb wzr, [x0] | x0 0 w1
            f8bfc020 ldapr x0, [x1] | x1 0 r8
            995fc020 ldapur w0, [x1, #-4] | x1 -4 r4
            c8a07c41 cas x0, x1, [x2] | x2 0 m8
            48207c82 casp x0, x1, x2, x3, [x4] | x4 0 m16
            b8e00041 ldaddal w0, w1, [x2] | x2 0 m4
            f820303f stset x0, [x1] | x1 0 m8
            38e08041 swpalb w0, w1, [x2] | x2 0 m1
            d9201420 stg x0, [x1], #16 | x1 0 w16
            f83fd040 ld64b x0, [x2] | x2 0 r64
            4cdf2000 ld1 {v0.16b-v3.16b}, [x0], #64 | x0 0 r64
            4c000820 st4 {v0.4s-v3.4s}, [x1] | x1 0 w64
            0d409040 ld1 {v0.s}[1], [x2] | x2 0 r4
            4d40cc40 ld1r {v0.2d}, [x2] | x2 0 r8
            f8201420 ldraa x0, [x1, #8] | x1 8 r8
            f9800000 prfm pldl1keep, [x0] | x0 0 n0
            f9802011 prfm pstl1strm, [x0, #64] | x0 64 n0
            d50b7e23 dc civac, x3 | x3 0 r0
            d50b7423 dc zva, x3 | x3 0 w0
            d50b7523 ic ivau, x3 | x3 0 r0
            d508711f ic ialluis
            d508831f tlbi vmalle1is
            d5088320 tlbi vae1is, x0
            d5087800 at s1e1r, x0
            d5384100 mrs x0, sp_el0
            d5182020 msr ttbr1_el1, x0
            d5381260 mrs x0, s3_0_c1_c2_3
            d5034fdf msr daifset, #0xf
            d50041bf msr spsel, #0x1
            d5033fdf isb
            d5033b9f dsb ish
            d50332bf dmb oshst
            d50330ff sb
            d503229f csdb
            d503221f esb
            d503203f yield
            d503201f nop
            d503255f hint #0x2a
            d503233f paciasp
            d50323bf autiasp
            d50320ff xpaclri
            d50324df bti jc
            dac10020 pacia x0, x1
            d5033f5f clrex
            d4210000 brk #0x800
            d4400020 hlt #0x1
            00000007 udf #7
            d4000001 svc #0x0
            d4000002 hvc #0x0
            d69f03e0 eret
            d65f03c0 ret
            d63f0020 blr x1
            d61f0200 br x16
            d65f0bff retaa
            9e670020 fmov d0, x1
            1e622820 fadd d0, d1, d2
            1e2e1000 fmov s0, #1.000000000000000000e+00
            1e620020 scvtf d0, w1
            4f00e420 movi v0.16b, #0x1
            6e221c20 eor v0.16b, v1.16b, v2.16b
            6f410420 ushr v0.2d, v1.2d, #63
            4e032020 tbl v0.16b, {v1.16b, v2.16b}, v3.16b
            6e014020 ext v0.16b, v1.16b, v1.16b, #8
            4ee2e020 pmull2 v0.1q, v1.2d, v2.2d
            4e040c20 dup v0.4s, w1
            4e183c20 mov x0, v1.d[1]
            4e181c20 mov v0.d[1], x1
            0e073c20 umov w0, v1.b[3]
            4e284820 aese v0.16b, v1.16b
            5e024020 sha256h q0, q1, v2.4s
            ce628020 sha512h q0, q1, v2.2d
            cec08420 sm4e v0.4s, v1.4s
            ce020c20 eor3 v0.16b, v1.16b, v2.16b, v3.16b
            4ea28420 add v0.4s, v1.4s, v2.4s
            04bf5020 rdvl x0, #1
            """;

    private Arm64Words() {}
}
