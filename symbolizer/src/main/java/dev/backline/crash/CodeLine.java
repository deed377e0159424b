package dev.backline.crash;

import dev.backline.io.Ascii;
import dev.backline.io.Hex;
import dev.backline.machine.InstructionSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code Code:} lines of all architectures. The forms are those of show_opcodes (arch/x86/kernel/dumpstack.c),
 * dump_instr (arch/arm64, arch/arm and arch/riscv, kernel/traps.c), show_instructions (arch/powerpc/kernel/process.c),
 * show_code (arch/s390/kernel/dis.c, arch/mips and arch/loongarch, kernel/traps.c) and instruction_dump
 * (arch/sparc/kernel/traps_64.c). Thread-safe.
 */
public final class CodeLine {
    private static final String CODE = "Code:";
    private static final String POWERPC = "Instruction dump:";
    private static final String SPARC = "Instruction DUMP:";
    private static final String S390 = "Krnl Code:";

    /** The kernel prints 64 bytes; more are not kept. */
    private static final int MAX_BYTES = 512;

    /** A line with fewer items has to mark one: other messages have a number after {@code Code:}, too. */
    private static final int MIN_UNMARKED = 4;

    /** No text instead of bytes is longer. */
    private static final int MAX_TEXT = 80;

    /** The words of arm64 and arm before the marked one. */
    private static final int ARM_BEFORE = 4;

    /** The halfwords of riscv before the marked one. */
    private static final int RISCV_BEFORE = 10;

    /** The words of powerpc before the marked one. */
    private static final int POWERPC_BEFORE = 12;

    private CodeLine() {}

    /**
     * {@return the position of the words that start a kernel {@code Code:} line; -1 if the text has none} {@code User
     * Code:} (s390) is code of a program.
     *
     * @param text a line, which may have a prefix
     */
    public static int find(String text) {
        int at = -1;
        for (String name : new String[] {CODE, POWERPC, SPARC}) {
            int found = text.indexOf(name);
            if (found >= 0 && (found == 0 || !isWord(text.charAt(found - 1))) && (at < 0 || found < at)) {
                at = found;
            }
        }
        if (at > 0 && text.startsWith(CODE, at)) {
            if (endsWith(text, at, "Krnl ")) {
                return at - 5;
            }
            if (endsWith(text, at, "User ")) {
                return -1;
            }
            // "Status Code: 12" and others: only a prefix without words stands before the kernel's line.
            int before = at - 1;
            while (before >= 0 && text.charAt(before) == ' ') {
                before--;
            }
            if (before >= 0 && Ascii.isLetter(text.charAt(before))) {
                return -1;
            }
        }
        return at;
    }

    private static boolean endsWith(String text, int end, String word) {
        return text.startsWith(word, end - word.length());
    }

    private static boolean isWord(char c) {
        return Ascii.isLetter(c) || Ascii.isDigit(c) || c == '_';
    }

