package dev.backline.machine;

/** Opcodes with a VEX prefix: AVX, AVX2, FMA, BMI (Intel SDM volume 2). */
final class X86Vex {
    static final String MAP_1 = """
            77l0 vzeroupper; 77l1 vzeroall; 10^n vmovups Vx,Wx#16x; 10^6 vmovupd Vx,Wx#16x; 10m^3 vmovss Vo,M#4
            10r^3 vmovss Vo,Ho,Wo; 10m^2 vmovsd Vo,M#8; 10r^2 vmovsd Vo,Ho,Wo; 11^n vmovups =Wx,Vx#16x
            11^6 vmovupd =Wx,Vx#16x; 11m^3 vmovss =M,Vo#4; 11r^3 vmovss =Wx,Ho,Vo; 11m^2 vmovsd =M,Vo#8
            11r^2 vmovsd =Wx,Ho,Vo; 12m^nl0 vmovlps Vo,Ho,M#8; 12r^nl0 vmovhlps Vo,Ho,Wo; 12m^6l0 vmovlpd Vo,Ho,M#8
            12^3 vmovsldup Vx,Wx#16x; 12^2l0 vmovddup Vo,Wo#8; 12^2l1 vmovddup Vy,Wy#32; 13m^nl0 vmovlps =M,Vo#8
            13m^6l0 vmovlpd =M,Vo#8; 14^n vunpcklps Vx,Hx,Wx#16x; 14^6 vunpcklpd Vx,Hx,Wx#16x
            15^n vunpckhps Vx,Hx,Wx#16x; 15^6 vunpckhpd Vx,Hx,Wx#16x; 16m^nl0 vmovhps Vo,Ho,M#8
            16r^nl0 vmovlhps Vo,Ho,Wo; 16m^6l0 vmovhpd Vo,Ho,M#8; 16^3 vmovshdup Vx,Wx#16x; 17m^nl0 vmovhps =M,Vo#8
            17m^6l0 vmovhpd =M,Vo#8; 28^n vmovaps Vx,Wx#16x; 28^6 vmovapd Vx,Wx#16x; 29^n vmovaps =Wx,Vx#16x
            29^6 vmovapd =Wx,Vx#16x; 2am^3w0 vcvtsi2ssl Vo,Ho,M#4; 2ar^3 vcvtsi2ss Vo,Ho,Ey
            2am^3w1 vcvtsi2ssq Vo,Ho,M#8; 2am^2w0 vcvtsi2sdl Vo,Ho,M#4; 2ar^2 vcvtsi2sd Vo,Ho,Ey
            2am^2w1 vcvtsi2sdq Vo,Ho,M#8; 2bm^n vmovntps =M,Vx#16x; 2bm^6 vmovntpd =M,Vx#16x; 2c^3 vcvttss2si =Gy,Wo#4
            2c^2 vcvttsd2si =Gy,Wo#8; 2d^3 vcvtss2si =Gy,Wo#4; 2d^2 vcvtsd2si =Gy,Wo#8; 2e^n vucomiss Vo,Wo#4
            2e^6 vucomisd Vo,Wo#8; 2f^n vcomiss Vo,Wo#4; 2f^6 vcomisd Vo,Wo#8; 41r^nw0l1 kandw KG,KH,KE
            41r^nw1l1 kandq KG,KH,KE; 41r^6w0l1 kandb KG,KH,KE; 41r^6w1l1 kandd KG,KH,KE; 42r^nw0l1 kandnw KG,KH,KE
            42r^nw1l1 kandnq KG,KH,KE; 42r^6w0l1 kandnb KG,KH,KE; 42r^6w1l1 kandnd KG,KH,KE; 44r^nw0l0 knotw KG,KE
            44r^nw1l0 knotq KG,KE; 44r^6w0l0 knotb KG,KE; 44r^6w1l0 knotd KG,KE; 45r^nw0l1 korw KG,KH,KE
            45r^nw1l1 korq KG,KH,KE; 45r^6w0l1 korb KG,KH,KE; 45r^6w1l1 kord KG,KH,KE; 46r^nw0l1 kxnorw KG,KH,KE
            46r^nw1l1 kxnorq KG,KH,KE; 46r^6w0l1 kxnorb KG,KH,KE; 46r^6w1l1 kxnord KG,KH,KE; 47r^nw0l1 kxorw KG,KH,KE
            47r^nw1l1 kxorq KG,KH,KE; 47r^6w0l1 kxorb KG,KH,KE; 47r^6w1l1 kxord KG,KH,KE; 4ar^nw0l1 kaddw KG,KH,KE
            4ar^nw1l1 kaddq KG,KH,KE; 4ar^6w0l1 kaddb KG,KH,KE; 4ar^6w1l1 kaddd KG,KH,KE; 4br^nw0l1 kunpckwd KG,KH,KE
            4br^nw1l1 kunpckdq KG,KH,KE; 4br^6w0l1 kunpckbw KG,KH,KE; 50r^n vmovmskps =Gy,Wx; 50r^6 vmovmskpd =Gy,Wx
            51^n vsqrtps Vx,Wx#16x; 51^6 vsqrtpd Vx,Wx#16x; 51^3 vsqrtss Vo,Ho,Wo#4; 51^2 vsqrtsd Vo,Ho,Wo#8
            52^n vrsqrtps Vx,Wx#16x; 52^3 vrsqrtss Vo,Ho,Wo#4; 53^n vrcpps Vx,Wx#16x; 53^3 vrcpss Vo,Ho,Wo#4
            54^n vandps Vx,Hx,Wx#16x; 54^6 vandpd Vx,Hx,Wx#16x; 55^n vandnps Vx,Hx,Wx#16x; 55^6 vandnpd Vx,Hx,Wx#16x
            56^n vorps Vx,Hx,Wx#16x; 56^6 vorpd Vx,Hx,Wx#16x; 57^n vxorps Vx,Hx,Wx#16x; 57^6 vxorpd Vx,Hx,Wx#16x
            58^n vaddps Vx,Hx,Wx#16x; 58^6 vaddpd Vx,Hx,Wx#16x; 58^3 vaddss Vo,Ho,Wo#4; 58^2 vaddsd Vo,Ho,Wo#8
            59^n vmulps Vx,Hx,Wx#16x; 59^6 vmulpd Vx,Hx,Wx#16x; 59^3 vmulss Vo,Ho,Wo#4; 59^2 vmulsd Vo,Ho,Wo#8
            5a^n vcvtps2pd Vx,Wo#8x; 5am^6l0 vcvtpd2psx Vo,M#16; 5ar^6 vcvtpd2ps Vo,Wx; 5am^6l1 vcvtpd2psy Vo,M#32
            5a^3 vcvtss2sd Vo,Ho,Wo#4; 5a^2 vcvtsd2ss Vo,Ho,Wo#8; 5b^n vcvtdq2ps Vx,Wx#16x; 5b^6 vcvtps2dq Vx,Wx#16x
            5b^3 vcvttps2dq Vx,Wx#16x; 5c^n vsubps Vx,Hx,Wx#16x; 5c^6 vsubpd Vx,Hx,Wx#16x; 5c^3 vsubss Vo,Ho,Wo#4
            5c^2 vsubsd Vo,Ho,Wo#8; 5d^n vminps Vx,Hx,Wx#16x; 5d^6 vminpd Vx,Hx,Wx#16x; 5d^3 vminss Vo,Ho,Wo#4
            5d^2 vminsd Vo,Ho,Wo#8; 5e^n vdivps Vx,Hx,Wx#16x; 5e^6 vdivpd Vx,Hx,Wx#16x; 5e^3 vdivss Vo,Ho,Wo#4
            5e^2 vdivsd Vo,Ho,Wo#8; 5f^n vmaxps Vx,Hx,Wx#16x; 5f^6 vmaxpd Vx,Hx,Wx#16x; 5f^3 vmaxss Vo,Ho,Wo#4
            5f^2 vmaxsd Vo,Ho,Wo#8; 60^6 vpunpcklbw Vx,Hx,Wx#16x; 61^6 vpunpcklwd Vx,Hx,Wx#16x
            62^6 vpunpckldq Vx,Hx,Wx#16x; 63^6 vpacksswb Vx,Hx,Wx#16x; 64^6 vpcmpgtb Vx,Hx,Wx#16x
            65^6 vpcmpgtw Vx,Hx,Wx#16x; 66^6 vpcmpgtd Vx,Hx,Wx#16x; 67^6 vpackuswb Vx,Hx,Wx#16x
            68^6 vpunpckhbw Vx,Hx,Wx#16x; 69^6 vpunpckhwd Vx,Hx,Wx#16x; 6a^6 vpunpckhdq Vx,Hx,Wx#16x
            6b^6 vpackssdw Vx,Hx,Wx#16x; 6c^6 vpunpcklqdq Vx,Hx,Wx#16x; 6d^6 vpunpckhqdq Vx,Hx,Wx#16x
            6e^6w0l0 vmovd Vo,Ed#4; 6e^6w1l0 vmovq Vo,Eq#8; 6f^6 vmovdqa Vx,Wx#16x; 6f^3 vmovdqu Vx,Wx#16x
            70^6 vpshufd Vx,Wx,Ib#16x; 70^3 vpshufhw Vx,Wx,Ib#16x; 70^2 vpshuflw Vx,Wx,Ib#16x; 71/2r^6 vpsrlw Hx,Wx,Ib
            71/4r^6 vpsraw Hx,Wx,Ib; 71/6r^6 vpsllw Hx,Wx,Ib; 72/2r^6 vpsrld Hx,Wx,Ib; 72/4r^6 vpsrad Hx,Wx,Ib
            72/6r^6 vpslld Hx,Wx,Ib; 73/2r^6 vpsrlq Hx,Wx,Ib; 73/3r^6 vpsrldq Hx,Wx,Ib; 73/6r^6 vpsllq Hx,Wx,Ib
            73/7r^6 vpslldq Hx,Wx,Ib; 74^6 vpcmpeqb Vx,Hx,Wx#16x; 75^6 vpcmpeqw Vx,Hx,Wx#16x; 76^6 vpcmpeqd Vx,Hx,Wx#16x
            7c^6 vhaddpd Vx,Hx,Wx#16x; 7c^2 vhaddps Vx,Hx,Wx#16x; 7d^6 vhsubpd Vx,Hx,Wx#16x; 7d^2 vhsubps Vx,Hx,Wx#16x
            7e^6w0l0 vmovd =Ed,Vo#4; 7e^6w1l0 vmovq =Eq,Vo#8; 7e^3l0 vmovq Vo,Wo#8; 7f^6 vmovdqa =Wx,Vx#16x
            7f^3 vmovdqu =Wx,Vx#16x; 90^nw0l0 kmovw KG,KE#2; 90^nw1l0 kmovq KG,KE#8; 90^6w0l0 kmovb KG,KE#1
            90^6w1l0 kmovd KG,KE#4; 91m^nw0l0 kmovw =M,KG#2; 91m^nw1l0 kmovq =M,KG#8; 91m^6w0l0 kmovb =M,KG#1
            91m^6w1l0 kmovd =M,KG#4; 92r^nw0l0 kmovw KG,Ed; 92r^6w0l0 kmovb KG,Ed; 92r^2w0l0 kmovd KG,Ed
            92r^2w1l0 kmovq KG,Eq; 93r^nw0l0 kmovw =Gd,KE; 93r^6w0l0 kmovb =Gd,KE; 93r^2w0l0 kmovd =Gd,KE
            93r^2w1l0 kmovq =Gq,KE; 98r^nw0l0 kortestw KG,KE; 98r^nw1l0 kortestq KG,KE; 98r^6w0l0 kortestb KG,KE
            98r^6w1l0 kortestd KG,KE; 99r^nw0l0 ktestw KG,KE; 99r^nw1l0 ktestq KG,KE; 99r^6w0l0 ktestb KG,KE
            99r^6w1l0 ktestd KG,KE; ae/2m^nl0 vldmxcsr =M#4; ae/2m^6l0 vldmxcsr =M#4; ae/2m^3l0 vldmxcsr =M#4
            ae/2m^2l0 vldmxcsr =M#4; ae/3m^nl0 vstmxcsr =M#4; ae/3m^6l0 vstmxcsr =M#4; ae/3m^3l0 vstmxcsr =M#4
            ae/3m^2l0 vstmxcsr =M#4; c2^n vcmp?ps Vx,Hx,Wx,Ib#16x; c2^6 vcmp?pd Vx,Hx,Wx,Ib#16x
            c2^3 vcmp?ss Vo,Ho,Wo,Ib#4; c2^2 vcmp?sd Vo,Ho,Wo,Ib#8; c4^6l0 vpinsrw Vo,Ho,Ed,Ib#2
            c5r^6l0 vpextrw =Gd,Wo,Ib; c6^n vshufps Vx,Hx,Wx,Ib#16x; c6^6 vshufpd Vx,Hx,Wx,Ib#16x
            d0^6 vaddsubpd Vx,Hx,Wx#16x; d0^2 vaddsubps Vx,Hx,Wx#16x; d1^6 vpsrlw Vx,Hx,Wo#16; d2^6 vpsrld Vx,Hx,Wo#16
            d3^6 vpsrlq Vx,Hx,Wo#16; d4^6 vpaddq Vx,Hx,Wx#16x; d5^6 vpmullw Vx,Hx,Wx#16x; d6^6l0 vmovq =Wo,Vo#8
            d7r^6 vpmovmskb =Gy,Wx; d8^6 vpsubusb Vx,Hx,Wx#16x; d9^6 vpsubusw Vx,Hx,Wx#16x; da^6 vpminub Vx,Hx,Wx#16x
            db^6 vpand Vx,Hx,Wx#16x; dc^6 vpaddusb Vx,Hx,Wx#16x; dd^6 vpaddusw Vx,Hx,Wx#16x; de^6 vpmaxub Vx,Hx,Wx#16x
            df^6 vpandn Vx,Hx,Wx#16x; e0^6 vpavgb Vx,Hx,Wx#16x; e1^6 vpsraw Vx,Hx,Wo#16; e2^6 vpsrad Vx,Hx,Wo#16
            e3^6 vpavgw Vx,Hx,Wx#16x; e4^6 vpmulhuw Vx,Hx,Wx#16x; e5^6 vpmulhw Vx,Hx,Wx#16x; e6m^6l0 vcvttpd2dqx Vo,M#16
            e6r^6 vcvttpd2dq Vo,Wx; e6m^6l1 vcvttpd2dqy Vo,M#32; e6^3 vcvtdq2pd Vx,Wo#8x; e6m^2l0 vcvtpd2dqx Vo,M#16
            e6r^2 vcvtpd2dq Vo,Wx; e6m^2l1 vcvtpd2dqy Vo,M#32; e7m^6 vmovntdq =M,Vx#16x; e8^6 vpsubsb Vx,Hx,Wx#16x
            e9^6 vpsubsw Vx,Hx,Wx#16x; ea^6 vpminsw Vx,Hx,Wx#16x; eb^6 vpor Vx,Hx,Wx#16x; ec^6 vpaddsb Vx,Hx,Wx#16x
            ed^6 vpaddsw Vx,Hx,Wx#16x; ee^6 vpmaxsw Vx,Hx,Wx#16x; ef^6 vpxor Vx,Hx,Wx#16x; f0m^2 vlddqu Vx,M
            f1^6 vpsllw Vx,Hx,Wo#16; f2^6 vpslld Vx,Hx,Wo#16; f3^6 vpsllq Vx,Hx,Wo#16; f4^6 vpmuludq Vx,Hx,Wx#16x
            f5^6 vpmaddwd Vx,Hx,Wx#16x; f6^6 vpsadbw Vx,Hx,Wx#16x; f7r^6l0 vmaskmovdqu Vo,Wo; f8^6 vpsubb Vx,Hx,Wx#16x
            f9^6 vpsubw Vx,Hx,Wx#16x; fa^6 vpsubd Vx,Hx,Wx#16x; fb^6 vpsubq Vx,Hx,Wx#16x; fc^6 vpaddb Vx,Hx,Wx#16x
            fd^6 vpaddw Vx,Hx,Wx#16x; fe^6 vpaddd Vx,Hx,Wx#16x
            """;

