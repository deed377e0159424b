package dev.backline.cli;

/** The exit statuses of {@code backline}; the drop-in commands keep those of the tools they stand in for. */
final class ExitStatus {
    /** Done. */
    static final int DONE = 0;
    /** Done, but something could not be resolved and {@code --strict} was given. */
    static final int UNRESOLVED = 1;
    /** Wrong usage. */
    static final int USAGE = 2;
    /** An input could not be read or is malformed. */
    static final int INPUT = 3;

    private ExitStatus() {}
}
