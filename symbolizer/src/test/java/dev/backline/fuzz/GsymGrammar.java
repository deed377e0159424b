package dev.backline.fuzz;

import dev.backline.fixtures.Choices;
import dev.backline.fuzz.DwarfGrammar.Answer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A grammar of GSYM files without backline's extension, as other tools write them: each size of the address table, several
 * functions with one start, line tables, nested inlined calls, and information of unknown kinds. The choices select one
 * file; the generator knows its answers.
 */
final class GsymGrammar {
    private static final int HEADER = 48;

    private static final int LINE_TABLE = 1;
    private static final int INLINE_INFO = 2;
    /** LLVM's merged functions and call sites, and a kind of the future. */
    private static final int[] OTHER_KINDS = {3, 4, 77};

    private static final int MAX_DEPTH = 6;

    private static final String[] DIRECTORIES = {"", "/src/net/core", "/src/include/linux", "lib", "/src"};

    /** An address, the number of the different start that it belongs to, and its answer. */
    record Place(long address, int function, List<Answer> frames) {}

    /** Bytes of a function's information; the function is −1 for the tables of the file. */
    record Part(int function, int from, int to) {}

    private record Row(int offset, int file, int line) {}

    /** A function or an inlined call; its own cells are {@code {start, end, owner}} with its number. */
    private static final class Call {
        final @Nullable Call caller;
        final int number;
        int name;
        int file;
        int line;
        List<int[]> ranges = new ArrayList<>();
        final List<Call> children = new ArrayList<>();

        Call(@Nullable Call caller, int number) {
            this.caller = caller;
            this.number = number;
        }
    }

    private final Choices c;
    private final boolean big;
    private final Bytes strings;
    private final List<String> texts = new ArrayList<>();
    private final List<Integer> textPlaces = new ArrayList<>();
    private final List<Integer> fileDirectories = new ArrayList<>();
    private final List<Integer> fileNames = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final byte[] file;

    /** The cells of the function that is made. */
    private List<int[]> cells = new ArrayList<>();

    private List<Call> calls = new ArrayList<>();

    GsymGrammar(Choices choices) {
        c = choices;
        big = c.oneIn(3);
        strings = new Bytes(big);
        text("");
        fileDirectories.add(0);
        fileNames.add(0);
        for (int i = c.between(1, 5); i > 0; i--) {
            fileDirectories.add(text(c.of(DIRECTORIES)));
            fileNames.add(text("file" + i + ".c"));
        }
        file = write();
    }

    byte[] file() {
        return file;
    }

    List<Place> places() {
        return places;
    }

    List<Part> parts() {
        return parts;
    }

    /** {@return the number of a text} */
    private int text(String text) {
        textPlaces.add(strings.size());
        strings.string(text);
        texts.add(text);
        return texts.size() - 1;
    }

    private byte[] write() {
        int width = c.ofInts(4, 1, 2, 8);
        long base = width == 8 ? c.of(0L, 0xffff_ffff_8000_0000L, 0x400000L) : c.of(0xffff_ffff_8100_0000L, 0x1000L);
        int count = c.between(1, 8);
        List<Long> starts = new ArrayList<>();
        List<Bytes> infos = new ArrayList<>();
        long start = c.below(4);
        int different = -1;
        long most = width == 1 ? 0xff : width == 2 ? 0xffff : Integer.MAX_VALUE;
        while (starts.size() < count && start <= most) {
            different++;
            int size = c.between(1, 60);
            // The first function with a start that holds an address answers
            List<Integer> sizes = c.oneIn(5) ? List.of(size, size + 8) : List.of(c.oneIn(12) ? 0 : size);
            int before = 0;
            for (int each : sizes) {
                starts.add(start);
                infos.add(function(base + start, different, before, each, size));
                before = each;
            }
            if (sizes.get(0) != 0) {
                places.add(new Place(base + start + before, different, List.of()));
            }
            start += Math.max(before, size) + 1 + (c.oneIn(3) ? c.below(300) : 0);
        }
        return layout(width, base, starts, infos);
    }

