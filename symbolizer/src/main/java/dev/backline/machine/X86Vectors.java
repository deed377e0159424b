package dev.backline.machine;

/** MMX and SSE opcodes, and those of the maps 0F 38 and 0F 3A (Intel SDM volume 2, appendix A). */
final class X86Vectors {
    static final String MAP_1 = """
            10^n movups Vo,Wo#16; 10^6 movupd Vo,Wo#16; 10^3 movss Vo,Wo#4; 10^2 movsd Vo,Wo#8; 11^n movups =Wo,Vo#16
            11^6 movupd =Wo,Vo#16; 11^3 movss =Wo,Vo#4; 11^2 movsd =Wo,Vo#8; 12m^n movlps Vo,M#8; 12r^n movhlps Vo,Wo
            12m^6 movlpd Vo,M#8; 12^3 movsldup Vo,Wo#16; 12^2 movddup Vo,Wo#8; 13m^n movlps =M,Vo#8
            13m^6 movlpd =M,Vo#8; 14^n unpcklps Vo,Wo#16; 14^6 unpcklpd Vo,Wo#16; 15^n unpckhps Vo,Wo#16
            15^6 unpckhpd Vo,Wo#16; 16m^n movhps Vo,M#8; 16r^n movlhps Vo,Wo; 16m^6 movhpd Vo,M#8
            16^3 movshdup Vo,Wo#16; 17m^n movhps =M,Vo#8; 17m^6 movhpd =M,Vo#8; 28^n movaps Vo,Wo#16
            28^6 movapd Vo,Wo#16; 29^n movaps =Wo,Vo#16; 29^6 movapd =Wo,Vo#16; 2a^n cvtpi2ps Vo,Q#8
            2a^6 cvtpi2pd Vo,Q#8; 2am^3w0 cvtsi2ssl Vo,M#4; 2ar^3 cvtsi2ss Vo,Ey; 2am^3w1 cvtsi2ssq Vo,M#8
            2am^2w0 cvtsi2sdl Vo,M#4; 2ar^2 cvtsi2sd Vo,Ey; 2am^2w1 cvtsi2sdq Vo,M#8; 2bm^n movntps =M,Vo#16
            2bm^6 movntpd =M,Vo#16; 2bm^3 movntss =M,Vo#4; 2bm^2 movntsd =M,Vo#8; 2c^n cvttps2pi P,Wo#8
            2c^6 cvttpd2pi P,Wo#16; 2cr^3 cvttss2si =Gy,Wo; 2cr^2 cvttsd2si =Gy,Wo; 2d^n cvtps2pi P,Wo#8
            2d^6 cvtpd2pi P,Wo#16; 2dr^3 cvtss2si =Gy,Wo; 2dr^2 cvtsd2si =Gy,Wo; 2e^n ucomiss Vo,Wo#4
            2e^6 ucomisd Vo,Wo#8; 2f^n comiss Vo,Wo#4; 2f^6 comisd Vo,Wo#8; 50r^n movmskps =Gy,Wo; 50r^6 movmskpd =Gy,Wo
            51^n sqrtps Vo,Wo#16; 51^6 sqrtpd Vo,Wo#16; 51^3 sqrtss Vo,Wo#4; 51^2 sqrtsd Vo,Wo#8; 52^n rsqrtps Vo,Wo#16
            52^3 rsqrtss Vo,Wo#4; 53^n rcpps Vo,Wo#16; 53^3 rcpss Vo,Wo#4; 54^n andps Vo,Wo#16; 54^6 andpd Vo,Wo#16
            55^n andnps Vo,Wo#16; 55^6 andnpd Vo,Wo#16; 56^n orps Vo,Wo#16; 56^6 orpd Vo,Wo#16; 57^n xorps Vo,Wo#16
            57^6 xorpd Vo,Wo#16; 58^n addps Vo,Wo#16; 58^6 addpd Vo,Wo#16; 58^3 addss Vo,Wo#4; 58^2 addsd Vo,Wo#8
            59^n mulps Vo,Wo#16; 59^6 mulpd Vo,Wo#16; 59^3 mulss Vo,Wo#4; 59^2 mulsd Vo,Wo#8; 5a^n cvtps2pd Vo,Wo#8
            5a^6 cvtpd2ps Vo,Wo#16; 5a^3 cvtss2sd Vo,Wo#4; 5a^2 cvtsd2ss Vo,Wo#8; 5b^n cvtdq2ps Vo,Wo#16
            5b^6 cvtps2dq Vo,Wo#16; 5b^3 cvttps2dq Vo,Wo#16; 5c^n subps Vo,Wo#16; 5c^6 subpd Vo,Wo#16
            5c^3 subss Vo,Wo#4; 5c^2 subsd Vo,Wo#8; 5d^n minps Vo,Wo#16; 5d^6 minpd Vo,Wo#16; 5d^3 minss Vo,Wo#4
            5d^2 minsd Vo,Wo#8; 5e^n divps Vo,Wo#16; 5e^6 divpd Vo,Wo#16; 5e^3 divss Vo,Wo#4; 5e^2 divsd Vo,Wo#8
            5f^n maxps Vo,Wo#16; 5f^6 maxpd Vo,Wo#16; 5f^3 maxss Vo,Wo#4; 5f^2 maxsd Vo,Wo#8; 60^n punpcklbw P,Q#4
            60^6 punpcklbw Vo,Wo#16; 61^n punpcklwd P,Q#4; 61^6 punpcklwd Vo,Wo#16; 62^n punpckldq P,Q#4
            62^6 punpckldq Vo,Wo#16; 63^n packsswb P,Q#8; 63^6 packsswb Vo,Wo#16; 64^n pcmpgtb P,Q#8
            64^6 pcmpgtb Vo,Wo#16; 65^n pcmpgtw P,Q#8; 65^6 pcmpgtw Vo,Wo#16; 66^n pcmpgtd P,Q#8; 66^6 pcmpgtd Vo,Wo#16
            67^n packuswb P,Q#8; 67^6 packuswb Vo,Wo#16; 68^n punpckhbw P,Q#8; 68^6 punpckhbw Vo,Wo#16
            69^n punpckhwd P,Q#8; 69^6 punpckhwd Vo,Wo#16; 6a^n punpckhdq P,Q#8; 6a^6 punpckhdq Vo,Wo#16
            6b^n packssdw P,Q#8; 6b^6 packssdw Vo,Wo#16; 6c^6 punpcklqdq Vo,Wo#16; 6d^6 punpckhqdq Vo,Wo#16
            6e^nw0 movd P,Ed#4; 6e^nw1 movq P,Eq#8; 6e^6w0 movd Vo,Ed#4; 6e^6w1 movq Vo,Eq#8; 6f^n movq P,Q#8
            6f^6 movdqa Vo,Wo#16; 6f^3 movdqu Vo,Wo#16; 70^n pshufw P,Q,Ib#8; 70^6 pshufd Vo,Wo,Ib#16
            70^3 pshufhw Vo,Wo,Ib#16; 70^2 pshuflw Vo,Wo,Ib#16; 71/2r^n psrlw Q,Ib; 71/2r^6 psrlw =Wo,Ib
            71/4r^n psraw Q,Ib; 71/4r^6 psraw =Wo,Ib; 71/6r^n psllw Q,Ib; 71/6r^6 psllw =Wo,Ib; 72/2r^n psrld Q,Ib
            72/2r^6 psrld =Wo,Ib; 72/4r^n psrad Q,Ib; 72/4r^6 psrad =Wo,Ib; 72/6r^n pslld Q,Ib; 72/6r^6 pslld =Wo,Ib
            73/2r^n psrlq Q,Ib; 73/2r^6 psrlq =Wo,Ib; 73/3r^6 psrldq =Wo,Ib; 73/6r^n psllq Q,Ib; 73/6r^6 psllq =Wo,Ib
            73/7r^6 pslldq =Wo,Ib; 74^n pcmpeqb P,Q#8; 74^6 pcmpeqb Vo,Wo#16; 75^n pcmpeqw P,Q#8; 75^6 pcmpeqw Vo,Wo#16
            76^n pcmpeqd P,Q#8; 76^6 pcmpeqd Vo,Wo#16; 79r^6 extrq Vo,Wo; 79r^2 insertq Vo,Wo; 7c^6 haddpd Vo,Wo#16
            7c^2 haddps Vo,Wo#16; 7d^6 hsubpd Vo,Wo#16; 7d^2 hsubps Vo,Wo#16; 7e^nw0 movd =Ed,P#4; 7e^nw1 movq =Eq,P#8
            7e^6w0 movd =Ed,Vo#4; 7e^6w1 movq =Eq,Vo#8; 7e^3 movq Vo,Wo#8; 7f^n movq Q,P#8; 7f^6 movdqa =Wo,Vo#16
            7f^3 movdqu =Wo,Vo#16; c2^n cmp?ps Vo,Wo,Ib#16; c2^6 cmp?pd Vo,Wo,Ib#16; c2^3 cmp?ss Vo,Wo,Ib#4
            c2^2 cmp?sd Vo,Wo,Ib#8; c4^n pinsrw P,Ed,Ib#2; c4^6 pinsrw Vo,Ed,Ib#2; c5r^n pextrw =Gd,Q,Ib
            c5r^6 pextrw =Gd,Wo,Ib; c6^n shufps Vo,Wo,Ib#16; c6^6 shufpd Vo,Wo,Ib#16; d0^6 addsubpd Vo,Wo#16
            d0^2 addsubps Vo,Wo#16; d1^n psrlw P,Q#8; d1^6 psrlw Vo,Wo#16; d2^n psrld P,Q#8; d2^6 psrld Vo,Wo#16
            d3^n psrlq P,Q#8; d3^6 psrlq Vo,Wo#16; d4^n paddq P,Q#8; d4^6 paddq Vo,Wo#16; d5^n pmullw P,Q#8
            d5^6 pmullw Vo,Wo#16; d6^6 movq =Wo,Vo#8; d6r^3 movq2dq Vo,Q; d6r^2 movdq2q P,Wo; d7r^n pmovmskb =Gy,Q
            d7r^6 pmovmskb =Gy,Wo; d8^n psubusb P,Q#8; d8^6 psubusb Vo,Wo#16; d9^n psubusw P,Q#8; d9^6 psubusw Vo,Wo#16
            da^n pminub P,Q#8; da^6 pminub Vo,Wo#16; db^n pand P,Q#8; db^6 pand Vo,Wo#16; dc^n paddusb P,Q#8
            dc^6 paddusb Vo,Wo#16; dd^n paddusw P,Q#8; dd^6 paddusw Vo,Wo#16; de^n pmaxub P,Q#8; de^6 pmaxub Vo,Wo#16
            df^n pandn P,Q#8; df^6 pandn Vo,Wo#16; e0^n pavgb P,Q#8; e0^6 pavgb Vo,Wo#16; e1^n psraw P,Q#8
            e1^6 psraw Vo,Wo#16; e2^n psrad P,Q#8; e2^6 psrad Vo,Wo#16; e3^n pavgw P,Q#8; e3^6 pavgw Vo,Wo#16
            e4^n pmulhuw P,Q#8; e4^6 pmulhuw Vo,Wo#16; e5^n pmulhw P,Q#8; e5^6 pmulhw Vo,Wo#16; e6^6 cvttpd2dq Vo,Wo#16
            e6^3 cvtdq2pd Vo,Wo#8; e6^2 cvtpd2dq Vo,Wo#16; e7m^n movntq =M,P#8; e7m^6 movntdq =M,Vo#16
            e8^n psubsb P,Q#8; e8^6 psubsb Vo,Wo#16; e9^n psubsw P,Q#8; e9^6 psubsw Vo,Wo#16; ea^n pminsw P,Q#8
            ea^6 pminsw Vo,Wo#16; eb^n por P,Q#8; eb^6 por Vo,Wo#16; ec^n paddsb P,Q#8; ec^6 paddsb Vo,Wo#16
            ed^n paddsw P,Q#8; ed^6 paddsw Vo,Wo#16; ee^n pmaxsw P,Q#8; ee^6 pmaxsw Vo,Wo#16; ef^n pxor P,Q#8
            ef^6 pxor Vo,Wo#16; f0m^2 lddqu Vo,M; f1^n psllw P,Q#8; f1^6 psllw Vo,Wo#16; f2^n pslld P,Q#8
            f2^6 pslld Vo,Wo#16; f3^n psllq P,Q#8; f3^6 psllq Vo,Wo#16; f4^n pmuludq P,Q#8; f4^6 pmuludq Vo,Wo#16
            f5^n pmaddwd P,Q#8; f5^6 pmaddwd Vo,Wo#16; f6^n psadbw P,Q#8; f6^6 psadbw Vo,Wo#16; f8^n psubb P,Q#8
            f8^6 psubb Vo,Wo#16; f9^n psubw P,Q#8; f9^6 psubw Vo,Wo#16; fa^n psubd P,Q#8; fa^6 psubd Vo,Wo#16
            fb^n psubq P,Q#8; fb^6 psubq Vo,Wo#16; fc^n paddb P,Q#8; fc^6 paddb Vo,Wo#16; fd^n paddw P,Q#8
            fd^6 paddw Vo,Wo#16; fe^n paddd P,Q#8; fe^6 paddd Vo,Wo#16
            """;

