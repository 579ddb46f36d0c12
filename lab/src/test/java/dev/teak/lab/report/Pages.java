package dev.teak.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** What holds for every page of a report. */
final class Pages {
  private Pages() {}

  /** HTML's own: elements without an end get one, and no doctype. */
  static Document parse(String html) throws Exception {
    String xml =
        html.replace("<!DOCTYPE html>", "").replaceAll("<(meta|link|img)([^>]*)>", "<$1$2/>");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  /** What no page may hold: a broken number, a figure with nothing in it. */
  static void requireSound(String html) throws Exception {
    Document page = parse(html);
    String words = page.getDocumentElement().getTextContent();
    assertFalse(words.contains("NaN"), () -> around(words, "NaN"));
    assertFalse(words.contains("Infinity"), () -> around(words, "Infinity"));
    assertFalse(words.contains("null"), () -> around(words, "null"));
    for (Element e : elements(page, "svg")) {
      for (String shape : List.of("polyline", "polygon")) {
        NodeList all = e.getElementsByTagName(shape);
        for (int i = 0; i < all.getLength(); i++) {
          String points = ((Element) all.item(i)).getAttribute("points");
          assertTrue(points.matches("[-0-9., ]+"), points);
        }
      }
    }
    for (Element e : elements(page, "figure")) {
      int drawn =
          e.getElementsByTagName("polyline").getLength()
              + e.getElementsByTagName("rect").getLength()
              + e.getElementsByTagName("circle").getLength()
              + e.getElementsByTagName("td").getLength()
              + e.getElementsByTagName("img").getLength();
      assertTrue(drawn > 0, () -> "an empty figure: " + e.getTextContent());
    }
    for (Element e : elements(page, "tbody")) {
      assertTrue(e.getElementsByTagName("tr").getLength() > 0, "an empty table");
    }
  }

  static String around(String words, String what) {
    int at = words.indexOf(what);
    return words.substring(Math.max(0, at - 100), Math.min(words.length(), at + 100));
  }

  static List<Element> elements(Document page, String name) {
    NodeList nodes = page.getElementsByTagName(name);
    List<Element> all = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      all.add((Element) nodes.item(i));
    }
    return all;
  }

  /** No page asks for anything, and all that it runs is what unfolds it for print. */
  static void requireAlone(String html) {
    assertFalse(html.contains("http:") || html.contains("https:"), "a request to the network");
    assertFalse(html.contains("url("), "a style that fetches");
    assertFalse(html.contains("@import"), "a style that fetches");
    assertFalse(html.contains("<script"), "a script");
    Matcher handlers = Pattern.compile("\\son(\\w+)=").matcher(html);
    List<String> names = handlers.results().map(r -> r.group(1)).toList();
    assertEquals(List.of("beforeprint", "afterprint"), names);
  }
}
