package dev.backline.unpack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/** The hash XXH64 with seed 0, the checksum of zstd frames (RFC 8878, 3.1.1). Not thread-safe. */
final class Xxh64 {
    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;

    private static final int STRIPE = 32;
    private static final int CHUNK = 1024;

    /** Bytes that do not fill a stripe yet. */
    private final byte[] rest = new byte[STRIPE];

    /** Bulk copies into longs are faster under C1 than a long at a time from bytes. */
    private final long[] words = new long[CHUNK];

    private int held;
    private long total;
    private long a;
    private long b;
    private long c;
    private long d;

    Xxh64() {
        reset();
    }

    void reset() {
        held = 0;
        total = 0;
        a = 0x60EA27EEADC0B5D6L; // P1 + P2
        b = P2;
        c = 0;
        d = -P1;
    }

    void update(byte[] from, int at, int length) {
        total += length;
        int start = at;
        int end = at + length;
        if (held > 0) {
            int n = Math.min(STRIPE - held, length);
            System.arraycopy(from, start, rest, held, n);
            held += n;
            start += n;
            if (held < STRIPE) {
                return;
            }
            stripes(rest, 0, STRIPE);
            held = 0;
        }
        int whole = (end - start) & -STRIPE;
        stripes(from, start, whole);
        held = end - start - whole;
        System.arraycopy(from, start + whole, rest, 0, held);
    }

    private void stripes(byte[] from, int at, int length) {
        LongBuffer source = ByteBuffer.wrap(from, at, length)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer();
        long[] w = words;
        long v1 = a;
        long v2 = b;
        long v3 = c;
        long v4 = d;
        for (int left = length >> 3; left > 0; ) {
            int n = Math.min(left, CHUNK);
            source.get(w, 0, n);
            for (int i = 0; i < n; i += 4) {
                v1 = Long.rotateLeft(v1 + w[i] * P2, 31) * P1;
                v2 = Long.rotateLeft(v2 + w[i + 1] * P2, 31) * P1;
                v3 = Long.rotateLeft(v3 + w[i + 2] * P2, 31) * P1;
                v4 = Long.rotateLeft(v4 + w[i + 3] * P2, 31) * P1;
            }
            left -= n;
        }
        a = v1;
        b = v2;
        c = v3;
        d = v4;
    }

    long value() {
        long h;
        if (total >= STRIPE) {
            h = Long.rotateLeft(a, 1) + Long.rotateLeft(b, 7) + Long.rotateLeft(c, 12) + Long.rotateLeft(d, 18);
            h = merge(merge(merge(merge(h, a), b), c), d);
        } else {
            h = P5;
        }
        h += total;
        ByteBuffer last = ByteBuffer.wrap(rest, 0, held).order(ByteOrder.LITTLE_ENDIAN);
        while (last.remaining() >= 8) {
            h = Long.rotateLeft(h ^ round(last.getLong()), 27) * P1 + P4;
        }
        if (last.remaining() >= 4) {
            h = Long.rotateLeft(h ^ ((last.getInt() & 0xffff_ffffL) * P1), 23) * P2 + P3;
        }
        while (last.hasRemaining()) {
            h = Long.rotateLeft(h ^ ((last.get() & 0xff) * P5), 11) * P1;
        }
        h = (h ^ (h >>> 33)) * P2;
        h = (h ^ (h >>> 29)) * P3;
        return h ^ (h >>> 32);
    }

    private static long round(long word) {
        return Long.rotateLeft(word * P2, 31) * P1;
    }

    private static long merge(long hash, long lane) {
        return (hash ^ round(lane)) * P1 + P4;
    }
}
