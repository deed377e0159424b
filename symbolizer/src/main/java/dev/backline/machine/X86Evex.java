package dev.backline.machine;

/** Opcodes with an EVEX prefix: AVX-512 (Intel SDM volume 2). */
final class X86Evex {
    static final String MAP_1 = """
            10^n vmovups Vx,Wx#16x; 10^6 vmovupd Vx,Wx#16x; 10m^3w0 vmovss Vo,M#4; 10r^3w0 vmovss Vo,Ho,Wo
            10m^2w1 vmovsd Vo,M#8; 10r^2w1 vmovsd Vo,Ho,Wo; 11^n vmovups =Wx,Vx#16x; 11^6 vmovupd =Wx,Vx#16x
            11m^3w0 vmovss =M,Vo#4; 11r^3w0 vmovss =Wx,Ho,Vo; 11m^2w1 vmovsd =M,Vo#8; 11r^2w1 vmovsd =Wx,Ho,Vo
            12m^nl0 vmovlps Vo,Ho,M#8; 12r^nw0l0 vmovhlps Vo,Ho,Wo; 12m^6l0 vmovlpd Vo,Ho,M#8
            12^3w0 vmovsldup Vx,Wx#16x; 12^2w1l0 vmovddup Vo,Wo#8; 12^2w1l1 vmovddup Vy,Wy#32
            12^2w1l2 vmovddup Vz,Wz#64; 13m^nw0l0 vmovlps =M,Vo#8; 13m^6w1l0 vmovlpd =M,Vo#8
            14^nw0 vunpcklps Vx,Hx,Wx#16x *b4; 14^6w1 vunpcklpd Vx,Hx,Wx#16x *b8; 15^nw0 vunpckhps Vx,Hx,Wx#16x *b4
            15^6w1 vunpckhpd Vx,Hx,Wx#16x *b8; 16m^nl0 vmovhps Vo,Ho,M#8; 16r^nw0l0 vmovlhps Vo,Ho,Wo
            16m^6l0 vmovhpd Vo,Ho,M#8; 16^3w0 vmovshdup Vx,Wx#16x; 17m^nw0l0 vmovhps =M,Vo#8; 17m^6w1l0 vmovhpd =M,Vo#8
            28^nw0 vmovaps Vx,Wx#16x; 28^6w1 vmovapd Vx,Wx#16x; 29^nw0 vmovaps =Wx,Vx#16x; 29^6w1 vmovapd =Wx,Vx#16x
            2am^3w0 vcvtsi2ssl Vo,Ho,M#4; 2ar^3 vcvtsi2ss Vo,Ho,Ey *er; 2am^3w1 vcvtsi2ssq Vo,Ho,M#8
            2am^2w0 vcvtsi2sdl Vo,Ho,M#4; 2ar^2w0 vcvtsi2sd Vo,Ho,Ed; 2am^2w1 vcvtsi2sdq Vo,Ho,M#8
            2ar^2w1 vcvtsi2sd Vo,Ho,Eq *er; 2bm^nw0 vmovntps =M,Vx#16x; 2bm^6w1 vmovntpd =M,Vx#16x
            2c^3 vcvttss2si =Gy,Wo#4; 2c^2 vcvttsd2si =Gy,Wo#8; 2d^3 vcvtss2si =Gy,Wo#4; 2d^2 vcvtsd2si =Gy,Wo#8
            2e^n vucomiss Vo,Wo#4; 2e^6 vucomisd Vo,Wo#8; 2f^n vcomiss Vo,Wo#4; 2f^6 vcomisd Vo,Wo#8
            51^n vsqrtps Vx,Wx#16x; 51^6 vsqrtpd Vx,Wx#16x; 51^3w0 vsqrtss Vo,Ho,Wo#4 *er; 51^2w1 vsqrtsd Vo,Ho,Wo#8 *er
            54^nw0 vandps Vx,Hx,Wx#16x *b4; 54^6w1 vandpd Vx,Hx,Wx#16x *b8; 55^nw0 vandnps Vx,Hx,Wx#16x *b4
            55^6w1 vandnpd Vx,Hx,Wx#16x *b8; 56^nw0 vorps Vx,Hx,Wx#16x *b4; 56^6w1 vorpd Vx,Hx,Wx#16x *b8
            57^nw0 vxorps Vx,Hx,Wx#16x *b4; 57^6w1 vxorpd Vx,Hx,Wx#16x *b8; 58^nw0 vaddps Vx,Hx,Wx#16x *b4 *er
            58^nw1 vaddps Vx,Hx,Wx#16x *b8 *er; 58^6w0 vaddpd Vx,Hx,Wx#16x *b4 *er; 58^6w1 vaddpd Vx,Hx,Wx#16x *b8 *er
            58^3w0 vaddss Vo,Ho,Wo#4 *er; 58^2w1 vaddsd Vo,Ho,Wo#8 *er; 59^nw0 vmulps Vx,Hx,Wx#16x *b4 *er
            59^nw1 vmulps Vx,Hx,Wx#16x *b8 *er; 59^6w0 vmulpd Vx,Hx,Wx#16x *b4 *er; 59^6w1 vmulpd Vx,Hx,Wx#16x *b8 *er
            59^3w0 vmulss Vo,Ho,Wo#4 *er; 59^2w1 vmulsd Vo,Ho,Wo#8 *er; 5a^nw0l0 vcvtps2pd Vo,Wo#8
            5a^nw0l1 vcvtps2pd Vy,Wo#16; 5a^nw0l2 vcvtps2pd Vz,Wy#32; 5am^6w1l0 vcvtpd2psx Vo,M#16
            5ar^6w1l0 vcvtpd2ps Vo,Wo; 5am^6w1l1 vcvtpd2psy Vo,M#32; 5ar^6w1l1 vcvtpd2ps Vo,Wy
            5a^6w1l2 vcvtpd2ps Vy,Wz#64; 5a^3w0 vcvtss2sd Vo,Ho,Wo#4; 5a^2w1 vcvtsd2ss Vo,Ho,Wo#8 *er
            5b^nw0 vcvtdq2ps Vx,Wx#16x; 5bm^nw1l0 vcvtqq2psx Vo,M#16; 5br^nw1l0 vcvtqq2ps Vo,Wo
            5bm^nw1l1 vcvtqq2psy Vo,M#32; 5br^nw1l1 vcvtqq2ps Vo,Wy; 5b^nw1l2 vcvtqq2ps Vy,Wz#64
            5b^6w0 vcvtps2dq Vx,Wx#16x; 5b^3w0 vcvttps2dq Vx,Wx#16x; 5c^nw0 vsubps Vx,Hx,Wx#16x *b4 *er
            5c^nw1 vsubps Vx,Hx,Wx#16x *b8 *er; 5c^6w0 vsubpd Vx,Hx,Wx#16x *b4 *er; 5c^6w1 vsubpd Vx,Hx,Wx#16x *b8 *er
            5c^3w0 vsubss Vo,Ho,Wo#4 *er; 5c^2w1 vsubsd Vo,Ho,Wo#8 *er; 5d^nw0 vminps Vx,Hx,Wx#16x *b4
            5d^nw1 vminps Vx,Hx,Wx#16x *b8; 5d^6w0 vminpd Vx,Hx,Wx#16x *b4; 5d^6w1 vminpd Vx,Hx,Wx#16x *b8
            5d^3w0 vminss Vo,Ho,Wo#4; 5d^2w1 vminsd Vo,Ho,Wo#8; 5e^nw0 vdivps Vx,Hx,Wx#16x *b4 *er
            5e^nw1 vdivps Vx,Hx,Wx#16x *b8 *er; 5e^6w0 vdivpd Vx,Hx,Wx#16x *b4 *er; 5e^6w1 vdivpd Vx,Hx,Wx#16x *b8 *er
            5e^3w0 vdivss Vo,Ho,Wo#4 *er; 5e^2w1 vdivsd Vo,Ho,Wo#8 *er; 5f^nw0 vmaxps Vx,Hx,Wx#16x *b4
            5f^nw1 vmaxps Vx,Hx,Wx#16x *b8; 5f^6w0 vmaxpd Vx,Hx,Wx#16x *b4; 5f^6w1 vmaxpd Vx,Hx,Wx#16x *b8
            5f^3w0 vmaxss Vo,Ho,Wo#4; 5f^2w1 vmaxsd Vo,Ho,Wo#8; 60^6w0 vpunpcklbw Vx,Hx,Wx#16x *b4
            60^6w1 vpunpcklbw Vx,Hx,Wx#16x *b8; 61^6w0 vpunpcklwd Vx,Hx,Wx#16x *b4; 61^6w1 vpunpcklwd Vx,Hx,Wx#16x *b8
            62^6w0 vpunpckldq Vx,Hx,Wx#16x *b4; 63^6w0 vpacksswb Vx,Hx,Wx#16x *b4; 63^6w1 vpacksswb Vx,Hx,Wx#16x *b8
            64^6w0 vpcmpgtb KG,Hx,Wx#16x *b4; 64^6w1 vpcmpgtb KG,Hx,Wx#16x *b8; 65^6w0 vpcmpgtw KG,Hx,Wx#16x *b4
            65^6w1 vpcmpgtw KG,Hx,Wx#16x *b8; 66^6w0 vpcmpgtd KG,Hx,Wx#16x *b4; 67^6w0 vpackuswb Vx,Hx,Wx#16x *b4
            67^6w1 vpackuswb Vx,Hx,Wx#16x *b8; 68^6w0 vpunpckhbw Vx,Hx,Wx#16x *b4; 68^6w1 vpunpckhbw Vx,Hx,Wx#16x *b8
            69^6w0 vpunpckhwd Vx,Hx,Wx#16x *b4; 69^6w1 vpunpckhwd Vx,Hx,Wx#16x *b8; 6a^6w0 vpunpckhdq Vx,Hx,Wx#16x *b4
            6b^6w0 vpackssdw Vx,Hx,Wx#16x *b4; 6c^6w1 vpunpcklqdq Vx,Hx,Wx#16x *b8; 6d^6w1 vpunpckhqdq Vx,Hx,Wx#16x *b8
            6e^6w0l0 vmovd Vo,Ed#4; 6e^6w1l0 vmovq Vo,Eq#8; 6f^6w0 vmovdqa32 Vx,Wx#16x; 6f^6w1 vmovdqa64 Vx,Wx#16x
            6f^3w0 vmovdqu32 Vx,Wx#16x; 6f^3w1 vmovdqu64 Vx,Wx#16x; 6f^2w0 vmovdqu8 Vx,Wx#16x
            6f^2w1 vmovdqu16 Vx,Wx#16x; 70^6w0 vpshufd Vx,Wx,Ib#16x; 70^3 vpshufhw Vx,Wx,Ib#16x
            70^2 vpshuflw Vx,Wx,Ib#16x; 71/2^6w0 vpsrlw Hx,Wx,Ib#16x *b4; 71/2^6w1 vpsrlw Hx,Wx,Ib#16x *b8
            71/4^6w0 vpsraw Hx,Wx,Ib#16x *b4; 71/4^6w1 vpsraw Hx,Wx,Ib#16x *b8; 71/6^6w0 vpsllw Hx,Wx,Ib#16x *b4
            71/6^6w1 vpsllw Hx,Wx,Ib#16x *b8; 72/0^6w0 vprord Hx,Wx,Ib#16x *b4; 72/0^6w1 vprorq Hx,Wx,Ib#16x *b8
            72/1^6w0 vprold Hx,Wx,Ib#16x *b4; 72/1^6w1 vprolq Hx,Wx,Ib#16x *b8; 72/2^6w0 vpsrld Hx,Wx,Ib#16x *b4
            72/4^6w0 vpsrad Hx,Wx,Ib#16x *b4; 72/4^6w1 vpsraq Hx,Wx,Ib#16x *b8; 72/6^6w0 vpslld Hx,Wx,Ib#16x *b4
            73/2^6w1 vpsrlq Hx,Wx,Ib#16x *b8; 73/3^6w0 vpsrldq Hx,Wx,Ib#16x *b4; 73/3^6w1 vpsrldq Hx,Wx,Ib#16x *b8
            73/6^6w1 vpsllq Hx,Wx,Ib#16x *b8; 73/7^6w0 vpslldq Hx,Wx,Ib#16x *b4; 73/7^6w1 vpslldq Hx,Wx,Ib#16x *b8
            74^6w0 vpcmpeqb KG,Hx,Wx#16x *b4; 74^6w1 vpcmpeqb KG,Hx,Wx#16x *b8; 75^6w0 vpcmpeqw KG,Hx,Wx#16x *b4
            75^6w1 vpcmpeqw KG,Hx,Wx#16x *b8; 76^6w0 vpcmpeqd KG,Hx,Wx#16x *b4; 78^nw0 vcvttps2udq Vx,Wx#16x
            78m^nw1l0 vcvttpd2udqx Vo,M#16; 78r^nw1l0 vcvttpd2udq Vo,Wo; 78m^nw1l1 vcvttpd2udqy Vo,M#32
            78r^nw1l1 vcvttpd2udq Vo,Wy; 78^nw1l2 vcvttpd2udq Vy,Wz#64; 78^6w0l0 vcvttps2uqq Vo,Wo#8
            78^6w0l1 vcvttps2uqq Vy,Wo#16; 78^6w0l2 vcvttps2uqq Vz,Wy#32; 78^6w1 vcvttpd2uqq Vx,Wx#16x
            78^3 vcvttss2usi =Gy,Wo#4; 78^2 vcvttsd2usi =Gy,Wo#8; 79^nw0 vcvtps2udq Vx,Wx#16x
            79m^nw1l0 vcvtpd2udqx Vo,M#16; 79r^nw1l0 vcvtpd2udq Vo,Wo; 79m^nw1l1 vcvtpd2udqy Vo,M#32
            79r^nw1l1 vcvtpd2udq Vo,Wy; 79^nw1l2 vcvtpd2udq Vy,Wz#64; 79^6w0l0 vcvtps2uqq Vo,Wo#8
            79^6w0l1 vcvtps2uqq Vy,Wo#16; 79^6w0l2 vcvtps2uqq Vz,Wy#32; 79^6w1 vcvtpd2uqq Vx,Wx#16x
            79^3 vcvtss2usi =Gy,Wo#4; 79^2 vcvtsd2usi =Gy,Wo#8; 7a^6w0l0 vcvttps2qq Vo,Wo#8
            7a^6w0l1 vcvttps2qq Vy,Wo#16; 7a^6w0l2 vcvttps2qq Vz,Wy#32; 7a^6w1 vcvttpd2qq Vx,Wx#16x
            7a^3w0l0 vcvtudq2pd Vo,Wo#8; 7a^3w0l1 vcvtudq2pd Vy,Wo#16; 7a^3w0l2 vcvtudq2pd Vz,Wy#32
            7a^3w1 vcvtuqq2pd Vx,Wx#16x; 7a^2w0 vcvtudq2ps Vx,Wx#16x; 7am^2w1l0 vcvtuqq2psx Vo,M#16
            7ar^2w1l0 vcvtuqq2ps Vo,Wo; 7am^2w1l1 vcvtuqq2psy Vo,M#32; 7ar^2w1l1 vcvtuqq2ps Vo,Wy
            7a^2w1l2 vcvtuqq2ps Vy,Wz#64; 7b^6w0l0 vcvtps2qq Vo,Wo#8; 7b^6w0l1 vcvtps2qq Vy,Wo#16
            7b^6w0l2 vcvtps2qq Vz,Wy#32; 7b^6w1 vcvtpd2qq Vx,Wx#16x; 7bm^3w0 vcvtusi2ssl Vo,Ho,M#4
            7br^3 vcvtusi2ss Vo,Ho,Ey *er; 7bm^3w1 vcvtusi2ssq Vo,Ho,M#8; 7bm^2w0 vcvtusi2sdl Vo,Ho,M#4
            7br^2w0 vcvtusi2sd Vo,Ho,Ed; 7bm^2w1 vcvtusi2sdq Vo,Ho,M#8; 7br^2w1 vcvtusi2sd Vo,Ho,Eq *er
            7e^6w0l0 vmovd =Ed,Vo#4; 7e^6w1l0 vmovq =Eq,Vo#8; 7e^3w1l0 vmovq Vo,Wo#8; 7f^6w0 vmovdqa32 =Wx,Vx#16x
            7f^6w1 vmovdqa64 =Wx,Vx#16x; 7f^3w0 vmovdqu32 =Wx,Vx#16x; 7f^3w1 vmovdqu64 =Wx,Vx#16x
            7f^2w0 vmovdqu8 =Wx,Vx#16x; 7f^2w1 vmovdqu16 =Wx,Vx#16x; c2^nw0 vcmp?ps KG,Hx,Wx,Ib#16x *b4
            c2^6w1 vcmp?pd KG,Hx,Wx,Ib#16x *b8; c2^3w0 vcmp?ss KG,Ho,Wo,Ib#4; c2^2w1 vcmp?sd KG,Ho,Wo,Ib#8
            c4^6w0l0 vpinsrw Vo,Ho,Ed,Ib#2; c4^6w1l0 vpinsrw Vo,Ho,Ed,Ib#2 *b2; c5r^6l0 vpextrw =Gd,Wo,Ib
            c6^nw0 vshufps Vx,Hx,Wx,Ib#16x *b4; c6^6w1 vshufpd Vx,Hx,Wx,Ib#16x *b8; d1^6w0 vpsrlw Vx,Hx,Wo#16
            d1^6w1 vpsrlw Vx,Hx,Wo#16 *b16; d2^6w0 vpsrld Vx,Hx,Wo#16; d3^6w1 vpsrlq Vx,Hx,Wo#16 *b16
            d4^6w1 vpaddq Vx,Hx,Wx#16x *b8; d5^6w0 vpmullw Vx,Hx,Wx#16x *b4; d5^6w1 vpmullw Vx,Hx,Wx#16x *b8
            d6^6w1l0 vmovq =Wo,Vo#8; d8^6w0 vpsubusb Vx,Hx,Wx#16x *b4; d8^6w1 vpsubusb Vx,Hx,Wx#16x *b8
            d9^6w0 vpsubusw Vx,Hx,Wx#16x *b4; d9^6w1 vpsubusw Vx,Hx,Wx#16x *b8; da^6w0 vpminub Vx,Hx,Wx#16x *b4
            da^6w1 vpminub Vx,Hx,Wx#16x *b8; db^6w0 vpandd Vx,Hx,Wx#16x *b4; db^6w1 vpandq Vx,Hx,Wx#16x *b8
            dc^6w0 vpaddusb Vx,Hx,Wx#16x *b4; dc^6w1 vpaddusb Vx,Hx,Wx#16x *b8; dd^6w0 vpaddusw Vx,Hx,Wx#16x *b4
            dd^6w1 vpaddusw Vx,Hx,Wx#16x *b8; de^6w0 vpmaxub Vx,Hx,Wx#16x *b4; de^6w1 vpmaxub Vx,Hx,Wx#16x *b8
            df^6w0 vpandnd Vx,Hx,Wx#16x *b4; df^6w1 vpandnq Vx,Hx,Wx#16x *b8; e0^6w0 vpavgb Vx,Hx,Wx#16x *b4
            e0^6w1 vpavgb Vx,Hx,Wx#16x *b8; e1^6w0 vpsraw Vx,Hx,Wo#16; e1^6w1 vpsraw Vx,Hx,Wo#16 *b16
            e2^6w0 vpsrad Vx,Hx,Wo#16; e2^6w1 vpsraq Vx,Hx,Wo#16 *b16; e3^6w0 vpavgw Vx,Hx,Wx#16x *b4
            e3^6w1 vpavgw Vx,Hx,Wx#16x *b8; e4^6w0 vpmulhuw Vx,Hx,Wx#16x *b4; e4^6w1 vpmulhuw Vx,Hx,Wx#16x *b8
            e5^6w0 vpmulhw Vx,Hx,Wx#16x *b4; e5^6w1 vpmulhw Vx,Hx,Wx#16x *b8; e6m^6w1l0 vcvttpd2dqx Vo,M#16
            e6r^6w1l0 vcvttpd2dq Vo,Wo; e6m^6w1l1 vcvttpd2dqy Vo,M#32; e6r^6w1l1 vcvttpd2dq Vo,Wy
            e6^6w1l2 vcvttpd2dq Vy,Wz#64; e6^3w0l0 vcvtdq2pd Vo,Wo#8; e6^3w0l1 vcvtdq2pd Vy,Wo#16
            e6^3w0l2 vcvtdq2pd Vz,Wy#32; e6^3w1 vcvtqq2pd Vx,Wx#16x; e6m^2w1l0 vcvtpd2dqx Vo,M#16
            e6r^2w1l0 vcvtpd2dq Vo,Wo; e6m^2w1l1 vcvtpd2dqy Vo,M#32; e6r^2w1l1 vcvtpd2dq Vo,Wy
            e6^2w1l2 vcvtpd2dq Vy,Wz#64; e7^6w0 vmovntdq =Wx,Vx#16x; e8^6w0 vpsubsb Vx,Hx,Wx#16x *b4
            e8^6w1 vpsubsb Vx,Hx,Wx#16x *b8; e9^6w0 vpsubsw Vx,Hx,Wx#16x *b4; e9^6w1 vpsubsw Vx,Hx,Wx#16x *b8
            ea^6w0 vpminsw Vx,Hx,Wx#16x *b4; ea^6w1 vpminsw Vx,Hx,Wx#16x *b8; eb^6w0 vpord Vx,Hx,Wx#16x *b4
            eb^6w1 vporq Vx,Hx,Wx#16x *b8; ec^6w0 vpaddsb Vx,Hx,Wx#16x *b4; ec^6w1 vpaddsb Vx,Hx,Wx#16x *b8
            ed^6w0 vpaddsw Vx,Hx,Wx#16x *b4; ed^6w1 vpaddsw Vx,Hx,Wx#16x *b8; ee^6w0 vpmaxsw Vx,Hx,Wx#16x *b4
            ee^6w1 vpmaxsw Vx,Hx,Wx#16x *b8; ef^6w0 vpxord Vx,Hx,Wx#16x *b4; ef^6w1 vpxorq Vx,Hx,Wx#16x *b8
            f1^6w0 vpsllw Vx,Hx,Wo#16; f1^6w1 vpsllw Vx,Hx,Wo#16 *b16; f2^6w0 vpslld Vx,Hx,Wo#16
            f3^6w1 vpsllq Vx,Hx,Wo#16 *b16; f4^6w1 vpmuludq Vx,Hx,Wx#16x *b8; f5^6w0 vpmaddwd Vx,Hx,Wx#16x *b4
            f5^6w1 vpmaddwd Vx,Hx,Wx#16x *b8; f6^6w0 vpsadbw Vx,Hx,Wx#16x *b4; f6^6w1 vpsadbw Vx,Hx,Wx#16x *b8
            f8^6w0 vpsubb Vx,Hx,Wx#16x *b4; f8^6w1 vpsubb Vx,Hx,Wx#16x *b8; f9^6w0 vpsubw Vx,Hx,Wx#16x *b4
            f9^6w1 vpsubw Vx,Hx,Wx#16x *b8; fa^6w0 vpsubd Vx,Hx,Wx#16x *b4; fb^6w1 vpsubq Vx,Hx,Wx#16x *b8
            fc^6w0 vpaddb Vx,Hx,Wx#16x *b4; fc^6w1 vpaddb Vx,Hx,Wx#16x *b8; fd^6w0 vpaddw Vx,Hx,Wx#16x *b4
            fd^6w1 vpaddw Vx,Hx,Wx#16x *b8; fe^6w0 vpaddd Vx,Hx,Wx#16x *b4
            """;

