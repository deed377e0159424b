package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import java.nio.file.Path;
import java.util.List;

/** Files by build id: {@code .build-id/ab/cdef….debug} (GDB manual, "Separate Debug Files"). */
final class BuildIdTree {
    private BuildIdTree() {}

    /** {@return the possible paths of a build id's debug file in the .build-id tree of a folder} */
    static List<Path> candidates(Path folder, BuildId id) {
        return within(folder.resolve(".build-id"), id);
    }

    /** {@return the possible paths of a build id's debug file in a .build-id tree} */
    static List<Path> within(Path tree, BuildId id) {
        String hex = id.toString();
        if (hex.length() < 4) {
            return List.of();
        }
        Path first = tree.resolve(hex.substring(0, 2));
        String rest = hex.substring(2);
        return List.of(first.resolve(rest + ".debug"), first.resolve(rest), first.resolve(rest + ".gsym"));
    }
}