    static final String MAP_2 = """
            49r/0.0^nw0l0 tilerelease; 00^6 vpshufb Vx,Hx,Wx#16x; 01^6 vphaddw Vx,Hx,Wx#16x; 02^6 vphaddd Vx,Hx,Wx#16x
            03^6 vphaddsw Vx,Hx,Wx#16x; 04^6 vpmaddubsw Vx,Hx,Wx#16x; 05^6 vphsubw Vx,Hx,Wx#16x
            06^6 vphsubd Vx,Hx,Wx#16x; 07^6 vphsubsw Vx,Hx,Wx#16x; 08^6 vpsignb Vx,Hx,Wx#16x; 09^6 vpsignw Vx,Hx,Wx#16x
            0a^6 vpsignd Vx,Hx,Wx#16x; 0b^6 vpmulhrsw Vx,Hx,Wx#16x; 0c^6w0 vpermilps Vx,Hx,Wx#16x
            0d^6w0 vpermilpd Vx,Hx,Wx#16x; 0e^6w0 vtestps Vx,Wx#16x; 0f^6w0 vtestpd Vx,Wx#16x; 13^6w0 vcvtph2ps Vx,Wo#8x
            16^6w0l1 vpermps Vy,Hy,Wy#32; 17^6 vptest Vx,Wx#16x; 18^6w0 vbroadcastss Vx,Wo#4
            19^6w0l1 vbroadcastsd Vy,Wo#8; 1am^6w0l1 vbroadcastf128 Vy,M#16; 1c^6 vpabsb Vx,Wx#16x
            1d^6 vpabsw Vx,Wx#16x; 1e^6 vpabsd Vx,Wx#16x; 20^6 vpmovsxbw Vx,Wo#8x; 21^6 vpmovsxbd Vx,Wo#4x
            22^6 vpmovsxbq Vx,Wo#2x; 23^6 vpmovsxwd Vx,Wo#8x; 24^6 vpmovsxwq Vx,Wo#4x; 25^6 vpmovsxdq Vx,Wo#8x
            28^6 vpmuldq Vx,Hx,Wx#16x; 29^6 vpcmpeqq Vx,Hx,Wx#16x; 2am^6 vmovntdqa Vx,M#16x; 2b^6 vpackusdw Vx,Hx,Wx#16x
            2cm^6w0 vmaskmovps Vx,Hx,M#16x; 2dm^6w0 vmaskmovpd Vx,Hx,M#16x; 2em^6w0 vmaskmovps =M,Hx,Vx#16x
            2fm^6w0 vmaskmovpd =M,Hx,Vx#16x; 30^6 vpmovzxbw Vx,Wo#8x; 31^6 vpmovzxbd Vx,Wo#4x; 32^6 vpmovzxbq Vx,Wo#2x
            33^6 vpmovzxwd Vx,Wo#8x; 34^6 vpmovzxwq Vx,Wo#4x; 35^6 vpmovzxdq Vx,Wo#8x; 36^6w0l1 vpermd Vy,Hy,Wy#32
            37^6 vpcmpgtq Vx,Hx,Wx#16x; 38^6 vpminsb Vx,Hx,Wx#16x; 39^6 vpminsd Vx,Hx,Wx#16x; 3a^6 vpminuw Vx,Hx,Wx#16x
            3b^6 vpminud Vx,Hx,Wx#16x; 3c^6 vpmaxsb Vx,Hx,Wx#16x; 3d^6 vpmaxsd Vx,Hx,Wx#16x; 3e^6 vpmaxuw Vx,Hx,Wx#16x
            3f^6 vpmaxud Vx,Hx,Wx#16x; 40^6 vpmulld Vx,Hx,Wx#16x; 41^6l0 vphminposuw Vo,Wo#16
            45^6w0 vpsrlvd Vx,Hx,Wx#16x; 45^6w1 vpsrlvq Vx,Hx,Wx#16x; 46^6w0 vpsravd Vx,Hx,Wx#16x
            47^6w0 vpsllvd Vx,Hx,Wx#16x; 47^6w1 vpsllvq Vx,Hx,Wx#16x; 49m^nw0l0 ldtilecfg =M; 49m^6w0l0 sttilecfg =M
            50^nw0 vpdpbuud Vx,Hx,Wx#16x; 50^6w0 vpdpbusd Vx,Hx,Wx#16x; 50^3w0 vpdpbsud Vx,Hx,Wx#16x
            50^2w0 vpdpbssd Vx,Hx,Wx#16x; 51^nw0 vpdpbuuds Vx,Hx,Wx#16x; 51^6w0 vpdpbusds Vx,Hx,Wx#16x
            51^3w0 vpdpbsuds Vx,Hx,Wx#16x; 51^2w0 vpdpbssds Vx,Hx,Wx#16x; 52^6w0 vpdpwssd Vx,Hx,Wx#16x
            53^6w0 vpdpwssds Vx,Hx,Wx#16x; 58^6w0 vpbroadcastd Vx,Wo#4; 59^6w0 vpbroadcastq Vx,Wo#8
            5am^6w0l1 vbroadcasti128 Vy,M#16; 72m^3w0l0 vcvtneps2bf16x Vo,M#16; 72r^3w0 vcvtneps2bf16 Vo,Wx
            72m^3w0l1 vcvtneps2bf16y Vo,M#32; 78^6w0 vpbroadcastb Vx,Wo#1; 79^6w0 vpbroadcastw Vx,Wo#2
            8cm^6w0 vpmaskmovd Vx,Hx,M#16x; 8cm^6w1 vpmaskmovq Vx,Hx,M#16x; 8em^6w0 vpmaskmovd =M,Hx,Vx#16x
            8em^6w1 vpmaskmovq =M,Hx,Vx#16x; 90m^6w0 vpgatherdd Vx,Ux,Hx#4; 90m^6w1 vpgatherdq Vx,Uo,Hx#8
            91m^6w0 vpgatherqd Vo,Ux,Ho#4; 91m^6w1 vpgatherqq Vx,Ux,Hx#8; 92m^6w0 vgatherdps Vx,Ux,Hx#4
            92m^6w1 vgatherdpd Vx,Uo,Hx#8; 93m^6w0 vgatherqps Vo,Ux,Ho#4; 93m^6w1 vgatherqpd Vx,Ux,Hx#8
            96^6w0 vfmaddsub132ps Vx,Hx,Wx#16x; 96^6w1 vfmaddsub132pd Vx,Hx,Wx#16x; 97^6w0 vfmsubadd132ps Vx,Hx,Wx#16x
            97^6w1 vfmsubadd132pd Vx,Hx,Wx#16x; 98^6w0 vfmadd132ps Vx,Hx,Wx#16x; 98^6w1 vfmadd132pd Vx,Hx,Wx#16x
            99^6w0 vfmadd132ss Vo,Ho,Wo#4; 99^6w1 vfmadd132sd Vo,Ho,Wo#8; 9a^6w0 vfmsub132ps Vx,Hx,Wx#16x
            9a^6w1 vfmsub132pd Vx,Hx,Wx#16x; 9b^6w0 vfmsub132ss Vo,Ho,Wo#4; 9b^6w1 vfmsub132sd Vo,Ho,Wo#8
            9c^6w0 vfnmadd132ps Vx,Hx,Wx#16x; 9c^6w1 vfnmadd132pd Vx,Hx,Wx#16x; 9d^6w0 vfnmadd132ss Vo,Ho,Wo#4
            9d^6w1 vfnmadd132sd Vo,Ho,Wo#8; 9e^6w0 vfnmsub132ps Vx,Hx,Wx#16x; 9e^6w1 vfnmsub132pd Vx,Hx,Wx#16x
            9f^6w0 vfnmsub132ss Vo,Ho,Wo#4; 9f^6w1 vfnmsub132sd Vo,Ho,Wo#8; a6^6w0 vfmaddsub213ps Vx,Hx,Wx#16x
            a6^6w1 vfmaddsub213pd Vx,Hx,Wx#16x; a7^6w0 vfmsubadd213ps Vx,Hx,Wx#16x; a7^6w1 vfmsubadd213pd Vx,Hx,Wx#16x
            a8^6w0 vfmadd213ps Vx,Hx,Wx#16x; a8^6w1 vfmadd213pd Vx,Hx,Wx#16x; a9^6w0 vfmadd213ss Vo,Ho,Wo#4
            a9^6w1 vfmadd213sd Vo,Ho,Wo#8; aa^6w0 vfmsub213ps Vx,Hx,Wx#16x; aa^6w1 vfmsub213pd Vx,Hx,Wx#16x
            ab^6w0 vfmsub213ss Vo,Ho,Wo#4; ab^6w1 vfmsub213sd Vo,Ho,Wo#8; ac^6w0 vfnmadd213ps Vx,Hx,Wx#16x
            ac^6w1 vfnmadd213pd Vx,Hx,Wx#16x; ad^6w0 vfnmadd213ss Vo,Ho,Wo#4; ad^6w1 vfnmadd213sd Vo,Ho,Wo#8
            ae^6w0 vfnmsub213ps Vx,Hx,Wx#16x; ae^6w1 vfnmsub213pd Vx,Hx,Wx#16x; af^6w0 vfnmsub213ss Vo,Ho,Wo#4
            af^6w1 vfnmsub213sd Vo,Ho,Wo#8; b0m^nw0 vcvtneoph2ps Vx,M#16x; b0m^6w0 vcvtneeph2ps Vx,M#16x
            b0m^3w0 vcvtneebf162ps Vx,M#16x; b0m^2w0 vcvtneobf162ps Vx,M#16x; b1m^6w0 vbcstnesh2ps Vx,M#2
            b1m^3w0 vbcstnebf162ps Vx,M#2; b4^6w1 vpmadd52luq Vx,Hx,Wx#16x; b5^6w1 vpmadd52huq Vx,Hx,Wx#16x
            b6^6w0 vfmaddsub231ps Vx,Hx,Wx#16x; b6^6w1 vfmaddsub231pd Vx,Hx,Wx#16x; b7^6w0 vfmsubadd231ps Vx,Hx,Wx#16x
            b7^6w1 vfmsubadd231pd Vx,Hx,Wx#16x; b8^6w0 vfmadd231ps Vx,Hx,Wx#16x; b8^6w1 vfmadd231pd Vx,Hx,Wx#16x
            b9^6w0 vfmadd231ss Vo,Ho,Wo#4; b9^6w1 vfmadd231sd Vo,Ho,Wo#8; ba^6w0 vfmsub231ps Vx,Hx,Wx#16x
            ba^6w1 vfmsub231pd Vx,Hx,Wx#16x; bb^6w0 vfmsub231ss Vo,Ho,Wo#4; bb^6w1 vfmsub231sd Vo,Ho,Wo#8
            bc^6w0 vfnmadd231ps Vx,Hx,Wx#16x; bc^6w1 vfnmadd231pd Vx,Hx,Wx#16x; bd^6w0 vfnmadd231ss Vo,Ho,Wo#4
            bd^6w1 vfnmadd231sd Vo,Ho,Wo#8; be^6w0 vfnmsub231ps Vx,Hx,Wx#16x; be^6w1 vfnmsub231pd Vx,Hx,Wx#16x
            bf^6w0 vfnmsub231ss Vo,Ho,Wo#4; bf^6w1 vfnmsub231sd Vo,Ho,Wo#8; cf^6w0 vgf2p8mulb Vx,Hx,Wx#16x
            db^6l0 vaesimc Vo,Wo#16; dc^6 vaesenc Vx,Hx,Wx#16x; dd^6 vaesenclast Vx,Hx,Wx#16x; de^6 vaesdec Vx,Hx,Wx#16x
            df^6 vaesdeclast Vx,Hx,Wx#16x; e0m^6l0 cmpoxadd +M,+Gy,By#y; e1m^6l0 cmpnoxadd +M,+Gy,By#y
            e2m^6l0 cmpbxadd +M,+Gy,By#y; e3m^6l0 cmpnbxadd +M,+Gy,By#y; e4m^6l0 cmpzxadd +M,+Gy,By#y
            e5m^6l0 cmpnzxadd +M,+Gy,By#y; e6m^6l0 cmpbexadd +M,+Gy,By#y; e7m^6l0 cmpnbexadd +M,+Gy,By#y
            e8m^6l0 cmpsxadd +M,+Gy,By#y; e9m^6l0 cmpnsxadd +M,+Gy,By#y; eam^6l0 cmppxadd +M,+Gy,By#y
            ebm^6l0 cmpnpxadd +M,+Gy,By#y; ecm^6l0 cmplxadd +M,+Gy,By#y; edm^6l0 cmpnlxadd +M,+Gy,By#y
            eem^6l0 cmplexadd +M,+Gy,By#y; efm^6l0 cmpnlexadd +M,+Gy,By#y; f2^nl0 andn =Gy,By,Ey#y; f3/1^nl0 blsr By,Ey#y
            f3/2^nl0 blsmsk By,Ey#y; f3/3^nl0 blsi By,Ey#y; f5^nl0 bzhi =Gy,Ey,By#y; f5^3l0 pext =Gy,By,Ey#y
            f5^2l0 pdep =Gy,By,Ey#y; f6^2l0 mulx =Gy,By,Ey#y; f7^nl0 bextr =Gy,Ey,By#y; f7^6l0 shlx =Gy,Ey,By#y
            f7^3l0 sarx =Gy,Ey,By#y; f7^2l0 shrx =Gy,Ey,By#y
            """;

