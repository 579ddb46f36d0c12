package dev.teak.engine.backend;

import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * What a backend must do: every method against the reference, within tolerances derived from the
 * arithmetic. A subclass gives the backend and inherits all tests:
 *
 * <pre>{@code
 * public class JavaScalarContractTest extends BackendContract {
 *   public Backend backend() {
 *     return JavaBackend.scalar();
 *   }
 * }
 * }</pre>
 *
 * <p>{@code backend()} is called by every test and must give the same backend each time. Where the
 * device is not there, it gives up with JUnit's {@code assumeTrue}, and the contract is skipped.
 */
@AddLifecycleHook(SkipWithoutDevice.class)
public abstract class BackendContract
    implements MemoryContract,
        MovementContract,
        ElementwiseContract,
        IndexContract,
        IntegerContract,
        ReductionContract,
        MatMulContract,
        ConvContract,
        PoolContract,
        ImageContract,
        NormContract,
        FusedContract,
        OptimizerContract {}
