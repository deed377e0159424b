package dev.backline.cli.console;

import dev.backline.io.FailureReason;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;

/**
 * Standard input, whose errors name it. The launcher opens a closed standard input for writing only, so each read of it
 * fails.
 */
public final class StandardInput extends FileInputStream {
    /** The system's text for a descriptor that cannot be read (EBADF). */
    private static final String CLOSED = "Bad file descriptor";

    /** Closing it would close the descriptor of the process. */
    public StandardInput() {
        super(FileDescriptor.in);
    }

    @Override
    public int read() throws IOException {
        try {
            return super.read();
        } catch (IOException e) {
            throw named(e);
        }
    }

    @Override
    public int read(byte[] into) throws IOException {
        return read(into, 0, into.length);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            return super.read(into, offset, length);
        } catch (IOException e) {
            throw named(e);
        }
    }

    private static IOException named(IOException e) {
        return new IOException(
                CLOSED.equals(e.getMessage())
                        ? "standard input is closed"
                        : "standard input: cannot be read: " + FailureReason.of(e),
                e);
    }
}
