package dev.backline.cli;

import com.google.gson.stream.JsonWriter;
import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.Command;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.Count;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.cli.console.KernelOptions;
import dev.backline.cli.console.Printable;
import dev.backline.cli.console.TracedKernel;
import dev.backline.cli.console.UsageException;
import dev.backline.debugfiles.DebianPackages;
import dev.backline.debugfiles.DebugFile;
import dev.backline.debugfiles.DebugFileLookup;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.Debuginfod;
import dev.backline.debugfiles.KernelIdentity;
import dev.backline.debugfiles.KernelInventory;
import dev.backline.debugfiles.KernelInventory.Entry;
import dev.backline.debugfiles.MissingFile;
import dev.backline.elf.BuildId;
import dev.backline.kernel.KernelBuild;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code backline kernel}: lists the kernels on this machine, and shows where the files of a kernel are. */
public final class Kernel implements Command {
    /** {@code --format}. */
    private enum Format {
        TEXT,
        JSON
    }

    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        Arguments given = Arguments.read(CommandTable.kernel(), arguments);
        if (given.wantsHelp()) {
            Help.print(CommandTable.kernel(), console);
            return ExitStatus.DONE;
        }
        boolean json = given.choice("--format", Format.TEXT) == Format.JSON;
        List<String> operands = given.operands();
        KernelOptions options = KernelOptions.of(given);
        if (operands.equals(List.of("list"))) {
            return list(options, json, console);
        }
        if (operands.size() == 2 && operands.get(0).equals("where")) {
            return where(operands.get(1), options, json, console);
        }
        if (!operands.isEmpty() && operands.get(0).equals("cache")) {
            return IndexCache.run(operands.subList(1, operands.size()), json, given, console);
        }
        throw given.wrong("kernel needs 'list', 'where' and a release or a build id, or 'cache'");
    }

    private static int list(KernelOptions options, boolean json, Console console) throws IOException {
        Map<String, String> environment = console.environment();
        List<Entry> entries = KernelInventory.of(
                Path.of("/"),
                options.debugDirectories(),
                DebianPackages.defaultCache(environment),
                Debuginfod.Settings.fromEnvironment(environment).cache());
        for (Entry entry : entries) {
            if (json) {
                console.out().json(json(entry)).newLine();
            } else {
                console.out().print(Printable.of(text(entry))).newLine();
            }
        }
        if (entries.isEmpty()) {
            console.complain(
                    "backline: no kernel was found on this machine; give a directory of debug files with -d DIR, or"
                            + " download debug files: backline kernel where --fetch $(uname -r)");
        }
        return ExitStatus.DONE;
    }

    private static String text(Entry entry) {
        StringBuilder line = new StringBuilder(nameOr(entry.release(), "(unknown release)"));
        line.append(entry.running() ? " (running)" : "");
        line.append(": ");
        if (entry.problem() != null) {
            line.append(entry.problem());
        } else if (entry.vmlinux() == null) {
            line.append("no vmlinux");
        } else {
            line.append(entry.vmlinux()).append(entry.debugInfo() ? "" : " (no debug info)");
        }
        line.append(", ").append(Count.of(entry.modules(), "module"));
        if (entry.modules() > 0) {
            line.append(" (").append(entry.debugModules()).append(" in debug directories)");
        }
        BuildId id = entry.buildId();
        line.append(id == null ? "" : ", build id " + id);
        return line.toString();
    }

    private static String json(Entry entry) throws IOException {
        StringWriter text = new StringWriter();
        JsonWriter json = new JsonWriter(text);
        json.setSerializeNulls(true);
        json.beginObject();
        json.name("release").value(entry.release());
        json.name("buildId").value(string(entry.buildId()));
        json.name("vmlinux").value(string(entry.vmlinux()));
        json.name("debugInfo").value(entry.debugInfo());
        json.name("modules").value(entry.modules());
        json.name("debugModules").value(entry.debugModules());
        json.name("running").value(entry.running());
        json.name("problem").value(entry.problem());
        json.endObject();
        return text.toString();
    }

    private static int where(String which, KernelOptions options, boolean json, Console console) throws IOException {
        KernelIdentity identity = which.matches("(?:\\p{XDigit}{2}){8,64}")
                ? new KernelIdentity(null, BuildId.parse(which), Map.of())
                : KernelIdentity.ofRelease(which);
        Debuginfod.Settings servers = Debuginfod.Settings.fromEnvironment(console.environment());
        DebugFiles files = TracedKernel.files(options, console, options.fetch() ? servers : servers.cacheOnly());
        try (KernelBuild build = KernelBuild.of(files, identity)) {
            DebugFileLookup lookup = build.vmlinux();
            String release = identity.release();
            String vmlinux = null;
            BuildId id = identity.buildId();
            String problem = null;
            List<String> searched = List.of();
            if (lookup instanceof DebugFile file) {
                vmlinux = file.data().name();
                id = file.data().buildId();
                release = release != null ? release : file.data().release().release();
            } else if (lookup instanceof MissingFile missing) {
                problem = missing.message();
                searched = missing.searched();
            }
            if (json) {
                StringWriter text = new StringWriter();
                JsonWriter writer = new JsonWriter(text);
                writer.setSerializeNulls(true);
                writer.beginObject();
                writer.name("release").value(release);
                writer.name("buildId").value(string(id));
                writer.name("vmlinux").value(vmlinux);
                writer.name("problem").value(problem);
                writer.name("searched").beginArray();
                for (String place : searched) {
                    writer.value(place);
                }
                writer.endArray();
                writer.endObject();
                console.out().json(text.toString()).newLine();
            } else if (vmlinux != null) {
                console.out().print(Printable.of(vmlinux)).newLine();
            }
            if (problem != null && !json) {
                console.complain("backline: " + Printable.of(problem));
                for (String place : searched) {
                    console.complain("backline: searched " + Printable.of(place));
                }
            }
            return problem == null ? ExitStatus.DONE : ExitStatus.INPUT;
        }
    }

    private static String nameOr(@Nullable String name, String otherwise) {
        return name == null ? otherwise : name;
    }

    private static @Nullable String string(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
