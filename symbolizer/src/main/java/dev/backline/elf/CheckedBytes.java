package dev.backline.elf;

import dev.backline.io.Hex;
import java.io.IOException;
import java.util.zip.CRC32;

/**
 * A part of a file whose blocks are compared with their checksums before they are first used, so that damage is found
 * before it gives a wrong answer, and the rest of the file is not read. Thread-safe; closing it leaves the file open.
 */
final class CheckedBytes extends ByteSource {
    private final ByteSource file;
    private final long start;
    private final long size;
    /** The CRC-32 of each block, big-endian. */
    private final byte[] sums;
    /** 1 for each block that was compared; two threads may compare the same block. */
    private final byte[] compared;

    /** The caller has checked that the part and the checksums lie within the file. */
    CheckedBytes(ByteSource file, long start, long size, long sumsAt) throws IOException {
        this.file = file;
        this.start = start;
        this.size = size;
        int blocks = (int) ((size + CHECKED_BLOCK - 1) / CHECKED_BLOCK);
        sums = new byte[4 * blocks];
        file.read(sumsAt, sums, 0, sums.length);
        compared = new byte[blocks];
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, byte[] into, int at, int length) throws IOException {
        if (length == 0) {
            return;
        }
        int first = (int) (position / CHECKED_BLOCK);
        int last = (int) ((position + length - 1) / CHECKED_BLOCK);
        boolean known = true;
        for (int block = first; block <= last && known; block++) {
            known = compared[block] != 0;
        }
        if (known) {
            file.read(start + position, into, at, length);
            return;
        }
        byte[] bytes = new byte[CHECKED_BLOCK];
        for (int block = first; block <= last; block++) {
            long from = (long) block * CHECKED_BLOCK;
            int count = (int) Math.min(CHECKED_BLOCK, size - from);
            file.read(start + from, bytes, 0, count);
            if (compared[block] == 0) {
                compare(block, bytes, count);
            }
            long low = Math.max(position, from);
            long high = Math.min(position + length, from + count);
            System.arraycopy(bytes, (int) (low - from), into, at + (int) (low - position), (int) (high - low));
        }
    }

    private void compare(int block, byte[] bytes, int count) throws ElfException {
        CRC32 sum = new CRC32();
        sum.update(bytes, 0, count);
        if ((int) sum.getValue() != Words.i32(sums, 4 * block, true)) {
            throw new ElfException("the block at " + Hex.text(start + (long) block * CHECKED_BLOCK) + " is damaged");
        }
        compared[block] = 1;
    }
}