    /**
     * {@return whether a line continues the bytes of the {@code Code:} line above} Powerpc prints its words in lines of
     * their own, s390 an instruction on each, and serial consoles wrap long lines.
     *
     * @param line a line without the prefix of its log
     */
    public static boolean isContinuation(String line) {
        int at = 0;
        while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
            at++;
        }
        if (isListed(line, at)) {
            return true;
        }
        int items = 0;
        while (at < line.length()) {
            int from = isOpening(line.charAt(at)) ? at + 1 : at;
            int end = endOfHex(line, from);
            int width = end - from;
            boolean cutOff = width == 0
                    && (from == line.length() || (items == 0 && from < line.length() && isClosing(line.charAt(from))));
            if (width > 8 || (width == 0 && !cutOff)) {
                return false;
            }
            at = end < line.length() && isClosing(line.charAt(end)) ? end + 1 : end;
            if (at < line.length() && line.charAt(at) != ' ' && line.charAt(at) != '\r') {
                return false;
            }
            while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\r')) {
                at++;
            }
            items++;
        }
        return items > 0;
    }

    /** Whether s390's address of an instruction is here, with or without a mark. */
    private static boolean isListed(String line, int from) {
        int at = from < line.length() && isListingMark(line.charAt(from)) ? from + 1 : from;
        int end = endOfHex(line, at);
        return end - at >= 8 && end < line.length() && line.charAt(end) == ':';
    }

    private static boolean isListingMark(char c) {
        return c == '>' || c == '*' || c == '#';
    }

    /**
     * {@return the bytes of a line; null if the text is not a {@code Code:} line of a kernel}
     *
     * @param text from {@code Code:} on, or the whole line; continuation lines follow after line feeds
     * @param set the instruction set that the report shows in other ways; null if unknown. Without it, the form decides, and
     *     where several machines print this form, the words
     */
    public static @Nullable CodeBytes parse(String text, @Nullable InstructionSet set) {
        int start = find(text);
        if (start < 0) {
            return null;
        }
        if (text.startsWith(S390, start)) {
            return S390Listing.parse(text, start + S390.length());
        }
        int from = text.indexOf(':', start) + 1;
        Items items = new Items();
        items.read(text, from);
        String instead = items.count == 0 || isTextInstead(text, items.end) ? textInstead(text, items.end) : null;
        if (instead == null && items.count < (items.isMarked() ? 1 : MIN_UNMARKED)) {
            return null;
        }
        InstructionSet found = items.count == 0
                ? set
                : machine(items, set, text.startsWith(POWERPC, start), text.startsWith(SPARC, start));
        boolean swapped = found == InstructionSet.ARM
                || found == InstructionSet.ARM64
                || found == InstructionSet.THUMB
                || found == InstructionSet.RISCV64;
        return new CodeBytes(swapped ? items.swapped() : items.hex.toString(), items.trap(), found, instead);
    }

    /** {@return the kernel's words for code that cannot be read; null if the text is something else} */
    private static @Nullable String textInstead(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        if (!isTextInstead(text, at)) {
            return null;
        }
        int end = text.indexOf('\n', at);
        String words = text.substring(at, Math.min(end < 0 ? text.length() : end, at + MAX_TEXT))
                .strip();
        return words.startsWith("(") && words.endsWith(")") ? words.substring(1, words.length() - 1) : words;
    }

    private static boolean isTextInstead(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return text.startsWith("Bad ", at)
                || text.startsWith("bad ", at)
                || text.startsWith("(Bad ", at)
                || text.startsWith("Unable to access ", at);
    }

    /** {@return the instruction set of a form; the facts decide where the form leaves a choice} */
    private static @Nullable InstructionSet machine(
            Items items, @Nullable InstructionSet set, boolean powerpc, boolean sparc) {
        if (powerpc || sparc) {
            return powerpc ? InstructionSet.POWERPC : null;
        }
        boolean round = items.mark == '(';
        return switch (items.width) {
            case 2 -> set == InstructionSet.I386 || set == InstructionSet.S390 ? set : InstructionSet.X86_64;
            case 4 -> halfwords(items, set, round);
            default -> words(items, set, round);
        };
    }

    private static @Nullable InstructionSet halfwords(Items items, @Nullable InstructionSet set, boolean round) {
        if (set == InstructionSet.RISCV64 || set == InstructionSet.THUMB) {
            return set;
        }
        if (set == InstructionSet.ARM) {
            return InstructionSet.THUMB;
        }
        if (!round || set != null) {
            return null;
        }
        return items.marked == RISCV_BEFORE ? InstructionSet.RISCV64 : InstructionSet.THUMB;
    }

    private static @Nullable InstructionSet words(Items items, @Nullable InstructionSet set, boolean round) {
        if (round) {
            if (set == InstructionSet.THUMB) {
                return InstructionSet.ARM;
            }
            return set == InstructionSet.ARM || set == InstructionSet.ARM64 ? set : armOrArm64(items);
        }
        if (set == InstructionSet.POWERPC || set == InstructionSet.ARM || set == InstructionSet.ARM64) {
            return set;
        }
        return set == null && items.marked == POWERPC_BEFORE ? InstructionSet.POWERPC : null;
    }

    /** On arm, nearly every instruction is unconditional: its first digit is e. */
    private static InstructionSet armOrArm64(Items items) {
        int always = 0;
        for (int i = 0; i < items.hex.length(); i += 8) {
            always += items.hex.charAt(i) == 'e' ? 1 : 0;
        }
        return always * 2 > items.count && items.count <= ARM_BEFORE + 1 ? InstructionSet.ARM : InstructionSet.ARM64;
    }

    private static boolean isOpening(char c) {
        return c == '<' || c == '(';
    }

    private static boolean isClosing(char c) {
        return c == '>' || c == ')';
    }

    private static int endOfHex(String text, int from) {
        int at = from;
        // Longer than any item: the text is something else.
        while (at < text.length() && at - from <= 16 && Hex.digit(text.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }

    /** The bytes, halfwords or words of a line. */
    private static final class Items {
        final StringBuilder hex = new StringBuilder();
        int width;
        int count;
        /** The number of the marked item; -1 without one. */
        int marked = -1;

        char mark;
        int end;
        private boolean twice;

        boolean isMarked() {
            return marked >= 0 && !twice;
        }

        int trap() {
            return isMarked() ? marked * width / 2 : -1;
        }

        void read(String text, int from) {
            int at = from;
            end = at;
            while (hex.length() < 2 * MAX_BYTES) {
                while (at < text.length() && isGap(text.charAt(at))) {
                    at++;
                }
                if (at == text.length()) {
                    break;
                }
                char opening = isOpening(text.charAt(at)) ? text.charAt(at) : 0;
                int next = item(text, opening == 0 ? at : at + 1, opening);
                if (next < 0) {
                    break;
                }
                at = next;
                end = at;
            }
        }

        private static boolean isGap(char c) {
            return c == ' ' || c == '\n' || c == '\r' || c == '\t';
        }

        /** Reads an item; it can go on after a line feed. {@return where it ends; -1 if it is none} */
        private int item(String text, int from, char opening) {
            StringBuilder digits = new StringBuilder(8);
            int at = from;
            int cut = -1;
            while (at < text.length() && digits.length() <= 8) {
                char c = text.charAt(at);
                if (Hex.digit(c) >= 0) {
                    digits.append((char) (c >= 'A' && c <= 'F' ? c + 32 : c));
                } else if (c == '?' || c == 'X') {
                    digits.append('?');
                } else if (c == '\n' && cut < 0 && isCutHere(digits.length(), opening)) {
                    cut = at;
                } else {
                    break;
                }
                at++;
            }
            int length = digits.length();
            boolean ends =
                    at == text.length() || isGap(text.charAt(at)) || (opening != 0 && isClosing(text.charAt(at)));
            if (!ends || (length != 2 && length != 4 && length != 8) || (width != 0 && length != width)) {
                return -1;
            }
            width = length;
            hex.append(digits);
            if (opening != 0) {
                twice |= marked >= 0;
                marked = count;
                mark = opening;
            }
            count++;
            return at < text.length() && isClosing(text.charAt(at)) ? at + 1 : at;
        }

        /** Whether a line feed after some digits of an item can be a console's. */
        private boolean isCutHere(int digits, char opening) {
            return opening != 0 ? digits <= width : digits > 0 && digits < width;
        }

        /** The items with their last byte first. */
        String swapped() {
            StringBuilder bytes = new StringBuilder(hex.length());
            for (int i = 0; i < hex.length(); i += width) {
                for (int at = i + width - 2; at >= i; at -= 2) {
                    bytes.append(hex, at, at + 2);
                }
            }
            return bytes.toString();
        }
    }
}
