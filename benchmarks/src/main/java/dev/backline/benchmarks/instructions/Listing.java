package dev.backline.benchmarks.instructions;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;

/**
 * The instructions that a disassembler prints, one at a time. Reads one line ahead: an instruction ends where the next
 * one starts.
 */
final class Listing implements Closeable {
    private static final String SECTION = "Disassembly of section ";

    private final Process process;
    private final BufferedReader lines;
    private final Predicate<String> isPrefix;
    private int section = -1;
    private String sectionName = "";
    private long address;
    private String text = "";
    private boolean hasNext;
    private int nextSection = -1;
    private String nextSectionName = "";
    private long nextAddress;
    private String nextText = "";
    private boolean symbolIsNext;

    private Listing(Process process, Predicate<String> isPrefix) {
        this.process = process;
        this.isPrefix = isPrefix;
        lines = process.inputReader(StandardCharsets.ISO_8859_1);
    }

    /**
     * Starts the command and reads up to its first instruction.
     *
     * @param isPrefix says which lines are only the prefix of the instruction in the next line
     */
    static Listing start(List<String> command, Predicate<String> isPrefix) throws IOException {
        Listing listing = new Listing(
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start(),
                isPrefix);
        listing.readAhead();
        return listing;
    }

    /** Goes to the next instruction; false after the last one. */
    boolean next() throws IOException {
        if (!hasNext) {
            section = Integer.MAX_VALUE;
            return false;
        }
        section = nextSection;
        sectionName = nextSectionName;
        address = nextAddress;
        text = nextText;
        readAhead();
        while (hasNext && nextSection == section && !symbolIsNext && isPrefix.test(text)) {
            text += " " + nextText;
            readAhead();
        }
        return true;
    }

    /** Goes forward to an address, or to the first instruction after it. {@return whether one starts there} */
    boolean advance(int toSection, long toAddress) throws IOException {
        while (section < toSection || (section == toSection && Long.compareUnsigned(address, toAddress) < 0)) {
            if (!next()) {
                return false;
            }
        }
        return section == toSection && address == toAddress;
    }

    private void readAhead() throws IOException {
        hasNext = false;
        symbolIsNext = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(SECTION)) {
                nextSection++;
                nextSectionName = line.substring(SECTION.length(), line.length() - 1);
                continue;
            }
            int at = 0;
            long number = 0;
            while (at < line.length() && line.charAt(at) == ' ') {
                at++;
            }
            int start = at;
            for (int digit; at < line.length() && (digit = Character.digit(line.charAt(at), 16)) >= 0; at++) {
                number = (number << 4) | digit;
            }
            if (at == start || at + 1 >= line.length()) {
                continue;
            }
            if (line.charAt(at) == ' ' && line.charAt(at + 1) == '<') {
                symbolIsNext = true;
            } else if (line.charAt(at) == ':') {
                nextAddress = number;
                nextText = line.substring(at + 1).strip();
                hasNext = true;
                return;
            }
        }
    }

    /** {@return the number of the section in the tool's order, from 0} */
    int section() {
        return section;
    }

    String sectionName() {
        return sectionName;
    }

    long address() {
        return address;
    }

    String text() {
        return text;
    }

    /** {@return the address after the instruction; the section's end for the last one} */
    long end(long sectionEnd) {
        return hasNext && nextSection == section ? nextAddress : sectionEnd;
    }

    /** {@return whether a symbol starts right after the instruction: tools do not read past it} */
    boolean symbolIsNext() {
        return symbolIsNext && hasNext && nextSection == section;
    }

    /** Ends the tool, even if it is still writing. */
    @Override
    public void close() throws IOException {
        process.destroy();
        lines.close();
    }
}
