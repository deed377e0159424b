package dev.backline.gsym;

import static dev.backline.gsym.GsymConstants.*;

import dev.backline.dwarf.Frame;
import dev.backline.dwarf.SourceFile;
import dev.backline.elf.Words;
import dev.backline.io.IntList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads functions in a moving window of the file (llvm/DebugInfo/GSYM/FunctionInfo.h, LineTable.h, InlineInfo.h). If the
 * next address is above the last one, the line table is read on from there. Not thread-safe.
 */
final class FunctionReader extends LebReader {
    /** The maximum number of kinds of information in a function; LLVM has four. */
    private static final int MAX_KINDS = 64;

    /** The maximum size of a function's information, in bytes; real ones have a few thousand. */
    private static final int MAX_BYTES = 1 << 24;

    private static final int MAX_DEPTH = 512;

    /** The maximum size of a function that is decoded as a whole, in bytes of code, and in bytes of each part. */
    private static final int MAX_DECODED = 1 << 18;

    /**
     * The maximum number of line table opcodes per byte of a function; it bounds the work for hostile files. Real
     * kernels have at most 3.
     */
    private static final int MAX_OPCODES_PER_BYTE = 64;

    private final GsymFile file;
    private final boolean big;

    private final FileWindow view;

    /** Null if the file has no details. */
    private final @Nullable DetailReader details;

    private int function = -1;
    /** The number of look-ups in the function since the last move. */
    private int lookUps;

    private long start;
    private long infoStart;
    private long size;
    private long name;
    private long lines;
    private int linesLength;
    private long inlines;
    private int inlinesLength;

    /** The offset in the line table at which to read on; 0 before its header is read. */
    private int linePosition;

    private int minDelta;
    private int lineRange;
    private long opcodesLeft;
    private boolean linesEnded;
    /** Whether a row is read ahead; it may be above the address. */
    private boolean hasNext;

    private long nextOffset;
    private int nextFile;
    private int nextLine;
    /** Whether the line table has a row at the address. */
    private boolean hasRow;

    private long rowOffset;
    private int rowFile;
    private int rowLine;

    /** The number of inlined calls at the address; the first, the outermost, is the function itself. */
    private int depth;

    private int[] names = new int[16];
    private int[] callFiles = new int[16];
    private int[] callLines = new int[16];
    /** The numbers of the calls in the function's InlineInfo; −1 for no function. */
    private int[] callNumbers = new int[16];

    /** The number of the entry of the InlineInfo that is read next. */
    private int nextCall;

    FunctionReader(GsymFile file) {
        this.file = file;
        this.big = file.bigEndian();
        view = new FileWindow(file);
        GsymDetails part = file.details();
        details = part == null ? null : new DetailReader(part);
    }

    /** Reads the header of a function. */
    void moveTo(int index, long address) throws IOException {
        if (index == function) {
            return;
        }
        function = -1;
        long at = file.infoOffset(index);
        int p = need("a function", at, 8);
        infoStart = at;
        start = address;
        size = Words.u32(bytes, p, big);
        name = Words.u32(bytes, p + 4, big);
        lines = -1;
        function = index;
        lookUps = 0;
    }

    /** Reads the string table offsets of the names of some functions. */
    void names(int from, int to, int[] into) throws IOException {
        for (int i = from; i < to; i++) {
            int p = need("a function", file.infoOffset(i) + 4, 4);
            into[i] = Words.i32(bytes, p, big);
        }
        function = -1;
    }

    /** The size of the function in bytes; 0 if unknown. */
    long size() {
        return size;
    }

    /** The number of look-ups in the function since the last move. */
    int lookUps() {
        return lookUps;
    }

    /** The frames of an address in the function, innermost first; empty if only its name is known. */
    List<Frame> framesAt(long address) throws IOException {
        lookUps++;
        boolean done = false;
        try {
            List<Frame> frames = read(address);
            done = true;
            return frames;
        } finally {
            if (!done) {
                // Never read on after a failure
                lines = -1;
            }
        }
    }

    private List<Frame> read(long address) throws IOException {
        if (lines < 0) {
            findParts();
        }
        if (details != null) {
            details.moveTo(function);
        }
        if (linesLength == 0 && inlinesLength == 0 && (details == null || !details.isBare())) {
            return List.of();
        }
        boolean found = linesLength > 0 && findRow(address - start);
        depth = 0;
        callNumbers[0] = 0;
        if (inlinesLength > 0) {
            findInlined(address);
        }
        return details == null ? frames(found) : detailedFrames(details, found, address - start);
    }

    private List<Frame> frames(boolean found) throws IOException {
        SourceFile source = found ? file.sources().file(rowFile) : null;
        int line = found ? Math.max(0, rowLine) : 0;
        List<Frame> frames = new ArrayList<>(Math.max(1, depth));
        for (int i = depth - 1; i > 0; i--) {
            frames.add(frame(names[i] & 0xffff_ffffL, source, line, true));
            source = file.sources().file(callFiles[i]);
            line = Math.max(0, callLines[i]);
        }
        // Not every writer repeats the function's name in the root; backline omits it if DWARF has no function
        boolean rootNames = depth > 0 && (names[0] != 0 || file.extension() != null);
        frames.add(frame(rootNames ? names[0] & 0xffff_ffffL : name, source, line, false));
        return frames;
    }

