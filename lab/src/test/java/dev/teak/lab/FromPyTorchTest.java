package dev.teak.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import dev.teak.engine.Tensor;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/from-pytorch.md against the code: what is in backticks beside PyTorch's column and
 * begins with a capital is a name of Teak's, such as {@code Tensor.sum}, a chain of calls, such as
 * {@code Conv2d.of(3, 64, 3).stride(2)}, or a constructor's call.
 */
class FromPyTorchTest {
  private static final Path PAGE = Path.of("../docs/from-pytorch.md");
  private static final String ENGINE = "dev.teak.engine";
  private static final String NN = "dev.teak.nn";
  private static final String OPTIM = "dev.teak.nn.optim";

  /** Of classes with one name, the page means the one in the first of these. */
  private static final List<String> PACKAGES =
      List.of(
          ENGINE,
          NN,
          OPTIM,
          "dev.teak.nn.models",
          "dev.teak.nn.train",
          "dev.teak.nn.io",
          "dev.teak.nn.attribution",
          "dev.teak.engine.check");

  private static final Map<String, Class<?>> CLASSES = publicClasses();
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern ARGUMENTS = Pattern.compile("\\([^()]*\\)");
  private static final Pattern NAME = Pattern.compile("(?:new )?([A-Z]\\w*(?:\\.\\w+)*)");

  @Test
  void everyNameOnThePageIsThereAndPublic() throws IOException {
    Set<String> missing = new TreeSet<>(names(otherColumns()));
    missing.removeIf(FromPyTorchTest::exists);
    assertEquals(Set.of(), missing, PAGE + " has names that Teak does not have");
  }

  @Test
  void theColumnOfTeakHoldsNamesAlone() throws IOException {
    Set<String> odd = new TreeSet<>();
    int rows = 0;
    for (String[] row : rows()) {
      rows++;
      for (String code : codes(row[1])) {
        if (!NAME.matcher(plain(code)).matches()) {
          odd.add(code);
        }
      }
    }
    assertEquals(Set.of(), odd, PAGE + ": expects Class, Class.method or a call of one");
    assertTrue(rows > 0, PAGE + " has no tables");
  }

  @Test
  void everyFunctionOfTheEngineIsOnThePage() throws IOException {
    Set<String> missing = new TreeSet<>();
    for (Class<?> c : in(List.of(ENGINE))) {
      if (c.isAssignableFrom(Tensor.class)) {
        continue; // what Tensor has is under its name
      }
      missing.addAll(methods(c, m -> Modifier.isStatic(m.getModifiers()) && isOfTensors(m)));
    }
    missing.addAll(methods(Tensor.class, m -> m.getDeclaringClass() != Object.class));
    requireOnPage(missing);
  }

  @Test
  void everyLayerAndOptimizerIsOnThePage() throws IOException {
    Set<String> missing = new TreeSet<>();
    for (Class<?> c : in(List.of(NN, OPTIM))) {
      missing.add(c.getSimpleName());
      missing.addAll(methods(c, m -> Modifier.isStatic(m.getModifiers())));
    }
    requireOnPage(missing);
  }

  private static void requireOnPage(Set<String> names) throws IOException {
    assertTrue(names.size() > 10, "what should be on the page was not found: " + names);
    Set<String> missing = new TreeSet<>(names);
    for (String name : names(rows().stream().map(row -> row[1]).toList())) {
      for (int end = name.length(); end >= 0; end = name.lastIndexOf('.', end - 1)) {
        missing.remove(name.substring(0, end)); // of Conv2d.of.stride, Conv2d.of and Conv2d too
      }
    }
    assertEquals(Set.of(), missing, "write into a table of " + PAGE + " what PyTorch calls these");
  }

  // --- the page ---

  /** All text but the first column of tables. */
  private static List<String> otherColumns() throws IOException {
    List<String> text = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      text.add(line.startsWith("|") ? line.substring(line.indexOf('|', 1)) : line);
    }
    return text;
  }

  /** The cells of the tables of names: PyTorch, Teak, what differs. */
  private static List<String[]> rows() throws IOException {
    return Files.readAllLines(PAGE).stream()
        .filter(line -> line.startsWith("|") && !line.startsWith("|---"))
        .map(line -> line.substring(1).split("\\|", -1))
        .filter(cells -> !cells[0].isBlank())
        .toList();
  }

  private static Set<String> names(Collection<String> text) {
    Set<String> names = new LinkedHashSet<>();
    for (String line : text) {
      for (String code : codes(line)) {
        Matcher m = NAME.matcher(plain(code));
        if (m.matches()) {
          names.add(m.group(1));
        }
      }
    }
    return names;
  }

  private static List<String> codes(String text) {
    return CODE.matcher(text).results().map(r -> r.group(1)).toList();
  }

  /** Without arguments, from the inmost out. */
  private static String plain(String code) {
    String before = code;
    String after = ARGUMENTS.matcher(before).replaceAll("");
    while (!after.equals(before)) {
      before = after;
      after = ARGUMENTS.matcher(before).replaceAll("");
    }
    return after;
  }

  // --- the code ---

  private static Map<String, Class<?>> publicClasses() {
    Map<String, Class<?>> found = new HashMap<>();
    for (JavaClass c : ArchitectureTest.production(ENGINE, NN)) {
      Class<?> type = c.reflect();
      int rank = PACKAGES.indexOf(c.getPackageName());
      if (rank >= 0 && !type.isMemberClass() && Modifier.isPublic(type.getModifiers())) {
        found.merge(type.getSimpleName(), type, (a, b) -> rank(a) < rank(b) ? a : b);
      }
    }
    return found;
  }

  private static int rank(Class<?> c) {
    return PACKAGES.indexOf(c.getPackageName());
  }

  private static List<Class<?>> in(List<String> packages) {
    return List.copyOf(
        CLASSES.values().stream().filter(c -> packages.contains(c.getPackageName())).toList());
  }

  private static Set<String> methods(Class<?> of, Predicate<Method> which) {
    Set<String> names = new TreeSet<>();
    Arrays.stream(of.getMethods())
        .filter(which)
        .forEach(m -> names.add(of.getSimpleName() + "." + m.getName()));
    return names;
  }

  private static boolean isOfTensors(Method m) {
    return Stream.concat(Stream.of(m.getReturnType()), Arrays.stream(m.getParameterTypes()))
        .anyMatch(Tensor.class::equals);
  }

  /** Whether a class has these members, each of what the one before it is or gives. */
  private static boolean exists(String name) {
    String[] parts = name.split("\\.", -1);
    Set<Class<?>> at = CLASSES.containsKey(parts[0]) ? Set.of(CLASSES.get(parts[0])) : Set.of();
    for (int i = 1; i < parts.length; i++) {
      Set<Class<?>> next = new LinkedHashSet<>();
      for (Class<?> c : at) {
        next.addAll(members(c, parts[i]));
      }
      at = next;
    }
    return !at.isEmpty();
  }

  private static Set<Class<?>> members(Class<?> of, String name) {
    Set<Class<?>> found = new LinkedHashSet<>();
    Arrays.stream(of.getMethods())
        .filter(m -> m.getName().equals(name))
        .forEach(
            m -> {
              found.add(m.getReturnType());
              if (m.getGenericReturnType() instanceof TypeVariable) {
                found.add(of); // a builder that gives itself
              }
            });
    Arrays.stream(of.getFields())
        .filter(f -> f.getName().equals(name))
        .map(Field::getType)
        .forEach(found::add);
    Arrays.stream(of.getClasses()).filter(c -> c.getSimpleName().equals(name)).forEach(found::add);
    return found;
  }
}
