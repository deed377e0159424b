package dev.backline.server;

import dev.backline.cli.Rehearsal;
import dev.backline.debugfiles.KernelInventory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;

/**
 * Explains a crash before the service says that it is ready. The first answer of a JVM takes longer than others, because it
 * loads classes; so no client has to wait for that.
 */
final class WarmUp {
    /** Enough for the compiler to have seen the loops of an answer. */
    private static final int ROUNDS = 3;

    private static final int SECONDS = 60;

    private WarmUp() {}

    /**
     * Sends the crash through the whole service, as one of a kernel that has debug files, and waits for the answers in all
     * formats.
     *
     * @param server running
     * @param kernels those with debug files; a log without a release is searched nowhere
     * @throws Exception when the server does not answer
     */
    static void run(Server server, List<KernelInventory.Entry> kernels) throws Exception {
        String release = "";
        for (KernelInventory.Entry each : kernels) {
            release = release.isEmpty() && each.release() != null ? each.release() : release;
        }
        // These functions are in each kernel for x86-64. Without sizes, they fit each build.
        String log = Rehearsal.oops(release, "kfree+0x8", "vfs_read+0x10", "? schedule+0x10", "do_syscall_64+0x10");
        LocalConnector client = new LocalConnector(server);
        client.start();
        try {
            for (int round = 0; round < ROUNDS; round++) {
                for (Question question : List.of(Question.EXPLAIN, Question.SYMBOLIZE)) {
                    for (Format format : question.formats()) {
                        client.getResponse(
                                "POST " + question.path()
                                        + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: "
                                        + format.mediaType() + "\r\nContent-Length: " + log.length() + "\r\n\r\n" + log,
                                SECONDS,
                                TimeUnit.SECONDS);
                    }
                }
            }
        } finally {
            client.stop();
        }
    }
}
