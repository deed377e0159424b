package dev.backline.server;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * One question and its answer. The body arrives without a thread that waits for it; then a worker runs the command on it, with
 * the body as standard input and the answer as standard output.
 */
final class Exchange {
    /** How the commands name the log in messages, and what an answer has for it. */
    private static final String STANDARD_INPUT = "standard input";

    /** What a command says besides its answer has a bound of its own; this is beyond it. */
    private static final int MOST_NOTES = 1 << 20;

    private static final String COMPLAINT = "backline: ";

    private final Service service;
    private final ServeOptions options;
    private final Question question;
    private final Format format;
    private final List<String> arguments;
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Body body;
    private final long begin = System.nanoTime();
    private final boolean counts;
    private @Nullable Future<?> alarm;
    private boolean arrived;

    Exchange(
            Service service,
            Question question,
            Format format,
            List<String> arguments,
            Request request,
            Response response,
            Callback callback) {
        this.service = service;
        this.options = service.options();
        this.question = question;
        this.format = format;
        this.arguments = List.copyOf(arguments);
        this.request = request;
        this.response = response;
        this.callback = callback;
        counts = service.metrics().hasBegun();
        body = service.newBody();
    }

    /** Begins to read the body. */
    void begin() {
        synchronized (this) {
            alarm = service.timer().schedule(this::late, options.timeout(), TimeUnit.SECONDS);
        }
        read();
    }

