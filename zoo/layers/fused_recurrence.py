"""The recurrence of a `RecurrentCell` over all time steps, with its gradient written out.

The loop holds the recurrent product and the gates and nothing else. The backward loop yields the
gradients at the gates; those of the kernel and the bias follow from them in one product over all
time steps, where automatic differentiation would add up a matrix of the kernel's size at every
step.
"""

from __future__ import annotations

from keras import ops

from zoo.backend.gradients import sum_of_rows
from zoo.backend.time_loop import scan, stacked


def fused_recurrence(
    cell,
    projected,
    initial_states,
    mask=None,
    state_dropout=None,
    reverse=False,
    kernel=None,
    nudges=None,
):
    """Runs `cell` over projected inputs.

    Args:
        cell: a built `zoo.cells.RecurrentCell`.
        projected: `[time, batch, gate_count * units]`, from `cell.project`.
        initial_states: list of `[batch, units]`.
        mask: `[time, batch, 1]` in the dtype of `projected`, 1 where a step is real; at other steps
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
    dtype = projected.dtype
    kernel = cell.recurrent_kernel if kernel is None else kernel
    kernel = ops.cast(ops.convert_to_tensor(kernel), dtype)
    has_bias = cell.recurrent_bias is not None
    weights = (kernel,)
    if has_bias:
        weights += (ops.cast(ops.convert_to_tensor(cell.recurrent_bias), dtype),)
    constants = tuple(x for x in (mask, state_dropout, nudges) if x is not None)
    has_mask, has_dropout = mask is not None, state_dropout is not None
    state_count = len(initial_states)

    def unpack(args):
        args = list(args)
        projected, states = args[0], tuple(args[1 : 1 + state_count])
        rest = args[1 + state_count :]
        kernel, bias = rest[0], rest[1] if has_bias else None
        rest = rest[len(weights) :]
        mask = rest.pop(0) if has_mask else None
        dropout = rest.pop(0) if has_dropout else None
        return projected, states, kernel, bias, mask, dropout, rest[0] if rest else None

    @ops.custom_gradient
    def run(*args):
        projected, initial, kernel, bias, mask, dropout, nudges = unpack(args)

        def forward(states, inputs):
            hidden = states[0] if dropout is None else states[0] * dropout
            recurrent = ops.matmul(hidden, kernel)
            if bias is not None:
                recurrent = recurrent + bias
            new_states, saved = cell.gates(inputs[0], recurrent, states)
            if mask is not None:
                new_states = tuple(
                    old + inputs[1] * (new - old)
                    for old, new in zip(states, new_states, strict=True)
                )
            if nudges is not None:
                new_states = (new_states[0] + inputs[-1], *new_states[1:])
            return new_states, (new_states[0], saved, states)

        inputs = tuple(x for x in (projected, mask, nudges) if x is not None)
        final, (outputs, saved, previous) = scan(
            forward, initial, inputs, reverse=reverse, stack=False
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
            d_initial, d_gates = scan(backward, d_final, inputs, reverse=not reverse)
            if nudges is not None:
                *d_gates, d_nudges = d_gates
            d_projected, d_recurrent = d_gates[0], d_gates[-1]
            hidden = stacked(previous[0])
            hidden = hidden if dropout is None else hidden * dropout
            units, width = kernel.shape
            flat = ops.reshape(d_recurrent, (-1, width))
            gradients = [d_projected, *d_initial]
            gradients.append(ops.matmul(ops.transpose(ops.reshape(hidden, (-1, units))), flat))
            if bias is not None:
                gradients.append(sum_of_rows(flat))
            gradients.extend(ops.zeros_like(x) for x in (mask, dropout) if x is not None)
            if nudges is not None:
                gradients.append(d_nudges)
            return tuple(gradients)

        return (stacked(outputs), *final), gradient

    hidden, *final = run(projected, *initial_states, *weights, *constants)
    return hidden, final
