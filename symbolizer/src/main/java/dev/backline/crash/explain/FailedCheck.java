package dev.backline.crash.explain;

import dev.backline.crash.Disassembly;
import org.jspecify.annotations.Nullable;

/**
 * Names the check whose failure trapped, by the number in the instruction: the checks of UBSAN in their order in
 * lib/ubsan.h, in x86's ud1 (arch/x86/kernel/traps.c, decode_bug) and in arm64's brk, whose other numbers are in
 * arch/arm64/include/asm/brk-imm.h.
 */
final class FailedCheck {
    private static final int UBSAN = 0x5500;
    private static final int KASAN = 0x900;
    private static final int CFI = 0x8000;

    private static final String[] UBSAN_CHECKS = {
        "an addition that overflows",
        "code that cannot be reached",
        "a call of a function with another type",
        "a division by zero or a division that overflows",
        "an object with another type",
        "a floating-point number that does not fit",
        "a call of a function with another type",
        "a conversion that changes the value",
        "an invalid argument of a built-in function",
        "an invalid cast",
        "a value that its type does not have",
        "a missing return",
        "a multiplication that overflows",
        "a negation that overflows",
        "a NULL argument",
        "a NULL result",
        "a NULL argument",
        "a NULL result",
        "an array index out of bounds",
        "a pointer that overflows",
        "a shift out of bounds",
        "a subtraction that overflows",
        "a pointer that is NULL or misaligned, or to a smaller object",
        "an alignment that does not hold",
        "the size of an array that is not positive"
    };

    private FailedCheck() {}

    /**
     * {@return the sentence; null if the instruction that trapped has no number of a check}
     *
     * @param code the instructions around the trap; null if unknown
     */
    static @Nullable String sentence(@Nullable Disassembly code) {
        if (code == null) {
            return null;
        }
        for (Disassembly.Line each : code.instructions()) {
            if (each.trapping()) {
                String what = what(each.text());
                return what == null ? null : what + " failed: " + each.text();
            }
        }
        return null;
    }

    private static @Nullable String what(String text) {
        if (text.startsWith("brk #0x")) {
            Long number = Condition.number(text.substring(5));
            return number == null ? null : brk(number.intValue());
        }
        int paren = text.indexOf("(%eax)");
        if (text.startsWith("ud1") && paren > 0) {
            Long number = Condition.number(text.substring(text.lastIndexOf(' ', paren) + 1, paren));
            return number == null ? null : ubsan(number.intValue());
        }
        return null;
    }

    private static @Nullable String ubsan(int number) {
        return number < 0 || number >= UBSAN_CHECKS.length ? null : "The check for " + UBSAN_CHECKS[number];
    }

    private static @Nullable String brk(int number) {
        if ((number & 0xff00) == UBSAN) {
            return ubsan(number & 0xff);
        }
        if ((number & 0xff00) == KASAN) {
            int size = number & 0xf;
            return "KASAN's check of a " + ((number & 0x10) != 0 ? "write" : "read")
                    + (size == 0xf ? "" : " of " + (1 << size) + (size == 0 ? " byte" : " bytes"))
                    + " at the address in x0";
        }
        if ((number & 0xfc00) == CFI) {
            return "The check of the type of the called function (its address is in x" + (number & 31)
                    + ", the type in w" + ((number >> 5) & 31) + ")";
        }
        return null;
    }
}