    static final String MAP_2 = """
            00^6w0 vpshufb Vx,Hx,Wx#16x *b4; 00^6w1 vpshufb Vx,Hx,Wx#16x *b8; 04^6w0 vpmaddubsw Vx,Hx,Wx#16x *b4
            04^6w1 vpmaddubsw Vx,Hx,Wx#16x *b8; 0b^6w0 vpmulhrsw Vx,Hx,Wx#16x *b4; 0b^6w1 vpmulhrsw Vx,Hx,Wx#16x *b8
            0c^6w0 vpermilps Vx,Hx,Wx#16x *b4; 0d^6w1 vpermilpd Vx,Hx,Wx#16x *b8; 10^6w1 vpsrlvw Vx,Hx,Wx#16x *b8
            10^3w0l0 vpmovuswb =Wo,Vo#8; 10^3w0l1 vpmovuswb =Wo,Vy#16; 10^3w0l2 vpmovuswb =Wy,Vz#32
            11^6w1 vpsravw Vx,Hx,Wx#16x *b8; 11^3w0 vpmovusdb =Wo,Vx#4x; 12^6w1 vpsllvw Vx,Hx,Wx#16x *b8
            12^3w0 vpmovusqb =Wo,Vx#2x; 13^6w0l0 vcvtph2ps Vo,Wo#8; 13^6w0l1 vcvtph2ps Vy,Wo#16
            13^6w0l2 vcvtph2ps Vz,Wy#32; 13^3w0l0 vpmovusdw =Wo,Vo#8; 13^3w0l1 vpmovusdw =Wo,Vy#16
            13^3w0l2 vpmovusdw =Wy,Vz#32; 14^6w0 vprorvd Vx,Hx,Wx#16x *b4; 14^6w1 vprorvq Vx,Hx,Wx#16x *b8
            14^3w0 vpmovusqw =Wo,Vx#4x; 15^6w0 vprolvd Vx,Hx,Wx#16x *b4; 15^6w1 vprolvq Vx,Hx,Wx#16x *b8
            15^3w0l0 vpmovusqd =Wo,Vo#8; 15^3w0l1 vpmovusqd =Wo,Vy#16; 15^3w0l2 vpmovusqd =Wy,Vz#32
            16^6w0l1 vpermps Vy,Hy,Wy#32 *b4; 16^6w0l2 vpermps Vz,Hz,Wz#64 *b4; 16^6w1l1 vpermpd Vy,Hy,Wy#32 *b8
            16^6w1l2 vpermpd Vz,Hz,Wz#64 *b8; 18^6w0 vbroadcastss Vx,Wo#4; 19^6w0l1 vbroadcastf32x2 Vy,Wo#8
            19^6w0l2 vbroadcastf32x2 Vz,Wo#8; 19^6w1l1 vbroadcastsd Vy,Wo#8; 19^6w1l2 vbroadcastsd Vz,Wo#8
            1am^6w0l1 vbroadcastf32x4 Vy,M#16; 1am^6w0l2 vbroadcastf32x4 Vz,M#16; 1am^6w1l1 vbroadcastf64x2 Vy,M#16
            1am^6w1l2 vbroadcastf64x2 Vz,M#16; 1bm^6w0l2 vbroadcastf32x8 Vz,M#32; 1bm^6w1l2 vbroadcastf64x4 Vz,M#32
            1c^6 vpabsb Vx,Wx#16x; 1d^6 vpabsw Vx,Wx#16x; 1e^6w0 vpabsd Vx,Wx#16x; 1f^6w1 vpabsq Vx,Wx#16x
            20^6l0 vpmovsxbw Vo,Wo#8; 20^6l1 vpmovsxbw Vy,Wo#16; 20^6l2 vpmovsxbw Vz,Wy#32; 20^3w0l0 vpmovswb =Wo,Vo#8
            20^3w0l1 vpmovswb =Wo,Vy#16; 20^3w0l2 vpmovswb =Wy,Vz#32; 21^6 vpmovsxbd Vx,Wo#4x; 21^3w0 vpmovsdb =Wo,Vx#4x
            22^6 vpmovsxbq Vx,Wo#2x; 22^3w0 vpmovsqb =Wo,Vx#2x; 23^6l0 vpmovsxwd Vo,Wo#8; 23^6l1 vpmovsxwd Vy,Wo#16
            23^6l2 vpmovsxwd Vz,Wy#32; 23^3w0l0 vpmovsdw =Wo,Vo#8; 23^3w0l1 vpmovsdw =Wo,Vy#16
            23^3w0l2 vpmovsdw =Wy,Vz#32; 24^6 vpmovsxwq Vx,Wo#4x; 24^3w0 vpmovsqw =Wo,Vx#4x; 25^6w0l0 vpmovsxdq Vo,Wo#8
            25^6w0l1 vpmovsxdq Vy,Wo#16; 25^6w0l2 vpmovsxdq Vz,Wy#32; 25^3w0l0 vpmovsqd =Wo,Vo#8
            25^3w0l1 vpmovsqd =Wo,Vy#16; 25^3w0l2 vpmovsqd =Wy,Vz#32; 26^6w0 vptestmb KG,Hx,Wx#16x *b4
            26^6w1 vptestmw KG,Hx,Wx#16x *b8; 26^3w0 vptestnmb KG,Hx,Wx#16x *b4; 26^3w1 vptestnmw KG,Hx,Wx#16x *b8
            27^6w0 vptestmd KG,Hx,Wx#16x *b4; 27^6w1 vptestmq KG,Hx,Wx#16x *b8; 27^3w0 vptestnmd KG,Hx,Wx#16x *b4
            27^3w1 vptestnmq KG,Hx,Wx#16x *b8; 28^6w1 vpmuldq Vx,Hx,Wx#16x *b8; 28r^3w0 vpmovm2b Vx,KE
            28r^3w1 vpmovm2w Vx,KE; 29^6w1 vpcmpeqq KG,Hx,Wx#16x *b8; 29^3w0 vpmovb2m KG,Wx#16x
            29^3w1 vpmovw2m KG,Wx#16x; 2a^6w0 vmovntdqa Vx,Wx#16x; 2ar^3w1 vpbroadcastmb2q Vx,KE
            2b^6w0 vpackusdw Vx,Hx,Wx#16x *b4; 2c^6w0 vscalefps Vx,Hx,Wx#16x *b4 *er
            2c^6w1 vscalefpd Vx,Hx,Wx#16x *b8 *er; 2d^6w0 vscalefss Vo,Ho,Wo#4 *er; 2d^6w1 vscalefsd Vo,Ho,Wo#8 *er
            30^6l0 vpmovzxbw Vo,Wo#8; 30^6l1 vpmovzxbw Vy,Wo#16; 30^6l2 vpmovzxbw Vz,Wy#32; 30^3w0l0 vpmovwb =Wo,Vo#8
            30^3w0l1 vpmovwb =Wo,Vy#16; 30^3w0l2 vpmovwb =Wy,Vz#32; 31^6 vpmovzxbd Vx,Wo#4x; 31^3w0 vpmovdb =Wo,Vx#4x
            32^6 vpmovzxbq Vx,Wo#2x; 32^3w0 vpmovqb =Wo,Vx#2x; 33^6l0 vpmovzxwd Vo,Wo#8; 33^6l1 vpmovzxwd Vy,Wo#16
            33^6l2 vpmovzxwd Vz,Wy#32; 33^3w0l0 vpmovdw =Wo,Vo#8; 33^3w0l1 vpmovdw =Wo,Vy#16; 33^3w0l2 vpmovdw =Wy,Vz#32
            34^6 vpmovzxwq Vx,Wo#4x; 34^3w0 vpmovqw =Wo,Vx#4x; 35^6w0l0 vpmovzxdq Vo,Wo#8; 35^6w0l1 vpmovzxdq Vy,Wo#16
            35^6w0l2 vpmovzxdq Vz,Wy#32; 35^3w0l0 vpmovqd =Wo,Vo#8; 35^3w0l1 vpmovqd =Wo,Vy#16
            35^3w0l2 vpmovqd =Wy,Vz#32; 36^6w0l1 vpermd Vy,Hy,Wy#32 *b4; 36^6w0l2 vpermd Vz,Hz,Wz#64 *b4
            36^6w1l1 vpermq Vy,Hy,Wy#32 *b8; 36^6w1l2 vpermq Vz,Hz,Wz#64 *b8; 37^6w1 vpcmpgtq KG,Hx,Wx#16x *b8
            38^6w0 vpminsb Vx,Hx,Wx#16x *b4; 38^6w1 vpminsb Vx,Hx,Wx#16x *b8; 38r^3w0 vpmovm2d Vx,KE
            38r^3w1 vpmovm2q Vx,KE; 39^6w0 vpminsd Vx,Hx,Wx#16x *b4; 39^6w1 vpminsq Vx,Hx,Wx#16x *b8
            39^3w0 vpmovd2m KG,Wx#16x; 39^3w1 vpmovq2m KG,Wx#16x; 3a^6w0 vpminuw Vx,Hx,Wx#16x *b4
            3a^6w1 vpminuw Vx,Hx,Wx#16x *b8; 3ar^3w0 vpbroadcastmw2d Vx,KE; 3b^6w0 vpminud Vx,Hx,Wx#16x *b4
            3b^6w1 vpminuq Vx,Hx,Wx#16x *b8; 3c^6w0 vpmaxsb Vx,Hx,Wx#16x *b4; 3c^6w1 vpmaxsb Vx,Hx,Wx#16x *b8
            3d^6w0 vpmaxsd Vx,Hx,Wx#16x *b4; 3d^6w1 vpmaxsq Vx,Hx,Wx#16x *b8; 3e^6w0 vpmaxuw Vx,Hx,Wx#16x *b4
            3e^6w1 vpmaxuw Vx,Hx,Wx#16x *b8; 3f^6w0 vpmaxud Vx,Hx,Wx#16x *b4; 3f^6w1 vpmaxuq Vx,Hx,Wx#16x *b8
            40^6w0 vpmulld Vx,Hx,Wx#16x *b4; 40^6w1 vpmullq Vx,Hx,Wx#16x *b8; 42^6w0 vgetexpps Vx,Wx#16x
            42^6w1 vgetexppd Vx,Wx#16x; 43^6w0 vgetexpss Vo,Ho,Wo#4; 43^6w1 vgetexpsd Vo,Ho,Wo#8
            44^6w0 vplzcntd Vx,Wx#16x; 44^6w1 vplzcntq Vx,Wx#16x; 45^6w0 vpsrlvd Vx,Hx,Wx#16x *b4
            45^6w1 vpsrlvq Vx,Hx,Wx#16x *b8; 46^6w0 vpsravd Vx,Hx,Wx#16x *b4; 46^6w1 vpsravq Vx,Hx,Wx#16x *b8
            47^6w0 vpsllvd Vx,Hx,Wx#16x *b4; 47^6w1 vpsllvq Vx,Hx,Wx#16x *b8; 4c^6w0 vrcp14ps Vx,Wx#16x
            4c^6w1 vrcp14pd Vx,Wx#16x; 4d^6w0 vrcp14ss Vo,Ho,Wo#4; 4d^6w1 vrcp14sd Vo,Ho,Wo#8
            4e^nw0 vrsqrt14ps Vx,Wx#16x; 4e^nw1 vrsqrt14pd Vx,Wx#16x; 4e^6w0 vrsqrt14ps Vx,Wx#16x
            4e^6w1 vrsqrt14pd Vx,Wx#16x; 4e^3w0 vrsqrt14ps Vx,Wx#16x; 4e^3w1 vrsqrt14pd Vx,Wx#16x
            4e^2w0 vrsqrt14ps Vx,Wx#16x; 4e^2w1 vrsqrt14pd Vx,Wx#16x; 4f^6w0 vrsqrt14ss Vo,Ho,Wo#4
            4f^6w1 vrsqrt14sd Vo,Ho,Wo#8; 50^nw0 vpdpbuud Vx,Hx,Wx#16x *b4; 50^6w0 vpdpbusd Vx,Hx,Wx#16x *b4
            50^3w0 vpdpbsud Vx,Hx,Wx#16x *b4; 50^2w0 vpdpbssd Vx,Hx,Wx#16x *b4; 51^nw0 vpdpbuuds Vx,Hx,Wx#16x *b4
            51^6w0 vpdpbusds Vx,Hx,Wx#16x *b4; 51^3w0 vpdpbsuds Vx,Hx,Wx#16x *b4; 51^2w0 vpdpbssds Vx,Hx,Wx#16x *b4
            52^6w0 vpdpwssd Vx,Hx,Wx#16x *b4; 52^3w0 vdpbf16ps Vx,Hx,Wx#16x *b4; 52m^2w0 vp4dpwssd Vx,Hx,M#16
            53^6w0 vpdpwssds Vx,Hx,Wx#16x *b4; 53m^2w0 vp4dpwssds Vx,Hx,M#16; 54^6w0 vpopcntb Vx,Wx#16x
            54^6w1 vpopcntw Vx,Wx#16x; 55^6w0 vpopcntd Vx,Wx#16x; 55^6w1 vpopcntq Vx,Wx#16x; 58^6w0 vpbroadcastd Vx,Wo#4
            59^6w0 vbroadcasti32x2 Vx,Wo#8; 59^6w1 vpbroadcastq Vx,Wo#8; 5am^6w0l1 vbroadcasti32x4 Vy,M#16
            5am^6w0l2 vbroadcasti32x4 Vz,M#16; 5am^6w1l1 vbroadcasti64x2 Vy,M#16; 5am^6w1l2 vbroadcasti64x2 Vz,M#16
            5bm^6w0l2 vbroadcasti32x8 Vz,M#32; 5bm^6w1l2 vbroadcasti64x4 Vz,M#32; 62^6w0 vpexpandb Vx,Wx#1
            62^6w1 vpexpandw Vx,Wx#2; 63^6w0 vpcompressb =Wx,Vx#1; 63^6w1 vpcompressw =Wx,Vx#2
            64^6w0 vpblendmd Vx,Hx,Wx#16x *b4; 64^6w1 vpblendmq Vx,Hx,Wx#16x *b8; 65^6w0 vblendmps Vx,Hx,Wx#16x *b4
            65^6w1 vblendmpd Vx,Hx,Wx#16x *b8; 66^6w0 vpblendmb Vx,Hx,Wx#16x *b4; 66^6w1 vpblendmw Vx,Hx,Wx#16x *b8
            68^2w0 vp2intersectd KG,Hx,Wx#16x *b4; 68^2w1 vp2intersectq KG,Hx,Wx#16x *b8
            70^6w1 vpshldvw Vx,Hx,Wx#16x *b8; 71^6w0 vpshldvd Vx,Hx,Wx#16x *b4; 71^6w1 vpshldvq Vx,Hx,Wx#16x *b8
            72^6w1 vpshrdvw Vx,Hx,Wx#16x *b8; 72m^3w0l0 vcvtneps2bf16x Vo,M#16; 72r^3w0l0 vcvtneps2bf16 Vo,Wo
            72m^3w0l1 vcvtneps2bf16y Vo,M#32; 72r^3w0l1 vcvtneps2bf16 Vo,Wy; 72^3w0l2 vcvtneps2bf16 Vy,Wz#64
            72^2w0 vcvtne2ps2bf16 Vx,Hx,Wx#16x *b4; 73^6w0 vpshrdvd Vx,Hx,Wx#16x *b4; 73^6w1 vpshrdvq Vx,Hx,Wx#16x *b8
            75^6w0 vpermi2b Vx,Hx,Wx#16x *b4; 75^6w1 vpermi2w Vx,Hx,Wx#16x *b8; 76^6w0 vpermi2d Vx,Hx,Wx#16x *b4
            76^6w1 vpermi2q Vx,Hx,Wx#16x *b8; 77^6w0 vpermi2ps Vx,Hx,Wx#16x *b4; 77^6w1 vpermi2pd Vx,Hx,Wx#16x *b8
            78^6w0 vpbroadcastb Vx,Wo#1; 79^6w0 vpbroadcastw Vx,Wo#2; 7ar^6w0 vpbroadcastb Vx,Ed
            7br^6w0 vpbroadcastw Vx,Ed; 7cr^6w0 vpbroadcastd Vx,Ed; 7cr^6w1 vpbroadcastq Vx,Eq
            7d^6w0 vpermt2b Vx,Hx,Wx#16x *b4; 7d^6w1 vpermt2w Vx,Hx,Wx#16x *b8; 7e^6w0 vpermt2d Vx,Hx,Wx#16x *b4
            7e^6w1 vpermt2q Vx,Hx,Wx#16x *b8; 7f^6w0 vpermt2ps Vx,Hx,Wx#16x *b4; 7f^6w1 vpermt2pd Vx,Hx,Wx#16x *b8
            83^6w1 vpmultishiftqb Vx,Hx,Wx#16x *b8; 88^6w0 vexpandps Vx,Wx#4; 88^6w1 vexpandpd Vx,Wx#8
            89^6w0 vpexpandd Vx,Wx#4; 89^6w1 vpexpandq Vx,Wx#8; 8a^6w0 vcompressps =Wx,Vx#4; 8a^6w1 vcompresspd =Wx,Vx#8
            8b^6w0 vpcompressd =Wx,Vx#4; 8b^6w1 vpcompressq =Wx,Vx#8; 8d^6w0 vpermb Vx,Hx,Wx#16x *b4
            8d^6w1 vpermw Vx,Hx,Wx#16x *b8; 8f^6w0 vpshufbitqmb KG,Hx,Wx#16x *b4; 8f^6w1 vpshufbitqmb KG,Hx,Wx#16x *b8
            96^6w0 vfmaddsub132ps Vx,Hx,Wx#16x *b4 *er; 96^6w1 vfmaddsub132pd Vx,Hx,Wx#16x *b8 *er
            97^6w0 vfmsubadd132ps Vx,Hx,Wx#16x *b4 *er; 97^6w1 vfmsubadd132pd Vx,Hx,Wx#16x *b8 *er
            98^6w0 vfmadd132ps Vx,Hx,Wx#16x *b4 *er; 98^6w1 vfmadd132pd Vx,Hx,Wx#16x *b8 *er
            99^6w0 vfmadd132ss Vo,Ho,Wo#4 *er; 99^6w1 vfmadd132sd Vo,Ho,Wo#8 *er
            9a^6w0 vfmsub132ps Vx,Hx,Wx#16x *b4 *er; 9a^6w1 vfmsub132pd Vx,Hx,Wx#16x *b8 *er
            9am^2w0 v4fmaddps Vx,Hx,M#16; 9b^6w0 vfmsub132ss Vo,Ho,Wo#4 *er; 9b^6w1 vfmsub132sd Vo,Ho,Wo#8 *er
            9bm^2w0 v4fmaddss Vo,Ho,M#16; 9c^6w0 vfnmadd132ps Vx,Hx,Wx#16x *b4 *er
            9c^6w1 vfnmadd132pd Vx,Hx,Wx#16x *b8 *er; 9d^6w0 vfnmadd132ss Vo,Ho,Wo#4 *er
            9d^6w1 vfnmadd132sd Vo,Ho,Wo#8 *er; 9e^6w0 vfnmsub132ps Vx,Hx,Wx#16x *b4 *er
            9e^6w1 vfnmsub132pd Vx,Hx,Wx#16x *b8 *er; 9f^6w0 vfnmsub132ss Vo,Ho,Wo#4 *er
            9f^6w1 vfnmsub132sd Vo,Ho,Wo#8 *er; a6^6w0 vfmaddsub213ps Vx,Hx,Wx#16x *b4 *er
            a6^6w1 vfmaddsub213pd Vx,Hx,Wx#16x *b8 *er; a7^6w0 vfmsubadd213ps Vx,Hx,Wx#16x *b4 *er
            a7^6w1 vfmsubadd213pd Vx,Hx,Wx#16x *b8 *er; a8^6w0 vfmadd213ps Vx,Hx,Wx#16x *b4 *er
            a8^6w1 vfmadd213pd Vx,Hx,Wx#16x *b8 *er; a9^6w0 vfmadd213ss Vo,Ho,Wo#4 *er
            a9^6w1 vfmadd213sd Vo,Ho,Wo#8 *er; aa^6w0 vfmsub213ps Vx,Hx,Wx#16x *b4 *er
            aa^6w1 vfmsub213pd Vx,Hx,Wx#16x *b8 *er; aam^2w0 v4fnmaddps Vx,Hx,M#16; ab^6w0 vfmsub213ss Vo,Ho,Wo#4 *er
            ab^6w1 vfmsub213sd Vo,Ho,Wo#8 *er; abm^2w0 v4fnmaddss Vo,Ho,M#16; ac^6w0 vfnmadd213ps Vx,Hx,Wx#16x *b4 *er
            ac^6w1 vfnmadd213pd Vx,Hx,Wx#16x *b8 *er; ad^6w0 vfnmadd213ss Vo,Ho,Wo#4 *er
            ad^6w1 vfnmadd213sd Vo,Ho,Wo#8 *er; ae^6w0 vfnmsub213ps Vx,Hx,Wx#16x *b4 *er
            ae^6w1 vfnmsub213pd Vx,Hx,Wx#16x *b8 *er; af^6w0 vfnmsub213ss Vo,Ho,Wo#4 *er
            af^6w1 vfnmsub213sd Vo,Ho,Wo#8 *er; b4^6w1 vpmadd52luq Vx,Hx,Wx#16x *b8; b5^6w1 vpmadd52huq Vx,Hx,Wx#16x *b8
            b6^6w0 vfmaddsub231ps Vx,Hx,Wx#16x *b4 *er; b6^6w1 vfmaddsub231pd Vx,Hx,Wx#16x *b8 *er
            b7^6w0 vfmsubadd231ps Vx,Hx,Wx#16x *b4 *er; b7^6w1 vfmsubadd231pd Vx,Hx,Wx#16x *b8 *er
            b8^6w0 vfmadd231ps Vx,Hx,Wx#16x *b4 *er; b8^6w1 vfmadd231pd Vx,Hx,Wx#16x *b8 *er
            b9^6w0 vfmadd231ss Vo,Ho,Wo#4 *er; b9^6w1 vfmadd231sd Vo,Ho,Wo#8 *er
            ba^6w0 vfmsub231ps Vx,Hx,Wx#16x *b4 *er; ba^6w1 vfmsub231pd Vx,Hx,Wx#16x *b8 *er
            bb^6w0 vfmsub231ss Vo,Ho,Wo#4 *er; bb^6w1 vfmsub231sd Vo,Ho,Wo#8 *er
            bc^6w0 vfnmadd231ps Vx,Hx,Wx#16x *b4 *er; bc^6w1 vfnmadd231pd Vx,Hx,Wx#16x *b8 *er
            bd^6w0 vfnmadd231ss Vo,Ho,Wo#4 *er; bd^6w1 vfnmadd231sd Vo,Ho,Wo#8 *er
            be^6w0 vfnmsub231ps Vx,Hx,Wx#16x *b4 *er; be^6w1 vfnmsub231pd Vx,Hx,Wx#16x *b8 *er
            bf^6w0 vfnmsub231ss Vo,Ho,Wo#4 *er; bf^6w1 vfnmsub231sd Vo,Ho,Wo#8 *er; c4^6w0 vpconflictd Vx,Wx#16x
            c4^6w1 vpconflictq Vx,Wx#16x; c8^6w0 vexp2ps Vx,Wx#16x; c8^6w1 vexp2pd Vx,Wx#16x; ca^6w0 vrcp28ps Vx,Wx#16x
            ca^6w1 vrcp28pd Vx,Wx#16x; cb^6w0 vrcp28ss Vo,Ho,Wo#4; cb^6w1 vrcp28sd Vo,Ho,Wo#8
            cc^6w0 vrsqrt28ps Vx,Wx#16x; cc^6w1 vrsqrt28pd Vx,Wx#16x; cd^6w0 vrsqrt28ss Vo,Ho,Wo#4
            cd^6w1 vrsqrt28sd Vo,Ho,Wo#8; cf^6w0 vgf2p8mulb Vx,Hx,Wx#16x *b4; dc^6w0 vaesenc Vx,Hx,Wx#16x *b4
            dc^6w1 vaesenc Vx,Hx,Wx#16x *b8; dd^6w0 vaesenclast Vx,Hx,Wx#16x *b4; dd^6w1 vaesenclast Vx,Hx,Wx#16x *b8
            de^6w0 vaesdec Vx,Hx,Wx#16x *b4; de^6w1 vaesdec Vx,Hx,Wx#16x *b8; df^6w0 vaesdeclast Vx,Hx,Wx#16x *b4
            df^6w1 vaesdeclast Vx,Hx,Wx#16x *b8
            """;

