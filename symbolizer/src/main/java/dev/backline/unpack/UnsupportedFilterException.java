package dev.backline.unpack;

import java.io.IOException;

/** Compressed data is in order as far as it was read, but needs a filter that the decoder does not have. */
public final class UnsupportedFilterException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * Creates an exception.
     *
     * @param message which filter
     */
    UnsupportedFilterException(String message) {
        super(message);
    }
}
