package dev.backline.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Wrapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of mails are decoded only where they are encoded text. */
class MailInputTest {
    private static final String LOG = "BUG: unable to handle page fault for address: 0000000000000010\n"
            + "RIP: 0010:boat_row+0x1/0x2\nCall Trace:\n boat_sail+0x1/0x2\n SRC=10.0.0.1 DST=\u00e9\n";

    private static String decoded(String mail) throws IOException {
        return new String(
                LogInput.open("mail", new ByteArrayInputStream(mail.getBytes(StandardCharsets.UTF_8)))
                        .text()
                        .readAllBytes(),
                StandardCharsets.UTF_8);
    }

    private static String base64(byte[] content) {
        return Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(content) + "\n";
    }

    private static String base64(String content) {
        return base64(content.getBytes(StandardCharsets.UTF_8));
    }

    private static String mail(String fields, String body) {
        return "From: a@example.org\nMIME-Version: 1.0\n" + fields + "\n" + body;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 57, 4096})
    void givesTheSameTextHoweverItArrivesAndIsRead(int size) throws IOException {
        for (Wrapper wrapper : Wrapper.mails()) {
            byte[] mail = wrapper.apply(LOG);
            InputStream slow = new ByteArrayInputStream(mail) {
                @Override
                public int read(byte[] into, int offset, int length) {
                    return super.read(into, offset, Math.min(length, size));
                }
            };
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            InputStream text = LogInput.open("mail", slow).text();
            byte[] part = new byte[size];
            for (int n = text.read(part); n >= 0; n = text.read(part)) {
                out.write(part, 0, n);
            }

            String read = out.toString(StandardCharsets.UTF_8);
            assertThat(read).as(wrapper.name()).isEqualTo(decoded(new String(mail, StandardCharsets.UTF_8)));
            assertThat(read.replace("\r", "")).as(wrapper.name()).contains(LOG);
        }
    }

    @Test
    void leavesAnAttachmentThatIsNoTextAsItIs() throws IOException {
        byte[] picture = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
        String mail = mail("Content-Type: image/png\nContent-Transfer-Encoding: base64\n", base64(picture));

        assertThat(decoded(mail)).isEqualTo(mail);
    }

    @Test
    void decodesOneOfTwoFormsOfATextOnly() throws IOException {
        String html = base64("<pre>" + LOG + "</pre>\n");
        String start = "--b\nContent-Transfer-Encoding: base64\nContent-Type: text/plain; charset=utf-8\n\n";
        String end = "--b\nContent-Transfer-Encoding: base64\nContent-Type: text/html\n\n" + html + "--b--\n";
        String fields = "Content-Type: multipart/alternative; boundary=b\n";

        assertThat(decoded(mail(fields, start + base64(LOG) + end))).isEqualTo(mail(fields, start + LOG + end));
        assertThat(decoded(mail(fields, end))).contains(LOG);
    }

    @Test
    void decodesAMailThatIsAttachedToAMail() throws IOException {
        String inner = mail("Content-Transfer-Encoding: base64\n", base64(LOG));
        String mail = mail(
                "Content-Type: multipart/mixed; boundary=\"=_b\"\n",
                "See below.\n--=_b\nContent-Type: message/rfc822\n\n" + inner + "--=_b--\n");

        assertThat(decoded(mail)).isEqualTo(mail.replace(base64(LOG), LOG));
    }

    @Test
    void keepsTextThatAProgramDecodedButStillCallsEncoded() throws IOException {
        String code = "Code: " + "0f 0b ".repeat(43) + "<0f> 0b SRC=10.0.0.1\n";
        String quoted = mail("Content-Transfer-Encoding: quoted-printable\n", "Hello.\n" + code + LOG);
        String base64 = mail("Content-Transfer-Encoding: base64\n", LOG);

        assertThat(decoded(quoted)).isEqualTo(quoted);
        assertThat(decoded(base64)).isEqualTo(base64);
    }

    @Test
    void leavesOtherTextAsItIs() throws IOException {
        String log = "RIP: 0010:boat_row+0x1/0x2\nContent-Transfer-Encoding: base64\n\nQkFDS0xJTkU=\n";

        assertThat(decoded(log)).isEqualTo(log);
    }
}
