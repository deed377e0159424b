package dev.backline.fuzz;

import dev.backline.fixtures.Captures;
import dev.backline.fixtures.Wrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Small logs in all that a log is wrapped in. */
final class WrappedLogs {
    private WrappedLogs() {}

    /** The start of a recorded oops in each wrapper, encoding and compression. */
    static List<byte[]> all() {
        try {
            List<String> oops = Captures.lines("oops.txt");
            String log = String.join("\n", oops.subList(0, 24)) + "\n";
            List<byte[]> all = new ArrayList<>();
            Wrapper.all().forEach(each -> all.add(each.apply(log)));
            Wrapper.mails().forEach(each -> all.add(each.apply(log)));
            for (String encoding : List.of("UTF-16", "UTF-16LE", "UTF-16BE")) {
                all.add(log.getBytes(Charset.forName(encoding)));
            }
            byte[] plain = log.getBytes(StandardCharsets.UTF_8);
            all.add(packed(plain, GZIPOutputStream::new));
            all.add(packed(plain, out -> new XZOutputStream(out, new LZMA2Options(0))));
            all.add(packed(plain, BZip2CompressorOutputStream::new));
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How to compress. */
    interface Packer {
        OutputStream open(OutputStream out) throws IOException;
    }

    static byte[] packed(byte[] content, Packer packer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packed = packer.open(out)) {
            packed.write(content);
        }
        return out.toByteArray();
    }
}
