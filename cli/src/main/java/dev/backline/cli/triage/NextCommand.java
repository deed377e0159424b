package dev.backline.cli.triage;

import dev.backline.cli.console.KernelOptions;
import dev.backline.cli.console.NamedFiles;
import dev.backline.cli.console.Printable;
import dev.backline.intake.FileKind;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The command that explains the example of a group. */
final class NextCommand {
    private final String explain;

    /** @param options which kernel: the command has the same ones */
    NextCommand(KernelOptions options) {
        StringBuilder command = new StringBuilder("backline explain");
        if (options.vmlinux() != null) {
            command.append(" -e ").append(Printable.word(options.vmlinux().toString()));
        }
        if (options.release() != null) {
            command.append(" -r ").append(Printable.word(options.release()));
        }
        for (Path directory : options.debugDirectories()) {
            command.append(" -d ").append(Printable.word(directory.toString()));
        }
        command.append(options.force() ? " --force" : "");
        explain = command.toString();
    }

    /** {@return the command for a log; null for a log in an archive in another one, which must be unpacked first} */
    @Nullable
    String of(String input) {
        if (input.equals(TriageCommand.STANDARD_INPUT)) {
            return explain + " LOG";
        }
        String file = LogFile.file(input);
        if (file == null) {
            return null;
        }
        return file.length() == input.length()
                ? explain + " " + Printable.word(file)
                : member(file, input.substring(file.length() + 1));
    }

    private @Nullable String member(String archive, String member) {
        boolean safe = Printable.of(member).equals(member) && !member.startsWith("-") && member.indexOf(LogFile.IN) < 0;
        if (!safe) {
            return null;
        }
        try {
            byte[] head = NamedFiles.head(archive, "an archive");
            String unpack = FileKind.of(head, head.length) == FileKind.ZIP ? "unzip -p " : "tar -xOf ";
            return unpack + Printable.word(archive) + " " + Printable.word(member) + " | " + explain;
        } catch (IOException e) {
            return null;
        }
    }
}
