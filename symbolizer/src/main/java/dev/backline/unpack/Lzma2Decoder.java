package dev.backline.unpack;

import java.io.IOException;
import java.util.Arrays;

/**
 * Decodes LZMA2 data, the usual filter of xz, into an array that is also the dictionary. Not thread-safe.
 *
 * <p>{@link #decode} is one long method with its state in local variables, because the JVM's first compiler (C1) neither
 * inlines much nor keeps fields in registers: it is twice as fast as XZ for Java there, and as fast as the program xz.
 * It has to stay below the 8,000 bytes of bytecode that the JVM compiles.
 *
 * <p>How a bit is decoded: {@code range} and {@code code} are the range coder's unsigned 32-bit numbers; {@code code} has
 * its highest bit inverted, so that comparing it as a signed number with {@code bound + SIGN} compares both unsigned. A
 * probability has 11 bits. Where bits are hard to predict (literals), both results are computed and then selected: C1
 * compiles a conditional expression of two local variables into a conditional move, and a branch that the processor
 * predicts wrongly would cost more. Elsewhere branches are faster.
 */
final class Lzma2Decoder {
    private static final int SIGN = Integer.MIN_VALUE;
    /** If these bits of the range are 0, the range coder needs the next byte. */
    private static final int TOP = 0xff000000;

    /** Each bit takes at most one byte of input, and a match or a literal has fewer than 64 bits. */
    private static final int MAX_SYMBOL = 64;

    private static final int MAX_CHUNK = 1 << 16;
    private static final int BUFFER = 2 * MAX_CHUNK;

    // Where the probabilities of each kind start in the array.
    private static final int IS_MATCH = 0;
    private static final int IS_REPEAT = IS_MATCH + (12 << 4);
    private static final int IS_NOT_REPEAT_0 = IS_REPEAT + 12;
    private static final int IS_NOT_REPEAT_1 = IS_NOT_REPEAT_0 + 12;
    private static final int IS_NOT_REPEAT_2 = IS_NOT_REPEAT_1 + 12;
    private static final int IS_LONG_REPEAT = IS_NOT_REPEAT_2 + 12;
    private static final int SLOT = IS_LONG_REPEAT + (12 << 4);
    private static final int DISTANCE = SLOT + (4 << 6);
    private static final int ALIGN = DISTANCE + 128;
    private static final int MATCH_LENGTH = ALIGN + 16;
    private static final int REPEAT_LENGTH = MATCH_LENGTH + 2 + (2 << 7) + 256;
    private static final int LITERAL = REPEAT_LENGTH + 2 + (2 << 7) + 256;
    private static final int MAX_LITERAL_BITS = 4;

    private final XzInput source;
    private final char[] probabilities = new char[LITERAL + (0x300 << MAX_LITERAL_BITS)];

    /** Compressed bytes from {@link #inPosition} to {@link #inEnd}; more can be read from the source. */
    private final byte[] in = new byte[BUFFER + MAX_SYMBOL];

    private int inPosition;
    private int inEnd;
    private long sourcePosition;
    private long sourceEnd;

    private final byte[] out;
    private int outPosition;
    private int outEnd;

    /** The index in {@link #out} of the dictionary's first byte. */
    private int dictionaryStart;

    private boolean needsDictionary;
    private boolean needsProperties;

    /** The ends of the current chunk in {@link #in} and {@link #out}. */
    private int chunkInEnd;

    private int chunkOutEnd;

    /** A literal has one of 2^literalBits trees: by its position, and by the highest bits of the byte before it. */
    private int literalBits;

    private int literalContextBits;
    private int literalPositionMask;
    private int positionMask;
    private int state;
    private int distance0;
    private int distance1;
    private int distance2;
    private int distance3;

    /**
     * Creates a decoder for any number of blocks.
     *
     * @param source the compressed data
     * @param out the destination
     */
    Lzma2Decoder(XzInput source, byte[] out) {
        this.source = source;
        this.out = out;
    }

