package dev.backline.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stops a server while clients connect. */
class GracefulConnectorTest {
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final int PATIENCE = 10_000;

    private static final int ROUNDS = 60;

    private Server server = new Server();
    private ServerConnector connector = new ServerConnector(server);

    @BeforeEach
    void create() {
        QueuedThreadPool threads = new QueuedThreadPool(16, 4);
        threads.setDaemon(true);
        server = new Server(threads);
        connector = new GracefulConnector(server, new HttpConfiguration());
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setStopTimeout(PATIENCE);
        server.setHandler(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                response.write(true, ByteBuffer.wrap("ok\n".getBytes(StandardCharsets.UTF_8)), callback);
                return true;
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void answersAConnectionThatHasNoEndpointYetWhenTheStopComes() throws Exception {
        CountDownLatch accepted = new CountDownLatch(1);
        CountDownLatch stopping = new CountDownLatch(1);
        connector.addBean(new SelectorManager.AcceptListener() {
            @Override
            public void onAccepted(SelectableChannel channel) {
                // Jetty creates the endpoint after this.
                accepted.countDown();
                await(stopping);
            }
        });
        server.start();
        try (Socket client = new Socket("127.0.0.1", connector.getLocalPort())) {
            await(accepted);
            Thread stop = new Thread(this::stopQuietly);
            stop.start();
            stop.join(500);
            assertThat(connector.isOpen()).isFalse();
            stopping.countDown();

            assertThat(answer(client)).startsWith("HTTP/1.1 200");
            stop.join(PATIENCE);
            assertThat(stop.isAlive()).isFalse();
        }
    }

    @Test
    void answersEachConnectionThatItAcceptsWhileClientsConnect() throws Exception {
        Set<Integer> accepted = ConcurrentHashMap.newKeySet();
        Queue<String> waiting = new ConcurrentLinkedQueue<>();
        int answers = 0;
        for (int round = 0; round < ROUNDS && waiting.isEmpty(); round++) {
            create();
            connector.addBean(new SelectorManager.AcceptListener() {
                @Override
                public void onAccepting(SelectableChannel channel) {
                    accepted.add(port(channel));
                }
            });
            server.start();
            Set<Integer> answered = ConcurrentHashMap.newKeySet();
            List<Thread> clients = clients(connector.getLocalPort(), answered, waiting);
            Thread.sleep(20);
            server.stop();
            for (Thread client : clients) {
                client.join();
            }
            accepted.removeAll(answered);
            answers += answered.size();
        }
        assertThat(waiting).isEmpty();
        assertThat(accepted).isEmpty();
        assertThat(answers).isGreaterThan(ROUNDS);
    }

    /** Clients that connect until nothing listens. A client waits if its connection was accepted and then forgotten. */
    private static List<Thread> clients(int port, Set<Integer> answered, Queue<String> waiting) {
        List<Thread> clients = new ArrayList<>();
        AtomicBoolean closed = new AtomicBoolean();
        for (int i = 0; i < 8; i++) {
            Thread client = new Thread(() -> {
                while (!closed.get()) {
                    try (Socket socket = new Socket("127.0.0.1", port)) {
                        if (answer(socket).startsWith("HTTP/1.1 200")) {
                            answered.add(socket.getLocalPort());
                        }
                    } catch (SocketTimeoutException e) {
                        waiting.add(e.toString());
                    } catch (IOException e) {
                        closed.set(true);
                    }
                }
            });
            clients.add(client);
            client.start();
        }
        return clients;
    }

    private static String answer(Socket socket) throws IOException {
        socket.setSoTimeout(PATIENCE);
        socket.getOutputStream().write(REQUEST);
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static int port(SelectableChannel channel) {
        try {
            return ((InetSocketAddress) ((SocketChannel) channel).getRemoteAddress()).getPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE, TimeUnit.MILLISECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void stopQuietly() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
