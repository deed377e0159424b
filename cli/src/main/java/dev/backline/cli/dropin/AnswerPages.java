package dev.backline.cli.dropin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers as text, made by several threads in any order and written in the order of their questions. Each thread
 * appends to pages of its own; an answer lies within one page.
 */
final class AnswerPages {
    private static final int PAGE = 1 << 16;

    /** Of an answer, as a guess: a batch of one question should not take a whole page. */
    private static final int ANSWER = 512;

    private final byte[][] pages;
    private final int[] starts;
    private final int[] ends;
    private final long limit;
    private final AtomicLong bytes = new AtomicLong();

    /**
     * @param questions how many there are
     * @param limit how many bytes all answers together may have, but for one page for each thread
     */
    AnswerPages(int questions, long limit) {
        pages = new byte[questions][];
        starts = new int[questions];
        ends = new int[questions];
        this.limit = limit;
    }

    /** Whether there was too much text: some answers may be missing. */
    boolean isFull() {
        return bytes.get() > limit;
    }

    /** Writes all answers; every question must have one. */
    void writeTo(Output out) throws IOException {
        for (int i = 0; i < pages.length; i++) {
            out.print(pages[i], starts[i], ends[i]);
        }
    }

    /** Where one thread writes its answers. */
    Writer writer() {
        return new Writer();
    }

    /** Appends answers, each from its first byte to {@link #end}. Not thread-safe. */
    final class Writer {
        private byte[] page = {};
        private int begin;
        private int used;

        /** Ends the answer to a question: {@return whether there may be more} */
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

        /** Appends text from a file, such that it is safe to show: see {@link Printable}. */
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

        /** Appends a number of 0 or more. */
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

        /** Appends so many hexadecimal digits. */
        void appendHexadecimal(long number, int digits) {
            if (digits > page.length - used) {
                turn(digits);
            }
            for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
                int digit = (int) (number >>> shift) & 0xf;
                page[used++] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
            }
        }

        /** Goes on with the answer in a new page that has so many bytes free. */
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
