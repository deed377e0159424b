package dev.backline.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.backline.io.Internal;
import japicmp.cmp.JApiCmpArchive;
import japicmp.cmp.JarArchiveComparator;
import japicmp.cmp.JarArchiveComparatorOptions;
import japicmp.config.Options;
import japicmp.exception.JApiCmpException;
import japicmp.model.AccessModifier;
import japicmp.output.incompatible.IncompatibleErrorOutput;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javassist.bytecode.AccessFlag;
import javassist.bytecode.AnnotationsAttribute;
import javassist.bytecode.ClassFile;
import javassist.bytecode.MethodInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares the public API of the libraries with fixtures/api, which contains class files of public and protected members
 * without code. {@code -Dbackline.api=accept} rewrites fixtures/api.
 */
class PublicApiTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    @ParameterizedTest
    @ValueSource(strings = {"symbolizer", "tracer-scripts"})
    void isCompatibleWithTheRecordedApi(String library) throws IOException {
        Path accepted = ROOT.resolve("fixtures/api/" + library + ".jar");
        byte[] current = declarations(library);
        if ("accept".equals(System.getProperty("backline.api"))) {
            Files.write(accepted, current);
        }

        Options options = Options.newDefault();
        options.setAccessModifier(AccessModifier.PROTECTED);
        options.setErrorOnBinaryIncompatibility(true);
        options.setErrorOnSourceIncompatibility(true);
        options.setIgnoreMissingClasses(true);
        JarArchiveComparator comparator = new JarArchiveComparator(JarArchiveComparatorOptions.of(options));
        try {
            new IncompatibleErrorOutput(
                            options,
                            comparator.compare(
                                    new JApiCmpArchive(Files.readAllBytes(accepted), "accepted", library),
                                    new JApiCmpArchive(current, "current", library)),
                            comparator)
                    .generate();
        } catch (JApiCmpException broken) {
            fail(
                    broken.getMessage().replaceAll("(?<=:[A-Z_]{1,60}),", "\n")
                            + "\nprograms that use the library would break: keep the old member beside the new one; or, where"
                            + " the next version may break them (docs/library.md), accept it with"
                            + "\nmvn test -pl cli -am -Dtest=PublicApiTest"
                            + " -Dbackline.api=accept\nand commit fixtures/api",
                    broken);
        }
    }

    /** The library's classes as a jar of declarations: the same bytes for the same API. */
    private static byte[] declarations(String library) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream jar = new ZipOutputStream(bytes)) {
            Path classes = classes(library);
            List<Path> files;
            try (Stream<Path> all = Files.walk(classes)) {
                files = all.filter(file -> file.toString().endsWith(".class"))
                        .sorted()
                        .toList();
            }
            assertThat(files).isNotEmpty();
            for (Path file : files) {
                ClassFile type;
                try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
                    type = new ClassFile(in);
                }
                if (isInternal(type)) {
                    continue;
                }
                type.getFields().removeIf(field -> !visible(field.getAccessFlags()));
                type.getMethods().removeIf(method -> !visible(method.getAccessFlags()));
                type.getMethods().forEach(MethodInfo::removeCodeAttribute);
                type.compact();
                ZipEntry entry =
                        new ZipEntry(classes.relativize(file).toString().replace('\\', '/'));
                entry.setTimeLocal(LocalDateTime.of(1980, 2, 1, 0, 0));
                jar.putNextEntry(entry);
                type.write(new DataOutputStream(jar));
            }
        }
        return bytes.toByteArray();
    }

    /** Derived from the path of this module's classes: with -Dquick=test the classes are not below ROOT. */
    private static Path classes(String library) {
        URL own = PublicApiTest.class.getProtectionDomain().getCodeSource().getLocation();
        return Path.of(URI.create(own.toString().replace("cli/target/test-classes", library + "/target/classes")));
    }

    private static boolean isInternal(ClassFile type) {
        AnnotationsAttribute annotations = (AnnotationsAttribute) type.getAttribute(AnnotationsAttribute.invisibleTag);
        return annotations != null && annotations.getAnnotation(Internal.class.getName()) != null;
    }

    private static boolean visible(int access) {
        return (access & (AccessFlag.PUBLIC | AccessFlag.PROTECTED)) != 0;
    }
}
