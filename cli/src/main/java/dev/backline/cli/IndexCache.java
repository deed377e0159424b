package dev.backline.cli;

import com.google.gson.stream.JsonWriter;
import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Printable;
import dev.backline.cli.console.UsageException;
import dev.backline.debugfiles.SideIndexes;
import dev.backline.io.FailureReason;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;

/** {@code backline kernel cache}: lists, makes and deletes the indexes that later runs use. */
final class IndexCache {
    private IndexCache() {}

    static int run(List<String> operands, boolean json, Arguments given, Console console)
            throws IOException, UsageException {
        SideIndexes indexes = console.indexes();
        String verb = operands.isEmpty() ? "" : operands.get(0);
        boolean makes = verb.equals("make") && operands.size() > 1;
        if (!operands.isEmpty() && !makes && !(verb.equals("clear") && operands.size() == 1)) {
            throw given.wrong("kernel cache lists the cache; 'clear' empties it, 'make' and files add their indexes");
        }
        if (indexes == null) {
            throw new UsageException("the cache is off: BACKLINE_NO_CACHE is set, BACKLINE_CACHE_SIZE is 0, or neither"
                    + " XDG_CACHE_HOME nor HOME is an absolute path");
        }
        if (makes) {
            return make(operands.subList(1, operands.size()), indexes, console);
        }
        if (verb.equals("clear")) {
            int deleted = indexes.clear();
            console.out()
                    .print("deleted " + deleted + (deleted == 1 ? " index" : " indexes"))
                    .newLine();
            return ExitStatus.DONE;
        }
        for (SideIndexes.Entry entry : indexes.entries()) {
            if (json) {
                console.out().json(json(entry)).newLine();
            } else {
                console.out().print(Printable.of(text(entry))).newLine();
            }
        }
        return ExitStatus.DONE;
    }

    private static int make(List<String> files, SideIndexes indexes, Console console) throws IOException {
        int status = ExitStatus.DONE;
        for (String file : files) {
            try {
                if (!indexes.make(Path.of(file), true)) {
                    console.complain(
                            "backline: " + Printable.of(file) + ": gets no index: it is small, has no build id,"
                                    + " needs other files, is damaged, or was changed in the last two seconds");
                    status = ExitStatus.UNRESOLVED;
                }
            } catch (IOException e) {
                console.complain("backline: " + Printable.of(FailureReason.withFile(e)));
                status = ExitStatus.INPUT;
            }
        }
        return status;
    }

    private static String text(SideIndexes.Entry entry) {
        return entry.file() + ", build id " + (entry.buildId() == null ? "none" : entry.buildId()) + ", "
                + ((entry.size() + (1 << 20) - 1) >> 20) + " MB, used " + day(entry);
    }

    private static String day(SideIndexes.Entry entry) {
        return entry.used().atOffset(ZoneOffset.UTC).toLocalDate().toString();
    }

    private static String json(SideIndexes.Entry entry) throws IOException {
        StringWriter text = new StringWriter();
        JsonWriter json = new JsonWriter(text);
        json.setSerializeNulls(true);
        json.beginObject();
        json.name("file").value(entry.file());
        json.name("buildId").value(entry.buildId());
        json.name("entry").value(entry.entry().toString());
        json.name("bytes").value(entry.size());
        json.name("used").value(day(entry));
        json.endObject();
        return text.toString();
    }
}
