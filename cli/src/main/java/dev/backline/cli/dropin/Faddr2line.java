package dev.backline.cli.dropin;

import dev.backline.cli.console.Command;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.symbolize.Symbolizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code backline faddr2line}: the output, messages and exit status of the kernel's scripts/faddr2line for the same
 * arguments. Offsets are exact, as in the script.
 */
public final class Faddr2line implements Command {
    private static final int FAILED = 1;

    @Override
    public int run(List<String> arguments, Console console) throws IOException {
        if (arguments.size() == 1
                && (arguments.get(0).equals("--help") || arguments.get(0).equals("-h"))) {
            Help.print(CommandTable.faddr2line(), console);
            return ExitStatus.DONE;
        }
        if (arguments.size() == 1 && arguments.get(0).equals("--version")) {
            Help.printVersion(console);
            return ExitStatus.DONE;
        }
        if (arguments.size() < 2) {
            console.complain("usage: faddr2line [--list] <object file> <func+offset> <func+offset>...");
            return FAILED;
        }
        boolean list = arguments.get(0).equals("--list");
        String objectFile = arguments.get(list ? 1 : 0);
        if (!isFile(objectFile)) {
            console.complain("ERROR: can't find objfile " + objectFile);
            return FAILED;
        }
        try (Symbolizer symbolizer = Symbolizer.open(Path.of(objectFile), console.indexes())) {
            ElfFile elf = symbolizer.elf();
            if (elf == null) {
                console.complain(
                        "ERROR: " + objectFile + " is a GSYM index; ask it with: backline symbolize -e " + objectFile);
                return FAILED;
            }
            if (!hasDebugInfo(elf)) {
                console.complain("ERROR: CONFIG_DEBUG_INFO not enabled");
                return FAILED;
            }
            return new Faddr2lineRun(symbolizer, elf, list, console)
                    .all(arguments.subList(list ? 2 : 1, arguments.size()));
        } catch (ElfException e) {
            // The script prints readelf's message and ends.
            console.complain("ERROR: " + e.getMessage());
            return FAILED;
        }
    }

    private static boolean isFile(String name) {
        try {
            return Files.isRegularFile(Path.of(name));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static boolean hasDebugInfo(ElfFile elf) {
        return elf.sections().stream().anyMatch(section -> section.name().contains(".debug_info"));
    }
}
