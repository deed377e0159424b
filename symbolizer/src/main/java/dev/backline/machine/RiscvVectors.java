package dev.backline.machine;

import java.util.ArrayList;
import java.util.List;

/**
 * The vector instructions of riscv (V, Zvbb, Zvbc, and the vector cryptography). Source: the V manual's table of
 * instructions.
 */
final class RiscvVectors {
    /**
     * Instructions of opcode 57 by funct6. The letters after the number are the operand forms: {@code V} .vv, {@code X}
     * .vx, {@code I} .vi, {@code U} .vi without sign, {@code W} .wv, {@code Y} .wx, {@code Z} .wi without sign, {@code S}
     * .vs, {@code M} .mm.
     */
    private static final String INTEGER = """
            vadd 0 VXI|vandn 1 VX|vsub 2 VX|vrsub 3 XI|vminu 4 VX|vmin 5 VX|vmaxu 6 VX|vmax 7 VX|vand 9 VXI|vor a VXI|
            vxor b VXI|vrgather c VXU|vslideup e XU|vrgatherei16 e V|vslidedown f XU|vror 14 VX|vrol 15 VX|
            vmseq 18 VXI|vmsne 19 VXI|vmsltu 1a VX|vmslt 1b VX|vmsleu 1c VXI|vmsle 1d VXI|vmsgtu 1e XI|vmsgt 1f XI|
            vsaddu 20 VXI|vsadd 21 VXI|vssubu 22 VX|vssub 23 VX|vsll 25 VXU|vsmul 27 VX|vsrl 28 VXU|vsra 29 VXU|
            vssrl 2a VXU|vssra 2b VXU|vnsrl 2c WYZ|vnsra 2d WYZ|vnclipu 2e WYZ|vnclip 2f WYZ|vwredsumu 30 S|
            vwredsum 31 S|vwsll 35 VXU""";

    private static final String MULTIPLY = """
            vredsum 0 S|vredand 1 S|vredor 2 S|vredxor 3 S|vredminu 4 S|vredmin 5 S|vredmaxu 6 S|vredmax 7 S|
            vaaddu 8 VX|vaadd 9 VX|vasubu a VX|vasub b VX|vclmul c VX|vclmulh d VX|vslide1up e X|vslide1down f X|
            vmandn 18 M|vmand 19 M|vmor 1a M|vmxor 1b M|vmorn 1c M|vmnand 1d M|vmnor 1e M|vmxnor 1f M|
            vdivu 20 VX|vdiv 21 VX|vremu 22 VX|vrem 23 VX|vmulhu 24 VX|vmul 25 VX|vmulhsu 26 VX|vmulh 27 VX|
            vmadd 29 vx|vnmsub 2b vx|vmacc 2d vx|vnmsac 2f vx|vwaddu 30 VX|vwadd 31 VX|vwsubu 32 VX|vwsub 33 VX|
            vwaddu 34 WY|vwadd 35 WY|vwsubu 36 WY|vwsub 37 WY|vwmulu 38 VX|vwmulsu 3a VX|vwmul 3b VX|
            vwmaccu 3c vx|vwmacc 3d vx|vwmaccus 3e x|vwmaccsu 3f vx""";

    /** {@code F} stands for .vf, {@code G} for .wf. Small letters: the first source is written before the second. */
    private static final String FLOATING = """
            vfadd 0 VF|vfredusum 1 S|vfsub 2 VF|vfredosum 3 S|vfmin 4 VF|vfredmin 5 S|vfmax 6 VF|vfredmax 7 S|
            vfsgnj 8 VF|vfsgnjn 9 VF|vfsgnjx a VF|vfslide1up e F|vfslide1down f F|vmfeq 18 VF|vmfle 19 VF|vmflt 1b VF|
            vmfne 1c VF|vmfgt 1d F|vmfge 1f F|vfdiv 20 VF|vfrdiv 21 F|vfmul 24 VF|vfrsub 27 F|vfmadd 28 vf|
            vfnmadd 29 vf|vfmsub 2a vf|vfnmsub 2b vf|vfmacc 2c vf|vfnmacc 2d vf|vfmsac 2e vf|vfnmsac 2f vf|
            vfwadd 30 VF|vfwredusum 31 S|vfwsub 32 VF|vfwredosum 33 S|vfwadd 34 WG|vfwsub 36 WG|vfwmul 38 VF|
            vfwmacc 3c vf|vfwnmacc 3d vf|vfwmsac 3e vf|vfwnmsac 3f vf""";

