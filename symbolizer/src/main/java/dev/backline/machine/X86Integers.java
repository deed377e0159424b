package dev.backline.machine;

/** The opcodes outside the vector extensions (Intel SDM volume 2, appendices A and B; AMD's manual volume 3). */
final class X86Integers {
    /** The eight operations that are encoded alike, the shifts, and the short conditional jumps. */
    static final String ARITHMETIC = """
            00 add +Eb,Gb; 01 add +Ev,Gv; 02 add +Gb,Eb; 03 add +Gv,Ev; 04 add +AL,Ib; 05 add +aV,Iz; 80/0 add* +Eb,Ib
            81/0 add* +Ev,Iz; 82/0:4 add* +Eb,Ib; 83/0 add* +Ev,Sb; 08 or +Eb,Gb; 09 or +Ev,Gv; 0a or +Gb,Eb
            0b or +Gv,Ev; 0c or +AL,Ib; 0d or +aV,Iz; 80/1 or* +Eb,Ib; 81/1 or* +Ev,Iz; 82/1:4 or* +Eb,Ib
            83/1 or* +Ev,Sb; 10 adc +Eb,Gb; 11 adc +Ev,Gv; 12 adc +Gb,Eb; 13 adc +Gv,Ev; 14 adc +AL,Ib; 15 adc +aV,Iz
            80/2 adc* +Eb,Ib; 81/2 adc* +Ev,Iz; 82/2:4 adc* +Eb,Ib; 83/2 adc* +Ev,Sb; 18 sbb +Eb,Gb; 19 sbb +Ev,Gv
            1a sbb +Gb,Eb; 1b sbb +Gv,Ev; 1c sbb +AL,Ib; 1d sbb +aV,Iz; 80/3 sbb* +Eb,Ib; 81/3 sbb* +Ev,Iz
            82/3:4 sbb* +Eb,Ib; 83/3 sbb* +Ev,Sb; 20 and +Eb,Gb; 21 and +Ev,Gv; 22 and +Gb,Eb; 23 and +Gv,Ev
            24 and +AL,Ib; 25 and +aV,Iz; 80/4 and* +Eb,Ib; 81/4 and* +Ev,Iz; 82/4:4 and* +Eb,Ib; 83/4 and* +Ev,Sb
            28 sub +Eb,Gb; 29 sub +Ev,Gv; 2a sub +Gb,Eb; 2b sub +Gv,Ev; 2c sub +AL,Ib; 2d sub +aV,Iz; 80/5 sub* +Eb,Ib
            81/5 sub* +Ev,Iz; 82/5:4 sub* +Eb,Ib; 83/5 sub* +Ev,Sb; 30 xor +Eb,Gb; 31 xor +Ev,Gv; 32 xor +Gb,Eb
            33 xor +Gv,Ev; 34 xor +AL,Ib; 35 xor +aV,Iz; 80/6 xor* +Eb,Ib; 81/6 xor* +Ev,Iz; 82/6:4 xor* +Eb,Ib
            83/6 xor* +Ev,Sb; 38 cmp Eb,Gb; 39 cmp Ev,Gv; 3a cmp Gb,Eb; 3b cmp Gv,Ev; 3c cmp AL,Ib; 3d cmp aV,Iz
            80/7 cmp* Eb,Ib; 81/7 cmp* Ev,Iz; 82/7:4 cmp* Eb,Ib; 83/7 cmp* Ev,Sb; c0/0 rol* +Eb,Ib; c1/0 rol* +Ev,Ib
            d0/0 rol* +Eb; d1/0 rol* +Ev; d2/0 rol* +Eb,CL; d3/0 rol* +Ev,CL; c0/1 ror* +Eb,Ib; c1/1 ror* +Ev,Ib
            d0/1 ror* +Eb; d1/1 ror* +Ev; d2/1 ror* +Eb,CL; d3/1 ror* +Ev,CL; c0/2 rcl* +Eb,Ib; c1/2 rcl* +Ev,Ib
            d0/2 rcl* +Eb; d1/2 rcl* +Ev; d2/2 rcl* +Eb,CL; d3/2 rcl* +Ev,CL; c0/3 rcr* +Eb,Ib; c1/3 rcr* +Ev,Ib
            d0/3 rcr* +Eb; d1/3 rcr* +Ev; d2/3 rcr* +Eb,CL; d3/3 rcr* +Ev,CL; c0/4 shl* +Eb,Ib; c1/4 shl* +Ev,Ib
            d0/4 shl* +Eb; d1/4 shl* +Ev; d2/4 shl* +Eb,CL; d3/4 shl* +Ev,CL; c0/5 shr* +Eb,Ib; c1/5 shr* +Ev,Ib
            d0/5 shr* +Eb; d1/5 shr* +Ev; d2/5 shr* +Eb,CL; d3/5 shr* +Ev,CL; c0/6 shl* +Eb,Ib; c1/6 shl* +Ev,Ib
            d0/6 shl* +Eb; d1/6 shl* +Ev; d2/6 shl* +Eb,CL; d3/6 shl* +Ev,CL; c0/7 sar* +Eb,Ib; c1/7 sar* +Ev,Ib
            d0/7 sar* +Eb; d1/7 sar* +Ev; d2/7 sar* +Eb,CL; d3/7 sar* +Ev,CL; 70 jo Jb @b; 71 jno Jb @b; 72 jb Jb @b
            73 jae Jb @b; 74 je Jb @b; 75 jne Jb @b; 76 jbe Jb @b; 77 ja Jb @b; 78 js Jb @b; 79 jns Jb @b; 7a jp Jb @b
            7b jnp Jb @b; 7c jl Jb @b; 7d jge Jb @b; 7e jle Jb @b; 7f jg Jb @b
            """;

