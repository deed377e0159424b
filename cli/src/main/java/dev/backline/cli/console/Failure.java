package dev.backline.cli.console;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** Exceptions in words for people. */
public final class Failure {
    private Failure() {}

    /** {@return what failed, on one line; the class library's message for a missing or unreadable file is its bare name} */
    public static String message(IOException e) {
        if (e instanceof FileSystemException file && file.getFile() != null) {
            return file.getFile() + ": " + reason(file);
        }
        return String.valueOf(e.getMessage());
    }

    /** {@return what is wrong with a file, in a word or two} */
    public static String reason(FileSystemException e) {
        String reason = e.getReason();
        return reason == null ? e.getClass().getSimpleName().replace("Exception", "") : reason;
    }
}
