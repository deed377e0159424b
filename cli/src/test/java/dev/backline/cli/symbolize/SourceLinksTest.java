package dev.backline.cli.symbolize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.cli.console.UsageException;
import dev.backline.debugfiles.KernelRelease;
import dev.backline.symbolize.SourceFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceLinksTest {
    private static final String STABLE = "https://git.kernel.org/pub/scm/linux/kernel/git/stable/linux.git/tree/";

    private static SourceFrame frame(String path, int line) {
        return new SourceFrame("f", null, path, path, line, 1, 0, false);
    }

    private static String url(String option, String release, String banner, String path) throws UsageException {
        return SourceLinks.of(option).url(frame(path, 12), new KernelRelease(release, banner));
    }

    @ParameterizedTest
    @CsvSource({
        "6.1.55,      v6.1.55",
        "6.1.0,       v6.1",
        "6.10.0-rc3,  v6.10-rc3",
        "6.12.10,     v6.12.10",
        "5.0.0,       v5.0",
        "2.6.32,      v2.6.32",
        "2.6.32.71,   v2.6.32.71",
    })
    void leadToTheTagOfAnUnchangedRelease(String release, String tag) throws UsageException {
        assertThat(url("auto", release, null, "net/ipv4/tcp.c")).isEqualTo(STABLE + "net/ipv4/tcp.c?h=" + tag + "#n12");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "6.1.0-56-cloud-amd64 | Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.177-1 (2026-07-01) | https://sources.debian.org/src/linux/6.1.177-1/a.c/#L12",
                "6.8.0-45-generic | Linux version 6.8.0-45-generic (buildd@lcy02) (x86_64-linux-gnu-gcc-13 (Ubuntu 13.2.0-23ubuntu4) 13.2.0, GNU ld 2.42) #45-Ubuntu SMP PREEMPT_DYNAMIC Fri Aug 30 12:02:04 UTC 2024 | https://git.launchpad.net/~ubuntu-kernel/ubuntu/+source/linux/+git/noble/tree/a.c?h=Ubuntu-6.8.0-45.45#n12",
                "5.10.101-android12-9-00001-g8a1f2d3c4b5a-ab9876543 | | https://android.googlesource.com/kernel/common/+/8a1f2d3c4b5a/a.c#12"
            })
    void leadToTheSourcesOfADistributionsBuild(String release, String banner, String expected) throws UsageException {
        assertThat(url("auto", release, banner, "a.c")).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "6.1.0-56-cloud-amd64",
                "6.8.0-45-generic",
                "6.1.55-custom",
                "6.1.55+",
                "6.1.55-dirty",
                "6.9.1-arch1-1",
                "6.8.12-4-pve",
                "5.14.0-427.13.1.el9_4.x86_64",
                "hostile 6.1.55"
            })
    void areAbsentWhereTheTreeIsNotCertain(String release) throws UsageException {
        assertThat(url("auto", release, null, "net/ipv4/tcp.c")).isNull();
        assertThat(url("auto", null, null, "net/ipv4/tcp.c")).isNull();
    }

    @Test
    void areAbsentForAKernelThatUbuntuRebuiltForAnOlderRelease() throws UsageException {
        assertThat(url("auto", "6.8.0-45-generic", "… #45~22.04.1-Ubuntu SMP …", "a.c"))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/build/x.c", "./x.c", "a/../../x.c", "include/generated/x.h", "<built-in>"})
    void areAbsentForFilesThatAreNotInTheTree(String path) throws UsageException {
        assertThat(url("auto", "6.1.55", null, path)).isNull();
        assertThat(url("https://x/{file}", "6.1.55", null, path)).isNull();
    }

    @Test
    void escapeHostileNames() throws UsageException {
        assertThat(url("https://x/{file}#{line}", "6.1.55", null, "a b\u001b]8;;{line}?#\u00e9.c"))
                .isEqualTo("https://x/a%20b%1B%5D8%3B%3B%7Bline%7D%3F%23%C3%A9.c#12");
        assertThat(url("https://x/{file}", "6.1.55", null, "a".repeat(1000))).isNull();
        assertThat(url("https://x/{release}/{file}", "6.1\u001b[31m", null, "a.c"))
                .isEqualTo("https://x/6.1%1B%5B31m/a.c");
    }

    @Test
    void needWhatTheTemplateNames() throws UsageException {
        assertThat(url("https://x/{commit}/{file}", "6.1.0-rc1-00012-g0123456789ab", null, "a.c"))
                .isEqualTo("https://x/0123456789ab/a.c");
        assertThat(url("https://x/{commit}/{file}", "6.1.55", null, "a.c")).isNull();
        assertThat(url("https://x/{release}/{file}", null, null, "a.c")).isNull();
        assertThat(SourceLinks.of("https://x/{file}").url(frame("a.c", 0), new KernelRelease("6.1.55", null)))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://x",
                "https://x/{file}/{name}",
                "https://x y/{file}",
                "x\u001b{file}",
                "https://\u00e9/{file}"
            })
    void rejectATemplateThatIsNotAUrlWithAFile(String template) {
        assertThatThrownBy(() -> SourceLinks.of(template))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--links")
                .hasMessageContaining("{file}");
    }
}
