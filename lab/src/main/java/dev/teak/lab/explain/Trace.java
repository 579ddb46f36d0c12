package dev.teak.lab.explain;

import dev.teak.engine.Autograd;
import dev.teak.engine.GraphObserver;
import dev.teak.engine.Losses;
import dev.teak.engine.Node;
import dev.teak.engine.Scope;
import dev.teak.engine.Statistics;
import dev.teak.engine.Tensor;
import dev.teak.engine.op.OpInfo;
import dev.teak.nn.Module;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * One training step of a model on a batch, written down: the graph of the forward pass, and every
 * step of the backward pass. The images want a gradient too, for that is what an attack follows.
 *
 * @param vertices what ran, in the order of running; the first one stands for the images
 * @param steps the backward pass, in its order
 * @param loss the mean cross-entropy
 * @param memory what the step held
 */
public record Trace(List<Vertex> vertices, List<Step> steps, double loss, Scope.Stats memory) {
  private static final int SAMPLE = 6;

  /**
   * An op that ran, or the images.
   *
   * @param id its place in the order of running
   * @param op its row of the op table; null for the images
   * @param layer the layer whose parameters it uses; empty where it uses none
   * @param inputs the vertices whose outputs went in
   * @param parameters the numbers that train in it
   * @param flops floating-point operations of its forward
   * @param shape of its output
   * @param activation what its output was like
   */
  public record Vertex(
      int id,
      OpInfo op,
      String layer,
      List<Integer> inputs,
      long parameters,
      long flops,
      List<Integer> shape,
      Statistics activation) {
    /** The op's name, or that these are the images. */
    public String name() {
      return op == null ? "images" : op.name();
    }
  }

  /**
   * A gradient on its way.
   *
   * @param of what it is the gradient of
   * @param shape its shape
   * @param statistics what it was like
   * @param sample its first few values
   */
  public record Gradient(
      String of, List<Integer> shape, Statistics statistics, List<Double> sample) {}

  /**
   * A step of the backward pass.
   *
   * @param vertex the op whose turn it was
   * @param incoming the gradient of its output
   * @param outgoing the gradient of each input that wants one
   */
  public record Step(int vertex, Gradient incoming, List<Gradient> outgoing) {}

  /** Runs a training step and writes it down; the parameters' gradients are as they were before. */
  public static Trace of(Module model, Tensor images, Tensor labels) {
    try (Scope scope = Scope.open()) {
      Tensor x = images.detach().requiresGrad(true);
      Tensor loss = Losses.crossEntropy(model.forward(x), labels);
      Writer writer = new Writer(model, x, loss);
      List<Tensor> wanted = new ArrayList<>(model.parameters());
      wanted.removeIf(p -> !p.requiresGrad());
      wanted.add(x);
      try (Autograd.Mode on = Autograd.observe(writer)) {
        Autograd.grad(loss, wanted, Autograd.Options.PLAIN.allowingUnused());
      }
      return new Trace(writer.vertices, writer.steps, loss.item(), scope.stats());
    }
  }

  /** The gradient of what a vertex gave, if one came there. */
  public Gradient gradientOf(Vertex v) {
    for (Step step : steps) {
      if (step.vertex == v.id) {
        return step.incoming;
      }
      for (Gradient g : step.outgoing) {
        if (v.op == null && g.of.equals(v.name())) {
          return g;
        }
      }
    }
    return null;
  }

  /** The sum over all vertices. */
  public long flops() {
    return vertices.stream().mapToLong(Vertex::flops).sum();
  }

  /** Turns nodes into vertices, then, as an observer, the pass into steps. */
  private static final class Writer implements GraphObserver {
    private final Map<Tensor, String> names = new IdentityHashMap<>();
    private final Map<Tensor, Integer> madeBy = new IdentityHashMap<>();
    private final Map<Node, Integer> places = new HashMap<>();
    private final List<Vertex> vertices = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();

    Writer(Module model, Tensor images, Tensor loss) {
      model.namedParameters().forEach((name, p) -> names.put(p, name));
      names.put(images, "images");
      madeBy.put(images, 0);
      vertices.add(new Vertex(0, null, "", List.of(), 0, 0, dims(images), Statistics.of(images)));
      for (Node node : behind(loss)) {
        add(node);
      }
    }

    private static List<Node> behind(Tensor output) {
      List<Node> nodes = new ArrayList<>();
      Deque<Node> open = new ArrayDeque<>(List.of(output.gradFn()));
      Map<Node, Boolean> seen = new HashMap<>(Map.of(output.gradFn(), true));
      while (!open.isEmpty()) {
        Node node = open.pop();
        nodes.add(node);
        for (Tensor input : node.inputs()) {
          if (input.gradFn() != null && seen.put(input.gradFn(), true) == null) {
            open.push(input.gradFn());
          }
        }
      }
      nodes.sort(Comparator.comparingLong(Node::number));
      return nodes;
    }

    private void add(Node node) {
      List<Integer> from = new ArrayList<>();
      String layer = "";
      long parameters = 0;
      for (Tensor input : node.inputs()) {
        String name = names.get(input);
        if (madeBy.containsKey(input)) {
          from.add(madeBy.get(input));
        } else if (name != null) {
          layer = name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : name;
          parameters += input.shape().size();
        }
      }
      Tensor y = node.output();
      long flops = node.op().flops(y, node.inputs().toArray(new Tensor[0]));
      int id = vertices.size();
      madeBy.put(y, id);
      places.put(node, id);
      vertices.add(
          new Vertex(
              id, node.op().info(), layer, from, parameters, flops, dims(y), Statistics.of(y)));
    }

    @Override
    public void backward(Node node, Tensor gradient, Tensor... products) {
      if (!places.containsKey(node)) {
        return; // a pass within the pass, of a part that runs again
      }
      List<Gradient> outgoing = new ArrayList<>();
      for (int i = 0; i < products.length; i++) {
        if (products[i] != null) {
          outgoing.add(gradient(nameOf(node.inputs().get(i), i), products[i]));
        }
      }
      steps.add(new Step(places.get(node), gradient("y", gradient), outgoing));
    }

    private String nameOf(Tensor input, int i) {
      String name = names.get(input);
      if (name != null) {
        return name;
      }
      return madeBy.containsKey(input)
          ? "the output of " + vertices.get(madeBy.get(input)).name()
          : "input " + i;
    }

    private static List<Integer> dims(Tensor t) {
      return Arrays.stream(t.shape().dims()).boxed().toList();
    }

    private static Gradient gradient(String of, Tensor g) {
      List<Double> sample = Arrays.stream(g.toDoubles()).limit(SAMPLE).boxed().toList();
      return new Gradient(of, dims(g), Statistics.of(g), sample);
    }
  }
}
