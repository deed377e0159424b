package dev.backline.crash.triage;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes groups of reports, one for each bug. The result depends on the set of added reports alone: not on their order, and
 * not on how they were divided among triages that were merged, also as bytes from another machine.
 *
 * <p>Reports with debug information are grouped by the functions of the source. A report without it is grouped by the
 * functions that the log prints: it joins the group of the reports with debug information that have the same printed
 * functions. If there are none, or if they are in several groups, it is in a group of its own, whose id ends with {@code ~}.
 *
 * <p>Memory is bounded by {@link Limits}. What does not fit is counted, see {@link #leftOut()}. Not thread-safe; use one for
 * each thread, and merge them.
 */
public final class Triage {
    /** The first bytes of {@link #toBytes()}: a name and the version of the form. */
    private static final int MAGIC = 0x424c5402;

    /** Reports with one printed group are in several groups. */
    private static final String SEVERAL = "";

    private Limits limits;
    private long reports;
    private long follows;

    /** Reports with debug information, and those without functions, by group. */
    private final KeptKeys<Tally> groups;

    /** Reports without debug information, by printed group. */
    private final KeptKeys<Tally> printed;

    /** Printed group → group of the reports with debug information. */
    private final KeptKeys<String> joins;

    /** The most members of a group that fit now; it never grows. */
    private int share;

    /** The share that all groups were cut to. */
    private int applied;

    /**
     * How much is kept. Merging takes the smaller limits.
     *
     * @param groups of reports with debug information, and as many of reports without; at least 1
     * @param members of one group, and hosts of one; at least 1
     * @param allMembers of all groups together, and hosts: with more groups, each one lists fewer; at least {@code groups}
     *     times 2
     */
    public record Limits(int groups, int members, int allMembers) {
        /** 1,000 members in each of 1,000 groups: less than 500 MB for the worst of logs, a few for usual ones. */
        public static final Limits DEFAULT = new Limits(10_000, 1000, 1_000_000);

        public Limits {
            if (groups < 1 || members < 1 || allMembers / 2 < groups) {
                throw new IllegalArgumentException("limits too small: " + groups + " groups, " + members + " members, "
                        + allMembers + " members of all groups");
            }
        }

        Limits smaller(Limits other) {
            return new Limits(
                    Math.min(groups, other.groups),
                    Math.min(members, other.members),
                    Math.max(Math.min(allMembers, other.allMembers), 2 * Math.min(groups, other.groups)));
        }
    }

    /** Creates a triage without reports. */
    public Triage() {
        this(Limits.DEFAULT);
    }

    /**
     * Creates a triage without reports.
     *
     * @param limits how much is kept
     */
    public Triage(Limits limits) {
        this.limits = limits;
        this.groups = new KeptKeys<>(limits.groups());
        this.printed = new KeptKeys<>(limits.groups());
        this.joins = new KeptKeys<>(4 * limits.groups());
        this.share = limits.members();
        this.applied = share;
    }

    /**
     * Counts a report. One that follows an earlier oops is in a group too: one boot can have several independent faults.
     * Groups count such reports apart, and weigh less by them.
     *
     * @param report the report
     */
    public void add(TriagedReport report) {
        reports++;
        if (report.follows()) {
            follows++;
        }
        if (!report.isPrintedOnly()) {
            join(report.printedGroup(), report.group());
        }
        Tally tally = (report.isPrintedOnly() ? printed : groups).get(report.group(), () -> new Tally(report, share));
        share();
        if (tally != null) {
            tally.add(report, share);
        }
    }

    private void join(String printedGroup, String group) {
        String known = joins.get(printedGroup, () -> group);
        if (known != null && !known.equals(group)) {
            joins.set(printedGroup, SEVERAL);
        }
    }

    /** Cuts the groups when their number has grown. */
    private void share() {
        int number = Math.max(1, groups.size() + printed.size());
        share = Math.min(share, Math.max(1, limits.allMembers() / number));
        if (share <= applied / 2) {
            applied = share;
            groups.values().values().forEach(each -> each.limit(share));
            printed.values().values().forEach(each -> each.limit(share));
        }
    }

    /**
     * Adds the reports of another triage.
     *
     * @param other is not changed
     */
    public void merge(Triage other) {
        limits = limits.smaller(other.limits);
        groups.limit(limits.groups());
        printed.limit(limits.groups());
        joins.limit(4 * limits.groups());
        share = Math.min(Math.min(share, other.share), limits.members());
        reports += other.reports;
        follows += other.follows;
        other.joins.values().forEach(this::join);
        joins.merged(other.joins.isFull());
        merge(groups, other.groups);
        merge(printed, other.printed);
        share();
    }

    private void merge(KeptKeys<Tally> own, KeptKeys<Tally> others) {
        others.values().forEach((id, each) -> {
            Tally known = own.values().get(id);
            if (known != null) {
                known.merge(each, share);
            } else {
                own.get(id, () -> each.copy(share));
            }
        });
        own.merged(others.isFull());
    }

    /** {@return the number of groups before those without debug information join others: at least that of {@link #groups()}} */
    public int size() {
        return groups.size() + printed.size();
    }

    /** {@return the number of reports that were added} */
    public long reports() {
        return reports;
    }

    /** {@return how many of them follow an earlier oops in the same boot} */
    public long follows() {
        return follows;
    }

    /** {@return how many of them are in no group because there are more groups than the limits allow; 0 in usual logs} */
    public long leftOut() {
        long kept = 0;
        for (Tally each : groups.values().values()) {
            kept += each.count();
        }
        for (Tally each : printed.values().values()) {
            kept += each.count();
        }
        return reports - kept;
    }

    /** {@return the most members that a group lists: fewer than the limits say if there are very many groups} */
    public int memberLimit() {
        return share;
    }

    /**
     * {@return the groups: first those with the most reports that follow no other oops, then those with the most reports, then
     * in the order of their ids}
     */
    public List<TriageGroup> groups() {
        Map<String, Tally> joined = new HashMap<>(groups.values());
        List<TriageGroup> made = new ArrayList<>();
        Map<String, TriagedReport> shown = new HashMap<>();
        groups.values().forEach((id, each) -> shown.put(id, each.example()));
        printed.values().forEach((id, each) -> {
            String group = joins.values().get(id);
            Tally own = group == null || group.equals(SEVERAL)
                    ? null
                    : groups.values().get(group);
            if (group == null || own == null) {
                made.add(each.group(id, true, each.example(), share));
                return;
            }
            Tally both = joined.get(group);
            // Several printed groups can join one group.
            Tally sum = both == null || both.equals(own) ? own.copy(share) : both;
            sum.merge(each, share);
            joined.put(group, sum);
        });
        joined.forEach((id, each) -> {
            TriagedReport example = shown.get(id);
            made.add(each.group(id, false, example == null ? each.example() : example, share));
        });
        made.sort(Comparator.comparingLong(TriageGroup::weight)
                .thenComparingLong(TriageGroup::count)
                .reversed()
                .thenComparing(TriageGroup::id));
        return made;
    }

    /** {@return the triage as bytes, for {@link #fromBytes}} */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(MAGIC);
            out.writeInt(limits.groups());
            out.writeInt(limits.members());
            out.writeInt(limits.allMembers());
            out.writeInt(share);
            out.writeLong(reports);
            out.writeLong(follows);
            write(out, groups);
            write(out, printed);
            out.writeBoolean(joins.isFull());
            out.writeInt(joins.size());
            for (Map.Entry<String, String> each : joins.values().entrySet()) {
                Bytes.write(out, each.getKey());
                Bytes.write(out, each.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail as a file does", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, KeptKeys<Tally> tallies) throws IOException {
        out.writeBoolean(tallies.isFull());
        out.writeInt(tallies.size());
        for (Map.Entry<String, Tally> each : tallies.values().entrySet()) {
            Bytes.write(out, each.getKey());
            each.getValue().write(out);
        }
    }

    /**
     * {@return the triage that was written as bytes by the same version of backline}
     *
     * @param bytes of {@link #toBytes}
     * @throws IOException if they are not those of a triage of this version, or are damaged
     */
    public static Triage fromBytes(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readInt() != MAGIC) {
                throw new IOException("not the bytes of a triage of this version of backline");
            }
            Triage triage = new Triage(new Limits(in.readInt(), in.readInt(), in.readInt()));
            triage.share = Math.min(triage.share, Math.max(1, in.readInt()));
            triage.reports = Bytes.count(in);
            triage.follows = Bytes.count(in);
            read(in, triage.groups, triage.share);
            read(in, triage.printed, triage.share);
            boolean full = in.readBoolean();
            for (int i = Bytes.size(in); i > 0; i--) {
                String printedGroup = Bytes.name(in);
                String group = Bytes.name(in);
                triage.joins.get(printedGroup, () -> group);
            }
            triage.joins.merged(full);
            triage.share();
            return triage;
        } catch (EOFException | IllegalArgumentException e) {
            throw new IOException("the bytes of a triage are damaged: " + e.getMessage(), e);
        }
    }

    private static void read(DataInputStream in, KeptKeys<Tally> tallies, int share) throws IOException {
        boolean full = in.readBoolean();
        for (int i = Bytes.size(in); i > 0; i--) {
            String id = Bytes.name(in);
            Tally tally = Tally.read(in, share);
            tallies.get(id, () -> tally);
        }
        tallies.merged(full);
    }
}