    private byte[] layout(int width, long base, List<Long> starts, List<Bytes> infos) {
        int functions = starts.size();
        Bytes b = new Bytes(big);
        b.u4(0x4753594d).u2(1).u1(width, 8).u8(base).u4(functions).u4(0).u4(strings.size());
        b.u8(0x0123_4567_89ab_cdefL).add(new byte[12]);
        starts.forEach(each -> b.fixed(each, width));
        align(b);
        int table = b.size();
        b.add(new byte[4 * functions]).u4(fileNames.size());
        for (int i = 0; i < fileNames.size(); i++) {
            b.u4(textPlaces.get(fileDirectories.get(i))).u4(textPlaces.get(fileNames.get(i)));
        }
        parts.add(new Part(-1, 0, HEADER));
        parts.add(new Part(-1, HEADER, b.size()));
        boolean stringsFirst = c.oneIn(2);
        if (stringsFirst) {
            b.put(20, b.size(), 4).add(strings.toArray());
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < functions; i++) {
            order.add(i);
        }
        int[] group = new int[functions];
        for (int i = 1; i < functions; i++) {
            group[i] = group[i - 1] + (starts.get(i).equals(starts.get(i - 1)) ? 0 : 1);
        }
        for (int i : c.shuffled(order)) {
            align(b);
            b.put(table + 4 * i, b.size(), 4);
            parts.add(new Part(group[i], b.size(), b.size() + infos.get(i).size()));
            b.add(infos.get(i).toArray());
        }
        if (!stringsFirst) {
            b.put(20, b.size(), 4).add(strings.toArray());
        }
        return b.toArray();
    }

    private static void align(Bytes b) {
        b.add(new byte[-b.size() & 3]);
    }

    /**
     * One FunctionInfo, and the places that it answers.
     *
     * @param from the first offset that no other function with the start answers
     * @param size as stored: 0 is unknown
     * @param code the real size
     */
    private Bytes function(long start, int different, int from, int size, int code) {
        int end = size == 0 ? code : size;
        cells = new ArrayList<>();
        calls = new ArrayList<>();
        Call root = new Call(null, 0);
        calls.add(root);
        root.name = text("f" + texts.size());
        for (int at = 0; at < end; ) {
            int next = Math.min(end, at + c.between(1, 12));
            cells.add(new int[] {at, next, 0});
            at = next;
        }
        root.ranges.add(new int[] {0, end});
        boolean hasLines = c.below(6) > 0;
        boolean hasCalls = c.below(3) > 0;
        if (hasCalls) {
            inlined(root, 0);
        }
        List<Row> rows = hasLines ? rows(end) : List.of();
        Bytes b = new Bytes(big).u4(size).u4(textPlaces.get(root.name));
        List<Integer> kinds = new ArrayList<>(List.of(LINE_TABLE, INLINE_INFO, OTHER_KINDS[c.below(3)]));
        for (int kind : c.shuffled(kinds)) {
            Bytes data = kind == LINE_TABLE
                    ? hasLines ? lines(rows) : null
                    : kind == INLINE_INFO ? hasCalls ? calls(root) : null : c.oneIn(3) ? new Bytes(big).u8(-1) : null;
            if (data != null) {
                b.u4(kind).u4(data.size()).add(data.toArray());
            }
        }
        b.u4(0).u4(0);
        for (int[] cell : cells) {
            for (int offset : new int[] {cell[0], (cell[0] + cell[1]) / 2, cell[1] - 1}) {
                if (offset >= from) {
                    List<Answer> frames = hasLines || hasCalls ? frames(calls.get(cell[2]), rows, offset) : List.of();
                    places.add(new Place(start + offset, different, frames));
                }
            }
        }
        return b;
    }

