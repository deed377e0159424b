package dev.backline.cli.console;

/** The exit statuses of {@code backline}. The drop-in commands have those of the tools that they replace. */
public final class ExitStatus {
    /** Done. */
    public static final int DONE = 0;
    /** Done, but something could not be resolved and {@code --strict} was given. */
    public static final int UNRESOLVED = 1;
    /** Wrong usage. */
    public static final int USAGE = 2;
    /** An input could not be read or is malformed. */
    public static final int INPUT = 3;

    private ExitStatus() {}
}
