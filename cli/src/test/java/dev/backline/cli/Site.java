package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The site that release/site/make builds.
 *
 * @param folder the directory of the site
 * @param pages each page by its path in the site, read as XML
 */
record Site(Path folder, SortedMap<String, Document> pages) {
    static Site make(Path scratch) throws IOException, InterruptedException {
        Cli.needs("pandoc");
        Path manual = scratch.resolve("manual");
        ManPages.main(new String[] {manual.toString(), "1.0"});
        Path folder = scratch.resolve("site");
        Path command = Cli.ROOT.resolve("release/site/make").toAbsolutePath();
        Cli.Result made =
                Cli.program(scratch, "", command.toString(), "-o", folder.toString(), "--manual", manual.toString());
        assertThat(made.err()).isEmpty();
        assertThat(made.status()).isZero();
        SortedMap<String, Document> pages = new TreeMap<>();
        for (Path file : files(folder)) {
            if (file.toString().endsWith(".html")) {
                pages.put(folder.relativize(file).toString(), read(file));
            }
        }
        return new Site(folder, pages);
    }

    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static Document read(Path file) throws IOException {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** All elements of a page with this name; all elements if the name is "*". */
    List<Element> elements(String page, String name) {
        NodeList nodes = pages.get(page).getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    List<String> ids(String page) {
        return elements(page, "*").stream()
                .map(element -> element.getAttribute("id"))
                .filter(id -> !id.isEmpty())
                .toList();
    }
}
