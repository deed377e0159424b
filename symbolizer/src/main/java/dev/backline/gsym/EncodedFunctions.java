package dev.backline.gsym;

/** FunctionInfos as they are written, in the order of their addresses. Not changed once made. */
final class EncodedFunctions {
    /** Of each the first address. */
    final long[] addresses;
    /** Of each the bytes of code it has. */
    final int[] lengths;
    /** Of each the place in {@link #data}, a multiple of 4. */
    final int[] offsets;
    /** Their bytes, as many as a multiple of 4. */
    final byte[] data;

    EncodedFunctions(long[] addresses, int[] lengths, int[] offsets, byte[] data) {
        this.addresses = addresses;
        this.lengths = lengths;
        this.offsets = offsets;
        this.data = data;
    }
}
