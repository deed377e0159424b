package dev.backline.capture;

import dev.backline.intake.Excerpt;
import dev.backline.intake.KernelLine;
import dev.backline.intake.LogReader;
import dev.backline.trace.KernelFacts;
import dev.backline.trace.LineFrame;
import dev.backline.trace.Pc;
import dev.backline.trace.TraceReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads captures line by line, and passes what it finds to a {@link CaptureListener}. Several files may follow each other, as
 * log rotation splits them. Memory does not grow with the length of a capture. Not thread-safe.
 */
public final class CaptureReader {
    /** The number of characters shown of a line that could not be read. */
    public static final int SHOWN = 200;

    /** Longer lines are cut: no format has them. */
    private static final int MAX_LINE = 1 << 16;

    /** Longer event lines are decoded to text first. */
    private static final int MAX_EVENT = 4096;

    /** How many events may wait for their stacks, where the lines of several events are mixed. */
    private static final int MAX_WAITING = 8;

    /** Messages of staprun, bpftrace, trace-cmd and perf, in this order, and of SystemTap about skipped probes. */
    private static final Pattern LOST = Pattern.compile("(?:.*There were (\\d{1,18}) transport failures.*"
            + "|Lost (\\d{1,18}) events.*"
            + "|CPU:? ?\\d+ \\[(?:LOST (\\d{1,18}) EVENTS|EVENTS DROPPED)].*"
            + "|.*PERF_RECORD_LOST.*lost (\\d{1,18}).*"
            + "|.*Number of errors: \\d+, skipped probes: (\\d{1,18}).*)");

    private static final Pattern SYSLOG = Pattern.compile(
            "[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d [\\w.-]{1,64} [\\w./@-]{1,64}(?:\\[\\d{1,10}])?: ");

    private final CaptureListener listener;
    private final TraceReader trace = new TraceReader();
    private final BacklineLines backline = new BacklineLines();
    private final Deque<Draft> waiting = new ArrayDeque<>();

    /** The event that the next frame belongs to. */
    private @Nullable Draft current;

    /** The lines of several stacks that were printed at the same time; null while one stack is printed. */
    private @Nullable MixedStacks mixed;

    /** Whether events of the current file were printed one by one. A map at the end counts the same events again. */
    private boolean singleEvents;

    /** The first lines of the current file, as long as it has no event: they tell what it is. */
    private final List<String> firstLines = new ArrayList<>();

    /** The previous line, if it is of no known format. */
    private @Nullable String lineBefore;

    /** Whether the current file has an event. */
    private boolean hasEvents;

    private String file = "-";
    private long number;

    /** The number of the line before the current file's first one, in the stream. */
    private long base;

    /** The file that follows the one that is read, and the last line before it; null when none does. */
    private @Nullable String nextFile;

    private long lastOfFile;

    /** Whether the stream has ended inside of a line. */
    private boolean insideLine;

    private boolean reading;

    /** Stacks in backline's own notation. A stack whose text was seen before is not parsed again. */
    private final KnownStacks known = new KnownStacks();

    private @Nullable KernelFacts factsOfKnown;

    /** Whether the previous line was an event of backline's own scripts. */
    private boolean stackMayFollow;

    /** The last event line, and its stack, when {@link #trace} has not read them. */
    private byte[] unseen = new byte[1024];

    private int unseenLength;
    private byte @Nullable [] unseenStack;

    /**
     * A reader that has read nothing.
     *
     * @param listener receives the events
     */
    public CaptureReader(CaptureListener listener) {
        this.listener = listener;
    }

    /** {@return what the lines so far say about their kernel} */
    public KernelFacts kernelFacts() {
        return trace.facts();
    }

