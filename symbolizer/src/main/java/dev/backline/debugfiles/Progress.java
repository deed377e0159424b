package dev.backline.debugfiles;

/** Is told how a download or an unpacking goes on, from the thread that does it. */
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress SILENT = new Progress() {
        @Override
        public void at(String what, long done, long total) {
            // Nobody is told.
        }
    };

    /**
     * Called a few times a second while something long goes on, and once at its end.
     *
     * @param what is being done, for a person
     * @param done bytes so far; the same as {@code total}, or -1, at the end
     * @param total bytes in all, 0 when unknown
     */
    void at(String what, long done, long total);
}
