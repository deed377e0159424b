package dev.backline.diagnose;

import java.util.Locale;

/** How sure a diagnosis is. */
public enum Confidence {
    /** What was captured leaves nothing else. */
    CERTAIN,
    /** It fits, and so would something that is much rarer or that the capture cannot show. */
    LIKELY,
    /** One of several. */
    POSSIBLE;

    /** {@return the name in JSON output} */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
