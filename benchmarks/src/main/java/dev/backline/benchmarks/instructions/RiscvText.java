package dev.backline.benchmarks.instructions;

import dev.backline.machine.Decoder;
import java.util.List;

/**
 * Texts of riscv; llvm-objdump's are the reference. It writes most numbers in hex where GNU objdump writes them in decimal,
 * and a blank after each comma, so numbers are compared by value.
 */
final class RiscvText implements InstructionText {
    private static final String EXTENSIONS =
            "+m,+a,+f,+d,+c,+v,+h,+zba,+zbb,+zbs,+zbc,+zbkb,+zbkx,+zcb,+zicbom,+zicboz,"
                    + "+zicbop,+zicond,+zawrs,+svinval,+zkn,+zks,+zvkng,+zvksg,+zvbb,+zvbc,+zihintpause,+zihintntl,+zifencei,"
                    + "+zicsr,+zfh,+zicntr,+zabha,+experimental-zacas";

    /** The characters before a number. */
    private static final String BEFORE_NUMBER = " ,(";

    @Override
    public List<String> gnuPrograms() {
        return List.of("riscv64-linux-gnu-objdump");
    }

    @Override
    public List<String> llvmOptions() {
        return List.of("--mattr=" + EXTENSIONS);
    }

    @Override
    public boolean comparesText(Tool tool) {
        return tool == Tool.LLVM;
    }

    @Override
    public boolean isData(String text) {
        return text.startsWith(".word")
                || text.startsWith(".short")
                || text.startsWith(".half")
                || text.startsWith(".byte")
                || text.startsWith(".long")
                || text.startsWith(".quad")
                || text.startsWith(".8byte")
                // Data between instructions is dumped as bytes and characters.
                || (text.length() > 2 && text.charAt(2) == ' ' && Character.digit(text.charAt(0), 16) >= 0);
    }

    @Override
    public boolean isBad(String text) {
        return text.startsWith("<unknown>") || text.startsWith(".insn") || text.startsWith(".4byte");
    }

    @Override
    public String normalise(Tool tool, String text) {
        int symbol = text.indexOf(" <");
        String code = symbol > 0 ? text.substring(0, symbol) : text;
        int comment = code.indexOf('#');
        code = comment > 0 ? code.substring(0, comment) : code;
        return numbers(code.replace('\t', ' ').replace(", ", ",").strip());
    }

    @Override
    public String normalise(Decoder decoder) {
        String text = decoder.text();
        if (decoder.hasBranchTarget()) {
            int from = Math.max(text.lastIndexOf(' '), text.lastIndexOf(',')) + 1;
            text = text.substring(0, from) + "0x" + text.substring(from);
        }
        return numbers(text);
    }

    /** The text with all numbers in decimal. */
    private static String numbers(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            boolean starts = at > 0 && BEFORE_NUMBER.indexOf(text.charAt(at - 1)) >= 0;
            int end = starts ? endOfNumber(text, at) : at;
            if (end == at) {
                out.append(text.charAt(at++));
            } else {
                out.append(number(text.substring(at, end)));
                at = end;
            }
        }
        return out.toString();
    }

    private static int endOfNumber(String text, int from) {
        int at = text.charAt(from) == '-' ? from + 1 : from;
        if (at == text.length() || !Character.isDigit(text.charAt(at))) {
            return from;
        }
        while (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static String number(String text) {
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        long value = digits.startsWith("0x") ? Long.parseUnsignedLong(digits.substring(2), 16) : Long.parseLong(digits);
        return Long.toString(negative ? -value : value);
    }

    @Override
    public String operands(Tool tool, String text, long address, int length) {
        String code = normalise(tool, text);
        int open = code.indexOf('(');
        if (open < 0 || code.startsWith("j")) {
            return "";
        }
        int from = Math.max(code.lastIndexOf(',', open), code.lastIndexOf(' ', open)) + 1;
        String displacement = code.substring(from, open);
        return (displacement.isEmpty() ? "0" : displacement) + code.substring(open, code.indexOf(')', open) + 1);
    }

    @Override
    public String operands(Decoder decoder, long address) {
        if (decoder.operands() == 0) {
            return "";
        }
        String base = decoder.base(0) == Decoder.NONE ? "zero" : decoder.registerName(decoder.base(0));
        return decoder.displacement(0) + "(" + base + ")";
    }
}
