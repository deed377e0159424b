package dev.backline.cli.console;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** Describes exceptions for people. */
public final class Failure {
    private Failure() {}

    /** {@return what failed, on one line. For a missing or unreadable file the message of the exception is only the name} */
    public static String message(IOException e) {
        if (e instanceof FileSystemException file && file.getFile() != null) {
            return file.getFile() + ": " + reason(file);
        }
        return String.valueOf(e.getMessage());
    }

    /** {@return in a word or two, why the file operation failed} */
    public static String reason(FileSystemException e) {
        String reason = e.getReason();
        return reason == null ? e.getClass().getSimpleName().replace("Exception", "") : reason;
    }
}
