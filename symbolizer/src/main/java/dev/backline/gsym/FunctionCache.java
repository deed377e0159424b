package dev.backline.gsym;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decoded functions by their index, bounded by their memory. Nothing is set up for a few look-ups. Thread-safe; a hit in
 * the younger generation takes no lock.
 *
 * <p>As in {@link dev.backline.io.BoundedCache}, a function of the older generation that is found moves to the younger
 * one, which replaces the older one when it reaches half of the bound.
 */
final class FunctionCache {
    /** Enough for most functions of Debian's vmlinux. */
    private static final long MOST = Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 16);

    /** The number of look-ups without notes about what was looked up. */
    private static final int FEW = 64;

    /**
     * The number of functions whose look-up is remembered. A log returns to a function soon; a pass over all functions
     * does not, and would decode more than there is room for.
     */
    private static final int RECENT = 1 << 12;

    private final int functions;
    private volatile long budget = MOST;
    private long weight;
    private int lookUps;
    /** The number of bits set in {@link #seen}, at least about. */
    private int noted;
    /**
     * A bit for each function that was looked up lately. Updates by other threads may be lost: the function is decoded
     * later then.
     */
    private volatile long @Nullable [] seen;

    private volatile @Nullable Generations generations;

    /** The functions by their index: those used lately, and those used before. */
    private static final class Generations {
        final @Nullable DecodedFunction[] younger;
        final @Nullable DecodedFunction[] older;

        Generations(@Nullable DecodedFunction[] younger, @Nullable DecodedFunction[] older) {
            this.younger = younger;
            this.older = older;
        }
    }

    FunctionCache(int functions) {
        this.functions = functions;
    }

    /** The function with the index, or null. */
    @Nullable
    DecodedFunction get(int index) {
        Generations all = generations;
        if (all == null) {
            return null;
        }
        DecodedFunction found = all.younger[index];
        if (found == null) {
            found = all.older[index];
            if (found != null) {
                put(index, found);
            }
        }
        return found;
    }

    /** Notes a look-up; whether there was one of the function not long before, so that it should be put. */
    boolean isSeen(int index) {
        if (16L * functions > budget) {
            return false;
        }
        long[] bits = seen;
        if (bits == null) {
            if (++lookUps < FEW) {
                return false;
            }
            bits = new long[(functions >>> 6) + 1];
            seen = bits;
        }
        long bit = 1L << index;
        if ((bits[index >>> 6] & bit) != 0) {
            return true;
        }
        if (++noted > RECENT) {
            noted = 0;
            Arrays.fill(bits, 0);
        }
        bits[index >>> 6] |= bit;
        return false;
    }

    /** Adds a function, and evicts others if there is no room. */
    synchronized void put(int index, DecodedFunction function) {
        long slots = 8L * functions;
        long added = function.weight();
        if (slots + 2 * added > budget) {
            return;
        }
        Generations all = generations;
        if (all == null) {
            all = new Generations(new DecodedFunction[functions], new DecodedFunction[functions]);
            generations = all;
        }
        if (all.younger[index] != null) {
            return;
        }
        if (slots + 2 * (weight + added) > budget) {
            all = new Generations(new DecodedFunction[functions], all.younger);
            generations = all;
            weight = 0;
        }
        all.younger[index] = function;
        weight += added;
    }

    /** Changes the bound, up to that which the cache was created with. */
    synchronized void limit(long bytes) {
        budget = Math.min(MOST, bytes);
        if (8L * functions + 2 * weight > budget) {
            generations = null;
            weight = 0;
        }
    }

    /** The most memory that the functions take, in bytes. */
    synchronized long weight() {
        return generations == null ? 0 : 8L * functions + 2 * weight;
    }
}
