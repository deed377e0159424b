package dev.backline.dwarf.types;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.Attributes;
import dev.backline.dwarf.Cursor;
import dev.backline.dwarf.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operation of a DWARF expression (DWARF5 2.5, 7.7.1), with its operands decoded. The GNU extensions have the codes
 * of the operations of DWARF 5 that they became. Immutable.
 */
final class Operation {
    static final int ADDR = 0x03;
    static final int DEREF = 0x06;
    /** Stands for all operations that push a constant. */
    static final int CONST = 0x10;

    static final int DUP = 0x12;
    static final int DROP = 0x13;
    static final int OVER = 0x14;
    static final int PICK = 0x15;
    static final int SWAP = 0x16;
    static final int ROT = 0x17;
    static final int ABS = 0x19;
    static final int AND = 0x1a;
    static final int DIV = 0x1b;
    static final int MINUS = 0x1c;
    static final int MOD = 0x1d;
    static final int MUL = 0x1e;
    static final int NEG = 0x1f;
    static final int NOT = 0x20;
    static final int OR = 0x21;
    static final int PLUS = 0x22;
    static final int PLUS_UCONST = 0x23;
    static final int SHL = 0x24;
    static final int SHR = 0x25;
    static final int SHRA = 0x26;
    static final int XOR = 0x27;
    static final int BRA = 0x28;
    static final int EQ = 0x29;
    static final int GE = 0x2a;
    static final int GT = 0x2b;
    static final int LE = 0x2c;
    static final int LT = 0x2d;
    static final int NE = 0x2e;
    static final int SKIP = 0x2f;
    /** Also stands for {@code DW_OP_reg0} to {@code DW_OP_reg31}. */
    static final int REGX = 0x90;

    static final int FBREG = 0x91;
    /** Also stands for {@code DW_OP_breg0} to {@code DW_OP_breg31}. */
    static final int BREGX = 0x92;
    /** Also stands for {@code DW_OP_bit_piece}. */
    static final int PIECE = 0x93;

    static final int CALL_FRAME_CFA = 0x9c;
    static final int IMPLICIT_VALUE = 0x9e;
    static final int STACK_VALUE = 0x9f;
    static final int IMPLICIT_POINTER = 0xa0;
    static final int ENTRY_VALUE = 0xa3;
    static final int REGVAL_TYPE = 0xa5;
    static final int CONVERT = 0xa8;
    static final int REINTERPRET = 0xa9;
    /** Stands for all operations whose result cannot be known here: calls, thread-local storage, devices. */
    static final int UNKNOWN = 0;

    private static final int CONST1U = 0x08;
    private static final int CONST8S = 0x0f;
    private static final int CONSTU = 0x10;
    private static final int CONSTS = 0x11;
    private static final int XDEREF = 0x18;
    private static final int LIT0 = 0x30;
    private static final int REG0 = 0x50;
    private static final int BREG0 = 0x70;
    private static final int DEREF_SIZE = 0x94;
    private static final int XDEREF_SIZE = 0x95;
    private static final int NOP = 0x96;
    private static final int PUSH_OBJECT_ADDRESS = 0x97;
    private static final int CALL2 = 0x98;
    private static final int CALL4 = 0x99;
    private static final int CALL_REF = 0x9a;
    private static final int FORM_TLS_ADDRESS = 0x9b;
    private static final int BIT_PIECE = 0x9d;
    private static final int ADDRX = 0xa1;
    private static final int CONSTX = 0xa2;
    private static final int CONST_TYPE = 0xa4;
    private static final int DEREF_TYPE = 0xa6;
    private static final int XDEREF_TYPE = 0xa7;
    private static final int GNU_PUSH_TLS_ADDRESS = 0xe0;
    private static final int GNU_UNINIT = 0xf0;
    private static final int GNU_IMPLICIT_POINTER = 0xf2;
    private static final int GNU_ENTRY_VALUE = 0xf3;
    private static final int GNU_CONST_TYPE = 0xf4;
    private static final int GNU_REGVAL_TYPE = 0xf5;
    private static final int GNU_DEREF_TYPE = 0xf6;
    private static final int GNU_CONVERT = 0xf7;
    private static final int GNU_REINTERPRET = 0xf9;
    private static final int GNU_PARAMETER_REF = 0xfa;
    private static final int GNU_ADDR_INDEX = 0xfb;
    private static final int GNU_CONST_INDEX = 0xfc;
    private static final int GNU_VARIABLE_VALUE = 0xfd;

    /** An expression in an expression, as the operand of entry_value; compilers write one level. */
    private static final int MAX_DEPTH = 4;

    /** Expressions of Debian's kernels take some hundred bytes. */
    private static final int MAX_BYTES = 1 << 12;

    /** The position of the operation in the expression. */
    final int at;

