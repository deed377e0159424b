package dev.backline.crash.triage;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Texts, numbers and reports as bytes. Counts are compared with the bytes that are there. */
final class Bytes {
    private Bytes() {}

    static void write(DataOutputStream out, @Nullable String text) throws IOException {
        if (text == null) {
            out.writeInt(-1);
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static @Nullable String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length == -1) {
            return null;
        }
        if (length < 0 || length > in.available()) {
            throw new IOException("the bytes of a triage are damaged: a text of " + length + " bytes");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    static String name(DataInputStream in) throws IOException {
        String text = text(in);
        if (text == null) {
            throw new IOException("the bytes of a triage are damaged: a text is missing");
        }
        return text;
    }

    /** A number of things that follow, each of at least one byte. */
    static int size(DataInputStream in) throws IOException {
        int size = in.readInt();
        if (size < 0 || size > in.available()) {
            throw new IOException("the bytes of a triage are damaged: " + size + " things");
        }
        return size;
    }

    static long count(DataInputStream in) throws IOException {
        long count = in.readLong();
        if (count < 0) {
            throw new IOException("the bytes of a triage are damaged: a count of " + count);
        }
        return count;
    }

    static void write(DataOutputStream out, TriagedReport report) throws IOException {
        write(out, report.input());
        out.writeLong(report.line());
        write(out, report.time());
        write(out, report.host());
        write(out, report.release());
        write(out, report.kind());
        write(out, report.title());
        write(out, report.severity());
        write(out, report.group());
        write(out, report.printedGroup());
        write(out, report.variant());
        out.writeInt(report.functions().size());
        for (String each : report.functions()) {
            write(out, each);
        }
        write(out, report.culprit());
        out.writeBoolean(report.sure());
        out.writeBoolean(report.follows());
    }

    static TriagedReport report(DataInputStream in) throws IOException {
        String input = name(in);
        long line = in.readLong();
        String time = text(in);
        String host = text(in);
        String release = text(in);
        String kind = name(in);
        String title = name(in);
        String severity = name(in);
        String group = name(in);
        String printedGroup = name(in);
        String variant = text(in);
        List<String> functions = new ArrayList<>();
        for (int i = size(in); i > 0; i--) {
            functions.add(name(in));
        }
        String culprit = text(in);
        boolean sure = in.readBoolean();
        boolean follows = in.readBoolean();
        return new TriagedReport(
                input,
                line,
                time,
                host,
                release,
                kind,
                title,
                severity,
                group,
                printedGroup,
                variant,
                functions,
                culprit,
                sure,
                follows);
    }
}
