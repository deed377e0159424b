package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.console.CommandDeclaration;
import dev.backline.cli.console.CommandTable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SiteTest {
    private static final String FRONT = "index.html";

    private Site site;

    @BeforeAll
    void make(@TempDir Path scratch) throws IOException, InterruptedException {
        site = Site.make(scratch);
    }

    @Test
    void hasNoBrokenLinks() {
        Set<String> dead = new TreeSet<>();
        for (String page : site.pages().keySet()) {
            for (Element link : site.elements(page, "a")) {
                String href = link.getAttribute("href");
                URI target = URI.create(page).resolve(href);
                if (target.isAbsolute()) {
                    continue;
                }
                String path = target.getPath().isEmpty() ? page : target.getPath();
                boolean there = !href.startsWith("/")
                        && Files.isRegularFile(site.folder().resolve(path));
                if (there && target.getFragment() != null) {
                    there = site.ids(path).contains(target.getFragment());
                }
                if (!there) {
                    dead.add(page + ": " + href);
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    @Test
    void reachesEveryPageFromTheFrontPage() {
        Set<String> reached = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(FRONT));
        while (!open.isEmpty()) {
            String page = open.pop();
            if (site.pages().containsKey(page) && reached.add(page)) {
                for (Element link : site.elements(page, "a")) {
                    open.add(URI.create(page).resolve(link.getAttribute("href")).getPath());
                }
            }
        }
        assertThat(reached).isEqualTo(site.pages().keySet());
    }

    @Test
    void hasEveryDocument() throws IOException {
        try (Stream<Path> documents = Files.list(Cli.ROOT.resolve("docs"))) {
            List<String> expected = documents
                    .map(document -> document.getFileName().toString())
                    .filter(name -> name.endsWith(".md") && !name.equals("story.md"))
                    .map(name -> name.equals("README.md") ? "pages.html" : name.replaceFirst("md$", "html"))
                    .toList();
            assertThat(expected).hasSizeGreaterThan(15);
            assertThat(site.pages()).containsKeys(expected.toArray(String[]::new));
        }
        String title = Files.readAllLines(Cli.ROOT.resolve("docs/story.md")).get(0);
        assertThat("# " + site.elements(FRONT, "h1").get(0).getTextContent()).isEqualTo(title);
    }

    @Test
    void hasAPageForEachCommandWithTheTextOfEachOption() {
        for (CommandDeclaration command : CommandTable.root().commands()) {
            String page = "reference/backline-" + command.shortName() + ".html";
            assertThat(site.pages()).containsKey(page);
            assertThat(linksInText("reference/backline.html").map(link -> link.getAttribute("href")))
                    .contains("../" + page);
            String text = site.elements(page, "main").get(0).getTextContent().replaceAll("\\s+", " ");
            for (CommandDeclaration.Option option : command.options()) {
                assertThat(text).contains(option.usage(), option.help());
            }
        }
    }

    @Test
    void loadsNothingFromOtherSitesAndRunsNoScripts() throws IOException {
        for (String page : site.pages().keySet()) {
            for (Element element : site.elements(page, "*")) {
                String tag = element.getTagName();
                assertThat(tag).as(page).isNotIn("script", "iframe", "object", "embed", "form", "base", "style");
                if (tag.equals("img")) {
                    String place = page + " " + element.getAttribute("src");
                    assertThat(element.getAttribute("alt")).as(place).isNotBlank();
                    assertThat(element.getAttribute("src")).doesNotContain(":").doesNotStartWith("/");
                    Path picture = site.folder().resolve(page).resolveSibling(element.getAttribute("src"));
                    assertThat(picture.normalize()).startsWith(site.folder()).isNotEmptyFile();
                } else if (tag.equals("link") && !element.getAttribute("rel").equals("alternate")) {
                    assertThat(element.getAttribute("href")).as(page).matches("(\\.\\./)*style\\.css|data:,");
                } else {
                    assertThat(element.hasAttribute("src"))
                            .as("%s: %s", page, tag)
                            .isFalse();
                }
            }
        }
        for (Path file : Site.files(site.folder())) {
            String name = file.toString();
            if (name.endsWith(".css") || name.endsWith(".svg")) {
                assertThat(Files.readString(file).replace("\"http://www.w3.org/2000/svg\"", ""))
                        .as(name)
                        .doesNotContain("://", "@import", "<script", "href")
                        .doesNotContainPattern("url\\((?!#)");
            }
        }
    }

    @Test
    void showsTheChartsAndThePictureOfTheArchitecture() {
        assertThat(pictures("performance.html"))
                .contains("performance/peers.svg", "performance/addresses.svg", "performance/sizes.svg");
        assertThat(pictures("architecture.html")).containsExactly("images/architecture.svg");
        assertThat(pictures("guide.html")).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void showsEveryPackageInThePictureOfTheArchitecture() throws IOException {
        String picture = Files.readString(site.folder().resolve("images/architecture.svg"));
        List<String> rooms = site.elements("architecture.html", "td").stream()
                .map(Element::getTextContent)
                .filter(cell -> cell.startsWith("dev.backline."))
                .map(cell -> cell.substring("dev.backline.".length()))
                .toList();
        assertThat(rooms).hasSize(32);
        assertThat(rooms).allSatisfy(room -> assertThat(picture).contains("class=\"name\">" + room + "<"));
    }

    private List<String> pictures(String page) {
        return site.elements(page, "img").stream()
                .map(image -> image.getAttribute("src"))
                .toList();
    }

    @Test
    void marksChineseTextAndLinksTheLanguages() {
        List<String> chinese = site.pages().keySet().stream()
                .filter(page -> page.endsWith(".zh.html"))
                .toList();
        assertThat(chinese).contains("story.zh.html", "diagnosis.zh.html");
        for (String page : site.pages().keySet()) {
            assertThat(language(page)).as(page).isEqualTo(chinese.contains(page) ? "zh" : "en");
        }
        for (String page : chinese) {
            String english = page.equals("story.zh.html") ? FRONT : page.replace(".zh", "");
            assertThat(translations(page, "en")).contains(english);
            assertThat(translations(english, "zh")).contains(page);
            assertThat(site.elements(page, "nav").get(0).getAttribute("lang")).isEqualTo("en");
        }
        for (String page : site.pages().keySet()) {
            for (Element link : site.elements(page, "a")) {
                boolean zh = link.getTextContent().codePoints().anyMatch(Character::isIdeographic);
                String language = link.getAttribute("lang");
                if (zh
                        && !(chinese.contains(page)
                                && language.isEmpty()
                                && linksInText(page).anyMatch(link::isSameNode))) {
                    assertThat(language)
                            .as("%s: %s", page, link.getTextContent())
                            .isEqualTo("zh");
                }
            }
        }
    }

    private String language(String page) {
        return site.pages().get(page).getDocumentElement().getAttribute("lang");
    }

    /** The targets of links that are marked as links to another language. */
    private List<String> translations(String page, String language) {
        return linksInText(page)
                .filter(link -> link.getAttribute("hreflang").equals(language))
                .map(link -> link.getAttribute("href").replaceFirst("#.*", ""))
                .toList();
    }

    private Stream<Element> linksInText(String page) {
        Element main = site.elements(page, "main").get(0);
        return site.elements(page, "a").stream()
                .filter(link -> (main.compareDocumentPosition(link) & Element.DOCUMENT_POSITION_CONTAINED_BY) != 0);
    }

    @Test
    void isUsableWithAScreenReader() {
        int inNavigation = 0;
        for (String page : site.pages().keySet()) {
            List<String> skip =
                    site.elements(page, "a").get(0).getAttribute("class").equals("skip")
                            ? List.of(site.elements(page, "a").get(0).getAttribute("href"))
                            : List.of();
            assertThat(skip).as(page).containsExactly("#content");
            assertThat(site.ids(page)).as(page).doesNotHaveDuplicates().contains("content", "pages");
            assertThat(site.elements(page, "title").get(0).getTextContent())
                    .as(page)
                    .contains(" – backline");
            int above = 0;
            for (Element element : site.elements(page, "*")) {
                if (element.getTagName().matches("h[1-6]")) {
                    int level = element.getTagName().charAt(1) - '0';
                    assertThat(level)
                            .as("%s: %s", page, element.getTextContent())
                            .isBetween(1, above + 1);
                    above = level;
                }
            }
            assertThat(site.elements(page, "h1")).as(page).hasSize(1);
            long current = site.elements(page, "a").stream()
                    .filter(link -> link.getAttribute("aria-current").equals("page"))
                    .count();
            assertThat(current).as(page).isBetween(0L, 1L);
            inNavigation += (int) current;
        }
        assertThat(inNavigation).isGreaterThan(30);
    }

    @Test
    @Tag("slow")
    void buildsReproducibly(@TempDir Path other) throws IOException, InterruptedException {
        Site again = Site.make(other);
        List<Path> files = Site.files(site.folder());
        assertThat(Site.files(again.folder()).stream().map(again.folder()::relativize))
                .containsExactlyElementsOf(
                        files.stream().map(site.folder()::relativize).toList());
        for (Path file : files) {
            assertThat(again.folder().resolve(site.folder().relativize(file))).hasSameBinaryContentAs(file);
        }
    }
}
