package dev.backline.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this program and of Java. */
public final class BuildInfo {
    private BuildInfo() {}

    /**
     * {@return the lines of {@code --version}: the version, with the commit and the archive or package if they are known,
     * and the Java version}
     */
    public static String[] describe() {
        Properties build = new Properties();
        try (InputStream in = BuildInfo.class.getResourceAsStream("/dev/backline/cli/build.properties")) {
            if (in == null) {
                throw new IllegalStateException("dev/backline/cli/build.properties is missing from the class path");
            }
            build.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String commit = build.getProperty("commit", "");
        String distribution = System.getProperty("backline.distribution", "");
        return new String[] {
            "backline " + build.getProperty("version") + (commit.isEmpty() ? "" : " (commit " + commit + ")")
                    + (distribution.isEmpty() ? "" : ", " + distribution),
            "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + "), "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