    static final String CONDITIONS = """
            40 cmovo +Gv,Ev; 80 jo Jz @b; 90 seto =Eb; 41 cmovno +Gv,Ev; 81 jno Jz @b; 91 setno =Eb; 42 cmovb +Gv,Ev
            82 jb Jz @b; 92 setb =Eb; 43 cmovae +Gv,Ev; 83 jae Jz @b; 93 setae =Eb; 44 cmove +Gv,Ev; 84 je Jz @b
            94 sete =Eb; 45 cmovne +Gv,Ev; 85 jne Jz @b; 95 setne =Eb; 46 cmovbe +Gv,Ev; 86 jbe Jz @b; 96 setbe =Eb
            47 cmova +Gv,Ev; 87 ja Jz @b; 97 seta =Eb; 48 cmovs +Gv,Ev; 88 js Jz @b; 98 sets =Eb; 49 cmovns +Gv,Ev
            89 jns Jz @b; 99 setns =Eb; 4a cmovp +Gv,Ev; 8a jp Jz @b; 9a setp =Eb; 4b cmovnp +Gv,Ev; 8b jnp Jz @b
            9b setnp =Eb; 4c cmovl +Gv,Ev; 8c jl Jz @b; 9c setl =Eb; 4d cmovge +Gv,Ev; 8d jge Jz @b; 9d setge =Eb
            4e cmovle +Gv,Ev; 8e jle Jz @b; 9e setle =Eb; 4f cmovg +Gv,Ev; 8f jg Jz @b; 9f setg =Eb
            """;

