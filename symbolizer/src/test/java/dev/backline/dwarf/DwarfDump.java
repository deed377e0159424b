package dev.backline.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** llvm-dwarfdump as an oracle. */
public final class DwarfDump {
    private static final List<String> PROGRAMS = List.of("llvm-dwarfdump-19", "llvm-dwarfdump");
    private static final Pattern ENTRY = Pattern.compile("^0x[0-9a-f]+: +(DW_TAG_\\w+)");
    private static final Pattern NUMBER = Pattern.compile("\\((0x[0-9a-f]+)\\)");

    private static final Pattern VERSION = Pattern.compile("LLVM version (\\d+)");

    private static final Pattern ROW = Pattern.compile("^0x0*([0-9a-f]+) +(\\d+) +(\\d+) +(\\d+) ");

    private DwarfDump() {}

    /**
     * {@return the start of each inlined copy of a function: DW_AT_entry_pc, else the lowest address}
     *
     * @param source the end of the unit's DW_AT_name
     */
    public static List<Long> inlinedCopies(Path file, String source, String function)
            throws IOException, InterruptedException {
        List<Long> found = new ArrayList<>();
        boolean inUnit = false;
        String tag = "";
        Long entry = null;
        Long first = null;
        boolean its = false;
        List<String> lines = new ArrayList<>(dump(file, "--debug-info"));
        lines.add("0x00000000: DW_TAG_compile_unit");
        for (String line : lines) {
            Matcher begins = ENTRY.matcher(line);
            if (begins.find()) {
                if (tag.equals("DW_TAG_inlined_subroutine") && its && inUnit && first != null) {
                    found.add(entry != null ? entry : first);
                }
                tag = begins.group(1);
                entry = null;
                first = null;
                its = false;
            } else if (tag.equals("DW_TAG_compile_unit") && line.contains("DW_AT_name")) {
                inUnit = line.contains(source + "\")");
            } else if (line.contains("DW_AT_abstract_origin")) {
                its = line.contains("\"" + function + "\"");
            } else if (line.contains("DW_AT_entry_pc")) {
                entry = number(line);
            } else if (line.contains("DW_AT_low_pc")) {
                first = number(line);
            } else if (first == null && line.strip().startsWith("[0x")) {
                first = Long.parseUnsignedLong(line.strip().substring(3).split(",", 2)[0], 16);
            }
        }
        return found;
    }

    /**
     * {@return the rows of all line tables as ADDRESS FILE:LINE:COLUMN; of several at one address in a sequence the
     * last}
     */
    static List<String> rows(Path file) throws IOException, InterruptedException {
        List<String> rows = new ArrayList<>();
        String before = "";
        for (String line : dump(file, "--debug-line")) {
            Matcher row = ROW.matcher(line);
            if (!row.find()) {
                continue;
            }
            if (row.group(1).equals(before)) {
                rows.remove(rows.size() - 1);
            }
            before = row.group(1);
            rows.add(before + " " + row.group(4) + ":" + row.group(2) + ":" + row.group(3));
            if (line.contains("end_sequence")) {
                rows.remove(rows.size() - 1);
                before = "";
            }
        }
        return rows;
    }

    /** Skips the test if llvm-dwarfdump is older than LLVM 17, the first to read line tables with op_index (DWARF5 6.2.2). */
    static void requireOpIndex() throws IOException, InterruptedException {
        Path any = Path.of("/dev/null");
        Matcher version = VERSION.matcher(String.join("\n", dump(any, "--version")));
        assertThat(version.find()).as("llvm-dwarfdump names its version").isTrue();
        Assumptions.assumeTrue(
                Integer.parseInt(version.group(1)) >= 17,
                "skipped: llvm-dwarfdump " + version.group(1) + " does not read op_index; install llvm-19");
    }

    private static Long number(String line) {
        Matcher matcher = NUMBER.matcher(line);
        if (!matcher.find()) {
            throw new AssertionError("no number in " + line);
        }
        return Long.parseUnsignedLong(matcher.group(1).substring(2), 16);
    }

    private static List<String> dump(Path file, String option) throws IOException, InterruptedException {
        for (String program : PROGRAMS) {
            Path out = Files.createTempFile("dwarfdump", ".txt");
            try {
                Process process = new ProcessBuilder(program, option, file.toString())
                        .redirectOutput(out.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0) {
                    return Files.readAllLines(out);
                }
            } catch (IOException e) {
                // Try the next name of the program.
            } finally {
                Files.delete(out);
            }
        }
        Assumptions.abort("skipped: llvm-dwarfdump is not installed");
        return List.of();
    }
}
