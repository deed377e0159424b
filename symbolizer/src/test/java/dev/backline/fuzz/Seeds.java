package dev.backline.fuzz;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** Seeds a fuzz target from the small files of {@code fixtures/elf}. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(Seeds.Provider.class)
@interface Seeds {
    String WHOLE_FILES = "";

    /** The section whose contents in each fixture are the seeds. */
    String value();

    /** Whether the contents are compressed, as in a section with SHF_COMPRESSED. */
    boolean zlib() default false;

    /** Reads the annotation. */
    final class Provider implements ArgumentsProvider, AnnotationConsumer<Seeds> {
        private String section = WHOLE_FILES;
        private boolean zlib;

        @Override
        public void accept(Seeds seeds) {
            section = seeds.value();
            zlib = seeds.zlib();
        }

        @Override
        public Stream<? extends Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context)
                throws IOException {
            Stream<Named<byte[]>> seeds =
                    section.equals(WHOLE_FILES) ? Hosts.all().stream() : Hosts.seeds(section, zlib);
            return seeds.map(Arguments::of);
        }
    }
}
