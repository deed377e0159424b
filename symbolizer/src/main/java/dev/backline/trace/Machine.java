package dev.backline.trace;

import dev.backline.io.Ascii;
import org.jspecify.annotations.Nullable;

/** The architecture of a kernel, as far as it decides whether the address of a frame is exact. */
public enum Machine {
    /** x86, 32 and 64 bits. {@code WARN} traps since 4.12. */
    X86("x86_64 amd64 i386 i486 i586 i686 686 x86"),
    /** arm, 32 bits. */
    ARM("arm armhf armel armmp armv5 armv5l armv5tel armv6 armv6l armv7 armv7l armv7hl v7 v7l armeb"),
    /** arm64. */
    ARM64("arm64 aarch64 v8"),
    /** mips. */
    MIPS("mips mipsel mips64 mips64el mips64r6el mipsr6el malta octeon loongson"),
    /** sparc: a call saves its own address, not the address after it. */
    SPARC("sparc sparc64"),
    /** alpha, arc, m68k, xtensa and others, on which {@code WARN} is a call. */
    OTHER("alpha arc arceb csky hexagon m68k microblaze microblazeel nios2 openrisc or1k xtensa"),
    /** loongarch, parisc, powerpc, riscv, s390, sh: {@code WARN} traps. */
    TRAPPING("loongarch loongarch64 loong64 parisc parisc64 hppa hppa64 powerpc powerpc64 powerpc64le ppc ppc64 ppc64le"
            + " ppc64el riscv riscv64 s390 s390x sh sh4 sh4a sh4eb");

    private static final Machine[] ALL = values();

    /** The names of the machine in releases, in the names of compilers and from {@code uname -m}. */
    private final String names;

    Machine(String names) {
        this.names = " " + names + " ";
    }

    /**
     * {@return the machine that a log reveals; null if it reveals none}
     *
     * @param facts the facts of the log
     */
    public static @Nullable Machine of(KernelFacts facts) {
        String machine = facts.machine();
        Machine found = machine == null ? null : inWords(machine, false);
        String release = facts.release();
        if (found == null && release != null) {
            found = inWords(release, false);
        }
        String banner = facts.banner();
        return found == null && banner != null ? inWords(banner, true) : found;
    }

    /**
     * {@return the machine of an ELF file; null if the number is unknown}
     *
     * @param number EM_* of the ELF header
     */
    public static @Nullable Machine ofElf(int number) {
        return switch (number) {
            case 3, 62 -> X86;
            case 40 -> ARM;
            case 183 -> ARM64;
            case 8, 10 -> MIPS;
            case 2, 18, 43 -> SPARC;
            case 15, 20, 21, 22, 42, 243, 258 -> TRAPPING;
            case 4, 41, 45, 92, 93, 94, 113, 164, 189, 195, 252, 0x9026 -> OTHER;
            default -> null;
        };
    }

    /**
     * The first machine that is a word of the text: {@code 6.12.107+deb13-armmp}.
     *
     * @param inCompiler whether only names of compilers count: {@code (aarch64-linux-gnu-gcc …)}
     */
    private static @Nullable Machine inWords(String text, boolean inCompiler) {
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i < text.length() && isWord(text.charAt(i))) {
                continue;
            }
            if (i - from > 1 && (!inCompiler || text.startsWith("-", i))) {
                String word = " " + text.substring(from, i) + " ";
                for (Machine machine : ALL) {
                    if (machine.names.contains(word)) {
                        return machine;
                    }
                }
            }
            from = i + 1;
        }
        return null;
    }

    private static boolean isWord(char c) {
        return Ascii.isLetter(c) || Ascii.isDigit(c) || c == '_';
    }

    /**
     * {@return whether a frame's address is exact on this machine}
     *
     * @param frame the frame as read without knowledge of the machine
     * @param release the kernel's release; null if unknown
     */
    public Pc pc(LineFrame frame, @Nullable String release) {
        if (this == SPARC || (this == ARM64 && frame.notation() == Notation.CRASH)) {
            // For arm64, crash subtracts 4 from each return address (arm64_print_stackframe_entry).
            return Pc.EXACT;
        }
        if (frame.notation() == Notation.WARNING || frame.notation() == Notation.WARNING_ADDRESS) {
            return trapsAtWarn(release) ? Pc.EXACT : Pc.RETURN;
        }
        return frame.reference().pc();
    }

    /** Whether WARN is an instruction that traps (asm/bug.h defines __WARN_FLAGS), and not a call that prints. */
    private boolean trapsAtWarn(@Nullable String release) {
        return switch (this) {
            case X86 -> release == null || !isBefore(release, 4, 12);
            case ARM64, TRAPPING -> true;
            default -> false;
        };
    }

    private static boolean isBefore(String release, int major, int minor) {
        int point = numberEnd(release, 0);
        int end = numberEnd(release, point + 1);
        // At most four digits: a release in a log can be any text.
        if (point == 0 || point > 4 || end - point < 2 || end - point > 5 || release.charAt(point) != '.') {
            return false;
        }
        int first = Integer.parseInt(release, 0, point, 10);
        int second = Integer.parseInt(release, point + 1, end, 10);
        return first < major || (first == major && second < minor);
    }

    private static int numberEnd(String text, int from) {
        int to = from;
        while (to < text.length() && Ascii.isDigit(text.charAt(to))) {
            to++;
        }
        return to;
    }
}
