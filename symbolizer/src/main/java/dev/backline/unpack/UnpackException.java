package dev.backline.unpack;

import java.io.IOException;

/** Compressed data breaks the rules of its format, or needs something that the decoder does not support. */
public final class UnpackException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * Creates an exception.
     *
     * @param message what is wrong
     */
    public UnpackException(String message) {
        super(message);
    }
}
