package dev.backline.server;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The formats of answers, by their media types. */
enum Format {
    TEXT("text/plain", "text"),
    NDJSON("application/x-ndjson", "json"),
    JSON("application/json", "json"),
    HTML("text/html", "html"),
    MARKDOWN("text/markdown", "markdown");

    private final String mediaType;
    private final String option;

    Format(String mediaType, String option) {
        this.mediaType = mediaType;
        this.option = option;
    }

    String mediaType() {
        return mediaType;
    }

    /** {@return the value of the header Content-Type} */
    String contentType() {
        return this == NDJSON || this == JSON ? mediaType : mediaType + "; charset=utf-8";
    }

    /** {@return the value of the command's option --format} */
    String option() {
        return option;
    }

    /**
     * {@return the format that a client wants most}
     *
     * @param accepted the client's media types, the most wanted first; if there are none, it takes anything
     * @param possible the formats of an answer; the first one is for a client that takes anything
     */
    static @Nullable Format wanted(List<String> accepted, List<Format> possible) {
        if (accepted.isEmpty()) {
            return possible.get(0);
        }
        for (String each : accepted) {
            int parameters = each.indexOf(';');
            String type = (parameters < 0 ? each : each.substring(0, parameters))
                    .strip()
                    .toLowerCase(Locale.ROOT);
            for (Format format : possible) {
                boolean any = type.equals("*/*")
                        || (type.endsWith("/*") && format.mediaType.startsWith(type.substring(0, type.length() - 1)));
                if (any || format.mediaType.equals(type)) {
                    return format;
                }
            }
        }
        return null;
    }
}