    static final String ONE_BYTE = """
            06:4 push es $w; 07:4 pop es $r; 0e:4 push cs $w; 16:4 push ss $w; 17:4 pop ss $r; 1e:4 push ds $w
            1f:4 pop ds $r; 27:4 daa !a>a; 2f:4 das !a>a; 37:4 aaa !a>a; 3f:4 aas !a>a; 40-47:4 inc +Zv; 48-4f:4 dec +Zv
            50-57 push Zs $w; 58-5f pop =Zs $r; 60:4 pushaw|pusha| !abcdkpst>k $w; 61:4 popaw|popa| !k>abcdpstk $r
            62m:4 bound Gv,M#8; 63:4 arpl +Ew,Gw; 63:8w1 movslq =Gv,Ed; 63:8 movsxd =Gv,Ed; 68 push Pz $w; 69 imul =Gv,Ev,Iz; 6a push Pb $w
            6b imul =Gv,Ev,Sb; 6c insb =Yb,DX; 6d ins~ =Yv,DX; 6e outsb DX,Xb; 6f outs~ DX,Xv
            84 test Eb,Gb; 85 test Ev,Gv; 86 xchg +Eb,+Gb; 87 xchg +Ev,+Gv; 88 mov =Eb,Gb; 89 mov =Ev,Gv; 8a mov =Gb,Eb
            8b mov =Gv,Ev; 8cm mov =Ew,Sw; 8cr mov =Ev,Sw; 8dm lea =Gv,-M; 8em mov Sw,Ew; 8er mov Sw,Ed; 8f/0 pop* =Es $r
            90^3 pause; 90 nop; 91-97 xchg +Zv,+aV; 98 cbtw|cwtl|cltq !a>a; 99 cwtd|cltd|cqto !a>d; 9a:4 lcall Ap @c $w
            9b fwait; 9c:8 pushfw|pushf|pushf $w; 9c:4 pushfw|pushf| $w; 9d:8 popfw|popf|popf $r; 9d:4 popfw|popf| $r
            9e sahf !a>; 9f lahf !>a; a0 mov =AL,Ob; a1 mov =aV,Ov; a2 mov =Ob,AL; a3 mov =Ov,aV
            a4 movsb =Yb,Xb; a5 movs~ =Yv,Xv; a6 cmpsb Xb,Yb; a7 cmps~ Xv,Yv; a8 test AL,Ib; a9 test aV,Iz; aa stos =Yb,AL
            ab stos =Yv,aV; ac lods =AL,Xb; ad lods =aV,Xv; ae scas AL,Yb; af scas aV,Yv; b0-b7 mov =Zb,Ib
            b8-bf mov|mov|movabs =Zv,Iv; c2 ret Iw @r $r; c3 ret @r $r; c4:4m les =Gv,M#6; c5:4m lds =Gv,M#6
            c6r/7.0 xabort Ib; c7r/7.0 xbegin Jz @b; c6/0 mov* =Eb,Ib; c7/0 mov* =Ev,Iz; c8 enter Iw,Ib !kp>kp $w
            c9 leavew|leave|leave !p>kp $l; ca lretw|lret|lretq Iw @r $r; cb lretw|lret|lretq @r $r; cc int3 @t; cd int Ib; ce:4 into
            cf iretw|iret|iretq @r $r; d4:4 aam Ib !a>a; d5:4 aad Ib !a>a; d7 xlat Xl !a>a; e0 loopne Jb !c>c @b
            e1 loope Jb !c>c @b; e2 loop Jb !c>c @b; e3:8 jrcxz Jb !c> @b; e3:4 jecxz Jb !c> @b; e4 in =AL,Ib; e5 in =aZ,Ib
            e6 out Ib,AL; e7 out Ib,aZ; e8 call Jz @c $w; e9 jmp Jz @j; ea:4 ljmp Ap @j; eb jmp Jb @j; ec in =AL,DX
            ed in =aZ,DX; ee out DX,AL; ef out DX,aZ; f1 int1 @t; f4 hlt; f5 cmc; f6/0 test* Eb,Ib; f6/1 test* Eb,Ib
            f6/2 not* +Eb; f6/3 neg* +Eb; f6/4 mul* Eb !a>a; f6/5 imul* Eb !a>a; f6/6 div* Eb !a>a; f6/7 idiv* Eb !a>a
            f7/0 test* Ev,Iz; f7/1 test* Ev,Iz; f7/2 not* +Ev; f7/3 neg* +Ev; f7/4 mul* Ev !a>ad; f7/5 imul* Ev !a>ad
            f7/6 div* Ev !ad>ad; f7/7 idiv* Ev !ad>ad; f8 clc; f9 stc; fa cli; fb sti; fc cld; fd std; fe/0 inc* +Eb
            fe/1 dec* +Eb; ff/0 inc* +Ev; ff/1 dec* +Ev; ff/2 call C @c $w; ff/3m lcall Cf @c $w; ff/4 jmp C @j
            ff/5m ljmp Cf @j; ff/6 push* Es $w
            """;

