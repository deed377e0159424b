package dev.backline.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.backline.unpack.UnpackException;
import dev.backline.unpack.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The fuzz targets of the decoders of whole streams. */
class UnpackFuzzTest {
    /** Small inputs can have gigabytes. */
    private static final long ENOUGH = 32 << 20;

    private static final String[] SEEDS = {
        "28b52ffd0468cd00008873747275637420736f636b202a736b3b2001007909a4cf25809c49de",
        "28b52ffd0068051000d65b511e30551bbada7aaf2cf2b7b66861ad285700eab98e182ae8be325858c2800a4b00480046"
                + "005232d8eb79456ea3c745b2a1f5cc6f4ac721a9b414067be73af835a47a0fc94e5efe593ac760d5e383f39eb077d8b3"
                + "71a67371d8c1a68411d41475a8e48a1c63efc7612176ca9dfdb48d010da01fefb730e9c13942b5a6be63769d1265fcba"
                + "5208e5a1ec502ba820092b6f75ca9646074a0d06068ab3ef5d969dd07d19a9eac6f13dac2361dc8af51b69b0e92ce5d5"
                + "1cb6276d9f39bcf2dc50cba8aa4a99b4f1a056c75bef4a5b3fce1529c34029c6d57ec12dcb9fadffbfafe9b735d56a6d"
                + "8994f024b9d319c42fc6eb9dafce7ef149cfa1be9e04017ef802f245505a93e71541b0a93a9e8d2794915d4bc9a1cba2"
                + "e32b57154a18b17309423155f11c491a252066fba56cb56dccf64dc055b25bc6b067d05afc82080222764d4095eca2cb"
                + "6b4c282002829084e401413c68a8c01199914802a292ea2c4cbe609d1460c03712aac9e302558206209e80fda16119db"
                + "efe5966d7c433768a2020133f22c72500822f0e11d02d608d48906503bd2e3a70044652f07b4c425e8b0c69a81db9091"
                + "21495edb1899b6a2640140c52388fcee933090ba2c535cf30785edaed73b4ba8eca7e7997e813e46fa32a36c8eec9f74"
                + "946a224894ed989c2660b587c3168d6f20040d0784d806a81a6428fe01f11bc95aa211fb8af02bff02",
        "28b52ffd0058750d00c6ab6a0f3092183e41541532a48775ceaa42286500640066007fb80224494dcc80470ff870fa54"
                + "0ccf60ae8ae42b664dba9a4e7c43cc50b1608bd5417deeafcad94eb61f5ace1ab4d42e1d172ce0456708baa79630bc72"
                + "0621c39e2e796e290d69936b21b2fb0aacc7d10ebaad3937a88fe8902099307b3e1c8c1d62430a87baea5e88222cb65e"
                + "f12b18dbe9540dad9169ee453eb5207247dd1399e2432a6fd5405eff11bb47c7d68f23ade274cda02b42f1cc482ea4a8"
                + "67173cbef61762f90630ef4b589976727189608ebef1ad677cdead72f451f6a0dd470b2b79c0209e191308f77cc73032"
                + "8cecda306451356656943c39402f38e828ee745740b496b084285b4b31b42e8cbbc92d4190358a8504a43ff2580013fb"
                + "8122c5874e4be99ac948ea8e59ce3d9403381d101d7ececf0dfd8de78c9c5fe6d54bd268ecdf8a74a90d89cca81ec00b"
                + "1fbc85f5bc3c99c3353cd3e310a28ffe8e0d15a6f07ab0255a8fd9665badf09b5398548bd3909167dbe4b1b8649039de"
                + "7e8566b7cf896e0d38d860bb09924ee1dae4575c7983bb3171d123b85b728565e1e302f72656c50b53dc4fb1a224a24e"
                + "e1c4ec9f312100",
        "28b52ffd004895040082881b1b70c76d1881284bd814844568b22deacb6d008a1c40cf9f4e8faf26eaeaa9df26d1990d"
                + "64db4f73db8e2e04a208d02d1e7aa1df264c7351e209ba7dff50b6818521acc9ca7bca99062e4c53b61de06b6e7b2981"
                + "79941ed8ec1cc316455af887446dcb9a75859026409937eb8e7a0b00fdb8a6faa7b444691b28db205514870c10651b49"
                + "d94b541fdbcfe47d93c302",
        "28b52ffd004855000010000001009b8639c002"
    };

    @MethodSource("frames")
    @FuzzTest
    void zstd(byte[] input) throws IOException {
        try (InputStream in = new ZstdInputStream(new ByteArrayInputStream(input))) {
            in.skip(ENOUGH);
        } catch (UnpackException e) {
            // Damaged data
        }
    }

    /** What the zstd tool writes: four streams of literals, tables in the block, repeated offsets, no checksum. */
    static Stream<Arguments> frames() {
        return Stream.of(SEEDS).map(HexFormat.of()::parseHex).map(Arguments::of);
    }
}
