package dev.backline.gsym;

/** Encoded FunctionInfos, in the order of their addresses. Immutable. */
final class EncodedFunctions {
    /** The first address of each function. */
    final long[] addresses;
    /** The code size of each function, in bytes. */
    final int[] lengths;
    /** The offset of each FunctionInfo in {@link #data}, a multiple of 4. */
    final int[] offsets;
    /** The FunctionInfos; the length is a multiple of 4. */
    final byte[] data;
    /** The end of each function's record in {@link #details}; empty without details. */
    final int[] detailEnds;
    /** The records of part 9 of the extension. */
    final byte[] details;

    EncodedFunctions(long[] addresses, int[] lengths, int[] offsets, byte[] data, int[] detailEnds, byte[] details) {
        this.addresses = addresses;
        this.lengths = lengths;
        this.offsets = offsets;
        this.data = data;
        this.detailEnds = detailEnds;
        this.details = details;
    }
}
