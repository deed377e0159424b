package dev.backline.server;

import dev.backline.debugfiles.KernelInventory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;

/**
 * Asks about a crash before the service says that it is ready. The first answer of a JVM loads and links its classes, which takes longer than
 * the answer itself; so nobody has to wait for that.
 */
final class WarmUp {
    /** Its functions are in each kernel for x86-64. They have no sizes, so that they fit each build. */
    private static final String OOPS = """
            [    1.000000] BUG: kernel NULL pointer dereference, address: 0000000000000004
            [    1.000000] #PF: supervisor read access in kernel mode
            [    1.000000] #PF: error_code(0x0000) - not-present page
            [    1.000000] PGD 0 P4D 0
            [    1.000000] Oops: 0000 [#1] PREEMPT SMP NOPTI
            [    1.000000] CPU: 0 PID: 7 Comm: init Not tainted RELEASE #1
            [    1.000000] RIP: 0010:kfree+0x8
            [    1.000000] Code: 89 e8 5b 5d 41 5c c3 66 0f 1f 44 00 00 48 8b 03 48 89 df 0f b7 10 66 c1 c2 08 66 89 53 14 \
            0f b7 50 02 66 c1 c2 08 66 89 53 16 <8b> 40 04 0f c8 89 43 18 e8 fe 01 00 00 49 89 c4 48 85 c0 74 76 83
            [    1.000000] RSP: 0018:ffffc90000013e50 EFLAGS: 00010246
            [    1.000000] RAX: 0000000000000000 RBX: ffff888003a41000 RCX: 0000000000000000
            [    1.000000] RDX: 0000000000000000 RSI: 0000000000000000 RDI: ffff888003a41000
            [    1.000000] CR2: 0000000000000004 CR3: 0000000003a0a000 CR4: 00000000000006f0
            [    1.000000] Call Trace:
            [    1.000000]  <TASK>
            [    1.000000]  vfs_read+0x10
            [    1.000000]  ? schedule+0x10
            [    1.000000]  do_syscall_64+0x10
            [    1.000000]  </TASK>
            [    1.000000] ---[ end trace 0000000000000000 ]---
            """;

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
        String log = OOPS.replace("RELEASE", release);
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
