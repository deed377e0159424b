package dev.backline.crash.triage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.crash.triage.Triage.Limits;
import dev.backline.crash.triage.TriageGroup.Member;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TriageTest {
    private static final Limits SMALL = new Limits(7, 5, 20);

    /** Reports of a few bugs, some inlined elsewhere, some without debug information, by a few hosts and kernels. */
    private static List<TriagedReport> reports(long seed, int count, int bugs) {
        Random random = new Random(seed);
        List<TriagedReport> reports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int bug = random.nextInt(bugs);
            int printedAs = random.nextInt(4) == 0 ? bug / 2 : bug;
            boolean known = random.nextInt(3) > 0;
            String printed = "bad-access:printed_" + printedAs + "~";
            String group = known ? "bad-access:boat_" + bug : printed;
            reports.add(new TriagedReport(
                    "log-" + random.nextInt(20),
                    random.nextInt(1000),
                    time(random),
                    random.nextInt(5) == 0 ? null : "host-" + random.nextInt(12),
                    random.nextInt(5) == 0 ? null : "6.1." + random.nextInt(3),
                    "page-fault",
                    "Page fault in " + (known ? "boat_" : "printed_") + bug,
                    "oops",
                    group,
                    printed,
                    random.nextInt(9) == 0 ? null : group + ":" + random.nextInt(3),
                    List.of("boat_" + bug, "caller_" + random.nextInt(3)),
                    random.nextBoolean() ? null : "boat.c:" + bug,
                    random.nextBoolean(),
                    random.nextInt(10) == 0));
        }
        return reports;
    }

    private static @Nullable String time(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> "--11-22T08:38:06";
            default ->
                "2026-0" + (1 + random.nextInt(9)) + "-1" + random.nextInt(10) + "T0" + random.nextInt(10) + ":38:06Z";
        };
    }

    private static Triage triage(List<TriagedReport> reports, Limits limits) {
        Triage triage = new Triage(limits);
        reports.forEach(triage::add);
        return triage;
    }

    /** The reports in another order, added by several triages that are merged in any order, some as bytes. */
    private static Triage divided(List<TriagedReport> reports, Limits limits, long seed) throws IOException {
        Random random = new Random(seed);
        List<TriagedReport> shuffled = new ArrayList<>(reports);
        Collections.shuffle(shuffled, random);
        List<Triage> parts = new ArrayList<>();
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            parts.add(new Triage(limits));
        }
        for (TriagedReport each : shuffled) {
            parts.get(random.nextInt(parts.size())).add(each);
        }
        while (parts.size() > 1) {
            Collections.shuffle(parts, random);
            Triage last = parts.remove(parts.size() - 1);
            int to = random.nextInt(parts.size());
            parts.get(to).merge(random.nextBoolean() ? last : Triage.fromBytes(last.toBytes()));
            if (random.nextBoolean()) {
                parts.set(to, Triage.fromBytes(parts.get(to).toBytes()));
            }
        }
        return parts.get(0);
    }

    private static void assertSame(Triage triage, Triage expected) {
        assertThat(triage.groups()).isEqualTo(expected.groups());
        assertThat(triage.reports()).isEqualTo(expected.reports());
        assertThat(triage.follows()).isEqualTo(expected.follows());
        assertThat(triage.leftOut()).isEqualTo(expected.leftOut());
        assertThat(triage.memberLimit()).isEqualTo(expected.memberLimit());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 12, 60})
    void givesTheSameGroupsForAnyOrderAndAnyDivision(int bugs) throws IOException {
        for (int seed = 0; seed < 40; seed++) {
            List<TriagedReport> reports = reports(seed, 400, bugs);
            for (Limits limits : List.of(SMALL, Limits.DEFAULT)) {
                assertSame(divided(reports, limits, seed), triage(reports, limits));
            }
        }
    }

    /** The groups by the rules as they are written, with all reports in memory. */
    private static Map<String, List<TriagedReport>> expected(List<TriagedReport> reports) {
        Map<String, Set<String>> joins = new HashMap<>();
        for (TriagedReport each : reports) {
            if (!each.isPrintedOnly()) {
                joins.computeIfAbsent(each.printedGroup(), key -> new HashSet<>())
                        .add(each.group());
            }
        }
        Map<String, List<TriagedReport>> groups = new HashMap<>();
        for (TriagedReport each : reports) {
            Set<String> to = joins.getOrDefault(each.printedGroup(), Set.of());
            String id = each.isPrintedOnly() && to.size() == 1 ? to.iterator().next() : each.group();
            groups.computeIfAbsent(id, key -> new ArrayList<>()).add(each);
        }
        return groups;
    }

    @Test
    void groupsByTheRules() {
        for (int seed = 0; seed < 40; seed++) {
            List<TriagedReport> reports = reports(seed, 300, 8);
            Map<String, List<TriagedReport>> expected = expected(reports);

            List<TriageGroup> groups = triage(reports, Limits.DEFAULT).groups();

            assertThat(groups).extracting(TriageGroup::id).containsExactlyInAnyOrderElementsOf(expected.keySet());
            assertThat(groups)
                    .isSortedAccordingTo(
                            Comparator.comparingLong(TriageGroup::weight).reversed());
            for (TriageGroup group : groups) {
                List<TriagedReport> all = Objects.requireNonNull(expected.get(group.id()));
                assertThat(group.count()).isEqualTo(all.size());
                assertThat(group.followUps())
                        .isEqualTo(all.stream().filter(TriagedReport::follows).count());
                assertThat(group.members())
                        .isEqualTo(all.stream()
                                .map(each -> new Member(each.input(), each.line()))
                                .sorted()
                                .toList());
                Set<String> hosts = new TreeSet<>();
                Set<String> times = new TreeSet<>();
                for (TriagedReport each : all) {
                    if (each.host() != null) {
                        hosts.add(each.host());
                    }
                    String time = each.time();
                    if (time != null && time.startsWith("2")) {
                        times.add(time);
                    }
                }
                assertThat(group.hosts()).containsExactlyElementsOf(hosts);
                assertThat(group.hostCount()).isEqualTo(hosts.size());
                assertThat(group.first())
                        .isEqualTo(times.isEmpty() ? null : times.iterator().next());
                assertThat(group.days().values().stream()
                                        .mapToLong(each -> each)
                                        .sum()
                                + group.undated())
                        .isEqualTo(all.size());
                assertThat(group.example()).isIn(all);
                assertThat(group.example().isPrintedOnly()).isEqualTo(group.printedOnly());
                assertThat(group.example().follows())
                        .isEqualTo(all.stream()
                                .filter(each -> each.isPrintedOnly() == group.printedOnly())
                                .allMatch(TriagedReport::follows));
            }
        }
    }

    @Test
    void listsTheFirstMembersOfALargeGroup() {
        List<TriagedReport> reports = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            reports.add(report("boat", i));
        }
        Collections.shuffle(reports, new Random(1));

        TriageGroup group = triage(reports, Limits.DEFAULT).groups().get(0);

        assertThat(group.count()).isEqualTo(5000);
        assertThat(group.members()).hasSize(1000).first().isEqualTo(new Member("log", 0));
        assertThat(group.members()).last().isEqualTo(new Member("log", 999));
        assertThat(group.hosts()).hasSize(1000);
        assertThat(group.hostCount()).isBetween(4500L, 5500L);
    }

    private static TriagedReport report(String function, int line) {
        String id = "bad-access:" + function;
        return new TriagedReport(
                "log",
                line,
                "2026-11-22T08:38:06Z",
                "host-" + line,
                "6.1.0",
                "page-fault",
                "Page fault in " + function,
                "oops",
                id,
                id + "~",
                id + ":00000000",
                List.of(function),
                null,
                true,
                false);
    }

    @Test
    void boundsTheMemoryOfAMillionSignatures() {
        Triage triage = new Triage();
        for (int i = 0; i < 1_000_000; i++) {
            triage.add(report("evil_" + i, i));
        }

        assertThat(triage.groups()).hasSize(Limits.DEFAULT.groups());
        assertThat(triage.leftOut()).isEqualTo(1_000_000 - Limits.DEFAULT.groups());
        assertThat(triage.toBytes()).hasSizeLessThan(20_000_000);
    }

    @Test
    void boundsTheMemoryOfManyLargeGroups() {
        Limits limits = new Limits(100, 1000, 2000);
        Triage triage = new Triage(limits);
        for (int i = 0; i < 100_000; i++) {
            triage.add(report("boat_" + i % 100, i));
        }

        assertThat(triage.memberLimit()).isEqualTo(20);
        assertThat(triage.groups())
                .hasSize(100)
                .allSatisfy(each -> assertThat(each.members()).hasSize(20));
        assertThat(triage.toBytes()).hasSizeLessThan(500_000);
    }

    @Test
    void complainsAboutDamagedBytes() throws IOException {
        byte[] bytes = triage(reports(1, 50, 5), Limits.DEFAULT).toBytes();
        Random random = new Random(1);
        for (int i = 0; i < bytes.length; i++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, i);
            assertThatThrownBy(() -> Triage.fromBytes(cut)).isInstanceOf(IOException.class);
            byte[] changed = bytes.clone();
            changed[i] = (byte) random.nextInt();
            try {
                Triage.fromBytes(changed).groups();
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("triage");
            }
        }
    }
}