    static final String MAP_3 = """
            00^6w1l1 vpermq Vy,Wy,Ib#32; 01^6w1l1 vpermpd Vy,Wy,Ib#32; 02^6w0 vpblendd Vx,Hx,Wx,Ib#16x
            04^6w0 vpermilps Vx,Wx,Ib#16x; 05^6w0 vpermilpd Vx,Wx,Ib#16x; 06^6w0l1 vperm2f128 Vy,Hy,Wy,Ib#32
            08^6 vroundps Vx,Wx,Ib#16x; 09^6 vroundpd Vx,Wx,Ib#16x; 0a^6 vroundss Vo,Ho,Wo,Ib#4
            0b^6 vroundsd Vo,Ho,Wo,Ib#8; 0c^6 vblendps Vx,Hx,Wx,Ib#16x; 0d^6 vblendpd Vx,Hx,Wx,Ib#16x
            0e^6 vpblendw Vx,Hx,Wx,Ib#16x; 0f^6 vpalignr Vx,Hx,Wx,Ib#16x; 14^6l0 vpextrb =Ed,Vo,Ib#1
            15^6l0 vpextrw =Ed,Vo,Ib#2; 16^6w0l0 vpextrd =Ed,Vo,Ib#4; 16^6w1l0 vpextrq =Eq,Vo,Ib#8
            17^6l0 vextractps =Ed,Vo,Ib#4; 18^6w0l1 vinsertf128 Vy,Hy,Wo,Ib#16; 19^6w0l1 vextractf128 =Wo,Vy,Ib#16
            1d^6w0 vcvtps2ph =Wo,Vx,Ib#8x; 20^6l0 vpinsrb Vo,Ho,Ed,Ib#1; 21^6l0 vinsertps Vo,Ho,Wo,Ib#4
            22^6w0l0 vpinsrd Vo,Ho,Ed,Ib#4; 22^6w1l0 vpinsrq Vo,Ho,Eq,Ib#8; 30r^6w0l0 kshiftrb KG,KE,Ib
            30r^6w1l0 kshiftrw KG,KE,Ib; 31r^6w0l0 kshiftrd KG,KE,Ib; 31r^6w1l0 kshiftrq KG,KE,Ib
            32r^6w0l0 kshiftlb KG,KE,Ib; 32r^6w1l0 kshiftlw KG,KE,Ib; 33r^6w0l0 kshiftld KG,KE,Ib
            33r^6w1l0 kshiftlq KG,KE,Ib; 38^6w0l1 vinserti128 Vy,Hy,Wo,Ib#16; 39^6w0l1 vextracti128 =Wo,Vy,Ib#16
            40^6 vdpps Vx,Hx,Wx,Ib#16x; 41^6l0 vdppd Vo,Ho,Wo,Ib#16; 42^6 vmpsadbw Vx,Hx,Wx,Ib#16x
            44^6 vpclmul?qdq Vx,Hx,Wx,Ib#16x; 46^6w0l1 vperm2i128 Vy,Hy,Wy,Ib#32; 4a^6w0 vblendvps Vx,Hx,Wx,Lx#16x
            4b^6w0 vblendvpd Vx,Hx,Wx,Lx#16x; 4c^6w0 vpblendvb Vx,Hx,Wx,Lx#16x; 5c^6w0 vfmaddsubps Vx,Hx,Wx,Lx#16x
            5c^6w1 vfmaddsubps Vx,Hx,Lx,Wx#16x; 5d^6w0 vfmaddsubpd Vx,Hx,Wx,Lx#16x; 5d^6w1 vfmaddsubpd Vx,Hx,Lx,Wx#16x
            5e^6w0 vfmsubaddps Vx,Hx,Wx,Lx#16x; 5e^6w1 vfmsubaddps Vx,Hx,Lx,Wx#16x; 5f^6w0 vfmsubaddpd Vx,Hx,Wx,Lx#16x
            5f^6w1 vfmsubaddpd Vx,Hx,Lx,Wx#16x; 60^6w0l0 vpcmpestrm Vo,Wo,Ib#16; 60^6w1l0 vpcmpestrmq Vo,Wo,Ib#16
            61^6w0l0 vpcmpestri Vo,Wo,Ib#16; 61^6w1l0 vpcmpestriq Vo,Wo,Ib#16; 62^6l0 vpcmpistrm Vo,Wo,Ib#16
            63^6l0 vpcmpistri Vo,Wo,Ib#16; 68^6w0 vfmaddps Vx,Hx,Wx,Lx#16x; 68^6w1 vfmaddps Vx,Hx,Lx,Wx#16x
            69^6w0 vfmaddpd Vx,Hx,Wx,Lx#16x; 69^6w1 vfmaddpd Vx,Hx,Lx,Wx#16x; 6a^6w0 vfmaddss Vo,Ho,Wo,Lo#4
            6a^6w1 vfmaddss Vo,Ho,Lo,Wo#4; 6b^6w0 vfmaddsd Vo,Ho,Wo,Lo#8; 6b^6w1 vfmaddsd Vo,Ho,Lo,Wo#8
            6c^6w0 vfmsubps Vx,Hx,Wx,Lx#16x; 6c^6w1 vfmsubps Vx,Hx,Lx,Wx#16x; 6d^6w0 vfmsubpd Vx,Hx,Wx,Lx#16x
            6d^6w1 vfmsubpd Vx,Hx,Lx,Wx#16x; 6e^6w0 vfmsubss Vo,Ho,Wo,Lo#4; 6e^6w1 vfmsubss Vo,Ho,Lo,Wo#4
            6f^6w0 vfmsubsd Vo,Ho,Wo,Lo#8; 6f^6w1 vfmsubsd Vo,Ho,Lo,Wo#8; 78^6w0 vfnmaddps Vx,Hx,Wx,Lx#16x
            78^6w1 vfnmaddps Vx,Hx,Lx,Wx#16x; 79^6w0 vfnmaddpd Vx,Hx,Wx,Lx#16x; 79^6w1 vfnmaddpd Vx,Hx,Lx,Wx#16x
            7a^6w0 vfnmaddss Vo,Ho,Wo,Lo#4; 7a^6w1 vfnmaddss Vo,Ho,Lo,Wo#4; 7b^6w0 vfnmaddsd Vo,Ho,Wo,Lo#8
            7b^6w1 vfnmaddsd Vo,Ho,Lo,Wo#8; 7c^6w0 vfnmsubps Vx,Hx,Wx,Lx#16x; 7c^6w1 vfnmsubps Vx,Hx,Lx,Wx#16x
            7d^6w0 vfnmsubpd Vx,Hx,Wx,Lx#16x; 7d^6w1 vfnmsubpd Vx,Hx,Lx,Wx#16x; 7e^6w0 vfnmsubss Vo,Ho,Wo,Lo#4
            7e^6w1 vfnmsubss Vo,Ho,Lo,Wo#4; 7f^6w0 vfnmsubsd Vo,Ho,Wo,Lo#8; 7f^6w1 vfnmsubsd Vo,Ho,Lo,Wo#8
            ce^6w1 vgf2p8affineqb Vx,Hx,Wx,Ib#16x; cf^6w1 vgf2p8affineinvqb Vx,Hx,Wx,Ib#16x
            df^6l0 vaeskeygenassist Vo,Wo,Ib#16; f0^2l0 rorx =Gy,Ey,Ib#y
            """;

    private X86Vex() {}
}