    static final String X87 = """
            d8/0m fadds M#4; d8/1m fmuls M#4; d8/2m fcoms M#4; d8/3m fcomps M#4; d8/4m fsubs M#4; d8/5m fsubrs M#4
            d8/6m fdivs M#4; d8/7m fdivrs M#4; d9/0m flds M#4; d9/2m fsts =M#4; d9/3m fstps =M#4; d9/4m fldenv M#28
            d9/5m fldcw M#2; d9/6m fnstenv =M#28; d9/7m fnstcw =M#2; da/0m fiaddl M#4; da/1m fimull M#4
            da/2m ficoml M#4; da/3m ficompl M#4; da/4m fisubl M#4; da/5m fisubrl M#4; da/6m fidivl M#4
            da/7m fidivrl M#4; db/0m fildl M#4; db/1m fisttpl =M#4; db/2m fistl =M#4; db/3m fistpl =M#4; db/5m fldt M#10
            db/7m fstpt =M#10; dc/0m faddl M#8; dc/1m fmull M#8; dc/2m fcoml M#8; dc/3m fcompl M#8; dc/4m fsubl M#8
            dc/5m fsubrl M#8; dc/6m fdivl M#8; dc/7m fdivrl M#8; dd/0m fldl M#8; dd/1m fisttpll =M#8; dd/2m fstl =M#8
            dd/3m fstpl =M#8; dd/4m frstor M#108; dd/6m fnsave =M#108; dd/7m fnstsw =M#2; de/0m fiadds M#2
            de/1m fimuls M#2; de/2m ficoms M#2; de/3m ficomps M#2; de/4m fisubs M#2; de/5m fisubrs M#2; de/6m fidivs M#2
            de/7m fidivrs M#2; df/0m filds M#2; df/1m fisttps =M#2; df/2m fists =M#2; df/3m fistps =M#2; df/4m fbld M#10
            df/5m fildll M#8; df/6m fbstp =M#10; df/7m fistpll =M#8; d8/0r fadd ST,Si; d8/1r fmul ST,Si; d8/2r fcom Si
            d8/3r fcomp Si; d8/4r fsub ST,Si; d8/5r fsubr ST,Si; d8/6r fdiv ST,Si; d8/7r fdivr ST,Si; d9/0r fld Si
            d9/1r fxch Si; d9/2r.0 fnop; d9/4r.0 fchs; d9/4r.1 fabs; d9/4r.4 ftst; d9/4r.5 fxam; d9/5r.0 fld1
            d9/5r.1 fldl2t; d9/5r.2 fldl2e; d9/5r.3 fldpi; d9/5r.4 fldlg2; d9/5r.5 fldln2; d9/5r.6 fldz; d9/6r.0 f2xm1
            d9/6r.1 fyl2x; d9/6r.2 fptan; d9/6r.3 fpatan; d9/6r.4 fxtract; d9/6r.5 fprem1; d9/6r.6 fdecstp
            d9/6r.7 fincstp; d9/7r.0 fprem; d9/7r.1 fyl2xp1; d9/7r.2 fsqrt; d9/7r.3 fsincos; d9/7r.4 frndint
            d9/7r.5 fscale; d9/7r.6 fsin; d9/7r.7 fcos; da/0r fcmovb ST,Si; da/1r fcmove ST,Si; da/2r fcmovbe ST,Si
            da/3r fcmovu ST,Si; da/5r.1 fucompp; db/0r fcmovnb ST,Si; db/1r fcmovne ST,Si; db/2r fcmovnbe ST,Si
            db/3r fcmovnu ST,Si; db/4r.0 fneni; db/4r.1 fndisi; db/4r.2 fnclex; db/4r.3 fninit; db/4r.4 fnsetpm
            db/4r.5 frstpm; db/5r fucomi ST,Si; db/6r fcomi ST,Si; dc/0r fadd Si,ST; dc/1r fmul Si,ST; dc/4r fsub Si,ST
            dc/5r fsubr Si,ST; dc/6r fdiv Si,ST; dc/7r fdivr Si,ST; dd/0r ffree Si; dd/2r fst Si; dd/3r fstp Si
            dd/4r fucom Si; dd/5r fucomp Si; de/0r faddp Si,ST; de/1r fmulp Si,ST; de/3r.1 fcompp; de/4r fsubp Si,ST
            de/5r fsubrp Si,ST; de/6r fdivp Si,ST; de/7r fdivrp Si,ST; df/0r ffreep Si; df/4r.0 fnstsw =aw
            df/5r fucomip ST,Si; df/6r fcomip ST,Si
            """;

