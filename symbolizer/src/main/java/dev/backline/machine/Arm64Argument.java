package dev.backline.machine;

/**
 * An operand of a row of the table of A64 instructions.
 *
 * @param form what it is
 * @param kind the letter of the register's width or of the element's size; {@code 8} for eight registers
 * @param shape of a vector
 * @param literal the arrangement of a vector of the shape FIXED
 * @param count of the registers of a list
 * @param position the lowest bit of the register's number in the word
 * @param isNext whether the register is the one after the encoded one
 * @param isStackPointer whether register 31 is sp
 * @param isRead whether the register is read
 * @param isWritten whether the register is written
 */
record Arm64Argument(
        Arm64Operand form,
        char kind,
        Arm64Shape shape,
        int literal,
        int count,
        int position,
        boolean isNext,
        boolean isStackPointer,
        boolean isRead,
        boolean isWritten) {
    private static final char LANE = 'L';

    /** {@return the operand that a word of arm64.txt stands for} */
    static Arm64Argument of(String text) {
        boolean isWritten = text.charAt(0) == '=' || text.charAt(0) == '*';
        boolean isRead = text.charAt(0) != '=';
        String name = isWritten ? text.substring(1) : text;
        char first = name.charAt(0);
        char second = name.charAt(1);
        if (first == 'l') {
            return list(name);
        }
        if (second < 'a' && !name.startsWith("X8")) {
            return vector(Arm64Operand.valueOf(name), ' ', Arm64Shape.FIXED, 0, 0, 0);
        }
        if (first == 'v') {
            if (name.charAt(2) == ':') {
                return vector(Arm64Operand.ELEMENT, name.charAt(3), Arm64Shape.FIXED, 0, 0, positionOf(second));
            }
            int literal = Arm64Fields.literalArrangement(name.substring(3));
            Arm64Shape shape = literal < 0 ? Arm64Shape.valueOf(name.substring(3)) : Arm64Shape.FIXED;
            return vector(Arm64Operand.VECTOR, ' ', shape, literal, 0, positionOf(second));
        }
        char last = name.charAt(name.length() - 1);
        boolean isGeneral = "WXRLY".indexOf(first) >= 0;
        return new Arm64Argument(
                isGeneral ? Arm64Operand.GPR : Arm64Operand.FPR,
                second == '8' ? second : first,
                Arm64Shape.FIXED,
                0,
                0,
                positionOf(second == '8' ? name.charAt(2) : second),
                last == '1',
                last == '+',
                isRead,
                isWritten);
    }

    private static Arm64Argument list(String name) {
        int count = name.charAt(1) - '0';
        if (name.charAt(2) == ':') {
            return vector(Arm64Operand.LIST, LANE, Arm64Shape.FIXED, 0, count, 0);
        }
        return vector(Arm64Operand.LIST, ' ', Arm64Shape.valueOf(name.substring(3)), 0, count, 0);
    }

    private static Arm64Argument vector(
            Arm64Operand form, char kind, Arm64Shape shape, int literal, int count, int position) {
        return new Arm64Argument(form, kind, shape, literal, count, position, false, false, false, false);
    }

    private static int positionOf(char field) {
        return switch (field) {
            case 'd', 't' -> 0;
            case 'n' -> 5;
            case 'a', 'u' -> 10;
            case 'm', 's' -> 16;
            default -> throw new IllegalStateException("arm64.txt in the program has the field " + field);
        };
    }

    /** {@return the number of the register in a word} */
    int register(int word) {
        int number = (word >>> position) & 31;
        return isNext ? (number + 1) & 31 : number;
    }

    /** {@return the arrangement of the vector, or -1 if it is reserved} */
    int arrangement(int word) {
        return Arm64Fields.arrangement(shape, literal, word);
    }

    /** {@return whether the list names one lane of its registers} */
    boolean isLane() {
        return kind == LANE;
    }

    /** {@return whether the word has no reserved size for this operand} */
    boolean exists(int word) {
        return switch (form) {
            case FPR -> Arm64Fields.scalar(kind, word) != 0;
            case VECTOR -> arrangement(word) >= 0;
            case LIST -> isLane() || arrangement(word) >= 0;
            // The elements whose size imm5 tells.
            case ELEMENT -> (kind != 'I' && kind != 'J') || Arm64Fields.copySize(word) >= 0;
            default -> true;
        };
    }

    /** {@return the size in bytes of all registers of the list, where the rule tells so} */
    int size(boolean replicates, int word) {
        if (isLane()) {
            return count << Arm64Fields.laneSize(word);
        }
        return replicates ? count << ((word >>> 10) & 3) : count * (8 << ((word >>> 30) & 1));
    }
}
