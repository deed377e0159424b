package dev.backline.cli.console;

import dev.backline.io.FailureReason;
import java.io.IOException;
import java.nio.file.FileSystemException;

/** Describes exceptions for people. */
public final class Failure {
    private Failure() {}

    /** {@return what failed, on one line. For a missing or unreadable file the message of the exception is only the name} */
    public static String message(IOException e) {
        if (e instanceof FileSystemException file && file.getFile() != null) {
            return file.getFile() + ": " + FailureReason.of(file);
        }
        String message = e.getMessage();
        return message == null ? FailureReason.of(e) : message;
    }
}