    static final String TWO_BYTES = """
            00/0m sldt =M#2; 00/0r sldt =Ev; 00/1m str =M#2; 00/1r str =Ev; 00/2 lldt Ew; 00/3 ltr Ew; 00/4 verr Ew; 00/5 verw Ew; 00/6^2:8 lkgs Ew
            01/0r.0 enclv !abcd>abcd; 01/0r.1 vmcall; 01/0r.2 vmlaunch; 01/0r.3 vmresume; 01/0r.4 vmxoff; 01/0r.5 pconfig
            01/0r.6^n wrmsrns !acd>; 01/0m:8 sgdt =M#10; 01/0m:4 sgdtw|sgdtl| =M#6; 01/1r.0 monitor aA,eC,eD; 01/1r.1 mwait eA,eC; 01/1r.2^3:8 eretu @r; 01/1r.2^2:8 erets @r; 01/1r.2 clac; 01/1r.3 stac
            01/1r.4^6 tdcall; 01/1r.5^6 seamret; 01/1r.6^6 seamops; 01/1r.7^6 seamcall; 01/1r.7 encls !abcd>abcd
            01/1m:8 sidt =M#10; 01/1m:4 sidtw|sidtl| =M#6; 01/2r.0 xgetbv !c>ad; 01/2r.1 xsetbv !acd>; 01/2r.4 vmfunc; 01/2r.5 xend; 01/2r.6 xtest
            01/2r.7 enclu !abcd>abcd; 01/2m:8 lgdt M#10; 01/2m:4 lgdtw|lgdtl| M#6; 01/3r.0 vmrun !a>; 01/3r.1^3 vmgexit; 01/3r.1^2 vmgexit; 01/3r.1 vmmcall
            01/3r.2 vmload !a>; 01/3r.3 vmsave !a>; 01/3r.4 stgi; 01/3r.5 clgi; 01/3r.6 skinit !a>; 01/3r.7 invlpga !ac>
            01/3m:8 lidt M#10; 01/3m:4 lidtw|lidtl| M#6; 01/4m smsw =M#2; 01/4r smsw =Ev; 01/5m^3 rstorssp +M#8; 01/5r.0^n serialize; 01/5r.0^3 setssbsy
            01/5r.0^2 xsusldtrk; 01/5r.1^2 xresldtrk; 01/5r.2^3 saveprevssp; 01/5r.4^3 uiret; 01/5r.5^3 testui
            01/5r.6^3 clui; 01/5r.7^3 stui; 01/5r.6^n rdpkru !c>ad; 01/5r.7^n wrpkru !acd>; 01/6 lmsw Ew; 01/7m invlpg -M#1
            01/7r.0 swapgs; 01/7r.1 rdtscp !>acd; 01/7r.2 monitorx aA,eC,eD; 01/7r.3 mwaitx eA,eC,eB; 01/7r.4 clzero !a>
            01/7r.5 rdpru !c>ad; 01/7r.6^n invlpgb !acd>; 01/7r.6^3 rmpadjust !acd>a; 01/7r.6^2 rmpupdate !ac>a
            01/7r.7^n tlbsync; 01/7r.7^3 psmash !a>a; 01/7r.7^2 pvalidate !acd>a; 02 lar =Gv,Ev#2; 03 lsl =Gv,Ev#2
            05 syscall !>cX; 06 clts; 07:4 sysret !cX>; 07 sysretl|sysretl|sysretq !cX>; 08 invd; 09^3 wbnoinvd; 09 wbinvd; 0b ud2 @t
            0d/1m prefetchw -M; 0d/2m prefetchwt1 -M; 0dm prefetch -M; 0dr nop* -Ev; 0e femms; 18/0m prefetchnta -M
            18/1m prefetcht0 -M; 18/2m prefetcht1 -M; 18/3m prefetcht2 -M; 18 nop* -Ev; 19 nop* -Ev; 1a nop* -Ev; 1b nop* -Ev
            1c/0m^n cldemote -M; 1c nop* -Ev; 1d nop* -Ev; 1e/1r^3w0 rdsspd +Ed; 1e/1r^3w1 rdsspq +Eq; 1e/7r.2^3 endbr64
            1e/7r.3^3 endbr32; 1e nop* -Ev; 1f nop* -Ev; 20 mov =Rn,Cr; 21 mov =Rn,Dr; 22 mov Cr,Rn; 23 mov Dr,Rn
            30 wrmsr !acd>; 31 rdtsc !>ad; 32 rdmsr !c>ad; 33 rdpmc !c>ad; 34 sysenter; 35:4 sysexit !cd>; 35 sysexitl|sysexitl|sysexitq !cd>
            37 getsec !ab>a; 77 emms; 78:8^n vmread =Eq,Gq; 78:4^n vmread =Ed,Gd; 79:8^n vmwrite Gq,Eq; 79:4^n vmwrite Gd,Ed
            a0 push fs $w; a1 pop fs $r; a2 cpuid !ac>abcd; a3 bt Ev,Gv; a4 shld +Ev,Gv,Ib; a5 shld +Ev,Gv,CL; a8 push gs $w
            a9 pop gs $r; aa rsm; ab bts +Ev,Gv; ac shrd +Ev,Gv,Ib; ad shrd +Ev,Gv,CL
            ae/0m^nw0 fxsave =M#512; ae/0m^nw1 fxsave64 =M#512; ae/1m^nw0 fxrstor M#512; ae/1m^nw1 fxrstor64 M#512
            ae/2m^n ldmxcsr M#4; ae/3m^n stmxcsr =M#4; ae/4m^nw0 xsave =M !ad>; ae/4m^nw1 xsave64 =M !ad>
            ae/5m^nw0 xrstor M !ad>; ae/5m^nw1 xrstor64 M !ad>; ae/6m^nw0 xsaveopt =M !ad>; ae/6m^nw1 xsaveopt64 =M !ad>
            ae/7m^n clflush M#1; ae/4m^3w0 ptwritel M#4; ae/4m^3w1 ptwriteq M#8; ae/6m^6 clwb M#1; ae/7m^6 clflushopt M#1
            ae/6m^3 clrssbsy +M#8; ae/0r^3 rdfsbase =Ey; ae/1r^3 rdgsbase =Ey; ae/2r^3 wrfsbase Ey; ae/3r^3 wrgsbase Ey
            ae/4r^3 ptwrite Ey; ae/5r^3w0 incsspd Ed; ae/5r^3w1 incsspq Eq; ae/6r^3:8 umonitor Eq; ae/6r^3:4 umonitor Ed
            ae/6r^6 tpause Ed !ad>; ae/6r^2 umwait Ed !ad>; ae/5r^n lfence; ae/6r^n mfence; ae/7r^n sfence
            af imul +Gv,Ev; b0 cmpxchg +Eb,Gb !a>a; b1 cmpxchg +Ev,Gv !a>a; b2m lss =Gv,M; b3 btr +Ev,Gv; b4m lfs =Gv,M
            b5m lgs =Gv,M; b6 movzb~ =Gv,Eb; b7 movzw~ =Gv,Ew; b8^3 popcnt =Gv,Ev; b9 ud1 Gv,Ev @t; ba/4 bt* Ev,Ib
            ba/5 bts* +Ev,Ib; ba/6 btr* +Ev,Ib; ba/7 btc* +Ev,Ib; bb btc +Ev,Gv; bc^3 tzcnt =Gv,Ev; bc bsf +Gv,Ev
            bd^3 lzcnt =Gv,Ev; bd bsr +Gv,Ev; be movsb~ =Gv,Eb; bf movsw~ =Gv,Ew; c0 xadd +Eb,+Gb; c1 xadd +Ev,+Gv
            c3m^n movnti =M,Gy#y; c7/1mw0 cmpxchg8b +M#8 !abcd>ad; c7/1mw1 cmpxchg16b +M#16 !abcd>ad; c7/3mw0 xrstors M !ad>
            c7/3mw1 xrstors64 M !ad>; c7/4mw0 xsavec =M !ad>; c7/4mw1 xsavec64 =M !ad>; c7/5mw0 xsaves =M !ad>
            c7/5mw1 xsaves64 =M !ad>; c7/6m^3 vmxon M#8; c7/6m^6 vmclear M#8; c7/6m^n vmptrld M#8; c7/7m^n vmptrst =M#8
            c7/6r^3:8 senduipi Eq; c7/7r^3:8 rdpid =Eq; c7/7r^3:4 rdpid =Ed; c7/6r rdrand =Ev; c7/7r rdseed =Ev
            c8-cf bswap +Zv; f7r^n maskmovq P,Q,Md#8; f7r^6 maskmovdqu Vo,Wo,Md#16; ff ud0 Gv,Ev @t
            a6/0r.0 montmul; a6/1r.0 xsha1; a6/2r.0 xsha256; a7/0r.0 xstore-rng; a7/1r.0 xcrypt-ecb
            a7/2r.0 xcrypt-cbc; a7/3r.0 xcrypt-ctr; a7/4r.0 xcrypt-cfb; a7/5r.0 xcrypt-ofb
            """;

    static final String MAP_2 = """
            80m^6 invept Ga,M#16; 81m^6 invvpid Ga,M#16; 82m^6 invpcid Ga,M#16; f0^2 crc32* +Gy,Eb; f1^2 crc32* +Gy,Ev
            f0m movbe =Gv,M; f1m movbe =M,Gv; f5m^6w0 wrussd =M,Gd#4; f5m^6w1 wrussq =M,Gq#8; f6^6 adcx +Gy,Ey
            f6^3 adox +Gy,Ey; f6m^nw0 wrssd =M,Gd#4; f6m^nw1 wrssq =M,Gq#8; f8m^6 movdir64b =Mg,Ga,M#64
            f8m^2 enqcmd =Mg,Ga,M#64; f8m^3 enqcmds =Mg,Ga,M#64; f9m^n movdiri =M,Gy#y
            """;

    static final String MAP_3 = "f0r/0.0^3 hreset Ib !a>";

    private X86Integers() {}
}
