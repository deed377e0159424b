package dev.backline.crash;

import dev.backline.io.Ascii;
import dev.backline.io.Internal;

/** The sizes of the caches of kmalloc (include/linux/slab.h, mm/slab_common.c kmalloc_info). Thread-safe. */
@Internal
public final class KmallocSizes {
    private static final long LARGEST = 1 << 22;

    private static final long SMALLEST_ANYWHERE = 128;

    private KmallocSizes() {}

    /**
     * {@return the size in the name of a cache, such as kmalloc-64, kmalloc-cg-1k, kmalloc-rnd-03-96; 0 if it has none}
     *
     * @param cache the cache's name
     */
    public static long ofCache(String cache) {
        int dash = cache.lastIndexOf('-');
        if (!isKmalloc(cache) || dash < 0) {
            return 0;
        }
        long size = 0;
        int at = dash + 1;
        while (at < cache.length() && Ascii.isDigit(cache.charAt(at)) && size < LARGEST) {
            size = 10 * size + (cache.charAt(at) - '0');
            at++;
        }
        String unit = cache.substring(at);
        size = unit.equals("k") ? size << 10 : unit.equals("M") ? size << 20 : unit.isEmpty() ? size : 0;
        return size <= LARGEST ? size : 0;
    }

    /**
     * {@return whether a cache is one of kmalloc's}
     *
     * @param cache the cache's name
     */
    public static boolean isKmalloc(String cache) {
        return cache.startsWith("kmalloc-") || cache.startsWith("dma-kmalloc-");
    }

    /**
     * {@return whether an object can be what was asked for}
     *
     * @param object the size of the object
     * @param asked the number of bytes that were asked for
     */
    public static boolean canHold(long object, long asked) {
        // Some architectures have no object smaller than 128 bytes (ARCH_KMALLOC_MINALIGN)
        boolean isCache = holding(object) == object && asked <= object;
        return object == asked || (isCache && object <= Math.max(2 * asked, SMALLEST_ANYWHERE));
    }

    /**
     * {@return the size of the smallest cache that holds a number of bytes; whole pages above 8 KiB}
     *
     * @param bytes the number; 0 is returned for less than 1, and for more than 4 MiB
     */
    public static long holding(long bytes) {
        if (bytes <= 0 || bytes > LARGEST) {
            return 0;
        }
        if (bytes > 64 && bytes <= 96) {
            return 96;
        }
        if (bytes > 128 && bytes <= 192) {
            return 192;
        }
        long size = 8;
        while (size < bytes) {
            size *= 2;
        }
        return size;
    }
}
