package dev.backline.fuzz;

import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.fixtures.ElfFixtures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Named;

/** The fixtures into which fuzz targets put the section that they mutate. */
final class Hosts {
    /** Of a larger file the fuzzer would copy more than it reads. */
    private static final long MAX_SIZE = 1 << 16;

    private static final int ELFCOMPRESS_ZLIB = 1;

    private static final Map<String, Host> BY_SECTION = bySection();

    /** The fixtures that have a section, and its contents in each. */
    private record Host(List<Named<byte[]>> files, List<byte[]> contents) {}

    private Hosts() {}

    /** {@return all small fixtures} */
    static List<Named<byte[]>> all() throws IOException {
        List<Named<byte[]>> files = new ArrayList<>();
        for (Path file : ElfFixtures.elfFiles()) {
            if (Files.size(file) <= MAX_SIZE) {
                files.add(Named.of(file.getFileName().toString(), Files.readAllBytes(file)));
            }
        }
        return files;
    }

    /** {@return the input of each fixture's own section} */
    static Stream<Named<byte[]>> seeds(String section, boolean zlib) throws IOException {
        List<Named<byte[]>> seeds = new ArrayList<>();
        Host host = of(section);
        List<byte[]> contents = host.contents();
        for (int i = 0; i < contents.size(); i++) {
            ByteArrayOutputStream seed = new ByteArrayOutputStream();
            seed.write(i);
            seed.writeBytes(zlib ? compressed(contents.get(i)) : contents.get(i));
            seeds.add(Named.of(host.files().get(i).getName(), seed.toByteArray()));
        }
        return seeds.stream();
    }

    /** {@return the fixture that the input names, with the section that the input gives it} */
    static byte[] with(String section, boolean compressed, byte[] input) throws IOException {
        List<Named<byte[]>> files = of(section).files();
        int number = input.length == 0 ? 0 : input[0] & 0xff;
        byte[] content = Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
        return Splice.replace(files.get(number % files.size()).getPayload(), section, compressed, content);
    }

    private static Host of(String section) {
        Host host = BY_SECTION.get(section);
        if (host == null) {
            throw new IllegalStateException("no fixture of at most " + MAX_SIZE + " bytes has a plain " + section);
        }
        return host;
    }

    private static Map<String, Host> bySection() {
        Map<String, Host> hosts = new HashMap<>();
        try {
            for (Named<byte[]> file : all()) {
                for (Section section :
                        ElfFile.of(file.getName(), file.getPayload()).sections()) {
                    byte[] content = Splice.section(file.getPayload(), section.name());
                    if (content != null) {
                        Host host = hosts.computeIfAbsent(
                                section.name(), name -> new Host(new ArrayList<>(), new ArrayList<>()));
                        host.files().add(file);
                        host.contents().add(content);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("fixtures/elf", e);
        }
        return Map.copyOf(hosts);
    }

    private static byte[] compressed(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // Elf64_Chdr: ch_type, ch_reserved, ch_size, ch_addralign
        ByteBuffer header = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(ELFCOMPRESS_ZLIB).putInt(0).putLong(content.length).putLong(1);
        out.writeBytes(header.array());
        try (DeflaterOutputStream zlib = new DeflaterOutputStream(out)) {
            zlib.write(content);
        }
        return out.toByteArray();
    }
}
