package dev.backline.cli.dropin;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads the lines of a stream in batches. A batch has all lines that have arrived; only an empty batch waits for more. So
 * a program that sends one line at a time is answered at once, and a file is read in large batches.
 */
final class LineBatches {
    private final InputStream in;
    private final int maxLines;
    private final int maxLength;
    private final byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private final boolean mayBlock;
    private boolean ended;

    /**
     * @param maxLines the most lines in a batch
     * @param maxLength the most bytes in a line, less than 64 KiB; a longer line is split
     */
    LineBatches(InputStream in, int maxLines, int maxLength) {
        this.in = in;
        this.maxLines = maxLines;
        this.maxLength = maxLength;
        this.mayBlock = !isRegularFile(in);
    }

    /** Whether a read returns at once, with bytes or at the end: true for regular files, which have a size. */
    private static boolean isRegularFile(InputStream in) {
        try {
            return in instanceof FileInputStream file && file.getChannel().size() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Receives one line after another without line ends. The bytes are valid until the method returns. */
    @FunctionalInterface
    interface LineSink {
        void accept(byte[] bytes, int from, int to) throws IOException;
    }

    /** Hands the next lines to the sink: {@return the number of lines; 0 only at the end of the stream} */
    int next(LineSink sink) throws IOException {
        int lines = 0;
        while (lines < maxLines) {
            if (takeLine(sink)) {
                lines++;
                continue;
            }
            boolean wouldBlock = !ended && mayBlock && in.available() == 0;
            if (ended || (wouldBlock && lines > 0)) {
                break;
            }
            fill();
        }
        return lines;
    }

    /** Whether the stream has ended and all lines were handed out. */
    boolean isDone() {
        return ended && start == end;
    }

    private boolean takeLine(LineSink sink) throws IOException {
        int limit = Math.min(end, start + maxLength);
        int newline = start;
        while (newline < limit && buffer[newline] != '\n') {
            newline++;
        }
        boolean complete = newline < limit || limit == start + maxLength || (ended && newline > start);
        if (complete) {
            int from = start;
            start = newline < limit ? newline + 1 : newline;
            sink.accept(buffer, from, newline);
        }
        return complete;
    }

    private void fill() throws IOException {
        System.arraycopy(buffer, start, buffer, 0, end - start);
        end -= start;
        start = 0;
        int read = in.read(buffer, end, buffer.length - end);
        if (read < 0) {
            ended = true;
        } else {
            end += read;
        }
    }
}
