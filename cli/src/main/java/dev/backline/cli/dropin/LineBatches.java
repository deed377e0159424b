package dev.backline.cli.dropin;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Lines of a stream in batches: as many as have come already, and no waiting for more while there are some. So a
 * program that asks one line at a time is answered at once, and a file is worked through in large pieces.
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
     * @param maxLength the most bytes in a line; a longer one is cut into several. Less than 64 KiB
     */
    LineBatches(InputStream in, int maxLines, int maxLength) {
        this.in = in;
        this.maxLines = maxLines;
        this.maxLength = maxLength;
        this.mayBlock = !isRegularFile(in);
    }

    /** Whether a read returns at once, with bytes or the end; only regular files have a size. */
    private static boolean isRegularFile(InputStream in) {
        try {
            return in instanceof FileInputStream file && file.getChannel().size() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Takes lines one after another, without their ends. The bytes are good until it returns. */
    @FunctionalInterface
    interface LineSink {
        void accept(byte[] bytes, int from, int to) throws IOException;
    }

    /** Gives the next lines to the sink: {@return how many; at least one, and 0 only at the end of the stream} */
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

    /** Whether the stream has ended and no line is left. */
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