    static final String MAP_3 = """
            00^6w1l1 vpermq Vy,Wy,Ib#32; 00^6w1l2 vpermq Vz,Wz,Ib#64; 01^6w1l1 vpermpd Vy,Wy,Ib#32
            01^6w1l2 vpermpd Vz,Wz,Ib#64; 03^6w0 valignd Vx,Hx,Wx,Ib#16x *b4; 03^6w1 valignq Vx,Hx,Wx,Ib#16x *b8
            04^6w0 vpermilps Vx,Wx,Ib#16x; 05^6w1 vpermilpd Vx,Wx,Ib#16x; 08^nw0 vrndscaleph Vx,Wx,Ib#16x
            08^6w0 vrndscaleps Vx,Wx,Ib#16x; 09^6w1 vrndscalepd Vx,Wx,Ib#16x; 0a^nw0 vrndscalesh Vo,Ho,Wo,Ib#2
            0a^6w0 vrndscaless Vo,Ho,Wo,Ib#4; 0b^6w1 vrndscalesd Vo,Ho,Wo,Ib#8; 0f^6w0 vpalignr Vx,Hx,Wx,Ib#16x *b4
            0f^6w1 vpalignr Vx,Hx,Wx,Ib#16x *b8; 14^6l0 vpextrb =Ed,Vo,Ib#1; 15^6l0 vpextrw =Ed,Vo,Ib#2
            16^6w0l0 vpextrd =Ed,Vo,Ib#4; 16^6w1l0 vpextrq =Eq,Vo,Ib#8; 17^6l0 vextractps =Ed,Vo,Ib#4
            18^6w0l1 vinsertf32x4 Vy,Hy,Wo,Ib#16; 18^6w0l2 vinsertf32x4 Vz,Hz,Wo,Ib#16
            18^6w1l1 vinsertf64x2 Vy,Hy,Wo,Ib#16 *b16; 18^6w1l2 vinsertf64x2 Vz,Hz,Wo,Ib#16 *b16
            19^6w0l1 vextractf32x4 =Wo,Vy,Ib#16; 19^6w0l2 vextractf32x4 =Wo,Vz,Ib#16
            19^6w1l1 vextractf64x2 =Wo,Vy,Ib#16; 19^6w1l2 vextractf64x2 =Wo,Vz,Ib#16
            1a^6w0l2 vinsertf32x8 Vz,Hz,Wy,Ib#32; 1a^6w1l2 vinsertf64x4 Vz,Hz,Wy,Ib#32 *b32
            1b^6w0l2 vextractf32x8 =Wy,Vz,Ib#32; 1b^6w1l2 vextractf64x4 =Wy,Vz,Ib#32; 1d^6w0l0 vcvtps2ph =Wo,Vo,Ib#8
            1d^6w0l1 vcvtps2ph =Wo,Vy,Ib#16; 1d^6w0l2 vcvtps2ph =Wy,Vz,Ib#32; 1e^6w0 vpcmp?ud KG,Hx,Wx,Ib#16x *b4
            1e^6w1 vpcmp?uq KG,Hx,Wx,Ib#16x *b8; 1f^6w0 vpcmp?d KG,Hx,Wx,Ib#16x *b4; 1f^6w1 vpcmp?q KG,Hx,Wx,Ib#16x *b8
            20^6w0l0 vpinsrb Vo,Ho,Ed,Ib#1; 20^6w1l0 vpinsrb Vo,Ho,Ed,Ib#1 *b1; 21^6w0l0 vinsertps Vo,Ho,Wo,Ib#4
            22^6w0l0 vpinsrd Vo,Ho,Ed,Ib#4; 22^6w1l0 vpinsrq Vo,Ho,Eq,Ib#8 *b8; 23^6w0l1 vshuff32x4 Vy,Hy,Wy,Ib#32 *b4
            23^6w0l2 vshuff32x4 Vz,Hz,Wz,Ib#64 *b4; 23^6w1l1 vshuff64x2 Vy,Hy,Wy,Ib#32 *b8
            23^6w1l2 vshuff64x2 Vz,Hz,Wz,Ib#64 *b8; 25^6w0 vpternlogd Vx,Hx,Wx,Ib#16x *b4
            25^6w1 vpternlogq Vx,Hx,Wx,Ib#16x *b8; 26^nw0 vgetmantph Vx,Wx,Ib#16x; 26^6w0 vgetmantps Vx,Wx,Ib#16x
            26^6w1 vgetmantpd Vx,Wx,Ib#16x; 27^nw0 vgetmantsh Vo,Ho,Wo,Ib#2; 27^6w0 vgetmantss Vo,Ho,Wo,Ib#4
            27^6w1 vgetmantsd Vo,Ho,Wo,Ib#8; 38^6w0l1 vinserti32x4 Vy,Hy,Wo,Ib#16; 38^6w0l2 vinserti32x4 Vz,Hz,Wo,Ib#16
            38^6w1l1 vinserti64x2 Vy,Hy,Wo,Ib#16 *b16; 38^6w1l2 vinserti64x2 Vz,Hz,Wo,Ib#16 *b16
            39^6w0l1 vextracti32x4 =Wo,Vy,Ib#16; 39^6w0l2 vextracti32x4 =Wo,Vz,Ib#16
            39^6w1l1 vextracti64x2 =Wo,Vy,Ib#16; 39^6w1l2 vextracti64x2 =Wo,Vz,Ib#16
            3a^6w0l2 vinserti32x8 Vz,Hz,Wy,Ib#32; 3a^6w1l2 vinserti64x4 Vz,Hz,Wy,Ib#32 *b32
            3b^6w0l2 vextracti32x8 =Wy,Vz,Ib#32; 3b^6w1l2 vextracti64x4 =Wy,Vz,Ib#32
            3e^6w0 vpcmp?ub KG,Hx,Wx,Ib#16x *b4; 3e^6w1 vpcmp?uw KG,Hx,Wx,Ib#16x *b8; 3f^6w0 vpcmp?b KG,Hx,Wx,Ib#16x *b4
            3f^6w1 vpcmp?w KG,Hx,Wx,Ib#16x *b8; 42^nw0 vdbpsadbw Vx,Hx,Wx,Ib#16x *b4
            42^6w0 vdbpsadbw Vx,Hx,Wx,Ib#16x *b4; 42^3w0 vdbpsadbw Vx,Hx,Wx,Ib#16x *b4
            42^2w0 vdbpsadbw Vx,Hx,Wx,Ib#16x *b4; 43^6w0l1 vshufi32x4 Vy,Hy,Wy,Ib#32 *b4
            43^6w0l2 vshufi32x4 Vz,Hz,Wz,Ib#64 *b4; 43^6w1l1 vshufi64x2 Vy,Hy,Wy,Ib#32 *b8
            43^6w1l2 vshufi64x2 Vz,Hz,Wz,Ib#64 *b8; 44^6w0 vpclmul?qdq Vx,Hx,Wx,Ib#16x *b4
            44^6w1 vpclmul?qdq Vx,Hx,Wx,Ib#16x *b8; 50^6w0 vrangeps Vx,Hx,Wx,Ib#16x *b4
            50^6w1 vrangepd Vx,Hx,Wx,Ib#16x *b8; 51^6w0 vrangess Vo,Ho,Wo,Ib#4; 51^6w1 vrangesd Vo,Ho,Wo,Ib#8
            54^6w0 vfixupimmps Vx,Hx,Wx,Ib#16x *b4; 54^6w1 vfixupimmpd Vx,Hx,Wx,Ib#16x *b8
            55^6w0 vfixupimmss Vo,Ho,Wo,Ib#4; 55^6w1 vfixupimmsd Vo,Ho,Wo,Ib#8; 56^nw0 vreduceph Vx,Wx,Ib#16x
            56^6w0 vreduceps Vx,Wx,Ib#16x; 56^6w1 vreducepd Vx,Wx,Ib#16x; 57^nw0 vreducesh Vo,Ho,Wo,Ib#2
            57^6w0 vreducess Vo,Ho,Wo,Ib#4; 57^6w1 vreducesd Vo,Ho,Wo,Ib#8; 66m^nw0l0 vfpclassphx KG,M,Ib#16
            66r^nw0 vfpclassph KG,Wx,Ib; 66m^nw0l1 vfpclassphy KG,M,Ib#32; 66m^nw0l2 vfpclassphz KG,M,Ib#64
            66m^6w0l0 vfpclasspsx KG,M,Ib#16; 66r^6w0 vfpclassps KG,Wx,Ib; 66m^6w0l1 vfpclasspsy KG,M,Ib#32
            66m^6w0l2 vfpclasspsz KG,M,Ib#64; 66m^6w1l0 vfpclasspdx KG,M,Ib#16; 66r^6w1 vfpclasspd KG,Wx,Ib
            66m^6w1l1 vfpclasspdy KG,M,Ib#32; 66m^6w1l2 vfpclasspdz KG,M,Ib#64; 67^nw0 vfpclasssh KG,Wo,Ib#2
            67^6w0 vfpclassss KG,Wo,Ib#4; 67^6w1 vfpclasssd KG,Wo,Ib#8; 70^nw1 vpshldw Vx,Hx,Wx,Ib#16x *b8
            70^6w1 vpshldw Vx,Hx,Wx,Ib#16x *b8; 70^3w1 vpshldw Vx,Hx,Wx,Ib#16x *b8; 70^2w1 vpshldw Vx,Hx,Wx,Ib#16x *b8
            71^6w0 vpshldd Vx,Hx,Wx,Ib#16x *b4; 71^6w1 vpshldq Vx,Hx,Wx,Ib#16x *b8; 72^nw1 vpshrdw Vx,Hx,Wx,Ib#16x *b8
            72^6w1 vpshrdw Vx,Hx,Wx,Ib#16x *b8; 72^3w1 vpshrdw Vx,Hx,Wx,Ib#16x *b8; 72^2w1 vpshrdw Vx,Hx,Wx,Ib#16x *b8
            73^6w0 vpshrdd Vx,Hx,Wx,Ib#16x *b4; 73^6w1 vpshrdq Vx,Hx,Wx,Ib#16x *b8; c2^nw0 vcmp?ph KG,Hx,Wx,Ib#16x *b2
            c2^3w0 vcmp?sh KG,Ho,Wo,Ib#2; ce^6w1 vgf2p8affineqb Vx,Hx,Wx,Ib#16x *b8
            cf^6w1 vgf2p8affineinvqb Vx,Hx,Wx,Ib#16x *b8
            """;

