package dev.backline.fuzz;

/** Whether a text is one value of JSON (RFC 8259), nested less than a hundred levels deep. Bytes above 127 are not decoded. */
final class StrictJson {
    private static final int MAX_DEPTH = 100;

    private final byte[] text;
    private int at;
    private int depth;

    private StrictJson(byte[] text) {
        this.text = text;
    }

    static boolean isValid(byte[] text) {
        StrictJson json = new StrictJson(text);
        return json.value() && json.at == text.length;
    }

    private int peek() {
        return at < text.length ? text[at] : -1;
    }

    private boolean skip(char c) {
        boolean found = peek() == c;
        at += found ? 1 : 0;
        return found;
    }

    private boolean word(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (!skip(word.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private void blanks() {
        while (skip(' ') || skip('\t') || skip('\n') || skip('\r')) {
            // The loop's condition moves on.
        }
    }

    private boolean value() {
        blanks();
        boolean valid = switch (peek()) {
            case '{' -> list('{', '}');
            case '[' -> list('[', ']');
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        };
        blanks();
        return valid;
    }

    private boolean list(char open, char close) {
        depth++;
        skip(open);
        blanks();
        boolean valid = depth < MAX_DEPTH;
        if (valid && !skip(close)) {
            do {
                valid = open == '{' ? member() : value();
            } while (valid && skip(','));
            valid &= skip(close);
        }
        depth--;
        return valid;
    }

    private boolean member() {
        blanks();
        boolean name = string();
        blanks();
        return name && skip(':') && value();
    }

    private boolean string() {
        if (!skip('"')) {
            return false;
        }
        while (at < text.length && !skip('"')) {
            int c = text[at++];
            if (c >= 0 && c < ' ') {
                return false;
            }
            if (c == '\\') {
                int kind = peek();
                at++;
                if (kind == 'u') {
                    for (int i = 0; i < 4; i++) {
                        if (Character.digit(peek(), 16) < 0) {
                            return false;
                        }
                        at++;
                    }
                } else if (kind < 0 || "\"\\/bfnrt".indexOf(kind) < 0) {
                    return false;
                }
            }
        }
        return at <= text.length && text[at - 1] == '"';
    }

    private boolean digits() {
        int from = at;
        while (Character.isDigit(peek())) {
            at++;
        }
        return at > from;
    }

    private boolean number() {
        skip('-');
        boolean valid = skip('0') || digits();
        valid &= !skip('.') || digits();
        if (skip('e') || skip('E')) {
            if (!skip('+')) {
                skip('-');
            }
            valid &= digits();
        }
        return valid;
    }
}
