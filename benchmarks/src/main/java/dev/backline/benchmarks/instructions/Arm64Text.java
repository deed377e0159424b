package dev.backline.benchmarks.instructions;

import dev.backline.machine.Decoder;
import java.util.List;

/** Texts of arm64; GNU objdump's are the reference. */
final class Arm64Text implements InstructionText {
    @Override
    public List<String> gnuPrograms() {
        return List.of("aarch64-linux-gnu-objdump");
    }

    @Override
    public List<String> llvmOptions() {
        return List.of("--mattr=+all");
    }

    @Override
    public boolean comparesText(Tool tool) {
        return tool == Tool.GNU;
    }

    @Override
    public boolean isData(String text) {
        return text.startsWith(".word")
                // A section of one byte, which the linker fills.
                || text.startsWith("Address ")
                || text.startsWith(".short")
                || text.startsWith(".byte")
                || text.startsWith(".xword")
                // Data between instructions is dumped as bytes and characters.
                || (text.length() > 2 && text.charAt(2) == ' ' && Character.digit(text.charAt(0), 16) >= 0);
    }

    @Override
    public boolean isBad(String text) {
        return text.startsWith(".inst") || text.startsWith("<unknown>");
    }

    @Override
    public String normalise(Tool tool, String text) {
        String code = text;
        for (String end : List.of("//", " <", " ;")) {
            int at = code.indexOf(end);
            code = at > 0 ? code.substring(0, at) : code;
        }
        return code.replace('\t', ' ').strip();
    }

    @Override
    public String normalise(Decoder decoder) {
        return normalise(Tool.GNU, decoder.text());
    }

    @Override
    public String withoutAddress(String text) {
        int last = text.lastIndexOf(' ') + 1;
        return Character.digit(text.charAt(last), 16) >= 0 ? text.substring(0, last) : text;
    }

    @Override
    public String operands(Tool tool, String text, long address, int length) {
        String code = normalise(tool, text);
        int open = code.indexOf('[');
        if (open < 0) {
            return code.startsWith("ldr") || code.startsWith("prfm") ? literal(code) : "";
        }
        // A bracket after a letter or a brace is an index of a vector or of an array.
        while (open > 0 && code.charAt(open - 1) != ' ') {
            open = code.indexOf('[', open + 1);
        }
        if (open < 0) {
            return "";
        }
        StringBuilder all = new StringBuilder();
        for (; open >= 0; open = code.indexOf('[', open + 1)) {
            all.append(bracket(code.substring(open + 1, code.indexOf(']', open))));
        }
        return all.toString();
    }

    private static String literal(String code) {
        String target = code.substring(code.lastIndexOf(' ') + 1);
        return operand("pc", "", target.startsWith("0x") ? target.substring(2) : target);
    }

    private static String operand(String base, String index, String displacement) {
        return "[" + base + index + " " + displacement + "]";
    }

    private static String bracket(String text) {
        String[] parts = text.split(", ", -1);
        String index = "";
        int shift = 0;
        String extension = "";
        long displacement = 0;
        for (int i = 1; i < parts.length; i++) {
            String part = parts[i];
            if (part.startsWith("#")) {
                displacement = Long.decode(part.substring(1));
            } else if (part.startsWith("mul")) {
                // The decoder cannot know the length of vectors.
                displacement = 0;
            } else if (part.startsWith("lsl") || part.charAt(1) == 'x') {
                int number = part.indexOf('#');
                shift = number < 0 ? 0 : Integer.decode(part.substring(number + 1));
                extension = part.startsWith("sxtw") ? "s" : part.startsWith("uxtw") ? "z" : "";
            } else if (!part.endsWith("zr")) {
                index = "x" + part.substring(1);
            }
        }
        return operand(
                parts[0], index.isEmpty() ? "" : "+" + index + extension + "*" + (1 << shift), hex(displacement));
    }

    private static String hex(long displacement) {
        return Long.toHexString(displacement);
    }

    @Override
    public String operands(Decoder decoder, long address) {
        String code = decoder.text();
        if (code.startsWith("dc ") || code.startsWith("ic ")) {
            return "";
        }
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < decoder.operands(); i++) {
            int register = decoder.index(i);
            String extension = switch (decoder.indexExtension(i)) {
                case NONE -> "";
                case ZERO -> "z";
                case SIGN -> "s";
            };
            all.append(operand(
                    decoder.base(i) == Decoder.PC ? "pc" : decoder.registerName(decoder.base(i)),
                    register == Decoder.NONE
                            ? ""
                            : "+" + decoder.registerName(register) + extension + "*" + decoder.scale(i),
                    hex(decoder.displacement(i))));
        }
        return all.toString();
    }
}