    static final String MAP_5 = """
            10m^3w0 vmovsh Vo,M#2; 10r^3w0 vmovsh Vo,Ho,Wo; 11m^3w0 vmovsh =M,Vo#2; 11r^3w0 vmovsh =Wo,Ho,Vo
            1d^nw0 vcvtss2sh Vo,Ho,Wo#4 *er; 1dm^6w0l0 vcvtps2phxx Vo,M#16; 1dr^6w0l0 vcvtps2phx Vo,Wo
            1dm^6w0l1 vcvtps2phxy Vo,M#32; 1dr^6w0l1 vcvtps2phx Vo,Wy; 1d^6w0l2 vcvtps2phx Vy,Wz#64
            2am^3w0 vcvtsi2shl Vo,Ho,M#4; 2ar^3 vcvtsi2sh Vo,Ho,Ey *er; 2am^3w1 vcvtsi2shq Vo,Ho,M#8
            2c^3 vcvttsh2si =Gy,Wo#2; 2d^3 vcvtsh2si =Gy,Wo#2; 2e^nw0 vucomish Vo,Wo#2; 2f^nw0 vcomish Vo,Wo#2
            51^nw0 vsqrtph Vx,Wx#16x; 51^3w0 vsqrtsh Vo,Ho,Wo#2 *er; 58^nw0 vaddph Vx,Hx,Wx#16x *b2 *er
            58^3w0 vaddsh Vo,Ho,Wo#2 *er; 59^nw0 vmulph Vx,Hx,Wx#16x *b2 *er; 59^3w0 vmulsh Vo,Ho,Wo#2 *er
            5a^nw0 vcvtph2pd Vx,Wo#4x; 5am^6w1l0 vcvtpd2phx Vo,M#16; 5ar^6w1 vcvtpd2ph Vo,Wx
            5am^6w1l1 vcvtpd2phy Vo,M#32; 5am^6w1l2 vcvtpd2phz Vo,M#64; 5a^3w0 vcvtsh2sd Vo,Ho,Wo#2
            5a^2w1 vcvtsd2sh Vo,Ho,Wo#8 *er; 5bm^nw0l0 vcvtdq2phx Vo,M#16; 5br^nw0l0 vcvtdq2ph Vo,Wo
            5bm^nw0l1 vcvtdq2phy Vo,M#32; 5br^nw0l1 vcvtdq2ph Vo,Wy; 5b^nw0l2 vcvtdq2ph Vy,Wz#64
            5bm^nw1l0 vcvtqq2phx Vo,M#16; 5br^nw1 vcvtqq2ph Vo,Wx; 5bm^nw1l1 vcvtqq2phy Vo,M#32
            5bm^nw1l2 vcvtqq2phz Vo,M#64; 5b^6w0l0 vcvtph2dq Vo,Wo#8; 5b^6w0l1 vcvtph2dq Vy,Wo#16
            5b^6w0l2 vcvtph2dq Vz,Wy#32; 5b^3w0l0 vcvttph2dq Vo,Wo#8; 5b^3w0l1 vcvttph2dq Vy,Wo#16
            5b^3w0l2 vcvttph2dq Vz,Wy#32; 5c^nw0 vsubph Vx,Hx,Wx#16x *b2 *er; 5c^3w0 vsubsh Vo,Ho,Wo#2 *er
            5d^nw0 vminph Vx,Hx,Wx#16x *b2; 5d^3w0 vminsh Vo,Ho,Wo#2; 5e^nw0 vdivph Vx,Hx,Wx#16x *b2 *er
            5e^3w0 vdivsh Vo,Ho,Wo#2 *er; 5f^nw0 vmaxph Vx,Hx,Wx#16x *b2; 5f^3w0 vmaxsh Vo,Ho,Wo#2; 6e^6 vmovw Vo,Ed#2
            78^nw0l0 vcvttph2udq Vo,Wo#8; 78^nw0l1 vcvttph2udq Vy,Wo#16; 78^nw0l2 vcvttph2udq Vz,Wy#32
            78^6w0 vcvttph2uqq Vx,Wo#4x; 78^3 vcvttsh2usi =Gy,Wo#2; 79^nw0l0 vcvtph2udq Vo,Wo#8
            79^nw0l1 vcvtph2udq Vy,Wo#16; 79^nw0l2 vcvtph2udq Vz,Wy#32; 79^6w0 vcvtph2uqq Vx,Wo#4x
            79^3 vcvtsh2usi =Gy,Wo#2; 7a^6w0 vcvttph2qq Vx,Wo#4x; 7am^2w0l0 vcvtudq2phx Vo,M#16
            7ar^2w0l0 vcvtudq2ph Vo,Wo; 7am^2w0l1 vcvtudq2phy Vo,M#32; 7ar^2w0l1 vcvtudq2ph Vo,Wy
            7a^2w0l2 vcvtudq2ph Vy,Wz#64; 7am^2w1l0 vcvtuqq2phx Vo,M#16; 7ar^2w1 vcvtuqq2ph Vo,Wx
            7am^2w1l1 vcvtuqq2phy Vo,M#32; 7am^2w1l2 vcvtuqq2phz Vo,M#64; 7b^6w0 vcvtph2qq Vx,Wo#4x
            7bm^3w0 vcvtusi2shl Vo,Ho,M#4; 7br^3 vcvtusi2sh Vo,Ho,Ey *er; 7bm^3w1 vcvtusi2shq Vo,Ho,M#8
            7c^nw0 vcvttph2uw Vx,Wx#16x; 7c^6w0 vcvttph2w Vx,Wx#16x; 7d^nw0 vcvtph2uw Vx,Wx#16x
            7d^6w0 vcvtph2w Vx,Wx#16x; 7d^3w0 vcvtw2ph Vx,Wx#16x; 7d^2w0 vcvtuw2ph Vx,Wx#16x; 7e^6 vmovw =Ed,Vo#2
            """;

