package dev.backline.cli.console;

/** The arguments of a command are wrong. The message names the wrong one and says what to do. */
public final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}
