package dev.backline.symbolize;

import java.util.List;

/** Takes the frames of addresses that are looked up together. Each sink is used by one thread at a time. */
@FunctionalInterface
public interface FrameSink {
    /**
     * Takes one address's frames.
     *
     * @param index which of the addresses it is, from 0
     * @param frames innermost first; empty when nothing is known of the address
     * @return whether to go on; false ends the whole look-up early
     */
    boolean accept(int index, List<SourceFrame> frames);
}
