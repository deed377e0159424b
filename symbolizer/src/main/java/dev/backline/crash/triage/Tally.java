package dev.backline.crash.triage;

import dev.backline.crash.triage.TriageGroup.Member;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is known of the reports with one id, while they are counted. Not thread-safe. */
final class Tally {
    /** Releases and variants of one bug. */
    private static final int MAX_NAMES = 100;

    /** A week. */
    private static final int MAX_HOURS = 168;

    private static final int MAX_DAYS = 366;

    /** The one to show: a report that follows no other one, if there is any. */
    private static final Comparator<TriagedReport> EXAMPLE =
            Comparator.comparing(TriagedReport::follows).thenComparing(Comparator.naturalOrder());

    private TriagedReport example;
    private long count;
    private long followUps;
    private long undated;
    private boolean sure;
    private @Nullable String first;
    private @Nullable String last;

    /** Not always sorted, and up to twice as many as are wanted. */
    private List<Member> members = new ArrayList<>(1);

    private final KeptKeys<Boolean> hosts;
    private final KeptKeys<Long> kernels = new KeptKeys<>(MAX_NAMES);
    private final KeptKeys<Long> variants = new KeptKeys<>(MAX_NAMES);
    private final NavigableMap<String, Long> hours = new TreeMap<>();
    private final NavigableMap<String, Long> days = new TreeMap<>();

    Tally(TriagedReport report, int share) {
        this.example = report;
        this.hosts = new KeptKeys<>(share);
    }

    long count() {
        return count;
    }

    TriagedReport example() {
        return example;
    }

    int members() {
        return members.size();
    }

    /** @param share the most members and hosts to keep */
    void add(TriagedReport report, int share) {
        example = EXAMPLE.compare(report, example) < 0 ? report : example;
        count++;
        followUps += report.follows() ? 1 : 0;
        sure |= report.sure();
        String time = report.time();
        if (time == null || time.startsWith("-") || time.length() < 13) {
            undated++;
        } else {
            first = first == null || time.compareTo(first) < 0 ? time : first;
            last = last == null || time.compareTo(last) > 0 ? time : last;
            add(hours, time.substring(0, 13), 1, MAX_HOURS);
            add(days, time.substring(0, 10), 1, MAX_DAYS);
        }
        if (report.host() != null) {
            hosts.get(report.host(), () -> true);
        }
        if (report.release() != null) {
            add(kernels, report.release(), 1);
        }
        if (report.variant() != null) {
            add(variants, report.variant(), 1);
        }
        members.add(new Member(report.input(), report.line()));
        if (members.size() >= 2 * share) {
            limit(share);
        }
    }

    private static void add(KeptKeys<Long> counts, String name, long more) {
        Long known = counts.get(name, () -> 0L);
        if (known != null) {
            counts.set(name, known + more);
        }
    }

    /** Adds to a count by time; the latest ones are kept. */
    private static void add(NavigableMap<String, Long> counts, String time, long more, int most) {
        counts.merge(time, more, Long::sum);
        if (counts.size() > most) {
            counts.pollFirstEntry();
        }
    }

    /** Keeps the first members only, and so many hosts. */
    void limit(int share) {
        hosts.limit(share);
        if (members.size() > share) {
            Collections.sort(members);
            members = new ArrayList<>(members.subList(0, share));
        }
    }

    void merge(Tally other, int share) {
        example = EXAMPLE.compare(other.example, example) < 0 ? other.example : example;
        count += other.count;
        followUps += other.followUps;
        undated += other.undated;
        sure |= other.sure;
        String earlier = other.first;
        String later = other.last;
        first = first == null || (earlier != null && earlier.compareTo(first) < 0) ? earlier : first;
        last = last == null || (later != null && later.compareTo(last) > 0) ? later : last;
        members.addAll(other.members);
        for (String each : other.hosts.values().keySet()) {
            hosts.get(each, () -> true);
        }
        hosts.merged(other.hosts.isFull());
        merge(kernels, other.kernels);
        merge(variants, other.variants);
        other.hours.forEach((hour, more) -> add(hours, hour, more, MAX_HOURS));
        other.days.forEach((day, more) -> add(days, day, more, MAX_DAYS));
        limit(share);
    }