    final int code;
    /** The first operand: a number, a register, a size, or the target of a jump. */
    final long first;
    /** The second operand. */
    final long second;
    /** The type of the result; null for the generic type. */
    final @Nullable BaseType type;
    /** The operand of entry_value. */
    final List<Operation> nested;
    /** The operand of implicit_value. */
    private final byte[] bytes;

    private Operation(
            int at, int code, long first, long second, @Nullable BaseType type, List<Operation> nested, byte[] bytes) {
        this.at = at;
        this.code = code;
        this.first = first;
        this.second = second;
        this.type = type;
        this.nested = nested;
        this.bytes = bytes;
    }

    /** {@return the operand of implicit_value, in the byte order of the file} */
    Cursor value(boolean bigEndian) {
        return Cursor.of(bytes, bigEndian);
    }

    /**
     * {@return the operations of an expression}
     *
     * @param expression its bytes
     * @param place an entry of the unit, for the sizes, types and addresses that the operands refer to
     * @throws IOException if an operation is unknown, or if an operand is cut off or refers to nothing
     */
    static List<Operation> decode(byte[] expression, Entry place) throws IOException {
        return decode(expression, place, 0);
    }

    private static List<Operation> decode(byte[] expression, Entry place, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw place.broken("expressions nested more than " + MAX_DEPTH + " levels deep");
        }
        if (expression.length > MAX_BYTES) {
            throw place.broken("an expression of more than " + MAX_BYTES + " bytes");
        }
        Cursor c = Cursor.of(expression, place.isBigEndian());
        List<Operation> operations = new ArrayList<>(4);
        try {
            while (c.remaining() > 0) {
                Operation each = next(c, place, depth);
                if (each != null) {
                    operations.add(each);
                }
            }
        } catch (IndexOutOfBoundsException e) {
            throw place.broken("the operation at " + c.position() + " runs past the end of its expression");
        }
        return operations;
    }

    private static @Nullable Operation next(Cursor c, Entry place, int depth) throws IOException {
        int at = c.position();
        int code = c.u1();
        if (code >= LIT0 && code < BREG0 + 32) {
            if (code < REG0) {
                return of(at, CONST, code - LIT0, 0);
            }
            return code < BREG0 ? of(at, REGX, code - REG0, 0) : of(at, BREGX, code - BREG0, c.sleb());
        }
        if (code >= CONST1U && code <= CONST8S) {
            int size = 1 << ((code - CONST1U) >> 1);
            return of(at, CONST, (code & 1) == 0 ? c.unsigned(size) : c.signed(size), 0);
        }
        if (code >= DUP && code <= XOR && code != PICK && code != XDEREF && code != PLUS_UCONST) {
            return of(at, code, 0, 0);
        }
        return switch (code) {
            case CONSTU -> of(at, CONST, c.uleb(), 0);
            case CONSTS -> of(at, CONST, c.sleb(), 0);
            case ADDR -> of(at, ADDR, c.unsigned(place.addressSize()), 0);
            case ADDRX, GNU_ADDR_INDEX -> of(at, ADDR, place.address(c.uleb()), 0);
            case CONSTX, GNU_CONST_INDEX -> of(at, CONST, place.address(c.uleb()), 0);
            case EQ, GE, GT, LE, LT, NE, CALL_FRAME_CFA, STACK_VALUE -> of(at, code, 0, 0);
            case PICK -> of(at, PICK, c.u1(), 0);
            case PLUS_UCONST -> of(at, PLUS_UCONST, c.uleb(), 0);
            case BRA, SKIP -> {
                long distance = c.signed(2);
                yield of(at, code, c.position() + distance, 0);
            }
            case REGX -> of(at, REGX, register(c), 0);
            case FBREG -> of(at, FBREG, 0, c.sleb());
            case BREGX -> {
                int register = register(c);
                yield of(at, BREGX, register, c.sleb());
            }
            case PIECE -> of(at, PIECE, c.uleb() * Byte.SIZE, 0);
            case BIT_PIECE -> {
                long size = c.uleb();
                yield of(at, PIECE, size, c.uleb());
            }
            case DEREF -> of(at, DEREF, place.addressSize(), 0);
            case DEREF_SIZE -> of(at, DEREF, c.u1(), 0);
            case NOP, GNU_UNINIT -> null;
            case IMPLICIT_VALUE -> {
                byte[] value = c.bytes(c.uleb32());
                yield new Operation(at, IMPLICIT_VALUE, value.length, 0, null, List.of(), value);
            }
            case IMPLICIT_POINTER, GNU_IMPLICIT_POINTER -> {
                // In DWARF 2 the reference has the size of an address (as DW_FORM_ref_addr)
                long entry = c.unsigned(place.version() == 2 ? place.addressSize() : place.offsetSize());
                yield of(at, IMPLICIT_POINTER, entry, c.sleb());
            }
            case ENTRY_VALUE, GNU_ENTRY_VALUE -> {
                List<Operation> nested = decode(c.bytes(c.uleb32()), place, depth + 1);
                yield new Operation(at, ENTRY_VALUE, 0, 0, null, nested, new byte[0]);
            }
            case CONST_TYPE, GNU_CONST_TYPE -> {
                BaseType type = BaseType.at(c.uleb(), place);
                int size = c.u1();
                if (size > Long.BYTES || size == 0) {
                    c.skip(size);
                    yield of(at, UNKNOWN, 0, 0);
                }
                yield typed(at, CONST, c.unsigned(size), type);
            }
            case REGVAL_TYPE, GNU_REGVAL_TYPE -> {
                int register = register(c);
                yield typed(at, REGVAL_TYPE, register, BaseType.at(c.uleb(), place));
            }
            case DEREF_TYPE, GNU_DEREF_TYPE -> {
                int size = c.u1();
                yield typed(at, DEREF, size, BaseType.at(c.uleb(), place));
            }
            case CONVERT, GNU_CONVERT -> typed(at, CONVERT, 0, BaseType.at(c.uleb(), place));
            case REINTERPRET, GNU_REINTERPRET -> typed(at, REINTERPRET, 0, BaseType.at(c.uleb(), place));
            case XDEREF, PUSH_OBJECT_ADDRESS, FORM_TLS_ADDRESS, GNU_PUSH_TLS_ADDRESS -> of(at, UNKNOWN, 0, 0);
            case XDEREF_SIZE -> unknown(at, c, 1);
            case CALL2 -> unknown(at, c, 2);
            case CALL4, GNU_PARAMETER_REF -> unknown(at, c, 4);
            case CALL_REF, GNU_VARIABLE_VALUE ->
                unknown(at, c, place.version() == 2 ? place.addressSize() : place.offsetSize());
            case XDEREF_TYPE -> {
                c.skip(1);
                c.uleb();
                yield of(at, UNKNOWN, 0, 0);
            }
            default -> throw place.broken("unknown operation 0x" + Integer.toHexString(code) + " in an expression");
        };
    }

    /** A register's number; larger numbers than an int holds are a register that no machine has. */
    private static int register(Cursor c) {
        int number = c.uleb32();
        return number < 0 ? Integer.MAX_VALUE : number;
    }

    private static Operation of(int at, int code, long first, long second) {
        return new Operation(at, code, first, second, null, List.of(), new byte[0]);
    }

    private static Operation typed(int at, int code, long first, @Nullable BaseType type) {
        return new Operation(at, code, first, 0, type, List.of(), new byte[0]);
    }

    private static Operation unknown(int at, Cursor c, int operand) {
        c.skip(operand);
        return of(at, UNKNOWN, 0, 0);
    }

    /**
     * An integer type that an operation gives its result.
     *
     * @param size in bytes, 1 to 8; 0 for types whose values are not computed here
     * @param signed whether values are sign-extended
     */
    record BaseType(int size, boolean signed) {
        private static final int DW_ATE_address = 0x01;
        private static final int DW_ATE_boolean = 0x02;
        private static final int DW_ATE_signed = 0x05;
        private static final int DW_ATE_signed_char = 0x06;
        private static final int DW_ATE_unsigned = 0x07;
        private static final int DW_ATE_unsigned_char = 0x08;
        private static final int DW_ATE_UTF = 0x10;

        /** {@return the type of the entry in the unit; null for the generic type, which is given as 0} */
        static @Nullable BaseType at(long entry, Entry place) throws IOException {
            if (entry == 0) {
                return null;
            }
            Attributes attributes = new Attributes();
            Entry type = place.inUnit(entry);
            if (type.read(attributes) != DW_TAG_base_type) {
                throw type.broken("the type in an expression is no base type");
            }
            long size = attributes.has(BYTE_SIZE) ? attributes.value(BYTE_SIZE) : 0;
            int encoding = attributes.has(ENCODING) ? (int) attributes.value(ENCODING) : 0;
            return switch (encoding) {
                case DW_ATE_signed, DW_ATE_signed_char -> new BaseType(size(size), true);
                case DW_ATE_address, DW_ATE_boolean, DW_ATE_unsigned, DW_ATE_unsigned_char, DW_ATE_UTF ->
                    new BaseType(size(size), false);
                default -> new BaseType(0, false);
            };
        }

        private static int size(long bytes) {
            return bytes > 0 && bytes <= Long.BYTES ? (int) bytes : 0;
        }

        /** {@return the number with its bits above the size replaced} */
        long cut(long number) {
            int unused = Long.SIZE - Byte.SIZE * size;
            return signed ? number << unused >> unused : number << unused >>> unused;
        }
    }
}