    /** The frames in every field as in DWARF. */
    private List<Frame> detailedFrames(DetailReader exact, boolean found, long offset) throws IOException {
        exact.findPlace(offset);
        SourceFile source = found ? file.sources().file(rowFile) : null;
        int line = found ? rowLine : 0;
        int column = exact.column();
        int discriminator = exact.discriminator();
        List<Frame> frames = new ArrayList<>(Math.max(1, depth));
        for (int i = Math.max(0, depth - 1); i >= 0; i--) {
            GsymDetails.Names both = exact.names(callNumbers[i]);
            if (both == null) {
                both = GsymDetails.Names.of(file.strings().at(depth > 0 ? names[i] & 0xffff_ffffL : name));
            }
            frames.add(new Frame(both.name(), both.linkageName(), source, line, column, discriminator, i > 0));
            if (i > 0) {
                source = file.sources().file(callFiles[i]);
                line = callLines[i];
                column = exact.callColumn(callNumbers[i]);
                discriminator = 0;
            }
        }
        return frames;
    }

    private Frame frame(long function, @Nullable SourceFile source, int line, boolean inlined) throws IOException {
        String text = file.strings().at(function);
        boolean mangled = DetailEncoder.isMangled(text);
        return new Frame(mangled || text.isEmpty() ? null : text, mangled ? text : null, source, line, 0, 0, inlined);
    }

    /** Finds the line table and the inlined calls. */
    private void findParts() throws IOException {
        linesLength = 0;
        inlinesLength = 0;
        rewindLines();
        long lineTable = 0;
        long at = infoStart + 8;
        for (int kinds = 0; ; kinds++) {
            int p = need("a function's information", at, 8);
            int kind = Words.i32(bytes, p, big);
            long length = Words.u32(bytes, p + 4, big);
            if (kind == END_OF_LIST) {
                break;
            }
            at += 8;
            if (length > file.fileSize() - at || length > MAX_BYTES || kinds == MAX_KINDS) {
                throw file.damaged(
                        at - 8,
                        "a function has information of kind " + Integer.toUnsignedString(kind) + " with " + length
                                + " bytes, which is too large");
            }
            if (kind == LINE_TABLE) {
                lineTable = at;
                linesLength = (int) length;
            } else if (kind == INLINE_INFO) {
                inlines = at;
                inlinesLength = (int) length;
            }
            at += length;
        }
        lines = lineTable;
    }

    private void rewindLines() {
        linePosition = 0;
        linesEnded = false;
        hasNext = false;
        hasRow = false;
    }

    /** Moves to the last row at or before an offset from the function's start. */
    private boolean findRow(long offset) throws IOException {
        if (hasRow && offset < rowOffset) {
            rewindLines();
        }
        int first = need("a line table", lines, linesLength);
        byte[] b = bytes;
        int end = first + linesLength;
        try {
            if (linePosition == 0) {
                beginLines(first);
            } else {
                position = first + linePosition;
            }
            readRows(b, offset, end);
            linePosition = position - first;
            if (position > end) {
                throw file.damaged(lines, "a line table does not end with an EndSequence");
            }
        } catch (IndexOutOfBoundsException e) {
            throw file.damaged(lines, "a line table does not end with an EndSequence");
        }
        return hasRow;
    }

    private void beginLines(int first) throws IOException {
        position = first;
        long least = sleb();
        long most = sleb();
        long line = uleb();
        if (most < least || least < Integer.MIN_VALUE || most > Integer.MAX_VALUE) {
            throw file.damaged(lines, "a line table's deltas go from " + least + " to " + most);
        }
        minDelta = (int) least;
        // A special opcode is at most 251
        lineRange = (int) Math.min(256, most - least + 1);
        nextOffset = 0;
        nextFile = 1;
        nextLine = (int) line;
        opcodesLeft = MAX_OPCODES_PER_BYTE * (size + 16);
    }

    private void readRows(byte[] b, long offset, int end) throws IOException {
        while (true) {
            if (hasNext) {
                if (nextOffset > offset) {
                    return;
                }
                hasRow = true;
                rowOffset = nextOffset;
                rowFile = nextFile;
                rowLine = nextLine;
                hasNext = false;
            }
            if (linesEnded) {
                return;
            }
            if (position >= end || opcodesLeft-- <= 0) {
                throw file.damaged(
                        lines,
                        position >= end
                                ? "a line table does not end with an EndSequence"
                                : "a line table has too many opcodes for a function of " + size + " bytes");
            }
            int opcode = b[position++] & 0xff;
            switch (opcode) {
                case END_SEQUENCE -> linesEnded = true;
                case SET_FILE -> nextFile = (int) uleb();
                case ADVANCE_LINE -> nextLine += (int) sleb();
                case ADVANCE_PC -> advance(uleb());
                default -> {
                    int adjusted = opcode - FIRST_SPECIAL;
                    nextLine += minDelta + adjusted % lineRange;
                    advance(adjusted / lineRange);
                }
            }
        }
    }

