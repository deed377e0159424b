package dev.backline.benchmarks.instructions;

import dev.backline.machine.Decoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Texts of x86 in AT&amp;T syntax; GNU objdump's are the reference. */
final class X86Text implements InstructionText {
    private static final List<String> REGISTERS_64 = List.of("rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp");
    private static final List<String> REGISTERS_32 = List.of("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi");
    private static final List<String> AS_64 = List.of("eax", "edx", "ecx", "ebx", "esi", "edi", "ebp", "esp");
    private static final List<String> REGISTERS_16 = List.of("ax", "cx", "dx", "bx", "sp", "bp", "si", "di");

    /** A REX prefix that is not the last one. */
    private static final Pattern BARE_REX = Pattern.compile("([a-z0-9]+ )*rex(\\.[WRXB]+)?");

    private static final Set<String> PREFIXES = Set.of("lock", "rep", "repne", "data16", "addr32", "notrack");

    private final boolean is64;

    X86Text(boolean is64) {
        this.is64 = is64;
    }

    @Override
    public List<String> gnuPrograms() {
        return List.of("objdump", "x86_64-linux-gnu-objdump");
    }

    @Override
    public List<String> llvmOptions() {
        return List.of();
    }

    @Override
    public boolean comparesText(Tool tool) {
        return tool == Tool.GNU;
    }

    @Override
    public boolean isData(String text) {
        return text.startsWith(".long") || text.startsWith(".word") || text.startsWith(".quad");
    }

    /** llvm-objdump writes some prefixes as instructions of their own. */
    @Override
    public boolean isPrefix(String text) {
        return PREFIXES.contains(text);
    }

    @Override
    public boolean isBad(String text) {
        return text.contains("(bad)")
                || text.contains("{bad}")
                || BARE_REX.matcher(text).matches()
                || text.startsWith(".byte")
                || text.startsWith("<unknown>");
    }

    @Override
    public String normalise(Tool tool, String text) {
        int comment = text.indexOf(" #");
        String code = comment >= 0 ? text.substring(0, comment) : text;
        int symbol = code.indexOf(" <");
        code = symbol >= 0 ? code.substring(0, symbol) : code;
        String shown = oneBlank(code);
        int last = shown.lastIndexOf(' ') + 1;
        if (tool == Tool.GNU
                && last > 0
                && shown.startsWith("0x", last)
                && isDirectJump(mnemonic(shown.substring(0, last - 1)))) {
            // Only without a symbol for the target.
            return shown.substring(0, last) + shown.substring(last + 2);
        }
        return shown;
    }

    @Override
    public String normalise(Decoder decoder) {
        return decoder.text();
    }