    private void read() {
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this::read);
                return;
            }
            Throwable failure = Content.Chunk.isFailure(chunk) ? chunk.getFailure() : null;
            if (failure instanceof TimeoutException && !chunk.isLast()) {
                // The connection was idle, for a shorter time if the service is stopping. The alarm ends a slow body.
                chunk.release();
                continue;
            }
            if (failure != null) {
                chunk.release();
                if (ends()) {
                    broken(failure);
                }
                return;
            }
            try {
                synchronized (this) {
                    if (arrived) {
                        return;
                    }
                    body.add(chunk.getByteBuffer());
                }
            } catch (Refusal e) {
                if (ends()) {
                    refuse(e);
                }
                return;
            } finally {
                chunk.release();
            }
            if (chunk.isLast()) {
                if (ends()) {
                    enqueue();
                }
                return;
            }
        }
    }

    /** Ends the reading of the body. Returns false if it has ended already. */
    private synchronized boolean ends() {
        boolean first = !arrived;
        arrived = true;
        if (alarm != null) {
            alarm.cancel(false);
        }
        return first;
    }

    private void late() {
        if (ends()) {
            refuse(tooSlow());
        }
    }

    private Refusal tooSlow() {
        return new Refusal(408, "The body did not arrive within " + options.timeout() + " seconds.");
    }

    /** Ends an exchange whose body cannot be read to its end. */
    private void broken(Throwable failure) {
        if (failure instanceof TimeoutException) {
            refuse(tooSlow());
        } else {
            free();
            callback.failed(failure);
        }
    }

    private void enqueue() {
        if (body.isDropped()) {
            refuse(new Refusal(429, "The service has no memory for more logs now; try again in a moment."));
            return;
        }
        try {
            service.workers().execute(this::work);
        } catch (RejectedExecutionException e) {
            refuse(
                    service.isStopping()
                            ? new Refusal(503, "The service is stopping.")
                            : new Refusal(
                                    429,
                                    "The service has " + options.queue() + " logs waiting; try again in a moment."));
        }
    }

    private void work() {
        Deadline deadline = Deadline.in(options.timeout());
        AnswerStream answer = new AnswerStream(response, deadline);
        ByteArrayOutputStream notes = new ByteArrayOutputStream();
        Kernels.Lease kernels = service.kernels().borrow();
        try (InputStream packed = body.stream();
                InputStream log =
                        LogText.of(STANDARD_INPUT, packed, question == Question.TRIAGE, options.maxLog(), deadline)) {
            response.setStatus(200);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, format.contentType());
            write(log, answer, notes, kernels);
            free();
            answer.finish(counted(200));
        } catch (IOException | UsageException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
            Refusal refusal = refusal(e, deadline);
            if (answer.hasBegun()) {
                free();
                cut(answer, refusal);
            } else {
                response.reset();
                refuse(refusal);
            }
        } finally {
            service.kernels().giveBack(kernels);
        }
    }

    /** Says that an answer is not whole after its status was sent: in a last line, or by no end of the last chunk. */
    private void cut(AnswerStream answer, Refusal refusal) {
        if (format == Format.TEXT) {
            answer.cut(COMPLAINT + "the answer ends here: " + refusal.sentence(), counted(refusal.status()));
        } else if (format == Format.NDJSON) {
            JsonObject line = new JsonObject();
            line.addProperty("error", refusal.sentence());
            answer.cut(line.toString(), counted(refusal.status()));
        } else {
            count(refusal.status());
            callback.failed(refusal);
        }
    }

    private void write(InputStream log, AnswerStream answer, ByteArrayOutputStream notes, Kernels.Lease kernels)
            throws IOException, UsageException {
        String list = format == Format.JSON ? question.list() : null;
        JsonList lines = list == null ? null : new JsonList(answer, list);
        OutputStream printed = lines == null ? answer : lines;
        PrintStream complaints = new PrintStream(notes, false, StandardCharsets.UTF_8);
        // No environment: nothing of this machine's may have an effect on an answer.
        Console console = new Console(log, new Output(printed), complaints, Map.of(), false, false);
        question.answer(arguments, console, kernels.pool());
        console.out().flush();
        complaints.flush();
        String said = notes.toString(StandardCharsets.UTF_8);
        if (lines != null) {
            lines.end();
            answer.write((",\"notes\":" + new Gson().toJson(sentences(said)) + "}\n").getBytes(StandardCharsets.UTF_8));
        } else if (format == Format.TEXT) {
            answer.write(forClients(said.substring(0, Math.min(said.length(), MOST_NOTES)))
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    private static List<String> sentences(String said) {
        return said.lines()
                .map(line -> line.startsWith(COMPLAINT) ? line.substring(COMPLAINT.length()) : line)
                .map(Exchange::forClients)
                .toList();
    }

    /** Complaints of a command as its users at a distance can follow them. */
    private static String forClients(String complaints) {
        return complaints
                .replace(STANDARD_INPUT, "the log")
                .replace("; --format json says which", "; the JSON answers say which")
                .replace(
                        "; to annotate stack traces, type: backline symbolize LOG",
                        "; /v1/symbolize annotates stack traces");
    }

    private Refusal refusal(Throwable failure, Deadline deadline) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof Refusal refusal) {
                return refusal;
            }
        }
        if (deadline.isOver()) {
            return deadline.refusal();
        }
        if (failure instanceof OutOfMemoryError) {
            service.complain(
                    "not enough memory for " + question.command() + " of " + body.length() + " bytes", failure);
            return new Refusal(503, "The service has too little memory for this log.");
        }
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof UsageException) {
            return new Refusal(400, message);
        }
        if (failure instanceof IOException && message.startsWith(STANDARD_INPUT)) {
            String reason = message.substring(STANDARD_INPUT.length() + 2);
            // What follows is an option of the command.
            int advice = reason.indexOf("; give it with");
            return new Refusal(
                    400, "The log cannot be read: " + (advice < 0 ? reason : reason.substring(0, advice)) + ".");
        }
        service.complain(question.command() + " failed", failure);
        return new Refusal(500, "The service failed; its administrator finds the reason in its log.");
    }

    private void refuse(Refusal refusal) {
        free();
        service.refuse(request, response, counted(refusal.status()), refusal);
    }

    private void free() {
        body.free();
    }

    private Duration spent() {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private Callback counted(int status) {
        return Callback.from(callback, () -> count(status));
    }

    private void count(int status) {
        if (counts) {
            service.metrics().answered(question.command(), status, spent(), body.length());
        }
    }
}
