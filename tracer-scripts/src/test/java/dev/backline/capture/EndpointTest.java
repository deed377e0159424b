package dev.backline.capture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    /** RFC 5952 4 and RFC 4291 2.5.5.2. */
    @ParameterizedTest
    @CsvSource({
        "203.0.113.10:443, 203.0.113.10:443",
        "[::1]:443, [::1]:443",
        "::1:443, [::1]:443",
        "0000:0000:0000:0000:0000:0000:0000:0001:443, [::1]:443",
        "2001:0DB8:0:0:1:0:0:1:80, [2001:db8::1:0:0:1]:80",
        "2001:db8:0:1:1:1:1:1:80, [2001:db8:0:1:1:1:1:1]:80",
        "2001:0:0:1:0:0:0:1:80, [2001:0:0:1::1]:80",
        "fe80:::65535, [fe80::]:65535",
        "0:0:0:0:0:ffff:c000:0201:80, 192.0.2.1:80",
        "[::ffff:192.0.2.1]:80, 192.0.2.1:80",
        "[::192.0.2.1]:80, [::c000:201]:80",
        "[::]:0, [::]:0"
    })
    void printsAddressesInTheirShortestForm(String text, String printed) {
        assertThat(Endpoint.parse(text)).hasToString(printed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "192.0.2.1",
                "192.0.2.1:65536",
                "192.0.2.1:-1",
                "localhost:80",
                "[fe80::1%eth0]:80",
                "1:2:3:80",
                "[1:2:3:4:5:6:7:8:9]:80",
                "[12345::]:80",
                "[00001::]:80",
                "[::1]extra:80",
                "[::256.0.2.1]:80"
            })
    void isNullForOtherTexts(String text) {
        assertThat(Endpoint.parse(text)).isNull();
    }
}
