package dev.backline.debugfiles;

/** Receives the progress of a download or of unpacking, on the thread that does the work. */
@FunctionalInterface
public interface Progress {
    /** Ignores all progress. */
    Progress SILENT = new Progress() {
        @Override
        public void at(String what, long done, long total) {
            // Ignored.
        }
    };

    /**
     * Called a few times a second during the work, and once at its end.
     *
     * @param what describes the work, for people
     * @param done bytes so far; {@code total} or -1 at the end
     * @param total the number of bytes; 0 if unknown
     */
    void at(String what, long done, long total);
}
