package dev.backline.cli.symbolize;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines of a source file, byte for byte. The line that was asked for is marked: {@code >12<} and a tab precede it.
 *
 * @param first the number of the first line
 * @param marked the number of the line that is marked
 * @param lines the lines, without their ends
 */
public record SourceListing(int first, int marked, List<byte[]> lines) {
    private static final int MAX_LINE = 1 << 16;

    /** The kernel's tab width. */
    private static final int TAB = 8;

    /**
     * {@return a line and its neighbours: as many before and after as asked, as far as the file has them}
     *
     * @throws IOException when the file cannot be read
     */
    public static SourceListing around(Path file, int line, int context) throws IOException {
        if (!Files.isRegularFile(file)) {
            // A pipe would never end, and a device has no lines.
            throw Files.exists(file)
                    ? new FileSystemException(file.toString(), null, "is not a regular file")
                    : new NoSuchFileException(file.toString());
        }
        int from = Math.max(1, line - context);
        int to = line + context;
        List<byte[]> lines = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            ByteArrayOutputStream current = new ByteArrayOutputStream();
            int number = 1;
            int b = in.read();
            while (b >= 0 && number <= to) {
                if (b == '\n') {
                    if (number >= from) {
                        lines.add(current.toByteArray());
                    }
                    current.reset();
                    number++;
                } else if (current.size() < MAX_LINE) {
                    current.write(b);
                }
                b = in.read();
            }
            if (current.size() > 0 && number >= from && number <= to) {
                lines.add(current.toByteArray());
            }
        }
        return new SourceListing(from, line, lines);
    }

    /** {@return a line with blanks instead of tabs} */
    public static String untabbed(String line) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\t') {
                text.append(" ".repeat(TAB - text.length() % TAB));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    /** {@return each line after its number and a tab} */
    public byte[] text() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int i = 0; i < lines.size(); i++) {
            int number = first + i;
            boolean mark = number == marked;
            text.writeBytes(((mark ? ">" : " ") + number + (mark ? "<\t" : " \t")).getBytes(StandardCharsets.UTF_8));
            text.writeBytes(lines.get(i));
            text.write('\n');
        }
        return text.toByteArray();
    }
}
