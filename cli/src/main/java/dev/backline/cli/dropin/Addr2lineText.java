package dev.backline.cli.dropin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.cli.console.Printable;
import dev.backline.demangle.RustDemangler;
import dev.backline.io.BoundedCache;
import dev.backline.io.OutputBudget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Formats answers as GNU addr2line's options say. Not thread-safe. */
final class Addr2lineText {
    /** The longest name that is printed whole: in a hostile file, thousands of symbols share one name of megabytes. */
    private static final int MAX_NAME = 1 << 14;

    /** The length of names, and the number of lines, once long answers are cut. */
    private static final int CUT_NAME = 200;

    private static final int CUT_LINES = 2;

    /** What is printed of a line besides its names. */
    private static final int LINE = 20;

    /** The paths of some hundred units, and the longest of them. */
    private static final int MAX_PATHS = 1 << 14;

    private static final int MAX_KEPT = 1 << 9;

    private static final byte[] UNKNOWN = {'?', '?'};
    private static final byte[] NO_PLACE = "??:0\n".getBytes(UTF_8);
    private static final byte[] AT = " at ".getBytes(UTF_8);
    private static final byte[] INLINED_BY = " (inlined by) ".getBytes(UTF_8);
    private static final byte[] DISCRIMINATOR = " (discriminator ".getBytes(UTF_8);

    private final Addr2lineOptions options;
    private final int addressDigits;
    private final AnswerPages.Writer out;
    private final OutputBudget budget;
    private final BoundedCache<String, byte[]> paths = new BoundedCache<>(MAX_PATHS);

    /**
     * Writes to a page.
     *
     * @param budget of all answers; shared by all threads
     */
    Addr2lineText(Addr2lineOptions options, boolean is64, AnswerPages.Writer out, OutputBudget budget) {
        this.options = options;
        this.addressDigits = is64 ? 16 : 8;
        this.out = out;
        this.budget = budget;
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
        boolean whole = budget.take(weight(lines, shown));
        shown = whole ? shown : Math.min(shown, CUT_LINES);
        for (int i = 0; i < shown; i++) {
            if (i > 0 && options.pretty()) {
                out.append(INLINED_BY);
            }
            write(lines.get(i), whole ? MAX_NAME : CUT_NAME);
        }
        return out.end(question);
    }

    private static long weight(List<BinutilsLookup.Line> lines, int shown) {
        long weight = 0;
        for (int i = 0; i < shown; i++) {
            String function = lines.get(i).function();
            String file = lines.get(i).file();
            weight += LINE + (function == null ? 0 : function.length()) + (file == null ? 0 : file.length());
        }
        return weight;
    }

    private void write(BinutilsLookup.Line line, int longest) {
        if (options.functions()) {
            function(line.function(), longest);
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
            out.append(path(file, longest));
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

    private void function(@Nullable String name, int longest) {
        if (name == null || name.isEmpty()) {
            out.append(UNKNOWN);
            return;
        }
        String demangled = options.demangle() ? RustDemangler.demangle(name) : null;
        String shown = demangled == null ? name : demangled;
        // A mangled name can be much shorter than the name
        boolean whole = demangled == null || demangled.length() <= CUT_NAME || budget.take(demangled.length());
        out.appendPrintable(cut(shown, whole ? longest : CUT_NAME));
    }

    private static String cut(String name, int longest) {
        return name.length() > longest ? name.substring(0, longest) + "..." : name;
    }

    private byte[] path(String file, int longest) {
        if (file.length() > Math.min(longest, MAX_KEPT)) {
            return path(cut(file, longest));
        }
        byte[] path = paths.get(file);
        if (path == null) {
            path = path(file);
            paths.put(file, path);
        }
        return path;
    }

    private byte[] path(String file) {
        String shown = options.basenames() ? file.substring(file.lastIndexOf('/') + 1) : file;
        return Printable.of(shown).getBytes(UTF_8);
    }
}
