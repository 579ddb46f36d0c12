package dev.teak.nn;

import dev.teak.engine.Hooks;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Recompute;
import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A function with parameters, as {@code torch.nn.Module}: it holds parameters (which train),
 * buffers (which do not, but belong to the state), random streams and submodules, each by name.
 * Starts in training mode.
 *
 * <p>A module may be a part in several places, and a parameter may belong to several modules: each
 * counts once, by its identity, wherever parts or parameters are listed, counted, stepped or
 * clipped, and has the first of its names. Only {@link #stateDict} has it under all of them. It
 * still runs as often as it is called: a batch norm in two places moves its running statistics
 * twice a forward pass, as in PyTorch.
 *
 * <p>A module of several tensors, such as {@link MultiheadAttention}, defines {@link #computeAll}
 * besides {@link #compute}, and is called by {@link #forward(List)}.
 */
public abstract class Module {
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private final Map<String, RandomStream> streams = new LinkedHashMap<>();
  private final Map<String, Module> submodules = new LinkedHashMap<>();
  private final Hooks<ForwardHook> forwardHooks = new Hooks<>();
  private final Hooks<UnaryOperator<Tensor>> backwardHooks = new Hooks<>();
  private boolean training = true;
  private boolean recomputing;
  private Rerun rerun; // that is told of its calls, while there is one; null else

  /** The function itself: what a layer or a model defines. Callers use {@link #forward}. */
  protected abstract Tensor compute(Tensor x);

  /**
   * The function of several tensors, where a module takes or gives several; {@link #compute} is
   * then what it makes of one. By default a module takes one and gives one.
   *
   * @throws IllegalArgumentException if it does not take as many
   */
  protected List<Tensor> computeAll(List<Tensor> inputs) {
    if (inputs.size() != 1) {
      throw new IllegalArgumentException(
          getClass().getSimpleName() + ": " + inputs.size() + " inputs; it takes 1");
    }
    return List.of(compute(inputs.get(0)));
  }

  /** The function with its hooks. */
  public final Tensor forward(Tensor x) {
    return rerun == null ? called(x) : rerun.called(this, () -> List.of(called(x))).get(0);
  }

  private Tensor called(Tensor x) {
    return hooked(x, recomputing ? recomputed(x) : compute(x));
  }

  /**
   * The function of several tensors with its hooks. A hook sees each output by itself, and of the
   * inputs the first.
   */
  public final List<Tensor> forward(List<Tensor> inputs) {
    return rerun == null ? called(inputs) : rerun.called(this, () -> called(inputs));
  }

  private List<Tensor> called(List<Tensor> inputs) {
    List<Tensor> outputs =
        recomputing ? JoinedOutputs.recomputed(this, inputs) : computeAll(inputs);
    return outputs.stream().map(y -> hooked(inputs.get(0), y)).toList();
  }

  private Tensor hooked(Tensor x, Tensor y) {
    for (ForwardHook hook : forwardHooks.inOrder()) {
      Tensor replaced = hook.apply(this, x, y);
      y = replaced == null ? y : replaced;
    }
    if (!backwardHooks.isEmpty() && y.requiresGrad()) {
      y =
          y.reshape(
              y.shape().dims()); // of its own: a layer may give its input back, or a parameter
      for (UnaryOperator<Tensor> hook : backwardHooks.inOrder()) {
        y.registerHook(hook);
      }
    }
    return y;
  }

  // --- hooks ---

  /** Sees what a module gives. */
  public interface ForwardHook {
    /** What the module is to give instead; null leaves its output. */
    Tensor apply(Module module, Tensor input, Tensor output);
  }

  /**
   * Lets a function see and replace what this module gives, whenever it runs; hooks run in the
   * order of registration. A hooked layer is not fused with its neighbours, and a hook inside a
   * module that {@link #recompute recomputes} runs once more for it.
   */
  public final Hooks.Handle registerForwardHook(ForwardHook hook) {
    return forwardHooks.add(hook);
  }

  /**
   * Lets a function see and replace the gradient of this module's output, as {@link
   * Tensor#registerHook}; PyTorch's full backward pre-hook.
   */
  public final Hooks.Handle registerBackwardHook(UnaryOperator<Tensor> hook) {
    return backwardHooks.add(hook);
  }

  /** Whether nothing asks for this module's own output: it may then be a part of a fused op. */
  final boolean isPlain() {
    return forwardHooks.isEmpty() && backwardHooks.isEmpty() && !recomputing && rerun == null;
  }

  // --- recomputing ---

  /**
   * Gradient checkpointing: keeps what goes into this module and what comes out, and runs it again
   * in the backward pass, which costs one more forward and gives the same gradients. Dropout draws
   * the same masks, buffers such as running statistics are not moved twice. A {@link ResNet} keeps
   * what lies between its blocks too; in a model of one's own, ask this of the blocks.
   */
  public final void recompute(boolean on) {
    recomputing = on;
  }

  /**
   * A stretch of a module, between two tensors that are kept where it is recomputed.
   *
   * @param function what it computes
   * @param modules what it runs
   */
  protected record Stretch(UnaryOperator<Tensor> function, List<Module> modules) {
    Recompute.Stretch recomputed() {
      Modes first = new Modes(modules);
      return new Recompute.Stretch(function, x -> again(x, first));
    }

    /** In the modes of the first time, and without effects on buffers. */
    private Tensor again(Tensor x, Modes first) {
      Modes now = new Modes(modules);
      first.restore();
      try (Effects undone = Effects.of(now.training.keySet())) {
        return function.apply(x);
      } finally {
        now.restore();
      }
    }
  }

  /** Whether it is run again in the backward pass, as {@link #recompute} asks. */
  public final boolean isRecomputing() {
    return recomputing;
  }

  /** Has its calls told to this; null for none. */
  final void tell(Rerun told) {
    if (told != null && rerun != null) {
      throw new IllegalStateException(
          "rerun: the model is run again from another of its layers already; one at a time");
    }
    rerun = told;
  }

  /** How {@link #recompute} cuts this module: not at all, unless it says better. */
  protected List<Stretch> stretches() {
    return List.of(new Stretch(this::compute, List.of(this)));
  }

  private Tensor recomputed(Tensor x) {
    return Recompute.of(stretches().stream().map(Stretch::recomputed).toList(), x);
  }

  // --- text ---

  /** What this module is by itself, in a line: its name and, in a layer, its settings. */
  protected String describe() {
    String name = getClass().getSimpleName();
    return name.isEmpty() ? "Module" : name; // an anonymous class has none
  }

  /** The layer's line, or that of each part by its name, indented, as PyTorch prints them. */
  @Override
  public String toString() {
    if (submodules.isEmpty()) {
      return describe();
    }
    StringBuilder text = new StringBuilder(describe()).append("(\n");
    submodules.forEach(
        (name, part) -> {
          String indented = part.toString().replace("\n", "\n  ");
          text.append("  (").append(name).append("): ").append(indented).append('\n');
        });
    return text.append(')').toString();
  }

  // --- parts ---

  /**
   * Registers a tensor that trains; it lives as long as the module. Returns it: {@code value}
   * itself where that is a leaf which trains already, such as another module's parameter, so that
   * both share it; else a new tensor over its memory.
   */
  protected final Tensor parameter(String name, Tensor value) {
    requireNew(name);
    boolean trains = value.requiresGrad() && value.gradFn() == null;
    Tensor own = trains ? value : value.detach();
    parameters.put(name, own.unscoped().requiresGrad(true));
    return own;
  }

  /** Registers a tensor that belongs to the state but does not train. Returns it. */
  protected final Tensor buffer(String name, Tensor value) {
    requireNew(name);
    buffers.put(name, value.detach().unscoped());
    return buffers.get(name);
  }

  /** Registers the source of a layer's random numbers, so that a checkpoint keeps its position. */
  protected final RandomStream stream(String name, RandomStream random) {
    requireNew(name);
    streams.put(name, random);
    return random;
  }

  /** Registers a part. Returns it. */
  protected final <M extends Module> M submodule(String name, M module) {
    requireNew(name);
    submodules.put(name, module);
    return module;
  }

  /** Its own parts, without theirs. */
  final Collection<Module> parts() {
    return submodules.values();
  }

  /** Its own buffers and streams, without those of its parts. */
  final Collection<Tensor> ownBuffers() {
    return buffers.values();
  }

  final Collection<RandomStream> ownStreams() {
    return streams.values();
  }

  private void requireNew(String name) {
    boolean taken =
        parameters.containsKey(name)
            || buffers.containsKey(name)
            || streams.containsKey(name)
            || submodules.containsKey(name);
    if (taken || name.isEmpty() || name.contains(".")) {
      throw new IllegalArgumentException(
          "module: '"
              + name
              + "' "
              + (taken ? "is registered already" : "is no name")
              + "; names are unique, not empty and without dots");
    }
  }

  /**
   * This module by the name "", and all its parts by their full names, each before its own parts. A
   * part in several places is there once, by the first of its names.
   */
  public final Map<String, Module> namedModules() {
    Map<Module, String> names = new IdentityHashMap<>();
    Map<String, Module> all = new LinkedHashMap<>();
    collectModules("", names, all);
    return all;
  }

  private void collectModules(String name, Map<Module, String> names, Map<String, Module> into) {
    if (names.putIfAbsent(this, name) == null) {
      into.put(name, this);
      String prefix = name.isEmpty() ? "" : name + ".";
      submodules.forEach((part, m) -> m.collectModules(prefix + part, names, into));
    }
  }

  /**
   * The part of this full name, such as {@code layer1.0.conv1}; any of its names will do.
   *
   * @throws IllegalArgumentException naming the parts there are
   */
  public final Module getSubmodule(String name) {
    Module part = this;
    for (String step : name.isEmpty() ? new String[0] : name.split("\\.", -1)) {
      part = part == null ? null : part.submodules.get(step);
    }
    if (part == null) {
      throw new IllegalArgumentException(
          "module: there is no part '" + name + "'; the parts are " + namedModules().keySet());
    }
    return part;
  }

  /**
   * The parameters by full name ({@code 0.weight}), in the order of registration; a shared one is
   * there once, by the first of its names.
   */
  public final Map<String, Tensor> namedParameters() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    collect("", all, false);
    return StateDict.distinct(all);
  }

  /** The parameters, each once, in the order of registration. */
  public final List<Tensor> parameters() {
    return new ArrayList<>(namedParameters().values());
  }

  /**
   * Parameters and buffers by full name: the tensors themselves, not copies. A shared one is there
   * under each of its names.
   */
  public final Map<String, Tensor> stateDict() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    collect("", all, true);
    return all;
  }

  private void collect(String prefix, Map<String, Tensor> into, boolean withBuffers) {
    parameters.forEach((name, t) -> into.put(prefix + name, t));
    if (withBuffers) {
      buffers.forEach((name, t) -> into.put(prefix + name, t));
    }
    submodules.forEach((name, m) -> m.collect(prefix + name + ".", into, withBuffers));
  }

  /** The random streams by full name: a run that resumes sets their positions. */
  public final Map<String, RandomStream> namedStreams() {
    Map<String, RandomStream> all = new LinkedHashMap<>();
    collectStreams("", all);
    return all;
  }

  private void collectStreams(String prefix, Map<String, RandomStream> into) {
    streams.forEach((name, random) -> into.put(prefix + name, random));
    submodules.forEach((name, m) -> m.collectStreams(prefix + name + ".", into));
  }

  /**
   * Overwrites parameters and buffers: all of them, or none where anything does not fit. The values
   * may lie on another device. A shared tensor may be given under one of its names or under
   * several, but then with the same values. A batch norm's {@code num_batches_tracked}, which files
   * of PyTorch have, is passed over where the momentum is a number: nothing depends on it then.
   *
   * @throws IllegalArgumentException naming what is missing, unexpected, of another shape or given
   *     twice with different values
   */
  public final void loadStateDict(Map<String, Tensor> state) {
    Map<String, Tensor> own = stateDict();
    Map<String, Tensor> given = new LinkedHashMap<>(state);
    given.keySet().removeIf(name -> !own.containsKey(name) && BatchNorm.isCounter(name, own));
    given.replaceAll((name, t) -> BatchNorm.isCounter(name, own) ? BatchNorm.asCounter(t) : t);
    StateDict.copy("the weights do not fit the model", given, own);
  }

  /** Training mode on: dropout drops, batch norm uses the batch. */
  public final void train() {
    train(true);
  }

  /** Training mode off. */
  public final void eval() {
    train(false);
  }

  /** Sets the mode of this module and all its parts, frozen ones too. */
  public final void train(boolean on) {
    training = on;
    submodules.values().forEach(m -> m.train(on));
  }

  /** Whether it is in training mode. */
  public final boolean isTraining() {
    return training;
  }

  /** Eval mode until the handle is closed: then every part is in the mode it was in before. */
  public final Evaluating evaluating() {
    return new Evaluating(this);
  }

  /** Restores on close the mode of each part by itself: one may have been frozen in eval mode. */
  public static final class Evaluating implements AutoCloseable {
    private final Modes before;

    private Evaluating(Module model) {
      before = new Modes(List.of(model));
      model.eval();
    }

    @Override
    public void close() {
      before.restore();
    }
  }

  /** The mode of each part by itself. */
  private static final class Modes {
    private final Map<Module, Boolean> training = new IdentityHashMap<>();

    Modes(List<Module> roots) {
      for (Module root : roots) {
        root.namedModules().values().forEach(m -> training.put(m, m.training));
      }
    }

    void restore() {
      training.forEach((module, mode) -> module.training = mode);
    }
  }

  /**
   * Lets all parameters train, or none: those of a frozen part keep their values, whatever the
   * optimizer does to others. Modes stay: a batch norm that is to keep its running statistics too
   * is put into {@link #eval} mode besides, and {@link dev.teak.nn.train.Trainer} leaves it there.
   */
  public final void requiresGrad(boolean wanted) {
    parameters().forEach(p -> p.requiresGrad(wanted));
  }

  /** Forgets all gradients. */
  public final void zeroGrad() {
    parameters().forEach(Tensor::zeroGrad);
  }

  /** Number of numbers that train. */
  public final long parameterCount() {
    return parameters().stream().mapToLong(p -> p.shape().size()).sum();
  }

  /** Gives the memory of parameters, buffers and gradients back; the module is then of no use. */
  public final void release() {
    zeroGrad();
    stateDict().values().forEach(Tensor::release);
  }
}
