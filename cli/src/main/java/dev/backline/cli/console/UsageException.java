package dev.backline.cli.console;

/** The arguments of a command are wrong; the message says which, and what is right. */
public final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}
