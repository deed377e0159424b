package dev.backline.cli;

import java.util.Arrays;

/**
 * Runs the commands that are run most, one after the other, for a JVM that is told to keep the classes it loads
 * ({@code -XX:ArchiveClassesAtExit}, {@code -XX:AOTCacheOutput}). The launcher does so after a build; later starts take
 * the classes from there.
 */
public final class Rehearsal {
    private Rehearsal() {}

    /**
     * Ends early, with the status of the command, when one fails.
     *
     * @param args a vmlinux, its GSYM, a place in it (func+0xoff/0xsize), its address; then, when there is more, one
     *     further command line. A log is on standard input.
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
            Main.main(Arrays.copyOfRange(args, 4, args.length));
        }
    }
}
