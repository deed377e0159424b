package dev.backline.server;

import java.nio.channels.SelectableChannel;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.Graceful;

/**
 * A connector whose shutdown ends when each connection that it has accepted is closed. The shutdown of Jetty's connector does not
 * wait for a connection that is accepted but has no endpoint yet.
 */
final class GracefulConnector extends ServerConnector implements SelectorManager.AcceptListener {
    private final Set<Object> accepted = ConcurrentHashMap.newKeySet();

    private final Graceful.Shutdown closed = new Graceful.Shutdown(this) {
        @Override
        public boolean isShutdownDone() {
            return accepted.isEmpty();
        }
    };

    GracefulConnector(Server server, HttpConfiguration http) {
        super(server, 1, 1, new HttpConnectionFactory(http));
        getSelectorManager().addEventListener(this);
    }

    @Override
    public CompletableFuture<Void> shutdown() {
        // After the first step, no thread accepts connections.
        return super.shutdown().thenCompose(done -> closed.shutdown());
    }

    /**
     * Wakes the thread that accepts connections, but does not interrupt it: in recent JDKs, an interrupted accept() loses the
     * connection that it has just accepted. A shutdown has closed the channel, so accept() ends without an interrupt.
     */
    @Override
    protected void interruptAcceptors() {
        setAccepting(true);
    }

    @Override
    public void onAccepting(SelectableChannel channel) {
        accepted.add(channel);
    }

    @Override
    public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
        remove(channel);
    }

    @Override
    protected void onEndPointOpened(EndPoint endpoint) {
        super.onEndPointOpened(endpoint);
        if (isShutdown()) {
            endpoint.setIdleTimeout(getShutdownIdleTimeout());
        }
    }

    @Override
    protected void onEndPointClosed(EndPoint endpoint) {
        super.onEndPointClosed(endpoint);
        remove(endpoint.getTransport());
    }

    private void remove(Object channel) {
        accepted.remove(channel);
        closed.check();
    }
}