    private static String oneBlank(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i) == '\t' ? ' ' : text.charAt(i);
            if (c != ' ' || (out.length() > 0 && out.charAt(out.length() - 1) != ' ')) {
                out.append(c);
            }
        }
        while (out.length() > 0 && out.charAt(out.length() - 1) == ' ') {
            out.setLength(out.length() - 1);
        }
        return out.toString();
    }

    @Override
    public String operands(Tool tool, String text, long address, int length) {
        if (text.indexOf('(') < 0 && text.indexOf(':') < 0 && text.indexOf("0x") < 0) {
            return "";
        }
        String code = normalise(tool, text).replace(", ", ",").replace(" {", "{");
        int blank = code.lastIndexOf(' ');
        if (blank < 0) {
            return "";
        }
        String mnemonic = mnemonic(code.substring(0, blank));
        List<String> found = new ArrayList<>();
        for (String operand : split(code.substring(blank + 1))) {
            String parsed = operand(operand, isDirectJump(mnemonic), address + length);
            if (!parsed.isEmpty()) {
                found.add(parsed);
            }
        }
        return joined(found);
    }

    private static boolean isDirectJump(String mnemonic) {
        return mnemonic.startsWith("j")
                || mnemonic.startsWith("call")
                || mnemonic.startsWith("loop")
                || mnemonic.equals("xbegin");
    }

    /** The last word, without a hint such as {@code ,pt}. */
    private static String mnemonic(String words) {
        String last = words.substring(words.lastIndexOf(' ') + 1);
        int hint = last.indexOf(',');
        return hint >= 0 ? last.substring(0, hint) : last;
    }

    private static List<String> split(String operands) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < operands.length(); i++) {
            char c = operands.charAt(i);
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == ',' && depth == 0) {
                parts.add(operands.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(operands.substring(from));
        return parts;
    }

    /** An operand in memory as {@code segment:displacement(base,index,scale)} with register numbers, else an empty string. */
    private String operand(String text, boolean isJump, long next) {
        String rest = text;
        boolean indirect = rest.startsWith("*");
        if (indirect) {
            rest = rest.substring(1);
        }
        int brace = rest.indexOf('{');
        rest = brace >= 0 ? rest.substring(0, brace) : rest;
        if (rest.isEmpty() || rest.startsWith("$") || rest.equals("(%dx)") || (isJump && !indirect)) {
            return "";
        }
        int segment = Decoder.NONE;
        if (rest.startsWith("%")) {
            int colon = rest.indexOf(':');
            if (colon < 0) {
                return "";
            }
            segment = rest.startsWith("%fs") ? 4 : rest.startsWith("%gs") ? 5 : Decoder.NONE;
            rest = rest.substring(colon + 1);
        }
        int open = rest.indexOf('(');
        String number = open >= 0 ? rest.substring(0, open) : rest;
        long displacement = 0;
        if (!number.isEmpty()) {
            if (!number.startsWith("0x")
                    && !number.startsWith("-0x")
                    && !Character.isDigit(number.charAt(number.length() - 1))) {
                return "";
            }
            displacement = number(number);
        }
        int base = Decoder.NONE;
        int index = Decoder.NONE;
        int scale = 1;
        if (open >= 0) {
            String[] parts = rest.substring(open + 1, rest.length() - 1).split(",", -1);
            base = register(parts[0]);
            if (base == Decoder.PC) {
                displacement += next;
                displacement &= parts[0].equals("%eip") ? 0xffff_ffffL : -1;
            }
            index = parts.length > 1 ? register(parts[1]) : Decoder.NONE;
            scale = parts.length > 2 ? Integer.parseInt(parts[2]) : 1;
        }
        return canonical(segment, base, index, scale, displacement);
    }

    private static long number(String text) {
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        long value = digits.startsWith("0x") ? Long.parseUnsignedLong(digits.substring(2), 16) : Long.parseLong(digits);
        return negative ? -value : value;
    }

    private String canonical(int segment, int base, int index, int scale, long displacement) {
        return (segment == Decoder.NONE ? "" : segment == 4 ? "fs:" : "gs:")
                + Long.toHexString(is64 ? displacement : displacement & 0xffff_ffffL)
                + "("
                + (base == Decoder.NONE ? "" : base == Decoder.PC ? "pc" : Integer.toString(base))
                + (index == Decoder.NONE ? "" : "," + index + "," + scale)
                + ")";
    }

    private int register(String text) {
        if (text.isEmpty() || !text.startsWith("%")) {
            return Decoder.NONE;
        }
        String name = text.substring(1);
        if (name.equals("rip") || name.equals("eip")) {
            return Decoder.PC;
        }
        if (!is64) {
            int at = REGISTERS_32.indexOf(name);
            return at >= 0 ? at : REGISTERS_16.indexOf(name);
        }
        int at = REGISTERS_64.indexOf(name);
        if (at < 0) {
            at = AS_64.indexOf(name);
        }
        if (at < 0 && name.startsWith("r") && name.length() > 1 && Character.isDigit(name.charAt(1))) {
            at = Integer.parseInt(name.endsWith("d") ? name.substring(1, name.length() - 1) : name.substring(1));
        }
        return at;
    }

    @Override
    public String operands(Decoder decoder, long address) {
        int count = decoder.operands();
        if (count == 0) {
            return "";
        }
        String code = decoder.text();
        int blank = code.lastIndexOf(' ');
        String mnemonic = mnemonic(blank < 0 ? code : code.substring(0, blank));
        int first = 0;
        if (usesStack(blank < 0 ? code : code.substring(0, blank)) || usesStack(code)) {
            count--;
        } else if (mnemonic.startsWith("movdir64b") || mnemonic.startsWith("enqcmd")) {
            first = 1;
        } else if (mnemonic.contains("maskmov") && code.indexOf('(') < 0) {
            return "";
        }
        List<String> found = new ArrayList<>();
        for (int i = first; i < count; i++) {
            found.add(canonical(
                    decoder.segment(i), decoder.base(i), decoder.index(i), decoder.scale(i), decoder.displacement(i)));
        }
        return joined(found);
    }

    private static String joined(List<String> operands) {
        operands.sort(null);
        return String.join(" ", operands);
    }

    private static boolean usesStack(String words) {
        String mnemonic = mnemonic(words);
        return mnemonic.startsWith("push")
                || (mnemonic.startsWith("pop") && !mnemonic.startsWith("popcnt"))
                || mnemonic.startsWith("call")
                || mnemonic.startsWith("lcall")
                || mnemonic.startsWith("ret")
                || mnemonic.startsWith("lret")
                || mnemonic.startsWith("iret")
                || mnemonic.startsWith("enter")
                || mnemonic.startsWith("leave");
    }
}
