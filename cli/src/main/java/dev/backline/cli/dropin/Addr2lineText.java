package dev.backline.cli.dropin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.cli.console.Printable;
import dev.backline.demangle.RustDemangler;
import dev.backline.io.BoundedCache;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Formats answers as GNU addr2line's options say. Not thread-safe. */
final class Addr2lineText {
    /** The longest name that is printed whole: in a hostile file, thousands of symbols share one name of megabytes. */
    private static final int MAX_NAME = 1 << 14;

    /** Names up to this length are always printed whole. A symbol has 24 bytes in the file. */
    private static final int FREE_NAME = 1 << 9;

    /** The paths of some hundred units. */
    private static final int MAX_PATHS = 1 << 14;

    private static final byte[] UNKNOWN = {'?', '?'};
    private static final byte[] NO_PLACE = "??:0\n".getBytes(UTF_8);
    private static final byte[] AT = " at ".getBytes(UTF_8);
    private static final byte[] INLINED_BY = " (inlined by) ".getBytes(UTF_8);
    private static final byte[] DISCRIMINATOR = " (discriminator ".getBytes(UTF_8);

    private final Addr2lineOptions options;
    private final int addressDigits;
    private final AnswerPages.Writer out;
    private final AtomicLong excess;
    private final BoundedCache<String, byte[]> paths = new BoundedCache<>(MAX_PATHS);

    /**
     * Writes to a page.
     *
     * @param excess how many characters beyond {@link #FREE_NAME} all names together may still have; shared by all threads
     */
    Addr2lineText(Addr2lineOptions options, boolean is64, AnswerPages.Writer out, AtomicLong excess) {
        this.options = options;
        this.addressDigits = is64 ? 16 : 8;
        this.out = out;
        this.excess = excess;
    }

    /** Writes one answer: {@return whether there may be more} */
    boolean write(int question, long address, List<BinutilsLookup.Line> lines) {
        if (options.addresses()) {
            out.append('0');
            out.append('x');
            out.appendHexadecimal(address, addressDigits);
            if (options.pretty()) {
                out.append(':');
                out.append(' ');
            } else {
                out.append('\n');
            }
        }
        if (lines.isEmpty()) {
            if (options.functions()) {
                out.append(UNKNOWN);
                out.append(options.pretty() ? ' ' : '\n');
            }
            out.append(NO_PLACE);
            return out.end(question);
        }
        int shown = options.inlines() ? lines.size() : 1;
        for (int i = 0; i < shown; i++) {
            if (i > 0 && options.pretty()) {
                out.append(INLINED_BY);
            }
            write(lines.get(i));
        }
        return out.end(question);
    }

    private void write(BinutilsLookup.Line line) {
        if (options.functions()) {
            function(line.function());
            if (options.pretty()) {
                out.append(AT);
            } else {
                out.append('\n');
            }
        }
        String file = line.file();
        if (file == null) {
            out.append(UNKNOWN);
        } else {
            out.append(path(file));
        }
        out.append(':');
        if (line.line() == 0) {
            out.append('?');
        } else {
            decimal(line.line());
            if (line.discriminator() != 0) {
                out.append(DISCRIMINATOR);
                decimal(line.discriminator());
                out.append(')');
            }
        }
        out.append('\n');
    }

    /** Appends a number, which is negative only in damaged files. */
    private void decimal(int number) {
        if (number < 0) {
            out.append(Integer.toString(number).getBytes(UTF_8));
        } else {
            out.appendDecimal(number);
        }
    }

    private void function(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            out.append(UNKNOWN);
            return;
        }
        String demangled = options.demangle() ? RustDemangler.demangle(name) : null;
        String shown = demangled == null ? name : demangled;
        out.appendPrintable(shown.length() > FREE_NAME ? bounded(shown) : shown);
    }

    private String bounded(String name) {
        int length = Math.min(name.length(), MAX_NAME);
        if (excess.addAndGet(FREE_NAME - length) < 0) {
            length = FREE_NAME;
        }
        return length < name.length() ? name.substring(0, length) + "..." : name;
    }

    private byte[] path(String file) {
        byte[] path = paths.get(file);
        if (path == null) {
            String shown = options.basenames() ? file.substring(file.lastIndexOf('/') + 1) : file;
            path = Printable.of(shown).getBytes(UTF_8);
            paths.put(file, path);
        }
        return path;
    }
}
