package dev.backline.server;

import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers requests that the HTTP library cannot read with one sentence. The sentence names nothing of this machine. */
final class Errors extends ErrorHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        Service.send(
                response,
                callback,
                status,
                "text/plain; charset=utf-8",
                sentence(status).getBytes(StandardCharsets.UTF_8));
        return true;
    }

    private static String sentence(int status) {
        return "The request failed: " + HttpStatus.getMessage(status) + ".\n";
    }
}