    private static void merge(KeptKeys<Long> counts, KeptKeys<Long> others) {
        others.values().forEach((name, more) -> add(counts, name, more));
        counts.merged(others.isFull());
    }

    /** A copy, which can change without this one. */
    Tally copy(int share) {
        Tally copy = new Tally(example, share);
        copy.merge(this, share);
        return copy;
    }

    TriageGroup group(String id, boolean printedOnly, TriagedReport shown, int share) {
        limit(share);
        Collections.sort(members);
        List<String> names = new ArrayList<>(hosts.values().keySet());
        Collections.sort(names);
        return new TriageGroup(
                id,
                shown.title(),
                shown.kind(),
                shown.severity(),
                shown.functions(),
                shown.culprit(),
                count,
                followUps,
                names,
                hosts.estimate(),
                new TreeMap<>(kernels.values()),
                new TreeMap<>(variants.values()),
                first,
                last,
                hours,
                days,
                undated,
                shown,
                members,
                printedOnly,
                sure);
    }

    void write(DataOutputStream out) throws IOException {
        Bytes.write(out, example);
        out.writeLong(count);
        out.writeLong(followUps);
        out.writeLong(undated);
        out.writeBoolean(sure);
        Bytes.write(out, first);
        Bytes.write(out, last);
        out.writeInt(members.size());
        String input = null;
        for (Member each : members) {
            boolean same = each.input().equals(input);
            out.writeBoolean(same);
            if (!same) {
                input = each.input();
                Bytes.write(out, input);
            }
            out.writeLong(each.line());
        }
        write(out, hosts.values().keySet(), hosts.isFull());
        write(out, kernels.values(), kernels.isFull());
        write(out, variants.values(), variants.isFull());
        write(out, hours, false);
        write(out, days, false);
    }

    private static void write(DataOutputStream out, Collection<String> names, boolean full) throws IOException {
        out.writeBoolean(full);
        out.writeInt(names.size());
        for (String each : names) {
            Bytes.write(out, each);
        }
    }

    private static void write(DataOutputStream out, Map<String, Long> counts, boolean full) throws IOException {
        write(out, counts.keySet(), full);
        for (Long each : counts.values()) {
            out.writeLong(each);
        }
    }

    static Tally read(DataInputStream in, int share) throws IOException {
        Tally tally = new Tally(Bytes.report(in), share);
        tally.count = Bytes.count(in);
        tally.followUps = Bytes.count(in);
        tally.undated = Bytes.count(in);
        tally.sure = in.readBoolean();
        tally.first = Bytes.text(in);
        tally.last = Bytes.text(in);
        int size = Bytes.size(in);
        String input = "";
        for (int i = 0; i < size; i++) {
            input = in.readBoolean() ? input : Bytes.name(in);
            tally.members.add(new Member(input, in.readLong()));
        }
        boolean full = in.readBoolean();
        for (String each : names(in)) {
            tally.hosts.get(each, () -> true);
        }
        tally.hosts.merged(full);
        read(in, tally.kernels);
        read(in, tally.variants);
        read(in, tally.hours, MAX_HOURS);
        read(in, tally.days, MAX_DAYS);
        return tally;
    }

    private static List<String> names(DataInputStream in) throws IOException {
        int size = Bytes.size(in);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            names.add(Bytes.name(in));
        }
        return names;
    }

    private static void read(DataInputStream in, KeptKeys<Long> counts) throws IOException {
        boolean full = in.readBoolean();
        for (String each : names(in)) {
            add(counts, each, Bytes.count(in));
        }
        counts.merged(full);
    }

    private static void read(DataInputStream in, SortedMap<String, Long> counts, int most) throws IOException {
        in.readBoolean();
        for (String each : names(in)) {
            add((NavigableMap<String, Long>) counts, each, Bytes.count(in), most);
        }
    }
}
