package dev.backline.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Checks with doclint's group "missing" that public and protected members of the libraries have Javadoc. The build does
 * not use that group because javac cannot exempt compact constructors, whose parameters the record's Javadoc describes.
 */
class JavadocTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static final Pattern COMPACT_CONSTRUCTOR = Pattern.compile("\\s*(public|protected) \\w+ \\{.*");

    @Test
    void findsJavadocOnAllPublicMembersOfTheLibraries() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("symbolizer", "tracer-scripts")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        try (var files = COMPILER.getStandardFileManager(null, null, null)) {
            assertThat(missing(files.getJavaFileObjectsFromPaths(sources))).isEmpty();
        }
    }

    @Test
    void exemptsOnlyCompactConstructors() throws IOException {
        String source = """
                /**
                 * A record.
                 *
                 * @param a its number
                 */
                public record Sample(int a) {
                    public Sample { }
                    public int twice() { return 2 * a; }
                    /** A class. */
                    public static class Inner {
                        public Inner(int b) { }
                    }
                }
                """;
        assertThat(missing(List.of(
                        new SimpleJavaFileObject(URI.create("string:///Sample.java"), JavaFileObject.Kind.SOURCE) {
                            @Override
                            public CharSequence getCharContent(boolean ignored) {
                                return source;
                            }
                        })))
                .containsExactly("Sample.java:8: no comment", "Sample.java:11: no comment");
    }

    private static List<String> missing(Iterable<? extends JavaFileObject> sources) throws IOException {
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options = List.of(
                "-proc:none",
                "-Xdoclint:missing/protected",
                "-Xmaxwarns",
                "10000",
                "-cp",
                System.getProperty("java.class.path"));
        ((JavacTask) COMPILER.getTask(null, null, found, options, null, sources)).analyze();
        List<String> missing = new ArrayList<>();
        for (Diagnostic<? extends JavaFileObject> each : found.getDiagnostics()) {
            JavaFileObject source = each.getSource();
            String line = source == null
                    ? ""
                    : source.getCharContent(true)
                            .toString()
                            .lines()
                            .skip(each.getLineNumber() - 1)
                            .findFirst()
                            .orElse("");
            if (source != null && !COMPACT_CONSTRUCTOR.matcher(line).matches()) {
                missing.add(Path.of(source.getName()).getFileName() + ":" + each.getLineNumber() + ": "
                        + each.getMessage(Locale.ENGLISH));
            }
        }
        return missing;
    }
}