    /**
     * Decodes a block.
     *
     * @param from the position of its first byte in the source
     * @param to the position after its last byte, or a later one
     * @param start the index in the destination of the first byte to write
     * @param end the index after the last byte to write
     * @param dictionarySize the largest distance of a match, from 1
     * @return the position in the source after the last byte of the block
     */
    long decode(long from, long to, int start, int end, int dictionarySize) throws IOException {
        inPosition = 0;
        inEnd = 0;
        sourcePosition = from;
        sourceEnd = to;
        outPosition = start;
        outEnd = end;
        dictionaryStart = start;
        needsDictionary = true;
        needsProperties = true;
        decode(dictionarySize);
        if (outPosition != end) {
            throw new UnpackException("a block has " + (end - outPosition) + " bytes less than the index states");
        }
        return sourcePosition - (inEnd - inPosition);
    }

    /** Makes {@code count} bytes available in the buffer; at most {@link #MAX_CHUNK}. */
    private void need(int count) throws IOException {
        int left = inEnd - inPosition;
        if (left >= count) {
            return;
        }
        System.arraycopy(in, inPosition, in, 0, left);
        inPosition = 0;
        int more = (int) Math.min(BUFFER - left, sourceEnd - sourcePosition);
        source.read(sourcePosition, in, left, more);
        sourcePosition += more;
        inEnd = left + more;
        if (inEnd < count) {
            throw new UnpackException("a block extends past its end");
        }
    }

    private int next() {
        return in[inPosition++] & 0xff;
    }

    /**
     * Reads the headers of chunks, and the bytes of chunks that are not compressed.
     *
     * @return whether a compressed chunk follows; otherwise, the block ends
     */
    private boolean nextChunk() throws IOException {
        while (true) {
            need(1);
            int control = next();
            if (control == 0) {
                return false;
            }
            if (control >= 0xe0 || control == 1) {
                dictionaryStart = outPosition;
                needsDictionary = false;
                needsProperties = true;
            } else if (needsDictionary) {
                throw new UnpackException("the first chunk of a block does not reset the dictionary");
            }
            if (control >= 0x80) {
                compressedChunk(control);
                return true;
            }
            if (control > 2) {
                throw new UnpackException("a chunk has type " + control);
            }
            need(2);
            int size = ((next() << 8) | next()) + 1;
            chunkEnd(size);
            need(size);
            System.arraycopy(in, inPosition, out, outPosition, size);
            inPosition += size;
            outPosition += size;
        }
    }

    private void chunkEnd(int size) throws UnpackException {
        if (size > outEnd - outPosition) {
            throw new UnpackException("a block has more bytes than the index states");
        }
        chunkOutEnd = outPosition + size;
    }

    private void compressedChunk(int control) throws IOException {
        need(5);
        chunkEnd((((control & 0x1f) << 16) | (next() << 8) | next()) + 1);
        int size = ((next() << 8) | next()) + 1;
        if (control >= 0xc0) {
            properties(next());
            needsProperties = false;
        } else if (needsProperties) {
            throw new UnpackException("the first compressed chunk after a reset has no properties");
        }
        if (control >= 0xa0) {
            state = 0;
            distance0 = 0;
            distance1 = 0;
            distance2 = 0;
            distance3 = 0;
            Arrays.fill(probabilities, 0, LITERAL + (0x300 << literalBits), (char) (1 << 10));
        }
        need(size);
        chunkInEnd = inPosition + size;
        if (size < 5 || in[inPosition] != 0) {
            throw new UnpackException("a chunk does not start with the state of a range coder");
        }
    }

    private void properties(int properties) throws UnpackException {
        int positionBits = properties / 45;
        int literalPositionBits = properties % 45 / 9;
        literalContextBits = properties % 9;
        literalBits = literalContextBits + literalPositionBits;
        if (positionBits > 4 || literalBits > MAX_LITERAL_BITS) {
            throw new UnpackException("a chunk has invalid properties: " + properties);
        }
        positionMask = (1 << positionBits) - 1;
        literalPositionMask = (1 << literalPositionBits) - 1;
    }

    private static UnpackException damaged() {
        return new UnpackException("a chunk is damaged");
    }