    private void advance(long bytes) throws IOException {
        if (bytes < 0 || bytes > 0xffff_ffffL) {
            throw file.damaged(lines, "a line table advances by " + Long.toUnsignedString(bytes) + " bytes");
        }
        nextOffset += bytes;
        hasNext = true;
    }

    /** Collects the inlined calls at an address; the first is the function itself. */
    private void findInlined(long address) throws IOException {
        int first = need("inlined calls", inlines, inlinesLength);
        int end = first + inlinesLength;
        position = first;
        nextCall = 0;
        try {
            long base = start;
            while (depth < MAX_DEPTH) {
                long ranges = uleb();
                if (ranges == 0) {
                    break;
                }
                long firstStart = 0;
                boolean holds = false;
                for (long i = 0; i < ranges; i++) {
                    long from = base + uleb();
                    long length = uleb();
                    firstStart = i == 0 ? from : firstStart;
                    holds |= Long.compareUnsigned(address - from, length) < 0;
                    checkEnd(end);
                }
                boolean hasChildren = bytes[position++] != 0;
                int called = Words.i32(bytes, position, big);
                position += 4;
                int callFile = (int) uleb();
                int callLine = (int) uleb();
                checkEnd(end);
                int number = nextCall++;
                // The first call is the function itself, and has its name
                if (holds || depth == 0) {
                    // After the function there is padding, which belongs to no function
                    push(holds || file.extension() == null ? called : 0, callFile, callLine, holds ? number : -1);
                    if (!holds || !hasChildren) {
                        break;
                    }
                    base = firstStart;
                } else if (hasChildren) {
                    skipChildren(end);
                }
            }
        } catch (IndexOutOfBoundsException e) {
            throw file.damaged(inlines, "the inlined calls extend past their end");
        }
        if (depth == MAX_DEPTH) {
            throw file.damaged(inlines, "more than " + MAX_DEPTH + " calls are inlined into each other");
        }
    }

    /** The whole function, decoded; null if it is damaged or very large, or if only its name is known. */
    @Nullable
    DecodedFunction decode() throws IOException {
        try {
            if (lines < 0) {
                findParts();
            }
            if (details != null) {
                details.moveTo(function);
            }
            boolean isLarge = size > MAX_DECODED || linesLength > MAX_DECODED || inlinesLength > MAX_DECODED;
            boolean isBare = linesLength == 0 && inlinesLength == 0;
            if (isLarge || (isBare && (details == null || !details.isBare()))) {
                return null;
            }
            DecodedCalls calls = decodeCalls();
            return calls == null
                    ? null
                    : new DecodedFunction(
                            file, start, size, decodeLines(), calls, details == null ? null : details.decode());
        } catch (GsymException | ArithmeticException e) {
            // Look-ups at sound places of the function still have answers
            lines = -1;
            return null;
        }
    }

    private @Nullable DecodedCalls decodeCalls() throws IOException {
        if (inlinesLength == 0) {
            return DecodedCalls.none((int) name);
        }
        int first = need("inlined calls", inlines, inlinesLength);
        // As in read()
        int rootName = file.extension() == null ? (int) name : 0;
        return DecodedCalls.read(bytes, first, first + inlinesLength, big, rootName);
    }

    private DecodedFunction.Lines decodeLines() throws IOException {
        IntList offsets = new IntList();
        IntList files = new IntList();
        IntList numbers = new IntList();
        rewindLines();
        boolean more = linesLength > 0;
        for (long at = 0; more; at = nextOffset) {
            if (findRow(at)) {
                offsets.add(Math.toIntExact(rowOffset));
                files.add(rowFile);
                numbers.add(rowLine);
            }
            more = hasNext;
        }
        return new DecodedFunction.Lines(offsets.toArray(), files.toArray(), numbers.toArray());
    }

    private void push(int called, int callFile, int callLine, int number) {
        if (depth == names.length) {
            names = Arrays.copyOf(names, 2 * depth);
            callFiles = Arrays.copyOf(callFiles, 2 * depth);
            callLines = Arrays.copyOf(callLines, 2 * depth);
            callNumbers = Arrays.copyOf(callNumbers, 2 * depth);
        }
        names[depth] = called;
        callFiles[depth] = callFile;
        callNumbers[depth] = number;
        callLines[depth++] = callLine;
    }

    private void skipChildren(int end) throws IOException {
        int open = 1;
        while (open > 0) {
            long ranges = uleb();
            if (ranges == 0) {
                open--;
                continue;
            }
            nextCall++;
            for (long i = 0; i < ranges; i++) {
                skipLeb();
                skipLeb();
                checkEnd(end);
            }
            open += bytes[position] != 0 ? 1 : 0;
            position += 5;
            skipLeb();
            skipLeb();
            checkEnd(end);
        }
    }

    private void checkEnd(int end) throws IOException {
        if (position > end) {
            throw file.damaged(inlines, "the inlined calls extend past their end");
        }
    }

    private int need(String what, long at, int length) throws IOException {
        int p = view.at(what, at, length);
        bytes = view.bytes;
        return p;
    }
}