    private static final String OTHERS = """
            vsetvli 57.7 v=0 :d,s,z
            vsetvli 57.7 v=1 :d,s,z
            vsetvl 57.7 7=40 :d,s,t
            vsetivli 57.7 v=3 :d,Z,y
            vadc.vvm 57.0 7=20 :W,X,Y,0
            vadc.vxm 57.4 7=20 :W,X,s,0
            vadc.vim 57.3 7=20 :W,X,i,0
            vmadc.vvm 57.0 7=22 :W,X,Y,0
            vmadc.vxm 57.4 7=22 :W,X,s,0
            vmadc.vim 57.3 7=22 :W,X,i,0
            vmadc.vv 57.0 7=23 :W,X,Y
            vmadc.vx 57.4 7=23 :W,X,s
            vmadc.vi 57.3 7=23 :W,X,i
            vsbc.vvm 57.0 7=24 :W,X,Y,0
            vsbc.vxm 57.4 7=24 :W,X,s,0
            vmsbc.vvm 57.0 7=26 :W,X,Y,0
            vmsbc.vxm 57.4 7=26 :W,X,s,0
            vmsbc.vv 57.0 7=27 :W,X,Y
            vmsbc.vx 57.4 7=27 :W,X,s
            vmerge.vvm 57.0 7=2e :W,X,Y,0
            vmerge.vxm 57.4 7=2e :W,X,s,0
            vmerge.vim 57.3 7=2e :W,X,i,0
            vmv.v.v 57.0 7=2f t=0 :W,Y
            vmv.v.x 57.4 7=2f t=0 :W,s
            vmv.v.i 57.3 7=2f t=0 :W,i
            vmv1r.v 57.3 7=4f s=0 :W,X
            vmv2r.v 57.3 7=4f s=1 A2t :W,X
            vmv4r.v 57.3 7=4f s=3 A4t :W,X
            vmv8r.v 57.3 7=4f s=7 A8t :W,X
            vror.vi 57.3 6=14 :W,X,OM
            vror.vi 57.3 6=15 :W,X,OM
            vmv.x.s 57.2 7=21 s=0 :d,X
            vcpop.m 57.2 6=10 s=10 :d,XM
            vfirst.m 57.2 6=10 s=11 :d,XM
            vmv.s.x 57.6 7=21 t=0 :W,s
            vzext.vf8 57.2 6=12 s=2 :W,XM
            vsext.vf8 57.2 6=12 s=3 :W,XM
            vzext.vf4 57.2 6=12 s=4 :W,XM
            vsext.vf4 57.2 6=12 s=5 :W,XM
            vzext.vf2 57.2 6=12 s=6 :W,XM
            vsext.vf2 57.2 6=12 s=7 :W,XM
            vbrev8.v 57.2 6=12 s=8 :W,XM
            vrev8.v 57.2 6=12 s=9 :W,XM
            vbrev.v 57.2 6=12 s=a :W,XM
            vclz.v 57.2 6=12 s=c :W,XM
            vctz.v 57.2 6=12 s=d :W,XM
            vcpop.v 57.2 6=12 s=e :W,XM
            vmsbf.m 57.2 6=14 s=1 :W,XM
            vmsof.m 57.2 6=14 s=2 :W,XM
            vmsif.m 57.2 6=14 s=3 :W,XM
            viota.m 57.2 6=14 s=10 :W,XM
            vid.v 57.2 6=14 s=11 t=0 :WM
            vcompress.vm 57.2 7=2f :W,X,Y
            vfmv.f.s 57.1 7=21 s=0 :D,X
            vfmv.s.f 57.5 7=21 t=0 :W,S
            vfmerge.vfm 57.5 7=2e :W,X,S,0
            vfmv.v.f 57.5 7=2f t=0 :W,S
            vfsqrt.v 57.1 6=13 s=0 :W,XM
            vfrsqrt7.v 57.1 6=13 s=4 :W,XM
            vfrec7.v 57.1 6=13 s=5 :W,XM
            vfclass.v 57.1 6=13 s=10 :W,XM
            vaesdm.vv 77.2 7=51 s=0 :W,X
            vaesdf.vv 77.2 7=51 s=1 :W,X
            vaesem.vv 77.2 7=51 s=2 :W,X
            vaesef.vv 77.2 7=51 s=3 :W,X
            vsm4r.vv 77.2 7=51 s=10 :W,X
            vgmul.vv 77.2 7=51 s=11 :W,X
            vaesdm.vs 77.2 7=53 s=0 :W,X
            vaesdf.vs 77.2 7=53 s=1 :W,X
            vaesem.vs 77.2 7=53 s=2 :W,X
            vaesef.vs 77.2 7=53 s=3 :W,X
            vaesz.vs 77.2 7=53 s=7 :W,X
            vsm4r.vs 77.2 7=53 s=10 :W,X
            vsm3me.vv 77.2 7=41 :W,X,Y
            vsm4k.vi 77.2 7=43 :W,X,I
            vaeskf1.vi 77.2 7=45 :W,X,I
            vaeskf2.vi 77.2 7=55 :W,X,I
            vsm3c.vi 77.2 7=57 :W,X,I
            vghsh.vv 77.2 7=59 :W,X,Y
            vsha2ms.vv 77.2 7=5b :W,X,Y
            vsha2ch.vv 77.2 7=5d :W,X,Y
            vsha2cl.vv 77.2 7=5f :W,X,Y
            vneg.v 57.4 6=3 s=0 :W,XM
            vnot.v 57.3 6=b s=1f :W,XM
            vwcvtu.x.x.v 57.6 6=30 s=0 :W,XM
            vwcvt.x.x.v 57.6 6=31 s=0 :W,XM
            vncvt.x.x.w 57.4 6=2c s=0 :W,XM
            vfneg.v 57.1 6=9 = :W,XM
            vfabs.v 57.1 6=a = :W,XM
            vmmv.m 57.2 7=33 = :W,X
            vmnot.m 57.2 7=3b = :W,X
            vmclr.m 57.2 7=37 == :W
            vmset.m 57.2 7=3f == :W
            vlm.v 07.0 i=02b :W,(s) :r0
            vsm.v 27.0 i=02b :W,(s) :w0
            vs1r.v 27.0 i=028 :W,(s) :w0
            vs2r.v 27.0 i=228 A2 :W,(s) :w0
            vs4r.v 27.0 i=628 A4 :W,(s) :w0
            vs8r.v 27.0 i=e28 A8 :W,(s) :w0
            """;

