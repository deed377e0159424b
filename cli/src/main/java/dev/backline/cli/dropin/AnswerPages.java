package dev.backline.cli.dropin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The text of answers that several threads make in any order, to be written in the order of the questions. Each thread
 * has its own pages, and each answer is within one page.
 */
final class AnswerPages {
    private static final int PAGE = 1 << 16;

    /** Estimated bytes of an answer, so that a batch of one question does not allocate a whole page. */
    private static final int ANSWER = 512;

    private final byte[][] pages;
    private final int[] starts;
    private final int[] ends;
    private final long limit;
    private final AtomicLong bytes = new AtomicLong();

    /**
     * @param questions the number of questions
     * @param limit the most bytes of all answers, besides one page per thread
     */
    AnswerPages(int questions, long limit) {
        pages = new byte[questions][];
        starts = new int[questions];
        ends = new int[questions];
        this.limit = limit;
    }

    /** Whether the limit was exceeded, so that answers may be missing. */
    boolean isFull() {
        return bytes.get() > limit;
    }

    /** Writes all answers. Every question must have an answer. */
    void writeTo(Output out) throws IOException {
        for (int i = 0; i < pages.length; i++) {
            out.print(pages[i], starts[i], ends[i]);
        }
    }

    /** {@return a writer for one thread} */
    Writer writer() {
        return new Writer();
    }

    /** Appends answers, each from its first byte to {@link #end}. Not thread-safe. */
    final class Writer {
        private byte[] page = {};
        private int begin;
        private int used;

        /** Ends the answer to a question: {@return whether more answers fit} */
        boolean end(int question) {
            pages[question] = page;
            starts[question] = begin;
            ends[question] = used;
            begin = used;
            return !isFull();
        }

        /** Appends one ASCII character. */
        void append(char character) {
            if (used == page.length) {
                turn(1);
            }
            page[used++] = (byte) character;
        }

        /** Appends bytes as they are. */
        void append(byte[] text) {
            if (text.length > page.length - used) {
                turn(text.length);
            }
            System.arraycopy(text, 0, page, used, text.length);
            used += text.length;
        }

        /** Appends text from a file with control characters escaped, as {@link Printable} does. */
        void appendPrintable(String text) {
            int length = text.length();
            if (length > page.length - used) {
                turn(length);
            }
            byte[] into = page;
            int at = used;
            for (int i = 0; i < length; i++) {
                char c = text.charAt(i);
                if (c < 0x20 || c >= 0x7f) {
                    append(Printable.of(text).getBytes(UTF_8));
                    return;
                }
                into[at++] = (byte) c;
            }
            used = at;
        }

        /** Appends a number that is not negative. */
        void appendDecimal(int number) {
            int digits = 1;
            for (int rest = number; rest >= 10; rest /= 10) {
                digits++;
            }
            if (digits > page.length - used) {
                turn(digits);
            }
            int rest = number;
            for (int at = used + digits - 1; at >= used; at--) {
                page[at] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
            used += digits;
        }

        /** Appends a number with this many hexadecimal digits. */
        void appendHexadecimal(long number, int digits) {
            if (digits > page.length - used) {
                turn(digits);
            }
            for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
                int digit = (int) (number >>> shift) & 0xf;
                page[used++] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
            }
        }

        /** Moves the current answer to a new page with this many free bytes. */
        private void turn(int free) {
            int begun = used - begin;
            int usual = Math.min(PAGE, ANSWER * pages.length);
            byte[] next = new byte[Math.max(usual, 2 * begun + free)];
            System.arraycopy(page, begin, next, 0, begun);
            bytes.addAndGet(next.length);
            page = next;
            begin = 0;
            used = begun;
        }
    }
}