    /**
     * Reads a file to its end, whatever a collector, a mail program or a person made of its lines ({@link LogReader}). A stack
     * may continue in the next file.
     *
     * @param name how events and messages name the file
     * @param in its text; read to its end and not closed
     * @throws IOException when it cannot be read
     */
    public void read(String name, InputStream in) throws IOException {
        startOf(name);
        LogReader log = new LogReader(new Rotated(in));
        log.handTo(new OwnLines());
        base = 0;
        reading = true;
        try {
            while (log.next()) {
                Excerpt excerpt = log.excerpt();
                long line = excerpt.number();
                if (nextFile != null && line > lastOfFile) {
                    begins(nextFile);
                    base = lastOfFile;
                }
                for (KernelLine each : excerpt.lines()) {
                    number = line - base;
                    line(each);
                }
                number = line - base;
            }
        } finally {
            reading = false;
            endOfFile();
        }
    }

    /**
     * Says that the following lines belong to another file. To be called before a file, or by the stream that {@link #read}
     * reads.
     *
     * @param name how events and messages name the file
     */
    public void startOf(String name) {
        if (reading) {
            // The lines before are read, but for the last one if it has no end.
            nextFile = name;
            lastOfFile = base + number + (insideLine ? 1 : 0);
        } else {
            begins(name);
        }
    }

    private void begins(String name) {
        endOfFile();
        nextFile = null;
        file = name;
        number = 0;
        singleEvents = false;
    }

    /** Says what a file is that is not a capture. */
    private void endOfFile() {
        for (Draft draft : waiting) {
            hasEvents |= draft.missing() == null;
        }
        TextKind kind = hasEvents ? null : TextKind.of(firstLines);
        firstLines.clear();
        hasEvents = false;
        if (kind != null && kind != TextKind.CAPTURE) {
            listener.otherKind(file, kind);
        }
    }

    /**
     * Says that nothing has come for a while: the listener gets all events so far, also one whose stack may be incomplete. To
     * be called by the stream that {@link #read} reads.
     */
    public void pause() {
        finish();
    }

    /** A stream that may go on with another file: a line ends where its file does. */
    private final class Rotated extends InputStream {
        private final InputStream in;

        Rotated(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            boolean wasInside = insideLine;
            String before = nextFile;
            int read = in.read(bytes, from, wasInside && length > 1 ? length - 1 : length);
            if (read <= 0) {
                return read;
            }
            insideLine = bytes[from + read - 1] != '\n';
            if (wasInside && length > 1 && before == null && nextFile != null) {
                System.arraycopy(bytes, from, bytes, from + 1, read);
                bytes[from] = '\n';
                return read + 1;
            }
            return read;
        }

        @Override
        public int available() throws IOException {
            return in.available();
        }
    }

    /** Takes the events of backline's own scripts, and the stacks behind them, without decoding them to text. */
    private final class OwnLines implements LogReader.PlainLines {
        private int lines;

        @Override
        public int take(byte[] bytes, int from, int to, boolean last) {
            lines = 0;
            int at = from;
            while (at < to) {
                int next =
                        stackMayFollow && isIndented(bytes[at]) ? stack(bytes, at, to, last) : eventLine(bytes, at, to);
                if (next <= at) {
                    return next == MORE && at == from ? MORE : at;
                }
                at = next;
            }
            return at;
        }

        @Override
        public int lines() {
            return lines;
        }

        /** Returns where the next line starts if an event line starts here; else {@code from}. */
        private int eventLine(byte[] bytes, int from, int end) {
            if (from + 5 > end
                    || bytes[from] != 'r'
                    || bytes[from + 1] != 's'
                    || bytes[from + 2] != 't'
                    || bytes[from + 3] != ' '
                    || nextFile != null) {
                return from;
            }
            int limit = Math.min(end, from + MAX_EVENT);
            int to = newline(bytes, from, limit);
            int length = to - from;
            if (to == limit || length < 5 || bytes[to - 1] < ' ') {
                return from;
            }
            Draft head = backline.event(file, number + 1, bytes, from, to);
            if (head == null || backline.mayHoldFrame()) {
                return from;
            }
            number++;
            lines++;
            begin(head);
            if (unseen.length < length) {
                unseen = new byte[length];
            }
            System.arraycopy(bytes, from, unseen, 0, length);
            unseenLength = length;
            unseenStack = null;
            stackMayFollow = true;
            return to + 1;
        }

