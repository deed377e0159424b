package dev.backline.cli;

/** The arguments of a command are wrong; the message says which, and what is right. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
