package dev.backline.debugfiles;

import dev.backline.elf.DebugLink;
import dev.backline.elf.ElfFile;
import dev.backline.io.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** The debug file named in the .gnu_debuglink of a stripped file (GDB manual, "Separate Debug Files"). */
final class DebugLinks {
    private DebugLinks() {}

    /**
     * {@return the files with the linked name and checksum}
     *
     * @param root the directory that contains usr/lib/debug
     */
    static List<Path> candidates(ElfFile stripped, Path root, SearchLog searchLog) throws IOException {
        DebugLink link = stripped.debugLink();
        Path path = stripped.path();
        if (link == null || path == null) {
            return List.of();
        }
        if (!FileNames.isPlain(link.fileName())) {
            searchLog.tried(stripped.name() + "'s .gnu_debuglink (skipped: not a plain file name)");
            return List.of();
        }
        Path folder = path.toAbsolutePath().normalize().getParent();
        if (folder == null) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        for (Path each : List.of(
                folder.resolve(link.fileName()),
                folder.resolve(".debug").resolve(link.fileName()),
                root.resolve("usr/lib/debug")
                        .resolve(
                                folder.getRoot() == null
                                        ? folder
                                        : folder.getRoot().relativize(folder))
                        .resolve(link.fileName()))) {
            if (!Files.isRegularFile(each)) {
                searchLog.tried(each.toString());
            } else if (crc(each) == link.crc()) {
                found.add(each);
            } else {
                searchLog.tried(each + " (its CRC-32 differs from that in " + stripped.name() + ")");
            }
        }
        return found;
    }

    private static int crc(Path file) throws IOException {
        CRC32 crc = new CRC32();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                crc.update(buffer, 0, n);
            }
        }
        return (int) crc.getValue();
    }
}
