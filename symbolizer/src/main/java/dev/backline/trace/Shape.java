package dev.backline.trace;

import dev.backline.io.Ascii;
import dev.backline.io.Chars;
import dev.backline.io.Hex;
import java.util.Arrays;

/** A shape of the table of notations, compiled to tokens. Immutable, thread-safe. */
final class Shape {
    // A token below 0x100 is a literal byte.
    static final int BLANK = 0x100;
    static final int ADDRESS_0X = 0x101;
    static final int HEX = 0x102;
    static final int SKIP_HEX = 0x103;
    static final int ADDRESSES_0X = 0x104;
    static final int SIZED = 0x105;
    static final int FUNCTION = 0x106;
    static final int UNSIZED = 0x107;
    static final int DECIMAL = 0x108;
    static final int ANY = 0x109;
    static final int SYMBOL = 0x10a;
    static final int MODULE = 0x10b;
    static final int MODULE_OPTIONAL = 0x10c;
    static final int DSO = 0x10d;
    static final int IN_MODULE = 0x10e;
    static final int MARKS_OPTIONAL = 0x10f;
    static final int CUT = 0x110;
    static final int ADDRESS_OPTIONAL = 0x111;
    static final int QUESTION_OPTIONAL = 0x112;
    static final int WORD = 0x113;
    static final int MODULE_WORD = 0x114;
    static final int NUMBER = 0x115;
    static final int REST = 0x116;
    static final int NEXT = 0x117;
    static final int STAMP = 0x118;
    static final int END = 0x119;
    static final int XEN = 0x11a;
    static final int LETTER = 0x11b;
    static final int SOURCE_OPTIONAL = 0x11c;
    static final int KIND = 0x11d;
    static final int SHORT = 0x11e;

    final Notation notation;
    /** The tokens to match, in order. */
    final int[] tokens;
    /** Whether the text must be indented. */
    final boolean indented;
    /** Whether only lines with a {@code +} can match: a filter that saves time. */
    final boolean needsPlus;

    Shape(Notation notation, String shape) {
        this.notation = notation;
        int[] read = new int[shape.length()];
        int count = 0;
        boolean plus = false;
        int at = 0;
        indented = shape.charAt(0) == ' ';
        while (at < shape.length()) {
            char c = shape.charAt(at);
            if (c == '{') {
                int close = shape.indexOf('}', at);
                int token = token(shape.substring(at + 1, close));
                plus |= token >= SIZED && token <= ANY;
                read[count++] = token;
                at = close + 1;
            } else {
                if (c != ' ' || at > 0) {
                    read[count++] = c == ' ' ? BLANK : c;
                }
                at++;
            }
        }
        tokens = Arrays.copyOf(read, count);
        needsPlus = plus;
    }

    private static int token(String name) {
        return switch (name) {
            case "0x" -> ADDRESS_0X;
            case "hex" -> HEX;
            case "skip-hex" -> SKIP_HEX;
            case "0x+" -> ADDRESSES_0X;
            case "sized" -> SIZED;
            case "function" -> FUNCTION;
            case "unsized" -> UNSIZED;
            case "decimal" -> DECIMAL;
            case "any" -> ANY;
            case "symbol" -> SYMBOL;
            case "module" -> MODULE;
            case "module?" -> MODULE_OPTIONAL;
            case "dso" -> DSO;
            case "in-module" -> IN_MODULE;
            case "marks?" -> MARKS_OPTIONAL;
            case "cut" -> CUT;
            case "address?" -> ADDRESS_OPTIONAL;
            case "?" -> QUESTION_OPTIONAL;
            case "word" -> WORD;
            case "word:" -> MODULE_WORD;
            case "number" -> NUMBER;
            case "rest" -> REST;
            case ";" -> NEXT;
            case "stamp" -> STAMP;
            case "end" -> END;
            case "xen" -> XEN;
            case "letter" -> LETTER;
            case "source?" -> SOURCE_OPTIONAL;
            case "kind" -> KIND;
            case "short" -> SHORT;
            case "open" -> '{';
            case "close" -> '}';
            default -> throw new IllegalArgumentException("unknown token {" + name + "}");
        };
    }

    // Kinds of a line's first word, determined before any shape is matched.
    static final int FIRST_SIZED = 0;
    static final int FIRST_UNSIZED = 1;
    static final int FIRST_DECIMAL = 2;
    static final int FIRST_HEX = 3;
    static final int FIRST_OTHER = 4;
    static final int FIRSTS = 5;

    /** Whether text with this first byte and this kind of first word can match the shape. */
    boolean canStartWith(byte c, int first) {
        for (int token : tokens) {
            switch (token) {
                case STAMP, XEN -> {}
                case QUESTION_OPTIONAL -> {
                    if (c == '?') {
                        return true;
                    }
                }
                case ADDRESS_0X, ADDRESSES_0X -> {
                    return c == '0';
                }
                case HEX, SKIP_HEX -> {
                    return first == FIRST_HEX;
                }
                case SHORT -> {
                    return first == FIRST_OTHER && Hex.digit(c) >= 0;
                }
                case NUMBER -> {
                    return Ascii.isDigit(c);
                }
                case SIZED -> {
                    return first == FIRST_SIZED;
                }
                case FUNCTION -> {
                    return first == FIRST_SIZED || first == FIRST_UNSIZED;
                }
                case UNSIZED -> {
                    return first == FIRST_UNSIZED;
                }
                case DECIMAL -> {
                    return first == FIRST_DECIMAL;
                }
                case ANY -> {
                    return first <= FIRST_DECIMAL;
                }
                case SYMBOL -> {
                    return first > FIRST_DECIMAL && Chars.isSymbolStart(c);
                }
                default -> {
                    return token == (c & 0xff);
                }
            }
        }
        return false;
    }
}