    static final String MAP_6 = """
            13^nw0 vcvtsh2ss Vo,Ho,Wo#2; 13^6w0l0 vcvtph2psx Vo,Wo#8; 13^6w0l1 vcvtph2psx Vy,Wo#16
            13^6w0l2 vcvtph2psx Vz,Wy#32; 2c^6w0 vscalefph Vx,Hx,Wx#16x *b2 *er; 2d^6w0 vscalefsh Vo,Ho,Wo#2 *er
            42^6w0 vgetexpph Vx,Wx#16x; 43^6w0 vgetexpsh Vo,Ho,Wo#2; 4c^6w0 vrcpph Vx,Wx#16x; 4d^6w0 vrcpsh Vo,Ho,Wo#2
            4e^6w0 vrsqrtph Vx,Wx#16x; 4f^6w0 vrsqrtsh Vo,Ho,Wo#2; 56^3w0 vfmaddcph Vx,Hx,Wx#16x *b4 *er
            56^2w0 vfcmaddcph Vx,Hx,Wx#16x *b4 *er; 57^3w0 vfmaddcsh Vo,Ho,Wo#4 *er; 57^2w0 vfcmaddcsh Vo,Ho,Wo#4 *er
            96^6w0 vfmaddsub132ph Vx,Hx,Wx#16x *b2 *er; 97^6w0 vfmsubadd132ph Vx,Hx,Wx#16x *b2 *er
            98^6w0 vfmadd132ph Vx,Hx,Wx#16x *b2 *er; 99^6w0 vfmadd132sh Vo,Ho,Wo#2 *er
            9a^6w0 vfmsub132ph Vx,Hx,Wx#16x *b2 *er; 9b^6w0 vfmsub132sh Vo,Ho,Wo#2 *er
            9c^6w0 vfnmadd132ph Vx,Hx,Wx#16x *b2 *er; 9d^6w0 vfnmadd132sh Vo,Ho,Wo#2 *er
            9e^6w0 vfnmsub132ph Vx,Hx,Wx#16x *b2 *er; 9f^6w0 vfnmsub132sh Vo,Ho,Wo#2 *er
            a6^6w0 vfmaddsub213ph Vx,Hx,Wx#16x *b2 *er; a7^6w0 vfmsubadd213ph Vx,Hx,Wx#16x *b2 *er
            a8^6w0 vfmadd213ph Vx,Hx,Wx#16x *b2 *er; a9^6w0 vfmadd213sh Vo,Ho,Wo#2 *er
            aa^6w0 vfmsub213ph Vx,Hx,Wx#16x *b2 *er; ab^6w0 vfmsub213sh Vo,Ho,Wo#2 *er
            ac^6w0 vfnmadd213ph Vx,Hx,Wx#16x *b2 *er; ad^6w0 vfnmadd213sh Vo,Ho,Wo#2 *er
            ae^6w0 vfnmsub213ph Vx,Hx,Wx#16x *b2 *er; af^6w0 vfnmsub213sh Vo,Ho,Wo#2 *er
            b6^6w0 vfmaddsub231ph Vx,Hx,Wx#16x *b2 *er; b7^6w0 vfmsubadd231ph Vx,Hx,Wx#16x *b2 *er
            b8^6w0 vfmadd231ph Vx,Hx,Wx#16x *b2 *er; b9^6w0 vfmadd231sh Vo,Ho,Wo#2 *er
            ba^6w0 vfmsub231ph Vx,Hx,Wx#16x *b2 *er; bb^6w0 vfmsub231sh Vo,Ho,Wo#2 *er
            bc^6w0 vfnmadd231ph Vx,Hx,Wx#16x *b2 *er; bd^6w0 vfnmadd231sh Vo,Ho,Wo#2 *er
            be^6w0 vfnmsub231ph Vx,Hx,Wx#16x *b2 *er; bf^6w0 vfnmsub231sh Vo,Ho,Wo#2 *er
            d6^3w0 vfmulcph Vx,Hx,Wx#16x *b4 *er; d6^2w0 vfcmulcph Vx,Hx,Wx#16x *b4 *er; d7^3w0 vfmulcsh Vo,Ho,Wo#4 *er
            d7^2w0 vfcmulcsh Vo,Ho,Wo#4 *er
            """;

    private X86Evex() {}
}
