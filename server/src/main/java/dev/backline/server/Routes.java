package dev.backline.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Which address has which answer. */
final class Routes extends Handler.Abstract {
    private static final String JSON = "application/json";

    /** The types of bodies that are logs; curl --data-binary names the last one. Text of any kind is one too. */
    private static final Set<String> LOGS = Set.of(
            "application/octet-stream",
            "application/gzip",
            "application/x-gzip",
            "application/x-xz",
            "application/zstd",
            "application/x-zstd",
            "application/x-bzip2",
            "application/x-tar",
            "application/zip",
            JSON,
            "application/x-ndjson",
            "message/rfc822",
            "application/x-www-form-urlencoded");

    /** The encodings of a body, which the log's first bytes show too. */
    private static final Set<String> ENCODINGS = Set.of("identity", "gzip", "x-gzip", "zstd", "xz", "bzip2");

    private final Service service;
    private final Page page;
    private final byte[] openApi;

    Routes(Service service, Page page) throws IOException {
        this.service = service;
        this.page = page;
        openApi = Page.resource("/dev/backline/server/openapi.json").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        HttpFields.Mutable headers = response.getHeaders();
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put("X-Frame-Options", "DENY");
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        headers.put("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
        if (service.isStopping()) {
            headers.put(HttpHeader.CONNECTION, "close");
        }
        try {
            route(request, response, callback);
        } catch (Refusal e) {
            service.refuse(request, response, callback, e);
        } catch (RuntimeException e) {
            service.complain("a request failed", e);
            service.refuse(request, response, callback, new Refusal(500, "The service failed."));
        }
        return true;
    }

    private void route(Request request, Response response, Callback callback) throws Refusal {
        String path = String.valueOf(request.getHttpURI().getCanonicalPath());
        Question question = Question.at(path);
        if (question != null) {
            method(request, response, "POST");
            ask(question, request, response, callback);
            return;
        }
        switch (path) {
            case "/" -> {
                get(request, response);
                response.getHeaders().put("Content-Security-Policy", page.policy());
                Service.send(response, callback, 200, "text/html; charset=utf-8", page.html());
            }
            case "/healthz" -> {
                get(request, response);
                Service.send(
                        response, callback, 200, "text/plain; charset=utf-8", "ok\n".getBytes(StandardCharsets.UTF_8));
            }
            case "/metrics" -> {
                get(request, response);
                Service.send(
                        response,
                        callback,
                        200,
                        "text/plain; version=0.0.4; charset=utf-8",
                        service.metrics().text().getBytes(StandardCharsets.UTF_8));
            }
            case "/openapi.json" -> {
                get(request, response);
                Service.send(response, callback, 200, JSON, openApi.clone());
            }
            case "/v1/kernels" -> {
                get(request, response);
                Service.send(response, callback, 200, JSON, service.kernelsJson());
            }
            default -> throw new Refusal(404, "There is nothing at this address; /openapi.json lists what there is.");
        }
    }

    private static void get(Request request, Response response) throws Refusal {
        method(request, response, "GET", "HEAD");
    }

    private static void method(Request request, Response response, String... allowed) throws Refusal {
        if (!List.of(allowed).contains(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, String.join(", ", allowed));
            throw new Refusal(405, "This address takes " + String.join(" and ", allowed) + ".");
        }
    }

    private void ask(Question question, Request request, Response response, Callback callback) throws Refusal {
        List<String> accepted = request.getHeaders().getQualityCSV(HttpHeader.ACCEPT);
        Format format = Format.wanted(accepted, question.formats());
        if (format == null) {
            throw new Refusal(
                    406,
                    question.path() + " answers with "
                            + String.join(
                                    ", ",
                                    question.formats().stream()
                                            .map(Format::mediaType)
                                            .toList())
                            + ".");
        }
        List<String> arguments = question.arguments(Service.parameters(request), format);
        type(request);
        if (request.getLength() > service.options().maxBody()) {
            throw Body.tooLarge(service.options().maxBody());
        }
        new Exchange(service, question, format, arguments, request, response, callback).begin();
    }

    private static void type(Request request) throws Refusal {
        String type = plain(request.getHeaders().get(HttpHeader.CONTENT_TYPE));
        if (type != null && !type.startsWith("text/") && !LOGS.contains(type)) {
            throw new Refusal(
                    415, "Send the log itself as the body, such as with curl --data-binary @FILE, also compressed.");
        }
        String encoding = plain(request.getHeaders().get(HttpHeader.CONTENT_ENCODING));
        if (encoding != null && !ENCODINGS.contains(encoding)) {
            throw new Refusal(415, "Send the log as it is, or compressed with gzip, xz, zstd or bzip2.");
        }
    }

    private static @Nullable String plain(@Nullable String header) {
        if (header == null) {
            return null;
        }
        int parameters = header.indexOf(';');
        return (parameters < 0 ? header : header.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }
}
