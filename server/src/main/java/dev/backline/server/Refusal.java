package dev.backline.server;

import java.io.IOException;

/** Why a request gets no answer: the status and one sentence for its sender. */
final class Refusal extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    Refusal(int status, String sentence) {
        super(sentence);
        this.status = status;
    }

    /** {@return the HTTP status} */
    int status() {
        return status;
    }

    /** {@return one sentence, which names nothing of this machine} */
    String sentence() {
        return String.valueOf(getMessage());
    }

    /** Whether the same request can succeed a moment later. */
    boolean isPassing() {
        return status == 429 || status == 503;
    }
}