    private List<Answer> frames(Call innermost, List<Row> rows, int offset) {
        Row row = null;
        for (Row each : rows) {
            row = each.offset <= offset ? each : row;
        }
        String path = row == null ? null : path(row.file);
        int line = row == null ? 0 : row.line;
        List<Answer> frames = new ArrayList<>();
        for (Call call = innermost; call != null; call = call.caller) {
            frames.add(new Answer(texts.get(call.name), null, path, line, 0, 0, call.caller != null));
            path = path(call.file);
            line = call.line;
        }
        return frames;
    }

    private @Nullable String path(int number) {
        String directory = texts.get(fileDirectories.get(number));
        String name = texts.get(fileNames.get(number));
        return number == 0 ? null : directory.isEmpty() ? name : directory + "/" + name;
    }

    private void inlined(Call caller, int depth) {
        for (int count = depth < MAX_DEPTH ? c.below(3) : 0; count > 0; count--) {
            List<int[]> own =
                    cells.stream().filter(cell -> cell[2] == caller.number).toList();
            if (own.isEmpty()) {
                return;
            }
            Call call = new Call(caller, calls.size());
            calls.add(call);
            caller.children.add(call);
            call.name = text("f" + texts.size());
            call.file = c.below(fileNames.size());
            call.line = (int) c.number(20);
            for (int i = c.below(own.size()); i < own.size() && (call.ranges.isEmpty() || !c.oneIn(3)); i++) {
                int[] cell = own.get(i);
                cell[2] = call.number;
                int[] last = call.ranges.isEmpty() ? null : call.ranges.get(call.ranges.size() - 1);
                if (last != null && last[1] == cell[0]) {
                    last[1] = cell[1];
                } else {
                    call.ranges.add(new int[] {cell[0], cell[1]});
                }
            }
            inlined(call, depth + 1);
        }
    }

    private Bytes calls(Call root) {
        Bytes b = new Bytes(big);
        call(b, root, 0);
        return b;
    }

    private void call(Bytes b, Call call, int base) {
        b.uleb(call.ranges.size());
        for (int[] range : call.ranges) {
            b.uleb(range[0] - base).uleb(range[1] - range[0]);
        }
        boolean named = call.caller != null || !c.oneIn(4);
        b.u1(call.children.isEmpty() ? 0 : 1).u4(named ? textPlaces.get(call.name) : 0);
        b.uleb(call.file).uleb(call.line);
        if (!call.children.isEmpty()) {
            call.children.forEach(child -> call(b, child, call.ranges.get(0)[0]));
            b.uleb(0);
        }
    }

    private List<Row> rows(int end) {
        List<Row> rows = new ArrayList<>();
        int line = (int) c.number(16);
        for (int at = c.oneIn(4) ? 3 : 0; at < end && rows.size() < 30; at += c.below(9)) {
            line = c.oneIn(5) ? (int) c.number(20) : Math.max(0, line + c.between(-9, 9));
            rows.add(new Row(at, c.below(fileNames.size()), line));
        }
        return rows;
    }

    private Bytes lines(List<Row> rows) {
        int least = -c.below(12);
        int most = least + c.below(20);
        int range = most - least + 1;
        int line = (int) c.number(12);
        int file = 1;
        int at = 0;
        Bytes b = new Bytes(big).sleb(least).sleb(most).uleb(line);
        for (Row row : rows) {
            if (row.file != file || c.oneIn(6)) {
                b.u1(1).uleb(row.file);
                file = row.file;
            }
            if (c.oneIn(5)) {
                b.u1(3).sleb(row.line - line);
                line = row.line;
            }
            int step = row.line - line;
            int special = 4 + step - least + range * (row.offset - at);
            if (step >= least && step <= most && special <= 255 && !c.oneIn(5)) {
                b.u1(special);
            } else {
                if (step != 0) {
                    b.u1(3).sleb(step);
                }
                b.u1(2).uleb(row.offset - at);
            }
            line = row.line;
            at = row.offset;
        }
        return b.u1(0);
    }
}
