package dev.backline.trace;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The parts of one frame that a shape matched. Reused for every line. Not thread-safe. */
final class FrameMatch {
    int start;
    int end;
    int symbolStart;
    int symbolEnd;
    boolean hasOffset;
    long offset;
    boolean hasSize;
    long size;
    int moduleStart;
    int moduleEnd;
    int buildIdStart;
    int buildIdEnd;
    /** The module's load address and size, if {@link #baseSize} is not 0. */
    long base;

    long baseSize;
    int addressDigits;
    long address;
    boolean inexact;
    boolean unreliable;
    boolean exactPc;
    /** Whether the frame belongs to a user program or to an object that is not a module. */
    boolean foreign;
    /** Whether the code segment is not Xen's own: {@code RIP: e033:}, in a line of Xen about its guest. */
    boolean guest;
    /** Whether a pager cut the line in the frame's size. */
    boolean cut;

    void clear() {
        start = -1;
        end = -1;
        symbolStart = -1;
        symbolEnd = -1;
        hasOffset = false;
        offset = 0;
        hasSize = false;
        size = 0;
        moduleStart = -1;
        moduleEnd = -1;
        buildIdStart = -1;
        buildIdEnd = -1;
        base = 0;
        baseSize = 0;
        addressDigits = 0;
        address = 0;
        inexact = false;
        unreliable = false;
        exactPc = false;
        foreign = false;
        guest = false;
        cut = false;
    }

    boolean hasSymbol() {
        return symbolStart >= 0;
    }

    /**
     * Whether the address is in the upper half, where kernel code is. All ones are no address: kernels before 5.2 end
     * a stored stack with ULONG_MAX.
     */
    boolean isKernelAddress() {
        return addressDigits == 16
                ? address < -1
                : addressDigits == 8 && address >= 0x80000000L && address != 0xffffffffL;
    }

    /** Whether the address is in the module at the printed load address; it is not if %p hashed that. */
    boolean isInBase() {
        return Long.compareUnsigned(address - base, baseSize) < 0;
    }

    /** Extends the frame to the end of the part just read. */
    void cover(int from, int to) {
        if (start < 0) {
            start = from;
        }
        end = to;
    }

    @Nullable
    String symbol(byte[] line, Names names) {
        return symbolStart < 0 ? null : names.of(line, symbolStart, symbolEnd);
    }

    @Nullable
    String module(byte[] line, Names names) {
        return moduleStart < 0 ? null : names.of(line, moduleStart, moduleEnd);
    }

    @Nullable
    String buildId(byte[] line) {
        return buildIdStart < 0
                ? null
                : new String(line, buildIdStart, buildIdEnd - buildIdStart, StandardCharsets.ISO_8859_1);
    }
}
