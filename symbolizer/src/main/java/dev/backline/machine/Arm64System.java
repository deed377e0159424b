package dev.backline.machine;

import java.util.StringTokenizer;

/** The names of A64's system registers and system instructions, read from arm64-system.txt. Immutable. */
final class Arm64System {
    /** By op0, op1, CRn, CRm and op2, as in bits 20 to 5 of a word. */
    private final String[] names = new String[1 << 16];

    private static final class Holder {
        static final Arm64System NAMES = new Arm64System();

        private Holder() {}
    }

    private Arm64System() {
        for (String line : Arm64Table.lines("arm64-system.txt")) {
            StringTokenizer words = new StringTokenizer(line, " ");
            StringTokenizer key = new StringTokenizer(words.nextToken(), "_c");
            int number = (Integer.parseInt(key.nextToken()) << 14)
                    | (Integer.parseInt(key.nextToken()) << 11)
                    | (Integer.parseInt(key.nextToken()) << 7)
                    | (Integer.parseInt(key.nextToken()) << 3);
            for (; words.hasMoreTokens(); number++) {
                String name = words.nextToken();
                names[number] = name.equals("-") ? "" : name;
            }
        }
    }

    private static String name(int word) {
        String name = Holder.NAMES.names[(word >>> 5) & 0xffff];
        return name == null ? "" : name;
    }

    /** {@return the name of the register of mrs and msr} */
    static String register(int word) {
        String name = name(word);
        int bar = name.indexOf('|');
        if (bar >= 0) {
            boolean read = ((word >>> 21) & 1) != 0;
            return read ? name.substring(0, bar) : name.substring(bar + 1);
        }
        if (!name.isEmpty() && ((word >>> 20) & 1) != 0) {
            return name;
        }
        return "s" + ((word >>> 19) & 3) + '_' + ((word >>> 16) & 7) + "_c" + ((word >>> 12) & 15) + "_c"
                + ((word >>> 8) & 15) + '_' + ((word >>> 5) & 7);
    }

    /**
     * {@return mnemonic, colon and operand of a system instruction, with {@code !} at the end if no register follows; an
     * empty string for an unknown instruction}
     */
    static String alias(int word) {
        return name(word);
    }

    /** {@return how a system instruction touches the memory that its register points to} */
    static Access access(int word) {
        String name = name(word);
        if (name.startsWith("dc:")) {
            return name.endsWith("zva") || name.endsWith(":gva")
                    ? Access.WRITE
                    : name.endsWith("sw") ? Access.NONE : Access.READ;
        }
        return name.equals("ic:ivau") ? Access.READ : Access.NONE;
    }
}
