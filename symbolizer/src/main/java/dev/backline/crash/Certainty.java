package dev.backline.crash;

/** How sure an explanation is. */
public enum Certainty {
    /** The evidence excludes the rest. */
    CERTAIN("certain"),
    /** The evidence fits, and nothing contradicts it. */
    LIKELY("likely"),
    /** One of several. */
    POSSIBLE("possible");

    private final String id;

    Certainty(String id) {
        this.id = id;
    }

    /** {@return the name in JSON output} */
    public String id() {
        return id;
    }
}
