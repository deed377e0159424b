package dev.backline.diagnose;

import java.util.Locale;

/** How certain a diagnosis is. */
public enum Confidence {
    /** The capture leaves no other cause. */
    CERTAIN,
    /** The cause fits; another one, much rarer or invisible in the capture, would fit too. */
    LIKELY,
    /** One of several causes that fit. */
    POSSIBLE;

    /** {@return the name in JSON output} */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
