package dev.backline.crash.triage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.backline.debugfiles.DebugFiles;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogTriageTest {
    private static List<TriagedReport> read(String log) throws IOException {
        List<TriagedReport> found = new ArrayList<>();
        try (KernelPool pool = new KernelPool(DebugFiles.builder().build())) {
            new LogTriage(pool, LogOptions.DEFAULT)
                    .read(
                            "log",
                            new LogReader(new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8))),
                            found::add);
        }
        return found;
    }

    private static String oops(int number, String function, String taint) {
        return """
                BUG: kernel NULL pointer dereference, address: 0000000000000008
                #PF: supervisor read access in kernel mode
                Oops: 0000 [#%d] PREEMPT SMP NOPTI
                CPU: 0 PID: 5 Comm: boat %s 6.1.0-56-cloud-amd64 #1  Debian 6.1.192-2
                RIP: 0010:%s+0x10/0x40 [boat]
                Call Trace:
                 <TASK>
                 vfs_write+0xc9/0x3d0
                 </TASK>
                ---[ end trace 0000000000000000 ]---
                """.formatted(number, taint, function);
    }

    private static String prefixed(String prefix, String text) {
        return text.replaceAll("(?m)^(?=.)", java.util.regex.Matcher.quoteReplacement(prefix));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'[    1.000000] '||",
                "'<4>[    1.000000] '||",
                "'Nov 22 08:38:06 db-3 kernel: [    1.000000] '|db-3|--11-22T08:38:06",
                "'Nov  2 08:38:06 db-3.example.net kernel: '|db-3.example.net|--11-02T08:38:06",
                "'2026-11-22T08:38:06.123456+01:00 db-3 kernel: [    1.000000] '|db-3|2026-11-22T07:38:06.123456Z",
                "'<4>1 2026-11-22T08:38:06Z db-3 kernel - - - '|db-3|2026-11-22T08:38:06Z",
                "'2026-11-22T08:38:06+0100 db-3 kernel: '|db-3|2026-11-22T07:38:06Z",
                "'2026-11-22 08:38:06 '||2026-11-22T08:38:06",
                "'Sun Nov 22 08:38:06 2026 kern.warn kernel: [    1.000000] '||2026-11-22T08:38:06",
                "'Nov 22 08:38:06 router kern.warn kernel: '|router|--11-22T08:38:06",
                "'[    1.000000] db-3 kernel: '|db-3|"
            })
    void takesHostAndTimeFromThePrefix(String prefix, String host, String time) throws IOException {
        List<TriagedReport> found = read(prefixed(prefix, oops(1, "row", "Not tainted")));

        assertThat(found).hasSize(1);
        assertThat(found.get(0).host()).isEqualTo(host);
        assertThat(found.get(0).time()).isEqualTo(time);
        assertThat(found.get(0).release()).isEqualTo("6.1.0-56-cloud-amd64");
        assertThat(found.get(0).group()).isEqualTo("bad-access:row[boat]~");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'__REALTIME_TIMESTAMP':'1795336686123456','MESSAGE':'%s','_HOSTNAME':'db-3'}|db-3|2026-11-22T08:38:06.123456Z",
                "{'log':'%s\\n','stream':'stdout','time':'2026-11-22T08:38:06.1Z'}||2026-11-22T08:38:06.100Z",
                "{'@timestamp':'2026-11-22T08:38:06Z','host':{'name':'db-3'},'message':'%s'}|db-3|2026-11-22T08:38:06Z",
                "{'result':{'host':'db-3','_time':'1795336686.5','_raw':'%s'}}|db-3|2026-11-22T08:38:06.500Z",
                "{'hostname':'db-3','lines':[{'host':'other','message':'x'},{'ts':1795336686,'message':'%s'}]}|db-3|2026-11-22T08:38:06Z",
                "time=2026-11-22T08:38:06Z level=warn host=db-3 msg='%s'|db-3|2026-11-22T08:38:06Z",
                "level=warn message='%s' ts=1795336686.5 hostname='db-3'|db-3|2026-11-22T08:38:06.500Z"
            })
    void takesHostAndTimeFromJsonAndLogfmt(String form, String host, String time) throws IOException {
        StringBuilder log = new StringBuilder();
        for (String line : oops(1, "row", "Not tainted").split("\n")) {
            log.append(form.replace("'", "\"").replace("%s", line)).append('\n');
        }

        List<TriagedReport> found = read(log.toString());

        assertThat(found).hasSize(1);
        assertThat(found.get(0).host()).isEqualTo(host);
        assertThat(found.get(0).time()).isEqualTo(time);
    }

    @Test
    void marksWhatFollowsAnOops() throws IOException {
        String boot = "Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP Debian 6.1.192-2\n";
        String log = boot
                + oops(1, "row", "Not tainted")
                + oops(2, "steer", "Tainted: G      D           ")
                + boot
                + oops(1, "anchor", "Tainted: G        W         ");

        List<TriagedReport> found = read(prefixed("[    1.000000] ", log));

        assertThat(found).extracting(TriagedReport::follows).containsExactly(false, true, false);
        Triage triage = new Triage();
        found.forEach(triage::add);
        assertThat(triage.groups())
                .extracting(TriageGroup::id, TriageGroup::count, TriageGroup::followUps)
                .containsExactly(
                        tuple("bad-access:anchor[boat]~", 1L, 0L),
                        tuple("bad-access:row[boat]~", 1L, 0L),
                        tuple("bad-access:steer[boat]~", 1L, 1L));
        assertThat(triage.reports()).isEqualTo(3);
        assertThat(triage.follows()).isEqualTo(1);
    }
}
