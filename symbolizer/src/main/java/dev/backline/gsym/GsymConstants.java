package dev.backline.gsym;

/** The constants of the format (llvm/DebugInfo/GSYM/FunctionInfo.h, LineTable.cpp). */
final class GsymConstants {
    /** Kinds of information in a function. */
    static final int END_OF_LIST = 0;

    static final int LINE_TABLE = 1;
    static final int INLINE_INFO = 2;

    /** Opcodes of line tables. */
    static final int END_SEQUENCE = 0;

    static final int SET_FILE = 1;
    static final int ADVANCE_PC = 2;
    static final int ADVANCE_LINE = 3;
    static final int FIRST_SPECIAL = 4;

    private GsymConstants() {}
}