    /** Conversions: funct6 12, the number is in the field of the first source. */
    private static final String CONVERSIONS =
            "vfcvt.xu.f.v 0|vfcvt.x.f.v 1|vfcvt.f.xu.v 2|vfcvt.f.x.v 3|vfcvt.rtz.xu.f.v 6|"
                    + "vfcvt.rtz.x.f.v 7|vfwcvt.xu.f.v 8|vfwcvt.x.f.v 9|vfwcvt.f.xu.v a|vfwcvt.f.x.v b|vfwcvt.f.f.v c|"
                    + "vfwcvt.rtz.xu.f.v e|vfwcvt.rtz.x.f.v f|vfncvt.xu.f.w 10|vfncvt.x.f.w 11|vfncvt.f.xu.w 12|"
                    + "vfncvt.f.x.w 13|vfncvt.f.f.w 14|vfncvt.rod.f.f.w 15|vfncvt.rtz.xu.f.w 16|vfncvt.rtz.x.f.w 17";

    private static final int[] WIDTHS = {8, 16, 32, 64};
    private static final int[] WIDTH_CODES = {0, 5, 6, 7};

    private RiscvVectors() {}

    /** {@return the instructions in the notation of {@link RiscvOpcodes}} */
    static List<String> lines() {
        List<String> lines = new ArrayList<>(List.of(OTHERS.strip().split("\n", -1)));
        for (String conversion : CONVERSIONS.split("\\|", -1)) {
            String[] parts = conversion.split(" ", -1);
            lines.add(parts[0] + " 57.1 6=12 s=" + parts[1] + " :W,XM");
        }
        group(lines, INTEGER, "034");
        group(lines, MULTIPLY, "2?6");
        group(lines, FLOATING, "1?5");
        for (int i = 0; i < WIDTHS.length; i++) {
            memory(lines, WIDTHS[i], WIDTH_CODES[i]);
        }
        return lines;
    }

