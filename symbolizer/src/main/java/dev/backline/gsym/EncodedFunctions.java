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

    EncodedFunctions(long[] addresses, int[] lengths, int[] offsets, byte[] data) {
        this.addresses = addresses;
        this.lengths = lengths;
        this.offsets = offsets;
        this.data = data;
    }
}