    static final String MAP_2 = """
            00^n pshufb P,Q#8; 00^6 pshufb Vo,Wo#16; 01^n phaddw P,Q#8; 01^6 phaddw Vo,Wo#16; 02^n phaddd P,Q#8
            02^6 phaddd Vo,Wo#16; 03^n phaddsw P,Q#8; 03^6 phaddsw Vo,Wo#16; 04^n pmaddubsw P,Q#8
            04^6 pmaddubsw Vo,Wo#16; 05^n phsubw P,Q#8; 05^6 phsubw Vo,Wo#16; 06^n phsubd P,Q#8; 06^6 phsubd Vo,Wo#16
            07^n phsubsw P,Q#8; 07^6 phsubsw Vo,Wo#16; 08^n psignb P,Q#8; 08^6 psignb Vo,Wo#16; 09^n psignw P,Q#8
            09^6 psignw Vo,Wo#16; 0a^n psignd P,Q#8; 0a^6 psignd Vo,Wo#16; 0b^n pmulhrsw P,Q#8; 0b^6 pmulhrsw Vo,Wo#16
            10^6 pblendvb Vo,Wo,X0o#16; 14^6 blendvps Vo,Wo,X0o#16; 15^6 blendvpd Vo,Wo,X0o#16; 17^6 ptest Vo,Wo#16
            1c^n pabsb P,Q#8; 1c^6 pabsb Vo,Wo#16; 1d^n pabsw P,Q#8; 1d^6 pabsw Vo,Wo#16; 1e^n pabsd P,Q#8
            1e^6 pabsd Vo,Wo#16; 20^6 pmovsxbw Vo,Wo#8; 21^6 pmovsxbd Vo,Wo#4; 22^6 pmovsxbq Vo,Wo#2
            23^6 pmovsxwd Vo,Wo#8; 24^6 pmovsxwq Vo,Wo#4; 25^6 pmovsxdq Vo,Wo#8; 28^6 pmuldq Vo,Wo#16
            29^6 pcmpeqq Vo,Wo#16; 2am^6 movntdqa Vo,M#16; 2b^6 packusdw Vo,Wo#16; 30^6 pmovzxbw Vo,Wo#8
            31^6 pmovzxbd Vo,Wo#4; 32^6 pmovzxbq Vo,Wo#2; 33^6 pmovzxwd Vo,Wo#8; 34^6 pmovzxwq Vo,Wo#4
            35^6 pmovzxdq Vo,Wo#8; 37^6 pcmpgtq Vo,Wo#16; 38^6 pminsb Vo,Wo#16; 39^6 pminsd Vo,Wo#16
            3a^6 pminuw Vo,Wo#16; 3b^6 pminud Vo,Wo#16; 3c^6 pmaxsb Vo,Wo#16; 3d^6 pmaxsd Vo,Wo#16; 3e^6 pmaxuw Vo,Wo#16
            3f^6 pmaxud Vo,Wo#16; 40^6 pmulld Vo,Wo#16; 41^6 phminposuw Vo,Wo#16; c8^n sha1nexte Vo,Wo#16
            c9^n sha1msg1 Vo,Wo#16; ca^n sha1msg2 Vo,Wo#16; cb^n sha256rnds2 Vo,Wo,X0o#16; cc^n sha256msg1 Vo,Wo#16
            cd^n sha256msg2 Vo,Wo#16; cf^6 gf2p8mulb Vo,Wo#16; d8m^3 aesdecwide128kl =M; db^6 aesimc Vo,Wo#16
            dc^6 aesenc Vo,Wo#16; dcm^3 aesenc128kl Vo,M; dcr^3 loadiwkey Vo,Wo; dd^6 aesenclast Vo,Wo#16
            ddm^3 aesdec128kl Vo,M; de^6 aesdec Vo,Wo#16; dem^3 aesenc256kl Vo,M; df^6 aesdeclast Vo,Wo#16
            dfm^3 aesdec256kl Vo,M; far^3 encodekey128 =Gd,Ed; fbr^3 encodekey256 =Gd,Ed; fcm^n aadd =M,Gy#y
            fcm^6 aand =M,Gy#y; fcm^3 axor =M,Gy#y; fcm^2 aor =M,Gy#y
            """;