    private void decode(int dictionarySize) throws IOException {
        final byte[] in = this.in;
        final byte[] out = this.out;
        final char[] probabilities = this.probabilities;
        while (nextChunk()) {
            final int inEnd = chunkInEnd;
            final int outEnd = chunkOutEnd;
            final int start = dictionaryStart;
            final int positionMask = this.positionMask;
            final int literalPositionMask = this.literalPositionMask;
            final int contextBits = literalContextBits;
            final int contextShift = 8 - contextBits;
            int outPosition = this.outPosition;
            int state = this.state;
            int distance0 = this.distance0;
            int distance1 = this.distance1;
            int distance2 = this.distance2;
            int distance3 = this.distance3;
            int range = -1;
            int inPosition = this.inPosition + 5;
            int code = ((in[inPosition - 4] & 0xff) << 24)
                    | ((in[inPosition - 3] & 0xff) << 16)
                    | ((in[inPosition - 2] & 0xff) << 8)
                    | (in[inPosition - 1] & 0xff);
            code ^= SIGN;

            while (outPosition < outEnd && inPosition <= inEnd) {
                int positionState = (outPosition - start) & positionMask;
                int i = IS_MATCH + (state << 4) + positionState;
                if ((range & TOP) == 0) {
                    range <<= 8;
                    code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
                }
                int p = probabilities[i];
                int bound = (range >>> 11) * p;
                if (code < bound + SIGN) {
                    range = bound;
                    probabilities[i] = (char) (p + ((2048 - p) >> 5));

                    int context = outPosition == start ? 0 : (out[outPosition - 1] & 0xff) >>> contextShift;
                    int tree = LITERAL
                            + 0x300 * ((((outPosition - start) & literalPositionMask) << contextBits) + context);
                    int symbol = 1;
                    if (state < 7) {
                        state = state < 4 ? 0 : state - 3;
                        do {
                            if ((range & TOP) == 0) {
                                range <<= 8;
                                code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
                            }
                            i = tree + symbol;
                            p = probabilities[i];
                            bound = (range >>> 11) * p;
                            int limit = bound + SIGN;
                            int range1 = range - bound;
                            int code1 = code - bound;
                            int p0 = p + ((2048 - p) >> 5);
                            int p1 = p - (p >> 5);
                            int symbol0 = symbol << 1;
                            int symbol1 = symbol0 + 1;
                            symbol = code < limit ? symbol0 : symbol1;
                            range = code < limit ? bound : range1;
                            p = code < limit ? p0 : p1;
                            code = code < limit ? code : code1;
                            probabilities[i] = (char) p;
                        } while (symbol < 0x100);
                    } else {
                        // After a match: while the bits are those of the byte after the match's source, other trees
                        state = state < 10 ? state - 3 : state - 6;
                        int expected = out[outPosition - distance0 - 1];
                        int same = 0x100;
                        do {
                            if ((range & TOP) == 0) {
                                range <<= 8;
                                code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
                            }
                            expected <<= 1;
                            int same1 = expected & same;
                            int same0 = same ^ same1;
                            i = tree + same + same1 + symbol;
                            p = probabilities[i];
                            bound = (range >>> 11) * p;
                            int limit = bound + SIGN;
                            int range1 = range - bound;
                            int code1 = code - bound;
                            int p0 = p + ((2048 - p) >> 5);
                            int p1 = p - (p >> 5);
                            int symbol0 = symbol << 1;
                            int symbol1 = symbol0 + 1;
                            symbol = code < limit ? symbol0 : symbol1;
                            same = code < limit ? same0 : same1;
                            range = code < limit ? bound : range1;
                            p = code < limit ? p0 : p1;
                            code = code < limit ? code : code1;
                            probabilities[i] = (char) p;
                        } while (symbol < 0x100);
                    }
                    out[outPosition++] = (byte) symbol;
                    continue;
                }
                range -= bound;
                code -= bound;
                probabilities[i] = (char) (p - (p >> 5));

                int lengths;
                i = IS_REPEAT + state;
                if ((range & TOP) == 0) {
                    range <<= 8;
                    code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
                }
                p = probabilities[i];
                bound = (range >>> 11) * p;
                if (code < bound + SIGN) {
                    range = bound;
                    probabilities[i] = (char) (p + ((2048 - p) >> 5));
                    distance3 = distance2;
                    distance2 = distance1;
                    distance1 = distance0;
                    state = state < 7 ? 7 : 10;
                    lengths = MATCH_LENGTH;
                } else {
                    range -= bound;
                    code -= bound;
                    probabilities[i] = (char) (p - (p >> 5));

                    i = IS_NOT_REPEAT_0 + state;
                    if ((range & TOP) == 0) {
                        range <<= 8;
                        code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
                    }
                    p = probabilities[i];
                    bound = (range >>> 11) * p;
                    if (code < bound + SIGN) {
                        range = bound;
                        probabilities[i] = (char) (p + ((2048 - p) >> 5));

                        i = IS_LONG_REPEAT + (state << 4) + positionState;
                        if ((range & TOP) == 0) {
                            range <<= 8;
                            code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
                        }
                        p = probabilities[i];
                        bound = (range >>> 11) * p;
                        if (code < bound + SIGN) {
                            range = bound;
                            probabilities[i] = (char) (p + ((2048 - p) >> 5));
                            if (distance0 >= outPosition - start || distance0 >= dictionarySize) {
                                throw damaged();
                            }
                            state = state < 7 ? 9 : 11;
                            out[outPosition] = out[outPosition - distance0 - 1];
                            outPosition++;
                            continue;
                        }
                        range -= bound;
                        code -= bound;
                        probabilities[i] = (char) (p - (p >> 5));
                    } else {
                        range -= bound;
                        code -= bound;
                        probabilities[i] = (char) (p - (p >> 5));

                        int distance;
                        i = IS_NOT_REPEAT_1 + state;
                        if ((range & TOP) == 0) {
                            range <<= 8;
                            code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
                        }
                        p = probabilities[i];
                        bound = (range >>> 11) * p;
                        if (code < bound + SIGN) {
                            range = bound;
                            probabilities[i] = (char) (p + ((2048 - p) >> 5));
                            distance = distance1;
                        } else {
                            range -= bound;
                            code -= bound;
                            probabilities[i] = (char) (p - (p >> 5));

                            i = IS_NOT_REPEAT_2 + state;
                            if ((range & TOP) == 0) {
                                range <<= 8;
                                code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
                            }
                            p = probabilities[i];
                            bound = (range >>> 11) * p;
                            if (code < bound + SIGN) {
                                range = bound;
                                probabilities[i] = (char) (p + ((2048 - p) >> 5));
                                distance = distance2;
                            } else {
                                range -= bound;
                                code -= bound;
                                probabilities[i] = (char) (p - (p >> 5));
                                distance = distance3;
                                distance3 = distance2;
                            }
                            distance2 = distance1;
                        }
                        distance1 = distance0;
                        distance0 = distance;
                    }
                    state = state < 7 ? 8 : 11;
                    lengths = REPEAT_LENGTH;
                }

                // The length: from 2 and 10 with 3 bits, from 18 with 8 bits
                int tree;
                int end;
                int length;
                if ((range & TOP) == 0) {
                    range <<= 8;
                    code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
                }
                p = probabilities[lengths];
                bound = (range >>> 11) * p;
                if (code < bound + SIGN) {
                    range = bound;
                    probabilities[lengths] = (char) (p + ((2048 - p) >> 5));
                    tree = lengths + 2 + (positionState << 3);
                    end = 8;
                    length = 2 - 8;
                } else {
                    range -= bound;
                    code -= bound;
                    probabilities[lengths] = (char) (p - (p >> 5));

                    i = lengths + 1;
                    if ((range & TOP) == 0) {
                        range <<= 8;
                        code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
                    }
                    p = probabilities[i];
                    bound = (range >>> 11) * p;
                    if (code < bound + SIGN) {
                        range = bound;
                        probabilities[i] = (char) (p + ((2048 - p) >> 5));
                        tree = lengths + 2 + (1 << 7) + (positionState << 3);
                        end = 8;
                        length = 10 - 8;
                    } else {
                        range -= bound;
                        code -= bound;
                        probabilities[i] = (char) (p - (p >> 5));
                        tree = lengths + 2 + (2 << 7);
                        end = 256;
                        length = 18 - 256;
                    }
                }
                int symbol = 1;
                do {
                    i = tree + symbol;
                    symbol <<= 1;
                    if ((range & TOP) == 0) {
                        range <<= 8;
                        code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
                    }
                    p = probabilities[i];
                    bound = (range >>> 11) * p;
                    if (code < bound + SIGN) {
                        range = bound;
                        probabilities[i] = (char) (p + ((2048 - p) >> 5));
                    } else {
                        range -= bound;
                        code -= bound;
                        probabilities[i] = (char) (p - (p >> 5));
                        symbol++;
                    }
                } while (symbol < end);
                length += symbol;

                if (lengths == MATCH_LENGTH) {
                    // The distance: its highest bits as a slot, the rest low bits first (up to 127) or directly
                    tree = SLOT + (Math.min(length - 2, 3) << 6);
                    symbol = 1;
                    do {
                        i = tree + symbol;
                        symbol <<= 1;
                        if ((range & TOP) == 0) {
                            range <<= 8;
                            code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
                        }
                        p = probabilities[i];
                        bound = (range >>> 11) * p;
                        if (code < bound + SIGN) {
                            range = bound;
                            probabilities[i] = (char) (p + ((2048 - p) >> 5));
                        } else {
                            range -= bound;
                            code -= bound;
                            probabilities[i] = (char) (p - (p >> 5));
                            symbol++;
                        }
                    } while (symbol < 64);
                    int slot = symbol - 64;
                    distance0 = slot;
                    if (slot >= 4) {
                        int bits = (slot >> 1) - 1;
                        distance0 = 2 | (slot & 1);
                        if (slot < 14) {
                            distance0 <<= bits;
                            tree = DISTANCE + distance0 - slot;
                        } else {
                            for (; bits > 4; bits--) {
                                if ((range & TOP) == 0) {
                                    range <<= 8;
                                    code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
                                }
                                range >>>= 1;
                                // 0 for a 1, -1 for a 0: the range is below 2^31 here
                                int zero = ((code ^ SIGN) - range) >> 31;
                                code = code - range + (range & zero);
                                distance0 = (distance0 << 1) + 1 + zero;
                            }
                            distance0 <<= 4;
                            tree = ALIGN;
                        }
                        symbol = 1;
                        int bit = 1;
                        for (; bits > 0; bits--) {
                            i = tree + symbol;
                            symbol <<= 1;
                            if ((range & TOP) == 0) {
                                range <<= 8;
                                code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
                            }
                            p = probabilities[i];
                            bound = (range >>> 11) * p;
                            if (code < bound + SIGN) {
                                range = bound;
                                probabilities[i] = (char) (p + ((2048 - p) >> 5));
                            } else {
                                range -= bound;
                                code -= bound;
                                probabilities[i] = (char) (p - (p >> 5));
                                symbol++;
                                distance0 |= bit;
                            }
                            bit <<= 1;
                        }
                    }
                }

                // A distance from 2^31 is negative
                if (distance0 < 0
                        || distance0 >= outPosition - start
                        || distance0 >= dictionarySize
                        || length > outEnd - outPosition) {
                    throw damaged();
                }
                int from = outPosition - distance0 - 1;
                if (length <= distance0 + 1) {
                    System.arraycopy(out, from, out, outPosition, length);
                    outPosition += length;
                } else {
                    for (int to = outPosition + length; outPosition < to; outPosition++) {
                        out[outPosition] = out[from++];
                    }
                }
            }

            if ((range & TOP) == 0) {
                code = ((code << 8) | (in[inPosition++] & 0xff)) ^ SIGN;
            }
            if (outPosition != outEnd || inPosition != inEnd || code != SIGN) {
                throw damaged();
            }
            this.inPosition = inPosition;
            this.outPosition = outPosition;
            this.state = state;
            this.distance0 = distance0;
            this.distance1 = distance1;
            this.distance2 = distance2;
            this.distance3 = distance3;
        }
    }
}