        /** The position after a stack; the same position if it is too long, {@link #MORE} if its end is not there. */
        private int stack(byte[] bytes, int from, int end, boolean last) {
            int at = from;
            while (at < end && isIndented(bytes[at])) {
                at = newline(bytes, at, end) + 1;
            }
            if (at - from > KnownStacks.MAX_TEXT) {
                stackMayFollow = false;
                return from;
            }
            if (at > end || (at == end && !last)) {
                return MORE;
            }
            stackMayFollow = false;
            if (!CaptureReader.this.stack(bytes, from, at)) {
                return from;
            }
            int before = lines;
            for (int i = from; i < at; i++) {
                lines += bytes[i] == '\n' ? 1 : 0;
            }
            assert lines > before;
            return at;
        }
    }

    private static boolean isIndented(byte c) {
        return c == ' ' || c == '\t';
    }

    /** The end of the line; the end of the bytes when the line continues after it. */
    private static int newline(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && bytes[at] != '\n') {
            at++;
        }
        return at;
    }

    /** Takes the lines of a stack; parses them only if their text is new. Returns false if they are not as printed. */
    @SuppressWarnings("ReferenceEquality") // the reader gives the same facts until the log says something new
    private boolean stack(byte[] bytes, int from, int after) {
        KernelFacts facts = trace.facts();
        if (facts != factsOfKnown) {
            if (factsOfKnown == null
                    || facts.boots() != factsOfKnown.boots()
                    || !facts.moduleBuildIds().equals(factsOfKnown.moduleBuildIds())) {
                known.clear();
            }
            factsOfKnown = facts;
        }
        Draft draft = Objects.requireNonNull(current);
        KnownStacks.Known found = known.get(bytes, from, after);
        if (found != null && draft.takes(found.shape().first())) {
            draft.stack(new ProbeStack(found.shape(), number + 1));
            number += found.lines();
            unseenStack = found.text();
            return true;
        }
        for (int i = from; i < after; i++) {
            if (bytes[i] < ' ' && bytes[i] != '\n' && bytes[i] != '\t') {
                // Colours, or characters that are not ASCII: not as a script prints it.
                return false;
            }
        }
        byte[] text = Arrays.copyOfRange(bytes, from, after);
        int lines = 0;
        for (int at = from; at < after; lines++) {
            int newline = newline(bytes, at, after);
            line(new String(bytes, at, newline - at, StandardCharsets.ISO_8859_1));
            at = newline + 1;
        }
        ProbeStack.Shape whole = current == draft ? draft.wholeStack(lines) : null;
        if (whole != null) {
            draft.stack(new ProbeStack(whole, number - lines + 1));
            known.put(new KnownStacks.Known(text, whole, lines));
        }
        return true;
    }

    /** Passes the lines that were taken without {@link #trace} on to it. */
    private void catchUp() {
        if (unseenLength == 0) {
            return;
        }
        trace.next(unseen, 0, unseenLength);
        unseenLength = 0;
        byte[] stack = unseenStack;
        unseenStack = null;
        for (int from = 0, to = 0; stack != null && to < stack.length; to++) {
            if (stack[to] == '\n') {
                trace.next(stack, from, to);
                from = to + 1;
            }
        }
    }

    /**
     * Reads the next line.
     *
     * @param raw without its line end, decoded as ISO-8859-1
     */
    public void line(String raw) {
        number++;
        catchUp();
        String line = raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw;
        line(line, 0, trace.next(line));
    }

    /** Reads a line that was found in the log. */
    private void line(KernelLine found) {
        catchUp();
        byte[] bytes = found.bytes();
        int start = found.start();
        int end = Math.min(found.end(), start + MAX_LINE);
        if (end > start && bytes[end - 1] == '\r') {
            end--;
        }
        String line = new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
        int syslog = found.prefixLength() == 0 && line.length() > 16 && line.charAt(3) == ' ' ? syslog(line) : 0;
        if (syslog > 0) {
            String own = line.substring(syslog);
            line(own, 0, trace.next(own));
            return;
        }
        List<LineFrame> frames = found.length() > MAX_LINE ? trace.next(line) : trace.next(found);
        line(line, Math.min(found.prefixLength(), line.length()), frames);
    }

    /** The length of a service's prefix in syslog and journal, {@code Jun 15 11:23:04 node1 docker[1234]: }; or 0. */
    private static int syslog(String line) {
        Matcher prefix = SYSLOG.matcher(line);
        return prefix.lookingAt() ? prefix.end() : 0;
    }

    /** @param prefix the length of what a collector put in front of the line */
    private void line(String line, int prefix, List<LineFrame> frames) {
        stackMayFollow = false;
        String before = lineBefore;
        lineBefore = null;
        if (line.isBlank()) {
            if (current != null && current.format == CaptureFormat.STACK_ONLY && !current.counts) {
                current = null;
            }
            return;
        }
        sample(line);
        MixedStacks stacks = mixed;
        if (stacks != null) {
            if (isFrameLine(line, frames)) {
                stacks.add(number, line, frames);
                return;
            }
            endOfMixed(stacks);
        }
        String own = BacklineLines.own(line, prefix);
        if (own != null) {
            long skipped = backline.skipped(own);
            if (skipped >= 0 || backline.header(file, number, own)) {
                if (skipped > 0) {
                    listener.skipped(file, number, skipped);
                }
                current = null;
                return;
            }
            // The cell of a table may end with a tab.
            Draft event = backline.event(file, number, (prefix > 0 || own.endsWith("\t")) ? own.stripTrailing() : own);
            if (event != null) {
                begin(event);
                return;
            }
        }
        String text = PlainText.of(line);
        int after = text.length() == line.length()
                ? prefix
                : PlainText.of(line.substring(0, prefix)).length();
        if (HeadLines.announcesStack(text)) {
            announced(text);
            return;
        }
        if (detail(text)) {
            return;
        }
        if (counted(text, prefix, frames)) {
            return;
        }
        Draft head = HeadLines.head(file, number, text, after, isFrameLine(line, frames));
        if (head != null) {
            begin(head);
        } else if (frames.isEmpty()) {
            other(text);
        } else {
            frames(line, before, frames);
        }
    }

    /** Keeps a line that may tell what kind of file this is. */
    private void sample(String line) {
        if (!hasEvents && firstLines.size() < TextKind.LINES) {
            firstLines.add(line.length() <= TextKind.LENGTH ? line : line.substring(0, TextKind.LENGTH));
        }
    }

    /** Whether the line is a frame and nothing else, apart from a log's prefix. */
    private static boolean isFrameLine(String line, List<LineFrame> frames) {
        if (frames.isEmpty()) {
            return false;
        }
        LineFrame first = frames.get(0);
        for (int i = first.prefixLength(); i < first.start(); i++) {
            char c = line.charAt(i);
            if (c != ' ' && c != '\t' && c != '=' && c != '>' && c != '?') {
                return false;
            }
        }
        return true;
    }

    private void begin(Draft head) {
        if (head.run == null) {
            head.run = backline.run();
        }
        while (!waiting.isEmpty() && (waiting.peekFirst().hasStack() || waiting.size() >= MAX_WAITING)) {
            emitFirst();
        }
        waiting.addLast(head);
        current = head;
    }

    private void emitFirst() {
        Draft draft = waiting.removeFirst();
        String missing = draft.missing();
        if (missing != null) {
            listener.unread(file, draft.line, shown(draft.text), missing);
            return;
        }
        if (!draft.counts) {
            singleEvents = true;
        }
        hasEvents = true;
        listener.event(draft.event());
    }

    /** @param before the line before, if it is of no known format */
    private void frames(String line, @Nullable String before, List<LineFrame> frames) {
        LineFrame first = frames.get(0);
        Draft owner = current;
        String symbol = first.reference().symbol();
        boolean isProbe = symbol != null
                && first.reliable()
                && (first.reference().pc() == Pc.EXACT || first.reference().offset() == null)
                && RstFunctions.contains(symbol);
        // A name without an offset does not say where in the function the frame is.
        boolean begins = isProbe && first.reference().offset() != null;
        if (owner != null && !owner.hasStack() && owner.printsAlone() && isFrameLine(line, frames)) {
            List<Draft> together = together(owner.format);
            if (together.size() > 1) {
                mixed = new MixedStacks(together);
                mixed.add(number, line, frames);
                return;
            }
        }
        boolean another = owner != null && begins && !owner.counts && !owner.takes(first) && !owner.repeats(first);
        if (owner == null || another) {
            owner = waiter(first);
        }
        if (owner == null) {
            boolean fromTracer = MixedStacks.isTracers(first.notation());
            if (!isProbe && !fromTracer) {
                listener.unread(file, number, shown(line), "a frame without an event");
                return;
            }
            // The first line of the event is lost, or of another tool; its stack is not.
            owner = new Draft(file, number, CaptureFormat.STACK_ONLY);
            owner.text = line;
            owner.needsSender = !isProbe;
            if (!isProbe && before != null) {
                HeadLines.around(owner, before);
            }
            begin(owner);
        }
        current = owner;
        for (LineFrame frame : frames) {
            owner.frame(number, line, frame);
        }
    }

    /** The events whose stacks come next, in whatever order. */
    private List<Draft> together(CaptureFormat format) {
        List<Draft> together = new ArrayList<>();
        for (Draft draft : waiting) {
            if (draft.format == format && !draft.hasStack() && draft.printsAlone()) {
                together.add(draft);
            }
        }
        return together;
    }

    private void endOfMixed(MixedStacks stacks) {
        mixed = null;
        String doubt = stacks.end();
        if (doubt != null) {
            listener.note(file + " " + doubt);
        }
        current = null;
    }

    /** Finds the event whose stack is announced: in ftrace, those of two CPUs mix. */
    private void announced(String text) {
        Integer cpu = HeadLines.cpu(text);
        for (Iterator<Draft> i = waiting.descendingIterator(); cpu != null && i.hasNext(); ) {
            Draft draft = i.next();
            if (!draft.hasStack() && cpu.toString().equals(draft.fields.get("cpu"))) {
                current = draft;
                return;
            }
        }
        if (current != null && current.hasStack()) {
            // The stack of an event whose own line is missing.
            current = null;
        }
    }

    /** Takes the second line of the article's script: it belongs to the event with the same task. */
    private boolean detail(String text) {
        HeadLines.Detail detail = HeadLines.detail(text);
        if (detail == null) {
            return false;
        }
        Draft owner = null;
        for (Draft draft : waiting) {
            if (draft.format == CaptureFormat.ARTICLE && !draft.detailed && !draft.hasStack()) {
                boolean same = detail.comm() == null || detail.comm().equals(draft.comm);
                if (owner == null
                        || (same && !Objects.equals(owner.comm, detail.comm()))
                        || (same && draft == current)) {
                    owner = draft;
                }
            }
        }
        if (owner == null) {
            if (detail.function() == null) {
                return false;
            }
            // The first line of the event is lost.
            owner = new Draft(file, number, CaptureFormat.ARTICLE);
            owner.text = text;
            owner.comm = detail.comm();
            owner.probe = detail.function();
            begin(owner);
        }
        detail.addTo(owner);
        current = owner;
        return true;
    }

    /**
     * Takes the lines around stacks that a tool counted: a map of bpftrace, a histogram of ftrace, the counts of bcc's
     * stackcount.
     */
    private boolean counted(String text, int prefix, List<LineFrame> frames) {
        String line = text.substring(Math.min(prefix, text.length())).stripTrailing();
        String begins = CountedStacks.begins(line);
        if (begins != null) {
            Draft draft = new Draft(file, number, CaptureFormat.STACK_ONLY);
            draft.text = text;
            draft.counts = true;
            draft.needsSender = true;
            draft.repeated = singleEvents;
            draft.comm = CountedStacks.task(begins);
            begin(draft);
            return true;
        }
        Draft draft = current;
        if (draft != null && draft.counts) {
            long count = CountedStacks.ends(line);
            if (count >= 0) {
                draft.count = Math.max(1, count);
                String key = CountedStacks.task(line.substring(0, Math.max(0, line.indexOf(']'))));
                draft.comm = draft.comm == null ? key : draft.comm;
                current = null;
                return true;
            }
        }
        if (!frames.isEmpty()) {
            return false;
        }
        // bcc prints names without offsets, and the count below them.
        String name = CountedStacks.name(line);
        boolean goesOn = draft != null && draft.named;
        if (name != null && (goesOn || ((draft == null || !draft.hasStack()) && startsNamed(draft, name)))) {
            Draft owner = draft;
            if (owner == null || (!goesOn && owner.format != CaptureFormat.OTHER)) {
                owner = new Draft(file, number, CaptureFormat.STACK_ONLY);
                owner.text = text;
                owner.counts = true;
                begin(owner);
            }
            owner.named = true;
            for (LineFrame frame : trace.next(" => " + name)) {
                owner.frame(number, " => " + name, frame);
            }
            return true;
        }
        if (draft != null && draft.named && draft.counts) {
            long count = CountedStacks.count(line);
            if (count > 0) {
                draft.count = count;
                current = null;
                return true;
            }
            draft.comm = CountedStacks.task(line);
            return draft.comm != null;
        }
        return false;
    }

    private static boolean startsNamed(@Nullable Draft draft, String name) {
        return (draft != null && draft.format == CaptureFormat.OTHER)
                ? name.equals(draft.probe)
                : RstFunctions.contains(name);
    }

    /** The last event that waits for a stack with this first frame; null when none does. */
    private @Nullable Draft waiter(LineFrame first) {
        for (Iterator<Draft> i = waiting.descendingIterator(); i.hasNext(); ) {
            Draft draft = i.next();
            if (draft.takes(first)) {
                return draft;
            }
        }
        return null;
    }

    /** Takes a line that is neither an event nor a frame. */
    private void other(String line) {
        Draft draft = current;
        if (draft != null && draft.counts && !draft.named) {
            // A part of the key of a map.
            return;
        }
        if (draft != null && (draft.missing() != null || draft.format == CaptureFormat.STACK_ONLY)) {
            // What follows is not its stack.
            current = null;
        }
        lineBefore = line;
        if (line.startsWith("#") || line.startsWith("Attaching ") || isDots(line) || isUserFrame(line)) {
            return;
        }
        Matcher says = line.length() > SHOWN * 4 ? null : LOST.matcher(line);
        if (says != null && says.matches()) {
            listener.lost(file, number, count(says), shown(line));
            return;
        }
        listener.unread(file, number, shown(line), "not a line of a known format");
    }

    /** Whether somebody left out lines here. */
    private static boolean isDots(String line) {
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) != '.' && line.charAt(i) != ' ' && line.charAt(i) != '\t') {
                return false;
            }
        }
        return true;
    }

    private static long count(Matcher says) {
        for (int i = 1; i <= says.groupCount(); i++) {
            if (says.group(i) != null) {
                return Long.parseLong(says.group(i));
            }
        }
        return 0;
    }

    /** Whether perf printed the line for a user-space frame. */
    private boolean isUserFrame(String line) {
        return current != null && current.format == CaptureFormat.PERF && line.startsWith("\t") && line.endsWith(")");
    }

    private static String shown(String line) {
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN);
    }

    /** Says that nothing follows: the listener gets the events that still wait for frames. */
    public void finish() {
        if (mixed != null) {
            endOfMixed(mixed);
        }
        while (!waiting.isEmpty()) {
            emitFirst();
        }
        current = null;
    }
}
