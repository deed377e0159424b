package dev.backline.server;

import dev.backline.intake.FileKind;
import dev.backline.intake.LogInput;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The text of a log, decompressed. It has a limit of length and of time, which also end decompression bombs: each read of the
 * decompressed text looks at both.
 */
final class LogText extends FilterInputStream {
    private static final int HEAD = 4096;

    private final long most;
    private final Deadline deadline;
    private long length;

    private LogText(InputStream text, long most, Deadline deadline) {
        super(text);
        this.most = most;
        this.deadline = deadline;
    }

    /**
     * Opens a log.
     *
     * @param name the log's name in messages
     * @param archives whether archives are read too
     * @throws Refusal when it is no log
     * @throws IOException when it is damaged; the message begins with the name
     */
    static InputStream of(String name, InputStream in, boolean archives, long most, Deadline deadline)
            throws IOException {
        InputStream plain = LogInput.decompressed(name, in);
        BufferedInputStream text = new BufferedInputStream(new LogText(plain, most, deadline), 1 << 16);
        text.mark(HEAD);
        byte[] head = text.readNBytes(HEAD);
        text.reset();
        FileKind kind = FileKind.of(head, head.length);
        boolean isArchive = kind == FileKind.TAR || kind == FileKind.ZIP;
        if (kind != FileKind.TEXT && kind != FileKind.EMPTY && !(archives && isArchive)) {
            throw new Refusal(
                    415,
                    kind.isCompressed()
                            ? "The log is compressed more than three times."
                            : "The body is " + kind.title() + ", not a kernel log.");
        }
        return text;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int from, int wanted) throws IOException {
        deadline.check();
        int count = super.read(to, from, wanted);
        length += Math.max(count, 0);
        if (length > most) {
            throw new Refusal(
                    413, "The log has more than " + (most >> 20) + " MB after decompression; send a part of it.");
        }
        return count;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