    /** @param codes funct3 of three forms, in this order: vector, immediate, register; {@code ?} for a missing form */
    private static void group(List<String> lines, String text, String codes) {
        for (String instruction : text.replace("\n", "").split("\\|", -1)) {
            String[] parts = instruction.split(" ", -1);
            for (int i = 0; i < parts[2].length(); i++) {
                lines.add(line(parts[0], parts[1], parts[2].charAt(i), codes));
            }
        }
    }

    private static String line(String name, String number, char form, String codes) {
        char vector = codes.charAt(0);
        char immediate = codes.charAt(1);
        char register = codes.charAt(2);
        String fields = " 6=" + number + " :W,";
        return switch (form) {
            case 'V' -> name + ".vv 57." + vector + fields + "X,YM";
            case 'X' -> name + ".vx 57." + register + fields + "X,sM";
            case 'F' -> name + ".vf 57." + register + fields + "X,SM";
            case 'I' -> name + ".vi 57." + immediate + fields + "X,iM";
            case 'U' -> name + ".vi 57." + immediate + fields + "X,IM";
            case 'W' -> name + ".wv 57." + vector + fields + "X,YM";
            case 'Y' -> name + ".wx 57." + register + fields + "X,sM";
            case 'G' -> name + ".wf 57." + register + fields + "X,SM";
            case 'Z' -> name + ".wi 57." + immediate + fields + "X,IM";
            case 'S' -> name + ".vs 57." + vector + fields + "X,YM";
            case 'M' -> name + ".mm 57." + vector + " m=1" + fields + "X,Y";
            case 'v' -> name + ".vv 57." + vector + fields + "Y,XM";
            case 'x' -> name + ".vx 57." + register + fields + "s,XM";
            case 'f' -> name + ".vf 57." + register + fields + "S,XM";
            default -> throw new IllegalArgumentException("form " + form);
        };
    }

    /** Loads and stores of elements of a width, for one to eight fields. */
    private static void memory(List<String> lines, int width, int code) {
        for (int fields = 1; fields <= 8; fields++) {
            String segments = fields == 1 ? "" : "seg" + fields;
            // Bits 31 to 26: the number of fields, a reserved bit, the addressing mode.
            String unit = " 6=" + Integer.toHexString((fields - 1) << 3);
            String near = " 6=" + Integer.toHexString(((fields - 1) << 3) | 1);
            String strided = " 6=" + Integer.toHexString(((fields - 1) << 3) | 2);
            String far = " 6=" + Integer.toHexString(((fields - 1) << 3) | 3);
            String load = " 07." + code;
            String store = " 27." + code;
            lines.add("vl" + segments + "e" + width + ".v" + load + unit + " t=0 :W,(s)M :r0");
            lines.add("vl" + segments + "e" + width + "ff.v" + load + unit + " t=10 :W,(s)M :r0");
            lines.add("vs" + segments + "e" + width + ".v" + store + unit + " t=0 :W,(s)M :w0");
            lines.add("vlux" + segments + "ei" + width + ".v" + load + near + " :W,(s),XM :r0");
            lines.add("vsux" + segments + "ei" + width + ".v" + store + near + " :W,(s),XM :w0");
            lines.add("vls" + segments + "e" + width + ".v" + load + strided + " :W,(s),tM :r0");
            lines.add("vss" + segments + "e" + width + ".v" + store + strided + " :W,(s),tM :w0");
            lines.add("vlox" + segments + "ei" + width + ".v" + load + far + " :W,(s),XM :r0");
            lines.add("vsox" + segments + "ei" + width + ".v" + store + far + " :W,(s),XM :w0");
            if ((fields & (fields - 1)) == 0) {
                String bytes = width == 8 ? "r" : "re" + width;
                lines.add("vl" + fields + bytes + ".v" + load + unit + " m=1 t=8 A" + fields + " :W,(s) :r0");
            }
        }
    }
}
