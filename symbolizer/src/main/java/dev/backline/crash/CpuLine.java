package dev.backline.crash;

import dev.backline.io.Ascii;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The line with task, taint and release (lib/dump_stack.c: dump_stack_print_info), in its forms of all ages: {@code CPU: 3
 * UID: 0 PID: 99 Comm: foo Tainted: G W 6.12.1 #1 Debian}, {@code Pid: 1, comm: foo Not tainted 2.6.32 #1}, lockdep's
 * {@code 6.1.0 #1 Not tainted}. Immutable.
 *
 * @param cpu null if not stated
 * @param pid null if not stated
 * @param comm null if not stated
 * @param taint the letters without G, P's complement; empty if not tainted; null if not stated
 * @param release null if not stated
 * @param version null if not stated
 * @param buildId null if not stated
 */
record CpuLine(
        @Nullable Integer cpu,
        @Nullable Integer pid,
        @Nullable String comm,
        @Nullable String taint,
        @Nullable String release,
        @Nullable String version,
        @Nullable String buildId) {

    private static final int MAX_COMM = 64;

    static @Nullable CpuLine parse(String text) {
        boolean isCpu = text.startsWith("CPU: ") || text.startsWith("CPU ");
        boolean isOld = text.startsWith("Pid: ");
        int tainted = text.indexOf("Tainted: ");
        int not = tainted < 0 ? text.indexOf("Not tainted") : -1;
        if ((!isCpu && !isOld && tainted < 0 && not < 0) || (tainted >= 0 && text.startsWith("[", tainted + 9))) {
            return null;
        }
        int flags = tainted >= 0 ? tainted + 9 : not >= 0 ? not + 11 : -1;
        Integer cpu = isCpu ? Scan.integer(text, "CPU: ") : null;
        Integer pid = Scan.integer(text, isOld ? "Pid: " : "PID: ");
        String comm = comm(text, isOld ? "comm: " : "Comm: ", tainted >= 0 ? tainted : not);
        if (flags < 0) {
            return cpu != null && pid != null ? new CpuLine(cpu, pid, comm, null, null, null, null) : null;
        }
        StringBuilder letters = new StringBuilder();
        int at = flags;
        int end = text.length();
        while (at < end) {
            char c = text.charAt(at);
            if (Ascii.isLetter(c)) {
                if (tainted >= 0 && c != 'G' && letters.length() < 32) {
                    letters.append(c);
                }
            } else if (!Ascii.isSpace(c) && c != '-') {
                break;
            }
            at++;
        }
        String release = null;
        String version = null;
        if (at < end && text.charAt(at) == '(') {
            at++;
        }
        if (at < end && Ascii.isDigit(text.charAt(at))) {
            release = Scan.wordAt(text, at);
            version = release == null
                    ? null
                    : text.substring(at + release.length()).strip();
            release = release == null ? null : release.replace(")", "");
        } else if (Ascii.isDigit(text.charAt(0))) {
            release = Scan.wordAt(text, 0);
            int mark = tainted >= 0 ? tainted : not;
            version = release == null || release.length() > mark
                    ? null
                    : text.substring(release.length(), mark).strip();
        }
        if (release == null && !isCpu && !isOld) {
            return null;
        }
        return new CpuLine(
                cpu,
                pid,
                comm,
                tainted >= 0 ? letters.toString() : "",
                release,
                version == null || version.isEmpty() ? null : version,
                version == null ? null : buildId(version));
    }

    /** {@return this line with the CPU and the task of another one} */
    CpuLine withTaskOf(CpuLine other) {
        return new CpuLine(other.cpu, other.pid, other.comm, taint, release, version, buildId);
    }

    private static @Nullable String comm(String text, String mark, int before) {
        int from = text.indexOf(mark);
        if (from < 0) {
            return null;
        }
        from += mark.length();
        int to = before > from ? before : text.length();
        int kdump = text.indexOf(" Kdump: ", from);
        to = kdump > 0 && kdump < to ? kdump : to;
        String comm = text.substring(from, to).strip();
        return comm.length() > MAX_COMM ? comm.substring(0, MAX_COMM) : comm;
    }

    /** The first word that can be a build id (CONFIG_STACKTRACE_BUILD_ID). */
    private static @Nullable String buildId(String version) {
        for (String word : version.split(" ", 64)) {
            if (word.length() == 40 && Scan.hexEnd(word, 0) == 40) {
                return word.toLowerCase(Locale.ROOT);
            }
        }
        return null;
    }
}
