package dev.backline.cli;

import java.util.Arrays;

/**
 * Runs the most common commands one after the other, in a JVM that saves the classes it loads
 * ({@code -XX:ArchiveClassesAtExit}, {@code -XX:AOTCacheOutput}). The launcher runs it after a build; later starts load
 * the saved classes.
 */
public final class Rehearsal {
    private Rehearsal() {}

    /**
     * Ends with the status of the first command that fails.
     *
     * @param args a vmlinux, its GSYM, a place in the vmlinux (func+0xoff/0xsize), its address; then nothing, or the
     *     words of one more command line, which also adds help. Standard input is a log.
     */
    public static void main(String[] args) {
        String vmlinux = args[0];
        String gsym = args[1];
        String place = args[2];
        String address = args[3];
        Main.main(new String[] {"symbolize", "-e", vmlinux, place, address});
        Main.main(new String[] {"symbolize", "-e", vmlinux, "--format", "json", place});
        Main.main(new String[] {"faddr2line", vmlinux, place});
        Main.main(new String[] {"addr2line", "-f", "-i", "-e", vmlinux, address});
        Main.main(new String[] {"symbolize", "-e", vmlinux, "-"});
        Main.main(new String[] {"symbolize", "-e", gsym, place, address});
        Main.main(new String[] {"addr2line", "-f", "-i", "-e", gsym, address});
        if (args.length > 4) {
            Main.main(new String[] {"symbolize", "--help"});
            Main.main(Arrays.copyOfRange(args, 4, args.length));
        }
    }
}
