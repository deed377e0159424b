package dev.backline.symbolize;

import java.util.List;

/** Receives the frames of many addresses. Only one thread at a time uses a sink. */
@FunctionalInterface
public interface FrameSink {
    /**
     * Receives the frames of one address.
     *
     * @param index the index of the address, from 0
     * @param frames innermost first; empty if nothing is known about the address
     * @return whether to continue; false stops the whole lookup
     */
    boolean accept(int index, List<SourceFrame> frames);
}