    static final String MAP_3 = """
            08^6 roundps Vo,Wo,Ib#16; 09^6 roundpd Vo,Wo,Ib#16; 0a^6 roundss Vo,Wo,Ib#4; 0b^6 roundsd Vo,Wo,Ib#8
            0c^6 blendps Vo,Wo,Ib#16; 0d^6 blendpd Vo,Wo,Ib#16; 0e^6 pblendw Vo,Wo,Ib#16; 0f^n palignr P,Q,Ib#8
            0f^6 palignr Vo,Wo,Ib#16; 14^6 pextrb =Ed,Vo,Ib#1; 15^6 pextrw =Ed,Vo,Ib#2; 16^6w0 pextrd =Ed,Vo,Ib#4
            16^6w1 pextrq =Eq,Vo,Ib#8; 17^6 extractps =Ed,Vo,Ib#4; 20^6 pinsrb Vo,Ed,Ib#1; 21^6 insertps Vo,Wo,Ib#4
            22^6w0 pinsrd Vo,Ed,Ib#4; 22^6w1 pinsrq Vo,Eq,Ib#8; 40^6 dpps Vo,Wo,Ib#16; 41^6 dppd Vo,Wo,Ib#16
            42^6 mpsadbw Vo,Wo,Ib#16; 44^6 pclmul?qdq Vo,Wo,Ib#16; 60^6w0 pcmpestrm Vo,Wo,Ib#16
            60^6w1 pcmpestrmq Vo,Wo,Ib#16; 61^6w0 pcmpestri Vo,Wo,Ib#16; 61^6w1 pcmpestriq Vo,Wo,Ib#16
            62^6 pcmpistrm Vo,Wo,Ib#16; 63^6 pcmpistri Vo,Wo,Ib#16; cc^n sha1rnds4 Vo,Wo,Ib#16
            ce^6 gf2p8affineqb Vo,Wo,Ib#16; cf^6 gf2p8affineinvqb Vo,Wo,Ib#16; df^6 aeskeygenassist Vo,Wo,Ib#16
            """;

    private X86Vectors() {}
}
