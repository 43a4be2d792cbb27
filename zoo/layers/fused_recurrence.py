"""The recurrence of a `RecurrentCell` over all time steps, with its gradient written out.

The loop holds the products and the gates and nothing else. The backward loop yields the gradients
at the gates; those of the kernels, the biases and the inputs follow from them in one product each
over all time steps, where automatic differentiation would add up a matrix of the kernel's size at
every step.
"""

from __future__ import annotations

from keras import ops

from zoo.backend.gradients import sum_of_rows
from zoo.backend.time_loop import scan, stacked
from zoo.layers.cell_traits import projects_by_one_product, projects_in_steps


def fused_recurrence(
    cell,
    steps,
    initial_states,
    mask=None,
    state_dropout=None,
    reverse=False,
    kernel=None,
    nudges=None,
):
    """Runs `cell` over the inputs of all steps.

    Args:
        cell: a built `zoo.cells.RecurrentCell`.
        steps: inputs `[time, batch, features]`.
        initial_states: list of `[batch, units]`.
        mask: `[time, batch, 1]` in the dtype of `steps`, 1 where a step is real; at other steps
            the states are carried over unchanged. None: all are.
        state_dropout: `[batch, units]`, multiplied to `h_{t-1}` before the recurrent product: one
            mask for all time steps (Gal and Ghahramani 2016, arXiv:1512.05287).
        reverse: run from the last step to the first.
        kernel: taken in place of the cell's recurrent kernel, which it was made from.
        nudges: `[time, batch, units]`, added to `h` of every step, outputs included: zeros, whose
            gradient is that of the loss at `h_t`, by all steps after it.

    Returns:
        `h` of every step `[time, batch, units]`, and the list of states after the last step.
    """
    dtype = steps.dtype
    by_product, by_step = projects_by_one_product(cell), projects_in_steps(cell)
    if not by_product:
        steps = cell.project(steps)
    given = {
        "steps": steps,
        "kernel": cell.recurrent_kernel if kernel is None else kernel,
        "bias": cell.recurrent_bias,
        "input_kernel": cell.kernel if by_product else None,
        "input_bias": cell.bias if by_product else None,
        "mask": mask,
        "dropout": state_dropout,
        "nudges": nudges,
    }
    given = {
        name: ops.cast(ops.convert_to_tensor(value), dtype)
        for name, value in given.items()
        if value is not None
    }

    @ops.custom_gradient
    def run(*args):
        named, initial = dict(zip(given, args, strict=False)), args[len(given) :]
        steps, kernel = named["steps"], named["kernel"]
        bias, mask, dropout, nudges = map(named.get, ("bias", "mask", "dropout", "nudges"))

        def project(inputs):
            return ops.add(ops.matmul(inputs, named["input_kernel"]), named["input_bias"])

        def forward(states, inputs):
            projected = project(inputs[0]) if by_step else inputs[0]
            hidden = states[0] if dropout is None else states[0] * dropout
            recurrent = ops.matmul(hidden, kernel)
            if bias is not None:
                recurrent = ops.add(recurrent, bias)
            new_states, saved = cell.gates(projected, recurrent, states)
            if mask is not None:
                new_states = tuple(
                    old + inputs[1] * (new - old)
                    for old, new in zip(states, new_states, strict=True)
                )
            if nudges is not None:
                new_states = (new_states[0] + inputs[-1], *new_states[1:])
            return new_states, (new_states[0], saved, states)

        projected = project(steps) if by_product and not by_step else steps
        inputs = tuple(x for x in (projected, mask, nudges) if x is not None)
        final, (outputs, saved, previous) = scan(
            forward, initial, inputs, reverse=reverse, stack=False, small_steps=True
        )

        def gradient(*upstream, **_):
            if len(upstream) == 1:  # JAX hands all gradients over as one tuple
                (upstream,) = upstream
            d_hidden, d_final = upstream[0], tuple(upstream[1:])
            transposed = ops.transpose(kernel)

            def backward(d_states, inputs):
                d_states = (d_states[0] + inputs[0],) + tuple(d_states[1:])
                d_nudge = () if nudges is None else (d_states[0],)
                kept = None
                if mask is not None:
                    kept = tuple(d * (1 - inputs[3]) for d in d_states)
                    d_states = tuple(d * inputs[3] for d in d_states)
                d_projected, d_recurrent, d_previous = cell.gates_gradient(
                    inputs[1], inputs[2], d_states
                )
                d_h = ops.matmul(d_recurrent, transposed)
                if dropout is not None:
                    d_h = d_h * dropout
                # A state that the gates do not read has no gradient from them.
                first = d_h if d_previous[0] is None else d_previous[0] + d_h
                d_previous = (first,) + tuple(
                    ops.zeros_like(new) if old is None else old
                    for old, new in zip(d_previous[1:], d_states[1:], strict=True)
                )
                if kept is not None:
                    d_previous = tuple(d + k for d, k in zip(d_previous, kept, strict=True))
                same = d_projected is d_recurrent
                d_gates = (d_projected,) if same else (d_projected, d_recurrent)
                return d_previous, (*d_gates, *d_nudge)

            inputs = (d_hidden, saved, previous) + (() if mask is None else (mask,))
            d_initial, d_gates = scan(
                backward, d_final, inputs, reverse=not reverse, small_steps=True
            )
            found = {}
            if nudges is not None:
                *d_gates, found["nudges"] = d_gates
            found["steps"] = d_projected = d_gates[0]
            rows = _rows(d_gates[-1])
            hidden = stacked(previous[0])
            hidden = hidden if dropout is None else hidden * dropout
            found["kernel"] = ops.matmul(ops.transpose(_rows(hidden)), rows)
            if bias is not None:
                found["bias"] = sum_of_rows(rows)
            if by_product:
                rows = _rows(d_projected)
                found["steps"] = ops.matmul(d_projected, ops.transpose(named["input_kernel"]))
                found["input_kernel"] = ops.matmul(ops.transpose(_rows(steps)), rows)
                found["input_bias"] = sum_of_rows(rows)
            of_named = [
                found[name] if name in found else ops.zeros_like(value)
                for name, value in named.items()
            ]
            return (*of_named, *d_initial)

        return (stacked(outputs), *final), gradient

    hidden, *final = run(*given.values(), *initial_states)
    return hidden, final


def _rows(sequence):
    """`[time, batch, width]` as `[time * batch, width]`."""
    return ops.reshape(sequence, (-1, sequence.shape[-1]))
